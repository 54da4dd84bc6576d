"""What was published below, where a store is rolled up of others: how a unit stood there, quietly beside how it stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ui import area_reads
from ui.wording import clean, tenth, text

if TYPE_CHECKING:
    from ui.view import View


def published(view: View, unit: str) -> None:
    """A line on how a unit stood in what its city published of the period; nothing in a store that is not rolled up."""
    table = area_reads.published_of(str(view.path), str(view.row["digest"]), view.period, unit)
    if len(table):
        st.caption(text("；".join(_told(row, view.words["index"]) for _, row in table.iterrows()), 400))


def _told(row: pd.Series, word: str) -> str:
    place = [f"第 {row['rank']:.0f} 名"] if pd.notna(row["rank"]) else []
    standing = "，".join([f"{clean(word, 20)} {tenth(row['index'])}", *place, *([clean(row["tier"], 20)] if row["tier"] else [])])
    return f"{clean(row['area'].replace('/', ''), 60)}第 {row['release']} 号发布：{standing}"
