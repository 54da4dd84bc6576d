"""Bars of counts by outcome: what stands in them, in which order, and with names that are shown as they are."""

import pandas as pd

from charts import theme
from charts.outcomes import outcome_bars

TITLES = {"off": "≠ 不一致", "same": "＝ 一致"}


def test_a_bar_is_cut_in_the_order_of_the_titles():
    counts = pd.DataFrame({"name": ["甲", "乙<b>"], "same": [30, 10], "off": [1, 20]}, index=["A", "B"])
    fig = outcome_bars(counts, TITLES)
    assert [list(t.x) for t in fig.data] == [[1, 20], [30, 10]] and all(list(t.y) == ["A", "B"] for t in fig.data)
    assert [list(t.text) for t in fig.data] == [["", "≠ 20"], ["＝ 30", "＝ 10"]], "a count stands where it has room"
    assert [row[0] for row in fig.data[0].customdata] == ["A", "B"] and "乙&lt;b&gt;" in fig.data[0].customdata[1][1]
    assert list(fig.layout.xaxis.range) == [0, 31]


def test_the_key_names_what_occurs_with_its_sign():
    counts = pd.DataFrame({"name": ["甲"], "same": [3], "off": [0]}, index=["A"])
    key = outcome_bars(counts, TITLES).layout.title.text
    assert "＝ 一致" in key and "不一致" not in key
    assert len({t.marker.color for t in outcome_bars(counts, TITLES).data}) == 2


def test_nothing_is_said_in_words():
    fig = outcome_bars(pd.DataFrame({"name": [], "same": [], "off": []}), TITLES)
    assert not fig.data and fig.layout.annotations[0].text == theme.empty("没有可以核对的指标。").layout.annotations[0].text
