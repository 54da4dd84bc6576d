"""What the page of the audit shows that is neither a table nor a figure: the verdict, the checks that open, the downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from scoring.audit import CHECKS, PATTERNS, STATUSES, Check, Outline, outline, tally, verdict
from scoring.errors import ScoringError
from ui import address, audit_tables, exports, method_parts, parts
from ui.places import open_page
from ui.wording import said_once, text

if TYPE_CHECKING:
    from ui.view import View

_OPEN = "audit_open"
_WIDE = {"结果": 90, "数值": 120, "阈值": 100, "对象": 190, "发现": 360, "怎么办": 420, "形态": 110, "指标": 190, "请核实": 330}
COLUMNS = {name: st.column_config.Column(width=width) for name, width in _WIDE.items()}
_ASKED = {name: st.column_config.Column(width=width) for name, width in {"形态": 92, "指标": 236, "发现": 420}.items()}
_STYLE = """<style>
.st-key-audit_list { gap: 0.3rem; }
.st-key-audit_list [data-testid="stExpander"] summary { padding-top: 0.3rem; padding-bottom: 0.3rem; }
@media (max-width: 640px) {
.st-key-audit_counts [data-testid="stMetric"] { padding: 0.3rem 0.5rem; }
.st-key-audit_counts [data-testid="stMetric"] > div { padding: 0; }
}
</style>"""


def found(view: View) -> tuple[Check, ...]:
    """The audit of what is looked at; where the case cannot be scored again, the page ends with the reason."""
    try:
        return view.audit
    except ScoringError as error:
        st.info(text(f"这一号发布不能重新计分，无从体检：{error}", 600))
        address.stop()


def opening(view: View, checks: Sequence[Check]) -> None:
    """The verdict in a sentence, and how many checks come to what."""
    st.html(_STYLE)
    parts.heading(verdict(checks))
    asked = sum(c.group == "pattern" and c.status == "flag" for c in checks)
    meanings = {"fail": "与指数所声称的相矛盾，须改正", "flag": "超出阈值，须写明理由", "pass": "都在阈值之内", "none": "数据不足以检查，不算通过"}
    with st.container(key="audit_counts"), st.grid(5, min_column_width=100, gap="small"):
        for status, n in tally(checks).items():
            parts.metric(STATUSES[status], str(n), help=meanings[status])
        parts.metric("？ 请核实", str(asked), help="异常形态筛查提出的问题：只提问，不下结论")


def checklist(view: View, checks: Sequence[Check]) -> None:
    """The checks of the checklist, the most pressing first; one of them can be open, and the link says which."""
    outlines = sorted((o for o in outline(checks) if o.group == "structure"), key=lambda o: list(STATUSES).index(o.status))
    shown = _open([o.name for o in outlines])
    with st.container(key="audit_list"):
        for one in outlines:
            _card(view, one, one.name == shown)


def _open(names: Sequence[str]) -> str:
    """The check that is open: what a new link says, else what was opened last."""
    if (said := address.given(("check",))) is not None:
        wanted = next(iter(said["check"]), "")
        st.session_state[_OPEN] = wanted if wanted in names else ""
        if wanted not in ("", *names):
            st.warning(f"链接里的检查“{text(wanted, 60)}”不存在，已忽略。", icon=":material/warning:")
    shown = st.session_state.get(_OPEN, "")
    address.put({"check": [shown] if shown else []})
    return shown


def _card(view: View, one: Outline, shown: bool) -> None:
    key = f"audit_{one.name}"
    st.session_state[key] = shown

    def turn() -> None:
        st.session_state[_OPEN] = one.name if st.session_state[key] else ""

    label = f"{one.label}　**{text(one.title)}**　{text(one.shown)}　:gray[阈值 {text(one.limit)}]　{text(one.finding)}"
    label += f"　:gray[→ {text(one.remedy)}]" if one.remedy else ""
    with st.expander(label, key=key, on_change=turn) as card:
        if card.open:
            _detail(view, one)


def _detail(view: View, one: Outline) -> None:
    st.caption(text(CHECKS[one.name].doc))
    table = audit_tables.members(view, one)
    picked = parts.grid(
        table, column_config=COLUMNS, hide_index=True, height=420 if len(table) > 11 else "content", key=f"audit_rows_{one.name}",
        on_select="rerun", selection_mode="single-row", placeholder="—",
    ).selection.rows  # fmt: skip
    if picked and (node := one.members[picked[0]].subject):
        open_page("indicator", node=node, period=view.period)


def screen(view: View, checks: Sequence[Check]) -> None:
    """The questions of the screen; a row opens what it names: the cell's way down, the unit, or the indicator."""
    st.caption("以下只是提问：数据出现了少见的形态，请找到原始记录核实。多半有正当的原因，不能据此作结论。")
    asked = audit_tables.questions(view, checks)
    if asked.empty:
        st.info("没有要核实的。")
    else:
        once = asked.drop(columns=["node", "code"]).assign(**{c: said_once(asked[c]) for c in ("发现", "请核实")})
        rows = parts.grid(
            once, column_config=COLUMNS | _ASKED, hide_index=True, key="audit_questions", placeholder="—",
            height=420 if len(asked) > 11 else "content", on_select="rerun", selection_mode="single-row",
        ).selection.rows  # fmt: skip
        unit, node = asked[["code", "node"]].iloc[rows[0]] if rows else ("", "")
        if unit in view.units.index and node:
            parts.open_trace(view, unit, node)
        elif unit in view.units.index:
            parts.open_unit(view, unit)
        elif node:
            open_page("indicator", node=node, period=view.period)
    screened = outline(c for c in checks if c.group == "pattern")
    method_parts.lines((f"{o.label}　{o.title}", o.finding, PATTERNS[o.name].doc, o.shown, o.limit) for o in screened)


def downloads(view: View, csv: Callable[[], bytes], xlsx: Callable[[], bytes], word: Callable[[], bytes]) -> None:
    """The audit as Word, CSV and XLSX."""
    name = f"{'演示数据 ' if view.demo else ''}体检 {view.period} 第{view.release}号发布"
    row = st.container(horizontal=True)
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    file = f"{exports.named(name)}.docx"
    row.download_button("下载 Word", exports.recorded(word, file), file, mime, key=f"{name}.docx", on_click="ignore")
    parts.downloads(name, csv, xlsx, row)
