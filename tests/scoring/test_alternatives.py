"""What each assumption does to the index when only it varies, by arithmetic written out."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from scoring.framework import Framework, Node
from scoring.normalisation import NORMALISATIONS
from scoring.policy import Policy
from scoring.uncertainty.ensemble import Ensemble
from tests.scoring.cases import case, indices
from tests.scoring.trees import OPEN, asem_framework, asem_values, block, build, flat

LOW = Policy(missing_rule="low", coverage=0.0)


def outcomes(found: np.ndarray) -> dict[float, float]:
    """Value → share of the draws of one unit."""
    values, counts = np.unique(np.round(found, 9), return_counts=True)
    return dict(zip(values.tolist(), (counts / len(found)).tolist(), strict=True))


def test_weights_move_by_the_stated_share_and_are_renormalised():
    """Scores 0 and 100 under equal weights: the index is 100 w₂ / (w₁ + w₂), from 100 × 0.75 / 2 to 100 × 1.25 / 2."""
    framework = flat(3, 3)
    found = indices(case(framework, block(framework, {"u": [0, 100], "v": [70, 70]}), weights=0.25), 20000)
    u, v = found.T
    assert 37.5 <= u.min() < 38 and 62 < u.max() <= 62.5
    assert u.mean() == pytest.approx(50, abs=0.2)
    np.testing.assert_allclose(v, 70, atol=1e-9)  # weights cannot move a unit whose scores are all the same


def test_the_weights_of_inner_nodes_move_too():
    framework = build(
        """code,parent,name,unit,direction,weight,low,high
        I,,I,,1,1,,
        P,I,P,,1,1,,
        Q,I,Q,,1,1,,
        A,P,A,,1,1,0,100
        B,Q,B,,1,1,0,100"""
    )
    u = indices(case(framework, block(framework, {"u": [0, 100]}), weights=0.5), 20000)[:, 0]
    assert 25 <= u.min() < 26 and 74 < u.max() <= 75


def test_none_or_one_indicator_is_left_out_all_as_likely():
    framework = flat(1, 1, 2)
    found = indices(case(framework, block(framework, {"u": [0, 30, 90]}), leave_one_out=True), 20000)
    # none: (0 + 30 + 180) / 4; without A: (30 + 180) / 3; without B: 180 / 3; without C: 30 / 2
    shares = outcomes(found[:, 0])
    assert list(shares) == [15.0, 52.5, 60.0, 70.0]
    assert list(shares.values()) == pytest.approx([0.25] * 4, abs=0.015)


def test_an_only_child_that_is_left_out_takes_its_parent_along():
    framework = build(
        """code,parent,name,unit,direction,weight,low,high
        I,,I,,1,1,,
        P,I,P,,1,1,,
        A,P,A,,1,1,0,100
        Q,I,Q,,1,3,,
        B,Q,B,,1,1,0,100
        C,Q,C,,1,1,0,100"""
    )
    found = indices(case(framework, block(framework, {"u": [20, 40, 80]}), leave_one_out=True))
    # none: (20 + 3 × 60) / 4; without A: 60; without B: (20 + 3 × 80) / 4; without C: (20 + 3 × 40) / 4
    assert list(outcomes(found[:, 0])) == [35.0, 50.0, 60.0, 65.0]


def test_a_missing_value_at_the_worst_end_or_shared_out():
    framework = flat(1, 1)
    values = block(framework, {"u": [60, "missing"], "v": [60, 40]})
    u, v = indices(case(framework, values, LOW, missing=("reweight",)), 20000).T
    assert outcomes(u) == pytest.approx({30.0: 0.5, 60.0: 0.5}, abs=0.015) and set(outcomes(v)) == {50.0}


def test_imputations_are_alternatives_of_the_missing_rule():
    framework = flat(1, 1)
    values = block(framework, {"u": [60, "missing"], "v": [60, 40], "w": [60, 80], "x": [60, 90]})
    u = indices(case(framework, values, LOW, missing=("reweight", "mean", "median")), 2000)[:, 0]
    assert list(outcomes(u)) == [30.0, 60.0, 65.0, 70.0]  # 0; shared; the mean 70 of 40, 80, 90; their median 80


def test_an_indicators_own_imputation_gives_way_to_the_alternatives():
    framework = flat(1, 1, imputation="mean")
    values = block(framework, {"u": [60, "missing"], "v": [60, 40]})
    u = indices(case(framework, values, LOW, missing=("low", "median", "reweight")), 2000)[:, 0]
    assert list(outcomes(u)) == [30.0, 50.0, 60.0]  # the median is the mean here, so that it is no further alternative


def test_min_max_for_goalposts():
    """A (20, 40, 60) and B (40, 50, 60) have the mean 45 and, over n, the variances 800/3 and 200/3: root mean square √(500/3).

    By min–max both are 0, 50, 100, with mean 50 and variance 5000/3: a point of min–max is √(1/10) points here.
    """
    framework = flat(1, 1)
    values = block(framework, {"u": [20, 40], "v": [40, 50], "w": [60, 60]})
    found = indices(case(framework, values, normalisation=("min_max",)), 1000)
    for column, both in zip(found.T, ([45 - 50 * 0.1**0.5, 30.0], [45.0], [60.0, 45 + 50 * 0.1**0.5]), strict=True):
        assert list(outcomes(column)) == pytest.approx(both)


def test_what_a_method_does_to_all_alike_is_no_doubt_about_any():
    """One indicator: min–max puts its values on another line, and no unit's standing changes by it."""
    framework = flat(1)
    found = indices(case(framework, block(framework, {"u": [20], "v": [30], "w": [60]}), normalisation=("min_max",)), 100)
    assert [list(outcomes(column)) for column in found.T] == [[20.0], [30.0], [60.0]]


def test_ranks_keep_the_mean_and_spread_of_the_scores():
    """Scores 20, 30, 60, 61 have the mean 42.75 and the variance 327.6875 over n, ranks 1 to 4 the mean 2.5 and the variance 1.25."""
    framework = flat(1)
    values = block(framework, {"a": [20], "b": [30], "c": [60], "d": [61]})
    found = indices(case(framework, values, normalisation=("rank",)), 1000)
    step = (327.6875 / 1.25) ** 0.5
    for k, (column, own) in enumerate(zip(found.T, (20, 30, 60, 61), strict=True)):
        assert list(outcomes(column)) == pytest.approx(sorted([own, 42.75 + (k - 1.5) * step]))


def test_z_scores_take_the_mean_and_spread_of_all_scores_together():
    """A (40, 50, 60) and B (10, 50, 90) have the mean 50 and, over n, the variances 200/3 and 3200/3: root mean square √(1700/3).

    Their z-scores (over n − 1) are −1, 0, 1 each, with variance 2/3: one z is √(1700/3) / √(2/3) = √850 points for both.
    """
    framework = flat(1, 3)
    values = block(framework, {"u": [40, 90], "v": [50, 50], "w": [60, 10]})
    found = indices(case(framework, values, normalisation=("z_score",)), 1000)
    expected = [[(40 + 270) / 4, 50 + 850**0.5 / 2], [50.0], [50 - 850**0.5 / 2, (60 + 30) / 4]]
    for column, both in zip(found.T, expected, strict=True):
        assert list(outcomes(column)) == pytest.approx(sorted(both))


def test_an_alternative_is_held_to_the_ends_of_the_method_in_force():
    framework = flat(1, 1)
    rows = {f"u{k}": [x, x] for k, x in enumerate([0, 96, 97, 98, 99, 100, 100, 100])}
    found = indices(case(framework, block(framework, rows), normalisation=("z_score", "distance_to_max")), 500)
    assert found.min() >= 0 and found.max() <= 100


def test_an_indicator_keeps_its_method_where_it_cannot_take_the_other():
    """B is constant, for which there is no min–max, and C has no goalposts: each keeps what it has, and A and D do not.

    A (20, 60, 30) and D (40, 60, 50) have together the mean 130/3 and the root mean square deviation 40/3; their min–max scores
    (0, 100, 25 and 0, 100, 50) have the mean 137.5/3 and 125/3: a point of min–max is 0.32 points here.
    """
    nodes = flat(1, 1, 1, 1).nodes
    framework = Framework((*nodes[:3], replace(nodes[3], low=None, high=None, normalisation="min_max"), nodes[4]))
    values = block(framework, {"u": [20, 50, 1, 40], "v": [60, 50, 3, 60], "w": [30, 50, 2, 50]})
    found = indices(case(framework, values, normalisation=("min_max", "goalposts")), 1000)
    line = lambda y: 130 / 3 + 0.32 * (y - 137.5 / 3)  # noqa: E731
    other = [(line(0) + 50 + 0 + line(0)) / 4, (line(100) + 50 + 100 + line(100)) / 4, (line(25) + 50 + 50 + line(50)) / 4]
    for column, both in zip(found.T, zip((27.5, 67.5, 45.0), other, strict=True), strict=True):
        assert list(outcomes(column)) == pytest.approx(sorted(both))


@pytest.mark.parametrize("method", sorted(NORMALISATIONS))
@pytest.mark.parametrize("own", ["goalposts", "min_max", "z_score", "rank", "distance_to_max"])
def test_every_normalisation_stands_in_for_every_other_with_a_mean_that_stays_near(own, method):
    """Whatever the methods' own units, the index stays where it was, so that its interval means something."""
    ends = {"low": 0.0, "high": 100.0} if own == "goalposts" else {"low": None, "high": None}
    framework = flat(1, 1, 1, normalisation=own, **ends)
    rows = {f"u{k}": row for k, row in enumerate(np.random.default_rng(4).uniform(1, 99, (30, 3)).tolist())}
    made = case(framework, block(framework, rows), normalisation=(method,))
    base, found = made.assessment.units["index"], indices(made, 64)
    width = base.max() - base.min()
    assert np.isfinite(found).all()
    assert abs(found.mean() - base.mean()) < 0.25 * width and np.ptp(found, axis=1).max() < 2.5 * width


UPPER = """code,parent,name,unit,direction,weight,low,high
I,,I,,1,1,,
P,I,P,,1,1,,
Q,I,Q,,1,3,,
A,P,A,,1,1,0,100
B,P,B,,1,1,0,100
C,Q,C,,1,1,0,100
"""


def test_only_nodes_above_nodes_are_aggregated_otherwise():
    """A zero in A pulls down its own mean and no more: P is arithmetic always, only I is geometric: (25 × 81³)^¼."""
    framework = build(UPPER)
    u = indices(case(framework, block(framework, {"u": [0, 50, 81]}), aggregation=("geometric",)), 500)[:, 0]
    assert list(outcomes(u)) == pytest.approx([(25 * 81**3) ** 0.25, (25 + 243) / 4])


def test_without_nodes_above_nodes_the_root_is_aggregated_otherwise():
    framework = flat(1, 1)
    others = ("geometric", "harmonic", "generalised:2")
    u = indices(case(framework, block(framework, {"u": [20, 80]}), aggregation=others), 500)[:, 0]
    assert list(outcomes(u)) == pytest.approx([32, 40, 50, 3400**0.5])


def test_the_penalised_mean_is_an_alternative():
    """Scores 20 and 80: M = 50, S² = 900, M − S²/M = 32."""
    framework = flat(1, 1)
    u = indices(case(framework, block(framework, {"u": [20, 80]}), aggregation=("mazziotta_pareto",)), 500)[:, 0]
    assert list(outcomes(u)) == pytest.approx([32, 50])


def test_a_mean_of_positive_scores_is_no_alternative_for_z_scores():
    framework = asem_framework("z_score")
    made = case(framework, asem_values(framework), aggregation=("geometric", "harmonic", "mazziotta_pareto"))
    assert Ensemble(made, 1).groups == ("aggregation",) and np.isfinite(indices(made, 50)).all()
    assert Ensemble(case(framework, asem_values(framework), aggregation=("geometric", "harmonic")), 1).groups == ()


def test_a_node_that_compares_units_keeps_that():
    framework = flat(1, 1, aggregation="copeland")
    values = block(framework, {"u": [20, 80], "v": [30, 70]})
    assert Ensemble(case(framework, values, aggregation=("geometric",)), 1).groups == ()


def test_errors_move_a_value_by_its_standard_error():
    """A carries a third of the weight and has the standard error 3, B two thirds and none: the index has 1."""
    nodes = flat(1, 2).nodes
    framework = Framework((nodes[0], replace(nodes[1], error=3.0), nodes[2]))
    values = block(framework, {"u": [50, 60], "v": ["missing", 60]})
    u, v = indices(case(framework, values, measurement_error=True), 20000).T
    assert u.std() == pytest.approx(1, rel=0.06) and u.mean() == pytest.approx(170 / 3, abs=0.1)
    assert set(outcomes(v)) == {60.0}  # what is not there has no error


def test_errors_of_units_and_indicators_are_independent():
    framework = flat(1, 1, error=4.0)
    u, v = indices(case(framework, block(framework, {"u": [50, 60], "v": [40, 60]}), measurement_error=True), 20000).T
    assert u.std() == pytest.approx(8**0.5, rel=0.06) and abs(np.corrcoef(u, v)[0, 1]) < 0.08


def test_errors_stay_within_the_scale_and_within_what_a_logarithm_takes():
    logs = Node("B", "INDEX", "B", transform="log", low=1.0, high=100.0, error=50.0)
    framework = Framework((*flat(1, error=50.0).nodes, logs))
    found = indices(case(framework, block(framework, {"u": [99, 3], "v": [1, 90]}), measurement_error=True))
    assert found.min() >= 0 and found.max() <= 100 and np.isfinite(found).all()


POSITIVE = ("min_max", "rank", "fraction_of_max", "distance_to_max")


@pytest.mark.parametrize("method, aggregation", [*product(POSITIVE, ("arithmetic", "geometric")), ("z_score", "arithmetic")])
def test_errors_under_every_kind_of_scale(method, aggregation):
    framework = flat(1, 1, normalisation=method, low=None, high=None, direction=-1, error=5.0, aggregation=aggregation)
    rows = {f"u{k}": row for k, row in enumerate(np.random.default_rng(4).uniform(10, 99, (12, 2)).tolist())}
    found = indices(case(framework, block(framework, rows), measurement_error=True, weights=0.25, leave_one_out=True))
    assert np.isfinite(found).all() and (found.std(axis=0) > 0).all()


def test_bonus_and_penalty_are_added_in_every_draw_and_held_to_the_range():
    framework = flat(1, 1)
    values = block(framework, {"u": [90, 100], "v": [0, 10], "w": [40, 60]})
    points = [("u", "bonus", 4.0), ("v", "penalty", 8.0), ("w", "penalty", 3.0)]
    u, v, w = indices(case(framework, values, OPEN, points, leave_one_out=True)).T
    assert list(outcomes(u)) == [94.0, 99.0, 100.0]  # 90, 95, 100
    assert list(outcomes(v)) == [0.0, 2.0]  # 0, 5, 10
    assert list(outcomes(w)) == [37.0, 47.0, 57.0]


def test_weights_from_data_are_the_middle_of_what_is_drawn():
    root, *leaves = flat(1, 5, 9).nodes
    framework = Framework((replace(root, weighting="equal"), *leaves))
    u = indices(case(framework, block(framework, {"u": [0, 50, 100], "v": [3, 4, 5]}), weights=0.1), 500)[:, 0]
    assert u.mean() == pytest.approx(50, abs=0.3)
