"""The server around the pages: the gate in front of everything, headers, signing in."""
