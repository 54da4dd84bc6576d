"""The journal: who did what and when, each row sealed by the hash of the one before, so that a row altered or lost shows."""

from __future__ import annotations

import hashlib
import json

from sqlite_utils import Database

START = ""  # what stands before the first row


def seal(before: str, number: int, at: str, by: str, verb: str, detail: str) -> str:
    """SHA-256 of a row together with the hash of the row before it."""
    return hashlib.sha256(json.dumps([before, number, at, by, verb, detail], ensure_ascii=False).encode()).hexdigest()


def append(db: Database, at: str, by: str, verb: str, detail: str) -> None:
    """Add one row to the end of the chain, inside the caller's transaction."""
    number, before = db.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone() or (0, START)
    row = (number + 1, at, by, verb, detail)
    db.execute("INSERT INTO audit (id, at, by, verb, detail, hash) VALUES (?, ?, ?, ?, ?, ?)", (*row, seal(before, *row)))


def chain(db: Database) -> None:
    """Seal the rows that an earlier version wrote without hashes."""
    before = START
    for row in db.execute("SELECT id, at, by, verb, detail FROM audit ORDER BY id").fetchall():
        before = seal(before, *row)
        db.execute("UPDATE audit SET hash = ? WHERE id = ?", [before, row[0]])
