"""Two units side by side: who is ahead, how surely, and what parts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from briefs import naming
from reports.contents import Block, Chart, Grid, Number, Numbers, Sheet
from scoring.explain import gap_split
from ui import certainty, makeup, portrait
from ui.wording import clean, shown_gap, signed, tenth

if TYPE_CHECKING:
    from ui.view import View

_PARTS = 8  # indicators that stand alone in what parts two units


def pair(view: View, argument: str) -> tuple[str, ...]:
    """The two units of `a,b`, whose codes may hold commas; none where they are not two units of the view."""
    parts = argument.split(",")
    cuts = ((",".join(parts[:k]), ",".join(parts[k:])) for k in range(1, len(parts)))
    return next((pair for pair in cuts if pair[0] != pair[1] and all(code in view.units.index for code in pair)), ())


def compare(view: View, argument: str) -> Sheet:
    """Both units' standing and profiles, and the difference of their indices by what makes it. argument: as `pair` takes it."""
    a, b = pair(view, argument)
    one, two = (clean(view.unit_name(unit), 40) for unit in (a, b))
    head = Numbers(tuple(_number(view, unit) for unit in (a, b)))
    table = profiles(view, a, b)
    left: list[Block] = [head]
    if len(table) in portrait.RADAR_AXES and table.notna().all(axis=None):
        left.append(Chart("radar", table, f"{one}与{two}各{view.words['dimension']}的得分", span=view.policy.range))
    right = _apart(view, a, b)
    gaps = table.assign(**{f"{table.columns[0]} 多": table.iloc[:, 0] - table.iloc[:, 1]}) if len(set(table.columns)) == 2 else table
    right.append(Grid(gaps.rename_axis(view.words["dimension"]).reset_index()))
    title = f"{naming.short(view)[a]}与{naming.short(view)[b]}"
    return Sheet(f"compare:{argument}", title, _lead(view, a, b), (tuple(left), tuple(right)), (1, 1.15), opens=naming.opens(view, (a, b)))


def _number(view: View, unit: str) -> Number:
    row, ranks = view.units.loc[unit], certainty.interval(view, unit)
    place = f"第 {row['rank']:.0f} 名，{row['tier']}" if row["rank"] > 0 else "不排名"
    return Number(naming.short(view)[unit], tenth(row["index"]), place + (f"，名次多在 {ranks}" if ranks else ""))


def _lead(view: View, a: str, b: str) -> str:
    """How far apart two units are, and whether that says who is ahead."""
    mine, other = view.units.at[a, "index"], view.units.at[b, "index"]
    if pd.isna(mine) or pd.isna(other):
        bare = "、".join(naming.short(view)[unit] for unit in (a, b) if pd.isna(view.units.at[unit, "index"]))
        return f"{bare}本期没有{view.words['index']}，只能比较各{view.words['dimension']}"
    gap = abs(shown_gap(mine, other))
    _, said = certainty.apart(view, a, b)
    if not said:
        return f"{view.words['index']}相差 {tenth(gap)} 分，没有测算这一差别有多可靠"
    heading, note = certainty.duel(view, a, b)
    return f"{view.words['index']}相差 {tenth(gap)} 分；{heading}" + (f"（{note}）" if note else "")


def profiles(view: View, a: str, b: str) -> pd.DataFrame:
    """Scores of two units by dimension (rows, names)."""
    codes, names = portrait.dimension_codes(view), naming.short(view)
    table = view.nodes.loc[[a, b], codes].T.set_axis([names[a], names[b]], axis=1)
    return table.set_axis([clean(view.node_name(c), 30) for c in codes])


def _apart(view: View, a: str, b: str) -> list[Block]:
    """From the second up, or down, to the first: the indicators that part them most. Nothing where one has no index."""
    mine, other = view.units.at[a, "index"], view.units.at[b, "index"]
    if pd.isna(mine) or pd.isna(other):
        return []
    split = gap_split(view.framework, view.nodes.loc[b], view.nodes.loc[a], view.policy.aggregation)
    adjusted = view.units.at[a, "adjustment"] - view.units.at[b, "adjustment"]
    parts = {n.code: (clean(n.name, 24), split[n.code]) for n in view.framework.indicators} | {makeup.ADJUSTED: ("加减分之差", adjusted)}
    points = pd.DataFrame.from_dict(parts, orient="index", columns=["label", "points"])
    shown = makeup.largest(points[points["points"].abs() > 1e-9], _PARTS).set_index("label")[["points"]]
    short = naming.short(view)
    alt = f"从{short[b]} {tenth(other)} 到{short[a]} {tenth(mine)}，相差 {signed(shown_gap(other, mine))}"
    return [Chart("waterfall", shown, alt, start=short[b], end=short[a], base=float(other))] if len(shown) else []
