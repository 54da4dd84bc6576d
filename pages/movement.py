"""梯队演变: who moved between the tiers of two periods, and why."""

from functools import partial

import streamlit as st

from charts import bars, flow, heat_map, movement, numbers, theme, waterfall
from reports import tables
from ui import address, causes, comparison, figures, move_tables, moves, parts, viewer

TABS = {"path": "各期名次", "matrix": "各期梯队与转移", "streaks": "连续保持", "reasons": "变动原因"}
view, title = viewer.current(), parts.period_title
if len(view.periods) == 1:
    st.info(f"只发布了{parts.text(title(view.period))}一期，还没有变动可看。")
    figures.figure(movement.lanes(view.history, view.labels), "lanes", "本期各梯队")
    address.stop()

# Which two periods, and which units
before, after, sectors, tiers = comparison.compared(view, theme.tier_title)
words, labels, tree = after.words, after.labels, after.framework
ends, tier = (title(before.period), title(after.period)), partial(theme.tier_title, labels)
moved = moves.touching(moves.compare(before.units, after.units, labels), sectors, tiers)
comparison.end_where(moves.refused(before, after, moved))
movers, history = moves.movers(moved), moves.history(view, moved.index)
shown = dict(column_config=comparison.COLUMNS, hide_index=True, placeholder=numbers.NOTHING)

# Who moved
comparison.tallies(moved)
left, right = st.columns([5, 7])
with left:
    figures.figure(flow.flow(moved["tier_before"], moved["tier"], labels, *ends, height=330), "flow", "两期之间的流向")
with right:
    listing = move_tables.listing(movers, words, tier)
    comparison.look_at(comparison.picked(listing, f"movers {before.period} {after.period}", **shown), "_list")

# Why
heading, picker, button = st.columns([7, 3, 1], vertical_alignment="bottom")
names = {code: move_tables.caption(row) for code, row in moved.iterrows()}
unit = address.select(words["unit"], list(names), "unit", moves.biggest(moved), names, picker, label_visibility="collapsed")
if unit in after.units.index and button.button("画像", width="stretch"):
    parts.open_unit(after, unit)
row, found = moved.loc[unit], causes.changes(before, after, [unit])
with heading:
    parts.heading(row["name"], move_tables.sentence(row, found.units.loc[unit], after, tier))
if found.nodes.empty:
    st.info(f"没有可以分解的变化：{parts.text(found.units.at[unit, 'reason'], 600)}。")
else:
    dimensions, leaves = (moves.parts(causes.points(found).loc[unit], nodes) for nodes in (tree.dimensions, tree.indicators))
    left, right = st.columns(2)
    with left:
        parts.heading(f"按{words['dimension']}分解")
        fig = waterfall.gap_waterfall(row["index_before"], dimensions, row["index"], *ends)
        parts.node_figure(after, unit, fig, "dimensions", "指数变化按维度分解")
    with right:
        parts.heading("变化最大的指标")
        parts.node_figure(after, unit, bars.signed_bars(moves.shown(leaves, row["change"])), "leaves", "变化最大的指标")
if caution := moves.caution(before, after):
    st.caption(caution)

# Over the periods
tab = address.segments("更多", list(TABS), "tab", "path", TABS, label_visibility="collapsed")
if tab == "path":
    comparison.look_at(figures.figure(movement.bump(history, labels, unit), "bump", "各期名次", moved.index), "_bump")
elif tab == "matrix":
    left, right = st.columns(2)
    with left:
        figures.figure(movement.lanes(history, labels, unit, height=320), "lanes", "各期各梯队的数量")
    with right:
        figures.figure(heat_map.transition_matrix(moves.transitions(moved, labels), *ends, height=320), "matrix", "转移矩阵")
elif tab == "streaks":
    held, signs = moves.held(view, after.period, moved.index), {t: theme.tier_style(labels, t).symbol for t in labels}
    for label, place in zip((labels[0], labels[-1]), st.columns(2), strict=True):
        with place:
            parts.heading(tier(label), "截止期在此梯队，连续最久的在前")
            comparison.listed(move_tables.holders(held, label, moved["name"], words, signs), height=420, **shown)
else:
    found = causes.changes(before, after, movers.index)
    comparison.listed(move_tables.explained(movers, found, after, tier), **shown)
    name, out = f"梯队变动 {before.period}–{after.period}", partial(move_tables.export, movers, found, before, after)
    parts.downloads(name, lambda: tables.csv_bytes(out(), view.demo), lambda: tables.xlsx_bytes({name: out()}, demo=view.demo))
