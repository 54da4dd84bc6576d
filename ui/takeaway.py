"""A menu of files that are made when they are asked for."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ui import exports
from ui.user import current_user

_KINDS = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def takeaway(name: str, files: Mapping[str, tuple[str, Callable[[], bytes]]], where: Any = st, more: Callable[[], None] | None = None) -> None:
    """A menu of downloads. `files`: what a button says → (ending, what makes the file); `name`: of the files, without an ending;
    `more`: what draws the rest of the menu. Nothing for one who may take nothing out.
    """
    if not current_user().may("export"):
        return
    name = exports.named(name)
    with where.popover("导出", icon=":material/download:", key="takeaway"):
        for title, (ending, make) in files.items():
            key = f"{name}.{ending}"
            st.download_button(title, exports.recorded(make, key), key, _KINDS[ending], key=key, on_click="ignore", width="stretch")
        if more:
            more()
