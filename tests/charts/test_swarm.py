"""Figures of one indicator: no sign upon another, true positions, readable numbers, odd populations and names."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.against_index import against_index
from charts.over_periods import over_periods
from charts.quantity import change, decimals, quantity
from charts.swarm import beeswarm, body, by_sector, offsets, swarm

LABELS = ("甲等", "乙等", "丙等")
ODD = "<img src=x onerror=alert(1)> 名" + "名" * 200


def units(values, sectors=("一组", "<b>二组</b>")) -> pd.DataFrame:
    count = len(values)
    return pd.DataFrame(
        {
            "name": [ODD if i == 0 else f"单位{i}" for i in range(count)],
            "sector": [sectors[i % len(sectors)] for i in range(count)],
            "tier": [LABELS[i % 3] for i in range(count)],
            "value": np.array(values, dtype=float),
            "index": np.linspace(40, 90, count),
            "rank": np.arange(1.0, count + 1),
        },
        index=[f"U{i}" for i in range(count)],
    )


def quartiles(table: pd.DataFrame) -> dict[str, float]:
    return dict(zip(("q1", "median", "q3"), table["value"].quantile([0.25, 0.5, 0.75]), strict=True))


def draw(table: pd.DataFrame) -> list:
    return [
        beeswarm(table, LABELS, "标题", quartiles(table), 1, (0, 100), table.index[:2], table.index[:1]),
        by_sector(table, LABELS, "标题", 1),
        against_index(table, LABELS, "标题", "指数", "r = 0.5", 1, table.index[:1], table["value"].nunique() > 1),
    ]


@given(st.lists(st.floats(0, 600), max_size=60), st.sampled_from([3.0, 9.0, 13.0]))
def test_no_sign_lies_upon_another(at, size):
    x = np.array(at)
    y = offsets(x, size)
    distance = np.hypot(x[:, None] - x, y[:, None] - y)[np.triu_indices(len(x), 1)]
    assert (distance >= size - 1e-6).all()


@given(st.lists(st.floats(0, 600), min_size=1, max_size=80), st.floats(20, 200))
def test_a_swarm_keeps_within_its_height(at, half):
    y, size = swarm(np.array(at), half)
    assert np.abs(y).max() <= half + 1e-9 and size >= 3


def test_a_lonely_sign_lies_on_the_line():
    assert offsets(np.array([0.0, 50.0, 100.0]), 10.0).tolist() == [0, 0, 0]


def codes_of(fig) -> set[str]:
    """Codes of the signs that are drawn."""
    marks = [t for t in fig.data if t.type == "scatter" and t.mode == "markers" and t.customdata is not None]
    return {row[0] for t in marks for row in t.customdata if not isinstance(row, str)}


POPULATIONS = {
    "usual": np.random.default_rng(1).normal(80, 6, 110),
    "one": [5.0],
    "two": [1.0, 2.0],
    "constant": [7.0] * 12,
    "zeros": [0.0] * 4,
    "skewed": [*range(40), 1e6],
    "tiny": [1e-7, 2e-7, 3e-7, 9e-7],
    "negative": [-3.0, -2.0, -1.5, 0.0, 1.0],
    "gaps": [np.nan, 1.0, np.nan, 3.0],
    "none": [np.nan, np.nan],
    "empty": [],
}


@pytest.mark.parametrize("values", POPULATIONS.values(), ids=POPULATIONS)
def test_figures_stand_over_every_population(values):
    table = units(values)
    present = set(table.index[table["value"].notna()])
    for fig in draw(table):
        spec = fig.to_json()
        assert "<img" not in spec and "<b>二组" not in spec and "名" * 120 not in spec
        assert codes_of(fig) == present


def test_a_swarm_shows_true_values():
    table = units(POPULATIONS["usual"])
    fig = draw(table)[0]
    drawn = {row[0]: x for t in fig.data for x, row in zip(t.x, t.customdata, strict=True)}
    assert drawn == table["value"].to_dict()


def test_a_far_outlier_is_drawn_at_the_edge_with_its_value():
    values = pd.Series([*range(40), 1e6], dtype=float)
    low, high, drawn = body(values)
    assert high < 100 and drawn[:40].tolist() == list(range(40)) and 39 < drawn[40] < high
    for fig in draw(units(values))[1:]:
        assert any("1,000,000" in a.text and "▸" in a.text for a in fig.layout.annotations)
    assert low < 0
    untouched = pd.Series(np.arange(40.0))
    assert body(untouched)[2].equals(untouched)


@pytest.mark.parametrize(("direction", "first"), [(1, "高"), (-1, "低")])
def test_the_best_sector_stands_on_top(direction, first):
    table = units([1, 9, 2, 8, 3, 7], ("低", "高"))
    ticks = by_sector(table, LABELS, "标题", 1, direction).layout.yaxis.ticktext
    assert ticks[0].startswith(first)


def test_periods_without_the_item_stay_empty_and_breaks_are_drawn():
    table = pd.DataFrame(
        {"n": [0, 3, 3], "q1": [np.nan, 1, 2], "median": [np.nan, 2, 3], "q3": [np.nan, 3, 4],
         "value": [0, 3, 3], "missing": [0, 1, 0], "not_applicable": 0, "pending": 0},
        index=["2024Q4", "2025Q1", "2025Q2"],
    )  # fmt: skip
    fig = over_periods(table, "标题", 1, "2025Q2", ["2025Q2"])
    rows = {t.y[0]: list(t.text) for t in fig.data if t.mode == "text"}
    assert rows == {"有值": ["—", "3", "3"], "缺报": ["—", "1", "·"]}
    assert list(fig.layout.xaxis.ticktext) == ["Q4", "Q1<br>25年", "Q2"]
    assert [s.x0 for s in fig.layout.shapes] == [1.5]
    assert next(t for t in fig.data if t.mode == "lines+markers").connectgaps is False
    assert "各期都没有数据" in over_periods(table.assign(value=0, missing=0), "标题", 1, "2025Q2").to_json().encode().decode("unicode_escape")


@pytest.mark.parametrize(
    ("values", "places"),
    [([], 0), ([np.nan], 0), ([1, 2, 300], 0), ([61.25, 99.0], 1), ([1.5, 3.25], 1), ([0.31, 0.46], 2), ([0.0123, 0.05], 3),
     ([1e-9, 2e-9], 6), ([1234.5, 9999.9], 0), ([0, 0, 0, 0.5], 2), ([-61.25, 3.5], 1)],
)  # fmt: skip
def test_decimals_follow_the_indicators_size(values, places):
    assert decimals(values) == places


def test_numbers_as_people_read_them():
    assert quantity(1234567.891, 1) == "1,234,567.9"
    assert (quantity(-0.04, 1), quantity(-1.25, 2), quantity(None, 1), quantity(np.inf, 1)) == ("0.0", "−1.25", "—", "—")
    assert (change(0.04, 1), change(0.06, 1), change(-3, 0), change(np.nan, 1)) == ("0.0", "+0.1", "−3", "—")


def test_no_figure_holds_what_json_cannot():
    for fig in draw(units(POPULATIONS["gaps"])):
        assert "NaN" not in json.dumps(json.loads(fig.to_json()))
