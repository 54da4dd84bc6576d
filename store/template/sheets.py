"""What the sheets of the import workbook have in common: formats, header rows, drop-downs, cells, the way they print."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.workbook import Format, Workbook
from xlsxwriter.worksheet import Worksheet

from ..readers.cells import is_blank


class Styles:
    """The formats of a workbook."""

    def __init__(self, book: Workbook):
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "silver"}
        self.head = book.add_format(head)
        self.cell = book.add_format({"border": 1, "valign": "vcenter"})
        self.line = book.add_format({"text_wrap": True, "valign": "top"})


def head_row(sheet: Worksheet, styles: Styles, title: str, headers: Sequence[str], widths: Sequence[float]) -> None:
    """A merged title, a header row, and the widths of the columns."""
    sheet.merge_range(0, 0, 0, max(len(headers) - 1, 1), title, styles.title)
    sheet.set_row(0, 30)
    for column, (header, width) in enumerate(zip(headers, widths, strict=True)):
        sheet.write_string(1, column, header, styles.head)
        sheet.set_column(column, column, width)


def print_wide(sheet: Worksheet) -> None:
    """A4 across, all columns on a page, title and header on each."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.set_footer("&L&A&R第 &P 页，共 &N 页")


def offer(sheet: Worksheet, column: int, choices: list[str] | str, rows: int, hint: str = "") -> None:
    """A drop-down below a header that helps and forbids nothing: the import says what is wrong, and says it better."""
    sheet.data_validation(2, column, rows + 1, column, drop_down(choices, hint))


def drop_down(source: list[str] | str, hint: str = "") -> dict:
    """A validation that offers what a list or a range of cells holds."""
    return {"validate": "list", "source": source, "show_error": False, "input_message": hint[:255]}


def write_row(sheet: Worksheet, row: int, cells: Sequence[object], style: Format) -> None:
    """Cells as what they are: blanks blank, texts as texts (formulas and links too), the rest as numbers."""
    for column, cell in enumerate(cells):
        if is_blank(cell) or cell != cell:
            sheet.write_blank(row, column, None, style)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell, style)
        else:
            sheet.write_number(row, column, cell, style)
