"""The tables, and the numbered steps from an older store's to today's."""
