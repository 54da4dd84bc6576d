"""Records of a ledger as they are read in a list and taken away, under the ledger's own titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from store.ledgers.specification import LEDGERS
from ui.wording import clean
from ui.worklist import OPEN, Status

if TYPE_CHECKING:
    from ui.view import View

TITLES = {name: ledger.title for name, ledger in LEDGERS.items()}
_YES_NO = {True: "是", False: "否"}


def listing(view: View, ledger: str, shown: pd.DataFrame, statuses: Mapping[str, Status]) -> pd.DataFrame:
    """Records as a person reads them: how each stands, its unit, the ledger's fields, its number. Index as `shown`."""
    table = {"状态": [statuses[status].title for status in shown["status"]]}
    if "left" in shown:
        table["离期限"] = [_days_left(*row) for row in zip(shown["status"], shown["left"], strict=True)]
    table[view.words["unit"]] = [clean(name) for name in shown["name"]]
    for field in LEDGERS[ledger].fields:
        table[field.title] = [_shown(cell, field.kind) for cell in shown[field.name]]
    return pd.DataFrame(table | {"编号": [clean(ref) for ref in shown["ref"]]}, index=shown.index)


def waiting_list(rows: pd.DataFrame, ledgers: Mapping[str, str], statuses: Mapping[str, Status]) -> pd.DataFrame:
    """Open records of several ledgers of one unit, in few columns. `rows`: as `worklist.work` gives them, and ledger."""
    return pd.DataFrame(
        {
            "状态": [statuses[status].title for status in rows["status"]],
            "离期限": [_days_left(*row) for row in zip(rows["status"], rows["left"], strict=True)],
            "名称": [clean(title) for title in rows["title"]],
            "台账": [f"{ledgers[ledger]}·{clean(kind)}" for ledger, kind in zip(rows["ledger"], rows["kind"], strict=True)],
            "件数": [f"{n:.0f}" for n in rows["items"]],
            "期限": rows["due"],
            "责任部门或来源": [clean(owner) for owner in rows["owner"]],
        },
        index=rows.index,
    )


def export(view: View, ledger: str, shown: pd.DataFrame, statuses: Mapping[str, Status]) -> pd.DataFrame:
    """The same records to take away: with the unit's code and sector, numbers as numbers, and where each stands in which file."""
    word = view.words["unit"]
    table = {f"{word}代码": shown["unit"], word: shown["name"], view.words["sector"]: shown["sector"], "编号": shown["ref"]}
    table["状态"] = shown["status"].map({code: status.word for code, status in statuses.items()}).astype(object)
    if "left" in shown:
        table["离期限天数"] = shown["left"].where(shown["status"].isin(OPEN))
    table |= {field.title: _carried(shown[field.name], field.kind) for field in LEDGERS[ledger].fields}
    return pd.DataFrame(table | {"批次": shown["batch"], "文件": shown["file"], "工作表": shown["sheet"], "行": shown["row"]})


def _carried(cells: pd.Series, kind: str) -> pd.Series:
    return cells.map(_YES_NO).fillna("") if kind == "yes_no" else cells


def _days_left(status: str, left: float) -> str:
    if status not in OPEN:
        return ""
    return f"已过 {-left:.0f} 天" if left < 0 else f"还有 {left:.0f} 天" if left else "今天"


def _shown(cell: object, kind: str) -> str:
    if kind == "yes_no":
        return _YES_NO.get(cell, "")
    if kind in ("whole", "number"):
        return "" if pd.isna(cell) else f"{cell:.10g}"
    return "" if pd.isna(cell) else clean(cell)
