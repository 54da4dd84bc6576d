"""What is looked at: the releases that the store serves, the chosen period, and every cached read. The only cache.

A release never changes, so its tables are kept by the store's path and the release's digest; the list of what is served is kept by
the store file's own time stamps, so that a new release shows without a restart. No table is ever hashed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from scoring.case import Case
from scoring.framework import Framework
from scoring.movement import previous, year_ago
from scoring.policy import Policy
from store import cases, reading, robustness
from store.connection import reader, store_path
from store.errors import StoreError

if TYPE_CHECKING:
    from scoring.audit import Check
    from scoring.uncertainty import Uncertainty


class NothingServed(StoreError):
    """The store is sound but serves no release yet."""


@dataclass(frozen=True)
class View:
    """One served period of a store. Tables are the release's own: shallow copies, so that a page may add columns to its copy."""

    path: Path
    served: pd.DataFrame
    period: str

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """All served periods, oldest first."""
        return tuple(self.served["period"])

    @cached_property
    def row(self) -> pd.Series:
        """The release's row in the table of what is served: release, period, at, by, demo, units, scored, digest …"""
        return self.served.iloc[self.periods.index(self.period)]

    @property
    def release(self) -> int:
        """The release's number."""
        return int(self.row["release"])

    @property
    def demo(self) -> bool:
        """Whether the release holds demonstration data."""
        return bool(self.row["demo"])

    @cached_property
    def framework(self) -> Framework:
        """The framework by which the release was scored, with the weights that were found in its data."""
        return self._read("framework")[0]

    @cached_property
    def policy(self) -> Policy:
        """The policy by which the release was scored."""
        return self._read("framework")[1]

    @property
    def words(self) -> Mapping[str, str]:
        """What this store calls a unit, sector, period, dimension, index."""
        return self.policy.words

    @property
    def labels(self) -> tuple[str, ...]:
        """Tier labels, best first."""
        return self.policy.tier_labels

    @cached_property
    def units(self) -> pd.DataFrame:
        """Index unit: name, sector, size, index, index_raw, bonus, penalty, adjustment, rank, tier, …, note."""
        return self._table("units")

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """Scores: units × nodes of the framework and of its facets."""
        return self._table("nodes")

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Ranks of every node, in the shape of `nodes`."""
        return self._table("ranks")

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Share of each node's weight that has a value, in the shape of `nodes`."""
        return self._table("coverage")

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Long: unit, indicator, state, value, score, batch, file, sheet, cell."""
        return self._table("cells")

    @cached_property
    def adjustments(self) -> pd.DataFrame:
        """Bonuses, penalties and vetoes: unit, kind, points, reason, document."""
        return self._table("adjustments")

    @cached_property
    def marks(self) -> pd.DataFrame:
        """Long: unit, indicator, mark (flags as in `Fitted.marks`), value, of the cells that were not scored as reported."""
        return self._table("marks")

    @cached_property
    def uncertainty(self) -> "Uncertainty | None":
        """How sure ranks and tiers are; None where nothing was measured."""
        return _uncertainty(str(self.path), _stamp(self.path), self.release)

    @cached_property
    def case(self) -> Case:
        """The release as a case that can be scored again under another framework or policy."""
        return self._read("case")

    @cached_property
    def audit(self) -> "tuple[Check, ...]":
        """What the audit says of the release, its jumps set against the period before. Raises ScoringError."""
        before = self.previous and (str(self.previous.row["digest"]), self.previous.release)
        return _audit(str(self.path), (str(self.row["digest"]), self.release), before)

    @cached_property
    def history(self) -> pd.DataFrame:
        """All units over all served periods, in period order: period, release, unit and the columns of `units`."""
        releases = self.served[["period", "release", "digest"]].itertuples(index=False, name=None)
        return _history(str(self.path), tuple(releases)).copy(deep=False)

    def at(self, period: str | None) -> "View | None":
        """The same store at another served period; None where that period is not served."""
        if period in self.periods and period not in self._others:
            self._others[period] = View(self.path, self.served, period)
        return self._others.get(period)

    @cached_property
    def releases(self) -> pd.DataFrame:
        """All releases of this period, the last first, the one that is served among them; columns as of what is served."""
        table = _releases(str(self.path), _stamp(self.path))
        return table[table["period"] == self.period]

    def release_view(self, release: int) -> "View | None":
        """This period as another release froze it; None for a number that is no release of this period."""
        found, place = self.releases[self.releases["release"] == release], self.periods.index(self.period)
        served = pd.concat([self.served.iloc[:place], found, self.served.iloc[place + 1 :]], ignore_index=True)
        return None if found.empty else View(self.path, served, self.period)

    @cached_property
    def _others(self) -> dict[str, "View"]:
        """The views that this one has given out: what each has read is read once a run."""
        return {}

    @property
    def previous(self) -> "View | None":
        """The served period before this one."""
        return self.at(previous(self.period, self.periods))

    @property
    def year_ago(self) -> "View | None":
        """The same period of the year before."""
        return self.at(year_ago(self.period, self.periods))

    @property
    def facets(self) -> dict[str, str]:
        """Facet columns in use → their titles."""
        return {column: self.policy.facets.get(column, column) for column in self.framework.facets}

    def facet(self, column: str) -> Framework:
        """The indicators under the groups of a facet. Raises FrameworkError for an unknown column."""
        return self.framework.facet_tree(column)

    def node_name(self, code: str) -> str:
        """Name of a node of the framework, of a facet, or of a facet's group; the code itself where nobody knows it."""
        if code in self.framework:
            return self.framework.node(code).name
        column, _, group = code.partition(":")
        return (group or self.facets[column]) if column in self.facets else code

    def unit_name(self, unit: str) -> str:
        """Name of a unit as it was written: text, to be escaped where markdown is read; the code for an unknown unit."""
        return str(self.units.at[unit, "name"]) if unit in self.units.index else unit

    def _table(self, what: str) -> pd.DataFrame:
        return self._read(what).copy(deep=False)

    def _read(self, what: str) -> Any:
        return _release(str(self.path), str(self.row["digest"]), self.release, what)


def latest() -> View:
    """The store at its newest served period. Raises StoreError, NothingServed when there is none."""
    path = store_path()
    served = _served(str(path), _stamp(path))
    if served.empty:
        raise NothingServed(f"库 {path} 里还没有发布；请运行 python manage.py publish --all")
    return View(path, served, served["period"].iloc[-1])


def current() -> View:
    """The store at the period that is chosen in the header. Raises StoreError."""
    view = latest()
    return view.at(st.session_state.get("period")) or view


def _stamp(path: Path) -> tuple:
    """What changes when the store does: a commit may touch only the write-ahead log."""
    stamps = []
    for file in (path, path.with_name(path.name + "-wal")):
        try:
            stat = file.stat()
        except OSError:
            continue
        stamps.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return tuple(stamps)


@st.cache_resource(max_entries=16, show_spinner=False)
def _served(path: str, stamp: tuple) -> pd.DataFrame:
    with reader(Path(path)) as db:
        return reading.served(db)


@st.cache_resource(max_entries=16, show_spinner=False)
def _releases(path: str, stamp: tuple) -> pd.DataFrame:
    with reader(Path(path)) as db:
        return reading.releases(db)


_READS = {
    "framework": reading.release_framework,
    "units": reading.release_units,
    "nodes": reading.release_nodes,
    "ranks": reading.release_node_ranks,
    "coverage": reading.release_coverage,
    "cells": reading.release_cells,
    "adjustments": reading.release_adjustments,
    "marks": reading.release_marks,
    "case": cases.release_case,
}


@st.cache_resource(max_entries=200, show_spinner="正在读取发布…")
def _release(path: str, digest: str, release: int, what: str) -> Any:
    with reader(Path(path)) as db:
        return _READS[what](db, release)


@st.cache_resource(max_entries=32, show_spinner=False)
def _uncertainty(path: str, stamp: tuple, release: int) -> "Uncertainty | None":
    """By the store's stamp, not the release's digest: a release may be measured long after it was frozen."""
    with reader(Path(path)) as db:
        return robustness.release_uncertainty(db, release)


@st.cache_resource(max_entries=32, show_spinner="正在体检…")
def _audit(path: str, release: tuple[str, int], before: tuple[str, int] | None) -> "tuple[Check, ...]":
    """`release`, `before`: digest and number of a release and of the one of the period before."""
    from scoring.audit import audit

    case, sizes = _release(path, *release, "case"), _release(path, *release, "units")["size"]
    return tuple(audit(case, None if sizes.isna().all() else sizes, before and _release(path, *before, "case")))


@st.cache_resource(max_entries=8, show_spinner="正在读取历期结果…")
def _history(path: str, releases: tuple[tuple[str, int, str], ...]) -> pd.DataFrame:
    """From the releases themselves: what the store serves may be another list by now."""
    tables = [_release(path, digest, release, "units").reset_index() for _, release, digest in releases]
    for table, (period, release, _) in zip(tables, releases, strict=True):
        table.insert(0, "release", release)
        table.insert(0, "period", period)
    return pd.concat(tables, ignore_index=True)
