"""Ranks: 1 is best, ties share the best rank, a unit without a score has none."""

import numpy as np

_DECIMALS = 9


def settled(scores: np.ndarray) -> np.ndarray:
    """Scores without the last bits, in which sums of the same numbers in another order differ: what ties and cuts go by."""
    return np.round(np.asarray(scores, float), _DECIMALS)


def rank(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Ranks along `axis` (units) of scores of any shape; float, NaN without a score."""
    from scipy.stats import rankdata  # half a second at the start of the server, which ranks nothing

    return rankdata(-settled(scores), method="min", axis=axis, nan_policy="omit")
