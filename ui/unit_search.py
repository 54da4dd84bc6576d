"""A unit of a large store's register, looked up by name, code, initials or pinyin where a list of all would be without end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from ui import address, desk_reads, reads, viewer
from ui.wording import text

_FOUND = 8  # matches that are offered: who sees none of theirs among them writes more
_LONGEST = 60  # characters that are looked for
_STYLE = "<style>.st-key-found_units { gap: 0; } .st-key-found_units button { padding: 0; min-height: 1.7rem; }</style>"


def large(path: Path) -> bool:
    """Whether the store knows more units than can be listed."""
    return desk_reads.is_large(str(path), reads.stamp(path))


def matches(path: Path, key: str, where: Any = st, **how: Any) -> dict[str, str]:
    """A box, and code → what is shown of the units that what is written there finds."""
    word = text(viewer.words()["unit"])
    asked = where.text_input(f"找{word}", key=key, placeholder=f"找{word}：名称、代码、拼音首字母", icon=":material/search:", **how)
    if not (asked := asked.strip()[:_LONGEST]):
        return {}
    table = desk_reads.found(str(path), reads.stamp(path), asked, _FOUND + 1)
    if table.empty or len(table) > _FOUND:
        where.caption(f"没有像“{text(asked, 40)}”的{word}。" if table.empty else "还有更多，请写长些。")
    return {unit: _label(unit, row) for unit, row in table.head(_FOUND).iterrows()}


def _label(unit: str, row: pd.Series) -> str:
    place = "　".join(part for part in (*str(row["area"]).split("/"), row["sector"]) if part)
    return f"{text(row['name'], 40)}　{text(unit, 30)}　{text(place, 60)}"


def in_address(path: Path, key: str, where: Any) -> str:
    """The unit that the address names, or that is looked up; "" while there is none."""
    said = address.given([key])
    if said is not None:
        st.session_state[f"found {key}"] = next(iter(said[key]), "")
    code = st.session_state.get(f"found {key}", "")
    turn = f"find {key} {st.session_state.get('found turn', 0)}"  # a box that has done its work is followed by an empty one
    if found := matches(path, turn, where, label_visibility="collapsed"):
        st.html(_STYLE)
        with st.container(border=True, key="found_units"):
            for unit, label in found.items():
                if st.button(label, key=f"take {unit}", type="tertiary"):
                    st.session_state["found turn"] = st.session_state.get("found turn", 0) + 1
                    address.turn(**{key: unit})
    address.put({key: [code] if code else []})
    return code
