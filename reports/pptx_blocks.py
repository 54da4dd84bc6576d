"""Big figures and sentences on a slide. Each says how high it would like to be, and fits into what it gets. Lengths are in points."""

from __future__ import annotations

from reports.cells import clean
from reports.contents import Number, Numbers, Words
from reports.palette import GOLD, GROUND, INK, MUTED, tone
from reports.pptx_text import Box, Para, cut, fit, height, write

_GAP, _CARD, _CARD_SIDE, _EDGE = 14, 136, 14, 4  # between cards; the narrowest; inside of one; the coloured edge
_ALONE = (26, 25, 24, 23, 22, 21)
_WORDS = (20, 18, 17, 16, 15, 14, 13, 12, 11, 10)
_VALUES = (40, 36, 32, 28, 24, 20, 16)
_LEAST = 0.4  # of the sizes that the house likes: what would be smaller is left out


def numbers_height(block: Numbers, width: float) -> float:
    """The height at which big figures are as big as the house likes them."""
    per = _per_row(len(block.items), width)
    rows = -(-len(block.items) // per)
    return rows * _card_height(block.items, (width - _GAP * (per - 1)) / per) + _GAP * (rows - 1)


def draw_numbers(slide, block: Numbers, box: Box) -> None:
    """Big figures as cards in rows of equal length."""
    if not block.items:
        return
    per = _per_row(len(block.items), box.w)
    rows = [block.items[k : k + per] for k in range(0, len(block.items), per)]
    wide = (box.w - _GAP * (per - 1)) / per
    high = min((box.h - _GAP * (len(rows) - 1)) / len(rows), _card_height(block.items, wide))
    big = min((_value(item, wide)[0] for item in block.items), default=0.0)  # side by side in one size
    for down, row in enumerate(rows):
        for along, item in enumerate(row):
            _card(slide, item, Box(box.x + along * (wide + _GAP), box.y + down * (high + _GAP), wide, high), big)


def words_height(block: Words, width: float) -> float:
    """The height of sentences in the house's size."""
    return height(_paras(block, _WORDS[0]), width)


def draw_words(slide, block: Words, box: Box, alone: bool = False) -> None:
    """Sentences in the largest size that fits; by the smallest they are cut, each to what it may have. `alone`: larger, there is room."""
    paras = next((paras for size in (*_ALONE, *_WORDS)[0 if alone else len(_ALONE) :] if height(paras := _paras(block, size), box.w) <= box.h), None)
    if paras is None:
        size = _WORDS[-1]
        lines = max(1, int(box.h / (size * 1.5 * max(len(block.lines), 1))))
        paras = [p._replace(text=cut(p.text, size, box.w - size, lines), after=0) for p in _paras(block, size)]
        paras = paras[: max(1, int(box.h / (size * 1.3)))]
    write(_text_box(slide, "文字", box), paras)


def draw_line(slide, text: str, box: Box, size: float, colour: str = MUTED) -> None:
    """One quiet line."""
    write(_text_box(slide, "注", box), [Para(cut(clean(text), size, box.w), size, colour)])


def _per_row(count: int, width: float) -> int:
    """Cards in a row: as many as may stand side by side, the rows as even as can be."""
    most = max(1, int((width + _GAP) / (_CARD + _GAP)))
    return max(1, -(-count // -(-count // most))) if count else 1


def _card_height(items: tuple[Number, ...], width: float) -> float:
    noted = max((len(_note(item, width)) for item in items), default=0)
    return 14 + 20 + 50 + 18 * noted + 10


def _value(item: Number, width: float) -> tuple[float, str]:
    """(size, text) of a figure in a card."""
    return fit(clean(item.value), width - 2 * _CARD_SIDE, [(size, 1) for size in _VALUES])


def _card(slide, item: Number, box: Box, big: float) -> None:
    """A figure, its label above and its note below; what is good or bad has an edge in its colour and a sign in its note."""
    mood = tone(item.mood, 0) if item.mood else None
    shape = _rectangle(slide, clean(item.label), box, GROUND)
    if mood:
        _rectangle(slide, f"{clean(item.label)}：{mood.sign}", Box(box.x, box.y, _EDGE, box.h), mood.colour)
    room = box.w - 2 * _CARD_SIDE
    label_size, label = fit(clean(item.label), room, [(15, 1), (14, 1), (12, 1), (11, 1)])
    paras = [
        Para(label, label_size, MUTED, leading=20 / label_size),
        Para(_value(item, box.w)[1], big, mood.colour if mood else INK, bold=True, leading=1.2),
    ]
    paras += [Para(text, size, MUTED, leading=18 / size) for size, text in _note(item, box.w)]
    while len(paras) > 1 and (box.h - 6) < _LEAST * height(paras, room):  # the figure is what stays longest
        paras = paras[:-1] if len(paras) > 2 else paras[1:]
    tight = min(1.0, max(box.h - 6, 0) / height(paras, room))
    write(shape.text_frame, [p._replace(size=max(1.0, round(p.size * tight, 1))) for p in paras], anchor="ctr")
    body = shape.text_frame._txBody.bodyPr
    for side in ("lIns", "rIns"):
        body.set(side, str(_CARD_SIDE * 12700))


def _note(item: Number, width: float) -> list[tuple[float, str]]:
    """(size, text) of a card's note, none where there is nothing to say."""
    sign = tone(item.mood, 0).sign if item.mood else ""
    text = " ".join(filter(None, (sign, clean(item.note))))
    return [fit(text, width - 2 * _CARD_SIDE, [(14, 1), (13, 1), (12, 1), (11, 1), (10, 1)])] if text else []


def _paras(block: Words, size: float) -> list[Para]:
    last = len(block.lines) - 1
    mark = GOLD if block.bullets else ""
    return [Para(clean(line), size, after=0 if k == last else size * 0.5, mark=mark) for k, line in enumerate(block.lines)]


def _text_box(slide, name: str, box: Box):
    from pptx.util import Pt

    shape = slide.shapes.add_textbox(*(Pt(v) for v in box))
    shape.name = name
    return shape.text_frame


def _rectangle(slide, name: str, box: Box, colour: str):
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Pt(v) for v in box))
    shape.name = name
    shape._element.remove(shape._element.find(qn("p:style")))  # brings a shadow along
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(colour[1:])
    shape.line.fill.background()
    return shape
