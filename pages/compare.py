"""对比研判: two to six units or groups beside each other – where they differ, who is ahead how surely, and all units behind them."""

from functools import partial

import streamlit as st

from charts import overlay, parallel, quantity, score_matrix, theme
from charts.numbers import signed
from reports import tables
from ui import address, contrast, contrast_export, contrast_matrix, contrast_parts, contrast_tables, figures, parts, viewer
from ui.places import open_page

TABS = {"ahead": "谁领先", "heat": "热力图", "lines": "平行坐标", "detail": "明细"}
LEVELS = {"score": "得分", "raw": "原始值"}

view = viewer.current()
words, span, tree = view.words, view.policy.range, view.framework
tier = partial(theme.tier_title, view.labels)

# What is compared, and how each stands
chosen, offered = contrast_parts.choose(view, tier, overlay.MOST)
known = overlay.signs({thing.code: thing.tag for thing in chosen})
letters = {code: sign.letter for code, sign in known.items()}
middle = contrast_parts.middle(chosen)
standing = contrast_tables.standing(view, chosen, letters, middle, tier)
contrast_parts.standing(view, standing, {code: sign.colour for code, sign in known.items()})
contrast_parts.remarks(view, chosen, letters, offered.index)

# Where they differ
scores = contrast.scores(view, chosen, middle)
dimensions = [d.code for d in tree.dimensions]
profiles, labels = scores.loc[dimensions], [d.name for d in tree.dimensions]
left, right = st.columns([1, 1.15], gap="medium")
with left:
    parts.heading(f"各{words['dimension']}的形状")
    figures.figure(overlay.radar(profiles, labels, known, span), "radar", f"所选各项的{words['dimension']}得分，雷达图")
with right:
    parts.heading(f"各{words['dimension']}的差距", "点一个标记，看全部" + words["unit"])
    height = max(400, 44 * len(dimensions) + 40)
    clicked = figures.figure(overlay.dots(profiles, labels, known, height), "dots", f"所选各项的{words['dimension']}得分，点图", dimensions)
    if clicked:
        open_page("indicator", node=clicked, period=view.period)

# Who is ahead, the units behind them, every figure
tab = address.segments("更多", list(TABS), "tab", "ahead", TABS, label_visibility="collapsed")
if tab == "ahead":
    contrast_parts.pairs(view, contrast_tables.pairs(view, chosen, letters, middle))
elif tab == "heat":
    left, right, _ = st.columns([2, 2, 3])
    orders, columns = contrast_matrix.orders(view), contrast_matrix.selections(view)
    order = address.select("排序", list(orders), "order", contrast_matrix.BY_INDEX, orders, left)
    column = address.select("指标", list(columns), "columns", contrast_matrix.ALL, columns, right)
    found = contrast_matrix.matrix(view, offered, column, order)
    count = f"{len(found.scores)} 个" if len(found.scores) == len(offered) else f"{len(offered)} 个中的 {len(found.scores)} 个"
    parts.heading(f"{count}{words['unit']} × {len(found.columns)} 项指标", "得分看右上的色标；点行首的标记看画像")
    fig = score_matrix.score_matrix(found.scores, found.states, found.units, found.columns, view.labels, known, span)
    parts.unit_figure(view, fig, "heat" if column == contrast_matrix.ALL else "heat_part", f"{words['unit']} × 指标的得分")
elif tab == "lines":
    axes = contrast_matrix.axes(view)
    which = address.select("坐标轴", list(axes), "axes", contrast_matrix.DIMENSIONS, axes, st.columns([2, 5])[0])
    nodes = contrast_matrix.axis_nodes(view, which)
    behind = contrast_matrix.everyone(view, offered, nodes)
    names = [view.node_name(code) for code in nodes]
    fig = parallel.parallel(behind, view.units["name"][behind.index], scores.loc[nodes].T, names, known)
    parts.unit_figure(view, fig, "lines" if len(nodes) <= contrast_parts.AXES else "lines_wide", f"各{words['unit']}的得分，平行坐标")
else:
    bar, buttons = st.columns([3, 1], vertical_alignment="bottom")
    level = address.segments("显示", list(LEVELS), "as", "score", LEVELS, bar, label_visibility="collapsed")
    table = contrast_tables.detail(view, chosen, middle, level)
    places = table[list(letters)].apply(quantity.decimals, axis=1) if level == "raw" else dict.fromkeys(table.index, 1)
    signs = contrast_tables.states(view, [t.code for t in chosen if t.single]).map(theme.STATE_MARKS.get)
    write, gap = (lambda node, number, how=how: how(number, places[node]) for how in (quantity.quantity, quantity.change))
    shown = contrast_tables.written(table, chosen, letters, signs, write, gap)
    contrast_parts.detail(view, shown, signed, {f"{letters[t.code]} {t.tag}": t.code for t in chosen if t.single})
    out, name = partial(contrast_export.sheets, view, chosen, letters, middle), f"对比 {view.period}"
    notes = partial(contrast_export.notes, view, chosen, middle)
    parts.downloads(name, lambda: tables.csv_bytes(out()["得分"], view.demo), lambda: tables.xlsx_bytes(out(), notes(), view.demo), buttons)
