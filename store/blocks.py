"""Blocks: observations as integer columns, until they leave as a table of texts. A million of them cost tenths of a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.values import STATES

from .cells import CellError
from .keys import Keys, Scope
from .sheets import Sheet, address, column_letters


@dataclass
class Block:
    """Observations of one table, each array (n,): ids of unit, indicator and period; state code; value; place on the sheet.

    `keys`: those of all its rows, of rows without an observation too.
    """

    sheet: Sheet
    keys: Keys
    units: np.ndarray
    indicators: np.ndarray
    periods: np.ndarray
    states: np.ndarray
    values: np.ndarray
    rows: np.ndarray
    columns: np.ndarray

    def take(self, mask: np.ndarray) -> Block:
        """The observations under a mask (n,)."""
        arrays = (self.units, self.indicators, self.periods, self.states, self.values, self.rows, self.columns)
        return Block(self.sheet, self.keys, *(a[mask] for a in arrays))


def doubled_errors(blocks: Sequence[Block], scope: Scope) -> list[CellError]:
    """Cells that give a unit's indicator a second time for a period, in all files together."""
    n_indicators, n_periods = len(scope.indicators.ids), len(scope.periods.names)
    keys = [(b.units * n_indicators + b.indicators) * n_periods + b.periods for b in blocks]
    key = np.concatenate([np.empty(0, np.int64), *keys])
    again = pd.Series(key).duplicated().to_numpy()
    if not again.any():
        return []
    first = dict(zip(key[::-1].tolist(), range(len(key) - 1, -1, -1), strict=True))
    starts = np.cumsum([0, *(len(b.rows) for b in blocks)])

    def place(i: int) -> tuple[Block, int, int]:
        k = int(np.searchsorted(starts, i, side="right")) - 1
        return blocks[k], int(blocks[k].rows[i - starts[k]]), int(blocks[k].columns[i - starts[k]])

    errors = []
    for i in np.flatnonzero(again):
        block, row, column = place(int(i))
        other, other_row, other_column = place(first[int(key[i])])
        where = " ".join(t for t in (other.sheet.file, other.sheet.name, address(other_row, other_column)) if t)
        errors.append(block.sheet.error(row, column, f"重复：同一单位、指标、考核期已在 {where} 给出；请删去一处"))
    return errors


def observation_frame(blocks: Sequence[Block], scope: Scope) -> pd.DataFrame:
    """Blocks as rows [unit, indicator, period, state, value, sheet, cell]; texts are plain Python strings."""
    names = {
        "unit": (scope.units.codes, [b.units for b in blocks]),
        "indicator": (list(scope.indicators.ids) if scope.indicators else [], [b.indicators for b in blocks]),
        "period": (scope.periods.names, [b.periods for b in blocks]),
        "state": (STATES, [b.states for b in blocks]),
    }
    frame = {field: _texts(texts, np.concatenate([np.empty(0, np.int64), *ids])) for field, (texts, ids) in names.items()}
    frame["value"] = np.concatenate([np.empty(0), *(b.values for b in blocks)])
    frame["sheet"] = _series([b.sheet.name for b in blocks for _ in range(len(b.rows))])
    frame["cell"] = _series([cell for b in blocks for cell in _addresses(b)])
    return pd.DataFrame(frame)


def _series(texts: list[str]) -> pd.Series:
    return pd.Series(texts, dtype=object)


def _texts(texts: Sequence[str], ids: np.ndarray) -> pd.Series:
    table = np.array([*texts, ""], dtype=object)
    return pd.Series(table[ids], dtype=object)


def _addresses(block: Block) -> list[str]:
    letters = {c: column_letters(int(c)) for c in np.unique(block.columns)}
    columns = block.columns.tolist()
    return [f"{letters[c]}{r}" for c, r in zip(columns, (block.rows + 1).tolist(), strict=True)]
