"""The file that was refused, as a workbook to mend: the same sheets with a comment and a fill on each refused cell, and a list first.

What is mended there is dropped again as it is: the list is no table of ours, and a reader passes it over.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..readers.cells import CellError
from ..readers.sheets import Unreadable
from ..readers.workbook import read_sheets

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LIST = "拒绝清单"
AUTHOR = "质效云图"
MOST_BYTES = 15_000_000  # of a workbook's sheets once unpacked: to write a larger one again takes minutes and gigabytes
MOST_COMMENTS = 2_000  # more make a workbook slow; the list and the fill have no such limit
MOST_LISTED = 100_000
# What openpyxl lets through of a workbook that the reader could read, but not all of it is well: of XML, of zip, of its own.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, SyntaxError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, OSError, RuntimeError,
)  # fmt: skip
_HEAD = ("工作表", "单元格", "现在的内容", "为什么拒绝", "最接近的名称")
_WIDTHS = (16, 10, 30, 80, 24)
_FILL = "FFF8CBAD"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?")


def commented(name: str, data: bytes, errors: Sequence[CellError]) -> bytes | None:
    """The file as a workbook with its refused cells marked; None for what cannot be opened or is too large.

    A comment says why and names the nearest; what was marked before and is well now is marked no more. Texts stay texts.
    """
    from openpyxl.utils.exceptions import IllegalCharacterError, InvalidFileException

    try:
        book = _opened(data) if data.startswith(b"PK") else _made(name, data)
    except (Unreadable, IllegalCharacterError, InvalidFileException, *_BROKEN):
        return None
    if book is None or not book.worksheets:
        return None
    _unmark(book)
    _mark(book, errors)
    _list(book, errors)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _opened(data: bytes) -> Workbook | None:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(p.file_size for p in archive.infolist() if p.filename.startswith("xl/worksheets/")) > MOST_BYTES:
            return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that it drops, none of which hold values
        return load_workbook(io.BytesIO(data))


def _made(name: str, data: bytes) -> Workbook | None:
    """A workbook of a delimited text: its cells are texts, but for plain numbers."""
    from openpyxl import Workbook

    (table,) = read_sheets(name, data)
    if table.cells.size > MOST_BYTES / 40:
        return None
    book = Workbook()
    sheet = book.active
    sheet.title = "数据"
    for row, cells in enumerate(table.cells.tolist(), 1):
        for column, text in enumerate(cells, 1):
            if text not in ("", None):
                _write(sheet, row, column, text)
    return book


def _write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    if _NUMBER.fullmatch(text):
        cell.value = float(text) if "." in text else int(text)
        return
    cell.value = _NOT_XML.sub("�", text)[:32_767]
    cell.data_type = "s"  # a text that begins like a formula is none


def _unmark(book: Workbook) -> None:
    """Take back what an earlier round has marked."""
    from openpyxl.styles import PatternFill

    if LIST in book.sheetnames:
        del book[LIST]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
                if cell.has_style and cell.fill.fgColor.rgb == _FILL:
                    cell.fill = PatternFill()


def _mark(book: Workbook, errors: Iterable[CellError]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fill, said = PatternFill("solid", fgColor=_FILL), {}
    for error in errors:
        if place := _place(book, error):
            said.setdefault(place, []).append(error.why + (f"；最接近的是“{error.nearest}”" if error.nearest else ""))
    for number, ((title, address), why) in enumerate(said.items()):
        cell = book[title][address]
        cell.fill = fill
        if number < MOST_COMMENTS:
            cell.comment = Comment(_NOT_XML.sub("�", "\n".join(why))[:1000], AUTHOR, height=110, width=320)


def _place(book: Workbook, error: CellError) -> tuple[str, str] | None:
    """Sheet and address of the cell to mark: the first of a merge, or of a row that is refused as a whole; None for neither."""
    title = error.sheet or book.sheetnames[0]
    address = error.cell if re.fullmatch(r"[A-Z]{1,3}\d{1,7}", error.cell) else "A" + re.sub(r"\D", "", error.cell)
    if title not in book.sheetnames or address == "A":
        return None
    merge = next((r for r in book[title].merged_cells.ranges if address in r), None)
    return title, merge.start_cell.coordinate if merge else address


def _list(book: Workbook, errors: Sequence[CellError]) -> None:
    """The first sheet: every refusal, with a way to its cell."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(LIST, 0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    shown = errors[:MOST_LISTED]
    more = f"，列出前 {MOST_LISTED:,} 处" if len(errors) > len(shown) else ""
    lines = [f"共 {len(errors):,} 处没有通过{more}。请在后面的表里改正标出的单元格，保存后把本文件重新上传；本表不会被读入。"]
    rows = [(lines[0],), _HEAD, *((e.sheet, e.cell, e.value, e.why, e.nearest) for e in shown)]
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column, _NOT_XML.sub("�", str(text))[:32_767])
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=number > 1 and column == 4, vertical="top")
    for number, error in enumerate(shown, 3):
        if place := _place(book, error):
            target = "'{}'!{}".format(place[0].replace("'", "''"), place[1])
            cell = sheet.cell(number, 2)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target)
            cell.font = Font(underline="single")
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions["ABCDE"[column - 1]].width = width
        sheet.cell(2, column).font = Font(bold=True)
    sheet.freeze_panes = "A3"
