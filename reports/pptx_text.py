"""Text on a slide: how much room it takes, made to fit, and written in the house's font. Lengths are in points."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reports.palette import FONT, INK

ELLIPSIS = "…"
LEADING = 1.3
_PIECE = re.compile(r"[!-~]+\s*|\s+|.")
_WIDE, _NARROW = frozenset("mwMW@%&"), frozenset(" iljI.,:;'|!()[]")
_SPARE = 0.97  # of a line: no font is exactly as wide as reckoned, and a line must not begin with a full stop


class Box(NamedTuple):
    """A rectangle on the slide."""

    x: float
    y: float
    w: float
    h: float


class Para(NamedTuple):
    """A paragraph. `align`: l, r or ctr; `after`: room below it; `mark`: colour of the square before it, "" for none."""

    text: str
    size: float
    colour: str = INK
    bold: bool = False
    align: str = "l"
    after: float = 0.0
    mark: str = ""
    leading: float = LEADING


def ems(text: str) -> float:
    """Width in the size of the font, on the wide side: a Chinese character 1, a digit 0.58."""
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if char > "~" or char in _WIDE:
        return 0.0 if unicodedata.combining(char) else 0.6 if unicodedata.east_asian_width(char) in "NH" and char < "\u0250" else 1.0
    return 0.34 if char in _NARROW else 0.74 if char.isupper() else 0.58


def broken(text: str, size: float, room: float) -> list[str]:
    """The lines that a text makes in so much room; Latin words stay whole where they fit."""
    return [line.rstrip() for line in _lines(text, size, room)]


def _lines(text: str, size: float, room: float) -> list[str]:
    """The same with the spaces at which they break: joined, they are the text."""
    most = room * _SPARE / size
    lines, line, used = [], "", 0.0
    for piece in _PIECE.findall(text):
        for part in [piece] if ems(piece.rstrip()) <= most else piece:
            taken = ems(part)
            if line and used + ems(part.rstrip()) > most:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + part, used + taken
    return [*lines, line]


def cut(text: str, size: float, room: float, lines: int = 1) -> str:
    """The text, shortened with an ellipsis where it takes more than so many lines."""
    rows = _lines(text, size, room)
    if len(rows) <= lines:
        return text
    *whole, last = rows[:lines]
    while last and ems(last.rstrip() + ELLIPSIS) > room * _SPARE / size:
        last = last[:-1]
    short = "".join(whole) + last.rstrip()
    while short and len(broken(short + ELLIPSIS, size, room)) > lines:  # what is left of a word may stay whole, and break elsewhere
        short = short[:-1].rstrip()
    return short + ELLIPSIS


def fit(text: str, room: float, choices: Sequence[tuple[float, int]]) -> tuple[float, str]:
    """(size, text) by the first of some (size, most lines) that holds it; by the last the text is cut."""
    for size, lines in choices:
        if len(broken(text, size, room)) <= lines:
            return size, text
    size, lines = choices[-1]
    return size, cut(text, size, room, lines)


def height(paras: Iterable[Para], room: float) -> float:
    """What paragraphs take in so much width."""
    return sum(len(broken(p.text, p.size, room - indent(p))) * p.size * p.leading + p.after for p in paras)


def indent(para: Para) -> float:
    """How far the text stands from the square before it."""
    return para.size * 0.95 if para.mark else 0.0


def write(frame, paras: Sequence[Para], anchor: str = "t") -> None:
    """Writes paragraphs into a text frame, without margins, lines at an exact distance: fonts differ in theirs."""
    from pptx.util import Pt

    body = frame._txBody.bodyPr
    for side in ("lIns", "tIns", "rIns", "bIns"):
        body.set(side, "0")
    body.set("anchor", anchor)
    frame.word_wrap = True
    for place, para in enumerate(paras):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.line_spacing, paragraph.space_before, paragraph.space_after = Pt(round(para.size * para.leading, 1)), Pt(0), Pt(para.after)
        properties = paragraph._p.get_or_add_pPr()
        properties.set("algn", para.align)
        if para.mark:
            _square(properties, para)
        _run(paragraph, para)


def _run(paragraph, para: Para) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    if not para.text:  # a run without text is what PowerPoint mends; the line keeps its size
        paragraph._p.get_or_add_endParaRPr().set("sz", str(round(para.size * 100)))
        return
    run = paragraph.add_run()
    run.text = para.text
    run.font.size, run.font.bold, run.font.color.rgb = Pt(para.size), para.bold, RGBColor.from_string(para.colour[1:])


def _square(properties, para: Para) -> None:
    """A small square as the bullet, the text hanging beside it."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    hang = round(indent(para) * 12700)
    properties.set("marL", str(hang))
    properties.set("indent", str(-hang))
    for xml in (f'<a:buClr {nsdecls("a")}><a:srgbClr val="{para.mark[1:]}"/></a:buClr>', f'<a:buChar {nsdecls("a")} char="▪"/>'):
        properties.append(parse_xml(xml))


def name_fonts(root) -> None:
    """Names the font of every text under an element, for Latin and East Asian letters both, and its language."""
    from pptx.oxml.ns import qn

    for run in root.iter(qn("a:r"), qn("a:fld")):
        run.get_or_add_rPr()
    for properties in root.iter(qn("a:rPr"), qn("a:defRPr"), qn("a:endParaRPr")):
        for child in [*properties.findall(qn("a:latin")), *properties.findall(qn("a:ea"))]:
            properties.remove(child)
        after = properties.find(qn("a:cs"))
        for tag in ("a:latin", "a:ea"):
            named = properties.makeelement(qn(tag), {"typeface": FONT})
            properties.append(named) if after is None else after.addprevious(named)
        properties.set("lang", "zh-CN")
