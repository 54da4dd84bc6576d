"""The keys of rows: which unit and which period each row of a table speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scoring.framework import Node

from .cells import BadCell, CellError, clean_text, is_blank, quoted, text_key
from .names import Indicators, Units, labels
from .periods import clean_period
from .tables import Table

BLANK, BAD = -1, -2
_NOTE = re.compile(
    r"(注|备注|说明|附注|填表说明|填报说明|填报人|填表人|审核人|制表人?|复核人?|负责人|单位负责人|主管领导|联系人|联系电话|填报日期|日期|数据来源)"
    r"\s*\d*\s*[:：、.．]|[※*]"
)
TOTALS = {"合计", "总计", "小计", "平均", "平均值", "均值", "平均分", "最大值", "最小值", "全市平均", "全市合计"}


class Periods:
    """Canonical periods, numbered in order of appearance."""

    def __init__(self):
        self.names: list[str] = []
        self._ids: dict[str, int] = {}

    def add(self, period: str) -> int:
        """Number of a canonical period."""
        if period not in self._ids:
            self._ids[period] = len(self.names)
            self.names.append(period)
        return self._ids[period]


@dataclass
class Scope:
    """What the tables of a call may refer to: units, indicators, the periods met so far.

    `period`: of tables that state none. `free`: any unit is taken, one without values too, and a table needs no period.
    """

    units: Units
    indicators: Indicators | None
    periods: Periods = field(default_factory=Periods)
    period: str = ""
    free: bool = False

    def node(self, text: str) -> str | None:
        """Code of the framework's node that a text names, an inner one too; None if there is none, or no framework yet.

        Raises BadCell: several of the name.
        """
        return self.indicators.node(text) if text and self.indicators else None

    def stated_period(self, table: Table) -> str:
        """The period of the rows of a table that have none of their own. Raises BadCell when nothing states one."""
        if self.free:
            return ""
        if found := table.stated_period() or self.period:
            return found
        raise BadCell("没有考核期；请加一列“考核期”，或在标题行、工作表名、文件名中写明，如 2024年四季度")


@dataclass
class Keys:
    """Ids (n_rows,) of unit and period, BAD where refused; `rows` are the rows that count, notes and empty ones left out."""

    rows: np.ndarray
    units: np.ndarray
    periods: np.ndarray


def find_keys(table: Table, scope: Scope, filled: np.ndarray) -> tuple[Keys, list[CellError]]:
    """Units and periods of the rows below the header.

    `filled` (n_rows,): the row holds something besides its keys; other rows bring nothing, whatever they say. A row without a
    period is of the one that title, sheet or file name state.
    """
    counts, unit_ids, errors = find_units(table, scope.units, filled, scope.free)
    period_ids, period_errors = _period_ids(table, scope, counts)
    keys = Keys(table.rows[counts], unit_ids[counts], period_ids[counts])
    return keys, errors + period_errors


def find_units(
    table: Table, units: Units, filled: np.ndarray, free: bool = False
) -> tuple[np.ndarray, np.ndarray, list[CellError]]:
    """Mask of the rows (n_rows,) below the header that count, their units' ids, and the units that are not known.

    `filled` as for `find_keys`; `free`: a row that names a unit counts though it holds nothing else.
    """
    unit_ids, why = _unit_ids(table, units)
    if free:
        filled = filled | (unit_ids >= 0)
    counts = filled.copy()
    for i in np.flatnonzero(filled & (unit_ids < 0)):
        counts[i] = not _is_aside_row(table, i)
    return counts, unit_ids, [_unit_error(table, i, unit_ids[i], why, units) for i in np.flatnonzero(counts & (unit_ids < 0))]


def resolve(cells: np.ndarray, find: Callable[[object], int | None]) -> tuple[np.ndarray, dict[str, BadCell]]:
    """Ids (n,) of cells through `find`, each distinct cell looked up once: BLANK, BAD (unknown or refused), or the id.

    The dictionary has the reasons of those that were refused, by their text.
    """
    places, distinct = pd.factorize(cells, use_na_sentinel=False)
    ids, why = np.empty(len(distinct), np.int64), {}
    for k, cell in enumerate(distinct):
        try:
            found = BLANK if is_blank(cell) or cell != cell else find(cell)  # factorize turns None into NaN
            ids[k] = BAD if found is None else found
        except BadCell as error:
            ids[k] = BAD
            why[str(cell)] = error
    return ids[places], why


def _unit_ids(table: Table, units: Units) -> tuple[np.ndarray, dict[str, BadCell]]:
    """Ids by code, by name where the code is blank; BAD where the two disagree. COINr's uName may change over the years."""

    def find(cell: object) -> int | None:
        text = clean_text(cell)
        return None if units.open and is_aside(text) else units.find(text)

    if "unit_code" not in table.fields:
        return resolve(table.column("unit"), find)
    by_code, why = resolve(table.column("unit_code"), find)
    if "unit" not in table.fields or ((units.open or table.coinr) and "unit_code" in table.fields):
        return by_code, why
    by_name, why_name = resolve(table.column("unit"), find)
    ids = np.where(by_code == BLANK, by_name, by_code)
    ids[(by_code >= 0) & (by_name != BLANK) & (by_name != by_code)] = BAD
    return ids, why | why_name


def _unit_error(table: Table, i: int, found: int, why: dict[str, BadCell], units: Units) -> CellError:
    sheet, row = table.sheet, int(table.rows[i])
    columns = [table.fields[f] for f in ("unit_code", "unit") if f in table.fields]
    if found == BLANK:
        return sheet.error(row, columns[-1], "这一行有数据而没有单位；请填写单位，或删去这一行")
    column = next((c for c in columns if not is_blank(sheet.cells[row, c])), columns[0])
    cell = sheet.cells[row, column]
    if error := why.get(str(cell)):
        return sheet.error(row, column, error)
    if found_code := _known(units, cell) if len(columns) == 2 else "":
        return sheet.error(row, columns[1], f"与单位代码 {found_code} 不是同一个单位；请改正其中一个")
    text = clean_text(cell)
    return sheet.error(row, column, "不是已登记的单位；请改正，新单位请先填入“单位”表", units.nearest(text))


def _known(units: Units, cell: object) -> str:
    found = units.find(clean_text(cell))
    return "" if found is None else units.codes[found]


def is_aside(text: str) -> bool:
    """Whether a row that begins with this text is a note, a signature or a total."""
    return bool(_NOTE.match(text)) or text in TOTALS


def _is_aside_row(table: Table, i: int) -> bool:
    """Whether a row without a known unit is a note, a signature, a total, or a second header row (labels, or units of measure)."""
    cells = table.sheet.cells[table.rows[i]]
    texts = {c: text for c, cell in enumerate(cells) if (text := quoted(cell))}
    first = next(iter(texts.values()), "")
    unit_texts = [texts.get(table.fields[f], "") for f in ("unit_code", "unit") if f in table.fields]
    if any(is_aside(text) for text in (first, *unit_texts)):
        return True
    named = [c for c in table.indicators if c in texts]
    return bool(named) and all(_heads(table.indicators[c], texts[c]) for c in named)


def _heads(node: Node, text: str) -> bool:
    key = text_key(text)
    return key in labels(node) or (key.removeprefix("(").removesuffix(")") == text_key(node.unit) != "")


def _period_ids(table: Table, scope: Scope, counts: np.ndarray) -> tuple[np.ndarray, list[CellError]]:
    """Ids of periods; rows without one take the stated period. One error a bad cell, one a table that states none."""
    ids = np.full(len(table.rows), BLANK, np.int64)
    errors = []
    if "period" in table.fields:
        ids, why = resolve(table.column("period"), lambda cell: scope.periods.add(clean_period(cell)))
        for i in np.flatnonzero(counts & (ids == BAD)):
            row, column = int(table.rows[i]), table.fields["period"]
            errors.append(table.sheet.error(row, column, why[str(table.sheet.cells[row, column])]))
    lacking = counts & (ids == BLANK)
    if lacking.any():
        try:
            ids[lacking] = scope.periods.add(scope.stated_period(table))
        except BadCell as error:
            errors += _lacking_errors(table, lacking, error)
    return ids, errors


def _lacking_errors(table: Table, lacking: np.ndarray, why: BadCell) -> list[CellError]:
    if "period" not in table.fields:
        return [table.sheet.refusal(why)]
    rows = table.rows[lacking].tolist()
    return [table.sheet.error(row, table.fields["period"], "没有填考核期；请写成 2024Q4 或 2024年四季度") for row in rows]
