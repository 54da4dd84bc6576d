"""The page of typed values, piece by piece: what is chosen, the grid, what is not saved yet, and who has not reported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from scoring.framework import Node
from store.importing import entry as store_entry
from store.importing.entry import Cell, Fact, Frame, Sheet
from ui import address, desk, entry, entry_groups, entry_who, exports, open_cell, parts, unit_search, viewer
from ui.intake_tables import number
from ui.method_tables import source_title
from ui.places import open_page
from ui.user import current_user
from ui.wording import clean, period_title, text

Bytes = Callable[..., bytes]
TABS = {"grid": "填报", "who": "谁还没报"}
WAYS = {"unit": "一个{unit}", "indicator": "一项指标"}
_MOST = 12  # lines of a list beside the grid
_ERRORS = 3  # that are told one by one above it
_QUIET = {"label_visibility": "collapsed"}


def chosen(path: Path) -> tuple[str, str]:
    """The period and the tab, both in the address. Stops where there is nothing to type in."""
    words, periods = viewer.words(), entry.periods(path)
    left, right, note = st.columns([1, 1.2, 3], vertical_alignment="center")
    if not periods:
        st.info("库里还没有数据，不知道从哪一期填起；请先在“导入”里放进一期的工作簿或 CSV。")
        address.stop()
    period = address.select(words["period"], periods, "for", entry.newest(periods), lambda p: f"填{period_title(p)}的", left, **_QUIET)
    tab = address.segments("看", list(TABS), "tab", "grid", TABS, right, **_QUIET)
    others = "、".join(f"{period_title(p)} {n} 处" for p, n in entry.elsewhere(period).items())
    note.caption(f"别的{text(words['period'])}还有未保存：{text(others)}" if others else "")
    return period, tab


def frame(period: str, path: Path) -> Frame:
    """What can be typed of the period. Stops in a store without a framework or without units."""
    found = store_entry.frame(period, path)
    if found is None or (found.units.empty and not found.many):
        lacks = "指标体系" if found is None else viewer.words()["unit"]
        st.info(f"库里还没有{text(lacks)}，不能填报；请先在“导入”里放进来。")
        address.stop()
    return found


def which(period: str, found: Frame, path: Path) -> tuple[str, Sheet, list[Cell]]:
    """One unit with all indicators, or one indicator with all units: what it is called, what is known, and its cells in order."""
    words = viewer.words()
    left, right, note = st.columns([1, 2.2, 2], vertical_alignment="center")
    way = address.segments("按", list(WAYS), "by", "unit", lambda w: WAYS[w].format(**words), left, **_QUIET)
    if found.many:
        return _looked_up(period, path, way, right, note)
    if way == "unit":
        titles = {u: clean(f"{name}　{u}", 60) for u, name in found.units["name"].items()}
        unit = address.select(words["unit"], list(titles), "unit", next(iter(titles)), titles, right, **_QUIET)
        return unit, store_entry.sheet(period, path, unit=unit), [(unit, code) for code in found.nodes]
    titles = {code: clean(f"{node.name}　{code}", 60) for code, node in found.nodes.items()}
    code = address.select("指标", list(titles), "indicator", next(iter(titles)), titles, right, **_QUIET)
    note.caption(text(_about(found.nodes[code])))
    return code, store_entry.sheet(period, path, indicator=code), [(unit, code) for unit in found.units.index]


def _looked_up(period: str, path: Path, way: str, where: Any, note: Any) -> tuple[str, Sheet, list[Cell]]:
    """As `which` in a store of very many units: one that is looked up. Stops where none is chosen, and at an indicator of all."""
    word = text(viewer.words()["unit"])
    if way != "unit":
        st.info(f"{word}太多，一项指标在页面上填不下；请改按{word}填，或把这项指标做成 CSV（单位编码、指标代码、考核期、值）在“导入”里放进来。")
        address.stop()
    unit = unit_search.in_address(path, "unit", where)
    waiting = {u for u, _ in entry.drafts(period)}
    sheet = store_entry.sheet(period, path, units=[unit] if unit else [], named=waiting)
    if unit not in sheet.units.index:
        asked = f"没有代码为“{text(unit, 60)}”的{word}。" if unit else f"请先查找一个{word}：写名称的一部分、代码或拼音首字母。"
        st.info(asked, icon=":material/search:")
        if not waiting:
            address.stop()
        return unit, sheet, []
    note.markdown(f"**{text(sheet.units.at[unit, 'name'], 60)}**　:gray[{text(unit, 40)}]")
    return unit, sheet, [(unit, code) for code in sheet.nodes]


def _about(node: Node) -> str:
    """What one who types an indicator's values has to know of it."""
    return "　".join(filter(None, (node.unit, f"目标区间 {_goalposts(node)}" if _goalposts(node) else "", source_title(node.source))))


def _goalposts(node: Node) -> str:
    return f"{number(node.low)}～{number(node.high)}" if node.low is not None and node.high is not None else ""


def grid(key: str, sheet: Sheet, cells: list[Cell], path: Path) -> None:
    """The cells, of which one column can be typed in."""
    mounted = entry.grid(key, sheet, cells, path, _beside(sheet, cells))
    column = st.column_config
    config = {
        "名称": column.TextColumn(pinned=True, width=236), "上期": column.TextColumn(width=60, alignment="right"),
        entry.TYPED: column.TextColumn(period_title(sheet.period), width=132, alignment="right", max_chars=60,
                                       help="双击或直接输入：数，或 不适用（—）、待报、缺报；留空不改动库里的值"),
        "计量单位": column.TextColumn(width=88), "目标区间": column.TextColumn(width=76), "台账": column.TextColumn(width=138),
        "来源": column.TextColumn(width=54), "片组": column.TextColumn(viewer.words()["sector"], width=90),
    }  # fmt: skip
    may = current_user().may(desk.RIGHT)
    st.data_editor(
        mounted.table, hide_index=True, height=min(35 * (len(cells) + 1) + 3, 605), column_config=config, key=mounted.key,
        disabled=[c for c in mounted.table if c != entry.TYPED] if may else True, on_change=entry.take, column_order=_order(mounted.table),
    )  # fmt: skip
    open_cell.watch()


def _beside(sheet: Sheet, cells: list[Cell]) -> pd.DataFrame:
    """What stands beside the typed column."""
    one = len({unit for unit, _ in cells}) == 1
    nodes = [sheet.nodes[code] for _, code in cells]
    table = pd.DataFrame({"上期": [entry.shown(sheet.earlier.get(cell, Fact())) for cell in cells]}, dtype=object)
    if one:
        table["名称"] = [f"{n.code} {n.name}" for n in nodes]
        table["计量单位"], table["目标区间"] = [n.unit for n in nodes], [_goalposts(n) for n in nodes]
        table["来源"] = [source_title(n.source).partition("：")[0] for n in nodes]  # which ledger: beside one indicator
    else:
        table["名称"] = [sheet.units.at[unit, "name"] for unit, _ in cells]
        table["片组"] = [sheet.units.at[unit, "sector"] for unit, _ in cells]
    table["台账"] = [_ledger(sheet, cell) for cell in cells]
    return table if (table["台账"] != "").any() else table.drop(columns="台账")


def _order(table: pd.DataFrame) -> list[str]:
    wanted = ("名称", entry.TYPED, "上期", "台账", "计量单位", "目标区间", "来源", "片组")
    return [c for c in wanted if c in table and (c in ("名称", entry.TYPED) or (table[c] != "").any())]


def _ledger(sheet: Sheet, cell: Cell) -> str:
    """What a ledger gives of a cell, and which of the two is scored."""
    if cell not in sheet.ledgers:
        return ""
    value, used = sheet.ledgers[cell]
    return f"{'不适用' if value is None else f'{value:.4g}'}（{'计分用台账' if used else '计分用报送'}）"


def unsaved(path: Path, sheet: Sheet) -> None:
    """What is typed and not saved of the period: old beside new, what is wrong or unusual, and the button that writes it."""
    mine, moved = entry.drafts(sheet.period), entry.conflicts(sheet.period, path)
    if entry.blanked():
        st.info("留空不改动库里的值，已恢复显示；确实没有数请填 缺报、待报 或 不适用。", icon=":material/undo:")
    parts.heading(f"未保存 {len(mine)} 处" if mine else "没有未保存的改动", "换单位、换页、关了浏览器再来都在，直到服务重启" if mine else "")
    if not mine:
        _written(path)
        return
    if left := entry.left_behind(sheet.period):
        st.info(f"其中 {left} 处是上次或在别的窗口填了没有保存的：可以接着填、保存，也可以放弃。", icon=":material/history:")
    table = entry.listed(path, sheet, moved, viewer.words())
    bad = table[table["不能保存"] != ""]
    with st.container(horizontal=True, key="entry_save"):
        st.button(f"保存 {len(mine)} 处为一个批次", type="primary", icon=":material/save:", key="entry_write", disabled=bool(len(bad) or moved),
                  on_click=entry.save, args=(path, sheet.period), help="写成一个批次，可在“批次”里撤销")  # fmt: skip
        with st.popover("放弃", icon=":material/delete:"):
            st.button(f"放弃这 {len(mine)} 处", key="entry_discard", on_click=entry.discard, args=(sheet.period,))
    for row in bad.head(_ERRORS).itertuples(index=False):
        st.error(text(f"{row[1]}：“{row.改为}”{row.不能保存}", 300), icon=":material/error:")
    if len(bad) > _ERRORS:
        st.caption(f"另有 {len(bad) - _ERRORS} 处不能保存，见下表。")
    _moved(sheet, moved)
    table["说明"] = table.pop("不能保存").where(lambda c: c != "", table["说明"])
    words = viewer.words()["unit"]
    order = ["指标", "原来", "改为", "说明", *([words] if table[words].nunique() > 1 else [])]
    widths = {c: st.column_config.TextColumn(width=w) for c, w in {"指标": 150, "原来": 52, "改为": 52, "说明": 220, words: 150}.items()}
    parts.grid(table, hide_index=True, height="content" if len(table) <= _MOST else 38 + 35 * _MOST, key="entry_list", placeholder="",
                 column_order=order, column_config=widths)  # fmt: skip


def _moved(sheet: Sheet, moved: dict[Cell, Fact]) -> None:
    """Cells that somebody else has changed meanwhile: one by one, whose value is kept."""
    if not moved:
        return
    names = {cell: clean(f"{sheet.units['name'].get(cell[0], cell[0])} {cell[1]}", 40) for cell in moved}
    said = "；".join(f"{names[c]} 现为 {entry.shown(f) or '空'}" + (f"（{f.by}，批次 {f.batch}）" if f.batch else "") for c, f in moved.items())
    st.warning(text(f"您填写期间，{len(moved)} 处已被别人改动：{said}。决定之后才能保存。", 600), icon=":material/group:")
    theirs = st.multiselect("以库里的为准（不选的用我填的）", list(moved), format_func=names.get, key="entry_theirs", placeholder="全用我填的",
                            select_all=False)  # fmt: skip
    st.button("照此处理", key="entry_settle", on_click=entry.settle, args=(sheet.period, moved, theirs))


def _written(path: Path) -> None:
    """The batch that was written last, with the way to it."""
    if batch := st.session_state.get(entry.BATCH):
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(f"看批次 {batch}", icon=":material/inventory_2:", key="entry_batch_open"):
                open_page("batches", batch=str(batch))
            desk.publish_again(path)


def who(period: str, path: Path, csv: Bytes, xlsx: Bytes) -> None:
    """Who has not reported, and the text to send."""
    found = frame(period, path)
    sheet = store_entry.sheet(period, path, units=entry_groups.units(period) if found.many else None)
    words, lacking = viewer.words(), store_entry.lacking(sheet)
    table = entry_who.units(sheet, lacking)
    due, open_units = len(sheet.nodes) * len(sheet.units), int((table["lacks"] > 0).sum())
    with st.grid(4, min_column_width=120, gap="small"):
        parts.metric(f"没报齐的{words['unit']}", f"{open_units} / {len(table)}", judged=False)
        parts.metric("缺的格", f"{len(lacking):,}", judged=False)
        parts.metric("已报", f"{100 * (1 - len(lacking) / due):.1f}%" if due else "—", judged=False)
        parts.metric("台账补上", f"{sum(used for _, used in sheet.ledgers.values()):,}", judged=False)
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        parts.heading("谁还没报", "缺得多的在前；点一行去填")
        shown = pd.DataFrame({words["unit"]: table["name"].map(clean), words["sector"]: table["sector"].map(clean), "缺": table["lacks"],
                              "已报": table["share"]})  # fmt: skip
        share = st.column_config.ProgressColumn(format="%.0f%%", min_value=0, max_value=100, width=110)
        config = {"已报": share, "缺": st.column_config.Column(width=50)}
        if unit := parts.picked(shown, "entry_who", most=13, column_config=config):
            address.turn(tab="grid", by="unit", unit=unit)
    with right:
        _reminder(sheet, lacking, csv, xlsx)


def _reminder(sheet: Sheet, lacking: pd.DataFrame, csv: Bytes, xlsx: Bytes) -> None:
    words = viewer.words()
    parts.heading("催报名单", "右上角复制，或下载")
    if lacking.empty:
        st.success(f"各{text(words['unit'])}都已报齐。")
        return
    soon = datetime.now() + timedelta(days=7)
    due = st.text_input("截止", f"{soon.year}年{soon.month}月{soon.day}日17时", key="entry_due", max_chars=40)
    said = entry_who.reminder(sheet, lacking, due, words, datetime.now())
    name = f"催报名单 {sheet.period}"
    row = st.container(horizontal=True)
    if current_user().may("export"):
        made = exports.recorded(partial(str.encode, said, "utf-8-sig"), f"{name}.txt")
        row.download_button("下载文本", made, f"{name}.txt", "text/plain", key="entry_text", on_click="ignore")
    table = entry_who.sheet(sheet, lacking, words)
    parts.downloads(name, lambda: csv(table), lambda: xlsx({"缺项": table}), row)
    st.code(said, language=None, wrap_lines=True, height=380)
