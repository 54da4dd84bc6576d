"""What the API reads: releases as their digest names them, which never change, and what may change as long as the store's stamp holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scoring.framework import Framework
from scoring.movement import period_key
from scoring.policy import Policy
from server.api_problem import Problem
from store.connection import reader, store_path
from store.people.roles import Person
from store.releasing import reading, some_units
from store.releasing.releases import PUBLIC, STATES
from store.releasing.releases import releases as all_releases
from store.settings import setting
from store.size import LARGE
from store.stamp import data_stamp
from ui.peers import Peers
from ui.wording import clean

if TYPE_CHECKING:
    from ui.scope import Single


@dataclass(frozen=True)
class Frozen:
    """One release, as `ui.portrait` looks at one. Tables are shared between requests: to be read, never written to.

    size: how many units it has; of more than a page reads, tables are read of a `few` only. only: the one unit whose reader this is
    for, who learns of the others what `Peers` tells; None for one who sees all.
    """

    path: Path
    number: int
    digest: str
    period: str
    state: str
    demo: bool
    size: int
    only: str | None = None
    few: tuple[str, ...] | None = None
    previous: None = None  # a release is looked at by itself

    @cached_property
    def peers(self) -> Peers | None:
        """What is told of the others to somebody who sees one unit only."""
        return None if self.only is None else Peers(replace(self, only=None), self.only)

    @property
    def large(self) -> bool:
        """Whether it has more units than are read at once."""
        return self.size > LARGE

    def of(self, units: Sequence[str]) -> Frozen:
        """The release to read the rows of these units from: of a large one no others are read."""
        return replace(self, few=tuple(units)) if self.large else self

    def portrait(self, unit: str) -> Frozen | Single:
        """The release to read the portrait of a unit from: of a large one as pages look at it, by look-up."""
        if not self.large:
            return self
        from ui.scope import Single

        served = _releases()
        return Single(self.path, served[served["release"] == self.number], self.period, unit)

    def codes(self, order: str, sector: str | None = None, tier: str | None = None) -> Codes:
        """The codes of its units, by "unit" or by "rank", of one sector or tier where one is given; only what is asked for is read."""
        return Codes(self, order, sector, tier)

    @property
    def framework(self) -> Framework:
        """The framework by which it was scored."""
        return self._read("framework")[0]

    @property
    def policy(self) -> Policy:
        """The policy by which it was scored."""
        return self._read("framework")[1]

    @property
    def words(self) -> dict[str, str]:
        """What this store calls a unit, sector, period, dimension, index."""
        return dict(self.policy.words)

    def node_name(self, code: str) -> str:
        """Name of a node of the framework."""
        return self.framework.node(code).name

    @cached_property
    def units(self) -> pd.DataFrame:
        """As `release_units`."""
        return self._read("units")

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """As `release_nodes`."""
        return self._read("nodes")

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """As `release_node_ranks`."""
        return self._read("ranks")

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """As `release_coverage`."""
        return self._read("coverage")

    @cached_property
    def cells(self) -> pd.DataFrame:
        """As `release_cells`."""
        return self._read("cells")

    @cached_property
    def adjustments(self) -> pd.DataFrame:
        """As `release_adjustments`."""
        return self._read("adjustments")

    @cached_property
    def marks(self) -> pd.DataFrame:
        """As `release_marks`."""
        return self._read("marks")

    def _read(self, what: str) -> Any:
        if self.few is None or what == "framework":
            return _release(self.path, self.digest, self.number, what)
        with reader(self.path) as db:
            return some_units.TABLES[what](db, self.number, self.few)


@dataclass(frozen=True)
class Codes:
    """Codes of a release's units in an order, as a list that is read where it is looked at."""

    frozen: Frozen
    order: str
    sector: str | None
    tier: str | None

    def __len__(self) -> int:
        with reader(self.frozen.path) as db:
            return some_units.count_units(db, self.frozen.number, self.sector, self.tier)

    def __getitem__(self, part: slice) -> list[str]:
        with reader(self.frozen.path) as db:
            return some_units.unit_codes(db, self.frozen.number, self.order, part.start, part.stop - part.start, self.sector, self.tier)


def seen(person: Person) -> pd.DataFrame:
    """The releases that a person may see, the last first; columns as `store.releasing.releases.releases`. Raises StoreError."""
    table, allowed = _releases(), tuple(STATES) if person.may("drafts") else PUBLIC
    return table[table["state"].isin(allowed)]


def public() -> pd.DataFrame:
    """The releases that are no secret. Raises StoreError."""
    table = _releases()
    return table[table["state"].isin(PUBLIC)]


def chosen(table: pd.DataFrame, period: str | None, release: int | None) -> Frozen:
    """The release that is asked for out of some: by number, or what a period serves, the newest without one. Raises Problem (404)."""
    if release is None:
        served = table[table["served"]].sort_values("period", key=lambda c: c.map(period_key))
        rows = served if period is None else served[served["period"] == period]
        asked = "还没有在用的发布" if period is None else f"考核期 {clean(period, 40)} 没有在用的发布"
        remedy = f"在用的考核期：{'、'.join(served['period']) or '无'}"
    else:
        rows = table[(table["release"] == release) & (period is None or table["period"] == period)]
        asked = f"没有第 {release} 号发布{f'，或它不属于考核期 {clean(period, 40)}' if period else ''}"
        remedy = "请从 /api/v1/releases 中选一个"
    if rows.empty:
        raise Problem(404, f"{asked}；{remedy}")
    row = rows.iloc[-1]
    return Frozen(store_path(), int(row["release"]), row["digest"], row["period"], row["state"], bool(row["demo"]), int(row["units"]))


def badges_are_public() -> bool:
    """Whether badges are shown to everybody, by this store's setting. Raises StoreError."""
    path = store_path()
    return _badges_are_public(path, data_stamp(path))


def _releases() -> pd.DataFrame:
    path = store_path()
    return _all_releases(path, data_stamp(path))


@lru_cache(maxsize=4)
def _all_releases(path: Path, stamp: tuple) -> pd.DataFrame:
    with reader(path) as db:
        return all_releases(db)


@lru_cache(maxsize=4)
def _badges_are_public(path: Path, stamp: tuple) -> bool:
    with reader(path) as db:
        return bool(setting(db, "public_badges"))


@lru_cache(maxsize=64)
def _release(path: Path, digest: str, number: int, what: str) -> Any:
    with reader(path) as db:
        return reading.TABLES[what](db, number)
