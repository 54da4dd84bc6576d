"""Then and now: every row has both ends and its gain, in the order given; a click gives the unit; odd names are text."""

import json
import re

import numpy as np
import pandas as pd

from charts import theme
from charts.then_and_now import then_and_now

LABELS = ("优", "中", "差")
ODD = "<b>第1局</b> %{y}"


def rows(*ends: tuple[float, float], tiers: str = "优中差") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "code": [f"U{k}" for k in range(len(ends))],
            "label": [f"{ODD}{k}" for k in range(len(ends))],
            "name": ODD,
            "then": [e[0] for e in ends],
            "now": [e[1] for e in ends],
            "tier": [tiers[k % len(tiers)] for k in range(len(ends))],
            "note": ODD,
        }
    )


def spec(fig) -> dict:
    return json.loads(fig.to_json())


def test_every_row_has_both_ends_its_gain_and_its_sign():
    fig = then_and_now(rows((60, 72.5), (80, 78), (50, 50)), LABELS, "那时", "现在")
    then, now = fig.data[-2:]
    assert (list(then.x), list(now.x), list(now.y)) == ([60, 80, 50], [72.5, 78, 50], [0, 1, 2])
    assert [note.text for note in fig.layout.annotations] == ["+12.5", "−2.0", "0.0"]
    assert list(now.marker.symbol) == [theme.tier_style(LABELS, tier).marker for tier in "优中差"]
    assert [c[0] for c in then.customdata] == [c[0] for c in now.customdata] == ["U0", "U1", "U2"]
    assert fig.layout.yaxis.range[0] > fig.layout.yaxis.range[1], "the first row lies on top"


def test_ways_up_and_down_have_colours_of_their_own():
    up, down = then_and_now(rows((60, 72), (80, 78), (50, 50)), LABELS, "那时", "现在").data[:2]
    assert [x for x in up.x if not np.isnan(x)] == [60, 72] and set(up.y) == {0}
    assert [x for x in down.x if not np.isnan(x)] == [80, 78, 50, 50] and list(down.y) == [1, 1, 1, 2, 2, 2]
    assert up.line.color != down.line.color


def test_what_shows_as_no_change_is_neither_up_nor_down():
    notes = then_and_now(rows((60, 72), (80, 78), (50, 50.04)), LABELS, "那时", "现在").layout.annotations
    assert [note.font.color for note in notes] == [theme.UP, theme.DOWN, theme.MUTED]


def test_rows_without_one_of_the_ends_are_left_out_and_nothing_left_says_so():
    fig = then_and_now(rows((60, np.nan), (np.nan, 70), (50, 55)), LABELS, "那时", "现在")
    assert list(fig.data[-1].x) == [55] and fig.data[-1].customdata[0][0] == "U2"
    for nothing in (rows((60, np.nan)), rows((1, 2)).iloc[:0]):
        assert "没有可以比较" in str(spec(then_and_now(nothing, LABELS, "那时", "现在")))


def test_odd_names_are_text_and_all_lies_inside():
    fig = then_and_now(rows(*[(k, 100 - k) for k in range(20)]), LABELS, ODD, ODD)
    assert not re.search(r"<b>第1局|%\{y\}", json.dumps(spec(fig), ensure_ascii=False))
    low, high = fig.layout.xaxis.range
    assert low < 0 and high > 100 and fig.layout.height > 20 * 25
    same = then_and_now(rows((70, 70)), LABELS, "那时", "现在")
    assert same.layout.xaxis.range[0] < 70 < same.layout.xaxis.range[1]
