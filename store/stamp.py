"""What changes when the store's data do: what pages keep of a read lasts as long as this."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from time import time

from .connection import reader
from .place import stamp

# What is written down and changes nothing that pages show: somebody comes, goes, or takes a copy.
_PASSING = json.dumps(["sign_in", "sign_out", "failed", "locked", "export", "backup"])
_KEPT = 10  # seconds that a look is kept while the files' stamp, whose clock is coarse, is the same: another program may write twice


def data_stamp(path: Path) -> tuple:
    """What changes when a verb has changed data: of forty people who use the pages somebody is noted as present every other second.

    Every verb leaves a row in the journal, and a row's seal stands for all before it. Raises StoreError.
    """
    files = stamp(path)
    return *(inode for inode, *_ in files[:1]), _last(path, files, int(time() // _KEPT))


@lru_cache(maxsize=64)
def _last(path: Path, files: tuple, moment: int) -> str:
    """The seal of the last row that is more than passing."""
    with reader(path) as db:
        row = db.execute(
            "SELECT hash FROM audit WHERE verb NOT IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT 1", [_PASSING]
        ).fetchone()
    return row[0] if row else ""
