"""What pages read: frozen rows of a release, each by a look-up in the key. Nothing here computes a score."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.values import STATES

from ..connection import table_of
from ..errors import ReleaseError
from ..frameworks.files import parse_framework, parse_policy
from ..ledgers.choosing import differs
from .releases import releases

_FRAMEWORK = "SELECT framework_csv FROM framework WHERE id = (SELECT framework FROM release WHERE id = ?)"
_POLICY = "SELECT policy_toml FROM framework WHERE id = (SELECT framework FROM release WHERE id = ?)"
_GRIDS = {
    "score": "SELECT score FROM release_node WHERE release = ? ORDER BY unit, node",
    "rank": "SELECT rank FROM release_node WHERE release = ? ORDER BY unit, node",
    "coverage": "SELECT coverage FROM release_node WHERE release = ? ORDER BY unit, node",
}
# Where a derived value was scored it stands in the reported one's place; without a value the figure is not applicable (2).
_CELLS = """
SELECT c.unit, c.indicator, iif(d.used, iif(d.value IS NULL, 2, 0), c.state) AS state, iif(d.used, d.value, c.value) AS value,
    n.score, iif(d.used, NULL, c.batch) AS batch, iif(d.used, '台账', batch.file) AS file,
    iif(d.used, '', c.sheet) AS sheet, iif(d.used, '', c.cell) AS cell
FROM release_cell AS c LEFT JOIN batch ON batch.id = c.batch
LEFT JOIN release_derived AS d ON d.release = c.release AND d.unit = c.unit AND d.indicator = c.indicator
JOIN release_node AS n ON n.release = c.release AND n.unit = c.unit AND n.node = c.indicator
WHERE c.release = ?
"""
_REPORTED = """
SELECT indicator, state, value, batch, batch.file, sheet, cell
FROM release_cell LEFT JOIN batch ON batch.id = batch WHERE release = ? AND unit = ?
"""
_DERIVED = """
SELECT unit, indicator, numerator, denominator, d.value, used, c.state AS reported_state, c.value AS reported
FROM release_derived AS d JOIN release_cell AS c USING (release, unit, indicator) WHERE release = ? ORDER BY unit, indicator
"""


def served(db: Database) -> pd.DataFrame:
    """The releases that are served, one a period, in time order; columns as in `releases`."""
    table = releases(db)
    return table[table["served"]].sort_values("period", key=lambda c: c.map(period_key), ignore_index=True)


def served_for(db: Database, periods: Iterable[str] | None = None) -> pd.DataFrame:
    """The rows of `served` for some periods (None: all). Raises ReleaseError where nothing is served, or not for one of them."""
    table = served(db)
    if table.empty:
        raise ReleaseError("还没有发布；请先运行 python manage.py publish")
    wanted = set(table["period"] if periods is None else periods)
    if lacking := sorted(wanted - set(table["period"])):
        raise ReleaseError(f"考核期 {'、'.join(lacking)} 没有发布；已发布：{'、'.join(table['period'])}")
    return table[table["period"].isin(wanted)]


def release_units(db: Database, release: int) -> pd.DataFrame:
    """Units of a release, index unit (by code): name, sector, size and the columns of `Assessment.units`. Raises ReleaseError."""
    table = _table(db, "SELECT * FROM release_unit WHERE release = ? ORDER BY unit", release)
    return _typed(table).set_index("unit").drop(columns="release")


def release_nodes(db: Database, release: int) -> pd.DataFrame:
    """Scores, index unit; one column a node: the framework's in its order, then the facets'. NaN: no score. Raises ReleaseError."""
    return _grid(db, release, "score")


def release_node_ranks(db: Database, release: int) -> pd.DataFrame:
    """Ranks of every node, in the shape of `release_nodes`. Raises ReleaseError."""
    return _grid(db, release, "rank")


def release_coverage(db: Database, release: int) -> pd.DataFrame:
    """Share of each node's weight that has a value, in the shape of `release_nodes`. Raises ReleaseError."""
    return _grid(db, release, "coverage")


def release_cells(db: Database, release: int, unit: str | None = None) -> pd.DataFrame:
    """A row for each unit (or one unit) and indicator: unit, indicator, state, value, score, batch, file, sheet, cell.

    By unit, then in the framework's order; a denominator that is no indicator itself is left out. Where nothing was reported, state is
    `missing` and batch, file, sheet and cell are missing. A cell that was scored by a ledger's figure has that value, 台账
    for a file and no batch; `release_derived` says more. Raises ReleaseError.
    """
    table = _table(db, _CELLS, release) if unit is None else _table(db, f"{_CELLS} AND c.unit = ?", release, unit)
    place = {code: k for k, code in enumerate(_node_order(db, release))}
    table = table.iloc[np.lexsort((table["indicator"].map(place), pd.factorize(table["unit"], sort=True)[0]))]
    table = table.reset_index(drop=True).astype({"value": float, "score": float, "batch": "Int64"})
    return table.assign(state=np.array(STATES, object)[table["state"].to_numpy(int)])


def reported_cells(db: Database, release: int, unit: str) -> pd.DataFrame:
    """A unit's cells as they were reported, whatever was scored, index indicator: state, value, batch, file, sheet, cell.

    Where nothing was reported, state is `missing` and batch, file, sheet and cell are missing. Raises ReleaseError.
    """
    table = _table(db, _REPORTED, release, unit).astype({"value": float, "batch": "Int64"}).set_index("indicator")
    return table.assign(state=np.array(STATES, object)[table["state"].to_numpy(int)])


def release_marks(db: Database, release: int) -> pd.DataFrame:
    """Cells that were not scored as reported: unit, indicator, mark (flags as in `Fitted.marks`), value (what was normalised).

    By unit, then indicator; no rows where every cell was scored as it stands. Raises ReleaseError.
    """
    sql = "SELECT unit, indicator, mark, value FROM release_mark WHERE release = ? ORDER BY unit, indicator"
    return _table(db, sql, release).astype({"mark": int, "value": float})


def release_derived(db: Database, release: int) -> pd.DataFrame:
    """What ledgers gave: unit, indicator, numerator, denominator, value, used, reported_state, reported, differs.

    By unit, then indicator. `value` is NaN where the figure does not apply; `used`: whether it was scored; `differs`: it and the
    reported value are further apart than rounding explains. Raises ReleaseError.
    """
    table = _table(db, _DERIVED, release)
    table = table.astype(dict.fromkeys(("numerator", "denominator", "value", "reported"), float) | {"used": bool})
    states = np.array(STATES, object)[table["reported_state"].to_numpy(int)]
    return table.assign(reported_state=states, differs=differs(table["reported"], table["value"]))


def release_adjustments(db: Database, release: int) -> pd.DataFrame:
    """Adjustments: unit, kind (bonus, penalty, veto), points (0 for a veto), reason, document. Raises ReleaseError."""
    sql = "SELECT unit, kind, points, reason, document FROM release_adjustment WHERE release = ? ORDER BY unit, kind, document"
    return _table(db, sql, release).astype({"points": float})


def release_framework(db: Database, release: int) -> tuple[Framework, Policy]:
    """Framework and policy by which a release was scored, with the weights that it found in its data. Raises ReleaseError."""
    framework, policy = stated_framework(db, release)
    weights = dict(db.execute("SELECT node, weight FROM release_weight WHERE release = ?", [int(release)]).fetchall())
    if not weights:
        return framework, policy
    return Framework(tuple(replace(n, weight=weights.get(n.code, n.weight)) for n in framework.nodes)), policy


def stated_framework(db: Database, release: int) -> tuple[Framework, Policy]:
    """Framework and policy of a release as they were imported. Raises ReleaseError."""
    policy = release_policy(db, release)
    return parse_framework(_table(db, _FRAMEWORK, release).iat[0, 0], policy), policy


def release_policy(db: Database, release: int) -> Policy:
    """Policy by which a release was scored. Raises ReleaseError."""
    return parse_policy(_table(db, _POLICY, release).iat[0, 0])


def _table(db: Database, sql: str, release: int, *more: str) -> pd.DataFrame:
    """Rows of a release; an unknown number is refused rather than shown as empty."""
    found = table_of(db.execute(sql, [int(release), *more]))
    if found.empty and db.execute("SELECT 1 FROM release WHERE id = ?", [int(release)]).fetchone() is None:
        raise ReleaseError(f"没有第 {release} 号发布；请从发布列表中选一个（python manage.py releases）")
    return found


def _node_order(db: Database, release: int) -> list[str]:
    return json.loads(_table(db, "SELECT nodes FROM release WHERE id = ?", release).iat[0, 0])


def _grid(db: Database, release: int, column: str) -> pd.DataFrame:
    """One column of release_node as units × nodes: the key's order makes it a plain reshape."""
    nodes = _node_order(db, release)
    units = [row[0] for row in db.execute("SELECT unit FROM release_unit WHERE release = ? ORDER BY unit", [int(release)])]
    block = np.array(db.execute(_GRIDS[column], [int(release)]).fetchall(), dtype=float).reshape(len(units), len(nodes))
    return pd.DataFrame(block, index=pd.Index(units, name="unit"), columns=sorted(nodes))[nodes]


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    numbers = ["size", "index", "index_raw", "bonus", "penalty", "adjustment", "rank", "geometric", "weakest_gap"]
    return table.astype(dict.fromkeys(numbers, float) | {"veto": bool})


TABLES: dict[str, Callable[[Database, int], Any]] = {  # what a release is read by, under the names that screens and programs ask for
    "framework": release_framework,
    "units": release_units,
    "nodes": release_nodes,
    "ranks": release_node_ranks,
    "coverage": release_coverage,
    "cells": release_cells,
    "adjustments": release_adjustments,
    "marks": release_marks,
    "derived": release_derived,
}
