"""Tests in a real browser; a package, so that what they share (conftest.py) lasts as long as they follow each other."""
