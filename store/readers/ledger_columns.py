"""Columns of ledgers: the cells of a field at once, by its kind. Each distinct date or word is read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..ledgers import Field
from ..ledgers.specification import TEXTS
from .cells import BadCell, clean_number, clean_state, clean_text, is_blank, nearest, text_key
from .columns import clean_column
from .dates import clean_date
from .sheets import present

PLAIN = ("text", "unit", "node")  # read as it stands; units and nodes are looked up after
_SWITCH = {
    False: frozenset({"否", "无", "未", "没有", "未落实", "不是", "false", "no", "n", "0", "×", "✗"}),
    True: frozenset({"是", "有", "已", "已落实", "true", "yes", "y", "1", "√", "✓"}),
}
_BLOCK = 1000  # cells that are looked at together
_OUT_OF_PLACE = {" ": ("  ", "| ", " |"), "#": ("|#",)}  # between bars; one character is found sooner than two


class Refused(NamedTuple):
    """A place in a column, why it is refused, and the nearest known word or ""."""

    place: int
    why: str
    nearest: str = ""


def clean_field(field: Field, raw: np.ndarray, words: Mapping[str, str]) -> tuple[np.ndarray, list[Refused]]:
    """Raw cells (n,) of a field as a table of records holds them, and what is refused; `words`: their word → ours.

    Numbers are float64, NaN where empty; dates and yes_no objects, None where empty; the rest str, "" where empty (units and nodes
    as they were written).
    """
    if field.kind in ("whole", "number"):
        return _numbers(field, _translated(raw, words))
    if field.kind in PLAIN:
        return clean_texts(_translated(raw, words))

    def clean(cell: object) -> object:
        return None if clean_state(cell) else _one(field, cell)

    return _by_distinct(raw, clean, "" if field.kind in TEXTS else None, words)


def clean_word(field: Field, value: object) -> object:
    """A word or constant of a mapping as the field holds it; "" is an empty cell. Raises BadCell."""
    if value == "":
        if field.required:
            raise BadCell(f"是空的，而每条记录须有{field.title}")
        return "" if field.kind in TEXTS else None
    if field.kind in PLAIN:
        return clean_text(value)
    if field.kind in ("whole", "number"):
        number = clean_number(value)
        if why := _out_of_bounds(field, number):
            raise BadCell(why)
        return number
    return _one(field, value)


def clean_texts(raw: np.ndarray) -> tuple[np.ndarray, list[Refused]]:
    """Cells (n,) as `clean_text` makes them. What is tidy as it stands, as exports are, is seen to be so many cells at once."""
    values, refused = raw, []
    for start in range(0, len(raw), _BLOCK):
        block = slice(start, start + _BLOCK)
        if not _tidy(raw[block].tolist()):
            values = values.copy() if values is raw else values
            values[block], bad = _by_distinct(raw[block], clean_text, "", {})
            refused += [Refused(start + r.place, r.why, r.nearest) for r in bad]
    return values, refused


def _tidy(cells: list) -> bool:
    """Whether `clean_text` would change no cell: all are texts of one line, without a blank too many or a formula's error."""
    try:
        together = "|".join(["", *cells, ""])
    except TypeError:  # numbers, dates, empty cells of a workbook
        return False
    if not together.isprintable():  # as neither breaks nor tabs are, nor wide, no-break and zero-width blanks
        return False
    return not any(c in together and any(where in together for where in places) for c, places in _OUT_OF_PLACE.items())


def distinct_cells(raw: np.ndarray) -> tuple[np.ndarray, list]:
    """Places (n,) of cells in a list of the distinct ones, whose last, None, stands for all that are None: its place is −1."""
    places, distinct = pd.factorize(raw)
    return places, [*distinct, None]


def empty(values: np.ndarray) -> np.ndarray:
    """Mask (n,) of the empty cells of a cleaned column."""
    return np.isnan(values) if values.dtype.kind == "f" else ~present(values)


def _translated(raw: np.ndarray, words: Mapping[str, str]) -> np.ndarray:
    if not words:
        return raw
    places, distinct = distinct_cells(raw)
    return _objects([_ours(cell, words) for cell in distinct])[places]


def _ours(cell: object, words: Mapping[str, str]) -> object:
    return words.get(text_key(cell) if isinstance(cell, str) else str(cell), cell)


def _by_distinct(
    raw: np.ndarray, clean: Callable[[object], object], nothing: object, words: Mapping[str, str]
) -> tuple[np.ndarray, list[Refused]]:
    """Cells through `words` and `clean`, each distinct one once; `nothing` where a cell is blank or comes to nothing."""
    places, distinct = distinct_cells(raw)
    values, why = [], {}
    for k, cell in enumerate([_ours(cell, words) for cell in distinct] if words else distinct):
        values.append(nothing)
        if is_blank(cell):
            continue
        try:
            found = clean(cell)
            values[k] = nothing if found is None else found
        except BadCell as bad:
            why[k] = (str(bad), getattr(bad, "nearest", ""))
    refused = [Refused(int(i), *why[places[i]]) for i in np.flatnonzero(np.isin(places, list(why)))] if why else []
    return _objects(values)[places], refused


def _objects(values: list) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _one(field: Field, cell: object) -> object:
    if field.kind == "date":
        return clean_date(cell)
    return _switch(field, cell) if field.kind == "yes_no" else _choice(field, cell)


def _switch(field: Field, cell: object) -> bool:
    key = text_key(clean_text(cell))
    for value, word in zip((False, True), field.words, strict=True):
        if key == text_key(word) or key in _SWITCH[value]:
            return value
    raise BadCell(f"不是{field.title}的取值；只能填 {'、'.join(field.words)}")


def _choice(field: Field, cell: object) -> str:
    text = clean_text(cell)
    found = next((word for word in field.words if text_key(word) == text_key(text)), None)
    if found is None:
        error = BadCell(f"不是{field.title}的取值；可用：{'、'.join(field.words)}")
        error.nearest = nearest(text, field.words)
        raise error
    return found


def _numbers(field: Field, raw: np.ndarray) -> tuple[np.ndarray, list[Refused]]:
    column = clean_column(raw)
    refused = [Refused(int(i), str(why)) for i, why in column.refused]
    wrong = ~np.isnan(column.values) & _wrong(field, column.values)
    return column.values, refused + [Refused(int(i), _out_of_bounds(field, column.values[i])) for i in np.flatnonzero(wrong)]


def _wrong(field: Field, values: np.ndarray) -> np.ndarray:
    wrong = (values != np.floor(values)) if field.kind == "whole" else np.zeros(len(values), bool)
    if field.least is not None:
        wrong |= values < field.least
    if field.most is not None:
        wrong |= values > field.most
    return wrong


def _out_of_bounds(field: Field, value: float) -> str:
    if not _wrong(field, np.array([value]))[0]:
        return ""
    if field.kind == "whole" and value != np.floor(value):
        return f"不是整数；{field.title}请填整数"
    if field.most is None:
        return f"太小：{field.title}不能小于 {field.least:g}；请核对"
    return f"不可能：{field.title}应在 {field.least:g} 到 {field.most:g} 之间；请核对"
