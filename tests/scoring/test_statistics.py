"""Alpha, principal components and correlations against published tables and written-out arithmetic."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scoring.audit.statistics import (
    FEW,
    correlation,
    correlations,
    covariances,
    cronbach_alpha,
    decimals,
    principal_components,
    step,
)

# OECD/JRC, Handbook on Constructing Composite Indicators (2008): the Technology Achievement Index of 23 countries. Its table of
# correlations, upper half by rows: patents, royalties, internet, exports, telephones, electricity, schooling, university.
TAI = [
    [0.13, -0.09, 0.45, 0.28, 0.03, 0.22, 0.08], [0.46, 0.25, 0.56, 0.32, 0.30, 0.06], [-0.45, 0.56, 0.84, 0.63, 0.27],
    [0.00, -0.36, -0.35, -0.03], [0.64, 0.30, 0.33], [0.65, 0.26], [0.08],
]  # fmt: skip
TAI_ALPHA_WITHOUT = [0.704, 0.645, 0.636, 0.774, 0.603, 0.624, 0.662, 0.706]  # the same book, alpha after deleting one of them
# R's USArrests: correlations of murder, assault, urban population, rape; the shares of variance are in James, Witten, Hastie and
# Tibshirani, An Introduction to Statistical Learning, section "Principal Components" (62.0 %, 24.7 %, 8.9 %, 4.3 %).
ARRESTS = [[0.8018733, 0.06957262, 0.56357883], [0.25887170, 0.66524123], [0.41134124]]


def full(upper: list[list[float]]) -> np.ndarray:
    matrix = np.eye(len(upper) + 1)
    for row, values in enumerate(upper):
        matrix[row, row + 1 :] = matrix[row + 1 :, row] = values
    return matrix


def test_alpha_of_the_handbooks_example():
    table = full(TAI)
    assert cronbach_alpha(table) == pytest.approx(0.70, abs=0.005)
    without = [cronbach_alpha(np.delete(np.delete(table, k, 0), k, 1)) for k in range(len(table))]
    assert without == pytest.approx(TAI_ALPHA_WITHOUT, abs=1.5e-3)  # the printed correlations have two decimals


def test_components_of_the_handbooks_example():
    shares = principal_components(full(TAI)) / len(full(TAI))
    assert 100 * shares[:2] == pytest.approx([41.9, 21.8], abs=0.05)
    assert shares.sum() == pytest.approx(1, abs=1e-12) and (np.diff(shares) <= 0).all()


def test_components_of_the_arrests():
    shares = principal_components(full(ARRESTS)) / 4
    assert 100 * shares == pytest.approx([62.0, 24.7, 8.9, 4.3], abs=0.05)


def test_alpha_of_raw_columns_is_the_formula():
    """(1,2,3,4,5) and (2,1,4,3,5): variances 2.5 each, covariance 8/4; 2/1 × (1 − 5/(5 + 2 × 2)) = 8/9."""
    matrix = np.array([[1, 2], [2, 1], [3, 4], [4, 3], [5, 5]], float)
    assert covariances(matrix) == pytest.approx(np.array([[2.5, 2.0], [2.0, 2.5]]), abs=1e-12)
    assert cronbach_alpha(covariances(matrix)) == pytest.approx(8 / 9, abs=1e-12)


def test_alpha_is_not_made_up():
    assert np.isnan(cronbach_alpha(np.eye(1)))
    assert np.isnan(cronbach_alpha(np.array([[1.0, -1.0], [-1.0, 1.0]]))), "two columns that cancel have no sum to speak of"
    assert np.isnan(cronbach_alpha(np.full((2, 2), np.nan)))


gappy = hnp.arrays(float, (12, 4), elements=st.one_of(st.floats(-50, 50).map(lambda x: round(x, 3)), st.just(np.nan), st.sampled_from([1.0, 2.0])))


@given(gappy)
def test_correlations_with_gaps_are_those_of_pandas(matrix):
    ours, theirs = correlations(matrix), pd.DataFrame(matrix).corr(min_periods=FEW).to_numpy()
    sure = ~np.isnan(ours)
    assert np.allclose(ours[sure], theirs[sure], atol=1e-7)
    assert np.array_equal(ours, ours.T, equal_nan=True) and (np.abs(ours[sure]) <= 1).all()


@given(gappy, st.floats(0.1, 1e6), st.floats(-1e6, 1e6))
def test_correlations_do_not_know_units_of_measure(matrix, times, plus):
    assert np.allclose(correlations(matrix), correlations(matrix * times), atol=1e-6, equal_nan=True)
    assert correlation(matrix[:, 0], -matrix[:, 1]) == pytest.approx(-correlation(matrix[:, 0], matrix[:, 1]), abs=1e-9, nan_ok=True)


def test_correlations_say_nothing_where_there_is_nothing_to_say():
    x = np.arange(8.0)
    constant, few, broken = np.full(8, 0.1), np.where(x < FEW - 1, x, np.nan), np.where(x < 3, np.nan, 7.0)
    broken[0] = 1.0  # varies as a whole, and not over the units that the other column has
    r = correlations(np.column_stack([x, constant, few, broken, np.where(x > 2, x, np.nan), np.full(8, np.nan)]))
    assert r[0, 0] == 1 and np.isnan(r[0, [1, 2, 5]]).all() and np.isnan(r[3, 4])
    assert np.isnan(principal_components(r)).all()


@pytest.mark.parametrize(
    ("values", "places", "width"),
    [([1, 2, 4], 0, 1), ([0.5, 0.75, 3.25], 2, 0.25), ([60, 65, 80], 0, 5), ([1 / 3, 1 / 7, 0.2], None, 0.057143), ([2, 2], 0, 0)],
)
def test_how_numbers_are_written(values, places, width):
    assert decimals(np.array(values, float)) == places
    assert step(np.array(values, float)) == pytest.approx(width, abs=1e-6)


def test_a_number_in_ten_may_have_more_decimals():
    values = np.array([*range(9), 4.55])
    assert decimals(values) == 0 and decimals(np.array([*range(5), 4.55])) == 2
