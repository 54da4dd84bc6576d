"""各地比较: the areas of a province, or of one of them – how each stands, which dimension parts them, and what was published there."""

from functools import partial

import streamlit as st

from charts import areas as charts
from charts import bars, heat_map, overlay, theme, waterfall
from charts.numbers import one_decimal
from reports import tables
from ui import address, cities, cities_parts, figures, parts, viewer
from ui.wording import clean, period_title, tags

view = viewer.current()
words, span, dimensions = view.words, view.policy.range, view.framework.dimensions
areas = cities_parts.opening(view)
table, word, codes = areas.table, areas.word(view), [d.code for d in dimensions]

# How each stands
parts.finding(cities.caption(view, areas))
left, right = st.columns([1.5, 1], gap="medium")
with left:
    parts.heading(f"各{word}{words['index']}均值", f"点一个，看它的云图；{len(table)} 个{word}，共 {table['units'].sum():,} 个{words['unit']}")
    fig = charts.standings(table, cities_parts.everywhere(view, areas), words["unit"])
    cities_parts.open_area(view, figures.figure(fig, "standings", f"各{word}的均值和离散", table.index))
with right:
    parts.heading("梯队构成", f"按全部{words['unit']}排名")
    shares = figures.figure(charts.tier_shares(table, view.labels), "shares", f"各{word}的梯队构成", table.index)
    cities_parts.open_area(view, shares)
if said := cities.why_different(view, areas):
    st.caption(parts.text(said, 300))

# What parts them, how they have changed, every figure
tab = address.segments("更多", list(cities_parts.TABS), "tab", "two", cities_parts.TABS, label_visibility="collapsed")
if tab == "two":
    chosen = cities_parts.chosen(areas, word, overlay.MOST)
    known, profiles = overlay.signs(tags(table["name"])[chosen].to_dict()), cities.profiles(view, areas, chosen)
    names, labels = [clean(table.at[path, "name"], 30) for path in chosen], [d.name for d in dimensions]
    radar, dots, steps = st.columns([1, 1.1, 1.1], gap="medium")
    figs = overlay.radar(profiles, labels, known, span), overlay.dots(profiles, labels, known, max(400, 44 * len(codes) + 40))
    parts.panel(radar, figs[0], "radar", f"所选{word}的{words['dimension']}均值，雷达图", f"各{words['dimension']}的形状")
    parts.panel(dots, figs[1], "dots", f"所选{word}的{words['dimension']}均值，点图", f"各{words['dimension']}的均值")
    means = [table.at[path, "mean"] for path in chosen[1::-1]]
    gap = cities.gap(view, areas, chosen[1], chosen[0])
    fig = waterfall.gap_waterfall(means[0], gap, means[1], names[1], names[0], height=400)
    parts.panel(steps, fig, "gap", f"{names[1]}到{names[0]}的差距", f"从{names[1]}到{names[0]}，差在哪里")
elif tab == "heat":
    found = cities.heat(view, areas)
    parts.heading(f"{word} × {words['dimension']}", "均值；颜色从本表最低到最高")
    figures.figure(heat_map.heat_map(found, cities.reach(found)), "heat", f"{word} × {words['dimension']}的均值")
elif tab == "change":
    if before := view.previous:
        gained, lacking = cities.changes(areas, cities.within(before, areas.path))
        parts.heading(f"均值较{period_title(before.period)}", "点一个，看它的云图")
        cities_parts.open_area(view, figures.figure(bars.signed_bars(gained), "changes", f"各{word}均值的变化", table.index))
        cities_parts.lacking(lacking, before.period)
    else:
        st.info(f"{period_title(view.period)}是最早的一期，没有可比的上期。")
else:
    sheet = cities.sheet(view, areas, {label: theme.tier_title(view.labels, label) for label in view.labels})
    cities_parts.listing(view, areas, sheet)
    out = partial(cities.sheet, view, areas, {label: label for label in view.labels})
    notes = [f"第 {view.release} 号发布，{view.period}；全部{words['unit']}的均值 {one_decimal(cities_parts.everywhere(view, areas))}", said]
    sheets = lambda: {"各地": out(), "各维度": cities.dimensions(view, areas)}  # noqa: E731 - made when pressed
    name = f"各地比较 {view.period}"
    parts.downloads(name, lambda: tables.csv_bytes(out(), view.demo), lambda: tables.xlsx_bytes(sheets(), [n for n in notes if n], view.demo))
