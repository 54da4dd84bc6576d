"""The page of framework versions, piece by piece: the list, one version, two beside each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from scoring.framework import Framework
from scoring.framework_table import framework_to_table
from scoring.policy import Policy
from store.frameworks.files import framework_csv
from store.importing.preview import UNCHANGED, Changes
from store.readers.headers import FRAMEWORK_TITLES, METHOD_NAMES
from store.template.workbook import write_template
from ui import address, batches, exports, framework_desk, intake_tables, parts, viewer
from ui.places import open_page
from ui.user import current_user
from ui.wording import clean, period_title

Bytes = Callable[..., bytes]
TABS = {"versions": "版本", "edit": "修改", "compare": "比较两版"}
_CLICKED = "framework_clicked"
_FORMULA = re.compile(r"[=+@＝＋＠\t\r]|[-－](?![\d.])")
_MOST = 600  # rows of a comparison on the screen
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_QUIET = {"label_visibility": "collapsed"}
Pair = tuple[int, int]


def tab() -> str:
    """The tab, in the address."""
    return address.segments("看", list(TABS), "tab", "versions", TABS, **_QUIET)


def lacking() -> None:
    """What to do in a store without any version."""
    st.info("库里还没有指标体系；请在“导入”里放进指标体系（模板：`python manage.py template 模板.xlsx`），或运行 `python manage.py init`。")


def listing(table: pd.DataFrame, path: Path) -> int:
    """The versions, and the number of the one that is open: the address's, else the newest that is in force."""
    periods = [p for p in reversed(framework_desk.sinces(path)) if p != framework_desk.ALWAYS]
    holds = framework_desk.in_force(table, periods)
    parts.heading("版本", f"{len(table)} 版；点一行打开")
    shown = pd.DataFrame(
        {
            "版": table.index, "现用于": [_span(holds.get(v, [])) for v in table.index], "起用": [_since(s) for s in table["since"]],
            "状态": ["已撤销" if r else "现行" if v in holds else "已被替代" for v, r in zip(table.index, table["revoked"], strict=True)],
            "何时": table["at"].map(batches.when).tolist(), "谁": table["by"].map(clean).tolist(),
            "依据它的发布": [f"{len(r)} 号" if r else "—" for r in table["releases"]], "摘要": table["digest"].str[:12].tolist(),
        },
        index=table.index.astype(str),
    )  # fmt: skip
    column = st.column_config
    widths = {"版": 36, "现用于": 196, "起用": 92, "状态": 64, "何时": 124, "谁": 60, "依据它的发布": 90}
    config = {c: column.Column(width=w) for c, w in widths.items()}
    clicked = parts.picked(shown, "framework_versions", most=8, column_config=config)
    if clicked and clicked != st.session_state.get(_CLICKED):
        st.session_state[_CLICKED] = clicked
        address.turn(version=clicked)
    live = next((str(v) for v in table.index if v in holds), str(table.index[0]))
    return int(address.select("打开", list(shown.index), "version", live, lambda v: f"第 {v} 版"))


def _since(since: object) -> str:
    return period_title(since) if isinstance(since, str) else "全部"


def _span(periods: list[str]) -> str:
    names = [period_title(p) for p in periods]
    return "" if not names else names[0] if len(names) == 1 else f"{names[0]} 至 {names[-1]}"


def one(path: Path, table: pd.DataFrame, number: int) -> None:
    """One version: its tree and rules, its files, and the way to change it."""
    framework, policy, toml = framework_desk.version(path, number)
    row = table.loc[number]
    used = "、".join(f"第 {r} 号" for r in row["releases"][-6:])
    parts.heading(f"第 {number} 版", f"{len(framework.indicators)} 项指标，批次 {row['batch']}" + (f"；发布 {used}" if used else ""))
    with st.container(horizontal=True, key="framework_files"):
        files(number, framework, policy, toml)
        if st.button(f"看批次 {row['batch']}", icon=":material/inventory_2:", key="framework_batch"):
            open_page("batches", batch=str(int(row["batch"])))
        if current_user().may(framework_desk.RIGHT) and st.button("据此修改", type="primary", icon=":material/edit:", key="framework_begin"):
            framework_desk.begin(path, number, int(table.index[0]))
            address.turn(tab="edit")
    tree, rules = st.tabs(["指标", "评分规则"])
    shown = in_words(framework, policy)
    parts.grid(shown, tree, hide_index=True, height=420 if len(shown) > 11 else "content", key=f"framework {number}", placeholder="")
    rules.code(toml, "toml", height=420)


def files(number: int, framework: Framework, policy: Policy, toml: str) -> None:
    """The version as files that can be brought back: workbook, CSV, rules; for one who may take things out."""
    if not current_user().may("export"):
        return
    name = f"指标体系 第{number}版"
    made = {f"{name}.xlsx": (lambda: workbook(framework, policy), "下载工作簿", _XLSX),
            f"{name}.csv": (lambda: framework_csv(_guarded(framework_to_table(framework))).encode("utf-8-sig"), "CSV", "text/csv"),
            f"评分规则 第{number}版.toml": (toml.encode, "规则 TOML", "text/plain")}  # fmt: skip
    for file, (make, label, kind) in made.items():
        st.download_button(label, exports.recorded(make, file), file, kind, key=file, on_click="ignore", icon=":material/download:")


def _guarded(table: pd.DataFrame) -> pd.DataFrame:
    """The rows as text that no spreadsheet takes for formulas; numbers below zero, which have to be read again, as they are."""
    return table.map(lambda cell: f"'{cell}" if _FORMULA.match(str(cell)) else cell)


def workbook(framework: Framework, policy: Policy) -> bytes:
    """The import workbook with this framework, its methods as drop-downs."""
    with TemporaryDirectory(prefix="framework") as folder:
        path = Path(folder, "framework.xlsx")
        write_template(path, framework, None, policy)
        return path.read_bytes()


def in_words(framework: Framework, policy: Policy) -> pd.DataFrame:
    """The rows of a framework under Chinese titles, methods and directions in words; columns without anything left out."""
    table = framework_to_table(framework).replace({"transform": {"none": ""}})
    table = table[[c for c in table if (table[c] != "").any()]]
    for column, names in METHOD_NAMES.items():
        if column in table:
            words = {code: title for title, code in reversed(list(names.items()))}
            table[column] = table[column].map(lambda said, words=words: words.get(said, said))
    return table.rename(columns=titles(policy))


def titles(policy: Policy) -> dict[str, str]:
    """Titles of a framework's columns, of the facets as the policy calls them."""
    return FRAMEWORK_TITLES | dict(policy.facets)


def pair(table: pd.DataFrame) -> Pair | None:
    """The two versions that are compared, the older first; None where there is one only."""
    numbers = [str(v) for v in sorted(table.index)]
    if len(numbers) < 2:
        st.info("只有一版，没有可比的；在“修改”里存一版新的之后再来比较。")
        return None
    left, right, _ = st.columns([1, 1, 2])
    a = address.select("原来", numbers, "a", numbers[-2], lambda v: f"第 {v} 版", left)
    b = address.select("改为", numbers, "b", numbers[-1], lambda v: f"第 {v} 版", right)
    return int(a), int(b)


def changed(found: list[Changes], names: dict[str, str], name: str, csv: Bytes, xlsx: Bytes) -> None:
    """What differs, a row a thing: indicators added, removed, changed, then rules; with downloads."""
    tables = {intake_tables.KINDS[c.kind]: change_sheet(c, names) for c in found}
    tables = {title: table for title, table in tables.items() if len(table)}
    if not tables:
        st.success("没有不同：按各自读出的内容，指标和规则都一样。")
        return
    everything = pd.concat([table.rename(columns={table.columns[1]: "对象"}).assign(内容=title) for title, table in tables.items()])
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        parts.heading("不同之处", "，".join(f"{title} {len(table)} 处" for title, table in tables.items()))
    parts.downloads(name, lambda: csv(everything), lambda: xlsx(tables), right)
    for title, table in tables.items():
        widths = {table.columns[0]: 72, table.columns[1]: 230}
        parts.grid(table.head(_MOST), hide_index=True, height=425 if len(table) > 11 else "content", key=f"changed {name} {title}", placeholder="",
                     column_config={c: st.column_config.Column(width=w) for c, w in widths.items()})  # fmt: skip


def change_sheet(found: Changes, names: dict[str, str]) -> pd.DataFrame:
    """The rows that differ, as people read them; codes with their names."""
    kept = Changes(found.kind, found.keys, found.facts, found.table[found.table["change"] != UNCHANGED])
    table = intake_tables.sheet(intake_tables.rows(kept, [], []), {}, {}, viewer.words())
    if "代码" in table:
        table["代码"] = [clean(f"{code} {names.get(code, '')}", 60) for code in table["代码"]]
    return table


def names_of(*frameworks: Framework) -> dict[str, str]:
    """Names by code, of the last that has one."""
    return {node.code: clean(node.name) for framework in frameworks for node in framework.nodes}
