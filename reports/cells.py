"""The cells of a table on paper: numbers as people read them, widths by what stands in them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from numbers import Integral, Real

import pandas as pd

from reports.contents import Grid
from reports.steps import MINUS

_NARROWEST, _SHORT = 4, 12  # columns of text: what is reckoned at least, and what need not give way to others
_PADDING = 2  # columns of text, beside a cell's own


def grid_texts(grid: Grid) -> list[list[str]]:
    """Rows of cells as texts: numbers with the grid's decimals, whole ones of a whole column whole, nothing for NaN."""
    columns = [_texts(grid.frame.iloc[:, k], grid.decimals.get(name)) for k, name in enumerate(grid.frame.columns)]
    return [list(row) for row in zip(*columns, strict=True)]


def is_number(value: object) -> bool:
    """Whether a cell is set as a number: yes and no are words."""
    return isinstance(value, Real) and not isinstance(value, bool)


def number_columns(grid: Grid) -> list[bool]:
    """Whether each column is set as numbers: it holds one, and no text."""
    return [_numeric(grid.frame.iloc[:, k]) for k in range(grid.frame.shape[1])]


def column_shares(grid: Grid, room: float) -> list[float]:
    """Shares of the table's width, summing to 1: as the grid's weights say, else by the longest text of each column.

    `room`: columns of text that the table has; where it is too little, long texts give way to short ones, and wrap.
    """
    if grid.weights:  # relative to each other: a column of which nothing is said takes their mean
        mean = sum(grid.weights.values()) / len(grid.weights)
        wide = [float(grid.weights.get(name, mean)) for name in grid.frame.columns]
    else:
        table = [[str(name) for name in grid.frame.columns], *grid_texts(grid)]
        wide = [max(_NARROWEST, *map(width, column)) + _PADDING for column in zip(*table, strict=True)]
        surplus = [max(w - _SHORT, 0) for w in wide]
        kept = 1 - min(max(sum(wide) - room, 0) / (sum(surplus) or 1), 1)
        wide = [w - s * (1 - kept) for w, s in zip(wide, surplus, strict=True)]
    return [w / sum(wide) for w in wide]


def width(text: str) -> int:
    """Columns that a text takes in its longest line: two for a Chinese character, one for a Latin letter."""
    return max((_line_width(line) for line in text.split("\n")), default=0)


def lines(text: str, columns: float) -> int:
    """Lines that a text takes when it is broken at so many columns, at least one."""
    return sum(max(1, math.ceil(_line_width(line) / max(columns, 2))) for line in text.split("\n"))


def clean(text: object) -> str:
    """Text on one line, without what XML cannot hold and nobody can see."""
    return "".join(c if c.isprintable() or c == "\u3000" else " " if c.isspace() else "" for c in str(text))


def cut(text: str, columns: int) -> str:
    """Text cut to so many columns, an ellipsis in place of what is lost."""
    text = clean(text)
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 2:
            break
        kept += char
    return kept.rstrip() + "…"


def _texts(column: pd.Series, decimals: int | None) -> Sequence[str]:
    return [_text(value, decimals) for value in column.tolist()]


def _text(value: object, decimals: int | None) -> str:
    if is_number(value) and math.isfinite(value):
        places = (0 if isinstance(value, Integral) else 1) if decimals is None else decimals
        return f"{round(value, places) + 0.0:.{places}f}".replace("-", MINUS)
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None or value is pd.NA or value is pd.NaT or is_number(value) else clean(value)


def _numeric(column: pd.Series) -> bool:
    known = [value for value in column.dropna().tolist() if value != ""]
    return bool(known) and all(map(is_number, known))


def _line_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)
