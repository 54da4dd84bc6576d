"""申诉: what units ask about their figures, what is still open and for how long, and the answer, step by step."""

import streamlit as st

from reports import tables
from ui import acts, address, appeals, appeals_parts, parts, user, viewer

path, person = viewer.store(), user.current_user()
table = appeals.appeals(path, person, appeals_parts.today())
acts.told()
if table.empty:
    appeals_parts.lacking(person)
    address.stop()
waiting = table[table["open"]]
parts.heading(f"{len(waiting)} 件待办" if len(waiting) else "没有待办的申诉",
              f"最久的 {waiting['days'].max()} 天；共 {len(table)} 件" if len(waiting) else f"共 {len(table)} 件")  # fmt: skip
shown = appeals_parts.filtered(table)
if shown.empty:
    st.info("没有符合筛选的申诉。请放宽状态、单位或考核期。")
    address.stop()
left, right = st.columns([1.5, 1], gap="medium")
with left:
    found = appeals_parts.listing(shown)
    sheet = appeals.sheet(shown, viewer.words())
    parts.downloads("申诉", lambda: tables.csv_bytes(sheet), lambda: tables.xlsx_bytes({"申诉": sheet}))
with right:
    appeals_parts.one(path, found)
