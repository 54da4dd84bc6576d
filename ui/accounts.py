"""Accounts and settings as tables, and what an administrator writes: each on the press of a button and by the right `users`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import localtime, strftime, time

import pandas as pd

from store import settings
from store.connection import reader
from store.errors import AccountError
from store.people import accounts, passwords
from store.people.roles import RIGHTS, ROLES, Person
from ui import acts, desk_reads, reads, unit_search
from ui.wording import clean

RIGHT = "users"
ADMINS = tuple(role for role, about in ROLES.items() if RIGHT in about.rights)


def people(path: Path) -> pd.DataFrame:
    """All accounts, index name: the store's columns, and locked (whether it is now)."""
    with reader(path) as db:
        table = accounts.accounts(db)
    locked = [not pd.isna(until) and until > time() for until in table["locked_until"]]
    return table.assign(locked=pd.Series(locked, table.index, bool)).set_index("name", drop=False)


def units(path: Path, few: Iterable[str] = ()) -> dict[str, str]:
    """Code → name of the units for which an account can speak; in a store of very many, of a few."""
    if unit_search.large(path):
        return desk_reads.names_of(str(path), reads.stamp(path), tuple(few))
    return {code: clean(name, 60) for code, name in desk_reads.names(str(path), reads.stamp(path))[0].items()}


def titles(roles: Sequence[str]) -> str:
    """Roles as they are called; one that this version does not know by its code."""
    return "、".join(ROLES[role].title if role in ROLES else role for role in roles)


def state(row: pd.Series) -> str:
    """How an account stands, in a word."""
    if not row["active"]:
        return "○ 停用"
    if row["locked"]:
        return f"▲ 锁定到 {strftime('%H:%M', localtime(row['locked_until']))}"
    if row["must_change"]:
        return "◇ 待改首次密码"
    return "● 在用（统一登录）" if row["elsewhere"] else "● 在用"


def sheet(table: pd.DataFrame, names: Mapping[str, str], unit: str) -> pd.DataFrame:
    """Accounts under Chinese headings, index name. names: of units; unit: the word for one."""
    return pd.DataFrame(
        {
            "账号": table["name"], "姓名": [clean(t, 60) for t in table["title"]], "角色": [titles(r) for r in table["roles"]],
            unit: [names.get(u, u) or "" for u in table["unit"].fillna("")], "状态": [state(row) for _, row in table.iterrows()],
        },
        index=table.index,
    )  # fmt: skip


def what_roles_may() -> pd.DataFrame:
    """What each role may do: rights × roles."""
    marks = {about.title: ["✓" if right in about.rights else "" for right in RIGHTS] for about in ROLES.values()}
    return pd.DataFrame({"可以做什么": list(RIGHTS.values()), **marks}, index=list(RIGHTS))


def add(path: Path, name: str, title: str, roles: Sequence[str], unit: str | None, elsewhere: bool) -> tuple[str, str]:
    """Make an account; (its name, its first password, which nobody can see again), ("", "") where it was not made, which is told.

    The first account of a store is an administrator's: from then on one has to sign in, and somebody must be able to make the next.
    """
    made = "", ""

    def do(person: Person) -> str:
        nonlocal made
        if people(path).empty and not set(roles) & set(ADMINS):
            raise AccountError(f"第一个账号要有{titles(ADMINS)}的角色：有了账号就要登录，没有管理员就再没有人能加账号")
        first = "" if elsewhere else passwords.generated()
        made = accounts.add(name, title, list(roles), person.name, unit, first or None, path), first
        return f"已建立账号 {made[0]}（{titles(roles)}）。"

    acts.act(RIGHT, do, "正在建立账号")
    return made


def reset(path: Path, name: str) -> str:
    """Give an account a new first password and end its sessions; the password, "" where it was not done, which is told."""
    first = ""

    def do(person: Person) -> str:
        nonlocal first
        new = passwords.generated()
        accounts.set_password(name, new, person.name, path)
        first = new
        return f"{name} 的密码已重置，原来的登录都已结束。"

    acts.act(RIGHT, do, "正在重置密码")
    return first


def give(path: Path, name: str, roles: Sequence[str], unit: str | None) -> bool:
    """Give an account these roles and the unit that it speaks for; whether it was done."""

    def do(person: Person) -> str:
        accounts.set_roles(name, list(roles), person.name, unit, path)
        return f"{name} 的角色现在是{titles(roles)}。"

    return acts.act(RIGHT, do, "正在修改角色")


def unlock(path: Path, name: str) -> bool:
    """Open an account that wrong passwords have locked; whether it was done."""

    def do(person: Person) -> str:
        accounts.unlock(name, person.name, path)
        return f"{name} 已解除锁定。"

    return acts.act(RIGHT, do, "正在解除锁定")


def activate(path: Path, name: str, active: bool) -> bool:
    """Close an account, or open it again; whether it was done."""

    def do(person: Person) -> str:
        accounts.set_active(name, active, person.name, path)
        return f"{name} 已{'启用' if active else '停用，它的登录都已结束'}。"

    return acts.act(RIGHT, do, "正在启用" if active else "正在停用")


def in_force(path: Path) -> pd.DataFrame:
    """All settings as the store has them, index key."""
    with reader(path) as db:
        return settings.settings(db)


def put(path: Path, wanted: Mapping[str, int]) -> bool:
    """Put the settings in force that differ from what is; whether it was done."""

    def do(person: Person) -> str:
        now = in_force(path)["value"]
        changed = {key: value for key, value in wanted.items() if value != now[key]}
        for key, value in changed.items():
            settings.set_setting(key, value, person.name, path)
        return f"已保存 {len(changed)} 项设置，即时生效。" if changed else "没有改动。"

    return acts.act(RIGHT, do, "正在保存设置")
