"""The population behind what is compared: units × indicators in an order that shows something, and the axes of parallel lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.clustering import column_order, row_order
from ui.contrast_tables import states, walk
from ui.indicator_tables import INDENT
from ui.wording import clean, tags

if TYPE_CHECKING:
    from ui.view import View

BY_INDEX, CLUSTERED = "by:index", "by:cluster"  # a node's code holds no colon
ALL, DIMENSIONS = "of:all", "of:dimensions"
MOST = 200  # rows that a browser still draws at once


@dataclass(frozen=True)
class Matrix:
    """Units (rows) × indicators in their order: `scores`, `states`, `units` (name, tag, tier), `columns` (name, group)."""

    scores: pd.DataFrame
    states: pd.DataFrame
    units: pd.DataFrame
    columns: pd.DataFrame


def orders(view: View) -> dict[str, str]:
    """Code → title of every order of the rows: by the index, by likeness, by any node."""
    tree = view.framework
    nodes = {c: INDENT * (tree.depth(c) - 1) + clean(tree.node(c).name, 60) for c in walk(view, tree.root.code)[1:]}
    return {BY_INDEX: view.words["index"], CLUSTERED: "聚类：相像的排在一起"} | nodes


def selections(view: View) -> dict[str, str]:
    """Code → title of what can stand in the columns: all indicators, or those of one dimension."""
    whole = {ALL: "全部指标"}
    return whole | {d.code: clean(d.name, 60) for d in view.framework.dimensions if not view.framework.is_indicator(d.code)}


def axes(view: View) -> dict[str, str]:
    """Code → title of the sets of axes: the dimensions with the index, or the indicators of one dimension."""
    return {DIMENSIONS: f"各{view.words['dimension']}"} | {c: t for c, t in selections(view).items() if c != ALL}


def axis_nodes(view: View, chosen: str) -> list[str]:
    """The node codes of a set of axes, in the framework's order."""
    if chosen == DIMENSIONS:
        return [*(d.code for d in view.framework.dimensions), view.framework.root.code]
    return [n.code for n in view.framework.leaves(chosen)]


def matrix(view: View, units: pd.DataFrame, selection: str, order: str) -> Matrix:
    """The cells of at most `MOST` units, rows of `view.units`, for what `selections` and `orders` name. Clustering orders both ways."""
    tree, first = view.framework, units.sort_values("index", ascending=False, kind="stable")
    if order in tree:
        first = units.loc[view.nodes.loc[units.index, order].sort_values(ascending=False, kind="stable").index]
    first = first.head(MOST)
    codes = [n.code for n in (tree.indicators if selection == ALL else tree.leaves(selection))]
    scores = view.nodes.loc[first.index, codes]
    dimension = {c: tree.dimension_of(c).name if selection == ALL else "" for c in codes}
    state = states(view, first.index)[codes]
    if order == CLUSTERED:  # by what was reported: a low score that stands for a missing value would draw its like together
        numbers, dimension = scores.where(state == "value").to_numpy(float), dict.fromkeys(codes, "")
        scores = scores.iloc[row_order(numbers), column_order(numbers)]
    shown = first.loc[scores.index, ["name", "tier"]].assign(tag=tags(view.units["name"])[scores.index])
    columns = pd.DataFrame({"name": [tree.node(c).name for c in scores], "group": [dimension[c] for c in scores]}, index=scores.columns)
    return Matrix(scores, state.loc[scores.index, scores.columns], shown, columns)


def everyone(view: View, units: pd.DataFrame, nodes: list[str]) -> pd.DataFrame:
    """Scores of the units with one at these nodes, the index with its adjustments; at most `MOST`, evenly over the ranks."""
    table = view.nodes.assign(**{view.framework.root.code: view.units["index"]}).loc[units.index, nodes].dropna(how="all")
    if len(table) <= MOST:
        return table
    ranked = units.loc[table.index].sort_values("rank", kind="stable").index
    return table.loc[ranked[np.linspace(0, len(ranked) - 1, MOST).astype(int)]]
