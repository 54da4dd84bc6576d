"""The store: every SQL statement and every file reader. Observations are appended, releases frozen, nothing overwritten."""
