"""Statistics of columns with gaps: correlations, covariances, Cronbach's alpha, principal components; how numbers are written."""

from __future__ import annotations

import numpy as np

FEW = 5  # units below which a correlation says nothing: with 4 of them |r| = 0.95 comes about by chance once in twenty
PLACES = 6  # decimals beyond which a number is a computer's and not a person's
_SAME = 1e-12  # spread, as a share of the greatest number, that is but rounding
_STILL = 1e-10  # variance, as a share of the column's own, below which a part of the column does not vary


def _pairwise(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Common units (k, k), Σ(x − x̄)(y − ȳ) and Σ(x − x̄)² over them; x is the row's column, means are those of the common units."""
    present = ~np.isnan(matrix)
    counts = present.T.astype(float) @ present
    filled = np.where(present, matrix, 0.0)
    sums = filled.T @ present
    with np.errstate(divide="ignore", invalid="ignore"):
        products = filled.T @ filled - sums * sums.T / counts
        squares = (filled**2).T @ present - sums**2 / counts
    return counts, products, squares


def correlations(matrix: np.ndarray) -> np.ndarray:
    """Pearson's r of every two columns over the units that have both, (n_units, k) → (k, k).

    NaN where fewer than `FEW` units have both, or where one of the two does not vary over them.
    """
    standard = _standardised(matrix)
    counts, products, squares = _pairwise(standard)
    moving = np.minimum(squares, squares.T) > _STILL * counts
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.clip(products / np.sqrt(squares * squares.T), -1.0, 1.0)
    return np.where(moving & (counts >= FEW), r, np.nan)


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r of two columns, as `correlations` gives it."""
    return float(correlations(np.column_stack([x, y]))[0, 1])


def _standardised(matrix: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and sd 1; all NaN for one that does not vary."""
    result = np.full(matrix.shape, np.nan)
    for k, column in enumerate(matrix.T):
        present = column[~np.isnan(column)]
        spread = float(present.std()) if len(present) else 0.0
        if spread > _SAME * np.abs(present).max(initial=0.0):
            result[:, k] = (column - present.mean()) / spread
    return result


def covariances(matrix: np.ndarray) -> np.ndarray:
    """Sample covariance (n − 1) of every two columns over the units that have both, (n_units, k) → (k, k); NaN below 2 units."""
    present = ~np.isnan(matrix)
    some = present.any(axis=0)
    means = np.zeros(matrix.shape[1])
    means[some] = np.nanmean(matrix[:, some], axis=0)
    counts, products, _ = _pairwise(matrix - means)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(counts > 1, products / (counts - 1), np.nan)


def cronbach_alpha(covariance: np.ndarray) -> float:
    """k / (k − 1) × (1 − Σ variances / Σ of the whole matrix), from a covariance matrix (k, k); of correlations: standardised alpha.

    NaN below two columns, or where the sum of the columns does not vary. Source: Cronbach (1951), *Psychometrika* 16; over gaps as
    COINr get_cronbach: pairwise covariances.
    """
    k, total = len(covariance), float(covariance.sum())
    if k < 2 or not total > _STILL * np.trace(covariance):
        return np.nan
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))


def principal_components(correlation: np.ndarray) -> np.ndarray:
    """Variances of the principal components, (k, k) → (k,), the greatest first; they sum to k.

    Eigenvalues of the correlation matrix. All NaN where one of the correlations is. Source: OECD/JRC handbook, step 4.
    """
    if np.isnan(correlation).any():
        return np.full(len(correlation), np.nan)
    return np.linalg.eigvalsh(correlation)[::-1]


def decimals(values: np.ndarray) -> int | None:
    """Decimals that nine in ten of the values (n,) keep to; None beyond six, or without values."""
    for places in range(PLACES + 1 if len(values) else 0):
        if (np.abs(values - np.round(values, places)) < 1e-9).mean() >= 0.9:
            return places
    return None


def step(values: np.ndarray) -> float:
    """The steps in which values (n,) are given: the least distance between those at their `decimals`; 0 where all are the same."""
    places = decimals(values)
    rounded = np.unique(np.round(values, PLACES if places is None else places))
    return float(np.diff(rounded).min()) if len(rounded) > 1 else 0.0
