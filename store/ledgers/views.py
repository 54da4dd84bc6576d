"""The figures that ledgers give: a named SQL view each, over the records that belong to a period.

A view is written over `placed` (the current records of its ledger, a row for each period that they belong to, with the period's
first and last day), `recent` (all current records) and `asked` (the periods). It gives [period, unit, ref, numerator, denominator],
a row a record: a unit's figure is the sum over its records, so that what a figure says and what its records say cannot differ.
An indicator names its view in the framework's `source`, `ledger:` and the view's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from string import Template
from typing import NamedTuple

from scoring.errors import FrameworkError
from scoring.framework import Framework

HIGH_RISK = 12  # likelihood × severity from which a risk is a high one
SOURCE = "ledger:"



class Belonging(NamedTuple):
    """How a record belongs to a period, in SQL over its `first` and `last` day, and in words."""

    sql: str
    words: str


class Denominator(NamedTuple):
    """What a unit's figure is divided by, in SQL over its records and facts, and why it has none where that is 0 or not known."""

    sql: str
    why: str


_DUE = Belonging("due BETWEEN first AND last", "期限在本期内的记录")
_DATED = Belonging("date BETWEEN first AND last", "日期在本期内的记录")
_STANDING = Belonging("coalesce(since, '') <= last AND coalesce(until, '9999') >= last", "期末仍在册的记录")
BELONGS = {
    "task": _DUE, "risk": _STANDING, "rectification": _DUE, "activity": _DATED, "inspection": _DATED, "brand": _STANDING,
}  # fmt: skip
PER = {
    "records": Denominator("total(denominator)", "没有应计入的记录时分母为 0"),
    "months": Denominator("months", ""),
    "members": Denominator("nullif(size, 0) / 100", "没有单位人数时不能折算"),
}


@dataclass(frozen=True)
class View:
    """A figure: factor × numerator / denominator. `numerator` and `denominator` in Chinese words; `per`: a key of PER."""

    ledger: str
    name: str
    title: str
    numerator: str
    denominator: str
    sql: str
    factor: float = 100.0
    per: str = "records"
    note: str = ""

    @property
    def key(self) -> str:
        """The name under which a framework asks for it, without `ledger:`."""
        return f"{self.ledger}:{self.name}"

    @property
    def words(self) -> str:
        """One line for the method page: what is divided by what, over which records, and when there is no figure."""
        scale = "" if self.factor == 1 else f" × {self.factor:g}"
        gap = f"；{PER[self.per].why}，为不适用" if PER[self.per].why else ""
        return f"{self.numerator} ÷ {self.denominator}{scale}；{self.note or f'计{BELONGS[self.ledger].words}'}{gap}"


_SIMPLE = Template("SELECT period, unit, ref, $numerator AS numerator, $denominator AS denominator FROM placed WHERE $where")
_DONE = "done IS NOT NULL AND done <= last"
_FIRST = Template("row_number() OVER (PARTITION BY period, unit, $what ORDER BY $order, ref) = 1")
_BOTH = "expected IS NOT NULL AND actual IS NOT NULL"

# A project is the tasks of one name; it belongs to the period in which the last of them is due. Each of its stages counts once; those
# that it lacks are added to the denominator of its last task.
_WHOLE_PROCESS = """
SELECT period, unit, ref, stage <> '' AND foremost AND done IS NOT NULL AND done <= last AS numerator,
    (stage <> '' AND foremost) + iif(latest, 3 - stages, 0) AS denominator
FROM (
    SELECT period, last, unit, ref, stage, done, stages,
        row_number() OVER (PARTITION BY period, unit, title, stage ORDER BY coalesce(done, '9999'), ref) = 1 AS foremost,
        row_number() OVER (PARTITION BY period, unit, title ORDER BY recent.due DESC, ref DESC) = 1 AS latest
    FROM (
        SELECT unit, title, max(due) AS due, count(DISTINCT nullif(stage, '')) AS stages
        FROM recent WHERE category = '绩效管理' GROUP BY unit, title
    ) AS project
    JOIN asked ON project.due BETWEEN first AND last
    JOIN recent USING (unit, title) WHERE category = '绩效管理'
)"""


def _sql(where: str, numerator: str = "1", denominator: str = "1") -> str:
    return _SIMPLE.substitute(where=where, numerator=numerator, denominator=denominator)


def _completed(name: str, category: str) -> View:
    sql = _sql(f"category = '{category}'", _DONE)
    return View("task", name, f"{category}任务完成率", "截至期末已完成的任务数", f"{category}任务数", sql)


def _attended(name: str, kind: str) -> View:
    sql = _sql(f"kind = '{kind}'", f"iif({_BOTH}, actual, 0)", f"iif({_BOTH}, expected, 0)")
    return View("activity", name, f"{kind}参加率", "实际参加人次", f"{kind}应参加人次", sql)


def _per_hundred(name: str, kind: str) -> View:
    return View("activity", name, f"每百人{kind}项目数", f"{kind}项目数", "单位百人数", _sql(f"kind = '{kind}'", "1", "0"), 1.0, "members")


_HELD = "coalesce(actual, 1) > 0"  # nobody counted is no proof that nobody came
_IN_MONTH = f"{_HELD} AND {_FIRST.substitute(what='substr(date, 1, 7)', order=f'{_HELD} DESC, date')}"
_BRANCH = _FIRST.substitute(what="branch", order="sub = ''")
VIEWS: dict[str, View] = {
    view.key: view
    for view in (
        View("task", "deployment", "重大部署按期办结率", "在期限内完成的任务数", "重大部署任务数",
             _sql("category = '重大部署'", "done IS NOT NULL AND done <= due")),
        _completed("duty", "主体责任"),
        _completed("cases", "以案促改"),
        _completed("model", "模范机关创建"),
        View("task", "whole_process", "绩效管理全过程覆盖率", "已完成的事前、事中、事后阶段数", "绩效管理项目应有阶段数",
             _WHOLE_PROCESS, note="同名任务为一个项目，各有三个阶段，计入其最后期限所在的考核期"),
        View("risk", "assessed", "风险排查覆盖率", "已评定可能性和严重性的风险点数", "风险点数",
             _sql("1", "likelihood IS NOT NULL AND severity IS NOT NULL")),
        View("risk", "controlled", "高风险点防控措施落实率", "措施已落实的高风险点数", f"高风险点数（可能性 × 严重性不低于 {HIGH_RISK}）",
             _sql(f"likelihood * severity >= {HIGH_RISK}", "coalesce(in_force, 0)")),
        View("rectification", "on_time", "整改按期销号率", "在期限内销号的件数", "整改件数（未写件数的记录计 1 件）",
             _sql("1", "iif(closed IS NOT NULL AND closed <= due, coalesce(count, 1), 0)", "coalesce(count, 1)")),
        View("activity", "party_day", "主题党日开展率", "开展过主题党日的月数", "本期月数",
             _sql("kind = '主题党日'", _IN_MONTH, "0"), per="months"),
        _attended("culture", "廉洁文化活动"),
        _attended("warning", "警示教育"),
        _per_hundred("partnership", "共建合作"),
        _per_hundred("fusion", "党建业务融合"),
        View("inspection", "score", "暗访平均得分", "各次得分之和", "有得分的暗访次数",
             _sql("1", "coalesce(score, 0)", "score IS NOT NULL"), 1.0),
        View("inspection", "problems", "暗访问题发生率", "各次发现的问题数之和", "记有问题数的暗访次数",
             _sql("1", "coalesce(problems, 0)", "problems IS NOT NULL"), 1.0),
        View("brand", "sub_brand", "支部子品牌覆盖率", "有子品牌的支部数", "支部数",
             _sql("1", f"sub <> '' AND {_BRANCH}", _BRANCH)),
    )
}  # fmt: skip


def indicator_views(framework: Framework) -> dict[str, View]:
    """The views by the indicators that name one. Raises FrameworkError for a name that no view has.

    A source that names a ledger and no view (`ledger:task`) says only where reported values come from.
    """
    found = {}
    for node in framework.indicators:
        key = node.source.removeprefix(SOURCE)
        if not node.source.startswith(SOURCE) or ":" not in key:
            continue
        if key not in VIEWS:
            near = get_close_matches(key, VIEWS, 1)
            hint = f"；最接近的是 {SOURCE}{near[0]}" if near else ""
            raise FrameworkError(f"{node.code}：没有台账视图 {node.source!r}{hint}；可用：{'、'.join(VIEWS)}")
        found[node.code] = VIEWS[key]
    return found
