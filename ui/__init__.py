"""The screen: the shell around the pages, the chosen release, and what is shown ↔ the link."""
