"""When a store is too large for a page to read all of its units."""

from sqlite_utils import Database

LARGE = 3_000  # units
_ONE_MORE = "SELECT 1 FROM unit LIMIT 1 OFFSET ?"


def large(db: Database) -> bool:
    """Whether the store knows more units than a page reads. Looks at no more of them than that."""
    return db.execute(_ONE_MORE, [LARGE]).fetchone() is not None
