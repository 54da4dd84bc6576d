"""The page of imports, piece by piece: the box, the figures, what changes, what is refused, the button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from store.importing import bringing
from store.importing.bringing import Previewed
from store.importing.preview import ADDED, CHANGED, REMOVED, UNCHANGED, Changes
from ui import desk, desk_reads, exports, intake, intake_tables, parts, reads, viewer
from ui.places import open_page
from ui.user import current_user
from ui.wording import clean, text

ENDINGS = ["xlsx", "csv", "tsv", "txt", "toml"]
MOST = 1_000  # rows of a table on the screen; a download has them all
BOOK = 200_000  # rows of a table in a workbook
_SHEETS = 5  # rows of the table of sheets
MOST_FILES = 6  # that have a button of their own
TEMPLATE = "填报模板.xlsx"
OWN = ""  # no mapping: our own template and titles
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Streamlit's words for the box cannot be set: they are covered by ours.
STYLE = """<style>
.st-key-intake_box [data-testid=stFileUploaderDropzoneInstructions] span { font-size: 0; }
.st-key-intake_box [data-testid=stFileUploaderDropzoneInstructions] span:first-of-type::after {
  content: "把文件拖到这里：.xlsx、CSV 或规则文件 .toml，可以几个一起，每个不超过 50 MB"; font-size: 0.9rem;
}
@media (max-width: 640px) {
  .st-key-intake_box [data-testid=stFileUploaderDropzoneInstructions] span:first-of-type::after { content: ".xlsx、CSV、.toml，不超过 50 MB"; }
}
.st-key-intake_box [data-testid=stFileUploaderDropzone] button p { font-size: 0; }
.st-key-intake_box [data-testid=stFileUploaderDropzone] button p::after { content: "选择文件"; font-size: 0.9rem; }
</style>"""


def given() -> tuple[intake.Given, str | None]:
    """The files that are dropped, as name and bytes, and the mapping by which they are to be read."""
    st.html(STYLE)
    titles = {OWN: "本系统的导入模板（自动识别）"} | bringing.mappings()
    with st.container(key="intake_box"):
        left, right = st.columns([2.6, 1], vertical_alignment="top")
        chosen = left.file_uploader("文件", ENDINGS, accept_multiple_files=True, key=intake.files_key(), label_visibility="collapsed")
        mapping = right.selectbox("文件来自", list(titles), format_func=lambda m: clean(titles[m], 60), key="intake_mapping",
                                  help="业务系统的导出按对应文件读成台账；对应文件在 data/mappings，可照样再写")  # fmt: skip
    return [(file.name, file.getvalue()) for file in chosen], mapping or None


def beginning(path: Path) -> None:
    """What to do first, where nothing is dropped yet; the workbook to fill in."""
    parts.heading("还没有文件", "先看到会改变什么，再决定写入")
    st.markdown(
        "- 一次可放几个文件，互相引用的（如新单位和它们的数据）放在一起。\n- 有一格不通过，整批都不写入；可下载标好批注的原表，改好再放进来。\n"
        "- 每个文件写成一个批次，以后可以在“批次”撤销。"
    )
    if current_user().may("export"):
        st.download_button("下载填报模板", exports.recorded(partial(intake.template, path), TEMPLATE), TEMPLATE, _XLSX, icon=":material/download:",
                           key="intake_template", on_click="ignore", help="带着现有单位和现行指标体系，各台账一张表")  # fmt: skip


def done(path: Path) -> None:
    """What the last import of this visit made, and which periods should be published again."""
    numbers = intake.done()
    if not numbers:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="intake_done"):
        for number in numbers[:MOST_FILES]:
            if st.button(f"看批次 {number}", icon=":material/inventory_2:", key=f"see batch {number}"):
                open_page("batches", batch=str(number))
        desk.publish_again(path)


def figures(path: Path, seen: Previewed) -> None:
    """How many things come, change, stay and are refused; which files these are, and the button that writes them."""
    counts = {fate: sum(changes.count(fate) for changes in seen.changes) for fate in intake_tables.CHANGES}
    cards = {"新增": counts[ADDED], "更改": counts[CHANGED], "不变": counts[UNCHANGED]} | ({"去掉": counts[REMOVED]} if counts[REMOVED] else {})
    with st.container(key="intake_figures"), st.grid(len(cards) + 1, min_column_width=120, gap="small"):
        for label, count in cards.items():  # a call of which nothing could be judged has no figures
            parts.metric(label, f"{count:,}" if seen.changes or not seen.refused else "—", judged=False)
        parts.metric("拒绝", f"{len(seen.refused):,}", judged=False)
    about = {i.file: f"{i.brings()}，SHA-256 {i.sha256[:12]}" + _passed(i.skipped) for i in seen.intakes}
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.caption("　".join(f"{text(name, 60)}：{text(about.get(name, f'{len(data):,} 字节'), 200)}" for name, data in seen.files.items()))
    if odd := intake.fractions(path, seen):
        more = f"等 {len(odd)} 格" if len(odd) > 4 else ""
        st.warning(text(f"百分数小于 1，请核对（95% 应填 95 或 95%）：{'、'.join(odd[:4])}{more}", 300), icon=":material/percent:")
    if any(c.kind == "framework" and len(c.table) > c.count(UNCHANGED) for c in seen.changes):
        st.warning("文件里的“指标体系”表与现行的不同，写入后就成为新的一版。只报数据的（如旧模板），请删去这张表再放进来。", icon=":material/schema:")
    if not seen.refused:
        right.button(f"写入 {len(seen.intakes)} 个批次", type="primary", icon=":material/save:", key="intake_write", width="stretch",
                     on_click=intake.write, args=(path,), help="写入的正是预览的字节；一个文件一个批次")  # fmt: skip


def by_sheet(seen: Previewed) -> None:
    """Sheet by sheet what comes and what is refused, where the figures are of more than one."""
    table = intake_tables.by_sheet(seen.changes, seen.refused)
    if len(table) < 2:
        return
    table = table.drop(columns=[c for c in ("文件", "工作表") if table[c].nunique() == 1])
    widths = {c: st.column_config.NumberColumn(format="localized", width=64) for c in table.select_dtypes("number")}
    parts.grid(table, hide_index=True, height="content" if len(table) <= _SHEETS else 38 + 35 * _SHEETS, key="intake_sheets", placeholder="",
                 column_config=widths)  # fmt: skip


def chosen(seen: Previewed) -> Changes:
    """The kind of things that is looked at, of those that the files bring."""
    kinds = {changes.kind: changes for changes in seen.changes}
    titles = {kind: f"{intake_tables.KINDS[kind]} {len(changes.table):,}" for kind, changes in kinds.items()}
    parts.heading("会改变什么", "没有问题的部分；改好拒绝的之前，整批都不写入" if seen.refused else "还没有写入")
    kind = st.segmented_control("内容", list(kinds), default=next(iter(kinds)), required=True, format_func=titles.get, key=f"kind {'-'.join(kinds)}",
                                label_visibility="collapsed")  # fmt: skip
    return kinds[kind]


def changes(path: Path, found: Changes, csv: Callable[..., bytes], xlsx: Callable[..., bytes]) -> None:
    """What becomes of the things of one kind, with filters and downloads. csv, xlsx: what makes the bytes of a table, of sheets."""
    stamp, mine = reads.stamp(path), tuple(found.table["unit"].unique()) if "unit" in found.table else ()
    units, nodes = desk_reads.names_of(str(path), stamp, mine), desk_reads.node_names(str(path), stamp)
    words, quiet = viewer.words(), dict(label_visibility="collapsed")
    left, middle, right, note = st.columns([1, 1, 1.1, 1.2], vertical_alignment="center")
    fates = [fate for fate in intake_tables.CHANGES if found.count(fate)]
    wanted = left.multiselect("变化", fates, format_func=intake_tables.CHANGES.get, key=f"fates {found.kind}", placeholder="全部变化", **quiet)
    known = sorted(found.table["unit"].unique()) if "unit" in found.table else []
    mine = middle.multiselect(words["unit"], known, format_func=lambda u: clean(f"{units.get(u, '')} {u}".strip(), 40),
                              key=f"units {found.kind}", placeholder=f"全部{words['unit']}", **quiet) if known else []  # fmt: skip
    shown = intake_tables.rows(found, wanted, mine)

    def out(most: int | None = None) -> pd.DataFrame:
        return intake_tables.sheet(intake_tables.rows(shown, [], [], most), units, nodes, words)

    title = intake_tables.KINDS[found.kind]
    parts.downloads(f"导入预览 {title}", lambda: csv(out()), lambda: xlsx({title: out(BOOK)}), right)
    more = f"，列出前 {MOST:,} 条" if len(shown.table) > MOST else ""
    note.caption(f"{len(shown.table):,} 条{more}")
    parts.grid(out(MOST), hide_index=True, height=430 if len(shown.table) > 11 else "content", key=f"changes {found.kind}", placeholder="")


def refused(seen: Previewed, csv: Callable[..., bytes], xlsx: Callable[..., bytes]) -> None:
    """What is refused: whole files and sheets in words, cells in a table, and the files to mend."""
    whole = [e for e in seen.refused if not e.cell]
    cells = intake_tables.refused(tuple(e for e in seen.refused if e.cell))
    parts.heading("没有通过的", f"{len(seen.refused):,} 处，什么也没有写入；" + ("在下载的表里改好，再放进来" if len(cells) else "改好再放进来"))
    marked = [name for name in seen.files if any(e.file == name and e.cell for e in seen.refused)][:MOST_FILES]
    with st.container(horizontal=True, vertical_alignment="bottom", key="intake_mend"):
        for name in marked:
            file = intake.mended_name(name)
            made = exports.recorded(partial(intake.mended, seen, name), file)
            st.download_button(f"下载批注表 {text(name, 40)}", made, file, _XLSX, type="primary", icon=":material/rate_review:",
                               key=f"mend {name}", on_click="ignore")  # fmt: skip
        everything = intake_tables.refused(seen.refused)
        parts.downloads("拒绝清单", lambda: csv(everything), lambda: xlsx({"拒绝清单": everything.head(BOOK)}))
    for error in whole[:MOST_FILES]:
        near = f"；最接近的是“{error.nearest}”" if error.nearest else ""
        st.error(text(f"{' › '.join(filter(None, (error.file, error.sheet)))}：{error.value}{error.why}{near}", 600))
    if len(whole) > MOST_FILES:
        st.caption(f"另有 {len(whole) - MOST_FILES} 处见下载的清单。")
    if len(cells):
        _refused_cells(cells)


def _refused_cells(table: pd.DataFrame) -> None:
    if table["文件"].nunique() == 1:
        table = table.assign(文件="")  # one file is named above
    places = list(dict.fromkeys(zip(table["文件"], table["工作表"], strict=True)))
    wanted = st.pills("哪张表", places, format_func=lambda p: text(" › ".join(filter(None, p)), 60), key="intake_places", selection_mode="multi",
                      label_visibility="collapsed") if len(places) > 1 else []  # fmt: skip
    if wanted:
        table = table[[place in wanted for place in zip(table["文件"], table["工作表"], strict=True)]]
    shown = table.drop(columns=[c for c in table if (table[c] == "").all() and c != "内容"])
    widths = {"工作表": 110, "单元格": 70, "内容": 200, "为什么拒绝": 430, "最接近的": 250}
    parts.grid(shown.head(MOST), hide_index=True, height=248 if len(table) > 6 else "content", key="intake_refused", placeholder="",
                 column_config={c: st.column_config.TextColumn(width=w) for c, w in widths.items()})  # fmt: skip


def _passed(skipped: tuple[str, ...]) -> str:
    return f"，没有读的工作表：{'、'.join(skipped[:4])}" if skipped else ""
