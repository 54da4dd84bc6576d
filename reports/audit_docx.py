"""The audit as a Word file: A4, the header row on every page, pages numbered, fonts named for Chinese; the same audit, the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.cells import clean
from reports.docx_frame import describe, docx_bytes, page_numbers, set_fonts
from reports.tables import DEMO_MARK
from scoring.audit import CHECKS, PATTERNS, Check, Outline, outline, tally, verdict
from scoring.audit.checks import GROUPS, STATUSES

_SIZE = 9
_COLUMNS = {"结果": 24, "检查": 26, "数值": 30, "阈值": 26, "发现": 88, "怎么办": 67}  # widths in millimetres
_PAGE, _MARGIN = (297, 210), 18
_NAMED = 3  # units that a sentence names


@dataclass(frozen=True)
class Subject:
    """What was audited. `period`: as people say it; `at`: when the release was made, ISO 8601; `names`: unit code → name."""

    index: str
    period: str
    release: int
    at: str
    names: Mapping[str, str]
    unit: str = "单位"
    demo: bool = False


def audit_docx(found: Iterable[Check], subject: Subject) -> bytes:
    """The checklist and the screen as a document, a row for everything that is raised and one for what is not."""
    from docx import Document  # a fifth of a second that only exports need
    from docx.shared import Pt

    found = list(found)
    document = Document()
    _set_page(document)
    _title(document, subject)
    document.add_paragraph(_summary(found, subject))
    table = _table(document)
    for group, title in GROUPS.items():
        _band(table, title if group == "structure" else f"{title}：只提问，不下结论")
        for one in outline(c for c in found if c.group == group):
            for raised, cells in _rows(one, subject):
                _fill(table.add_row(), cells, bold=range(raised))
    heading = document.add_paragraph("各项检查看什么")
    heading.runs[0].bold, heading.paragraph_format.space_before = True, Pt(_SIZE)
    for method in (*CHECKS.values(), *PATTERNS.values()):
        document.add_paragraph(f"{method.title}：{method.doc}").paragraph_format.space_after = 0
    comments = DEMO_MARK if subject.demo else ""
    describe(document, clean(f"{subject.index}体检报告 {subject.period}"), subject.at, comments)
    return docx_bytes(document)


def _summary(found: list[Check], subject: Subject) -> str:
    """Some sentences: what was found, and what the words mean."""
    counts = tally(found)
    said = "，".join(f"{STATUSES[status].split()[1]} {n} 项" for status, n in counts.items())
    asked = sum(c.group == "pattern" and c.status == "flag" for c in found)
    raised = "异常形态筛查没有要核实的。" if not asked else f"异常形态筛查提出 {asked} 个问题，请逐一核实；它们是问题，不是结论。"
    return f"{verdict(found)}（{said}。）留意：超出阈值，须写明理由；不通过：与指数所声称的相矛盾，须改正。{raised}"


def _rows(one: Outline, subject: Subject) -> Iterable[tuple[bool, tuple[str, ...]]]:
    """(whether it is raised, cells) of everything that a check raises, and of the rest in one row."""
    raised = [c for c in one.members if c.status in ("fail", "flag")]
    for c in raised:
        yield True, (c.label, c.title, c.shown, c.limit, c.finding + _named(c, subject), c.remedy)
    if not raised:
        yield False, (one.label, one.title, one.shown, one.limit, one.finding, "")
    elif rest := [c for c in one.members if c not in raised]:
        counts = [f"{n} 项{word}" for word, status in (("通过", "pass"), ("不适用", "none")) if (n := one.count(status))]
        yield False, (rest[0].label, one.title, "", "", f"其余 {'，'.join(counts)}", "")


def _named(check: Check, subject: Subject) -> str:
    names = [subject.names.get(u, u) for u in check.units]
    more = f"等 {len(names)} 个{subject.unit}" if len(names) > _NAMED else ""
    return f"（{'、'.join(names[:_NAMED])}{more}）" if names else ""


def _set_page(document) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(_PAGE[0]), Mm(_PAGE[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    for name in ("Normal", "Title"):
        set_fonts(document.styles[name])
    document.styles["Normal"].font.size = Pt(_SIZE)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    page_numbers(foot)


def _title(document, subject: Subject) -> None:
    from docx.shared import Pt

    heading = document.add_paragraph(clean(f"{subject.index}体检报告"), style="Title")
    heading.runs[0].font.size = Pt(20)
    line = f"{subject.period}　第 {subject.release} 号发布　{subject.at[:10]}"
    document.add_paragraph(clean(line)).runs[0].bold = True
    if subject.demo:
        document.add_paragraph(f"{DEMO_MARK}：由程序生成，不对应任何真实单位").runs[0].bold = True


def _table(document):
    """An empty table with its header row, which every page repeats."""
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    table = document.add_table(rows=1, cols=len(_COLUMNS), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, _COLUMNS.values(), strict=True):
        column.width = Mm(width)
    header = table.rows[0]
    header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _fill(header, tuple(_COLUMNS), bold=range(len(_COLUMNS)), shaded=True)
    return table


def _band(table, title: str) -> None:
    row = table.add_row()
    row.cells[0].merge(row.cells[-1])
    _fill(row, (title,), bold=range(1), shaded=True)


def _fill(row, texts: tuple[str, ...], bold: range, shaded: bool = False) -> None:
    """Writes a row that no page breaks apart."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=False)):
        run = cell.paragraphs[0].add_run(clean(text))
        run.bold = place in bold
        if shaded:
            shade = OxmlElement("w:shd")
            for key, value in (("val", "pct15"), ("color", "auto"), ("fill", "auto")):
                shade.set(qn(f"w:{key}"), value)
            cell._tc.get_or_add_tcPr().append(shade)
