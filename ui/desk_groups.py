"""Which group of a large store's release a page of 数据管理 looks at: in the address, one step up by a button, down by a click."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from ui import address, scope_reads
from ui.scope import KEY, WHOLE
from ui.scope_parts import parents
from ui.wording import text

Key = tuple[str, str, int]  # of a release: the store's path, its digest, its number


def at(key: Key, words: Mapping[str, str]) -> tuple[str, pd.Series]:
    """Path and figures of the group that the address names, of the whole where the release has no such group; says which it is."""
    path = st.query_params.get(KEY, "")
    path = _parted(key, WHOLE if path in ("", address.ALL) or scope_reads.group(*key, path) is None else path)
    group, above = scope_reads.group(*key, path), [p for p in parents(path)[:-1] if _parted(key, p) != path]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{text(group['name'] if path else '全部', 60)}**　:gray[{int(group['units']):,} 个{text(words['unit'])}]", width="content")
        if above and st.button("上一级", icon=":material/arrow_upward:", key="group_up"):
            go(above[-1])
    address.put({KEY: [path or address.ALL]})
    return path, group


def _parted(key: Key, path: str) -> str:
    """A group's path, or that of the first below it that has more than one group: a province alone is no choice."""
    found = scope_reads.children(*key, path)
    alone = len(found) == 1 and found["units"].iloc[0] == scope_reads.group(*key, path)["units"]
    return _parted(key, str(found.index[0])) if alone else path


def go(path: str) -> None:
    """Looks at another group."""
    address.turn(**{KEY: path or address.ALL})
