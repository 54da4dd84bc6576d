"""A document of contents as a Word file: A4, a section a sheet, native charts and tables; the same document, the same bytes."""

from __future__ import annotations

import re
from itertools import count

from reports import palette
from reports.cells import clean
from reports.chart_axes import Look, tier_key
from reports.contents import Block, Chart, Document, Grid, Numbers, Sheet, Words
from reports.docx_charts import add_chart
from reports.docx_frame import as_of_today, describe, docx_bytes, page_numbers
from reports.docx_styles import (
    BODY,
    CHART,
    EYEBROW,
    GAP,
    IMPRINT,
    LEAD,
    NOTE,
    PORTRAIT,
    REPORT,
    Plan,
    number_headings,
    ruled,
    set_styles,
)
from reports.docx_tables import columns_table, grid_table, numbers_table
from reports.native_charts import is_empty

_GAP = 6.0  # millimetres between columns
_PAGE = 225.0  # the tallest that a chart may be
_BESIDE = 15  # rows of a table that may stand beside something
_OWN_NUMBER = re.compile("[一二三四五六七八九十]+、|附")  # a heading that has its number, or is an annex


def report(document: Document, compact: bool = False) -> bytes:
    """The document as DOCX. `compact`: a portrait's small type and margins, without numbers before the headings."""
    return _Paper(document, PORTRAIT if compact else REPORT, compact).written()


class _Paper:
    """A Word file that is being filled, from its first sheet to its last."""

    def __init__(self, contents: Document, plan: Plan, compact: bool):
        from docx import Document as new

        self.contents, self.plan, self.compact = contents, plan, compact
        self.file, self.charts = new(), count(1)
        self.look = Look(plan.table - 0.5, contents.imprint.tiers)

    def written(self) -> bytes:
        """The bytes of the file, its page set and all its sheets written."""
        as_of_today(self.file)
        set_styles(self.file, self.plan)
        self._set_page()
        if not self.compact and len(self.contents.sheets) > 1:
            number_headings(self.file)
        self._title()
        for sheet in self.contents.sheets:
            self._sheet(sheet)
        imprint = self.contents.imprint
        describe(self.file, clean(self.contents.title), imprint.date, clean(imprint.line))
        return docx_bytes(self.file)

    def _set_page(self) -> None:
        from docx.shared import Mm

        page, (top, right, bottom, left) = self.file.sections[0], self.plan.margins
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.top_margin, page.right_margin, page.bottom_margin, page.left_margin = Mm(top), Mm(right), Mm(bottom), Mm(left)
        page.footer_distance = Mm(bottom / 2)
        foot = page.footer
        cells = self._columns(foot, [self.plan.width * 0.78, self.plan.width * 0.22], 0)
        cells[0].paragraphs[0].add_run(clean(self.contents.imprint.line))
        page_numbers(cells[1].paragraphs[0])
        for cell in cells:
            cell.paragraphs[0].style = "Footer"
        cells[1].paragraphs[0].alignment = 2
        foot._element.remove(foot.paragraphs[0]._p)

    def _title(self) -> None:
        """Whose index, what, for whom, and a red line; a portrait has them at the left, a report in the middle."""
        contents, styles = self.contents, self.file.styles
        ruled(styles[IMPRINT], "bottom", palette.RED, 12, 6)
        if self.compact:
            ruled(styles["Heading 1"], "left", palette.RED, 24, 5)
        for text, style in (
            (contents.imprint.index if contents.imprint.index not in contents.title else "", EYEBROW),
            (contents.title, "Title"), (contents.subtitle, "Subtitle"), (contents.imprint.line, IMPRINT),
        ):  # fmt: skip
            if text:
                styles[style].paragraph_format.alignment = 0 if self.compact else 1
                self.file.add_paragraph(clean(text), style)

    def _sheet(self, sheet: Sheet) -> None:
        heading = self.file.add_paragraph(clean(sheet.title), "Heading 1")
        if _OWN_NUMBER.match(sheet.title):
            heading.paragraph_format.page_break_before = sheet.title.startswith("附") and not self.compact
            heading._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = 0
        if sheet.lead:
            self.file.add_paragraph(clean(sheet.lead), LEAD)
        # the gap right of the last column lies in the margin, so that the columns end where the text does
        wide = [(self.plan.width + _GAP) * share / sum(sheet.columns) for share in sheet.columns]
        if len(wide) > 1 and all(_fits(block, w - _GAP) for blocks, w in zip(sheet.blocks, wide, strict=True) for block in blocks):
            for cell, blocks, w in zip(self._columns(self.file, wide, _GAP), sheet.blocks, wide, strict=True):
                self._blocks(cell, blocks, w - _GAP)
        else:
            for blocks in sheet.blocks:
                self._blocks(self.file, blocks, self.plan.width)

    def _columns(self, container, widths: list[float], gap: float) -> list:
        """Cells of a table without lines, to be filled side by side."""
        from docx.table import Table

        table = columns_table(widths, gap)
        container.add_paragraph(style=GAP)._p.addprevious(table)
        return list(Table(table, container).rows[0].cells)

    def _blocks(self, container, blocks: tuple[Block, ...], wide: float) -> None:
        empty = container.paragraphs[0] if container is not self.file else None
        for block in blocks:
            self._block(container, block, wide)
        if empty is not None and len(container.paragraphs) > 1:  # a cell has to have one
            empty._p.getparent().remove(empty._p)

    def _block(self, container, block: Block, wide: float) -> None:
        if isinstance(block, Words):
            for line in block.lines:
                container.add_paragraph(clean(line), "List Bullet" if block.bullets else BODY)
        elif isinstance(block, Chart):
            self._chart(container, block, wide)
        elif block.items if isinstance(block, Numbers) else len(block.frame.columns):  # Word refuses a table without cells
            table = numbers_table(block, wide, int(wide // 28)) if isinstance(block, Numbers) else grid_table(block, wide)
            container.add_paragraph(style=GAP)._p.addprevious(table)

    def _chart(self, container, chart: Chart, wide: float) -> None:
        if is_empty(chart):
            container.add_paragraph(f"{clean(chart.alt)}：没有数据。", NOTE)
            return
        paragraph = container.add_paragraph(style=CHART)
        add_chart(paragraph, chart, self.look, (wide, min(self._height(chart, wide), _PAGE)), next(self.charts))
        if key := tier_key(chart, self.look):
            paragraph.paragraph_format.keep_with_next = True
            container.add_paragraph(key, NOTE).alignment = 1

    def _height(self, chart: Chart, wide: float) -> float:
        """Millimetres that a chart takes: a row each of lying bars, else the plan's height."""
        if chart.kind in ("bars", "shares"):
            return self.plan.bar * len(chart.frame) + (14 if chart.kind == "shares" else 4)
        tall = {"radar": 1.25, "scatter": 1.4}.get(chart.kind, 1.0)
        return min(self.plan.chart * tall, wide)


def _fits(block: Block, wide: float) -> bool:
    """Whether a block is legible in a column of so many millimetres; a long table breaks over pages, so it stands alone."""
    if isinstance(block, Grid):
        return len(block.frame) <= _BESIDE and 13 * block.frame.shape[1] <= wide
    return wide >= (58 if isinstance(block, Chart) else 40)
