"""分类指导: where each tier loses its points, what is advised against it, and which units it concerns."""

from functools import partial

import streamlit as st

from charts import heat_map, theme
from reports import tables
from ui import address, guidance, guidance_parts, guidance_tables, parts, viewer
from ui.figures import figure

view = viewer.current()
titles = {label: theme.tier_title(view.labels, label) for label in view.labels}
tier, units, paths = guidance_parts.filters(view, titles)
mine = list(units.index[units["tier"] == tier])

left, right = st.columns([1, 1.6], gap="medium")

# Where each tier loses its points
with left:
    bases = guidance.groupings(view)
    each = f"本{view.words['unit']}" if view.peers else f"平均每个{view.words['unit']}"
    parts.heading("失分在哪里", f"{each}离满分的分数，不含加减分；点一格看弱项")
    by = address.segments("按", list(bases), "lost", guidance.TREE, bases, label_visibility="collapsed")
    lost = guidance_parts.lost(view, list(units.index), by)
with right:
    within, beside = guidance_parts.group(view, tier, mine, by)
with left:
    table = lost.set_axis(guidance_tables.tier_heads(lost, titles), axis=1)
    cells, picked = guidance_parts.cells(view, by, list(lost)), guidance_parts.cell(tier, within)
    span, height = (0, max(1.0, lost.max(axis=None))), 32 * max(len(lost), 2) + 50
    fig = heat_map.heat_map(table, span=span, height=height, codes=cells, picked=picked)
    guidance_parts.look_at(by, figure(fig, f"{by} {picked}-lost_map", "各梯队的平均失分", cells.ravel()))
    guidance_parts.tier_advice(view, tier, paths)

# What is advised, and to whom
with right:
    if view.guidance.empty:
        guidance_parts.lacking()
        address.stop()
    guidance_parts.concerned(view, guidance_parts.spot(view, tier, mine, paths, within, beside), mine)

name = f"{'演示数据 ' if view.demo else ''}分类指导 {view.period} {tier}"
orders = partial(guidance_tables.orders, view, mine, paths)
steps = partial(guidance_tables.steps, view, mine)
parts.downloads(
    name, lambda: tables.csv_bytes(orders(), view.demo),
    lambda: tables.xlsx_bytes({"建议": orders(), "每个单位的行动": steps()}, guidance_tables.notes(view), demo=view.demo), left,
)  # fmt: skip
