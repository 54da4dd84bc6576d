"""The sentences of guidance, in Chinese: what a step is, what it brings, where weak spots lie. Plain text, no markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ui.wording import clean, signed

if TYPE_CHECKING:
    from ui.view import View

NONE_YET = "库中还没有分类指导建议。"
_LEANS = 1.1  # a share of lost points so many times the weight is called leaning
COMMAND = "python manage.py import data/guidance.csv"


def step(view: View, action: pd.Series) -> str:
    """How far an action goes: `再多 4 件`, `提高 5 个百分点`, `补报`."""
    if action["kind"] == "report":
        return "补报"
    up = view.framework.node(action["indicator"]).direction > 0
    if action["kind"] == "count":
        return f"再{'多' if up else '少'} {action['steps']:g} {clean(action['step_unit'], 20)}"
    unit = {"%": "个百分点"}.get(action["step_unit"], action["step_unit"])
    return f"{'提高' if up else '降低'} {number(abs(action['to'] - action['value']))} {clean(unit, 20)}".rstrip()


def reaching(view: View, action: pd.Series) -> str:
    """From which value to which: `72.5 → 90 %`; of a report, on what its gain rests."""
    unit = clean(view.framework.node(action["indicator"]).unit, 20)
    if action["kind"] == "report":
        return f"按{_group(view, action)}中位数 {number(action['to'])} {unit} 计"
    return f"{number(action['value'])} → {number(action['to'])} {unit}"


def _group(view: View, action: pd.Series) -> str:
    """Whose median a report is taken to be: the unit's sector's, or all units' where that has no value or the unit no sector."""
    if view.peers:
        return view.peers.reported(action["indicator"])[0]
    sectors = view.units["sector"].fillna("")
    mine = sectors.index[(sectors == sectors[action["unit"]]) & (sectors != "")]
    known = view.cells[(view.cells["indicator"] == action["indicator"]) & view.cells["unit"].isin(mine)]
    return f"同{view.words['sector']}" if known["value"].notna().any() else f"全部{view.words['unit']}"


def band(low: float, high: float) -> str:
    """A band of scores; nothing for all below the top."""
    return "" if np.isnan(low) else f"{low:g}–{high:g}"


def gain(points: float) -> str:
    """Index points with their sign; less than a tenth is said to be so."""
    return f"{signed(points)} 分" if points >= 0.05 else "不到 +0.1 分"


def number(value: float) -> str:
    """A raw value with at most two decimals; of one below a tenth, two digits that tell."""
    if 0 < abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{round(float(value), 2):.10g}" if abs(value) < 1e6 else f"{value:,.0f}"


def why_none(view: View, unit: str) -> str:
    """Why there is no action for a unit."""
    if np.isnan(view.units.at[unit, "index"]):
        return f"本期没有{view.words['index']}，算不出一步能增加多少分。{view.units.at[unit, 'note']}。"
    return "没有能再加分的建议：有建议的指标都已到满分端，或现有建议不涉及它的弱项。"


def pointed(table: pd.DataFrame) -> str:
    """Which group a unit's lost points lean to, in a sentence. table: as `guidance.diagnosis` gives it, not empty."""
    worst = table.loc[table["excess"].idxmax()]
    if worst["excess"] < _LEANS:
        return "失分在各组之间与权重大致相当，没有偏重。"
    return f"失分偏重在{clean(worst.name, 40)}：占全部失分的 {worst['share']:.0%}，高于它的权重 {worst['weight']:.0%}。"
