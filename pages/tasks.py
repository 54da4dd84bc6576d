"""任务整改: what is due, late and settled, and by whom; risks and their controls, brands, inspections, activities, down to the record."""

import streamlit as st

from charts.brand_tree import brand_tree
from charts.closing import css, over_time, status_bars
from charts.inspections import inspections
from charts.risk_map import risk_map
from reports.tables import csv_bytes, xlsx_bytes
from ui import address, parts, viewer, worklist, worklist_events, worklist_parts, worklist_registers
from ui.figures import figure
from ui.worklist_cards import CARDS
from ui.worklist_groups import BARS

view = viewer.current()
tab = worklist_parts.opening(view)
records, shown = worklist_parts.asked(view, tab)
day, bars = worklist.as_of(view), BARS[tab]
worklist_parts.cards(CARDS[tab](view, records))

# Who
left, right = st.columns([6, 5])
with left:
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.heading(bars.question)
        by, names = worklist_parts.grouped(view, tab, shown)
    titles = worklist.titled(bars.statuses)
    fig = status_bars(bars.count(shown, by), names, titles, bars.rate, bars.sign)
    worklist_parts.narrow(view, tab, by, names, figure(fig, f"bars {tab} {by} {len(names)}", bars.question, names))

# How it went, or what is held
with right:
    if tab in worklist.WORK:
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.heading("办结趋势", "按期限")
            step = address.segments("步长", list(worklist.STEPS), "step", "quarter", worklist.STEPS, label_visibility="collapsed")
        counts, every = worklist.over_time(records, step, day), worklist.titled(worklist.STATUSES)
        figure(over_time(counts, every, "按期办结率 %", worklist.step_of(day, step)), "trend", "各期限时间的办结情况")
    elif tab == "risk":
        parts.heading("风险图", "可能性 × 严重性，点一格看其中的风险点")
        cells, looked_at = worklist_registers.matrix(shown), worklist_parts.cells()
        fig = risk_map(cells, worklist_registers.HIGH_RISK, looked_at)
        worklist_parts.look_at_cell(figure(fig, f"risks {looked_at}", "各可能性与严重性的风险点数", cells["cell"]))
    elif tab == "brand":
        unit = worklist_registers.richest(shown)
        parts.heading("一干多支", view.unit_name(unit))
        mine = worklist_registers.tree(shown[shown["unit"] == unit])
        if ref := figure(brand_tree(mine), f"tree {unit}", "总品牌、子品牌与支部", set(mine["ref"]) - {""}):
            parts.open_record(view, unit, tab, ref)
    elif tab == "inspection":
        parts.heading("历次得分", "每个标记一次暗访，点开看画像")
        if unit := figure(inspections(shown), "inspections", "历次暗访得分", set(shown["unit"])):
            parts.open_unit(view, unit)
    else:
        parts.heading("各月参加情况", "人次")
        months = worklist_events.by_month(records, day)
        figure(over_time(months, titles, "参加率 %", months.index[-1]), "months", "各月实到与未到人次")

worklist_parts.records(view, tab, shown, css, csv_bytes, xlsx_bytes)
