"""Adjustments and veto (domain page, rules 4 and 5), in written numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.adjustment import KINDS, adjust
from scoring.errors import ScoringError
from scoring.policy import Policy
from scoring.tiers import override


def rows(*given) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["unit", "kind", "points"])


def adjusted(index, *given, policy=None) -> pd.Series:
    return adjust(pd.Series({"u": float(index)}), rows(*given), policy or Policy()).loc["u"]


@pytest.mark.parametrize(
    "index, given, bonus, penalty, adjustment",
    [
        (50, [], 0, 0, 0),
        (50, [("bonus", 3)], 3, 0, 3),
        (50, [("bonus", 3), ("bonus", 1.5)], 4.5, 0, 4.5),
        (50, [("bonus", 3), ("bonus", 2)], 5, 0, 5),
        (50, [("bonus", 3), ("bonus", 4)], 5, 0, 5),  # capped at +5
        (50, [("penalty", 6), ("penalty", 7)], 0, 10, -10),  # capped at −10
        (50, [("bonus", 9), ("penalty", 99)], 5, 10, -5),  # each cap by itself
        (98, [("bonus", 5)], 5, 0, 2),  # held at 100
        (4, [("penalty", 10)], 0, 10, -4),  # held at 0
        (98, [("bonus", 5), ("penalty", 10)], 5, 10, -5),  # the sum is held, not each step
        (100, [("bonus", 1)], 1, 0, 0),
        (0, [("penalty", 1)], 0, 1, 0),
        (50, [("veto", 0)], 0, 0, 0),  # a veto is not arithmetic
        (50, [("veto", 30), ("bonus", 1)], 1, 0, 1),
    ],
)
def test_written_adjustments(index, given, bonus, penalty, adjustment):
    found = adjusted(index, *(("u", *g) for g in given))
    assert found.to_dict() == {
        "index_raw": index,
        "bonus": bonus,
        "penalty": penalty,
        "adjustment": adjustment,
        "index": index + adjustment,
    }


def test_caps_and_range_are_the_policys():
    policy = Policy(bonus_cap=2.0, penalty_cap=0.0, range=(0.0, 10.0))
    assert adjusted(5, ("u", "bonus", 9), ("u", "penalty", 9), policy=policy)["index"] == 7
    assert adjusted(9, ("u", "bonus", 9), policy=policy)["index"] == 10


@pytest.mark.parametrize(
    "index, kind, expected", [(-1.5, "bonus", -0.5), (-1.5, "penalty", -1.5), (120, "bonus", 120), (120, "penalty", 119)]
)
def test_a_raw_index_outside_the_range_is_not_pulled_in(index, kind, expected):
    """z-scores have no ends; an adjustment may only not carry a score further out."""
    assert adjusted(index, ("u", kind, 1))["index"] == expected


def test_a_unit_without_a_score_gets_none_from_a_bonus():
    found = adjusted(np.nan, ("u", "bonus", 3))
    assert np.isnan(found["index"]) and np.isnan(found["adjustment"]) and found["bonus"] == 3


def test_units_keep_their_own_adjustments_and_their_order():
    index = pd.Series({"b": 10.0, "a": 20.0, "c": 30.0})
    found = adjust(index, rows(("a", "bonus", 1), ("c", "penalty", 2), ("c", "bonus", 1)), Policy())
    assert found.index.tolist() == ["b", "a", "c"] and found["index"].tolist() == [10, 21, 29]
    assert index.tolist() == [10, 20, 30]


def test_no_adjustments_leave_the_very_bits():
    index = pd.Series({"a": 0.1 + 0.2, "b": 100 / 3, "c": np.nan})
    found = adjust(index, pd.DataFrame(columns=["unit", "kind", "points"]), Policy())
    assert np.array_equal(found["index"], index, equal_nan=True) and (found["adjustment"].dropna() == 0).all()


@pytest.mark.parametrize("kind, words", [("award", "'award'"), ("加分", "'加分'"), (None, "None")])
def test_unknown_kinds_are_refused_by_name(kind, words):
    with pytest.raises(ScoringError, match=rf"{words}.*可用：{'、'.join(KINDS)}"):
        adjusted(50, ("u", kind, 1))


@pytest.mark.parametrize("kind, word", [("bonus", "加分"), ("penalty", "减分")])
@pytest.mark.parametrize("points", [0, -3, np.nan, np.inf])
def test_points_must_be_positive_numbers(kind, word, points):
    with pytest.raises(ScoringError, match=rf"u 的{word}为 {points}.*正数"):
        adjusted(50, ("v", kind, 1), ("u", kind, points))


points = st.lists(st.tuples(st.sampled_from(["bonus", "penalty"]), st.floats(0.01, 40)), max_size=6)


@given(index=st.floats(0, 100), given=points)
def test_the_result_stays_in_range_and_adds_up(index, given):
    found = adjusted(index, *(("u", *g) for g in given))
    assert 0 <= found["index"] <= 100
    assert -10 - 1e-12 <= found["adjustment"] <= 5 + 1e-12
    assert found["index_raw"] + found["adjustment"] == pytest.approx(found["index"], abs=1e-12)


TIERS = pd.Series({"a": "领跑型", "b": "争先型", "c": "追赶型", "d": ""})


def test_a_veto_holds_at_the_ceiling_and_lifts_nobody():
    held = override(TIERS, ["a", "b", "c", "d"], Policy())
    assert held.to_dict() == {"a": "争先型", "b": "争先型", "c": "追赶型", "d": ""}
    assert TIERS["a"] == "领跑型"


def test_a_veto_touches_only_the_unit_it_names():
    assert override(TIERS, ["nobody"], Policy()).equals(TIERS)
    assert override(TIERS, ["b"], Policy()).equals(TIERS)


def test_the_ceiling_is_the_policys():
    assert override(TIERS, ["a", "b"], Policy(veto_ceiling="追赶型"))[["a", "b"]].tolist() == ["追赶型", "追赶型"]
    assert override(TIERS, ["a"], Policy(veto_ceiling="领跑型"))["a"] == "领跑型"
