"""单位画像: one unit – how it stands, why, what parts it from the next tier, and from which cells all of it comes."""

import streamlit as st

from charts import bars, heat_map, profile, theme, trend, waterfall
from charts.numbers import one_decimal, tenths
from reports import tables
from ui import causes, evidence, makeup, parts, portrait, portrait_parts, viewer
from ui import portrait_words as words
from ui.figures import figure

view = viewer.current()
unit = portrait_parts.opening(view)
row, group = view.units.loc[unit], portrait.group(view, unit)[0]
name, dimensions, word = row["name"], portrait.dimension_codes(view), view.words["dimension"]
look = dict(unit_name=name, previous_name=portrait.last_period(view), group_name=group, span=view.policy.range)

# How it stands
made, adjusted = makeup.composition(view, unit)
raw = sum(tenths([*made["points"], *adjusted["points"]], row["index"])[: len(made)]) if row["rank"] > 0 else None
portrait_parts.first_line(view, unit, theme.tier_title(view.labels, row["tier"]), one_decimal(raw))
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
        fig = waterfall.contribution_waterfall(made, row["index"], adjusted, view.words["index"])
        portrait_parts.show_indicators("made", figure(fig, "made", f"{name}的指数构成", dimensions))
    with right:
        portrait_parts.standing_table(view, unit)
        portrait_parts.adjustments(view, unit)
elif tab == "change":
    if found := portrait_parts.since(view, unit, waterfall.filled):
        figs = waterfall.gap_waterfall(found.start, found.causes, found.end, *found.ends), bars.signed_bars(found.own)
        for (key, title, help), fig, where in zip(causes.FIGURES, figs, st.columns(2), strict=True):
            where.caption(title, help=help)
            with where:
                figure(fig, key, f"{name}：{title}")
elif tab == "gap":
    found = makeup.gap(view, unit)
    parts.heading(*words.distance(view, unit, found))
    for (key, title, table), where in zip(makeup.sides(found, word), st.columns(2), strict=False):
        where.caption(title)
        with where:
            fig = waterfall.gap_waterfall(found.mine, table, found.other, *words.ends(view, unit, found), ahead=found.kind == "lead")
            figure(fig, key, f"{name}：{title}")
elif tab == "heat":
    facet = portrait_parts.facet(view)
    table, exists = portrait.heat(view, unit, facet)
    figure(heat_map.heat_map(table, span=view.policy.range, exists=exists), "heat", f"{name}：{word} × {view.facets[facet]}")
elif tab == "radars":
    grid = st.grid(2, min_column_width=320)
    for facet in portrait.radar_facets(view)[:4]:
        axes = portrait.axes(view, unit, portrait.facet_codes(view, facet))
        with grid.container():
            parts.heading(view.facets[facet])
            figure(profile.radar(axes, **look, height=340, legend=False), f"radar-{facet}", f"{name}：{view.facets[facet]}")
elif tab == "trend":
    parts.heading("历期走势", "点一期，看那一期的画像")
    fig = trend.trend(portrait.trend(view, unit), view.labels, name, group, height=300)
    portrait_parts.show_period("trend", figure(fig, "trend", f"{name}的历期指数", view.periods))
else:
    sheet = evidence.sheet(portrait_parts.one_dimension(view, evidence.evidence(view, unit)), view.words, theme.STATE_MARKS)
    portrait_parts.evidence_table(sheet, view.policy.range)
    book = {"指标明细": sheet}, words.notes(view, unit), view.demo
    parts.downloads(f"{unit}-{view.period}", lambda: tables.csv_bytes(sheet, view.demo), lambda: tables.xlsx_bytes(*book))
