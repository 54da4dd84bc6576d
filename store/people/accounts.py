"""Accounts: who may sign in, as what, and for which unit. Every change leaves a row in the journal, never a password."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from sqlite_utils import Database

from ..connection import audit, table_of, write_tx
from ..errors import AccountError
from . import passwords
from .passwords import COST, Cost
from .roles import ROLES, account_name

_NAME = re.compile(r"[\w.@+-]{1,64}")
_LONGEST_TITLE = 60


def accounts(db: Database) -> pd.DataFrame:
    """All accounts by name: name, title, roles (a list), unit, must_change, failures, locked_until (seconds), active, elsewhere.

    elsewhere: without a password, such as one who signs in by the house's identity provider.
    """
    table = table_of(
        db.execute(
            "SELECT name, title, roles, unit, must_change, failures, locked_until, active, password IS NULL AS elsewhere FROM account"
            " ORDER BY name"
        )
    )
    return table.assign(roles=table["roles"].map(json.loads), **{c: table[c].astype(bool) for c in ("must_change", "active", "elsewhere")})


def add(
    name: str, title: str, roles: Sequence[str], by: str, unit: str | None = None, password: str | None = None,
    path: Path | None = None, must_change: bool = True, cost: Cost = COST,
) -> str:  # fmt: skip
    """Make an account; its name as it is kept. Without a password it is one who signs in elsewhere. Raises AccountError."""
    name, title = account_name(name), " ".join(title.split())
    if not _NAME.fullmatch(name):
        raise AccountError(f"账号名 {name!r} 不能用；请用 1 到 64 个字母、汉字、数字或 . @ + - _，不留空格")
    if not 0 < len(title) <= _LONGEST_TITLE:
        raise AccountError(f"账号 {name} 的姓名要有 1 到 {_LONGEST_TITLE} 个字；请改正")
    kept = _kept(password, name, cost) if password is not None else None
    with write_tx(path) as db:
        if db.execute("SELECT 1 FROM account WHERE name = ?", [name]).fetchone():
            raise AccountError(f"已有账号 {name}；请换一个名字，或改用 user roles、user password 修改它")
        roles = _roles(db, name, roles, unit)
        db.execute(
            "INSERT INTO account (name, title, roles, unit, password, must_change, failures, active) VALUES (?, ?, ?, ?, ?, ?, 0, 1)",
            [name, title, json.dumps(roles), unit, kept, bool(kept) and must_change],
        )
        audit(db, by, "user_add", account=name, title=title, roles=roles, unit=unit)
    return name


def set_roles(name: str, roles: Sequence[str], by: str, unit: str | None = None, path: Path | None = None) -> None:
    """Give an account these roles, and the unit that it speaks for. Raises AccountError, also where no administrator would be left."""
    name = account_name(name)
    with write_tx(path) as db:
        _must_be(db, name)
        roles = _roles(db, name, roles, unit)
        with _keeping_an_admin(db):
            db.execute("UPDATE account SET roles = ?, unit = ? WHERE name = ?", [json.dumps(roles), unit, name])
        audit(db, by, "user_roles", account=name, roles=roles, unit=unit)


def set_unit(name: str, unit: str | None, by: str, path: Path | None = None) -> None:
    """Let an account speak for another unit, or for none. Raises AccountError."""
    name = account_name(name)
    with write_tx(path) as db:
        roles = json.loads(_must_be(db, name)["roles"])
        _roles(db, name, roles, unit)
        db.execute("UPDATE account SET unit = ? WHERE name = ?", [unit, name])
        audit(db, by, "user_unit", account=name, unit=unit)


def set_password(
    name: str, password: str, by: str, path: Path | None = None, must_change: bool = True, cost: Cost = COST
) -> None:
    """Give an account a password and end its sessions. must_change: it is a first one, to be changed at once. Raises AccountError."""
    name = account_name(name)
    kept = _kept(password, name, cost)
    with write_tx(path) as db:
        _must_be(db, name)
        db.execute(
            "UPDATE account SET password = ?, must_change = ?, failures = 0, locked_until = NULL WHERE name = ?", [kept, must_change, name]
        )
        db.execute("DELETE FROM session WHERE account = ?", [name])
        audit(db, by, "user_password", account=name)


def unlock(name: str, by: str, path: Path | None = None) -> None:
    """Open an account that too many wrong passwords have locked. Raises AccountError."""
    name = account_name(name)
    with write_tx(path) as db:
        _must_be(db, name)
        db.execute("UPDATE account SET failures = 0, locked_until = NULL WHERE name = ?", [name])
        audit(db, by, "user_unlock", account=name)


def set_active(name: str, active: bool, by: str, path: Path | None = None) -> None:
    """Close an account, which ends its sessions and its tokens' use at once, or open it again. Raises AccountError."""
    name = account_name(name)
    with write_tx(path) as db:
        _must_be(db, name)
        with _keeping_an_admin(db):
            db.execute("UPDATE account SET active = ? WHERE name = ?", [active, name])
        if not active:
            db.execute("DELETE FROM session WHERE account = ?", [name])
        audit(db, by, "user_activate" if active else "user_deactivate", account=name)


def _kept(password: str, name: str, cost: Cost) -> str:
    passwords.refuse_weak(password, name)
    return passwords.hashed(password, cost)


def _must_be(db: Database, name: str) -> dict:
    found = table_of(db.execute("SELECT * FROM account WHERE name = ?", [name])).to_dict("records")
    if not found:
        raise AccountError(f"没有账号 {name}；用 python manage.py user list 看现有的")
    return found[0]


def _roles(db: Database, name: str, roles: Sequence[str], unit: str | None) -> list[str]:
    """The roles in the order of ROLES, each once. Raises AccountError for unknown ones, and for a unit that does not go with them."""
    if unknown := [role for role in roles if role not in ROLES]:
        known = "、".join(f"{role}（{r.title}）" for role, r in ROLES.items())
        raise AccountError(f"账号 {name}：没有角色 {unknown[0]!r}；可用的是 {known}")
    if not roles:
        raise AccountError(f"账号 {name} 要有至少一个角色；要停用它，请用 user deactivate")
    if unit is not None and not db.execute("SELECT 1 FROM unit WHERE code = ?", [unit]).fetchone():
        raise AccountError(f"账号 {name}：没有代码为 {unit!r} 的单位；请先导入单位，或改正代码")
    if unit is None and any("own" in ROLES[role].rights for role in roles):
        raise AccountError(f"账号 {name} 是联络员，要说明是哪个单位的；请给出单位代码")
    return [role for role in ROLES if role in roles]


def _admins(db: Database) -> int:
    """How many active accounts may manage accounts."""
    managing = [role for role, r in ROLES.items() if "users" in r.rights]
    rows = db.execute("SELECT roles FROM account WHERE active = 1").fetchall()
    return sum(not set(managing).isdisjoint(json.loads(roles)) for (roles,) in rows)


@contextmanager
def _keeping_an_admin(db: Database) -> Iterator[None]:
    """Raises AccountError where what the block does leaves nobody who manages accounts."""
    before = _admins(db)
    yield
    if before and not _admins(db):
        raise AccountError("这样就没有在用的系统管理员了；请先给另一个账号系统管理员角色")
