"""What a score is made of, and what a gap is made of: additive parts that sum exactly at every node of the tree.

Arithmetic nodes split as weight × score. The other means are homogeneous and quasi-arithmetic, which gives two closed forms:

- contributions: *Euler shares*. A mean M of degree one is Σ sᵢ ∂M/∂sᵢ (Euler's theorem), so child i contributes sᵢ ∂M/∂sᵢ
  = wᵢ/W · f′(sᵢ)/f′(M) · sᵢ. For the geometric mean that is its log share wᵢ/W · M.
- gaps: the *mean-value split*. f(M) = Σ wᵢ f(sᵢ)/W makes Δf(M) a sum, and ΔM = ΔM/Δf(M) · Σ wᵢ Δf(sᵢ)/W scales it back to
  points; for the geometric mean that is LMDI (Ang 2004, *Energy Policy* 32). Where Δf(M) is 0 the factor is its limit 1/f′(M).
  Where one of the two M is pinned at 0 (f(0) infinite), the limit gives the whole gap to the children that are 0 there, by weight.

The penalised mean V = (1 + σ) M − σ Q/M, with Q = Σ wᵢ sᵢ²/W, is of degree one too: Euler shares, negative for a child far
above the rest. Its gap is split by the symmetric product rule, Δ(xy) = Δx ȳ + x̄ Δy.

A tournament's score is no function of its children's scores alone. By convention it is shared out pro rata of weight × score
(of weight where scores are negative or all 0), and a gap below it is the difference of what the two scores are made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .aggregation import Aggregator, Generator, Penalised, Tournament, generator
from .errors import ScoringError
from .framework import Framework, Node

Scored = pd.Series | Mapping[str, float]  # node code → score of one unit
_SAME = 1e-5  # relative distance below which the slope in the middle is closer to Δf/Δs than the quotient of small differences


def contributions(framework: Framework, scores: pd.Series, aggregation: str = "arithmetic") -> pd.Series:
    """Points that each node adds to the index, index code → points; children sum to their parent, the root to the index.

    `scores`: code → score of one unit (indicators that share their weight out are NaN and add 0). `aggregation` is the policy's
    default for nodes that name none. All NaN where the unit has no index.
    """
    root = framework.root.code
    points = pd.Series(np.nan, index=list(framework.codes))
    points[root] = scores[root]
    if not np.isnan(scores[root]):
        for code, found in _made_of(framework, root, scores, scores[root], aggregation).items():
            points[code] = found
    return points


def _made_of(framework: Framework, top: str, scores: Scored, whole: float, aggregation: str) -> dict[str, float]:
    """Code → points of `whole` that a node adds, for `top` and all below it. `whole` is the score of `top`, or stands for one."""
    points = {top: whole}
    factor = {top: 1.0 if scores[top] == whole else np.nan}  # points a point of the node's own score; NaN: points without a score
    for node in framework.inner:
        if node.code not in points:
            continue
        kids = framework.children(node.code)
        s, w = _scores_of(scores, kids), np.array([k.weight for k in kids])
        gen = generator(node.aggregation or aggregation)
        if isinstance(gen, Tournament) or np.isnan(factor[node.code]):
            slopes, parts = _pro_rata(s, w, points[node.code])
        else:
            slopes = factor[node.code] * _gradient(s, w, scores[node.code], gen)
            parts = np.where(np.isnan(s), 0.0, slopes * s)
        for kid, slope, part in zip(kids, slopes, parts, strict=True):
            factor[kid.code], points[kid.code] = slope, part
    return points


def _scores_of(scores: Scored, kids: Sequence[Node]) -> np.ndarray:
    return np.array([scores[k.code] for k in kids], float)


def _pro_rata(s: np.ndarray, w: np.ndarray, whole: float) -> tuple[np.ndarray, np.ndarray]:
    """(points a point of the score, points) of each child by weight × score; by weight alone, with NaN, where that has no sense."""
    gaps = np.isnan(s)
    share = w if gaps.all() else np.where(gaps, 0.0, w)
    pull = float(np.nansum(share * s))
    if (s < 0).any() or pull == 0:
        return np.full(len(s), np.nan), whole * share / share.sum()
    slopes = whole * share / pull
    return slopes, np.where(gaps, 0.0, slopes * s)


def _gradient(s: np.ndarray, w: np.ndarray, m: float, gen: Generator | Penalised) -> np.ndarray:
    """∂M/∂sᵢ, 0 for a child without a score and where the mean is pinned at 0."""
    present = ~np.isnan(s)
    if np.isnan(m):  # without a score of its own: its weight went to its siblings, and nothing below it counts
        return np.zeros(len(s))
    share = np.where(present, w, 0.0) / w[present].sum()
    if isinstance(gen, Penalised):
        return _penalised_gradient(np.where(present, s, 0.0), share, gen.sign)
    if gen.identity:
        return share
    if m == 0:
        return np.zeros(len(s))
    slope = gen.slope(np.where(present & (s > 0), s, m)) / gen.slope(np.array(m))
    return share * np.where(present & (s > 0), slope, 0.0)


def _penalised_gradient(s: np.ndarray, share: np.ndarray, sign: float) -> np.ndarray:
    centre, square = share @ s, share @ s**2
    if centre == 0:
        return np.zeros(len(s))
    return share * (1 + sign - sign * (2 * s / centre - square / centre**2))


def gap_split(framework: Framework, mine: pd.Series, other: pd.Series, aggregation: str = "arithmetic") -> pd.Series:
    """Points of the gap `other − mine` that each node explains; they sum exactly at every node.

    A child without a score stands where its parent's score stays what it is, which is what sharing its weight out means. Raises
    ScoringError where one of the two has no index.
    """
    root = framework.root.code
    if np.isnan(mine[root]) or np.isnan(other[root]):
        raise ScoringError(f"{root}：其中一方没有指数，差距无从分解；请另选一个有得分的单位")
    mine, other = mine.to_dict(), other.to_dict()  # look-ups in a Series would take most of the time
    parts = dict.fromkeys(framework.codes, 0.0)
    parts[root] = other[root] - mine[root]
    at = {root: (float(mine[root]), float(other[root]))}
    ratio = {root: 1.0}  # points of the index a point of the node's own gap
    for node in (n for n in framework.inner if n.code in at):  # a tournament splits all below it
        a, b = at[node.code]
        gen = generator(node.aggregation or aggregation)
        if isinstance(gen, Tournament):
            before, after = (_made_of(framework, node.code, s, x, aggregation) for s, x in ((mine, a), (other, b)))
            for code in before.keys() - {node.code}:
                parts[code] = ratio[node.code] * (after[code] - before[code])
            continue
        kids = framework.children(node.code)
        weights = np.array([k.weight for k in kids])
        low, high = _standing(mine, node, kids, a, gen), _standing(other, node, kids, b, gen)
        slopes = _split_slopes(low, high, weights / weights.sum(), a, b, gen)
        for kid, x, y, slope in zip(kids, low, high, slopes, strict=True):
            at[kid.code] = (x, y)
            ratio[kid.code] = ratio[node.code] * slope
            parts[kid.code] = ratio[kid.code] * (y - x)
    return pd.Series(parts)


def _standing(scores: Scored, node: Node, kids: Sequence[Node], own: float, gen: Aggregator) -> np.ndarray:
    """Scores of children; for one without a score where it moves nothing; for all `own`, where their parent only stands."""
    s = _scores_of(scores, kids)
    if scores[node.code] != own:
        return np.full(len(s), own)
    gaps = np.isnan(s)
    if isinstance(gen, Penalised) and gen.sign > 0 and gaps.any():
        own = _neutral(s[~gaps], np.array([k.weight for k in kids]), gaps, own)
    return np.where(gaps, own, s)


def _neutral(s: np.ndarray, w: np.ndarray, gaps: np.ndarray, own: float) -> float:
    """The score that children without one would need for 2M − Q/M to stay `own`: the root between 0 and the mean of the others.

    With p the weight of the gaps: (2p − 1) x² + (4 (1 − p) M − own) x − 2 (1 − p) M² = 0.
    """
    p = w[gaps].sum() / w.sum()
    centre = w[~gaps] @ s / w[~gaps].sum()
    if centre == 0:
        return 0.0
    b, c = 4 * (1 - p) * centre - own, 2 * (1 - p) * centre**2
    return 2 * c / (b + np.sqrt(max(b * b + 4 * (2 * p - 1) * c, 0.0)))


def _split_slopes(low: np.ndarray, high: np.ndarray, share: np.ndarray, a: float, b: float, gen) -> np.ndarray:
    """Points of the parent's gap for each point of a child's gap; Σ slope × (high − low) = b − a."""
    if isinstance(gen, Penalised):
        return _penalised_slopes(low, high, share, gen.sign)
    if gen.identity:
        return share
    if a == b == 0:
        return np.zeros(len(share))
    with np.errstate(divide="ignore", invalid="ignore"):
        if min(a, b) == 0 and np.isinf(gen.forward(np.zeros(1)))[0]:
            pinned = low if a == 0 else high
            lifts = pinned == pinned.min()
            return np.where(lifts, share / share[lifts].sum() * (b - a) / (high - low), 0.0)
        slopes = share * _secant(gen, low, high) / _secant(gen, np.array([a]), np.array([b]))
    return np.where((low == 0) & (high == 0), 0.0, slopes)


def _penalised_slopes(low: np.ndarray, high: np.ndarray, share: np.ndarray, sign: float) -> np.ndarray:
    first, last = share @ low, share @ high
    if first == 0 or last == 0:  # all are 0 there: what the other end is made of
        return _penalised_gradient(high if first == 0 else low, share, sign)
    inverse, square = (1 / first + 1 / last) / 2, share @ (low**2 + high**2) / 2
    return share * (1 + sign - sign * ((low + high) * inverse - square / (first * last)))


def _secant(gen: Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Δf/Δs, or f′ in the middle where the two scores are all but the same."""
    same = np.isclose(x, y, rtol=_SAME, atol=0)
    gap = np.where(same, 1.0, y - x)
    return np.where(same, gen.slope((x + y) / 2), (gen.forward(y) - gen.forward(x)) / gap)
