"""What is asked of a release's tables: each query by look-up in a key or an index, of the whole release or of one group's units."""

from __future__ import annotations

from sqlite3 import Cursor
from string import Template

import pandas as pd
from sqlite_utils import Database

from ..connection import table_of
from ..errors import ReleaseError

# The units that hang on a group, or on what lies below it in the tree. "0" is the character after "/".
IN_PLACE = "place >= :within AND place < :within || '0' AND (place = :within OR substr(place, :below, 1) = '/')"
_WITHIN = f" AND t.unit IN (SELECT unit FROM release_unit WHERE release = :release AND {IN_PLACE})"  # noqa: S608 - constants
_GRID = "SELECT {} FROM release_node AS t WHERE t.release = :release$within ORDER BY t.unit, t.node"
UNITS = """
SELECT unit, name, area, sector, size, "index", index_raw, bonus, penalty, adjustment, rank, tier, tier_by_rule, veto, geometric,
    weakest, weakest_gap, note FROM release_unit AS t WHERE t.release = :release$within ORDER BY t.unit
"""
CODES = "SELECT t.unit FROM release_unit AS t WHERE t.release = :release$within ORDER BY t.unit"
SCORES, RANKS, COVERAGE = (_GRID.format(column) for column in ("score", "rank", "coverage"))
# Where a derived value was scored it stands in the reported one's place; without a value the figure is not applicable (2).
_CELLS = """
SELECT t.unit, t.indicator, iif(d.used, iif(d.value IS NULL, 2, 0), t.state) AS state, iif(d.used, d.value, t.value) AS value,
    n.score, iif(d.used, NULL, t.batch) AS batch, iif(d.used, '台账', batch.file) AS file,
    iif(d.used, '', t.sheet) AS sheet, iif(d.used, '', t.cell) AS cell
FROM release_cell AS t LEFT JOIN batch ON batch.id = t.batch
LEFT JOIN release_derived AS d ON d.release = t.release AND d.unit = t.unit AND d.indicator = t.indicator
JOIN release_node AS n ON n.release = t.release AND n.unit = t.unit AND n.node = t.indicator
WHERE t.release = :release"""
CELLS, CELLS_OF_UNIT = f"{_CELLS}$within", f"{_CELLS} AND t.unit = :unit"
REPORTED = """
SELECT indicator, state, value, batch, batch.file, sheet, cell
FROM release_cell LEFT JOIN batch ON batch.id = batch WHERE release = :release AND unit = :unit
"""
DERIVED = """
SELECT t.unit, t.indicator, numerator, denominator, t.value, used, c.state AS reported_state, c.value AS reported
FROM release_derived AS t JOIN release_cell AS c ON c.release = t.release AND c.unit = t.unit AND c.indicator = t.indicator
WHERE t.release = :release$within ORDER BY t.unit, t.indicator
"""
MARKS = "SELECT unit, indicator, mark, value FROM release_mark AS t WHERE t.release = :release$within ORDER BY t.unit, indicator"
ADJUSTMENTS = """
SELECT unit, kind, points, reason, document FROM release_adjustment AS t WHERE t.release = :release$within
ORDER BY t.unit, kind, document
"""
WEIGHTS = "SELECT node, weight FROM release_weight WHERE release = :release"
FRAMEWORK = "SELECT framework_csv FROM framework WHERE id = (SELECT framework FROM release WHERE id = :release)"
POLICY = "SELECT policy_toml FROM framework WHERE id = (SELECT framework FROM release WHERE id = :release)"
NODES = "SELECT nodes FROM release WHERE id = :release"


def cursor(db: Database, sql: str, release: int, within: str | None = None, **more: object) -> Cursor:
    """A query of a release, of all its units or (`within`: a path that is not "") of one group's."""
    sql = Template(sql).substitute(within=_WITHIN if within else "")
    return db.execute(sql, {"release": int(release), "within": within, "below": len(within or "") + 1, **more})


def table(db: Database, sql: str, release: int, within: str | None = None, **more: object) -> pd.DataFrame:
    """The rows of a query as in `cursor`. Raises ReleaseError for an unknown number, rather than showing it as empty."""
    found = table_of(cursor(db, sql, release, within, **more))
    if found.empty and db.execute("SELECT 1 FROM release WHERE id = ?", [int(release)]).fetchone() is None:
        raise ReleaseError(f"没有第 {release} 号发布；请从发布列表中选一个（python manage.py releases）")
    return found
