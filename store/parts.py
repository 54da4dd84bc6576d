"""What a batch brought, counted as it is written: rows and units of every kind, in all and by period."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from sqlite_utils import Database

_INSERT = "INSERT INTO batch_part (batch, kind, period, rows, units) VALUES (?, ?, ?, ?, ?)"
_PERIODS = "SELECT period FROM observation WHERE batch = ?1 UNION SELECT period FROM adjustment WHERE batch = ?1"
_PARTS = "SELECT kind, period, rows, units FROM batch_part WHERE batch = ? ORDER BY kind, period"


def count_parts(db: Database, batch: int, parts: Mapping[str, pd.DataFrame]) -> None:
    """Write down what there is of each kind, inside the caller's transaction. `parts`: kind → rows, by unit or (units) by code."""
    for kind, table in parts.items():
        if table.empty:
            continue
        units = "code" if kind == "units" else "unit"
        found = [("", len(table), table[units].nunique())]
        if "period" in table:
            each = table.groupby("period", observed=True)[units].agg(["size", "nunique"])
            found += [(str(period), int(rows), int(many)) for period, rows, many in each.itertuples()]
        db.conn.executemany(_INSERT, [(batch, kind, *row) for row in found])


def parts_of(db: Database, batch: int) -> dict[str, dict[str, tuple[int, int]]]:
    """Kind → period ("": all) → rows and units, as they were counted; nothing of a batch that was not (a city's that was rolled up)."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, period, rows, units in db.execute(_PARTS, [batch]):
        found.setdefault(kind, {})[period] = rows, units
    return found


def periods_of(db: Database, batch: int) -> set[str]:
    """The periods of which a batch brought values or adjustments."""
    counted = parts_of(db, batch)
    return {p for each in counted.values() for p in each if p} if counted else {row[0] for row in db.execute(_PERIODS, [batch])}
