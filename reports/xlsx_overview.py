"""The first worksheet of a workbook: a document's sheets one below the other on a fine grid of columns, with native charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from reports import palette
from reports.cells import clean, column_shares, cut, grid_texts, is_number, lines, number_columns, width
from reports.chart_axes import Look, decimal_format, tier_key
from reports.contents import Block, Chart, Document, Grid, Numbers, Sheet, Words
from reports.native_charts import is_empty, native_chart
from reports.tables import write_text

_COLUMNS, _WIDE, _HIGH = 24, 40, 22  # columns of the grid, and pixels of a column and of a row
_TEXT = 5.4  # columns of text that a column of the grid holds
_PIXEL = 0.2646  # millimetres
_PAGE = 60  # rows that a printed page holds
_LONGEST = 25  # rows of a table; the whole one is a worksheet of its own
_ACROSS = 4  # columns of the grid that a big figure takes at least


class Overview:
    """The worksheet while it is being filled, and the one with its charts' data."""

    def __init__(self, book, sheet, data, document: Document):
        self.book, self.sheet, self.data, self.document = book, sheet, data, document
        self.look, self.formats, self.data_row = Look(9, document.imprint.tiers), {}, 0

    def write(self) -> None:
        """Writes the title and every sheet, each on one printed page where it fits."""
        self.sheet.hide_gridlines(2)
        self.sheet.set_default_row(_HIGH * 0.75)
        self.sheet.set_column_pixels(0, _COLUMNS - 1, _WIDE)
        self.data.set_column(0, 0, 28)
        row, page, breaks = self._title(), 0, []
        for sheet in self.document.sheets:
            end = self._sheet(row, sheet)
            if end - page > _PAGE and row > page + 4:
                breaks.append(row)
                page = row
            row = end
        self.sheet.set_h_pagebreaks(breaks)
        self.sheet.print_area(0, 0, max(row - 1, 0), _COLUMNS - 1)

    def _title(self) -> int:
        document = self.document
        self._put((0, 0), (2, _COLUMNS), document.title, size=18, bold=True)
        said = "　".join(filter(None, (document.subtitle, document.imprint.line)))
        line = {"bottom": 2, "bottom_color": palette.RED}
        self._put((2, 0), (1, _COLUMNS), said, size=9, color=palette.MUTED, **line)
        return 4

    def _sheet(self, row: int, sheet: Sheet) -> int:
        """Writes a sheet from a row on; returns the row after it and a free one."""
        self._put((row, 0), (1, _COLUMNS), sheet.title, size=13, bold=True, color=palette.RED)
        row += 1
        if sheet.lead:
            high = lines(sheet.lead, _COLUMNS * _TEXT * 0.9)
            self._put((row, 0), (high, _COLUMNS), sheet.lead, size=11, bold=True, wrap=True)
            row += high
        ends = [row]
        for (left, wide), blocks in zip(self._columns(sheet), sheet.blocks, strict=True):
            here = row if wide < _COLUMNS else ends[-1]
            for block in blocks:
                here = self._block(here, left, wide, block) + 1
            ends.append(here)
        return max(ends) + 1

    def _columns(self, sheet: Sheet) -> list[tuple[int, int]]:
        """First column and width of each of the sheet's columns; below each other where a table would not fit beside."""
        ends = [round(_COLUMNS * share / sum(sheet.columns)) for share in accumulate(sheet.columns)]
        beside = [(start, end - start - (end < _COLUMNS)) for start, end in zip([0, *ends], ends, strict=False)]
        fits = all(_fits(block, wide) for (_, wide), blocks in zip(beside, sheet.blocks, strict=True) for block in blocks)
        return beside if fits else [(0, _COLUMNS)] * len(beside)

    def _block(self, row: int, left: int, wide: int, block: Block) -> int:
        if isinstance(block, Numbers):
            return self._numbers(row, left, wide, block)
        if isinstance(block, Words):
            return self._words(row, left, wide, block)
        return self._grid(row, left, wide, block) if isinstance(block, Grid) else self._chart(row, left, wide, block)

    def _numbers(self, row: int, left: int, wide: int, numbers: Numbers) -> int:
        across = max(1, min(len(numbers.items), wide // _ACROSS))
        ends = [round(wide * k / across) for k in range(across + 1)]
        for place, item in enumerate(numbers.items):
            colour, sign = palette.tone(item.mood, 0) if item.mood else (palette.INK, "")
            down, along = divmod(place, across)
            at, last = (row + 5 * down, left + ends[along]), along == across - 1
            span = ends[along + 1] - ends[along] - (not last)
            ground = {"bg_color": palette.GROUND, "indent": 1}
            self._put(at, (1, span), item.label, size=9, color=palette.MUTED, **ground)
            self._put((at[0] + 1, at[1]), (2, span), item.value, size=18, bold=True, color=colour, **ground)
            note = f"{sign} {item.note}".strip()
            self._put((at[0] + 3, at[1]), (1, span), note, size=9, color=colour if sign else palette.MUTED, **ground)
        return row + 5 * -(-len(numbers.items) // across) - bool(numbers.items)

    def _words(self, row: int, left: int, wide: int, words: Words) -> int:
        for line in words.lines:
            text = f"• {clean(line)}" if words.bullets else clean(line)
            high = lines(text, wide * _TEXT)
            self._put((row, left), (high, wide), text, wrap=True, valign="top")
            row += high
        return row

    def _grid(self, row: int, left: int, wide: int, grid: Grid) -> int:
        """A table whose columns take whole columns of the worksheet, and its rows as many rows as their texts."""
        shown = replace(grid, frame=grid.frame.iloc[:_LONGEST], more=grid.more + max(len(grid.frame) - _LONGEST, 0))
        spans = _whole(column_shares(shown, wide * _TEXT), wide)
        places = list(zip(accumulate([left, *spans]), spans, number_columns(shown), strict=False))
        head = {"bold": True, "bg_color": palette.GROUND, "top": 2, "top_color": palette.INK, "wrap": True}
        row = self._row(row, places, [clean(name) for name in shown.frame], [None] * len(spans), **head)
        values = [shown.frame.iloc[:, k].tolist() for k in range(len(spans))]
        for place, texts in enumerate(grid_texts(shown)):
            cells = [column[place] if is_number(column[place]) and text else None for column, text in zip(values, texts, strict=True)]
            row = self._row(row, places, texts, cells, bold=place in shown.strong)
        said = "（无）" if shown.frame.empty else f"另有 {shown.more} 行，此处从略。" if shown.more else ""
        if said:
            self._put((row, left), (1, wide), said, size=9, color=palette.MUTED)
        return row + bool(said)

    def _row(self, row: int, places: Sequence, texts: Sequence[str], cells: Sequence, **form) -> int:
        high = max((lines(text, span * _TEXT) for text, (_, span, _) in zip(texts, places, strict=True)), default=1)
        line = {"bottom": 1, "bottom_color": palette.AXIS, "wrap": high > 1}
        for text, cell, (column, span, number) in zip(texts, cells, places, strict=True):
            shape = {} if cell is None else {"num_format": decimal_format(len(text.partition(".")[2]))}
            shape |= {"align": "right"} if number else {"align": "left", "indent": 1}
            self._put((row, column), (high, span), text, cell, size=9, **(line | shape | form))
        return row + high

    def _chart(self, row: int, left: int, wide: int, chart: Chart) -> int:
        if is_empty(chart):
            self._put((row, left), (1, wide), f"{clean(chart.alt)}：没有数据。", size=9, color=palette.MUTED)
            return row + 1
        high = len(chart.frame) + 3 if chart.kind in ("bars", "shares") else {"scatter": 18, "radar": 15}.get(chart.kind, 13)
        size = {"width": wide * _WIDE - 8, "height": max(high, 5) * _HIGH - 8}
        write_text(self.data, self.data_row, 0, cut(chart.alt, 200), self._format(bold=True))
        look = replace(self.look, room=(size["width"] * _PIXEL, size["height"] * _PIXEL))
        drawn, rows = native_chart(self.book, self.data, self.data_row + 1, chart, look)
        self.data_row += rows + 2
        drawn.set_size(size)
        self.sheet.insert_chart(row, left, drawn, {"description": clean(chart.alt), "object_position": 1})
        row += max(high, 5)
        if key := tier_key(chart, self.look):
            self._put((row, left), (1, wide), key, size=9, color=palette.MUTED, align="center")
        return row + bool(key)

    def _put(self, at: tuple[int, int], span: tuple[int, int], text: str, number: float | None = None, **form) -> None:
        """Writes a text, or a number, over a block of cells."""
        shape = self._format(**form)
        if span != (1, 1):
            self.sheet.merge_range(*at, at[0] + span[0] - 1, at[1] + span[1] - 1, "", shape)
        if number is None:
            write_text(self.sheet, *at, text, shape)
        else:
            self.sheet.write_number(*at, number, shape)

    def _format(self, size: float = 10, color: str = palette.INK, wrap: bool = False, valign: str = "vcenter", **more):
        """A format of the workbook, made once."""
        key = tuple(sorted((more | {"size": size, "color": color, "wrap": wrap, "valign": valign}).items()))
        if key not in self.formats:
            base = {"font_name": palette.FONT, "font_size": size, "font_color": color, "text_wrap": wrap, "valign": valign}
            self.formats[key] = self.book.add_format(base | more)
        return self.formats[key]


def _whole(shares: Sequence[float], wide: int) -> list[int]:
    """Shares as whole columns that sum to the width, one at least each."""
    ends = [round(share * wide) for share in accumulate(shares)]
    spans = [max(end - start, 1) for start, end in zip([0, *ends], ends, strict=False)]
    while sum(spans) > wide and max(spans) > 1:
        spans[spans.index(max(spans))] -= 1
    return spans


def _fits(block: Block, wide: int) -> bool:
    """Whether a block is legible in so many columns of the worksheet."""
    if isinstance(block, Grid):
        return sum(max(2, -(-width(str(name)) // _TEXT)) for name in block.frame) <= wide and len(block.frame) <= _PAGE
    return wide >= 6
