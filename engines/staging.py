"""Blocks of values in a temporary file: written once, then read as often as it takes, all of it or a column at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.movement import period_key
from scoring.values import MISSING, VALUE, Values

_UNIT, _STATES = "·unit", "·states"  # no code of an indicator begins so
_PLAIN = {"compression": "none", "use_dictionary": False, "write_statistics": False}


class Staged:
    """One row group a block. States are only written of units that have others than value and missing."""

    def __init__(self, folder: Path):
        self._path = folder / "values.parquet"
        self._writer: pq.ParquetWriter | None = None
        self._indicators: tuple[str, ...] = ()
        self._groups: list[str] = []  # the period of each row group

    def append(self, period: str, values: Values) -> None:
        """Put a block of a period behind those that are there. All blocks have the same indicators."""
        if self._writer is None:
            self._indicators = values.indicators
            kinds = {_UNIT: pa.string(), _STATES: pa.binary()} | dict.fromkeys(values.indicators, pa.float64())
            self._writer = pq.ParquetWriter(self._path, pa.schema(kinds), **_PLAIN)
        columns = [pa.array(values.units, pa.string()), _packed(values.states), *map(pa.array, values.matrix.T)]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self._writer.schema), row_group_size=len(values.units))
        self._groups.append(period)

    def close(self) -> None:
        """End the writing, before the first reading."""
        if self._writer is not None:
            self._writer.close()

    @property
    def periods(self) -> list[str]:
        """The periods that there are blocks of, in time order."""
        return sorted(set(self._groups), key=period_key)

    def blocks(self, periods: Collection[str], indicators: Sequence[str] | None = None) -> Iterator[tuple[str, Values]]:
        """The blocks of some periods, in the order in which they came in; of some indicators alone without the units' names."""
        codes = self._indicators if indicators is None else tuple(dict.fromkeys(indicators))
        places = [self._indicators.index(c) for c in codes]
        with pq.ParquetFile(self._path, pre_buffer=False) as file:
            for group, period in enumerate(self._groups):
                if period in periods:
                    named = [_UNIT] if indicators is None else []
                    table = file.read_row_group(group, [*named, _STATES, *codes])
                    matrix = np.empty((len(table), len(codes)), order="F")
                    for k, code in enumerate(codes):
                        matrix[:, k] = table[code].to_numpy()
                    units = tuple(table[_UNIT].to_pylist()) if named else tuple(map(str, range(len(table))))
                    yield period, Values(units, codes, matrix, _unpacked(table[_STATES], matrix, places))


def _packed(states: np.ndarray) -> pa.Array:
    odd = (states > MISSING).any(axis=1)
    if not odd.any():
        return pa.nulls(len(states), pa.binary())
    return pa.array([row.tobytes() if told else None for row, told in zip(np.ascontiguousarray(states), odd, strict=True)], pa.binary())


def _unpacked(packed: pa.ChunkedArray, matrix: np.ndarray, places: list[int]) -> np.ndarray:
    states = np.where(np.isnan(matrix), np.int8(MISSING), np.int8(VALUE))
    if packed.null_count < len(packed):
        for row, told in enumerate(packed.to_pylist()):
            if told is not None:
                states[row] = np.frombuffer(told, np.int8)[places]
    return states
