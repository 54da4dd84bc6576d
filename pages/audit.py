"""体检: the checklist of the OECD/JRC handbook over the release, what it looks like inside, and the questions it asks of the data."""

from functools import partial

import streamlit as st

from charts import structure
from reports import tables
from reports.audit_docx import Subject, audit_docx
from reports.audit_table import audit_table
from ui import address, audit_parts, audit_tables, figures, parts, viewer

TABS = {"list": "检查单", "inside": "内部结构", "pattern": "异常形态"}

view = viewer.current()
checks = audit_parts.found(view)
audit_parts.opening(view, checks)
tab = address.segments("看", list(TABS), "tab", "list", TABS, label_visibility="collapsed")

if tab == "list":
    audit_parts.checklist(view, checks)
elif tab == "inside":
    names = {n.code: n.name for n in audit_tables.families(view)}
    family = address.select("看哪一组", list(names), "family", audit_tables.most_pressing(view, checks), names)
    kids = view.framework.children(family)
    left, right = st.columns(2)
    with left:
        parts.heading("所定权重与有效权重", "一项实际左右上级得分的份额")
        fig = structure.weights(audit_tables.weights(view, checks, family))
        figures.figure(fig, "weights", f"{names[family]}：所定权重与有效权重")
    with right:
        parts.heading("相关系数", "同一组的指标两两之间")
        fig = structure.correlations(*audit_tables.correlations(view, family))
        figures.figure(fig, "correlations", f"{names[family]}：两两相关系数")
    parts.heading("主成分", "各组是不是一件事；点一条看那一组")
    shares = audit_tables.components(view)
    clicked = figures.figure(structure.components(shares, names, family), "components", "各组的主成分", shares)
    if clicked and clicked != family:
        address.turn(family=clicked)
else:
    audit_parts.screen(view, checks)

subject = Subject(view.words["index"], parts.period_title(view.period), view.release, str(view.row["at"]),
                  view.units["name"].to_dict(), view.words["unit"], view.demo)  # fmt: skip
rows = partial(audit_table, checks, view.period, view.release, view.words["unit"], view.node_name, view.unit_name)
audit_parts.downloads(
    view, lambda: tables.csv_bytes(rows(), view.demo),
    lambda: tables.xlsx_bytes(audit_tables.sheets(view, checks, rows()), demo=view.demo), partial(audit_docx, checks, subject),
)  # fmt: skip
