"""Blocks scored apart equal the whole, and variants of weights equal one by one: to the last bit."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scoring.framework import Framework
from scoring.framework_table import framework_from_table
from scoring.index import fit
from scoring.policy import Policy
from scoring.tree import BLOCK
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE, Values
from tests.scoring.trees import MEAN_TEXTS, OPEN, blocks, flat, policies, same_bits, table, trees

every = pytest.mark.parametrize("text", MEAN_TEXTS)
DEEP = """
code,parent,name,unit,direction,weight,low,high,aggregation,transform
INDEX,,INDEX,,1,1,,,{0},
P,INDEX,P,,1,0.7,,,,
Q,INDEX,Q,,1,1.3,,,{0},
S,Q,S,,1,0.1,,,,
A,P,A,,1,1.7,0,100,,
B,P,B,,-1,0.3,0,100,,
C,S,C,,1,1,0,100,,
D,S,D,,1,2.9,1,1000,,log
E,Q,E,,-1,0.9,0,100,,
"""


def deep(text: str) -> Framework:
    return framework_from_table(table(DEEP.format(text)))


def many(framework: Framework, n: int, gaps: str) -> Values:
    """n units; with "some" gaps only in a few stretches, so that blocks with and without gaps lie side by side."""
    rng = np.random.default_rng(n)
    shape = (n, len(framework.indicators))
    matrix = rng.uniform(0.5, 120, shape)
    matrix[rng.random(shape) < 0.02] = 100.0  # the ends of goalposts, zeros of falling indicators among them
    states = np.full(shape, VALUE, np.int8)
    if gaps == "all":
        states = rng.choice([VALUE, MISSING, NOT_APPLICABLE, PENDING], shape, p=[0.8, 0.1, 0.05, 0.05]).astype(np.int8)
    elif gaps == "some":
        states[BLOCK + 10 : BLOCK + 12] = MISSING, NOT_APPLICABLE, *[VALUE] * (shape[1] - 2)
        states[-1, 0] = PENDING
    codes = tuple(c.code for c in framework.indicators)
    return Values(tuple(map(str, range(n))), codes, np.where(states == VALUE, matrix, np.nan), states)


@every
@pytest.mark.parametrize("gaps", ["none", "some", "all"])
@pytest.mark.parametrize("rule", ["low", "reweight"])
def test_blocks_across_the_engines_own_blocks_equal_the_whole(text, gaps, rule):
    framework = deep(text)
    values = many(framework, 2 * BLOCK + 137, gaps)
    fitted = fit(values, framework, Policy(missing_rule=rule))
    whole = fitted.score(values)
    assert not np.isnan(whole.values[:, 0]).all()
    for cuts in ([BLOCK], [1, BLOCK - 1, BLOCK + 1, BLOCK + 11], [7, 4103, 2 * BLOCK]):
        edges = [0, *cuts, len(values.units)]
        parts = [fitted.score(values.take(slice(a, b))) for a, b in pairwise(edges)]
        assert same_bits(np.concatenate([p.values for p in parts]), whole.values)
        assert same_bits(np.concatenate([p.coverage for p in parts]), whole.coverage)
    for k in (0, BLOCK - 1, BLOCK, BLOCK + 10, BLOCK + 11, len(values.units) - 1):
        assert same_bits(fitted.score(values.take([k])).values[0], whole.values[k])


@every
@pytest.mark.parametrize("gaps", ["none", "some"])
def test_blocks_of_variants_equal_the_whole(text, gaps):
    framework = deep(text)
    values = many(framework, BLOCK + 300, gaps)
    fitted = fit(values, framework)
    weights = np.random.default_rng(1).uniform(0.1, 3, (3, len(framework.nodes)))
    whole = fitted.score(values, weights).values
    assert whole.shape == (3, BLOCK + 300, len(framework.nodes))
    parts = [fitted.score(values.take(slice(a, a + 1000)), weights).values for a in range(0, BLOCK + 300, 1000)]
    assert same_bits(np.concatenate(parts, axis=1), whole)


@every
@pytest.mark.parametrize("gaps", ["none", "some", "all"])
def test_variants_with_the_frameworks_weights_equal_the_plain_score(text, gaps):
    framework = deep(text)
    values = many(framework, BLOCK + 50, gaps)
    fitted = fit(values, framework)
    own = np.array([n.weight for n in framework.nodes])
    found = fitted.score(values, np.array([own, own])).values
    plain = fitted.score(values).values
    assert same_bits(found[0], plain) and same_bits(found[1], plain)


@given(data=st.data())
def test_random_blocks_equal_the_whole(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework, units=7))
    fitted = fit(values, framework, policy)
    whole = fitted.score(values).values
    cut = data.draw(st.integers(1, 6))
    parts = [fitted.score(values.take(slice(0, cut))).values, fitted.score(values.take(slice(cut, None))).values]
    assert same_bits(np.concatenate(parts), whole)


@settings(max_examples=40)
@given(data=st.data())
def test_each_variant_equals_a_framework_with_its_weights(data):
    """Without a coverage rule, which counts with the framework's own weights."""
    framework, policy = data.draw(trees()), replace(data.draw(policies), coverage=0.0)
    values = data.draw(blocks(framework))
    shape = (data.draw(st.integers(1, 3)), len(framework.nodes))
    weights = data.draw(hnp.arrays(float, shape, elements=st.floats(0.1, 9)))
    found = fit(values, framework, policy).score(values, weights).values
    assert found.shape == (len(weights), 4, len(framework.nodes))
    for k, row in enumerate(weights):
        other = Framework(tuple(replace(n, weight=float(w)) for n, w in zip(framework.nodes, row, strict=True)))
        assert same_bits(found[k], fit(values, other, policy).score(values).values)


@every
def test_a_weight_of_zero_leaves_an_indicator_out(text):
    framework = flat(1, 1, 1, aggregation=text)
    values = Values(("u", "v"), ("A", "B", "C"), np.array([[0.0, 40.0, 60.0], [100.0, 40.0, 60.0]]))
    found = fit(values, framework, OPEN).score(values, np.array([[1.0, 0.0, 2.0, 1.0]])).values[0, :, 0]
    without = flat(2, 1, aggregation=text)
    rest = Values(("u",), ("A", "B"), np.array([[40.0, 60.0]]))
    expected = fit(rest, without, OPEN).score(rest).frame().loc["u", "INDEX"]
    assert found.tolist() == pytest.approx([expected, expected])


def test_more_variants_than_one_keep_units_and_nodes_apart():
    framework = flat(1, 1)
    values = Values(("u", "v"), ("A", "B"), np.array([[10.0, 50.0], [30.0, 90.0]]))
    weights = np.array([[1.0, 1.0, 1.0], [1.0, 3.0, 1.0], [9.0, 1.0, 3.0]])
    found = fit(values, framework, OPEN).score(values, weights).values
    assert found[..., 0].tolist() == [[30, 60], [20, 45], [40, 75]]
    assert found[..., 1].tolist() == [[10, 30]] * 3
