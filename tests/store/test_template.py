"""The import workbook: the four sheets, drop-downs and notes; filled in by hand it comes back as it was filled in."""

import math

import openpyxl
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.policy import Policy
from store.frameworks.files import DATA, parse_framework, parse_policy, read_framework
from store.importing.intake import Known, read_intakes
from store.template.workbook import write_template
from tests.store.office import FRAMEWORK, UNITS, cells, read, refused

POLICY = parse_policy((DATA / "policy.toml").read_text("utf-8"))


def lists(sheet) -> dict[str, str]:
    """Range → source of the drop-downs of a sheet."""
    return {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}


def test_sheets_drop_downs_notes_and_print(tmp_path):
    write_template(tmp_path / "t.xlsx", FRAMEWORK, UNITS)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert [s.title for s in book if s.sheet_state == "visible"] == ["说明", "单位", "指标体系", "数据", "加减分"]
    data, extra = book["数据"], book["加减分"]
    assert [c.value for c in data[2]] == [
        "单位", "考核期", "A1 任务“回头看”完成率(全年)(%)", "A2 工作评分(分)", "B1 项目数(项/百名党员)", "B2 违纪件数(件)"
    ]  # fmt: skip
    assert [r[0].value for r in data.iter_rows(min_row=3, max_row=6)] == [*UNITS.values(), None]
    sources = lists(data)
    assert sources["A3:A205"] == "单位!$B$3:$B$205" and sources["C3:C205"] == '"缺报,不适用,待报"'
    assert lists(extra)["C3:C205"] == '"加分,减分,一票否决"'
    assert "列表!$A$1:$A$4" in sources.values() and [c.value for c in book["列表"]["A"]][:2] == [data["C2"].value, data["D2"].value]
    assert "95%" in data["C2"].comment.text and "越低越好" in data["F2"].comment.text
    for sheet in (book["单位"], book["指标体系"], data, extra):
        assert sheet.freeze_panes and sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage


def test_an_empty_template_brings_its_units_and_nothing_else(tmp_path):
    write_template(tmp_path / "t.xlsx", FRAMEWORK, UNITS)
    intake = read(tmp_path / "t.xlsx")
    assert dict(zip(intake.units["code"], intake.units["name"], strict=True)) == UNITS
    assert len(intake.observations) == len(intake.adjustments) == 0 and intake.framework_csv is None
    write_template(tmp_path / "bare.xlsx", FRAMEWORK)
    assert "没有可导入的内容" in refused(tmp_path / "bare.xlsx")[0].why


CELL = st.one_of(st.none(), st.sampled_from(["不适用", "待报", "缺报"]), st.floats(0, 100).map(lambda x: round(x, 2)))
STATES = {"不适用": "not_applicable", "待报": "pending", "缺报": "missing"}


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=3, max_size=3))
def test_a_filled_template_comes_back_as_it_was_filled_in(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("t") / "t.xlsx"
    write_template(path, FRAMEWORK, UNITS)
    book = openpyxl.load_workbook(path)
    for at, row in enumerate(rows, 3):
        book["数据"].cell(at, 2, "2024年四季度")
        for column, value in enumerate(row, 3):
            book["数据"].cell(at, column, value)
    book["加减分"].append(["示例市审计局", "2024Q4", "减分", 1.5, "超期", "示〔2024〕1号"])
    book.save(path)
    intake = read(path)
    expected = {
        (unit, node.code, "2024Q4"): STATES.get(value, value)
        for unit, row in zip(UNITS, rows, strict=True) for node, value in zip(FRAMEWORK.indicators, row, strict=True)
        if value is not None
    }  # fmt: skip
    assert cells(intake) == expected and intake.framework_csv is None
    assert intake.adjustments.to_numpy().tolist() == [["U2", "2024Q4", "penalty", 1.5, "超期", "示〔2024〕1号"]]


def test_frameworks_come_back_whole(tmp_path):
    default = read_framework(DATA / "framework.csv", POLICY)
    deep = parse_framework(
        "code,parent,name,unit,direction,weight,low,high,normalisation,aggregation,transform,target,reference,bands\n"
        "R,,根,,1,1,,,,geometric,,,,\nM,R,枝,,1,0.1,,,,generalised:0.5,,,,\nx,M,叶,(1 (yes)/0 (no)),-1,1,,,distance_to_target,,,61.6783338669222,,\n"
        "y,M,叶二,,1,0.30000000000000004,1,9,,,log,,,\nz,M,叶三,,1,1,,,banded,,,,,60:40;80:70\nw,R,=1+1,,1,1,,,distance_to_reference,,,,7,\n"
    )
    for framework, policy in ((default, POLICY), (deep, Policy()), (FRAMEWORK, Policy())):
        write_template(tmp_path / "t.xlsx", framework, {"A": "=cmd()", "B": "@甲"}, policy)
        (intake,) = read_intakes([tmp_path / "t.xlsx"], Known(policy=policy))
        assert parse_framework(intake.framework_csv, policy) == framework
        assert intake.units["name"].tolist() == ["=cmd()", "@甲"]


def test_without_a_store_it_is_the_default_framework(tmp_path):
    write_template(tmp_path / "t.xlsx")
    (intake,) = read_intakes([tmp_path / "t.xlsx"], Known())
    assert parse_framework(intake.framework_csv, POLICY) == read_framework(DATA / "framework.csv", POLICY)


def test_a_table_of_units_and_the_words_of_the_policy(tmp_path):
    units = pd.DataFrame([["A", "甲", "一组", 12.0], ["B", "乙", "", math.nan], ["C", "乙", "", 3.0]], columns=["code", "name", "sector", "size"])
    write_template(tmp_path / "t.xlsx", FRAMEWORK, units, parse_policy("[words]\nsector = '分组'\nsize = '人口'\nunit = '国家'\n"))
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert [c.value for c in book["单位"][2]] == ["编码", "单位名称", "分组", "规模"]
    assert [book["数据"].cell(r, 1).value for r in (3, 4, 5)] == ["甲", "B", "C"]  # a name that two units have is no key
    assert book["单位"]["D3"].value == 12 and book["单位"]["D4"].value is None


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    for name in ("1.xlsx", "2.xlsx"):
        write_template(tmp_path / name, FRAMEWORK, UNITS)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()
