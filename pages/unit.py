"""单位画像: one unit – how it stands, why, what parts it from the next tier, and from which cells all of it comes."""

import streamlit as st

from briefs.unit import portrait_of
from charts import bars, brand_tree, closing, heat_map, profile, risk_map, theme, trend, waterfall
from reports import files
from reports.tables import csv_bytes, xlsx_bytes
from ui import below, causes, exemplar_parts, guidance_parts, makeup, parts, portrait, portrait_parts, viewer, worklist_parts
from ui import portrait_words as words
from ui import worklist_registers as registers
from ui.figures import figure

view = viewer.current()
unit = portrait_parts.opening(view, lambda unit, ending: files.made(ending, *portrait_of(view, unit, ending), compact=True))
row, group = view.units.loc[unit], portrait.group(view, unit)[0]
name, dimensions, word = row["name"], portrait.dimension_codes(view), view.words["dimension"]
look = dict(unit_name=name, previous_name=portrait.last_period(view), group_name=group, span=view.policy.range)

# How it stands
portrait_parts.first_line(view, unit, theme.tier_title(view.labels, row["tier"]))
below.published(view, unit)
left, middle, right = st.columns([1.15, 1.15, 0.9])
axes, height = portrait.axes(view, unit, dimensions), max(340, 38 * len(dimensions) + 64)
with left:
    figure(profile.radar(axes, **look, height=height, legend=False), "radar", f"{name}各{word}得分，雷达图")
with middle:
    fig = profile.dot_plot(axes, **look, height=height)
    portrait_parts.show_indicators("dots", figure(fig, "dots", f"{name}各{word}得分，点图", dimensions))
with right:
    portrait_parts.spots(view, unit, group)

# Why, and what next
tab = portrait_parts.tab(view)
if tab == "makeup":
    left, right = st.columns([1.3, 1])
    with left:
        parts.heading("指数由来", "各项相加等于指数；点一项看它的指标")
        made, adjusted = makeup.composition(view, unit)
        fig = waterfall.contribution_waterfall(made, row["index"], adjusted, view.words["index"])
        portrait_parts.show_indicators("made", figure(fig, "made", f"{name}的指数构成", dimensions))
    with right:
        portrait_parts.standing_table(view, unit)
        portrait_parts.adjustments(view, unit)
elif tab == "change":
    if found := portrait_parts.since(view, unit):
        figs = waterfall.gap_waterfall(found.start, found.causes, found.end, *found.ends), bars.signed_bars(found.own)
        for (key, title, help), fig, where in zip(causes.FIGURES, figs, st.columns(2), strict=True):
            parts.panel(where, fig, key, f"{name}：{title}", title, help)
elif tab == "gap":
    found = makeup.gap(view, unit)
    parts.heading(*words.distance(view, unit, found))
    for (key, title, table), where in zip(makeup.sides(found, word), st.columns(2), strict=False):
        fig = waterfall.gap_waterfall(found.mine, table, found.other, *words.ends(view, unit, found), ahead=found.kind == "lead")
        if node := parts.panel(where, fig, key, f"{name}：{title}", title, pick=view.framework.codes):
            parts.open_trace(view, unit, node)
elif tab == "next":
    guidance_parts.of_unit(view, unit)
    exemplar_parts.of_unit(view, unit)
elif tab == "work":
    risks, brands = registers.risks(view, unit), registers.brands(view, unit)
    if worklist_parts.of_unit(view, unit, risks, brands, closing.css):
        figs = risk_map.risk_map(registers.matrix(risks), registers.HIGH_RISK), brand_tree.brand_tree(registers.tree(brands))
        for title, fig, where in zip(("风险图", "一干多支"), figs, st.columns(2), strict=True):
            parts.panel(where, fig, title, f"{name}：{title}", title)
elif tab == "facets":
    facet = portrait_parts.facet(view)
    left, *right = st.columns([1.5, 1]) if portrait.makes_radar(view, facet) else [st.container()]
    table, exists = portrait.heat(view, unit, facet)
    fig, title = heat_map.heat_map(table, span=view.policy.range, exists=exists), f"{word} × {view.facets[facet]}"
    parts.panel(left, fig, "heat", f"{name}：{title}", title, portrait_parts.HEAT)
    for where in right:
        fig = profile.radar(portrait.axes(view, unit, portrait.facet_codes(view, facet)), **look, height=340, legend=False)
        parts.panel(where, fig, "groups", f"{name}：{view.facets[facet]}，雷达图", view.facets[facet])
elif tab == "trend":
    parts.heading("历期走势", "点一期，看那一期的画像")
    fig = trend.trend(portrait.trend(view, unit), view.labels, name, group, height=300)
    portrait_parts.show_period("trend", figure(fig, "trend", f"{name}的历期指数", view.periods))
else:
    portrait_parts.details(view, unit, theme.STATE_MARKS, csv_bytes, xlsx_bytes)
