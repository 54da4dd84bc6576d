"""Waterfalls as stacks: the arithmetic written out, on either side of zero and across it."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from reports.contents import Chart
from reports.steps import signed, waterfall_steps


def waterfall(points: list[float], base: float = 0.0, **more) -> pd.DataFrame:
    frame = pd.DataFrame({"points": points}, index=[f"步{k}" for k in range(len(points))])
    return waterfall_steps(Chart("waterfall", frame, "", base=base, **more))


def test_from_one_index_to_another():
    steps = waterfall([2.0, -5.0, np.nan], base=80.0, start="中位数", end="本单位")
    assert steps["label"].tolist() == ["中位数", "步0", "步1", "步2", "本单位"]
    assert steps["text"].tolist() == ["80.0", "+2.0", "−5.0", "", "77.0"]
    assert steps["tone"].tolist() == ["house", "good", "bad", "good", "house"]
    assert steps["base"].tolist() == [0, 80, 77, 77, 0] and steps["above"].tolist() == [80, 2, 5, 0, 77]
    assert steps["below"].tolist() == [0] * 5


def test_a_step_over_zero_has_a_part_on_either_side():
    steps = waterfall([1.0, -3.0, -1.0], end="合计")
    assert steps[["base", "above", "below"]].to_numpy().tolist() == [[0, 1, 0], [0, 1, -2], [-2, 0, -1], [0, 0, -3]]
    assert steps["text"].tolist() == ["+1.0", "−3.0", "−1.0", "−3.0"]


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.floats(-100, 100))
def test_what_is_stacked_reaches_from_one_end_to_the_other(points, base):
    steps = waterfall(points, base=base, start="始", end="终")
    above = (steps["base"].clip(lower=0), steps["base"].clip(lower=0) + steps["above"])
    below = (steps["base"].clip(upper=0), steps["base"].clip(upper=0) + steps["below"])
    high = np.where(steps["above"] > 0, above[1], below[0] + (steps["below"] == 0) * steps["base"].clip(lower=0))
    low = np.where(steps["below"] < 0, below[1], above[0] + (steps["above"] == 0) * steps["base"].clip(upper=0))
    assert np.allclose(high, steps[["from", "to"]].max(axis=1)) and np.allclose(low, steps[["from", "to"]].min(axis=1))
    assert np.isclose(steps["to"].iloc[-1], base + sum(points))


def test_a_change_that_shows_as_zero_has_no_sign():
    assert [signed(v, 1) for v in (0.04, -0.04, 0.05001, -0.2)] == ["0.0", "0.0", "+0.1", "−0.2"]
    assert signed(-3, 0) == "−3"
