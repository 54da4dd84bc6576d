"""What is compared: units and groups of units, the scores of each, and what is offered and assumed where too few are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.peers import peers
from ui.wording import clean, tags

if TYPE_CHECKING:
    from ui.view import View

EVERYONE = "units:all"  # unit codes hold no colon, so a group's code is never a unit's
SECTOR, TIER = "sector:", "tier:"
MIDDLES = {"mean": "均值", "median": "中位数"}
BANDS = ("small", "medium", "large")


@dataclass(frozen=True)
class Thing:
    """One of what is compared: a unit, or a group with its scored units as `members`. `tag`: its short name."""

    code: str
    name: str
    tag: str
    members: pd.Index
    single: bool


def groups(view: View, tier: Callable[[str], str]) -> dict[str, str]:
    """Code → title of every group: all units, the sectors, the tiers. `tier`: label → what is shown for it."""
    words, units = view.words, view.units
    sectors = sorted(set(units["sector"].dropna()) - {""})
    found = {EVERYONE: f"全部{words['unit']}"}
    found |= {SECTOR + s: f"{words['sector']} {clean(s, 40)}" for s in sectors}
    return found | {TIER + label: f"梯队 {tier(label)}" for label in view.labels if (units["tier"] == label).any()}


def things(view: View, codes: Sequence[str], titles: dict[str, str]) -> list[Thing]:
    """The chosen units and groups, in their order. `titles`: as `groups` gives them."""
    short, units = tags(view.units["name"]), view.units
    scored = units.index[units["index"].notna()]
    found = []
    for code in codes:
        if code in units.index:
            found.append(Thing(code, clean(units.at[code, "name"]), clean(short[code]), pd.Index([code]).intersection(scored), True))
        else:
            found.append(Thing(code, titles[code], titles[code], _members(units.loc[scored], code), False))
    return found


def _members(units: pd.DataFrame, code: str) -> pd.Index:
    column, _, value = code.partition(":")
    return units.index if code == EVERYONE else units.index[units[column] == value]


def scores(view: View, chosen: Sequence[Thing], middle: str) -> pd.DataFrame:
    """Index node code (the framework's); a column a thing: a unit's scores, a group's mean or median over those that have one.

    The root's row is the index as it is published, with adjustments.
    """
    tree = view.framework
    nodes = view.nodes[list(tree.codes)].assign(**{tree.root.code: view.units["index"]})
    return pd.DataFrame({t.code: nodes.loc[t.code] if t.single else central(nodes.loc[t.members], middle) for t in chosen}, dtype=float)


def central(table: pd.DataFrame, middle: str) -> pd.Series:
    """Mean or median of each column, over the rows that have a number."""
    return table.mean() if middle == "mean" else table.median()


def bands(view: View) -> dict[str, str]:
    """Code → title of the thirds of the units by size; none where sizes do not part into three."""
    low, high = _cuts(view.units["size"])
    if not low < high < view.units["size"].max():
        return {}
    a, b = (f"{cut:,.0f}" if cut >= 10 else f"{cut:g}" for cut in (low, high))
    return dict(zip(BANDS, (f"小（至 {a}）", f"中（{a}–{b}）", f"大（{b} 以上）"), strict=True))


def _cuts(sizes: pd.Series) -> tuple[float, float]:
    known = sizes.dropna()
    return tuple(known.quantile([1 / 3, 2 / 3], interpolation="lower")) if len(known) > 2 else (np.nan, np.nan)


def of_size(view: View, units: pd.DataFrame, chosen: Sequence[str]) -> pd.DataFrame:
    """The rows of the chosen bands; all where none is chosen."""
    if not chosen:
        return units
    band = pd.cut(units["size"], [-np.inf, *_cuts(view.units["size"]), np.inf], labels=BANDS)
    return units[band.isin(chosen)]


def alike(view: View, unit: str) -> pd.DataFrame:
    """The scored units in the order of their likeness to a unit, as `scoring.peers.peers` gives them; none where it has no profile."""
    scored = view.units["index"].notna() | (view.units.index == unit)
    profiles = view.nodes.loc[scored, [d.code for d in view.framework.dimensions]]
    return peers(profiles, view.units.loc[scored, "size"], unit)


def nearest(view: View, unit: str, among: pd.Index, n: int) -> list[str]:
    """The codes of the n units most like a unit, among these."""
    found = alike(view, unit).index
    return list(found[found.isin(among)][:n])


def filled(view: View, codes: Sequence[str], seen: str | None, among: pd.Index) -> list[str]:
    """Two things or more: what was chosen, or what stands in for it.

    For nothing the unit that was looked at last, else the best; for one unit its two nearest peers beside it; for one group all units.
    """
    if len(codes) > 1:
        return list(codes)
    first = codes[0] if codes else seen if seen in view.units.index else _best(view)
    if first not in view.units.index:
        return [first, next(c for c in (EVERYONE, _best(view)) if c != first)]
    others = nearest(view, first, among, 2) or nearest(view, first, view.units.index, 2)
    return [first, *(others or [EVERYONE])]


def _best(view: View) -> str:
    return view.units.sort_values("rank", kind="stable").index[0]
