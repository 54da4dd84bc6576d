"""A sheet: one rectangle of raw cells, whichever kind of file it came from, with the addresses that people see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from .cells import BadCell, CellError, show

MOST_CELLS = 30_000_000


class Unreadable(Exception):
    """A file that cannot be read at all; the message is the reason with the remedy, in Chinese."""


@dataclass
class Sheet:
    """Raw cells (n_rows, n_columns) as objects, None or "" where empty; `file` and `name` as people see them.

    `merged`: places that lie in a vertical merge below its first cell; they repeat the first cell's content. `above`: rows of the file
    that stand above the cells, where they are a block of it.
    """

    file: str
    name: str
    cells: np.ndarray
    merged: set[tuple[int, int]] = field(default_factory=set)
    above: int = 0

    def error(self, row: int, column: int, why: str | BadCell, nearest: str = "") -> CellError:
        """The refusal of one cell."""
        return CellError(self.file, self.name, address(row + self.above, column), show(self.cells[row, column]), str(why), nearest)

    def refusal(self, why: str | BadCell, value: str = "") -> CellError:
        """The refusal of the sheet as a whole."""
        return CellError(self.file, self.name, "", value, str(why))


def column_letters(column: int) -> str:
    """Letters of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """A cell as a spreadsheet calls it, from a row and a column counted from 0: (6, 2) → C7."""
    return f"{column_letters(column)}{row + 1}"


def in_order(errors: Iterable[CellError], sheets: Iterable[Sheet]) -> list[CellError]:
    """Errors as they are met when files and sheets are read in the order of `sheets`, row by row; those of no cell come first."""
    files: dict[str, int] = {}
    places: dict[tuple[str, str], int] = {}
    for k, sheet in enumerate(sheets):
        files.setdefault(sheet.file, k)
        places.setdefault((sheet.file, sheet.name), k)

    def place(error: CellError) -> tuple:
        letters, row = re.sub("[^A-Z]", "", error.cell), re.sub(r"\D", "", error.cell)  # C7, or a whole row: 第 7 行
        return files.get(error.file, -1), places.get((error.file, error.sheet), -1), int(row or 0), len(letters), letters

    return sorted(errors, key=place)


def present(cells: np.ndarray) -> np.ndarray:
    """Mask of the cells that hold anything; a cell of blanks alone counts as holding something."""
    return np.asarray((cells != "") & (cells != None), dtype=bool)  # noqa: E711  elementwise


def rectangle(rows: dict[int, Sequence[object]]) -> np.ndarray:
    """Cells of the given rows (counted from 0) as one array, padded with None. Raises Unreadable when it would be huge."""
    height = max(rows, default=-1) + 1
    width = max((len(row) for row in rows.values()), default=0)
    if height * width > MOST_CELLS:
        raise Unreadable(f"有 {height} 行 {width} 列，超出可读的大小；请删去数据以外的空行空列，或分成几个文件")
    cells = np.full((height, width), None, dtype=object)
    for number, row in rows.items():
        cells[number, : len(row)] = row
    return cells
