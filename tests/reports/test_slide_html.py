"""Slides as HTML: names are text, tables are cut to what a slide holds and the rest is counted, clicks carry their codes."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import slide_html
from reports.contents import Chart, Grid, Number, Numbers, Sheet, Words
from tests.reports.papers import CHARTS, GRID, IMPRINT, NAME, NUMBERS


def sheet(*blocks, lead: str = "一句话。", **more) -> Sheet:
    return Sheet("a", "题目", lead, blocks, **more)


def column(*blocks, code=lambda said: "", notes: bool = False, **more) -> list:
    """The first column of a sheet with one."""
    return slide_html.body(sheet(tuple(blocks), **more), code, notes)[0]


def test_head_and_foot_say_what_the_slide_is_and_what_it_rests_on():
    head = slide_html.head(sheet(lead="<b>粗</b>"), IMPRINT)
    assert "题目" in head and "演示数据" in head and "&lt;b&gt;粗" in head and "<b>粗" not in head
    foot = slide_html.foot(IMPRINT, "3 / 12")
    assert all(said in foot for said in ("清廉机关指数", "2026年三季度", "第 12 号发布（2026-10-08）", "各单位报送与台账", "3 / 12"))
    assert "演示数据" not in foot and "<p>" not in slide_html.head(sheet(lead=""), IMPRINT)


def test_blocks_hold_their_texts_and_charts_pass_through():
    numbers, words, grid, chart = column(NUMBERS, Words((NAME, "二")), GRID, CHARTS["lines"])
    assert chart is CHARTS["lines"]
    assert "83.3" in numbers and "✓ 较上期 +1.2" in numbers and "！最长 8 天" in numbers
    assert words.count("<li>") == 2 and "&lt;b&gt;" in words and "甲局 <b>" not in words + grid
    assert re.findall(r"<td [^>]*>([^<]*)</td>", grid) == ["甲局 &lt;b&gt;&amp; 🏮", "82.2", "3", "=2+2", "—", "12"]
    assert "另有 7 行未列" in grid and grid.count("class=strong") == 1


def test_what_is_empty_leaves_nothing_or_says_so():
    assert column(Numbers(()), Words(()), Grid(pd.DataFrame())) == ["", "", ""]
    assert "（无）" in column(Grid(pd.DataFrame({"指标": []})))[0]
    assert "这一页没有备注" in slide_html.notes(sheet()) and "&lt;i&gt;" in slide_html.notes(sheet(notes="<i>\n"))


def test_a_cell_opens_what_its_text_stands_for():
    html = column(Grid(pd.DataFrame({"单位": ["甲", "乙"], "分": [1.0, 2.0]})), code=lambda said: {"甲": 'U"1', "1.0": "U9"}.get(said, ""))[0]
    assert re.findall('data-open="([^"]*)"[^>]*>([^<]*)<', html) == [("U&quot;1", "甲")], "a number opens nothing"


@pytest.mark.parametrize(("count", "share", "columns"), [(3, 1.0, 3), (4, 0.5, 2), (4, 1.0, 4), (8, 1.0, 4), (5, 0.4, 2)])
def test_figures_stand_in_even_rows(count, share, columns):
    """A slide has room for 7 cards of 250 in 1760, half of it for 3, two fifths for 2."""
    few = Numbers((Number("甲", "1"),) * count)
    found = slide_html.body(sheet((few,), (), columns=(share, 1 - share)) if share < 1 else sheet((few,)), lambda said: "")[0][0]
    assert f"repeat({columns}, 1fr)" in found


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(0, 60), name=st.sampled_from(["局", "很长的单位名称" * 6]), lead=st.sampled_from(["", "一句话。", "长" * 120]),
       strong=st.integers(0, 59), more=st.integers(0, 9), notes=st.booleans())  # fmt: skip
def test_rows_that_do_not_fit_are_counted(rows, name, lead, strong, more, notes):
    frame = pd.DataFrame({"单位": [f"{k}{name}" for k in range(rows)], "得分": np.arange(float(rows))})
    grid = Grid(frame, strong=(strong,) if strong < rows else (), more=more)
    html = column(grid, Words(("一行",)), lead=lead, notes=notes)[0]
    shown = [int(found) for found in re.findall(r'<td class="n">(\d+)\.0', html)]
    said = re.search(r"另有 (\d+) 行", html)
    assert len(shown) + int(said[1] if said else 0) == rows + more
    assert shown == sorted(shown) and (strong >= rows or strong in shown)
    assert len(shown) <= 24 and (rows == 0 or len(shown) >= min(rows, 3)), "rows of 49 pixels in at most 884"


def test_a_chart_keeps_its_room_beside_a_table():
    """Eight bars and two ends ask for 46 pixels each: 460 of what one line of lead leaves, so 884 − 58 − 28 − 460 for a table's rows of 49."""
    bars = Chart("bars", pd.DataFrame({"分": [1.0] * 8}, list("甲乙丙丁戊己庚辛")), "图")
    table = column(bars, Grid(pd.DataFrame({"分": np.arange(30.0)})))[1]
    assert table.count("<tr >") == (884 - 58 - 28 - 460 - 31) // 49 - 1


def test_columns_without_widths_of_their_own_are_alike():
    assert slide_html.shares(sheet((), ())) == (1.0, 1.0) and slide_html.shares(sheet((), (), columns=(1, 2))) == (1, 2)
    assert slide_html.body(replace(sheet(), blocks=()), lambda said: "") == []
