"""What a batch brought, and which releases rest on it."""

from __future__ import annotations

import json
from string import Template

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.movement import period_key
from scoring.values import STATES

from ..connection import table_of
from ..ledgers import LEDGERS
from ..parts import parts_of

_KINDS = "SELECT kind FROM batch WHERE id = ?"
_OVERVIEWS = {
    "values": "SELECT count(*), count(DISTINCT unit), json_group_array(DISTINCT period) FROM observation WHERE batch = ?",
    "adjustments": "SELECT count(*), count(DISTINCT unit), json_group_array(DISTINCT period) FROM adjustment WHERE batch = ?",
    "units": "SELECT count(*), count(*), '[]' FROM unit_record WHERE batch = ?",
    "framework": "SELECT count(*), 0, '[]' FROM framework WHERE batch = ?",
    "guidance": "SELECT count(*), 0, '[]' FROM guidance WHERE batch = ?",
}
_LEDGER_OVERVIEW = Template("SELECT count(*), count(DISTINCT unit), '[]' FROM $ledger WHERE batch = ?")
_ROWS = {
    "values": "SELECT unit, period, indicator, state, value, sheet, cell FROM observation WHERE batch = ? "
    "ORDER BY period, unit, indicator LIMIT ?",
    "adjustments": "SELECT unit, period, kind, points, reason, document FROM adjustment WHERE batch = ? ORDER BY period, unit LIMIT ?",
    "units": "SELECT code, name, sector, size, area FROM unit_record WHERE batch = ? ORDER BY code LIMIT ?",
    "framework": "SELECT id AS version, framework_csv, policy_toml FROM framework WHERE batch = ? LIMIT ?",
    "guidance": "SELECT id AS version, guidance_csv FROM guidance WHERE batch = ? LIMIT ?",
}
_LEDGER_ROWS = Template('SELECT unit, ref, $fields, sheet, "row" FROM $ledger WHERE batch = ? ORDER BY unit, ref LIMIT ?')
_RESTING = """
SELECT DISTINCT id AS release, release.period, at, by, service.release IS NOT NULL AS served FROM (
    SELECT release AS number FROM release_batch WHERE batch = ?1
    UNION SELECT release.id FROM release JOIN framework ON framework.id = release.framework WHERE framework.batch = ?1
) JOIN release ON release.id = number LEFT JOIN service ON service.release = release.id ORDER BY release DESC
"""


def overview(db: Database, batch: int) -> pd.DataFrame:
    """What kinds of things a batch brought, index kind: rows, units (how many), periods (in time order)."""
    found, counted, brought = {}, parts_of(db, batch), db.execute(_KINDS, [batch]).fetchone()
    for kind, sql in {**_OVERVIEWS, **{name: _LEDGER_OVERVIEW.substitute(ledger=name) for name in LEDGERS}}.items():
        if brought is None or kind not in brought[0].split():
            continue
        if kind in counted:
            rows, units = counted[kind][""]
            found[kind] = rows, units, sorted((p for p in counted[kind] if p), key=period_key)
            continue
        rows, units, periods = db.execute(sql, [batch]).fetchone()
        if rows:
            found[kind] = rows, units, sorted(json.loads(periods), key=period_key)
    return pd.DataFrame.from_dict(found, orient="index", columns=["rows", "units", "periods"])


def first_rows(db: Database, batch: int, kind: str, most: int) -> pd.DataFrame:
    """So many rows of a kind that a batch brought, as the store holds them; states by name."""
    sql = _ROWS.get(kind)
    if sql is None:
        fields = ", ".join(f'"{f.name}"' for f in LEDGERS[kind].fields)
        sql = _LEDGER_ROWS.substitute(ledger=kind, fields=fields)
    counted = parts_of(db, batch).get(kind)  # where all rows are found nothing is looked for any more
    table = table_of(db.execute(sql, [batch, min(most, counted[""][0]) if counted else most]))
    return table.assign(state=np.array(STATES, object)[table["state"].to_numpy(int)]) if kind == "values" else table


def resting(db: Database, batch: int) -> pd.DataFrame:
    """The releases that rest on a batch's values, adjustments or framework, the last first: release, period, at, by, served."""
    return table_of(db.execute(_RESTING, [batch])).astype({"served": bool})
