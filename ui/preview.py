"""A draft looked at before it is published: while it is open, every page shows it in the place of what its period serves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from scoring.movement import period_key
from store.releasing.releases import STATES
from ui import address, reads
from ui.user import current_user

KEY = "draft"  # in the address: the number of the release that is looked at
_LEAVE = "preview leave"


def number() -> int | None:
    """The number of the release that is looked at before its time; None where there is none, or this person may not, or nobody is there."""
    if get_script_run_ctx(suppress_warning=True) is None:  # the command line, or a thread that draws no page
        return None
    said = st.session_state.get(KEY)
    return said if said and current_user().may("drafts") else None


def shown() -> bool:
    """Whether a draft, or another release that is not in use, is in view."""
    return number() is not None


def in_place(path: Path, served: pd.DataFrame) -> pd.DataFrame:
    """What is served, with the draft that is looked at in its period's place."""
    if (wanted := number()) is None:
        return served
    table = reads.releases(str(path), reads.stamp(path))
    row = table[table["release"] == wanted]
    if row.empty:
        return served
    kept = served[served["period"] != row["period"].iloc[0]]
    return pd.concat([kept, row]).sort_values("period", key=lambda c: c.map(period_key), ignore_index=True).astype(served.dtypes)


def look(release: int | None) -> None:
    """From the next run on, look at this release; None: at what is served."""
    st.session_state[KEY] = release


def follow() -> None:
    """Takes over what a link says, and keeps what is looked at in the address. Before anything is read."""
    said = address.given([KEY])
    if said is not None:
        first = next(iter(said[KEY]), "")
        look(int(first) if first.isdecimal() else None)
    address.put({KEY: [str(number())] if number() else []})


def notice(row: pd.Series) -> None:
    """Says that what is shown is not what is served, with the way back; nothing else."""
    if number() != row["release"] or row["served"]:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="preview_notice"):
        st.markdown(f":orange-badge[{STATES[row['state']]}] 正在看第 {row['release']} 号，没有对外使用；领导和联络员看不到。", width="content")
        st.button("回到在用的发布", key=_LEAVE, icon=":material/undo:", type="tertiary", on_click=look, args=(None,))
