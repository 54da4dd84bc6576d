"""What a score is made of, and what a gap is made of: additive parts that sum exactly at every node of the tree.

Arithmetic nodes split as weight × score. The other means are homogeneous and quasi-arithmetic, which gives two closed forms:

- contributions: *Euler shares*. A mean M of degree one is Σ sᵢ ∂M/∂sᵢ (Euler's theorem), so child i contributes sᵢ ∂M/∂sᵢ
  = wᵢ/W · f′(sᵢ)/f′(M) · sᵢ. For the geometric mean that is its log share wᵢ/W · M.
- gaps: the *mean-value split*. f(M) = Σ wᵢ f(sᵢ)/W makes Δf(M) a sum, and ΔM = ΔM/Δf(M) · Σ wᵢ Δf(sᵢ)/W scales it back to
  points; for the geometric mean that is LMDI (Ang 2004, *Energy Policy* 32). Where Δf(M) is 0 the factor is its limit 1/f′(M).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .aggregation import generator
from .errors import ScoringError
from .framework import Framework

_TINY = 1e-12  # stands for a score of 0 where f(0) is infinite (Ang & Liu 2007); the parts are scaled back to the exact sum


def contributions(framework: Framework, scores: pd.Series, aggregation: str = "arithmetic") -> pd.Series:
    """Points that each node adds to the index, index code → points; children sum to their parent, the root to the index.

    `scores`: code → score of one unit (indicators that share their weight out are NaN and add 0). `aggregation` is the policy's
    default for nodes that name none. All NaN where the unit has no index.
    """
    points = pd.Series(np.nan, index=list(framework.codes))
    root = framework.root.code
    points[root] = scores[root]
    if np.isnan(scores[root]):
        return points
    factor = {root: 1.0}
    for node in framework.inner:
        kids = framework.children(node.code)
        s = scores[[k.code for k in kids]].to_numpy(float)
        grad = _gradient(s, np.array([k.weight for k in kids]), scores[node.code], node.aggregation or aggregation)
        for kid, score, slope in zip(kids, s, grad, strict=True):
            factor[kid.code] = factor[node.code] * slope
            points[kid.code] = 0.0 if np.isnan(score) else factor[kid.code] * score
    return points


def _gradient(s: np.ndarray, w: np.ndarray, m: float, aggregation: str) -> np.ndarray:
    """∂M/∂sᵢ, 0 for a child without a score and where the mean is pinned at 0."""
    present = ~np.isnan(s)
    share = np.where(present, w, 0.0) / w[present].sum() if present.any() else np.zeros(len(w))
    gen = generator(aggregation)
    if gen.identity:
        return share
    if m == 0:
        return np.zeros(len(s))
    slope = gen.slope(np.where(present & (s > 0), s, m)) / gen.slope(np.array(m))
    return share * np.where(present & (s > 0), slope, 0.0)


def gap_split(framework: Framework, mine: pd.Series, other: pd.Series, aggregation: str = "arithmetic") -> pd.Series:
    """Points of the gap `other − mine` that each node explains; they sum exactly at every node.

    A child without a score stands at its parent's score, which is what sharing its weight out means. Raises ScoringError where
    one of the two has no index.
    """
    root = framework.root.code
    if np.isnan(mine[root]) or np.isnan(other[root]):
        raise ScoringError(f"{root}：其中一方没有指数，差距无从分解；请另选一个有得分的单位")
    parts = pd.Series(0.0, index=list(framework.codes))
    parts[root] = other[root] - mine[root]
    at = {root: (float(mine[root]), float(other[root]))}
    ratio = {root: 1.0}  # points of the index a point of the node's own gap
    for node in framework.inner:
        a, b = at[node.code]
        kids = framework.children(node.code)
        low = np.array([a if np.isnan(mine[k.code]) else mine[k.code] for k in kids], float)
        high = np.array([b if np.isnan(other[k.code]) else other[k.code] for k in kids], float)
        slopes = _split_slopes(low, high, np.array([k.weight for k in kids]), a, b, node.aggregation or aggregation)
        for kid, x, y, slope in zip(kids, low, high, slopes, strict=True):
            at[kid.code] = (x, y)
            ratio[kid.code] = ratio[node.code] * slope
            parts[kid.code] = ratio[kid.code] * (y - x)
    return parts


def _split_slopes(low: np.ndarray, high: np.ndarray, w: np.ndarray, a: float, b: float, aggregation: str) -> np.ndarray:
    """Points of the parent's gap for each point of a child's gap; Σ slope × (high − low) = b − a."""
    gen = generator(aggregation)
    share = w / w.sum()
    if gen.identity:
        return share
    low, high, start, end = (np.maximum(x, _TINY) for x in (low, high, np.array(a), np.array(b)))
    with np.errstate(over="ignore"):
        child = _secant(gen, low, high)
        parent = _secant(gen, start, end)
        slopes = share * child / parent
    total = float((slopes * (high - low)).sum())
    return slopes * ((b - a) / total) if total else slopes


def _secant(gen, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Δf/Δs, or f′ where the two scores are the same."""
    same = np.isclose(x, y, rtol=1e-12, atol=0)
    gap = np.where(same, 1.0, y - x)
    return np.where(same, gen.slope(x), (gen.forward(y) - gen.forward(x)) / gap)
