"""Figures of certainty: every unit has its whiskers where the numbers say, shares add to one bar, odd populations do not break."""

import json

import numpy as np
import pandas as pd
import pytest

from charts import intervals

LABELS = ("领跑型", "争先型", "追赶型")


def population(n: int) -> pd.DataFrame:
    rank = np.arange(1, n + 1, dtype=float)
    table = pd.DataFrame(
        {
            "name": [f"<b>第{k}局</b> %{{y}}" for k in range(n)],
            "tag": [f"{k}局" for k in range(n)],
            "index": 90 - rank,
            "rank": rank,
            "rank_median": rank + 0.5,
            "rank_p5": np.maximum(rank - 3, 1),
            "rank_p95": rank + 5,
            "index_p5": 85 - rank,
            "index_p95": 92 - rank,
            "tier": [LABELS[min(2, 3 * k // max(n, 1))] for k in range(n)],
            "sure": "名次多在 1–9；领跑型 72%",
        },
        index=pd.Index([f"U{k}" for k in range(n)], name="unit"),
    )
    if n > 4:
        table.loc["U4", ["rank", "rank_median", "rank_p5", "rank_p95", "index", "index_p5", "index_p95"]] = np.nan
        table.loc["U4", ["tier", "sure"]] = ""
    return table


def points(fig) -> dict[str, tuple[float, float, float]]:
    """Unit → (median, lower end, upper end) as they are drawn."""
    found = {}
    for trace in fig.data:
        if trace.customdata is None:
            continue
        for k, data in enumerate(trace.customdata):
            found[data[0]] = (trace.y[k], trace.y[k] - trace.error_y.arrayminus[k], trace.y[k] + trace.error_y.array[k])
    return found


@pytest.mark.parametrize("n", [0, 1, 6, 110])
def test_whiskers_end_at_the_interval_and_a_unit_without_a_rank_has_none(n):
    units = population(n)
    drawn = points(intervals.rank_intervals(units, LABELS, seen="U1"))
    ranked = units[units["rank"].notna()]
    assert set(drawn) == set(ranked.index)
    for code, (median, low, high) in drawn.items():
        assert (median, low, high) == tuple(ranked.loc[code, ["rank_median", "rank_p5", "rank_p95"]])


def test_names_are_escaped_and_the_figure_is_json():
    text = json.dumps(json.loads(intervals.rank_intervals(population(30), LABELS).to_json()), ensure_ascii=False)
    assert "第1局" in text and "<b>第1局" not in text and "%{y}" not in text


@pytest.mark.parametrize("labels", [LABELS, ("甲", "乙"), ("一", "二", "三", "四", "五")])
def test_bars_of_chances_fill_the_row(labels):
    units = population(12).assign(tier=labels[0])
    chances = pd.DataFrame(np.random.default_rng(3).dirichlet(np.ones(len(labels)), 12), index=units.index, columns=list(labels))
    fig = intervals.tier_chances(units, chances, labels)
    assert [t.type for t in fig.data] == ["bar"] * len(labels)
    assert np.sum([t.x for t in fig.data], axis=0) == pytest.approx(np.ones(12))
    first = {row[0]: x for row, x in zip(fig.data[0].customdata, fig.data[0].x, strict=True)}
    assert first == pytest.approx(chances[labels[0]].to_dict())


def test_the_assumption_with_the_greatest_total_is_on_top_and_no_share_is_below_nothing():
    sobol = pd.DataFrame(
        {
            "first": [0.1, 0.5], "first_low": [-0.1, 0.4], "first_high": [0.2, 0.6],
            "total": [0.2, 0.7], "total_low": [-0.05, 0.6], "total_high": [0.3, 0.8],
        },
        index=["leave_one_out", "weights"],
    )
    fig = intervals.assumptions(sobol, {"weights": "权重", "leave_one_out": "去掉一项"})
    assert fig.layout.yaxis.ticktext == ("权重", "去掉一项")
    lows = [np.array(t.x) - np.array(t.error_x.arrayminus) for t in fig.data]
    assert min(map(np.min, lows)) >= 0
    assert np.allclose(lows[0], [0.6, 0.0]) and np.allclose(fig.data[0].x + fig.data[0].error_x.array, [0.8, 0.3])


def test_without_anything_that_varies_the_figure_says_so():
    empty = pd.DataFrame(columns=["first", "first_low", "first_high", "total", "total_low", "total_high"])
    assert "没有可以变动的假设" in intervals.assumptions(empty, {}).layout.annotations[0].text


def test_two_units_lie_under_each_other_with_their_own_ends():
    pair = population(6).loc[["U0", "U2", "U4"]]
    fig = intervals.head_to_head(pair, LABELS)
    ends = [tuple(t.x) for t in fig.data if "lines" in t.mode]
    assert ends == [(1.0, 6.0), (1.0, 8.0)]  # U4 has no rank and no line


@pytest.mark.parametrize(("share", "shown"), [(0, "0%"), (0.003, "<1%"), (0.28, "28%"), (0.996, ">99%"), (1, "100%"), (np.nan, "—")])
def test_a_chance_that_is_not_certain_does_not_show_as_certain(share, shown):
    assert intervals.percent(share) == shown
