"""Displayed tenths add up to the displayed total, whatever the parts."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rounding import filled, tenths

PARTS = st.lists(st.floats(-500, 500, allow_nan=False).map(lambda x: round(x, 6)), min_size=1, max_size=40)


@given(PARTS)
def test_shown_tenths_sum_to_the_shown_total(parts):
    total = math.fsum(parts)
    shown = tenths(parts, total)
    assert round(sum(shown), 6) == float(f"{total:.1f}")
    assert all(abs(a - b) < 0.1 + 1e-9 for a, b in zip(shown, parts, strict=True))
    assert all(f"{x:.1f}" == f"{x:.10g}" or x == int(x) for x in shown)


@given(PARTS)
def test_order_of_the_parts_does_not_change_the_total(parts):
    assert math.isclose(sum(tenths(parts, math.fsum(parts))), sum(tenths(parts[::-1], math.fsum(parts))), abs_tol=1e-9)


def test_three_thirds_of_ten():
    assert sorted(tenths([10 / 3] * 3, 10)) == [3.3, 3.3, 3.4]


def test_parts_already_in_tenths_stay():
    assert tenths([17.6, 14.8, -1.5], 30.9) == [17.6, 14.8, -1.5]


def test_no_parts_make_nothing():
    assert tenths([], 0.0) == []


@pytest.mark.parametrize(("parts", "total"), [([1.0, 2.0], 3.5), ([math.nan], 1.0), ([1.0], math.nan)])
def test_parts_that_do_not_sum_are_refused(parts, total):
    with pytest.raises(ValueError, match="parts sum to"):
        tenths(parts, total)


def test_what_two_shown_ends_add_goes_to_the_step_that_lost_most():
    """80.04 → 83.26 is shown as 80.0 → 83.3: 3.3, not 3.2; the step of 1.06 lost 0.04 by its own rounding down, no other as much."""
    assert filled(pd.Series([1.04, 1.10, 1.08]), 3.3) == [1.1, 1.1, 1.1]


@given(PARTS, st.floats(-0.1, 0.1).map(lambda x: round(x, 1)))
def test_filled_tenths_sum_to_the_shown_gap(parts, rounding):
    gap = round(round(math.fsum(parts), 1) + rounding, 1)
    assert round(sum(filled(pd.Series(parts), gap)), 6) == gap
