"""All releases: the list with its filters, and what can be done with one: take it back, use it again, look at it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from store.people.roles import Person
from store.releasing import releases as store_releases
from store.releasing.releases import STATES
from ui import acts, address, parts, preview, releases, viewer
from ui.places import open_page
from ui.user import current_user
from ui.wording import clean, period_title

WHICH = "n"
_REASON, _FOLLOWED = "withdraw reason", "_release_followed"


def filtered(table: pd.DataFrame) -> pd.DataFrame:
    """The releases that pass the filters by period and state, which are in the address."""
    left, right, _ = st.columns([1.2, 1.2, 1.6])
    titles = {p: period_title(p) for p in table["period"].drop_duplicates()}
    periods = address.multi(viewer.words()["period"], list(titles), "of", titles, where=left, label_visibility="collapsed", placeholder="全部考核期")
    states = address.multi("状态", list(STATES), "state", STATES, where=right, label_visibility="collapsed", placeholder="全部状态")
    kept = table[table["period"].isin(periods)] if periods else table
    return kept[kept["state"].isin(states)] if states else kept


def listing(table: pd.DataFrame) -> int:
    """The list, and the number of the release that is looked at; ends the page where no release passes the filters."""
    if table.empty:
        st.info("没有符合筛选的发布。请放宽考核期或状态。")
        address.stop()
    titles = {str(r.release): f"第 {r.release} 号　{period_title(r.period)}　{STATES[r.state]}" for r in table.itertuples()}
    code = address.select("发布", list(titles), WHICH, next(iter(titles)), titles, label_visibility="collapsed")
    shown = releases.sheet(table, viewer.words())
    shown["摘要"] = shown["摘要"].str[:12]
    number, words = st.column_config.NumberColumn, st.column_config.TextColumn
    config = {"号": number(width=52, pinned=True), "状态": words(width=72), "摘要": words(width=110), "理由": words(width=180)}
    picked = parts.picked(shown.drop(columns=["程序"]), "releases", most=11, column_config=config)
    if picked is not None and picked != st.session_state.get(_FOLLOWED):
        st.session_state[_FOLLOWED] = picked
        if str(picked) != code:
            address.turn(**{WHICH: str(picked)})
    return int(code)


def one(path: Path, row: pd.Series) -> None:
    """One release in full, with what can be done with it."""
    number, state = int(row["release"]), row["state"]
    words = f"{STATES[state]}，{row['state_by']}，{str(row['state_at'])[:16].replace('T', ' ')}"
    parts.heading(f"第 {number} 号（{period_title(row['period'])}）", words + (f"：{clean(row['reason'], 120)}" if row["reason"] else ""))
    st.caption(f"摘要 {row['digest']}，指标体系第 {row['framework']} 版，{row['units']} 个单位，{row['scored']} 个有得分。")
    with st.container(horizontal=True, key="release_acts"):
        if state != "served" and st.button("看这一号", icon=":material/visibility:", key=f"see {number}"):
            preview.look(number)
            open_page("overview", period=row["period"])
        if st.button("与别的号并排", icon=":material/compare_arrows:", key=f"beside {number}"):
            address.turn(tab="side", which=row["period"], b=str(number))
        if not current_user().may("publish"):
            return
        if state in ("published", "withdrawn") and st.button("改用这一号", icon=":material/history:", key=f"reopen {number}"):
            acts.act("publish", partial(_reopen, path, number), "正在改用")
            st.rerun()
        if state in ("served", "published"):
            _withdrawing(path, number, state)


def _withdrawing(path: Path, number: int, state: str) -> None:
    with st.popover("撤回", icon=":material/block:", key=f"withdraw {number}"):
        gone = "这一期将改用此前发布的一号；没有的，这一期不再有发布。" if state == "served" else "它不在使用，撤回后也不能再被自动选用。"
        st.caption(f"撤回后仍留在案。{gone}")
        reason = st.text_input("撤回理由", key=f"{_REASON} {number}", max_chars=200, placeholder="写进日志，长期保留")
        if st.button(f"撤回第 {number} 号", type="primary", key=f"withdraw now {number}"):
            acts.act("publish", partial(_withdraw, path, number, reason), "正在撤回")
            st.rerun()


def _reopen(path: Path, number: int, person: Person) -> str:
    period = store_releases.reopen(number, person.name, path)
    return f"{period_title(period)}现在使用第 {number} 号发布。"


def _withdraw(path: Path, number: int, reason: str, person: Person) -> str:
    served = store_releases.withdraw(number, reason, person.name, path)
    return f"第 {number} 号发布已撤回；" + (f"这一期现在使用第 {served} 号。" if served else "这一期不再有发布。")
