"""What documents say of one unit: figures against arithmetic that is written out, tenths that add up, and every odd unit."""

import io
import re

import docx
import openpyxl
import pytest

from briefs.anonymous import masked
from briefs.imprint import imprint
from briefs.unit import MAKERS, portrait, portrait_of, unit_sheets
from briefs.unit_standing import course, gap, standing, why
from reports.contents import Chart, Grid, Numbers, Words
from reports.files import ENDINGS, made
from tests.briefs.cities import blocks, other_city, said
from ui import guidance, makeup
from ui.wording import shown_gap, tenth

LONG = "示例市长名称机关单位与其所属事业单位联合委员会" * 3


def figures(sheet) -> dict:
    return {n.label: n for found in blocks(sheet, Numbers) for n in found.items}


def test_a_unit_stands_where_its_figures_say(view):
    sheet = standing(view, "U1")
    assert sheet.lead.startswith("指数 82.0，第 1 名，") and "较2024年四季度 −7.0" in sheet.lead  # 82 − 89
    shown = figures(sheet)
    assert shown["指数"].note == "不含加减分 82.0" and shown["名次"][1:3] == ("1", "共 2 个单位")
    assert shown["较2024年四季度"][1:] == ("−7.0", "名次未变", "bad")


def test_the_index_is_made_of_its_dimensions_and_adjustments(view):
    sheet = why(view.at("2024Q4"), "U1")
    chart = blocks(sheet, Chart)[0]
    assert chart.frame["points"].to_dict() == {"维度甲": 51.0, "维度乙": 36.0, "加分": 2.0}  # 0.6 × 85, 0.4 × 90
    assert sheet.lead.startswith("指数 89.0：不含加减分 87.0，加分 +2.0；贡献最大的是维度甲，51.0 分")
    given, dimensions = blocks(sheet, Grid)
    assert given.frame.iloc[0].tolist() == ["加分 2", "事由", "文1"]
    assert dimensions.frame[["权重", "得分"]].values.tolist() == [["60%", 85.0], ["40%", 90.0]]
    assert "没有可比的上期" in said(sheet)


def test_a_lead_is_told_from_the_one_who_follows(view):
    """2025Q1: 82 against 64; 0.6 × (80 − 60) = 12 and 0.4 × (85 − 70) = 6."""
    sheet = gap(view, "U1")
    chart = blocks(sheet, Chart)[0]
    assert (chart.start, chart.base, chart.end) == ("乙局", 64.0, "甲局")
    assert chart.frame["points"].to_dict() == {"维度甲": 12.0, "维度乙": 6.0} and chart.tones == ("good", "good")
    assert sheet.lead == "位列第 1，领先 18.0，其中维度甲 12.0" and sheet.opens == {"U1": "甲局", "U2": "乙局"}


def test_a_gap_is_coloured_as_lacking(view):
    chart = blocks(gap(view, "U2"), Chart)[0]
    assert chart.base == 64.0 and chart.frame["points"].sum() == pytest.approx(18) and chart.tones == ("bad", "bad")


def test_a_unit_without_a_score_says_why_and_what_is_known(view):
    sheets = unit_sheets(view, "U3")
    assert [s.code for s in sheets] == [f"{kind}:U3" for kind in MAKERS if kind != "unit-exemplar"]
    assert sheets[0].lead.startswith("2025年一季度不计分：维度乙覆盖率 50%") and figures(sheets[0])["名次"].value == "不排名"
    assert not blocks(sheets[1], Chart) and "无从分解" in sheets[1].lead
    assert "72.5" in blocks(sheets[1], Grid)[0].frame.to_csv()  # A: (75 + 70) / 2
    assert "62.0，" not in sheets[2].lead and "最高的是2024年四季度的 62.0" in sheets[2].lead


def test_a_veto_is_told(view):
    sheet = standing(view, "U2")
    assert "一票否决：事由（文2）" in said(sheet) and "一票否决" in sheet.lead


def test_without_ledgers_and_guidance_it_says_what_to_bring(view):
    text = said(portrait(view, "U1"))
    assert "库中还没有分类指导建议" in text and "python manage.py import data/guidance.csv" in text
    assert "台账里没有它的任务、整改、风险" in text and "python manage.py import 任务台账.csv" in text


def test_a_unit_that_the_period_lacks(view):
    (sheet,) = unit_sheets(view, "U9")
    assert "没有代码为“U9”的单位" in sheet.lead and "请核对代码" in said(sheet)
    assert portrait_of(view, "U9", "docx")[0].sheets == (sheet,) and portrait_of(view, "U9", "xlsx")[1] == {}


def test_the_imprint_counts_what_was_reported(view):
    assert imprint(view).source == "报送数据 11 项"  # 3 units × 4 indicators, one of which is not applicable
    assert imprint(view).marks == () and imprint(view).period == "2025年一季度"


def test_one_unit_with_a_long_name_in_one_period(tmp_path, view_of):
    view = view_of(other_city(tmp_path / "quality.db", [LONG], ("U1", 90, 80, 1, 45)))
    document = portrait(view, "U1")
    assert course(view, "U1") is None and "没有得分不同的单位可以比较" in said(document)
    assert len(document.sheets[0].title) == 60 and document.title == f"{LONG}画像"
    for ending in ENDINGS:
        assert made(ending, *portrait_of(view, "U1", ending), compact=True)[:2] == b"PK"


@pytest.mark.parametrize("unit", ["U1", "U2", "U3"])
def test_each_kind_of_file_is_the_same_again(view, unit):
    for ending in ENDINGS:
        first, second = (made(ending, *portrait_of(view, unit, ending), compact=True) for _ in range(2))
        assert first == second


def test_paper_names_the_unit_once_and_lists_every_indicator(view):
    document, tables = portrait_of(view, "U1", "docx")
    assert [s.title for s in document.sheets] == ["基本情况", "得分由来", "强弱项与差距", "下一步", "任务与风险", "指标明细"] and not tables
    paper = docx.Document(io.BytesIO(made("docx", document, compact=True)))
    words = "\n".join(c.text for table in paper.tables for row in table.rows for c in row.cells)
    inner = "\n".join(c.text for t in paper.tables for row in t.rows for cell in row.cells for n in cell.tables for r in n.rows for c in r.cells)
    assert all(name in words + inner for name in ("指标甲一", "指标甲二", "指标乙一", "指标乙二"))


def test_a_workbook_holds_whole_tables(view):
    document, tables = portrait_of(view.at("2024Q4"), "U1", "xlsx")
    assert list(tables) == ["指标明细", "维度", "加减分", "历期"]
    assert tables["加减分"].iloc[0].tolist() == ["加分", 2.0, "事由", "文1"] and len(tables["指标明细"]) == 4
    book = openpyxl.load_workbook(io.BytesIO(made("xlsx", document, tables)))
    assert book.sheetnames == ["概览", *tables, "图表数据"]


def test_names_are_hidden_where_they_are_to_be(view):
    text = "".join(said(portrait(masked(view), unit)) for unit in view.units.index)
    assert not any(name in text for name in view.units["name"])


class TestDemo:
    """The demo's latest period: figures against those of the pages' functions and against records counted by hand."""

    @pytest.fixture
    def view(self, demo_store, view_of):
        return view_of(demo_store)

    @pytest.fixture
    def units(self, view) -> list[str]:
        return [*view.units.index[::12], "JJ17"]

    def test_shown_steps_add_up(self, view, units):
        for unit in units:
            index = view.units.at[unit, "index"]
            made_of = blocks(why(view, unit), Chart)[0].frame["points"]
            assert tenth(made_of.sum()) == tenth(index)
            found, chart = makeup.gap(view, unit), blocks(gap(view, unit), Chart)[0]
            assert round(chart.frame["points"].sum(), 1) == shown_gap(found.mine, found.other)
            assert tenth(chart.base + chart.frame["points"].sum()) == tenth(found.other)

    def test_what_comes_next_is_what_the_page_says(self, view, units):
        every = guidance.best(view, units)
        for unit in units:
            alone = {s.code: s for s in unit_sheets(view, unit)}[f"unit-next:{unit}"]
            among = {s.code: s for s in unit_sheets(view, unit, every)}[f"unit-next:{unit}"]
            assert said(alone) == said(among)
            first = every[every["unit"] == unit].iloc[0]
            assert view.node_name(first["indicator"]) in alone.lead and f"{first['gain']:+.1f} 分" in alone.lead

    def test_late_work_is_counted_record_by_record(self, view):
        day, late = "2026-09-30", 0.0
        for ledger, settled, found in (("task", "done", None), ("rectification", "closed", "found")):
            rows = view.records(ledger)
            rows = rows[(rows["unit"] == "JJ17") & (rows["due"] < day) & ~(rows[settled].fillna("9999") <= day)]
            rows = rows[~(rows[found] > day)] if found else rows
            late += rows["count"].fillna(1).sum() if ledger == "rectification" else len(rows)
        sheet = {s.code: s for s in unit_sheets(view, "JJ17")}["unit-tasks:JJ17"]
        assert late > 0 and f"截至 {day}：逾期未结 {late:.0f} 件，" in sheet.lead

    def test_the_published_case_says_that_its_scores_are_invented(self, view):
        for ending in ("pptx", "docx"):
            assert "得分均为虚构" in said(portrait_of(view, "JJ17", ending)[0])
        assert imprint(view).marks == ("演示数据",)

    def test_an_older_period_knows_nothing_of_later_ones(self, view):
        chart = blocks(course(view.at("2025Q2"), view.units.index[0]), Chart)[0]
        assert chart.frame.index[-1] == "2025Q2"

    def test_what_every_leader_reads_first_is_short(self, view):
        leads = [sheet.lead for unit in view.units.index[::10] for sheet in (standing(view, unit), gap(view, unit), why(view, unit))]
        assert max(map(len, leads)) <= 90 and not any(re.search(r"\bnan\b", lead) for lead in leads)


def test_another_store_has_other_words(asem_store, view_of):
    view = view_of(asem_store)
    document = portrait(view, "ESP")
    radar = blocks(document.sheets[0], Chart)[0]
    assert radar.kind == "radar" and len(radar.frame) == len(view.framework.dimensions) == 8
    assert view.words["dimension"] in blocks(document.sheets[1], Grid)[0].frame.columns
    assert not re.search(r"\bnan\b", said(document))


def test_many_or_few_dimensions_are_bars(view):
    chart = blocks(standing(view, "U1"), Chart)[0]  # two dimensions
    assert chart.kind == "bars" and chart.frame.iloc[:, 0].tolist() == [80.0, 85.0]


def test_without_words_a_page_has_no_empty_block(view):
    for unit in view.units.index:
        for sheet in unit_sheets(view, unit):
            assert all(column for column in sheet.blocks) and len(sheet.columns) == len(sheet.blocks)
            assert all(found.lines for found in blocks(sheet, Words)), sheet.code
