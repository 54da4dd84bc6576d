"""Ranks: 1 is best, ties share the best rank, a unit without a score has none."""

import numpy as np

_DECIMALS = 9


def settled(scores: np.ndarray) -> np.ndarray:
    """Scores without the last bits, in which sums of the same numbers in another order differ: what ties and cuts go by."""
    return np.round(np.asarray(scores, float), _DECIMALS)


def rank(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Ranks along `axis` (units) of scores of any shape; float, NaN without a score."""
    falling = np.moveaxis(-settled(scores), axis, -1)
    order = np.argsort(falling, axis=-1)  # those without a score come last
    ordered = np.take_along_axis(falling, order, -1)
    start = np.zeros(ordered.shape)  # the place of the first of a run of equal scores
    start[..., 1:] = np.where(ordered[..., 1:] != ordered[..., :-1], np.arange(1.0, ordered.shape[-1]), 0.0)
    ranks = np.empty(ordered.shape)
    np.put_along_axis(ranks, order, np.maximum.accumulate(start, axis=-1) + 1, -1)
    ranks[np.isnan(falling)] = np.nan
    return np.moveaxis(ranks, -1, axis)
