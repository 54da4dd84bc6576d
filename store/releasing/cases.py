"""A release as a case that can be scored again: the frozen cells, the framework as stated, the policy, the adjustments."""

from __future__ import annotations

from dataclasses import replace

from sqlite_utils import Database

from scoring.case import Case
from scoring.framework import Framework
from scoring.imputation import OVER_TIME
from scoring.movement import period_key
from scoring.values import Values

from ..grouping import blocks
from .panel import Grid, groups_of, rests_on
from .reading import release_adjustments, served, stated_framework

# What was scored: a derived value that was used, without a value not applicable (2), stands in the reported one's place.
_CELLS = """
SELECT unit, indicator, iif(d.used, iif(d.value IS NULL, 2, 0), c.state), iif(d.used, d.value, c.value)
FROM release_cell AS c LEFT JOIN release_derived AS d USING (release, unit, indicator) WHERE release = ?
"""
_PERIOD = "SELECT period FROM release WHERE id = ?"


def release_case(db: Database, release: int) -> Case:
    """The case of a release. Raises ReleaseError for an unknown number.

    Where bounds or imputed values rest on other periods than its own, these are as the releases that are served now have them.
    """
    framework, policy = stated_framework(db, release)
    period = db.execute(_PERIOD, [release]).fetchone()[0]
    table = served(db)
    numbers = dict(zip(table["period"], table["release"].tolist(), strict=True)) | {period: int(release)}
    have = sorted(numbers, key=period_key)
    # An alternative of [uncertainty] that imputes over time looks at periods on which the scores themselves do not rest.
    ways = [policy, *(replace(policy, imputation=m) for m in policy.draws.missing if m in OVER_TIME)]
    pool = {p for way in ways for p in rests_on(framework, way, period, have)}
    by_period = {p: _values(db, numbers[p], framework) for p in have if p in pool}
    return Case(by_period, period, framework, policy, release_adjustments(db, release))


def _values(db: Database, release: int, framework: Framework) -> Values:
    """A release's cells as they were scored, under this framework's columns; a column that it did not have is missing."""
    members = db.execute("SELECT unit, sector FROM release_unit WHERE release = ? ORDER BY unit", [release]).fetchall()
    units, sectors = zip(*members, strict=True) if members else ((), ())
    grid = Grid(units, framework.columns)
    for block in blocks(db.execute(_CELLS, [release])):
        grid.put(*zip(*block, strict=True))
    return Values(units, framework.columns, grid.matrix, grid.states, groups_of(sectors))
