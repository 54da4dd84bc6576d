"""The checklist: each check finds the fault that was built in, passes where there is none, and says so where it cannot tell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.audit import CHECKS, PATTERNS, STATUSES, Check, audit, worst
from scoring.case import Case
from scoring.framework import Framework, Node
from scoring.policy import Limits, Policy
from scoring.ranking import rank
from scoring.values import MISSING, NOT_APPLICABLE, Values
from tests.scoring.trees import MEAN_TEXTS, OPEN, asem_framework, asem_values, blocks, flat, policies, trees

NOBODY = pd.DataFrame({"unit": [], "kind": [], "points": []}).astype({"points": float})
WIDE = dict(low=-1000.0, high=1000.0)


def case(framework: Framework, matrix: np.ndarray, policy: Policy = OPEN, states=None, adjustments=NOBODY) -> Case:
    units = tuple(f"u{k:02d}" for k in range(len(matrix)))
    codes = tuple(n.code for n in framework.indicators)
    return Case({"P": Values(units, codes, np.array(matrix, float), states)}, "P", framework, policy, adjustments)


def said(found: list[Check], name: str, subject: str = "") -> Check:
    return next(c for c in found if c.name == name and c.subject == subject)


def independent(n: int, k: int) -> np.ndarray:
    """k columns (n, k) with mean 0, sd 1 and no correlation at all."""
    columns = np.column_stack([np.ones(n), np.random.default_rng(3).normal(size=(n, k))])
    return np.linalg.qr(columns)[0][:, 1:] * np.sqrt(n)


def mixed(*correlations: float, n: int = 40) -> np.ndarray:
    """A first column, and further ones that have these correlations with it and are otherwise independent."""
    base = independent(n, len(correlations) + 1)
    return np.column_stack([base[:, 0], *(r * base[:, 0] + np.sqrt(1 - r**2) * base[:, k] for k, r in enumerate(correlations, 1))])


@pytest.mark.parametrize("method", [*CHECKS.values(), *PATTERNS.values()], ids=lambda m: m.name)
def test_every_check_says_what_it_is_and_whence(method):
    assert method.title and method.doc.endswith("。") and ("Source" in method.formula or method.name in ("copied", "full_marks"))


def test_checks_come_in_the_order_of_the_handbook():
    assert list(CHECKS)[:4] == ["coverage", "unit_coverage", "outliers", "same_value"] and list(CHECKS)[-1] == "rank_reversal"
    found = audit(case(flat(1, 1), mixed(0.5), OPEN))
    assert list(dict.fromkeys(c.name for c in found)) == [*CHECKS, *PATTERNS], "each check speaks, if only to say that it cannot"
    assert {c.group for c in found if c.name in CHECKS} == {"structure"} and {c.group for c in found if c.name in PATTERNS} == {"pattern"}


@pytest.mark.parametrize(("present", "status"), [(10, "pass"), (7, "pass"), (6, "flag"), (5, "flag"), (4, "fail")])
def test_coverage_of_an_indicator(present, status):
    matrix = np.column_stack([np.arange(10.0), np.where(np.arange(10) < present, np.arange(10.0), np.nan)])
    check = said(audit(case(flat(1, 1), matrix)), "coverage", "B")
    assert (check.status, check.figure, check.threshold) == (status, present / 10, 0.65)
    assert bool(check.remedy) == (status != "pass")


def test_a_cell_that_does_not_apply_is_no_gap():
    matrix = np.column_stack([np.arange(4.0), [1.0, 2.0, np.nan, np.nan]])
    states = np.zeros(matrix.shape, np.int8)
    states[2:, 1] = NOT_APPLICABLE, MISSING
    assert said(audit(case(flat(1, 1), matrix, states=states)), "coverage", "B").figure == pytest.approx(2 / 3)
    states[:, 1] = NOT_APPLICABLE
    nothing = np.where(states == NOT_APPLICABLE, np.nan, matrix)
    assert said(audit(case(flat(1, 1), nothing, states=states)), "coverage", "B").status == "none"


def test_units_with_too_little_are_named():
    matrix = np.arange(24.0).reshape(6, 4)
    matrix[2, :2] = np.nan
    check = said(audit(case(flat(1, 1, 1, 1), matrix)), "unit_coverage")
    assert (check.status, check.figure, check.units) == ("flag", 0.5, ("u02",))
    matrix[4, :3] = np.nan
    check = said(audit(case(flat(1, 1, 1, 1), matrix)), "unit_coverage")
    assert (check.status, check.figure, check.units) == ("fail", 0.25, ("u04", "u02")), "a quarter of its values, and ranked"
    strict = said(audit(case(flat(1, 1, 1, 1), matrix, Policy(missing_rule="none"))), "unit_coverage")
    assert strict.status == "flag", "it is not ranked"


def test_outliers_by_the_published_moments():
    """(1,2,3,4,100) has skewness 2.232396 and kurtosis 4.986866 by the bias-corrected definitions."""
    matrix = np.array([[1, 1], [2, 2], [3, 3], [4, 4], [100, 5]], float)
    check = said(audit(case(flat(1, 1), matrix)), "outliers", "A")
    assert (check.status, check.shown, check.units[0]) == ("flag", "2.23 / 4.99", "u04") and check.figure == pytest.approx(2.232396, abs=1e-6)
    moving = flat(1, 1, normalisation="min_max")
    assert said(audit(case(moving, matrix)), "outliers", "A").status == "fail", "the bounds rest on the outlier"
    assert said(audit(case(moving, matrix)), "outliers", "B").status == "pass"
    assert said(audit(case(flat(1, 1), matrix, replace(OPEN, kurtosis=5.0))), "outliers", "A").status == "pass"
    treated = said(audit(case(moving, matrix, replace(OPEN, treatment="winsorise"))), "outliers", "A")
    assert treated.status == "pass", "what is scored has no outlier any more"


@pytest.mark.parametrize(("same", "status"), [(5, "pass"), (6, "flag"), (10, "fail")])
def test_an_indicator_that_tells_nobody_apart(same, status):
    values = np.where(np.arange(10) < same, 7.0, np.arange(10.0) + 20)
    check = said(audit(case(flat(1, 1), np.column_stack([values, np.arange(10.0)]))), "same_value", "A")
    assert (check.status, check.figure) == (status, same / 10)
    if status == "flag":
        assert check.units == ("u06", "u07", "u08", "u09"), "those few that it does tell apart"


def test_clipping_makes_values_alike():
    values = np.array([101.0, 102, 103, 104, 50, 60])
    assert said(audit(case(flat(1, 1), np.column_stack([values, values[::-1]]))), "same_value", "A").figure == pytest.approx(4 / 6)


@pytest.mark.parametrize(("r", "redundancy", "conflict"), [
    (0.89, "pass", "pass"), (0.95, "flag", "pass"), (0.995, "fail", "pass"),
    (-0.39, "pass", "pass"), (-0.5, "pass", "flag"), (-0.8, "pass", "fail"),
])  # fmt: skip
def test_redundancy_and_conflict_by_a_correlation_that_is_known(r, redundancy, conflict):
    found = audit(case(flat(1, 1, **WIDE), mixed(r)))
    for name, status in (("redundancy", redundancy), ("conflict", conflict)):
        check = said(found, name, "INDEX")
        assert check.status == status and check.figure == pytest.approx(r, abs=1e-9)
        assert check.nodes == (() if status == "pass" else ("A", "B"))


def test_directions_are_turned_before_anything_is_compared():
    turned = Framework(tuple(replace(n, direction=-1) if n.code == "B" else n for n in flat(1, 1, **WIDE).nodes))
    assert said(audit(case(turned, mixed(-0.95))), "redundancy", "INDEX").status == "flag"


def test_a_stand_in_for_a_missing_value_is_not_compared():
    matrix = mixed(0.5)
    matrix[:10, 1] = np.nan
    low = said(audit(case(flat(1, 1, **WIDE), matrix, Policy(coverage=0.0))), "redundancy", "INDEX")
    assert low.figure == pytest.approx(np.corrcoef(matrix[10:].T)[0, 1], abs=1e-9)


@pytest.mark.parametrize(("weight", "status"), [(1.0, "pass"), (0.1, "flag")])
def test_a_weak_link_by_arithmetic(weight, status):
    """Of independent columns with sd 1, weights 1 and w: r of the second with the mean is w / √(1 + w²)."""
    check = said(audit(case(flat(1, weight, **WIDE), independent(40, 2))), "weak_link", "B")
    assert check.status == status and check.figure == pytest.approx(weight / np.sqrt(1 + weight**2), abs=1e-9)


def test_an_indicator_against_its_dimension_fails():
    assert said(audit(case(flat(3, 1, **WIDE), mixed(-0.9))), "weak_link", "B").status == "fail"


@pytest.mark.parametrize(("r", "status"), [(0.8, "pass"), (0.4, "flag"), (-0.4, "fail")])
def test_alpha_by_arithmetic(r, status):
    """Of two columns with sd 1 and correlation r, alpha is 2 (1 − 2 / (2 + 2r)) = 2r / (1 + r)."""
    check = said(audit(case(flat(1, 1, **WIDE), mixed(r))), "alpha", "INDEX")
    assert check.status == status and check.figure == pytest.approx(2 * r / (1 + r), abs=1e-9)


def test_two_bundles_make_two_components():
    first, second = mixed(0.8), independent(40, 4)[:, 3]
    bundles = np.column_stack([first, second, second + 0.3 * independent(40, 5)[:, 4]])
    check = said(audit(case(flat(1, 1, 1, 1, **WIDE), bundles)), "components", "INDEX")
    assert (check.status, check.figure) == ("flag", 2.0)
    assert said(audit(case(flat(1, 1, 1, **WIDE), mixed(0.7, 0.7))), "components", "INDEX").status == "pass"


def test_an_effective_weight_is_set_against_the_stated_one():
    loud = independent(60, 2) * [1.0, 6.0]
    found = audit(case(flat(1, 1, **WIDE), loud))
    quiet, big = said(found, "effective_weight", "A"), said(found, "effective_weight", "B")
    assert quiet.status == "fail" and quiet.threshold == 0.5 and quiet.figure < 0.25
    assert 1.5 < big.figure <= 2 and (quiet.figure + big.figure) / 2 == pytest.approx(1, abs=1e-9), "shares sum to the whole"
    even = audit(case(flat(1, 1, **WIDE), independent(60, 2)))
    assert {said(even, "effective_weight", code).status for code in "AB"} == {"pass"}


def test_no_dominated_pair_is_turned_round_but_by_adjustments():
    """Of 4 units in a row each dominates those before it: 6 pairs of 6. 15 points off the best put it behind one of them."""
    matrix = np.array([[10, 10], [20, 20], [30, 30], [40, 40]], float)
    check = said(audit(case(flat(1, 1), matrix)), "dominance")
    assert (check.status, check.figure) == ("pass", 0) and "6 对（100%）" in check.finding
    off = pd.DataFrame({"unit": ["u03"], "kind": ["penalty"], "points": [15.0]})
    check = said(audit(case(flat(1, 1), matrix, replace(OPEN, penalty_cap=20.0), adjustments=off)), "dominance")
    assert (check.status, check.figure, check.units) == ("flag", 1, ("u03",))


def test_pairs_are_the_same_however_many_are_looked_at_at_a_time(monkeypatch):
    framework = asem_framework()
    points = pd.DataFrame({"unit": ["u00"], "kind": ["penalty"], "points": [9.0]})
    whole = case(framework, asem_values(framework).matrix, adjustments=points)
    at_once = said(audit(whole), "dominance")
    monkeypatch.setattr("scoring.audit.ranks._PAIRS", 200)
    assert said(audit(whole), "dominance") == at_once and at_once.figure > 0 and at_once.units == ("u00",)


def test_leaving_one_out_is_a_loop_over_smaller_frameworks():
    framework = asem_framework()
    whole = case(framework, asem_values(framework).matrix)
    found, base = audit(whole), rank(whole.scores.frame()["Index"].to_numpy())
    for code in ("LPI", "TBTs", "NEET"):
        smaller = Framework(tuple(n for n in framework.nodes if n.code != code))
        without = rank(whole.under(framework=smaller).scores.frame()["Index"].to_numpy())
        assert said(found, "leave_one_out", code).figure == pytest.approx(np.abs(without - base).mean(), abs=1e-12)


def test_a_dimension_with_one_indicator_goes_with_it():
    tree = Framework((Node("R", "", "R"), Node("D", "R", "D"), Node("E", "R", "E"), Node("d", "D", "d", low=0, high=100),
                      Node("e", "E", "e", low=0, high=100)))  # fmt: skip
    found = audit(case(tree, np.column_stack([np.arange(8.0), np.arange(8.0)[::-1]])))
    assert said(found, "leave_one_out", "d").figure == pytest.approx(np.abs(rank(np.arange(8.0)[::-1]) - 1).mean())
    assert said(found, "weak_link", "d").status == said(found, "redundancy", "D").status == "none"


def test_an_index_of_size_fails():
    sizes = pd.Series(np.arange(20.0), index=[f"u{k:02d}" for k in range(20)])
    matrix = np.column_stack([np.arange(20.0), np.random.default_rng(0).permutation(20)])
    found = audit(case(flat(9, 1), matrix), sizes)
    assert said(found, "scale_effect", "INDEX").status == "fail" and said(found, "scale_effect", "A").status == "flag"
    assert said(found, "scale_effect", "A").figure == pytest.approx(1) and said(found, "scale_effect", "B").status == "pass"
    assert said(audit(case(flat(9, 1), matrix)), "scale_effect").status == "none"


def test_a_rank_reversal_by_arithmetic():
    """Min–max, weights 2 and 1. P(6, 4), Q(4, 7), R(20, 0): P 27.4, Q 33.3. Without R: P 66.7, Q 33.3."""
    matrix = np.array([[6, 4], [4, 7], [20, 0]], float)
    check = said(audit(case(flat(2, 1, normalisation="min_max"), matrix)), "rank_reversal")
    assert (check.status, check.figure, check.units) == ("fail", 1, ("u02",)), "with R gone P takes the first place among them"
    assert said(audit(case(flat(2, 1), matrix)), "rank_reversal").status == "pass"


@pytest.mark.parametrize("limits", [dict(coverage=0.5), dict(same_value=0.7), dict(redundant=0.97), dict(conflict=-0.9), dict(alpha=0.2)])
def test_limits_are_the_policys(limits):
    matrix = np.column_stack([mixed(0.95, n=10), np.where(np.arange(10) < 6, 7.0, np.arange(10.0)), mixed(-0.8, n=10)[:, 1]])
    matrix[6:, 0] = np.nan
    before, after = (
        {(c.name, c.subject): c.status for c in audit(case(flat(1, 1, 1, 1, **WIDE), matrix, policy))}
        for policy in (OPEN, replace(OPEN, limits=Limits(**limits)))
    )
    changed = {name for name, subject in before if before[name, subject] != after[name, subject]}
    expected = {"coverage": {"coverage", "unit_coverage"}, "same_value": {"same_value"}, "redundant": {"redundancy"},
                "conflict": {"conflict"}, "alpha": {"alpha"}}[next(iter(limits))]  # fmt: skip
    assert changed <= expected


def test_what_cannot_be_told_is_not_passed():
    two = {c.name: c.status for c in audit(case(flat(1, 1), np.array([[1.0, 2.0], [3.0, 1.0]])))}
    for name in ("outliers", "same_value", "redundancy", "conflict", "weak_link", "alpha", "components", "effective_weight", "rank_reversal"):
        assert two[name] == "none", name
    empty = np.column_stack([np.full(20, np.nan), np.full(20, 5.0), independent(20, 2)])
    found = audit(case(flat(1, 1, 1, 1, **WIDE), empty))
    assert said(found, "coverage", "A").status == said(found, "same_value", "B").status == "fail"
    for name in ("outliers", "same_value", "weak_link", "effective_weight", "scale_effect"):
        assert {c.status for c in found if c.name == name and c.subject in ("A", "")} <= {"none"}, name
    assert said(found, "outliers", "B").status == said(found, "weak_link", "B").status == "none"


def test_an_aggregation_that_punishes_progress_fails():
    """MPI, M − S²/M: of (10, 10, 10) it is 10; of (10, 10, 100) it is 40 − 1800/40 = −5."""
    matrix = np.array([[10, 10, 10], [10, 10, 100], [90, 90, 90]], float)
    check = said(audit(case(flat(1, 1, 1, aggregation="mazziotta_pareto"), matrix)), "dominance")
    assert (check.status, check.figure, check.units) == ("fail", 1, ("u01",))


@pytest.mark.parametrize("texts", [("", *MEAN_TEXTS), ("arithmetic", "copeland")], ids=["means", "with a tournament"])
@given(data=st.data())
def test_any_framework_can_be_audited(texts, data):
    framework = data.draw(trees(aggregations=texts))
    values = data.draw(blocks(framework, units=7))
    sizes = pd.Series(np.arange(7.0), index=values.units)
    checked = Case({"P": values}, "P", framework, data.draw(policies), NOBODY)
    found = audit(checked, sizes, checked)
    for c in found:
        assert c.status in STATUSES and c.finding and (c.subject == "" or c.subject in framework)
        assert (c.status == "none") == bool(np.isnan(c.figure))
        assert bool(c.remedy) == (c.status in ("flag", "fail")) and set(c.units) <= set(values.units)
    if "copeland" not in texts:
        assert said(found, "rank_reversal").status in ("pass", "none"), "with fixed goalposts nobody's leaving moves the others"
        assert said(found, "dominance").status != "fail", "means rise with each of their parts"


def test_values_are_looked_at_as_they_are_scored():
    """Divided by the people of each unit, an indicator with one outlier has none; coverage is that of what was reported."""
    tree = flat(1, 1, **WIDE)
    divided = Framework(tuple(replace(n, denominator="people") if n.code == "A" else n for n in tree.nodes))
    people = np.array([1, 2, 3, 4, 100, 6, np.nan], float)
    matrix = np.column_stack([people * [3, 1, 4, 2, 5, 6, 1], np.arange(7.0), people])
    matrix[6, 0] = 9.0
    block = Values(tuple(f"u{k}" for k in range(7)), ("A", "B", "people"), matrix)
    found = audit(Case({"P": block}, "P", divided, OPEN, NOBODY), None, Case({"O": block}, "O", divided, OPEN, NOBODY))
    assert said(found, "outliers", "A").status == "pass" and said(found, "coverage", "A").figure == 1
    assert said(found, "jump", "A").figure == 0, "the period before is divided too"
    plain = audit(Case({"P": block}, "P", tree, OPEN, NOBODY))
    assert said(plain, "outliers", "A").status == "flag"


def test_the_order_of_units_does_not_matter():
    framework = asem_framework()
    values = asem_values(framework)
    turned = values.take(list(range(len(values.units)))[::-1])
    there, back = (audit(Case({"P": v}, "P", framework, OPEN, NOBODY)) for v in (values, turned))
    for a, b in zip(there, back, strict=True):
        assert (a.name, a.subject, a.status) == (b.name, b.subject, b.status)
        assert a.figure == pytest.approx(b.figure, abs=1e-9, nan_ok=True) and set(a.units) == set(b.units)


def test_the_worst_is_what_a_check_comes_to():
    found = audit(case(flat(1, 1, **WIDE), mixed(0.95)))
    assert worst([c for c in found if c.name == "redundancy"]) == "flag" and worst([]) == "none"
