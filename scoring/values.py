"""Values: a matrix of units × indicators with a state a cell. An empty cell is never a zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from .errors import ScoringError

STATES = ("value", "missing", "not_applicable", "pending")
VALUE, MISSING, NOT_APPLICABLE, PENDING = range(4)
STATE_TITLES = {"value": "有值", "missing": "缺报", "not_applicable": "不适用", "pending": "待报"}


@dataclass(frozen=True)
class Values:
    """A block of units. `matrix` (n_units, n_indicators) is NaN where `states` (same shape, int8) is not VALUE.

    Without `states`, NaN cells are missing. `groups` (n_units): the group of each unit, "" for none. The rest is what preparation
    adds: `imputed` (shape of `matrix`), the value put in for a missing cell, NaN elsewhere; `screened` (n_units,), the share of
    indicators with a value of a unit that is left out for it, NaN for the others; `prepared`, that it was done.
    Raises ScoringError on other shapes, infinite values, or a state that does not fit.
    """

    units: tuple[str, ...]
    indicators: tuple[str, ...]
    matrix: np.ndarray
    states: np.ndarray | None = None
    groups: tuple[str, ...] | None = None
    imputed: np.ndarray | None = None
    screened: np.ndarray | None = None
    prepared: bool = False

    def __post_init__(self):
        # Column by column in memory: a scale is fitted on, and applied to, one indicator after the other.
        matrix = np.asarray(self.matrix, dtype=float, order="F")
        gaps = np.isnan(matrix)
        states = (
            np.where(gaps, np.int8(MISSING), np.int8(VALUE))
            if self.states is None
            else np.asarray(self.states, np.int8, order="F")
        )
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "states", states)
        _check_shape(self)
        _check_cells(self, gaps)

    @cached_property
    def filled(self) -> np.ndarray:
        """The values to score, (n_units, n_indicators): `matrix` with what was imputed."""
        return self.matrix if self.imputed is None else np.where(np.isnan(self.imputed), self.matrix, self.imputed)

    @cached_property
    def left_out(self) -> np.ndarray:
        """Whether a unit is screened out, (n_units,): it has no score and belongs to no population."""
        return np.zeros(len(self.units), bool) if self.screened is None else ~np.isnan(self.screened)

    def take(self, rows: slice | Sequence[int]) -> Values:
        """The block of these rows."""

        def named(texts: tuple[str, ...]) -> tuple[str, ...]:
            return texts[rows] if isinstance(rows, slice) else tuple(texts[i] for i in rows)

        parts = {name: part[rows] for name in ("imputed", "screened") if (part := getattr(self, name)) is not None}
        groups = None if self.groups is None else named(self.groups)
        return replace(
            self, units=named(self.units), matrix=self.matrix[rows], states=self.states[rows], groups=groups, **parts
        )


def _check_shape(values: Values) -> None:
    shape = (len(values.units), len(values.indicators))
    if values.matrix.shape != shape or values.states.shape != shape:
        found = f"取值矩阵为 {values.matrix.shape}、状态为 {values.states.shape}"
        raise ScoringError(f"{found}，与 {shape[0]} 个单位、{shape[1]} 项指标不符")
    for title, part, expected in (
        ("片组", values.groups, shape[:1]), ("插补值", values.imputed, shape), ("筛选结果", values.screened, shape[:1])
    ):  # fmt: skip
        if part is not None and np.shape(part) != expected:
            raise ScoringError(f"{title}为 {np.shape(part)}，与 {shape[0]} 个单位、{shape[1]} 项指标不符")
    if len(set(values.units)) != len(values.units):
        doubled = next(u for i, u in enumerate(values.units) if u in values.units[:i])
        raise ScoringError(f"单位 {doubled} 重复；同一考核期每个单位只能有一行")
    if len(set(values.indicators)) != len(values.indicators):
        doubled = next(c for i, c in enumerate(values.indicators) if c in values.indicators[:i])
        raise ScoringError(f"指标 {doubled} 重复；每项指标只能有一列")


def _check_cells(values: Values, gaps: np.ndarray) -> None:
    def refuse(wrong: np.ndarray, what: str) -> None:
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            state = values.states[row, column]
            name = STATES[state] if state in range(len(STATES)) else state
            said = what.format(state=name, value=values.matrix[row, column])
            raise ScoringError(f"{values.units[row]} 的 {values.indicators[column]}{said}")

    refuse(~np.isin(values.states, range(len(STATES))), "：状态 {state} 不认识；可用：0 到 3")
    refuse(np.isinf(values.matrix), " 为无穷大；请改正该值")
    refuse((values.states == VALUE) == gaps, "：状态 {state} 与取值 {value} 不符；有值的格须为数，其余须为空")
    if values.imputed is not None:
        refuse(~np.isnan(values.imputed) & (values.states != MISSING), "：状态 {state} 的格不能插补；只有缺报的格可以")


def stacked(by_period: Mapping[str, Values]) -> Values:
    """All units of all periods as one block, each named `period·unit`. Raises ScoringError where columns differ."""
    blocks = list(by_period.values())
    if other := [p for p, v in by_period.items() if v.indicators != blocks[0].indicators]:
        raise ScoringError(f"{other[0]} 的指标列与其他考核期不同，不能合并取界；请让各期的指标列一致")
    units = tuple(f"{p}·{u}" for p, v in by_period.items() for u in v.units)
    parts = {name: [getattr(v, name) for v in blocks] for name in ("imputed", "screened")}
    whole = {name: np.concatenate(p) for name, p in parts.items() if all(part is not None for part in p)}
    groups = None if any(v.groups is None for v in blocks) else tuple(g for v in blocks for g in v.groups)
    matrix, states = np.concatenate([v.matrix for v in blocks]), np.concatenate([v.states for v in blocks])
    return Values(units, blocks[0].indicators, matrix, states, groups, **whole, prepared=all(v.prepared for v in blocks))


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
