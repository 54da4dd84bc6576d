"""批次: every import with its file, who and when; one of them in full, what its revocation would change, and the button to undo it."""

import streamlit as st

from reports.tables import csv_bytes, xlsx_bytes
from ui import acts, address, batches, batches_parts, parts, viewer

path = viewer.store()
table = batches.all_batches(path)
acts.told()
if table.empty:
    st.info("库里还没有批次；请在“导入”里放进工作簿或 CSV。")
    address.stop()

left, right = st.columns([1.2, 1], gap="medium")
with left:
    shown = batches_parts.listing(table)
    sheet, demo = batches.sheet(shown), bool(shown["demo"].any())
    parts.downloads("批次清单", lambda: csv_bytes(sheet, demo), lambda: xlsx_bytes({"批次": sheet}, demo=demo))
with right, batches_parts.detail():
    row = batches_parts.opened(table, shown)
    batches_parts.one(path, row, csv_bytes, xlsx_bytes)
    batches_parts.after(path, row)
    batches_parts.revoking(path, row, csv_bytes, xlsx_bytes)
