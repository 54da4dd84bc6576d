"""Tenths that add up to the figure shown beside them: screen, slide and paper round by the same rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd


def tenths(parts: Sequence[float], total: float) -> list[float]:
    """Parts rounded to tenths so that they sum to the total as it is shown with one decimal.

    Largest-remainder rounding (Hamilton's method): every part is floored to a tenth and the tenths still missing go to
    the parts that lost most. No part moves by a whole tenth.

    Raises:
        ValueError: the parts do not sum to the total.
    """
    values = [float(part) * 10 for part in parts]
    if not math.isclose(math.fsum(values), total * 10, rel_tol=1e-9, abs_tol=1e-6):
        raise ValueError(f"parts sum to {math.fsum(values) / 10!r}, not to the total {total!r}; pass all of them")
    floors = [math.floor(value) for value in values]
    missing = int(Decimal(f"{total:.1f}") * 10) - sum(floors)
    by_loss = sorted(range(len(values)), key=lambda i: floors[i] - values[i])
    for i in by_loss[:missing]:
        floors[i] += 1
    return [tenth / 10 for tenth in floors]


def filled(exact: pd.Series, gap: float) -> list[float]:
    """Tenths that sum to a gap between two shown figures, each of which was rounded by itself.

    What that rounding adds or takes goes to the step that lost most by its own. exact: points, not empty.
    """
    spread, rounding = exact.astype(float), gap - exact.sum()
    lost = (exact * 10 - (exact * 10).round()).to_numpy() * np.sign(rounding)
    spread.iloc[lost.argmax()] += rounding
    return tenths(spread.tolist(), gap)
