"""A table of values that is handed over in record batches, by whoever reads the file: headers and cells as in `blocks`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from scoring.errors import ScoringError
from scoring.framework import Framework
from scoring.values import Values

from ..errors import ImportRefused
from ..readers.names import Indicators
from ..readers.sheets import Sheet
from ..readers.tables import Table, find_table
from .blocks import cells_of, cleaned_values, numbered, plain_values
from .files import values_of


@dataclass(frozen=True)
class AddressedValues:
    """A table of values at a path, or at an address that only its reader knows."""

    address: str
    framework: Framework

    def reader(self, labels: Sequence[str]) -> BatchReader:
        """What reads batches with these columns. Raises ScoringError."""
        return BatchReader(self.address.rstrip("/").rpartition("/")[2], tuple(labels), self.framework).narrowed()


@dataclass(frozen=True)
class BatchReader:
    """Reads batches whose columns are `labels`; picklable, so that any process reads them. `name`: how refusals call the table."""

    name: str
    labels: tuple[str, ...]
    framework: Framework

    @cached_property
    def _table(self) -> Table:
        return find_table(self._header, Indicators(self.framework))

    @property
    def _header(self) -> Sheet:
        return Sheet(self.name, "", np.array(self.labels, object)[None])

    def narrowed(self) -> BatchReader:
        """A reader of only the columns that are read. Raises ScoringError where one is lacking or unknown, or the table is long."""
        try:
            values_of(self.name, [self._header], self.framework)
        except ImportRefused as error:
            raise ScoringError(str(error)) from None
        if self._table.kind != "wide":
            raise ScoringError(f"{self.name} 每行一个值，须整表读入；请改成每行一个单位、每项指标一列，或不用 --engine spark")
        keys = (c for name, c in self._table.fields.items() if name in ("unit", "unit_code", "period"))
        return replace(self, labels=tuple(self.labels[c] for c in sorted({*keys, *self._table.indicators})))

    def __call__(self, batch: pa.RecordBatch, above: int = 0) -> Iterator[tuple[str, Values]]:
        """Values of the rows of each period; `above` rows stand over them in the file. Raises ScoringError."""
        try:
            plain = plain_values(numbered(batch.columns, self._table), self._table, self.framework)
            yield from plain or cleaned_values(self.name, np.array(self.labels, object), cells_of(batch), above, self.framework)
        except ImportRefused as error:
            raise ScoringError(str(error)) from None
