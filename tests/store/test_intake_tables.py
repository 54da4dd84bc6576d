"""Tables as offices lay them out: headers, titles, blank rows, wide and long, workbook and text, in any order of files."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from store.importing.intake import Known, read_intakes
from tests.store.office import FRAMEWORK, FRAMEWORK_CSV, UNITS, cells, read, refused, text, workbook

WIDE = {
    ("U1", "A1", "2024Q4"): 95.0, ("U1", "A2", "2024Q4"): 88.5, ("U1", "B1", "2024Q4"): "not_applicable",
    ("U2", "A1", "2024Q4"): 100.0, ("U2", "A2", "2024Q4"): "pending", ("U2", "B2", "2024Q4"): 1234.0,
}  # fmt: skip


def test_a_return_as_an_office_fills_it_in(tmp_path):
    """Merged title with the period, blank row and column, header words of their own, 序号, notes, a total, signatures."""
    rows = [
        [None, "示例市2024年四季度填报表"],
        [],
        [None, "序号", "部门", "A1 任务“回头看”完成率", "工作评分(分)", "项目数", "B2", "备注"],
        [None, 1, "示例市财政局 ", "95%", "88.5分", "—", None, "说明一下"],
        [],
        [None, 2, "示例市审计局", "１００", "待报", "", "1,234", None],
        [None, 3, "示例市教育局", None, None, None, None, None],
        [None, None, "合计", 195, 88.5, None, 1234, None],
        [None, "注：以上数据截至季度末"],
        [None, "填报人：张", None, "审核人：李", None, None, "日期：2025-01-05"],
    ]
    path = workbook(tmp_path / "填报.xlsx", {"Sheet1": rows})
    book = openpyxl.load_workbook(path)
    book["Sheet1"].merge_cells("B1:H1")
    book.save(path)
    intake = read(path)
    assert cells(intake) == WIDE
    first = intake.observations.iloc[0]
    assert (first["sheet"], first["cell"], intake.sha256[:2].isalnum(), intake.demo) == ("Sheet1", "D4", True, False)


def test_a_row_of_units_of_measure_below_the_header_is_no_data(tmp_path):
    rows = [["序号", "单位", "A1", "工作评分", "B1", "B2"], [None, None, "%", "（分）", "项/百名党员", None], [1, "U1", 95, 88.5, "—", None]]
    path = workbook(tmp_path / "2024Q4.xlsx", {"数据": rows})
    assert cells(read(path)) == {key: value for key, value in WIDE.items() if key[0] == "U1"}
    rows[1][3] = "%"
    assert [e.cell for e in refused(workbook(tmp_path / "2024Q4.xlsx", {"数据": rows}))] == ["B2", "C2", "D2", "E2"]


def test_a_header_of_two_rows_and_units_merged_down(tmp_path):
    rows = [
        ["单位", "考核期", "第一维", None, "第二维", None],
        [None, None, "A1", "A2", "B1", "B2"],
        ["U1", "2024Q4", 95, 88.5, "/", None],
        ["U2", "2024Q4", 100, "待报", None, 1234],
    ]
    path = workbook(tmp_path / "x.xlsx", {"数据": rows})
    book = openpyxl.load_workbook(path)
    for merge in ("A1:A2", "B1:B2", "C1:D1", "E1:F1"):
        book["数据"].merge_cells(merge)
    book.save(path)
    assert cells(read(path)) == WIDE
    long = [["单位", "考核期", "指标", "值"], ["U1", "2024Q4", "A1", 95], [None, None, "A2", 88.5]]
    path = workbook(tmp_path / "y.xlsx", {"数据": long})
    book = openpyxl.load_workbook(path)
    book["数据"].merge_cells("A2:A3")
    book["数据"].merge_cells("B2:B3")
    book.save(path)
    assert cells(read(path)) == {("U1", "A1", "2024Q4"): 95.0, ("U1", "A2", "2024Q4"): 88.5}


def test_percent_formats_codes_with_zeros_and_dates_are_read_as_seen(tmp_path):
    known = Known({"007": "七局"}, FRAMEWORK)
    rows = [["单位代码", "时间", "A1", "A2"], [7, dt.date(2024, 3, 1), 0.29, 95]]
    path = workbook(tmp_path / "x.xlsx", {"x": rows}, {("x", "A2"): "000", ("x", "C2"): "0.0%", ("x", "D2"): '0"%"'})
    assert cells(read(path, known=known)) == {("007", "A1", "2024M03"): 29.0, ("007", "A2", "2024M03"): 95.0}


LONG = """单位,指标,季度,数值
示例市财政局,A1,2024年四季度,95%
U1,工作评分,2024-Q4,88.5
U1,项目数,2024Q4,不适用
U2,任务“回头看”完成率(全年),2024年第4季度,100
U2,A2,2024Q4,待报
U2,B2,2024Q4,"1,234"
U3,B2,2024Q4,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimited_text_in_any_encoding(tmp_path, encoding, delimiter):
    table = pd.read_csv(text(tmp_path / "a.csv", LONG), dtype=str, keep_default_na=False)
    content = "填报表\n\n" + table.to_csv(index=False, sep=delimiter)
    assert cells(read(text(tmp_path / "long.csv", content, encoding))) == WIDE


def test_a_long_table_with_a_state_column_and_codes_beside_names(tmp_path):
    content = (
        "单位编码,单位名称,代码,指标名称,考核期,值,状态\nU1,示例市财政局,A1,,2024Q4,95,有值\nU1,,A2,工作评分,2024Q4,88.5,value\n"
        "U1,,B1,,2024Q4,,不适用\nU2,,A1,,2024Q4,100,\nU2,,A2,,2024Q4,待报,待报\nU2,,B2,,2024Q4,1234,有值\n"
    )
    assert cells(read(text(tmp_path / "x.csv", content))) == WIDE


@pytest.mark.parametrize(
    ("title", "sheet", "name"),
    [
        ("2024年四季度", "数据", "x.xlsx"),
        ("填报表", "2024Q4", "x.xlsx"),
        ("填报表", "数据", "填报表2024年第四季度.xlsx"),
        ("2024Q4", "2023Q1", "2022Q1.xlsx"),
    ],
)
def test_a_period_from_title_sheet_or_file_name(tmp_path, title, sheet, name):
    path = workbook(tmp_path / name, {sheet: [[title], ["单位", "A1"], ["U1", 95]]})
    assert cells(read(path)) == {("U1", "A1", "2024Q4"): 95.0}


def test_a_period_given_by_the_caller(tmp_path):
    path = text(tmp_path / "x.csv", "单位,A1\nU1,95\n")
    assert cells(read(path, period="2024年四季度")) == {("U1", "A1", "2024Q4"): 95.0}
    assert "考核期" in refused(path)[0].why


UNITS_CSV = "编码,单位名称,片组,党员数（人）\nU8,八局,一片,\"1,200\"\nU9,九局 <script>alert(1)</script>,二片,\n"


def test_files_may_rest_on_each_other_in_any_order(tmp_path):
    values = text(tmp_path / "v.csv", "单位,考核期,A1\n八局,2024Q4,95\n")
    content = (
        "单位,考核期,类型,分值,事由,文号\nU9,2024Q4,扣分,1.5,超期,示〔2024〕1号\n"
        "九局 <script>alert(1)</script>,2024Q4,一票否决,,立案,示〔2024〕2号\n"
    )
    adjustments = text(tmp_path / "adj.csv", content)
    units, framework = text(tmp_path / "u.csv", UNITS_CSV), text(tmp_path / "f.csv", FRAMEWORK_CSV)
    policy = text(tmp_path / "p.toml", "[tiers]\nlabels = ['甲', '乙']\ncuts = [0.5]\n")
    intakes = read_intakes([adjustments, values, policy, units, framework], Known())
    assert [i.file for i in intakes] == ["f.csv", "u.csv", "adj.csv", "v.csv", "p.toml"]
    by_file = {i.file: i for i in intakes}
    assert by_file["f.csv"].policy_toml.startswith("[tiers]") and by_file["f.csv"].framework_csv == FRAMEWORK_CSV
    table = by_file["u.csv"].units
    assert table["name"].tolist() == ["八局", "九局 <script>alert(1)</script>"] and table["sector"].tolist() == ["一片", "二片"]
    assert table["size"].fillna(-1).tolist() == [1200, -1]
    assert cells(by_file["v.csv"]) == {("U8", "A1", "2024Q4"): 95.0}
    assert by_file["adj.csv"].adjustments.to_numpy().tolist() == [
        ["U9", "2024Q4", "penalty", 1.5, "超期", "示〔2024〕1号"],
        ["U9", "2024Q4", "veto", 0.0, "立案", "示〔2024〕2号"],
    ]


def test_four_sheets_in_one_workbook_by_their_names(tmp_path):
    framework = [["代码", "上级", "名称", "计量单位", "方向", "权重", "下限", "上限", "标准化方法"]]
    framework += [["ALL", None, "总指数", "分", 1, 1], ["X", "ALL", "甲率", "%", "正向", "20%", 0.5, 1, "目标区间法"]]
    framework += [["Y", "ALL", "乙数", "件", "逆向", 0.8, 0, 9]]
    sheets = {
        "说明": [["本表由各单位填写"], ["单位：每行一个"]],
        "单位": [["编码", "名称", "片组"], [101, "甲局", "一片"]],
        "指标体系": framework,
        "数据": [["2024年"], ["单位", "甲率(%)", "乙数"], ["甲局", 95, 3]],
        "加减分": [["单位", "期间", "类别", "分数", "原因", "依据"], ["甲局", 2024, "加分", 2, "表彰", "示〔2024〕3号"]],
    }
    formats = {("指标体系", "G3"): "0%", ("指标体系", "H3"): "0%"}
    intake = read(workbook(tmp_path / "x.xlsx", sheets, formats), known=Known())
    assert intake.framework_csv.splitlines()[2] == "X,ALL,甲率,%,1,20,50,100,goalposts"
    assert intake.framework_csv.splitlines()[3] == "Y,ALL,乙数,件,-1,0.8,0,9,"
    assert cells(intake) == {("101", "X", "2024"): 95.0, ("101", "Y", "2024"): 3.0}
    assert intake.adjustments["points"].tolist() == [2.0] and intake.skipped == ("说明",)


def test_a_framework_that_is_in_force_already_is_not_brought_again(tmp_path):
    same = text(tmp_path / "f.csv", FRAMEWORK_CSV.replace(",1,50,50,", ",1,50.0,50,"))
    values = text(tmp_path / "v.csv", "单位,考核期,A1\nU1,2024Q4,95\n")
    assert "没有可导入的内容" in refused(same)[0].why
    changed = text(tmp_path / "f.csv", FRAMEWORK_CSV.replace("总指数", "新指数"))
    assert read(values, changed).framework_csv is not None


def test_demo_data_say_so_themselves(tmp_path):
    rows = "单位,考核期,A1\nU1,2024Q4,95\n"
    assert read(text(tmp_path / "x.csv", "演示数据\n" + rows)).demo
    assert not read(text(tmp_path / "x.csv", rows)).demo and read(text(tmp_path / "x.csv", rows), demo=True).demo


def test_units_by_code_before_name_and_known_names_in_other_widths(tmp_path):
    known = Known({"示例市审计局": "示例市财政局", **UNITS, "U4": "示例市局（集团）"}, FRAMEWORK)
    path = text(tmp_path / "x.csv", "单位,考核期,A1\n示例市审计局,2024Q4,1\n示例市局(集团),2024Q4,2\n")
    assert list(cells(read(path, known=known))) == [("示例市审计局", "A1", "2024Q4"), ("U4", "A1", "2024Q4")]


def test_hidden_sheets_are_not_read(tmp_path):
    head = ["单位", "考核期", "A1"]
    path = workbook(tmp_path / "x.xlsx", {"数据": [head, ["U1", "2024Q4", 1]], "旧": [head, ["乱", "x", "y"]]})
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book["数据"].cell(1_048_576, 16_384).number_format = "0%"  # the cell that makes a sheet look endless
    book.save(path)
    assert len(read(path).observations) == 1


def test_a_second_header_row_of_names_or_units_is_no_data(tmp_path):
    content = "单位,考核期,A1,A2\n,,任务“回头看”完成率(全年),工作评分(分)\n单位,,A1,A2\nU1,2024Q4,95,88\n"
    assert cells(read(text(tmp_path / "x.csv", content))) == {("U1", "A1", "2024Q4"): 95.0, ("U1", "A2", "2024Q4"): 88.0}
