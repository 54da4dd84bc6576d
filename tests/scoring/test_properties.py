"""Properties of the engine over random trees, policies, values and gaps."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import ScoringError
from scoring.framework import Framework
from scoring.index import fit, score_panel
from scoring.policy import Policy
from scoring.values import VALUE, Values
from tests.scoring.trees import OPEN, block, blocks, flat, policies, same_bits, trees


def score(framework, values, policy=OPEN, pool=None):
    return fit(pool or values, framework, policy).score(values).values


@given(data=st.data())
def test_scores_stay_in_the_range(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    low, high = data.draw(st.sampled_from(((0.0, 100.0), (1.0, 7.0), (0.0, 1.0))))
    found = score(framework, data.draw(blocks(framework)), replace(policy, range=(low, high)))
    present = found[~np.isnan(found)]
    assert ((present >= low) & (present <= high)).all()


@given(data=st.data())
def test_a_node_lies_between_its_children(data):
    framework = data.draw(trees())
    values = data.draw(blocks(framework))
    frame = fit(values, framework, OPEN).score(values).frame()
    for node in framework.inner:
        kids = frame[[k.code for k in framework.children(node.code)]]
        found = frame[node.code]
        assert (found.isna() == kids.isna().all(axis=1)).all()
        assert ((found >= kids.min(axis=1) - 1e-9) | found.isna()).all()
        assert ((found <= kids.max(axis=1) + 1e-9) | found.isna()).all()


@given(data=st.data())
def test_an_index_is_monotone_in_every_value_with_its_direction(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework))
    node = data.draw(st.sampled_from(framework.indicators))
    column = values.indicators.index(node.code)
    matrix = values.matrix.copy()
    matrix[:, column] += node.direction * data.draw(st.floats(1e-3, 60))
    before = score(framework, values, policy)
    after = score(framework, Values(values.units, values.indicators, matrix, values.states), policy)
    assert (np.isnan(before) == np.isnan(after)).all()
    assert (np.isnan(after) | (after >= before - 1e-9)).all()


@given(data=st.data())
def test_the_order_of_units_moves_nobody(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework))
    order = data.draw(st.permutations(range(4)))
    assert same_bits(score(framework, values.take(order), policy), score(framework, values, policy)[order])


@given(data=st.data())
def test_the_order_of_indicator_columns_moves_nobody(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework))
    order = data.draw(st.permutations(range(len(values.indicators))))
    turned = Values(values.units, tuple(values.indicators[i] for i in order), values.matrix[:, order], values.states[:, order])
    spare = Values(
        turned.units,
        (*turned.indicators, "not in the framework"),
        np.column_stack([turned.matrix, np.ones(4)]),
        np.column_stack([turned.states, np.zeros(4, np.int8)]),
    )
    whole = fit(values, framework, policy).score(values)
    for other in (turned, spare):
        found = fit(other, framework, policy).score(other)
        assert same_bits(found.values, whole.values) and same_bits(found.coverage, whole.coverage)


@given(data=st.data())
def test_a_unit_that_joins_or_leaves_moves_nobody_under_fixed_goalposts(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework, units=5))
    kept = data.draw(st.lists(st.sampled_from(range(5)), min_size=1, unique=True))
    part = values.take(kept)
    assert same_bits(score(framework, part, policy), score(framework, values, policy)[kept])


@given(data=st.data())
def test_neighbours_do_not_show_in_a_units_score(data):
    """Gaps, zeros and outliers of one unit leave the others' bits alone."""
    framework, policy = data.draw(trees()), data.draw(policies)
    first, second = data.draw(blocks(framework)), data.draw(blocks(framework))
    mixed = Values(
        first.units,
        first.indicators,
        np.vstack([first.matrix[:2], second.matrix[2:]]),
        np.vstack([first.states[:2], second.states[2:]]),
    )
    assert same_bits(score(framework, mixed, policy)[:2], score(framework, first, policy)[:2])


@given(data=st.data())
def test_the_order_of_rows_of_the_framework_moves_nobody_by_more_than_rounding(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework))
    turned = Framework(tuple(data.draw(st.permutations(framework.nodes))))
    a = fit(values, framework, policy).score(values).frame()
    b = fit(values, turned, policy).score(values).frame()[list(framework.codes)]
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-9)


@given(data=st.data())
def test_a_tree_agrees_with_a_plain_walk(data):
    """The engine against a recursion over one unit at a time, written from the domain page."""
    framework, policy = data.draw(trees(aggregations=("",))), replace(data.draw(policies), aggregation="arithmetic")
    values = data.draw(blocks(framework))
    frame = fit(values, framework, policy).score(values).frame()
    for k, unit in enumerate(values.units):
        cells = dict(zip(values.indicators, zip(values.matrix[k], values.states[k], strict=True), strict=True))
        walked = walk(framework, framework.root.code, cells, policy)
        found = frame.loc[unit, framework.root.code]
        assert np.isnan(found) if walked[0] is None else found == pytest.approx(walked[0], abs=1e-9)


def walk(framework, code, cells, policy):
    """(score or None, may its weight be shared, is all of it absent, coverage) of a node for one unit."""
    kids = framework.children(code)
    if not kids:
        node, (x, state) = framework.node(code), cells[code]
        if state == VALUE:
            share = min(max((x - node.low) / (node.high - node.low), 0), 1)
            return 100 * (share if node.direction > 0 else 1 - share), False, False, 1.0
        if state == 1:  # missing
            return (0.0 if policy.missing_rule == "low" else None), policy.missing_rule == "reweight", False, 0.0
        return None, True, True, 0.0
    below = [(k.weight, *walk(framework, k.code, cells, policy)) for k in kids]
    covered = sum(w * cover for w, *_, cover in below) / sum(w for w, *_ in below)
    absent = all(gone for _, _, _, gone, _ in below)
    shared = absent or policy.missing_rule == "reweight"
    enough = covered > 0 and covered >= policy.coverage - 5e-5
    if not enough or any(s is None and not may for _, s, may, _, _ in below):
        return None, shared, absent, covered
    present = [(w, s) for w, s, *_ in below if s is not None]
    return sum(w * s for w, s in present) / sum(w for w, _ in present), shared, absent, covered


@given(data=st.data())
def test_pickled_and_applied_elsewhere_a_fit_gives_the_same_bits(data):
    method = data.draw(st.sampled_from(("goalposts", "rank", "percentile_rank", "borda")))
    gaps = method == "goalposts"  # the others may find nobody to rank
    framework, policy = data.draw(trees(normalisation=method)), data.draw(policies)
    values = data.draw(blocks(framework, gaps=gaps))
    fitted = fit(values, framework, policy)
    again = pickle.loads(pickle.dumps(fitted))
    assert again.framework == framework and again.policy == policy
    assert same_bits(again.score(values).values, fitted.score(values).values)
    assert same_bits(again.score(values.take([2])).values, fitted.score(values).values[[2]])


@given(data=st.data())
def test_nothing_that_is_given_is_changed(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework))
    matrix, states = values.matrix.copy(), values.states.copy()
    fitted = fit(values, framework, policy)
    first = fitted.score(values)
    kept = first.values.copy()
    fitted.score(values)
    assert same_bits(values.matrix, matrix) and same_bits(values.states, states) and same_bits(first.values, kept)


@given(data=st.data())
def test_coverage_is_the_share_of_effective_weight_with_a_value(data):
    framework = data.draw(trees())
    values = data.draw(blocks(framework))
    scores = fit(values, framework, OPEN).score(values)
    share = [framework.effective_weight(c) for c in values.indicators]
    expected = (values.states == VALUE) @ np.array(share)
    np.testing.assert_allclose(scores.coverage[:, framework.codes.index(framework.root.code)], expected, atol=1e-12)
    assert ((scores.coverage >= 0) & (scores.coverage <= 1 + 1e-12)).all()


def test_frames_carry_units_and_codes():
    framework = flat(1, 1)
    frame = fit(block(framework, {"甲": [1, 2]}), framework).score(block(framework, {"甲": [1, 2]})).frame()
    assert frame.index.tolist() == ["甲"] and frame.index.name == "unit" and frame.columns.tolist() == ["INDEX", "A", "B"]


def test_no_units_give_no_scores():
    framework = flat(1, 1)
    nobody = Values((), ("A", "B"), np.empty((0, 2)))
    assert fit(nobody, framework).score(nobody).values.shape == (0, 3)


def test_a_lacking_indicator_is_named():
    framework = flat(1, 1)
    values = Values(("u",), ("A",), np.array([[1.0]]))
    for act in (lambda: fit(values, framework), lambda: fit(block(framework, {"u": [1, 2]}), framework).score(values)):
        with pytest.raises(ScoringError, match=r"缺少指标：B.*补上"):
            act()


# --- pools of a panel


def panel(framework, **periods):
    return {f"p{name}": block(framework, rows) for name, rows in periods.items()}


@pytest.mark.parametrize(
    "pool, expected",
    [
        ("period", {"p1": [0, 50, 100], "p2": [0, 50, 100]}),
        ("all", {"p1": [0, 25, 50], "p2": [50, 75, 100]}),
        ("base:p1", {"p1": [0, 50, 100], "p2": [100, 100, 100]}),
        ("base:p2", {"p1": [0, 0, 0], "p2": [0, 50, 100]}),
    ],
)
def test_pools_written_out(pool, expected):
    framework = flat(1, normalisation="min_max", low=None, high=None)
    periods = panel(framework, **{"1": {"u": [0], "v": [10], "w": [20]}, "2": {"u": [20], "v": [30], "w": [40]}})
    scores = score_panel(periods, framework, Policy(pool=pool))
    assert {p: s.frame()["INDEX"].tolist() for p, s in scores.items()} == expected


def test_a_base_period_that_is_not_there_is_named():
    framework = flat(1)
    with pytest.raises(ScoringError, match=r"bounds\.pool.*2017.*p1"):
        score_panel(panel(framework, **{"1": {"u": [5]}}), framework, Policy(pool="base:2017"))


def test_periods_may_be_picked_and_the_pool_stays_whole():
    framework = flat(1, normalisation="min_max", low=None, high=None)
    periods = panel(framework, **{"1": {"u": [0], "v": [10]}, "2": {"u": [20], "v": [40]}})
    scores = score_panel(periods, framework, Policy(pool="all"), ["p2"])
    assert list(scores) == ["p2"] and scores["p2"].frame()["INDEX"].tolist() == [50, 100]


def test_units_may_come_and_go_between_periods():
    framework = flat(1, normalisation="min_max", low=None, high=None)
    periods = panel(framework, **{"1": {"u": [0], "v": [10]}, "2": {"w": [40], "u": [20], "x": [30]}})
    scores = score_panel(periods, framework, Policy(pool="all"))
    assert scores["p2"].frame()["INDEX"].to_dict() == {"w": 100, "u": 50, "x": 75}


def test_blocks_with_other_columns_are_not_pooled_by_place():
    framework = flat(1, 1, normalisation="min_max", low=None, high=None)
    one = Values(("u", "v"), ("A", "B"), np.array([[0.0, 100.0], [10.0, 300.0]]))
    other = Values(("u", "v"), ("B", "A"), np.array([[100.0, 0.0], [300.0, 10.0]]))
    with pytest.raises(ScoringError, match="指标"):
        score_panel({"p1": one, "p2": other}, framework, Policy(pool="all"))


@given(data=st.data())
def test_fixed_goalposts_do_not_ask_for_the_pool(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    periods = {"p1": data.draw(blocks(framework)), "p2": data.draw(blocks(framework))}
    apart = score_panel(periods, framework, policy)
    for pool in ("all", "base:p1"):
        together = score_panel(periods, framework, replace(policy, pool=pool))
        assert all(same_bits(together[p].values, apart[p].values) for p in periods)
