"""Native charts: their figures stand in cells, their looks say what the contents say, and no program has to guess."""

import io
import math

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reports import palette
from reports.chart_axes import Look, span_of_bars, tier_key, value_axis
from reports.contents import CHARTS as KINDS
from reports.contents import Chart
from reports.docx_charts import chart_and_workbook
from reports.native_charts import is_empty, native_chart
from tests.reports.papers import CHARTS, NAME, TIERS

LOOK = Look(9, TIERS)
ELEMENT = {"bars": "barChart", "columns": "barChart", "waterfall": "barChart", "shares": "barChart", "lines": "lineChart",
           "radar": "radarChart", "scatter": "scatterChart"}  # fmt: skip


def drawn(chart: Chart):
    return etree.fromstring(chart_and_workbook(chart, LOOK)[0])


def cells(chart: Chart) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(chart_and_workbook(chart, LOOK)[1])).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def values(space, tag: str = "val") -> list[list[float | None]]:
    """The cached figures of each series, None for a gap."""
    found = []
    for series in space.iterfind(".//{*}ser"):
        cache = series.find(f"{{*}}{tag}//{{*}}numCache")
        points = {int(p.get("idx")): p.findtext("{*}v") for p in cache.iterfind("{*}pt")}
        found.append([float(v) if (v := points.get(k)) else None for k in range(int(cache.find("{*}ptCount").get("val")))])
    return found


def test_each_kind_has_its_example():
    assert set(CHARTS) == set(KINDS) == set(ELEMENT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_a_native_chart_that_leaves_nothing_to_guess(kind):
    space = drawn(CHARTS[kind])
    assert space.find(f".//{{*}}plotArea/{{*}}{ELEMENT[kind]}") is not None
    for latin in space.iter("{*}latin"):
        assert latin.get("typeface") == latin.getnext().get("typeface") == palette.FONT and latin.getnext().tag.endswith("}ea")
    assert all(r.get("sz") for r in space.iter("{*}defRPr", "{*}rPr")), "type without a size is set by the program's own"
    for place in (".//{*}roundedCorners", ".//{*}varyColors"):
        assert [e.get("val") for e in space.iterfind(place)] == ["0"]
    for label in [*space.iter("{*}dLbls"), *space.iter("{*}dLbl")]:
        if label.find("{*}delete") is None:
            assert {label.find(f"{{*}}{flag}").get("val") for flag in ("showLegendKey", "showCatName", "showSerName")} == {"0"}
    assert space.find(".//{*}dispBlanksAs").get("val") == "gap" and space.find(".//{*}autoTitleDeleted").get("val") == "1"


def test_figures_are_cached_and_gaps_stay_gaps():
    assert values(drawn(CHARTS["radar"])) == [[80, 70.5, None], [75, 72, 71]]
    assert values(drawn(CHARTS["lines"])) == [[70, None, 72], [71, 71, 71]]
    assert values(drawn(CHARTS["shares"])) == [[3], [None], [1]], "a part of nothing has no figure"
    scatter = drawn(CHARTS["scatter"])
    assert values(scatter, "xVal") == [[80, 60]] * 2 and values(scatter, "yVal") == [[None, 70], [90, None]]


def test_the_same_figures_stand_in_the_cells():
    shown = cells(CHARTS["bars"])
    assert shown == [[None, "变化"], ["甲局 <b>& 🏮", 2], ["=1+1", -1.5], ["丙", None]]
    stacked = [row[:3] for row in cells(CHARTS["waterfall"])]
    assert stacked == [[None, "底", "段"], ["中位数", 0, 80], ["政治", 80, 1.5], ["结构", 81, 0.5], ["甲", 0, 81]]


def test_lying_bars_go_from_top_to_bottom_and_keep_their_colour_below_zero():
    space = drawn(CHARTS["bars"])
    assert space.find(".//{*}barDir").get("val") == "bar"
    assert space.find(".//{*}catAx/{*}scaling/{*}orientation").get("val") == "maxMin"
    assert space.find(".//{*}valAx/{*}delete").get("val") == "1"
    assert {e.get("val") for e in space.iter("{*}invertIfNegative")} == {"0"}
    fills = [e.get("val") for e in space.iterfind(".//{*}dPt//{*}srgbClr")]
    assert fills == [c.removeprefix("#") for c in (palette.UP, palette.DOWN, palette.FAINT)]


def test_tiers_are_told_by_a_sign_as_well():
    assert [row[0] for row in cells(CHARTS["columns"])[1:]] == ["★ 甲", "▼ 乙"]
    assert cells(CHARTS["shares"])[0] == [None, "★ 领跑型", "● 争先型", "▼ 追赶型"]
    assert tier_key(CHARTS["columns"], LOOK) == "★ 领跑型　▼ 追赶型" and tier_key(CHARTS["bars"], LOOK) == ""


def test_names_of_marks_are_texts_whatever_they_begin_with():
    space = drawn(CHARTS["scatter"])
    assert [t.text.strip() for t in space.iterfind(".//{*}dLbl//{*}t")] == ["=甲"]
    assert space.find(".//{*}dLbl//{*}bodyPr").get("wrap") == "none" and space.find(".//{*}dLbl//{*}strRef") is None


def test_a_step_is_labelled_with_its_change_above_an_invisible_base():
    space = drawn(CHARTS["waterfall"])
    assert [t.text for t in space.iterfind(".//{*}dLbl//{*}t")] == ["80.0", "+1.5", "−0.5", "81.0"]
    bottom = space.find(".//{*}ser")
    assert bottom.find("{*}spPr/{*}noFill") is not None and space.find(".//{*}overlap").get("val") == "100"


def test_two_series_of_one_name_are_both_drawn():
    frame = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], ["甲", "乙"])
    frame.columns = ["同名", "同名"]
    assert values(drawn(Chart("radar", frame, ""))) == [[1, 3], [2, 4]]


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_figure_there_is_no_chart(kind):
    chart = CHARTS[kind]
    lost = chart.frame.assign(**dict.fromkeys(chart.frame.select_dtypes("number").columns, np.nan))
    nothing = Chart(kind, lost, "", base=chart.base, start=chart.start)
    assert not is_empty(chart) and is_empty(nothing) and is_empty(Chart(kind, chart.frame.iloc[:0], ""))
    with pytest.raises(ValueError, match=kind):
        native_chart(None, None, 0, nothing, LOOK)


def test_infinite_figures_are_gaps():
    chart = Chart("columns", pd.DataFrame({"得分": [np.inf, 5.0]}, ["甲", "乙"]), "")
    assert values(drawn(chart)) == [[None, 5]]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_axes_hold_their_values_at_round_figures(found):
    axis = value_axis(np.array(found), LOOK)
    assert axis["min"] <= min(found) + 1e-6 and max(found) <= axis["max"] + 1e-6 and axis["min"] < axis["max"]
    steps = (axis["max"] - axis["min"]) / axis["major_unit"]
    assert steps == pytest.approx(round(steps), abs=1e-6) and 1 <= round(steps) <= 9
    power = 10.0 ** math.floor(math.log10(axis["major_unit"]) + 1e-9)
    assert any(math.isclose(axis["major_unit"] / power, k) for k in (1, 2, 5))
    low, high = span_of_bars(pd.Series(found))
    assert low <= min(0, *found) and max(0, *found) <= high


def test_a_stated_span_is_kept():
    axis = value_axis(np.array([80.0, 90.0]), LOOK, (0, 100))
    assert (axis["min"], axis["max"], axis["major_unit"]) == (0, 100, 20)


def test_a_name_that_no_sheet_can_hold_is_cleaned():
    assert NAME not in {row[0] for row in cells(CHARTS["bars"])}
