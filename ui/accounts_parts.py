"""Pieces of the page 账号: the list, one account and what can be done with it, a new one, the settings, what each role may do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from store.people.roles import ROLES
from store.settings import SETTINGS
from ui import accounts, acts, address, parts, unit_search, viewer
from ui.user import current_user
from ui.wording import clean, text

TABS = {"people": "账号", "roles": "角色与权限", "settings": "设置"}
WHICH, _NEW = "account", "new"
_YES_OR_NO = "（0 不用，1 用）"
_ROUND = "_account_round"


def tab() -> str:
    """The chosen tab."""
    return address.segments("看", list(TABS), "tab", "people", TABS, label_visibility="collapsed")


def people(path: Path) -> None:
    """The list on the left; on the right a new account, or the one that is picked. What is written shows in the list at once."""
    left, right = st.columns([1.5, 1], gap="medium")
    told = st.container() if current_user().local else left
    table = accounts.people(path)
    with left:
        code = _chosen(table)
        listed = st.container()
    with right:
        (_new(path) if code == _NEW else _one(path, table.loc[code]))
    with listed:
        _list(path, code)
    if current_user().local:
        with told:
            st.caption("现在是本机模式。建了第一个账号，这个库就要登录才能打开；第一个账号须是系统管理员。")


def _chosen(table: pd.DataFrame) -> str:
    """The account that is worked on, or a new one."""
    names = {_NEW: "新增账号"} | {name: f"{name}　{clean(title, 30)}" for name, title in table["title"].items()}
    return address.select("账号", list(names), WHICH, _NEW, names, label_visibility="collapsed")


def _list(path: Path, code: str) -> None:
    table = accounts.people(path)
    parts.heading("账号", f"{int(table['active'].sum())} 个在用，共 {len(table)} 个；点一行修改" if len(table) else "还没有")
    if table.empty:
        return
    unit = viewer.words()["unit"]
    shown = accounts.sheet(table, accounts.units(path, table["unit"].dropna()), unit)
    widths = {"账号": 110, "姓名": 90, "角色": 170, unit: 150, "状态": 120}
    config = {name: st.column_config.TextColumn(width=width, pinned=name == "账号") for name, width in widths.items()}
    picked = parts.picked(shown, "accounts", most=13, column_config=config)
    if picked is not None and picked != st.session_state.get("_account_followed"):
        st.session_state["_account_followed"] = picked
        if picked != code:
            address.turn(**{WHICH: picked})


def _new(path: Path) -> None:
    """The form of a new account. Its fields keep what was typed until it is made; the first password is shown in this run only."""
    parts.heading("新增账号", "首次密码只显示一次")
    turn = st.session_state.get(_ROUND, 0)
    name = st.text_input("账号名", key=f"account name {turn}", max_chars=64, placeholder="登录时输入的名字，如 zhangsan")
    title = st.text_input("姓名", key=f"account title {turn}", max_chars=60, placeholder="页面和日志里显示的名字")
    roles, unit = _roles(path, f"new {turn}", [], None)
    elsewhere = st.checkbox("由统一身份认证登录，不设密码", key=f"account elsewhere {turn}")
    if st.button("建立账号", type="primary", icon=":material/person_add:", key="account add"):
        made, first = accounts.add(path, name, title, roles, unit, elsewhere)
        acts.told()
        if made:
            _password(made, first)
            st.session_state[_ROUND] = turn + 1
    else:
        acts.told()


def _roles(path: Path, key: str, roles: list[str], unit: str | None) -> tuple[list[str], str | None]:
    """The choice of roles, and of the unit where one of them speaks for a unit."""
    names = {role: about.title for role, about in ROLES.items()}
    known = [role for role in roles if role in names]
    chosen = st.multiselect("角色", list(names), known, names.get, key=f"account roles {key}", placeholder="可选几个")
    if not any("own" in ROLES[role].rights for role in chosen):
        return chosen, None
    units = accounts.units(path, filter(None, [unit]))
    found = unit_search.matches(path, f"account find {key}") if unit_search.large(path) else {}
    units = dict.fromkeys(found, "") | units
    place = list(units).index(unit) if unit in units else None
    word = viewer.words()["unit"]
    label = {code: f"{name}　{code}" for code, name in units.items()} | found
    return chosen, st.selectbox(f"代表哪个{word}", list(units), place, label.get, key=f"account unit {key}", placeholder=f"请选择{word}")


def _password(name: str, first: str) -> None:
    if not first:
        return
    st.markdown(f"**{text(name)}** 的首次密码，离开或再操作就看不到了；第一次登录时必须改掉：")
    st.code(first, language=None)


def _one(path: Path, row: pd.Series) -> None:
    """One account and what can be done with it."""
    name = str(row["name"])
    parts.heading(f"{name}　{clean(row['title'], 40)}", accounts.state(row))
    roles, unit = _roles(path, name, list(row["roles"]), row["unit"])
    if st.button("保存角色", type="primary", key=f"account give {name}"):
        accounts.give(path, name, roles, unit)
        st.rerun()
    with st.container(horizontal=True):
        if row["locked"] and st.button("解除锁定", icon=":material/lock_open:", key=f"account unlock {name}"):
            accounts.unlock(path, name)
            st.rerun()
        first = ""
        if not row["elsewhere"] and st.button("重置密码", icon=":material/key:", key=f"account reset {name}"):
            first = accounts.reset(path, name)
        closing = bool(row["active"])
        look = dict(icon=":material/block:" if closing else ":material/check:", key=f"account active {name}")
        if st.button("停用" if closing else "启用", help="停用后立即退出，资料和日志都留着" if closing else None, **look):
            accounts.activate(path, name, not closing)
            st.rerun()
    acts.told()
    _password(name, first)


def roles() -> None:
    """What each role may do."""
    parts.heading("角色与权限", "一个账号可以有几个角色，权限相加；联络员只看本单位，其他单位只见中位数和区间")
    table = accounts.what_roles_may()
    st.dataframe(table, hide_index=True, height="content", column_config={"可以做什么": st.column_config.TextColumn(width=230, pinned=True)})


def settings(path: Path) -> None:
    """The settings with what they mean, their bounds, and who set them last."""
    parts.heading("设置", "保存后即时生效，写进日志")
    found, wanted = accounts.in_force(path), {}
    for key, row in found.iterrows():
        where, note = st.columns([1.6, 1], vertical_alignment="bottom")
        title, name = str(row["title"]).removesuffix(_YES_OR_NO), f"setting {key}"
        if SETTINGS[key].choice:
            wanted[key] = int(where.toggle(title, bool(row["value"]), key=name))
        else:
            wanted[key] = int(where.number_input(title, int(row["low"]), int(row["high"]), int(row["value"]), key=name))
        said = f"{row['by']}，{str(row['at'])[:10]}" if row["at"] else "没有改过"
        usual = "默认用" if row["default"] else "默认不用"
        if not SETTINGS[key].choice:
            usual = f"{row['low']}–{row['high']}，默认 {row['default']}"
        note.caption(text(f"{usual}；{said}"))
    if st.button("保存设置", type="primary", key="settings save"):
        accounts.put(path, wanted)
    acts.told()
