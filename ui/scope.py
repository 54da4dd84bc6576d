"""A store of more units than a page reads: what is looked at is one group of them, or one unit, and never all.

Both are views, cut where tables are read. Ranks, tiers and index stay those among all units; what would take all of them again
is refused in words (`NeedsWhole`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from scoring.errors import ScoringError
from store.errors import StoreError
from store.size import LARGE
from ui import reads, scope_reads
from ui.own_view import OwnView
from ui.peers import CITY, LEAST, QUARTILES, SECTOR, Peers
from ui.view import View
from ui.wording import clean

if TYPE_CHECKING:
    from scoring.audit import Check
    from scoring.case import Case
    from scoring.change import Changes
    from scoring.uncertainty import Uncertainty

KEY = "in"  # in the address: the path of the group that is looked at; of the whole `address.ALL`
UNIT = "_scope_unit"  # in the session: the unit that the page is about, "" while none is chosen
WHOLE = ""  # the path of all units


class NeedsWhole(StoreError, ScoringError):
    """What would take all units of a large release again."""


def part_of(path: Path, served: pd.DataFrame, period: str, only: str | None) -> View:
    """The view of a large store: of the one unit that the page is about, or that a person sees; else of the chosen group."""
    here = st.session_state if get_script_run_ctx(suppress_warning=True) else {}  # the command line chooses nothing
    if only is not None or UNIT in here:
        return Single(path, served, period, here[UNIT] if only is None else only)
    return Scoped(path, served, period, here.get(KEY, WHOLE))


class Part(View):
    """A view of a part of a large release. What would score all of it again is refused."""

    @property
    def key(self) -> tuple[str, str, int]:
        """What reads of the release are kept by."""
        return str(self.path), *self._key

    def group_at(self, path: str) -> pd.Series | None:
        """What a group comes to in this release, as `store.releasing.groups.group`; None where it has no such group."""
        return scope_reads.group(*self.key, path)

    @cached_property
    def uncertainty(self) -> Uncertainty | None:
        """How sure ranks and tiers of the units in view are, without pairs; None where nothing was measured."""
        if self.wide:
            return None
        return scope_reads.uncertainty(str(self.path), reads.stamp(self.path), self.release, tuple(self.units.index))

    @property
    def case(self) -> Case:
        """Raises NeedsWhole, as does all that rests on it."""
        self._refuse()

    @property
    def lost(self) -> pd.DataFrame:
        """Raises NeedsWhole."""
        self._refuse()

    @property
    def audit(self) -> tuple[Check, ...]:
        """Raises NeedsWhole."""
        self._refuse()

    def actions(self, units: Iterable[str], advice: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
        """Raises NeedsWhole."""
        self._refuse()

    def split(self, before: View, units: Iterable[str] | None = None) -> Changes:
        """Raises NeedsWhole."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        many = f"{int(self.row['units']):,} 个{clean(self.words['unit'], 20)}"
        raise NeedsWhole(f"要把全部 {many}重新计分，页面上不做；可在命令行用 python manage.py score 另算")

    @property
    def _periods(self) -> tuple[tuple[str, int, str], ...]:
        """(period, number, digest) of each served release."""
        return tuple(self.served[["period", "release", "digest"]].itertuples(index=False, name=None))


@dataclass(frozen=True)
class Scoped(Part):
    """A view of the units of one group; of a `wide` one there are no tables of units, only of the groups in it."""

    scope: str = WHOLE

    @cached_property
    def group(self) -> pd.Series | None:
        """What the group comes to; None in a release that has no such group."""
        return self.group_at(self.scope)

    @property
    def wide(self) -> bool:
        """Whether the group has more units than a page reads."""
        return self.group is not None and self.group["units"] > LARGE

    @cached_property
    def children(self) -> pd.DataFrame:
        """The groups in the group, index path, columns as `store.releasing.groups.children`."""
        return scope_reads.children(*self.key, self.scope).copy(deep=False)

    def only(self, unit: str) -> Single:
        """The view of one unit of the release."""
        return Single(self.path, self.served, self.period, unit)

    @property
    def outside(self) -> int:
        """How many units hang on the group itself, in none of the groups in it."""
        return int(self.group["units"] - self.children["units"].sum())

    def _table(self, what: str) -> pd.DataFrame:
        if self.wide:
            units = f"{int(self.group['units']):,} 个{clean(self.words['unit'], 20)}"
            raise NeedsWhole(f"这里有 {units}，一页至多看 {LARGE:,} 个；请先在云图中点进一个{clean(self.words['sector'], 20)}")
        if what == "cells":
            return scope_reads.part_cells(*self.key, self.scope).copy(deep=False)
        found = scope_reads.part(*self.key, what, self.scope)
        return found.copy(deep=False)

    def records(self, ledger: str) -> pd.DataFrame:
        """What a ledger holds now of the group's units."""
        return scope_reads.part_records(str(self.path), reads.stamp(self.path), ledger, tuple(self.units.index)).copy(deep=False)

    @cached_property
    def history(self) -> pd.DataFrame:
        """The group's units over all served periods: in each those that hung on it then."""
        return scope_reads.part_history(str(self.path), self._periods, self.scope).copy(deep=False)


@dataclass(frozen=True)
class Single(Part, OwnView):
    """A view of one unit by look-up: its own rows, and of the others what their groups come to."""

    @cached_property
    def place(self) -> str | None:
        """The path of the group on which the unit hangs; None in a release that it is not in."""
        return scope_reads.place(*self.key, self.unit)

    @cached_property
    def peers(self) -> GroupPeers:
        """What is told of the others."""
        return GroupPeers(self)

    def _table(self, what: str) -> pd.DataFrame:
        return scope_reads.one_unit(*self.key, what, self.unit).copy(deep=False)

    @cached_property
    def guidance(self) -> pd.DataFrame:
        """Advice that is meant for the unit."""
        return self._meant(reads.guidance(str(self.path), reads.stamp(self.path)))

    @cached_property
    def history(self) -> pd.DataFrame:
        """The unit over all served periods, in whatever group it was."""
        return scope_reads.unit_history(str(self.path), self._periods, self.unit).copy(deep=False)


class GroupPeers(Peers):
    """The others of one unit, from what its group and the whole come to: no other unit is read."""

    untold = "全部单位太多，这里只看这一个；其余在云图里按组看。"

    def __init__(self, view: Single):
        self._view, self._whole, self._unit = view, view, view.unit

    @cached_property
    def _sector(self) -> str:
        """What the group on which the unit hangs is called; "" where that is the whole."""
        place = self._view.place
        return str(self._view.group_at(place)["name"]) if place else ""

    @cached_property
    def bands(self) -> dict[str, pd.DataFrame]:
        """As `Peers.bands`."""
        whole = self._band(WHOLE)
        return {CITY: whole, SECTOR: self._band(self._view.place) if self._view.place else whole * 0.0}  # nobody

    def _band(self, path: str) -> pd.DataFrame:
        nodes = scope_reads.group_nodes(*self._view.key, path).reindex(self._view.nodes.columns)
        table = nodes[["q1", "median", "q3", "scored"]].set_axis([*QUARTILES, "count"], axis=1).astype(float).fillna({"count": 0.0})
        table.loc[table["count"] < LEAST, list(QUARTILES)] = np.nan
        return table.T

    @cached_property
    def over_time(self) -> pd.DataFrame:
        """As `Peers.over_time`: of the group on which the unit hangs now, as it was in each period."""
        path, rows = self._view.place if self.place == SECTOR else WHOLE, {}
        for period in self._view.periods:
            found = self._view.at(period).group_at(path)
            told = found is not None and found["scored"] >= LEAST
            rows[period] = found[["q1", "median", "q3"]].astype(float) if told else pd.Series(np.nan, ["q1", "median", "q3"])
        return pd.DataFrame(rows).T.rename_axis("period")

    @property
    def counts(self) -> pd.Series:
        """How many units have a score, by node."""
        return self.bands[CITY].loc["count"].astype(int)

    @cached_property
    def _all(self) -> pd.Series:
        return self._view.group_at(WHOLE)

    @property
    def ranked(self) -> int:
        """How many units have a rank."""
        return int(self._all["scored"])

    @property
    def ties(self) -> int:
        """How many units share the unit's rank, itself included."""
        rank = self._view.units["rank"].get(self._unit, np.nan)
        return 0 if np.isnan(rank) else scope_reads.ties(*self._view.key, float(rank))

    def line(self, tier: str) -> float:
        """As `Peers.line`, among all."""
        policy = self._view.policy
        if policy.tier_rule == "thresholds" and tier != policy.tier_labels[-1]:
            return policy.tier_cuts[policy.tier_labels.index(tier)]
        if self.held(tier) < LEAST:
            return np.nan
        return scope_reads.tier_begins(*self._view.key, tier, tuple(policy.tier_labels))

    def held(self, tier: str) -> int:
        """How many units hold a tier."""
        return int(self._all[tier])
