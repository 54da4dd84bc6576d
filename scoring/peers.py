"""Peers: the units most like one unit, by the profile of their scores and by size."""

from __future__ import annotations

import numpy as np
import pandas as pd


def distances(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Euclidean distance of every row (n, k) from every other row (m, k) → (n, m), where columns may have gaps.

    A column that one of the two does not have is left out, and the rest counts for the whole: √(k / common · Σ (x − y)²). NaN where
    fewer than half of the columns are common. Source: Dixon (1979), *IEEE Transactions on Systems, Man, and Cybernetics* 9(10).
    """
    has, have = (~np.isnan(m) for m in (rows, others))
    x, y = (np.where(there, m, 0.0) for there, m in ((has, rows), (have, others)))
    common = has.astype(float) @ have.T
    squares = (x**2) @ have.T + has @ (y**2).T - 2 * x @ y.T
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.sqrt(np.maximum(squares, 0.0) * rows.shape[1] / common)
    return np.where(2 * common >= max(rows.shape[1], 1), scaled, np.nan)


def peers(profiles: pd.DataFrame, sizes: pd.Series, unit: str) -> pd.DataFrame:
    """The other units in the order of their likeness to one unit, the most alike first: index unit; distance, apart, ratio.

    profiles: index unit, a column a dimension, scores in points. sizes: index unit. Each dimension and the logarithm of the size are
    divided by their standard deviation over the units, and count alike; a size that is not positive is none, and what does not vary
    tells nothing apart. `distance` is that of `distances`; `apart` the mean absolute difference of the dimension scores in points;
    `ratio` the other's size over the unit's. Units that share fewer than half of these with the unit are no peers of it.

    Source: the nearest-neighbours model of CIPFA for English local authorities (standardised variables, Euclidean distance).
    """
    logs = np.log(sizes.where(sizes > 0).reindex(profiles.index).astype(float))
    variables = profiles.assign(**{"\0size": logs}).to_numpy(float)
    known = (~np.isnan(variables)).sum(axis=0) > 1
    spread = np.full(variables.shape[1], np.nan)
    spread[known] = np.nanstd(variables[:, known], axis=0)
    telling = spread > 1e-9  # NaN is not
    standard = variables[:, telling] / spread[telling]
    own = profiles.index.get_loc(unit)
    found = pd.DataFrame(
        {
            "distance": distances(standard[[own]], standard)[0],
            "apart": (profiles - profiles.loc[unit]).abs().mean(axis=1),
            "ratio": np.exp(logs - logs[unit]),
        },
        index=profiles.index,
    )
    return found.drop(index=unit).dropna(subset="distance").sort_values("distance", kind="stable")
