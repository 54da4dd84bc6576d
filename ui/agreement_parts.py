"""核对: the counts, the filters and the table of what is reported beside what the ledgers say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from scoring.values import STATE_TITLES, STATES, VALUE
from store.ledgers.views import indicator_views
from ui import address, agreement, parts, trace_parts
from ui.agreement import MOVED, OUTCOMES, PARTING
from ui.trace_words import ratio
from ui.wording import clean, period_title, tags
from ui.worked_example import number

if TYPE_CHECKING:
    from ui.view import View

MOST = 2000  # rows that the screen shows; the downloads have all of them


def nothing_to_compare(view: View) -> str:
    """Why a period has nothing to set against its reported values, and what can be done; "" where it has."""
    if not indicator_views(view.framework):
        return "本期的指标体系没有一项指标由台账推算，无从核对。要由台账推算，请在指标体系的 source 一列写 ledger: 和视图名（方法说明列有全部视图）。"
    if view.derived.empty and agreement.today(view).empty:
        return "库里没有本期的台账记录，无从核对。请导入台账（python manage.py import 文件），再重新发布（python manage.py publish）。"
    return ""


def verdict(counts: Mapping[str, int]) -> str:
    """In a sentence whether reported values and ledgers agree. counts: by outcome."""
    both = sum(counts[o] for o in ("same", *PARTING))
    off = sum(counts[o] for o in PARTING)
    if not both:
        return "没有一项两边都有，无从核对"
    return f"两边都有的 {both} 项中 {off} 项不一致" if off else f"两边都有的 {both} 项全部一致"


def tallies(table: pd.DataFrame) -> None:
    """How many cells came to what, and how many ledgers have changed since the release."""
    with st.grid(len(OUTCOMES) + 1, min_column_width=100, gap="small"):
        for outcome, count in agreement.counts(table).items():
            parts.metric(OUTCOMES[outcome], str(count), help=agreement.MEANINGS[outcome])
        parts.metric(MOVED["moved"], str(table["moved"].sum()), help="现在的台账记录推算出的分子或分母与发布时不同；重新发布后才计入")


def filtered(view: View, table: pd.DataFrame, tiers: dict[str, str]) -> pd.DataFrame:
    """The rows that pass the filters by sector, tier, indicator and outcome, all of them in the address."""
    left, middle, right = st.columns([2, 1, 1])
    kept = parts.filters(view, tiers, left).index
    names = {code: clean(view.node_name(code), 60) for code in dict.fromkeys(table["indicator"])}
    indicators = address.multi("指标", list(names), "indicator", names, middle)
    outcomes = address.multi("结论", [*OUTCOMES, *MOVED], "outcome", OUTCOMES | MOVED, right)
    passes = table["unit"].isin(kept)
    passes &= table["indicator"].isin(indicators) if indicators else True
    wanted = table["outcome"].isin(outcomes) | (table["moved"] & ("moved" in outcomes))
    return table[passes & wanted] if outcomes else table[passes]


def by_indicator(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """Index indicator, in the framework's order; name and a count for each outcome."""
    counts = pd.crosstab(table["indicator"], table["outcome"]).reindex(columns=list(OUTCOMES), fill_value=0)
    order = [n.code for n in view.framework.indicators if n.code in counts.index]
    return counts.loc[order].assign(name=[clean(view.node_name(code), 60) for code in order])


def sheet(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `agreement.compared` under Chinese headings, at full precision, for files."""
    units, unit = view.units.loc[table["unit"]], view.words["unit"]
    counts = zip(table["numerator_now"], table["denominator_now"], table["moved"], strict=True)
    return pd.DataFrame(
        {
            "结论": table["outcome"].map(OUTCOMES).to_numpy(),
            unit: units["name"].map(clean).to_numpy(),
            view.words["sector"]: units["sector"].map(clean).to_numpy(),
            "指标": [clean(view.node_name(code), 60) for code in table["indicator"]],
            "报送值": table["reported"].to_numpy(),
            "报送状态": table["reported_state"].map(STATE_TITLES).to_numpy(),
            "台账值": table["derived"].to_numpy(),
            "相差": table["gap"].to_numpy(),
            "分子": table["numerator"].to_numpy(),
            "分母": table["denominator"].to_numpy(),
            "采用": np.where(table["reported"].isna() & table["derived"].isna(), "", np.where(table["used"], "台账值", "报送值")),
            "得分": table["score"].to_numpy(),
            "现在的台账": [(ratio(n, d) if n == n else "没有记录") if moved else "" for n, d, moved in counts],
            f"{unit}代码": table["unit"].to_numpy(),
            "指标代码": table["indicator"].to_numpy(),
        }
    )


def _screen(view: View, table: pd.DataFrame, states: Mapping[str, str]) -> pd.DataFrame:
    """The same rows to look at: short names, a state in the place of a value that is lacking, no columns without content."""
    shown = sheet(view, table).drop(columns=[view.words["sector"], f"{view.words['unit']}代码", "指标代码", "报送值", "报送状态"])
    shown[view.words["unit"]] = tags(view.units["name"])[table["unit"]].map(clean).to_numpy()
    cells = zip(table["reported_state"], table["reported"], strict=True)
    shown.insert(3, "报送", [number(value) if state == STATES[VALUE] else states[state] for state, value in cells])
    return shown.loc[:, [c for c in shown if not (shown[c].isna() | shown[c].eq("")).all()]]


def listing(view: View, table: pd.DataFrame, states: Mapping[str, str]) -> None:
    """The rows, the most pressing first; one that is picked opens the way down to its records."""
    if table.empty:
        st.info("没有符合筛选的。放宽筛选，或改选别的结论。")
        return
    first = table.head(MOST)
    if len(table) > MOST:
        st.caption(f"共 {len(table)} 行，只列最要紧的 {MOST} 行；下载的文件有全部。")
    shown = _screen(view, first, states)
    figure, key = st.column_config.NumberColumn, f"agreement {hash(tuple(first.index))}"
    picked = parts.grid(
        shown, hide_index=True, on_select="rerun", selection_mode="single-row", placeholder="—", height=470 if len(shown) > 12 else "content",
        key=key,
        column_config={
            "结论": st.column_config.TextColumn(width=86, pinned=True), view.words["unit"]: st.column_config.TextColumn(width=164),
            "指标": st.column_config.TextColumn(width=196), "报送": st.column_config.TextColumn(width=66, alignment="right"),
            "台账值": figure(format="%.2f", width=64), "相差": figure(format="%+.2f", width=58), "分子": figure(width=48), "分母": figure(width=48),
            "采用": st.column_config.TextColumn(width=60), "得分": figure(format="%.1f", width=50),
        },
    ).selection.rows  # fmt: skip
    if (row := trace_parts.row(picked, len(first))) is not None:
        parts.open_trace(view, *first[["unit", "indicator"]].iloc[row])


def notes(view: View, counts: Mapping[str, int]) -> list[str]:
    """What an export says of itself."""
    meanings = [f"{OUTCOMES[o]}：{agreement.MEANINGS[o]}（{n} 项）" for o, n in counts.items()]
    return [f"{period_title(view.period)}，第 {view.release} 号发布；{verdict(counts)}", *meanings]
