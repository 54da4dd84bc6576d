"""The screen for unusual patterns: questions to ask of the data, never an accusation. An honest reason is the usual answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..errors import ScoringError
from ..framework import Node
from ..normalisation import FIXED
from ..ranking import settled
from .checks import Material, Verdict, pattern, percent, unfit
from .statistics import FEW, step

_CHANCE = 0.001  # chance below which a pattern is asked about: it is looked for in every indicator
_BIN = 0.05  # width of the bin above a cut, as a share of the span of the goalposts or of the values
_FULL = 0.9  # share of full marks that is asked about
_JUMP = 3.5  # modified z-score
_FAR = 0.2  # least jump, as a share of the score range


class Heap(NamedTuple):
    """Values at a cut: how many lie in the bin on its better side, the mean of the bins beside it, the most that chance allows."""

    cut: float
    count: int
    usual: float
    most: int
    members: np.ndarray


@pattern("heaped", "刚过线的扎堆", "刚过某条线的取值，比紧挨着的两边都多得多。")
def heaped(m: Material) -> Iterator[Verdict]:
    """Values in the bin just on the better side of a cut against the two bins beside it.

    Where the density is even or slopes evenly, a third of the three bins' values lie in the middle one: binomial test, p < 0.001.
    Cuts: target, bands, goalposts, each with values on both sides (a natural end of the scale is none). The bin is a twentieth of
    the span, in whole steps of the values. Source: caliper tests, Gerber & Malhotra (2008), *QJPS* 3; McCrary (2008).
    """
    for node in m.tree.indicators:
        found = [heap for cut in _cuts(node) if (heap := _heap(m.values(node.code), cut, node)) is not None]
        if not found:
            yield unfit(node.code, f"{node.name}：没有一条两侧都有取值的界线")
            continue
        heap = max(found, key=lambda h: h.count - h.most)
        many = heap.count > heap.most
        yield Verdict(
            subject=node.code, status="flag" if many else "pass",
            figure=float(heap.count), threshold=float(heap.most), shown=f"{heap.count} 个", limit=f"≤ {heap.most} 个",
            finding=f"{node.name}：刚过 {heap.cut:g} 这条线的有 {heap.count} 个，两边相邻处平均 {heap.usual:g} 个",
            remedy="请核实：这条线前后的数据是怎样统计、怎样取整的" if many else "",
            units=m.among(heap.members) if many else (),
        )  # fmt: skip


def _cuts(node: Node) -> list[float]:
    """Values at which an indicator begins to count, or counts more."""
    stated = [node.target, *(start for start, _ in node.bands)]
    stated += [node.low, node.high] if node.method in FIXED else []
    return sorted({cut for cut in stated if cut is not None})


def _heap(values: np.ndarray, cut: float, node: Node) -> Heap | None:
    """What lies at a cut; None where one of its sides is empty."""
    from scipy.stats import binom

    x, line = settled(node.direction * values), node.direction * cut
    present = x[~np.isnan(x)]
    if not len(present):
        return None
    width = step(present)
    span = abs(node.high - node.low) if node.low is not None and node.high is not None else float(np.ptp(present))
    if not width or not span:
        return None
    edges = settled(line + width * np.ceil(_BIN * span / width) * np.arange(-1, 3))
    if present.min() >= line or present.max() < edges[2]:
        return None
    below, inside, beyond = (int(((present >= a) & (present < b)).sum()) for a, b in pairwise(edges))
    most = int(binom.ppf(1 - _CHANCE, below + inside + beyond, 1 / 3)) if inside else 0
    return Heap(cut, inside, (below + beyond) / 2, most, (x >= edges[1]) & (x < edges[2]))


@pattern("full_marks", "人人满分", "几乎所有单位都是满分，或一个单位几乎项项满分。")
def full_marks(m: Material) -> Iterator[Verdict]:
    """Share of the units with a value that have the best score there can be, by indicator; and units that have it nearly everywhere.

    Asked about from nine in ten. Scales without an end, or whose end is set by the data, are left out.
    """
    at_top = np.full((len(m.units), len(m.tree.indicators)), np.nan)
    for k, node in enumerate(m.tree.indicators):
        scores, top = settled(m.column(node.code)), settled(m.case.fitted.scales[node.code].ends[1])
        present = ~np.isnan(scores)
        if node.method not in FIXED or present.sum() < FEW:
            yield unfit(node.code, f"{node.name}：满分随数据而定，或有值的{m.word}不足 {FEW} 个")
            continue
        at_top[present, k] = scores[present] == top
        share = float(np.nanmean(at_top[:, k]))
        yield Verdict(
            subject=node.code, status="flag" if share >= _FULL else "pass",
            figure=share, threshold=_FULL, shown=percent(share), limit=f"< {percent(_FULL)}",
            finding=f"{node.name}：{int(present.sum())} 个{m.word}中满分的占 {percent(share)}",
            remedy="请核实：口径是不是太宽，有没有逐项核过；属实的，可把目标区间提高" if share >= _FULL else "",
        )  # fmt: skip
    yield _all_round(m, at_top)


def _all_round(m: Material, at_top: np.ndarray) -> Verdict:
    """Units with full marks in nearly all of their indicators."""
    counts = (~np.isnan(at_top)).sum(axis=1)
    if not (counts >= FEW).any():
        return unfit("", f"没有一个{m.word}有 {FEW} 项以上满分固定的指标")
    share = np.divide(np.nansum(at_top, axis=1), counts, out=np.zeros(len(counts)), where=counts >= FEW)
    found = share >= _FULL
    return Verdict(
        subject="", status="flag" if found.any() else "pass",
        figure=float(share.max()), threshold=_FULL, shown=percent(share.max()), limit=f"< {percent(_FULL)}",
        finding=f"满分项达到 {percent(_FULL)} 的{m.word}有 {int(found.sum())} 个，最多的一个满分项占 {percent(share.max())}",
        remedy=f"请核实：这些{m.word}的数据有没有原始记录可查" if found.any() else "",
        units=m.among(found),
    )  # fmt: skip


@pattern("jump", "突然的升降", "一期之间的变化，远远大于其他单位的变化。")
def jump(m: Material) -> Iterator[Verdict]:
    """Units whose score changed since the period before far more than the others' did, by node: the index and every indicator.

    Modified z-score 0.6745 (Δ − median) / MAD beyond ±3.5, and a change of a fifth of the score range at least; where most do not
    change at all, the mean absolute deviation stands for the MAD. Both periods are scored on the scales of this one.
    Source: Iglewicz & Hoaglin (1993), *How to Detect and Handle Outliers*.
    """
    try:
        before = m.before
    except ScoringError as error:  # such as a logarithm that the framework has begun to take since
        yield unfit("", f"上一期的数据按本期的办法不能计分，看不出升降（{error}）")
        return
    if before is None:
        yield unfit("", "没有上一期的数据，看不出升降")
        return
    far = _FAR * (m.case.policy.range[1] - m.case.policy.range[0])
    for node in (m.tree.root, *m.tree.indicators):
        change = m.column(node.code) - before[:, m.places[node.code]]
        if (~np.isnan(change)).sum() < FEW:
            yield unfit(node.code, f"{node.name}：两期都有值的{m.word}不足 {FEW} 个")
            continue
        odd = (np.abs(_modified_z(change)) > _JUMP) & (np.abs(change) >= far)
        found, rises = int(odd.sum()), int((odd & (change > 0)).sum())
        order = sorted(np.flatnonzero(odd), key=lambda i: -abs(change[i]))
        most = f"{found} 个（升 {rises}、降 {found - rises}），最大一个变了 {_signed(change[order[0]])} 分" if found else "0 个"
        yield Verdict(
            subject=node.code, status="flag" if found else "pass",
            figure=float(found), threshold=0.0, shown=f"{found} 个", limit="0 个",
            finding=f"{node.name}：变化远超其他{m.word}的有 {most}",
            remedy="请核实：这一期做了什么，统计口径有没有变，有没有录错" if found else "",
            units=tuple(m.units[i] for i in order),
        )  # fmt: skip


def _modified_z(change: np.ndarray) -> np.ndarray:
    away = change - np.nanmedian(change)
    spread = np.nanmedian(np.abs(away)) / 0.6745 or np.nanmean(np.abs(away)) * 1.253314
    return away / spread if spread > 0 else np.zeros(len(away))


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "−")
