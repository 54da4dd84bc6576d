"""The rows of a release: written once, read back for their digest, compared by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, cycle, repeat

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring import __version__
from scoring.assess import Grid, assess_units, node_grids
from scoring.framework import Framework
from scoring.index import Fitted
from scoring.values import MISSING, Values

from ..connection import now
from ..grouping import MEMBERS, Members, blocks, insert_groups
from .panel import Panel, update_json

# What the digest covers, in key order. A batch stands there by its file's digest: its number says only what came first.
_HEADER = "SELECT period, framework, data_digest, demo, code_version, nodes FROM release WHERE id = ?"
_FROZEN = (
    'SELECT unit, name, sector, size, "index", index_raw, bonus, penalty, adjustment, rank, tier, tier_by_rule, veto, geometric, '
    "weakest, weakest_gap, note FROM release_unit WHERE release = ? ORDER BY unit",
    "SELECT unit, node, score, rank, coverage FROM release_node WHERE release = ? ORDER BY unit, node",
    "SELECT unit, indicator, state, value, sha256, sheet, cell FROM release_cell LEFT JOIN batch ON batch.id = batch "
    "WHERE release = ? ORDER BY unit, indicator",
    "SELECT unit, release_adjustment.kind, document, points, reason, sha256 FROM release_adjustment "
    "JOIN batch ON batch.id = batch WHERE release = ? ORDER BY unit, release_adjustment.kind, document",
)
# What came with a later version is covered only where there is any: the digests of earlier releases stay what they were.
_FROZEN_LATER = {
    "weights": "SELECT node, weight FROM release_weight WHERE release = ? ORDER BY node",
    "marks": "SELECT unit, indicator, mark, value FROM release_mark WHERE release = ? ORDER BY unit, indicator",
    "derived": "SELECT unit, indicator, numerator, denominator, value, used FROM release_derived WHERE release = ? "
    "ORDER BY unit, indicator",
    "areas": "SELECT unit, area FROM release_unit WHERE release = ? AND area <> '' ORDER BY unit",
}
_UNIT_COLUMNS = (
    "name", "area", "sector", "size", "index", "index_raw", "bonus", "penalty", "adjustment", "rank", "tier", "tier_by_rule", "veto",
    "geometric", "weakest", "weakest_gap", "note",
)  # fmt: skip
_INSERT_UNIT = """
INSERT INTO release_unit (release, unit, name, area, sector, size, "index", index_raw, bonus, penalty, adjustment, rank, tier, tier_by_rule,
    veto, geometric, weakest, weakest_gap, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_BATCH = "INSERT INTO release_batch VALUES (?, ?)"
_INSERT_NODE = "INSERT INTO release_node VALUES (?, ?, ?, ?, ?, ?)"
# As reported; then a row for every other cell, of which nothing was.
_INSERT_CELLS = """
INSERT INTO release_cell SELECT :release, unit, indicator, state, value, batch, sheet, cell FROM current_value AS v
WHERE period = :period AND unit BETWEEN :first AND :last AND indicator IN (SELECT value FROM json_each(:columns))
    AND EXISTS (SELECT 1 FROM release_unit AS u WHERE u.release = :release AND u.unit = v.unit)
"""
_INSERT_GAPS = """
INSERT OR IGNORE INTO release_cell SELECT :release, u.unit, c.value, :missing, NULL, NULL, NULL, NULL
FROM release_unit AS u CROSS JOIN json_each(:columns) AS c WHERE u.release = :release AND u.unit BETWEEN :first AND :last
"""
_INSERTS = {
    "INSERT INTO release_adjustment VALUES (?, ?, ?, ?, ?, ?, ?)": ("unit", "kind", "document", "points", "reason", "batch"),
    "INSERT INTO release_weight VALUES (?, ?, ?)": ("node", "weight"),
    "INSERT INTO release_mark VALUES (?, ?, ?, ?, ?)": ("unit", "indicator", "mark", "value"),
    "INSERT INTO release_derived VALUES (?, ?, ?, ?, ?, ?, ?)": ("unit", "indicator", "numerator", "denominator", "value", "used"),
}
BLOCK = 20_000  # units that are written at once
Tell = Callable[[int, int, str], None]  # units so far, of how many, what is done with them


def freeze(
    db: Database, header: tuple[str, int, str, int], by: str, stated: Framework, fit: tuple[Fitted, Values], panel: Panel,
    tell: Tell = lambda done, of, what: None,
) -> tuple[int, bool]:  # fmt: skip
    """Write one period's release; its number, and whether it is new (False: the same was frozen before, and is returned).

    `header`: period, framework number, data digest, demo (0 or 1). `stated`: the framework as imported. `fit`: what the period is
    scored by, and the values that are scored. `tell`: called for every BLOCK of units. Inside the caller's transaction.
    """
    period, (fitted, values) = header[0], fit
    scores = fitted.score(values)
    mine = panel.adjustments[(panel.adjustments["period"] == period) & panel.adjustments["unit"].isin(scores.units)]
    units, grids = assess_units(scores, mine, fitted.policy), node_grids(scores)
    nodes = json.dumps(list(dict.fromkeys(code for grid in grids for code in grid.codes)), ensure_ascii=False)
    release = db.execute("SELECT coalesce(max(id), 0) + 1 FROM release").fetchone()[0]
    db.execute("SAVEPOINT freeze")
    table = units.join(panel.facts(period))
    _write_blocks(db, release, period, table, grids, panel.values[period].indicators, tell)
    rest = (mine, _weight_table(stated, fitted), _mark_table(fitted, values), panel.derived[period].astype({"used": int}))
    for (sql, columns), part in zip(_INSERTS.items(), rest, strict=True):
        db.conn.executemany(sql, zip(repeat(release), *(plain(part[c]) for c in columns)))
    tell(len(table), len(table), "核对摘要")
    digest = digest_of(db, release, (*header, __version__, nodes))
    twin = db.execute("SELECT id FROM release WHERE digest = ?", [digest]).fetchone()
    if twin:
        db.execute("ROLLBACK TO freeze")
    else:
        scored = int(units["index"].notna().sum())
        db.execute(
            "INSERT INTO release (id, period, framework, data_digest, demo, code_version, nodes, digest, units, scored, at, by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (release, *header, __version__, nodes, digest, len(scores.units), scored, now(), by),
        )
        db.conn.executemany(_INSERT_BATCH, zip(repeat(release), sorted(panel.batches[period].union(mine["batch"].tolist()))))
        members = Members(*(table[c].to_numpy(kind) for c, kind in MEMBERS.items()))
        insert_groups(db, release, members, ((c, column) for grid in grids for c, column in zip(grid.codes, grid.scores.T, strict=True)))
    db.execute("RELEASE freeze")
    return (twin[0], False) if twin else (release, True)


def _write_blocks(
    db: Database, release: int, period: str, table: pd.DataFrame, grids: Sequence[Grid], columns: Sequence[str], tell: Tell
) -> None:
    """Units (index unit), the grids of their nodes and their cells as reported, so many units at a time."""
    asked = {"release": release, "period": period, "columns": json.dumps(columns), "missing": MISSING}
    for at in range(0, len(table), BLOCK):
        part = table.iloc[at : at + BLOCK]
        units = part.index.tolist()
        db.conn.executemany(_INSERT_UNIT, zip(repeat(release), units, *(plain(part[c]) for c in _UNIT_COLUMNS)))
        for grid in grids:
            db.conn.executemany(_INSERT_NODE, _node_rows(release, units, grid, slice(at, at + BLOCK)))
        ends = {"first": units[0], "last": units[-1]}
        for sql in (_INSERT_CELLS, _INSERT_GAPS):
            db.conn.execute(sql, asked | ends)
        tell(at + len(units), len(table), "写入")


def _node_rows(release: int, units: Sequence[str], grid: Grid, rows: slice) -> Iterator[tuple]:
    """(release, unit, node, score, rank, coverage) of some units."""
    figures = (_plain_list(part[rows].ravel()) for part in (grid.scores, grid.ranks, grid.coverage))
    named = (unit for unit in units for _ in grid.codes)
    return zip(repeat(release), named, cycle(grid.codes), *figures)


def digest_of(db: Database, release: int, header: tuple[str, int, str, int, str, str] | None = None) -> str:
    """SHA-256 over the frozen rows as the store holds them, with framework, policy, data digest and code version.

    Neither number, nor time, nor person: the same inputs give the same digest. `header` as stored when left out:
    period, framework number, data digest, demo, code version, nodes.
    """
    if header is None:
        header = db.execute(_HEADER, [release]).fetchone()
    period, framework, *rest = header
    texts = db.execute("SELECT framework_csv, policy_toml FROM framework WHERE id = ?", [framework]).fetchone()
    digest = hashlib.sha256(json.dumps([period, *texts, *rest], ensure_ascii=False).encode())
    for sql in _FROZEN:
        update_json(digest, blocks(db.execute(sql, [release])), ",")
    for name, sql in _FROZEN_LATER.items():
        parts = blocks(db.execute(sql, [release]))
        if first := next(parts, None):
            digest.update(f"[{json.dumps(name)},".encode())
            update_json(digest, chain([first], parts), ",")
            digest.update(b"]")
    return digest.hexdigest()


def _weight_table(stated: Framework, fitted: Fitted) -> pd.DataFrame:
    """The weights that the data or a judgement gave: of the children of every node whose weights were not simply stated."""
    found = [n for n in stated.inner if (n.weighting or fitted.policy.weighting) != "given"]
    rows = [(child.code, child.weight) for node in found for child in fitted.framework.children(node.code)]
    return pd.DataFrame(rows, columns=["node", "weight"])


def _mark_table(fitted: Fitted, values: Values) -> pd.DataFrame:
    """The cells that were not scored as reported: what was done, and the value that was scored instead."""
    marks, codes = fitted.marks(values), np.array([n.code for n in fitted.framework.indicators], object)
    rows, columns = np.nonzero(marks)
    used = fitted.used(values)[rows, columns] if len(rows) else []
    units = np.array(values.units, object)[rows]
    return pd.DataFrame({"unit": units, "indicator": codes[columns], "mark": marks[rows, columns].astype(int), "value": used})


def plain(column: pd.Series) -> list:
    """A column as Python values, None where there is none."""
    return column.astype(int).tolist() if column.dtype.kind in "iub" else _plain_list(column)


def _plain_list(values: np.ndarray | pd.Series) -> list:
    return [None if v is None or v != v else v for v in values.tolist()]
