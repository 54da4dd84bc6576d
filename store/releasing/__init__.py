"""From the store's data to a release: drafted, checked, published, read, questioned."""
