"""指标体系: versions of framework and policy; one of them changed, judged, tried on the latest period, and adopted from a period on."""

import streamlit as st

from reports.tables import csv_bytes, xlsx_bytes
from ui import acts, address, framework_desk, framework_desk_edit, framework_desk_parts, viewer

framework_desk.take()
path = viewer.store()
table = framework_desk.versions(path)
if table.empty:
    framework_desk_parts.lacking()
    address.stop()
tab = framework_desk_parts.tab()
acts.told()

if tab == "versions":
    framework_desk_edit.done(path)
    left, right = st.columns([1.1, 1.1], gap="medium")
    with left:
        number = framework_desk_parts.listing(table, path)
    with right:
        framework_desk_parts.one(path, table, number)
elif tab == "compare":
    if pair := framework_desk_parts.pair(table):
        old, new = (framework_desk.version(path, number)[:2] for number in pair)
        names = framework_desk_parts.names_of(old[0], new[0])
        found = framework_desk.version_changes(old, new)
        framework_desk_parts.changed(found, names, f"指标体系 第{pair[0]}版 第{pair[1]}版", csv_bytes, xlsx_bytes)
else:
    framework_desk_edit.done(path)
    draft = framework_desk_edit.bar(path, table)
    said = framework_desk.judged(draft)
    left, right = st.columns([2.5, 1], gap="medium")
    with left:
        what = st.segmented_control("改什么", ["指标", "评分规则"], default="指标", required=True, key="framework_what", label_visibility="collapsed")
        policy = said.policy or framework_desk.version(path, draft.base)[1]
        if what == "指标":
            framework_desk_edit.grid(draft, policy)
        else:
            framework_desk_edit.rules(draft, said.policy)
    with right:
        many = framework_desk_edit.verdict(path, draft, said)
        made = framework_desk_edit.adopting(path, draft, said, many, int(table.index[0]))
    if many:
        names = framework_desk_parts.names_of(framework_desk.version(path, draft.base)[0], said.framework)
        left, right = st.columns(2, gap="medium")
        with left:
            found = framework_desk.differences(path, draft, said)
            framework_desk_parts.changed(found, names, f"改动 据第{draft.base}版", csv_bytes, xlsx_bytes)
        with right:
            if isinstance(made, framework_desk.Effect):
                framework_desk_edit.consequences(made, csv_bytes, xlsx_bytes)
