"""Sheets to tables: where the header stands, what kind of table it heads, and what the title above it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from scoring.framework import Node

from .cells import BadCell, CellError, is_blank, nearest, quoted, text_key
from .headers import ALLOWED, KEY_FIELDS, TITLES, field_of, framework_column, is_ignored, sheet_kind
from .names import Indicators
from .periods import find_period
from .sheets import Sheet, address, present

HEADER_ROWS = 40  # rows that hold anything, among which the header is looked for
DEMO_MARK = "演示数据"
_NEEDED = {
    "units": "编码、单位名称、片组",
    "framework": "代码、上级、名称、计量单位、方向、权重",
    "values": "单位和各项指标（一列一项），或 单位、指标、值",
    "adjustments": "单位、类型、分值、事由、文号",
}


@dataclass
class Table:
    """A table found on a sheet: `kind` is units, framework, imeta, wide, long, adjustments, ledger or guidance; `header` its row.

    `fields`: field → column; `indicators`: column → indicator (wide); `others`: column → header of the rest; `title`: the texts
    above the header; `coinr`: the header is COINr's own; `aside`: code → column of its groups and denominators.
    """

    sheet: Sheet
    kind: str
    header: int
    fields: dict[str, int]
    indicators: dict[int, Node] = field(default_factory=dict)
    others: dict[int, str] = field(default_factory=dict)
    coinr: bool = False
    title: str = ""
    aside: dict[str, int] = field(default_factory=dict)

    @cached_property
    def rows(self) -> np.ndarray:
        """Rows below the header."""
        return np.arange(self.header + 1, len(self.sheet.cells))

    @property
    def demo(self) -> bool:
        """Whether the file says of itself that it holds demo data."""
        return any(DEMO_MARK in text for text in (self.title, self.sheet.name, self.sheet.file))

    def column(self, name: str) -> np.ndarray:
        """Raw cells of a field below the header; all None where the table has no such column."""
        if name not in self.fields:
            return np.full(len(self.rows), None, dtype=object)
        return self.sheet.cells[self.rows, self.fields[name]]

    def stated_period(self) -> str:
        """The period that title, sheet name or file name state, "" if none. Raises BadCell when one of them states two."""
        return next((p for t in (self.title, self.sheet.name, self.sheet.file) if (p := find_period(t))), "")


def find_framework(sheet: Sheet, facets: Mapping[str, str]) -> Table | None:
    """The framework or iMeta table of a sheet, if it is one; the columns are framework.csv's, or iMeta's in lower case."""
    best = None
    for row in candidates(sheet):
        labels = {c: quoted(cell) for c, cell in enumerate(sheet.cells[row]) if quoted(cell)}
        keys = {text_key(label): c for c, label in labels.items()}
        if {"icode", "parent", "type"} <= keys.keys():
            return Table(sheet, "imeta", row, keys, coinr=True)
        columns = [(name, c) for c, label in labels.items() if (name := framework_column(label, facets))]
        if {"code", "parent", "weight"} <= {name for name, _ in columns} and (best is None or len(columns) > best[0]):
            best = (len(columns), row, columns)
    if best is None:
        return None
    return Table(sheet, "framework", best[1], dict(best[2]), others={c: name for name, c in best[2]}, title=title_above(sheet, best[1]))


def find_table(sheet: Sheet, indicators: Indicators | None) -> Table | None:
    """The table of units, values or adjustments on a sheet: the row with the most words that can head one."""
    best: tuple[int, Table] | None = None
    named = sheet_kind(sheet.name)
    for row in candidates(sheet):
        table = _read_header(sheet, row, indicators)
        table.kind = _kind(table, named)
        score = len(table.fields) + len(table.indicators)
        if table.kind and (best is None or score > best[0]):
            best = (score, table)
    return _settled(best[1]) if best else None


def _settled(table: Table) -> Table:
    """The chosen table, with its title, and without the fields that its kind has no use for."""
    table.title = title_above(table.sheet, table.header)
    for name in table.fields.keys() - ALLOWED[table.kind]:
        column = table.fields.pop(name)
        table.others[column] = quoted(table.sheet.cells[table.header, column])
    return table


def _read_header(sheet: Sheet, row: int, indicators: Indicators | None) -> Table:
    table = Table(sheet, "", row, {})
    labels = {c: quoted(cell) for c, cell in enumerate(sheet.cells[row])}
    for column, label in labels.items():
        name, node = field_of(label) if label else "", _indicator(label, indicators)
        if name and name not in table.fields and (node is None or name in KEY_FIELDS):
            table.fields[name] = column
        elif node is not None and node not in table.indicators.values():
            table.indicators[column] = node
        elif name or not is_ignored(label):
            table.others[column] = label
    keys = {text_key(label) for label in labels.values()}
    table.coinr = "ucode" in keys
    _place_code(table)
    return table


def _indicator(label: str, indicators: Indicators | None) -> Node | None:
    try:
        return indicators.find(label) if indicators and label else None
    except BadCell:
        return None  # reported by name once the header is chosen


def _place_code(table: Table) -> None:
    """A bare 代码 names what stands to its right: the unit, or (right of the unit, in a long table) the indicator."""
    fields = table.fields
    if "code" not in fields:
        return
    column = fields.pop("code")
    of_indicator = "unit" in fields and fields["unit"] < column and "value" in fields and "indicator" not in fields
    name = "indicator" if of_indicator else "unit_code"
    if name in fields:
        table.others[column] = quoted(table.sheet.cells[table.header, column])
    else:
        fields[name] = column


def _kind(table: Table, named: str) -> str:
    """What the row can head: its fields decide; the sheet's name decides only where they could mean two things."""
    has = table.fields.keys()
    unit = bool(has & {"unit", "unit_code"})
    if unit and has & {"indicator", "indicator_name"} and has & {"value", "state"}:
        return "long"
    if unit and {"kind", "points"} <= has:
        return "adjustments"
    if unit and (table.indicators or table.coinr):
        return "wide"
    if {"unit", "unit_code"} <= has and "period" not in has and named != "values":
        return "units"
    if unit and named in ("units", "values", "adjustments"):
        return "wide" if named == "values" else named
    if unit and "period" in has:
        return "wide"
    return "units" if "unit" in has and "sector" in has else ""


def header_errors(table: Table, indicators: Indicators | None) -> list[CellError]:
    """Columns that the table has no use for: unknown, inner nodes, doubled, or filled without a header."""
    errors = []
    sheet = table.sheet
    if indicators is None and table.kind in ("wide", "long"):
        return [sheet.refusal("无法识别指标：还没有指标体系；请先导入指标体系，或与本文件一起导入")]
    if table.kind == "wide" and not table.indicators and not any(table.others.values()):
        return [sheet.refusal("没有指标列；请把各项指标排成列，表头写指标代码或名称")]
    strict = table.kind in ("wide", "units")  # elsewhere a column more takes nothing from the ones that count
    for column, label in table.others.items():
        if not label:
            errors += _headless(table, column)
        elif strict:
            errors.append(_unknown_column(table, column, label, indicators))
    return errors


def _headless(table: Table, column: int) -> list[CellError]:
    """A value without a header is most often what follows an unquoted comma: the row has slipped."""
    why = "所在的列没有表头；请补上表头，或删去（CSV 里带逗号的数要加引号）"
    cells = table.sheet.cells[table.rows, column]
    filled = [i for i in np.flatnonzero(present(cells)) if not is_blank(cells[i])]
    return [table.sheet.error(table.rows[i], column, why) for i in filled[:1]]


def _unknown_column(table: Table, column: int, label: str, indicators: Indicators) -> CellError:
    sheet, row = table.sheet, table.header
    if field_of(label) in table.fields:
        return sheet.error(row, column, "这一列的表头与另一列同义；请删去一列，或改名为“备注”")
    if table.kind != "wide":
        return sheet.error(row, column, "不是本表的列；请改正表头，或删去这一列", nearest(label, TITLES.values()))
    try:
        node = indicators.find(label)
    except BadCell as why:
        return sheet.error(row, column, why)
    if node is not None:
        first = next(c for c, other in table.indicators.items() if other is node)
        return sheet.error(row, column, f"与 {address(row, first)} 是同一项指标（{node.code}）；请删去一列")
    aside = "；分母或分组列请与 iMeta 一起导入" if table.coinr else ""
    return sheet.error(row, column, f"不是指标体系中的指标；请改正表头，或删去这一列{aside}", indicators.nearest(label))


def headless_sheet(sheet: Sheet) -> CellError | None:
    """The refusal of a sheet whose name promises a table that it does not hold; None where it promises none or is empty."""
    kind = sheet_kind(sheet.name)
    if not kind or not sheet.cells.size:
        return None
    return sheet.refusal(f"找不到表头；应有的列：{_NEEDED[kind]}")


def candidates(sheet: Sheet) -> list[int]:
    """The first HEADER_ROWS rows that hold anything, among which a header may stand."""
    found = []
    for row in range(len(sheet.cells)):
        if not all(map(is_blank, sheet.cells[row])):
            found.append(row)
            if len(found) == HEADER_ROWS:
                break
    return found


def title_above(sheet: Sheet, header: int) -> str:
    """The texts above a header, each once."""
    texts = [quoted(cell) for row in range(header) for cell in sheet.cells[row]]
    return " ".join(dict.fromkeys(t for t in texts if t))
