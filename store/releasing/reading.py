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

from ..errors import ReleaseError
from ..frameworks.files import parse_framework, parse_policy
from ..grouping import numbers
from ..ledgers.choosing import differs
from . import queries
from .releases import releases


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


def release_units(db: Database, release: int, within: str | None = None) -> pd.DataFrame:
    """Units of a release, index unit (by code): name, area, sector, size and the columns of `Assessment.units`.

    `within`, here and below: the path of a group, whose units alone are read; None: all. Raises ReleaseError.
    """
    return typed_units(queries.table(db, queries.UNITS, release, within))


def release_nodes(db: Database, release: int, within: str | None = None) -> pd.DataFrame:
    """Scores, index unit; one column a node: the framework's in its order, then the facets'. NaN: no score. Raises ReleaseError."""
    return _grid(db, release, queries.SCORES, within)


def release_node_ranks(db: Database, release: int, within: str | None = None) -> pd.DataFrame:
    """Ranks of every node, in the shape of `release_nodes`. Raises ReleaseError."""
    return _grid(db, release, queries.RANKS, within)


def release_coverage(db: Database, release: int, within: str | None = None) -> pd.DataFrame:
    """Share of each node's weight that has a value, in the shape of `release_nodes`. Raises ReleaseError."""
    return _grid(db, release, queries.COVERAGE, within)


def release_cells(db: Database, release: int, unit: str | None = None, within: str | None = None) -> pd.DataFrame:
    """A row for each unit (or one unit) and indicator: unit, indicator, state, value, score, batch, file, sheet, cell.

    By unit, then in the framework's order; a denominator that is no indicator itself is left out. Where nothing was reported, state is
    `missing` and batch, file, sheet and cell are missing. A cell that was scored by a ledger's figure has that value, 台账
    for a file and no batch; `release_derived` says more. Raises ReleaseError.
    """
    sql = queries.CELLS if unit is None else queries.CELLS_OF_UNIT
    return typed_cells(db, release, queries.table(db, sql, release, within, unit=unit))


def typed_cells(db: Database, release: int, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of CELLS with their types, by unit, then in the framework's order."""
    place = {code: k for k, code in enumerate(node_order(db, release))}
    table = table.iloc[np.lexsort((table["indicator"].map(place), pd.factorize(table["unit"], sort=True)[0]))]
    table = table.reset_index(drop=True).astype({"value": float, "score": float, "batch": "Int64"})
    return table.assign(state=np.array(STATES, object)[table["state"].to_numpy(int)])


def reported_cells(db: Database, release: int, unit: str) -> pd.DataFrame:
    """A unit's cells as they were reported, whatever was scored, index indicator: state, value, batch, file, sheet, cell.

    Where nothing was reported, state is `missing` and batch, file, sheet and cell are missing. Raises ReleaseError.
    """
    table = queries.table(db, queries.REPORTED, release, unit=unit).astype({"value": float, "batch": "Int64"}).set_index("indicator")
    return table.assign(state=np.array(STATES, object)[table["state"].to_numpy(int)])


def release_marks(db: Database, release: int, within: str | None = None) -> pd.DataFrame:
    """Cells that were not scored as reported: unit, indicator, mark (flags as in `Fitted.marks`), value (what was normalised).

    By unit, then indicator; no rows where every cell was scored as it stands. Raises ReleaseError.
    """
    return queries.table(db, queries.MARKS, release, within).astype({"mark": int, "value": float})


def release_derived(db: Database, release: int, within: str | None = None) -> pd.DataFrame:
    """What ledgers gave: unit, indicator, numerator, denominator, value, used, reported_state, reported, differs.

    By unit, then indicator. `value` is NaN where the figure does not apply; `used`: whether it was scored; `differs`: it and the
    reported value are further apart than rounding explains. Raises ReleaseError.
    """
    return typed_derived(queries.table(db, queries.DERIVED, release, within))


def typed_derived(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of DERIVED with their types."""
    table = table.astype(dict.fromkeys(("numerator", "denominator", "value", "reported"), float) | {"used": bool})
    states = np.array(STATES, object)[table["reported_state"].to_numpy(int)]
    return table.assign(reported_state=states, differs=differs(table["reported"], table["value"]))


def release_adjustments(db: Database, release: int, within: str | None = None) -> pd.DataFrame:
    """Adjustments: unit, kind (bonus, penalty, veto), points (0 for a veto), reason, document. Raises ReleaseError."""
    return queries.table(db, queries.ADJUSTMENTS, release, within).astype({"points": float})


def release_framework(db: Database, release: int) -> tuple[Framework, Policy]:
    """Framework and policy by which a release was scored, with the weights that it found in its data. Raises ReleaseError."""
    framework, policy = stated_framework(db, release)
    weights = dict(queries.cursor(db, queries.WEIGHTS, release).fetchall())
    if not weights:
        return framework, policy
    return Framework(tuple(replace(n, weight=weights.get(n.code, n.weight)) for n in framework.nodes)), policy


def stated_framework(db: Database, release: int) -> tuple[Framework, Policy]:
    """Framework and policy of a release as they were imported. Raises ReleaseError."""
    policy = release_policy(db, release)
    return parse_framework(queries.table(db, queries.FRAMEWORK, release).iat[0, 0], policy), policy


def release_policy(db: Database, release: int) -> Policy:
    """Policy by which a release was scored. Raises ReleaseError."""
    return parse_policy(queries.table(db, queries.POLICY, release).iat[0, 0])


def node_order(db: Database, release: int) -> list[str]:
    """The nodes that a release has scores of: the framework's in its order, then the facets'. Raises ReleaseError."""
    return json.loads(queries.table(db, queries.NODES, release).iat[0, 0])


def _grid(db: Database, release: int, sql: str, within: str | None) -> pd.DataFrame:
    """One column of release_node as units × nodes: the key's order makes it a plain reshape."""
    nodes = node_order(db, release)
    units = [row[0] for row in queries.cursor(db, queries.CODES, release, within)]
    block = numbers(queries.cursor(db, sql, release, within), len(units) * len(nodes)).reshape(len(units), len(nodes))
    return pd.DataFrame(block, index=pd.Index(units, name="unit"), columns=sorted(nodes))[nodes]


def typed_units(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of UNITS with their types, index unit."""
    figures = ["size", "index", "index_raw", "bonus", "penalty", "adjustment", "rank", "geometric", "weakest_gap"]
    return table.astype(dict.fromkeys(figures, float) | {"veto": bool}).set_index("unit")


# What a release is read by, under the names that screens and programs ask for; all but the framework take `within`.
TABLES: dict[str, Callable[..., Any]] = {
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
