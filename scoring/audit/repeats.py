"""The screen's questions about figures as they are written: last digits, and figures that stay the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .checks import Material, Verdict, pattern, percent, unfit
from .statistics import FEW, PLACES, decimals

_CHANCE = 0.001  # chance below which a pattern is asked about: it is looked for in every indicator
_ENOUGH = 50  # values that a test of ten last digits needs: five expected for each
_SPREAD = 20  # units in the last place that the middle half must span, for each last digit to be as likely as the others
_KEPT = 0.8  # share of figures equal to those of the period before that is asked about
_EXACT = 1e-9


@pattern("digits", "末位数字重复", "末位数字本该 0 到 9 大致一样多，偏爱某几个数字多半是估出来的。")
def digits(m: Material) -> Iterator[Verdict]:
    """Last digits of an indicator's values against an even spread over 0 to 9: χ² with 9 degrees of freedom, p < 0.001.

    The least and the greatest value are left out: they may be ends of the scale. Source: Mosimann, Wiseman & Edelman (1995),
    *Accountability in Research* 4; Diekmann (2007), *Journal of Applied Statistics* 34.
    """
    from scipy.stats import chi2

    most = float(chi2.isf(_CHANCE, 9))
    for node in m.tree.indicators:
        counts, reason = _last_digits(m.reported(node.code))
        if reason:
            yield unfit(node.code, f"{node.name}：{reason}，不看末位数字")
            continue
        expected = counts.sum() / 10
        figure, common = float(((counts - expected) ** 2).sum() / expected), int(counts.argmax())
        odd = figure > most
        yield Verdict(
            subject=node.code, status="flag" if odd else "pass",
            figure=figure, threshold=most, shown=f"{figure:.1f}", limit=f"χ² ≤ {most:.1f}",
            finding=f"{node.name}：末位为 {common} 的占 {percent(counts[common] / counts.sum())}，均匀时应占 10%",
            remedy="请核实：这些数是计算出来的，还是估计、取整得来的" if odd else "",
        )  # fmt: skip


def _last_digits(values: np.ndarray) -> tuple[np.ndarray, str]:
    """(how often each last digit occurs, why it cannot be told) of the values between the ends of a column (n_units,)."""
    present = values[~np.isnan(values)]
    inner = present[(present > present.min()) & (present < present.max())] if len(present) else present
    places = decimals(inner)
    if len(inner) < _ENOUGH:
        return np.zeros(10), f"两端之间只有 {len(inner)} 个值，不足 {_ENOUGH} 个"
    if places is None:
        return np.zeros(10), f"小数超过 {PLACES} 位，是算出来的数"
    units = np.round(np.abs(inner) * 10**places).astype(np.int64)
    if np.subtract(*np.percentile(units, [75, 25])) < _SPREAD:
        return np.zeros(10), "取值太集中"
    return np.bincount(units % 10, minlength=10), ""


@pattern("copied", "与上期雷同", "一个单位的数据与上一期几乎逐项相同。")
def copied(m: Material) -> Iterator[Verdict]:
    """Share of a unit's figures that equal its own of the period before; asked about from eight in ten, with five figures or more.

    Figures at an indicator's least or greatest value are left out: there an honest unit stays.
    """
    if m.earlier is None:
        yield unfit("", "没有上一期的数据，无从比对")
        return
    same, both = np.zeros(len(m.units)), np.zeros(len(m.units))
    for node in m.tree.indicators:
        now, then = m.reported(node.code), m.reported_before(node.code)
        ends = np.fmin.reduce(now, initial=np.inf), np.fmax.reduce(now, initial=-np.inf)
        counted = ~np.isnan(now) & ~np.isnan(then) & (now != ends[0]) & (now != ends[1])
        both += counted
        same += counted & (np.abs(now - then) < _EXACT)
    if not (both >= FEW).any():
        yield unfit("", f"没有一个{m.word}有 {FEW} 项以上两期可比的数据")
        return
    share = np.divide(same, both, out=np.zeros(len(both)), where=both >= FEW)
    found = share >= _KEPT
    yield Verdict(
        subject="", status="flag" if found.any() else "pass",
        figure=float(share.max()), threshold=_KEPT, shown=percent(share.max()), limit=f"< {percent(_KEPT)}",
        finding=f"{percent(_KEPT)} 以上数据与上期相同的{m.word}有 {int(found.sum())} 个，最多的一个占 {percent(share.max())}",
        remedy="请核实：是确实没有变化，还是照抄了上期" if found.any() else "",
        units=m.among(found),
    )  # fmt: skip
