"""Who has not reported, in a store of very many units: which groups lack most, and the units of one that a page can list."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ui import address, desk_groups, desk_reads, parts, scope_reads, viewer
from ui.viewer import View
from ui.wording import clean, period_title, text

_COUNTED = "entry_counted"


def units(period: str) -> list[str]:
    """The units of the group that is chosen; ends the page where it has more than can be listed, with its groups to choose from."""
    view = _view(period)
    key = _key(view)
    path, group = desk_groups.at(key, view.words)
    if group["units"] <= viewer.LARGE:
        return scope_reads.part(*key, "units", path).index.tolist()
    _choices(view, path)
    address.stop()


def _key(view: View) -> desk_groups.Key:
    """Of a release that may be of few units: the register has grown since."""
    return str(view.path), str(view.row["digest"]), view.release


def _view(period: str) -> View:
    try:
        newest = viewer.latest()
    except viewer.NothingServed:
        st.info("单位太多，要按发布里的分组来看，而库里还没有在用的发布；请先发布一期，或按单位填报。", icon=":material/account_tree:")
        address.stop()
    return newest.at(period) or newest


def _choices(view: View, path: str) -> None:
    """The groups below one, those that lack most first, by what the release has of each: a click goes down."""
    table = scope_reads.children(*_key(view), path)
    parts.heading("各组缺多少", f"按{period_title(view.period)}第 {view.release} 号发布；点一行往下看，列得下的一组按现有数据催报")
    asked = st.session_state.get(_COUNTED)
    if not asked and st.button("数各组缺的格", icon=":material/calculate:", key="entry_count", help="要看全部单位的每一格，几秒"):
        st.session_state[_COUNTED] = True
        st.rerun()
    lacks = desk_reads.lacking_cells(*_key(view)) if asked else None
    shown = _counted(table, lacks, len(view.framework.columns), view.words["unit"])
    share = st.column_config.ProgressColumn(format="%.1f%%", min_value=0, max_value=100, width=130)
    count = st.column_config.NumberColumn(format="localized")
    config = {"已报": share, "缺": count, view.words["unit"]: count}
    if chosen := parts.picked(shown, "entry groups", 14, column_config=config):
        desk_groups.go(chosen)
    if table.empty:
        st.caption(f"这一组不再分组，{text(view.words['unit'])}又多，列不下；请按单位填报。")


def _counted(table: pd.DataFrame, lacks: pd.Series | None, due: int, word: str) -> pd.DataFrame:
    """Groups with what they lack, those that lack most first; due: cells of a unit. Without counts only their names and sizes."""
    shown = pd.DataFrame({"名称": table["name"].map(clean), word: table["units"]})
    if lacks is None:
        return shown
    found = pd.Series({path: sum(n for place, n in lacks.items() if f"{place}/".startswith(f"{path}/")) for path in table.index}, dtype=int)
    cells = table["units"] * due
    return shown.assign(缺=found, 已报=100 * (1 - found / cells.where(cells > 0))).sort_values("缺", ascending=False, kind="stable")
