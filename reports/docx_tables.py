"""Tables of a Word file, written as XML: a tenth of the time that python-docx takes for a table of a hundred rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from reports import palette
from reports.cells import clean, column_shares, grid_texts, number_columns
from reports.contents import Grid, Numbers
from reports.docx_styles import CELL, LABEL, NOTE, SMALL_CELL, VALUE, style_id

_TWIPS = 56.6929  # in a millimetre
_MANY = 8  # columns beyond which a table is set smaller
_USUAL, _SMALL = 1.6, 1.35  # millimetres of a column of text, usual and set smaller
_SHORT = 14  # rows up to which a table is kept on one page
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


class Line(NamedTuple):
    """A paragraph of a cell: its text, its style, and what it has of its own."""

    text: str
    style: str = CELL
    bold: bool = False
    align: str = "left"
    colour: str = ""
    held: bool = False  # on the page of the next


def grid_table(grid: Grid, width: float):
    """A table with a header row that every page repeats; rows are not broken apart, nor short tables. `width` in millimetres."""
    many, texts = grid.frame.shape[1] > _MANY, grid_texts(grid)
    aligned = ["right" if number else "left" for number in number_columns(grid)]
    widths = [share * width for share in column_shares(grid, width / (_SMALL if many else _USUAL))]
    base = Line("", SMALL_CELL if many else CELL)

    def row(cells: Sequence[str], bold: bool, held: bool, fill: str = "") -> str:
        lines = [base._replace(text=text, bold=bold, align=align, held=held) for text, align in zip(cells, aligned, strict=True)]
        return _row([_cell([line], wide, fill) for line, wide in zip(lines, widths, strict=True)], header=bool(fill))

    said = "（无）" if not texts else f"另有 {grid.more} 行，此处从略。" if grid.more else ""
    rows = [row([clean(name) for name in grid.frame], True, True, palette.GROUND)]
    for place, cells in enumerate(texts, 1):
        rows.append(row(cells, place - 1 in grid.strong, len(texts) <= _SHORT and (place < len(texts) or bool(said))))
    if said:
        rows.append(_row([_cell([Line(said, NOTE)], width, across=len(widths))]))
    ruled = {"top": (palette.INK, 8), "bottom": (palette.INK, 8), "insideH": (palette.AXIS, 4)}
    return _table(rows, widths, ruled, padding=0.9 if many else 1.8)


def numbers_table(numbers: Numbers, width: float, across: int):
    """Big figures beside each other, so many in a row, a pale ground under each. `width` in millimetres."""
    items = list(numbers.items)
    columns = max(1, min(across, len(items)))
    wide = width / columns
    rows = []
    for first in range(0, len(items), columns):
        cells = []
        for item in items[first : first + columns]:
            colour, sign = palette.tone(item.mood, 0) if item.mood else (palette.INK, "")
            said = clean(f"{sign} {item.note}".strip())
            note = [Line(said, NOTE, colour=colour if sign else "")] if said else []
            lines = [Line(clean(item.label), LABEL), Line(clean(item.value), VALUE, colour=colour), *note]
            cells.append(_cell(lines, wide, fill=palette.GROUND))
        rows.append(_row(cells + [_cell([Line("", NOTE)], wide)] * (columns - len(cells))))
    gaps = dict.fromkeys(("insideH", "insideV"), (palette.PAPER, 36))
    return _table(rows, [wide] * columns, gaps, padding=2)


def columns_table(widths: Sequence[float], gap: float):
    """A table of one row without lines, whose cells hold blocks beside each other. `widths` in millimetres, `gap` between them."""
    cells = [_cell([Line("", NOTE)], wide, top=True) for wide in widths]
    return _table([_row(cells, whole=False)], widths, {}, padding=0, right=gap)


def _table(rows: Sequence[str], widths: Sequence[float], lines: dict[str, tuple[str, int]], padding: float, right: float | None = None):
    from docx.oxml import parse_xml

    borders = "".join(f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{_hex(c)}"/>' for side, (c, size) in lines.items())
    margins = {"left": padding, "right": padding if right is None else right}
    around = "".join(f'<w:{side} w:w="{_twips(size)}" w:type="dxa"/>' for side, size in margins.items())
    return parse_xml(
        f'<w:tbl {_W}><w:tblPr><w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>{borders}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{around}</w:tblCellMar></w:tblPr><w:tblGrid>'
        f'{"".join(f"""<w:gridCol w:w="{_twips(w)}"/>""" for w in widths)}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def _row(cells: Sequence[str], header: bool = False, whole: bool = True) -> str:
    held = ("<w:cantSplit/>" if whole else "") + ("<w:tblHeader/>" if header else "")
    return f"<w:tr><w:trPr>{held}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(lines: Sequence[Line], width: float, fill: str = "", across: int = 1, top: bool = False) -> str:
    span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{_hex(fill)}"/>' if fill else ""
    high = "top" if top else "center"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/>{span}{shade}<w:vAlign w:val="{high}"/></w:tcPr>'
        f"{''.join(map(_paragraph, lines))}</w:tc>"
    )


def _paragraph(line: Line) -> str:
    align = f'<w:jc w:val="{line.align}"/>' if line.align != "left" else ""
    held = "<w:keepNext/>" if line.held else ""
    run = ("<w:b/>" if line.bold else "") + (f'<w:color w:val="{_hex(line.colour)}"/>' if line.colour else "")
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style_id(line.style)}"/>{held}{align}</w:pPr><w:r><w:rPr>{run}</w:rPr>'
        f'<w:t xml:space="preserve">{escape(line.text)}</w:t></w:r></w:p>'
    )


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS)


def _hex(colour: str) -> str:
    return colour.removeprefix("#")
