"""Tables of units and of adjustments: registers that a person keeps, read row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from .cells import BadCell, CellError, clean_number, clean_text, is_blank, quoted, text_key
from .headers import TITLES
from .keys import Scope, find_keys, is_aside
from .names import Units
from .sheets import Sheet, present
from .tables import Table

UNIT_COLUMNS = ["code", "name", "sector", "size", "area"]
ADJUSTMENT_COLUMNS = ["unit", "period", "kind", "points", "reason", "document"]
KINDS = {
    "加分": "bonus", "奖励": "bonus", "bonus": "bonus",
    "减分": "penalty", "扣分": "penalty", "penalty": "penalty",
    "一票否决": "veto", "否决": "veto", "veto": "veto",
}  # fmt: skip


@dataclass(frozen=True)
class UnitRow:
    """A unit as one row states it (`size` NaN where it states none), where that row stands, and the area that the unit lies in."""

    code: str
    name: str
    sector: str
    size: float
    sheet: Sheet
    row: int
    column: int
    area: str = ""


def unit_rows(table: Table) -> tuple[list[UnitRow], list[CellError]]:
    """Rows of a table of units, and its bad cells: no code, no name, a size that is no number, a code given twice."""
    if lacking := [TITLES[f] for f in ("unit_code", "unit") if f not in table.fields]:
        return [], [table.sheet.refusal(f"单位表缺少列：{'、'.join(lacking)}；请补上")]
    rows, errors, seen = [], [], {}
    for row in table.rows.tolist():
        reader = RowReader(table, row)
        if reader.is_note():
            continue
        found = _unit_row(reader)
        if found.code in seen:
            reader.refuse("unit_code", f"代码重复：第 {seen[found.code] + 1} 行已是它；请删去一行")
        errors += reader.errors
        if not reader.errors:
            seen[found.code] = row
            rows.append(found)
    return rows, errors


class RowReader:
    """Clean cells of one row by field; what is refused gathers in `errors`."""

    def __init__(self, table: Table, row: int):
        self.table, self.row = table, row
        self.errors: list[CellError] = []

    def raw(self, name: str) -> object:
        """The raw cell of a field, None where the table has no such column."""
        return self.table.sheet.cells[self.row, self.table.fields[name]] if name in self.table.fields else None

    def text(self, name: str, why_blank: str = "") -> str:
        """A text; `why_blank`: why it may not be empty."""
        return self.cell(name, clean_text, why_blank) or ""

    def cell(self, name: str, clean: Callable[[object], Any], why_blank: str = "") -> Any:
        """The cell through `clean`, None where it is refused or empty."""
        if is_blank(self.raw(name)):
            if why_blank:
                self.refuse(name, why_blank)
            return None
        try:
            return clean(self.raw(name))
        except BadCell as why:
            self.refuse(name, why)
            return None

    def refuse(self, name: str, why: str | BadCell) -> None:
        """Refuse the cell of a field."""
        self.errors.append(self.table.sheet.error(self.row, self.table.fields[name], why))

    def is_note(self) -> bool:
        """Nothing at all, a total, or one text alone that is a sentence."""
        columns = sorted(self.table.fields.values())
        texts = [text for c in columns if (text := quoted(self.table.sheet.cells[self.row, c]))]
        return not texts or is_aside(texts[0]) or (len(texts) == 1 and any(mark in texts[0] for mark in "：:；。"))


def clean_size(raw: object) -> float:
    """A unit's size, not negative. Raises BadCell."""
    size = clean_number(raw, "人")
    if size < 0:
        raise BadCell("是负数；请改正，或留空")
    return size


def clean_area(raw: object) -> str:
    """The levels above a unit's sector, joined by "/" whichever stroke stands between them; "" for none. Raises BadCell."""
    return "/".join(filter(None, (level.strip() for level in clean_text(raw).replace("／", "/").split("/"))))


def _unit_row(reader: RowReader) -> UnitRow:
    code = reader.text("unit_code", "没有编码；每个单位须有编码")
    name = reader.text("unit", "没有单位名称；请填写")
    size = reader.cell("size", clean_size)
    column, area = reader.table.fields["unit"], reader.cell("area", clean_area) or ""
    return UnitRow(code, name, reader.text("sector"), np.nan if size is None else size, reader.table.sheet, reader.row, column, area)


def register(rows: Sequence[UnitRow], units: Units) -> list[CellError]:
    """Add the units of all tables to `units`; refuses a name that two codes would have, and a code that two sheets of a file give."""
    for row in rows:
        units.add(row.code, row.name)
    errors, first = [], {}
    for row in rows:
        before = first.setdefault((row.sheet.file, row.code), row)
        if before.sheet is not row.sheet:
            where = _other(row.sheet, before.sheet.name, before.row)
            errors.append(row.sheet.error(row.row, row.column, f"重复：{where}已是单位 {row.code}；请删去一行"))
    for row in rows:
        if others := [code for code in units.namesakes(row.name) if code != row.code]:
            why = f"与代码 {others[0]} 同名；名称须能分清单位，请改正其中一个"
            errors.append(row.sheet.error(row.row, row.column, why))
    return errors


def _other(sheet: Sheet, name: str, row: int) -> str:
    """Where the first of two stands, as seen from a sheet."""
    return f"第 {row + 1} 行" if name == sheet.name else f"工作表“{name}”第 {row + 1} 行"


def unit_frame(rows: Iterable[UnitRow]) -> pd.DataFrame:
    """Units as a table [code, name, sector, size, area]."""
    return pd.DataFrame([(r.code, r.name, r.sector, r.size, r.area) for r in rows], columns=UNIT_COLUMNS).astype({"size": float})


def adjustment_frame(table: Table, scope: Scope, seen: dict[tuple, tuple[str, int]]) -> tuple[pd.DataFrame, list[CellError]]:
    """Bonuses, penalties and vetoes as [unit, period, kind, points, reason, document], and what was refused.

    Points are positive whatever the kind; a veto needs none (0). A reason and a document number are required. `seen`: where the file's
    other tables give theirs, to which this one's are added.
    """
    if lacking := [TITLES[f] for f in ("kind", "points", "reason", "document") if f not in table.fields]:
        return adjustment_table([]), [table.sheet.refusal(f"加减分表缺少列：{'、'.join(lacking)}；请补上")]
    columns = [table.fields[f] for f in ("kind", "points", "reason", "document")]
    filled = present(table.sheet.cells[table.rows][:, columns]).any(axis=1)
    keys, errors = find_keys(table, scope, filled)
    found = []
    for row, unit, period in zip(keys.rows.tolist(), keys.units.tolist(), keys.periods.tolist(), strict=True):
        reader = RowReader(table, row)
        kind = reader.cell("kind", _kind, "没有填类型；请填 加分、减分 或 一票否决")
        points = reader.cell("points", partial(_points, kind), "" if kind == "veto" else "没有分值；请填正数") or 0.0
        reason = reader.text("reason", "没有事由；每项加减分须写明事由")
        document = reader.text("document", "没有文号；每项加减分须有依据文号")
        key = (unit, period, kind, document)
        if key in seen:
            why = f"重复：同一单位、考核期、类型、文号已在{_other(table.sheet, *seen[key])}给出；请合并，或改正文号"
            reader.refuse("document", why)
        errors += reader.errors
        if not reader.errors and unit >= 0 and period >= 0:
            seen[key] = table.sheet.name, row
            found.append((scope.units.codes[unit], scope.periods.names[period], kind, points, reason, document))
    return adjustment_table(found), errors


def adjustment_table(rows: list[tuple]) -> pd.DataFrame:
    """Adjustments as a table [unit, period, kind, points, reason, document]."""
    return pd.DataFrame(rows, columns=ADJUSTMENT_COLUMNS).astype({"points": float})


def _kind(raw: object) -> str:
    text = quoted(raw)
    if (kind := KINDS.get(text_key(text))) is None:
        raise BadCell("不是加减分的类型；只能填 加分、减分、一票否决")
    return kind


def _points(kind: str | None, raw: object) -> float:
    points = clean_number(raw, "分")
    if points < 0 or (points == 0 and kind != "veto"):
        raise BadCell("不是正数；加或减由类型决定，分值一律填正数")
    return points
