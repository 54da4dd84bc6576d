"""A few units of a release, of however many: their rows of every table, by their keys, and where they stand among all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from string import Template

import numpy as np
import pandas as pd
from sqlite_utils import Database

from ..connection import table_of
from . import queries
from .reading import node_order, typed_cells, typed_derived, typed_units

_THESE = " AND t.unit IN (SELECT value FROM json_each(:units))"
_GROUP = "SELECT node, scored, mean, q1, median, q3 FROM release_group_node WHERE release = ? AND path = ?"
_BY_CODE = "SELECT unit FROM release_unit WHERE release = :release ORDER BY unit LIMIT :limit OFFSET :offset"
_BY_RANK = """
SELECT unit FROM release_unit INDEXED BY release_unit_rank WHERE release = :release AND rank IS NOT NULL
ORDER BY rank, unit LIMIT :limit OFFSET :offset
"""
_UNRANKED = """
SELECT unit FROM release_unit INDEXED BY release_unit_rank WHERE release = :release AND rank IS NULL
ORDER BY unit LIMIT :limit OFFSET :offset
"""
_OF_TIER = """
SELECT unit FROM release_unit INDEXED BY release_unit_rank WHERE release = :release AND rank IS NOT NULL AND tier = :tier
ORDER BY rank, unit LIMIT :limit OFFSET :offset
"""
_IN_SECTOR = """
FROM release_unit INDEXED BY release_unit_place WHERE release = :release AND sector = :sector AND (:tier IS NULL OR tier = :tier)
    AND place IN (SELECT path FROM release_group WHERE release = :release AND name = :sector)
"""
_OF_SECTOR = f"SELECT unit {_IN_SECTOR} ORDER BY rank IS NULL, rank, unit LIMIT :limit OFFSET :offset"
_SIZES = {  # how many there are in all, in a tier, in a sector
    "all": "SELECT units FROM release WHERE id = :release",
    "tier": "SELECT units FROM release_group_tier WHERE release = :release AND path = '' AND tier = :tier",
    "sector": f"SELECT count(*) {_IN_SECTOR}",
}
_TIES = "SELECT count(*) FROM release_unit WHERE release = ? AND rank = ?"
_AT_RANK = 'SELECT tier_by_rule, "index" FROM release_unit WHERE release = ? AND rank <= ? ORDER BY rank DESC LIMIT 1'
_LAST_RANK = "SELECT rank FROM release_unit WHERE release = ? AND rank IS NOT NULL ORDER BY rank DESC LIMIT 1"


def _rows(db: Database, sql: str, release: int, units: Sequence[str]) -> pd.DataFrame:
    return table_of(db.execute(Template(sql).substitute(within=_THESE), {"release": int(release), "units": json.dumps(list(units))}))


def _units(db: Database, release: int, units: Sequence[str]) -> pd.DataFrame:
    return typed_units(_rows(db, queries.UNITS, release, units))


def _grid(db: Database, release: int, units: Sequence[str], sql: str) -> pd.DataFrame:
    nodes, codes = node_order(db, release), _units(db, release, units).index
    block = _rows(db, sql, release, units).to_numpy(float).reshape(len(codes), len(nodes))
    return pd.DataFrame(block, index=codes, columns=sorted(nodes))[nodes]


def _cells(db: Database, release: int, units: Sequence[str]) -> pd.DataFrame:
    return typed_cells(db, release, _rows(db, queries.CELLS, release, units))


TABLES: dict[str, Callable[[Database, int, Sequence[str]], pd.DataFrame]] = {  # as `reading.TABLES`, of the units that are named
    "units": _units,
    "nodes": lambda db, release, units: _grid(db, release, units, queries.SCORES),
    "ranks": lambda db, release, units: _grid(db, release, units, queries.RANKS),
    "coverage": lambda db, release, units: _grid(db, release, units, queries.COVERAGE),
    "cells": _cells,
    "adjustments": lambda db, release, units: _rows(db, queries.ADJUSTMENTS, release, units).astype({"points": float}),
    "marks": lambda db, release, units: _rows(db, queries.MARKS, release, units).astype({"mark": int, "value": float}),
    "derived": lambda db, release, units: typed_derived(_rows(db, queries.DERIVED, release, units)),
}


def unit_codes(
    db: Database, release: int, order: str, offset: int, limit: int, sector: str | None = None, tier: str | None = None
) -> list[str]:
    """So many codes of a release's units, by "unit" or by "rank" (those without one last); by rank of one sector or tier, if given."""
    wanted = {"release": int(release), "sector": sector, "tier": tier, "limit": limit, "offset": offset}
    if order == "unit" or sector is not None or tier is not None:
        sql = _BY_CODE if order == "unit" else _OF_TIER if sector is None else _OF_SECTOR
        return [row[0] for row in db.execute(sql, wanted)]
    scored = db.execute("SELECT scored FROM release WHERE id = :release", wanted).fetchone()[0]
    found = [row[0] for row in db.execute(_BY_RANK, wanted)] if offset < scored else []
    rest = wanted | {"limit": limit - len(found), "offset": max(0, offset - scored)}
    return found + [row[0] for row in db.execute(_UNRANKED, rest)]


def count_units(db: Database, release: int, sector: str | None = None, tier: str | None = None) -> int:
    """How many units a release has, of one sector or tier where one is given."""
    sql = _SIZES["all" if sector is tier is None else "tier" if sector is None else "sector"]
    row = db.execute(sql, {"release": int(release), "sector": sector, "tier": tier}).fetchone()
    return row[0] if row else 0


def unit_history(db: Database, releases: Sequence[tuple[str, int]], unit: str) -> pd.DataFrame:
    """A unit in some releases, (period, number) each: period, release, unit and the columns of `release_units`; no row where it was not in."""
    found = [_units(db, number, [unit]).reset_index().assign(period=period, release=number) for period, number in releases]
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
