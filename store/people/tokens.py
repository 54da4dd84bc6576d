"""Tokens by which programs read the API as an account: shown once, kept as their SHA-256."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date
from functools import lru_cache
from pathlib import Path
from time import time

import pandas as pd
from sqlite_utils import Database

from ..connection import audit, now, reader, table_of, write_tx
from ..errors import AccountError
from ..place import stamp, store_path
from .roles import Person, account_name

_PREFIX = "zx_"  # tells a token from other secrets where one turns up
_NAMED = 8  # characters of the hash that name a token in lists
KEPT = 10  # seconds that a row read is kept where the store's stamp, whose clock is coarse, shows no change


def tokens(db: Database) -> pd.DataFrame:
    """All tokens, the last first: id (the beginning of its hash), account, title, at, until, revoked_at."""
    return table_of(
        db.execute(
            "SELECT substr(sha256, 1, ?) AS id, account, title, at, until, revoked_at FROM token ORDER BY at DESC, sha256", [_NAMED]
        )
    )


def add(name: str, title: str, by: str, until: str | None = None, path: Path | None = None) -> str:
    """Make a token for an account; it is shown now and never again. until: the last day, such as 2026-12-31. Raises AccountError."""
    name, title = account_name(name), " ".join(title.split())
    if not 0 < len(title) <= 100:
        raise AccountError("令牌要有 1 到 100 个字的用途说明，以便日后知道是谁在用；请加上 --title")
    if until is not None:
        _must_be_a_day(until)
    token = _PREFIX + secrets.token_urlsafe(32)
    with write_tx(path) as db:
        if not db.execute("SELECT 1 FROM account WHERE name = ? AND active = 1", [name]).fetchone():
            raise AccountError(f"没有在用的账号 {name}；请先 user add")
        db.execute(
            "INSERT INTO token (sha256, account, title, at, until) VALUES (?, ?, ?, ?, ?)", [sha256_of(token), name, title, now(), until]
        )
        audit(db, by, "token_add", account=name, title=title, until=until, token=sha256_of(token)[:_NAMED])
    return token


def revoke(token_id: str, by: str, path: Path | None = None) -> None:
    """Make a token useless at once. token_id: as in `tokens`. Raises AccountError."""
    with write_tx(path) as db:
        changed = db.execute(
            "UPDATE token SET revoked_at = ? WHERE substr(sha256, 1, ?) = ? AND revoked_at IS NULL", [now(), _NAMED, token_id]
        ).rowcount
        if not changed:
            raise AccountError(f"没有可撤销的令牌 {token_id}；用 python manage.py token list 看现有的")
        audit(db, by, "token_revoke", token=token_id)


def holder(token: str, path: Path | None = None) -> Person | None:
    """Whose token this is; None for one that is unknown, revoked, past its last day, or of a closed account. Raises StoreError."""
    path = Path(path or store_path())
    if not token.startswith(_PREFIX):
        return None
    person, until = _row(path, stamp(path), sha256_of(token), int(time() // KEPT))
    return None if until is not None and until < date.today().isoformat() else person


@lru_cache(maxsize=1024)
def _row(path: Path, stamp: tuple, sha256: str, moment: int) -> tuple[Person | None, str | None]:
    with reader(path) as db:
        found = db.execute(
            "SELECT name, account.title, roles, unit, until FROM token JOIN account ON name = account"
            " WHERE sha256 = ? AND revoked_at IS NULL AND active = 1",
            [sha256],
        ).fetchone()
    return (Person(found[0], found[1], tuple(json.loads(found[2])), found[3]), found[4]) if found else (None, None)


def _must_be_a_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise AccountError(f"到期日 {text!r} 不是日期；请写成 2026-12-31 的样子") from None


def sha256_of(token: str) -> str:
    """By what the store knows a secret of somebody's: a token, or that of a session."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
