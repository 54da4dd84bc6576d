"""Which version of the framework is in force for a period: the newest live one that holds from that period or an earlier one on."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from scoring.framework import Framework
from scoring.movement import period_key
from scoring.policy import Policy

from ..errors import ReleaseError
from .files import parse_framework, parse_policy

_LIVE = """
SELECT framework.id, since FROM framework JOIN batch ON batch.id = framework.batch LEFT JOIN framework_since ON framework = framework.id
WHERE revoked_at IS NULL ORDER BY framework.id DESC
"""
_TEXTS = "SELECT framework_csv, policy_toml FROM framework WHERE id = ?"

Version = tuple[int, Framework, Policy]


def framework_for(db: Database, period: str) -> Version | None:
    """Number, framework and policy of the version in force for a period; None where no version holds for it.

    Files are read by the newest version, whatever it holds from: a new indicator is reported before its first period is published.
    """
    number = _in_force(_live(db), period)
    return None if number is None else _version(db, number)


def with_framework(db: Database, periods: Iterable[str]) -> list[str]:
    """Those of some periods for which a version is in force."""
    live = _live(db)
    return [p for p in periods if _in_force(live, p) is not None]


def frameworks_for(db: Database, periods: Iterable[str]) -> list[tuple[Version, list[str]]]:
    """The versions in force for some periods, each with its periods, in their order. Raises ReleaseError for a period without one."""
    live, mine = _live(db), {}
    for period in periods:
        number = _in_force(live, period)
        if not live:
            raise ReleaseError("库中没有指标体系，不能发布；请先运行 init，或导入指标体系")
        if number is None:
            first = min((since for _, since in live), key=period_key)
            raise ReleaseError(f"考核期 {period} 没有可用的指标体系：现有各版从 {first} 起用；请导入一版适用于 {period} 的指标体系")
        mine.setdefault(number, []).append(period)
    return [(_version(db, number), its) for number, its in mine.items()]


def _live(db: Database) -> list[tuple[int, str | None]]:
    return db.execute(_LIVE).fetchall()


def _in_force(live: list[tuple[int, str | None]], period: str) -> int | None:
    return next((n for n, since in live if since is None or period_key(since) <= period_key(period)), None)


def _version(db: Database, number: int) -> Version:
    framework_csv, policy_toml = db.execute(_TEXTS, [number]).fetchone()
    policy = parse_policy(policy_toml)
    return number, parse_framework(framework_csv, policy), policy
