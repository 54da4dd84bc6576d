"""The walk up the tree from indicator scores to the index: weights, coverage, and which nodes go without a score."""

from __future__ import annotations

import numpy as np

from .aggregation import generator, mean
from .errors import ScoringError
from .framework import Framework
from .policy import Policy
from .values import MISSING, NOT_APPLICABLE, PENDING, VALUE

BLOCK = 4096  # units a block: one block of a usual framework stays in the processor's cache
_SLACK = 5e-5  # half a unit in the fourth decimal: a coverage of 0.6667 means two thirds


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


def climbing_plan(framework: Framework, policy: Policy, weights: np.ndarray | None = None) -> dict:
    """For each inner node, deepest first: place → (places of its children, their weights, its generator).

    `weights` (n_variants, n_nodes) replaces the framework's; children's weights then have the shape (n_variants, 1).
    """
    place = {c: k for k, c in enumerate(framework.codes)}
    plan = {}
    for node in reversed(framework.inner):
        kids = [place[c.code] for c in framework.children(node.code)]
        shares = [framework.nodes[k].weight if weights is None else weights[:, k, None] for k in kids]
        plan[place[node.code]] = (kids, shares, generator(node.aggregation or policy.aggregation, node.code))
    return plan


def climb(
    framework: Framework, policy: Policy, plan: dict, out: np.ndarray, states: list[np.ndarray] | None, ends: tuple[float, float]
) -> None:
    """Fill the inner rows of `out` (n_nodes, …, n_units), whose indicator rows are set.

    `states`: one array (n_units,) an indicator, or None where every cell has a value. `ends`: the least and the greatest score
    that an indicator can have; a mean is held there, where rounding would carry 100 to a hair above 100.
    """
    if states is not None:
        return _climb_over_gaps(framework, policy, plan, out, states, ends)
    for k, (kids, shares, gen) in plan.items():
        out[k] = _held(mean([out[c] for c in kids], shares, gen, framework.nodes[k].code), ends)


def _held(score: np.ndarray, ends: tuple[float, float]) -> np.ndarray:
    return score if ends == (-np.inf, np.inf) else np.clip(score, *ends, out=score)


def thin(cover: np.ndarray, policy: Policy) -> np.ndarray:
    """Whether so little of a node's weight has a value that it has no score."""
    return (cover < policy.coverage - _SLACK) | (cover == 0)


def _climb_over_gaps(framework: Framework, policy: Policy, plan: dict, out: np.ndarray, states: list, ends: tuple) -> None:
    """`climb` where cells have no value.

    Weight of cells that are not applicable or pending (and of missing ones under `reweight`) goes to their siblings. A node
    without any value, or whose coverage is below the policy's, has no score; then its parent has none either, unless all of it
    is not applicable or pending, or the rule is `reweight`.
    """
    place = {c: k for k, c in enumerate(framework.codes)}
    reweight = policy.missing_rule == "reweight"
    cover = coverages(framework, np.stack([s == VALUE for s in states]))
    leaves = [place[n.code] for n in framework.indicators]
    absent = {k: (s == NOT_APPLICABLE) | (s == PENDING) for k, s in zip(leaves, states, strict=True)}
    shared = {k: absent[k] | (reweight & (s == MISSING)) for k, s in zip(leaves, states, strict=True)}
    for k, (kids, shares, gen) in plan.items():
        score = _held(mean([out[c] for c in kids], shares, gen, framework.nodes[k].code), ends)
        blocked = np.any([np.isnan(out[c]) & ~shared[c] for c in kids], axis=0)
        out[k] = np.where(blocked | thin(cover[k], policy), np.nan, score)
        absent[k] = np.all([absent[c] for c in kids], axis=0)
        shared[k] = absent[k] | reweight
