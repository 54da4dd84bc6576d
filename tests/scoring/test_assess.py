"""The assessment that a release freezes, in written numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assess import assess, geometric_view
from scoring.index import fit
from scoring.policy import Policy
from tests.scoring.trees import OPEN, block, blocks, build, flat, policies, trees

FRAMEWORK = build("""
code,parent,name,unit,direction,weight,low,high
INDEX,,总,,1,1,,
P,INDEX,甲,,1,1,,
Q,INDEX,乙,,1,3,,
A,P,A,,1,1,0,100
B,P,B,,1,1,0,100
C,Q,C,,1,1,0,100
""")
UNITS = {"a": [20, 60, 80], "b": [90, 90, 90], "c": [50, 50, 50], "d": ["n/a", 100, 40], "e": ["missing"] * 3}
GIVEN = [("a", "bonus", 3), ("a", "bonus", 4), ("b", "veto", 1), ("c", "penalty", 2)]
ROWS = pd.DataFrame(GIVEN, columns=["unit", "kind", "points"])
NOTHING = ROWS.iloc[:0]
DEFAULT = Policy(tier_rule="thresholds", tier_cuts=(72.0, 50.0))


def made(policy=DEFAULT, rows=ROWS):
    values = block(FRAMEWORK, UNITS)
    return assess(fit(values, FRAMEWORK, policy).score(values), rows, policy)


def column(name: str) -> dict:
    return made().units[name].to_dict()


def test_columns():
    assert made().units.columns.tolist() == [
        *("index_raw", "bonus", "penalty", "adjustment", "index", "rank", "tier_by_rule", "veto", "tier"),
        *("geometric", "weakest", "weakest_gap", "note"),
    ]
    assert made().units.index.tolist() == list("abcde")
    assert made().nodes.columns.tolist() == ["unit", "node", "score", "rank", "coverage"]


def test_the_index_with_and_without_adjustments():
    """a: P = 40, Q = 80, (40 + 3 × 80)/4 = 70. d: A does not apply, half of P is below two thirds: no score."""
    raw, index = made().units["index_raw"], made().units["index"]
    assert raw[["a", "b", "c"]].tolist() == [70, 90, 50] and raw[["d", "e"]].isna().all()
    assert index[["a", "b", "c"]].tolist() == [75, 90, 48] and index[["d", "e"]].isna().all()


def test_rank_and_tier_are_those_of_the_adjusted_index():
    ranks = made().units["rank"]
    assert ranks[["b", "a", "c"]].tolist() == [1, 2, 3] and ranks[["d", "e"]].isna().all()
    assert column("tier_by_rule") == {"a": "领跑型", "b": "领跑型", "c": "追赶型", "d": "", "e": ""}


def test_an_adjustment_moves_rank_and_tier():
    """u passes 72 with its bonus and takes the first place; v falls to 71 and ties with w."""
    values = block(FRAMEWORK, {"u": [70, 70, 70], "v": [74, 74, 74], "w": [71, 71, 71]})
    given = pd.DataFrame([("u", "bonus", 5), ("v", "penalty", 3)], columns=["unit", "kind", "points"])
    units = assess(fit(values, FRAMEWORK, DEFAULT).score(values), given, DEFAULT).units
    assert units["rank"].to_dict() == {"u": 1, "v": 2, "w": 2}
    assert units["tier"].to_dict() == {"u": "领跑型", "v": "争先型", "w": "争先型"}


def test_a_veto_is_shown_as_an_override():
    assert column("veto") == {"a": False, "b": True, "c": False, "d": False, "e": False}
    assert column("tier") == {"a": "领跑型", "b": "争先型", "c": "追赶型", "d": "", "e": ""}
    assert column("rank")["b"] == 1 and column("index")["b"] == 90


def test_balance():
    """Geometric: (40 × 80³)^¼. Weakest of a: P at 40, 30 below its mean of 70."""
    units = made().units
    assert units["geometric"]["a"] == pytest.approx((40 * 80**3) ** 0.25)
    assert units["geometric"]["b"] == pytest.approx(90) and units["geometric"]["b"] <= 90
    assert np.isnan(units["geometric"]["d"]) and np.isnan(units["geometric"]["e"])
    assert units["weakest"].to_dict() == {"a": "P", "b": "P", "c": "P", "d": "Q", "e": ""}
    assert units["weakest_gap"][["a", "b", "c", "d"]].tolist() == [30, 0, 0, 0] and np.isnan(units["weakest_gap"]["e"])


def test_a_dimension_at_zero_pins_the_geometric_view():
    values = block(FRAMEWORK, {"u": [0, 0, 80]})
    units = assess(fit(values, FRAMEWORK, OPEN).score(values), NOTHING, OPEN).units
    assert units.loc["u", "geometric"] == 0


def test_the_geometric_view_is_no_number_where_a_dimension_is_negative():
    framework = flat(1, 1, normalisation="z_score", low=None, high=None)
    values = block(framework, {"u": [1, 1], "v": [2, 2], "w": [3, 3]})
    view = geometric_view(fit(values, framework, OPEN).score(values).frame(), framework)
    assert np.isnan(view["u"]) and view["w"] == pytest.approx(1)


def test_the_geometric_view_of_full_marks_is_full_marks():
    framework = flat(0.3, 1.1, 0.7)
    values = block(framework, {"u": [100, 100, 100]})
    assert geometric_view(fit(values, framework, OPEN).score(values).frame(), framework)["u"] == 100


def test_nodes_hold_every_score_with_its_rank_among_units():
    nodes = made().nodes.set_index(["node", "unit"])
    assert nodes.loc["P", "score"][["a", "b", "c"]].tolist() == [40, 90, 50]
    assert nodes.loc["P", "rank"][["a", "b", "c"]].tolist() == [3, 1, 2]
    assert nodes.loc["B", "rank"][["a", "b", "c", "d"]].tolist() == [3, 2, 4, 1]
    assert nodes.loc[("P", "d"), "coverage"] == 0.5 and np.isnan(nodes.loc[("P", "d"), "score"])
    assert nodes.loc[("B", "e"), "score"] == 0  # missing, at the low goalpost


def test_nodes_come_unit_by_unit_in_the_order_of_the_framework():
    assert made().nodes["node"].tolist() == list(FRAMEWORK.codes) * 5
    assert made().nodes["unit"].tolist() == [u for u in "abcde" for _ in FRAMEWORK.codes]


def test_without_adjustments():
    units = made(rows=NOTHING).units
    assert units["index"].equals(units["index_raw"].rename("index")) and not units["veto"].any()


def test_full_marks_stay_within_the_range():
    """Weights like 0.1, 0.2, 0.7 sum to a hair above; 100 must stay 100, in the index, the facets and the geometric view."""
    rng = np.random.default_rng(3)
    for _ in range(25):
        framework = flat(*(rng.integers(1, 100, 5) / 10), facets={"f": "x"})
        values = block(framework, {"u": [100] * 5, "v": [0] * 5})
        made = assess(fit(values, framework, OPEN).score(values), NOTHING, OPEN)
        assert made.nodes["score"].max() == 100 and made.nodes["score"].min() == 0
        assert made.units["geometric"].max() == 100


@given(data=st.data())
def test_an_assessment_of_anything_holds_together(data):
    framework = data.draw(trees())
    policy = data.draw(policies)
    values = data.draw(blocks(framework))
    units = assess(fit(values, framework, policy).score(values), NOTHING, policy).units
    scored = units["index"].notna()
    assert (scored == units["rank"].notna()).all() and (scored == (units["tier"] != "")).all()
    assert (scored == (units["note"] == "")).all()
    assert (scored == units["geometric"].notna()).all()
    assert units["geometric"].dropna().between(0, 100).all()
    assert (units.loc[scored, "weakest"] != "").all() and (units["weakest_gap"].dropna() >= -1e-9).all()
