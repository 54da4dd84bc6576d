"""Who has not reported, in a store of very many units: which groups lack most, and the units of one that a page can list."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from store.importing.entry import Frame
from ui import address, desk_groups, desk_reads, parts, scope_reads, viewer
from ui.scope import Part
from ui.wording import clean, period_title, text


def units(period: str, found: Frame) -> list[str]:
    """The units of the group that is chosen; ends the page where it has more than can be listed, with its groups to choose from."""
    view = _view(period)
    path, group = desk_groups.at(view.key, view.words)
    if group["units"] <= viewer.LARGE:
        return scope_reads.part(*view.key, "units", path).index.tolist()
    _choices(view, path, found)
    address.stop()


def _view(period: str) -> Part:
    try:
        newest = viewer.latest()
    except viewer.NothingServed:
        st.info("单位太多，要按发布里的分组来看，而库里还没有在用的发布；请先发布一期，或按单位填报。", icon=":material/account_tree:")
        address.stop()
    return newest.at(period) or newest


def _choices(view: Part, path: str, found: Frame) -> None:
    """The groups below one, those that lack most first, by what the release has of each: a click goes down."""
    nodes = tuple(code for code in found.nodes if code in view.framework)
    table = scope_reads.children(*view.key, path)
    cells = table["units"] * len(nodes)
    scored = desk_reads.children_scored(*view.key, path, nodes).reindex(table.index, fill_value=0)
    figures = {view.words["unit"]: table["units"], "没有得分的格": cells - scored, "有得分": 100 * scored / cells.where(cells > 0)}
    shown = pd.DataFrame({"名称": table["name"].map(clean), **figures}).sort_values("没有得分的格", ascending=False)
    parts.heading("各组缺多少", f"按{period_title(view.period)}第 {view.release} 号发布，此后报来的未计；点一行往下看")
    share = st.column_config.ProgressColumn(format="%.1f%%", min_value=0, max_value=100, width=130)
    count = st.column_config.NumberColumn(format="localized")
    config = {"有得分": share, "没有得分的格": count, view.words["unit"]: count}
    if chosen := parts.picked(shown, "entry groups", 14, column_config=config):
        desk_groups.go(chosen)
    if table.empty:
        st.caption(f"这一组不再分组，{text(view.words['unit'])}又多，列不下；请按单位填报。")
