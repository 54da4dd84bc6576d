"""How the house's Word files are set: two plans of a page, and the named styles that a reader of the file may change."""

from __future__ import annotations

from dataclasses import dataclass

from reports import palette
from reports.docx_frame import set_fonts

LEAD, BODY, CHART, GAP, IMPRINT, EYEBROW = "Lead", "Body Text", "Chart", "Gap", "Imprint", "Eyebrow"
CELL, SMALL_CELL, LABEL, VALUE, NOTE = "Table Text", "Small Table Text", "Figure Label", "Figure Value", "Figure Note"
_SONG = ("宋体", "Times New Roman")  # running text of an official paper
_CHINESE_NUMBERS = """
<w:abstractNum xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:abstractNumId="{number}">
<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>
<w:pStyle w:val="Heading1"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/><w:lvlJc w:val="left"/>
<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl></w:abstractNum>
"""


@dataclass(frozen=True)
class Plan:
    """A page's measures: margins in millimetres (top, right, bottom, left), sizes of type in points, heights of charts in millimetres."""

    margins: tuple[float, float, float, float]
    title: float
    heading: float
    body: float
    table: float
    value: float
    chart: float  # height of one without rows of its own
    bar: float  # height of a row of bars
    spacing: float  # lines
    serif: bool  # running text in 宋体

    @property
    def width(self) -> float:
        """Width of the text in millimetres, on A4."""
        return 210 - self.margins[1] - self.margins[3]


REPORT = Plan((25, 23, 22, 25), title=20, heading=14, body=11, table=9, value=18, chart=56, bar=6.6, spacing=1.35, serif=True)
PORTRAIT = Plan((13, 15, 13, 15), title=17, heading=11, body=9, table=8, value=15, chart=43, bar=5.2, spacing=1.15, serif=False)


def set_styles(document, plan: Plan) -> None:
    """Names the styles of a document and sets them by the plan."""
    from docx.shared import Pt

    for row in _rows(plan):
        _set_style(document, *row)
    bullets = document.styles["List Bullet"].paragraph_format
    bullets.left_indent, bullets.first_line_indent = Pt(plan.body * 1.3), Pt(-plan.body * 1.3)
    for name in (LEAD, "Heading 1"):
        document.styles[name].paragraph_format.keep_with_next = True


def style_id(name: str) -> str:
    """How the XML of a paragraph names a style that python-docx made."""
    return name.replace(" ", "")


def number_headings(document) -> None:
    """Headings are numbered 一、 二、 … by whoever opens the file, so that they stay right when one is moved."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    numbering = document.part.numbering_part.element
    number = 1 + max(int(n.get(qn("w:abstractNumId"))) for n in numbering.findall("{*}abstractNum"))
    numbering.findall("{*}abstractNum")[-1].addnext(parse_xml(_CHINESE_NUMBERS.format(number=number)))
    listed = numbering.add_num(number)
    properties = document.styles["Heading 1"].element.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_numId().val = listed.numId


def ruled(style, side: str, colour: str, eighths: int, space: int = 4) -> None:
    """A line along one side of a style's paragraphs, so many eighths of a point thick."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    borders, line = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("space", str(space)), ("color", colour.removeprefix("#"))):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _rows(plan: Plan) -> list[tuple]:
    """Of each style: its name, font for Chinese and for Latin, size, bold, colour, space before and after in points, line spacing."""
    from docx.shared import Pt

    ink, muted, red = palette.INK, palette.MUTED, palette.RED
    house, song = (palette.FONT, ""), _SONG if plan.serif else (palette.FONT, "")
    body, small = plan.body, plan.table - 0.5
    return [
        ("Normal", song, body, False, ink, 0, 0, plan.spacing),
        ("Title", house, plan.title, True, ink, 2, 4, 1.1),
        ("Subtitle", house, body, False, muted, 0, 3, 1.1),
        ("Heading 1", house, plan.heading, True, ink, body * 1.3, body * 0.4, 1.1),
        (EYEBROW, house, body, True, red, 0, 2, 1.0),
        (IMPRINT, house, small, False, muted, 0, 3, 1.1),
        (LEAD, house, body, True, ink, 0, body * 0.5, min(plan.spacing, 1.25)),
        (BODY, song, body, False, ink, 0, body * 0.3, plan.spacing),
        ("List Bullet", song, body, False, ink, 0, body * 0.25, plan.spacing),
        (CELL, house, plan.table, False, ink, 1.5, 1.5, 1.0),
        (SMALL_CELL, house, plan.table - 1, False, ink, 1, 1, 1.0),
        (LABEL, house, small, False, muted, 2, 0, 1.0),
        (VALUE, house, plan.value, True, ink, 0, 0, 1.0),
        (NOTE, house, small, False, muted, 0, 2, 1.0),
        (CHART, song, body, False, ink, 1, 2, 1.0),
        (GAP, song, 1, False, ink, 0, 0, Pt(body * 0.6)),
        ("Footer", house, 7.5, False, muted, 2, 0, 1.0),
    ]  # fmt: skip


def _set_style(document, name: str, fonts, size: float, bold: bool, colour: str, before: float, after: float, spacing) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    styles = document.styles
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    set_fonts(style, *fonts)
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(colour.removeprefix("#"))
    for theme in style.element.rPr.findall(qn("w:spacing")) + style.element.rPr.findall(qn("w:kern")):
        style.element.rPr.remove(theme)
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), spacing
    for border in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
