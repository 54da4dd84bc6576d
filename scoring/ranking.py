"""Ranks: 1 is best, ties share the best rank, a unit without a score has none."""

import numpy as np
from scipy.stats import rankdata


def rank(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Ranks along `axis` (units) of scores of any shape; float, NaN without a score."""
    return rankdata(-np.asarray(scores, float), method="min", axis=axis, nan_policy="omit")
