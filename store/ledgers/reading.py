"""What a ledger holds now, for pages and documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from string import Template

import pandas as pd
from sqlite_utils import Database

from ..connection import table_of
from ..errors import StoreError
from .specification import LEDGERS

_CURRENT = Template("""
SELECT l.unit, l.ref, $fields, l.batch, batch.file, l.sheet, l."row", batch.demo
FROM current_$ledger AS l JOIN batch ON batch.id = l.batch JOIN unit ON unit.code = l.unit
WHERE unit.active AND $mine ORDER BY l.unit, l.ref
""")


def current_records(db: Database, ledger: str, unit: str | Sequence[str] = "") -> pd.DataFrame:
    """The current records of a ledger, of one unit, of some or of all: unit, ref, the ledger's fields, batch, file, sheet, row, demo.

    Dates are ISO text or None; numbers float, NaN where empty; yes_no True, False or None; texts "" where empty. By unit, then ref.
    Raises StoreError for an unknown ledger.
    """
    if ledger not in LEDGERS:
        raise StoreError(f"没有台账 {ledger!r}；可用：{'、'.join(LEDGERS)}")
    fields = LEDGERS[ledger].fields
    mine, parameters = ("l.unit = ?1", [unit]) if unit else ("1", [])  # a condition that the view's own key answers
    if not isinstance(unit, str):
        mine, parameters = "l.unit IN (SELECT value FROM json_each(?1))", [json.dumps(list(unit))]
    sql = _CURRENT.substitute(ledger=ledger, fields=", ".join(f'l."{f.name}"' for f in fields), mine=mine)
    table = table_of(db.execute(sql, parameters))
    numbers = dict.fromkeys((f.name for f in fields if f.kind in ("whole", "number")), float)
    table = table.astype(numbers | {"demo": bool})
    for name in (f.name for f in fields if f.kind == "yes_no"):
        table[name] = table[name].map({1: True, 0: False}).astype(object).where(table[name].notna(), None)
    return table
