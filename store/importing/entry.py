"""Values that are typed in by hand: what the store holds of a period, and typed cells on their way in, as the lines of a CSV.

They go the way of any file: the same reader, the same writer, one batch with its content kept.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework, Node
from scoring.movement import period_days, previous
from scoring.policy import Policy
from scoring.values import MISSING, PENDING, STATES, VALUE

from ..connection import reader, table_of
from ..errors import ImportRefused, ReleaseError, StoreMoved
from ..frameworks.in_force import framework_for
from ..ledgers.choosing import choose
from ..ledgers.deriving import derived_values
from ..ledgers.views import indicator_views
from ..readers.columns import clean_column, most_percent
from ..readers.names import Indicators
from ..releasing.panel import data_periods
from ..size import large
from . import bringing
from .batches import current_framework

Cell = tuple[str, str]  # unit, indicator
_HEADER = ("单位编码", "指标代码", "考核期", "值", "备注")
_HELD = """
SELECT unit, indicator, state, value, batch, batch.by FROM current_value JOIN batch ON batch.id = batch
WHERE period = ?1 AND ?2 IN ('', indicator)
"""
_HELD_OF = _HELD + "AND unit = ?3"
_UNITS = "SELECT code, name, sector FROM unit WHERE active ORDER BY code"
_SOME_UNITS = "SELECT code, name, sector FROM unit WHERE active AND code IN (SELECT value FROM json_each(?)) ORDER BY code"
_NOBODY = "\0"  # the code of no unit
_PARTS = {"": 12, "H": 6, "Q": 3, "M": 1}  # months of a period of each kind


class Fact(NamedTuple):
    """What a cell holds: state ("" for nothing), value (None without one), the batch that brought it and by whom."""

    state: str = ""
    value: float | None = None
    batch: int = 0
    by: str = ""

    def same(self, other: Fact) -> bool:
        """Whether two facts say the same, whoever said it."""
        return (self.state, self.value) == (other.state, other.value)


class Draft(NamedTuple):
    """What is typed into a cell and not written yet, and what the cell held when it was typed."""

    text: str
    base: Fact


class Frame(NamedTuple):
    """What can be typed of a period: `units` (index code; name, sector), `nodes` by code; and by what it is scored.

    `many`: the store has more units than are read at once; then `units` has only those that were asked for.
    """

    units: pd.DataFrame
    nodes: Mapping[str, Node]
    framework: Framework
    policy: Policy
    many: bool


@dataclass(frozen=True)
class Sheet:
    """What is known of a period before it is typed in: of all units and indicators, or of one of them.

    `units`, `nodes`: as in Frame, all of them. `held`, `earlier`: facts of this period and of the one before (`before`, None for the
    first). `ledgers`: what ledgers give, by cell: (value, None: not applicable; whether it is scored).
    """

    period: str
    before: str | None
    units: pd.DataFrame
    nodes: Mapping[str, Node]
    held: Mapping[Cell, Fact]
    earlier: Mapping[Cell, Fact]
    ledgers: Mapping[Cell, tuple[float | None, bool]]


def following(period: str) -> str | None:
    """The period of the same kind that comes next: `2024Q4` → `2025Q1`; None for a text that names no days."""
    if (days := period_days(period)) is None:
        return None
    first, kind = days[1] + timedelta(1), period[4:5]
    part = (first.month - 1) // _PARTS[kind] + 1
    return f"{first.year}{kind}{part:02d}" if kind == "M" else f"{first.year}{kind}{part}" if kind else f"{first.year}"


def entry_periods(db: Database) -> list[str]:
    """Periods that can be typed in, the newest first: those with values, and the one that comes next."""
    have = data_periods(db)
    after = following(have[-1]) if have else None
    return [*([after] if after else []), *reversed(have)]


def frame(period: str, path: Path | None = None) -> Frame | None:
    """What can be typed of a period; None in a store without a framework."""
    with reader(path) as db:
        return _frame(db, period)


def sheet(
    period: str, path: Path | None = None, unit: str = "", indicator: str = "", units: Iterable[str] | None = None, named: Iterable[str] = ()
) -> Sheet:  # fmt: skip
    """What is known of a period, of one unit or indicator where it is given, or of some units (None: all).

    `named`: units whose names are wanted besides. Raises ReleaseError in a store without a framework.
    """
    units = [unit] if unit else None if units is None else list(units)
    with reader(path) as db:
        found = _frame(db, period, [*(units or ()), *named])
        if found is None:
            raise ReleaseError("库中没有指标体系，不能填报；请先导入指标体系")
        before = previous(period, data_periods(db))
        held, earlier = (facts(db, p, units, indicator) if p else {} for p in (period, before))
        one_by_one = units is not None and indicator_views(found.framework)
        derived = pd.concat([derived_values(db, period, found.framework, u) for u in ((units or [_NOBODY]) if one_by_one else [""])])
    if indicator:
        derived = derived[derived["indicator"] == indicator]
    reported = pd.DataFrame([(*cell, f.state, f.value) for cell, f in held.items()], columns=["unit", "indicator", "state", "value"])
    _, used = choose(reported.astype({"value": float}), derived, found.policy.prefer)
    given = used[["unit", "indicator", "value", "used"]].itertuples(index=False, name=None)
    ledgers = {(u, i): (None if value != value else value, bool(scored)) for u, i, value, scored in given}
    return Sheet(period, before, found.units, found.nodes, held, earlier, ledgers)


def _frame(db: Database, period: str, units: Iterable[str] = ()) -> Frame | None:
    """Files are read by the newest version: what only an older one has cannot be typed any more. `units`: those of a large store."""
    newest = current_framework(db)
    if newest is None:
        return None
    _, framework, policy = framework_for(db, period) or newest
    readable = Indicators(newest[1]).columns
    nodes = {code: node for code, node in Indicators(framework).columns.items() if code in readable}
    many = large(db)
    known = db.execute(_SOME_UNITS, [json.dumps(list(units))]) if many else db.execute(_UNITS)
    return Frame(table_of(known).set_index("code"), nodes, framework, policy, many)


def facts(db: Database, period: str, units: Iterable[str] | None = None, indicator: str = "") -> dict[Cell, Fact]:
    """What the store holds now of a period, by cell; of some units or one indicator where they are given."""
    asked = [(_HELD, [period, indicator])] if units is None else [(_HELD_OF, [period, indicator, unit]) for unit in units]
    rows = (row for sql, parameters in asked for row in db.execute(sql, parameters))
    return {(u, i): Fact(STATES[state], value, batch, by) for u, i, state, value, batch, by in rows}


def facts_now(period: str, path: Path | None = None, units: Iterable[str] | None = None) -> dict[Cell, Fact]:
    """`facts` of a period, of a store by its path."""
    with reader(path) as db:
        return facts(db, period, units)


def read(text: str, node: Node) -> Fact:
    """What a typed text says, as a file's cell would be read; no state for an empty one. Raises BadCell."""
    column = clean_column(np.array([text], object), node.unit, most_percent(node))
    if column.refused:
        raise column.refused[0][1]
    state = int(column.states[0])
    return Fact() if state < 0 else Fact(STATES[state], float(column.values[0]) if state == VALUE else None)


def lacking(known: Sheet) -> pd.DataFrame:
    """Every cell for which nothing is reported and no ledger stands in: unit, indicator, state ("": nothing was said, missing, pending)."""
    rows = [
        (unit, code, state)
        for unit in known.units.index
        for code in known.nodes
        if (state := known.held.get((unit, code), Fact()).state) in ("", STATES[MISSING], STATES[PENDING])
        and not known.ledgers.get((unit, code), (None, False))[1]
    ]
    return pd.DataFrame(rows, columns=["unit", "indicator", "state"], dtype=object)


def content(period: str, drafts: Mapping[Cell, Draft]) -> bytes:
    """Typed cells as a CSV, by unit and indicator; each line says what it takes the place of, so that no two such files are alike."""
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    lines.writerow(_HEADER)
    for (unit, indicator), draft in sorted(drafts.items()):
        lines.writerow((unit, indicator, period, draft.text, f"原批次 {draft.base.batch}" if draft.base.batch else "原为空"))
    return buffer.getvalue().encode()


def write(period: str, drafts: Mapping[Cell, Draft], by: str, path: Path | None = None) -> int:
    """Write typed cells as one batch; its number.

    Raises StoreMoved when a cell no longer holds what it held when it was typed, ImportRefused with every bad cell, BatchError, StoreError.
    """
    seen = bringing.look([(f"填报 {period}.csv", content(period, drafts))], path=path)
    if seen.refused:
        raise ImportRefused(list(seen.refused))
    for row in (row for changes in seen.changes for row in changes.table.itertuples()):
        base = drafts[row.unit, row.indicator].base
        if (base.state or None, base.value) != (_given(row.old_state), _given(row.old_value)):
            raise StoreMoved(f"{row.unit} 的 {row.indicator} 在您填写期间已被别人改动，什么也没有写入；请看过现在的值再决定")
    return bringing.write(seen, by, path)[0]


def _given(value: object) -> object:
    return None if value is None or value != value else value
