"""红雁清风: who is an exemplar and what was taken from them, who might be one, whom a unit can learn from, who gains most."""

from functools import partial

import streamlit as st

from charts import overlay, quantity, theme
from charts.then_and_now import then_and_now
from reports import tables
from ui import exemplar_parts, exemplar_peers, exemplar_race, exemplar_tables, exemplar_tabs, figures, glance, parts, viewer
from ui.places import open_page
from ui.wording import tags

view = viewer.current()
words, tier = view.words, partial(theme.tier_title, view.labels)
tab, asked = exemplar_parts.opening()

if tab == "named":
    held, lessons = exemplar_parts.known(view, asked)
    exemplar_parts.counts(view, held, lessons)
    exemplar_parts.cards(view, held, tier)
    left, right = st.columns([5, 6])
    with left:
        parts.heading("借鉴前后", "借鉴者在这一领域的得分")
        rows = exemplar_tables.before_and_after(view, lessons)
        parts.unit_figure(view, then_and_now(rows, view.labels, "借鉴前一期", "本期"), "lessons", "借鉴者的得分，借鉴前与本期")
    with right:
        exemplar_parts.lessons(view, lessons)
    out, notes = {"培树点": exemplar_tables.exemplars_out(view, held), "借鉴": exemplar_tables.lessons_out(view, lessons)}, []
elif tab == "candidates":
    found = exemplar_tabs.candidates(view, asked)
    out, notes = {"候选": exemplar_tables.candidates_out(view, found)}, ["名单只由数据筛出；是不是培树点，由人按程序命名，以文号为准。"]
elif tab == "learn":
    lesson = exemplar_tabs.learner(view, asked)
    short = tags(view.units["name"])
    signs = overlay.signs({code: short[code] for code in lesson.codes})
    listed, differences = exemplar_tabs.models(view, lesson, signs), lesson.differences
    left, right = st.columns([1.25, 1])
    with left:
        parts.heading(f"{view.node_name(lesson.node)}的各项指标", "得分；点一个标记看这项指标")
        fig = overlay.dots(differences[lesson.codes], differences["name"], signs, max(330, 50 * len(differences) + 40))
        clicked = figures.figure(fig, "dots", "各项指标的得分", differences.index)
    with right:
        parts.heading(f"各{words['dimension']}的形状", "其余越接近，越可学")
        scores = view.nodes.loc[lesson.codes, [d.code for d in view.framework.dimensions]].T
        fig = overlay.radar(scores, [d.name for d in view.framework.dimensions], signs, view.policy.range, 330)
        figures.figure(fig, "radar", f"各{words['dimension']}得分，雷达图")
    if clicked:
        open_page("indicator", node=clicked, period=view.period)
    places = {code: quantity.decimals(values) for code, values in view.cells.groupby("indicator")["value"]}
    cells = exemplar_peers.cells(view, lesson, lambda code, value: quantity.quantity(value, places[code]), theme.STATE_MARKS)
    table = exemplar_tables.differences(lesson, cells, {code: sign.letter for code, sign in signs.items()})
    exemplar_tabs.differences(view, lesson, table)
    out, notes = {"向谁学": listed, "差在哪里": table}, [f"{sign.letter}：{view.unit_name(code)}（{code}）" for code, sign in signs.items()]
else:
    node, base, table = exemplar_tabs.racers(view, asked)
    against = glance.against(view, base)
    exemplar_tabs.tallies(view, table, against)
    left, right = st.columns([1, 1])
    with left:
        parts.heading("进步最大", against)
        names = (parts.period_title(glance.bases(view)[base].period) if base else "上期", parts.period_title(view.period))
        parts.unit_figure(view, then_and_now(exemplar_race.winners(table), view.labels, *names), "winners", "进步最大的，两期得分")
        exemplar_tabs.incomparable(view, table, base)
    with right:
        exemplar_tabs.streaks(view, table, {label: theme.tier_style(view.labels, label).symbol for label in view.labels})
    out, notes = {"比学赶超": exemplar_race.export(view, table, base)}, []

name = f"红雁清风 {exemplar_parts.TABS[tab]} {view.period}"
parts.downloads(name, lambda: tables.csv_bytes(next(iter(out.values())), view.demo), lambda: tables.xlsx_bytes(out, notes, view.demo))
