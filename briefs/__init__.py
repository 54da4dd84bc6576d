"""What a document or slide says: pages of contents out of a release, for a screen, PowerPoint and Word alike."""
