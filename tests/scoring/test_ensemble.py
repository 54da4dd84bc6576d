"""Every draw is the engine's own answer: the walk over many draws against `Case` with the drawn framework and policy written out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.case import Case
from scoring.errors import ScoringError
from scoring.framework import Framework, Node
from scoring.policy import Policy
from scoring.uncertainty.ensemble import ASSUMPTIONS, Ensemble
from tests.scoring.cases import case, centre
from tests.scoring.trees import (
    AGGREGATION_TEXTS,
    MEAN_TEXTS,
    OPEN,
    asem_framework,
    asem_values,
    block,
    blocks,
    flat,
    policies,
    trees,
)


def root_scores(made: Case) -> np.ndarray:
    return made.scores.frame()[made.framework.root.code].to_numpy()


ALL = {
    "weights": 0.25,
    "normalisation": ("min_max", "z_score"),
    "aggregation": ("geometric",),
    "missing": ("low", "reweight", "none"),
}


@given(data=st.data())
def test_the_unmoved_draw_is_the_case(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework, units=5))
    points = [("u0", "bonus", 3), ("u1", "penalty", 40), ("u2", "bonus", 9), ("u2", "penalty", 1), ("u3", "veto", 0)]
    made = case(framework, values, policy, points, leave_one_out=True, **ALL)
    ensemble = Ensemble(made, 1)
    np.testing.assert_allclose(ensemble.index(centre(ensemble))[0], made.assessment.units["index"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("text", AGGREGATION_TEXTS)
@pytest.mark.parametrize("rule", ["low", "reweight", "none"])
def test_the_unmoved_draw_is_the_case_under_every_aggregation(text, rule):
    top, p, q = Node("I", "", "I", aggregation=text), Node("P", "I", "P", weight=2, aggregation=text), Node("Q", "I", "Q")
    leaves = [Node(f"{d}{k}", d, f"{d}{k}", weight=k + 1.0, low=0.0, high=100.0) for d in "PQ" for k in range(3)]
    framework = Framework((top, p, q, *leaves))
    values = block(
        framework,
        {
            "a": [10, 60, 70, 80, 90, 20],
            "b": [10, 0, "missing", 30, 35, 100],
            "c": ["n/a", "pending", "n/a", 40, "missing", 50],
            "d": [55, "n/a", 66, 77, 11, 22],
        },
    )
    made = case(framework, values, Policy(missing_rule=rule), leave_one_out=True, weights=0.2)
    ensemble = Ensemble(made, 1)
    np.testing.assert_allclose(ensemble.index(centre(ensemble))[0], made.assessment.units["index"], rtol=0, atol=1e-9)


def without(framework: Framework, code: str) -> Framework:
    """The framework without an indicator, and without the nodes that then have none."""
    left = [n for n in framework.nodes if n.code != code]
    while hollow := {n.code for n in left if not framework.is_indicator(n.code)} - {n.parent for n in left}:
        left = [n for n in left if n.code not in hollow]
    return Framework(tuple(left))


def drawn(ensemble: Ensemble, row: np.ndarray) -> Case:
    """The case of one draw, written out: what each number of the row says is done to framework and policy."""
    made, draws = ensemble.case, ensemble.case.policy.draws
    weighted = [n for n in made.framework.nodes if n.parent and len(made.framework.children(n.parent)) > 1]
    weights = {n.code: n.weight * (1 - draws.weights + 2 * draws.weights * u) for n, u in zip(weighted, row, strict=False)}
    framework = Framework(tuple(replace(n, weight=weights.get(n.code, n.weight)) for n in made.framework.nodes))
    if ensemble.groups[-1] == "leave_one_out":
        codes = ["", *(n.code for n in framework.indicators)]
        code = codes[int(row[-1] * len(codes))]
        framework = without(framework, code) if code else framework
    return made.under(framework)


@given(data=st.data())
def test_weights_and_left_out_indicators_are_the_framework_with_them(data):
    """Without a coverage rule, which counts with the framework's own weights and all of its indicators."""
    framework = data.draw(trees())
    policy = Policy(missing_rule="reweight", coverage=0.0, aggregation=data.draw(st.sampled_from(MEAN_TEXTS)))
    ensemble = Ensemble(case(framework, data.draw(blocks(framework)), policy, weights=0.25, leave_one_out=True), 1)
    assume(ensemble.groups)
    rows = np.random.default_rng(data.draw(st.integers(0, 99))).random((4, len(ensemble.groups)))
    for found, row in zip(ensemble.index(rows), rows, strict=True):
        np.testing.assert_allclose(found, root_scores(drawn(ensemble, row)), rtol=0, atol=1e-9)


@given(data=st.data())
def test_weights_alone_under_every_rule_for_gaps(data):
    framework, policy = data.draw(trees()), replace(data.draw(policies), coverage=0.0)
    ensemble = Ensemble(case(framework, data.draw(blocks(framework)), policy, weights=0.9), 1)
    assume(ensemble.groups)
    rows = np.random.default_rng(3).random((3, len(ensemble.groups)))
    for found, row in zip(ensemble.index(rows), rows, strict=True):
        np.testing.assert_allclose(found, root_scores(drawn(ensemble, row)), rtol=0, atol=1e-9)


@pytest.mark.parametrize("text", ["copeland", "mazziotta_pareto", "mazziotta_pareto:+"])
def test_weights_and_left_out_indicators_under_methods_that_are_no_means(text):
    framework = flat(1, 2, 3, 1.5, aggregation=text)
    values = block(framework, {"a": [10, 60, 70, 40], "b": [0, 90, 55, 45], "c": [33, 44, 55, 66], "d": [70, 20, 10, 90]})
    ensemble = Ensemble(case(framework, values, weights=0.5, leave_one_out=True), 1)
    rows = np.random.default_rng(5).random((40, len(ensemble.groups)))
    for found, row in zip(ensemble.index(rows), rows, strict=True):
        np.testing.assert_allclose(found, root_scores(drawn(ensemble, row)), rtol=0, atol=1e-9)


def test_asem_with_weights_and_left_out_indicators():
    framework = asem_framework()
    ensemble = Ensemble(case(framework, asem_values(framework), weights=0.25, leave_one_out=True), 1)
    rows = np.random.default_rng(8).random((25, len(ensemble.groups)))
    for found, row in zip(ensemble.index(rows), rows, strict=True):
        np.testing.assert_allclose(found, root_scores(drawn(ensemble, row)), rtol=0, atol=1e-9)


def test_the_order_and_number_of_draws_do_not_matter():
    framework = asem_framework()
    ensemble = Ensemble(case(framework, asem_values(framework), leave_one_out=True, **ALL), 1)
    rows = np.random.default_rng(2).random((1500, len(ensemble.groups)))
    whole = ensemble.index(rows)
    np.testing.assert_allclose(ensemble.index(rows[::-1])[::-1], whole, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ensemble.index(rows[700:703]), whole[700:703], rtol=0, atol=1e-12)


def test_only_what_can_vary_has_a_column():
    framework = flat(1, 1, 1)
    whole = block(framework, {"u": [10, 20, 30], "v": [30, 20, 60]})
    assert Ensemble(case(framework, whole), 1).groups == ()
    assert Ensemble(case(framework, whole, missing=("low", "none")), 1).groups == ()  # nothing is missing
    assert Ensemble(case(framework, whole, aggregation=("arithmetic",)), 1).groups == ()
    assert Ensemble(case(framework, whole, measurement_error=True), 1).groups == ()  # no error is stated
    assert Ensemble(case(framework, whole, normalisation=("goalposts",)), 1).groups == ()
    assert Ensemble(case(flat(1), block(flat(1), {"u": [1], "v": [2]}), weights=0.25, leave_one_out=True), 1).groups == ()
    assert Ensemble(case(flat(1), block(flat(1), {"u": [10], "v": [70]}), normalisation=("min_max",)), 1).groups == ()  # alike for all
    gaps = block(framework, {"u": [10, 20, "missing"], "v": [30, 70, 60]})
    all_of_it = ALL | {"leave_one_out": True, "measurement_error": True}
    assert list(dict.fromkeys(Ensemble(case(flat(1, 1, 1, error=2.0), gaps, **all_of_it), 1).groups)) == list(ASSUMPTIONS)


def test_units_compared_with_other_periods_are_refused_by_name():
    framework = flat(1, 1, aggregation="copeland")
    values = block(framework, {"u": [10, 20], "v": [30, 20]})
    with pytest.raises(ScoringError, match=r"INDEX.*copeland.*bounds\.pool.*all.*period"):
        Ensemble(case(framework, values, replace(OPEN, pool="all")), 1)
