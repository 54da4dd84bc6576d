"""The rows of a release: written once, read back for their digest, compared by it."""

from __future__ import annotations

import hashlib
import json
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring import __version__
from scoring.assess import Assessment, assess
from scoring.framework import Framework
from scoring.index import Fitted
from scoring.values import MISSING, STATES, Values

from ..connection import now

if TYPE_CHECKING:
    from .panel import Panel

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
}
_INSERTS = {
    "INSERT INTO release_unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)": (
        "unit", "name", "sector", "size", "index", "index_raw", "bonus", "penalty", "adjustment", "rank", "tier", "tier_by_rule", "veto",
        "geometric", "weakest", "weakest_gap", "note",
    ),
    "INSERT INTO release_node VALUES (?, ?, ?, ?, ?, ?)": ("unit", "node", "score", "rank", "coverage"),
    "INSERT INTO release_cell VALUES (?, ?, ?, ?, ?, ?, ?, ?)": ("unit", "indicator", "state", "value", "batch", "sheet", "cell"),
    "INSERT INTO release_adjustment VALUES (?, ?, ?, ?, ?, ?, ?)": ("unit", "kind", "document", "points", "reason", "batch"),
    "INSERT INTO release_weight VALUES (?, ?, ?)": ("node", "weight"),
    "INSERT INTO release_mark VALUES (?, ?, ?, ?, ?)": ("unit", "indicator", "mark", "value"),
    "INSERT INTO release_derived VALUES (?, ?, ?, ?, ?, ?, ?)": ("unit", "indicator", "numerator", "denominator", "value", "used"),
}  # fmt: skip


def freeze(
    db: Database, header: tuple[str, int, str, int], by: str, stated: Framework, fit: tuple[Fitted, Values], panel: Panel
) -> tuple[int, bool]:
    """Write one period's release; its number, and whether it is new (False: the same was frozen before, and is returned).

    `header`: period, framework number, data digest, demo (0 or 1). `stated`: the framework as imported. `fit`: what the period is
    scored by, and the values that are scored. Inside the caller's transaction.
    """
    period, (fitted, values) = header[0], fit
    scores = fitted.score(values)
    mine = panel.adjustments[(panel.adjustments["period"] == period) & panel.adjustments["unit"].isin(scores.units)]
    assessment = assess(scores, mine, fitted.policy)
    nodes = json.dumps(list(dict.fromkeys(assessment.nodes["node"])), ensure_ascii=False)
    release = db.execute("SELECT coalesce(max(id), 0) + 1 FROM release").fetchone()[0]
    db.execute("SAVEPOINT freeze")
    tables = (
        _unit_table(panel.facts(period), assessment),
        assessment.nodes,
        _cell_table(panel.values[period], panel.cells[period]),
        mine,
        _weight_table(stated, fitted),
        _mark_table(fitted, values),
        panel.derived[period].astype({"used": int}),
    )
    for (sql, columns), table in zip(_INSERTS.items(), tables, strict=True):
        db.conn.executemany(sql, zip(repeat(release), *(plain(table[c]) for c in columns)))
    digest = digest_of(db, release, (*header, __version__, nodes))
    twin = db.execute("SELECT id FROM release WHERE digest = ?", [digest]).fetchone()
    if twin:
        db.execute("ROLLBACK TO freeze")
    else:
        scored = int(assessment.units["index"].notna().sum())
        db.execute(
            "INSERT INTO release (id, period, framework, data_digest, demo, code_version, nodes, digest, units, scored, at, by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (release, *header, __version__, nodes, digest, len(scores.units), scored, now(), by),
        )
    db.execute("RELEASE freeze")
    return (twin[0], False) if twin else (release, True)


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
        rows = db.execute(sql, [release]).fetchall()
        digest.update(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())
    for name, sql in _FROZEN_LATER.items():
        if rows := db.execute(sql, [release]).fetchall():
            digest.update(json.dumps([name, rows], ensure_ascii=False, separators=(",", ":")).encode())
    return digest.hexdigest()


def _unit_table(facts: pd.DataFrame, assessment: Assessment) -> pd.DataFrame:
    table = assessment.units.join(facts).rename_axis("unit").reset_index()
    return table.assign(veto=table["veto"].astype(int))


def _cell_table(values: Values, cells: pd.DataFrame) -> pd.DataFrame:
    """A row for every unit and column as reported, whether or not anything was."""
    grid = pd.MultiIndex.from_product([values.units, values.indicators], names=["unit", "indicator"])
    table = cells.set_index(["unit", "indicator"]).reindex(grid).reset_index()
    states = table["state"].fillna(STATES[MISSING]).map(STATES.index)
    return table.assign(state=states, batch=table["batch"].astype(object).where(table["batch"].notna(), None))


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
    values = column.tolist()
    return values if column.dtype.kind in "iu" else [None if v is None or v != v else v for v in values]
