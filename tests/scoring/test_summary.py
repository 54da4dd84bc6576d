"""Summaries of populations against exact fractions, and fits from them against fits of the whole."""

import pickle
from fractions import Fraction
from math import inf, sqrt
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.index import fit, fit_summaries, summarise
from scoring.normalisation import NORMALISATIONS
from scoring.policy import Policy
from scoring.scales import present
from scoring.summary import Summary
from scoring.values import Values
from tests.scoring.test_normalisation_contract import framework
from tests.scoring.trees import same_bits

doubles = st.floats(allow_nan=False, allow_infinity=False)  # subnormal ones and the largest among them
columns = st.lists(doubles, max_size=12).map(lambda xs: np.array(xs, float))


@given(columns)
def test_sums_are_exact(x):
    found = Summary.of(x)
    assert Fraction(found.total, 2**1126) == sum(map(Fraction, x.tolist()))
    assert Fraction(found.squares, 2**2252) == sum(Fraction(v) ** 2 for v in x.tolist())
    assert (found.count, found.low, found.high) == (len(x), min(x, default=inf), max(x, default=-inf))


@given(columns, st.data())
def test_blocks_in_any_order_add_up_to_the_whole(x, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(x)), max_size=3)))
    parts = data.draw(st.permutations([Summary.of(part) for part in np.split(x, cuts)]))
    assert sum(parts, Summary()) == Summary.of(data.draw(st.permutations(x.tolist()).map(np.array)) if len(x) else x)
    assert pickle.loads(pickle.dumps(parts[0])) == parts[0]


def test_a_long_column_adds_up():
    """2^15 values are the most that are counted in doubles at a time: of all ones the mean is 1, of ±1 the deviation too."""
    ones = np.full(100_003, 1 - 2**-53)
    assert Summary.of(ones).mean == 1 - 2**-53 and Summary.of(ones).deviation(1) == 0
    assert Summary.of(np.tile([1.0, -1.0], 50_000)).deviation() == 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9))
def test_mean_and_deviation_are_rounded_once(xs):
    found, exact = Summary.of(np.array(xs)), list(map(Fraction, xs))
    middle = sum(exact) / len(xs)
    assert found.mean == float(middle) == pytest.approx(fmean(xs))
    spread = sum((x - middle) ** 2 for x in exact) / (len(xs) - 1)
    below, above = np.nextafter(found.deviation(1), -inf), np.nextafter(found.deviation(1), inf)
    assert spread == 0 == found.deviation(1) or Fraction(below) ** 2 < spread < Fraction(above) ** 2
    assert found.deviation(1) == pytest.approx(sqrt(spread), rel=1e-15)


def test_a_negative_zero_is_no_end():
    for x in ([-0.0, 0.0], [0.0, -0.0]):
        found = Summary.of(np.array(x))
        assert not np.signbit([found.low, found.high]).any()


def test_without_moments_there_are_none_after_adding_either():
    assert (Summary.of(np.ones(2), moments=False) + Summary.of(np.ones(2))).total is None


@pytest.mark.parametrize("method", sorted(NORMALISATIONS))
@given(data=st.data())
def test_a_fit_from_summaries_is_the_fit(method, data):
    """Except that the order of the units shows in no bit of either."""
    tree = framework(method, data.draw(st.sampled_from((1, -1))))
    x = data.draw(st.permutations([5.0, 60.0, np.nan, 7.25, 7.25, 1e3, *data.draw(st.lists(st.floats(1, 99), max_size=4))]))
    values = Values(tuple(f"u{k}" for k in range(len(x))), ("A",), np.array(x)[:, None])
    policy = Policy(treatment=data.draw(st.sampled_from(("none", "winsorise", "log"))))
    cut = data.draw(st.integers(0, len(x)))
    blocks = [values.take(slice(cut, None)), values.take(slice(0, cut))]
    some, more = (summarise(block, tree, policy)["A"] for block in blocks)
    apart = fit_summaries(tree, policy, {"A": some + more}, lambda node: np.concatenate([present(node, b, 0) for b in blocks]))
    whole = fit(values, tree, policy)
    assert pickle.dumps(apart.treatments) == pickle.dumps(whole.treatments)
    assert same_bits(apart.score(values).values, whole.score(values).values)
