"""Checks of the data themselves: are they there, and do they tell units apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..framework import Node
from ..normalisation import FIXED
from ..ranking import settled
from ..treatment import outlying, shape
from ..tree import logged
from ..values import NOT_APPLICABLE, VALUE
from .checks import Material, Verdict, check, percent, two, unfit

_HALF = 0.5  # share of cells with a value below which there are more gaps than data
_MOMENTS = 4  # values that a kurtosis needs
_SOME = 3  # values that "most of them are the same" needs


@check("coverage", "指标覆盖率", "每项指标有值的单位占应报单位的比例，不适用的不计。")
def coverage(m: Material) -> Iterator[Verdict]:
    """Cells with a value / cells that are not `not applicable`, by indicator; missing and pending count as gaps, imputed or not.

    Flag below the limit, fail below one half. Source: the 65 % rule of JRC's audits (e.g. *Global Innovation Index*, annex "JRC
    statistical audit").
    """
    limit = m.case.policy.limits.coverage
    for node in m.tree.indicators:
        states = m.states(node.code)
        due, present = int((states != NOT_APPLICABLE).sum()), int((states == VALUE).sum())
        if not due:
            yield unfit(node.code, f"{node.name}：没有一个{m.word}适用")
            continue
        share = present / due
        poor = share < limit
        yield Verdict(
            subject=node.code, status="fail" if share < min(limit, _HALF) else "flag" if poor else "pass",
            figure=share, threshold=limit, shown=percent(share), limit=f"≥ {percent(limit)}",
            finding=f"{node.name}：应报 {due} 个{m.word}，有值 {present} 个，覆盖率 {percent(share)}",
            remedy="向缺报者催报；长期补不齐的，换一个指标，或暂时移出体系" if poor else "",
        )  # fmt: skip


@check("unit_coverage", "单位覆盖率", "每个单位有值的指标占应报指标的比例。")
def unit_coverage(m: Material) -> Iterator[Verdict]:
    """The least share of indicators with a value over the units, those that are not applicable left out.

    Flag where a unit lies below the limit, fail where one with less than half of its values has an index all the same. Source: as
    `coverage`.
    """
    limit = m.case.policy.limits.coverage
    states = np.column_stack([m.states(n.code) for n in m.tree.indicators])
    due = (states != NOT_APPLICABLE).sum(axis=1)
    if not due.any():
        yield unfit("", f"没有一个{m.word}有应报的指标")
        return
    share = np.divide((states == VALUE).sum(axis=1), due, out=np.full(len(due), np.nan), where=due > 0)
    poor = share < limit
    ranked = (share < min(limit, _HALF)) & ~np.isnan(m.index)
    order = [i for i in np.argsort(share, kind="stable") if poor[i]]
    least = float(np.nanmin(share))
    few = f"{int(poor.sum())} 个{m.word}的有值指标不足 {percent(limit)}" if poor.any() else f"各{m.word}的有值指标都够 {percent(limit)}"
    yield Verdict(
        subject="", status="fail" if ranked.any() else "flag" if poor.any() else "pass",
        figure=least, threshold=limit, shown=percent(least), limit=f"≥ {percent(limit)}",
        finding=f"{few}，最低 {percent(least)}" + (f"，其中 {int(ranked.sum())} 个不足一半却有得分" if ranked.any() else ""),
        remedy="先补齐这些数据再排名；补不齐的不计分，并注明原因" if poor.any() else "",
        units=tuple(m.units[i] for i in order),
    )  # fmt: skip


@check("outliers", "离群值", "取值的偏度与峰度都超限，说明少数极端值在支配这项指标。")
def outliers(m: Material) -> Iterator[Verdict]:
    """|skewness| and kurtosis, bias-corrected sample definitions, of the values as they enter the normalisation.

    Flag where both are above the policy's; fail where the scale moves with the data, so that the extreme values set everyone's
    score. Source: COINr check_SkewKurt; Groeneveld & Meeden (1984), with the skewness that JRC allows small samples.
    """
    for node in m.tree.indicators:
        values = _entering(m, node)
        if np.isnan(shape(values)[1]):
            reason = f"只有 {len(values)} 个值" if len(values) < _MOMENTS else "取值全都相同"
            yield unfit(node.code, f"{node.name}：{reason}，算不出偏度与峰度")
        else:
            yield _tails(m, node, values)


def _entering(m: Material, node: Node) -> np.ndarray:
    """The present values of an indicator as the normalisation gets them, (n,)."""
    values = m.values(node.code)
    present = values[~np.isnan(values)]
    present = logged(present, node.code) if node.transform == "log" else present
    treatment = m.case.fitted.treatments.get(node.code)
    return present if treatment is None else treatment(present)


def _tails(m: Material, node: Node, values: np.ndarray) -> Verdict:
    policy = m.case.policy
    (lean, peaks), heavy = shape(values), outlying(values, policy)
    fixed = node.method in FIXED
    remedy = "核对两端的取值；属实的，在指标体系的“异常值处理”一列选缩尾或取对数" + ("" if fixed else "，或改用固定目标区间")
    return Verdict(
        subject=node.code, status="pass" if not heavy else "flag" if fixed else "fail",
        figure=abs(lean), threshold=policy.skewness,
        shown=f"{two(lean)} / {two(peaks)}", limit=f"±{policy.skewness:g} / {policy.kurtosis:g}",
        finding=f"{node.name}：偏度 {two(lean)}、峰度 {two(peaks)}" + ("，两项都超限" if heavy else ""),
        remedy=remedy if heavy else "",
        units=_farthest(m, node) if heavy else (),
    )  # fmt: skip


def _farthest(m: Material, node: Node) -> tuple[str, ...]:
    """The units with the values farthest from the median, on the side of the longer tail; at most three."""
    column = m.values(node.code)
    away = column - np.nanmedian(column)
    side = away * np.sign(np.nansum(away**3))
    return tuple(m.units[i] for i in np.argsort(-np.where(np.isnan(side), -np.inf, side), kind="stable")[:3])


@check("same_value", "区分度", "多数单位得同一个分，这项指标就分不出高下。")
def same_value(m: Material) -> Iterator[Verdict]:
    """Share of the units with a value that hold the commonest score; scores, as clipping at a goalpost makes values alike.

    Flag above the limit, fail where all are the same. Source: COINr get_stats (Frc.Same > 0.5).
    """
    limit = m.case.policy.limits.same_value
    for node in m.tree.indicators:
        scores = settled(m.column(node.code))
        scores = scores[~np.isnan(scores)]
        if len(scores) < _SOME:
            yield unfit(node.code, f"{node.name}：只有 {len(scores)} 个{m.word}有值，谈不上区分")
            continue
        distinct, counts = np.unique(scores, return_counts=True)
        share, common = counts.max() / len(scores), float(distinct[counts.argmax()])
        alike = share > limit
        yield Verdict(
            subject=node.code, status="fail" if len(distinct) == 1 else "flag" if alike else "pass",
            figure=float(share), threshold=limit, shown=percent(share), limit=f"≤ {percent(limit)}",
            finding=f"{node.name}：{len(scores)} 个{m.word}中 {int(counts.max())} 个同得 {two(common)} 分，占 {percent(share)}",
            remedy="重定目标区间或换更细的口径，让多数单位分得开；只为守底线的，改作否决项" if alike else "",
            units=_others(m, node, common) if alike else (),
        )  # fmt: skip


def _others(m: Material, node: Node, common: float) -> tuple[str, ...]:
    """The units that hold another score than the common one: the few that the indicator tells apart."""
    scores = settled(m.column(node.code))
    return m.among(~np.isnan(scores) & (scores != common))
