"""What the store knows of those who use it: roles, accounts, passwords, sessions, tokens."""
