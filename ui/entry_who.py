"""Who has not reported yet: by unit, cell by cell, and as a text that can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from store.importing.entry import Sheet
from ui.wording import clean, period_title

WHY = {"": "未报", "missing": "缺报", "pending": "待报"}
_NUMERALS = "一二三四五六七八九十"


def units(known: Sheet, lacking: pd.DataFrame) -> pd.DataFrame:
    """Index unit, those that lack most first: name, sector, due, done, lacks, share (of the due, 0 to 100)."""
    due = len(known.nodes)
    lacks = lacking["unit"].value_counts().reindex(known.units.index, fill_value=0).astype(int)
    table = known.units.assign(due=due, done=due - lacks, lacks=lacks, share=100 * (due - lacks) / max(due, 1))
    return table.sort_values(["lacks"], ascending=False, kind="stable")


def sheet(known: Sheet, lacking: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Every lacking cell as people read it."""
    return pd.DataFrame(
        {
            words["period"]: period_title(known.period),
            words["unit"]: [known.units.at[u, "name"] for u in lacking["unit"]], "编码": lacking["unit"],
            words["sector"]: [known.units.at[u, "sector"] for u in lacking["unit"]],
            "指标代码": lacking["indicator"], "指标": [known.nodes[i].name for i in lacking["indicator"]],
            "计量单位": [known.nodes[i].unit for i in lacking["indicator"]], "情况": lacking["state"].map(WHY),
        }
    )  # fmt: skip


def reminder(known: Sheet, lacking: pd.DataFrame, due: str, words: Mapping[str, str], now: datetime) -> str:
    """The text that is sent round: unit by unit what is lacking, and until when."""
    if lacking.empty:
        return ""
    title = f"关于催报{period_title(known.period)}{words['index']}数据的通知"
    until = f"请于{clean(due, 40)}前" if due.strip() else "请尽快"
    lines = [
        title, "", f"各有关{words['unit']}：",
        f"　　截至{now.year}年{now.month}月{now.day}日{now.hour}时，下列 {lacking['unit'].nunique()} 个{words['unit']}"
        f"{period_title(known.period)}数据尚未报齐，共缺 {len(lacking)} 项。{until}补报；确无数据的注明“不适用”，暂不能报的注明“待报”。",
    ]  # fmt: skip
    for place, (unit, mine) in enumerate(lacking.groupby("unit", sort=False), 1):
        lines += ["", f"　　{_ordinal(place)}、{clean(known.units.at[unit, 'name'])}（缺 {len(mine)} 项）"]
        for number, (code, state) in enumerate(zip(mine["indicator"], mine["state"], strict=True), 1):
            node = known.nodes[code]
            said = "" if state == "" else f"（现为{WHY[state]}）"
            lines.append(f"　　{number}. {clean(node.name)}{f'（{clean(node.unit)}）' if node.unit else ''}{said}")
    lines += ["", f"　　截止时间：{clean(due, 40) or '（请填写）'}"]
    return "\n".join(lines)


def _ordinal(number: int) -> str:
    """1 → 一, 11 → 十一, 21 → 二十一; from a hundred on the figure."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十") + (_NUMERALS[ones - 1] if ones else "")
