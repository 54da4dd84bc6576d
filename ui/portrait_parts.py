"""Pieces of the portrait that hold no figure: the picker, notices, strengths and weak spots, adjustments, the table of evidence."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from scoring.adjustment import KINDS
from ui import address, appeals_parts, causes, certainty, evidence, glossary, makeup, parts, portrait
from ui import portrait_words as words
from ui.places import open_page
from ui.takeaway import takeaway
from ui.wording import clean, period_title, tenth

if TYPE_CHECKING:
    from ui.view import View


TABS = {
    "makeup": "得分由来", "change": "为何变化", "gap": "梯队差距", "next": "怎么提升", "work": "任务风险", "facets": "分面", "trend": "历期走势",
    "table": "指标明细",
}  # fmt: skip
DOCUMENTS = {"画像幻灯片 PPTX": "pptx", "两页画像 Word": "docx", "数据与图表 Excel": "xlsx"}
HEAT = "得分，不含加减分；末行末列为总体，空格处没有指标"


def opening(view: View, made: Callable[[str, str], bytes]) -> str:
    """The unit's name, the picker, the menu of documents, and notices; stops the page where the period has no such unit.

    made: (unit, ending of a file) → the bytes of its portrait.
    """
    title, chooser, taker = st.columns([3, 1.4, 0.5], vertical_alignment="center")
    unit = chosen(view, chooser)
    own = view.history[view.history["unit"] == unit]
    named = own[own["period"] == view.period] if unit in view.units.index else own
    name, sector = named[["name", "sector"]].iloc[-1]
    note = "　".join(clean(n) for n in (sector, *words.levels(view, unit)))
    title.html(
        f'<div class="zx-title"><h2 style="margin:0;padding:0;overflow-wrap:anywhere" title="{html.escape(clean(name))}">'
        f"{html.escape(clean(name, 60))}</h2>"
        f'<span class="zx-note">{html.escape(note)}</span></div>'
    )
    if unit not in view.units.index:
        absence(view, own)
        address.stop()
    files = {title: (ending, partial(made, unit, ending)) for title, ending in DOCUMENTS.items()}
    takeaway(f"{clean(name, 40)}画像 {view.period}", files, taker)
    notices(view, unit)
    return unit


def chosen(view: View, where: Any) -> str:
    """The unit that is looked at, from a list of all; of a view of one unit that one. Ends the page where there is none."""
    titles = unit_titles(view)
    if not titles:
        st.info(f"{period_title(view.period)}没有{parts.text(view.words['unit'])}。", icon=":material/event_busy:")
        address.stop()
    if view.peers:
        st.session_state["unit"] = next(iter(titles))
        address.put({"unit": [st.session_state["unit"]]})
        return st.session_state["unit"]
    return address.select(view.words["unit"], list(titles), "unit", next(iter(titles)), titles, where, label_visibility="collapsed")


def absence(view: View, own: pd.DataFrame, page: str = "unit") -> None:
    """Says when a unit was in the data, and offers the last time. own: its rows of the history; page: where it is looked at."""
    first, last = own["period"].iloc[0], own["period"].iloc[-1]
    span = period_title(first) if first == last else f"{period_title(first)}至{period_title(last)}，共 {len(own)} 期"
    st.info(f"{period_title(view.period)}没有它的数据。有数据的{parts.text(view.words['period'])}：{span}。", icon=":material/event_busy:")
    if st.button(f"看{period_title(last)}"):
        open_page(page, unit=own["unit"].iloc[-1], period=last)


def unit_titles(view: View) -> dict[str, str]:
    """Code → name of every unit: the period's, best first, then those of other periods only."""
    units = view.units.sort_values(["rank", "name"], kind="stable")
    titles = {u: f"{clean(n, 60)}　{clean(s, 30)}" for u, n, s in units[["name", "sector"]].itertuples()}
    absent = view.history[~view.history["unit"].isin(units.index)].drop_duplicates("unit", keep="last")
    return titles | {u: f"{clean(n, 60)}　本期未参评" for u, n in zip(absent["unit"], absent["name"], strict=True)}


def first_line(view: View, unit: str, tier: str) -> None:
    """Index, rank, tier and changes as big figures. tier: its title."""
    row, head = view.units.loc[unit], portrait.headline(view, unit)
    place, among = words.place(view, unit, head)
    changes = [("上期", head.previous), *([("去年同期", head.year_ago)] if head.year_ago else [])]
    if len(changes) == 2 and changes[0][1].period == changes[1][1].period:
        changes.pop()  # yearly periods: both are the same
    with st.grid(3 + len(changes), min_column_width=150, gap="small"):
        with st.container(key="hero"):
            parts.metric(view.words["index"], tenth(row["index"]), note=words.made_of(view, unit))
        ranks, chances, help = certainty.interval(view, unit), certainty.torn(view, unit), certainty.sentence(view, unit)
        parts.metric("名次", place, note=f"多在 {ranks}，{among}" if ranks else among, help=help or None)
        parts.metric("梯队", tier, note=chances or words.tier_note(view, unit, head), help=help or None)
        for title, change in changes:
            label = f"较{period_title(change.period)}" if change else f"较{title}"
            parts.metric(label, words.change(change), words.moved(change), words.against(change) or title)


def tab(view: View) -> str:
    """The chosen tab's code; tabs that the framework has nothing for are left out."""
    needs = {"facets": view.facets, "change": causes.others(view)}
    kept = [t for t in TABS if needs.get(t, True)]
    return address.segments("内容", kept, "tab", kept[0], TABS, label_visibility="collapsed")


def since(view: View, unit: str) -> causes.Why | None:
    """The change against the release that is chosen here, in a sentence; says why where there is no split of it."""
    titles = causes.others(view)
    said, chooser = st.columns([3.6, 1.2], vertical_alignment="center")
    code = address.select("与哪一期比", list(titles), "against", next(iter(titles)), titles, chooser, label_visibility="collapsed")
    found, reason = causes.why(causes.other(view, code), view, unit)
    with said:
        if found:
            parts.heading(*causes.sentence(found))
        else:
            st.info(parts.text(f"与{titles[code]}相比的变化没有分解：{reason}。", 600), icon=":material/info:")
    return found


def facet(view: View) -> str:
    """The chosen facet."""
    columns = list(view.facets)
    return address.segments("分面", columns, "facet", columns[0], view.facets, label_visibility="collapsed")


def show_indicators(figure: str, dimension: str | None) -> None:
    """Opens the table of indicators at a dimension, once for each click on a figure."""
    if _fresh(figure, dimension):
        address.turn(tab="table", node=dimension)


def show_period(figure: str, period: str | None) -> None:
    """Turns the page to another period, once for each click on a figure."""
    if _fresh(figure, period):
        address.turn(period=period)


def _fresh(figure: str, code: str | None) -> bool:
    """Whether a figure's selection is new: it stays selected while the reader goes on to something else."""
    key = f"_{figure}_followed"
    news = code is not None and code != st.session_state.get(key)
    st.session_state[key] = code
    return news


def one_dimension(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the chosen dimension, or all."""
    codes = [address.ALL, *portrait.dimension_codes(view)]
    titles = {code: f"全部{view.words['dimension']}" if code == address.ALL else view.node_name(code) for code in codes}
    chosen = address.segments(view.words["dimension"], codes, "node", address.ALL, titles, label_visibility="collapsed")
    return table if chosen == address.ALL else table[table["dimension"] == chosen]


def notices(view: View, unit: str) -> None:
    """Why there is no score, for the unit or for a dimension, and what a veto does."""
    if note := words.gaps(view, unit):
        st.info(parts.text(note, 600), icon=":material/info:")
    appeals_parts.replies(view, unit)
    if veto := words.veto(view, unit):
        st.error(parts.text(veto, 600), icon=":material/gavel:")


def spots(view: View, unit: str, group: str) -> None:
    """Balance, strengths and weak spots, a few words each."""
    head = portrait.headline(view, unit)
    blocks = [_block("均衡", words.geometric(view, unit), glossary.marked(words.balance(view, unit, head), view.words))]
    for title, sign, table in zip(("强项", "弱项"), "▲▼", portrait.strengths(view, unit), strict=True):
        lines = [
            f'<div style="display:flex;gap:0.6em"><span style="flex:1">{sign} {html.escape(clean(r.name, 60))}</span>'
            f'<b>{words.reached(r.state, r.score)}</b><span class="zx-note">{tenth(r.median)}</span></div>'
            for r in table.itertuples()
        ]
        nothing = f'<span class="zx-note">没有明显{"高" if sign == "▲" else "低"}出的指标</span>'
        blocks.append(_block(title, f"得分，右为{group}中位数", "".join(lines) or nothing))
    st.html("".join(blocks))


def _block(title: str, note: str, body: str) -> str:
    """A heading with a note over a body of HTML."""
    head = f'<h2 class="zx-heading">{title} <span class="zx-note">{html.escape(clean(note))}</span></h2>'
    return f'<div style="margin-bottom:0.7rem;position:relative">{head}{body}</div>'


def adjustments(view: View, unit: str) -> None:
    """Bonuses, penalties and vetoes of a unit with reason and document."""
    given = view.adjustments[view.adjustments["unit"] == unit]
    if given.empty:
        st.caption("本期没有加减分。")
        return
    parts.heading("加减分与依据", words.caps(view, given))
    table = pd.DataFrame(
        {
            "类型": given["kind"].map(KINDS),
            "分值": given["points"].where(given["kind"] != "penalty", -given["points"]).where(given["kind"] != "veto"),
            "事由": given["reason"],
            "文号": given["document"],
        }
    )
    points = st.column_config.NumberColumn(format="%+.1f", width="small")
    parts.grid(table, hide_index=True, placeholder="—", column_config={"分值": points})


def standing_table(view: View, unit: str) -> None:
    """Weight, score, rank and change of every dimension."""
    word, number = view.words["dimension"], st.column_config.NumberColumn
    parts.heading(f"各{word}")
    titles = {"name": word, "weight": "权重", "score": "得分", "rank": "名次", "change": "较上期"}
    formats = {"权重": number(format="percent"), "得分": number(format="%.1f"), "名次": number(format="%d")}
    table = makeup.standing(view, unit).rename(columns=titles)
    table["较上期"] = table["较上期"].round(1) + 0.0  # no minus nought
    parts.grid(
        table, hide_index=True, placeholder="—", column_config=formats | {"较上期": number(format="%+.1f")}, height="content"
    )


def details(view: View, unit: str, marks: Mapping[str, str], csv: Callable[..., bytes], xlsx: Callable[..., bytes]) -> None:
    """The table of evidence of the chosen dimension and its downloads. marks: a sign for each state; csv, xlsx: makers of files."""
    sheet = evidence.sheet(one_dimension(view, evidence.evidence(view, unit)), view.words, marks)
    _evidence_table(view, unit, sheet)
    book = {"指标明细": sheet}, words.notes(view, unit), view.demo
    parts.downloads(f"{unit}-{view.period}", lambda: csv(sheet, view.demo), lambda: xlsx(*book))
    appeals_parts.ask(view, unit)


def _evidence_table(view: View, unit: str, sheet: pd.DataFrame) -> None:
    """The evidence on the screen: scores as bars where they lie in the score range; a row that is picked opens its way down."""
    span, scores, number, text = view.policy.range, sheet["得分"], st.column_config.NumberColumn, st.column_config.TextColumn
    bar = st.column_config.ProgressColumn(format="%.1f", min_value=span[0], max_value=span[1], color="blue", width=125)
    inside = scores.isna() | scores.between(*span)
    picked = parts.grid(
        sheet, hide_index=True, height="content" if len(sheet) <= 16 else 580, placeholder="—",
        key=f"evidence {view.period} {unit} {len(sheet)}", on_select="rerun", selection_mode="single-row",
        column_order=[c for c in sheet if c not in ("方向", "参评", "代码")],
        column_config={
            "指标": text(pinned=True, width=225), "状态": text(width=68), "原始值": number(width=75), "计量": text(width=80),
            "目标区间": text(width=80, help="↑ 越高越好，↓ 越低越好"), "得分": bar if inside.all() else number(format="%.1f"),
            "计入指数": number(format="%.2f", width=72, help="该指标为指数贡献的分数，合计为加减分前的指数"),
            "名次": number(format="%d", width=52), "上期值": number(width=75), "上期得分": number(format="%.1f", width=72),
            "得分变化": number(format="%+.1f", width=72), "批次": number(format="%d", width=52),
            "台账值": number(format="%.2f", width=72, help="由台账推算的值；点选一行看每条记录"), "分子": number(width=52), "分母": number(width=52),
        },
    ).selection.rows  # fmt: skip
    if picked and picked[0] < len(sheet):
        parts.open_trace(view, unit, sheet["代码"].iloc[picked[0]])
