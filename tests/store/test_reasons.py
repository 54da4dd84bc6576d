"""What is told when many cells are refused: the first of them, how many a column has, and all of them in a workbook."""

import openpyxl
import pytest
from click.testing import CliRunner

from manage import cli
from store.errors import SHOWN, ImportRefused
from store.importing.reasons import write_reasons
from store.readers.cells import CellError
from tests.store.office import text
from tests.store.support import make_store

DAYS = SHOWN + 50


@pytest.fixture
def call(tmp_path, monkeypatch):
    """call(*words): a refused import into a store of this test's own; what it says."""
    monkeypatch.setenv("QUALITY_STORE", str(make_store(tmp_path / "q.db")))
    lines = [f"U1,{n},{'' if n < 3 else '甲'},绩效管理,第{n}天\n" for n in range(DAYS)]
    file = text(tmp_path / "many.csv", "单位,编号,名称,类别,完成期限\n" + "".join(lines))

    def run(*words):
        done = CliRunner().invoke(cli, ["import", str(file), *map(str, words)])
        assert done.exit_code == 1
        return done.output

    return run


def test_the_first_are_shown_and_all_are_counted(call):
    said = call()
    assert f"共 {DAYS + 3} 处错误" in said and said.count("不是日期") == SHOWN - 3  # rows 2 to 4 have two each
    assert f"另有 53 处未列出。全部错误按列：many.csv C 列 3 处，many.csv E 列 {DAYS} 处" in said and "--reasons" in said


def test_all_are_written(call, tmp_path):
    assert f"全部 {DAYS + 3} 处已写入" in call("--dry-run", "--reasons", tmp_path / "r.xlsx")
    table = list(openpyxl.load_workbook(tmp_path / "r.xlsx").active.values)
    assert table[0][:5] == ("文件", "工作表", "单元格", "内容", "原因") and len(table) == DAYS + 4
    assert [row[2] for row in table[1:7]] == ["C2", "E2", "C3", "E3", "C4", "E4"] and table[-1][2:4] == (f"E{DAYS + 1}", f"第{DAYS - 1}天")


def test_a_workbook_that_cannot_be_written_says_so(call, tmp_path):
    assert "nowhere" in call("--reasons", tmp_path / "nowhere" / "r.xlsx")


def test_more_reasons_than_a_sheet_holds(tmp_path, monkeypatch):
    monkeypatch.setattr("store.importing.reasons._MOST", 2)
    write_reasons(tmp_path / "r.xlsx", [CellError("x.csv", "", f"A{n}", "=1+1", "不是数") for n in range(5)])
    table = list(openpyxl.load_workbook(tmp_path / "r.xlsx").active.values)
    assert [row[2] for row in table[1:3]] == ["A0", "A1"] and "另有 3 处" in table[3][4] and table[1][3] == "=1+1"


def test_errors_of_no_cell_are_counted_by_file():
    errors = [CellError("x.csv", "表一", "", "", "缺列"), CellError("y.csv", "", "第 3 行", "", "早于")] * SHOWN
    assert f"x.csv 表一 {SHOWN} 处，y.csv {SHOWN} 处" in str(ImportRefused(errors))
