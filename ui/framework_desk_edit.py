"""The page of framework versions: a new one in the making, what is wrong with it, what it would do, and the button that adopts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
import tomlkit

from scoring.framework_table import REQUIRED
from scoring.policy import MISSING_RULES, Policy
from store.errors import ImportRefused
from store.importing.framework_versions import Effect
from store.readers.headers import METHOD_NAMES
from ui import address, desk, framework_desk, framework_desk_parts, open_cell, parts, viewer
from ui.framework_desk import Draft, Judged
from ui.places import open_page
from ui.user import current_user
from ui.wording import clean, from_to, period_title, signed, tenth, text

Bytes = Callable[..., bytes]
_USUAL = ("low", "high", "normalisation", "source")  # columns that are shown though nothing may stand in them
_METHODS = ("normalisation", "imputation", "treatment", "transform", "direction")  # columns of which one of some words is chosen
_REFUSED = "framework_refused"
_MOST = 300  # units on the screen
_WIDTHS = {"code": 76, "parent": 70, "name": 190, "unit": 96, "direction": 84, "weight": 68, "low": 68, "high": 68, "normalisation": 100}
# number fields: section, key, title, least, most, step; as they stand in the policy under these names
_FIELDS = (
    ("missing", "coverage", "coverage", "覆盖率下限", 0.0, 1.0, 0.01), ("adjustments", "bonus_cap", "bonus_cap", "加分上限", 0.0, 100.0, 0.5),
    ("adjustments", "penalty_cap", "penalty_cap", "减分上限", 0.0, 100.0, 0.5), ("balance", "gap", "balance_gap", "短板差距", 0.0, 100.0, 0.5),
)  # fmt: skip

# Streamlit's words for the box cannot be set: they are covered by ours.
STYLE = """<style>
.st-key-framework_box [data-testid=stFileUploaderDropzoneInstructions] span { font-size: 0; }
.st-key-framework_box [data-testid=stFileUploaderDropzoneInstructions] span:first-of-type::after {
  content: "把文件拖到这里：.xlsx、.csv 或 .toml"; font-size: 0.9rem;
}
.st-key-framework_box [data-testid=stFileUploaderDropzone] button p { font-size: 0; }
.st-key-framework_box [data-testid=stFileUploaderDropzone] button p::after { content: "选择文件"; font-size: 0.9rem; }
</style>"""


def bar(path: Path, table: pd.DataFrame) -> Draft:
    """What is being changed, the ways to bring a file and to begin again; the draft."""
    newest = int(table.index[0])
    found = framework_desk.draft(path, newest)
    left, middle, right = st.columns([2, 1.2, 0.7], vertical_alignment="center")
    left.markdown(f"正在改**第 {found.base} 版**的副本。换页不丢；存为新的一版之前，什么也不改变。")
    with middle.popover("用文件替换", icon=":material/upload_file:"), st.container(key="framework_box"):
        st.html(STYLE)
        file = st.file_uploader("指标体系的工作簿或 CSV，或规则 .toml", ["xlsx", "csv", "toml"], key=f"framework_file {found.base}")
        st.button("放进表格", key="framework_bring", disabled=file is None, on_click=_bring, args=(path, file))
    with right.popover("从头再改", icon=":material/restart_alt:"):
        st.button("放弃改动，回到原样", key="framework_again", on_click=framework_desk.begin, args=(path, found.base, newest))
    if refused := st.session_state.pop(_REFUSED, ""):
        st.error(text(refused, 600))
    if found.last != newest:
        st.warning(f"您修改期间，有人存了第 {newest} 版。先在“比较两版”里看过，再决定。", icon=":material/group:")
        st.button(f"看过了，我的要替代第 {newest} 版", key="framework_rebase", on_click=framework_desk.rebase, args=(newest,))
    return found


def _bring(path: Path, file: Any) -> None:
    try:
        framework_desk.brought(path, file.name, file.getvalue())
    except ImportRefused as refused:
        st.session_state[_REFUSED] = str(refused)


def grid(found: Draft, policy: Policy) -> None:
    """The rows, every cell of which can be typed in; rows can be added and deleted."""
    key, rows = framework_desk.mounted(found)
    titles = framework_desk_parts.titles(policy)
    hidden = [c for c in rows if c not in (*REQUIRED, *_USUAL) and not (rows[c] != "").any()]
    more = st.multiselect("更多列", hidden, format_func=lambda c: titles.get(c, c), key="framework_more", placeholder="更多列：目标值、分档、插补……",
                          label_visibility="collapsed", select_all=False)  # fmt: skip
    order = [c for c in rows if c not in hidden or c in more]
    config = {c: _column(c, titles.get(c, c), rows[c]) for c in order}
    st.data_editor(rows, key=key, num_rows="dynamic", hide_index=True, height=min(35 * (len(rows) + 2) + 3, 480), column_config=config,
                   column_order=order, on_change=framework_desk.take, placeholder="")  # fmt: skip
    open_cell.watch()


def _column(name: str, title: str, cells: pd.Series) -> Any:
    if name not in _METHODS:
        return st.column_config.TextColumn(title, width=_WIDTHS.get(name, 110), pinned=name == "code" or None, max_chars=300)
    words: dict[str, str] = {}
    for said, code in METHOD_NAMES[name].items():
        words.setdefault(code, said)
    options = list(dict.fromkeys(["", *words, *cells]))
    return st.column_config.SelectboxColumn(title, width=_WIDTHS.get(name, 110), options=options, format_func=lambda c: words.get(c, c))


def rules(found: Draft, policy: Policy | None) -> None:
    """The rules: the few that are changed most as fields, all of them as text."""
    if policy is None:
        st.caption("规则的文字读不通时，不能用格子改；请先把文字改好。")
    else:
        _fields(policy)
    st.session_state["framework_toml"] = found.toml
    st.text_area("规则全文（TOML）", key="framework_toml", height=430, on_change=lambda: framework_desk.set_rules(st.session_state["framework_toml"]))


def _fields(policy: Policy) -> None:
    with st.grid(4, min_column_width=130, gap="small"):
        for section, key, name, title, least, most, step in _FIELDS:
            _field(st.number_input, f"{section}.{key}", value := float(getattr(policy, name)), title, min_value=least,
                   max_value=max(most, value), step=step, format="%.4g")  # fmt: skip
        _field(st.selectbox, "missing.rule", policy.missing_rule, "缺报", options=list(MISSING_RULES), format_func=MISSING_RULES.get)
        _field(st.selectbox, "veto.ceiling", policy.veto_ceiling, "一票否决后最高", options=list(policy.tier_labels))
        for place, cut in enumerate(policy.tier_cuts if policy.tier_rule != "natural_breaks" else ()):
            share = policy.tier_rule == "share"
            how = {"min_value": 0.0, "max_value": 1.0, "step": 0.05} if share else {"step": 1.0}
            how["format"] = "%.4g"
            title = f"{policy.tier_labels[place]}{'累计占比' if share else '最低分'}"
            _field(st.number_input, f"tiers.cuts.{place}", float(cut), title, **how)


def _field(widget: Callable, rule: str, value: object, title: str, **how: Any) -> None:
    key = f"framework rule {rule}"
    st.session_state[key] = value
    widget(text(title), key=key, on_change=_set, args=(rule,), **how)


def _set(rule: str) -> None:
    """One field into the text. A cut is one of a list."""
    section, key, *place = rule.split(".")
    value = st.session_state[f"framework rule {rule}"]
    if place:
        cuts = list(tomlkit.parse(st.session_state["framework_toml"]).get(section, {}).get(key, Policy().tier_cuts))
        cuts[int(place[0])] = value
        value = [float(c) for c in cuts]
    framework_desk.set_rule(section, key, value)


def verdict(path: Path, found: Draft, said: Judged) -> int:
    """Whether the draft can be used, with what is wrong by row and column; how many things it says otherwise."""
    for problem in said.problems:
        st.error(text(problem, 500), icon=":material/error:")
    if said.problems:
        return 0
    many = sum(len(c.table) - c.count("unchanged") for c in framework_desk.differences(path, found, said))
    st.success(f"可以用：{len(said.framework.indicators)} 项指标。" + (f"与第 {found.base} 版有 {many} 处不同。" if many else "还没有改动。"))
    return many


def adopting(path: Path, found: Draft, said: Judged, many: int, newest: int) -> Effect | str | None:
    """From which period on, the button that says what it would do, and the one that adopts it; what it would do."""
    periods, words = framework_desk.sinces(path), viewer.words()
    since = st.selectbox(f"从哪个{text(words['period'])}起用", periods, format_func=lambda p: period_title(p) if p else f"全部{words['period']}",
                         key="framework_since")  # fmt: skip
    with st.container(horizontal=True, key="framework_act"):
        ask = st.button("先看名次和梯队会怎样", icon=":material/difference:", key="framework_effect_ask", disabled=bool(said.problems) or not many)
        made = framework_desk.effect(path, found, said, ask)
        ready = isinstance(made, Effect | framework_desk.Untried) and many and found.last == newest and current_user().may(framework_desk.RIGHT)
        st.button("存为新的一版", type="primary", icon=":material/save:", key="framework_adopt", disabled=not ready,
                  on_click=framework_desk.adopt, args=(path, since), help="看过影响之后才能存；写成一个批次，可以撤销")  # fmt: skip
    if isinstance(made, Effect):
        figures(made)
    elif isinstance(made, framework_desk.Untried):
        st.info(text(made, 500), icon=":material/memory:")
    elif made:
        st.error(text(made, 500))
    return made


def figures(made: Effect) -> None:
    """How many units would stand otherwise in the period that was tried."""
    units = made.units
    tiers = int((units["tier_before"] != units["tier_after"]).sum())
    ranks, moved = units["rank_before"] - units["rank_after"], units["index_after"] - units["index_before"]
    st.caption(f"按{period_title(made.period)}的数据，现行与新版相比：")
    with st.grid(2, min_column_width=110, gap="small"):
        parts.metric("梯队有变", f"{tiers} / {len(units)}", judged=False)
        parts.metric("名次有变", f"{int((ranks.fillna(0) != 0).sum())}", judged=False)
        parts.metric("名次最大变动", f"{ranks.abs().max():.0f}" if ranks.notna().any() else "—", judged=False)
        parts.metric("指数平均变动", signed(moved.mean()), judged=False)
    if made.empty:
        st.warning(f"{len(made.empty)} 项指标在这一期没有任何数据（{text('、'.join(made.empty[:8]))}），按缺报的规则计。", icon=":material/warning:")


def consequences(made: Effect, csv: Bytes, xlsx: Bytes) -> None:
    """Every unit before and after, with downloads."""
    table, name = effect_sheet(made, dict(viewer.words())), f"新版影响 {made.period}"
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        parts.heading("名次和梯队会怎样", f"{period_title(made.period)}，还没有写入")
    parts.downloads(name, lambda: csv(table), lambda: xlsx({"影响": table}), right)
    seen, index = table.head(_MOST).drop(columns=viewer.words()["sector"]), viewer.words()["index"]
    widths = {viewer.words()["unit"]: 172, "梯队": 108, "现名次": 56, "新名次": 56, "变化": 56}
    config = {c: st.column_config.Column(width=w) for c, w in widths.items()}
    config |= {f"{when}{index}": st.column_config.Column(f"{when}指数", width=60) for when in "现新"}  # the full name is cut
    parts.grid(seen, hide_index=True, height=425 if len(table) > 11 else "content", key="framework_effect_table", placeholder="—",
                 column_config=config)  # fmt: skip


def effect_sheet(made: Effect, words: dict[str, str]) -> pd.DataFrame:
    """Every unit before and after: those that change tier first, then by how far they move."""
    units = made.units
    changed, far = units["tier_before"] != units["tier_after"], (units["rank_before"] - units["rank_after"]).abs().fillna(np.inf)
    units = units.assign(changed=~changed, far=-far).sort_values(["changed", "far"], kind="stable")
    change = units["index_after"] - units["index_before"]
    return pd.DataFrame(
        {
            words["unit"]: units["name"].map(clean), words["sector"]: units["sector"].map(clean),
            "梯队": [from_to(a, b) for a, b in zip(units["tier_before"], units["tier_after"], strict=True)],
            "现名次": units["rank_before"], "新名次": units["rank_after"],
            f"现{words['index']}": units["index_before"].map(tenth), f"新{words['index']}": units["index_after"].map(tenth),
            "变化": change.map(signed),
        }
    )  # fmt: skip


def done(path: Path) -> None:
    """What this visit adopted last, with the ways on."""
    if made := st.session_state.get(framework_desk.DONE):
        with st.container(horizontal=True, vertical_alignment="center", key="framework_done_row"):
            if st.button(f"看第 {made[0]} 版", key="framework_see", icon=":material/schema:"):
                address.turn(tab="versions", version=str(made[0]))
            if st.button(f"看批次 {made[1]}", key="framework_see_batch", icon=":material/inventory_2:"):
                open_page("batches", batch=str(made[1]))
            desk.publish_again(path)
