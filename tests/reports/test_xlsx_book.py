"""Documents as workbooks: figures to count on, charts to edit, pages to print."""

import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from reports.contents import Grid, Sheet, Words
from reports.xlsx_book import book
from tests.reports.papers import CHARTS, IMPRINT, bare, document, full

SCORES = pd.DataFrame(
    {"单位": ["甲局", "=1+1"], "指数": [83.123456789012345, np.nan], "排名": [3.0, np.nan], "份额": [0.25, 0.5], "否决": [True, False]}
)


def opened(contents, tables=None):
    return openpyxl.load_workbook(io.BytesIO(book(contents, {"得分": SCORES} if tables is None else tables)))


@pytest.fixture(scope="module")
def workbook():
    return opened(full())


def shown(sheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def test_the_overview_comes_first_then_the_tables_then_the_charts_figures(workbook):
    assert workbook.sheetnames == ["概览", "得分", "图表数据"]
    said = shown(workbook["概览"])
    assert said[0] == "清廉机关指数季度报告" and IMPRINT.line in said[1]
    assert {"本期情况", "全市总体平稳。", "83.3", "✓ 较上期 +1.2", "！ 最长 8 天", "• 要点一", "一段。", "另有 7 行，此处从略。"} <= set(said)


def test_every_chart_is_native_and_refers_to_the_figures(workbook):
    made = zipfile.ZipFile(io.BytesIO(book(full(), {})))
    charts = [made.read(n).decode() for n in made.namelist() if n.startswith("xl/charts/chart")]
    assert len(charts) == len(CHARTS) and all("图表数据!$" in xml and "<a:ea " in xml for xml in charts)
    told = made.read("xl/drawings/drawing1.xml").decode()
    assert all(f'descr="{chart.alt}"' in told for chart in CHARTS.values())
    assert {chart.alt for chart in CHARTS.values()} <= set(shown(workbook["图表数据"]))


def test_a_table_keeps_every_digit_and_every_text(workbook):
    sheet = workbook["得分"]
    assert sheet["A1"].value == IMPRINT.line
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows == [("单位", "指数", "排名", "份额", "否决"), ("甲局", 83.123456789012345, 3, 0.25, "是"), ("=1+1", None, None, 0.5, "否")]
    assert sheet["A4"].data_type == "s", "a text that looks like a formula stays a text"
    assert [sheet.cell(3, k).number_format for k in (2, 3, 4)] == ["0.0", "0", "0.00"]


def test_a_table_is_ready_to_filter_and_to_print(workbook):
    sheet = workbook["得分"]
    assert sheet.auto_filter.ref == "A2:E4" and sheet.freeze_panes == "B3" and sheet.print_title_rows == "$2:$2"
    assert sheet.page_setup.paperSize == 9 and sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
    assert IMPRINT.line in sheet.oddFooter.left.text and sheet.oddFooter.right.text == "第 &P 页，共 &N 页"


def test_a_table_to_be_searched_prints_its_first_page_and_says_so():
    long = pd.DataFrame({"单位": [f"第{k}局" for k in range(501)], "得分": 80.0})
    sheet = opened(document(), {"长": long, "短": long.head(500)})
    assert sheet["长"].print_area == "'长'!$A$1:$B$42" and sheet["短"].print_area == "'短'!$A$1:$B$502"
    assert sheet["长"]["A1"].value.endswith("　打印范围只含前 40 行（共 501 行）；要印其余，请筛选后选中，打印“选定区域”")
    assert sheet["短"]["A1"].value == IMPRINT.line


def test_a_table_too_wide_to_be_read_prints_the_columns_that_a_page_holds():
    wide = pd.DataFrame({f"第{k}列": ["很" * 20] for k in range(10)})  # 40 characters each, of which a page holds 240
    sheet = opened(document(), {"宽": wide})["宽"]
    assert sheet.print_area == "'宽'!$A$1:$F$3" and "前 6 列（共 10 列）" in sheet["A1"].value


def test_a_sheet_begins_a_page_where_it_would_be_cut():
    tall = [Sheet(str(k), f"第{k}", "", ((Words(tuple("行" * 20 for _ in range(40))),),)) for k in range(3)]
    sheet = opened(document(*tall), {})["概览"]
    titles = {cell.value: cell.row for cell in sheet["A"] if cell.value in {"第0", "第1", "第2"}}
    assert [b.id + 1 for b in sheet.row_breaks.brk] == [titles["第1"], titles["第2"]]


def test_numbers_of_the_overview_are_numbers():
    grid = Grid(pd.DataFrame({"项": ["甲"], "值": [82.26], "数": [3]}), decimals={"值": 2})
    sheet = opened(document(Sheet("s", "表", "", ((grid,),))), {})["概览"]
    found = {cell.value: cell.number_format for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)}
    assert found == {82.26: "0.00;−0.00;0.00", 3: "0;−0;0"}


def test_long_tables_are_cut_on_the_overview_and_said_to_be():
    grid = Grid(pd.DataFrame({"项": [f"第{k}项" for k in range(100)]}), more=5)
    assert "另有 80 行，此处从略。" in shown(opened(document(Sheet("s", "表", "", ((grid,),))), {})["概览"])


def test_nothing_to_show_is_said():
    found = opened(bare(), {"空": pd.DataFrame({"甲": []}), "无列": pd.DataFrame()})
    assert found.sheetnames == ["概览", "空", "无列", "图表数据"]
    assert "（无）" in shown(found["概览"]) and "得分：没有数据。" in shown(found["概览"])
    assert opened(document(), {}).sheetnames == ["概览", "图表数据"]


def test_names_of_sheets_never_clash():
    assert opened(document(), {"概览": SCORES, "a/b": SCORES}).sheetnames == ["概览", "概览 2", "a·b", "图表数据"]


def test_the_same_document_gives_the_same_bytes():
    first = book(full(), {"得分": SCORES})
    assert first == book(full(), {"得分": SCORES})
    assert {part.date_time for part in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
