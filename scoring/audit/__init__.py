"""The audit: every check of the checklist and every question of the screen, over one case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from ..case import Case
from . import data, links, patterns, ranks, repeats
from .checks import CHECKS, GROUPS, PATTERNS, STATUSES, Check, Material, Verdict

__all__ = ["CHECKS", "GROUPS", "PATTERNS", "STATUSES", "Check", "Outline", "audit", "outline", "tally", "verdict", "worst"]

# The modules whose import fills the registries, in this order.
_REGISTERED = (data, links, patterns, ranks, repeats)
_FIELDS = [f.name for f in fields(Verdict)]
_RAISED = ("fail", "flag")
_TOLD = 4  # checks that the sentence names


def audit(case: Case, sizes: pd.Series | None = None, earlier: Case | None = None) -> list[Check]:
    """All that the checks say of a case, in the order of the registries; within a check in the order of the framework.

    `sizes`: index unit, for the scale effect. `earlier`: the case of the period before, for jumps. Raises ScoringError where the
    case cannot be scored.
    """
    material = Material(case, sizes, earlier)
    return [
        Check(name=method.name, title=method.title, group=group, **{f: getattr(found, f) for f in _FIELDS})
        for group, registry in zip(GROUPS, (CHECKS, PATTERNS), strict=True)
        for method in registry.values()
        for found in method(material)
    ]


@dataclass(frozen=True)
class Outline:
    """One check over all its subjects: its worst status with the figure, sentence and remedy of the subject that is farthest off.

    `members`: what it found, the most pressing first. Where nothing is wrong, `shown` is the range of the figures.
    """

    name: str
    title: str
    group: str
    status: str
    label: str
    shown: str
    limit: str
    finding: str
    remedy: str
    members: tuple[Check, ...]

    def count(self, status: str) -> int:
        """How many of its subjects have a status."""
        return sum(c.status == status for c in self.members)


def outline(found: Iterable[Check]) -> list[Outline]:
    """The checks one by one, in their order."""
    members: dict[str, list[Check]] = {}
    for c in found:
        members.setdefault(c.name, []).append(c)
    return [_outline(sorted(checks, key=_pressing)) for checks in members.values()]


def _pressing(c: Check) -> tuple[int, float]:
    """Sort key: by status, then how far a figure is beyond its threshold."""
    far = abs(c.figure - c.threshold) if c.status in _RAISED else 0.0
    return list(STATUSES).index(c.status), -far


def _outline(members: list[Check]) -> Outline:
    first = members[0]
    same = [c for c in members if c.status == first.status]
    if first.status in _RAISED:
        raised = [c for c in members if c.status in _RAISED]
        shown, limit = first.shown, first.limit
        finding = first.finding + (f"；另有 {len(raised) - 1} 项" if len(raised) > 1 else "")
    else:
        shown, limit = _range(same), first.limit if len({c.limit for c in same}) == 1 else "—"
        others = len(members) - len(same)
        finding = first.finding if len(members) == 1 else f"{len(same)} 项{first.label.split()[1]}"
        finding += f"，{others} 项不适用" if others else ""
    return Outline(first.name, first.title, first.group, first.status, first.label, shown, limit, finding, first.remedy, tuple(members))


def _range(checks: list[Check]) -> str:
    """The least and the greatest of some figures, as they are shown."""
    if np.isnan(checks[0].figure):
        return "—"
    low, high = (pick(checks, key=lambda c: c.figure).shown for pick in (min, max))
    return low if low == high else f"{low} ～ {high}"


def worst(found: Iterable[Check]) -> str:
    """The most pressing status among some checks; "none" where there is none of them."""
    return min((c.status for c in found), key=list(STATUSES).index, default="none")


def tally(found: Iterable[Check]) -> dict[str, int]:
    """How many checks of the checklist come to each status."""
    statuses = [o.status for o in outline(found) if o.group == "structure"]
    return {status: statuses.count(status) for status in STATUSES}


def verdict(found: Iterable[Check]) -> str:
    """The checklist in one Chinese sentence."""
    outlines = [o for o in outline(found) if o.group == "structure"]
    failed, flagged = ([o.title for o in outlines if o.status == status] for status in _RAISED)
    if failed:
        also = f"，另有 {len(flagged)} 项要留意" if flagged else ""
        return f"{len(outlines)} 项检查中 {len(failed)} 项不通过：{_first(failed)}{also}。"
    if flagged:
        return f"{len(outlines)} 项检查没有不通过的，{len(flagged)} 项要留意：{_first(flagged)}。"
    told = sum(o.status == "pass" for o in outlines)
    return f"{len(outlines)} 项检查全部通过。" if told == len(outlines) else f"{told} 项检查通过，其余 {len(outlines) - told} 项不适用。"


def _first(titles: list[str]) -> str:
    return "、".join(titles[:_TOLD]) + ("等" if len(titles) > _TOLD else "")
