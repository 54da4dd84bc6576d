"""Checks of the structure: do the indicators of a dimension belong together, and does each weigh what it is said to weigh."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from ..framework import Node
from ..weighting import effective_shares
from .checks import Material, Verdict, beside, check, listed, percent, two, unfit
from .statistics import FEW, covariances, cronbach_alpha, principal_components

_TWIN = 0.99  # correlation above which two indicators are one measured twice
_AGAINST = -np.sqrt(0.5)  # correlation below which half of what either says is lost against the other


def _pairs(m: Material, kids: tuple[Node, ...]) -> list[tuple[float, Node, Node]]:
    """(r, one, other) of every two siblings that have a correlation."""
    found = [(m.links[m.places[a.code], m.places[b.code]], a, b) for a, b in combinations(kids, 2)]
    return [pair for pair in found if not np.isnan(pair[0])]


def _lacking(m: Material, node: Node, kids: tuple[Node, ...]) -> Verdict:
    """Why there is no correlation among siblings."""
    reason = "只有一项下级" if len(kids) < 2 else f"下级两两之间没有 {FEW} 个以上都有值且有差异的{m.word}"
    return unfit(node.code, f"{node.name}：{reason}，无从比较")


def _named(pairs: list[tuple[float, Node, Node]]) -> str:
    return listed([f"{a.name}与{b.name} {two(r)}" for r, a, b in pairs], "对")


@check("redundancy", "重复计量", "同一维度里两项指标高度相关，等于一件事计了两遍分。")
def redundancy(m: Material) -> Iterator[Verdict]:
    """The greatest correlation among the children of a node, directions turned so that more is better.

    Flag above the limit, fail above 0.99. Source: COINr get_corr_flags; OECD/JRC handbook, step 4 (double counting).
    """
    limit = m.case.policy.limits.redundant
    for node, kids in m.families():
        pairs = sorted(_pairs(m, kids), key=lambda pair: -pair[0])
        if not pairs:
            yield _lacking(m, node, kids)
            continue
        over, greatest = [pair for pair in pairs if pair[0] > limit], pairs[0]
        yield Verdict(
            subject=node.code, status="fail" if greatest[0] > max(limit, _TWIN) else "flag" if over else "pass",
            figure=greatest[0], threshold=limit, shown=beside(greatest[0], limit), limit=f"≤ {two(limit)}",
            finding=f"{node.name}：{f'相关超限的有{_named(over)}' if over else f'相关最高的是{_named(pairs[:1])}'}",
            remedy="留一项，或合成一项，或把两项的权重各减半" if over else "",
            nodes=_members(over),
        )  # fmt: skip


@check("conflict", "相互抵触", "同一维度里两项指标此长彼短，合在一起会相互抵消。")
def conflict(m: Material) -> Iterator[Verdict]:
    """The least correlation among the children of a node, directions turned so that more is better.

    Flag below the limit, fail below −0.71, where half of the variance is shared with the sign turned. Source: COINr get_corr_flags
    (−0.4); JRC's audits.
    """
    limit = m.case.policy.limits.conflict
    for node, kids in m.families():
        pairs = sorted(_pairs(m, kids), key=lambda pair: pair[0])
        if not pairs:
            yield _lacking(m, node, kids)
            continue
        under, least = [pair for pair in pairs if pair[0] < limit], pairs[0]
        yield Verdict(
            subject=node.code, status="fail" if least[0] < min(limit, _AGAINST) else "flag" if under else "pass",
            figure=least[0], threshold=limit, shown=beside(least[0], limit), limit=f"≥ {two(limit)}",
            finding=f"{node.name}：{f'相互抵触的有{_named(under)}' if under else f'相关最低的是{_named(pairs[:1])}'}",
            remedy="核对方向有没有填反；方向无误的，分到两个维度，或二者取一" if under else "",
            nodes=_members(under),
        )  # fmt: skip


def _members(pairs: list[tuple[float, Node, Node]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n.code for _, *both in pairs for n in both))


@check("weak_link", "与上级的联系", "与所属维度几乎不相关的指标，加不加都不影响这个维度。")
def weak_link(m: Material) -> Iterator[Verdict]:
    """Correlation of every node with its parent, of which it is a part.

    Flag below the limit, fail below 0: it moves against what it is to measure. Source: JRC's audits (0.3 to 0.92 is wanted).
    """
    limit = m.case.policy.limits.weak_link
    for parent, kids in m.families():
        for node in kids:
            r = float(m.links[m.places[node.code], m.places[parent.code]])
            if len(kids) < 2 or np.isnan(r):
                reason = f"是{parent.name}唯一的下级" if len(kids) < 2 else f"有值的{m.word}不足 {FEW} 个，或没有差异"
                yield unfit(node.code, f"{node.name}：{reason}，算不出联系")
                continue
            remedy = "核对方向与数据；确属另一回事的，移到别的维度，或移出体系"
            yield _at_least(node, r, limit, f"与{parent.name}的相关系数为", remedy)


def _at_least(node: Node, figure: float, limit: float, what: str, remedy: str) -> Verdict:
    """The verdict on a figure that should reach a limit: a flag below it, a fail below 0 too."""
    low, shown = figure < limit, beside(figure, limit)
    return Verdict(
        subject=node.code, status="fail" if figure < min(limit, 0) else "flag" if low else "pass",
        figure=figure, threshold=limit, shown=shown, limit=f"≥ {two(limit)}",
        finding=f"{node.name}：{what} {shown}", remedy=remedy if low else "",
    )  # fmt: skip


def _usable(m: Material, kids: tuple[Node, ...]) -> list[Node]:
    """Children whose scores vary."""
    blocks = [(n, m.column(n.code)) for n in kids]
    return [n for n, x in blocks if np.fmax.reduce(x, initial=-np.inf) > np.fmin.reduce(x, initial=np.inf)]


@check("alpha", "内部一致性", "克朗巴赫 α：同一维度的指标是否说的是一件事。")
def alpha(m: Material) -> Iterator[Verdict]:
    """Cronbach's alpha of the children of a node, those that vary, by `statistics.cronbach_alpha` on their scores.

    Flag below the limit, fail below 0. A dimension may bring different things together on purpose: then the reason belongs in the
    method. Source: Nunnally (1978); OECD/JRC handbook, step 4.
    """
    limit = m.case.policy.limits.alpha
    for node, kids in m.families():
        used = _usable(m, kids)
        found = cronbach_alpha(covariances(m.columns(used))) if len(m.units) >= FEW else np.nan
        if np.isnan(found):
            yield unfit(node.code, f"{node.name}：有差异的下级 {len(used)} 项、{m.word} {len(m.units)} 个，算不出 α")
            continue
        remedy = "看哪一项与其余联系最弱，重新归类；有意兼收并蓄的，在方法里写明理由"
        yield _at_least(node, found, limit, f"{len(used)} 项下级的 α 为", remedy)


@check("components", "主成分", "一个维度最好只有一个主成分；有几个，就像是几件事合在一起。")
def components(m: Material) -> Iterator[Verdict]:
    """Principal components of the children's correlations whose variance is above 1 (Kaiser's rule); three children at least.

    Flag where there are more than one; never a fail, for the same reason as with alpha. Source: Kaiser (1960); OECD/JRC handbook,
    step 4.
    """
    for node, kids in m.families():
        used = _usable(m, kids)
        places = [m.places[n.code] for n in used]
        variances = principal_components(m.links[np.ix_(places, places)])
        if len(used) < 3 or np.isnan(variances).any():
            yield unfit(node.code, f"{node.name}：有差异且两两可比的下级不足 3 项，不做主成分")
            continue
        count, first = int((variances > 1 + 1e-9).sum()), variances[0] / len(used)
        yield Verdict(
            subject=node.code, status="flag" if count > 1 else "pass",
            figure=float(count), threshold=1.0, shown=f"{count} 个", limit="1 个",
            finding=f"{node.name}：方差大于 1 的主成分有 {count} 个，第一个解释 {percent(first)}",
            remedy="看各主成分上是哪些指标，考虑拆成几个维度；有意合在一起的，在方法里写明理由" if count > 1 else "",
        )  # fmt: skip


@check("effective_weight", "有效权重", "一项实际左右上级得分的份额，与所定权重相差几倍。")
def effective_weight(m: Material) -> Iterator[Verdict]:
    """Effective share of every node in its parent / its stated share, by `weighting.effective_shares`.

    Flag outside the limits, fail outside their squares (off twice over). Source: Paruolo, Saisana & Saltelli (2013), *JRSS A* 176.
    """
    low, high = m.case.policy.limits.weight_low, m.case.policy.limits.weight_high
    for parent, kids in m.families():
        stated = np.array([n.weight for n in kids]) / sum(n.weight for n in kids)
        shares = effective_shares(m.columns(kids), m.column(parent.code)) if len(m.units) >= FEW else np.full(len(kids), np.nan)
        for node, given, share in zip(kids, stated, shares, strict=True):
            if reason := _unweighed(m, node, parent, len(kids), share):
                yield unfit(node.code, f"{node.name}：{reason}，不比权重")
                continue
            times = float(share / given)
            bound = low if times < 1 else high
            off = not low <= times <= high
            yield Verdict(
                subject=node.code, status="fail" if not low**2 <= times <= high**2 else "flag" if off else "pass",
                figure=times, threshold=bound, shown=f"{beside(times, bound)} 倍", limit=f"{low:g}–{high:g} 倍",
                finding=f"{node.name}：在{parent.name}中定为 {percent(given)}，实际左右 {percent(share)}，为所定的 {beside(times, bound)} 倍",
                remedy=_reweigh(times) if off else "",
            )  # fmt: skip


def _unweighed(m: Material, node: Node, parent: Node, siblings: int, share: float) -> str:
    """Why the effective weight of a node cannot be told; "" where it can."""
    if siblings < 2:
        return f"是{parent.name}唯一的下级"
    if np.isnan(m.column(node.code)).all():
        return "没有值"
    return f"{parent.name}的得分没有差异，或{m.word}不足 {FEW} 个" if np.isnan(share) else ""


def _reweigh(times: float) -> str:
    if times < 1:
        return "差异太小或与其余无关：放宽目标区间的两端，或改用“有效权重校准”，或说明它本来就是保底项"
    return "差异太大或与其余重叠：收紧两端的离群值，或降低权重，或改用“有效权重校准”"
