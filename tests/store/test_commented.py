"""A refused file comes back with its cells marked; mended there and given again it is taken."""

import io
import re
import zipfile

import openpyxl
import pytest

from store.errors import ImportRefused
from store.importing.commented import AUTHOR, LIST, commented
from store.importing.intake import read_intakes
from store.readers.cells import CellError
from tests.store.office import KNOWN, cells, read, refused, text, workbook

ROWS = [
    ["单位", "考核期", "A1", "B2"], ["示例市财政厅", "2024Q4", 95, 3], ["示例市审计局", "2024Q4", "九十", "=1+1"],
    ["示例市教育局", "2024Q4", 150, 1],
]  # fmt: skip


def marked(path) -> openpyxl.Workbook:
    """The workbook that the refusal of a file gives."""
    return openpyxl.load_workbook(io.BytesIO(commented(path.name, path.read_bytes(), refused(path))))


def comments(sheet) -> dict[str, str]:
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}


def test_each_refused_cell_says_why_and_the_nearest_name(tmp_path):
    book = marked(workbook(tmp_path / "x.xlsx", {"数据": ROWS}))
    assert book.sheetnames == [LIST, "数据"] and book.active.title == LIST
    said = comments(book["数据"])
    assert set(said) == {"A2", "C3", "D3", "C4"} and "示例市财政局" in said["A2"] and "0 到 100" in said["C4"]
    assert {c.comment.author for row in book["数据"].iter_rows() for c in row if c.comment} == {AUTHOR}
    assert book["数据"]["C3"].fill.fgColor.rgb != book["数据"]["C2"].fill.fgColor.rgb
    listed = list(book[LIST].values)
    assert [row[1] for row in listed[2:]] == ["A2", "C3", "D3", "C4"] and listed[2][4] == "示例市财政局"
    assert book[LIST]["B4"].hyperlink.location == "'数据'!C3"


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_mended_there_is_taken_and_its_marks_go(tmp_path, ending):
    lines = "\n".join(",".join(map(str, row)) for row in ROWS)
    path = workbook(tmp_path / "x.xlsx", {"数据": ROWS}) if ending == "xlsx" else text(tmp_path / "x.csv", lines)
    book = marked(path)
    for address, value in {"A2": "示例市财政局", "C3": 90}.items():
        book["数据"][address] = value
    again = tmp_path / "again.xlsx"
    book.save(again)
    book = marked(again)  # half of it is well
    assert set(comments(book["数据"])) == {"D3", "C4"} and book["数据"]["C3"].fill.fgColor.rgb == book["数据"]["C2"].fill.fgColor.rgb
    book["数据"]["D3"], book["数据"]["C4"] = 2, 100
    book.save(again)
    taken = read(again)
    assert cells(taken)[("U1", "A1", "2024Q4")] == 95 and cells(taken)[("U3", "A1", "2024Q4")] == 100 and len(taken.observations) == 6


def test_what_begins_like_a_formula_stays_a_text(tmp_path):
    path = text(tmp_path / "x.csv", "单位,考核期,A1\n=HYPERLINK(1),2024Q4,=1+1\n@x,2024Q4,007\n")
    book = openpyxl.load_workbook(io.BytesIO(commented(path.name, path.read_bytes(), refused(path))))
    kinds = {c.data_type for sheet in book.worksheets for row in sheet.iter_rows() for c in row}
    assert "f" not in kinds and book["数据"]["A2"].value == "=HYPERLINK(1)" and book["数据"]["C3"].value == "007"


def test_merged_cells_whole_rows_and_sheets_that_are_gone(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "a'b"
    book.active.append(["x", None, "y"])
    book.active.merge_cells("A1:B1")
    book.save(tmp_path / "x.xlsx")
    errors = [CellError("x", "a'b", cell, "", why) for cell, why in (("B1", "合并"), ("第 2 行", "整行"), ("", "整表"))] + [
        CellError("x", "没有", "A1", "\x01", "别处")
    ]
    found = openpyxl.load_workbook(io.BytesIO(commented("x.xlsx", (tmp_path / "x.xlsx").read_bytes(), errors)))
    assert comments(found["a'b"]) == {"A1": "合并", "A2": "整行"} and found[LIST]["B3"].hyperlink.location == "'a''b'!A1"


def test_what_cannot_be_opened_or_is_too_large_gives_none(tmp_path, monkeypatch):
    assert commented("x.xlsx", b"PK\x03\x04 broken", []) is None and commented("x.csv", b"\0\1\2", []) is None
    path = workbook(tmp_path / "none.xlsx", {"数据": ROWS})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = re.sub(rb"<sheets>.*</sheets>", b"<sheets></sheets>", parts["xl/workbook.xml"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert commented("x.xlsx", path.read_bytes(), [CellError("x.xlsx", "", "", "", "坏")]) is None
    monkeypatch.setattr("store.importing.commented.MOST_BYTES", 10)
    path = workbook(tmp_path / "x.xlsx", {"数据": ROWS})
    assert commented(path.name, path.read_bytes(), []) is None and commented("x.csv", b"a,b\n1,2\n", []) is None
    with pytest.raises(ImportRefused):
        read_intakes([path], KNOWN)
