"""What shows that the store is whole and keeps it so: the journal, checks, backups, the store made again."""
