"""What a score is made of, and what a gap is made of: additive parts that sum exactly at every node of the tree.

Arithmetic nodes split as weight × score. The other means are homogeneous and quasi-arithmetic, which gives two closed forms:

- contributions: *Euler shares*. A mean M of degree one is Σ sᵢ ∂M/∂sᵢ (Euler's theorem), so child i contributes sᵢ ∂M/∂sᵢ
  = wᵢ/W · f′(sᵢ)/f′(M) · sᵢ. For the geometric mean that is its log share wᵢ/W · M.
- gaps: the *mean-value split*. f(M) = Σ wᵢ f(sᵢ)/W makes Δf(M) a sum, and ΔM = ΔM/Δf(M) · Σ wᵢ Δf(sᵢ)/W scales it back to
  points; for the geometric mean that is LMDI (Ang 2004, *Energy Policy* 32). Where Δf(M) is 0 the factor is its limit 1/f′(M).
  Where one of the two M is pinned at 0 (f(0) infinite), the limit gives the whole gap to the children that are 0 there, by weight.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .aggregation import Generator, generator
from .errors import ScoringError
from .framework import Framework, Node

_SAME = 1e-5  # relative distance below which the slope in the middle is closer to Δf/Δs than the quotient of small differences


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
    if np.isnan(m):  # without a score of its own: its weight went to its siblings, and nothing below it counts
        return np.zeros(len(s))
    share = np.where(present, w, 0.0) / w[present].sum()
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
        low, high = _standing(mine, node, kids, a), _standing(other, node, kids, b)
        slopes = _split_slopes(low, high, np.array([k.weight for k in kids]), a, b, node.aggregation or aggregation)
        for kid, x, y, slope in zip(kids, low, high, slopes, strict=True):
            at[kid.code] = (x, y)
            ratio[kid.code] = ratio[node.code] * slope
            parts[kid.code] = ratio[kid.code] * (y - x)
    return parts


def _standing(scores: pd.Series, node: Node, kids: Sequence[Node], own: float) -> np.ndarray:
    """Scores of children; `own`, where their parent stands, for one without a score and for all where the parent stands in."""
    s = scores[[k.code for k in kids]].to_numpy(float)
    return np.where(np.isnan(s) | (scores[node.code] != own), own, s)


def _split_slopes(low: np.ndarray, high: np.ndarray, w: np.ndarray, a: float, b: float, aggregation: str) -> np.ndarray:
    """Points of the parent's gap for each point of a child's gap; Σ slope × (high − low) = b − a."""
    gen = generator(aggregation)
    share = w / w.sum()
    if gen.identity:
        return share
    if a == b == 0:
        return np.zeros(len(w))
    with np.errstate(divide="ignore", invalid="ignore"):
        if min(a, b) == 0 and np.isinf(gen.forward(np.zeros(1)))[0]:
            pinned = low if a == 0 else high
            lifts = pinned == pinned.min()
            return np.where(lifts, share / share[lifts].sum() * (b - a) / (high - low), 0.0)
        slopes = share * _secant(gen, low, high) / _secant(gen, np.array([a]), np.array([b]))
    return np.where((low == 0) & (high == 0), 0.0, slopes)


def _secant(gen: Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Δf/Δs, or f′ in the middle where the two scores are all but the same."""
    same = np.isclose(x, y, rtol=_SAME, atol=0)
    gap = np.where(same, 1.0, y - x)
    return np.where(same, gen.slope((x + y) / 2), (gen.forward(y) - gen.forward(x)) / gap)
