"""Periods and movement."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.movement import period_key, previous, streaks, transitions, year, year_ago

QUARTERS = ["2023Q4", "2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1"]
LABELS = ("领跑型", "争先型", "追赶型")


@pytest.mark.parametrize(
    "ordered",
    [
        QUARTERS,
        ["2022", "2023", "2024"],
        ["2023H2", "2024H1", "2024H2"],
        ["2023M12", "2024M01", "2024M02", "2024M09", "2024M10", "2024M12"],
        ["2023Q4", "2024", "2024Q1", "2025"],
        ["2024Q1", "特别考核"],
        ["2025Q4", "999Q1", "一期", "二期"],  # texts that are no periods come last, by name
    ],
)
def test_periods_in_order(ordered):
    backwards = ordered[::-1]
    assert sorted(backwards, key=period_key) == ordered


def test_months_sort_as_numbers():
    assert sorted(["2024M10", "2024M9", "2024M11"], key=period_key) == ["2024M9", "2024M10", "2024M11"]


@pytest.mark.parametrize("period, expected", [("2024Q1", "2023Q4"), ("2025Q1", "2024Q4"), ("2023Q4", None), ("2030Q1", "2025Q1")])
def test_previous_is_the_last_one_before(period, expected):
    assert previous(period, QUARTERS[::-1]) == expected


def test_previous_jumps_a_period_that_is_not_there():
    assert previous("2024Q4", ["2023Q4", "2024Q1", "2024Q4"]) == "2024Q1"
    assert previous("2024Q4", []) is None and previous("2024Q4", ["2024Q4"]) is None


@pytest.mark.parametrize(
    "period, periods, expected",
    [
        ("2024Q4", QUARTERS, "2023Q4"),
        ("2024Q3", QUARTERS, None),
        ("2024", ["2022", "2023", "2024"], "2023"),
        ("2024H1", ["2023H1", "2023H2"], "2023H1"),
        ("2024M03", ["2023M02", "2023M03"], "2023M03"),
        ("2024", ["2023Q4"], None),
        ("特别考核", ["特别考核"], None),
        ("2024Q4", iter(QUARTERS), "2023Q4"),
    ],
)
def test_the_same_period_a_year_ago(period, periods, expected):
    assert year_ago(period, periods) == expected


@given(st.lists(st.tuples(st.integers(1990, 2040), st.integers(1, 4)), min_size=1, max_size=8, unique=True))
def test_quarters_sort_by_time(times):
    names = [f"{y}Q{q}" for y, q in times]
    assert sorted(names, key=period_key) == [f"{y}Q{q}" for y, q in sorted(times)]
    for (y, q), name in zip(times, names, strict=True):
        before = [t for t in times if t < (y, q)]
        assert previous(name, names) == (f"{max(before)[0]}Q{max(before)[1]}" if before else None)


def test_transitions_written_out():
    before = pd.Series({"a": "领跑型", "b": "领跑型", "c": "争先型", "d": "追赶型", "e": "", "f": "争先型", "gone": "领跑型"})
    after = pd.Series({"c": "领跑型", "a": "领跑型", "b": "追赶型", "d": "争先型", "e": "领跑型", "f": "", "new": "追赶型"})
    found = transitions(before, after, LABELS)
    assert found.index.tolist() == list(LABELS) and found.columns.tolist() == list(LABELS)
    assert found.to_numpy().tolist() == [[1, 0, 1], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    "before, after", [({}, {}), ({"a": "领跑型"}, {"b": "领跑型"}), ({"a": ""}, {"a": ""}), ({"a": np.nan}, {"a": "领跑型"})]
)
def test_transitions_of_nobody(before, after):
    found = transitions(pd.Series(before, dtype=object), pd.Series(after, dtype=object), LABELS)
    assert found.shape == (3, 3) and (found == 0).all(axis=None) and all(d.kind == "i" for d in found.dtypes)


tiers = st.sampled_from((*LABELS, ""))


@given(st.lists(st.tuples(tiers, tiers), min_size=1, max_size=15))
def test_transitions_count_everyone_with_both_tiers(pairs):
    before, after = (pd.Series([p[k] for p in pairs], dtype=object) for k in (0, 1))
    found = transitions(before, after, LABELS)
    for x in LABELS:
        for y in LABELS:
            assert found.loc[x, y] == pairs.count((x, y))


def test_streaks_written_out():
    held = pd.DataFrame(
        [
            ["领跑型", "领跑型", "领跑型"],
            ["争先型", "领跑型", "领跑型"],
            ["领跑型", "争先型", "领跑型"],
            ["领跑型", "", "领跑型"],
            ["领跑型", "领跑型", ""],
            ["领跑型", np.nan, np.nan],
            [np.nan, "追赶型", "追赶型"],
        ],
        index=pd.Index(list("abcdefg"), name="unit"),
        columns=["2024Q1", "2024Q2", "2024Q3"],
    )
    found = streaks(held)
    assert found.index.tolist() == list("abcdefg") and found.index.name == "unit"
    assert found["tier"].tolist() == ["领跑型"] * 4 + ["", "", "追赶型"]
    assert found["length"].tolist() == [3, 2, 1, 1, 0, 0, 2]
    assert found["since"].tolist() == ["2024Q1", "2024Q2", "2024Q3", "2024Q3", "", "", "2024Q2"]


def test_streaks_of_nobody():
    assert streaks(pd.DataFrame(columns=["2024Q1"])).empty


@pytest.mark.parametrize(
    ("period", "expected"), [("2024", 2024.0), ("2024H1", 2024.0), ("2024H2", 2024.5), ("2024Q4", 2024.75), ("2024M07", 2024.5)]
)
def test_when_a_period_begins(period, expected):
    assert year(period) == expected


def test_a_text_that_is_no_period_has_no_year():
    assert np.isnan(year("特别考核"))
