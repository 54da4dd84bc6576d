"""Guidance in tables: whom each piece of advice concerns, where points are lost, what a unit would gain. Out of a View."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from scoring import guidance as scoring
from store.ledgers.views import indicator_views

if TYPE_CHECKING:
    from ui.view import View

TREE = "tree"  # the framework's own dimensions, beside its facets


def concerned(view: View) -> pd.DataFrame:
    """Whether each piece of advice is meant for each unit: truths, units × advice."""
    return scoring.concerned(view.guidance, view.nodes, view.units, view.policy.range[1])


def stale(view: View) -> int:
    """How many pieces of advice speak of a node or a tier that this release does not have."""
    advice = view.guidance
    known = advice["target"].isin(["", *view.nodes.columns]) & advice["tier"].isin(["", *view.labels])
    return int((~known).sum())


def groupings(view: View) -> dict[str, str]:
    """By what lost points can be summed: dimensions, then the facet of diagnosis, then the others; code → title."""
    facets = sorted(view.facets, key=lambda column: column != view.policy.diagnosis)
    return {TREE: view.words["dimension"]} | {column: view.facets[column] for column in facets}


def lost_by_tier(view: View, units: Sequence[str], by: str) -> pd.DataFrame:
    """Mean lost points of these units, names of groups × tier labels, tiers that none of them holds left out."""
    facet = "" if by == TREE else by
    groups = scoring.by_group(view.lost.loc[list(units)], view.framework, facet)
    means = groups.groupby(view.units["tier"].reindex(groups.index)).mean()
    names = [c if facet else view.node_name(c) for c in means]
    return means.reindex([label for label in view.labels if label in means.index]).set_axis(names, axis=1).T


def targets(view: View, by: str) -> list[str]:
    """What the rows of `lost_by_tier` are about, in its order, as advice names its targets."""
    if by == TREE:
        return [d.code for d in view.framework.dimensions]
    return [f"{by}:{group}" for group in view.framework.groups(by)]


def indicators_of(view: View, target: str) -> list[str]:
    """The indicators of a node, or of a group of a facet."""
    facet, _, group = target.partition(":")
    if target in view.framework:
        return [n.code for n in view.framework.leaves(target)]
    return [n.code for n in view.framework.indicators if n.facets.get(facet) == group]


def lost_of(view: View, target: str) -> pd.Series:
    """Index points that each unit loses in a node, or in a group of a facet."""
    return view.lost[indicators_of(view, target)].sum(axis=1, min_count=1)


def target_name(view: View, target: str) -> str:
    """What advice is about: an indicator, a dimension, or a facet's group under the facet's title."""
    facet = target.partition(":")[0]
    return f"{view.facets[facet]}·{view.node_name(target)}" if facet in view.facets else view.node_name(target)


def is_indicator(view: View, target: str) -> bool:
    """Whether advice is about a single indicator of the release."""
    return target in view.framework and view.framework.is_indicator(target)


def spots(view: View, units: Sequence[str], paths: Sequence[str] = (), within: str = "") -> pd.DataFrame:
    """Weak spots that some units have in common, where most points are lost first: index row of the guidance.

    Columns: target, low, high, path, text, source, name, leaf (whether it is an indicator), units (how many), lost (mean points of
    those it concerns), total. `paths`: only advice that goes one of these ways; none: all. `within`: only advice about this target or a
    part of it.
    """
    advice = view.guidance[(view.guidance["target"] != "") & (view.guidance["path"].isin(paths) | (not paths))]
    if within:
        inside = set(indicators_of(view, within))
        advice = advice[[inside.issuperset(indicators_of(view, target)) for target in advice["target"]]]
    fits = concerned(view).loc[list(units), advice.index]
    advice = advice[fits.any(axis=0).to_numpy()]
    points = {row: lost_of(view, target).where(fits[row])[list(units)] for row, target in advice["target"].items()}
    table = advice[["target", "low", "high", "path", "text", "source"]].assign(
        name=[target_name(view, t) for t in advice["target"]],
        leaf=[is_indicator(view, t) for t in advice["target"]],
        units=[int(fits[row].sum()) for row in advice.index],
        lost=[points[row].mean() for row in advice.index],
        total=[points[row].sum() for row in advice.index],
    )
    return table.sort_values("total", ascending=False, kind="stable")


def members(view: View, row: int, units: Sequence[str]) -> pd.DataFrame:
    """The units that a piece of advice concerns, the one that loses most first: index unit; name, sector, score, lost, and its action.

    The columns of `actions` are NaN and None where nothing is to be gained, or where advice is no indicator's.
    """
    target = view.guidance.at[row, "target"]
    fits = concerned(view)[row]
    mine = [u for u in units if fits[u]]
    table = view.units.loc[mine, ["name", "sector"]].assign(score=view.nodes.loc[mine, target], lost=lost_of(view, target)[mine])
    advice = view.guidance[view.guidance["target"] == target]
    found = view.actions(mine if is_indicator(view, target) else [], advice, counts(view))
    return table.join(found[found["indicator"] == target].set_index("unit")).sort_values("lost", ascending=False, kind="stable")


def best(view: View, units: Sequence[str]) -> pd.DataFrame:
    """What would raise the index of these units, as `actions` lists it. Raises ScoringError."""
    return view.actions(units, view.guidance, counts(view))


def counts(view: View) -> pd.DataFrame:
    """The figures of ledgers that stand for what was scored, in the columns that `actions` asks for.

    A figure that contradicts the reported value, where that was scored, stands for nothing.
    """
    derived, views = view.derived, indicator_views(view.framework)
    stands = derived["value"].notna() & (derived["used"] | ~derived["differs"]) & derived["indicator"].isin(views)
    table = derived.loc[stands, ["unit", "indicator", "numerator", "denominator"]]
    mine = [views[code] for code in table["indicator"]]
    return table.assign(factor=[v.factor for v in mine], bounded=[v.per != "members" for v in mine])


def advice_to(view: View, tier: str, paths: Sequence[str] = (), unit: str = "") -> pd.DataFrame:
    """What is said to a tier as a whole, in the order of the guidance; of that, what is meant for one unit of it."""
    advice = view.guidance
    mine = (advice["target"] == "") & advice["tier"].isin(["", tier])
    meant = concerned(view).loc[unit] if unit else True
    return advice[mine & meant & (advice["path"].isin(paths) | (not paths))]


def diagnosis(view: View, unit: str) -> pd.DataFrame:
    """In which groups one unit's points are lost, by the policy's facet; no rows without such a facet, or where nothing is lost.

    Weights are the unit's own: what it has no score of has none.
    """
    facet = view.policy.diagnosis
    if facet not in view.facets or view.lost.loc[unit].isna().all():
        return pd.DataFrame()
    scores = view.nodes.loc[unit, list(view.framework.codes)]
    table = scoring.diagnosis(view.lost.loc[unit], scoring.without(view.framework, scores.index[scores.isna()]), facet)
    return table[table["share"].notna()]
