"""试算: what would come of other weights, methods and tier cuts, beside the release and never in its place."""

from functools import partial

import streamlit as st

from charts import theme, what_if
from charts.numbers import one_decimal, signed, signed_count
from reports import tables
from ui import address, method_parts, parts, scenario_controls, scenario_link, scenario_parts, scenario_shelf, viewer
from ui.scenario_words import exchanges, export, listing, moved, notes

TABS = {"tiers": "进出梯队", "ranks": "全部名次"}

view = viewer.current()
words, tier = view.words, partial(theme.tier_title, view.labels)
tried = scenario_link.current(view)

# What is tried, and what comes of it
scenario_parts.banner(view, tried)
left, right = st.columns([1, 3.7], gap="medium")
with left, scenario_parts.folded_on_a_phone():
    scenario_controls.controls(view, tried.settings, tier)
with right, st.container(key="trial_picture"):
    units, shown = scenario_parts.outcome(view, tried)
    found = moved(units)
    with st.grid(4, min_column_width=140, gap="small"):
        parts.metric("梯队有变", f"{found.tiers} / {found.ranked}", help=f"试算的梯队与发布不同的{words['unit']}")
        parts.metric("名次平均变动", one_decimal(found.shift), help="各" + words["unit"] + "名次升降的绝对值，取平均")
        most = f"变动最大：{units.at[found.most, 'tag']}" if found.most else "变动最大"
        parts.metric(most, f"{signed_count(found.by)} 名" if found.most else "—", help="名次升为正，降为负")
        parts.metric(f"{words['index']}平均变动", signed(found.change), help=f"试算和发布都有得分的{words['unit']}，取平均")
    tiles, ranks = st.columns([3.2, 1], gap="small")
    with tiles:
        parts.heading("试算的梯队", "粗框和箭头：与发布不同")
        fig = theme.stamped(what_if.scenario_map(units, view.labels), scenario_parts.MARK)
        parts.unit_figure(view, fig, "trial_map", "试算的各单位梯队", tall=True)
    with ranks:
        parts.heading("名次：发布 → 试算")
        fig = theme.stamped(what_if.rank_shift(units, view.labels, ("发布", "试算")), scenario_parts.MARK)
        parts.unit_figure(view, fig, "trial_ranks", "各单位名次的变动", tall=True)

# Who comes and goes, every rank, and what is taken away
bar, buttons = st.columns([3, 1], vertical_alignment="bottom")
with bar:
    tab = address.segments("看", list(TABS), "tab", "tiers", TABS, label_visibility="collapsed")
out, name = partial(export, units, view), f"{scenario_parts.MARK} {view.period}"
said = partial(notes, shown, view, scenario_shelf.address_of(view, shown))
parts.downloads(
    name, lambda: tables.csv_bytes(out(), view.demo, scenario_parts.MARK),
    lambda: tables.xlsx_bytes({"试算": out()}, said(), view.demo, scenario_parts.MARK), buttons,
)  # fmt: skip
if tab == "tiers":
    method_parts.lines(exchanges(units, view, tier))
else:
    only = st.toggle("只看有变动的", key="trial_only", persist_state="session")
    rows = listing(units[(units["shift"] != 0) | (units["tier"] != units["tier_before"])] if only else units, view, tier)
    chosen = scenario_parts.grid(rows, view)
    if chosen:
        parts.open_unit(view, chosen)
