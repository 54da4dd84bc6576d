"""Peers and orders: distances over gaps by a published example, who is nearest written out, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.clustering import column_order, row_order
from scoring.peers import distances, peers

NAN = np.nan


def table(rows: dict, dimensions: str = "AB") -> pd.DataFrame:
    return pd.DataFrame(rows, index=list(dimensions), dtype=float).T.rename_axis("unit")


def test_a_distance_over_gaps_counts_the_common_columns_for_all():
    """scikit-learn's documentation of nan_euclidean_distances: [3, na, na, 6] and [1, na, 4, 5] are √(4/2 · (2² + 1²)) apart."""
    x, y = np.array([[3, NAN, NAN, 6]]), np.array([[1, NAN, 4, 5]])
    assert distances(x, y)[0, 0] == pytest.approx(np.sqrt(10), abs=1e-12)


def test_fewer_than_half_of_the_columns_in_common_give_no_distance():
    x = np.array([[3.0, 1.0, 6.0, 6.0]])
    assert np.isnan(distances(x, np.array([[1.0, NAN, NAN, NAN]]))[0, 0])
    assert distances(x, np.array([[1.0, 1.0, NAN, NAN]]))[0, 0] == pytest.approx(np.sqrt(2 * 4))


@given(arrays(float, (6, 4), elements=st.floats(0, 100)))
def test_distances_are_numpys_where_nothing_is_missing(matrix):
    expected = np.linalg.norm(matrix[:, None] - matrix, axis=2)
    assert np.allclose(distances(matrix, matrix), expected, rtol=0, atol=1e-4)


def test_nearness_weighs_every_dimension_and_the_size_alike():
    """A: 0, 10, 20, 30 (sd √125); B and ln size are 0, 1, 2, 3 standard steps too: each column differs by k sds between U0 and Uk."""
    profiles = table({f"U{k}": (10 * k, 50 + k) for k in (0, 1, 2, 3)})
    sizes = pd.Series({f"U{k}": np.exp(k) for k in (0, 1, 2, 3)})
    found = peers(profiles, sizes, "U0")
    step = np.sqrt(3 / 1.25)  # three columns, each 1 / sd apart, sd² = 1.25
    assert list(found.index) == ["U1", "U2", "U3"]
    assert np.allclose(found["distance"], [step, 2 * step, 3 * step])
    assert np.allclose(found["apart"], [5.5, 11.0, 16.5])
    assert np.allclose(found["ratio"], np.exp([1, 2, 3]))


def test_size_tells_two_of_the_same_profile_apart():
    profiles = table({"U0": (80, 70), "U1": (60, 65), "U2": (79, 71), "U3": (79, 71)})
    found = peers(profiles, pd.Series({"U0": 50.0, "U1": 50.0, "U2": 900.0, "U3": 60.0}), "U0")
    assert found.index[0] == "U3"
    assert found.at["U2", "distance"] > found.at["U3", "distance"]
    assert found.at["U2", "ratio"] == pytest.approx(18)


def test_without_sizes_the_profile_decides():
    profiles = table({"U0": (80, 70), "U1": (60, 65), "U2": (79, 71)})
    for sizes in (pd.Series(dtype=float), pd.Series({"U0": NAN, "U1": 5.0, "U2": 0.0}), pd.Series({"U0": -1.0})):
        found = peers(profiles, sizes, "U0")
        assert list(found.index) == ["U2", "U1"] and found["ratio"].isna().all()


def test_a_unit_that_shares_too_little_is_no_peer():
    profiles = table({"U0": (80, 70, 60), "U1": (NAN, NAN, 60), "U2": (70, NAN, 61), "U3": (20, 30, 10)}, "ABC")
    assert list(peers(profiles, pd.Series(dtype=float), "U0").index) == ["U2", "U3"]
    assert peers(profiles.assign(A=NAN, B=NAN, C=1.0), pd.Series(dtype=float), "U0").empty  # nothing tells them apart


@given(st.permutations(range(5)), st.floats(0.1, 50), st.floats(-30, 30))
def test_the_order_of_units_and_the_unit_of_measure_do_not_matter(order, factor, shift):
    profiles = table({f"U{k}": row for k, row in enumerate([(80, 70), (60, 65), (79, 71), (30, 90), (55, 12)])})
    sizes = pd.Series(dict(zip(profiles.index, [50.0, 5.0, 900.0, NAN, 60.0], strict=True)))
    expected = peers(profiles, sizes, "U0")["distance"]
    moved = profiles.iloc[order].assign(A=lambda t: t["A"] * factor + shift)
    found = peers(moved, sizes * factor, "U0")["distance"]
    assert np.allclose(found[expected.index], expected, rtol=0, atol=1e-6)


@given(arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 6)), elements=st.one_of(st.floats(0, 100), st.just(NAN))))
def test_an_order_holds_every_row_and_column_once_and_the_empty_ones_last(matrix):
    for order, empty in ((row_order(matrix), np.isnan(matrix).all(axis=1)), (column_order(matrix), np.isnan(matrix).all(axis=0))):
        assert sorted(order) == list(range(len(empty)))
        assert (np.diff(empty[order].astype(int)) >= 0).all()


def test_like_rows_and_columns_come_to_stand_together():
    rng = np.random.default_rng(3)
    kind = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    rows = np.where(kind[:, None] == 0, 20.0, 80.0) + rng.normal(0, 3, (8, 6))
    assert (np.diff(kind[row_order(rows)]) != 0).sum() == 1
    waves = rng.normal(size=(2, 40))
    columns = waves[kind].T * 10 + rng.normal(0, 1, (40, 8))
    assert (np.diff(kind[column_order(columns)]) != 0).sum() == 1
