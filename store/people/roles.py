"""Roles and what they may do. One table, which pages, exports, links, the API and the matrix of tests go by."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

RIGHTS = {
    "see": "看全部单位的已发布结果",
    "own": "看本单位的画像、任务和指导",
    "drafts": "看未发布的草稿",
    "try": "试算，保存情景",
    "audit": "体检",
    "export": "下载文档和数据",
    "meet": "编会议、投影",
    "bring": "导入、填报、撤销批次",
    "framework": "改指标体系和评分规则",
    "publish": "发布、撤回、改用旧发布",
    "appeal": "提出申诉",
    "answer": "答复申诉",
    "journal": "看日志",
    "users": "管理账号和设置",
}


@dataclass(frozen=True)
class Role:
    """A role: its title on the screen and the rights that it gives."""

    title: str
    rights: frozenset[str]


def _role(title: str, *rights: str) -> Role:
    return Role(title, frozenset(rights))


ROLES = {
    "leader": _role("领导", "see", "export", "meet"),
    "analyst": _role("研判员", "see", "drafts", "try", "audit", "export", "meet"),
    "steward": _role("数据管理员", "see", "drafts", "audit", "export", "bring", "framework", "answer", "journal"),
    "publisher": _role("发布人", "see", "drafts", "audit", "export", "publish", "answer", "journal"),
    "liaison": _role("联络员", "own", "appeal", "export"),
    "admin": _role("系统管理员", "users", "journal", "export"),
}


def account_name(text: str) -> str:
    """A name as accounts are known by: one form of each character, small letters, so that Zhang and zhang are one person."""
    return unicodedata.normalize("NFKC", text).strip().casefold().encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Person:
    """Who is at the screen. `unit`: the unit that a liaison speaks for. `local`: nobody signed in, the machine's own user."""

    name: str
    title: str
    roles: tuple[str, ...] = ()
    unit: str | None = None
    local: bool = False

    @property
    def rights(self) -> frozenset[str]:
        """All that this person may do; the machine's own user everything but speak for one unit."""
        if self.local:
            return frozenset(RIGHTS) - {"own"}
        return frozenset().union(*(ROLES[role].rights for role in self.roles if role in ROLES))

    def may(self, right: str) -> bool:
        """Whether this person has a right. Raises KeyError for a right that there is none of."""
        RIGHTS[right]
        return right in self.rights

    @property
    def only_unit(self) -> str | None:
        """The one unit whose data this person sees; None for one who sees all of them."""
        return None if "see" in self.rights else self.unit or ""


class Visit(NamedTuple):
    """Who is there by a session, and whether nothing but a new password is open to them."""

    person: Person
    must_change: bool = False
