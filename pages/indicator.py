"""指标分析: one indicator or node over all units: who stands out, by sector, with the index, over the periods, as a table."""

import streamlit as st

from charts import theme
from charts.against_index import against_index
from charts.over_periods import over_periods
from charts.quantity import change, decimals, quantity
from charts.swarm import beeswarm, by_sector
from reports.tables import csv_bytes, xlsx_bytes
from ui import address, figures, indicator_parts, indicator_tables, indicator_words, parts, viewer
from ui.places import open_page
from ui.spread import extremes, relation, spread

view = viewer.current()
words, labels = view.words, view.labels
states = {state: f"{theme.STATE_MARKS[state]} {theme.STATE_TITLES[state]}".strip() for state in theme.STATES}
tiers = {label: theme.tier_title(labels, label) for label in labels}
pick, how, narrow = st.columns([5, 2, 7], vertical_alignment="bottom")
names = indicator_tables.choices(view, st.query_params.get("node"))
node = address.select(f"指标或{words['dimension']}", list(names), "node", view.framework.indicators[0].code, names, pick)
item = indicator_tables.subject(view, node)
if item is None:
    indicator_parts.absent(view, node)
level = address.segments("看", list(item.levels), "level", next(iter(item.levels)), item.levels, how)
table = indicator_tables.rows(view, item, level)
shown = indicator_parts.filters(view, table, tiers, states, narrow)
st.caption(indicator_words.definition(view, item))
if shown.empty:
    indicator_parts.nothing(view)

seen, found = spread(shown["value"]), relation(shown["value"], shown["index"], node == view.framework.root.code)
periods = indicator_tables.over_periods(view, item, level, shown.index)
places = 1 if level == "score" else decimals(table["raw"])
unit = item.node.unit if level == "raw" else ""
title = f"{item.name}（{unit or item.levels[level]}）"
named = seen.outliers or extremes(shown["value"], 2)


write = {
    "value": lambda x: quantity(x, places), "change": lambda x: change(x, places), "score": lambda x: quantity(x, 1),
    "ratio": lambda x: quantity(x, 2), "tier": lambda tier: tiers.get(tier, tier), "state": states.get,
}  # fmt: skip

indicator_parts.cards(view, item, level, shown, seen, found, periods["median"], write)
left, right = st.columns([3, 2])
with left:
    parts.heading("分布", "每个标记一个" + words["unit"] + "，点开看画像")
    ends = item.goalposts(level, view.policy.range)
    clicked = figures.figure(beeswarm(shown, labels, title, seen.quartiles, places, ends, named, seen.outliers), "swarm", title, shown.index)
with right:
    parts.heading(f"按{words['sector']}", "中位数由优到后")
    sectors = by_sector(shown, labels, title, places, item.direction if level == "raw" else 1)
    clicked = figures.figure(sectors, "sectors", title, shown.index) or clicked
st.markdown(indicator_words.standing_out(shown, seen, named, write["value"]))
st.markdown(indicator_words.without_value(item, shown, states))

left, right = st.columns(2)
with left:
    parts.heading(f"与{words['index']}的关系", f"n = {found.n}")
    points = against_index(shown, labels, title, words["index"], indicator_words.correlation(found), places, named, not found.why)
    clicked = figures.figure(points, "relation", title, shown.index) or clicked
    st.caption(indicator_words.by_construction(view, item, level))
with right:
    broken = indicator_tables.breaks(view, node)
    parts.heading("历期走势与数据到位")
    period = figures.figure(over_periods(periods, title, places, view.period, broken), "periods", title, view.periods)
    st.caption(indicator_words.over_time(view, item, level, broken))

parts.heading(f"{words['unit']}明细", f"{len(shown)} 行，点选一行打开画像")
clicked = indicator_parts.grid(view, shown, item, level, write) or clicked
out, name = indicator_tables.export(view, item, shown, level, theme.STATE_TITLES), f"{view.period}_{node}"
notes = [f"{parts.period_title(view.period)}，第 {view.release} 号发布"]
parts.downloads(name, lambda: csv_bytes(out, view.demo), lambda: xlsx_bytes({item.name: out}, notes, view.demo))
if clicked:
    parts.open_unit(view, clicked)
if period and period != view.period:
    open_page("indicator", node=node, period=period)
