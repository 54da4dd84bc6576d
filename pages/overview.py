"""云图: the whole population on one screen. How high, how far apart, who leads, who moves; a click opens a portrait."""

from functools import partial

import streamlit as st

from briefs import portraits, quarterly
from charts import bars, groups, quadrant, theme, tier_map
from charts.numbers import one_decimal, signed, signed_count, whole
from reports import files
from ui import address, archive, caption, glance, parts, takeaway, viewer
from ui.wording import clean

COLOURS = {"tier": "梯队", "index": "指数", "change": "变化"}
PAPERS = {"讲评幻灯片 PPTX": "pptx", "分析报告 Word": "docx", "数据与图表 Excel": "xlsx"}

view = viewer.current()
if view.wide:  # more units than tiles: the groups that hold them
    from ui import groups_parts

    groups_parts.show(view, groups_parts.Figures(groups.group_map, groups.group_quadrant, groups.group_bars, theme.tier_title))
    address.stop()
unit_word, index_word = view.words["unit"], view.words["index"]
sizes = {"equal": "等面积", "size": view.words["size"], "index": "指数"}
if view.units["size"].isna().all():
    del sizes["size"]

# What it is compared with
bases = glance.bases(view)
head = st.container()
left, right = st.columns([1.62, 1], gap="small")
with right.container(horizontal=True, vertical_alignment="center"):
    base = glance.chosen(bases)
    made = {title: (ending, lambda e=ending: files.made(e, *quarterly.of_all(view, e))) for title, ending in PAPERS.items()}
    takeaway.takeaway(f"{clean(index_word, 40)} {view.period}", made, more=partial(archive.offer, view, portraits.packed))
other, against = bases.get(base), glance.against(view, base)
units = glance.with_change(view, other)
now, then = glance.glance(view), glance.glance(other) if other else None

# What to see, and the big figures
with head.container():
    parts.finding(caption.caption(view, units, other, against))
with head.container(), st.grid(3 + len(view.labels), min_column_width=120, gap="small"):
    parts.metric(unit_word, whole(now.units), then and signed_count(now.units - then.units), against, judged=False)
    parts.metric(f"{index_word}均值", one_decimal(now.mean), then and signed(now.mean - then.mean), against)
    parts.metric("离散度", one_decimal(now.spread), then and signed(now.spread - then.spread), against, glance.SPREAD, judged=False)
    for label, count in now.tiers.items():
        moved = then and signed_count(count - then.tiers.get(label, 0))
        parts.metric(theme.tier_title(view.labels, label), whole(count), moved, against, judged=False)

# The map and the quadrant
with left:
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.heading(f"{view.words['sector']}与{unit_word}", glance.torn(view, units))
        colour = address.segments("颜色", list(COLOURS), "colour", "tier", COLOURS, label_visibility="collapsed")
        size = address.segments("面积", list(sizes), "size", "equal", sizes, label_visibility="collapsed")
    parts.unit_figure(view, tier_map.tier_map(units, view.labels, colour, size, height=396), "map", "各单位所在的梯队", tall=True)
with right:
    seen = st.session_state.get("unit")  # the one whose portrait was looked at last
    points = quadrant.quadrant(units, view.labels, f"质：{index_word}", f"效：{against}", seen, height=396)
    parts.unit_figure(view, points, "quadrant", "指数的高低与变化", tall=True)

# First, last, most improved
rankings = {"top": ("居前", "index", False), "bottom": ("居后", "index", True), "improved": ("进步最大", "change", False)}
for place, (key, (title, value, ascending)) in zip(st.columns(3, gap="small"), rankings.items(), strict=True):
    with place:
        parts.heading(title, against if value == "change" else index_word)
        figure = bars.ranked_bars(units, value, view.labels, ascending=ascending, height=138)
        parts.unit_figure(view, figure, key, title)
