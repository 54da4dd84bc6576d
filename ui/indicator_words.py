"""The sentences of the page of one indicator, as markdown with every name escaped. Numbers are written by the caller's `show`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from scoring.normalisation import NORMALISATIONS
from ui.evidence import DIRECTIONS
from ui.indicator_tables import Subject, counted, relative
from ui.spread import FENCE, Relation, Spread, extremes
from ui.wording import period_title, text

if TYPE_CHECKING:
    from ui.view import View

Show = Callable[[float], str]
_TIED = 3  # names that share one end
_LISTED = 6  # names in a sentence; the table has the rest


def definition(view: View, item: Subject) -> str:
    """What is looked at: its place in the framework, unit, direction, goalposts, weight in the index."""
    facts = [" › ".join(text(name, 60) for name in item.path)]
    if item.single:
        node = item.node
        method = NORMALISATIONS[node.method].title
        ends = "" if node.low is None else f" {node.low:g}–{node.high:g}"
        facts += [f"计量单位 {text(node.unit or '无', 30)}", DIRECTIONS[node.direction], f"{method}{ends}"]
    else:
        facts.append(f"含 {len(item.leaves)} 项指标")
    if item.share < 1:
        facts.append(f"占{text(view.words['index'])} {item.share:.1%}")
    return "　·　".join(facts)


def standing_out(shown: pd.DataFrame, seen: Spread, show: Show) -> str:
    """Who stands out: the outliers with the rule, or that there are none and who is at either end."""
    rule = f"离群按 Tukey 规则：距上下四分位数超过 {FENCE:g} 倍四分位距"
    if seen.outliers:
        found = [f"{word} {_names(shown, codes, show)}" for word, codes in (("偏高", seen.high), ("偏低", seen.low)) if codes]
        return f"**突出**：{'；'.join(found)}。　:gray[{rule}。]"
    low, high = extremes(shown["value"])
    who = f"**两端**：最高 {_tied(shown, high, show)}；最低 {_tied(shown, low, show)}。　" if low else ""
    return who + (f":gray[不判离群：{seen.why}。]" if seen.why else f":gray[没有离群。{rule}。]")


def _tied(shown: pd.DataFrame, codes: Sequence[str], show: Show) -> str:
    """Names, or how many share the same value where they are too many to name."""
    return _names(shown, codes, show) if len(codes) <= _TIED else f"{show(shown.at[codes[0], 'value'])}（{len(codes)} 个并列）"


def _names(shown: pd.DataFrame, codes: Iterable[str], show: Show) -> str:
    codes = list(codes)
    named = "、".join(f"{text(shown.at[c, 'name'], 40)} {show(shown.at[c, 'value'])}" for c in codes[:_LISTED])
    return named + (f" 等 {len(codes)} 个" if len(codes) > _LISTED else "")


def without_value(item: Subject, shown: pd.DataFrame, states: Mapping[str, str]) -> str:
    """The units that are in no figure, by the state of their cell, and those whose score rests on a part of the indicators."""
    lists = []
    for state, count in counted(shown).items():
        if state != "value":
            names = "、".join(text(n, 40) for n in shown.loc[shown["state"] == state, "name"].head(_LISTED))
            lists.append(f"{states[state]} {count}：{names}{' 等' if count > _LISTED else ''}")
    partial = int((shown["value"].notna() & (shown["coverage"] < 1)).sum())
    parts = [f"**未入图**：{'；'.join(lists)}。"] if lists else []
    return "　".join([*parts, *([f"{partial} 个的得分只依据部分指标，见覆盖率一列。"] if partial and not item.single else [])])


def named(shown: pd.DataFrame, seen: Spread) -> tuple[str, ...]:
    """The units to name in a figure: the outliers, or who is at either end without too many ties."""
    return seen.outliers or tuple(code for end in extremes(shown["value"]) if len(end) <= _TIED for code in end)


def sides(seen: Spread) -> str:
    """How many outliers on each side, or why nobody was looked for."""
    found = [f"{word} {len(codes)}" for word, codes in (("偏高", seen.high), ("偏低", seen.low)) if codes]
    return seen.why or "　".join(found) or "无"


def lacking(shown: pd.DataFrame, state: Callable[[str], str]) -> str:
    """How many units have no value, by state."""
    return "　".join(f"{state(s)} {n}" for s, n in counted(shown).items() if s != "value") or "全部有值"


def correlation(found: Relation) -> str:
    """r with its interval, ρ and n, as plain text; or why there is none."""
    if found.why:
        return found.why
    between = f"（95% 区间 {found.low:.2f} 至 {found.high:.2f}）" if found.n > 3 else ""
    return f"r = {found.pearson:.2f}{between}　ρ = {found.spearman:.2f}　n = {found.n}".replace("-", "−")


def by_construction(view: View, item: Subject, level: str) -> str:
    """How to read the correlation: part of it is the item's own weight, and a raw value where lower is better turns its sign."""
    index = text(view.words["index"])
    if item.share >= 1:
        return f"横轴是不含加减分的{index}，纵轴含加减分：离开对角线的就是加减分。"
    notes = [f"r 为皮尔逊相关，ρ 为斯皮尔曼秩相关。本项自身占{index} {item.share:.1%}，相关中有一部分由此而来，不说明因果。"]
    if level == "raw" and item.direction < 0:
        notes.append("原始值越低越好，负相关才是同向。")
    return "".join(notes)


def over_time(view: View, item: Subject, level: str, broken: Iterable[str]) -> str:
    """What to mind when periods are compared."""
    notes = ["同一批" + text(view.words["unit"]) + "的历期取值。"]
    if broken := list(broken):
        notes.append(f"{'、'.join(map(period_title, broken))}起算法或口径有改动，前后不可直接比较，也不计变化。")
    if level == "score" and relative(view, item):
        notes.append("得分按各期数据定标，历期之间不在同一把尺上。")
    return "".join(notes)


def export_notes(view: View, item: Subject, count: int) -> list[str]:
    """What a workbook says about itself, as plain text."""
    words = view.words
    return [
        f"{period_title(view.period)}，第 {view.release} 号发布",
        f"指标：{' › '.join(item.path)}（{item.code}）",
        f"{count} 行，即页面上筛选后的全部{words['unit']}；数值为完整精度，空格表示没有值，原因见“状态”列",
        f"“得分”与“排名”按发布时的评分规则，排名在全部{words['unit']}中计算，并列取最前名次",
    ]
