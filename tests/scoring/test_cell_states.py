"""The four states of a cell, the missing rules and the coverage rule (domain page, the index, rule 3), in written numbers."""

import numpy as np
import pandas as pd
import pytest

from scoring.assess import assess
from scoring.index import fit
from scoring.policy import Policy
from tests.scoring.trees import ABSENT, block, build

# P: six equal weights; Q: weights 1 and 3, and three times the weight of P. H is better when lower.
FRAMEWORK = build(
    "code,parent,name,unit,direction,weight,low,high\n"
    "INDEX,,总,,1,1,,\nP,INDEX,甲面,,1,1,,\nQ,INDEX,乙面,,1,3,,\n"
    + "".join(f"{c},P,{c},,1,5,0,100\n" for c in "ABCDEF")
    + "G,Q,G,,1,1,0,100\nH,Q,H,,-1,3,0,100\n"
)
FULL = [10, 20, 30, 40, 50, 60, 80, 60]  # P = 35; Q = (80 + 3 × 40)/4 = 50; INDEX = (35 + 3 × 50)/4 = 46.25
STATES = tuple(ABSENT)
NOTHING = pd.DataFrame(columns=["unit", "kind", "points"])


def scores(cells, **policy):
    values = block(FRAMEWORK, {"u": cells})
    return fit(values, FRAMEWORK, Policy(**policy)).score(values)


def row(cells, **policy):
    return scores(cells, **policy).frame().loc["u"]


def with_gaps(cells, places: str, state: str):
    return [state if c in places else v for c, v in zip("ABCDEFGH", cells, strict=True)]


def test_a_full_row():
    found = row(FULL)
    assert found[["P", "Q", "INDEX", "H"]].tolist() == [35, 50, 46.25, 40]


@pytest.mark.parametrize("state", ["n/a", "pending"])
@pytest.mark.parametrize("rule", ["low", "reweight", "none"])
def test_not_applicable_and_pending_share_their_weight_out(state, rule):
    found = row(with_gaps(FULL, "AF", state), missing_rule=rule)
    assert found["P"] == (20 + 30 + 40 + 50) / 4
    assert found["INDEX"] == (35 + 3 * 50) / 4
    assert np.isnan(found["A"]) and np.isnan(found["F"])


def test_weight_is_shared_in_proportion():
    """Q without G: H alone, 3 of 4 parts of the weight."""
    assert row(with_gaps(FULL, "G", "n/a"))["Q"] == 40


def test_missing_low_stands_at_the_low_goalpost():
    found = row(with_gaps(FULL, "AF", "missing"))
    assert found[["A", "F"]].tolist() == [0, 0]
    assert found["P"] == pytest.approx((20 + 30 + 40 + 50) / 6)
    assert row(with_gaps(FULL, "G", "missing"))["Q"] == (0 + 3 * 40) / 4


def test_missing_low_of_a_falling_indicator_is_its_worst_end_not_the_value_zero():
    assert row(with_gaps(FULL, "H", "missing"), coverage=0.0)["H"] == 0
    assert row(with_gaps(FULL, "H", "missing"), coverage=0.0)["Q"] == (80 + 0) / 4


def test_missing_reweight_shares_the_weight_out():
    found = row(with_gaps(FULL, "AF", "missing"), missing_rule="reweight")
    assert np.isnan(found["A"]) and found["P"] == 35


def test_missing_none_leaves_everything_above_without_a_score():
    found = row(with_gaps(FULL, "A", "missing"), missing_rule="none")
    assert found[["A", "P", "INDEX"]].isna().all() and found["Q"] == 50


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("rule", ["low", "reweight"])
def test_coverage_of_two_thirds_is_met_by_four_of_six(state, rule):
    enough, short = with_gaps(FULL, "EF", state), with_gaps(FULL, "DEF", state)
    assert scores(enough, missing_rule=rule).coverage[0, FRAMEWORK.codes.index("P")] == pytest.approx(4 / 6)
    assert not np.isnan(row(enough, missing_rule=rule)["P"])
    found = row(short, missing_rule=rule)
    assert np.isnan(found["P"]) and found["Q"] == 50


@pytest.mark.parametrize("coverage", [2 / 3, 0.6667, 0.66667, 0.666667])
def test_every_spelling_of_two_thirds(coverage):
    assert not np.isnan(row(with_gaps(FULL, "EF", "n/a"), coverage=coverage)["P"])


@pytest.mark.parametrize("coverage", [0.668, 0.67, 0.7, 1.0])
def test_more_than_two_thirds_is_not_met_by_four_of_six(coverage):
    assert np.isnan(row(with_gaps(FULL, "EF", "n/a"), coverage=coverage)["P"])


def test_full_coverage_is_met_by_all():
    assert row(FULL, coverage=1.0)["INDEX"] == 46.25


def test_coverage_counts_weight_not_cells():
    assert row(with_gaps(FULL, "G", "n/a"))["Q"] == 40  # 3/4
    assert np.isnan(row(with_gaps(FULL, "H", "n/a"))["Q"])  # 1/4


def test_below_the_coverage_of_a_dimension_there_is_no_index_and_the_page_says_why():
    found = scores(with_gaps(FULL, "DEF", "n/a"))
    assert np.isnan(found.frame().loc["u", "INDEX"])
    note = assess(found, NOTHING, found.policy).units.loc["u", "note"]
    assert "甲面" in note and "50%" in note and "67%" in note and "乙面" not in note


def test_the_reason_under_none_is_the_missing_cell_not_the_threshold():
    found = scores(with_gaps(FULL, "A", "missing"), missing_rule="none")
    note = assess(found, NOTHING, found.policy).units.loc["u", "note"]
    assert "甲面" in note and "缺报" in note and "门槛" not in note


def test_a_dimension_that_does_not_apply_is_no_reason():
    cells = with_gaps(with_gaps(FULL, "ABCDEF", "n/a"), "H", "n/a")
    found = scores(cells)
    note = assess(found, NOTHING, found.policy).units.loc["u", "note"]
    assert "乙面" in note and "25%" in note and "甲面" not in note


def test_a_unit_with_an_index_has_no_note():
    found = scores(FULL)
    assert assess(found, NOTHING, found.policy).units.loc["u", "note"] == ""


@pytest.mark.parametrize("rule", ["low", "reweight", "none"])
@pytest.mark.parametrize("cells", [["n/a"] * 6, ["pending"] * 6, ["n/a", "pending"] * 3])
def test_a_dimension_that_does_not_apply_at_all_shares_its_weight_out(rule, cells):
    """The coverage of the index itself is then 3 of 4."""
    found = scores([*cells, 80, 60], missing_rule=rule)
    assert found.frame().loc["u", "INDEX"] == 50
    assert found.coverage[0, FRAMEWORK.codes.index("INDEX")] == 0.75


def test_a_dimension_that_is_missing_does_not_share_its_weight_out_unless_the_rule_says_so():
    cells = ["missing"] * 6 + [80, 60]
    assert np.isnan(row(cells)["INDEX"])
    assert np.isnan(row(cells, missing_rule="none")["INDEX"])
    assert row(cells, missing_rule="reweight")["INDEX"] == 50


def test_a_heavy_dimension_without_values_takes_the_index_along():
    """Q has 3 of 4 parts of the weight: what is left covers a quarter."""
    cells = [*FULL[:6], "n/a", "n/a"]
    assert np.isnan(row(cells)["INDEX"])
    assert row(cells, coverage=0.0)["INDEX"] == 35


@pytest.mark.parametrize("rule", ["low", "reweight", "none"])
@pytest.mark.parametrize("coverage", [0.0, 0.6667])
@pytest.mark.parametrize("state", STATES)
def test_a_unit_without_any_value_has_no_score_anywhere_above_its_cells(rule, coverage, state):
    found = row([state] * 8, missing_rule=rule, coverage=coverage)
    assert found[["P", "Q", "INDEX"]].isna().all()


def test_coverage_off():
    found = row([60, *["missing"] * 5, 80, 60], coverage=0.0)
    assert found["P"] == 10 and found["INDEX"] == (10 + 3 * 50) / 4
    found = row([60, *["n/a"] * 5, 80, 60], coverage=0.0)
    assert found["P"] == 60


def test_coverage_numbers():
    cells = ["n/a", "missing", 30, 40, 50, 60, "pending", 60]
    found = dict(zip(FRAMEWORK.codes, scores(cells).coverage[0], strict=True))
    assert found["P"] == pytest.approx(4 / 6) and found["Q"] == 0.75
    assert found["INDEX"] == pytest.approx((4 / 6 + 3 * 0.75) / 4)
    assert [found[c] for c in "ABCDEFGH"] == [0, 0, 1, 1, 1, 1, 0, 1]


def test_the_four_states_in_one_row():
    """Missing at 0 with its weight, the others' weight shared: P = (0 + 30 + 40 + 50 + 60)/5."""
    found = row(["n/a", "missing", 30, 40, 50, 60, 80, 60])
    assert found["P"] == 36


def test_units_do_not_borrow_each_others_gaps():
    values = block(FRAMEWORK, {"u": FULL, "v": with_gaps(FULL, "DEF", "n/a"), "w": with_gaps(FULL, "A", "missing")})
    together = fit(values, FRAMEWORK).score(values).frame()
    assert together.loc["u"].equals(row(FULL).rename("u"))
    assert np.isnan(together.loc["v", "INDEX"]) and not np.isnan(together.loc["w", "INDEX"])
