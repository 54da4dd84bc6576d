"""比学赶超: who has gained most in a field since another period, who has led and who has risen without a stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from scoring.exemplars import rising
from scoring.movement import streaks
from ui import fields, glance
from ui.wording import clean, period_title, tags

if TYPE_CHECKING:
    from ui.view import View


def race(view: View, node: str, base: str | None) -> pd.DataFrame:
    """Every unit in a field: index unit, those that gained most first.

    name, tag, sector; score, rank, tier; then (the score at the base of `glance.bases`), change, NaN where it is on another scale;
    length, since: of the streak in that tier; tiers: those of all periods; rises, rising_since, gain: as `scoring.exemplars.rising`
    counts them on the view's scale; scores: those of all periods on it.
    """
    found = fields.course(view, node)
    held, risen = streaks(found.tiers), rising(found.scores[found.comparable])
    change, now = fields.gained(view, found, base), found.scores[view.period]
    table = view.units[["name", "sector"]].assign(tag=tags(view.units["name"]), score=now, rank=fields.ranks(view, node))
    table = table.assign(then=now - change, change=change, tier=held["tier"], length=held["length"], since=held["since"])
    table["tiers"] = [tuple(row) for row in found.tiers.to_numpy()]
    table = table.assign(rises=risen["length"], rising_since=risen["since"], gain=risen["gain"])
    table["scores"] = [list(row) for row in found.scores[found.comparable].to_numpy()]
    return table.sort_values("change", ascending=False, kind="stable")


def winners(table: pd.DataFrame, most: int = 15) -> pd.DataFrame:
    """The rows that gained most, none that lost, for `then_and_now`."""
    rows = table[table["change"] > 0].head(most)
    return rows.assign(code=rows.index, label=rows["tag"], now=rows["score"])


def risers(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """Who has risen without a stop for two periods or more, the longest first, as shown: index unit."""
    rows = table[table["rises"] > 1].sort_values(["rises", "gain"], ascending=False, kind="stable")
    return pd.DataFrame(
        {
            view.words["unit"]: [clean(tag, 40) for tag in rows["tag"]],
            "连升期数": rows["rises"],
            "自": [period_title(p) for p in rows["rising_since"]],
            "共升": rows["gain"],
            "走势": rows["scores"],
        },
        index=rows.index,
    )


def leaders(view: View, table: pd.DataFrame, signs: Mapping[str, str]) -> pd.DataFrame:
    """Who holds the best tier, the longest first, as shown: index unit. signs: tier → its sign."""
    rows = table[table["tier"] == view.labels[0]].sort_values(["length", "score"], ascending=False, kind="stable")
    return pd.DataFrame(
        {
            view.words["unit"]: [clean(tag, 40) for tag in rows["tag"]],
            "连续期数": rows["length"],
            "自": [period_title(p) for p in rows["since"]],
            "各期": ["".join(signs.get(tier, "·") for tier in held) for held in rows["tiers"]],
        },
        index=rows.index,
    )


def export(view: View, table: pd.DataFrame, base: str | None) -> pd.DataFrame:
    """All units at full precision, under Chinese headers."""
    against = glance.against(view, base) or "较上期"
    head = {
        "name": view.words["unit"], "sector": view.words["sector"], "tier": "梯队", "score": "得分", "rank": "名次", "change": against,
        "length": "居此梯队期数", "since": "自", "rises": "连升期数", "rising_since": "连升自", "gain": "连升共升",
    }  # fmt: skip
    return table[list(head)].rename(columns=head).rename_axis(f"{view.words['unit']}代码").reset_index()
