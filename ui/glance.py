"""What the first screen says of all units: how many, how high, how far apart, how many in each tier, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ui import address, certainty, parts

if TYPE_CHECKING:
    from ui.view import View

BASES = {"yoy": "较上年同期", "qoq": "较上期"}
SPREAD = "各单位得分的标准差：越小，彼此越接近"
_YEARLY = {"yoy": "较上年"}


@dataclass(frozen=True)
class Glance:
    """Figures of one period; `scored` are the units with an index, `tiers` counts by label, best first."""

    units: int
    scored: int
    mean: float
    spread: float
    tiers: pd.Series


def glance(view: "View") -> Glance:
    """The figures of a view. spread: standard deviation of the index over the units (NaN for fewer than two)."""
    index = view.units["index"].dropna()
    tiers = view.units["tier"].value_counts().reindex(list(view.labels), fill_value=0)
    mean = float(index.mean()) if len(index) else np.nan
    return Glance(len(view.units), len(index), mean, float(index.std()) if len(index) > 1 else np.nan, tiers)


def bases(view: "View") -> dict[str, "View"]:
    """The periods that a view can be compared with, by the address code: the same period a year ago, the one before."""
    found = {"yoy": view.year_ago, "qoq": view.previous}
    if found["yoy"] and found["yoy"].period == found["qoq"].period:
        del found["qoq"]  # yearly data: both are the same period
    return {code: other for code, other in found.items() if other is not None}


def chosen(bases: Mapping[str, "View"]) -> str | None:
    """The heading of level against change, and the base that the change is against: the first, or of several the one that is asked for."""
    parts.heading("质×效")
    base = next(iter(bases), None)
    if len(bases) > 1:
        base = address.segments("效", list(bases), "base", base, BASES, label_visibility="collapsed")
    return base


def against(view: "View", base: str | None) -> str:
    """What a change is measured against, in words; nothing without a base."""
    return (_YEARLY if view.period.isdigit() else BASES).get(base, "")


def with_change(view: "View", other: "View | None") -> pd.DataFrame:
    """The view's units as `certainty.table` gives them, with change: index now minus index then, NaN where one of them is missing."""
    then = np.nan if other is None else other.units["index"].reindex(view.units.index)
    return certainty.table(view).assign(change=view.units["index"] - then)


def torn(view: "View", units: pd.DataFrame) -> str:
    """How many units might as well stand in another tier, as a quiet note; "" where nothing was measured."""
    count = int((units["kept"] < view.policy.draws.certainty).sum())
    return "" if view.uncertainty is None else f"{count} 个梯队两可，点开看概率"
