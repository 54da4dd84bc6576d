"""Where the store lies, when it last changed, and whether one must sign in: what the server asks with every request, from its first on.

Without pandas and sqlite-utils, which take half a second to load.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from .errors import StoreError, StoreLocked

DEFAULT = Path(__file__).resolve().parent.parent / "data" / "quality.db"
_WAIT = 5.0  # seconds, as of any reader
_asked: dict[str, tuple | bool] = {}  # path → the store's stamp when it was last seen to have no account; True once it has one


def store_path() -> Path:
    """Where the store lies: QUALITY_STORE, else data/quality.db."""
    return Path(os.environ.get("QUALITY_STORE") or DEFAULT)


def stamp(path: Path) -> tuple:
    """What changes with any write: a commit may touch only the write-ahead log."""
    stamps = []
    for file in (path, _log(path)):
        try:
            stat = file.stat()
        except OSError:
            continue
        stamps.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return tuple(stamps)


def needs_sign_in(path: Path | None = None) -> bool:
    """Whether the store has an account. One that had any needs a sign-in until the program ends, whatever becomes of the file.

    A file that is no store of this version needs none: nothing of it is shown. Raises StoreError when it cannot be told.
    """
    path = Path(path or store_path())
    known = _asked.get(str(path))
    if known is True:
        return True
    if (now := stamp(path)) == known:
        return False
    found = path.is_file() and _has_account(path)
    _asked[str(path)] = found or now
    return found


def _has_account(path: Path) -> bool:
    try:
        return _asks(path, "mode=ro")
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_ERROR:  # no such table
            return False
        closed = code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if closed and not (_log(path).exists() and _log(path).stat().st_size):  # a folder that nobody may write to: as it stands
            return _asks(path, "mode=ro&immutable=1")
        kind = StoreLocked if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else StoreError
        raise kind(f"读不到库 {path} 的账号（{error}）；请稍后再试，或检查文件权限") from error
    except sqlite3.DatabaseError:  # no database at all, or a damaged one
        return False


def _asks(path: Path, options: str) -> bool:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True, timeout=_WAIT)) as connection:
        return connection.execute("SELECT 1 FROM account LIMIT 1").fetchone() is not None


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
