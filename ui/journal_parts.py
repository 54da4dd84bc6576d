"""Pieces of the page 日志: the state of the chain, the filters, one page of rows, one row in full."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from ui import address, journal, parts
from ui.wording import text

_ROW = "journal row"
_MEANING = (
    "每一行都带着前一行的哈希。改动或删去任何一行，从那一行起就对不上。整本重写的，只有记在库外的末尾哈希能发现："
    "请把它抄在别处，以后用它核对。"
)


def chain(path: Path) -> None:
    """Whether the chain is whole, and its end, with what it is good for."""
    found = journal.verdict(path)
    state, why = st.columns([2.4, 1], vertical_alignment="center")
    with state:
        parts.heading(f"{found.rows} 行", f"链在这里断开：{found.fault}" if found.fault else "✔ 链完好：各行哈希首尾相接，没有断开")
    with why.popover(f"末尾哈希 {found.head[:12]}", icon=":material/link:", width="stretch"):
        st.caption(_MEANING)
        st.code(found.head, language=None, wrap_lines=True)
        st.code(f"python manage.py check --head {found.head[:12]}", language="shell", wrap_lines=True)
    if found.fault:
        st.error("日志与写入时不一致。请停止写入，保留现在的库文件，并与最近的备份核对（manage.py check）。", icon=":material/link_off:")
    for remark in found.remarks[:3]:
        st.caption(text(remark, 300))


def filters(path: Path) -> journal.Asked:
    """The filters, all of them in the address."""
    people, verbs = journal.offered(path)
    columns = st.columns([1, 1.2, 0.8, 0.8, 1.2])
    by = address.multi("谁", people, "by", where=columns[0], label_visibility="collapsed", placeholder="所有人")
    done = address.multi("做了什么", list(verbs), "verb", verbs, columns[1], label_visibility="collapsed", placeholder="所有操作")
    since, until = _day("从哪天", "since", columns[2]), _day("到哪天", "until", columns[3])
    return journal.Asked(tuple(by), tuple(done), since, until, _typed("内容含有", "text", columns[4]))


def _typed(label: str, key: str, where) -> str:
    """A text that is typed, kept in the address."""
    said = address.given([key])
    if said is not None:
        st.session_state[key] = next(iter(said[key]), "")
    typed = where.text_input(label, key=key, label_visibility="collapsed", placeholder=label, persist_state="session", max_chars=100).strip()
    address.put({key: [typed] if typed else []})
    return typed


def _day(label: str, key: str, where) -> str:
    """A day as it is written in the journal; one that is none is said and left out."""
    typed = _typed(f"{label}，如 {date.today().isoformat()}", key, where)
    try:
        return date.fromisoformat(typed).isoformat() if typed else ""
    except ValueError:
        st.warning(f"{label}“{text(typed, 40)}”不是日期，没有用它筛选；请写成 {date.today().isoformat()}。")
        return ""


def listing(path: Path, asked: journal.Asked) -> None:
    """One page of the rows, and the row that is picked in full."""
    number = journal.length(path, asked)
    if not number:
        st.info("没有符合筛选的记录。请放宽人员、操作、日期或文字。")
        return
    pages = [str(n) for n in range(1, -(-number // journal.PAGE) + 1)]
    titles = {n: f"第 {n} 页，共 {len(pages)} 页 {number} 行" for n in pages}
    page = address.select("页", pages, "p", "1", titles, label_visibility="collapsed") if len(pages) > 1 else "1"
    table = journal.rows(path, asked, int(page))
    shown, words = journal.sheet(table), st.column_config.TextColumn
    shown["哈希"] = shown["哈希"].str[:12]
    config = {
        "行": st.column_config.NumberColumn(width=60), "时间": words(width=160), "谁": words(width=110), "做了什么": words(width=110),
        "内容": words(width=560), "哈希": words(width=110),
    }  # fmt: skip
    picked = parts.picked(shown, "journal", most=15, column_config=config)
    if picked is not None:
        _one(table.loc[picked])


def _one(row: pd.Series) -> None:
    parts.heading(f"第 {row['id']} 行", f"{row['what']}，{row['by']}，{row['at'][:19].replace('T', ' ')}")
    st.code(row["detail"], language="json", wrap_lines=True)
    st.caption(f"哈希 {row['hash']}")
