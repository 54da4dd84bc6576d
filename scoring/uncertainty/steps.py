"""The walk up the tree for many draws at once: `tree.climb`, where each draw has weights of its own.

Nearly all of the work is one matrix product an inner node, (draws × indicators) · (indicators × units), since without measurement
error no draw moves an indicator's scores; only the nodes above are arrays of (draws, units).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..aggregation import Aggregator, Penalised, Tournament, generator, mean
from ..framework import Framework


class Step(NamedTuple):
    """How an inner node comes from its children, all worked out that no draw moves.

    `still`: places of the children that are the same in every draw; `terms`, a matrix (n_still, n_units) a weighted sum; `there`
    (same shape, 0 or 1), where they have a score; `zeros`, where a score of 0 makes the mean 0; None for everywhere and nowhere.
    `moving`: the other children, each with whether it may lack a score in a draw; `gap` (n_units,): where the node has none.
    """

    place: int
    method: Aggregator
    still: list[int]
    scores: np.ndarray
    terms: list[np.ndarray]
    there: np.ndarray | None
    zeros: np.ndarray | None
    moving: list[tuple[int, bool]]
    gap: np.ndarray


def steps(
    framework: Framework,
    texts: Mapping[str, str],
    leaves: Mapping[int, np.ndarray],
    moved: Collection[int],
    gaps: np.ndarray,
    left_out: bool,
) -> list[Step]:
    """The steps to the root, the deepest first.

    `texts`: the aggregation of each inner node; `leaves`: scores (n_units,) of each indicator's place; `moved`: places of those
    that draws move; `gaps` (n_nodes, n_units): which nodes have no score; `left_out`: whether draws leave indicators out.
    """
    place = {c: k for k, c in enumerate(framework.codes)}
    resting = {k: (~np.isnan(s)).astype(int) for k, s in leaves.items()}  # on how many indicators a score rests
    found = []
    for node in reversed(framework.inner):
        k, kids = place[node.code], [place[c.code] for c in framework.children(node.code)]
        resting[k] = np.where(gaps[k], 0, sum(resting[c] for c in kids))
        still = [c for c in kids if c in leaves and c not in moved]
        loose = [(c, bool(gaps[c].any() or (left_out and (resting[c] == 1).any()))) for c in kids if c not in still]
        scores = np.array([leaves[c] for c in still]).reshape(len(still), gaps.shape[1])
        found.append(_step(k, generator(texts[node.code], node.code), still, scores, loose, gaps[k]))
    return found


def _step(place: int, method: Aggregator, still: list[int], scores: np.ndarray, moving: list, gap: np.ndarray) -> Step:
    lacking = np.isnan(scores)
    with np.errstate(divide="ignore"):
        terms = [np.where(lacking, 0.0, function(scores)) for function in _functions(method)]
    zeros = np.zeros(scores.shape)
    for term in terms:
        zeros += np.isinf(term)
        term[np.isinf(term)] = 0.0  # in a product with a weight of 0 it would be no number
    there = (~lacking).astype(float) if lacking.any() else None
    return Step(place, method, still, scores, terms, there, zeros if zeros.any() else None, moving, np.flatnonzero(gap))


def _functions(method: Aggregator) -> list[Callable[[np.ndarray], np.ndarray]]:
    """Of the children's scores, what their weighted means are taken of."""
    if isinstance(method, Tournament):
        return []
    if isinstance(method, Penalised):
        return [lambda s: s, np.square]
    if method.positive:
        # An alternative below may bring what a mean of positive scores cannot take; −0 would have an inverse of −∞.
        return [lambda s: method.forward(np.maximum(s, 0.0) + 0.0)]
    return [method.forward]


def climb_draws(plan: Sequence[Step], weights: np.ndarray, moved: Mapping[int, np.ndarray]) -> np.ndarray:
    """Scores of the root, (n_draws, n_units); NaN where it has none.

    `weights` (n_nodes, n_draws), 0 for an indicator that is left out; `moved`: scores (n_draws, n_units) of indicators that draws
    move. A node of which nothing is left leaves its weight to its siblings.
    """
    scores = dict(moved)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for step in plan:
            score = _score(step, weights, scores)
            score[:, step.gap] = np.nan
            scores[step.place] = score
    return scores[plan[-1].place]


def _score(step: Step, weights: np.ndarray, scores: Mapping[int, np.ndarray]) -> np.ndarray:
    own, functions = weights[step.still].T, _functions(step.method)
    total = own.sum(axis=1, keepdims=True) if step.there is None else own @ step.there
    sums = [own @ term for term in step.terms]
    for place, loose in step.moving:
        weight = weights[place][:, None]
        there = ~np.isnan(scores[place]) & (weight > 0) if loose else None
        total = total + (weight if there is None else weight * there)
        for done, function in zip(sums, functions, strict=True):
            term = function(scores[place]) * weight
            if there is not None:
                np.copyto(term, 0.0, where=~there)
            done += term
    if isinstance(step.method, Tournament):
        return np.where(total > 0, _tournament(step, weights, scores), np.nan)
    means = [np.divide(done, total, out=done) for done in sums]
    if isinstance(step.method, Penalised):
        centre, square = means
        return centre - step.method.sign * np.where(centre == 0, 0.0, square / centre - centre)
    result = means[0] if step.method.identity else step.method.inverse(means[0])
    return result if step.zeros is None else np.where(own @ step.zeros > 0, 0.0, result)


def _tournament(step: Step, weights: np.ndarray, scores: Mapping[int, np.ndarray]) -> np.ndarray:
    """The units of the block meet each other, in each draw with its own weights; one without a score meets nobody."""
    kids = [*step.scores, *(scores[place] for place, _ in step.moving)]
    kids = [s.copy() for s in kids]
    for s in kids:
        s[..., step.gap] = np.nan
    shares = [weights[place][:, None] for place in [*step.still, *(place for place, _ in step.moving)]]
    return mean(kids, shares, step.method, gaps=[None] * len(kids))
