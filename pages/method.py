"""方法说明: how the shown release was computed, written from its framework, its policy and the registries."""

from functools import partial

import streamlit as st

from charts import theme, weight_tree
from reports import tables
from ui import address, method_ledgers, method_parts, method_tables, method_text, parts, reproduction, viewer, worked_example
from ui.exports import recorded
from ui.figures import figure
from ui.method_told import stages, tier_lines
from ui.places import open_page
from ui.wording import clean

TABS = {
    "example": "算例", "weights": "权重", "indicators": "指标", "rules": "规则", "ledgers": "台账", "methods": "方法库", "terms": "名词",
    "repeat": "可比与复现",
}  # fmt: skip
view = viewer.current()
words, tree = view.words, view.framework
scales, tiers = worked_example.fitted(view), tier_lines(view, partial(theme.tier_title, view.labels))
method_parts.stages(stages(view, scales))
tab = address.segments("看", list(TABS), "tab", "example", TABS, label_visibility="collapsed")

if tab == "example":
    first, indicator = worked_example.default_pair(view)
    units = view.units.sort_values(["rank", "name"], kind="stable")["name"].map(clean).to_dict()
    nodes = {code: f"{'　' * (tree.depth(code) - 1)}{tree.node(code).name}" for code in tree.codes if code != tree.root.code}
    left, right = st.columns(2)
    unit = address.select(words["unit"], list(units), "unit", first, units, left)
    node = address.select("从哪一项算起", list(nodes), "node", indicator, nodes, right)
    method_parts.steps(worked_example.example(view, unit, node, scales))
    parts.heading("梯队", "划线与本期结果")
    method_parts.lines(tiers)
elif tab == "weights":
    parts.heading("占指数的份额", "各级权重归一后逐级相乘；点开看该项")
    fig = weight_tree.weight_tree(method_tables.node_table(view))
    if clicked := figure(fig, "weights", "各项占指数的份额", tree.codes):
        open_page("indicator", node=clicked, period=view.period)
elif tab == "indicators":
    names = {d.code: d.name for d in tree.dimensions}
    left, right = st.columns(2)
    chosen = address.multi(words["dimension"], list(names), "dimension", names, left)
    query = right.text_input("搜索", key="q", bind="query-params", placeholder="名称、代码、来源……")
    leaves = [leaf.code for code in chosen for leaf in tree.leaves(code)]
    shown = method_tables.search(method_tables.indicator_table(view, scales), leaves, query)
    if shown.empty:
        st.info("没有符合的指标，请换个说法。")
    parts.grid(shown, hide_index=True, height=520 if len(shown) > 13 else "content", column_config=method_parts.COLUMNS, placeholder="—")
    name = f"指标体系 {view.period} 第{view.release}号发布"
    parts.downloads(name, lambda: tables.csv_bytes(shown, view.demo), lambda: tables.xlsx_bytes({"指标": shown}, demo=view.demo))
elif tab == "rules":
    method_parts.rules(method_text.rules(view, scales))
    parts.heading("梯队", "划线与本期结果")
    method_parts.lines(tiers)
    if view.facets:
        parts.heading("分面", "同一批指标换一种归类，用同样的方法合成")
        method_parts.lines(method_tables.facet_lines(view))
elif tab == "ledgers":
    parts.heading("由台账推算的指标", method_ledgers.rules(view)[0] if method_ledgers.rules(view) else "本指标体系没有，下列各项可写进指标的来源")
    method_parts.lines(method_ledgers.lines(view))
elif tab == "methods":
    for title, lines in method_tables.methods(view):
        parts.heading(title, "所用的在前，其余可在指标体系或评分规则中选用")
        method_parts.lines(lines)
elif tab == "terms":
    method_parts.terms(view)
else:
    method_parts.lines([*method_tables.comparable(view), *method_tables.facts(view)])
    if view.peers:
        st.caption(view.peers.untold)
        address.stop()
    parts.heading("重新计算", "下载后解压到安装目录，运行")
    st.code(reproduction.COMMAND, language="shell", wrap_lines=True)
    name = f"{'演示数据 ' if view.demo else ''}{view.period} 第{view.release}号发布.zip"
    made = recorded(partial(reproduction.bundle, view), name)
    st.download_button("下载指标体系、规则和取值", made, name, "application/zip", on_click="ignore")
