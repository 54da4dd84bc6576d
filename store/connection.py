"""Opening the store: read-only connections, one immediate transaction a write verb, and every SQLite error by its name."""

from __future__ import annotations

import getpass
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlite_utils import Database

from .chain import append
from .errors import (
    NotAStore,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    StoreTooNew,
    StoreTooOld,
)
from .place import store_path
from .schema.migrations import MIGRATIONS, known_migrations

READER_WAIT, WRITER_WAIT = 5.0, 20.0  # seconds; in WAL readers hardly ever wait, a writer waits for a whole import


def now() -> str:
    """The local time with its offset, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def user() -> str:
    """The operating system's name of who runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "未知"


def table_of(cursor: sqlite3.Cursor) -> pd.DataFrame:
    """All rows of a query, under the names that it gives its columns."""
    return pd.DataFrame(cursor.fetchall(), columns=[column[0] for column in cursor.description])


def audit(db: Database, by: str, verb: str, **detail: object) -> None:
    """Append one row to the journal, inside the caller's transaction."""
    append(db, now(), by, verb, json.dumps(detail, ensure_ascii=False))


@contextmanager
def reader(path: Path | None = None, any_version: bool = False) -> Iterator[Database]:
    """A read-only database at one moment: all reads inside the block see the same state. Raises StoreError.

    `any_version`: a store of another version of the program is opened too.
    """
    path = Path(path or store_path())
    _refuse_other_files(path)
    with named_errors(path), closing(read_connection(path)) as connection:
        db = Database(connection)
        connection.execute("BEGIN")
        if not _is_ours(db):
            raise NotAStore(_foreign(path))
        if not any_version:
            _refuse_other_versions(db, path)
        yield db


@contextmanager
def write_tx(path: Path | None = None, wait: float | None = None) -> Iterator[Database]:
    """One immediate transaction: all of the block is written, or nothing. Waits for another writer, in seconds. Raises StoreError."""
    path = Path(path or store_path())
    _refuse_other_files(path)
    if not os.access(path, os.W_OK):
        raise StoreReadOnly(f"库文件 {path} 是只读的，不能写入；请改文件权限，或换有写权限的账号运行")
    with named_errors(path), closing(write_connection(path, wait=wait)) as db:
        if _is_ours(db):
            with suppress(sqlite3.OperationalError):  # a copy of a backup has no log, and its readers would be shut out
                db.execute("PRAGMA journal_mode = WAL")
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            if not _is_ours(db):
                raise NotAStore(_foreign(path))
            _refuse_other_versions(db, path)
            yield db
            db.conn.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                db.rollback()
            raise


def migrate(path: Path | None = None, before: Callable[[str], None] | None = None) -> list[str]:
    """Create the store, or bring an older one up to date; names of the migrations that were applied. Raises StoreError.

    `before`: called with the name of the last migration that an older store has, when nobody else can write and nothing is changed yet.
    """
    path = Path(path or store_path())
    if path.exists():
        _refuse_other_files(path)
    else:
        _make_folder(path)
    with named_errors(path), closing(write_connection(path, mode="rwc")) as db:
        if not _is_ours(db) and db.table_names():
            raise NotAStore(_foreign(path))
        db.execute("PRAGMA journal_mode = WAL")
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            _refuse_unknown_migrations(db, path)
            pending, applied = [m.name for m in MIGRATIONS.pending(db)], [m.name for m in MIGRATIONS.applied(db)]
            if pending and applied and before:
                before(applied[-1])
            MIGRATIONS.apply(db)
            if pending:
                audit(db, user(), "migrate", applied=pending)
            db.conn.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                db.rollback()
            raise
    return pending


def version(db: Database) -> str:
    """The name of the last migration that a store has."""
    return MIGRATIONS.applied(db)[-1].name


def read_connection(path: Path) -> sqlite3.Connection:
    """A connection that reads, also from a store of another version.

    Where SQLite cannot put its side files (a read-only folder) it reads the file as it stands.
    """
    connection = _open(path, "mode=ro", READER_WAIT)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema")
        return connection
    except sqlite3.OperationalError as error:
        connection.close()
        unfinished = path.with_name(path.name + "-wal")
        if _primary(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or not os.access(path, os.R_OK):
            raise
        if unfinished.exists() and unfinished.stat().st_size:
            raise StoreReadOnly(
                f"库 {path} 旁的 {unfinished.name} 里有尚未并入的改动，而文件夹只读，读不全；请给文件夹写权限后再打开"
            ) from error
        return _open(path, "mode=ro&immutable=1", READER_WAIT)


def write_connection(path: Path, mode: str = "rw", wait: float | None = None) -> Database:
    """A connection that writes, also to a store of another version; `mode` "rwc" makes the file."""
    db = Database(_open(path, f"mode={mode}", WRITER_WAIT if wait is None else wait))
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "cache_size = -65536"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _open(path: Path, options: str, wait: float) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True, timeout=wait)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreReadOnly(f"不能建立文件夹 {path.parent}（{error.strerror}）；请换一个路径（QUALITY_STORE）") from error


def _refuse_other_files(path: Path) -> None:
    try:
        if path.is_dir():
            raise NotAStore(f"{path} 是文件夹，不是库文件；请把 QUALITY_STORE 指向一个文件，例如 {path / 'quality.db'}")
        size = path.stat().st_size
    except FileNotFoundError:
        remedy = "请先运行 python manage.py init --demo（或 init），或用 QUALITY_STORE 指明位置"
        raise StoreMissing(f"没有找到库 {path}；{remedy}") from None
    except OSError as error:
        raise StoreReadOnly(f"读不到库 {path}（{error.strerror}）；请检查路径和文件夹权限") from error
    if size == 0:
        raise NotAStore(f"{path} 是空文件；请删去它，再运行 python manage.py init，或换成备份")


def _is_ours(db: Database) -> bool:
    name = MIGRATIONS.migrations_table
    found = db.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [name]).fetchone()
    return bool(found) and bool(MIGRATIONS.applied(db))


def _foreign(path: Path) -> str:
    return f"{path} 是别的数据库，不是本系统的库；请检查 QUALITY_STORE 的路径"


def _refuse_other_versions(db: Database, path: Path) -> None:
    _refuse_unknown_migrations(db, path)
    if pending := MIGRATIONS.pending(db):
        raise StoreTooOld(f"库 {path} 是旧版本的，缺少 {pending[0].name}；请运行 python manage.py migrate 升级（先自动备份，数据不动）")


def _refuse_unknown_migrations(db: Database, path: Path) -> None:
    known = known_migrations()
    if newer := [m.name for m in MIGRATIONS.applied(db) if m.name not in known]:
        raise StoreTooNew(f"库 {path} 由更新的版本写成（{newer[-1]}），本版本不能使用；请升级程序，或换用旧库的备份")


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says into a StoreError that names the path and the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        code = _primary(error)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreLocked(f"库 {path} 正被另一个程序写入，等候超时；请稍后再试，或结束那个程序") from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise StoreReadOnly(f"库 {path} 或所在文件夹没有权限（{error}）；请给文件和文件夹读写权限") from error
        if code == sqlite3.SQLITE_NOTADB:
            raise NotAStore(f"{path} 不是数据库文件；请检查 QUALITY_STORE 的路径，或换成备份") from error
        if code == sqlite3.SQLITE_CORRUPT:
            raise StoreDamaged(f"库 {path} 已损坏或被截断（{error}）；请换成备份") from error
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise StoreError(f"写库 {path} 时磁盘出错或已满（{error}）；已有数据没有改动，请腾出空间后再试") from error
        raise StoreError(f"库 {path} 拒绝了这次操作（{error}）；已有数据没有改动") from error
