"""The report of a period, its tables, ready-made meetings, and the verb that writes them."""

import io

import docx
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from briefs import kinds, meetings, quarterly, quarterly_annex
from manage import cli
from reports.contents import Grid
from tests.briefs.cities import blocks, other_city, said
from tests.ui import ledger_city
from ui import viewer


@pytest.fixture
def export(built, monkeypatch, tmp_path):
    """export(name, *options): what the verb writes to a file of that name; `code`: its exit code."""
    monkeypatch.setenv("QUALITY_STORE", str(built))

    def write(name: str, *options: str, code: int = 0) -> bytes | str:
        done = CliRunner().invoke(cli, ["export", "report", str(tmp_path / name), *options])
        assert done.exit_code == code, done.output
        return (tmp_path / name).read_bytes() if code == 0 else done.output

    return write


def section(document, code):
    return next(sheet for sheet in document.sheets if sheet.code == code)


def test_report_has_its_parts_in_order(view):
    titles = [sheet.title for sheet in quarterly.report(view).sheets]
    assert titles[:6] == ["本期情况", "梯队变化", "共性短板", "任务整改", "典型", "建议"]
    assert titles[6:] == ["附件一　各单位名次和得分", "附件二　加减分和一票否决", "附件三　指标得分", "附件四　口径和可靠性"]


def test_annexes_are_numbered_without_those_that_have_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("QUALITY_STORE", str(other_city(tmp_path / "q.db", ["甲局"], ("U1", 90, 80, 1, 45))))
    assert [sheet.title for sheet in quarterly.report(viewer.latest()).sheets][6:8] == ["附件一　各单位名次和得分", "附件二　指标得分"]


def test_situation_is_counted_right(view):
    text = said(section(quarterly.report(view), "situation"))
    assert "参评单位 3 个，其中 1 个不计分。指数均值 73.0，中位数 73.0，最高 82.0（甲局），最低 64.0（乙局）。均值较上期 +3.7。" in text
    assert "各单位得分的标准差 12.7。" in text  # |82 − 64| / √2
    assert "2 个维度中，维度乙均值最高（77.5），维度甲最低（70.8）。" in text  # (85 + 70) / 2; (80 + 60 + 72.5) / 3
    assert "应有的 12 格数据中 91.7% 有值，不适用 1 格。" in text


def test_movement_names_rises_and_falls(view):
    text = said(section(quarterly.report(view), "movement"))
    assert "1 个单位的指数较上期提高，最多的是乙局 +7.0。" in text
    assert "1 个单位的指数较上期降低，最多的是甲局 −7.0。" in text


def test_losses_are_summed(view):
    text = said(section(quarterly.report(view), "weak"))
    assert "全部单位平均失 27.0 分，失分最多的三项占 89%。" in text  # (18 + 36) / 2; (9 + 9 + 6) / 27


def test_advice_names_vetoes(view):
    assert "督促一票否决的乙局整改。" in said(section(quarterly.report(view), "advice"))


def test_late_work_and_gaps_are_named(monkeypatch, tmp_path):
    records = (*ledger_city.TASKS, ("U3", "3", "主体责任", "2024-12-20", None), ("U3", "4", "主体责任", "2024-12-30", None))
    monkeypatch.setenv("QUALITY_STORE", str(ledger_city.city(tmp_path / "q.db", records=records)))
    document = quarterly.report(viewer.latest().at("2024Q4"))
    # of nine due by the last of December four were settled in time, three of U1 and one of U2; two of U3 are past their day
    assert section(document, "tasks").lead == "任务按期办结率 44.4%，逾期未结 2 件，涉及 1 个单位"
    assert "今后 14 天内到期、还没有办结的 3 件，涉及 2 个单位。" in said(section(document, "tasks"))
    assert "督办逾期未结的任务和整改，先抓丙局（2 件）" in said(section(document, "advice"))


def test_gaps_are_to_be_filled(monkeypatch, tmp_path):
    lines = ("U1", 90, "missing", 1, 45), ("U2", 70, "missing", "missing", 30)
    monkeypatch.setenv("QUALITY_STORE", str(other_city(tmp_path / "q.db", ["甲局", "乙局"], *lines)))
    document = quarterly.report(viewer.latest())
    assert "补报 3 格缺报数据，涉及 2 个单位，最多的是乙局，2 格。" in said(section(document, "advice"))
    assert "应有的 8 格数据中 62.5% 有值，缺报 3 格。缺报的按最差端点计分" in said(section(document, "situation"))


def test_ranking_has_every_unit_once_and_says_who_has_no_rank(view):
    sheet = section(quarterly.report(view), "ranking")
    table = blocks(sheet, Grid)[0].frame
    assert table["单位"].to_list() == ["甲局", "乙局", "丙局"]
    assert table["名次"].to_list()[:2] == [1, 2]
    assert pd.isna(table["指数"].iloc[2])
    assert "丙局：" in said(sheet)


def test_tables_hold_the_release_at_full_precision(view):
    tables = quarterly_annex.tables(view)
    assert tables["得分"].set_index("单位代码")["指数"].to_dict() == {"U1": 82, "U2": 64, "U3": pytest.approx(float("nan"), nan_ok=True)}
    assert len(tables["指标得分"]) == 12
    assert tables["加减分"].loc[0, ["单位", "类别", "文号"]].to_list() == ["乙局", "一票否决", "文2"]
    assert tables["指标"]["权重（%）"].sum() == pytest.approx(100)
    assert set(tables["梯队变化"]["升降"]) <= {"上升", "下降", "不变", "退出"}


def test_ready_meetings_have_sheets_of_their_own(view):
    given = {"": "", "node": "A", "unit": "U1", "sector": "一组"}
    for ready in meetings.READY.values():
        codes = ready.codes(view, given[ready.takes])
        assert codes
        known = kinds.titles(view)
        assert all(code in known or code.startswith("compare:") for code in codes)
        document = meetings.meeting(view, ready.title, codes)
        assert [sheet.code for sheet in document.sheets] == list(codes)
        assert document.title == ready.title


def test_meetings_leave_out_what_there_is_nothing_for(view):
    codes = meetings.READY["quarterly"].codes(view, "")
    assert codes == ("city", "tiers", "movement", "dimension:A", "dimension:B", "weak", "method")
    assert "movement" not in meetings.READY["quarterly"].codes(view.at("2024Q4"), "")


def test_progress_is_told_sheet_by_sheet(view):
    told = []
    meetings.meeting(view, "会", ["city", "weak"], lambda *step: told.append(step))
    quarterly.report(view, lambda *step: told.append(step))
    assert told[:3] == [(0, 2, "总体情况"), (1, 2, "共性短板"), (0, 10, "本期情况")]


@pytest.mark.parametrize("ending", ["pptx", "docx", "xlsx"])
def test_verb_writes_the_same_bytes_twice(export, ending):
    assert export(f"一.{ending}") == export(f"二.{ending}")


def test_report_opens_in_word(export):
    paper = docx.Document(io.BytesIO(export("季报.docx")))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "指数2025年一季度分析报告" in text
    assert "2 个单位指数均值 73.0（较上期 +3.7）" in text


def test_verb_takes_a_period(export):
    paper = docx.Document(io.BytesIO(export("季报.docx", "--period", "2024Q4")))
    assert any("3 个单位指数均值 69.3" in p.text for p in paper.paragraphs)


def test_anonymous_workbook_holds_no_name_and_no_code(export):
    book = openpyxl.load_workbook(io.BytesIO(export("季报.xlsx", "--anonymous")))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert not any(name in cell for cell in cells for name in ("甲局", "乙局", "丙局", "单位代码"))
    assert not cells & {"U1", "U2", "U3"}
    assert {"单位01", "单位02", "单位03"} <= cells


def test_refusals_say_what_to_do(export):
    assert "none of .pptx, .docx, .xlsx" in export("季报.pdf", code=2)
    assert "考核期 2031Q1 没有发布；已发布：2024Q4、2025Q1" in export("季报.docx", "--period", "2031Q1", code=1)
