"""Tables as files: text stays text, numbers stay numbers to the last bit, and demo data say so."""

import csv
import io
import zipfile

import openpyxl
import pandas as pd
import pytest

from reports.tables import csv_bytes, xlsx_bytes

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")", "{=1+1}", "=cmd|' /C calc'!A0"]
HARMLESS = ["甲局", "<script>alert(1)</script>", 'O\'Brien "局", 分局', "🐦清风", "长" * 200, "http://example.com", "1-2", " =1", "0012"]


def read_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_text(text):
    table = pd.DataFrame({text: [text], "n": [1.5]})
    guarded = read_csv(csv_bytes(table))
    expected = text if text.startswith("{") else f"'{text}"
    guarded = [[cell.replace("\n", "\r") for cell in row] for row in guarded]  # Python's reader turns the one into the other
    assert guarded == [[expected, "n"], [expected, "1.5"]]
    cells = read_xlsx(xlsx_bytes({"表": table}))["表"]
    shown = text.replace("\r", "\n")  # XML turns the one into the other
    assert [cells["A1"].data_type, cells["A2"].data_type] == ["s", "s"]
    assert cells["A2"].value.replace("_x000D_", "\n").replace("\r", "\n") == shown


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_goes_through_unharmed(text):
    table = pd.DataFrame({"名": [text]})
    assert read_csv(csv_bytes(table)) == [["名"], [text]]
    book = xlsx_bytes({"表": table})
    assert read_xlsx(book)["表"]["A2"].value == text
    assert not [n for n in zipfile.ZipFile(io.BytesIO(book)).namelist() if "rels" in n and "sheet1" in n]  # no hyperlink


def test_numbers_stay_numbers():
    numbers = [-1.5, 0.1 + 0.2, 1e-300, 123456789.123456789]
    table = pd.DataFrame({"值": numbers, "数": pd.array([1, None, -3, 4], dtype="Int64"), "是": [True, False, True, True]})
    back = read_csv(csv_bytes(table))
    assert [float(row[0]) for row in back[1:]] == numbers and [row[1] for row in back[1:]] == ["1", "", "-3", "4"]
    cells = read_xlsx(xlsx_bytes({"表": table}))["表"]
    assert [cells[f"A{n}"].value for n in range(2, 6)] == pytest.approx(numbers, rel=1e-15)
    assert [cells[f"B{n}"].value for n in range(2, 6)] == [1, None, -3, 4]
    assert cells["C2"].value == "是" and cells["C3"].value == "否"


def test_what_is_not_there_is_an_empty_cell():
    table = pd.DataFrame({"值": [float("nan"), float("inf"), 1.0], "文": [None, "", "x"]})
    cells = read_xlsx(xlsx_bytes({"表": table}))["表"]
    assert [cells[f"A{n}"].value for n in range(2, 5)] == [None, None, 1]
    assert [cells[f"B{n}"].value for n in range(2, 5)] == [None, None, "x"]


def test_demo_data_say_so_in_every_row_and_on_the_notes():
    table = pd.DataFrame({"单位": ["甲", "乙"]})
    assert [row[-1] for row in read_csv(csv_bytes(table, demo=True))] == ["数据性质", "演示数据", "演示数据"]
    book = read_xlsx(xlsx_bytes({"得分": table}, ["第一行"], demo=True))
    assert book.sheetnames == ["得分", "说明"]
    assert [c.value for c in book["得分"]["B"]] == ["数据性质", "演示数据", "演示数据"]
    assert "演示数据" in book["说明"]["A1"].value and book["说明"]["A2"].value == "第一行"
    assert "演示" not in csv_bytes(table).decode("utf-8-sig")
    assert list(table.columns) == ["单位"]


def test_a_sheet_is_ready_to_read():
    book = read_xlsx(xlsx_bytes({"甲/乙:*?[]" + "长" * 40: pd.DataFrame({"单位名称很长很长": ["x"] * 3, "值": [1.0] * 3})}))
    sheet = book.worksheets[0]
    assert len(sheet.title) == 31 and "/" not in sheet.title
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:B4"
    assert sheet.column_dimensions["A"].width > 16 > sheet.column_dimensions["B"].width


def test_an_empty_table_is_a_header():
    table = pd.DataFrame({"单位": []})
    assert read_csv(csv_bytes(table)) == [["单位"]]
    assert read_xlsx(xlsx_bytes({"表": table}))["表"]["A1"].value == "单位"
