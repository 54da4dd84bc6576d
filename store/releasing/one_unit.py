"""One unit of a release, of however many: its rows of every table, by their keys, and where it stands among all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import Template

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.values import STATES

from ..connection import table_of
from ..ledgers.choosing import differs
from . import queries
from .reading import node_order, release_cells, typed_units

_MINE = " AND t.unit = :unit"
_NODES = "SELECT node, score, rank, coverage FROM release_node WHERE release = :release AND unit = :unit"
_GROUP = "SELECT node, scored, mean, q1, median, q3 FROM release_group_node WHERE release = ? AND path = ?"
_TIES = "SELECT count(*) FROM release_unit WHERE release = ? AND rank = ?"
_AT_RANK = 'SELECT tier_by_rule, "index" FROM release_unit WHERE release = ? AND rank <= ? ORDER BY rank DESC LIMIT 1'
_LAST_RANK = "SELECT rank FROM release_unit WHERE release = ? AND rank IS NOT NULL ORDER BY rank DESC LIMIT 1"


def _rows(db: Database, sql: str, release: int, unit: str) -> pd.DataFrame:
    return table_of(db.execute(Template(sql).substitute(within=_MINE), {"release": int(release), "unit": unit}))


def _nodes(db: Database, release: int, unit: str, column: str) -> pd.DataFrame:
    found = table_of(db.execute(_NODES, {"release": int(release), "unit": unit})).set_index("node")[column].astype(float)
    row = found.reindex(node_order(db, release)).rename(unit).to_frame().T
    return row.rename_axis(index="unit", columns=None).head(len(found))


def _derived(db: Database, release: int, unit: str) -> pd.DataFrame:
    table = _rows(db, queries.DERIVED, release, unit)
    table = table.astype(dict.fromkeys(("numerator", "denominator", "value", "reported"), float) | {"used": bool})
    states = np.array(STATES, object)[table["reported_state"].to_numpy(int)]
    return table.assign(reported_state=states, differs=differs(table["reported"], table["value"]))


TABLES: dict[str, Callable[[Database, int, str], pd.DataFrame]] = {  # as `reading.TABLES`, of one unit
    "units": lambda db, release, unit: typed_units(_rows(db, queries.UNITS, release, unit)),
    "nodes": lambda db, release, unit: _nodes(db, release, unit, "score"),
    "ranks": lambda db, release, unit: _nodes(db, release, unit, "rank"),
    "coverage": lambda db, release, unit: _nodes(db, release, unit, "coverage"),
    "cells": release_cells,
    "adjustments": lambda db, release, unit: _rows(db, queries.ADJUSTMENTS, release, unit).astype({"points": float}),
    "marks": lambda db, release, unit: _rows(db, queries.MARKS, release, unit).astype({"mark": int, "value": float}),
    "derived": _derived,
}


def unit_history(db: Database, releases: Sequence[tuple[str, int]], unit: str) -> pd.DataFrame:
    """A unit in some releases, (period, number) each: period, release, unit and the columns of `release_units`; no row where it was not in."""
    found = [TABLES["units"](db, number, unit).reset_index().assign(period=period, release=number) for period, number in releases]
    table = pd.concat(found, ignore_index=True)
    return table[["period", "release", *(c for c in table if c not in ("period", "release"))]]


def group_nodes(db: Database, release: int, path: str) -> pd.DataFrame:
    """What the nodes of a unit's group come to, index node: scored (units), mean, q1, median, q3; no rows for an unknown group."""
    return table_of(db.execute(_GROUP, [int(release), path])).set_index("node").astype(float)


def ties(db: Database, release: int, rank: float) -> int:
    """How many units of a release hold a rank."""
    return db.execute(_TIES, [int(release), rank]).fetchone()[0]


def tier_begins(db: Database, release: int, tier: str, labels: Sequence[str]) -> float:
    """The lowest index by which a unit of a release is in a tier by rule; NaN where none is. labels: best first.

    Tiers by rule go down with the ranks, so the last place of a tier is found by halving: a score of steps among a million.
    """
    last = db.execute(_LAST_RANK, [int(release)]).fetchone()
    low, high, wanted = 0, int(last[0]) if last else 0, labels.index(tier)
    while low < high:  # down to the last rank at which a tier at least as good is held
        middle = (low + high + 1) // 2
        held, _ = db.execute(_AT_RANK, [int(release), middle]).fetchone()
        low, high = (middle, high) if labels.index(held) <= wanted else (low, middle - 1)
    held, index = db.execute(_AT_RANK, [int(release), low]).fetchone() or ("", np.nan)
    return float(index) if held == tier else np.nan
