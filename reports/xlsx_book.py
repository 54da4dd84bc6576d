"""A document as a workbook: an overview with native charts, then tables to filter, set to print; the same contents, the same bytes."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate

import pandas as pd

from reports import palette
from reports.cells import clean, width
from reports.chart_xml import mended_part
from reports.contents import Document
from reports.docx_frame import MAKER
from reports.packages import same_bytes
from reports.tables import set_to_print, sheet_names, write_cells, write_text
from reports.xlsx_overview import Overview

_WIDEST, _SAMPLE = 40, 200  # characters of a column; rows that are looked at for its width
_ACROSS = 240  # characters across A4 at three fifths of their size
_SEARCHED, _FIRST = 500, 40  # rows from which a table is for searching, not for reading; rows of its first page
_SMALL = 60  # per cent
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def book(document: Document, tables: Mapping[str, pd.DataFrame]) -> bytes:
    """The document's sheets on 概览, a worksheet a table (without its index), and the numbers behind the charts on the last.

    Each table has the imprint above its header, a filter, and a frozen header and first column.
    """
    import xlsxwriter  # an eighth of a second that only exports need

    imprint, buffer = document.imprint, io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as made:
        told = {"title": clean(document.title), "author": MAKER, "comments": clean(imprint.line)}
        made.set_properties(told | {"created": datetime.fromisoformat(imprint.date[:10])})
        first, *names, last = sheet_names(["概览", *tables, "图表数据"])
        front = made.add_worksheet(first)
        for name, table in zip(names, tables.values(), strict=True):
            _table(made, made.add_worksheet(name), table, clean(imprint.line))
        data = made.add_worksheet(last)
        Overview(made, front, data, document).write()
        _set_front(front, clean(imprint.line))
        _set_data(data, clean(imprint.line))
    return same_bytes(buffer.getvalue(), mended_part)


def _table(made, sheet, table: pd.DataFrame, imprint: str) -> None:
    base = {"font_name": palette.FONT, "font_size": 10, "font_color": palette.INK, "valign": "vcenter"}
    head = {"bold": True, "text_wrap": True, "bg_color": palette.GROUND, "bottom": 2, "bottom_color": palette.RED}
    line = {"bottom": 1, "bottom_color": palette.AXIS}
    formats = {}
    for shape in ("", "0", "0.0", "0.00"):
        side = {"align": "right"} if shape else {"align": "left", "indent": 1}
        told = {"num_format": shape} if shape else {}
        formats[shape] = made.add_format(base | head | side), made.add_format(base | line | side | told)
    write_cells(sheet, table, lambda column: formats[_shape(column)], top=1)
    wide = _set_widths(sheet, table)
    rows, columns = _printed(table, wide)
    said = _said_of_print(table, rows, columns)
    write_text(sheet, 0, 0, "　".join(filter(None, (imprint, said))), made.add_format(base | {"font_color": palette.MUTED, "font_size": 9}))
    sheet.set_row(1, 32)
    sheet.freeze_panes(2, 1)
    set_to_print(sheet, imprint, head=1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.print_area(0, 0, 1 + max(rows, 1), max(columns - 1, 0))


def _set_widths(sheet, table: pd.DataFrame) -> list[float]:
    """Widths of the columns in characters: as their cells ask for, a header on two lines."""
    wide = []
    for place, title in enumerate(table.columns):
        cells = max((width(_text(cell)) for cell in table.iloc[:_SAMPLE, place]), default=0)
        wide.append(min(_WIDEST, 2.5 + max(cells, math.ceil(width(str(title)) / 2), 4)))
        sheet.set_column(place, place, wide[-1])
    return wide


def _text(cell: object) -> str:
    return "" if pd.isna(cell) else f"{cell:.1f}" if isinstance(cell, float) else str(cell)


def _printed(table: pd.DataFrame, wide: Sequence[float]) -> tuple[int, int]:
    """Rows and columns that are printed: the columns that one page holds in legible type; of a table to be searched only a first page."""
    columns = sum(end <= _ACROSS for end in accumulate(wide))
    return (len(table) if len(table) <= _SEARCHED else _FIRST), max(columns, 1) if len(wide) else 0


def _said_of_print(table: pd.DataFrame, rows: int, columns: int) -> str:
    """What is not printed, and how it can be; "" for a table that is printed whole."""
    parts = [("行", rows, len(table)), ("列", columns, len(table.columns))]
    left = [f"前 {some} {word}（共 {all_:,} {word}）" for word, some, all_ in parts if some < all_]
    return f"打印范围只含{'、'.join(left)}；要印其余，请筛选后选中，打印“选定区域”" if left else ""


def _shape(column: pd.Series) -> str:
    """Format of a column: "" for texts, whole numbers whole, one decimal, two where all lie within ±1; the cells keep every digit."""
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return ""
    known = column.dropna()
    if (known == known.round()).all():
        return "0"
    return "0.00" if (known.abs() <= 1).all() else "0.0"


def _set_front(sheet, imprint: str) -> None:
    set_to_print(sheet, imprint, head=None)
    sheet.set_portrait()
    sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
    sheet.center_horizontally()


def _set_data(sheet, imprint: str) -> None:
    """The charts' numbers, which are there to be edited rather than read, on few pages."""
    set_to_print(sheet, imprint, head=None)
    sheet.set_portrait()
    sheet.set_print_scale(_SMALL)
