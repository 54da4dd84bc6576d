"""From a file, or from what was typed, to a batch, and back by revoking it."""
