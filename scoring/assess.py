"""From scores to what a release freezes: adjusted index, rank, tier, balance, facets and the reason of every gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from .adjustment import adjust
from .aggregation import generator, mean
from .framework import Framework, Node
from .index import Scores
from .policy import Policy
from .ranking import rank
from .tiers import assign, override
from .tree import climb, climbing_plan, thin
from .values import NOT_APPLICABLE, PENDING


@dataclass(frozen=True)
class Assessment:
    """`units`: a row a unit; `nodes`: rows [unit, node, score, rank, coverage] over the framework's nodes and the facets'."""

    units: pd.DataFrame
    nodes: pd.DataFrame


class Grid(NamedTuple):
    """Figures of some nodes, each (n_units, n_nodes), columns as `codes`."""

    codes: tuple[str, ...]
    scores: np.ndarray
    ranks: np.ndarray
    coverage: np.ndarray


def assess(scores: Scores, adjustments: pd.DataFrame, policy: Policy) -> Assessment:
    """Index with and without adjustments, rank, tier, tier by rule, veto, geometric view, weakest dimension, notes; node scores.

    `adjustments`: rows [unit, kind, points]; rows of units that are not in `scores` are refused by the caller.
    """
    nodes = pd.concat([_long(scores.units, grid) for grid in node_grids(scores)], ignore_index=True)
    return Assessment(assess_units(scores, adjustments, policy), nodes)


def assess_units(scores: Scores, adjustments: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """The `units` of an assessment; arguments as `assess`."""
    frame, units = scores.frame(), standing(scores, adjustments, policy)
    units["geometric"] = geometric_view(frame, scores.framework)
    units[["weakest", "weakest_gap"]] = _weakest(frame, scores.framework)
    units["note"] = _notes(scores, policy)
    return units


def node_grids(scores: Scores) -> list[Grid]:
    """The `nodes` of an assessment as grids: of the framework, then of each facet's groups (its indicators are the main tree's)."""
    return [_grid(scores), *(_grid(s, only_groups=True) for s in facet_scores(scores))]


def standing(scores: Scores, adjustments: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """How the units stand, index unit: the columns of `adjust`, rank, tier_by_rule, veto, tier; arguments as `assess`."""
    root = scores.values[:, scores.codes.index(scores.framework.root.code)]
    units = adjust(pd.Series(root, index=pd.Index(scores.units, name="unit")), adjustments, policy)
    units["rank"] = rank(units["index"].to_numpy())
    units["tier_by_rule"] = assign(units["index"], policy)
    vetoed = set(adjustments.loc[adjustments["kind"] == "veto", "unit"])
    units["veto"] = units.index.isin(vetoed)
    units["tier"] = override(units["tier_by_rule"], vetoed, policy)
    return units


def geometric_view(frame: pd.DataFrame, framework: Framework) -> pd.Series:
    """Weighted geometric mean of the dimensions' scores (0 where one is 0; NaN where one is negative or all are missing)."""
    codes = [d.code for d in framework.dimensions]
    columns = [frame[c].to_numpy(float) for c in codes]
    result = np.full(len(frame), np.nan)
    fine = ~np.any([c < 0 for c in columns], axis=0)
    weights = [framework.effective_weight(c) for c in codes]
    kept = np.array([c[fine] for c in columns])
    result[fine] = np.clip(mean(kept, weights, generator("geometric")), np.fmin.reduce(kept), np.fmax.reduce(kept))
    return pd.Series(result, index=frame.index).where(frame[framework.root.code].notna())


def _weakest(frame: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """The dimension with the lowest score, and how far it lies below the unit's own weighted mean of dimensions."""
    codes = [d.code for d in framework.dimensions]
    block = frame[codes].to_numpy(float)
    weights = np.array([framework.effective_weight(c) for c in codes])
    weighed = ~np.isnan(block) * weights
    some = weighed.sum(axis=1) > 0
    centre = np.divide(np.nansum(block * weights, axis=1), weighed.sum(axis=1), out=np.zeros(len(block)), where=some)
    place = np.where(np.isnan(block), np.inf, block).argmin(axis=1)
    gap = np.where(some, centre - block[np.arange(len(block)), place], np.nan)
    return pd.DataFrame({"weakest": np.where(some, np.array(codes, object)[place], ""), "weakest_gap": gap}, index=frame.index)


def _notes(scores: Scores, policy: Policy) -> np.ndarray:
    """Why a unit has no index, in Chinese; "" where it has one."""
    notes = np.full(len(scores.units), "", dtype=object)
    root = scores.framework.root
    limit = f"（门槛 {policy.coverage:.0%}）" if policy.coverage else ""
    for row in np.flatnonzero(np.isnan(scores.values[:, scores.codes.index(root.code)])):
        if scores.screened is not None and not np.isnan(scores.screened[row]):
            notes[row] = f"不参评：指标覆盖率不足，有值的占 {scores.screened[row]:.0%}（筛选门槛 {policy.screening:.0%}）"
            continue
        lacking = [d for d in scores.framework.dimensions if _lacks(scores, row, d.code)]
        covers = [(node.name if node is not root else "总", _cover(scores, row, node)) for node in lacking or [root]]
        low = [f"{name}覆盖率 {cover:.0%}" for name, cover in covers if thin(cover, policy)]
        gaps = [f"{name}有缺报" for name, cover in covers if not thin(cover, policy)]
        notes[row] = f"不计分：{'、'.join(low)}{limit if low else ''}{'；' if low and gaps else ''}{'、'.join(gaps)}"
    return notes


def _cover(scores: Scores, row: int, node: Node) -> float:
    return scores.coverage[row, scores.codes.index(node.code)]


def _lacks(scores: Scores, row: int, code: str) -> bool:
    """Whether a dimension has no score though some of it applies and is due."""
    states = scores.states[row, [scores.indicators.index(n.code) for n in scores.framework.leaves(code)]]
    due = ~np.isin(states, (NOT_APPLICABLE, PENDING))
    return bool(np.isnan(scores.values[row, scores.codes.index(code)]) and due.any())


def facet_scores(scores: Scores) -> list[Scores]:
    """The same indicator scores under each facet's groups; gaps, coverage and weights follow the same rules."""
    result = []
    for facet in scores.framework.facets:
        tree = scores.framework.facet_tree(facet)
        codes = tuple(n.code for n in tree.indicators)
        states = scores.states[:, [scores.indicators.index(c) for c in codes]]
        leaves = scores.values[:, [scores.codes.index(c) for c in codes]]
        out = np.empty((len(tree.nodes), len(scores.units)))
        out[[tree.codes.index(c) for c in codes]] = leaves.T
        ends = np.fmin.reduce(leaves, axis=None, initial=np.inf), np.fmax.reduce(leaves, axis=None, initial=-np.inf)
        climb(tree, scores.policy, climbing_plan(tree, scores.policy), out, list(states.T), ends)
        result.append(Scores(tree, scores.policy, scores.units, out.T, states, codes))
    return result


def _grid(scores: Scores, only_groups: bool = False) -> Grid:
    groups = {n.code for n in scores.framework.inner} - {scores.framework.root.code}
    picked = [k for k, c in enumerate(scores.codes) if not only_groups or c in groups]
    block = scores.values[:, picked]
    ranks = np.empty(block.shape)
    for column, ranked in zip(block.T, ranks.T, strict=True):  # one by one: what sorting needs beside is many times a column
        ranked[:] = rank(column)
    return Grid(tuple(scores.codes[k] for k in picked), block, ranks, scores.coverage[:, picked])


def _long(units: Sequence[str], grid: Grid) -> pd.DataFrame:
    """Rows [unit, node, score, rank, coverage]."""
    return pd.DataFrame(
        {
            "unit": np.repeat(np.array(units, object), len(grid.codes)),
            "node": np.tile(np.array(grid.codes, object), len(units)),
            "score": grid.scores.ravel(),
            "rank": grid.ranks.ravel(),
            "coverage": grid.coverage.ravel(),
        }
    )
