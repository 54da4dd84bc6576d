"""What is refused, cell by cell and all at once: sheet, cell, value, reason, nearest known name. Nothing is taken by halves."""

import io
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from store.errors import ImportRefused
from store.importing.intake import Known, read_intakes
from store.readers.sheets import MOST_CELLS
from tests.store.office import FRAMEWORK_CSV, KNOWN, read, refusals, refused, text, workbook

ROWS = [
    ["2024年四季度"],
    ["单位", "A1", "A2", "B1", "B2"],
    ["U1", "101%", "九十五", 2.5, "3件"],
    ["示例市财证局", 95, "95%", None, None],
    ["U2", "#DIV/0!", True, "1,5", 3],
    ["U3", None, 88, None, None],
    ["U3", 95, None, None, None],
    [None, 95, None, None, None],
    ["U9", None, None, None, None],
]
BAD = [
    ("B3", "101%", ""), ("C3", "九十五", ""), ("A4", "示例市财证局", "示例市财政局"), ("C4", "95%", ""), ("B5", "#DIV/0!", ""),
    ("C5", "TRUE", ""), ("D5", "1,5", ""), ("A7", "U3", ""), ("A8", "", ""),
]  # fmt: skip


def test_every_bad_cell_of_a_workbook_at_once(tmp_path):
    path = workbook(tmp_path / "x.xlsx", {"数据": ROWS})
    assert refusals(path) == BAD
    message = str(ImportRefused(refused(path)))
    assert "共 9 处错误" in message and "x.xlsx 数据 B5" in message and "公式错误" in message and "示例市财政局" in message


def test_every_bad_cell_of_every_file_of_a_call(tmp_path):
    good = text(tmp_path / "good.csv", "单位,考核期,A1\nU1,2024Q3,95\n")
    bad = [text(tmp_path / f"{n}.csv", f"单位,考核期,A1\nU1,{n},x\n") for n in ("2024Q1", "春")]
    errors = refused(good, *bad)
    assert [(e.file, e.cell, e.value) for e in errors] == [("2024Q1.csv", "C2", "x"), ("春.csv", "B2", "春"), ("春.csv", "C2", "x")]


def test_a_long_table(tmp_path):
    content = (
        "单位,指标,考核期,值,状态\nU1,A9,2024Q4,1,\nU1,A1,2024Q4,1,坏了\nU1,A2,2024Q4,,有值\nU1,B1,2024Q4,3,待报\nU1,,2024Q4,3,\n"
        "U1,第一维,2024Q4,3,\nU2,B2,,3,\nU1,B2,2024Q4,3,\nU1,违纪件数,2024年四季度,4,\n"
    )
    assert refusals(text(tmp_path / "x.csv", content)) == [
        ("B2", "A9", "A1"), ("E3", "坏了", ""), ("E4", "有值", ""), ("E5", "待报", ""), ("B6", "", ""), ("B7", "第一维", ""),
        ("C8", "", ""), ("D10", "4", ""),
    ]  # fmt: skip


def test_headers(tmp_path):
    content = "单位,考核期,A1,任务“回头看”完成率（全年）,工作评份,第一维,部门,总评\nU1,2024Q4,1,2,3,4,U1,5,6\nU5,2024Q4,,,3,,,,\n"
    errors = refused(text(tmp_path / "x.csv", content))
    assert [(e.cell, e.value, e.nearest) for e in errors] == [
        ("D1", "任务“回头看”完成率（全年）", ""), ("E1", "工作评份", "工作评分"), ("F1", "第一维", ""), ("G1", "部门", ""),
        ("H1", "总评", ""), ("I2", "6", ""), ("A3", "U5", "U1"),
    ]  # fmt: skip
    assert "汇总节点" in errors[2].why and "没有表头" in errors[5].why


def test_a_unit_is_never_made_by_a_value_even_with_a_sector_beside_it(tmp_path):
    content = "单位代码,单位,片组,考核期,A1\nU7,新局,一片,2024Q4,95\nU1,示例市审计局,一片,2024Q4,95\n"
    assert [(e.cell, e.value) for e in refused(text(tmp_path / "x.csv", content))] == [("A2", "U7"), ("B3", "示例市审计局")]


def test_cells_given_twice_in_two_files(tmp_path):
    one = text(tmp_path / "1.csv", "单位,考核期,A1,A2\nU1,2024Q4,95,88\nU2,2024Q4,,88\n")
    two = text(tmp_path / "2.csv", "单位,指标,考核期,值\n示例市财政局,A1,2024年四季度,95\nU2,A1,2024Q4,1\nU1,A1,2024Q3,95\n")
    (error,) = refused(one, two)
    assert (error.file, error.cell) == ("2.csv", "D2") and "1.csv C2" in error.why


def test_units(tmp_path):
    rows = (
        "编码,单位名称,片组,党员数\nA,甲局,一片,x\nA,乙局,一片,1\nB,,一片,1\n,丙局,一片,1\nC,示例市财政局,一片,-1\n"
        "D,丁局,,1\nE,丁 局,,\n合计,,,9\n"
    )
    errors = refused(text(tmp_path / "u.csv", rows))
    assert [(e.cell, e.value) for e in errors] == [("D2", "x"), ("B4", ""), ("A5", ""), ("D6", "-1"), ("B7", "丁局"), ("B8", "丁 局")]
    twice = refused(text(tmp_path / "u.csv", "编码,单位名称,片组\nA,甲局,\nA,乙局,\n"))
    assert [(e.cell, "第 2 行" in e.why) for e in twice] == [("A3", True)]
    known_name = refused(text(tmp_path / "u.csv", "编码,单位名称,片组\nZ,示例市财政局,\n"))
    assert [(e.cell, "U1" in e.why) for e in known_name] == [("B2", True)]
    assert "编码" in refused(text(tmp_path / "u.csv", "单位名称,片组\n甲局,一片\n"))[0].why


def test_adjustments(tmp_path):
    content = (
        "单位,考核期,类型,分值,事由,文号\nU1,2024Q4,奖金,1,事,号\nU1,2024Q4,减分,-3,事,号\nU1,2024Q4,加分,0,事,号\nU1,2024Q4,加分,,,\n"
        "U8,2024Q9,加分,1,事,号\nU2,2024Q4,加分,1,事,号\nU2,2024Q4,加分,2,另一事,号\nU2,2024Q4,一票否决,,立案,号\n"
    )
    errors = refused(text(tmp_path / "a.csv", content))
    assert [e.cell for e in errors] == ["C2", "D3", "D4", "D5", "E5", "F5", "A6", "B6", "F8"]
    assert [e.nearest for e in errors if e.cell == "A6"] != [None]


def test_a_framework_is_refused_by_code(tmp_path):
    broken = FRAMEWORK_CSV.replace("B1,D2,项目数,项/百名党员,1,50,0,5", "B1,D2,项目数,项/百名党员,1,50,5,5")
    values = text(tmp_path / "v.csv", "单位,考核期,A1\nU1,2024Q4,95\n")
    (error,) = refused(values, text(tmp_path / "f.csv", broken), known=Known({"U1": "甲"}))
    assert (error.file, error.cell, error.value) == ("f.csv", "A7", "B1") and "两端相等" in error.why
    assert "还没有指标体系" in refused(values, known=Known({"U1": "甲"}))[0].why
    other = FRAMEWORK_CSV.replace("总指数", "新指数")
    (two,) = refused(text(tmp_path / "f.csv", FRAMEWORK_CSV), text(tmp_path / "g.csv", other), known=Known())
    assert two.file == "g.csv"


def test_formulas_without_results_and_merged_values(tmp_path):
    rows = [["单位", "考核期", "A1", "A2"], ["U1", "2024Q4", "=1+1", 5], ["U2", "2024Q4", 1, None], ["U3", "2024Q4", 2, 5]]
    path = workbook(tmp_path / "x.xlsx", {"数据": rows})
    book = openpyxl.load_workbook(path)
    book["数据"].merge_cells("D2:D3")
    book.save(path)
    errors = refused(path)
    assert [(e.cell, e.value) for e in errors] == [("C2", "=1+1"), ("D3", "5")]
    assert "打开并保存" in errors[0].why and "合并" in errors[1].why


def test_formulas_count_by_the_result_that_is_stored(tmp_path):
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, ["单位", "考核期", "A1", "A2"])
    sheet.write_row(1, 0, ["U1", "2024Q4"])
    sheet.write_formula(1, 2, "=90+5", None, 95)
    sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    book.close()
    assert refusals(path) == [("D2", "#DIV/0!", "")]
    assert "公式错误" in refused(path)[0].why


def test_a_sheet_that_promises_a_table_and_holds_none(tmp_path):
    path = workbook(tmp_path / "x.xlsx", {"数据": [["什么", "都不是"], [1, 2]], "加减分": []})
    (error,) = refused(path)
    assert error.sheet == "数据" and "找不到表头" in error.why
    assert "没有认出" in refused(text(tmp_path / "x.csv", "a,b\n1,2\n"))[0].why


def test_two_periods_in_a_title(tmp_path):
    assert "几个考核期" in refused(text(tmp_path / "x.csv", "2023Q4 与 2024Q4\n单位,A1\nU1,95\n"))[0].why


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "空的"), (b"\xef\xbb\xbf\r\n", "内容是文本"), (b"\0\0\0", "空的"), (b"PK\x03\x04 broken", "不是完好"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"<html><table><tr><td>1</td></tr></table>", "网页"), (b"\x81\xff\x00\x12" * 40, "不是 UTF-8|不是工作簿"),
        ('单位,"A1\nU1,95\n'.encode(), "引号"), ("单位,A1\0\nU1,95\n".encode(), "不是工作簿|也不是"),
        (packed({"a.txt": b"x"}), "压缩包.*解压"), (packed({"xl/workbook.xml": b"<a>", "xl/_rels/workbook.xml.rels": b"<b/>"}), "不是完好"),
        ("单位,A1\nU1,95\n".encode(), "内容是文本.*csv"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table(tmp_path, content, why):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    (error,) = refused(path)
    assert error.file == "x.xlsx" and not error.cell
    assert re.search(why, error.why)


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    assert "不存在" in refused(tmp_path / "x.csv")[0].why
    assert "文件夹" in refused(tmp_path)[0].why


def test_files_that_would_fill_the_memory(tmp_path, monkeypatch):
    path = tmp_path / "x.xlsx"
    good = workbook(tmp_path / "good.xlsx", {"数据": [["单位"]]})
    with zipfile.ZipFile(good) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    bomb = parts | {"xl/media/zeros.bin": b"\0" * 401_000_000}
    path.write_bytes(packed(bomb))
    assert "解压后" in refused(path)[0].why and path.stat().st_size < 1_000_000
    far = parts["xl/worksheets/sheet1.xml"].replace(b"<sheetData>", b'<sheetData><row r="99999999"><c r="A99999999"><v>1</v></c></row>')
    path.write_bytes(packed(parts | {"xl/worksheets/sheet1.xml": far}))
    assert "行号" in refused(path)[0].why
    corners = b'<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    path.write_bytes(packed(parts | {"xl/worksheets/sheet1.xml": parts["xl/worksheets/sheet1.xml"].replace(b"<sheetData>", corners)}))
    assert "16384 列" in refused(path)[0].why
    wide = tmp_path / "wide.csv"
    wide.write_bytes(b"," * 40_000 + b"\n" * (MOST_CELLS // 40_000))
    assert "40001 列" in refused(wide)[0].why


CELL = st.one_of(
    st.none(), st.integers(-10, 10**6), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.datetimes(),
    st.sampled_from(["单位", "U1", "示例市财政局", "A1", "A2", "考核期", "2024Q4", "不适用", "95%", "值", "指标", "编码", "片组", "code", "parent",
                     "weight", "iCode", "Type", "uCode", "类型", "分值", "=1/0", "#REF!", "合计", "注：", "1,2"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(CELL, max_size=6), max_size=6), st.sampled_from(["数据", "单位", "指标体系", "加减分", "x"]), st.booleans())
def test_junk_cells_are_taken_or_refused_and_nothing_else(tmp_path_factory, rows, sheet, as_text):
    folder = tmp_path_factory.mktemp("junk")
    if as_text:
        path = text(folder / "x.csv", "\n".join(",".join("" if c is None else str(c) for c in row) for row in rows))
    else:
        path = workbook(folder / "x.xlsx", {sheet: rows})
    try:
        intake = read(path)
    except ImportRefused as refusal:
        assert str(refusal) and refusal.errors
        return
    assert set(intake.observations["unit"]) <= set(KNOWN.units) | set(intake.units["code"])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", "单位,A1\n".encode(), "单位,A1\n".encode("gbk")]))
def test_junk_bytes_are_taken_or_refused_and_nothing_else(tmp_path_factory, junk, start):
    path = tmp_path_factory.mktemp("junk") / "x.xlsx"
    path.write_bytes(start + junk)
    with pytest.raises(ImportRefused):
        read_intakes([path], KNOWN)


@pytest.fixture(scope="module")
def good_workbook(tmp_path_factory) -> bytes:
    rows = [["单位", "考核期", "A1"], ["U1", "2024Q4", 95]]
    return workbook(tmp_path_factory.mktemp("good") / "x.xlsx", {"数据": rows}).read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_workbook_is_taken_or_refused_and_nothing_else(tmp_path_factory, good_workbook, damage):
    content = bytearray(good_workbook)
    for place, byte in damage:
        content[place % len(content)] = byte
    path = tmp_path_factory.mktemp("junk") / "y.xlsx"
    path.write_bytes(bytes(content))
    try:
        read(path)
    except ImportRefused as refusal:
        assert str(refusal)
