"""CSV and XLSX read back by other programs' rules: no formula, nothing lost, numbers to the last bit."""
import csv
import io
import math
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.tables import csv_bytes, xlsx_bytes

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "－1", "=cmd|'/C calc'!A0"]
TEXTS = [
    "财政局", "名" * 200, "👩‍👩‍👧‍👦" * 40, "<script>alert(1)</script>", '说"引号"，逗号,', "007", "1e5", "None", "nan", "https://x.y/z",
    "{=1}", "_x0041_", "a\nb",
]  # fmt: skip
NUMBERS = [0.1 + 0.2, -1.5, 1e-17, 1e300, 83.4, -0.0, 12345678.123456789]


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_sheet(data: bytes, name: str | None = None):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return book[name] if name else book.worksheets[0]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula(text):
    table = pd.DataFrame({"单位": [text], text: ["值"]})
    header, row = read_csv(csv_bytes(table))
    assert row[0].startswith("'") and header[1].startswith("'")
    sheet = read_sheet(xlsx_bytes({"表": table}))
    assert all(cell.data_type == "s" for cells in sheet.iter_rows() for cell in cells)
    assert b"<f>" not in sheet_xml(xlsx_bytes({"表": table}, [text]))


def sheet_xml(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return b"".join(parts.read(n) for n in parts.namelist() if n.startswith("xl/worksheets/sheet"))


@pytest.mark.parametrize("text", TEXTS)
def test_other_texts_come_back_as_they_were(text):
    table = pd.DataFrame({"单位": [text], "得分": [1.5]})
    assert read_csv(csv_bytes(table)) == [["单位", "得分"], [text, "1.5"]]
    sheet = read_sheet(xlsx_bytes({"表": table}))
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["单位", "得分"], [text, 1.5]]


def test_negative_numbers_stay_numbers_and_none_loses_a_bit():
    table = pd.DataFrame({"得分": NUMBERS})
    assert [float(row[0]) for row in read_csv(csv_bytes(table))[1:]] == NUMBERS
    cells = [row[0] for row in read_sheet(xlsx_bytes({"表": table})).iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == NUMBERS
    assert {cell.data_type for cell in cells} == {"n"}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_reads_back_exactly(number):
    table = pd.DataFrame({"x": [number]})
    assert float(read_csv(csv_bytes(table))[1][0]) == number
    assert float(read_sheet(xlsx_bytes({"x": table}))["A2"].value) == number


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_text_makes_a_workbook_that_opens_and_never_a_formula(text):
    data = xlsx_bytes({text or "表": pd.DataFrame({"x": [text]})}, [text])
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    (header, *rows) = read_csv(csv_bytes(pd.DataFrame({"x": [text], "y": [1]})))
    assert header == ["x", "y"] and len(rows) == 1
    assert not rows[0][0].startswith(tuple("=+-@\t\r\n"))


@pytest.mark.parametrize("control", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\ufffe", "\uffff"])
def test_a_character_that_a_sheet_cannot_hold_is_shown_as_lost(control):
    table = pd.DataFrame({"单位": [f"甲{control}乙"]})
    assert read_sheet(xlsx_bytes({"表": table}))["A2"].value == "甲�乙"
    assert read_csv(csv_bytes(table))[1] == ["甲�乙"]


def test_nothing_is_an_empty_cell_and_never_a_zero():
    table = pd.DataFrame({"a": [np.nan, 1.0], "b": pd.array([None, 2], "Int64"), "c": [None, "x"], "d": [math.inf, 3.0]})
    assert read_csv(csv_bytes(table))[1:] == [["", "", "", ""], ["1.0", "2", "x", "3.0"]]
    rows = read_sheet(xlsx_bytes({"表": table})).iter_rows(min_row=2, values_only=True)
    assert list(rows) == [(None, None, None, None), (1, 2, "x", 3)]


def test_numpy_numbers_in_a_mixed_column_are_numbers_and_truth_is_chinese():
    mixed = pd.Series([np.int64(3), np.float64(1.5), np.bool_(True), "字"], dtype=object)
    cells = [c[0] for c in read_sheet(xlsx_bytes({"表": pd.DataFrame({"混": mixed})})).iter_rows(min_row=2)]
    assert [(c.value, c.data_type) for c in cells] == [(3, "n"), (1.5, "n"), ("是", "s"), ("字", "s")]
    assert read_csv(csv_bytes(pd.DataFrame({"真": [True, False]})))[1:] == [["是"], ["否"]]


def test_csv_opens_as_chinese_in_excel():
    assert csv_bytes(pd.DataFrame({"单位": ["甲"]})).startswith(b"\xef\xbb\xbf\xe5\x8d\x95")


def test_demonstration_data_say_so_in_every_row_and_in_the_notes():
    table = pd.DataFrame({"单位": ["甲", "乙"]})
    assert read_csv(csv_bytes(table, demo=True)) == [["单位", "数据性质"], ["甲", "演示数据"], ["乙", "演示数据"]]
    data = xlsx_bytes({"数据": table}, ["第二行"], demo=True)
    assert [row[1] for row in read_sheet(data, "数据").iter_rows(min_row=2, values_only=True)] == ["演示数据"] * 2
    notes = [row[0] for row in read_sheet(data, "说明").iter_rows(values_only=True)]
    assert notes[0].startswith("演示数据") and notes[1] == "第二行"
    assert "演示数据".encode() not in csv_bytes(table)
    assert openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"数据": table}))).sheetnames == ["数据"]


def test_the_tables_of_the_caller_are_left_alone():
    table = pd.DataFrame({"单位": ["=1"]})
    csv_bytes(table, demo=True), xlsx_bytes({"表": table}, demo=True)
    assert table.to_dict("list") == {"单位": ["=1"]}


@pytest.mark.parametrize(
    "names, expected",
    [
        (["a/b:c*d?e[f]g\\h"], ["a·b·c·d·e·f·g·h", "说明"]),
        (["说明"], ["说明", "说明 2"]),
        (["A", "a"], ["A", "a 2", "说明"]),
        (["x" * 40, "x" * 41], ["x" * 31, "x" * 27 + " 2", "说明"]),
        (["'引'"], ["引", "说明"]),
        ([""], ["表", "说明"]),
        (["😀" * 40], ["😀" * 15, "说明"]),
    ],
)
def test_sheet_names_that_excel_accepts(names, expected):
    data = xlsx_bytes({name: pd.DataFrame({"x": [1]}) for name in names}, ["注"])
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == expected


def test_an_empty_table_keeps_its_header():
    table = pd.DataFrame({"单位": pd.Series(dtype=str), "得分": pd.Series(dtype=float)})
    assert read_csv(csv_bytes(table, demo=True)) == [["单位", "得分", "数据性质"]]
    assert read_sheet(xlsx_bytes({"表": table}))["B1"].value == "得分"


def test_a_sheet_prints_as_wide_as_a_page_with_its_header_on_each():
    table = pd.DataFrame({f"指标{k}": range(200) for k in range(30)})
    (sheet,) = (s for s in openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"得分": table}))) if s.title == "得分")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0  # the width stays at its default, 1
    assert sheet.print_title_rows == "$1:$1"


def test_a_mark_stands_in_every_row_and_first_on_the_notes():
    table = pd.DataFrame({"单位": ["甲", "乙"]})
    assert read_csv(csv_bytes(table, mark="试算")) == [["单位", "结果性质"], ["甲", "试算"], ["乙", "试算"]]
    assert read_csv(csv_bytes(table, True, "试算"))[0] == ["单位", "数据性质", "结果性质"]
    data = xlsx_bytes({"数据": table}, ["第二行"], mark="试算")
    assert [cell.value for cell in read_sheet(data)["B"]] == ["结果性质", "试算", "试算"]
    assert [cell.value for cell in read_sheet(data, "说明")["A"]] == ["试算", "第二行"]
