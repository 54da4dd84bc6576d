"""Guidance: whom advice concerns, and where points are lost, with the arithmetic written out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.guidance import COLUMNS, NUMBERS, by_group, concerned, diagnosis, lost_points, without
from scoring.normalisation import Linear
from scoring.policy import Policy
from tests.scoring.cases import case
from tests.scoring.trees import block, blocks, build, flat, policies, trees

TWO = build("""code,parent,name,unit,direction,weight,low,high,dilemma
X,,X,,1,1,,,
P,X,P,,1,60,,,
Q,X,Q,,1,40,,,
P1,P,P1,%,1,50,0,100,开放
P2,P,P2,%,1,50,0,100,主体
Q1,Q,Q1,%,1,100,0,100,主体
""")


def advice(*rows: dict) -> pd.DataFrame:
    """Guidance from rows that leave out what they do not need."""
    empty = dict.fromkeys(COLUMNS, "") | dict.fromkeys(NUMBERS, np.nan)
    return pd.DataFrame([empty | row for row in rows], columns=list(COLUMNS)).astype(dict.fromkeys(NUMBERS, float))


def standing(**units: tuple[float, str]) -> pd.DataFrame:
    return pd.DataFrame([{"index": i, "tier": t} for i, t in units.values()], index=list(units))


def whom(row: dict, nodes: pd.DataFrame, units: pd.DataFrame) -> list[str]:
    fits = concerned(advice(row), nodes, units, 100.0)
    return list(fits.index[fits[0]])


UNITS = standing(u=(90.0, "甲"), v=(50.0, "乙"), w=(np.nan, ""))
NODES = pd.DataFrame({"A": [100.0, 60.0, 59.9], "g:x": [10.0, np.nan, 70.0]}, index=["u", "v", "w"])


def test_a_band_takes_in_its_lower_end_and_not_its_upper_one():
    assert whom({"target": "A", "low": 60, "high": 100}, NODES, UNITS) == ["v"]
    assert whom({"target": "A", "low": 0, "high": 60}, NODES, UNITS) == ["w"]


def test_advice_without_a_band_is_for_whoever_is_below_the_top():
    assert whom({"target": "A"}, NODES, UNITS) == ["v", "w"]


def test_a_group_counts_by_its_own_score_and_no_score_concerns_nobody():
    assert whom({"target": "g:x"}, NODES, UNITS) == ["u", "w"]
    assert whom({"target": "gone"}, NODES, UNITS) == []


def test_advice_to_a_tier_goes_to_all_in_it_and_to_nobody_without_an_index():
    assert whom({"tier": "甲"}, NODES, UNITS) == ["u"]
    assert whom({}, NODES, UNITS) == ["u", "v"]
    assert whom({"target": "A", "tier": "乙"}, NODES, UNITS) == ["v"]


def test_no_advice_is_a_table_without_columns():
    assert concerned(advice(), NODES, UNITS, 100.0).shape == (3, 0)


def test_points_are_lost_by_weight_and_distance_from_the_top():
    made = case(TWO, block(TWO, {"u": [80, 60, 50]}), Policy())
    # 0.6 × 0.5 × 20, 0.6 × 0.5 × 40, 0.4 × 50; the index is 100 − 38
    assert lost_points(made, ["u"]).loc["u"].to_dict() == pytest.approx({"P1": 6, "P2": 12, "Q1": 20})
    assert by_group(lost_points(made, ["u"]), TWO).loc["u"].to_dict() == pytest.approx({"P": 18, "Q": 20})
    assert by_group(lost_points(made, ["u"]), TWO, "dilemma").loc["u"].to_dict() == pytest.approx({"开放": 6, "主体": 32})


def test_what_does_not_apply_loses_nothing_and_its_weight_is_the_others():
    made = case(TWO, block(TWO, {"u": [80, "n/a", 50]}), Policy(coverage=0.5))
    assert lost_points(made, ["u"]).loc["u"].to_dict() == pytest.approx({"P1": 0.6 * 20, "P2": 0, "Q1": 20})


def test_a_unit_without_an_index_and_scores_without_a_top_lose_nothing_that_can_be_told():
    made = case(TWO, block(TWO, {"u": [80, 60, "missing"], "v": [1, 2, 3]}), Policy(missing_rule="none"))
    found = lost_points(made, ["u", "v"])
    assert found.loc["u"].isna().all() and found.loc["v"].notna().all()
    scored = flat(1, 1, normalisation="z_score")
    made = case(scored, block(scored, {"u": [1, 2], "v": [3, 1]}), Policy())
    assert isinstance(made.fitted.scales["A"], Linear) and lost_points(made, ["u", "v"]).isna().all(axis=None)


@settings(max_examples=30)
@given(st.data())
def test_lost_points_sum_to_what_lies_above_the_index(data):
    framework = data.draw(trees())
    made = case(framework, data.draw(blocks(framework)), data.draw(policies))
    raw = made.assessment.units["index_raw"]
    lost = lost_points(made, made.values.units)
    assert (lost.isna().all(axis=1) == raw.isna()).all()
    np.testing.assert_allclose(lost.sum(axis=1, min_count=1), 100 - raw, atol=1e-6)


def test_a_diagnosis_sets_the_share_of_what_is_lost_against_the_weight():
    made = case(TWO, block(TWO, {"u": [20, 80, 100]}), Policy())
    found = diagnosis(lost_points(made, ["u"]).loc["u"], TWO, "dilemma")
    # lost: 0.3 × 80 = 24 of 30 in 开放, whose weight is 0.3; 0.3 × 20 = 6 of 30 in 主体, whose weight is 0.7
    assert found.loc["开放"].to_dict() == pytest.approx({"weight": 0.3, "lost": 24, "share": 0.8, "excess": 0.8 / 0.3})
    assert found.loc["主体"].to_dict() == pytest.approx({"weight": 0.7, "lost": 6, "share": 0.2, "excess": 0.2 / 0.7})


def test_a_diagnosis_goes_by_the_weights_that_the_unit_is_scored_with():
    made = case(TWO, block(TWO, {"u": [80, "n/a", 50]}), Policy(coverage=0.5))
    found = diagnosis(lost_points(made, ["u"]).loc["u"], without(TWO, ["P2"]), "dilemma")
    # without P2 all 60 of P are P1's: 0.6 × 20 = 12 of 32 lost in 开放, 0.4 × 50 = 20 in 主体
    assert found["weight"].to_dict() == pytest.approx({"开放": 0.6, "主体": 0.4})
    assert found["share"].to_dict() == pytest.approx({"开放": 12 / 32, "主体": 20 / 32})


def test_what_is_lost_outside_of_all_groups_is_lost_too():
    bare = replace(TWO.node("Q1"), facets={})
    tree = type(TWO)(tuple(bare if n.code == "Q1" else n for n in TWO.nodes))
    found = diagnosis(pd.Series({"P1": 6.0, "P2": 6.0, "Q1": 8.0}), tree, "dilemma")
    assert found.loc["开放"].to_dict() == pytest.approx({"weight": 0.3, "lost": 6, "share": 0.3, "excess": 1})
    assert diagnosis(pd.Series({"P1": 0.0, "P2": 0.0, "Q1": 8.0}), tree, "dilemma")["share"].isna().all()


def test_where_nothing_is_lost_there_is_no_share():
    made = case(TWO, block(TWO, {"u": [100, 100, 100]}), Policy())
    found = diagnosis(lost_points(made, ["u"]).loc["u"], TWO, "dilemma")
    assert (found["lost"] == 0).all() and found["share"].isna().all()


def test_an_indicator_without_a_group_is_in_none():
    bare = replace(TWO.node("Q1"), facets={})
    tree = type(TWO)(tuple(bare if n.code == "Q1" else n for n in TWO.nodes))
    points = pd.DataFrame([[1.0, 2.0, 4.0]], ["u"], ["P1", "P2", "Q1"])
    assert by_group(points, tree, "dilemma").loc["u"].to_dict() == {"开放": 1, "主体": 2}
