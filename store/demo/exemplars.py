"""The demo's 培树点: every unit that a bonus says was named one, with a story its figures bear out, and what others took over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from scoring.framework import Framework
from scoring.movement import period_days

from .case import BRAND, SINCE, SOURCE, STORY, UNIT
from .desk import Book
from .model import PERIODS
from .reporting import decimals, viewed

LEARNINGS = 14
_GOOD = 0.8  # share of the goalposts from which a unit's figure is worth a story


class Theme(NamedTuple):
    """What an exemplar is known for: its title, what it does, and what another unit can take over."""

    title: str
    practice: str
    lesson: str


THEMES = {
    "task:deployment": Theme("部署“回头看”", "重大部署逐项建账，期限前两周提醒，到期当日销账，逾期的在支委会上说明", "期限前两周提醒的任务台账"),
    "task:duty": Theme("责任清单月月清", "主体责任清单分解到处室和月份，支部会逐条过堂，完成一条销一条", "按月分解到处室的责任清单"),
    "task:cases": Theme("以案为镜", "通报案例到手一周内剖析，对照岗位流程查同类问题，补一项制度", "案例剖析对照岗位流程的做法"),
    "task:model": Theme("先锋示范岗", "模范机关重点任务由党员示范岗认领，季度晒进度、比成效", "党员示范岗认领重点任务"),
    "task:whole_process": Theme("绩效三段式", "项目立项、执行、结项各设一道绩效关口，前一关不过不进后一关", "事前、事中、事后三道绩效关口"),
    "risk:assessed": Theme("廉洁风险地图", "每季度按岗位重评风险，可能性和严重性逐点打分，不留空白点", "按岗位逐点打分的风险清单"),
    "risk:controlled": Theme("高风险双控", "高风险点一点一策，处室落实、纪委复核，措施未到位的岗位暂停权限", "高风险点处室落实、纪委复核"),
    "rectification:on_time": Theme("整改闭环", "问题、责任、措施、时限一张表，期限前十天复核，按期销号", "期限前十天复核的整改表"),
    "activity:party_day": Theme("主题党日月月开", "每月首周定题、末周复盘，规定动作一项不少，自选动作由党小组轮流策划", "党小组轮流策划主题党日"),
    "activity:culture": Theme("清风书场", "廉洁文化活动分场次办，错开窗口值班，人人能到场", "错峰分场的廉洁文化活动"),
    "activity:warning": Theme("案例课堂", "警示教育进处室，缺席的一周内补课", "警示教育缺席补课制度"),
    "activity:partnership": Theme("共建朋友圈", "与社区、村、企业党组织签共建清单，一季一结账", "一季一结账的共建清单"),
    "activity:fusion": Theme("党建+项目库", "每个支部认领一个业务难题，立项、攻坚、结项都在库里", "支部认领业务难题的项目库"),
    "inspection:score": Theme("文明窗口", "每周自查一次窗口秩序，暗访问题当天改、次日核", "窗口秩序每周自查"),
    "inspection:problems": Theme("零问题窗口", "把历次暗访问题编成对照表，上岗前逐条对照", "上岗前的暗访问题对照表"),
    "brand:sub_brand": Theme("一支部一品牌", "总品牌定方向，支部结合业务报子品牌，年度评议，不合格的摘牌", "子品牌申报和年度评议"),
}  # fmt: skip


class Naming(NamedTuple):
    """A unit named for an indicator in a period, all by place; on a day, by a document."""

    t: int
    i: int
    j: int
    day: date
    document: str


def name_exemplars(
    book: Book, framework: Framework, units: pd.DataFrame, naming: pd.DataFrame, values: np.ndarray, rng: np.random.Generator
) -> None:
    """Write an exemplar of a year's term for each row of `naming` (adjustments), the article's case, and what others took over.

    `values` (n_periods, n_units, n_indicators), NaN where there is none.
    """
    place = {code: i for i, code in enumerate(units["code"])}
    shares, namings = _shares(framework, values), []
    for period, rows in naming.groupby("period", sort=True):
        first, last = period_days(period)
        for n, row in enumerate(rows.itertuples(), 1):
            t, i = PERIODS.index(period), place[row.unit]
            j = _known_for(framework, shares[max(t - 3, 0) : t + 1], i, namings)
            namings.append(Naming(t, i, j, first + (last - first) * n // (len(rows) + 1), row.document))
    for one in namings:
        book.write("exemplar", units["code"][one.i], one.day, **_exemplar(framework, one, values))
    _article(book, framework)
    _take_over(book, framework, units["code"].tolist(), namings, values, rng)


def _shares(framework: Framework, values: np.ndarray) -> np.ndarray:
    """Values on their goalposts, 0 the worse end and 1 the better."""
    low, high, up = (np.array([getattr(n, name) for n in framework.indicators]) for name in ("low", "high", "direction"))
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.where(up > 0, share, 1 - share)


def _known_for(framework: Framework, shares: np.ndarray, i: int, namings: Sequence[Naming]) -> int:
    """The indicator that a unit is named for, one that a ledger fills: good in the last periods, of its best dimension if it can be.

    Never the one that it was named for before, and rather one that few were.
    """
    nodes, used, own = framework.indicators, Counter(one.j for one in namings), {one.j for one in namings if one.i == i}
    mean = pd.DataFrame(shares[:, i]).mean().to_numpy()
    ahead = mean - np.nanmean(shares, axis=(0, 1))
    best = max(framework.dimensions, key=lambda d: np.nanmean([a for a, n in zip(ahead, nodes, strict=True) if n.parent == d.code]))
    good = [j for j in viewed(framework) if mean[j] >= _GOOD and j not in own]
    return min(good, key=lambda j: (nodes[j].parent != best.code, used[j], -mean[j]))


def _exemplar(framework: Framework, one: Naming, values: np.ndarray) -> dict[str, object]:
    node, theme = framework.indicators[one.j], THEMES[viewed(framework)[one.j]]
    known = values[max(one.t - 3, 0) : one.t + 1, one.i, one.j]
    known = known[~np.isnan(known)]
    when = f"近{len(known)}个考核期平均" if len(known) > 1 else "当期为"
    return {
        "title": theme.title,
        "node": framework.dimension_of(node.code).code,
        "story": f"{theme.practice}。{node.name}{when}{known.mean():.{decimals(node)}f}{node.unit}",
        "since": one.day,
        "until": one.day.replace(year=one.day.year + 1) - timedelta(1),
        "document": one.document,
    }


def _article(book: Book, framework: Framework) -> None:
    """The article's case, under the dimension of its brand."""
    branded = next(framework.indicators[j] for j, key in viewed(framework).items() if key == "brand:sub_brand")
    since, node = period_days(SINCE)[0], framework.dimension_of(branded.code).code
    book.write("exemplar", UNIT[0], since, title=BRAND, node=node, story=STORY, since=since, document=SOURCE)


def _take_over(
    book: Book, framework: Framework, codes: Sequence[str], namings: Sequence[Naming], values: np.ndarray, rng: np.random.Generator
) -> None:
    """Units that lagged when an exemplar of the last year was named have taken its practice over; what came of it is as it came."""
    recent = [one for one in namings if len(values) - 6 <= one.t < len(values) - 1]
    for one in [recent[k] for k in np.sort(rng.permutation(len(recent))[:LEARNINGS])]:
        node, theme = framework.indicators[one.j], THEMES[viewed(framework)[one.j]]
        before, after = values[one.t, :, one.j], values[-1, :, one.j]
        behind = node.direction * (before - np.nanmedian(before)) < 0
        behind[[one.i, codes.index(UNIT[0])]] = False
        i = int(rng.choice(np.flatnonzero(behind & ~np.isnan(after))))
        then, now = (f"{x[i]:.{decimals(node)}f}" for x in (before, after))
        change = f"仍为{now}" if then == now else f"由{then}{'升' if after[i] > before[i] else '降'}至{now}"
        day = one.day + timedelta(int(rng.integers(20, 80)))
        fields = {"title": theme.lesson, "exemplar": codes[one.i], "exemplar_title": theme.title, "date": day}
        book.write("learning", codes[i], day, **fields, effect=f"{node.name}{change}{node.unit}")
