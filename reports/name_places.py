"""Where the names of marks stand in a scatter, so that none lies on another: for programs that place no label of themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reports.cells import width

SIDES = ("right", "left", "above", "below")
_NO_ROOM = 1000  # more marks than a name can cover
_HALF = 0.65  # of a line of type, in its size


def name_sides(
    marks: np.ndarray, names: Sequence[str], spans: Sequence[tuple[float, float]], plot: tuple[float, float], size: float
) -> list[str]:
    """The side of its mark on which each name stands, the one where it covers fewest marks; "" where it would lie on another name.

    marks: (n, 2), in the units of the axes, whose ends are `spans`; the first are named first. plot: width and height, size: of the
    type, all in one unit of length. A mark without a name has "".
    """
    low, high = np.array(spans, dtype=float).T
    along = (np.asarray(marks, dtype=float) - low) / (high - low) * plot
    taken = np.hstack([along - size / 4, along + size / 4])
    texts, sides = np.empty((0, 4)), [""] * len(names)
    for place, name in enumerate(names):
        if not name:
            continue
        spots = _spots(*along[place], width(name) * size / 2, size)
        costs = [_covered(s, taken) + _NO_ROOM * (_covered(s, texts) + _is_outside(s, plot, size)) for s in spots]
        best = int(np.argmin(costs))
        if costs[best] < _NO_ROOM:
            texts, sides[place] = np.vstack([texts, spots[best]]), SIDES[best]
    return sides


def _spots(x: float, y: float, wide: float, size: float) -> np.ndarray:
    """Left, bottom, right and top of a name on each of the sides of a mark."""
    half, gap = size * _HALF, size * 0.6
    beside = [(x + gap, x + gap + wide), (x - gap - wide, x - gap)]
    over = (x - wide / 2, x + wide / 2)
    return np.array([
        *((left, y - half, right, y + half) for left, right in beside),
        (over[0], y + gap, over[1], y + gap + 2 * half), (over[0], y - gap - 2 * half, over[1], y - gap),
    ])  # fmt: skip


def _covered(spot: np.ndarray, taken: np.ndarray) -> int:
    apart = (taken[:, 0] > spot[2]) | (taken[:, 2] < spot[0]) | (taken[:, 1] > spot[3]) | (taken[:, 3] < spot[1])
    return int((~apart).sum())


def _is_outside(spot: np.ndarray, plot: tuple[float, float], size: float) -> bool:
    """Whether a name leaves the plot; half of one beside a mark on the edge may."""
    half = size * _HALF
    return spot[0] < 0 or spot[1] < -half or spot[2] > plot[0] or spot[3] > plot[1] + half
