"""Why files were refused, as a workbook: a row a cell."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from ..readers.cells import CellError

_COLUMNS = ("文件", "工作表", "单元格", "内容", "原因", "最接近的")
_WIDTHS = (24, 14, 10, 30, 80, 20)
_MOST = 1_000_000  # rows that a sheet has room for


def write_reasons(path: Path, errors: Sequence[CellError]) -> None:
    """Write all refused cells. Raises OSError."""
    path.write_bytes(reasons(errors))


def reasons(errors: Sequence[CellError]) -> bytes:
    """All refused cells as a workbook."""
    from xlsxwriter import Workbook  # which only a refusal needs

    buffer = io.BytesIO()
    with Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("原因")
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, min(len(errors), _MOST), len(_COLUMNS) - 1)
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        rows = [(e.file, e.sheet, e.cell, e.value, e.why, e.nearest) for e in errors[:_MOST]]
        if len(errors) > _MOST:
            rows.append(("", "", "", "", f"另有 {len(errors) - _MOST} 处错误未列出", ""))
        for number, row in enumerate([_COLUMNS, *rows]):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
    return buffer.getvalue()
