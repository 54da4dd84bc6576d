"""A document as a PowerPoint file: native charts and tables, a master of the house, notes for who speaks; the same input, the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime

from reports import pptx_master as master
from reports.cells import clean
from reports.contents import Block, Chart, Document, Grid, Imprint, Numbers, Sheet, Words
from reports.packages import same_bytes
from reports.pptx_blocks import draw_numbers, draw_words, numbers_height, words_height
from reports.pptx_charts import chart_height, draw_chart
from reports.pptx_table import draw_grid, grid_height
from reports.pptx_text import LEADING, Box, broken, ems, fit, name_fonts

_COLUMN_GAP, _BLOCK_GAP = 32, 18
_MOST = 0.6  # of a column that is too full: what one block may ask for
_LEAST_CHART = 170  # a chart is worth no less where anything beside it can shrink
_ONE_LINE = ((28, 1), (26, 1), (24, 1))
_TWO_LINES = ((26, 2), (24, 2), (22, 2), (20, 3), (18, 3), (16, 3))


def deck(document: Document) -> bytes:
    """A cover and a slide a sheet, 16:9, as PPTX."""
    presentation = master.blank()
    _cover(presentation, document)
    for sheet in document.sheets:
        _slide(presentation, sheet, document.imprint)
    for slide in presentation.slides:
        name_fonts(slide._element)
        if slide.has_notes_slide:
            name_fonts(slide.notes_slide._element)
    _describe(presentation, document)
    return _bytes(presentation)


def _cover(presentation, document: Document) -> None:
    """The title with the index's name above it, however many lines it takes, and what the document rests on below."""
    slide = presentation.slides.add_slide(master.layout_named(presentation, master.COVER))
    imprint, title = document.imprint, master.COVER_TITLE
    size, said = fit(clean(document.title), title.w, [(48, 1), (44, 2), (40, 2), (36, 2), (30, 3), (24, 4)])
    high = len(broken(said, size, title.w)) * size * LEADING
    _place(_holder(slide, master.INDEX), master.COVER_INDEX._replace(y=title.y + title.h - high - master.COVER_INDEX.h - 10))
    _say(slide, 0, said, size)
    _fit(slide, master.LEAD, document.subtitle, master.COVER_SUBTITLE, [(24, 1), (22, 2), (18, 3), (14, 3)])
    _fit(slide, master.INDEX, imprint.index, master.COVER_INDEX, [(22, 1), (18, 1), (14, 1)])
    _fit(slide, master.FOOTER, _source(imprint), master.COVER_FOOT, [(14, 1), (13, 2), (11, 3)])
    _mark(slide, imprint, left=True)


def _slide(presentation, sheet: Sheet, imprint: Imprint) -> None:
    lead = clean(sheet.lead)
    size, said = fit(lead, master.LEAD_ONE.w, _ONE_LINE)
    one = said == lead
    if not one:
        size, said = fit(lead, master.LEAD_TWO.w, _TWO_LINES)
    layout = master.layout_named(presentation, master.ONE_LINE if one else master.TWO_LINES)
    slide = presentation.slides.add_slide(layout)
    _fit(slide, 0, sheet.title, master.TITLE, [(18, 1), (16, 1), (14, 1)])
    _say(slide, master.LEAD, said, size)
    _mark(slide, imprint)
    top = (master.LEAD_ONE if one else master.LEAD_TWO) if lead else master.TITLE
    start = top.y + top.h + 16
    _draw(slide, sheet, Box(master.LEFT, start, master.RIGHT - master.LEFT, master.BODY_END - start), imprint.tiers)
    _foot(slide, layout, imprint)
    if sheet.notes or said != lead:
        slide.notes_slide.notes_text_frame.text = "\n".join(filter(None, ["" if said == lead else lead, *map(clean, sheet.notes.splitlines())]))


def _fit(slide, place: int, text: str, box: Box, choices: Sequence[tuple[float, int]]) -> None:
    """Text into a placeholder in the first size that its box holds."""
    size, said = fit(clean(text), box.w, choices)
    _say(slide, place, said, size)


def _say(slide, place: int, text: str, size: float) -> None:
    """Text into a placeholder, whose look the layout has; one that has nothing to say goes."""
    from pptx.util import Pt

    holder = _holder(slide, place)
    if not text:
        holder._element.getparent().remove(holder._element)
        return
    holder.text_frame.text = text
    paragraph = holder.text_frame.paragraphs[0]
    paragraph.runs[0].font.size, paragraph.line_spacing = Pt(size), Pt(round(size * LEADING, 1))


def _holder(slide, place: int):
    return next(shape for shape in slide.placeholders if shape.placeholder_format.idx == place)


def _place(shape, box: Box) -> None:
    from pptx.util import Pt

    shape.left, shape.top, shape.width, shape.height = (Pt(v) for v in box)


def _mark(slide, imprint: Imprint, left: bool = False) -> None:
    """What must not be taken for real says so at the top, in a frame as wide as its words."""
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    text = " · ".join(map(clean, imprint.marks))
    holder = _holder(slide, master.MARKS)
    box = master.COVER_MARK if left else master.MARK
    size, text = fit(text, box.w - 24, [(13, 1), (11, 1), (9, 1)])
    _say(slide, master.MARKS, text, size)
    if text:
        wide = min(box.w, ems(text) * size + 24)
        _place(holder, box._replace(x=box.x if left else box.x + box.w - wide, w=wide))
        holder.line.color.rgb, holder.line.width = RGBColor.from_string(master.RED[1:]), Pt(1)


def _source(imprint: Imprint) -> str:
    return clean(replace(imprint, marks=()).line)


def _foot(slide, layout, imprint: Imprint) -> None:
    """Where the figures come from, and the slide's number: python-pptx leaves these two out of new slides."""
    for shape in layout.placeholders:
        if shape.placeholder_format.idx in (master.FOOTER, master.SLIDE_NUMBER):
            element = deepcopy(shape._element)
            element.spPr.clear()
            element.nvSpPr.cNvPr.set("id", str(max(s.shape_id for s in slide.shapes) + 1))
            slide.shapes._spTree.append(element)
    _fit(slide, master.FOOTER, _source(imprint), master.FOOT, [(11, 1), (10, 1), (9, 1)])


def _draw(slide, sheet: Sheet, box: Box, tiers: Sequence[str]) -> None:
    """The columns side by side, each column's blocks below each other."""
    widths = sheet.columns if len(sheet.columns) == len(sheet.blocks) else (1.0,) * len(sheet.blocks)
    room = box.w - _COLUMN_GAP * (len(widths) - 1)
    x = box.x
    for share, blocks in zip(widths, sheet.blocks, strict=True):
        wide = room * share / sum(widths)
        if len(widths) == 1 and len(blocks) == 1 and isinstance(blocks[0], Words):
            draw_words(slide, blocks[0], box, alone=True)
            break
        for block, place in zip(blocks, places(blocks, Box(x, box.y, wide, box.h)), strict=True):
            _draw_block(slide, block, place, tiers)
        x += wide + _COLUMN_GAP


def places(blocks: Sequence[Block], box: Box) -> list[Box]:
    """A box for each block from top to bottom: what each likes where it fits, charts take the rest; else all give way in proportion."""
    wants = [_height(block, box.w) for block in blocks]
    room = box.h - _BLOCK_GAP * (len(blocks) - 1)
    free = sum(want is None for want in wants)
    fixed = sum(want for want in wants if want is not None)
    if free and room - fixed >= free * _LEAST_CHART:
        heights = [(room - fixed) / free if want is None else want for want in wants]
    elif free or fixed > room:
        whole = [_LEAST_CHART if want is None else min(want, room * _MOST) for want in wants]
        heights = [want * room / sum(whole) for want in whole]
    else:
        heights = wants
    tops = [box.y + sum(heights[:k]) + _BLOCK_GAP * k for k in range(len(heights))]
    return [Box(box.x, top, box.w, high) for top, high in zip(tops, heights, strict=True)]


def _height(block: Block, width: float) -> float | None:
    """The height that a block likes; None: as much as there is."""
    if isinstance(block, Chart):
        return chart_height(block)
    if isinstance(block, Grid):
        return grid_height(block, width)
    return numbers_height(block, width) if isinstance(block, Numbers) else words_height(block, width)


def _draw_block(slide, block: Block, box: Box, tiers: Sequence[str]) -> None:
    if isinstance(block, Chart):
        draw_chart(slide, block, box, tiers)
    elif isinstance(block, Grid):
        draw_grid(slide, block, box)
    elif isinstance(block, Numbers):
        draw_numbers(slide, block, box)
    elif isinstance(block, Words) and block.lines:
        draw_words(slide, block, box)


def _describe(presentation, document: Document) -> None:
    core = presentation.core_properties
    core.title, core.subject = clean(document.title), clean(document.subtitle)
    core.author = core.last_modified_by = "质效云图"
    core.keywords, core.comments = "，".join(map(clean, document.imprint.marks)), clean(document.imprint.line)
    core.created = core.modified = datetime.fromisoformat(document.imprint.date[:10])
    core.revision, core.language = 1, "zh-CN"


def _bytes(presentation) -> bytes:
    buffer = io.BytesIO()
    presentation.save(buffer)
    return same_bytes(buffer.getvalue())
