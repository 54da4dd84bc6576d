"""Records into their tables, as part of a batch."""

from __future__ import annotations

from itertools import chain, islice, repeat
from string import Template

import numpy as np
import pandas as pd
from sqlite_utils import Database

from ..errors import BatchError
from .specification import LEDGERS

# A statement of many rows costs SQLite and Python far less a row than a row a statement.
_ROWS = 100
_INSERT = Template("INSERT INTO $ledger ($columns, batch) VALUES $places")


def write_ledger(db: Database, batch: int, ledger: str, frame: pd.DataFrame) -> None:
    """Append a table of records (the ledger's columns) to a batch, inside the caller's transaction.

    Raises BatchError for a unit that the store does not know, and for a number that a unit gives twice.
    """
    spec = LEDGERS[ledger]
    _refuse_unknown_units(db, spec.title, frame["unit"])
    refs, units = (pd.factorize(frame[c], sort=True)[0] for c in ("ref", "unit"))
    order = np.lexsort([refs, units])  # the table's key: its tree grows at the end whatever the file's order is
    twice = (np.diff(refs[order]) == 0) & (np.diff(units[order]) == 0)
    if twice.any():
        unit, ref = frame[["unit", "ref"]].iloc[order[np.argmax(twice)]]
        raise BatchError(f"{spec.title}台账中单位 {unit} 的编号 {ref} 出现两次；同一批次中每条记录的编号须不同")
    columns = [_plain(frame[c], order) for c in spec.columns]
    names = ", ".join(f'"{c}"' for c in spec.columns)
    place = f"({', '.join('?' * (len(columns) + 1))})"
    one = _INSERT.substitute(ledger=ledger, columns=names, places=place)
    many = _INSERT.substitute(ledger=ledger, columns=names, places=", ".join([place] * _ROWS))
    whole = len(order) // _ROWS
    rows = zip(*columns, repeat(batch))
    db.conn.executemany(many, (list(chain.from_iterable(islice(rows, _ROWS))) for _ in range(whole)))
    db.conn.executemany(one, zip(*(column[whole * _ROWS :] for column in columns), repeat(batch)))


def _refuse_unknown_units(db: Database, title: str, units: pd.Series) -> None:
    known = {row[0] for row in db.execute("SELECT code FROM unit WHERE active")}
    if lost := [str(u) for u in units.unique() if u not in known]:
        raise BatchError(f"{title}台账：单位 {'、'.join(lost[:5])} 不在库中（可能刚被撤销）；请先导入单位表，再导入本文件")


def _plain(column: pd.Series, order: np.ndarray) -> list:
    """A column's Python values in the given order, None where there is none."""
    lacking = column.isna().to_numpy()
    values = column.to_numpy(object, copy=bool(lacking.any()))
    if lacking.any():
        values[lacking] = None
    return values[order].tolist()
