"""溯源: where a figure comes from, step by step down to the records; where a record goes; what is reported beside what ledgers say."""

import streamlit as st

from charts import outcomes, theme, waterfall
from reports import tables
from ui import address, agreement, agreement_parts, makeup, parts, portrait_parts, trace, trace_parts, viewer
from ui import trace_words as words
from ui.figures import figure

view = viewer.current()
index = view.framework.root.code
bar = st.columns([2.6, 2, 2.4], vertical_alignment="center")
with bar[0]:
    tab = trace_parts.tab()

if tab == "down":
    unit, node = trace_parts.unit(view, bar[1]), trace_parts.node(view, bar[2])
    trace_parts.crumbs(view, unit, node)
    if trace_parts.is_indicator(view, node):
        cell = trace.cell(view, unit, node)
        trace_parts.steps(view, cell)
        trace_parts.records(view, cell)
    else:
        made, whole = trace.made(view, unit, node), node == index
        parts.heading(*words.merged(view, unit, node))
        left, right = st.columns([1, 1.8])
        with left:
            adjusted = makeup.composition(view, unit)[1] if whole else None
            total = view.units.at[unit, "index"] if whole else view.nodes.at[unit, node]
            fig = waterfall.contribution_waterfall(trace.steps(made), total, adjusted, view.node_name(node))
            clicked = figure(fig, f"made {unit} {node}", f"{view.node_name(node)}由哪些得分组成", made.index)
        with right:
            clicked = trace_parts.children(view, unit, node, made, theme.STATE_NAMES) or clicked
            if whole:
                trace_parts.standing(view, unit)
                portrait_parts.adjustments(view, unit)
        if clicked:
            address.turn(node=clicked)
elif tab == "up":
    unit = trace_parts.unit(view, bar[1])
    ledger, record = trace_parts.recorded(view, unit, bar[2])
    trace_parts.record(ledger, record)
    trace_parts.fed(view, unit, ledger, str(record.name))
else:
    if why := agreement_parts.nothing_to_compare(view):
        st.info(parts.text(why, 400))
        address.stop()
    compared = agreement.pressing(agreement.compared(view))
    parts.heading(agreement_parts.verdict(agreement.counts(compared)))
    agreement_parts.tallies(compared)
    shown = agreement_parts.filtered(view, compared, {t: theme.tier_title(view.labels, t) for t in view.labels})
    left, right = st.columns([1, 2.6])
    with left:
        counts = agreement_parts.by_indicator(view, shown)
        clicked = figure(outcomes.outcome_bars(counts, agreement.OUTCOMES), f"outcomes {len(shown)}", "各项指标的核对结论", counts.index)
    with right:
        agreement_parts.listing(view, shown, theme.STATE_NAMES)
    sheet, notes = agreement_parts.sheet(view, shown), agreement_parts.notes(view, agreement.counts(shown))
    parts.downloads(f"报送与台账核对 {view.period}", lambda: tables.csv_bytes(sheet, view.demo),
                    lambda: tables.xlsx_bytes({"核对": sheet}, notes, view.demo))  # fmt: skip
    if clicked and shown["indicator"].nunique() > 1:
        address.turn(indicator=clicked)
