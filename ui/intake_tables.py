"""What an import would change, as tables for the screen and for files: one row a thing, old beside new, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from scoring.values import STATE_TITLES
from store.importing.preview import ADDED, CHANGED, REMOVED, UNCHANGED, Changes
from store.ledgers import LEDGERS
from store.readers.cells import CellError
from store.readers.guidance_tables import TITLES as GUIDANCE_TITLES
from store.readers.headers import FRAMEWORK_TITLES
from ui.wording import period_title

CHANGES = {CHANGED: "更改", ADDED: "新增", REMOVED: "去掉", UNCHANGED: "不变"}
SIGNS = {CHANGED: "↻ 更改", ADDED: "＋ 新增", REMOVED: "－ 去掉", UNCHANGED: "＝ 不变"}
KINDS = {"values": "原始值", "adjustments": "加减分", "units": "单位", "framework": "指标体系", "policy": "评分规则", "guidance": "分类指导"}
KINDS |= {name: f"{ledger.title}台账" for name, ledger in LEDGERS.items()}
_ADJUSTMENTS = {"bonus": "加分", "penalty": "减分", "veto": "一票否决"}
_FACTS = {"name": "名称", "area": "地区", "sector": "片组", "size": "规模", "points": "分值", "reason": "事由", "value": "取值"}
_TITLES = GUIDANCE_TITLES | {"key": "设置", "code": "代码", "document": "文号", "kind": "类型", "ref": "编号"}
PLACES = {"file": "文件", "sheet": "工作表", "cell": "单元格"}
_ORDER = {change: place for place, change in enumerate(CHANGES)}


def rows(changes: Changes, fates: list[str], units: list[str], most: int | None = None) -> Changes:
    """The rows of some fates and units (empty: all), the changed first; the first `most`."""
    table = changes.table
    if fates:
        table = table[table["change"].isin(fates)]
    if units:
        table = table[table["unit"].isin(units)]
    order = table["change"].map(_ORDER).sort_values(kind="stable").index[:most]
    return Changes(changes.kind, changes.keys, changes.facts, table.loc[order])


def sheet(changes: Changes, units: Mapping[str, str], nodes: Mapping[str, str], words: Mapping[str, str]) -> pd.DataFrame:
    """The table as people read it. units, nodes: code → name; words: what this store calls things."""
    table = changes.table
    names: dict[str, Callable[[str], str]] = {
        "unit": lambda u: f"{units.get(u, '')} {u}".strip(), "period": period_title, "kind": lambda k: _ADJUSTMENTS.get(k, k),
        "indicator": lambda c: f"{c} {nodes.get(c, '')}".strip(),
    }  # fmt: skip
    titles = _TITLES | {"unit": words["unit"], "period": words["period"], "indicator": "指标"}
    found = {"变化": table["change"].map(SIGNS)}
    found |= {titles[key]: table[key].map(names.get(key, str)) for key in changes.keys}
    old, new = (_values(changes, "old_"), _values(changes, "")) if changes.kind == "values" else _facts(changes)
    places = {title: table[column] for column, title in PLACES.items()}
    found |= {"原来": old, "现在": new} | {title: column for title, column in places.items() if (column != "").any()}
    return pd.DataFrame(found, index=table.index)


def refused(errors: tuple[CellError, ...]) -> pd.DataFrame:
    """Every refused cell: where it stands, what it holds, why, and the nearest name."""
    facts = [(e.file, e.sheet, e.cell, e.value, e.why, e.nearest) for e in errors]
    return pd.DataFrame(facts, columns=["文件", "工作表", "单元格", "内容", "为什么拒绝", "最接近的"], dtype=object)


def by_sheet(found: Iterable[Changes], errors: Iterable[CellError]) -> pd.DataFrame:
    """Sheet by sheet, in the order in which they are met: what it holds, and how many things have which fate; what is refused."""
    rows: dict[tuple[str, str], dict] = {}
    for changes in found:
        table = changes.table
        first = table[table["change"] != REMOVED].iloc[0]  # what goes stands on no sheet: it goes with what comes in its place
        places = {column: table[column].where(table["change"] != REMOVED, first[column]) for column in ("file", "sheet")}
        for place, fates in table["change"].groupby([places["file"], places["sheet"]], sort=False):
            row = rows.setdefault(place, {"内容": []})
            row["内容"].append(KINDS[changes.kind])
            for fate, count in fates.value_counts().items():
                row[CHANGES[fate]] = row.get(CHANGES[fate], 0) + int(count)
    for error in errors:
        row = rows.setdefault((error.file, error.sheet), {"内容": []})
        row["拒绝"] = row.get("拒绝", 0) + 1
    cells = [{"文件": file, "工作表": sheet, **row, "内容": "、".join(row["内容"])} for (file, sheet), row in rows.items()]
    table = pd.DataFrame(cells, columns=["文件", "工作表", "内容", *CHANGES.values(), "拒绝"])
    counts = [c for c in (*CHANGES.values(), "拒绝") if table[c].notna().any()]
    return table[["文件", "工作表", "内容", *counts]].fillna(dict.fromkeys(counts, 0)).astype(dict.fromkeys(counts, int))


def written(values: pd.Series, states: pd.Series) -> pd.Series:
    """Values as they are written, states in words, nothing where there is neither."""
    numbers = values.astype(float).map(lambda v: number(v) if v == v else "")
    return numbers.where(numbers != "", states.map(STATE_TITLES).fillna(""))


def _values(changes: Changes, when: str) -> pd.Series:
    return written(changes.table[f"{when}value"], changes.table[f"{when}state"])


def _facts(changes: Changes) -> tuple[pd.Series, pd.Series]:
    """Facts that differ, by their titles; of what comes or goes as a whole, all that are not empty."""
    table, differ = changes.table, changes.differing().to_numpy()
    titles = [title(changes.kind, fact) for fact in changes.facts]
    sides = []
    for when, alone in (("old_", REMOVED), ("", ADDED)):
        cells = [[_text(v) for v in table[f"{when}{fact}"]] for fact in changes.facts]
        lines = [
            "；".join(f"{titles[k]}：{cells[k][i] or '空'}" for k in range(len(titles)) if differ[i, k] and (fate == CHANGED or cells[k][i]))
            if fate in (CHANGED, alone) else ""
            for i, fate in enumerate(table["change"])
        ]  # fmt: skip
        sides.append(pd.Series(lines, index=table.index, dtype=object))
    return sides[0], sides[1]


def title(kind: str, fact: str) -> str:
    """What a key or a fact of a kind is called."""
    fields = FRAMEWORK_TITLES if kind == "framework" else {f.name: f.title for f in LEDGERS[kind].fields} if kind in LEDGERS else _FACTS
    return fields.get(fact) or _TITLES.get(fact, fact)


def number(value: float) -> str:
    """A value as it was written."""
    return f"{value:.12g}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value != value:
        return ""
    return number(value) if isinstance(value, float) else str(value)
