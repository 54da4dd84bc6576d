"""A sheet on the screen: its words, figures and tables as HTML for a slide of 1920 × 1080 pixels. The style sheet is the screen's.

Lengths are in pixels. What a click opens carries its code as `data-open`.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import replace

from reports.cells import clean, column_shares, grid_texts, lines, number_columns, width
from reports.contents import Block, Chart, Grid, Imprint, Numbers, Sheet, Words

WIDE = 1760  # of a slide's body
_HIGH, _LEAD_LINE, _GAP, _COLUMN_GAP = 884, 58, 28, 56
_LEAD_EM, _WORDS_EM, _CELL_EM = 21, 14, 12  # a column of text: half of a Chinese character
_ROW, _ROW_LINE, _PADDING = 18, 31, 20  # of a table: a row's padding, a line; beside a cell's text
_NUMBERS, _CARD = 150, 250  # a row of big figures, the width of one
_CHART, _BAR, _LEAST_ROWS = 300, 46, 3
_NOTHING, _EMPTY = "—", "（无）"
_MOODS = {"good": "✓ ", "bad": "！"}


def head(sheet: Sheet, imprint: Imprint) -> str:
    """Title, marks and the sentence to be remembered."""
    marks = "".join(f"<em>{_text(mark)}</em>" for mark in imprint.marks)
    lead = f"<p>{_text(sheet.lead)}</p>" if sheet.lead else ""
    return f'<header class="zx-slide-head"><div><h2>{_text(sheet.title)}</h2>{marks}</div>{lead}</header>'


def foot(imprint: Imprint, number: str) -> str:
    """Where the figures come from, and the slide's number."""
    source = replace(imprint, marks=()).line
    return f'<footer class="zx-slide-foot"><span>{_text(imprint.index)}　{_text(source)}</span><b>{_text(number)}</b></footer>'


def notes(sheet: Sheet) -> str:
    """What is written for who presents it, or that nothing is."""
    said = "".join(f"<p>{_text(line)}</p>" for line in _noted(sheet))
    return f'<aside class="zx-slide-notes"><b>备注</b>{said}</aside>'


def _noted(sheet: Sheet) -> list[str]:
    return [line for line in sheet.notes.splitlines() if line.strip()] or ["这一页没有备注。"]


def body(sheet: Sheet, code: Callable[[str], str], notes: bool = False) -> list[list[str | Chart]]:
    """The columns of a sheet from top to bottom: HTML, and charts for whoever draws figures. Tables are cut to what the slide holds.

    `code`: text of a cell → what a click on it opens, "" for nothing. `notes`: they are shown and take room.
    """
    room = _HIGH - (_LEAD_LINE * lines(clean(sheet.lead), WIDE / _LEAD_EM) if sheet.lead else 0)
    room -= 74 + 36 * sum(lines(clean(line), WIDE / _WORDS_EM) for line in _noted(sheet)) if notes else 0
    whole = WIDE - _COLUMN_GAP * (len(sheet.blocks) - 1)
    widths = [whole * share / sum(shares(sheet)) for share in shares(sheet)]
    return [[_block(found, code, wide) for found in _column(blocks, wide, room)] for blocks, wide in zip(sheet.blocks, widths, strict=True)]


def shares(sheet: Sheet) -> tuple[float, ...]:
    """Relative widths of the columns, alike where the sheet does not say them of each."""
    return sheet.columns if len(sheet.columns) == len(sheet.blocks) else (1.0,) * len(sheet.blocks)


def _block(found: Block, code: Callable[[str], str], wide: float) -> str | Chart:
    if isinstance(found, Chart):
        return found
    if isinstance(found, Numbers):
        return _numbers(found, wide)
    return _grid(found, code, wide) if isinstance(found, Grid) else _words(found)


def _text(words: object) -> str:
    return html.escape(clean(words))


def _numbers(found: Numbers, wide: float) -> str:
    """Figures in rows of about as many each."""
    cards = [
        f'<div class="{item.mood}"><span>{_text(item.label)}</span><b>{_text(item.value)}</b>'
        f"<small>{_MOODS.get(item.mood, '') if item.note else ''}{_text(item.note)}</small></div>"
        for item in found.items
    ]
    columns = f"grid-template-columns: repeat({-(-len(cards) // _number_rows(found, wide))}, 1fr)" if cards else ""
    return f'<div class="zx-slide-numbers" style="{columns}">{"".join(cards)}</div>' if cards else ""


def _number_rows(found: Numbers, wide: float) -> int:
    return -(-len(found.items) // max(1, int(wide // _CARD)))


def _words(found: Words) -> str:
    kind, each = ("ul", "li") if found.bullets else ("div", "p")
    said = "".join(f"<{each}>{_text(line)}</{each}>" for line in found.lines if line)
    return f'<{kind} class="zx-slide-words">{said}</{kind}>' if said else ""


def _grid(grid: Grid, code: Callable[[str], str], wide: float) -> str:
    if not grid.frame.shape[1]:
        return ""
    numeric = number_columns(grid)
    sides = ['class="n"' if right else "" for right in numeric]
    columns = "".join(f'<col style="width:{share:.2%}">' for share in column_shares(grid, wide / _CELL_EM))
    titles = "".join(f"<th {side}>{_text(name)}</th>" for name, side in zip(grid.frame.columns, sides, strict=True))
    rows = []
    for place, texts in enumerate(grid_texts(grid)):
        cells = [_cell(text, side, right, code) for text, side, right in zip(texts, sides, numeric, strict=True)]
        rows.append(f'<tr {"class=strong" if place in grid.strong else ""}>{"".join(cells)}</tr>')
    body = "".join(rows) or f'<tr><td colspan="{len(sides)}">{_EMPTY}</td></tr>'
    more = f"<caption>另有 {grid.more} 行未列</caption>" if grid.more else ""
    return f'<table class="zx-slide-grid">{more}<colgroup>{columns}</colgroup><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>'


def _cell(text: str, side: str, number: bool, code: Callable[[str], str]) -> str:
    said = html.escape(text) or (_NOTHING if number else "")
    if text and not number and (opened := code(text)):
        said = f'<a role="button" tabindex="0" data-open="{html.escape(opened)}">{said}</a>'
    return f"<td {side}>{said}</td>"


def _column(blocks: Sequence[Block], wide: float, room: float) -> tuple[Block, ...]:
    grids = [found for found in blocks if isinstance(found, Grid)]
    left = room - _GAP * (len(blocks) - 1) - sum(_height(found, wide) for found in blocks if not isinstance(found, Grid))
    wants = sum(_height(grid, wide) for grid in grids)
    if wants <= left:
        return tuple(blocks)
    return tuple(_cut(found, wide, left * _height(found, wide) / wants) if isinstance(found, Grid) else found for found in blocks)


def _cut(grid: Grid, wide: float, room: float) -> Grid:
    """The rows that fit, at least a few; those in bold are kept before others."""
    heights = _rows(grid, wide)
    left, kept = room - heights[0] - _ROW_LINE, []
    for place in [*grid.strong, *(k for k in range(len(grid.frame)) if k not in grid.strong)]:
        if heights[place + 1] > left and len(kept) >= _LEAST_ROWS:
            break
        left -= heights[place + 1]
        kept.append(place)
    kept.sort()
    strong = tuple(new for new, old in enumerate(kept) if old in grid.strong)
    return replace(grid, frame=grid.frame.iloc[kept], strong=strong, more=grid.more + len(grid.frame) - len(kept))


def _height(found: Block, wide: float) -> float:
    """What a block takes at the least."""
    if isinstance(found, Numbers):
        return _NUMBERS * _number_rows(found, wide)
    if isinstance(found, Words):
        return sum(42 * lines(clean(line), wide / _WORDS_EM - 3) + 10 for line in found.lines)
    if isinstance(found, Chart):
        return max(_CHART, _BAR * (len(found.frame) + 2)) if found.kind in ("bars", "shares", "waterfall") else _CHART
    return sum(_rows(found, wide)) + (_ROW_LINE if found.more else 0)


def _rows(grid: Grid, wide: float) -> list[float]:
    """Height of the header's row and of each other."""
    rooms = [(wide * share - _PADDING) / _CELL_EM for share in column_shares(grid, wide / _CELL_EM)] if grid.frame.shape[1] else []
    table = [[clean(name) for name in grid.frame.columns], *grid_texts(grid)]
    return [_ROW + _ROW_LINE * max([1, *(lines(text, room) for text, room in zip(row, rooms, strict=True) if width(text))]) for row in table]
