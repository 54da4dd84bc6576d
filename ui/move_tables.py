"""The tables of the page of movement as they are read and taken away, under Chinese headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from scoring.change import CAUSES, Changes
from ui.causes import OTHERS, places, points
from ui.moves import KINDS, reasons, remarks
from ui.wording import clean, period_title

if TYPE_CHECKING:
    from ui.view import View

MARKS = {"up": "↑", "down": "↓", "same": "=", "joined": "＋", "left": "－", "none": ""}


def arrow(row: pd.Series, tier: Callable[[str], str]) -> str:
    """A row's tiers, before → after. `tier`: label → what is shown for it, — for none."""
    return " → ".join(tier(row[side]) if row[side] else "—" for side in ("tier_before", "tier"))


def caption(row: pd.Series) -> str:
    """A row of `moves.compare` in one line, for a picker."""
    return f"{MARKS[row['kind']]} {clean(row['name'], 60)}"


def sentence(row: pd.Series, split: pd.Series, after: View, tier: Callable[[str], str]) -> str:
    """What happened to one unit: tiers, ranks and whose doing that was, and what a reader would stumble over.

    `split`: the unit's row of `Changes.units`.
    """
    ranks = " → ".join("—" if pd.isna(r) else f"第 {r:.0f} 名" for r in (row["rank_before"], row["rank"]))
    return "　".join(filter(None, [arrow(row, tier), ranks, places(split), *remarks(row, after.policy.tier_rule)]))


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


def explained(moved: pd.DataFrame, found: Changes, after: View, tier: Callable[[str], str]) -> pd.DataFrame:
    """Every mover with the indicators that moved it most and the other causes; the shown points of a row sum to its shown change.

    Framework and cohort are columns where they moved anybody.
    """
    rows = {}
    for unit, row in reasons(points(found), after.framework.indicators).iterrows():
        tenths = {name: round(row[name], 1) for name in ("points1", "points2", "points3", *OTHERS)}
        named = [f"{tenths[f'points{k}']:+.1f} {row[f'name{k}']}" if row[f"name{k}"] else "" for k in (1, 2, 3)]
        change = round(row["change"], 1)
        rest = round(change - sum(tenths.values()), 1)
        rows[unit] = [change, *(tenths[c] for c in OTHERS), *named, rest, places(found.units.loc[unit])]
    columns = ["指数变化", *(CAUSES[c] for c in OTHERS), "变化最大的指标", "其次", "第三", "其余指标", "名次变化"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).reindex(moved.index)
    still = [CAUSES[c] for c in OTHERS if c != "adjustments" and not table[CAUSES[c]].fillna(0).any()]
    table = table.drop(columns=still)
    table.insert(0, "梯队", [arrow(row, tier) for _, row in moved.iterrows()])
    table.insert(0, after.words["unit"], [clean(name) for name in moved["name"]])
    table["说明"] = notes(moved, found, after.policy.tier_rule)
    return table


def notes(moved: pd.DataFrame, found: Changes, tier_rule: str) -> list[str]:
    """What a reader would stumble over in each row, and why a change of the index is not split."""
    reasons = found.units["reason"].where(moved["change"].notna(), "")
    unsplit = [f"没有分解：{reason}。" if reason else "" for reason in reasons.reindex(moved.index)]
    return ["".join([*remarks(row, tier_rule), why]) for (_, row), why in zip(moved.iterrows(), unsplit, strict=True)]


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


def export(moved: pd.DataFrame, found: Changes, before: View, after: View) -> pd.DataFrame:
    """The movers as a table to take away: tiers, index and rank of both periods, and the causes of both changes.

    Points at full precision: the causes sum to the change of the index, the indicators to the unit's own data.
    """
    words, (then, now) = after.words, (before.period, after.period)
    sides = {"tier": "梯队", "index": words["index"], "rank": "名次"}
    table = pd.DataFrame({f"{words['unit']}代码": moved.index, words["unit"]: moved["name"].to_list()})
    table[words["sector"]] = moved["sector"].to_list()
    table["升降"] = moved["kind"].map(KINDS).to_list()
    for column, title in sides.items():
        table[f"{title} {then}"] = moved[f"{column}_before"].to_list()
        table[f"{title} {now}"] = moved[column].to_list()
    rows, own = found.units.reindex(moved.index), found.nodes.reindex(moved.index)
    table[f"{words['index']}变化"] = moved["change"].to_list()
    for cause, title in CAUSES.items():
        table[f"其中：{title}"] = rows[cause].to_list()
    table["名次变化"] = (moved["rank_before"] - moved["rank"]).to_list()
    for cause, title in CAUSES.items():
        table[f"名次：{title}"] = rows[f"rank_{cause}"].to_list()
    table = pd.concat([table, pd.DataFrame({f"{n.code} {n.name}": own[n.code].to_list() for n in after.framework.indicators})], axis=1)
    table["说明"] = notes(moved, found, after.policy.tier_rule)
    return table
