"""稳健性: how sure ranks and tiers are when the assumptions behind them are varied, what matters most, and who is surely ahead."""

from functools import partial

import streamlit as st

from charts import intervals, theme
from charts.numbers import one_decimal, whole
from reports import tables
from ui import address, certainty, figures, parts, viewer
from ui.certainty import ASSUMPTIONS

TABS = {"tiers": "梯队概率", "pair": "两两比较", "all": "全部"}

view = viewer.current()
found, words, sure = view.uncertainty, view.words, view.policy.draws.certainty
if found is None:
    st.info(f"第 {view.release} 号发布还没有测算稳健性。在安装目录里运行下面的命令，然后刷新本页：", icon=":material/help:")
    st.code(f"{certainty.MEASURE} --period {view.period}", language="shell")
    address.stop()
units = certainty.table(view)
seen, total = st.session_state.get("unit"), certainty.overall(view, units)
if not total.ranked:
    st.info(f"本期没有一个{parts.text(words['unit'])}有名次，谈不上稳健性。", icon=":material/help:")
    address.stop()

# How sure it all is
with st.grid(4, min_column_width=150, gap="small"):
    parts.metric("梯队明确", f"{total.settled} / {total.ranked}", help=f"在 {sure:.0%} 以上的测算中留在本梯队的{words['unit']}")
    parts.metric("名次区间宽度", whole(total.width), help="各单位 5–95 % 名次区间的宽度，取中位数")
    parts.metric("相邻两名分不清", certainty.percent(total.close), help=f"名次相邻的两{words['unit']}中，谁也没有在 {sure:.0%} 以上的测算中领先")
    parts.metric("测算次数", f"{found.draws:,}", help=f"随机种子 {found.seed}：同样的种子得到同样的结果")

# Rank intervals, and what moves them
left, right = st.columns([1.75, 1], gap="medium")
with left:
    parts.heading("名次区间", f"每个标记一个{words['unit']}，点开看画像")
    parts.unit_figure(view, intervals.rank_intervals(units, view.labels, seen, height=440), "intervals", "各单位的名次区间")
with right:
    parts.heading("什么假设最要紧", "对名次变动的影响")
    figures.figure(intervals.assumptions(found.sobol, ASSUMPTIONS), "sobol", "各项假设对名次变动的影响")
    st.caption(parts.text(certainty.lesson(view), 400))

# Tier chances, two units, everything
tab = address.segments("更多", list(TABS), "tab", "tiers", TABS, label_visibility="collapsed")
if tab == "tiers":
    torn = units[units["kept"] < sure]
    rest = f"；图中是名次在前的 {intervals.MOST_BARS} 个" if len(torn) > intervals.MOST_BARS else ""
    parts.heading("梯队两可", f"{len(torn)} 个{words['unit']}留在本梯队的概率不到 {sure:.0%}{rest}")
    parts.unit_figure(view, intervals.tier_chances(torn, found.tiers, view.labels), "chances", "梯队两可的单位")
elif tab == "pair":
    names = units.loc[units["rank_median"].notna(), "name"].to_dict()
    first, second = certainty.pair(view, units, seen)
    left, right = st.columns(2)
    a = address.select("甲", list(names), "a", first, names, left)
    b = address.select("乙", list(names), "b", second, names, right)
    parts.heading(*certainty.duel(view, a, b))
    figures.figure(intervals.head_to_head(units.loc[list(dict.fromkeys([a, b]))], view.labels), "pair", "两者的名次区间")
else:
    titles = {label: theme.tier_title(view.labels, label) for label in view.labels}
    shown = certainty.listing(view, units, titles, one_decimal)
    parts.grid(shown, hide_index=True, height=520, placeholder="—")
    out, name = partial(certainty.export, view, units), f"稳健性 {view.period}"
    parts.downloads(name, lambda: tables.csv_bytes(out(), view.demo), lambda: tables.xlsx_bytes({"稳健性": out()}, certainty.notes(view), view.demo))
