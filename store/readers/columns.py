"""A column of values at once: plain numbers by numpy, the rest cell by cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from scoring.framework import Node
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE

from .cells import BadCell, clean_number, clean_state, is_blank
from .sheets import present

NOTHING = -1  # an empty cell: it brings no observation
_CODES = {"missing": MISSING, "not_applicable": NOT_APPLICABLE, "pending": PENDING}
# Possessive: a cell of thousands of digits and a letter is refused as fast as it is read.
_PLAIN = re.compile(r"\s*+[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?\s*+", re.ASCII)


@dataclass
class Column:
    """Cleaned cells (n,): `states` int8, NOTHING where a cell is empty or refused; `values` float64, NaN without a value."""

    states: np.ndarray
    values: np.ndarray
    refused: list[tuple[int, BadCell]] = field(default_factory=list)


def clean_column(raw: np.ndarray, unit: str = "", most: float = 100.0, coinr: bool = False) -> Column:
    """Clean raw cells (n,) of one indicator, each as `clean_number` and `clean_state` would.

    `unit` and `most` as for `clean_number`. With `coinr` NA is an empty cell.
    """
    column = Column(np.full(len(raw), NOTHING, np.int8), np.full(len(raw), np.nan))
    filled = np.flatnonzero(present(raw))
    plain, numbers = plain_numbers(raw[filled])
    if unit == "%":
        possible = (numbers >= 0) & (numbers <= most)
        plain[plain], numbers = possible, numbers[possible]
    column.values[filled[plain]] = numbers + 0.0  # no negative zero
    column.states[filled[plain]] = VALUE
    for i in filled[~plain]:
        _clean_into(column, i, raw[i], unit, most, coinr)
    return column


def _clean_into(column: Column, i: int, raw: object, unit: str, most: float, coinr: bool) -> None:
    if is_blank(raw) or (coinr and isinstance(raw, str) and raw.strip() == "NA"):
        return
    if state := clean_state(raw):
        column.states[i] = _CODES[state]
        return
    try:
        column.values[i] = clean_number(raw, unit, most)
        column.states[i] = VALUE
    except BadCell as why:
        column.refused.append((i, why))


def plain_numbers(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mask (n,) of the cells that are numbers as they stand, and those numbers, to the last bit (Python reads the text)."""
    kinds = set(map(type, raw))
    if kinds <= {float, int} or (kinds == {str} and "_" not in "".join(raw)):
        try:
            numbers = raw.astype(float)
        except (ValueError, OverflowError):
            numbers = np.array([np.nan])
        if np.isfinite(numbers).all():
            return np.ones(len(raw), bool), numbers
    plain = np.array([_is_plain(cell) for cell in raw], dtype=bool)
    numbers = raw[plain].astype(float)
    finite = np.isfinite(numbers)
    plain[plain] = finite
    return plain, numbers[finite]


def _is_plain(cell: object) -> bool:
    if type(cell) is str:
        return _PLAIN.fullmatch(cell) is not None
    return type(cell) is float or (type(cell) is int and abs(cell) < 2**1000)


def most_percent(node: Node) -> float:
    """The largest value that an indicator in % can have: 100, or beyond it the upper goalpost or the target."""
    return max(100.0, node.high or 0.0, node.target or 0.0)
