"""Fields in which one can be good – the index and its dimensions – as all units stand in them, now and over the periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scoring.tiers import assign, override
from ui import glance
from ui.indicator_tables import breaks, relative, subject

if TYPE_CHECKING:
    from ui.view import View


class Course(NamedTuple):
    """A field over the served periods up to the view's: units × periods of scores and of tiers, and the periods on the view's scale."""

    scores: pd.DataFrame
    tiers: pd.DataFrame
    comparable: list[str]


def fields(view: View) -> dict[str, str]:
    """Code → title of the fields: the index, then the dimensions."""
    return {view.framework.root.code: view.words["index"]} | {d.code: d.name for d in view.framework.dimensions}


def field_of(view: View, node: str) -> str:
    """The field that a node lies in; "" for one that the framework does not have."""
    if node not in view.framework:
        return ""
    return (view.framework.dimension_of(node) or view.framework.root).code


def scores(view: View, node: str) -> pd.Series:
    """Scores of all units in a node; of the index as it is published, with adjustments. NaN for a node that the release lacks."""
    return _column(view, node, "index", view.nodes)


def ranks(view: View, node: str) -> pd.Series:
    """Ranks of all units in a node, as `scores`."""
    return _column(view, node, "rank", view.ranks)


def _column(view: View, node: str, published: str, table: pd.DataFrame) -> pd.Series:
    if node == view.framework.root.code:
        return view.units[published]
    return table[node] if node in table else pd.Series(np.nan, view.units.index)


def tiers(view: View, node: str) -> pd.Series:
    """Tiers of all units in a node: the released ones, or what the policy's rule makes of a node's scores, vetoes held."""
    if node == view.framework.root.code:
        return view.units["tier"]
    return override(assign(scores(view, node), view.policy), view.units.index[view.units["veto"]], view.policy)


def course(view: View, node: str) -> Course:
    """How the view's units went in a node of its framework. Tiers of each period are by that period's policy."""
    periods, units = list(view.periods[: view.periods.index(view.period) + 1]), view.units.index
    then = {p: view.at(p) for p in periods}
    last = max([periods.index(p) for p in breaks(view, node, "score") if p in periods], default=0)
    return Course(
        pd.DataFrame({p: scores(v, node).reindex(units) for p, v in then.items()}),
        pd.DataFrame({p: tiers(v, node).reindex(units).fillna("") for p, v in then.items()}),
        [view.period] if relative(view, subject(view, node)) else periods[last:],
    )


def gained(view: View, found: Course, base: str | None) -> pd.Series:
    """Points gained since the period of a base of `glance.bases`; NaN where there is none, or where it is on another scale."""
    other = glance.bases(view).get(base)
    if other is None or other.period not in found.comparable:
        return pd.Series(np.nan, found.scores.index)
    return found.scores[view.period] - found.scores[other.period]
