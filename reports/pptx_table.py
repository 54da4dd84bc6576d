"""Tables on a slide: native, ruled by hairlines only, in the largest letters with which all rows fit. Lengths are in points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from reports.cells import clean, grid_texts, number_columns
from reports.contents import Grid
from reports.palette import AXIS, GROUND, INK, MUTED
from reports.pptx_blocks import draw_line
from reports.pptx_text import Box, Para, broken, cut, ems, write

_SIZES = (18, 17, 16, 15, 14, 13, 12, 11, 10)
_LEADING, _SIDE, _MOST_LINES = 1.25, 9, 2
_PAD, _AIRY = 3.0, 8.0  # above and below a row's text: at least, and where there is room
_MORE = 22  # the line that says what was left out
_LINE = 30  # a word instead of a table
_NOTHING, _EMPTY = "—", "（无）"
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's "No Style, No Grid"


class _Plan(NamedTuple):
    size: float
    widths: list[float]
    texts: list[list[str]]  # the header's row first
    heights: list[float]


def grid_height(grid: Grid, width: float) -> float:
    """The height of a table in the house's size, with some air."""
    if not grid.frame.shape[1]:
        return _LINE
    plan = _plan(grid, width, _SIZES[0])
    return sum(plan.heights) + 2 * (4 - _PAD) * len(plan.heights) + (_MORE if grid.more else 0)


def draw_grid(slide, grid: Grid, box: Box) -> None:
    """A table; rows that do not even fit in the smallest letters are counted with those left out before."""
    if not grid.frame.shape[1]:
        draw_line(slide, _EMPTY, box._replace(h=_LINE), 16, MUTED)
        return
    grid, plan = _fitting(grid, box)
    left = box.h - sum(plan.heights) - (_MORE if grid.more else 0)
    air = min(max(left, 0) / len(plan.heights), 2 * (_AIRY - _PAD))
    plan = plan._replace(heights=[h + air for h in plan.heights])
    _draw(slide, grid, plan, box)
    if grid.more:
        draw_line(slide, f"另有 {grid.more} 行未列", Box(box.x, box.y + sum(plan.heights) + 5, box.w, _MORE - 5), 12)


def _fitting(grid: Grid, box: Box) -> tuple[Grid, _Plan]:
    room = box.h - (_MORE if grid.more else 0)
    for size in _SIZES:
        plan = _plan(grid, box.w, size)
        if sum(plan.heights) <= room and _wide_enough(grid, plan):
            return grid, plan
    rows = len(grid.frame)
    while rows > 1 and sum(plan.heights) > room:
        rows -= 1
        room = box.h - _MORE
        shorter = replace(grid, frame=grid.frame.head(rows), more=grid.more + len(grid.frame) - rows)
        plan = _plan(shorter, box.w, _SIZES[-1])
    return (grid if rows == len(grid.frame) else shorter), plan


def _plan(grid: Grid, width: float, size: float) -> _Plan:
    """Widths, texts cut to two lines a cell, and heights, in letters of a size."""
    head = [clean(name) for name in grid.frame.columns]
    numeric = number_columns(grid)
    rows = [[text or (_NOTHING if numeric[k] else "") for k, text in enumerate(row)] for row in grid_texts(grid)]
    widths = _widths(grid, [head, *rows], width, size)
    texts, heights = [], []
    for row in [head, *(rows or [[_EMPTY, *[""] * (len(head) - 1)]])]:
        texts.append([cut(text, size, w - 2 * _SIDE, _MOST_LINES) for text, w in zip(row, widths, strict=True)])
        most = max(len(broken(text, size, w - 2 * _SIDE)) for text, w in zip(texts[-1], widths, strict=True))
        heights.append(most * size * _LEADING + 2 * _PAD)
    return _Plan(size, widths, texts, heights)


def _widths(grid: Grid, rows: Sequence[Sequence[str]], width: float, size: float) -> list[float]:
    """Widths of the columns, by the grid's weights, else by what stands in them; no long text takes more than it must."""
    names = list(grid.frame.columns)
    if grid.weights:
        mean = sum(grid.weights.values()) / len(grid.weights)
        shares = [grid.weights.get(name, mean) for name in names]
        return [width * share / sum(shares) for share in shares]
    wants = [max(ems(row[k]) for row in rows) * size * 1.06 + 2 * _SIDE for k in range(len(names))]
    if (spare := width - sum(wants)) >= 0:
        return [want + spare * want / sum(wants) for want in wants]
    limit = _limit(wants, width)
    return [min(want, limit) for want in wants]


def _limit(wants: Sequence[float], width: float) -> float:
    """The width to which the widest columns are held, so that all together take the table's."""
    left, ordered = width, sorted(wants)
    for k, want in enumerate(ordered):
        if want * (len(ordered) - k) > left:
            return left / (len(ordered) - k)
        left -= want
    return width


def _wide_enough(grid: Grid, plan: _Plan) -> bool:
    """Whether every number stands on one line, and no heading or text was cut."""
    numeric = number_columns(grid)
    texts = [[clean(name) for name in grid.frame.columns], *grid_texts(grid)]
    whole = all(a == b for row, shown in zip(texts, plan.texts, strict=False) for a, b in zip(row, shown, strict=True) if a)
    return whole and all(
        len(broken(row[k], plan.size, plan.widths[k] - 2 * _SIDE)) == 1 for row in plan.texts[1:] for k in range(len(numeric)) if numeric[k]
    )


def _draw(slide, grid: Grid, plan: _Plan, box: Box) -> None:
    from pptx.util import Pt

    shape = slide.shapes.add_table(
        len(plan.texts), len(plan.widths), *(Pt(v) for v in (box.x, box.y, sum(plan.widths), sum(plan.heights)))
    )
    shape.name = "表格"
    shape._element.nvGraphicFramePr.cNvPr.set("descr", f"表格：{'、'.join(plan.texts[0])}；{len(grid.frame)} 行")
    table = shape.table
    table._tbl.tblPr.find("{*}tableStyleId").text = _NO_STYLE
    table.horz_banding = False
    for column, width in zip(table.columns, plan.widths, strict=True):
        column.width = Pt(width)
    numeric = number_columns(grid) if len(grid.frame) else [False] * len(plan.widths)
    for place, (texts, height) in enumerate(zip(plan.texts, plan.heights, strict=True)):
        table.rows[place].height = Pt(height)
        strong = place - 1 in grid.strong
        for k, text in enumerate(texts):
            colour = MUTED if place == 0 or text in (_NOTHING, _EMPTY) else INK
            para = Para(text, plan.size, colour, place == 0 or strong, "r" if numeric[k] else "l", leading=_LEADING)
            _cell(table.cell(place, k), para, rule=(1.25, INK) if place == 0 else (0.5, AXIS), shaded=strong)


def _cell(cell, para: Para, rule: tuple[float, str], shaded: bool) -> None:
    """Text in the middle of its row over a hairline. PowerPoint keeps a cell's margins and anchor with the cell, not its text."""
    from pptx.enum.text import MSO_ANCHOR
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls
    from pptx.util import Pt

    write(cell.text_frame, [para])
    cell.text_frame._txBody.bodyPr.attrib.clear()
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.margin_left = cell.margin_right = Pt(_SIDE)
    cell.margin_top = cell.margin_bottom = Pt(0)
    properties = cell._tc.get_or_add_tcPr()
    fill = f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{GROUND[1:]}"/></a:solidFill>' if shaded else f"<a:noFill {nsdecls('a')}/>"
    line = f'<a:lnB {nsdecls("a")} w="{round(rule[0] * 12700)}"><a:solidFill><a:srgbClr val="{rule[1][1:]}"/></a:solidFill></a:lnB>'
    properties.extend([parse_xml(line), parse_xml(fill)])
