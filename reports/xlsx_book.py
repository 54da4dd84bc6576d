"""A document as a workbook: an overview with native charts, then tables to filter, set to print; the same contents, the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from reports import palette
from reports.cells import clean
from reports.chart_xml import mended_part
from reports.contents import Document
from reports.docx_frame import MAKER
from reports.packages import same_bytes
from reports.tables import set_to_print, sheet_names, write_cells, write_text
from reports.xlsx_overview import Overview

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
        set_to_print(data, clean(imprint.line), head=None)
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
    write_text(sheet, 0, 0, imprint, made.add_format(base | {"font_color": palette.MUTED, "font_size": 9}))
    sheet.set_row(1, 22)
    sheet.freeze_panes(2, 1)
    set_to_print(sheet, imprint, head=1)


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
    sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
    sheet.center_horizontally()
