"""A release as a case that can be scored again: the frozen cells, the framework as stated, the policy, the adjustments."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.case import Case
from scoring.framework import Framework
from scoring.values import Values

from .reading import release_adjustments, release_framework, served

_CELLS = "SELECT unit, indicator, state, value FROM release_cell WHERE release = ?"
_PERIOD = "SELECT period FROM release WHERE id = ?"


def release_case(db: Database, release: int) -> Case:
    """The case of a release. Raises ReleaseError for an unknown number.

    Where bounds rest on other periods than its own, their values are those of the releases that are served now.
    """
    framework, policy = release_framework(db, release)
    period = db.execute(_PERIOD, [release]).fetchone()[0]
    blocks = {period: _values(db, release, framework)}
    if policy.pool != "period":
        others = served(db).set_index("period")["release"].drop(period, errors="ignore")
        blocks |= {p: _values(db, int(r), framework) for p, r in others.items()}
    return Case(blocks, period, framework, policy, release_adjustments(db, release))


def _values(db: Database, release: int, framework: Framework) -> Values:
    """A release's cells under this framework's columns; a column that it did not have is missing."""
    units = [row[0] for row in db.execute("SELECT unit FROM release_unit WHERE release = ? ORDER BY unit", [release])]
    table = pd.DataFrame(db.execute(_CELLS, [release]).fetchall(), columns=["unit", "indicator", "state", "value"])
    rows, columns = pd.Index(units).get_indexer(table["unit"]), pd.Index(framework.columns).get_indexer(table["indicator"])
    matrix = np.full((len(units), len(framework.columns)), np.nan)
    states = np.ones(matrix.shape, np.int8)
    known = columns >= 0
    matrix[rows[known], columns[known]] = table["value"].to_numpy(float)[known]
    states[rows[known], columns[known]] = table["state"].to_numpy(np.int8)[known]
    return Values(tuple(units), framework.columns, matrix, states)
