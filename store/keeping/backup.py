"""Copies of the store while people work in it, and the way back.

A copy is taken page by page inside one read transaction: it is the store of one moment, whatever is written meanwhile. A restore is
one write transaction that replaces every page of the store: readers see the old one until it is committed and the new one from then
on, other writers wait, and a process that is killed on the way leaves the old one.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ..connection import audit, migrate, named_errors, read_connection, reader, store_path, write_connection, write_tx
from ..errors import BackupError, NotAStore, StoreDamaged, StoreLocked, StoreMissing, StoreOccupied, StoreTooNew, StoreTooOld
from .checks import Finding, check, damage
from .journal import record
from .placing import dated, fold, part_of, put_in_place

Progress = Callable[[int, int, str], None]  # done, of how many, what
STEP = 512  # pages at a time: two megabytes


class Restored(NamedTuple):
    """What a restore did: `aside` is where the former store lies now (None: there was none), `faults` what the new one's check found."""

    aside: Path | None
    faults: list[Finding]


def backup(to: Path, by: str, path: Path | None = None, progress: Progress | None = None) -> list[Finding]:
    """Copy the store, as it is at this moment, to a new file, which is checked before it gets its name; the faults that the store has.

    Raises StoreOccupied, StoreDamaged (then there is no copy), StoreError.
    """
    path = Path(path or store_path())
    faults = _copy(path, Path(to), progress)
    record(by, "backup", path, file=Path(to).name)
    return faults


def upgrade(path: Path | None = None) -> tuple[list[str], Path | None]:
    """Make the store, or bring an older one up to date: names of the migrations applied, and the copy that was made before (or None).

    The copy lies beside the store, by the last migration that it has and the time. Raises StoreError.
    """
    path, copies = Path(path or store_path()), []

    def keep(last: str) -> None:
        copies.append(dated(path, last.partition("_")[0]))
        _copy(path, copies[0], None)

    return migrate(path, keep), copies[0] if copies else None


def restore(
    file: Path, by: str, path: Path | None = None, anyway: bool = False, progress: Progress | None = None
) -> Restored:
    """Put a backup in the store's place, brought up to date; the present store is set aside under a dated name.

    Everybody has to sign in again. Raises BackupError: the backup is not sound (`anyway`: only when its file is damaged), or is the
    store itself; StoreLocked when another writer keeps the store; StoreTooNew, StoreError.
    """
    path, file = Path(path or store_path()), Path(file)
    if not file.exists():
        raise BackupError(f"没有找到备份 {file}；请核对路径")
    if path.exists() and file.samefile(path):
        raise BackupError(f"{file} 就是现在的库，不是备份；请给出备份文件")
    with part_of(path) as part:
        faults = _prepare(file, part, progress)
        if faults and not anyway:
            said = "；".join(f"{f.name}：{f.detail}" for f in faults)
            raise BackupError(f"备份 {file} 有错，没有恢复，现在的库不动：{said}。换一份备份，或加 --anyway 照样恢复")
        aside = dated(path, "replaced") if path.exists() else None
        with write_tx(part) as db:
            db.execute("DELETE FROM session")  # who has signed out since the backup stays signed out
            audit(db, by, "restore", file=file.name, aside=aside and aside.name)
        fold(part)
        _put(part, path, aside, progress)
    return Restored(aside, faults)


def _copy(path: Path, to: Path, progress: Progress | None) -> list[Finding]:
    """Copy a store of any version to a new file; what is wrong with it. Raises StoreDamaged instead of leaving a broken copy."""
    if to.exists():
        raise StoreOccupied(f"{to} 已存在，没有备份；请换一个文件名")
    if not to.absolute().parent.is_dir():
        raise StoreMissing(f"没有文件夹 {to.absolute().parent}；请先建立，或换一个路径")
    with part_of(to) as part:
        with reader(path, any_version=True) as db:
            _copy_pages(db.conn, part, progress)
        shutil.copymode(path, part)
        faults = _faults(part, f"{path} 的副本")
        put_in_place(part, to)
    return faults


def _prepare(file: Path, part: Path, progress: Progress | None) -> list[Finding]:
    """The backup as a store of this version, beside the store; what is wrong with it. Raises BackupError, StoreTooNew."""
    try:
        with reader(file, any_version=True) as db:
            _copy_pages(db.conn, part, progress)
        _faults(part, f"备份 {file}")
        migrate(part)
        return [f for f in check(part) if not f.ok]
    except (NotAStore, StoreDamaged, StoreMissing) as error:
        raise BackupError(f"备份 {file} 不能用，没有恢复，现在的库不动：{error}") from error


def _faults(part: Path, what: str) -> list[Finding]:
    """What the check of a copy finds; of another version only whether its file is damaged. Raises StoreDamaged."""
    with reader(part, any_version=True) as db:
        broken = [f for f in damage(db) if not f.ok]
    if broken:
        raise StoreDamaged(f"{what}已损坏：{'；'.join(f.detail for f in broken)}")
    try:
        return [f for f in check(part) if not f.ok]
    except (StoreTooNew, StoreTooOld):
        return []


def _copy_pages(source: sqlite3.Connection, to: Path, progress: Progress | None) -> None:
    def step(status: int, left: int, total: int) -> None:
        if progress:
            progress(total - left, total, "复制")

    with named_errors(to), closing(sqlite3.connect(to)) as target:
        target.execute("PRAGMA synchronous = OFF")  # the whole file is synced before it gets its name
        source.backup(target, pages=STEP, progress=step)
        target.execute("PRAGMA journal_mode = DELETE")  # one file: nothing appears beside it when it is read


def _put(part: Path, path: Path, aside: Path | None, progress: Progress | None) -> None:
    """Have the finished store served at `path`."""
    if aside is None:
        put_in_place(part, path)
    elif _opens(path):
        _replace(part, path, aside, progress)
    else:  # nobody can read it: the file itself is moved away
        for suffix in ("-wal", "-shm", "-journal", ""):
            if (file := path.with_name(path.name + suffix)).exists():
                file.rename(aside.with_name(aside.name + suffix))
        put_in_place(part, path)


def _opens(path: Path) -> bool:
    """Whether what lies there is a store of ours, of any version, that can be opened. Raises NotAStore for another program's."""
    try:
        with reader(path, any_version=True):
            return True
    except (NotAStore, StoreDamaged) as error:
        if path.is_dir():
            raise
        try:
            with closing(read_connection(path)) as connection:
                others = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        except sqlite3.DatabaseError:
            return False
        if others and isinstance(error, NotAStore):
            raise
        return False


def _replace(part: Path, path: Path, aside: Path, progress: Progress | None) -> None:
    """Replace every page of the store in one transaction, having copied it aside when nobody else could write any more."""

    def step(status: int, left: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreLocked(f"库 {path} 正被另一个程序写入，没有恢复；请等它结束，或先停下它")
        if not aside.exists():
            _copy_aside(path, aside)
        if progress:
            progress(total - left, total, "恢复")

    with named_errors(path), closing(read_connection(part)) as source, closing(write_connection(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")  # a backup that was taken into use as it was: without it readers would be shut out
        pages = source.execute("PRAGMA page_count").fetchone()[0]
        source.backup(db.conn, pages=min(STEP, pages // 2), progress=step)  # the first step must not be the last


def _copy_aside(path: Path, aside: Path) -> None:
    """The store as it is, faults and all."""
    with part_of(aside) as copy:
        with reader(path, any_version=True) as db:
            _copy_pages(db.conn, copy, None)
        shutil.copymode(path, copy)
        put_in_place(copy, aside)
