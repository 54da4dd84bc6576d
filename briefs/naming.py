"""How sheets name things: units in few words, tiers as tones, what a figure is compared with, and a sheet that says what is lacking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from reports.contents import Sheet, Words
from ui import fields, glance
from ui.wording import clean, signed, tags

if TYPE_CHECKING:
    from ui.view import View

_LONGEST = 24  # characters of a unit's name in a figure or a list


def short(view: View) -> pd.Series:
    """Unit → its name as short as on the pages."""
    return tags(view.units["name"]).map(lambda name: clean(name, _LONGEST))


def named(view: View, units: Sequence[str], most: int = 5) -> str:
    """Units in a sentence, so many of them at most."""
    found, names = list(units), short(view)
    return "、".join(names[unit] for unit in found[:most]) + (f"等 {len(found)} 个" if len(found) > most else "")


def tone(view: View, tier: str) -> str:
    """A tier as a tone of contents; quiet for a unit without one."""
    return f"tier{view.labels.index(tier)}" if tier in view.labels else "quiet"


def opens(view: View, units: Iterable[str]) -> dict[str, str]:
    """Unit → title of its portrait, for what can be clicked on a sheet."""
    return {unit: clean(view.units.at[unit, "name"], 60) for unit in units}


def standings(view: View, tiers: pd.Series) -> str:
    """How many units stand in each tier, as 领跑型 33 个、争先型 55 个."""
    return "、".join(f"{label} {count} 个" for label, count in tiers.reindex(list(view.labels), fill_value=0).items())


def changes(view: View, node: str) -> str:
    """How the mean of all units in a node moved since the periods that it can be compared with; "" where it cannot be compared.

    The mean of the index is that of the published one, with adjustments, as on the first page.
    """
    comparable, now = fields.course(view, node).comparable, fields.scores(view, node).mean()
    found = {
        glance.against(view, code): now - fields.scores(other, node).mean()
        for code, other in glance.bases(view).items()
        if other.period in comparable
    }
    return "、".join(f"{title} {signed(change)}" for title, change in found.items() if pd.notna(change))


def means(view: View, node: str) -> pd.DataFrame:
    """Mean and quartiles of all units in a node over the periods that compare with the view's: index period."""
    comparable = fields.course(view, node).comparable
    scores = {period: fields.scores(view.at(period), node) for period in comparable}
    rows = {p: [s.mean(), s.quantile(0.75), s.quantile(0.25)] for p, s in scores.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["均值", "上四分位", "下四分位"])


def lacking(code: str, title: str, why: str, remedy: str = "") -> Sheet:
    """A sheet without contents: why there are none, and what to do where anything can be done."""
    return Sheet(code, title, why.removesuffix("。"), ((Words((remedy,) if remedy else (), bullets=False),),))
