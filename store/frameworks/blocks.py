"""A table of values of any size, as a whole or block by block: text, workbook or Parquet, read and refused cell by cell alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from scoring.framework import Framework
from scoring.movement import period_key
from scoring.names import text_key
from scoring.values import Values

from ..errors import ImportRefused
from ..readers.cells import BadCell, CellError
from ..readers.columns import most_percent
from ..readers.keys import TOTALS
from ..readers.names import Indicators
from ..readers.periods import clean_period
from ..readers.sheets import Sheet, Unreadable
from ..readers.tables import Table, find_table
from ..readers.text_blocks import Shape, shape_of, text_blocks
from .files import read_values, values_of

_PARQUET, _WORKBOOK = b"PAR1", b"PK"
_AHEAD = 1 << 16  # bytes of a column's pages that are read at a time
_FIRST = 1000  # rows of a text in which its header is looked for
_PLAIN = r"^[\p{L}\p{N}_/·-]+$"  # codes that are no notes and need no cleaning


def open_values(path: Path, framework: Framework) -> TextValues | ParquetValues:
    """The table of values in a file. Raises ImportRefused where it cannot be read, or is no table of values."""
    if not path.is_file():  # a pipe gives its bytes once; what is not there is refused by what reads it
        return TextValues(path, framework)
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise _refused(path, f"打不开（{error.strerror or error}）；请检查路径和权限") from None
    return (ParquetValues if start == _PARQUET else TextValues)(path, framework)


class TextValues:
    """A table in a text or a workbook. `rows`: at most so many; 0 of a workbook or of a long table, which are read whole."""

    def __init__(self, path: Path, framework: Framework):
        self.path, self.framework = path, framework

    @cached_property
    def rows(self) -> int:
        """Rows of a wide text below its header."""
        return self._shape.rows - self._table.header - 1 if self._table and self._table.kind == "wide" else 0

    @cached_property
    def _shape(self) -> Shape:
        return shape_of(self.path)

    @cached_property
    def _table(self) -> Table | None:
        """The table that the first rows of a text head; None of a workbook or a pipe, or where `whole` says what is wrong with it."""
        if not self.path.is_file():
            return None
        with self.path.open("rb") as file:
            workbook = file.read(2) == _WORKBOOK
        with suppress(Unreadable, UnicodeError):
            first = None if workbook else next(text_blocks(self.path, self._shape, _FIRST), None)
            return None if first is None else find_table(Sheet(self.path.name, "", first), Indicators(self.framework))
        return None

    def whole(self) -> dict[str, Values]:
        """Values by period, in time order. Raises ImportRefused."""
        return read_values(self.path, self.framework).periods

    def blocks(self, size: int) -> Iterator[tuple[str, Values]]:
        """Values of some rows of a period at a time, as they stand in the file. Raises ImportRefused."""
        header, labels, at = self._table.header, self._table.sheet.cells[self._table.header], 0
        values_of(self.path.name, [Sheet(self.path.name, "", labels[None])], self.framework)  # refuses what it lacks
        try:
            for cells in text_blocks(self.path, self._shape, size):
                below = cells[max(0, header + 1 - at) :]
                plain = plain_values(_batch(below, self._table), self._table, self.framework)
                above = max(at, header + 1) - 1
                yield from plain or cleaned_values(self.path.name, labels, below, above, self.framework)
                at += len(cells)
        except Unreadable as why:
            raise _refused(self.path, str(why)) from None


class ParquetValues:
    """A table in a Parquet file, with the columns of a text's; row 1 is its header. Texts among numbers are read as cells are."""

    def __init__(self, path: Path, framework: Framework):
        self.path, self.framework = path, framework
        try:
            with pq.ParquetFile(path) as file:
                self._schema, rows = file.schema_arrow, file.metadata.num_rows
        except (pa.ArrowException, OSError):
            raise _broken(path) from None
        self._labels = np.array(self._schema.names, object)
        header = Sheet(path.name, "", self._labels[None])
        self._table = find_table(header, Indicators(framework))
        self._wide = self._table is not None and self._table.kind == "wide"
        self.rows = rows if self._wide else 0
        if self._wide:
            values_of(path.name, [header], framework)  # refuses what the header lacks

    def whole(self) -> dict[str, Values]:
        """Values by period, in time order. Raises ImportRefused."""
        table = pa.Table.from_batches(self._batches(), self._schema).combine_chunks()
        (batch,) = table.to_batches() or [pa.RecordBatch.from_pylist([], self._schema)]
        plain = self._wide and "sector" not in self._table.fields and plain_values(batch, self._table, self.framework)
        found = dict(plain or cleaned_values(self.path.name, self._labels, cells_of(batch), 0, self.framework))
        return {p: found[p] for p in sorted(found, key=period_key)}

    def blocks(self, size: int) -> Iterator[tuple[str, Values]]:
        """Values of some rows of a period at a time, as they stand in the file. Raises ImportRefused."""
        above = 0
        for batch in self._batches(size):
            plain = plain_values(batch, self._table, self.framework)
            yield from plain or cleaned_values(self.path.name, self._labels, cells_of(batch), above, self.framework)
            above += len(batch)

    def _batches(self, size: int = 1 << 16) -> Iterator[pa.RecordBatch]:
        try:
            # Page by page, group by group: else what is read ahead grows with the file.
            with pq.ParquetFile(self.path, pre_buffer=False, buffer_size=_AHEAD) as file:
                for group in range(file.num_row_groups):
                    yield from file.iter_batches(size, [group])
        except (pa.ArrowException, OSError):
            raise _broken(self.path) from None


def _refused(path: Path, why: str) -> ImportRefused:
    return ImportRefused([CellError(path.name, "", "", "", why)])


def _broken(path: Path) -> ImportRefused:
    return _refused(path, "不是完好的 Parquet 文件；请重新导出后再试")


def cleaned_values(name: str, labels: np.ndarray, cells: np.ndarray, above: int, framework: Framework) -> Iterator[tuple[str, Values]]:
    """Rows through the readers of cells; `above` rows of the file stand over their header, which is put on top of each block."""
    sheet = Sheet(name, "", np.concatenate([labels[None], cells]), above=above)
    return iter(values_of(name, [sheet], framework).periods.items())


def cells_of(batch: pa.RecordBatch) -> np.ndarray:
    """The cells (n_rows, n_columns) of a batch as objects; a NaN is an empty cell."""
    cells = np.empty((len(batch), batch.num_columns), object)
    for k, column in enumerate(batch.columns):
        cells[:, k] = [None if x != x else x for x in column.to_pylist()]
    return cells


def _batch(cells: np.ndarray, table: Table) -> pa.RecordBatch:
    """Cells of texts as a batch; a column of indicators that holds plain numbers and nothing else becomes one of numbers."""
    return numbered([pa.array(column, pa.string()) for column in cells.T], table)


def numbered(columns: list[pa.Array], table: Table) -> pa.RecordBatch:
    """Columns as a batch, texts of nothing but plain numbers as numbers."""
    for k in (k for k in table.indicators if pa.types.is_string(columns[k].type)):
        filled = pc.if_else(pc.equal(columns[k], ""), None, columns[k])
        with suppress(pa.ArrowInvalid):  # a word, a percentage: the whole block is read cell by cell
            numbers = filled.cast(pa.float64())
            columns[k] = columns[k] if pc.any(pc.is_nan(numbers)).as_py() else numbers
    return pa.RecordBatch.from_arrays(columns, [str(k) for k in range(len(columns))])


def plain_values(batch: pa.RecordBatch, table: Table, framework: Framework) -> list[tuple[str, Values]]:
    """The values of a batch of nothing but numbers and plain keys; [] where its cells have to be looked at one by one."""
    fields, kinds = table.fields, batch.schema.types
    units = _keys(batch.column(fields.get("unit_code", fields.get("unit"))))
    periods = _periods(batch, fields.get("period"))
    numeric = all(pa.types.is_floating(kinds[c]) or pa.types.is_integer(kinds[c]) for c in table.indicators)
    headless = [c for c, label in table.others.items() if not label]  # what stands there has slipped, and is refused by name
    if not numeric or units is None or periods is None or any(_filled(batch.column(c)) for c in headless):
        return []
    codes = tuple(Indicators(framework).ids)
    matrix = np.empty((len(batch), len(codes)), order="F")
    for column, node in table.indicators.items():
        x = batch.column(column).cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        if np.isinf(x).any() or (node.unit == "%" and ((x < 0) | (x > most_percent(node))).any()):
            return []
        np.add(x, 0.0, out=matrix[:, codes.index(node.code)])  # no negative zero
    if pd.MultiIndex.from_arrays([[text_key(u) for u in units], periods]).has_duplicates:
        return []
    parts = [(p, np.flatnonzero(periods == p)) for p in pd.unique(periods)]
    return [(p, Values(tuple(units[rows]), codes, matrix[rows] if len(parts) > 1 else matrix)) for p, rows in parts]


def _filled(column: pa.Array) -> bool:
    """Whether a column holds anything."""
    return bool(pc.any(pc.not_equal(column.cast(pa.string()), "")).as_py())


def _keys(column: pa.Array) -> np.ndarray | None:
    """Codes of units (n,); None where one is lacking, a note or a total, or not as clean as it would be read."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_integer(column.type)):
        return None
    texts = column.cast(pa.string())
    if texts.null_count or not pc.all(pc.match_substring_regex(texts, _PLAIN)).as_py():
        return None
    units = texts.to_numpy(zero_copy_only=False)
    return None if pc.any(pc.is_in(texts, pa.array(sorted(TOTALS)))).as_py() else units


def _periods(batch: pa.RecordBatch, column: int | None) -> np.ndarray | None:
    """Canonical periods (n,), "" where the table has none; None where a row lacks its own, or has none that is one."""
    if column is None:
        return np.full(len(batch), "", object)
    places, distinct = pd.factorize(np.array(batch.column(column).to_pylist(), object))
    try:
        names = np.array([*(clean_period(text) for text in distinct), None], object)
    except BadCell:
        return None
    return None if (places < 0).any() else names[places]
