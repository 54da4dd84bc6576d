"""Actions: what a few records, a better value or a report would bring, written out, and equal to scoring the whole case again."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.actions import MOST, actions
from scoring.case import Case
from scoring.framework import Framework, Node
from scoring.policy import Policy
from scoring.values import VALUE, Values
from tests.scoring.cases import case
from tests.scoring.test_guidance import advice
from tests.scoring.trees import block, blocks, flat, policies, trees

NO_COUNTS = pd.DataFrame(columns=["unit", "indicator", "numerator", "denominator", "factor", "bounded"])


def one(code: str = "A", **columns) -> Framework:
    """Indicator A, with a quarter of the weight, beside B on goalposts 0 to 100."""
    leaf = {"unit": "%", "low": 0.0, "high": 100.0} | columns
    return Framework((Node("X", "", "X"), Node(code, "X", code, weight=1.0, **leaf), Node("B", "X", "B", weight=3.0, low=0.0, high=100.0)))


def counted(numerator: float, denominator: float, factor: float = 100.0, bounded: bool = True, unit: str = "u") -> pd.DataFrame:
    return pd.DataFrame([(unit, "A", numerator, denominator, factor, bounded)], columns=NO_COUNTS.columns)


def to_a(**row) -> pd.DataFrame:
    return advice({"target": "A", "difficulty": 1, "text": "做", **row})


def best(made: Case, guidance: pd.DataFrame, counts: pd.DataFrame = NO_COUNTS, unit: str = "u") -> dict:
    """The only action that there is."""
    found = actions(made, [unit], guidance, counts)
    assert len(found) == 1
    return found.iloc[0].to_dict()


def test_four_more_of_twenty_two_items():
    tree = one(low=50.0)
    made = case(tree, block(tree, {"u": [100 * 18 / 22, 50]}), Policy())
    found = best(made, to_a(unit="件", difficulty=2), counted(18, 22))
    # the score goes from (81.82 − 50) / 50 to 100, and the indicator has a quarter of the weight
    gain = (100 - (100 * 18 / 22 - 50) * 2) / 4
    assert (found["kind"], found["steps"], found["step_unit"], found["to"]) == ("count", 4, "件", 100)
    assert found["gain"] == pytest.approx(gain) and found["per_difficulty"] == pytest.approx(gain / (4 * 2))


def test_no_more_records_than_there_are_and_no_more_steps_than_a_plan_has():
    tree = one()
    made = case(tree, block(tree, {"u": [90, 50]}), Policy())
    assert best(made, to_a(unit="件"), counted(9, 10))["steps"] == 1
    made = case(tree, block(tree, {"u": [10, 50]}), Policy())
    found = best(made, to_a(unit="件"), counted(4, 40))
    assert found["steps"] == MOST and found["to"] == 100 * (4 + MOST) / 40


def test_projects_per_hundred_members_are_not_bounded_by_the_members():
    tree = one(unit="项/百名党员", high=5.0)
    made = case(tree, block(tree, {"u": [2 / 1.6, 50]}), Policy())
    found = best(made, to_a(unit="项"), counted(2, 1.6, 1.0, bounded=False))
    # 2 + 5 of 1.6 hundred members are 4.375 a hundred, still below 5: every step counts
    assert (found["steps"], found["to"]) == (5, 7 / 1.6) and found["gain"] == pytest.approx(5 / 1.6 / 5 * 100 / 4)


def test_fewer_problems_where_lower_is_better():
    tree = one(unit="个/次", direction=-1, high=3.0)
    made = case(tree, block(tree, {"u": [3 / 2, 50]}), Policy())
    found = best(made, to_a(unit="个"), counted(3, 2, 1.0, bounded=False))
    assert (found["steps"], found["to"]) == (3, 0) and found["gain"] == pytest.approx(50 / 4)


def test_steps_stop_where_they_pay_less():
    tree = one()
    made = case(tree, block(tree, {"u": [82, 50]}), Policy())
    found = best(made, to_a(step=5, unit="个百分点"))
    # 82 → 87 → 92 → 97; a fourth step would only bring 3
    assert (found["kind"], found["steps"], found["to"]) == ("value", 3, 97) and found["gain"] == pytest.approx(15 / 4)


def test_the_last_bit_of_the_way_is_a_step_too():
    tree = one(direction=-1)
    made = case(tree, block(tree, {"u": [3, 50]}), Policy())
    found = best(made, to_a(step=5))
    assert (found["steps"], found["to"], found["step_unit"]) == (1, 0, "%") and found["gain"] == pytest.approx(3 / 4)


def test_below_the_low_goalpost_more_steps_pay_more():
    tree = one(low=50.0)
    made = case(tree, block(tree, {"u": [40, 50]}), Policy())
    found = best(made, to_a(step=5))
    assert (found["steps"], found["to"]) == (5, 65) and found["gain"] == pytest.approx(30 / 4)


def test_a_count_without_records_goes_by_tenths_of_the_way():
    tree = one(low=60.0)
    made = case(tree, block(tree, {"u": [62, 50]}), Policy())
    found = best(made, to_a(unit="件"))
    assert (found["kind"], found["steps"], found["to"], found["step_unit"]) == ("value", 5, 82, "%")


def test_a_target_that_the_data_set_is_the_best_unit():
    tree = one(low=None, high=None, normalisation="min_max")
    made = case(tree, block(tree, {"u": [10, 50], "v": [18, 50], "w": [0, 50]}), Policy())
    found = best(made, to_a(step=8))
    assert (found["steps"], found["to"]) == (1, 18) and found["gain"] == pytest.approx((100 - 1000 / 18) / 4)


def test_adjustments_stand_and_the_range_holds():
    tree = one()
    values = block(tree, {"u": [80, 100]})
    # raw 95, with 4 of bonus 99: twenty points more on A are worth 5, of which 1 is left below the top
    made = case(tree, values, Policy(), [("u", "bonus", 4.0)])
    found = best(made, to_a(step=20))
    assert found["gain"] == pytest.approx(1)
    assert actions(case(tree, values, Policy(), [("u", "bonus", 5.0)]), ["u"], to_a(step=20), NO_COUNTS).empty


def test_a_report_that_is_lacking_counts_as_the_median_of_the_group():
    tree = one()
    matrix = np.array([[np.nan, 50], [30, 50], [50, 50], [100, 50]])
    values = Values(("u", "v", "w", "x"), ("A", "B"), matrix, groups=("一", "一", "一", "二"))
    found = best(case(tree, values, Policy(coverage=0.5)), to_a(step=5))
    assert (found["kind"], found["to"], found["text"], found["steps"]) == ("report", 40, "", 1)
    assert found["gain"] == pytest.approx(40 / 4) and np.isnan(found["value"])
    alone = replace(values, groups=("三", "一", "一", "二"))
    assert best(case(tree, alone, Policy(coverage=0.5)), to_a(step=5))["to"] == 50


@pytest.mark.parametrize("cell", ["n/a", "pending"])
def test_what_does_not_apply_or_is_not_due_is_no_action(cell):
    tree = one()
    made = case(tree, block(tree, {"u": [cell, 50], "v": [90, 50]}), Policy(coverage=0.5))
    assert actions(made, ["u"], to_a(step=5), NO_COUNTS).empty


def test_a_missing_value_that_costs_nothing_is_no_action():
    tree = one()
    made = case(tree, block(tree, {"u": ["missing", 50], "v": [90, 50]}), Policy(missing_rule="reweight", coverage=0.5))
    assert actions(made, ["u"], to_a(step=5), NO_COUNTS).empty


def test_a_unit_without_an_index_has_no_actions():
    tree = one()
    made = case(tree, block(tree, {"u": [10, "missing"], "v": [90, 50]}), Policy(missing_rule="none"))
    assert list(actions(made, ["u", "v"], to_a(step=5), NO_COUNTS)["unit"]) == ["v"]


def test_what_is_said_to_the_tier_comes_before_what_is_said_to_all():
    tree = one()
    made = case(tree, block(tree, {"u": [10, 50], "v": [90, 50]}), Policy(tier_labels=("上", "下"), tier_cuts=(0.5,), veto_ceiling="下"))
    said = advice(
        {"target": "A", "difficulty": 1, "step": 5, "text": "对全部"}, {"target": "A", "difficulty": 1, "step": 5, "text": "对下", "tier": "下"}
    )
    found = actions(made, ["u", "v"], said, NO_COUNTS).set_index("unit")["text"]
    assert found.to_dict() == {"u": "对下", "v": "对全部"}


def test_most_points_for_least_effort_come_first():
    tree = flat(1, 1, 2)
    made = case(tree, block(tree, {"u": [50, 50, 50]}), Policy())
    said = advice(*({"target": c, "step": 10, "difficulty": d, "text": c} for c, d in (("A", 1), ("B", 2), ("C", 3))))
    found = actions(made, ["u"], said, NO_COUNTS)
    # a step is worth 2.5, 2.5 and 5 points; a step and difficulty 2.5, 1.25 and 1.67
    assert list(found["indicator"]) == ["A", "C", "B"]
    assert list(found["per_difficulty"]) == pytest.approx([2.5, 5 / 3, 1.25])


def test_nobody_and_no_advice_give_the_same_columns():
    tree = one()
    made = case(tree, block(tree, {"u": [10, 50]}), Policy())
    empty = actions(made, [], to_a(step=5), NO_COUNTS)
    assert list(empty.columns) == list(actions(made, ["u"], advice(), NO_COUNTS).columns) == list(actions(made, ["u"], to_a(step=5), NO_COUNTS))


def test_many_units_are_the_units_one_by_one():
    tree = flat(1, 2)
    rng = np.random.default_rng(1)
    made = case(tree, block(tree, {f"u{k}": list(row) for k, row in enumerate(rng.uniform(0, 100, (300, 2)))}), Policy())
    said = advice({"target": "A", "step": 7, "difficulty": 2}, {"target": "B", "step": 3, "difficulty": 1})
    every = actions(made, made.values.units, said, NO_COUNTS)
    for unit in ("u0", "u255", "u256", "u299"):
        alone = actions(made, [unit], said, NO_COUNTS)
        pd.testing.assert_frame_equal(every[every["unit"] == unit].reset_index(drop=True), alone)


def with_value(made: Case, unit: str, indicator: str, value: float) -> Case:
    """The whole case, this one cell being different."""
    values = made.by_period[made.period]
    matrix, states = values.matrix.copy(), values.states.copy()
    at = values.units.index(unit), values.indicators.index(indicator)
    matrix[at], states[at] = value, VALUE
    return replace(made, by_period={made.period: replace(values, matrix=matrix, states=states)})


@settings(max_examples=15)
@given(st.data())
def test_a_gain_is_what_scoring_the_whole_case_again_gives(data):
    framework = data.draw(trees())
    values = data.draw(blocks(framework))
    points = data.draw(st.lists(st.tuples(st.sampled_from(values.units), st.sampled_from(["bonus", "penalty"]), st.floats(0.5, 9)), max_size=3))
    made = case(framework, values, data.draw(policies), points)
    steps = st.sampled_from((1.0, 5.0, 30.0, np.nan))
    said = advice(*({"target": n.code, "step": data.draw(steps), "difficulty": data.draw(st.sampled_from((1, 3)))} for n in framework.indicators))
    index = made.assessment.units["index"]
    for action in actions(made, values.units, said, NO_COUNTS).itertuples():
        again = with_value(made, action.unit, action.indicator, action.to).assessment.units["index"]
        assert action.gain == pytest.approx(again[action.unit] - index[action.unit], abs=1e-9) and action.gain > 0
        assert 1 <= action.steps <= MOST
