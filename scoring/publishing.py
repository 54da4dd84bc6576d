"""What is looked at before a release is published: its tables beside those that it follows. Findings, never a ban.

Tables of units have index unit and the columns of an assessment (index, rank, note); cells are long: unit, indicator, state, value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from .audit import Check, outline
from .values import STATE_TITLES, STATES, VALUE

STATUSES = {"fail": "✖ 不通过", "warn": "△ 提醒", "ok": "✔ 通过"}  # the most pressing first
COLUMNS = ("unit", "subject", "before", "after", "note")
_UNSCORED = 0.1  # share of the units without a score from which a release is no picture of the whole
_CHANGED = 0.2  # share of the values that a correction changes before one asks whether it is one


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS), dtype=object)


@dataclass(frozen=True)
class Finding:
    """One check: its status (a key of STATUSES), one Chinese sentence, and the list behind it.

    `rows`: unit (code, "" for all), subject (a node's code or a name), before, after, note; texts and numbers as they are.
    """

    name: str
    title: str
    status: str
    said: str
    rows: pd.DataFrame = field(default_factory=_no_rows)


def _rows(rows: Iterable[Sequence]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS), dtype=object)


def coverage(units: pd.DataFrame) -> Finding:
    """Units without a score, and why."""
    lacking = units[units["index"].isna()]
    share = len(lacking) / len(units) if len(units) else 1.0
    status = "ok" if len(units) and lacking.empty else "fail" if share > _UNSCORED else "warn"
    said = "全部有得分" if status == "ok" else f"{len(lacking)} 个没有得分，占 {share:.0%}" if len(units) else "一个也没有"
    return Finding("coverage", "覆盖", status, said, _rows((u, "", "", "无得分", n) for u, n in lacking["note"].items()))


def rank_moves(units: pd.DataFrame, before: pd.DataFrame | None, most: int, name: str, against: str) -> Finding:
    """Units whose rank moves by more than `most` places against another release, the farthest first. `against`: what that is."""
    title = f"名次变动（与{against}比）"
    if before is None:
        return Finding(name, title, "ok", f"没有{against}可比")
    old = before["rank"].reindex(units.index)
    far = (units["rank"] - old).abs()
    moved = far[far > most].sort_values(ascending=False, kind="stable").index
    said = f"{len(moved)} 个变动超过 {most} 位" if len(moved) else f"没有变动超过 {most} 位的"
    rows = ((u, "", int(old[u]), int(units.at[u, "rank"]), _places(units.at[u, "rank"] - old[u])) for u in moved)
    return Finding(name, title, "warn" if len(moved) else "ok", said, _rows(rows))


def _places(change: float) -> str:
    return f"{'降' if change > 0 else '升'} {abs(change):.0f} 位"


def membership(units: pd.DataFrame, before: pd.DataFrame | None, name: str, against: str, vanished: str = "warn") -> Finding:
    """Units that have come or gone against another release. `vanished`: the status where any has gone."""
    title = f"名单增减（与{against}比）"
    if before is None:
        return Finding(name, title, "ok", f"没有{against}可比")
    gone, come = before.index.difference(units.index), units.index.difference(before.index)
    status = vanished if len(gone) else "warn" if len(come) else "ok"
    said = "、".join([*([f"少了 {len(gone)} 个"] if len(gone) else []), *([f"多了 {len(come)} 个"] if len(come) else [])])
    rows = [*((u, "", "有", "无", "少了") for u in gone), *((u, "", "无", "有", "多了") for u in come)]
    return Finding(name, title, status, said or "没有增减", _rows(rows))


def changed_values(cells: pd.DataFrame, before: pd.DataFrame | None) -> Finding:
    """Cells that differ from the release that is served for the period."""
    title = "取值变动（与在用的比）"
    if before is None:
        return Finding("values", title, "ok", "没有在用的发布可比")
    both = before.merge(cells, on=["unit", "indicator"], how="outer", suffixes=("_before", ""))
    states = both[["state_before", "state"]].fillna(STATES[1])
    same = (states["state_before"] == states["state"]) & (
        (both["value_before"] == both["value"]) | (both["value_before"].isna() & both["value"].isna())
    )
    changed = both[~same]
    share = len(changed) / len(both) if len(both) else 0.0
    rows = (
        (r.unit, r.indicator, _cell(r.state_before, r.value_before), _cell(r.state, r.value), "") for r in changed.itertuples()
    )
    said = f"{len(changed)} 个取值变了，占 {share:.1%}" if len(changed) else "没有变动"
    return Finding("values", title, "warn" if share > _CHANGED else "ok", said, _rows(rows))


def _cell(state: object, value: float) -> object:
    """A cell as it is read: its number, or its state in words."""
    return float(value) if state == STATES[VALUE] else STATE_TITLES.get(state, "缺报")


def audit_outcomes(checks: Sequence[Check]) -> list[Finding]:
    """What the audit fails, and what its screen for unusual patterns asks."""
    failed = [o for o in outline(checks) if o.group == "structure" and o.status == "fail"]
    raised = [c for o in failed for c in o.members if c.status == "fail"]
    asked = [c for c in checks if c.group == "pattern" and c.status == "flag"]
    return [
        Finding("audit", "体检", "fail" if failed else "ok",
                f"{len(failed)} 项不通过：{'、'.join(o.title for o in failed[:4])}" if failed else "没有不通过的",
                _rows(("", c.subject, "", "", f"{c.title}：{c.finding}") for c in raised)),
        Finding("patterns", "异常形态", "warn" if asked else "ok", f"{len(asked)} 处请核实" if asked else "未见异常",
                _rows((u, c.subject, "", "", f"{c.title}：{c.finding}") for c in asked for u in (c.units or ("",)))),
    ]  # fmt: skip


def ledger_differences(derived: pd.DataFrame) -> Finding:
    """Reported values that differ from what ledgers give: unit, indicator, value, reported, differs."""
    odd = derived[derived["differs"]]
    said = f"{len(odd)} 处报送与台账不一致" if len(odd) else "没有不一致的"
    rows = ((r.unit, r.indicator, float(r.reported), float(r.value), "报送 → 台账") for r in odd.itertuples())
    return Finding("ledgers", "报送与台账", "warn" if len(odd) else "ok", said, _rows(rows))


def open_appeals(appeals: pd.DataFrame) -> Finding:
    """Appeals of the period that are not closed: unit, node, state, text."""
    said = f"{len(appeals)} 件申诉还没有办结" if len(appeals) else "没有未办结的"
    rows = ((a.unit, a.node, "", a.state, a.text) for a in appeals.itertuples())
    return Finding("appeals", "申诉", "warn" if len(appeals) else "ok", said, _rows(rows))
