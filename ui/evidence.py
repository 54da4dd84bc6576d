"""Every indicator of a unit with its raw value, goalposts, state, score, rank, last period, and the cell that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.framework import Node
from scoring.normalisation import NORMALISATIONS
from scoring.values import STATE_TITLES
from ui.makeup import points
from ui.processing import processed

if TYPE_CHECKING:
    from ui.view import View

DIRECTIONS = {1: "越高越好", -1: "越低越好"}


def evidence(view: View, unit: str) -> pd.DataFrame:
    """A row an indicator, in the framework's order, index its code.

    Columns: name, dimension (code), dimension_name, value, unit, goalposts (text), direction (text), state, done (what was done to
    the value before it was scored, ""), used (the value that was scored), score, points, rank, ranked, previous_value,
    previous_score, change, numerator, denominator, derived (what a ledger gave the release, NaN without one), file, sheet, cell, batch.
    """
    nodes = view.framework.indicators
    codes = [n.code for n in nodes]
    cells = _cells(view, unit).reindex(codes)
    before = view.previous
    last = _cells(before, unit).reindex(codes) if before is not None else cells.assign(value=np.nan, score=np.nan)
    dimensions = [view.framework.dimension_of(code).code for code in codes]
    ledger = view.derived[view.derived["unit"] == unit].set_index("indicator").reindex(codes)
    made, done = points(view, unit), processed(view, unit).astype({"done": object, "value": float}).reindex(codes)
    return pd.DataFrame(
        {
            "name": [n.name for n in nodes],
            "dimension": dimensions,
            "dimension_name": [view.node_name(code) for code in dimensions],
            "value": cells["value"],
            "unit": [n.unit for n in nodes],
            "goalposts": [goalposts(n) for n in nodes],
            "direction": [DIRECTIONS[n.direction] for n in nodes],
            "state": cells["state"].fillna("missing"),
            "done": done["done"].fillna(""),
            "used": done["value"].fillna(cells["value"]),
            "score": cells["score"],
            "points": made[codes],
            "rank": view.ranks.loc[unit, codes],
            "ranked": view.peers.counts[codes] if view.peers else view.nodes[codes].notna().sum(),
            "previous_value": last["value"],
            "previous_score": last["score"],
            "change": cells["score"] - last["score"],
            **{column: ledger[column] for column in ("numerator", "denominator")},
            "derived": ledger["value"],
            **{column: cells[column] for column in ("file", "sheet", "cell", "batch")},
        },
        index=pd.Index(codes, name="indicator"),
    )


def _cells(view: View, unit: str) -> pd.DataFrame:
    return view.cells[view.cells["unit"] == unit].set_index("indicator")


def goalposts(node: Node) -> str:
    """Text of an indicator's goalposts and direction, `60–100 ↑`; the method's name where the data set the ends."""
    method = NORMALISATIONS[node.method].title
    ends = method if node.low is None else f"{node.low:g}–{node.high:g}"
    return f"{ends} {'↑' if node.direction > 0 else '↓'}"


def sheet(table: pd.DataFrame, words: Mapping[str, str], marks: Mapping[str, str]) -> pd.DataFrame:
    """The evidence under Chinese headings, for the screen and for files. words: a View's; marks: a sign for each state.

    What was done to values before they were scored, and what ledgers gave, have their columns only where there is any.
    """
    states = [f"{marks[s]} {STATE_TITLES[s]}".strip() for s in table["state"]]
    done = {"处理": table["done"], "计分值": table["used"]} if (table["done"] != "").any() else {}
    counts = {"台账值": table["derived"], "分子": table["numerator"], "分母": table["denominator"]}
    ledger = counts if table["numerator"].notna().any() else {}
    return pd.DataFrame(
        {
            "指标": table["name"],
            words["dimension"]: table["dimension_name"],
            "状态": states,
            "原始值": table["value"],
            **ledger,
            **done,
            "计量": table["unit"],
            "目标区间": table["goalposts"],
            "方向": table["direction"],
            "得分": table["score"],
            "计入指数": table["points"],
            "名次": table["rank"],
            "参评": table["ranked"],
            "上期值": table["previous_value"],
            "上期得分": table["previous_score"],
            "得分变化": table["change"],
            "文件": table["file"],
            "工作表": table["sheet"],
            "单元格": table["cell"],
            "批次": table["batch"],
            "代码": table.index,
        }
    )
