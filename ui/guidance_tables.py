"""Guidance under Chinese headings, for the screen and for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ui import guidance
from ui import guidance_words as words
from ui.wording import clean, period_title, tags, tenth

if TYPE_CHECKING:
    from ui.view import View


def tier_heads(lost: pd.DataFrame, titles: Mapping[str, str]) -> list[str]:
    """What stands above each tier's column of lost points: sign and label, and the column's sum. titles: of tiers."""
    return [f"{titles[tier]} {tenth(lost[tier].sum(min_count=1))}" for tier in lost]


def spot_table(found: pd.DataFrame, unit_word: str) -> pd.DataFrame:
    """Weak spots as `guidance.spots` lists them."""
    return pd.DataFrame(
        {
            "弱项": [clean(n, 60) for n in found["name"]],
            "得分区间": [words.band(*ends) for ends in zip(found["low"], found["high"], strict=True)],
            f"涉及{unit_word}": found["units"].to_numpy(),
            "平均失分": found["lost"].to_numpy(),
            "建议": [clean(t, 300) for t in found["text"]],
            "提升路径": [clean(p, 40) for p in found["path"]],
            "依据": [clean(s, 120) for s in found["source"]],
        },
        index=found.index,
    )


def groups_title(view: View, found: pd.DataFrame) -> str:
    """What the weak spots that are no single indicator's are groups of: the titles of facets, the word for dimensions."""
    facets = [t.partition(":")[0] for t in found.loc[~found["leaf"].astype(bool), "target"]]
    return "、".join(dict.fromkeys(view.facets.get(f, view.words["dimension"]) for f in facets))


def member_table(view: View, found: pd.DataFrame) -> pd.DataFrame:
    """The units that advice concerns, as `guidance.members` lists them; what they would gain, where any would gain anything."""
    names = tags(view.units["name"])[found.index] if len(found) else found["name"]
    table = {view.words["unit"]: [clean(n, 60) for n in names], "得分": found["score"]}
    gains = found["gain"].notna()
    if gains.any():
        table["做什么"] = [words.step(view, a) if has else "" for has, (_, a) in zip(gains, found.iterrows(), strict=True)]
        table["增分"] = found["gain"].astype(float)
    else:
        table["失分"] = found["lost"]
    return pd.DataFrame(table, index=found.index)


def action_table(view: View, found: pd.DataFrame) -> pd.DataFrame:
    """Actions as `guidance.best` lists them, of one unit, in its order."""
    return pd.DataFrame(
        {
            "指标": [clean(view.node_name(c), 60) for c in found["indicator"]],
            "做什么": [words.step(view, a) for _, a in found.iterrows()],
            "到": [words.reaching(view, a) for _, a in found.iterrows()],
            "增分": found["gain"].astype(float),
            "难度": found["difficulty"].astype(float),
            "建议": [clean(t, 300) for t in found["text"]],
        }
    )


def orders(view: View, units: Sequence[str], paths: Sequence[str]) -> pd.DataFrame:
    """Every piece of advice to a tier's units with the units that it concerns, a row a unit; to the tier as a whole first."""
    fits, advice = guidance.concerned(view).loc[list(units)], view.guidance
    if paths:
        advice = advice[advice["path"].isin(paths)]
    rows = [
        {
            "弱项": guidance.target_name(view, a.target) if a.target else "整个梯队", f"{view.words['unit']}代码": unit,
            view.words["unit"]: view.unit_name(unit), "梯队": view.units.at[unit, "tier"],
            "得分": view.nodes.at[unit, a.target] if a.target else view.units.at[unit, "index"],
            "建议": a.text, "提升路径": a.path, "依据": a.source,
        }
        for a in advice.sort_values("target", key=lambda c: c != "", kind="stable").itertuples()
        for unit in fits.index[fits[a.Index]]
    ]  # fmt: skip
    return pd.DataFrame(rows)


def steps(view: View, units: Sequence[str]) -> pd.DataFrame:
    """Every action of some units, each unit's best first."""
    found = guidance.best(view, units)
    table = action_table(view, found)
    table.insert(0, view.words["unit"], [view.unit_name(u) for u in found["unit"]])
    table.insert(0, f"{view.words['unit']}代码", found["unit"].to_numpy())
    return table.assign(提升路径=found["path"], 依据=found["source"])


def notes(view: View) -> list[str]:
    """Lines that go with a workbook."""
    return [
        f"{view.words['period']}：{period_title(view.period)}，第 {view.release} 号发布",
        "增分：只改这一项，其他数据、加减分和界值、权重不变时指数增加的分数，按本期的评分规则重新计分得出",
        "每个单位的行动按 增分 ÷（步数 × 难度）由高到低排列",
    ]
