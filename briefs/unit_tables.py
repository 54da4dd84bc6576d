"""One unit in whole tables: every indicator with its source, adjustments, intervals, periods, actions and records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from briefs.unit_next import actions_of
from briefs.unit_parts import sheet
from reports.contents import Grid, Sheet
from scoring.adjustment import KINDS
from scoring.errors import ScoringError
from scoring.values import STATE_TITLES
from ui import certainty, evidence, guidance_tables, makeup, portrait, worklist, worklist_registers
from ui.wording import clean
from ui.worklist_tables import TITLES, export

if TYPE_CHECKING:
    from ui.view import View

_LISTED, _ACROSS = 36, 3  # indicators that two pages hold beside the rest, and how many stand side by side
_WIDE = {"指标": 3.6, "得分": 1}
_PLAIN = dict.fromkeys(STATE_TITLES, "")  # a workbook needs no sign beside the word of a state


def annex(view: View, unit: str) -> Sheet:
    """The score of every indicator, side by side in three columns for paper."""
    table = evidence.evidence(view, unit)
    listed = table.head(_LISTED)
    long = -(-len(listed) // _ACROSS)
    grids = [Grid(_scores(listed.iloc[k : k + long]), weights=_WIDE) for k in range(0, len(listed), long)]
    grids[-1] = replace(grids[-1], more=len(table) - len(listed))
    return sheet(view, unit, "unit-table", "", *([grid] for grid in grids), widths=(1.0,) * len(grids))


def _scores(rows: pd.DataFrame) -> pd.DataFrame:
    scores = zip(rows["state"], rows["score"], strict=True)
    shown = [score if state == "value" else STATE_TITLES[state] for state, score in scores]
    return pd.DataFrame({"指标": [clean(name, 26) for name in rows["name"]], "得分": shown})


def tables(view: View, unit: str, actions: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """Tables of a unit by title, at full precision; those that have no rows are left out. `actions`: as in `unit.unit_sheets`.

    Raises StoreError.
    """
    found = {
        "指标明细": evidence.sheet(evidence.evidence(view, unit), view.words, _PLAIN),
        clean(view.words["dimension"], 20): _dimensions(view, unit),
        "加减分": _adjustments(view, unit),
        "区间": _intervals(view, unit),
        "建议": _actions(view, unit, actions),
        "历期": portrait.trend(view, unit).rename(columns=_trend(view, unit)),
    }
    for ledger in worklist.WORK:
        rows = worklist.pressing(worklist.work(view, ledger, unit))
        found[f"{TITLES[ledger]}台账"] = export(view, ledger, rows, worklist.STATUSES)
    risks = worklist.by_status(worklist_registers.risks(view, unit))
    found[f"{TITLES['risk']}台账"] = export(view, "risk", risks, worklist_registers.RISKS)
    return {title: table for title, table in found.items() if len(table)}


def _dimensions(view: View, unit: str) -> pd.DataFrame:
    titles = {"name": view.words["dimension"], "weight": "权重", "score": "得分", "rank": "名次", "change": "较上期"}
    return makeup.standing(view, unit).rename(columns=titles).reset_index(drop=True)


def _adjustments(view: View, unit: str) -> pd.DataFrame:
    given = view.adjustments[view.adjustments["unit"] == unit]
    points = given["points"].where(given["kind"] != "penalty", -given["points"]).where(given["kind"] != "veto")
    return pd.DataFrame({"类型": given["kind"].map(KINDS), "分值": points, "事由": given["reason"], "文号": given["document"]})


def _intervals(view: View, unit: str) -> pd.DataFrame:
    """What is known of how sure the rank and the tier are; no rows where nothing was measured."""
    if view.uncertainty is None:
        return pd.DataFrame()
    return certainty.export(view, certainty.table(view).loc[[unit]])


def _actions(view: View, unit: str, actions: pd.DataFrame | None) -> pd.DataFrame:
    try:
        found = actions_of(view, unit, actions)
        return guidance_tables.action_table(view, found).assign(提升路径=found["path"].to_numpy(), 依据=found["source"].to_numpy())
    except ScoringError:  # the overview says why there are none
        return pd.DataFrame()


def _trend(view: View, unit: str) -> dict[str, str]:
    group, _ = portrait.group(view, unit)
    return {
        "period": view.words["period"], "index": view.words["index"], "tier": "梯队", "median": f"{group}中位数", "q1": "下四分位", "q3": "上四分位",
    }  # fmt: skip
