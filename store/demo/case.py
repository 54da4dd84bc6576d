"""The article's case in the demo: a unit whose ledgers have the counts that were published of it. Its scores are made up.

Source: 《基于结构性嵌入理论推进机关党建的实践路径探讨——以“双建争先”工程为例》, 市委直属机关工委, 2024-06-24, part 三(一). What the
article counts but does not word (measures, items, projects) is numbered and not worded here either.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from scoring.framework import Framework
from scoring.movement import period_days
from scoring.values import NOT_APPLICABLE, VALUE

from .desk import Book, Desk
from .ledgers import keep_ledgers
from .reporting import viewed
from .tasks import STAGES, completion

UNIT = ("JJ17", "示例区财政局（文献案例）", "综合经济", 138.0)
SINCE = "2026Q1"
BRAND = "“财惠临安·寸金有情”"
SOURCE = "《基于结构性嵌入理论推进机关党建的实践路径探讨——以“双建争先”工程为例》，市委直属机关工委，2024-06-24"
STORY = (
    "梳理20个科室职能和廉政风险点，清廉财政建设重点任务清单8个方面66条举措；整改目标清单62项，其中全局性7项，个人清单318条；"
    "绩效管理项目15个，事前、事中、事后全过程。以上为文献公布的数字；本单位在系统中的数值和得分均为虚构"
)
DEPARTMENTS = (
    "办公室", "组织人事科", "法规税政科", "预算科", "国库科", "综合科", "行政政法科", "教科文科", "经济建设科", "农业农村科",
    "社会保障科", "自然资源科", "企业科", "金融科", "会计科", "资产管理科", "绩效管理科", "采购监管科", "财政监督科", "机关党委办公室",
)  # fmt: skip
ASPECTS = {  # and how many of the 66 measures each has here; the article names 风险防控 three times
    "政治铸魂工程": 9, "风险防控工程（一）": 8, "风险防控工程（二）": 8, "风险防控工程（三）": 8, "源头治腐工程": 8, "作风整肃工程": 8,
    "权力监督工程": 8, "项目推广工程": 9,
}  # fmt: skip
ITEMS, OF_ALL, PERSONAL = 62, 7, 318
PROJECTS = (3, 4, 4, 4)  # by the quarter in which their last stage is due
DEBATE = "“解放思想 唯实惟先”大讨论"
MEETINGS = (
    "“赓续红色血脉，传承建党精神”主题活动", DEBATE, "“主题党日我来策三月春光里”", "赴先进地区学习取经", "追寻红色足迹", "重温入党誓词",
    "“赓续红色血脉，传承建党精神”主题活动", "“一把手与青年面对面”", DEBATE,
)  # fmt: skip
SUB_BRANDS = ("钱管家", "调度员", "守护神", "万事ok", "党员之家")
_OWN = ("task:duty", "task:whole_process", "rectification:on_time", "activity:party_day")  # views of what is written here


def seat(units: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The units with the case in the place of the last one of its sector, and that place: a sector of sixteen makes an even map."""
    place = int(np.flatnonzero(units["sector"] == UNIT[2])[-1])
    units = units.copy()
    units.loc[place] = list(UNIT)
    return units, place


def case_cells(values: np.ndarray, framework: Framework, start: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """States and values (n_periods, n_indicators) of the unit from period `start` on: those of a good unit among `values`."""
    share = rng.uniform(0.6, 0.92, values.shape[2])
    share = np.where([n.direction > 0 for n in framework.indicators], share, 1 - share)
    cells = np.stack([np.quantile(values[:, :, j], q, axis=1, method="nearest") for j, q in enumerate(share)], axis=1)
    states = np.full(cells.shape, VALUE, np.int8)
    states[:start] = NOT_APPLICABLE
    return states, cells


def keep_case(book: Book, framework: Framework, periods: Sequence[str], values: np.ndarray, rng: np.random.Generator) -> None:
    """Write the unit's ledgers of the `periods` in which it reports and of the quarter after; `values` (n_periods, n_indicators)."""
    code, *_, size = UNIT
    today = period_days(periods[-1])[1]
    spans = [period_days(f"{today.year}Q{quarter}") for quarter in range(1, 5)]
    habits: dict[str, float] = {}
    desks = [Desk(book, code, int(size), *span, today, rng, DEPARTMENTS, habits) for span in spans]
    for quarter, desk in enumerate(desks):
        row = values[min(quarter, len(values) - 1)]
        keep_ledgers(desk, {key: float(row[j]) for j, key in viewed(framework).items() if key not in _OWN})
        _projects(desk, quarter)
    _measures(desks)
    _items(desks)
    _meetings(desks)
    _branches(book, desks)


def _measures(desks: Sequence[Desk]) -> None:
    """The measures of each aspect, one after the other over the year's quarters, and the departments in turn."""
    titles = [f"{aspect}：第{n}条举措" for aspect, number in ASPECTS.items() for n in range(1, number + 1)]
    for n, title in enumerate(titles):
        desk = _in_turn(desks, n)
        due = desk.deadline()
        done = completion(desk, due, due, desk.rng.random() < 0.94, False)
        owner = DEPARTMENTS[n % len(DEPARTMENTS)]
        desk.write("task", title=title, category="主体责任", owner=owner, due=due, done=done)


def _in_turn(desks: Sequence[Desk], n: int) -> Desk:
    """The quarter of the n-th of many, so that each department has its share of every quarter."""
    return desks[(n + n // len(DEPARTMENTS)) % len(desks)]


def _projects(desk: Desk, quarter: int) -> None:
    for n in range(PROJECTS[quarter]):
        number = sum(PROJECTS[:quarter]) + n + 1
        for month, stage in enumerate(STAGES):
            due = desk.month_end(month)
            done = completion(desk, due, due, month < 2 or desk.rng.random() < 0.8, False)
            fields = {"title": f"绩效管理项目{number:02d}", "category": "绩效管理", "stage": stage, "owner": "绩效管理科"}
            desk.write("task", **fields, due=due, done=done)


def _items(desks: Sequence[Desk]) -> None:
    """The items of the whole office and of departments, and each department's list of what its people found in themselves."""
    shares = [PERSONAL // len(DEPARTMENTS) + (n < PERSONAL % len(DEPARTMENTS)) for n in range(len(DEPARTMENTS))]
    rows = [(f"全局性整改目标第{n}项", "全局", None) for n in range(1, OF_ALL + 1)]
    rows += [(f"{DEPARTMENTS[n % len(DEPARTMENTS)]}整改目标第{n // len(DEPARTMENTS) + 1}项", "科室", None) for n in range(ITEMS - OF_ALL)]
    rows += [(f"{department}个人清单", "个人", count) for department, count in zip(DEPARTMENTS, shares, strict=True)]
    for n, (title, level, count) in enumerate(rows):
        desk = _in_turn(desks, n)
        due = desk.deadline()
        found = desks[0].first - timedelta(int(desk.rng.integers(5, 25)))
        late = desk.rng.random() < 0.06
        closed = completion(desk, due, due, not late, True)
        desk.write("rectification", title=title, source=DEBATE, level=level, count=count, found=found, due=due, closed=closed)


def _meetings(desks: Sequence[Desk]) -> None:
    for month, title in enumerate(MEETINGS):
        desk = desks[month // 3]
        end = desk.month_end(month % 3)
        came = round(desk.size * desk.rng.uniform(0.9, 0.99))
        desk.write("activity", title=title, kind="主题党日", date=desk.day(end.replace(day=5), end), expected=desk.size, actual=came)
    for title, day in (("书法培训班", date(2026, 4, 18)), ("敬老助老慰问", date(2026, 5, 30))):
        desks[1].write("activity", title=title, kind="其他", date=day)


def _branches(book: Book, desks: Sequence[Desk]) -> None:
    """Every branch but the last has its sub-brand from the start; the last has it from the second quarter on."""
    start, later = desks[0].first, desks[1].first + timedelta(40)
    for n, sub in enumerate(SUB_BRANDS):
        fields = {"title": BRAND, "master": BRAND, "branch": f"机关第{'一二三四五'[n]}党支部"}
        last = n + 1 == len(SUB_BRANDS)
        if last:
            book.write("brand", UNIT[0], start, **fields, since=start, until=later - timedelta(1))
        book.write("brand", UNIT[0], start, **fields, sub=sub, since=later if last else start)
