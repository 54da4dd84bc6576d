"""Candidates and whom to learn from: each criterion by hand, likeness written out, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.exemplars import CRITERIA, Demands, candidates, learn_from, rising

NAN = np.nan
PERIODS = ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]
ASKED = Demands(periods=3, gap=10.0, certainty=0.9)


def held(rows: dict[str, str]) -> pd.DataFrame:
    """Tiers by a letter a period: A best, B, C, · none."""
    table = [[tier.replace("·", "") for tier in row] for row in rows.values()]
    return pd.DataFrame(table, index=list(rows), columns=PERIODS[: len(table[0])])


def judged(rows: dict[str, str], changes=None, gaps=None, chances=None, asked=ASKED) -> pd.DataFrame:
    given = (pd.Series(dict.fromkeys(rows, 0.0) | (facts or {}), dtype=float) for facts in (changes, gaps, chances))
    return candidates(held(rows), *given, "A", asked)


def test_only_who_leads_now_is_a_candidate_and_the_length_is_that_of_the_last_streak():
    found = judged({"u": "AAAA", "v": "ABAA", "w": "AAAB", "x": "AAA·", "y": "·AAA", "z": "BAAA"})
    assert found["length"].to_dict() == {"u": 4, "v": 2, "y": 3, "z": 3}
    assert found["since"].to_dict() == {"u": "2024Q1", "v": "2024Q3", "y": "2024Q2", "z": "2024Q2"}
    assert found["steady"].to_dict() == {"u": True, "v": False, "y": True, "z": True}


def test_a_streak_that_fills_all_periods_is_not_told_too_short():
    found = judged({"u": "AA", "v": "BA", "w": "BB"})
    assert found["length"].to_dict() == {"u": 2, "v": 1}
    assert found["steady"].to_dict() == {"u": None, "v": False}
    assert judged({"u": "AA"}, asked=Demands(2, 10.0, 0.9)).at["u", "steady"]


def test_balance_asks_for_a_gap_below_the_policys_and_for_a_policy_that_looks():
    rows = dict.fromkeys("uvw", "AAAA")
    found = judged(rows, gaps={"u": 9.9, "v": 10.0, "w": NAN})
    assert found["balanced"].to_dict() == {"u": True, "v": False, "w": None}
    assert judged(rows, gaps={"u": 0.0}, asked=Demands(3, 0.0, 0.9))["balanced"].isna().all()


def test_improving_is_up_and_no_less_than_the_middle_unit():
    """Changes 4, 2, 1, −1, −3 of five units: the middle one is 1. All falling: the middle is −2, and −1 is no improvement."""
    rows = dict.fromkeys("uvwx", "AAAA") | {"z": "BBBB"}
    found = judged(rows, {"u": 4, "v": 1, "w": -1, "x": 2, "z": -3})
    assert found["improving"].to_dict() == {"u": True, "v": True, "w": False, "x": True}
    found = judged(rows, {"u": 4, "v": 0.5, "w": NAN, "x": 2, "z": 1})  # the middle of four is 1.5
    assert found["improving"].to_dict() == {"u": True, "v": False, "w": None, "x": True}
    assert not judged({"u": "AAAA", "v": "AAAA", "w": "AAAA"}, {"u": -1, "v": -2, "w": -3})["improving"].any()


def test_significance_is_the_policys_certainty():
    found = judged(dict.fromkeys("uvw", "AAAA"), chances={"u": 0.9, "v": 0.89, "w": NAN})
    assert found["significant"].to_dict() == {"u": True, "v": False, "w": None}


def test_those_that_meet_most_come_first_then_the_longest_then_the_surest():
    rows = {"a": "BBAA", "b": "AAAA", "c": "BAAA", "d": "AAAA", "e": "BAAA"}
    chances = {"a": 0.99, "b": 0.5, "c": 0.95, "d": 0.6, "e": 0.91}
    found = judged(rows, dict.fromkeys(rows, -1.0), dict.fromkeys(rows, 3.0), chances)
    assert found["met"].to_dict() == {"c": 3, "e": 3, "d": 2, "b": 2, "a": 2}  # a: balanced, significant; b, d: steady, balanced
    assert list(found.index) == ["c", "e", "d", "b", "a"]


def test_nobody_leads():
    found = judged({"u": "BBBB", "v": "···C"})
    assert found.empty and set(CRITERIA) <= set(found.columns)


@given(st.lists(st.sampled_from(["AAAA", "BAAA", "BBAA", "AAAB", "···A"]), min_size=1, max_size=8), st.data())
def test_the_count_is_that_of_the_criteria_met_and_stricter_demands_meet_no_more(rows, data):
    units = {f"u{k}": row for k, row in enumerate(rows)}
    some = st.one_of(st.floats(-20, 20), st.just(NAN))
    facts = [{u: data.draw(some) for u in units} for _ in range(3)]
    loose, strict = (judged(units, *facts, asked=d) for d in (Demands(2, 12.0, 0.5), Demands(3, 8.0, 0.9)))
    for found in (loose, strict):
        assert (found["met"] == found[list(CRITERIA)].eq(True).sum(axis=1)).all() and found["met"].is_monotonic_decreasing
    assert (strict["met"] <= loose["met"].reindex(strict.index)).all()


def town(rows: dict, sectors: str) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Scores in X (the weak one), Y and Z; no sizes; a letter a sector."""
    profiles = pd.DataFrame(rows, index=list("XYZ"), dtype=float).T.rename_axis("unit")
    return profiles, pd.Series(dtype=float), pd.Series(list(sectors), index=profiles.index)


def test_the_nearest_otherwise_among_those_clearly_better():
    """X: 40, 80, 90, 52, 95. Best quarter from 90 on; 40 + half a standard deviation is below. Y and Z alone decide who is alike."""
    profiles, sizes, sectors = town({"u": (40, 70, 60), "a": (80, 70, 62), "b": (90, 60, 60), "c": (52, 71, 60), "d": (95, 71, 60)}, "ggggg")
    assert profiles["X"].quantile(0.75) == 90
    found = learn_from(profiles, sizes, sectors, "u", "X")
    assert list(found.index) == ["d", "b"]
    spread = np.sqrt((1.6**2 + 1.6**2 + 8.4**2 + 2.6**2 + 2.6**2) / 5)  # of Y: 70, 70, 60, 71, 71
    assert np.allclose(found["distance"], [1 / spread, 10 / spread])
    assert found["apart"].tolist() == [0.5, 5.0]  # (1 + 0) / 2, (10 + 0) / 2
    assert found["score"].tolist() == [95, 90] and found["lead"].tolist() == [55, 50] and found["same"].all()


def test_another_sector_is_one_standard_deviation_away():
    profiles, sizes, sectors = town({"u": (40, 70, 60), "a": (91, 71, 60), "b": (91, 71, 60), "c": (20, 50, 66)}, "gghg")
    near, far = learn_from(profiles, sizes, sectors, "u", "X").loc[["a", "b"], "distance"]
    assert far == pytest.approx(np.sqrt(near**2 + 1), abs=1e-12)
    assert list(learn_from(profiles, sizes, sectors, "u", "X")["same"]) == [True, False]


def test_units_without_a_sector_share_none_and_lie_no_further_apart_for_it():
    profiles, sizes, sectors = town({"u": (40, 70, 60), "a": (91, 71, 60), "b": (20, 50, 66), "c": (20, 50, 66)}, "gggg")
    without, shared = learn_from(profiles, sizes, sectors.map(lambda _: ""), "u", "X"), learn_from(profiles, sizes, sectors, "u", "X")
    assert not without["same"].any() and shared["same"].all() and list(without["distance"]) == list(shared["distance"])


def test_a_lead_too_small_to_notice_is_none():
    """Scores 90, 91, 92, 10: standard deviation 35; nobody is 17 points above 90, though 91 and 92 are the best quarter and third."""
    profiles, sizes, sectors = town({"u": (90, 70, 60), "a": (91, 71, 61), "b": (92, 60, 50), "c": (10, 75, 66)}, "gggg")
    assert learn_from(profiles, sizes, sectors, "u", "X").empty


def test_a_unit_without_a_score_there_learns_from_the_best_quarter():
    """Of 10, 20, 80, 90 the upper quartile is 80 + 0.25 · 10."""
    profiles, sizes, sectors = town({"u": (NAN, 70, 60), "a": (80, 71, 61), "b": (90, 60, 50), "c": (10, 75, 66), "d": (20, 60, 60)}, "ggggg")
    found = learn_from(profiles, sizes, sectors, "u", "X")
    assert list(found.index) == ["b"] and found["lead"].isna().all()


def test_where_nothing_else_tells_units_apart_nobody_is_named():
    profiles, sizes, sectors = town({"u": (40, 70, 60), "a": (90, 70, 60), "b": (95, 70, 60)}, "ggg")
    assert learn_from(profiles, sizes, sectors, "u", "X").empty
    assert list(learn_from(profiles, pd.Series({"u": 10.0, "a": 90.0, "b": 11.0}), sectors, "u", "X").index) == ["b"]


@given(arrays(float, (9, 3), elements=st.integers(0, 100)), st.permutations(range(9)), st.sampled_from("XYZ"))
def test_whom_to_learn_from_is_clearly_better_and_the_order_of_units_does_not_matter(scores, order, node):
    profiles = pd.DataFrame(scores, index=[f"u{k}" for k in range(9)], columns=list("XYZ"))
    sizes, sectors = pd.Series(range(1, 10), profiles.index, float), pd.Series(list("gggghhhhh"), profiles.index)
    found = learn_from(profiles, sizes, sectors, "u0", node)
    spread = np.sqrt(((profiles[node] - profiles[node].mean()) ** 2).mean())
    mark = max(profiles.at["u0", node] + 0.5 * spread, np.sort(profiles[node])[6])  # of nine the seventh is the upper quartile
    sure, possible = ({u for u in profiles.index[1:] if profiles.at[u, node] >= mark + hair} for hair in (1e-9, -1e-9))
    assert sure <= set(found.index) <= possible
    assert found["distance"].is_monotonic_increasing and (found["lead"] == found["score"] - profiles.at["u0", node]).all()
    again = learn_from(profiles.iloc[order], sizes, sectors, "u0", node)
    assert np.allclose(again["distance"][found.index], found["distance"], rtol=0, atol=1e-6) and len(again) == len(found)


def test_rises_in_a_row_written_out():
    table = pd.DataFrame(
        {"up": (1, 2, 3, 5), "late": (4, 1, 2, 3), "flat": (1, 2, 2, 3), "down": (4, 3, 2, 1), "gap": (1, NAN, 2, 3), "gone": (1, 2, 3, NAN)},
        index=PERIODS, dtype=float,
    ).T  # fmt: skip
    found = rising(table)
    assert found["length"].to_dict() == {"up": 3, "late": 2, "flat": 1, "down": 0, "gap": 1, "gone": 0}
    assert found["since"].tolist() == ["2024Q1", "2024Q2", "2024Q3", "2024Q4", "2024Q3", "2024Q4"]
    assert found["gain"].tolist()[:5] == [4, 2, 1, 0, 1] and np.isnan(found["gain"]["gone"])
    one = rising(table[["2024Q4"]])
    assert (one["length"] == 0).all() and set(one["since"]) == {"2024Q4"}


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_rises_are_those_that_one_counts_backwards(values):
    length = 0
    while length + 1 < len(values) and values[-1 - length] > values[-2 - length]:
        length += 1
    found = rising(pd.DataFrame([values], index=["u"], columns=[f"{2000 + k}" for k in range(len(values))])).loc["u"]
    assert (found["length"], found["gain"]) == (length, values[-1] - values[-1 - length])
