"""The sheets on all units: every figure against arithmetic that is written out, and what is said where something is lacking."""

import re
import shutil

import pandas as pd
import pytest

from briefs import city_compare, city_fields, kinds, naming
from reports.contents import Chart, Grid, Numbers
from tests.briefs.cities import blocks, other_city, said


def test_city_says_mean_change_and_tiers(view):
    sheet = kinds.sheet(view, "city")
    assert "2 个单位指数均值 73.0（较上期 +3.7）" in sheet.lead  # (82 + 64) / 2; (89 + 57 + 62) / 3 = 69.33
    assert blocks(sheet, Numbers)[0].items[0][:3] == ("单位", "3", "1 个不计分")
    shares = blocks(sheet, Chart)[-1]
    assert shares.kind == "shares"
    assert shares.frame.sum(axis=1).to_dict() == {"一组": 2, "二组": 0}  # U3 has no tier


def test_tiers_tell_vetoes_and_who_has_no_tier(view):
    text = said(kinds.sheet(view, "tiers"))
    assert "乙局：一票否决：事由（文2）" in text
    assert "丙局：" in text.partition("不定梯队")[0].splitlines()[-1]


def test_points_of_the_quadrant_are_index_and_change(view):
    chart = blocks(kinds.sheet(view, "tiers"), Chart)[0]
    assert chart.frame.loc["U1", ["x", "y"]].astype(float).round(9).to_list() == [82, -7]
    assert chart.frame.loc["U2", ["x", "y"]].astype(float).round(9).to_list() == [64, 7]
    assert list(chart.frame.index) == ["U1", "U2"]


def test_movement_counts_who_left_and_why(view):
    sheet = kinds.sheet(view, "movement")
    counts = {n.label: n.value for n in blocks(sheet, Numbers)[0].items}
    assert counts["退出"] == "1 个"
    grid = blocks(sheet, Grid)[-1].frame
    assert grid.loc[grid["单位"] == "丙局", "变化"].item() == "—"
    assert sheet.lead.startswith("较2024年四季度")


def test_first_period_has_nothing_to_compare_with(view):
    sheet = kinds.sheet(view.at("2024Q4"), "movement")
    assert "没有更早的可以比较" in sheet.lead


def test_dimension_names_its_lowest_indicator(view):
    sheet = kinds.sheet(view, "dimension:A")
    assert "维度甲均值 70.8（较上期 +0.8）" in sheet.lead  # (80 + 60 + 72.5) / 3 against (85 + 55 + 70) / 3
    assert "最低的是指标甲二，平均 70.0" in sheet.lead  # (80 + 60 + 70) / 3; the other has (80 + 60 + 75) / 3
    assert blocks(sheet, Chart)[0].frame["得分"].round(9).to_dict() == {"指标甲二": 70, "指标甲一": pytest.approx(215 / 3)}


def test_dimension_tells_who_has_no_score_in_it(view):
    assert "1 个单位没有维度乙得分" in said(kinds.sheet(view, "dimension:B"))


def test_sector_stands_beside_all(view):
    sheet = kinds.sheet(view, "sector:一组")
    assert sheet.lead.startswith("一组 2 个单位均值 73.0，较全部单位 0.0")
    assert blocks(sheet, Chart)[-1].frame["指数"].to_dict() == {"甲局": pytest.approx(82), "乙局": pytest.approx(64)}


def test_sector_without_a_score_says_so(view):
    assert "二组的 1 个单位本期都没有指数" in kinds.sheet(view, "sector:二组").lead


def test_losses_are_the_distance_to_the_top(view):
    losses = city_fields.lost(view)
    # U1 loses 6, 6, 2, 4 = 100 − 82; U2 12, 12, 4, 8 = 100 − 64
    assert losses["lost"].round(9).to_dict() == {"A1": 9, "A2": 9, "B2": 6, "B1": 3}
    assert losses["share"].sum() == pytest.approx(1)
    assert losses["among"].to_dict() == {"A1": 2, "A2": 2, "B2": 2, "B1": 0}
    assert "平均失 9.0 分，2 个单位把它列入失分前 3 项" in kinds.sheet(view, "weak").lead


def test_two_units_are_parted_by_points_that_sum(view):
    sheet = kinds.sheet(view, "compare:U1,U2")
    steps = next(chart for chart in blocks(sheet, Chart) if chart.kind == "waterfall")
    assert (steps.start, steps.end) == ("乙局", "甲局")
    assert steps.base + steps.frame["points"].sum() == pytest.approx(82)
    assert "指数相差 18.0 分" in sheet.lead


def test_who_has_no_index_is_compared_without_one(view):
    sheet = kinds.sheet(view, "compare:U3,U1")
    assert sheet.lead.startswith("丙局本期没有指数")
    assert [chart.kind for chart in blocks(sheet, Chart)] == []


@pytest.mark.parametrize(
    ("code", "why"),
    [("uncertainty", "没有测算"), ("advice", "还没有分类指导建议"), ("tasks", "没有到期或未结"), ("exemplars", "没有培树点")],
)
def test_what_is_lacking_is_said(view, code, why):
    assert why in kinds.sheet(view, code).lead


@pytest.mark.parametrize(
    "code", ["", "nothing", "unit:U9", "unit:", "sector:三组", "dimension:A1", "compare:U1", "compare:U1,U1", "compare:U1,U9", "city:x"]
)
def test_unknown_codes_are_sheets_that_say_so(view, code):
    sheet = kinds.sheet(view, code)
    assert sheet.code == code
    assert "没有" in sheet.lead or "不在" in sheet.lead or "不带参数" in sheet.lead


def test_every_title_has_its_sheet(view):
    for code, title in kinds.titles(view).items():
        assert kinds.title(view, code) == title
        assert kinds.sheet(view, code).code == code


def test_a_pair_is_named(view):
    assert kinds.title(view, "compare:U1,U3") == "两单位对比：甲局、丙局"


def test_codes_of_a_pair_may_hold_commas():
    class Two:
        units = pd.DataFrame(index=["a,b", "c"])

    assert city_compare.pair(Two, "a,b,c") == ("a,b", "c")
    assert city_compare.pair(Two, "a,b") == ()


def test_a_place_keeps_its_word(view_of, tmp_path):
    names = ["示例市委党校", "示例市财政局", "示例市水利局"]
    store = other_city(tmp_path / "q.db", names, *((f"U{k}", 50, 50, 5, 25) for k in (1, 2, 3)))
    assert naming.short(view_of(store)).to_list() == ["市委党校", "市财政局", "市水利局"]


@pytest.mark.parametrize(
    "store",
    [
        (["长" * 60], ("U1", 90, 80, 1, 45)),
        (["甲局", "乙局"], ("U1", *["not_applicable"] * 4), ("U2", *["not_applicable"] * 4)),
        (["甲局", "乙局"], ("U1", 90, 80, *["not_applicable"] * 2), ("U2", 70, 60, *["not_applicable"] * 2)),
        (["同局", "同局", "同局"], *((f"U{k}", 50, 50, 5, 25) for k in (1, 2, 3))),
    ],
    ids=["one unit", "nobody scored", "a dimension missing", "all alike"],
)
def test_odd_cities_have_every_sheet(view_of, tmp_path, store):
    names, *rows = store
    view = view_of(other_city(tmp_path / "q.db", names, *rows, sector="" if len(names) == 1 else "一组"))
    for code in kinds.titles(view):
        sheet = kinds.sheet(view, code)
        assert sheet.lead or sheet.blocks, code
        assert not re.search(r"\bnan\b", said(sheet)), code


def test_another_world_has_every_sheet(view_of, asem_store, tmp_path):
    view = view_of(shutil.copytree(asem_store.parent, tmp_path / "asem") / asem_store.name)
    of_units = {"unit", "unit-why", "unit-gap", "unit-next", "unit-tasks", "unit-table"}
    for code in kinds.titles(view):
        if code.partition(":")[0] not in of_units:
            assert not re.search(r"\bnan\b", said(kinds.sheet(view, code))), code
    assert len([code for code in kinds.titles(view) if code.startswith("dimension:")]) == len(view.framework.dimensions)
