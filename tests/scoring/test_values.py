"""Values: a matrix with a state a cell, from rows or from arrays; everything that does not fit is refused by name."""

import numpy as np
import pandas as pd
import pytest

from scoring.errors import ScoringError
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, STATE_TITLES, STATES, VALUE, Values, values_from_long
from tests.scoring.trees import same_bits

NAN = float("nan")


def long(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "indicator", "state", "value"])


def test_the_states():
    assert STATES == ("value", "missing", "not_applicable", "pending") and tuple(STATE_TITLES) == STATES
    assert (VALUE, MISSING, NOT_APPLICABLE, PENDING) == (0, 1, 2, 3)


def test_from_rows():
    read = long(("v", "B", "value", 2.5), ("u", "A", "value", 0), ("u", "B", "pending", NAN), ("v", "A", "not_applicable", 7.0))
    values = values_from_long(read, ["u", "v", "w"], ["A", "B"])
    assert values.units == ("u", "v", "w") and values.indicators == ("A", "B")
    assert same_bits(values.matrix, np.array([[0, NAN], [NAN, 2.5], [NAN, NAN]]))
    assert values.states.tolist() == [[VALUE, PENDING], [NOT_APPLICABLE, VALUE], [MISSING, MISSING]]
    assert values.states.dtype == np.int8 and values.matrix.dtype == float


def test_no_rows_at_all_are_missing_cells():
    values = values_from_long(long(), ["u"], ["A", "B"])
    assert (values.states == MISSING).all() and np.isnan(values.matrix).all()


@pytest.mark.parametrize(
    "row, words",
    [
        (("x", "A", "value", 1.0), "unit 'x'"),
        (("u", "X", "value", 1.0), "indicator 'X'"),
        (("u", "A", "缺报", NAN), "state '缺报'"),
        (("v", "A", "value", 1.0), "v 的 A 给了两次"),
        (("u", "A", "value", NAN), "u 的 A.*value"),
        (("u", "A", "value", np.inf), "u 的 A.*无穷"),
    ],
)
def test_rows_that_do_not_fit(row, words):
    with pytest.raises(ScoringError, match=words):
        values_from_long(long(("v", "A", "value", 3.0), row), ["u", "v"], ["A", "B"])


def test_without_states_gaps_are_missing():
    values = Values(("u",), ("A", "B"), np.array([[1.0, NAN]]))
    assert values.states.tolist() == [[VALUE, MISSING]]


def test_whole_numbers_become_numbers():
    assert Values(("u",), ("A",), np.array([[3]])).matrix.dtype == float


@pytest.mark.parametrize(
    "units, indicators, matrix, states, words",
    [
        (("u", "u"), ("A",), [[1], [2]], None, "单位 u 重复"),
        (("u", "v"), ("A", "A"), [[1, 2], [3, 4]], None, "指标 A 重复"),
        (("u",), ("A",), [[np.inf]], None, "u 的 A 为无穷大"),
        (("u",), ("A",), [[-np.inf]], None, "u 的 A 为无穷大"),
        (("u",), ("A", "B"), [[1]], None, r"\(1, 1\).*1 个单位、2 项指标"),
        (("u",), ("A",), [[1]], [[0, 0]], r"\(1, 2\)"),
        (("u",), ("A", "B"), [[1, NAN]], [[0, 0]], "u 的 B.*value"),
        (("u",), ("A", "B"), [[1, 2]], [[0, 1]], "u 的 B.*missing"),
        (("u",), ("A", "B"), [[1, 2]], [[2, 0]], "u 的 A.*not_applicable"),
        (("u",), ("A",), [[NAN]], [[7]], "u 的 A.*7"),
    ],
)
def test_arrays_that_do_not_fit(units, indicators, matrix, states, words):
    with pytest.raises(ScoringError, match=words):
        Values(units, indicators, np.array(matrix, float), None if states is None else np.array(states))


def test_taking_rows():
    values = Values(("u", "v", "w"), ("A",), np.array([[1.0], [NAN], [3.0]]), np.array([[0], [2], [0]], np.int8))
    assert values.take([2, 0]).units == ("w", "u") and values.take([2, 0]).matrix.tolist() == [[3], [1]]
    assert values.take(slice(1, None)).units == ("v", "w") and values.take(slice(1, None)).states.tolist() == [[2], [0]]
