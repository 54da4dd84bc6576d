"""Numbers as they are shown."""

import math

from charts.numbers import one_decimal, signed, signed_count, whole


def test_texts():
    assert [one_decimal(x) for x in (83.44, -0.04, -1.25, math.nan, None, math.inf)] == ["83.4", "0.0", "−1.2", "—", "—", "—"]
    assert [signed(x) for x in (1.2, -0.8, 0.04, -0.04, math.nan)] == ["+1.2", "−0.8", "0.0", "0.0", "—"]
    assert [signed_count(n) for n in (3, -2, 0)] == ["+3", "−2", "0"]
    assert [whole(x) for x in (3.0, math.nan, None)] == ["3", "—", "—"]
