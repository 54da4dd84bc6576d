"""Values: a matrix of units × indicators with a state a cell. An empty cell is never a zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .errors import ScoringError

STATES = ("value", "missing", "not_applicable", "pending")
VALUE, MISSING, NOT_APPLICABLE, PENDING = range(4)
STATE_TITLES = {"value": "有值", "missing": "缺报", "not_applicable": "不适用", "pending": "待报"}


@dataclass(frozen=True)
class Values:
    """A block of units. `matrix` (n_units, n_indicators) is NaN where `states` (same shape, int8) is not VALUE.

    Without `states`, NaN cells are missing. Raises ScoringError on other shapes, infinite values, or a state that does not fit.
    """

    units: tuple[str, ...]
    indicators: tuple[str, ...]
    matrix: np.ndarray
    states: np.ndarray | None = None

    def __post_init__(self):
        # Column by column in memory: a scale is fitted on, and applied to, one indicator after the other.
        matrix = np.asarray(self.matrix, dtype=float, order="F")
        gaps = np.isnan(matrix)
        states = (
            np.where(gaps, np.int8(MISSING), np.int8(VALUE))
            if self.states is None
            else np.asarray(self.states, np.int8, order="F")
        )
        shape = (len(self.units), len(self.indicators))
        if matrix.shape != shape or states.shape != shape:
            raise ScoringError(f"取值矩阵为 {matrix.shape}、状态为 {states.shape}，与 {shape[0]} 个单位、{shape[1]} 项指标不符")
        if len(set(self.units)) != len(self.units):
            doubled = next(u for i, u in enumerate(self.units) if u in self.units[:i])
            raise ScoringError(f"单位 {doubled} 重复；同一考核期每个单位只能有一行")
        if len(set(self.indicators)) != len(self.indicators):
            doubled = next(c for i, c in enumerate(self.indicators) if c in self.indicators[:i])
            raise ScoringError(f"指标 {doubled} 重复；每项指标只能有一列")
        if not np.isin(states, range(len(STATES))).all():
            row, column = np.argwhere(~np.isin(states, range(len(STATES))))[0]
            raise ScoringError(f"{self.units[row]} 的 {self.indicators[column]}：状态 {states[row, column]} 不认识；可用：0 到 3")
        if np.isinf(matrix).any():
            row, column = np.argwhere(np.isinf(matrix))[0]
            raise ScoringError(f"{self.units[row]} 的 {self.indicators[column]} 为无穷大；请改正该值")
        if ((states == VALUE) == gaps).any():
            row, column = np.argwhere((states == VALUE) == gaps)[0]
            state = STATES[states[row, column]]
            raise ScoringError(
                f"{self.units[row]} 的 {self.indicators[column]}：状态 {state} 与取值 {matrix[row, column]} 不符；"
                "有值的格须为数，其余须为空"
            )
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "states", states)

    def take(self, rows: slice | Sequence[int]) -> Values:
        """The block of these rows."""
        units = self.units[rows] if isinstance(rows, slice) else tuple(self.units[i] for i in rows)
        return Values(units, self.indicators, self.matrix[rows], self.states[rows])


def values_from_long(table: pd.DataFrame, units: Sequence[str], indicators: Sequence[str]) -> Values:
    """Values from rows [unit, indicator, state, value]; cells without a row are missing.

    Raises ScoringError for a unit or indicator that is not listed, an unknown state, and a cell given twice.
    """
    rows, columns = pd.Index(units).get_indexer(table["unit"]), pd.Index(indicators).get_indexer(table["indicator"])
    codes = pd.Index(STATES).get_indexer(table["state"])
    for places, column in ((rows, "unit"), (columns, "indicator"), (codes, "state")):
        if (places < 0).any():
            raise ScoringError(
                f"取值表中的 {column} {table[column].to_numpy()[places < 0][0]!r} 不在名单中；请先登记，或删去该行"
            )
    matrix = np.full((len(units), len(indicators)), np.nan)
    states = np.full(matrix.shape, MISSING, np.int8)
    cells = rows * len(indicators) + columns
    if len(np.unique(cells)) != len(cells):
        seen = pd.Series(cells).duplicated().to_numpy()
        raise ScoringError(
            f"{table['unit'].to_numpy()[seen][0]} 的 {table['indicator'].to_numpy()[seen][0]} 给了两次；请删去一行"
        )
    states[rows, columns] = codes
    matrix[rows, columns] = np.where(codes == VALUE, table["value"].to_numpy(float), np.nan)
    return Values(tuple(units), tuple(indicators), matrix, states)
