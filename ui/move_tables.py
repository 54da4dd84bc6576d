"""The tables of the page of movement as they are read and taken away, under Chinese headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ui.makeup import ADJUSTED
from ui.moves import KINDS, reasons, remarks
from ui.wording import clean, period_title

if TYPE_CHECKING:
    from ui.viewer import View

MARKS = {"up": "↑", "down": "↓", "same": "=", "joined": "＋", "left": "－", "none": ""}


def arrow(row: pd.Series, tier: Callable[[str], str]) -> str:
    """A row's tiers, before → after. `tier`: label → what is shown for it, — for none."""
    return " → ".join(tier(row[side]) if row[side] else "—" for side in ("tier_before", "tier"))


def caption(row: pd.Series) -> str:
    """A row of `moves.compare` in one line, for a picker."""
    return f"{MARKS[row['kind']]} {clean(row['name'], 60)}"


def sentence(row: pd.Series, after: View, tier: Callable[[str], str]) -> str:
    """What happened to one unit: tiers, index, rank, and what a reader would stumble over."""
    ranks = " → ".join("—" if pd.isna(r) else f"第 {r:.0f} 名" for r in (row["rank_before"], row["rank"]))
    return "　".join([arrow(row, tier), ranks, *remarks(row, after.policy.tier_rule)])


def listing(moved: pd.DataFrame, words: Mapping[str, str], tier: Callable[[str], str]) -> pd.DataFrame:
    """The movers at a glance: index unit; sign, name, tiers, change of the index, ranks, sector."""
    ranks = zip(moved["rank_before"], moved["rank"], strict=True)
    return pd.DataFrame(
        {
            "升降": [MARKS[kind] for kind in moved["kind"]],
            words["unit"]: [clean(name) for name in moved["name"]],
            "梯队": [arrow(row, tier) for _, row in moved.iterrows()],
            "指数变化": moved["change"],
            "名次": [" → ".join("—" if pd.isna(r) else f"{r:.0f}" for r in pair) for pair in ranks],
            words["sector"]: [clean(sector) for sector in moved["sector"]],
        },
        index=moved.index,
    )


def explained(moved: pd.DataFrame, found: pd.DataFrame, after: View, tier: Callable[[str], str]) -> pd.DataFrame:
    """Every mover with the indicators that moved it most; the shown points of a row sum to its shown change.

    `found`: as `moves.changes` gives it.
    """
    rows = {}
    for unit, row in reasons(found, after.framework.indicators).iterrows():
        points = [round(row[name], 1) for name in ("points1", "points2", "points3", "adjustment", "change")]
        named = [f"{points[k - 1]:+.1f} {row[f'name{k}']}" if row[f"name{k}"] else "" for k in (1, 2, 3)]
        rows[unit] = [points[4], *named, round(points[4] - sum(points[:4]), 1), points[3]]
    columns = ["指数变化", "变化最大的指标", "其次", "第三", "其余指标", "加减分"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).reindex(moved.index)
    table.insert(0, "梯队", [arrow(row, tier) for _, row in moved.iterrows()])
    table.insert(0, after.words["unit"], [clean(name) for name in moved["name"]])
    table["说明"] = ["".join(remarks(row, after.policy.tier_rule)) for _, row in moved.iterrows()]
    return table


def holders(held: pd.DataFrame, label: str, names: pd.Series, words: Mapping[str, str], signs: Mapping[str, str]) -> pd.DataFrame:
    """Who holds a tier, the longest first: index unit; name, length, since, and the tier of every period as a row of signs."""
    mine = held[held["tier"] == label]
    return pd.DataFrame(
        {
            words["unit"]: [clean(names[unit]) for unit in mine.index],
            "连续期数": mine["length"],
            "自": [period_title(period) for period in mine["since"]],
            "各期": ["".join(signs.get(tier, "·") for tier in row) for row in mine["tiers"]],
        },
        index=mine.index,
    )


def export(moved: pd.DataFrame, found: pd.DataFrame, before: View, after: View) -> pd.DataFrame:
    """The movers as a table to take away: tiers, index and rank of both periods, and every indicator's points at full precision."""
    words, (then, now) = after.words, (before.period, after.period)
    sides = {"tier": "梯队", "index": words["index"], "rank": "名次"}
    table = pd.DataFrame({f"{words['unit']}代码": moved.index, words["unit"]: moved["name"].to_list()})
    table[words["sector"]] = moved["sector"].to_list()
    table["升降"] = moved["kind"].map(KINDS).to_list()
    for column, title in sides.items():
        table[f"{title} {then}"] = moved[f"{column}_before"].to_list()
        table[f"{title} {now}"] = moved[column].to_list()
    table[f"{words['index']}变化"] = moved["change"].to_list()
    rows = found.reindex(moved.index)
    table["其中：加减分"] = rows[ADJUSTED].to_list()
    points = {f"{n.code} {n.name}": rows[n.code].to_list() for n in after.framework.indicators if n.code in rows}
    table = pd.concat([table, pd.DataFrame(points)], axis=1)
    table["说明"] = [" ".join(remarks(row, after.policy.tier_rule)) for _, row in moved.iterrows()]
    return table
