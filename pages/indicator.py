"""指标分析: one indicator or node over all units: who stands out, by sector, with the index, over the periods, as a table."""

import numpy as np
import streamlit as st

from charts import theme
from charts.against_index import against_index
from charts.over_periods import over_periods
from charts.quantity import change, decimals, quantity
from charts.swarm import beeswarm, by_sector
from reports.tables import csv_bytes, xlsx_bytes
from ui import address, figures, indicator_parts, indicator_tables, indicator_words, parts, viewer
from ui.places import open_page
from ui.spread import relation, spread

view = viewer.current()
words, labels = view.words, view.labels
states = theme.STATE_NAMES
tiers = {label: theme.tier_title(labels, label) for label in labels}
pick, how, narrow = st.columns([5, 2, 7], vertical_alignment="bottom")
names = indicator_tables.choices(view, st.query_params.get("node"))
node = address.select(f"指标或{words['dimension']}", list(names), "node", view.framework.indicators[0].code, names, pick)
item = indicator_tables.subject(view, node)
if item is None:
    indicator_parts.absent(view, node)
level = address.segments("显示", list(item.levels), "level", next(iter(item.levels)), item.levels, how)
table = indicator_tables.rows(view, item, level)
shown = indicator_parts.filters(view, table, tiers, states, narrow)
st.caption(indicator_words.definition(view, item))
if shown.empty:
    indicator_parts.nothing(view)

seen, found = spread(shown["value"]), relation(shown["value"], shown["index"], node == view.framework.root.code)
periods, broken = indicator_tables.over_periods(view, item, level, shown.index), indicator_tables.breaks(view, node, level)
exact = decimals(table["raw"])
places = exact if level == "raw" else 1
title, named = item.title(level), indicator_words.named(shown, seen)
alt = f"{title}：{seen.n} 个有值，中位数 {quantity(seen.median, places)}"
write = {
    "value": lambda x: quantity(x, places), "change": lambda x: change(x, places), "raw": lambda x: quantity(x, exact),
    "score": lambda x: quantity(x, 1), "ratio": lambda x: quantity(x, 2), "tier": lambda tier: tiers.get(tier, tier), "state": states.get,
}  # fmt: skip

last = np.nan if view.period in broken else periods["median"].shift()[view.period]
indicator_parts.cards(view, item, level, shown, seen, found, last, write)
left, right = st.columns([3, 2])
with left:
    parts.heading("分布", "每个标记一个" + words["unit"] + "，点开看画像")
    ends = item.goalposts(level, view.policy.range)
    clicked = figures.figure(beeswarm(shown, labels, title, seen.quartiles, places, ends, named, seen.outliers), "swarm", alt, shown.index)
with right:
    parts.heading(f"按{words['sector']}", "中位数由优到后")
    sectors = by_sector(shown, labels, title, places, item.direction if level == "raw" else 1)
    clicked = figures.figure(sectors, "sectors", alt, shown.index) or clicked
st.markdown(indicator_words.standing_out(shown, seen, write["value"]))
st.markdown(indicator_words.without_value(item, shown, states))

left, right = st.columns(2)
with left:
    parts.heading(f"与{words['index']}的关系", f"n = {found.n}")
    points = against_index(shown, labels, title, words["index"], indicator_words.correlation(found), places, named, not found.why)
    clicked = figures.figure(points, "relation", alt, shown.index) or clicked
    st.caption(indicator_words.by_construction(view, item, level))
with right:
    parts.heading("历期走势与数据到位")
    period = figures.figure(over_periods(periods, title, places, view.period, broken), "periods", alt, view.periods)
    st.caption(indicator_words.over_time(view, item, level, broken))

left, right = st.columns([3, 1], vertical_alignment="bottom")
with left:
    parts.heading(f"{words['unit']}明细", f"{len(shown)} 行，点选一行看数从哪里来")
out, notes = indicator_tables.export(view, item, shown, level), indicator_words.export_notes(view, item, len(shown))
name = f"{view.period}_{node.replace(':', '_')}"
parts.downloads(name, lambda: csv_bytes(out, view.demo), lambda: xlsx_bytes({item.name: out}, notes, view.demo), right)
if picked := indicator_parts.grid(view, shown, item, level, write):
    parts.open_trace(view, picked, node)
if clicked:
    parts.open_unit(view, clicked)
if period and period != view.period:
    open_page("indicator", node=node, period=period)
