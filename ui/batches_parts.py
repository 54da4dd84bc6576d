"""The page of batches, piece by piece: the list with its filters, one batch in full, and its revocation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from scoring.errors import ScoringError
from store.errors import StoreError, TooManyUnits
from ui import address, batches, desk, desk_reads, exports, intake_tables, parts, reads, viewer
from ui.places import open_page
from ui.user import current_user
from ui.wording import clean, period_title, signed, text

KEY = "batch"
MOST = 500  # rows of the table of what would change
_ASKED, _CLICKED = "batches_asked", "batches_clicked"
STYLE = """<style>
@media (max-width: 640px) { [data-testid=stColumn]:has(.st-key-batch_asked) { order: -1; } }
</style>"""
Bytes = Callable[..., bytes]


def listing(table: pd.DataFrame) -> pd.DataFrame:
    """The list with its filters, which are in the address; the batches that pass. A click opens one."""
    left, *middle, right = st.columns([1.6, 1, 1, 1], vertical_alignment="bottom")
    quiet = dict(label_visibility="collapsed")
    words = left.text_input("查找", key="batches_words", placeholder="文件名、批次号、摘要或理由", **quiet)
    kinds = address.multi("内容", sorted({k for mine in table["kinds"] for k in mine}), "kind", where=middle[0], placeholder="全部内容", **quiet)
    people = address.multi("谁", sorted(table["by"].unique()), "by", clean, middle[1], placeholder="全部人", **quiet)
    states = address.multi("状态", list(batches.STATES), "state", batches.STATES, right, placeholder="全部状态", **quiet)
    shown = batches.filtered(table, kinds, people, states, words)
    parts.heading("批次", f"{len(shown):,} 个；点一行打开")
    if shown.empty:
        st.info("没有符合条件的批次。")
        return shown
    number, words = st.column_config.NumberColumn, st.column_config.TextColumn
    config = {"批次": number(width=48, pinned=True), "状态": words(width=62), "文件": words(width=150), "内容": words(width=84),
              "行数": number(format="localized", width=74), "谁": words(width=56), "何时": words(width=126)}  # fmt: skip
    clicked = parts.picked(batches.sheet(shown).drop(columns=["摘要", "撤销"]), "batches", most=16, column_config=config)
    if clicked and clicked != st.session_state.get(_CLICKED):
        st.session_state[_CLICKED] = clicked
        address.turn(batch=str(clicked))
    return shown


def detail() -> Any:
    """Where one batch stands: beside the list; on a phone above it, once a batch was asked for."""
    st.html(STYLE)
    asked = KEY in st.query_params or st.session_state.get(_CLICKED)
    return st.container(key="batch_asked" if asked else "batch_newest")


def opened(table: pd.DataFrame, shown: pd.DataFrame) -> pd.Series:
    """The batch that the address names, else the newest that is listed."""
    said = address.given((KEY,))
    number = next(iter(said[KEY]), "") if said else str(st.session_state.get("batches_open", ""))
    codes = table.index.astype(str)
    if said and number not in codes:
        st.warning(f"没有批次 {text(number, 20)}，现显示最近的一个。")
    found = int(number) if number in codes else int((table if shown.empty else shown).index[0])
    st.session_state["batches_open"] = found
    address.put({KEY: [str(found)]})
    return table.loc[found]


def one(path: Path, row: pd.Series, csv: Bytes, xlsx: Bytes) -> None:
    """One batch in full: what it brought, its file, who rests on it."""
    number, overview = int(row["batch"]), batches.brought(path, int(row["batch"]))
    parts.heading(f"批次 {number}　{clean(row['file'], 80)}", batches.STATES[row["state"]])
    about = [f"{clean(row['by'], 40)}，{batches.when(row['at'])}", f"SHA-256 {row['sha256'][:16]}…"] + (["演示数据"] if row["demo"] else [])
    if row["state"] == batches.REVOKED:
        why = clean(row["revoke_reason"], 200) or "没有写理由"
        about.append(f"由 {clean(row['revoked_by'], 40)} 于 {batches.when(row['revoked_at'])} 撤销：{why}")
    st.caption(text("；".join(about), 500))
    with st.container(horizontal=True, vertical_alignment="center", key="batch_file"):
        _file(path, row)
        _resting(path, number)
    if overview.empty:
        st.caption("这个批次没有带来数据行。")
        return
    titles = {kind: f"{intake_tables.KINDS[kind]} {int(n):,}" for kind, n in overview["rows"].items()}
    kind = st.segmented_control("内容", list(titles), default=next(iter(titles)), required=True, format_func=titles.get, key=f"batch kind {number}",
                                label_visibility="collapsed")  # fmt: skip
    words = viewer.words()
    units, periods = int(overview.at[kind, "units"]), [period_title(p) for p in overview.at[kind, "periods"]]
    facts = ([f"{units:,} 个{words['unit']}"] if units else []) + ([_span(periods)] if periods else [])
    rows = batches.rows(path, number, kind, words)
    more = f"前 {batches.FIRST} 行" if overview.at[kind, "rows"] > batches.FIRST else ""
    left, right = st.columns([2, 1.3], vertical_alignment="center")
    left.caption(text("，".join([*facts, more] if more else facts), 200))
    title, demo = intake_tables.KINDS[kind], bool(row["demo"])

    def out() -> pd.DataFrame:
        return batches.rows(path, number, kind, words, batches.FULL)

    parts.downloads(f"批次 {number} {title}", lambda: csv(out(), demo), lambda: xlsx({title: out()}, demo=demo), right)
    idle = [c for c in rows if (c == words["period"] and len(periods) == 1) or (c == "工作表" and (rows[c] == "").all())]  # one period is named above
    seen = rows.drop(columns=idle)
    widths = {words["unit"]: 190, "指标": 196, intake_tables.title(kind, "value"): 60}
    parts.grid(seen, hide_index=True, height=min(35 * (len(rows) + 1) + 3, 250), key=f"batch rows {number} {kind}", placeholder="",
                 column_config={c: st.column_config.Column(width=w) for c, w in widths.items() if kind == "values"})  # fmt: skip


def revoking(path: Path, row: pd.Series, csv: Bytes, xlsx: Bytes) -> None:
    """Undo it: a reason, what would change, and only then the button."""
    number = int(row["batch"])
    if row["state"] == batches.REVOKED or not current_user().may(desk.RIGHT):
        return
    parts.heading("撤销", "行留在案，不再计入；已发布的不变，直到重新发布")
    with st.container(horizontal=True, vertical_alignment="bottom", key="batch_revoke"):
        reason = st.text_input("理由", key=f"revoke reason {number}", max_chars=200, placeholder="为什么撤销（写进日志，长期保留）",
                               label_visibility="collapsed")  # fmt: skip
        asked = st.session_state.get(_ASKED) == number
        if st.button("先看会改变什么", icon=":material/difference:", key=f"revoke look {number}"):
            st.session_state[_ASKED], asked = number, True
        if st.button(f"撤销批次 {number}", type="primary", icon=":material/undo:", key=f"revoke {number}", disabled=not (asked and reason.strip()),
                     help="写好理由并看过影响之后才能撤销") and reason.strip():  # fmt: skip
            st.session_state.pop(_ASKED, None)
            desk.undo(path, number, reason)
            st.rerun()
    if asked:
        _effect(path, number, csv, xlsx)


def after(path: Path, row: pd.Series) -> None:
    """Of a batch that is revoked: what should be published again."""
    if row["state"] == batches.REVOKED:
        desk.publish_again(path)


def _file(path: Path, row: pd.Series) -> None:
    """The file as it came, for one who may take things out."""
    number, name = int(row["batch"]), clean(row["file"], 120)
    long = batches.is_long(path, number)
    found = b"" if long else batches.kept(path, number)
    if not isinstance(found, bytes):
        st.caption(text(found or "没有留存原文件（旧版本导入的、由别的库汇总来的批次不留）。", 300), width="content")
    elif current_user().may("export"):
        make = exports.recorded(partial(batches.taken_out, path, number) if long else lambda: found, f"批次 {number} 原文件 {name}")
        st.download_button("下载原文件", make, name, key=f"kept {number}", icon=":material/draft:", on_click="ignore",
                           help="导入时的原字节" + ("" if long else f"，{len(found):,} 字节"))  # fmt: skip


def _resting(path: Path, number: int) -> None:
    table = desk_reads.resting(str(path), reads.stamp(path), number)
    served = table[table["served"]]
    if table.empty:
        st.caption("还没有发布依据它。", width="content")
        return
    named = (served if len(served) else table).head(4)
    names = "、".join(f"第 {r.release} 号（{period_title(r.period)}）" for r in named.itertuples())
    said = f"{len(table)} 号发布依据它{f'，在用 {len(served)} 号' if len(served) else ''}：{names}{'……' if len(served) > len(named) else ''}"
    st.caption(text(said, 300), width="content")
    if len(served) and st.button("看这一期", key=f"batch period {number}", type="tertiary", icon=":material/open_in_new:"):
        open_page("overview", period=served["period"].iloc[0])


def _effect(path: Path, number: int, csv: Bytes, xlsx: Bytes) -> None:
    try:
        effect = desk_reads.undoing(str(path), reads.stamp(path), number)
    except TooManyUnits as error:
        st.info(text(error, 500), icon=":material/memory:")
        return
    except (StoreError, ScoringError) as error:
        st.error(text(f"算不出撤销后的得分：{error}", 500))
        return
    for period, why in effect.lost.items():
        st.warning(text(f"{period_title(period)}：撤销后{why}，不能再发布。", 200))
    table, words = batches.effect_sheet(effect, viewer.words()), viewer.words()
    if table.empty:
        st.success("没有单位的得分、名次或梯队会改变。")
        return
    moved, tiers = effect.units["index_after"] - effect.units["index_before"], (effect.units["tier_before"] != effect.units["tier_after"]).sum()
    with st.grid(4, min_column_width=110, gap="small"):
        parts.metric(f"涉及{words['period']}", str(len(effect.periods)), judged=False)
        parts.metric(f"变动的{words['unit']}", f"{effect.units['unit'].nunique():,}", judged=False)
        parts.metric("最大变化", signed(moved.loc[moved.abs().idxmax()]) if moved.notna().any() else "—", judged=False)
        parts.metric("梯队变动", f"{tiers:,}", judged=False)
    name = f"撤销批次 {number} 的影响"
    parts.downloads(name, lambda: csv(table), lambda: xlsx({"影响": table}))
    parts.grid(table.head(MOST), hide_index=True, height=390 if len(table) > 10 else "content", key=f"effect {number}", placeholder="")


def _span(periods: list[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} 至 {periods[-1]}（{len(periods)} 期）"
