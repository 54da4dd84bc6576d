"""What 红雁清风 shows that is no figure: the cards of exemplars, what was taken from them, candidates, whom to learn from."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui import address, exemplar_peers, exemplar_tables, exemplars, fields, parts
from ui.places import open_page
from ui.wording import clean, tenth, text

if TYPE_CHECKING:
    from ui.view import View

TABS = {"named": "培树点", "candidates": "候选", "learn": "向谁学", "race": "比学赶超"}
CARDS = 24  # what more there are the filters and the download show
SIGNED = st.column_config.NumberColumn(format="%+.1f", width=76)
_WIDE = st.column_config.TextColumn(width=170)
_STYLE = """<style>
.zx-card { line-height: 1.5; font-size: 0.9rem; overflow-wrap: anywhere; }
.zx-card .zx-field { color: var(--zx-house); background: var(--zx-house-ground); border-radius: 4px; padding: 0.05rem 0.5em; margin-right: 0.4em; }
.zx-card summary { list-style: none; cursor: pointer; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.zx-card summary::-webkit-details-marker { display: none; }
.zx-card details[open] summary { -webkit-line-clamp: none; }
.st-key-exemplar_cards button { min-height: 1.6rem; }
.st-key-exemplar_cards button p { font-size: 1rem; font-weight: 600; color: var(--zx-ink); text-align: left; }
</style>"""


def opening() -> tuple[str, Any]:
    """The chosen tab's code, and the place beside it for what the tab asks."""
    st.html(_STYLE)
    left, right = st.columns([2, 3], vertical_alignment="center")
    return address.segments("看", list(TABS), "tab", "named", TABS, left, label_visibility="collapsed"), right


def field(view: View, where: Any) -> str:
    """The chosen field: the index or a dimension."""
    titles = fields.fields(view)
    return address.select("领域", list(titles), "field", next(iter(titles)), titles, where, label_visibility="collapsed")


def in_sectors(view: View, table: pd.DataFrame, where: Any) -> pd.DataFrame:
    """The rows of a table, with sector, of the sectors that are chosen; all where none is."""
    sectors, word = sorted(set(view.units["sector"].dropna()) - {""}), view.words["sector"]
    if not sectors:
        return table
    chosen = address.multi(word, sectors, "sector", where=where, placeholder=f"全部{word}", label_visibility="collapsed")
    return table[table["sector"].isin(chosen)] if chosen else table


def known(view: View, where: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The exemplars in force and what was taken, of those that are asked for only; ends the page where there is no exemplar at all."""
    taken = exemplars.taken(view)
    every = exemplars.with_lessons(exemplars.named(view), taken)
    if every.empty:
        _none(view)
        address.stop()
    left, right = where.columns(2)
    titles = {code: title for code, title in fields.fields(view).items() if code in set(every["field"])}
    chosen = address.multi("领域", list(titles), "fields", titles, left, placeholder="全部领域", label_visibility="collapsed")
    held = in_sectors(view, every[every["field"].isin(chosen)] if chosen else every, right)
    if len(held) == len(every):  # what was taken from an exemplar whose time is over counts too
        return held, taken
    return held, exemplars.of_these(taken, held)


def _none(view: View) -> None:
    records = view.records("exemplar")
    if records.empty:
        columns = "单位代码、编号、名称、示范领域、事迹、命名日期、命名文号"
        st.info(f"还没有培树点。把已命名的列成表（{columns}），在安装目录里运行：", icon=":material/workspace_premium:")
        st.code("python manage.py import 培树点.csv", language="shell")
    else:
        st.info(f"{parts.period_title(view.period)}没有在册的培树点；台账里最早的自 {records['since'].min()} 起。", icon=":material/event_busy:")


def counts(view: View, held: pd.DataFrame, taken: pd.DataFrame) -> None:
    """How many exemplars, in how many dimensions, what was taken from them, and how many of those who learned have gained since."""
    dimensions = {d.code: d.name for d in view.framework.dimensions}
    bare = [name for code, name in dimensions.items() if code not in set(held["field"])]
    told, word, here = taken[taken["change"].notna()], view.words["unit"], len(dimensions) - len(bare)
    gained, help = (told["change"] > 0).sum(), "借鉴者在这一领域的得分，与借鉴前最后一期相比；借鉴后还没有新一期的不计"
    with st.grid(4, min_column_width=150, gap="small"):
        parts.metric("在册培树点", str(len(held)), note=f"{held['unit'].nunique()} 个{word}")
        parts.metric(f"有培树点的{view.words['dimension']}", f"{here} / {len(dimensions)}", note=f"缺：{'、'.join(bare)}" if bare else "一个不缺")
        parts.metric("被借鉴", f"{len(taken)} 次", note=f"{taken['unit'].nunique()} 个{word}")
        parts.metric("借鉴后提高", f"{gained} / {len(told)}" if len(told) else "—", note="先后有别，不等于因果", help=help)


def cards(view: View, held: pd.DataFrame, tier: Callable[[str], str]) -> None:
    """A card an exemplar, whose name opens its portrait. held: as `exemplars.with_lessons`; tier: label → what is shown for it."""
    if held.empty:
        st.info("没有符合条件的培树点。")
    with st.container(key="exemplar_cards"), st.grid(4, min_column_width=330, gap="small"):
        for row in held.head(CARDS).itertuples():
            with st.container(border=True, gap=None):
                if st.button(text(row.tag, 40), key=f"exemplar {row.unit} {row.ref}", type="tertiary", help="打开画像"):
                    parts.open_unit(view, row.unit)
                st.html(_card(view, row, tier))
    if len(held) > CARDS:
        st.caption(text(f"只列前 {CARDS} 个，其余 {len(held) - CARDS} 个请按领域或{view.words['sector']}筛选，或下载。"))


def _card(view: View, row: Any, tier: Callable[[str], str]) -> str:
    stands = f"本期 {tenth(row.score)}　第 {row.rank:.0f} 名　{tier(row.tier)}" if row.rank > 0 else "本期没有得分"
    learned = f"被借鉴 {row.learned} 次：{'、'.join(row.learners)}" if row.learned else "还没有借鉴记录"
    field, title, named, story, stands, learned = (
        html.escape(clean(value, most))
        for value, most in (
            (view.node_name(row.node), 30), (row.title, 80), (f"{row.since} 起　{row.document}", 80), (row.story, 2000), (stands, 60), (learned, 120)
        )
    )  # fmt: skip
    return (
        f'<div class="zx-card"><span class="zx-field">{field}</span>{title}<div class="zx-note">{named}</div>'
        f'<details><summary>{story}</summary></details><div>{stands}</div><div class="zx-note">{learned}</div></div>'
    )


def lessons(view: View, taken: pd.DataFrame) -> None:
    """What was taken from exemplars; a row opens the portrait of the unit that learned."""
    parts.heading("借鉴记录", f"{len(taken)} 条，新的在前")
    if taken.empty:
        how = "还没有借鉴台账：把各单位学了什么列成表（单位代码、编号、名称、培树点单位、借鉴日期、成效），同样导入。"
        st.caption(how if view.records("learning").empty else "所选范围内，到本期末还没有借鉴记录。")
        return
    columns = {"得分变化": SIGNED, "成效": _WIDE, "学了什么": _WIDE}
    if unit := parts.picked(exemplar_tables.lessons(view, taken), "lessons", 9, column_config=columns):
        parts.open_unit(view, unit)


def of_unit(view: View, unit: str) -> None:
    """Of one unit, for its portrait: what it is an exemplar of, and whom it can learn from in its weakest dimension."""
    held, node = exemplars.named(view), exemplar_peers.weakest(view, unit)
    mine = held[held["unit"] == unit]
    for row in exemplars.with_lessons(mine, exemplars.taken(view)).itertuples() if len(mine) else ():
        st.success(text(exemplar_tables.sentence(view, row), 400), icon=":material/workspace_premium:")
    lesson = exemplar_peers.lesson(view, unit, node)
    said, button = st.columns([5, 1.2], vertical_alignment="center")
    with said:
        known = f"最弱的{view.words['dimension']}：" if view.units.at[unit, "weakest"] else ""
        weak = f"{known}{view.node_name(node)} {tenth(view.nodes.at[unit, node])}"
        parts.heading("向谁学", weak if lesson.models.empty else f"{weak}；下列{view.words['unit']}{exemplar_tables.alike(view)}")
    if lesson.models.empty:
        st.caption(text(exemplar_tables.nobody(view, unit, node), 300))
        return
    if button.button("看差在哪里", key="learn_more", width="stretch"):
        open_page("exemplars", tab="learn", unit=unit, weak=node, period=view.period)
    if other := parts.picked(exemplar_tables.models(view, lesson, {}, held), f"learn_from {unit}"):
        parts.open_unit(view, other)
