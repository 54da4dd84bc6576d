"""Two releases of very many units side by side: what their groups come to, and the units of one group that a page can list."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ui import address, desk_groups, parts, scope_reads, viewer
from ui.desk_groups import Key
from ui.wording import clean, signed, tenth, text


def units(keys: tuple[Key, Key], names: tuple[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The units of the two in the group that is chosen; ends the page where it has more than can be listed, with its groups to choose from."""
    words = viewer.words()
    path, group = desk_groups.at(keys[1], words)
    if group["units"] <= viewer.LARGE:
        before, after = (scope_reads.part(*key, "units", path) for key in keys)
        return before, after
    _choices(keys, names, path)
    address.stop()


def _choices(keys: tuple[Key, Key], names: tuple[str, str], path: str) -> None:
    before, after = (scope_reads.children(*key, path) for key in keys)
    word = viewer.words()["unit"]
    if after.empty:
        st.caption(f"这一组不再分组，{text(word)}又多，列不下。")
        return
    before = before.reindex(after.index)
    change = after["mean"] - before["mean"]
    a, b = names
    shown = pd.DataFrame(
        {
            "名称": after["name"].map(clean), f"{word} {a}": before["units"].astype("Int64"), f"{word} {b}": after["units"],
            f"均值 {a}": before["mean"].map(tenth), f"均值 {b}": after["mean"].map(tenth), "变动": change.map(signed),
        }
    )  # fmt: skip
    parts.heading(f"{a}与{b}", "变动大的在前；点一行往下看")
    config = {f"{word} {name}": st.column_config.NumberColumn(format="localized") for name in names}
    order = change.abs().sort_values(ascending=False, kind="stable").index
    if chosen := parts.picked(shown.loc[order], "release groups", 13, column_config=config):
        desk_groups.go(chosen)
