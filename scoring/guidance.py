"""Guidance: which advice concerns which unit, and in which group of indicators a unit loses its points.

Guidance is a table, a row a piece of advice, with the columns of COLUMNS: `target` (code of a node, `facet:group`, "" for a tier
as a whole), `low` and `high` (meant for low ≤ score of the target < high; both NaN: any score below the top), `tier` ("" for all),
`path` (a way to improve), `text`, `step` (how far one step goes, in the indicator's own unit; NaN: one record of its ledger), `unit`
(what a step is called), `difficulty` (of one step, NaN where the target is no indicator), `source` (on what it rests).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .case import Case
from .explain import gap_split
from .framework import Framework

COLUMNS = ("target", "low", "high", "tier", "path", "text", "step", "unit", "difficulty", "source")
NUMBERS = ("low", "high", "step", "difficulty")


def concerned(guidance: pd.DataFrame, nodes: pd.DataFrame, units: pd.DataFrame, top: float) -> pd.DataFrame:
    """Whether each piece of advice is meant for each unit: truths, units × rows of `guidance`.

    `nodes`: scores, index unit, a column a node; `units`: index and tier of the same units; `top`: the best score that there is.
    Advice on a node that is not there, or of which a unit has no score, concerns nobody; advice to a tier as a whole needs an index.
    """
    targets = guidance["target"]
    whole = (targets == "").to_numpy()
    gap = np.full(len(units), np.nan)
    columns = [units["index"] if t == "" else nodes.get(t, gap) for t in targets]
    scores = np.array(columns, float).reshape(len(targets), len(units)).T
    low = guidance["low"].fillna(-np.inf).to_numpy()
    high = guidance["high"].where(guidance["high"].notna(), np.where(whole, np.inf, top)).to_numpy()
    tiers = guidance["tier"].to_numpy()
    fits = (low <= scores) & (scores < high) & ((tiers == "") | (tiers == units["tier"].to_numpy()[:, None]))
    return pd.DataFrame(fits, units.index, guidance.index)


def lost_points(case: Case, units: Iterable[str]) -> pd.DataFrame:
    """Index points between each unit and the top of the range, before adjustments, by the indicator that explains them.

    Units × indicators; they sum to top − raw index at every unit, and are NaN for one without an index. An indicator that shares its
    weight out loses nothing. NaN throughout where scores have no top, as z-scores. The split is that of `explain.gap_split`.
    """
    tree, top = case.fitted.framework, case.policy.range[1]
    codes, root = [n.code for n in tree.indicators], tree.root.code
    scores = case.scores.frame().loc[list(units)]
    scored = scores[scores[root].notna()] if case.fitted.ends[1] == top else scores.iloc[:0]
    counted, parts = {}, []
    for _, mine in scored.iterrows():
        gaps = tuple(mine.index[mine.isna()])
        if gaps not in counted:
            counted[gaps] = without(tree, gaps) if gaps else tree
        parts.append(gap_split(counted[gaps], mine, pd.Series(top, mine.index), case.policy.aggregation).reindex(codes, fill_value=0.0))
    return pd.DataFrame(parts, scored.index, codes, dtype=float).reindex(scores.index)


def without(tree: Framework, gaps: Iterable[str]) -> Framework:
    """The tree without these nodes, of which the root is none, and all below them: what is left shares their weight, as in a score."""
    gone = set(gaps)
    return Framework(tuple(n for n in tree.nodes if gone.isdisjoint(p.code for p in tree.path(n.code))))


def by_group(points: pd.DataFrame, framework: Framework, facet: str = "") -> pd.DataFrame:
    """Points of indicators (columns) summed by dimension, or by the groups of a facet, in the framework's order.

    Columns are codes of dimensions, or names of groups; an indicator without a group is left out. NaN where all of a row is.
    """
    groups = {n.code: n.facets.get(facet, "") if facet else framework.dimension_of(n.code).code for n in framework.indicators}
    order = framework.groups(facet) if facet else [d.code for d in framework.dimensions]
    sums = {g: points[[c for c in points if groups[c] == g]].sum(axis=1, min_count=1) for g in order}
    return pd.DataFrame(sums, index=points.index)


def diagnosis(lost: pd.Series, framework: Framework, facet: str) -> pd.DataFrame:
    """In which groups of a facet one unit's points are lost: index group; weight, lost, share, excess.

    `lost`: the unit's row of `lost_points`; `framework`: `without` what it has no score of, whose weight is the others' then.
    `weight`: the group's share of the index; `share`: of all that is lost, be it in a group or not; `excess`: share over weight,
    above 1 where the group loses more than its weight alone would let it. Both NaN where no group loses anything.
    """
    weights = pd.Series({n.code: framework.effective_weight(n.code) for n in framework.indicators})
    table = by_group(pd.DataFrame([weights, lost.reindex(weights.index)], ["weight", "lost"]), framework, facet).T
    table["share"] = table["lost"] / lost.sum() if table["lost"].sum() > 0 else np.nan
    return table.assign(excess=table["share"] / table["weight"])
