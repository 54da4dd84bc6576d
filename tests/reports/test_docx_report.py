"""Documents as Word files: what a reader finds in them, and what the format must hold for Word and WPS."""

import io
import zipfile

import docx
import openpyxl
import pandas as pd
import pytest
from docx.oxml.ns import qn

from reports.contents import Grid, Sheet, Words
from reports.docx_report import report
from tests.reports.papers import CHARTS, GRID, IMPRINT, NUMBERS, bare, document, full


def opened(contents, **more):
    return docx.Document(io.BytesIO(report(contents, **more)))


def texts(word) -> str:
    """All text of the body, tables within tables too."""
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in word.element.body.iter(qn("w:p")))


@pytest.fixture(scope="module")
def word():
    return opened(full())


@pytest.fixture(scope="module")
def package():
    return zipfile.ZipFile(io.BytesIO(report(full())))


def test_it_says_of_itself_what_it_is_on_the_first_page_and_at_every_foot(word):
    said = [p.text for p in word.paragraphs]
    assert said[:3] == ["清廉机关指数季度报告", "2026年三季度", IMPRINT.line], "the index's name stands in the title, so not above it"
    foot = word.sections[0].footer
    assert IMPRINT.line in "".join(t.text or "" for t in foot._element.iter(qn("w:t")))
    assert [f.get(qn("w:instr")) for f in foot._element.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert word.core_properties.title == "清廉机关指数季度报告" and word.core_properties.created.isoformat().startswith("2026-10-08")


def test_headings_are_numbered_in_chinese_but_not_an_annex(word):
    headings = [p for p in word.paragraphs if p.style.name == "Heading 1"]
    assert [h.text for h in headings] == ["本期情况", "对照", "图 bars", "图 lines", "图 scatter", "图 shares", "附表：明细"]
    number = word.styles["Heading 1"].element.pPr.numPr.numId.val
    listed = word.part.numbering_part.element.num_having_numId(number).abstractNumId.val
    levels = word.part.numbering_part.element.xpath(f'w:abstractNum[@w:abstractNumId="{listed}"]/w:lvl')
    assert levels[0].find(qn("w:numFmt")).get(qn("w:val")) == "chineseCountingThousand"
    assert headings[-1]._p.pPr.numPr.numId.val == 0 and headings[-1].paragraph_format.page_break_before
    compact = opened(full(), compact=True)
    assert compact.styles["Heading 1"].element.pPr.numPr is None, "a portrait's sections bear no numbers"


def test_leads_are_bold_and_words_are_points_or_paragraphs(word):
    styles = {p.text: p.style.name for p in [*word.paragraphs, *word.tables[1].rows[0].cells[1].paragraphs]}
    assert styles["全市总体平稳。"] == "Lead" and word.styles["Lead"].font.bold
    assert styles["一段。"] == "Body Text" and styles["甲局 <b>& 🏮"] == "Body Text" and styles["要点一"] == "List Bullet"


def test_big_figures_have_their_notes_and_a_sign_beside_the_colour(word):
    cells = [[p.text for p in cell.paragraphs] for cell in word.tables[0].rows[0].cells]
    assert cells == [["指数", "83.3", "✓ 较上期 +1.2"], ["排名", "3"], ["逾期", "2", "！ 最长 8 天"]]


def test_tables_repeat_their_header_and_say_what_is_left_out(word):
    table = word.tables[-1]
    assert [[c.text for c in row.cells] for row in table.rows][:3] == [["指标", "得分", "名次"], ["甲局 <b>& 🏮", "82.2", "3"], ["=2+2", "", "12"]]
    assert table.rows[3].cells[0].text == f"另有 {GRID.more} 行，此处从略。"
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [True, False, False, False]
    bold = [bool(row._tr.xpath(".//w:b")) for row in table.rows]
    assert bold == [True, True, False, False]


def test_charts_are_native_with_their_figures_in_a_workbook_and_a_text_for_who_cannot_see(word, package):
    names = [n for n in package.namelist() if n.startswith("word/charts/chart")]
    assert len(names) == len(CHARTS) == len(list(word.element.body.iter(qn("c:chart"))))
    told = [p.get("descr") for p in word.element.body.iter(qn("wp:docPr"))]
    assert told == [CHARTS[kind].alt for kind in ("columns", "radar", "waterfall", "bars", "lines", "scatter", "shares")]
    for part in word.part.related_parts.values():
        if not part.partname.startswith("/word/charts/"):
            continue
        (relation, workbook), *rest = [(r.rId, r.target_part) for r in part.rels.values()]
        assert not rest and f'externalData r:id="{relation}"'.encode() in part.blob
        assert openpyxl.load_workbook(io.BytesIO(workbook.blob)).sheetnames == ["数据"]
        assert not openpyxl.load_workbook(io.BytesIO(workbook.blob)).active._charts, "the chart is drawn in the document only"


def test_the_page_is_a4_and_fonts_are_named_for_chinese(word):
    section = word.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    for style, font in {"Normal": "宋体", "Title": "微软雅黑", "Heading 1": "微软雅黑", "Table Text": "微软雅黑", "List Bullet": "宋体"}.items():
        fonts = word.styles[style].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font and fonts.get(qn("w:eastAsiaTheme")) is None


def test_the_same_document_gives_the_same_bytes():
    for compact in (False, True):
        first = report(full(), compact)
        assert first == report(full(), compact)
        with zipfile.ZipFile(io.BytesIO(first)) as package:
            assert package.testzip() is None and {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_blocks_stand_beside_each_other_where_both_can_be_read():
    short, long = (Grid(pd.DataFrame({"项": [f"第{k}项" for k in range(n)]})) for n in (3, 30))
    for grid, tables in ((short, 1), (long, 1)):
        found = opened(document(Sheet("s", "两栏", "", ((grid,), (Words(("甲",)),)), columns=(1, 1))))
        assert len(found.tables) == tables
        nested = sum(len(cell.tables) for cell in found.tables[0].rows[0].cells)
        assert nested == (1 if grid is short else 0), "a table that runs over pages is not put into a cell"


def test_a_document_with_nothing_in_it_says_so_and_opens():
    word = opened(bare())
    said = texts(word)
    assert "（无）" in said and "得分：没有数据。" in said and "清廉机关指数" in said
    assert not [n for n in zipfile.ZipFile(io.BytesIO(report(bare()))).namelist() if "charts/" in n]
    for table in word.element.body.iter(qn("w:tbl")):
        rows = table.findall(qn("w:tr"))
        assert rows and all(row.findall(qn("w:tc")) for row in rows), "Word calls a table without cells damaged"
        assert all(cell[-1].tag == qn("w:p") for cell in table.iter(qn("w:tc"))), "and a cell that does not end in a paragraph"
    assert docx.Document(io.BytesIO(report(document()))).paragraphs[0].text == "清廉机关指数季度报告"


def test_a_long_name_is_kept_whole():
    name = "示例市" + "监督管理" * 15
    word = opened(document(Sheet("s", name, name, ((NUMBERS,),)), title=name), compact=True)
    assert [p.text for p in word.paragraphs if name in p.text] == [name] * 3
