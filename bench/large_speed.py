"""Five million units × 49 indicators in the ASEM tree: ours, DuckDB, and one pass over the memory that values and scores lie in.

pandas groupby has no line here: its long form would be 245 million rows of two texts and a number, several times this machine's memory.
"""

from collections.abc import Iterator

from bench import duckdb_speed, measure
from bench.scoring_speed import asem, passes, resampled
from scoring.index import fit

UNITS, TIMES = 5_000_000, 3
HEAD = measure.HEAD


def lines(units: int = UNITS) -> Iterator[measure.Line]:
    """After a check that all agree to 1e-9. Takes twelve gigabytes."""
    framework, policy, values = asem()
    values = resampled(values, units)
    what = f"score {units:,} units × {len(values.indicators)} indicators"
    fitted = fit(values, framework, policy)
    both = measure.median_seconds(lambda: fit(values, framework, policy).score(values), TIMES)
    alone = measure.median_seconds(lambda: fitted.score(values), TIMES)
    yield from passes(what, values, both, alone, TIMES)
    db = duckdb_speed.table(values)
    duckdb_speed.agree(fitted.score(values), duckdb_speed.score(db, framework))
    theirs = measure.median_seconds(lambda: duckdb_speed.score(db, framework), TIMES)
    yield measure.Line(f"fit and {what}", both, "DuckDB SQL, two threads", theirs, duckdb_speed.AIM, True)


def rows(*units: str) -> Iterator[tuple[str, ...]]:
    """As HEAD names them; of so many units instead, where a number is given."""
    return map(measure.row, lines(*map(int, units)))
