"""What a Spark worker does with the record batches that it is handed. Knows no Spark: plain functions of batches.

A batch has the table's own columns, then `PLACE`. What is refused goes up as a row of its own: an exception would be tried again on
every other worker, and come up as a trace.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scoring.errors import ScoringError
from scoring.framework import Framework, Node
from scoring.index import Fitted, summarise
from scoring.names import text_key
from scoring.policy import Policy
from scoring.preparation import prepare
from scoring.ranking import settled
from scoring.scales import present
from scoring.summary import Summary
from scoring.values import Values, stacked

from .rows import HEAD, columns, rows

PLACE = ("·file", "·block", "·row")  # where a row stood: its file, what of it was read as one, and which row
SETTLED, KEY, REFUSED = "·settled", "·key", "·refused"  # the index as ties go by it; the unit as doubles do; why nothing came of a batch
SUMMARIES = pa.schema({"period": pa.string(), "summaries": pa.binary(), REFUSED: pa.string()})
Batches = Iterable[pa.RecordBatch]


@dataclass(frozen=True)
class Task:
    """What a table is scored by. `reader`: values by period of a batch of the table's columns and the number of rows above it."""

    framework: Framework
    policy: Policy
    reader: Callable[[pa.RecordBatch, int], Iterable[tuple[str, Values]]]

    @property
    def columns(self) -> list[str]:
        """The columns of scored rows that stand in the result; rank and tier are found later."""
        return [c for c in columns(self.framework, self.policy) if c not in HEAD[2:]]

    def pool(self, period: str) -> str:
        """The name of the pool on which a period's scales rest."""
        return period if self.policy.pool == "period" else self.policy.pool

    def read(self, batches: Batches) -> Iterator[tuple[tuple[str, int, int], str, Values]]:
        """(place of the first row, period, its values prepared); the rows of a block follow each other. Raises ScoringError."""
        for batch in (part for whole in batches for part in _parts(whole)):
            place = tuple(batch.column(name)[0].as_py() for name in PLACE)
            for period, values in self.reader(batch.select(batch.schema.names[: -len(PLACE)]), place[2] if place[1] < 0 else 0):
                yield place, period, prepare({period: values}, self.framework, self.policy)[period]


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The stretches of a batch that come from one stretch of a file."""
    files, blocks = (pc.not_equal(column[1:], column[:-1]) for column in map(batch.column, PLACE[:2]))
    edges = np.flatnonzero(pc.or_(files, blocks)) + 1
    for start, end in zip([0, *edges], [*edges, len(batch)], strict=True):
        if end > start:
            yield batch.slice(start, end - start)


def summaries(batches: Batches, task: Task) -> Iterator[pa.RecordBatch]:
    """One row a period: indicator code → Summary of all its values here, as bytes. A base period's pool rests on it alone."""
    found: dict[str, dict[str, Summary]] = {}
    try:
        for _, period, values in task.read(batches):
            if task.pool(period) in (period, "all", f"base:{period}"):
                pooled = stacked({period: values}) if task.policy.pool == "all" else values
                found[period] = merged(found.get(period, {}), summarise(pooled, task.framework, task.policy))
            else:
                found.setdefault(period, {})
        yield _summary_rows(found, False)
    except ScoringError as error:
        yield _summary_rows({str(error): {}}, True)


def _summary_rows(found: Mapping[str, Mapping[str, Summary]], refused: bool) -> pa.RecordBatch:
    rows = [{"period": text, "summaries": pickle.dumps(summaries), REFUSED: text if refused else None} for text, summaries in found.items()]
    return pa.RecordBatch.from_pylist(rows, SUMMARIES)


def merged(some: Mapping[str, Summary], more: Mapping[str, Summary]) -> dict[str, Summary]:
    """The summaries of two blocks of a pool as those of both."""
    return {code: some[code] + one if code in some else one for code, one in more.items()}


def population(batches: Batches, task: Task, node: Node, pool: str) -> Iterator[pa.RecordBatch]:
    """One row a value on which an indicator's scale rests: `value`."""
    for _, period, values in task.read(batches):
        if pool in ("all", period, f"base:{period}"):
            yield pa.record_batch([present(node, values, values.indicators.index(node.code))], ["value"])


def scored(batches: Batches, task: Task, fitted: Mapping[str, Fitted]) -> Iterator[pa.RecordBatch]:
    """One row a unit and period: the task's columns, `SETTLED`, `KEY`, `PLACE`, `REFUSED`. `fitted`: pool → what scores it."""
    names = [*task.columns, SETTLED, KEY, *PLACE, REFUSED]
    try:
        for place, period, values in task.read(batches):
            fit = fitted[task.pool(period)]
            scores, count = fit.score(values).values, len(values.units)
            table = rows(fit, values, period, scores, np.full(count, np.nan), 0)
            table[SETTLED] = settled(scores[:, fit.framework.codes.index(fit.framework.root.code)])
            table[KEY] = [text_key(unit) for unit in values.units]
            table[list(PLACE)] = pd.DataFrame({PLACE[0]: place[0], PLACE[1]: place[1], PLACE[2]: place[2] + np.arange(count)})
            table[REFUSED] = None
            yield pa.RecordBatch.from_pandas(table[names], shape(task), preserve_index=False)
    except ScoringError as error:
        yield pa.RecordBatch.from_pylist([{REFUSED: str(error)}], shape(task))


def shape(task: Task) -> pa.Schema:
    """Of what `scored` yields."""
    kinds = dict.fromkeys(("unit", "period", "marks", KEY, PLACE[0], REFUSED), pa.string()) | dict.fromkeys(PLACE[1:], pa.int64())
    return pa.schema({name: kinds.get(name, pa.float64()) for name in (*task.columns, SETTLED, KEY, *PLACE, REFUSED)})
