"""The walk up the tree from indicator scores to the index: weights, coverage, and which nodes go without a score."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

import numpy as np

from .aggregation import Generator, Tournament, gap_of, generator, mean
from .errors import ScoringError
from .framework import Framework, Node
from .policy import Policy
from .values import NOT_APPLICABLE, PENDING, VALUE

BLOCK = 24576  # units a block: long enough that numpy's own overhead is small, short enough for the processor's cache
SLACK = 5e-5  # half a unit in the fourth decimal: a coverage of 0.6667 means two thirds


def logged(x: np.ndarray, code: str) -> np.ndarray:
    """ln x. Raises ScoringError for a value that has no logarithm."""
    if np.any(x <= 0):
        raise ScoringError(f"{code}：取值 {float(np.nanmin(x)):g} 不能取对数；请改正该值，或去掉 transform")
    return np.log(x)


def coverages(framework: Framework, present: np.ndarray) -> np.ndarray:
    """Share of each node's weight that has a value: `present` (n_indicators, n_units) → (n_nodes, n_units)."""
    place = {c: k for k, c in enumerate(framework.codes)}
    out = np.empty((len(framework.nodes), present.shape[1]))
    for node, row in zip(framework.indicators, present, strict=True):
        out[place[node.code]] = row
    for node in reversed(framework.inner):
        kids = framework.children(node.code)
        total = sum(k.weight for k in kids)
        out[place[node.code]] = sum(k.weight * out[place[k.code]] for k in kids) / total
    return out


def climbing_plan(
    framework: Framework, policy: Policy, weights: np.ndarray | None = None, rivals: Mapping[int, tuple] | None = None
) -> dict:
    """For each inner node, deepest first: place → (places of its children, their weights, its generator).

    `weights` (n_variants, n_nodes) replaces the framework's; children's weights then have the shape (n_variants, 1).
    `rivals`: what `rivals_of` found in the population, for nodes that compare with it; without it a block is its own population.
    """
    place = {c: k for k, c in enumerate(framework.codes)}
    plan = {}
    for node in reversed(framework.inner):
        kids = [place[c.code] for c in framework.children(node.code)]
        shares = [framework.nodes[k].weight if weights is None else weights[:, k, None] for k in kids]
        gen = generator(node.aggregation or policy.aggregation, node.code)
        if rivals and isinstance(gen, Tournament):
            gen = Tournament(rivals[place[node.code]])
        plan[place[node.code]] = (kids, shares, gen)
    return plan


def compares(framework: Framework, policy: Policy) -> tuple[Node, ...]:
    """The inner nodes whose aggregation sees a unit beside a population."""
    return tuple(n for n in framework.inner if isinstance(generator(n.aggregation or policy.aggregation, n.code), Tournament))


def rivals_of(framework: Framework, policy: Policy, out: np.ndarray) -> dict[int, tuple[np.ndarray, ...]]:
    """Place of each node that compares with a population → its children's scores there, NaN for a unit without a score.

    `out`: the population's scores (n_nodes, …, n_units), as `climb` filled them.
    """
    place = {c: k for k, c in enumerate(framework.codes)}
    found = {}
    for node in compares(framework, policy):
        gap = np.isnan(out[place[node.code]])
        found[place[node.code]] = tuple(np.where(gap, np.nan, out[place[c.code]]) for c in framework.children(node.code))
    return found


def climb(
    framework: Framework, policy: Policy, plan: dict, out: np.ndarray, states: list[np.ndarray], ends: tuple[float, float]
) -> None:
    """Fill the inner rows of `out` (n_nodes, …, n_units), whose indicator rows are set.

    `states`: one array (n_units,) an indicator. `ends`: the least and the greatest score that an indicator can have; a mean is
    held there, where rounding would carry 100 to a hair above 100. What is no mean, and all above it, has other ends.

    Weight of cells that are not applicable or pending (and of missing ones under `reweight`) goes to their siblings. A node
    without any value, or whose coverage is below the policy's, has no score; then its parent has none either, unless all of it
    is not applicable or pending, or the rule is `reweight`.
    """
    leaves = [framework.codes.index(n.code) for n in framework.indicators]
    below = {k: _leaf(out[k], state, policy) for k, state in zip(leaves, states, strict=True)}
    free = set()
    for k, (kids, shares, gen) in plan.items():
        parts, scores = [below[c] for c in kids], [out[c] for c in kids]
        below[k] = _inner(parts, [framework.nodes[c].weight for c in kids], policy)
        if isinstance(gen, Tournament) and gen.rivals is None and below[k].gap is not None:
            gen = Tournament(tuple(np.where(below[k].gap, np.nan, s) for s in scores))
        if gen.positive and below[k].gap is not None:  # a unit that gets no score here is no reason to refuse
            scores = [np.where(below[k].gap, np.nan, s) for s in scores]
        score = mean(scores, shares, gen, framework.nodes[k].code, [p.gap for p in parts])
        if isinstance(gen, Generator) and free.isdisjoint(kids):
            score = _held(score, ends)
        else:
            free.add(k)
        if below[k].gap is not None:
            score[..., below[k].gap] = np.nan
        out[k] = score


class _Below(NamedTuple):
    """What a parent must know of a child, an array (n_units,) each, or one truth for all units of the block.

    `gap`: where it has no score (None: nowhere); `shared`: where its weight then goes to its siblings; `absent`: where all of it
    is not applicable or pending; `cover`: share of its weight that has a value.
    """

    gap: np.ndarray | None
    shared: np.ndarray | bool
    absent: np.ndarray | bool
    cover: np.ndarray | float | bool


def _leaf(score: np.ndarray, state: np.ndarray, policy: Policy) -> _Below:
    if not state.any():  # VALUE is 0
        return _Below(gap_of(score), False, False, True)
    absent = (state == NOT_APPLICABLE) | (state == PENDING)
    shared = (state != VALUE) if policy.missing_rule == "reweight" else absent
    return _Below(gap_of(score), shared, absent, state == VALUE)


def _inner(parts: list[_Below], weights: list[float], policy: Policy) -> _Below:
    if policy.coverage:
        cover = sum(w * p.cover for w, p in zip(weights, parts, strict=True)) / sum(weights)
    else:  # without a limit it only matters whether there is any value at all
        whole = any(p.cover is True for p in parts)
        cover = whole or np.logical_or.reduce([p.cover for p in parts])
    gap = thin(cover, policy)
    for p in parts:
        if p.gap is not None and p.shared is not True:
            gap = gap | (p.gap & ~p.shared if isinstance(p.shared, np.ndarray) else p.gap)
    if all(p.gap is not None for p in parts):
        gap = gap | reduce(np.logical_and, [p.gap for p in parts])  # (n_units,), or with variants before it
    absent = np.logical_and.reduce([p.absent for p in parts]) if all(isinstance(p.absent, np.ndarray) for p in parts) else False
    gap = gap if np.any(gap) else None
    return _Below(gap, True if policy.missing_rule == "reweight" else absent, absent, cover)


def _held(score: np.ndarray, ends: tuple[float, float]) -> np.ndarray:
    return score if ends == (-np.inf, np.inf) else np.clip(score, *ends, out=score)


def thin(cover: np.ndarray, policy: Policy) -> np.ndarray:
    """Whether so little of a node's weight has a value that it has no score."""
    return (cover < policy.coverage - SLACK) | (cover == 0)
