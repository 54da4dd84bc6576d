"""From a unit's score down: what a node is made of, and what one indicator's figure is made of. Tables out of a View."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.explain import contributions
from scoring.framework import Framework, Node
from store.ledgers.views import View as Figure
from store.ledgers.views import indicator_views
from ui import agreement, makeup, reads, worked_example

if TYPE_CHECKING:
    from ui.view import View


@dataclass(frozen=True)
class Cell:
    """One indicator of one unit. `figure`: the ledger's view that the framework names, None without one.

    `reported`: state, value, batch, file, sheet, cell, as reported. `row`: its row of `agreement.compared`, None without a figure.
    `records`: as the store's `records_behind`, of today. `steps`: from the value that was scored to the score.
    """

    unit: str
    node: Node
    figure: Figure | None
    reported: pd.Series
    row: pd.Series | None
    records: pd.DataFrame
    steps: list[worked_example.Step]
    points: float

    @property
    def state(self) -> str:
        """The state of the cell that was scored."""
        return self.reported["state"] if self.row is None else self.row["state"]

    @property
    def frozen(self) -> bool:
        """Whether the release holds a ledger's figure for it."""
        return self.row is not None and self.row["outcome"] != "lacking"


def tree_of(view: View, code: str) -> Framework:
    """The framework, or the facet's tree, in which a node lies. Raises FrameworkError."""
    return view.framework if code in view.framework else view.facet(code.partition(":")[0])


def path(view: View, code: str) -> list[Node]:
    """The nodes from the index down to this one; for a facet's group only the group, which is no part of the index."""
    return list(view.framework.path(code)) if code in view.framework else [tree_of(view, code).node(code)]


def made(view: View, unit: str, code: str) -> pd.DataFrame:
    """A row a child of a node, index its code; the children's points sum to the node's score.

    Columns: name, state (an indicator's; "" else), score, weight (share among the siblings as stated), share (after those without a
    score have shared theirs out; 0 for these, NaN where the node has no score), points (of the node's score), whole (of the index before
    adjustments; NaN without one), source (what an indicator's value comes from), numerator, denominator (of a ledger's figure).
    """
    tree, scores = tree_of(view, code), view.nodes.loc[unit]
    kids = tree.children(code)
    codes = [k.code for k in kids]
    weight = np.array([k.weight for k in kids])
    counted = np.where(scores[codes].isna(), 0.0, weight)
    share = counted / counted.sum() if not np.isnan(scores[code]) else np.full(len(kids), np.nan)
    cells, ledger = (t[t["unit"] == unit].set_index("indicator").reindex(codes) for t in (view.cells, view.derived))
    return pd.DataFrame(
        {
            "name": [k.name for k in kids],
            "state": cells["state"].fillna("").to_numpy(),
            "score": scores[codes].to_numpy(float),
            "weight": weight / weight.sum(),
            "share": share,
            "points": contributions(_below(tree, code), scores, view.policy.aggregation)[codes].to_numpy(float),
            "whole": makeup.points(view, unit)[codes].to_numpy(float),
            "source": cells["file"].fillna("").to_numpy(),
            **{c: ledger[c].to_numpy(float) for c in ("numerator", "denominator")},
        },
        index=pd.Index(codes, name="node"),
    )


def steps(made: pd.DataFrame) -> pd.DataFrame:
    """The rows of `made` as parts of a waterfall: index code; label, points."""
    without = made["score"].isna()
    return pd.DataFrame({"label": made["name"] + np.where(without, "（无得分）", ""), "points": made["points"]})


def _below(tree: Framework, code: str) -> Framework:
    """A node and all below it, as a tree of its own."""
    kept = [n for n in tree.nodes if any(above.code == code for above in tree.path(n.code))]
    return Framework(tuple(replace(n, parent="") if n.code == code else n for n in kept))


def cell(view: View, unit: str, code: str) -> Cell:
    """One indicator of one unit, from its records to its points of the index."""
    node, figure = view.framework.node(code), indicator_views(view.framework).get(code)
    reported = reads.reported(str(view.path), view.row["digest"], view.release, unit).loc[code]
    row = None
    if figure:
        row = agreement.compared(view, unit).set_index("indicator").loc[code]
    steps = worked_example.to_score(view, unit, node, worked_example.fitted(view))
    return Cell(unit, node, figure, reported, row, behind(view, unit, code), steps, float(makeup.points(view, unit)[code]))


def behind(view: View, unit: str, indicator: str) -> pd.DataFrame:
    """The records that an indicator's figure counts today, as the store's `records_behind`."""
    return reads.behind(str(view.path), reads.stamp(view.path), view.release, view.period, unit, indicator).copy(deep=False)
