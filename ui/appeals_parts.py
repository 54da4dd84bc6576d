"""Pieces of appeals: the button that asks, on any page; the reply beside a score; on the page 申诉 the list, one appeal, its answer."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from scoring.movement import period_key
from store.people.roles import Person
from store.releasing import appeals as store_appeals
from store.releasing.appeals import ANSWERS, LONGEST, STATES
from ui import acts, address, appeals, batches, desk_reads, parts, reads, viewer
from ui.places import PLACES, open_page
from ui.user import current_user
from ui.wording import clean, period_title, text

if TYPE_CHECKING:
    from ui.view import View

WHICH = "appeal"
_STEPS = {"reply": "答复", "correct": "更正", "reissue": "重新发布", "reject": "不采纳", "withdraw": "撤回"}


def ask(view: View, unit: str, node: str | None = None) -> None:
    """A button for the unit's own liaison that asks about a figure; without `node` the person chooses it. For anybody else nothing."""
    person = current_user()
    if not person.may("appeal") or person.only_unit not in (None, unit) or view.row["state"] == "draft":
        return
    with st.popover("提出申诉", icon=":material/contact_support:", key=f"ask {unit} {node}"):
        names = {n.code: clean(n.name, 60) for n in view.framework.nodes}
        asked = node or st.selectbox("对哪一项", list(names), format_func=names.get, key=f"ask node {unit}", placeholder="请选择")
        if node:
            st.caption(f"对{text(names.get(node, node))}的得分")
        hint = "哪里不对，依据是什么。不要写个人姓名、证件号和电话。"
        key = f"ask text {unit} {node}"
        st.text_area("申诉内容", key=key, max_chars=LONGEST, placeholder=hint)
        st.button("提出", type="primary", key=f"ask now {unit} {node}", on_click=_put, args=(view, unit, asked, key))
        acts.told()


def _put(view: View, unit: str, node: str, key: str) -> None:
    """Asks what the box holds; once it is asked the box is empty again."""
    if acts.act("appeal", partial(_ask, view, unit, node, st.session_state[key]), "正在提出"):
        st.session_state[key] = ""


def _ask(view: View, unit: str, node: str, said: str, person: Person) -> str:
    number = store_appeals.ask(person, view.release, unit, node, said, view.path)
    return f"已提出，第 {number} 号申诉；答复见 数据管理 › 申诉。"


def replies(view: View, unit: str) -> None:
    """The replies that may stand beside the unit's scores, quietly."""
    for asked, reply, day in appeals.shown_replies(view.path, view.period, unit):
        st.caption(f"关于{text(asked)}的申诉答复（{day}）：{text(reply, 300)}")


def filtered(table: pd.DataFrame) -> pd.DataFrame:
    """The appeals that pass the filters by state, unit and period, which are in the address; folded, so that appeals come first."""
    words = viewer.words()
    units = dict(zip(table["unit"], (clean(n, 40) for n in table["name"]), strict=True))
    offered = {
        "state": ("状态", "state", list(STATES.values()), None),
        "unit": (words["unit"], "units", list(units), units),
        "period": (words["period"], "of", sorted(set(table["period"]), key=period_key, reverse=True), period_title),
    }
    many = sum(bool(st.session_state.get(key)) for _, key, *_ in offered.values())
    with st.popover(f"筛选（{many} 项）" if many else "筛选", icon=":material/filter_alt:", key="appeal_filters"):
        for column, (label, key, options, titles) in offered.items():
            chosen = address.multi(label, options, key, titles, placeholder=f"全部{label}")
            table = table[table[column].isin(chosen)] if chosen else table
    return table


def lacking(person: Person) -> None:
    """Says that there is no appeal, and how one comes about."""
    where = "在 单位画像 › 指标明细 上按“提出申诉”" if person.may("appeal") else "由单位联络员在 单位画像 或 溯源 上提出"
    st.info(f"还没有申诉。申诉{where}。", icon=":material/inbox:")


def listing(table: pd.DataFrame) -> pd.Series:
    """The list, and the appeal that is looked at."""
    titles = {str(r.appeal): f"第 {r.appeal} 号　{clean(r.name, 30)}　{clean(r.asked, 30)}" for r in table.itertuples(index=False)}
    code = address.select("申诉", list(titles), WHICH, next(iter(titles)), titles, label_visibility="collapsed")
    number, words = st.column_config.NumberColumn, st.column_config.TextColumn
    config = {"号": number(width=46, pinned=True), "天数": number(width=52), "状态": words(width=140), "内容": words(width=220)}
    picked = parts.picked(appeals.sheet(table, viewer.words()), "appeals", most=13, column_config=config)
    if picked is not None and picked != st.session_state.get("_appeal_followed"):
        st.session_state["_appeal_followed"] = picked
        if str(picked) != code:
            address.turn(**{WHICH: str(picked)})
    return table.loc[int(code)]


def one(path: Path, found: pd.Series) -> None:
    """One appeal: the question, what was said and done about it, where to look, and the next step for who may take it."""
    parts.heading(f"第 {found['appeal']} 号：{clean(found['name'], 40)}，{clean(found['asked'], 40)}", f"{found['state']}，{found['days']} 天")
    st.caption(f"{period_title(found['period'])}，{text(appeals.then_and_now(path, found))}")
    _line(found["by"], found["at"], "提出", found["text"])
    events = desk_reads.appeal_events(str(path), reads.stamp(path), int(found["appeal"]))
    for e in events.itertuples():
        number = "" if pd.isna(e.batch) else f"批次 {e.batch}：" if e.kind == "correct" else ""
        number += "" if pd.isna(e.release) else f"第 {e.release} 号发布："
        _line(e.by, e.at, _STEPS[e.kind], number + e.text, "，答复显示在画像上" if e.shown else "")
    _links(found)
    _next(path, found, len(events))


def _line(by: str, at: str, what: str, said: str, more: str = "") -> None:
    st.markdown(f"**{text(what)}**　:gray[{text(by)}，{text(at[:16].replace('T', ' '))}{more}]  \n{text(said, LONGEST + 60)}")


def _links(found: pd.Series) -> None:
    """Where the figure comes from, where a correction is brought in, and what a re-issue changed for everybody."""
    person, mine = current_user(), {place.name for place in PLACES if any(current_user().may(r) for r in place.rights)}
    with st.container(horizontal=True):
        if "trace" in mine and st.button("溯源", icon=":material/account_tree:", key="appeal trace"):
            open_page("trace", tab="down", unit=found["unit"], node=found["node"], period=found["period"])
        if "intake" in mine and person.may("bring") and st.button("去导入更正", icon=":material/upload_file:", key="appeal intake"):
            open_page("intake")
        again = found["reissued"]
        changed = dict(label="重新发布后各单位的变化", icon=":material/compare_arrows:", key="appeal side")
        if "releases" in mine and not pd.isna(again) and st.button(**changed):
            open_page("releases", tab="side", which=found["period"], a=str(found["release"]), b=str(again))


def _next(path: Path, found: pd.Series, step: int) -> None:
    """The form of the next step. Its fields are the step's own: what was typed stays when it is refused."""
    person, number = current_user(), int(found["appeal"])
    may = [k for k in store_appeals.next_steps(found["kind"]) if k in ANSWERS]
    asked = person.may("appeal") and found["kind"] == "open" and found["by"] == person.name
    if asked and st.button("撤回申诉", key=f"take back {number}"):
        acts.act("appeal", partial(_take_back, path, number), "正在撤回")
        st.rerun()
    if not person.may("answer") or not may:
        return
    key = f"answer {number} {step}"
    look = dict(format_func=ANSWERS.get, required=True, label_visibility="collapsed")
    kind = st.segmented_control("下一步", may, default=may[0], key=f"{key} kind", **look)
    said = st.text_area("答复内容", key=f"{key} text", max_chars=LONGEST, placeholder="写给提出的单位。不要写个人姓名、证件号和电话。")
    batch = release = None
    if kind == "correct":
        batch = _correction(path, number, f"{key} batch")
    if kind == "reissue":
        release = _reissue(path, number, f"{key} release")
    shown = st.checkbox("答复显示在单位画像上", key=f"{key} shown")
    if st.button("提交", type="primary", key=f"{key} now"):
        acts.act("answer", partial(_answer, path, number, kind, said, batch, release, shown), "正在提交")
        st.rerun()


def _correction(path: Path, number: int, key: str) -> int | None:
    """The batch of the correction, of those that fit; what has the very figures is marked."""
    table, _ = desk_reads.fitting(str(path), reads.stamp(path), number)
    direct = table["direct"].map({True: "　有所问的值", False: ""})
    titles = {r.batch: f"批次 {r.batch}　{clean(r.file, 40)}　{batches.when(r.at)}{d}" for r, d in zip(table.itertuples(), direct, strict=True)}
    lacks = "没有合适的批次：请先把更正导入，要有该单位这一期的数据"
    return st.selectbox("更正所在的批次", list(titles), index=None, format_func=titles.get, key=key,
                        placeholder="请选择，新的在前" if titles else lacks)  # fmt: skip


def _reissue(path: Path, number: int, key: str) -> int | None:
    """The release that shows the correction, of those of the period that were made after it."""
    _, table = desk_reads.fitting(str(path), reads.stamp(path), number)
    titles = {r.release: f"第 {r.release} 号　{batches.when(r.at)}　{'在用' if r.served else '已发布'}" for r in table.itertuples()}
    lacks = "更正之后这一期还没有重新发布：请先在 发布 页发布"
    return st.selectbox("重新发布的编号", list(titles), index=0 if titles else None, format_func=titles.get, key=key,
                        placeholder="请选择" if titles else lacks)  # fmt: skip


def _answer(path: Path, number: int, kind: str, said: str, batch: int | None, release: int | None, shown: bool, person: Person) -> str:
    store_appeals.answer(person, number, kind, said, batch, release, shown, path)
    after = {"correct": "请在 发布 页生成草稿并发布，再回来选发布编号。", "reissue": "各单位的变化见“重新发布后各单位的变化”。"}.get(kind, "")
    return f"第 {number} 号申诉：{ANSWERS[kind]}。{after}"


def _take_back(path: Path, number: int, person: Person) -> str:
    store_appeals.take_back(person, number, path=path)
    return f"第 {number} 号申诉已撤回。"


def today() -> datetime:
    """Now, with its offset."""
    return datetime.now().astimezone()
