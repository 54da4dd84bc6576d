"""What each ledger holds. A reader fills these fields, a table of the store keeps them, a view counts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

KINDS = ("text", "date", "whole", "number", "yes_no", "choice", "unit", "node")

TEXTS = ("text", "choice", "unit", "node")  # kinds whose empty cell is ""


@dataclass(frozen=True)
class Field:
    """One fact of a record. `words`: what a choice may say, or no and yes in this order; `least` and `most` bound a number.

    In a table of records a date is ISO text, yes_no is True or False, whole and number are numbers; an empty cell of any of these
    is None or NaN. A text or choice is text, and so is the code of a unit or of a framework's node; empty, it is "".
    """

    name: str
    title: str
    kind: str = "text"
    required: bool = False
    words: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Ledger:
    """A kind of record. `in_order`: pairs of fields of which the first may not exceed the second where both are given."""

    name: str
    title: str
    fields: tuple[Field, ...]
    in_order: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of a table of records: unit, ref, the fields, and where the record stands in its file."""
        return ("unit", "ref", *(f.name for f in self.fields), "sheet", "row")

    def field(self, name: str) -> Field:
        """The field of this name. Raises KeyError."""
        return {f.name: f for f in self.fields}[name]


# What a reader hands over: ledger name → a table with the ledger's columns. `unit` is a code, `ref` the record's own number in its
# unit (where an export has none, one made of what the record says, so that the same record has the same), `row` counts from 1.
Records = Mapping[str, pd.DataFrame]

_TITLE = Field("title", "名称", required=True)
_SINCE = Field("since", "起始日期", "date")  # empty: from ever, for ever
_UNTIL = Field("until", "终止日期", "date")
_TASK = (
    _TITLE,
    Field("category", "类别", "choice", True, ("重大部署", "主体责任", "以案促改", "模范机关创建", "绩效管理")),
    Field("stage", "阶段", "choice", False, ("事前", "事中", "事后")),
    Field("owner", "责任部门"),
    Field("due", "完成期限", "date", True),
    Field("done", "完成日期", "date"),
    Field("evidence", "佐证材料编号"),
)
_RISK = (
    _TITLE,
    Field("post", "岗位", required=True),
    Field("matter", "风险事项"),
    Field("likelihood", "可能性", "whole", least=1, most=5),  # empty: not assessed yet
    Field("severity", "严重性", "whole", least=1, most=5),
    Field("control", "防控措施"),
    Field("in_force", "措施已落实", "yes_no", False, ("否", "是")),
    _SINCE,
    _UNTIL,
)
_RECTIFICATION = (
    _TITLE,
    Field("source", "问题来源"),
    Field("level", "层级", "choice", True, ("全局", "科室", "个人")),
    Field("count", "件数", "whole", least=1),  # of persons or items, never a name; empty: one
    Field("found", "发现日期", "date"),
    Field("due", "整改期限", "date", True),
    Field("closed", "销号日期", "date"),
)
_ACTIVITY = (
    _TITLE,
    Field("kind", "活动类别", "choice", True, ("主题党日", "廉洁文化活动", "警示教育", "共建合作", "党建业务融合", "其他")),
    Field("date", "活动日期", "date", True),
    Field("expected", "应参加人数", "whole", least=0),
    Field("actual", "实际参加人数", "whole", least=0),
    Field("partners", "共建单位"),
)
_INSPECTION = (
    _TITLE,
    Field("date", "暗访日期", "date", True),
    Field("score", "得分", "number", least=0, most=100),
    Field("problems", "问题数", "whole", least=0),
)
_BRAND = (
    _TITLE,
    Field("master", "总品牌"),
    Field("sub", "子品牌"),  # empty: the branch has none
    Field("branch", "支部", required=True),
    _SINCE,
    _UNTIL,
)
_EXEMPLAR = (
    _TITLE,
    Field("node", "示范领域", "node", True),  # a dimension, or whichever node of the framework
    Field("story", "事迹", required=True),
    Field("since", "命名日期", "date", True),
    Field("until", "终止日期", "date"),
    Field("document", "命名文号", required=True),  # people name it: no document, no exemplar
)
_LEARNING = (
    _TITLE,  # what was taken over
    Field("exemplar", "培树点单位", "unit", True),
    Field("exemplar_title", "培树点名称"),  # empty: of the unit's exemplars together
    Field("date", "借鉴日期", "date", True),
    Field("effect", "成效"),
)
LEDGERS: dict[str, Ledger] = {
    ledger.name: ledger
    for ledger in (
        Ledger("task", "任务", _TASK),
        Ledger("risk", "风险", _RISK, (("since", "until"),)),
        Ledger("rectification", "整改", _RECTIFICATION, (("found", "due"), ("found", "closed"))),
        Ledger("activity", "活动", _ACTIVITY, (("actual", "expected"),)),
        Ledger("inspection", "暗访", _INSPECTION),
        Ledger("brand", "品牌", _BRAND, (("since", "until"),)),
        Ledger("exemplar", "培树点", _EXEMPLAR, (("since", "until"),)),
        Ledger("learning", "学习借鉴", _LEARNING),
    )
}


def record_frame(ledger: str, rows: Iterable[Mapping[str, object]] = ()) -> pd.DataFrame:
    """A table of records from rows that may leave columns out. Raises KeyError for an unknown ledger or column."""
    spec = LEDGERS[ledger]
    empty = dict.fromkeys(("unit", "ref", "sheet"), "") | {"row": 0}
    empty |= {f.name: "" if f.kind in TEXTS else None for f in spec.fields}
    table = []
    for row in rows:
        if unknown := set(row) - set(spec.columns):
            raise KeyError(f"{spec.title}台账没有 {sorted(unknown)[0]!r} 一列")
        table.append(empty | row)
    return pd.DataFrame(table, columns=list(spec.columns), dtype=object)
