"""Pieces of 溯源 that hold no figure: what is looked at, the way down as crumbs, steps, records and tables, the way up."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ui import address, appeals_parts, indicator_tables, parts, portrait_parts, portrait_words, trace, trace_tables
from ui import trace_words as words
from ui.wording import clean, tenth, text

if TYPE_CHECKING:
    from ui.view import View

TABS = {"down": "数从哪里来", "up": "记录用到哪里", "check": "报送与台账核对"}
_STYLE = """<style>
.zx-steps { display: flex; flex-wrap: wrap; gap: 0.5rem 0; align-items: stretch; }
.zx-step { flex: 1 1 9.5rem; max-width: 24rem; display: flex; }
.zx-step > div {
  flex: 1; min-width: 0; border: 1px solid var(--zx-line); border-radius: 6px; background: var(--zx-paper);
  padding: 0.4rem 0.7rem; overflow-wrap: anywhere;
}
.zx-step + .zx-step::before { content: "›"; align-self: center; color: var(--zx-level); padding: 0 0.35rem; font-size: 1.2rem; }
.zx-step b { display: block; font-size: 1.25rem; line-height: 1.5; }
.zx-step span { display: block; color: var(--zx-soft); font-size: 0.85rem; }
.zx-step .zx-flag { border: 2px solid var(--zx-red); }
.zx-facts { display: flex; flex-wrap: wrap; gap: 0.4rem 2.2rem; overflow-wrap: anywhere; }
.zx-facts > div { max-width: 36rem; }
.st-key-trace_crumbs { gap: 0 0.4rem; }
.st-key-trace_crumbs button { padding: 0; min-height: 0; }
@media (max-width: 640px) { .zx-step { flex-basis: 40%; } .zx-facts { gap: 0.3rem 1.4rem; } }
</style>"""


def tab() -> str:
    """The chosen tab; a link that names a record or a node and no tab opens the one that shows it."""
    said = st.query_params
    if "tab" not in said and ("ref" in said or "node" in said):
        st.session_state["tab"] = "up" if "ref" in said else "down"
    return address.segments("看", list(TABS), "tab", "down", TABS, label_visibility="collapsed")


def unit(view: View, where) -> str:
    """The chosen unit; where the period has no such unit, or none at all, the page ends with what can be done."""
    code = portrait_parts.chosen(view, where)
    if code not in view.units.index:
        portrait_parts.absence(view, view.history[view.history["unit"] == code], "trace")
        address.stop()
    return code


def node(view: View, where) -> str:
    """The chosen node of the framework or group of a facet; at first the index."""
    names = indicator_tables.choices(view)
    word = f"指标或{view.words['dimension']}"
    return address.select(word, list(names), "node", view.framework.root.code, names, where, label_visibility="collapsed")


def is_indicator(view: View, code: str) -> bool:
    """Whether a node has records or a report of its own, and no children."""
    return code in view.framework and view.framework.is_indicator(code)


def crumbs(view: View, unit: str, code: str) -> None:
    """The way from the index down to a node, each with its score; a step above opens it."""
    st.html(_STYLE)
    with st.container(horizontal=True, key="trace_crumbs", vertical_alignment="center"):
        if st.button(text(view.unit_name(unit), 40), type="tertiary", key="crumb_unit", help="打开画像"):
            parts.open_unit(view, unit)
        for step in trace.path(view, code):
            st.markdown(":gray[›]", width="content")
            label = f"{text(step.name, 40)} {tenth(_score(view, unit, step.code))}"
            if step.code == code:
                st.markdown(f"**{label}**", width="content")
            elif st.button(label, type="tertiary", key=f"crumb_{step.code}"):
                address.turn(node=step.code)
        if code in view.framework:
            appeals_parts.ask(view, unit, code)


def _score(view: View, unit: str, code: str) -> float:
    """A node's score; the index with its adjustments, as it is shown everywhere."""
    return view.units.at[unit, "index"] if code == view.framework.root.code else view.nodes.at[unit, code]


def row(picked: Sequence[int], rows: int) -> int | None:
    """The number of the row that was picked, of a table of so many rows."""
    return next((k for k in picked if k < rows), None)


def children(view: View, unit: str, code: str, table: pd.DataFrame, states: Mapping[str, str]) -> str | None:
    """What a node is made of, as a table with its sum; the child that was picked. `states`: how a cell's state is written."""
    shown = trace_tables.children(view, table, states)
    number = st.column_config.NumberColumn
    picked = parts.grid(
        shown, hide_index=True, height="content", key=f"parts {unit} {code}", on_select="rerun", selection_mode="single-row",
        placeholder="—",
        column_config={
            shown.columns[0]: st.column_config.TextColumn(width=210, pinned=True), "得分": number(format="%.1f", width=60),
            "所定权重": number(format="percent", width=76), "实际权重": number(format="percent", width=76),
            "贡献": number(format="%.2f", width=64, help="得分 × 实际权重，合计为上级的得分"),
            "计入指数": number(format="%.2f", width=76, help="加减分前的指数中的分数"),
        },
    ).selection.rows  # fmt: skip
    place = row(picked, len(table))
    return None if place is None else table.index[place]


def standing(view: View, unit: str) -> None:
    """Why a unit has no index or no score in a dimension, and what a veto does, where there is anything to say."""
    for said in (portrait_words.gaps(view, unit), portrait_words.veto(view, unit)):
        if said:
            st.info(text(said, 600))


def steps(view: View, cell: trace.Cell) -> None:
    """From the records to the points of the index, a box a step."""
    items = [
        f'<div class="zx-step"><div{" class=zx-flag" if b.flag else ""}><span>{html.escape(clean(b.title, 60))}</span>'
        f"<b>{html.escape(clean(b.figure, 40))}</b><span>{html.escape(clean(b.note, 160))}</span></div></div>"
        for b in words.boxes(view, cell)
    ]
    st.html(f'<div class="zx-steps">{"".join(items)}</div>')
    if said := words.changed(view, cell):
        st.warning(text(said, 400), icon=":material/history:")


def records(view: View, cell: trace.Cell) -> None:
    """The records behind a figure, each with what it adds; one that is picked shows where it goes."""
    if said := words.no_records(view, cell):
        st.info(text(said, 400))
        return
    shown = trace_tables.records(cell.figure, cell.records)
    parts.heading(f"{len(shown)} 条记录", f"{cell.figure.numerator} ÷ {cell.figure.denominator}；点选一行，看它还用在哪里")
    key = f"records {cell.unit} {cell.node.code} {view.period}"
    picked = parts.grid(
        shown, hide_index=True, key=key, on_select="rerun", selection_mode="single-row", placeholder="—",
        height=460 if len(shown) > 12 else "content", column_config=trace_tables.RECORD_COLUMNS,
    ).selection.rows  # fmt: skip
    if (place := row(picked, len(shown))) is not None:
        address.turn(tab="up", ledger=cell.figure.ledger, ref=str(cell.records["ref"].iloc[place]))


def recorded(view: View, unit: str, bar) -> tuple[str, pd.Series]:
    """(ledger, record): the record of a unit that is chosen; the page ends where the ledger holds none."""
    left, right = bar.columns([1, 3])
    names = trace_tables.ledgers()
    ledger = address.select("台账", list(names), "ledger", next(iter(names)), names, left, label_visibility="collapsed")
    mine = trace_tables.of_unit(view, unit, ledger)
    if mine.empty:
        name = text(view.unit_name(unit), 60)
        st.info(f"{name}的{names[ledger]}台账里没有记录。导入台账：python manage.py import 文件（另一系统导出的文件加 \\-\\-mapping）。")
        address.stop()
    titles = {ref: f"{ref}　{clean(title, 60)}" for ref, title in zip(mine.index, mine["title"], strict=True)}
    ref = address.select("记录", list(titles), "ref", next(iter(titles)), titles, right, label_visibility="collapsed")
    return ledger, mine.loc[ref]


def record(ledger: str, found: pd.Series) -> None:
    """All that a record says, and where it stands in its file."""
    lines = [*trace_tables.facts(ledger, found), ("出处", words.place(found))]
    body = "".join(
        f'<div><span class="zx-note">{html.escape(name)}</span><br>{html.escape(clean(said, 400)) or "—"}</div>' for name, said in lines
    )
    st.html(f'{_STYLE}<div class="zx-facts">{body}</div>')


def fed(view: View, unit: str, ledger: str, ref: str) -> None:
    """The figures that a record feeds, with the scores above them; one that is picked opens the way down in its period."""
    table = trace_tables.fed(view, unit, ledger, ref)
    parts.heading(f"计入 {len(table)} 个数", "点选一行，从指数看下来" if len(table) else "")
    if table.empty:
        st.info(text(trace_tables.feeds_nothing(view, ledger), 400))
        return
    shown, key = trace_tables.fed_sheet(view, table), f"fed {unit} {ledger} {ref}"
    picked = parts.grid(
        shown, hide_index=True, key=key, on_select="rerun", selection_mode="single-row", placeholder="—",
        height="content" if len(shown) <= 14 else 520, column_config=trace_tables.fed_columns(view),
    ).selection.rows  # fmt: skip
    place = row(picked, len(table))
    if place is not None and (period := table["period"].iloc[place]) in view.periods:
        parts.open_trace(view.at(period), unit, table["indicator"].iloc[place])
