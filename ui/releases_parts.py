"""Pieces of the page 发布: how the periods stand, and the way of one period from its data to what is served."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from scoring.errors import ScoringError
from scoring.publishing import Finding
from store.errors import StoreError
from store.people.roles import Person
from store.releasing import drafts, robustness
from store.releasing import releases as store_releases
from ui import acts, address, desk_reads, parts, preview, reads, releases, unit_search, viewer
from ui.places import open_page
from ui.user import current_user
from ui.wording import clean, period_title, text

TABS = {"now": "各期与发布", "all": "全部发布", "side": "并排对照"}
WHICH, CHECK, _REASON = "which", "check", "publish reason"


def tab() -> str:
    """The chosen tab."""
    return address.segments("看", list(TABS), "tab", "now", TABS, label_visibility="collapsed")


def chosen(table: pd.DataFrame) -> str:
    """The table of periods, of which one can be picked; the period that is worked on."""
    words, default = viewer.words(), releases.pressing(table)
    titles = {p: period_title(p) for p in table.index}
    period = address.select(words["period"], list(titles), WHICH, default, titles, label_visibility="collapsed")
    width = st.column_config.TextColumn(width=96)
    picked = parts.picked(releases.standing_sheet(table, words), "periods", most=14, column_config={"在用": width, "草稿": width})
    if picked and picked != st.session_state.get("_period_followed"):
        st.session_state["_period_followed"] = picked
        if picked != period:
            address.turn(**{WHICH: picked})
    return period


def lacking() -> None:
    """Says that there is nothing that could be published, and the remedy."""
    st.info("库里还没有数据，也没有发布。请先在 数据管理 › 导入 里导入数据，或运行 python manage.py import 文件。", icon=":material/inbox:")


def work(path: Path, period: str, standing: pd.DataFrame) -> None:
    """What is served, what has changed since, and the next step: draft, checks, publish. standing: of all periods."""
    row = standing.loc[period]
    served, draft = (None if pd.isna(row[c]) else int(row[c]) for c in ("served", "draft"))
    parts.heading(period_title(period), _stands(row, served))
    if served and row["changed"]:
        _changes(path, served)
    waiting = draft is not None and draft == row["current"] if not pd.isna(row["current"]) else False
    if draft is not None and not waiting:
        st.warning(f"第 {draft} 号草稿已经过时：生成之后数据或指标体系有变动。请重新生成，再发布。", icon=":material/history:")
    if waiting:
        _publishing(path, period, draft)
    else:
        _drafting(path, period, standing, served)
    if served and current_user().may("publish") and st.button("撤回或改用旧发布", icon=":material/history:", type="tertiary", key="other release"):
        address.turn(tab="all", n=str(served))


def _stands(row: pd.Series, served: int | None) -> str:
    if served is None:
        return "尚未发布" if pd.isna(row["draft"]) else "尚未发布，有草稿"
    return f"在用第 {served} 号，" + ("此后数据有变动" if row["changed"] else "数据没有变动")


def _changes(path: Path, served: int) -> None:
    """The batches that have come or gone since what is served was made."""
    table = desk_reads.changes_since(str(path), reads.stamp(path), served)
    if table.empty:
        st.caption("变动来自其他考核期的数据或程序的新版本，没有新的批次。")
        return
    shown = pd.DataFrame(
        {
            "批次": table["batch"], "": table["what"], "文件": [clean(f, 60) for f in table["file"]], "行数": table["rows"],
            "由": table["by"], "时间": table["at"].str[:16].str.replace("T", " "),
        }
    )  # fmt: skip
    parts.grid(shown, hide_index=True, height="content" if len(shown) <= 4 else 180, placeholder="—")


def _drafting(path: Path, period: str, standing: pd.DataFrame, served: int | None) -> None:
    """The button that makes a draft; where the data are those of a published release, says so instead."""
    row, person = standing.loc[period], current_user()
    if served is not None and not row["changed"]:
        st.success(f"在用的第 {served} 号就是按现有数据计算的，不必重新发布。", icon=":material/check:")
        return
    same = None if pd.isna(row["current"]) else int(row["current"])
    if same is not None and releases.all_releases(path).at[same, "state"] == "published":
        st.info(f"现有数据与已发布的第 {same} 号完全相同；要用它，请在“全部发布”里改用。", icon=":material/info:")
        return
    if not person.may("publish") and not person.may("bring"):
        st.caption("生成草稿要有发布或导入的权限。")
        return
    if unit_search.large(path):
        elsewhere(f"python manage.py draft --period {period}", f"python manage.py publish --period {period}")
        return
    asked, lacking = [], releases.undrafted(standing)
    with st.container(horizontal=True, key="draft_buttons"):
        if st.button("生成草稿", type="primary", icon=":material/edit_document:", key="make draft"):
            asked = [period]
        if len(lacking) > 1 and st.button(f"全部 {len(lacking)} 期都生成草稿", key="make drafts"):
            asked = lacking
    st.caption("按现有数据计分并冻结，编号存档；不对外使用。")
    if asked:
        acts.act("publish" if person.may("publish") else "bring", partial(_draft, path, asked), "正在计分并冻结草稿")
        st.rerun()


def elsewhere(*commands: str) -> None:
    """Where all units of a large store would be scored: what to run, which tells how far it is."""
    word = text(viewer.words()["unit"])
    st.info(f"{word}超过 {viewer.LARGE:,} 个，计分、检查和发布要几分钟，在安装目录里运行，边做边报进度：", icon=":material/memory:")
    st.code("\n".join(commands), language="shell")


def _draft(path: Path, periods: list[str], person: Person) -> str:
    made = store_releases.draft(periods, person.name, path)
    new = [p for p in made if p.new]
    if len(made) > 1:
        return f"已生成 {len(new)} 号草稿：{'、'.join(f'{p.period} 第 {p.release} 号' for p in new)}。请逐期看检查，再发布。"
    (one,) = made
    if new:
        return f"已生成第 {one.release} 号草稿：{one.units} 个单位，{one.scored} 个有得分。请看检查，再发布。"
    return f"现有数据与第 {one.release} 号完全相同，没有另存。"


def _publishing(path: Path, period: str, draft: int) -> None:
    """The checks of a draft, the list behind one of them, and the button that publishes it."""
    if unit_search.large(path):
        elsewhere(f"python manage.py publish --draft {draft}")
        if st.button("看草稿", icon=":material/visibility:", key="see draft", help="各页按这一号草稿显示，只有你看得到"):
            preview.look(draft)
            open_page("overview", period=period)
        return
    found = desk_reads.findings(str(path), reads.stamp(path), draft)
    failed = [f.title for f in found if f.status == "fail"]
    raised = sum(f.status == "warn" for f in found)
    parts.heading(f"第 {draft} 号草稿的检查", f"{len(failed)} 项不通过，{raised} 项提醒；点一项看清单")
    table = releases.findings_sheet(found)
    config = {"结果": st.column_config.TextColumn(width=84), "检查": st.column_config.TextColumn(width=170)}
    picked = parts.picked(table, f"checks {draft}", most=11, column_config=config)
    st.session_state[CHECK] = picked or (table.index[0] if found[0].status != "ok" else None)
    if desk_reads.setting_now(str(path), reads.stamp(path), "two_people"):
        st.caption("两人规则已启用：导入这一期数据的人不能发布这一期。")
    reason = ""
    if failed and current_user().may("publish"):
        label = f"{'、'.join(failed)} 不通过，仍要发布的理由"
        reason = st.text_input(label, key=f"{_REASON} {draft}", max_chars=200, placeholder="写进日志，长期保留")
    with st.container(horizontal=True, key="release_buttons"):
        if current_user().may("publish") and st.button(f"发布第 {draft} 号", type="primary", icon=":material/publish:", key="publish draft"):
            acts.act("publish", partial(_publish, path, draft, reason), "正在发布并测算稳健性")
            st.rerun()
        if st.button("看草稿", icon=":material/visibility:", key="see draft", help="各页按这一号草稿显示，只有你看得到"):
            preview.look(draft)
            open_page("overview", period=period)
        if _comparable(path, period, draft) and st.button("与在用的并排", icon=":material/compare_arrows:", key="beside"):
            address.turn(tab="side")


def _comparable(path: Path, period: str, draft: int) -> bool:
    table = releases.all_releases(path)
    return bool((table["served"] & (table["period"] == period) & (table["release"] != draft)).any())


def _publish(path: Path, draft: int, reason: str, person: Person) -> str:
    period = drafts.publish_draft(draft, person.name, reason, path)
    if st.session_state.get(preview.KEY) == draft:
        preview.look(None)
    try:
        robustness.measure_published([period], person.name, path)
    except (ScoringError, StoreError) as error:
        return f"{period_title(period)}现在使用第 {draft} 号发布。没有测算稳健性：{error}"
    return f"{period_title(period)}现在使用第 {draft} 号发布，并已测算稳健性。"


def behind(path: Path, row: pd.Series) -> None:
    """The list behind the check that is picked, and the page that shows it; nothing where no draft is open."""
    if pd.isna(row["draft"]) or pd.isna(row["current"]) or row["draft"] != row["current"] or not st.session_state.get(CHECK):
        return
    if unit_search.large(path):
        return
    draft = int(row["draft"])
    finding = next((f for f in desk_reads.findings(str(path), reads.stamp(path), draft) if f.name == st.session_state[CHECK]), None)
    if finding is None or finding.rows.empty:
        return
    release = releases.all_releases(path).loc[draft]
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.heading(finding.title, f"{finding.said}，共 {len(finding.rows)} 行")
        if st.button("打开相应的页", icon=":material/open_in_new:", key=f"show {finding.name}", type="tertiary"):
            _show(finding, release)
    shown = releases.rows_sheet(finding, releases.units_of(path, release), releases.method_of(path, release)[0], viewer.words())
    parts.grid(shown, hide_index=True, placeholder="—", height="content" if len(shown) <= 8 else 316)


def _show(finding: Finding, release: pd.Series) -> None:
    page, query = releases.PLACES[finding.name]
    preview.look(int(release["release"]))
    open_page(page, **query, period=release["period"])
