"""What somebody who speaks for one unit sees of a store: that unit's rows of every table, and of the others what `Peers` tells.

Cut where tables are read, so that no page, link or document made of the view can show another unit. The store's tables are kept
for everybody: a cut is a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from scoring.actions import actions
from scoring.assess import Assessment
from scoring.case import Case
from scoring.change import Changes, split
from scoring.errors import ScoringError
from scoring.guidance import concerned
from scoring.values import Values
from ui import reads, viewer
from ui.peers import LEAST, Peers
from ui.view import View
from ui.wording import period_title, text

if TYPE_CHECKING:
    from scoring.audit import Check
    from scoring.uncertainty import Uncertainty

LONG = ("cells", "adjustments", "marks", "derived")  # tables of a release that name the unit in a column, not in the index
UNIT_KEYS = ("unit", "units")  # what names units in the addresses of the pages that are open to such a person


def foreign(query: Mapping[str, Iterable[str]], unit: str, everything: str) -> bool:
    """Whether an address asks for another unit. query: key → values; everything: the value that stands for no choice."""
    return any(value not in (unit, everything) for key in UNIT_KEYS for value in query.get(key, ()))


def present(page: str) -> bool:
    """Whether a page has anything to show of what the person sees, in the period in view; says so where it has not. Raises StoreError."""
    view = viewer.current()
    if page not in ("unit", "trace") and view.peers and view.units.empty:  # these say themselves where the unit was in the data
        st.info(f"{period_title(view.period)}没有本{text(view.words['unit'])}的数据。请换一期。", icon=":material/event_busy:")
        return False
    return True


@dataclass(frozen=True)
class OwnView(View):
    """A view of one unit: `unit`, "" for a person who sees none. Ranks, tiers and index stay as they were released."""

    unit: str = ""

    @cached_property
    def _whole(self) -> View:
        """The view of all units, for what is told of many, and for what one unit's figures rest on."""
        return View(self.path, self.served, self.period)

    @cached_property
    def peers(self) -> Peers:
        """What may be told of the others."""
        return Peers(self._whole, self.unit)

    def _table(self, what: str) -> pd.DataFrame:
        return (_of if what in LONG else _row)(super()._table(what), self.unit)

    def records(self, ledger: str) -> pd.DataFrame:
        """What a ledger holds now of the unit; from whom it learned is left out."""
        table = reads.unit_records(str(self.path), reads.stamp(self.path), ledger, self.unit)
        return table.assign(exemplar="") if ledger == "learning" else table.copy()

    @cached_property
    def guidance(self) -> pd.DataFrame:
        """Advice that is meant for the unit."""
        return self._meant(self._whole.guidance)

    def _meant(self, advice: pd.DataFrame) -> pd.DataFrame:
        return advice[concerned(advice, self.nodes, self.units, self.policy.range[1]).any().to_numpy()]

    @cached_property
    def lost(self) -> pd.DataFrame:
        """Index points that the unit loses, by indicator. Raises ScoringError."""
        return _row(self._whole.lost, self.unit)

    @cached_property
    def uncertainty(self) -> Uncertainty | None:
        """How sure the unit's rank and tier are."""
        found = self._whole.uncertainty
        if found is None:
            return None
        return replace(found, units=_row(found.units, self.unit), tiers=_row(found.tiers, self.unit), ahead=np.empty((0, 0)))

    @cached_property
    def case(self) -> Case:
        """The release as a case of the unit alone, on the scales and with the standing that it has among all."""
        whole = self._whole.case
        mine = {period: _only(block, self.unit) for period, block in whole.by_period.items()}
        own = replace(whole, by_period=mine, adjustments=_of(whole.adjustments, self.unit))
        with suppress(ScoringError):  # what cannot be scored says so when its scores are asked for
            found = whole.assessment
            assessed = Assessment(_row(found.units, self.unit), _of(found.nodes, self.unit))
            prepared = {period: _only(block, self.unit) for period, block in whole.prepared.items()}
            vars(own).update(prepared=prepared, fitted=whole.fitted, assessment=assessed)
        return own

    def actions(self, units: Iterable[str], advice: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
        """What would raise the unit's index; a report that rests on the values of a few others is left out. Raises ScoringError."""
        found = actions(self._whole.case, [u for u in units if u == self.unit], advice, counts)
        told = [kind != "report" or self.peers.reported(code)[1] >= LEAST for kind, code in zip(found["kind"], found["indicator"], strict=True)]
        return found[np.array(told, bool)]

    def split(self, before: OwnView, units: Iterable[str] | None = None) -> Changes:
        """Why the unit's index changed since another release, among all units. Raises ScoringError."""
        mine = [self.unit] if units is None else [u for u in units if u == self.unit]
        return split(before._whole.case, self._whole.case, mine)

    @property
    def audit(self) -> tuple[Check, ...]:
        """Nothing: what an audit finds are other units."""
        return ()

    @cached_property
    def history(self) -> pd.DataFrame:
        """The unit over all served periods."""
        return _of(self._whole.history, self.unit)


def _row(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The row of a unit of a table by units: a copy, so that no change to it touches what everybody reads."""
    return table[table.index == unit].copy()


def _of(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The rows of a unit of a table that names it in a column: a copy, as `_row`."""
    return table[table["unit"] == unit].copy()


def _only(block: Values, unit: str) -> Values:
    """The row of one unit; none where the block does not have it."""
    mine = [k for k, code in enumerate(block.units) if code == unit]
    cut = {name: None if (part := getattr(block, name)) is None else part[mine] for name in ("matrix", "states", "imputed", "screened")}
    groups = None if block.groups is None else tuple(block.groups[k] for k in mine)
    return Values(tuple(block.units[k] for k in mine), block.indicators, **cut, groups=groups, prepared=block.prepared)
