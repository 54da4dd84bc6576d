"""What every Word file of the house shares: A4, fonts named for Chinese, numbered pages, rows that hold together, the same bytes."""

from __future__ import annotations

import io
from datetime import datetime

from reports.packages import same_bytes
from reports.palette import FONT

MAKER = "质效云图"


def set_fonts(style, font: str = FONT, latin: str = "") -> None:
    """Names the font of a style for Chinese, and for Latin letters and digits (`latin`, "": the same), in the place of the theme's."""
    from docx.oxml.ns import qn

    style.font.name = latin or font
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)


def as_of_today(document) -> None:
    """Marks a file as one of Word 2013 and later, which sets a table flush with the text and opens without 兼容模式."""
    from docx.oxml.ns import qn

    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def page_numbers(paragraph) -> None:
    """第 n 页，共 N 页, counted by whoever opens the file."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for text, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        paragraph.add_run(text)
        if field:
            counted = OxmlElement("w:fldSimple")
            counted.set(qn("w:instr"), field)
            paragraph._p.append(counted)


def describe(document, title: str, date: str, comments: str = "") -> None:
    """What the file says of itself; `date`: ISO 8601, of what it shows, not of its making."""
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, MAKER, MAKER, comments
    core.created = core.modified = datetime.fromisoformat(date[:10])
    core.revision = 1


def docx_bytes(document) -> bytes:
    """The document, its parts dated alike: python-docx dates them by the clock."""
    made = io.BytesIO()
    document.save(made)
    return same_bytes(made.getvalue())
