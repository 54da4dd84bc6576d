"""Records into their tables, as part of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

import numpy as np
import pandas as pd
from sqlite_utils import Database

from ..errors import BatchError
from .specification import LEDGERS

# A statement of many rows costs SQLite and Python far less a row than a row a statement.
_ROWS = 50
_PIECE = 20 * _ROWS  # rows that are put in order at once: few enough to stay in the processor's cache
_INSERT = Template("INSERT INTO $ledger ($columns, batch) VALUES $places")


def write_ledger(db: Database, batch: int, ledger: str, frame: pd.DataFrame) -> None:
    """Append a table of records (the ledger's columns) to a batch, inside the caller's transaction.

    Raises BatchError for a unit that the store does not know, and for a number that a unit gives twice.
    """
    spec = LEDGERS[ledger]
    _refuse_unknown_units(db, spec.title, frame["unit"])
    order, twice = _in_key_order(frame)
    if len(twice):
        unit, ref = frame[["unit", "ref"]].iloc[twice[0]]
        raise BatchError(f"{spec.title}台账中单位 {unit} 的编号 {ref} 出现两次；同一批次中每条记录的编号须不同")
    columns = [frame[c].to_numpy() for c in spec.columns]  # SQLite takes NaN for NULL
    names = ", ".join(f'"{c}"' for c in spec.columns)
    place = f"({', '.join('?' * (len(columns) + 1))})"
    one = _INSERT.substitute(ledger=ledger, columns=names, places=place)
    many = _INSERT.substitute(ledger=ledger, columns=names, places=", ".join([place] * _ROWS))
    whole = len(order) - len(order) % _ROWS
    db.conn.executemany(many, _rows(columns, batch, order[:whole], _ROWS))
    db.conn.executemany(one, _rows(columns, batch, order[whole:], 1))


def _in_key_order(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Places of the records in the order of the table's key, whose tree then grows at its end, and those that repeat a key."""
    units, refs = pd.factorize(frame["unit"], sort=True)[0], frame["ref"].to_numpy(object)
    if (refs[1:] > refs[:-1]).all():  # as an export in the order of its numbers is
        return np.argsort(units, kind="stable"), np.array([], int)
    numbers = pd.factorize(refs, sort=True)[0]
    order = np.lexsort([numbers, units])
    return order, order[1:][(np.diff(numbers[order]) == 0) & (np.diff(units[order]) == 0)]


def _refuse_unknown_units(db: Database, title: str, units: pd.Series) -> None:
    known = {row[0] for row in db.execute("SELECT code FROM unit WHERE active")}
    if lost := [str(u) for u in units.unique() if u not in known]:
        raise BatchError(f"{title}台账：单位 {'、'.join(lost[:5])} 不在库中（可能刚被撤销）；请先导入单位表，再导入本文件")


def _rows(columns: list[np.ndarray], batch: int, order: np.ndarray, many: int) -> Iterator[list]:
    """The values of so many rows after one another, again and again."""
    for start in range(0, len(order), _PIECE):
        places = order[start : start + _PIECE]
        piece = np.empty((len(places), len(columns) + 1), object)
        for k, column in enumerate(columns):
            piece[:, k] = column.take(places)
        piece[:, -1] = batch
        yield from piece.reshape(-1, many * piece.shape[1]).tolist()
