"""The audit as a Word file: what a reader finds in it, and what the format must hold for Word and WPS."""

import io
import re
import zipfile

import docx
import numpy as np
import pandas as pd
import pytest
from docx.oxml.ns import qn

from reports.audit_docx import Subject, audit_docx
from scoring.audit import CHECKS, PATTERNS, Check, audit, verdict
from scoring.case import Case
from scoring.policy import Policy
from scoring.values import Values
from tests.scoring.trees import flat

ODD = "甲局 <b>&\x0b\ufffe🏮"


@pytest.fixture(scope="module")
def found() -> list[Check]:
    """Two indicators that say the same, one that says the contrary; in the period before one unit stood elsewhere."""
    rng = np.random.default_rng(1)
    a = rng.normal(60, 10, 30)
    matrix = np.column_stack([a, a + rng.normal(0, 0.1, 30), 100 - a + rng.normal(0, 0.1, 30)])
    before = matrix + rng.normal(0, 0.5, matrix.shape)
    before[4] += 40
    nobody = pd.DataFrame({"unit": [], "kind": [], "points": []}).astype({"points": float})
    framework, units = flat(1, 1, 1), tuple(f"u{k}" for k in range(30))
    now, then = (
        Case({"P": Values(units, ("A", "B", "C"), m)}, "P", framework, Policy(missing_rule="reweight"), nobody) for m in (matrix, before)
    )
    return audit(now, None, then)


def subject(**more) -> Subject:
    return Subject(**({"index": "清廉机关指数", "period": "2024年四季度", "release": 7, "at": "2025-01-06T09:30:00", "names": {"u4": ODD}} | more))


@pytest.fixture(scope="module")
def document(found):
    return docx.Document(io.BytesIO(audit_docx(found, subject(demo=True))))


def rows(document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[0].rows]


def test_it_says_what_was_audited_and_what_came_of_it(document, found):
    said = [p.text for p in document.paragraphs]
    assert said[0] == "清廉机关指数体检报告"
    assert said[1] == "2024年四季度　第 7 号发布　2025-01-06" and said[2].startswith("演示数据")
    assert verdict(found) in said[3] and "它们是问题，不是结论" in said[3]
    assert "演示数据" not in "".join(p.text for p in docx.Document(io.BytesIO(audit_docx(found, subject()))).paragraphs)


def test_every_check_stands_in_the_one_table(document, found):
    table = rows(document)
    assert len(document.tables) == 1 and table[0] == ["结果", "检查", "数值", "阈值", "发现", "怎么办"]
    titles = [m.title for m in (*CHECKS.values(), *PATTERNS.values())]
    assert list(dict.fromkeys(row[1] for row in table if row[1] in titles)) == titles
    raised = [c for c in found if c.status in ("fail", "flag")]
    assert {"redundancy", "conflict", "jump"} <= {c.name for c in raised}, "without them this proves little"
    for c in raised:
        row = next(row for row in table if row[1] == c.title and row[2] == c.shown and row[4].startswith(c.finding))
        assert row[0] == c.label and row[3] == c.limit and row[5] == c.remedy
    assert re.search(r"(?m)^其余 \d+ 项通过", "\n".join(row[4] for row in table))


def test_units_are_named_and_no_sign_breaks_the_file(document):
    jump = next(row for row in rows(document) if row[0] == "？ 请核实")
    assert "甲局 <b>& 🏮" in jump[4]


def test_the_page_is_a4_with_numbers_and_a_header_row_that_repeats(document):
    section = document.sections[0]
    assert sorted((round(section.page_width.mm), round(section.page_height.mm))) == [210, 297]
    assert document.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    fields = [f.get(qn("w:instr")) for f in section.footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_fonts_are_named_for_chinese_too(document):
    for style in ("Normal", "Title"):
        fonts = document.styles[style].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "微软雅黑" and fonts.get(qn("w:eastAsiaTheme")) is None


def test_the_same_audit_gives_the_same_bytes(found):
    first, second = (audit_docx(found, subject()) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert package.testzip() is None and {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert docx.Document(io.BytesIO(first)).core_properties.created.isoformat().startswith("2025-01-06")
