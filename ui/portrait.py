"""What a portrait shows of one unit: headline, axes of its radars, trend, strengths and weak spots. Tables out of a View."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.aggregation import generator, mean
from scoring.movement import previous, year_ago
from ui.wording import period_title, shown_gap

if TYPE_CHECKING:
    from ui.view import View

SMALLEST_GROUP = 4  # below that a median and a middle half say nothing about a group
TOTAL = "总体"
RADAR_AXES = range(3, 9)  # fewer axes make no shape, more cannot be read


@dataclass(frozen=True)
class Change:
    """The index now against another period: `index`, the difference of the two figures as they are shown, `rank` in places gained.

    NaN where one side has none.
    """

    period: str
    index: float
    rank: float
    tier: str


@dataclass(frozen=True)
class Headline:
    """The first line of a portrait. `ties`: units that share the rank, itself included; `ranked`: units that have one."""

    ties: int
    ranked: int
    previous: Change | None
    year_ago: Change | None
    unbalanced: bool


def headline(view: View, unit: str) -> Headline:
    """Ties, changes and balance of a unit; the rest of its first line stands in `view.units`."""
    ties, ranked = ranking(view, unit)
    return Headline(
        ties=ties,
        ranked=ranked,
        previous=_change(view, unit, previous(view.period, view.periods)),
        year_ago=_change(view, unit, year_ago(view.period, view.periods)),
        unbalanced=unbalanced(view, unit),
    )


def unbalanced(view: View, unit: str) -> bool:
    """Whether a unit's weakest dimension lies as far below the rest as the policy flags."""
    row = view.units.loc[unit]
    return bool(not np.isnan(row["index"]) and row["weakest_gap"] >= view.policy.balance_gap > 0)


def ranking(view: View, unit: str) -> tuple[int, int]:
    """(units that share a unit's rank, itself included; units that have a rank)."""
    if view.peers:
        return view.peers.ties, view.peers.ranked
    ranks = view.units["rank"]
    return int((ranks == ranks[unit]).sum()), int(ranks.notna().sum())


def _change(view: View, unit: str, period: str | None) -> Change | None:
    if period is None:
        return None
    before = view.history[(view.history["period"] == period) & (view.history["unit"] == unit)]
    if before.empty:
        return Change(period, np.nan, np.nan, "")
    now, then = view.units.loc[unit], before.iloc[0]
    return Change(period, shown_gap(then["index"], now["index"]), then["rank"] - now["rank"], then["tier"])


def group(view: View, unit: str) -> tuple[str, pd.Index]:
    """(name, codes) of the units that a unit is held against: its sector, or all where the sector is too small.

    Of a view of one unit the codes are those in view.
    """
    if view.peers:
        return view.peers.group, view.units.index
    scored = view.units[view.units["index"].notna()]
    sector = view.units.at[unit, "sector"]
    members = scored.index[scored["sector"] == sector]
    if sector and len(members) >= SMALLEST_GROUP:
        return sector, members
    return f"全部{view.words['unit']}", scored.index


def axes(view: View, unit: str, codes: Sequence[str]) -> pd.DataFrame:
    """Rows node code; columns label, unit, previous, median, q1, q3: a unit's scores beside its group's, and last period's."""
    quartiles = _quartiles(view, unit, list(codes))
    before = _before(view, unit)
    return pd.DataFrame(
        {
            "label": [view.node_name(code) for code in codes],
            "unit": view.nodes.loc[unit, list(codes)].to_numpy(float),
            "previous": before.reindex(codes).to_numpy(float),
            "median": quartiles.loc[0.5].to_numpy(float),
            "q1": quartiles.loc[0.25].to_numpy(float),
            "q3": quartiles.loc[0.75].to_numpy(float),
        },
        index=pd.Index(codes, name="node"),
    )


def _quartiles(view: View, unit: str, codes: list[str]) -> pd.DataFrame:
    """Rows 0.25, 0.5 and 0.75, a column a node: what the unit is held against."""
    if view.peers:
        return view.peers.quartiles(codes)
    return view.nodes.loc[group(view, unit)[1], codes].quantile([0.25, 0.5, 0.75])


def _before(view: View, unit: str) -> pd.Series:
    """A unit's node scores in the period before; empty where there are none."""
    before = view.previous
    return before.nodes.loc[unit] if before is not None and unit in before.nodes.index else pd.Series(dtype=float)


def last_period(view: View) -> str | None:
    """What the period before is called; None for the first."""
    before = previous(view.period, view.periods)
    return period_title(before) if before else None


def dimension_codes(view: View) -> list[str]:
    """Codes of the framework's dimensions, in its order."""
    return [d.code for d in view.framework.dimensions]


def facet_codes(view: View, facet: str) -> list[str]:
    """Node codes of a facet's groups, in the framework's order."""
    return [f"{facet}:{group}" for group in view.framework.groups(facet)]


def makes_radar(view: View, facet: str) -> bool:
    """Whether a radar can show a facet's groups."""
    return len(view.framework.groups(facet)) in RADAR_AXES


def above_dimensions(view: View) -> list[str]:
    """Codes of the nodes between the index and its dimensions, such as sub-indexes; none in a framework of three levels."""
    tree = view.framework
    return [n.code for n in tree.inner if n is not tree.root and tree.dimension_of(n.code) is None]


def trend(view: View, unit: str) -> pd.DataFrame:
    """Rows [period, index, tier, median, q1, q3] over all served periods, NaN and "" where the unit has no score."""
    own = view.history[view.history["unit"] == unit].set_index("period")[["index", "tier"]]
    quartiles = view.peers.over_time if view.peers else _over_time(view, unit)
    line = own.join(quartiles, how="right").reindex(list(view.periods)).rename_axis("period")
    return line.fillna({"tier": ""}).reset_index()[["period", "index", "tier", "median", "q1", "q3"]]


def _over_time(view: View, unit: str) -> pd.DataFrame:
    """Rows period → q1, median, q3 of the index of what the unit is held against."""
    (name, _), history = group(view, unit), view.history
    peers = history[history["sector"] == name] if name == view.units.at[unit, "sector"] else history
    quartiles = peers.groupby("period")["index"].quantile([0.25, 0.5, 0.75]).unstack()
    return quartiles.set_axis(["q1", "median", "q3"], axis=1)


def strengths(view: View, unit: str, n: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The indicators that lift a unit most above its group, and those that hold it back most.

    Rows code → name, state, score, median, points.

    Only what lies outside the group's middle half counts; `points`, the order, is distance from the median × weight in the index.
    """
    codes = [i.code for i in view.framework.indicators]
    quartiles = _quartiles(view, unit, codes)
    table = pd.DataFrame(
        {
            "name": [i.name for i in view.framework.indicators],
            "state": view.cells[view.cells["unit"] == unit].set_index("indicator")["state"].reindex(codes).to_numpy(),
            "score": view.nodes.loc[unit, codes].to_numpy(float),
            "median": quartiles.loc[0.5].to_numpy(float),
            "weight": [view.framework.effective_weight(code) for code in codes],
        },
        index=pd.Index(codes, name="node"),
    )
    table["points"] = (table["score"] - table["median"]) * table.pop("weight")
    high = table[table["score"].to_numpy() > quartiles.loc[0.75].to_numpy()]
    low = table[table["score"].to_numpy() < quartiles.loc[0.25].to_numpy()]
    return high.nlargest(n, "points"), low.nsmallest(n, "points")


def heat(view: View, unit: str, facet: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(scores, exists) by dimension (rows) and group of a facet (columns), framed by both totals.

    A score is the weighted mean of the indicators that lie in both, NaN without any; the last column is the dimension's own score,
    the last row the group's. `exists` is False where no indicator lies in both.
    """
    scores, groups = view.nodes.loc[unit], view.framework.groups(facet)
    rows, found = [], []
    for dimension in view.framework.dimensions:
        leaves = view.framework.leaves(dimension.code)
        cells = [[i.code for i in leaves if i.facets.get(facet) == g] for g in groups]
        rows.append([*(_mean(view, scores, codes) for codes in cells), scores[dimension.code]])
        found.append([*map(bool, cells), True])
    rows.append([*scores.reindex(facet_codes(view, facet)), scores[view.framework.root.code]])
    names = [d.name for d in view.framework.dimensions]
    labels = dict(index=[*names, TOTAL], columns=[*groups, TOTAL])
    return pd.DataFrame(rows, **labels, dtype=float), pd.DataFrame([*found, [True] * len(rows[0])], **labels)


def _mean(view: View, scores: pd.Series, codes: Iterable[str]) -> float:
    """Weighted arithmetic mean of indicators by their weight in the index; NaN without any."""
    found = [(np.array([scores[c]]), view.framework.effective_weight(c)) for c in codes]
    return float(mean(*zip(*found, strict=True), generator("arithmetic"))[0]) if found else np.nan
