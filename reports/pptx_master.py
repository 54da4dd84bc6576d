"""The master of a deck, made in code: 16:9, the house's theme, a cover and two layouts of contents. Lengths are in points.

A title says what the slide is about, the lead what is to be remembered; the foot says where the figures come from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from reports.palette import AXIS, BLUE, DOWN, FAINT, FONT, GOLD, GROUND, INK, MUTED, PAPER, RED, UP
from reports.pptx_text import Box, name_fonts

WIDTH, HEIGHT = 960, 540
MARGIN = 48
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
BODY_END = 494
TITLE, MARK = Box(LEFT, 21, 600, 28), Box(RIGHT - 220, 22, 220, 24)
FOOT, NUMBER = Box(LEFT, 508, 780, 18), Box(RIGHT - 60, 508, 60, 18)
LEAD_ONE, LEAD_TWO = Box(LEFT, 51, RIGHT - LEFT, 40), Box(LEFT, 51, RIGHT - LEFT, 72)
COVER_LEFT, COVER_WIDTH = 144, 720
COVER_INDEX, COVER_TITLE = Box(COVER_LEFT, 92, COVER_WIDTH, 34), Box(COVER_LEFT, 138, COVER_WIDTH, 128)
COVER_SUBTITLE, COVER_FOOT = Box(COVER_LEFT, 304, COVER_WIDTH, 72), Box(COVER_LEFT, 440, COVER_WIDTH, 50)
COVER_MARK = Box(COVER_LEFT, 36, 220, 26)
LEAD, MARKS, FOOTER, SLIDE_NUMBER, INDEX = 10, 11, 12, 13, 14  # places of the placeholders
COVER, ONE_LINE, TWO_LINES = "封面", "内容 · 一行要点", "内容 · 两行要点"

_NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_TREE = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
_SLOTS = {"dk1": INK, "lt1": PAPER, "dk2": MUTED, "lt2": GROUND, "hlink": BLUE, "folHlink": MUTED}
_SLOTS |= {f"accent{k}": colour for k, colour in enumerate((RED, BLUE, GOLD, UP, DOWN, FAINT), 1)}
_APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>质效云图</Application></Properties>'
)


def blank():
    """A presentation without slides in the house's master (python-pptx's Presentation)."""
    from pptx import Presentation
    from pptx.util import Pt

    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
    deck.part._element.sldSz.attrib.pop("type", None)  # the template is 4:3 and says so
    layouts = list(deck.slide_layouts)
    for spare in layouts[3:]:
        deck.slide_layouts.remove(spare)
    _strip(deck)
    _set_theme(deck.slide_master.part)
    _fill(deck.slide_master, "", [*_ornaments(), *_master()])
    for layout, (name, shapes) in zip(layouts, _layouts().items(), strict=False):
        _fill(layout, name, shapes)
        layout._element.attrib.pop("type", None)
        if name == COVER:
            layout._element.set("showMasterSp", "0")
    return deck


def layout_named(deck, name: str):
    """The layout of a name."""
    return next(layout for layout in deck.slide_layouts if layout.name == name)


def _layouts() -> dict[str, list[str]]:
    ends = [_foot(), _number(), _mark(MARK)]
    title = _placeholder("标题", "title", None, TITLE, 18, RED, bold=True, anchor="ctr")
    return {
        COVER: [
            _rectangle("红带", Box(0, 0, 72, HEIGHT), RED), _rectangle("金线", Box(72, 0, 6, HEIGHT), GOLD),
            _rectangle("金短线", Box(COVER_LEFT, 282, 64, 3), GOLD), _rectangle("脚线", Box(COVER_LEFT, 428, COVER_WIDTH, 0.75), AXIS),
            _placeholder("标题", "ctrTitle", None, COVER_TITLE, 48, INK, bold=True, anchor="b"),
            _placeholder("副标题", "subTitle", LEAD, COVER_SUBTITLE, 24, MUTED),
            _placeholder("指数", "body", INDEX, COVER_INDEX, 22, RED, bold=True, anchor="b"),
            _placeholder("脚注", "body", FOOTER, COVER_FOOT, 14, MUTED), _mark(COVER_MARK),
        ],
        ONE_LINE: [title, _placeholder("要点", "body", LEAD, LEAD_ONE, 28, INK, bold=True), *ends],
        TWO_LINES: [title, _placeholder("要点", "body", LEAD, LEAD_TWO, 26, INK, bold=True), *ends],
    }  # fmt: skip


def _ornaments() -> list[str]:
    """What lies under every slide of contents: a red tab with an edge of gold, and a quiet line above the foot."""
    return [
        _rectangle("红签", Box(LEFT, 0, 56, 7), RED), _rectangle("金边", Box(LEFT + 56, 0, 12, 7), GOLD),
        _rectangle("脚线", Box(LEFT, 503, RIGHT - LEFT, 0.75), AXIS),
    ]  # fmt: skip


def _master() -> list[str]:
    return [
        _placeholder("标题", "title", None, TITLE, 18, RED, bold=True, anchor="ctr"),
        _placeholder("正文", "body", 1, Box(LEFT, 104, RIGHT - LEFT, BODY_END - 104), 20, INK),
        _foot(),
        _number(),
    ]


def _foot() -> str:
    return _placeholder("脚注", "ftr", FOOTER, FOOT, 11, MUTED, anchor="ctr")


def _number() -> str:
    field = '<a:fld id="{5E1D7E3C-6C0B-4B6E-9D0B-0C5A4E3B2A10}" type="slidenum"><a:rPr lang="zh-CN"/><a:t>‹#›</a:t></a:fld>'
    return _placeholder("页码", "sldNum", SLIDE_NUMBER, NUMBER, 12, MUTED, anchor="ctr", align="r", content=field)


def _mark(box: Box) -> str:
    return _placeholder("标记", "body", MARKS, box, 13, RED, bold=True, anchor="ctr", align="ctr")


def _frame(box: Box) -> str:
    x, y, w, h = (round(v * 12700) for v in box)
    return f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'


def _rectangle(name: str, box: Box, colour: str) -> str:
    return (
        f'<p:sp {_NS}><p:nvSpPr><p:cNvPr id="0" name={quoteattr(name)}/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>{_frame(box)}'
        f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    )


def _placeholder(
    name: str, kind: str, place: int | None, box: Box, size: float, colour: str,
    bold: bool = False, anchor: str = "t", align: str = "l", content: str = "",
) -> str:  # fmt: skip
    at = "" if place is None else f' idx="{place}"'
    style = (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="{round(size * 100)}" '
        f'b="{bold:d}"><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )
    said = content or f'<a:r><a:rPr lang="zh-CN"/><a:t>{name}</a:t></a:r>'
    return (
        f'<p:sp {_NS}><p:nvSpPr><p:cNvPr id="0" name={quoteattr(name)}/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>'
        f'<p:ph type="{kind}"{at}/></p:nvPr></p:nvSpPr><p:spPr>{_frame(box)}</p:spPr><p:txBody><a:bodyPr vert="horz" wrap="square" lIns="0" '
        f'tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle><a:p>{said}</a:p></p:txBody></p:sp>'
    )


def _fill(holder, name: str, shapes: Sequence[str]) -> None:
    """Puts shapes in the place of the template's."""
    from pptx.oxml import parse_xml

    tree = holder.shapes._spTree
    for child in list(tree)[2:]:
        tree.remove(child)
    for number, xml in enumerate(shapes, 2):
        shape = parse_xml(xml)
        shape.nvSpPr.cNvPr.set("id", str(number))
        tree.append(shape)
    if name:
        holder._element.cSld.set("name", name)
    name_fonts(holder._element)


def _set_theme(master) -> None:
    """The house's colours and font in the theme, so that what is added by hand later looks alike."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    theme = master.part_related_by(RELATIONSHIP_TYPE.THEME)
    xml = theme.blob.decode("utf-8")
    for slot, colour in _SLOTS.items():
        xml = re.sub(rf"(<a:{slot}>).*?(</a:{slot}>)", rf'\g<1><a:srgbClr val="{colour[1:]}"/>\g<2>', xml, flags=re.DOTALL)
    xml = re.sub(r'(<a:(?:latin|ea) typeface=")[^"]*"', rf'\g<1>{FONT}"', xml)
    xml = re.sub(r'(<a:font script="Hans" typeface=")[^"]*"', rf'\g<1>{FONT}"', xml)
    theme._blob = re.sub(r'(<a:theme [^>]*?name=")[^"]*"', r'\g<1>质效云图"', xml, count=1).encode("utf-8")


def _strip(deck) -> None:
    """Takes away what the template brings along: a picture of itself, a printer's settings, the program that made it."""
    from pptx.opc.constants import RELATIONSHIP_TYPE as RT

    package = deck.part.package
    for holder, kinds in ((package, (RT.THUMBNAIL,)), (deck.part, (RT.PRINTER_SETTINGS,))):
        for name, relation in list(holder._rels.items()):
            if relation.reltype in kinds:
                holder._rels.pop(name)
            elif relation.reltype == RT.EXTENDED_PROPERTIES:
                relation.target_part._blob = _APP.encode("utf-8")
