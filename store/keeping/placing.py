"""Store files that appear under their names only when they are whole, and never in another file's place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from ..connection import migrate, named_errors, write_connection
from ..errors import StoreOccupied


@contextmanager
def new_store(path: Path) -> Iterator[Path]:
    """A place to fill a new store, which appears at `path` only when the block is through: a broken start leaves none.

    Raises StoreOccupied when a file is there already.
    """
    if path.exists():
        raise StoreOccupied(f"{path} 已存在；请换一个路径（QUALITY_STORE），或先移走旧库")
    with part_of(path) as part:
        migrate(part)
        yield part
        fold(part)
        put_in_place(part, path)


@contextmanager
def part_of(path: Path) -> Iterator[Path]:
    """A name beside `path` for a file that is not whole yet; what still has it at the end is removed."""
    part = path.with_name(f"{path.name}.part{os.getpid()}")
    _remove(part)  # left by a process of the same number that was killed
    try:
        yield part
    finally:
        _remove(part)


def fold(path: Path) -> None:
    """Bring a store's write-ahead log into its file. Raises StoreError."""
    with named_errors(path), closing(write_connection(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def put_in_place(part: Path, path: Path) -> None:
    """Give the finished file its name, on the disk too. A link, unlike a rename, never replaces what someone else put there meanwhile.

    Raises StoreOccupied.
    """
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        raise StoreOccupied(f"{path} 刚由另一个程序建立；请换一个名字，或先移走它") from None
    except OSError:  # a file system without links
        part.rename(path)
    with suppress(OSError):  # not every system lets a folder be opened for that
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def dated(path: Path, why: str) -> Path:
    """A free name beside a store that says the time and why the file is there: quality.20261124-153000.why.db."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    number, found = 1, path.with_name(f"{path.stem}.{stamp}.{why}{path.suffix}")
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}.{stamp}.{why}.{number}{path.suffix}")
    return found


def _remove(part: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)
