"""发布: what each period serves, what has changed since, the way from a draft over its checks to what is served, and back."""

import streamlit as st

from reports import tables
from ui import acts, address, parts, releases, releases_list, releases_parts, releases_side, viewer

path, words = viewer.store(), viewer.words()
made = releases.all_releases(path)
tab = releases_parts.tab()
acts.told()

if tab == "now":
    standing = releases.standing(path)
    if standing.empty:
        releases_parts.lacking()
        address.stop()
    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        period = releases_parts.chosen(standing)
    with right:
        releases_parts.work(path, period, standing)
    releases_parts.behind(path, standing.loc[period])
elif made.empty:
    releases_parts.lacking()
elif tab == "all":
    shown = releases_list.filtered(made)
    releases_list.one(path, made.loc[releases_list.listing(shown)])
    sheet, demo = releases.sheet(shown, words), bool(shown["demo"].any())
    parts.downloads("发布清单", lambda: tables.csv_bytes(sheet, demo), lambda: tables.xlsx_bytes({"发布": sheet}, demo=demo))
elif pair := releases_side.chosen(made):
    table, names = releases_side.compared(path, pair), releases_side.ends(pair)
    releases_side.listing(table, words, names)
    sheet, demo = releases.side_sheet(table, words, names), bool(pair[0]["demo"] or pair[1]["demo"])
    notes = releases_side.notes(pair, table, words)
    parts.downloads(f"并排对照 {pair[0]['period']} {names[0]} {names[1]}", lambda: tables.csv_bytes(sheet, demo),
                    lambda: tables.xlsx_bytes({"并排对照": sheet}, notes, demo))  # fmt: skip
