"""What the page of a scenario shows beside figures and controls: the badge, what is changed, and the last outcome that could be had."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from scoring.errors import ScoringError
from ui import parts, scenario_shelf, scenario_words
from ui.scenario import MARK, Settings
from ui.scenario import outcome as scored
from ui.scenario_link import Tried
from ui.wording import clean, text

if TYPE_CHECKING:
    from ui.view import View

_LAST = "_trial_last"
_COLUMNS = {
    **{name: st.column_config.NumberColumn(format="%d", width=76) for name in ("试算名次", "发布名次")},
    "升降": st.column_config.NumberColumn(format="%+d", width=60),
    "变化": st.column_config.NumberColumn(format="%+.1f", width=60),
}


def banner(view: View, tried: Tried) -> None:
    """One line over all: that this is no release, what is changed, and the ways to open, keep, share and take back."""
    words, kept, buttons = st.columns([6, 3, 2.4], vertical_alignment="center", gap="small")
    made = scenario_words.changes(tried.settings, view)
    said = scenario_shelf.origin(tried, view), "；".join(made) if made else "还没有改动：下面就是发布的结果"
    line = html.escape(clean("　".join(part for part in said if part), 600))
    words.html(f'<div class="zx-trial"><b>{MARK}</b><span class="zx-note" title="{line}">{line}</span></div>')
    scenario_shelf.opener(view, kept)
    row = buttons.container(horizontal=True, gap="small")
    scenario_shelf.keeper(view, row)
    scenario_shelf.reset(row)


@contextmanager
def folded_on_a_phone() -> Iterator[None]:
    """A place that a narrow screen shows only when asked to; ui/look.py says how."""
    with st.container(key="trial_opener"):
        st.toggle("调整权重、方法、梯队", key="trial_open")
    with st.container(key="trial_controls"):
        yield


def outcome(view: View, tried: Tried) -> tuple[pd.DataFrame, Tried]:
    """What comes of what is tried, and of what exactly: where it cannot be scored, why is told, and the last that could is shown, or
    the release."""
    key = (str(view.path), view.release)
    try:
        found = scored(tried.settings, view)
    except ScoringError as error:
        at, *last = st.session_state.get(_LAST, (None,))
        st.error(text(f"算不出来：{error}。下面仍是{'上一次试算' if at == key else '发布'}的结果。", 600), icon=":material/warning:")
        return tuple(last) if at == key else (scored(Settings(), view), Tried(Settings()))
    if found["change"].isna().all() and found["index"].notna().any():
        st.info("得分不在发布的分制上：指数不能与发布相减，加减分和分数线的分量也与发布不同。", icon=":material/straighten:")
    st.session_state[_LAST] = (key, found, tried)
    return found, tried


def grid(listed: pd.DataFrame, view: View) -> str | None:
    """The table of ranks; the unit of the row that is chosen."""
    if listed.empty:
        st.info("没有变动。")
        return None
    columns = _COLUMNS | {f"试算{view.words['index']}": st.column_config.NumberColumn(format="%.1f")}
    event = parts.grid(
        listed, hide_index=True, height=460 if len(listed) > 12 else "auto", column_config=columns, placeholder="—",
        key=f"trial grid {hash(tuple(listed.index))}", on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    return next((listed.index[k] for k in event.selection.rows if k < len(listed)), None)
