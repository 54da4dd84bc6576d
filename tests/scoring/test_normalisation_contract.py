"""What every registered normalisation promises. A method that is registered tomorrow is tested here without a change."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.framework import Framework, Node
from scoring.index import fit
from scoring.normalisation import FIXED, NEEDS, NORMALISATIONS
from scoring.policy import Policy
from scoring.values import Values
from tests.scoring.trees import OPEN, same_bits

CHINESE = re.compile(r"[\u4e00-\u9fff]")
every = pytest.mark.parametrize("method", sorted(NORMALISATIONS))
directions = pytest.mark.parametrize("direction", [1, -1])


def framework(method: str, direction: int) -> Framework:
    """An indicator whose row holds everything that a method may need."""
    bands = ((10.0, 20.0), (40.0, 50.0), (70.0, 90.0))
    node = Node(
        "A",
        "INDEX",
        "A",
        direction=direction,
        low=5.0,
        high=95.0,
        normalisation=method,
        target=200.0 if direction > 0 else 0.5,
        reference="150" if direction > 0 else "0.25",
        bands=bands if direction > 0 else tuple((a, s) for (a, _), (_, s) in zip(bands, reversed(bands), strict=True)),
    )
    return Framework((Node("INDEX", "", "INDEX"), node))


def column(values) -> Values:
    return Values(tuple(f"u{k}" for k in range(len(values))), ("A",), np.array(values, float)[:, None])


def scale(method, direction, pool):
    return fit(column(pool), framework(method, direction), OPEN).scales["A"]


pools = st.lists(st.integers(1, 99).map(float), min_size=2, max_size=12).filter(lambda p: len(set(p)) > 1)


@every
def test_it_is_documented(method):
    entry = NORMALISATIONS[method]
    assert entry.name == method and re.fullmatch(r"[a-z][a-z_]*", method)
    assert CHINESE.search(entry.title) and CHINESE.search(entry.doc) and entry.doc.endswith("。")
    assert "Source:" in entry.formula and not CHINESE.search(entry.formula.split("Source:")[0])


def test_titles_tell_the_methods_apart():
    assert len({m.title for m in NORMALISATIONS.values()}) == len(NORMALISATIONS)
    assert set(NEEDS) <= set(NORMALISATIONS) and set(FIXED) <= set(NORMALISATIONS)


@every
@directions
@given(pool=pools)
def test_better_values_never_score_less(method, direction, pool):
    grid = np.unique(pool)[::direction]
    found = scale(method, direction, pool)(grid)
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()


@every
@directions
@given(pool=pools)
def test_the_worst_and_the_best_are_told_apart(method, direction, pool):
    pool = [*pool, 3.0, 97.0]  # across the bands
    found = scale(method, direction, pool)(np.array([min(pool), max(pool)][::direction]))
    assert found[0] < found[1]


@every
@directions
@given(pool=pools)
def test_a_gap_stays_a_gap(method, direction, pool):
    found = scale(method, direction, pool)(np.array([np.nan, *pool, np.nan]))
    assert np.isnan(found[[0, -1]]).all() and not np.isnan(found[1:-1]).any()


@every
@directions
@given(pool=pools)
def test_the_floor_is_no_better_than_the_worst(method, direction, pool):
    fitted = scale(method, direction, pool)
    assert fitted.floor <= fitted(np.array(pool)).min() + 1e-12


@every
@directions
@given(pool=pools, cut=st.integers(1, 11))
def test_blocks_apart_equal_the_whole(method, direction, pool, cut):
    fitted = scale(method, direction, pool)
    x = np.array([*pool, np.nan, 1.5, 120.0])
    assert same_bits(np.concatenate([fitted(x[:cut]), fitted(x[cut:])]), fitted(x))
    assert same_bits(fitted(x[::-1]), fitted(x)[::-1])


@every
@directions
@given(pool=pools)
def test_it_is_data(method, direction, pool):
    """A fitted scale is pickled and applied elsewhere; it does not refit on the block that it gets, and leaves the block alone."""
    fitted = scale(method, direction, pool)
    x = np.array([*pool, np.nan])
    kept = x.copy()
    again = pickle.loads(pickle.dumps(fitted))
    assert same_bits(again(x), fitted(x)) and same_bits(x, kept)
    assert again(x[:1])[0] == fitted(x)[0]


@every
@directions
@given(pool=pools)
def test_the_order_of_the_population_does_not_matter(method, direction, pool):
    x = np.array(pool)
    np.testing.assert_allclose(scale(method, direction, pool)(x), scale(method, direction, pool[::-1])(x), rtol=1e-12, atol=1e-12)


@every
@directions
@given(pool=pools)
def test_gaps_of_the_population_do_not_count(method, direction, pool):
    x = np.array(pool)
    assert same_bits(scale(method, direction, [*pool, np.nan])(x), scale(method, direction, pool)(x))


@pytest.mark.parametrize("method", FIXED)
@directions
@given(pool=pools, other=pools)
def test_fixed_scales_do_not_move_with_the_population(method, direction, pool, other):
    x = np.array(pool)
    assert same_bits(scale(method, direction, pool)(x), scale(method, direction, other)(x))
    assert same_bits(scale(method, direction, [np.nan])(x), scale(method, direction, pool)(x))


@pytest.mark.parametrize("method", sorted({"goalposts", "min_max"}))
@directions
@given(pool=pools, x=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_scores_of_bounded_methods_stay_in_the_range(method, direction, pool, x):
    policy = Policy(range=(1.0, 7.0))
    found = fit(column(pool), framework(method, direction), policy).scales["A"](np.array(x))
    assert ((found >= 1) & (found <= 7)).all()
