"""填报: one unit's, or one indicator's, values of a period typed into a grid and saved as a batch; and who has not reported yet."""

import streamlit as st

from reports.tables import csv_bytes, xlsx_bytes
from ui import acts, address, entry, entry_parts, viewer

entry.take()
path = viewer.store()
period, tab = entry_parts.chosen(path)
acts.told()
frame = entry_parts.frame(period, path)
if tab == "who":
    entry_parts.who(period, path, csv_bytes, xlsx_bytes)
    address.stop()

key, sheet, cells = entry_parts.which(period, frame, path)
left, right = st.columns([2.25, 1], gap="medium")
with left:
    entry_parts.grid(key, sheet, cells, path)
with right:
    entry_parts.unsaved(path, sheet)
