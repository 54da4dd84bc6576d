"""Frameworks and policies: read from files, and which version is in force for a period."""
