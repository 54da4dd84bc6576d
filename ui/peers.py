"""What somebody who sees one unit only is told of the others: medians and middle halves of the city and of the sector, counts, lines of tiers.

None of it where fewer than LEAST units stand behind it, so that no single other unit shows.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.tiers import gate

if TYPE_CHECKING:
    from ui.view import View

LEAST = 5  # units behind a figure: of fewer a median is too nearly one of them
QUARTILES = (0.25, 0.5, 0.75)
CITY, SECTOR = "city", "sector"
UNTOLD = "其他单位只以中位数、区间和个数出现，这里不逐个列出。"


class Peers:
    """The others of one unit in a view of all units, as figures of many."""

    untold = UNTOLD  # why nobody else is listed

    def __init__(self, whole: View, unit: str):
        self._whole, self._unit = whole, unit

    @cached_property
    def _sector(self) -> str:
        units = self._whole.units
        return str(units.at[self._unit, "sector"] or "") if self._unit in units.index else ""

    @cached_property
    def bands(self) -> dict[str, pd.DataFrame]:
        """CITY and SECTOR → rows of QUARTILES and `count`, a column a node; quartiles are NaN where too few units have a score."""
        scored = self._whole.units[self._whole.units["index"].notna()]
        mine = scored[(scored["sector"] == self._sector) & (self._sector != "")]
        return {place: _band(self._whole.nodes.loc[units.index]) for place, units in ((CITY, scored), (SECTOR, mine))}

    @cached_property
    def place(self) -> str:
        """What the unit is held against: its SECTOR, or the CITY where the sector is too small."""
        return SECTOR if self.bands[SECTOR].loc["count", self._root] >= LEAST else CITY

    @property
    def _root(self) -> str:
        return self._whole.framework.root.code

    @property
    def group(self) -> str:
        """What that is called."""
        return self._sector if self.place == SECTOR else f"全部{self._whole.words['unit']}"

    def quartiles(self, codes: list[str]) -> pd.DataFrame:
        """Rows of QUARTILES, a column a node: of the sector, or of the city."""
        return self.bands[self.place].loc[list(QUARTILES), codes]

    @cached_property
    def over_time(self) -> pd.DataFrame:
        """Rows period → q1, median, q3 of the index of the same group, NaN where too few units have one."""
        history = self._whole.history
        rows = history[history["sector"] == self._sector] if self.place == SECTOR else history
        index = rows.groupby("period")["index"]
        table = index.quantile(list(QUARTILES)).unstack().set_axis(["q1", "median", "q3"], axis=1)
        table.loc[index.count().reindex(table.index) < LEAST] = np.nan
        return table

    @cached_property
    def counts(self) -> pd.Series:
        """How many units have a score, by node."""
        return self._whole.nodes.notna().sum()

    @cached_property
    def ranked(self) -> int:
        """How many units have a rank."""
        return int(self._whole.units["rank"].notna().sum())

    @cached_property
    def ties(self) -> int:
        """How many units share the unit's rank, itself included."""
        ranks = self._whole.units["rank"]
        return int((ranks == ranks.get(self._unit, np.nan)).sum())

    def line(self, tier: str) -> float:
        """The score at which a tier begins; NaN where no rule states it and too few units stand in the tier."""
        units, policy = self._whole.units, self._whole.policy
        mark, _ = gate(units["index"], units["tier_by_rule"], tier, policy)
        stated = policy.tier_rule == "thresholds" and tier != policy.tier_labels[-1]
        return mark if stated or (units["tier_by_rule"] == tier).sum() >= LEAST else np.nan

    def held(self, tier: str) -> int:
        """How many units hold a tier."""
        return int((self._whole.units["tier"] == tier).sum())

    def reported(self, indicator: str) -> tuple[str, int]:
        """(who, of how many of them a value is known): the unit's sector, or all units where none of the sector has reported it."""
        cells, units = self._whole.cells, self._whole.units
        known = cells.loc[(cells["indicator"] == indicator) & cells["value"].notna(), "unit"]
        near = known.isin(units.index[(units["sector"] == self._sector) & (self._sector != "")]).sum()
        return (f"同{self._whole.words['sector']}", int(near)) if near else (f"全部{self._whole.words['unit']}", len(known))


def _band(nodes: pd.DataFrame) -> pd.DataFrame:
    counts = nodes.notna().sum()
    quartiles = nodes.quantile(list(QUARTILES))
    quartiles.loc[:, counts < LEAST] = np.nan
    return pd.concat([quartiles, counts.rename("count").to_frame().T])
