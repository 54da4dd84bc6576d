"""The index of many units in the ASEM tree as an analyst asks DuckDB for it: min–max of each indicator, then a weighted mean a level.

Wide form, a row a unit. One query finds the ends of all columns, a second one has them as numbers; means are written out level by level,
and only where a column has gaps do they count weights. Scores come out as Arrow columns in whatever order DuckDB has them ready, which
is half of what it takes to write them into a table of its own.
"""

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa

from bench.measure import Line, median_seconds
from bench.scoring_speed import asem, resampled
from scoring.framework import Framework
from scoring.index import fit
from scoring.scores import Scores
from scoring.values import Values

UNITS, TIMES, AIM = 100_000, 21, 2


def table(values: Values) -> duckdb.DuckDBPyConnection:
    """A database in memory, two threads, with the values as a table of its own: a row a unit, NULL where there is no value."""
    db = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    columns = [pa.array(x, from_pandas=True) for x in values.matrix.T]
    arrow = pa.table([pa.array(values.units), *columns], names=["unit", *values.indicators])
    db.register("arrow", arrow)
    db.execute("CREATE TABLE reported AS SELECT * FROM arrow")
    db.unregister("arrow")
    return db


def score(db: duckdb.DuckDBPyConnection, framework: Framework) -> pa.Table:
    """Every node's score of every unit, columns unit and the framework's codes."""
    found = ", ".join(f'min("{n.code}"), max("{n.code}"), count("{n.code}")' for n in framework.indicators)
    ((count, *ends),) = db.sql(f"SELECT count(*), {found} FROM reported").fetchall()
    gaps, columns = set(), []
    for n, low, high, present in zip(framework.indicators, ends[::3], ends[1::3], ends[2::3], strict=True):
        worst, best = (low, high)[:: n.direction]
        columns.append(f'("{n.code}" - {worst!r}::DOUBLE) * {100 / (best - worst)!r}::DOUBLE AS "{n.code}"')
        if present < count:
            gaps.add(n.code)
    query = f"SELECT unit, {', '.join(columns)} FROM reported"
    for level in levels(framework):
        means = [mean(framework, code, gaps) for code in level]
        query = f"SELECT *, {', '.join(means)} FROM ({query})"
    return db.sql(query).to_arrow_table()


def levels(framework: Framework) -> list[list[str]]:
    """Codes of the nodes that are means, the lowest level first: each level rests on those before it."""
    height = {n.code: 0 for n in framework.indicators}
    for node in reversed(framework.inner):
        height[node.code] = 1 + max(height[k.code] for k in framework.children(node.code))
    return [[n.code for n in framework.inner if height[n.code] == h] for h in range(1, max(height.values()) + 1)]


def mean(framework: Framework, code: str, gaps: set[str]) -> str:
    """A node's weighted mean in SQL; a child without a score leaves its weight to the others, as `gaps` says there may be."""
    kids = framework.children(code)
    points = " + ".join(f'coalesce("{k.code}", 0) * {k.weight!r}' if k.code in gaps else f'"{k.code}" * {k.weight!r}' for k in kids)
    fixed = sum(k.weight for k in kids if k.code not in gaps)
    weight = " + ".join([repr(float(fixed)), *(f'if("{k.code}" IS NULL, 0, {k.weight!r})' for k in kids if k.code in gaps)])
    if not fixed:
        gaps.add(code)
        weight = f"nullif({weight}, 0)"
    return f'({points}) / ({weight}) AS "{code}"'


def agree(ours: Scores, theirs: pa.Table) -> None:
    """Raises AssertionError where a score differs by more than 1e-9."""
    rows = np.argsort(theirs["unit"].to_numpy(zero_copy_only=False))  # units are numbered, so that they are in order in ours
    for code, mine in zip(ours.codes, ours.values.T, strict=True):
        np.testing.assert_allclose(mine, theirs[code].to_numpy()[rows], rtol=0, atol=1e-9)


def lines() -> Iterator[Line]:
    """Time both on the same numbers, each in its own kind of memory, after a check that they agree."""
    framework, policy, values = asem()
    values = resampled(values, UNITS)
    db = table(values)
    agree(fit(values, framework, policy).score(values), score(db, framework))
    ours = median_seconds(lambda: fit(values, framework, policy).score(values), TIMES)
    theirs = median_seconds(lambda: score(db, framework), TIMES)
    yield Line(f"fit and score {UNITS:,} units × {len(values.indicators)} indicators", ours, "DuckDB SQL, two threads", theirs, AIM, True)
