"""Signing in, and what holds afterwards: sessions kept in the store, known by the SHA-256 of a random token.

A guess is counted before it is checked, in one transaction, so that guesses side by side do not slip past the limit.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from time import time
from typing import NamedTuple

from sqlite_utils import Database

from ..connection import audit, reader, write_tx
from ..errors import AccountError, StoreError
from ..place import stamp, store_path
from ..settings import setting
from . import passwords
from .accounts import set_password
from .passwords import COST, Cost
from .roles import Person, Visit, account_name
from .tokens import KEPT, sha256_of

ABSOLUTE = 12 * 3600  # seconds that a session lasts at most, however busy
_SEEN_EVERY = 60  # seconds between two notes that a session is in use
_PATIENCE = 0.2  # seconds that a visit waits for another writer to note that it is in use
UNKNOWN = "未知账号"  # by whom a failed sign-in is where there is no such account: what was typed may be a password


class _Row(NamedTuple):
    """A session and its account, as they stand in the store; `idle`: seconds until an unused session ends."""

    account: str
    title: str
    roles: tuple[str, ...]
    unit: str | None
    must_change: bool
    active: bool
    started: float
    seen: float
    idle: float


def sign_in(name: str, password: str, where: str, path: Path | None = None) -> str | None:
    """A new session's token; None for an unknown name, a wrong password, a locked or closed account: which of them is not said.

    where: the address that the request came from. Raises StoreError.
    """
    name = account_name(name)
    kept, failures = _charge(name, path)
    right = passwords.matches(password, kept)
    with write_tx(path) as db:
        if right and _still(db, name, kept):
            db.execute("UPDATE account SET failures = 0, locked_until = NULL WHERE name = ?", [name])
            return _begin(db, name, where)
        _failed(db, name, failures, where)
    return None


def change_password(name: str, old: str, new: str, where: str, path: Path | None = None, cost: Cost = COST) -> str:
    """Give somebody who knows the present password a new one; the token of the only session left, a new one.

    A wrong present password counts like one at the door. Raises AccountError, StoreError.
    """
    name = account_name(name)
    passwords.refuse_weak(new, name)
    if new == old:
        raise AccountError("新密码和现在的一样；请换一个")
    kept, failures = _charge(name, path)
    if not passwords.matches(old, kept):
        with write_tx(path) as db:
            _failed(db, name, failures, where)
        raise AccountError("现在的密码不对；请重新输入")
    set_password(name, new, name, path, must_change=False, cost=cost)
    with write_tx(path) as db:
        return _begin(db, name, where)


def admit(names: Sequence[str], where: str, path: Path | None = None) -> str | None:
    """A new session's token for one whom the house's identity provider calls by these names; None without an active account of any.

    Raises StoreError.
    """
    with write_tx(path) as db:
        for name in map(account_name, names):
            if db.execute("SELECT 1 FROM account WHERE name = ? AND active = 1", [name]).fetchone():
                return _begin(db, name, where)
        audit(db, UNKNOWN, "failed", where=where, elsewhere=list(names))
    return None


def sign_out(token: str, path: Path | None = None) -> None:
    """End a session; nothing where there is none. Raises StoreError."""
    with write_tx(path) as db:
        if found := db.execute("SELECT account FROM session WHERE sha256 = ?", [sha256_of(token)]).fetchone():
            _end(db, token)
            audit(db, found[0], "sign_out")


def visit(token: str, path: Path | None = None, in_use: bool = True) -> Visit | None:
    """Who is there by this token; None when it is no session's, or when that is over. in_use: it is somebody's doing. Raises StoreError.

    A session that starts or was seen later than now was begun under another clock and is refused; one that is over is removed, so
    that a clock set back brings it to no new life.
    """
    path, now = Path(path or store_path()), time()
    row = _row(path, stamp(path), sha256_of(token), int(now // KEPT))
    if row is None or not row.active or now < row.started or now < row.seen:
        return None
    if now - row.seen > row.idle or now - row.started > ABSOLUTE:
        with suppress(StoreError), write_tx(path, _PATIENCE) as db:
            _end(db, token)
        return None
    if in_use and now - row.seen >= _SEEN_EVERY:
        with suppress(StoreError), write_tx(path, _PATIENCE) as db:
            db.execute("UPDATE session SET seen = ? WHERE sha256 = ? AND seen < ?", [now, sha256_of(token), now])
    return Visit(Person(row.account, row.title, row.roles, row.unit), row.must_change)


def _charge(name: str, path: Path | None) -> tuple[str | None, int]:
    """Count a guess before it is checked: the password that is kept, and which failure in a row this would be.

    (None, 0) where no password would be right: no such account, closed, locked, or one that signs in elsewhere.
    """
    now = time()
    with write_tx(path) as db:
        found = db.execute(
            "SELECT password, failures, locked_until FROM account WHERE name = ? AND active = 1 AND password IS NOT NULL", [name]
        ).fetchone()
        if found is None or (found[2] is not None and now < found[2]):
            return None, 0
        failures = 1 if found[2] is not None else found[1] + 1  # a lock that is over leaves no failures behind
        until = now + 60 * setting(db, "lock_minutes") if failures >= setting(db, "lock_failures") else None
        db.execute("UPDATE account SET failures = ?, locked_until = ? WHERE name = ?", [failures, until, name])
    return found[0], failures


def _failed(db: Database, name: str, failures: int, where: str) -> None:
    """Note a failure, and the lock that it brought."""
    known = db.execute("SELECT 1 FROM account WHERE name = ?", [name]).fetchone()
    audit(db, name if known else UNKNOWN, "failed", where=where)
    if failures and failures >= setting(db, "lock_failures"):
        audit(db, name, "locked", where=where, minutes=setting(db, "lock_minutes"))


def _still(db: Database, name: str, kept: str) -> bool:
    """Whether the account is open and its password the one that was checked: either may have changed meanwhile."""
    return bool(db.execute("SELECT 1 FROM account WHERE name = ? AND password = ? AND active = 1", [name, kept]).fetchone())


def _begin(db: Database, name: str, where: str) -> str:
    """Begin a session under a token of its own, and sweep out those that are over."""
    token, now = secrets.token_urlsafe(32), time()
    idle = 60 * setting(db, "idle_minutes")
    db.execute("DELETE FROM session WHERE seen < ? OR started < ? OR seen > ?", [now - idle, now - ABSOLUTE, now])
    db.execute("INSERT INTO session (sha256, account, started, seen) VALUES (?, ?, ?, ?)", [sha256_of(token), name, now, now])
    audit(db, name, "sign_in", where=where)
    return token


def _end(db: Database, token: str) -> None:
    db.execute("DELETE FROM session WHERE sha256 = ?", [sha256_of(token)])


@lru_cache(maxsize=4096)
def _row(path: Path, stamp: tuple, sha256: str, moment: int) -> _Row | None:
    """The session of a token, kept for as long as the store's file stays as it is, but no longer than some seconds."""
    with reader(path) as db:
        found = db.execute(
            "SELECT account, title, roles, unit, must_change, active, started, seen FROM session JOIN account ON name = account"
            " WHERE sha256 = ?",
            [sha256],
        ).fetchone()
        if found is None:
            return None
        account, title, roles, unit, must_change, active, started, seen = found
        idle = 60 * setting(db, "idle_minutes")
    return _Row(account, title, tuple(json.loads(roles)), unit, bool(must_change), bool(active), started, seen, idle)
