"""Tables as CSV and XLSX bytes that open rightly in WPS and Excel, where no text can become a formula."""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

DEMO_MARK = "演示数据"
DEMO_COLUMN = "数据性质"
MARK_COLUMN = "结果性质"
# Excel in Chinese reads the full-width signs as the others; the list is OWASP's ("CSV Injection").
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_WIDEST, _SAMPLE = 40, 200  # characters of a column; rows that are looked at for its width
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\\n]")
_LONGEST_CELL, _LONGEST_NAME = 32_767, 31  # UTF-16 units, by the format
_LONGEST_FOOT = 110  # so that the foot of a page stays below the 255 that the format allows
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold or nobody can see


class _Exact(float):
    """A number that is written with as many digits as it takes to read the same number back; xlsxwriter writes sixteen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def csv_bytes(table: pd.DataFrame, demo: bool = False, mark: str = "") -> bytes:
    """The table without its index, UTF-8 with BOM, numbers at full precision; a text that starts like a formula gets a leading '.

    `demo`: adds a column that says so in every row. `mark`: what else every row must say of itself, in a column of its own.
    """
    safe = _marked(table, demo, mark).apply(_safe)
    safe.columns = [_guarded(_plain(str(c))) for c in safe.columns]
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx_bytes(sheets: Mapping[str, pd.DataFrame], notes: Iterable[str] = (), demo: bool = False, mark: str = "") -> bytes:
    """One worksheet a table, with frozen header, filter and fitted widths; `notes` go on a last sheet 说明.

    Texts stay texts and numbers numbers, whatever they look like. `demo`: says so on the notes and in every row; `mark`: what else
    they must say.
    """
    import xlsxwriter  # an eighth of a second that only exports need

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        names = sheet_names([*sheets, "说明"])
        for name, table in zip(names, sheets.values(), strict=False):
            _write_sheet(book.add_worksheet(name), _marked(table, demo, mark), bold)
        lines = [*([mark] if mark else []), *([f"{DEMO_MARK}：由程序生成，不对应任何真实单位"] if demo else []), *notes]
        if lines:
            sheet = book.add_worksheet(names[-1])
            sheet.set_column(0, 0, 100)
            for row, line in enumerate(lines):
                sheet.write_string(row, 0, _plain(line))
    return buffer.getvalue()


def write_text(sheet, row: int, column: int, text: str, form=None) -> None:
    """Writes a text by its own method, so that nothing guesses from its first character; too long a one is cut."""
    sheet.write_string(row, column, _cut(_plain(text), _LONGEST_CELL), form)


def write_cells(sheet, table: pd.DataFrame, formats: Callable[[pd.Series], tuple], top: int = 0) -> None:
    """Writes a table under its header in row `top` of a worksheet, with a filter and fitted widths; texts stay texts.

    `formats`: a column's formats, of its header and of its cells.
    """
    for column, title in enumerate(table.columns):
        cells, (head, form) = [_plain(cell) for cell in table.iloc[:, column].tolist()], formats(table.iloc[:, column])
        sheet.write_string(top, column, _plain(str(title)), head)
        for row, cell in enumerate(cells, top + 1):
            if isinstance(cell, str):
                write_text(sheet, row, column, cell, form)
            elif cell is not None:
                sheet.write_number(row, column, cell if isinstance(cell, int) else _Exact(cell), form)
        sheet.set_column(column, column, min(_WIDEST, 2 + max(_width(c) for c in [title, *cells[:_SAMPLE]])))
    if len(table.columns):
        sheet.autofilter(top, 0, top + max(len(table), 1), len(table.columns) - 1)


def set_to_print(sheet, foot: str = "", head: int | None = 0) -> None:
    """A4 across, as wide as the page, pages numbered; `foot`: what stands beside the sheet's name, `head`: a row that every page repeats."""
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if head is not None:
        sheet.repeat_rows(head)
    sheet.set_footer(f"&L&8&A　{_cut(_plain(foot), _LONGEST_FOOT).replace('&', '&&')}&R&8第 &P 页，共 &N 页")


def _write_sheet(sheet, table: pd.DataFrame, bold) -> None:
    write_cells(sheet, table, lambda column: (bold, None))
    sheet.freeze_panes(1, 0)
    set_to_print(sheet)


def _plain(cell: object) -> str | int | float | None:
    """A cell as text, number or nothing: yes and no in Chinese, no infinity, a sign � for each character that a sheet cannot hold."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    if isinstance(cell, int | float):
        return cell
    return _REFUSED.sub("�", str(cell).replace("\r\n", "\n").replace("\r", "\n"))


def _marked(table: pd.DataFrame, demo: bool, mark: str) -> pd.DataFrame:
    return table.assign(**({DEMO_COLUMN: DEMO_MARK} if demo else {}), **({MARK_COLUMN: mark} if mark else {}))


def _safe(column: pd.Series) -> pd.Series:
    """A column for CSV: numbers as they are, whole ones whole; the rest as guarded text."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.replace([np.inf, -np.inf], np.nan)
    return column.map(lambda cell: _guarded(_plain(cell)))


def _guarded(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names that Excel accepts, in order: no forbidden sign, no quote at an end, short enough, each once whatever its case."""
    taken: list[str] = []
    for name in wanted:
        name = _NOT_IN_A_SHEET_NAME.sub("·", _plain(name)).strip("' ") or "表"
        short, again = _cut(name, _LONGEST_NAME).strip("' "), 1
        while short.lower() in {t.lower() for t in taken}:
            again += 1
            short = f"{_cut(name, _LONGEST_NAME - 4)} {again}"
        taken.append(short)
    return taken


def _cut(text: str, units: int) -> str:
    """Text cut to so many UTF-16 units, which is how the format counts; no character is halved."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")


def _width(cell: object) -> int:
    """Width in half-width characters of what a cell shows."""
    text = f"{cell:.6g}" if isinstance(cell, float) else str(cell)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
