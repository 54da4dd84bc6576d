"""Kept scenarios: open one, keep the one that is tried under a name, and the link that shows it to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from starlette.datastructures import QueryParams

from store import scenarios
from store.connection import reader
from store.errors import StoreError
from store.scenarios import LONGEST
from ui.scenario import Settings
from ui.scenario_link import OWN, RELEASE, Tried, kept, link, tried, turn_to, written
from ui.user import LONGEST_BY, current_user, require, signer
from ui.wording import clean, text

if TYPE_CHECKING:
    from ui.view import View

_NAME, _BY, _SAID = "trial name", "trial by", "_trial_said"


def opener(view: View, place=st) -> None:
    """A list of the kept scenarios and of the release as it is; one that is chosen is tried."""
    with reader(view.path) as db:
        listed = scenarios.scenarios(db)
    now = tried()
    names = {RELEASE: "发布（不作改动）"} | ({OWN: "未保存的试算"} if now.settings and not now.kept else {})
    names |= {str(row.id): _caption(row) for row in listed.itertuples()}
    codes, shown = list(names), str(now.kept.id) if now.kept else OWN if now.settings else RELEASE
    key = f"trial open {shown}"
    place.selectbox(
        "方案", codes, codes.index(shown), names.get, key, placeholder="请选择", label_visibility="collapsed",
        on_change=_opened, args=(view, key, shown),
    )  # fmt: skip


def _caption(row) -> str:
    return f"{clean(row.name, 40)}　{clean(row.by, 20)} · {str(row.at)[:10]} · 第 {row.release} 号发布　#{row.id}"


def _opened(view: View, key: str, shown: str) -> None:
    chosen = st.session_state[key]
    if chosen == shown:  # Streamlit also calls when a list that has just gone from the page is heard of once more
        return
    if chosen == RELEASE:
        turn_to(Tried(Settings()))
    elif chosen != OWN:
        try:
            turn_to(kept(view, chosen))
        except StoreError as error:
            st.toast(text(error, 300), icon=":material/warning:")


def reset(place=st) -> None:
    """A button that takes everything back to the release."""
    nothing = Tried(Settings())
    place.button("还原", icon=":material/undo:", help="回到发布的权重、方法和划线", on_click=turn_to, args=(nothing,), disabled=tried() == nothing)


def keeper(view: View, place=st) -> None:
    """Behind a button: the link, and the name under which the scenario is kept."""
    with place.popover("保存与分享", icon=":material/bookmark_add:", key="trial_keeper"):
        st.caption("把链接发给别人，打开就是同样的试算：")
        st.code(address_of(view, tried()), language=None, wrap_lines=True)
        st.text_input("方案名称", key=_NAME, placeholder=f"不超过 {LONGEST} 个字", persist_state="session")
        if current_user().local:  # else it is who has signed in
            st.text_input("保存人", key=_BY, placeholder="写给看到它的人", persist_state="session")
        st.button("保存", type="primary", on_click=_keep, args=(view,))
        kind, words = st.session_state.pop(_SAID, ("", ""))
        if words:
            (st.success if kind == "good" else st.error)(text(words, 300))


def _keep(view: View) -> None:
    name, by = " ".join(st.session_state.get(_NAME, "").split()), signer(_BY)
    if refusal := _refusal(name, by):
        st.session_state[_SAID] = "bad", refusal
        return
    try:
        require("try")
        number = scenarios.save_scenario(name, view.release, written(tried().settings), by, view.path)
        turn_to(kept(view, str(number)))
    except StoreError as error:
        st.session_state[_SAID] = "bad", str(error)
    else:
        st.session_state[_SAID] = "good", f"已存为第 {number} 号方案“{name}”。"


def _refusal(name: str, by: str) -> str:
    """Why a scenario cannot be kept, with the remedy; "" where it can."""
    if not tried().settings:
        return "还没有改动，与发布相同；请先调整权重、方法或划线"
    if not 0 < len(name) <= LONGEST:
        return f"方案名称有 {len(name)} 个字；请写 1 到 {LONGEST} 个字"
    if not by:
        return f"保存人有 {len(' '.join(st.session_state.get(_BY, '').split()))} 个字；请写 1 到 {LONGEST_BY} 个字"
    return ""


def address_of(view: View, now: Tried) -> str:
    """The link that shows this, at the period in view, to somebody else."""
    said = [(key, value) for key, values in link(now).items() for value in values]
    base = (st.context.url or "").rstrip("/").removesuffix("/what_if")
    return f"{base}/what_if?{QueryParams([('period', view.period), *said])}"


def origin(now: Tried, view: View) -> str:
    """Where a kept scenario comes from, and whether it was tried on another release; "" where nothing is to be said."""
    if not now.kept:
        return ""
    here = now.kept.release == view.release
    return f"方案“{clean(now.kept.name)}”" + ("" if here else f"存于第 {now.kept.release} 号发布，现按第 {view.release} 号发布计算")


