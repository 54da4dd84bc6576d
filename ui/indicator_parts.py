"""What the page of one indicator asks and lists: filters, the table of units, and the states in which there is nothing to draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pandas as pd
import streamlit as st

from ui import address, parts
from ui.indicator_tables import Subject, elsewhere, ledger_titles, name_in
from ui.indicator_words import lacking, sides
from ui.places import open_page
from ui.spread import Relation, Spread
from ui.wording import clean, period_title, text

if TYPE_CHECKING:
    from ui.view import View

FILTERS = ("sector", "tier", "state")
# On a phone filters and figures stand side by side: one under the other they would push the answer off the first screen.
_STYLE = """<style>
@media (max-width: 640px) {
.st-key-indicator_filters [data-testid="stColumn"] { min-width: 0 !important; }
.st-key-indicator_filters [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; gap: 0.5rem; }
.st-key-indicator_cards [data-testid="stColumn"] { min-width: 28% !important; flex: 1 1 28% !important; }
.st-key-indicator_cards [data-testid="stHorizontalBlock"] { gap: 0.4rem; }
.st-key-indicator_cards [data-testid="stMetric"] { padding: 0.3rem 0.5rem; }
.st-key-indicator_cards [data-testid="stMetric"] > div { padding: 0; }
.st-key-indicator_cards [data-testid="stMetricDelta"] { font-size: 0.75rem; height: auto; padding: 0; background: none; }
.st-key-indicator_cards [data-testid="stMetricDelta"] * { white-space: normal; }
.st-key-indicator_cards [data-testid="stMetricValue"] { font-size: 1.05rem; }
}</style>"""


def filters(view: View, table: pd.DataFrame, tiers: dict[str, str], states: Mapping[str, str], where: Any) -> pd.DataFrame:
    """Filters by sector, tier and state of the cell, in the address; the rows that pass, in their order."""
    units, cells = where.container(key="indicator_filters").columns([2, 1])
    kept = parts.filters(view, tiers, units).index
    chosen = address.multi("数据状态", list(states), "state", states, cells)
    return table[table.index.isin(kept) & (table["state"].isin(chosen) if chosen else True)]


def cards(
    view: View,
    item: Subject,
    level: str,
    shown: pd.DataFrame,
    seen: Spread,
    found: Relation,
    last: float,
    write: Mapping[str, Callable],
) -> None:
    """The five figures of the first line. `last`: the median a period before, NaN without one; `write`: as for `grid`, and "ratio"."""
    st.html(_STYLE)
    value, columns = write["value"], st.container(key="indicator_cards").columns(5)
    unit = item.node.unit if level == "raw" and len(item.node.unit) < 3 else ""
    moved = None if np.isnan(seen.median - last) else write["change"](seen.median - last)
    lower_is_better = level == "raw" and item.direction < 0  # then a rise is not good news: no colour says it is
    moved, since = (f"较上期 {moved}", "") if moved and lower_is_better else (moved, "较上期" if moved else "")
    middle = (f"{value(seen.q1)} – {value(seen.q3)}", "上下四分位数") if seen.n else (value(seen.q1), None)
    parts.metric("中位数", value(seen.median) + (unit if seen.n else ""), moved, since, where=columns[0])
    parts.metric("中间一半", *middle, where=columns[1])
    parts.metric("有值", f"{seen.n} / {len(shown)}", lacking(shown, write["state"]), where=columns[2])
    parts.metric("离群", str(len(seen.outliers)), sides(seen), where=columns[3])
    ratio = write["ratio"]
    parts.metric(f"与{view.words['index']}相关 r", ratio(found.pearson), f"ρ {ratio(found.spearman)}", where=columns[4])


def grid(view: View, shown: pd.DataFrame, item: Subject, level: str, write: Mapping[str, Callable]) -> str | None:
    """The rows shown, one a unit; the code of the one that was picked.

    `write`: how a value of the level shown, a change of it, a raw value, a score, a tier and a state are written.
    """
    unit = f"（{clean(item.node.unit, 20)}）" if item.single and item.node.unit else ""
    before = view.previous
    titles = {
        "name": st.column_config.TextColumn(view.words["unit"], width=230, pinned=True),
        "sector": view.words["sector"],
        "tier": "梯队",
        "raw": f"原始值{unit}",
        **ledger_titles(shown),
        "state": "状态",
        "score": item.levels["score"],
        "rank": "排名",
        "last": f"上期{item.levels[level]}" + (f" {before.period}" if before is not None else ""),
        "change": "变化",
        "coverage": "覆盖率",
        "index": view.words["index"],
    }
    for column in (("coverage",) if item.single else ("raw",)) + (() if item.unadjusted else ("index",)):
        del titles[column]
    table = shown.assign(
        name=shown["name"].map(clean), sector=shown["sector"].map(clean), tier=shown["tier"].map(write["tier"]),
        state=shown["state"].map(write["state"]),
    )[list(titles)]  # fmt: skip
    value, score = write["value"], write["score"]
    styles = {
        "raw": write["raw"], "derived": "{:.2f}", "numerator": "{:g}", "denominator": "{:g}", "score": score,
        "rank": "{:.0f}", "last": value, "change": write["change"], "coverage": "{:.0%}",
        "index": score,
    }  # fmt: skip
    said = {c: style for c, style in styles.items() if c in titles}
    picked = parts.grid(
        table.style.format(said, na_rep=""), said=said, column_config=titles, hide_index=True, placeholder="",
        key="indicator_grid", on_select="rerun", height=460 if len(table) > 12 else "content", selection_mode="single-row",
        alt=f"{clean(item.name, 60)}：各{view.words['unit']}取值",
    ).selection.rows  # fmt: skip
    return shown.index[picked[0]] if picked else None


def absent(view: View, code: str) -> NoReturn:
    """Says that this period's framework does not have a node, and where it is found; ends the page."""
    known = elsewhere(view, code)
    name, last = text(name_in(view.at(known[-1]), code), 60), known[-1]
    st.info(f"{period_title(view.period)}所用的指标体系里没有“{name}”。有它的{text(view.words['period'])}：{'、'.join(map(period_title, known))}。")
    if st.button(f"看{period_title(last)}的“{name}”"):
        open_page("indicator", node=code, period=last)
    _end()


def nothing(view: View) -> NoReturn:
    """Says that the filters let no unit through, with a way out; ends the page."""
    st.info(f"没有符合筛选的{text(view.words['unit'])}。放宽{text(view.words['sector'])}、梯队或数据状态，或清除全部筛选。")
    st.button("清除筛选", on_click=lambda: st.session_state.update({key: [] for key in FILTERS}))
    _end()


def _end() -> NoReturn:
    address.stop()
