"""Tables and documents as bytes: pure functions of the data they are given."""
