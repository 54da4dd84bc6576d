"""What a unit's index is made of, and what parts it from the next tier: tables of points that sum exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.explain import contributions, gap_split
from scoring.rounding import tenths
from scoring.tiers import gate

if TYPE_CHECKING:
    from ui.view import View

ADJUSTED, SURPLUS, REST = ":adjustment", ":surplus", ":rest"  # parts that are no nodes: no node's code may hold a colon


@dataclass(frozen=True)
class Gap:
    """From a unit up to a mark: `other − mine` = sum of `parts` = sum of `indicators` (rows code → label, points).

    kind: "next" (to a better tier), "first" (to the first place) or "lead" (a first place's own lead over `reference`).
    `tier`: the tier that is reached; `reference`: code of the other unit, "" where none is there.
    """

    kind: str
    tier: str
    reference: str
    mine: float
    other: float
    parts: pd.DataFrame
    indicators: pd.DataFrame


def points(view: View, unit: str) -> pd.Series:
    """Points that each node adds to a unit's index before adjustments; all NaN without an index."""
    return contributions(view.framework, view.nodes.loc[unit], view.policy.aggregation)


def composition(view: View, unit: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(dimensions, adjustments), rows code → label, points; together they sum to the index.

    Adjustments: bonus, penalty and, where the ends of the score range cut them, what was cut.
    """
    made, row = points(view, unit), view.units.loc[unit]
    codes = [d.code for d in view.framework.dimensions]
    unscored = view.nodes.loc[unit, codes].isna()
    dimensions = _rows([(c, view.node_name(c) + ("（无得分）" if unscored[c] else ""), made[c]) for c in codes])
    cut = row["adjustment"] - (row["bonus"] - row["penalty"])
    steps = [("bonus", "加分", row["bonus"]), ("penalty", "减分", -row["penalty"]), ("cut", "封顶" if cut < 0 else "保底", cut)]
    return dimensions, _rows([s for s in steps if abs(s[2]) > 1e-9])


def shown(view: View, unit: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`composition` in tenths that sum to the index as it is shown; no rows for a unit without an index."""
    (made, adjusted), index = composition(view, unit), view.units.at[unit, "index"]
    if np.isnan(index):
        return made.iloc[:0], adjusted.iloc[:0]
    points = tenths([*made["points"], *adjusted["points"]], index)
    return made.assign(points=points[: len(made)]), adjusted.assign(points=points[len(made) :])


def gap(view: View, unit: str) -> Gap | None:
    """From a unit to the next better tier by rule, from a unit of the best tier to the first place, from the gate to the first.

    The profile to compare with is that of the lowest unit in the tier. A vetoed unit is compared by its tier by rule. None
    without a score, and where no other unit has another score.
    """
    row, units = view.units.loc[unit], view.units
    if np.isnan(row["index"]):
        return None
    if view.peers:
        return _to_line(view, unit)
    best = view.policy.tier_labels[0]
    if row["tier_by_rule"] != best and (found := _next_gate(view, row["tier_by_rule"])):
        tier, mark, reference = found
        return _gap(view, "next", tier, unit, reference, mark)
    first = str(units["index"].idxmax())
    if row["rank"] > 1:
        return _gap(view, "first", row["tier_by_rule"], unit, first, units.at[first, "index"])
    _, lowest = gate(units["index"], units["tier_by_rule"], row["tier_by_rule"], view.policy)
    below = units["index"][units["index"] < row["index"]]
    if below.empty:
        return None
    lowest = lowest if lowest in below.index else str(below.idxmax())  # alone in its tier: the best unit below
    return replace(_gap(view, "lead", row["tier_by_rule"], lowest, unit, row["index"]), reference=lowest)


def _to_line(view: View, unit: str) -> Gap | None:
    """From a unit up to where the next better tier begins, which is not split: a profile would be another unit's."""
    row, labels = view.units.loc[unit], view.policy.tier_labels
    for label in reversed(labels[: labels.index(row["tier_by_rule"])]):
        if not np.isnan(mark := view.peers.line(label)):
            whole = _rows([(SURPLUS, f"到{label}线", mark - row["index"])])
            return Gap("next", label, "", float(row["index"]), float(mark), whole, whole)
    return None


def lead_over_gate(view: View, unit: str) -> float:
    """How far a unit's index lies above the gate of its own tier by rule."""
    row, units = view.units.loc[unit], view.units
    return row["index"] - gate(units["index"], units["tier_by_rule"], row["tier_by_rule"], view.policy)[0]


def _next_gate(view: View, tier: str) -> tuple[str, float, str] | None:
    """(tier, score, unit) of the nearest better tier that has a gate."""
    index, labels = view.units["index"], view.policy.tier_labels
    for label in reversed(labels[: labels.index(tier)]):
        mark, reference = gate(index, view.units["tier_by_rule"], label, view.policy)
        if not np.isnan(mark):
            above = index[index >= mark]
            return label, mark, reference or (str(above.idxmin()) if len(above) else "")
    return None


def _gap(view: View, kind: str, tier: str, unit: str, reference: str, mark: float) -> Gap:
    """The gap from `unit` up to `mark`, split along the profile of `reference`."""
    mine = float(view.units.at[unit, "index"])
    if not reference:
        whole = _rows([(SURPLUS, "分数线以上尚无参照，不能分解", mark - mine)])
        return Gap(kind, tier, "", mine, mark, whole, whole)
    split = gap_split(view.framework, view.nodes.loc[unit], view.nodes.loc[reference], view.policy.aggregation)
    extra = [
        (ADJUSTED, "加减分之差", view.units.at[reference, "adjustment"] - view.units.at[unit, "adjustment"]),
        (SURPLUS, "参照高出分数线", mark - view.units.at[reference, "index"]),
    ]
    extra = [e for e in extra if abs(e[2]) > 1e-9]
    dimensions, leaves = (
        _rows([*((n.code, n.name, split[n.code]) for n in nodes), *extra])
        for nodes in (view.framework.dimensions, view.framework.indicators)
    )
    return Gap(kind, tier, reference, mine, float(mark), dimensions, leaves)


def largest(parts: pd.DataFrame, n: int) -> pd.DataFrame:
    """The n parts that weigh most, largest first, and the rest as one row, so that the sum stays what it was."""
    order = parts.loc[parts["points"].abs().sort_values(ascending=False, kind="stable").index]
    if len(order) <= n + 1:
        return order
    rest = order["points"].iloc[n:]
    return pd.concat([order.iloc[:n], _rows([(REST, f"其余 {len(rest)} 项", rest.sum())])])


def sides(found: Gap | None, dimension: str) -> list[tuple[str, str, pd.DataFrame]]:
    """(key, title, parts) of the two ways to split a gap; none without a gap. dimension: the word for it."""
    if found is None:
        return []
    if found.parts is found.indicators:  # nothing to split it along
        return [("gap", "到分数线的距离", found.parts)]
    signs = "＋ 为领先，− 为落后" if found.kind == "lead" else "＋ 为落后，− 为领先"
    indicators = largest(found.indicators, 12)
    return [("gap", f"按{dimension}分解：{signs}", found.parts), ("gap-indicators", f"按指标分解：{signs}", indicators)]


def standing(view: View, unit: str) -> pd.DataFrame:
    """Rows dimension code → name, weight (share of the index), score, rank, change (against the period before)."""
    codes = [d.code for d in view.framework.dimensions]
    before = view.previous
    known = before is not None and unit in before.nodes.index
    last = before.nodes.loc[unit].reindex(codes) if known else pd.Series(np.nan, index=codes)
    return pd.DataFrame(
        {
            "name": [view.node_name(c) for c in codes],
            "weight": [view.framework.effective_weight(c) for c in codes],
            "score": view.nodes.loc[unit, codes],
            "rank": view.ranks.loc[unit, codes],
            "change": view.nodes.loc[unit, codes] - last,
        },
        index=pd.Index(codes, name="node"),
    )


def _rows(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["code", "label", "points"]).set_index("code")
