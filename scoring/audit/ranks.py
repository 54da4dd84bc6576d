"""Checks of the ranks: do they follow from the scores, and on what do they hang that they should not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np

from ..case import Case
from ..errors import ScoringError
from ..framework import Framework, Node
from ..ranking import rank, settled
from ..values import Values
from .checks import Material, Verdict, beside, check, percent, two, unfit
from .statistics import FEW, correlation

_SHIFT = 0.05  # mean rank shift, as a share of the ranked units, above which one indicator moves the table; twice it: a fail
_PAIRS = 4_000_000  # comparisons of two units in memory at a time
_TRIED = 200  # units that are left out in turn; of more, as many spread evenly over the ranks


@check("dominance", "支配关系", "每个维度都不低于另一方的，名次就该在前，不论权重怎么定。")
def dominance(m: Material) -> Iterator[Verdict]:
    """Pairs in which one unit is nowhere lower over the dimensions and somewhere higher, yet has the lower index.

    Any increasing aggregation ranks such pairs alike, so none may be turned round: flag where adjustments do it, fail where the index
    does without them. Their share of all pairs says how much of the ranking rests on the weights. Source: Pareto dominance; OECD/JRC
    handbook, step 6.
    """
    nodes, word = m.tree.dimensions, m.case.policy.words["dimension"]
    scores = settled(m.columns(nodes))
    whole = np.flatnonzero(~np.isnan(scores).any(axis=1) & ~np.isnan(m.index))
    if len(nodes) < 2 or len(whole) < 2:
        yield unfit("", f"{len(nodes)} 个{word}、{len(whole)} 个各{word}都有得分的{m.word}，构不成支配关系")
        return
    adjusted = m.case.assessment.units["index"].to_numpy(float)
    held, raw, after = _turned(scores[whole], settled(m.index[whole]), settled(adjusted[whole]))
    pairs, count = len(whole) * (len(whole) - 1) // 2, int(after.sum())
    yield Verdict(
        subject="", status="fail" if raw else "flag" if count else "pass",
        figure=float(count), threshold=0.0, shown=f"{count} 对", limit="0 对",
        finding=f"{pairs} 对{m.word}中 {held} 对（{percent(held / pairs)}）有支配关系，名次相反的 {count} 对"
        + (f"，其中 {raw} 对与加减分无关" if count or raw else ""),
        remedy="合成方法会奖励退步，换一种合成方法" if raw else "核对这些加减分的依据" if count else "",
        units=tuple(m.units[whole[i]] for i in np.flatnonzero(after)),
    )  # fmt: skip


def _turned(scores: np.ndarray, raw: np.ndarray, adjusted: np.ndarray) -> tuple[int, int, np.ndarray]:
    """Pairs in which one unit dominates the other, how many of them `raw` (n,) turns round, and of each unit's those that `adjusted` does.

    `scores` (n, k). Rows of units at a time: the table of all pairs grows with the square.
    """
    held, turned, after = 0, 0, np.zeros(len(scores), int)
    step = max(1, _PAIRS // len(scores))
    for start in range(0, len(scores), step):
        rows = slice(start, start + step)
        above = _above(scores[rows], scores)
        held += int(np.count_nonzero(above))
        turned += int(np.count_nonzero(above & (raw[rows, None] < raw)))
        after[rows] = np.count_nonzero(above & (adjusted[rows, None] < adjusted), axis=1)
    return held, turned, after


def _above(scores: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n, k), (m, k) → (n, m): whether the row's unit dominates the column's."""
    nowhere_lower, somewhere_higher = (make((len(scores), len(others)), bool) for make in (np.ones, np.zeros))
    for mine, theirs in zip(scores.T, others.T, strict=True):
        nowhere_lower &= mine[:, None] >= theirs
        somewhere_higher |= mine[:, None] > theirs
    return nowhere_lower & somewhere_higher


@check("leave_one_out", "逐项剔除", "去掉任何一项指标，名次平均挪动几位。")
def leave_one_out(m: Material) -> Iterator[Verdict]:
    """Mean |rank − rank without the indicator| over the units ranked both times; its weight goes to its siblings, by theirs.

    Flag above a twentieth of the ranked units (one place at least), fail above a tenth: these limits are this product's, as the
    literature reports the shift without one. Source: COINr remove_elements; OECD/JRC handbook, step 7.
    """
    ranked = int((~np.isnan(m.index)).sum())
    left_out = {n.code: _topmost(m.tree, n) for n in m.tree.indicators}
    tried = [n for n in m.tree.indicators if left_out[n.code] is not None]
    shifts = _shifts(m, [left_out[n.code] for n in tried]) if tried and ranked > 1 else np.empty((0, 0))
    limit = max(1.0, _SHIFT * ranked)
    done = dict(zip((n.code for n in tried), shifts, strict=False))
    for node in m.tree.indicators:
        moved = done.get(node.code)
        if moved is None or np.isnan(moved).all():
            yield unfit(node.code, f"{node.name}：去掉它就没有指数，或没有两个{m.word}可排")
            continue
        shift, farthest = float(np.nanmean(moved)), int(np.nanargmax(moved))
        much = shift > limit
        yield Verdict(
            subject=node.code, status="fail" if shift > 2 * limit else "flag" if much else "pass",
            figure=shift, threshold=limit, shown=f"{shift:.1f} 位", limit=f"≤ {limit:.1f} 位",
            finding=f"{node.name}：去掉它，名次平均挪动 {shift:.1f} 位，最多 {moved[farthest]:.0f} 位",
            remedy="名次押在这一项上：核对它的数据与权重，必要时降低权重，或补充同类指标" if much else "",
            units=(m.units[farthest],) if much else (),
        )  # fmt: skip


def _topmost(tree: Framework, node: Node) -> str | None:
    """What to leave out so that the node is: itself, or the topmost node that holds nothing else; None where that is all there is."""
    path = tree.path(node.code)
    for above, below in zip(path[-2::-1], path[:0:-1], strict=True):
        if len(tree.children(above.code)) > 1:
            return below.code
    return None


def _shifts(m: Material, codes: list[str]) -> np.ndarray:
    """|rank − rank without the node|, (n_codes, n_units), NaN where one of the two is not there."""
    weights = np.tile([n.weight for n in m.tree.nodes], (len(codes), 1)).astype(float)
    weights[np.arange(len(codes)), [m.places[c] for c in codes]] = 0.0
    scores = m.case.fitted.score(m.case.values, weights).values[..., m.places[m.tree.root.code]]
    return np.abs(rank(scores) - rank(m.index))


@check("scale_effect", "规模效应", "得分跟着单位大小走，考的就是大小，不是质效。")
def scale_effect(m: Material) -> Iterator[Verdict]:
    """Correlation of the index, and of every indicator, with the units' size.

    Flag where it is above the limit either way, fail where the index's is: then it measures size. Source: COINr get_denom_corr;
    JRC's audits.
    """
    sizes = None if m.sizes is None else m.sizes.reindex(list(m.units)).to_numpy(float)
    title = m.case.policy.words["size"]
    if sizes is None or np.isnan(sizes).all():
        yield unfit("", f"没有{title}数据，看不出得分是否跟着大小走")
        return
    limit, root = m.case.policy.limits.size, m.tree.root
    for node in (root, *m.tree.indicators):
        r = correlation(m.column(node.code), sizes)
        if np.isnan(r):
            yield unfit(node.code, f"{node.name}：得分与{title}都有且有差异的{m.word}不足 {FEW} 个")
            continue
        strong = abs(r) > limit
        yield Verdict(
            subject=node.code, status="pass" if not strong else "fail" if node is root else "flag",
            figure=r, threshold=limit, shown=beside(r, np.copysign(limit, r)), limit=f"±{two(limit)} 以内",
            finding=f"{node.name}：得分与{title}的相关系数为 {beside(r, np.copysign(limit, r))}",
            remedy=f"改用人均、占比等口径，或用指标体系的“分母”一列除以{title}" if strong else "",
        )  # fmt: skip


@check("rank_reversal", "名次反转", "去掉一个单位，其余单位之间的先后不该改变。")
def rank_reversal(m: Material) -> Iterator[Verdict]:
    """Units whose removal, from the population too, changes the ranks that the others have among themselves.

    With fixed goalposts none does. Flag where one does, fail where the first place among the others changes hands. Source: Belton &
    Gear (1983), *Omega* 11.
    """
    order = [i for i in np.argsort(rank(m.index), kind="stable") if not np.isnan(m.index[i])]
    if len(order) < 3:
        yield unfit("", f"有指数的{m.word}只有 {len(order)} 个，去掉一个就没有先后可比")
        return
    tried = [order[k] for k in np.unique(np.linspace(0, len(order) - 1, min(len(order), _TRIED)).round().astype(int))]
    after = np.full((len(tried), len(m.units)), np.nan)
    for row, i in zip(after, tried, strict=True):
        with suppress(ScoringError):  # such as of a reference unit: nobody has a score without it
            row[np.arange(len(row)) != i] = _without(m.case, m.units[i]).scores.values[:, m.places[m.tree.root.code]]
    done = ~np.isnan(after).all(axis=1)
    if not done.any():
        yield unfit("", f"去掉任何一个{m.word}都无法重新计分")
        return
    before = np.tile(m.index, (len(tried), 1))
    before[np.arange(len(tried)), tried] = np.nan
    yield _reversal(m, np.array(tried)[done], rank(before[done]), rank(after[done]))


def _reversal(m: Material, left_out: np.ndarray, before: np.ndarray, after: np.ndarray) -> Verdict:
    """`left_out` (n,) rows of units; `before`, `after` (n, n_units) ranks among the others."""
    moved = ~np.isclose(before, after, rtol=0, atol=0, equal_nan=True)
    turned, lead = moved.any(axis=1), int((moved & ((before == 1) | (after == 1))).any(axis=1).sum())
    count, last = int(turned.sum()), bool(turned[-1])
    said = f"，其中 {lead} 次换了第一名" if lead else ""
    return Verdict(
        subject="", status="fail" if lead else "flag" if count else "pass",
        figure=float(count), threshold=0.0, shown=f"{count} 次", limit="0 次",
        finding=f"逐个去掉 {len(turned)} 个{m.word}重新计分，其余的先后改变 {count} 次{said}；去掉末位{'会' if last else '不会'}改变",
        remedy="改用固定目标区间，让一个单位的得分不随别人进出而变" if count else "",
        units=tuple(m.units[i] for i in left_out[turned]),
    )  # fmt: skip


def _without(case: Case, unit: str) -> Case:
    """The case as if a unit had never taken part, in no period; for its scores only, so that adjustments stay."""
    blocks: Mapping[str, Values] = {
        period: block.take([k for k, u in enumerate(block.units) if u != unit]) if unit in block.units else block
        for period, block in case.by_period.items()
    }
    return replace(case, by_period=blocks)
