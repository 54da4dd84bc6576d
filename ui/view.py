"""One served period of a store, and all that pages read of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scoring.actions import actions
from scoring.case import Case
from scoring.change import Changes, split
from scoring.framework import Framework
from scoring.movement import previous, year_ago
from scoring.policy import Policy
from scoring.preparation import over_time
from store.releasing.releases import PUBLIC, STATES
from ui import reads
from ui.user import current_user

if TYPE_CHECKING:
    from scoring.audit import Check
    from scoring.uncertainty import Uncertainty
    from ui.peers import Peers


@dataclass(frozen=True)
class View:
    """One served period of a store. Tables are the release's own: shallow copies, so that a page may add columns to its copy."""

    path: Path
    served: pd.DataFrame
    period: str

    @property
    def peers(self) -> "Peers | None":
        """What is told of the others to somebody who sees one unit only; None where all units are in view."""
        return None

    @property
    def wide(self) -> bool:
        """Whether it is of more units than a page reads: then it has groups of them, and no tables of units."""
        return False

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
    def stated(self) -> Framework:
        """The framework as it was imported, before weights were found in the data."""
        return reads.stated(str(self.path), *self._key)

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
    def derived(self) -> pd.DataFrame:
        """What ledgers gave the release: unit, indicator, numerator, denominator, value, used, reported_state, reported, differs."""
        return self._table("derived")

    def records(self, ledger: str) -> pd.DataFrame:
        """What a ledger holds now, of all units: unit, ref, its fields, batch, file, sheet, row, demo. Raises StoreError.

        Records go on changing after a release is frozen: they are of today, not of the release.
        """
        return reads.records(str(self.path), reads.stamp(self.path), ledger).copy(deep=False)

    @cached_property
    def guidance(self) -> pd.DataFrame:
        """Advice by indicator, group and tier as it is in force today, columns as `scoring.guidance.COLUMNS`; no rows without any."""
        return reads.guidance(str(self.path), reads.stamp(self.path)).copy(deep=False)

    @cached_property
    def lost(self) -> pd.DataFrame:
        """Index points between each unit and the top, by indicator, as `lost_points` splits them. Raises ScoringError."""
        return reads.lost(str(self.path), self._moves, *self._key).copy(deep=False)

    @cached_property
    def uncertainty(self) -> "Uncertainty | None":
        """How sure ranks and tiers are; None where nothing was measured."""
        return reads.uncertainty(str(self.path), reads.stamp(self.path), self.release)

    @cached_property
    def case(self) -> Case:
        """The release as a case that can be scored again under another framework or policy."""
        return reads.case(str(self.path), self._moves, *self._key)

    def actions(self, units: Iterable[str], advice: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
        """What would raise the index of some units, as `scoring.actions.actions` lists it. Raises ScoringError."""
        return actions(self.case, list(units), advice, counts)

    def split(self, before: "View", units: Iterable[str] | None = None) -> Changes:
        """Why indices changed since another release, as `scoring.change.split` has it. Raises ScoringError."""
        return split(before.case, self.case, units)

    @cached_property
    def audit(self) -> "tuple[Check, ...]":
        """What the audit says of the release, its jumps set against the period before. Raises ScoringError."""
        before = self.previous
        moves = self._moves or (before._moves if before else ())
        return reads.audit(str(self.path), moves, self._key, before._key if before else None)

    @cached_property
    def history(self) -> pd.DataFrame:
        """All units over all served periods, in period order: period, release, unit and the columns of `units`."""
        releases = self.served[["period", "release", "digest"]].itertuples(index=False, name=None)
        return reads.history(str(self.path), tuple(releases)).copy(deep=False)

    def at(self, period: str | None) -> "View | None":
        """The same store at another served period; None where that period is not served."""
        if period in self.periods and period not in self._others:
            self._others[period] = replace(self, period=period)
        return self._others.get(period)

    @cached_property
    def releases(self) -> pd.DataFrame:
        """All releases of this period, the last first; drafts and what was withdrawn for who may see drafts. Columns as of `served`."""
        table = reads.releases(str(self.path), reads.stamp(self.path))
        seen = PUBLIC if not current_user().may("drafts") else tuple(STATES)
        return table[(table["period"] == self.period) & table["state"].isin(seen)]

    def release_view(self, release: int) -> "View | None":
        """This period as another release froze it; None for a number that is no release of this period, or none for this person."""
        found, place = self.releases[self.releases["release"] == release], self.periods.index(self.period)
        served = pd.concat([self.served.iloc[:place], found, self.served.iloc[place + 1 :]], ignore_index=True)
        return None if found.empty else replace(self, served=served)

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
        return reads.release(str(self.path), *self._key, what)

    @property
    def _key(self) -> tuple[str, int]:
        """Digest and number of the release: what its tables are kept by."""
        return str(self.row["digest"]), self.release

    @cached_property
    def _moves(self) -> tuple:
        """What the case is kept by beside the release: the store's stamp where it rests on other periods, which may be corrected."""
        alone = self.policy.pool == "period" and not over_time(self.framework, self.policy)
        return () if alone else reads.stamp(self.path)
