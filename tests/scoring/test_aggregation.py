"""Means: against scipy, against written arithmetic, and what every registered aggregation promises."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gmean, hmean, pmean

from scoring.aggregation import AGGREGATIONS, generator, mean, parse_aggregation
from scoring.errors import FrameworkError, ScoringError
from scoring.index import fit
from scoring.policy import Policy
from tests.scoring.trees import AGGREGATION_TEXTS, OPEN, block, flat, same_bits

CHINESE = re.compile(r"[\u4e00-\u9fff]")
every = pytest.mark.parametrize("text", AGGREGATION_TEXTS)
positive = st.floats(1e-3, 100)
share = st.floats(0.05, 50)
pairs = st.lists(st.tuples(positive, share), min_size=1, max_size=6)


def average(scores, weights, text) -> float:
    return float(mean([np.array([float(s)]) for s in scores], [float(w) for w in weights], generator(text))[0])


@given(pairs=pairs)
def test_against_scipy(pairs):
    s, w = np.array(pairs).T
    expected = {
        "arithmetic": np.average(s, weights=w),
        "geometric": gmean(s, weights=w),
        "harmonic": hmean(s, weights=w),
        "generalised:2": pmean(s, 2, weights=w),
        "generalised:0.5": pmean(s, 0.5, weights=w),
        "generalised:-3": pmean(s, -3, weights=w),
    }
    for text, value in expected.items():
        assert average(s, w, text) == pytest.approx(value, rel=1e-12), text


@pytest.mark.parametrize(
    "text, expected",
    [
        ("arithmetic", (40 * 1 + 90 * 3) / 4),
        ("geometric", (40 * 90**3) ** (1 / 4)),
        ("harmonic", 4 / (1 / 40 + 3 / 90)),
        ("generalised:2", ((40**2 + 3 * 90**2) / 4) ** 0.5),
    ],
)
def test_written_arithmetic(text, expected):
    assert average((40, 90), (1, 3), text) == pytest.approx(expected, rel=1e-14)


def test_special_exponents_are_the_named_means():
    s, w = (20, 55, 90), (1, 2, 3)
    assert average(s, w, "generalised:1") == pytest.approx(average(s, w, "arithmetic"), rel=1e-13)
    assert average(s, w, "generalised:-1") == pytest.approx(average(s, w, "harmonic"), rel=1e-13)


@pytest.mark.parametrize(
    "text, expected",
    [("arithmetic", 50), ("geometric", 0), ("harmonic", 0), ("generalised:-2", 0), ("generalised:2", 5000**0.5)],
)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_a_zero_child(text, expected, zero):
    with np.errstate(all="raise"):
        assert average((zero, 100), (1, 1), text) == pytest.approx(expected)


@every
@pytest.mark.parametrize("children", [(0.0, 0.0), (0.0, -0.0), (-0.0, 0.0)])
def test_all_zero_children(text, children):
    assert average(children, (1, 2), text) == 0


@every
def test_it_is_documented(text):
    entry = AGGREGATIONS[text.partition(":")[0]]
    assert CHINESE.search(entry.title) and CHINESE.search(entry.doc) and entry.doc.endswith("。")
    assert "Source:" in entry.formula and not CHINESE.search(entry.formula)


@every
@given(pairs=pairs)
def test_between_the_least_and_the_greatest_child(text, pairs):
    s, w = np.array(pairs).T
    slack = 1e-12 * s.max()
    assert s.min() - slack <= average(s, w, text) <= s.max() + slack


@every
@given(pairs=pairs, more=st.floats(1e-3, 50), data=st.data())
def test_rises_with_every_child(text, pairs, more, data):
    s, w = np.array(pairs).T
    raised = s.copy()
    raised[data.draw(st.integers(0, len(s) - 1))] += more
    assert average(raised, w, text) >= average(s, w, text) * (1 - 1e-12)


@every
@given(pairs=pairs, data=st.data())
def test_children_may_stand_in_any_order(text, pairs, data):
    turned = data.draw(st.permutations(pairs))
    assert average(*zip(*turned, strict=True), text) == pytest.approx(average(*zip(*pairs, strict=True), text), rel=1e-12)


@every
@given(s=positive, w=st.lists(share, min_size=1, max_size=6))
def test_equal_children_give_their_score(text, s, w):
    assert average([s] * len(w), w, text) == pytest.approx(s, rel=1e-12)


@every
@given(pairs=pairs, factor=st.floats(0.1, 10))
def test_only_shares_of_weight_count(text, pairs, factor):
    s, w = np.array(pairs).T
    assert average(s, w * factor, text) == pytest.approx(average(s, w, text), rel=1e-12)


@every
@given(pairs=pairs, factor=st.floats(0.1, 10))
def test_homogeneous(text, pairs, factor):
    s, w = np.array(pairs).T
    assert average(s * factor, w, text) == pytest.approx(factor * average(s, w, text), rel=1e-11)


@every
@given(pairs=pairs, gaps=st.lists(st.booleans(), min_size=6, max_size=6))
def test_a_gap_leaves_its_weight_to_the_rest(text, pairs, gaps):
    s, w = np.array(pairs).T
    kept = [not g for g in gaps[: len(s)]]
    found = average(np.where(kept, s, np.nan), w, text)
    if any(kept):
        assert found == pytest.approx(average(s[kept], w[kept], text), rel=1e-13)
    else:
        assert np.isnan(found)


@every
def test_the_scores_of_children_are_left_alone(text):
    children = [np.array([10.0, np.nan, 30.0]), np.array([np.nan, 0.0, 5.0])]
    kept = [c.copy() for c in children]
    mean(children, [1.0, 2.0], generator(text))
    assert all(same_bits(a, b) for a, b in zip(children, kept, strict=True))


@every
def test_many_variants_at_once_equal_one_by_one(text):
    rng = np.random.default_rng(1)
    children = [rng.uniform(1, 100, 7) for _ in range(3)]
    children[1][2] = np.nan
    weights = rng.uniform(0.1, 3, (5, 3))
    together = mean(children, [weights[:, k, None] for k in range(3)], generator(text))
    apart = [mean(children, list(row), generator(text)) for row in weights]
    assert same_bits(together, np.array(apart))


@pytest.mark.parametrize("text", [t for t in AGGREGATION_TEXTS if t != "arithmetic"])
def test_negative_scores_are_refused_by_name(text):
    framework = flat(1, 1, aggregation=text, normalisation="z_score", low=None, high=None)
    values = block(framework, {"u": [1, 5], "v": [2, 9], "w": [3, 4]})
    with pytest.raises(ScoringError, match=r"INDEX.*负数 -1.*arithmetic"):
        fit(values, framework, OPEN).score(values)


def test_a_node_may_override_the_policy():
    framework = flat(1, 1, aggregation="geometric")
    values = block(framework, {"u": [20, 80]})
    policy = Policy(aggregation="harmonic", missing_rule="reweight", coverage=0.0)
    assert fit(values, framework, policy).score(values).frame().loc["u", "INDEX"] == pytest.approx(40)
    assert fit(values, flat(1, 1), policy).score(values).frame().loc["u", "INDEX"] == pytest.approx(32)


@pytest.mark.parametrize("text, name", [("geometric_mean", "geometric"), (" harmonic ", "harmonic"), ("", "arithmetic")])
def test_spellings(text, name):
    assert parse_aggregation(text) == (name, 1.0)


def test_exponents_are_read():
    assert parse_aggregation("generalised:0.5") == ("generalised", 0.5)
    assert parse_aggregation("generalised_mean:-2") == ("generalised", -2.0)


@pytest.mark.parametrize(
    "text, words",
    [
        ("median", r"'median'.*arithmetic、geometric"),
        ("geometric:2", r"geometric 没有参数.*留空"),
        ("generalised", r"不为 0 的幂.*generalised:0\.5"),
        ("generalised:0", r"不为 0 的幂.*geometric"),
        ("generalised:x", r"不为 0 的幂"),
        ("generalised:nan", r"不为 0 的幂"),
        ("generalised:inf", r"不为 0 的幂"),
        ("generalised:400", r"generalised:400.*generalised:0\.5"),  # 100 to the 400 is beyond doubles
        ("generalised:-400", r"generalised:-400"),
        ("generalised:1e-9", r"generalised:1e-9.*geometric"),  # 50 to the 1e-9 is 1 in doubles: all scores look the same
    ],
)
def test_what_cannot_be_computed_is_refused_by_name(text, words):
    with pytest.raises(FrameworkError, match=rf"^NODE：.*{words}"):
        parse_aggregation(text, "NODE")
