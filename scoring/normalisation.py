"""Normalisation: `fit(population, indicator) → Scale`. A scale is data and is applied to any block of units.

Formulas follow COINr 1.1 (W. Becker, JRC) and the OECD/JRC handbook (2008), section 5; in all of them x is the value after
the indicator's transform. "Better" is the direction's better: with direction −1 the population is mirrored first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .errors import ScoringError
from .framework import Node
from .registry import Method, registrar
from .summary import Summary

NORMALISATIONS: dict[str, Method] = {}
NEEDS = {
    "goalposts": ("low", "high"),
    "distance_to_target": ("target",),
    "distance_to_reference": ("reference",),
    "banded": ("bands",),
    "ampi": ("low", "high"),
}
FIXED = ("goalposts", "banded", "ampi")  # scales that the framework states; the others move with the population
MOMENTS = ("z_score", "mpi")  # these rest on mean and standard deviation
_register = registrar(NORMALISATIONS)


@dataclass(frozen=True)
class Population:
    """What a scale is fitted on: a summary of the present values, the score range, the reference value where one is stated.

    `column`: gives the present values (n,) themselves, in any order, to a method that cannot do without them.
    """

    summary: Summary
    range: tuple[float, float]
    reference: float | None
    column: Callable[[], np.ndarray]

    def worst(self, direction: int) -> float:
        """The value at the worst end."""
        return self.summary.low if direction > 0 else self.summary.high


@dataclass(frozen=True)
class Linear:
    """y = (x − origin) / span × width + base, clipped to [clip_low, clip_high]. `floor` is the score of the worst end."""

    origin: float
    span: float
    width: float = 1.0
    base: float = 0.0
    clip_low: float = -np.inf
    clip_high: float = np.inf
    floor: float = 0.0

    def __call__(self, x: np.ndarray) -> np.ndarray:
        # Turned round for a falling scale, so that its worst end is 0 and not −0, which shows and whose inverse is −∞.
        y = np.subtract(x, self.origin) if self.span > 0 else np.subtract(self.origin, x)
        y /= abs(self.span)
        if self.width != 1.0:
            y *= self.width
        y += self.base  # a base of 0 too, which makes 0 of a −0 that came in as such
        if self.clip_low > -np.inf or self.clip_high < np.inf:
            np.clip(y, self.clip_low, self.clip_high, out=y)
        return y

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest score that there can be."""
        return self.clip_low, self.clip_high


@dataclass(frozen=True)
class Steps:
    """y = levels[number of knots below direction × x]; with `closed` a knot counts as below itself. NaN stays NaN."""

    knots: np.ndarray
    levels: np.ndarray
    direction: int = 1
    closed: bool = False
    floor: float = 0.0

    def __call__(self, x: np.ndarray) -> np.ndarray:
        place = np.searchsorted(self.knots, self.direction * x, side="right" if self.closed else "left")
        return np.where(np.isnan(x), np.nan, self.levels[place])

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest score that there can be."""
        return float(self.levels.min()), float(self.levels.max())


@dataclass(frozen=True)
class Inverse:
    """y = best / x, for fractions where lower is better."""

    best: float
    floor: float = 0.0

    def __call__(self, x: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(x == self.best, 1.0, self.best / x)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest score that there can be."""
        return -np.inf, np.inf


Scale = Linear | Steps | Inverse


def _ends(population: Population, indicator: Node) -> tuple[float, float]:
    """(worst, best) of the population. Raises ScoringError where they coincide."""
    low, high = population.summary.low, population.summary.high
    if low == high:
        raise ScoringError(
            f"{indicator.code}：全部取值都是 {low:g}，{indicator.normalisation} 无法区分；请改用 goalposts，或暂时移出该指标"
        )
    return (low, high) if indicator.direction > 0 else (high, low)


def _floored(scale: Linear, population: Population, indicator: Node) -> Linear:
    """With the score of the worst value as its floor: the least one, as a line never falls however it is rounded."""
    return replace(scale, floor=float(scale(np.array([population.worst(indicator.direction)]))[0]))


@_register("goalposts", "目标区间法", "按指标体系中固定的目标区间折算，区间外按端点计；各期得分可比，单位增减不影响他人得分。")
def goalposts(population: Population, indicator: Node) -> Scale:
    """lo + (hi − lo) × (x − low) / (high − low), clipped; mirrored for direction −1. Source: UNDP HDI technical notes."""
    lo, hi = population.range
    worst, best = (indicator.low, indicator.high)[:: indicator.direction]
    return Linear(worst, best - worst, hi - lo, lo, lo, hi, floor=lo)


@_register("min_max", "极差法", "按取界范围内的最小值与最大值折算到得分区间；界值随数据而变。")
def min_max(population: Population, indicator: Node) -> Scale:
    """lo + (hi − lo) × (x − min) / (max − min), clipped; mirrored for direction −1. Source: COINr n_minmax."""
    lo, hi = population.range
    worst, best = _ends(population, indicator)
    return Linear(worst, best - worst, hi - lo, lo, lo, hi, floor=lo)


@_register("z_score", "标准分法", "减去均值、除以样本标准差：均值 0，标准差 1；没有上下限。")
def z_score(population: Population, indicator: Node) -> Scale:
    """direction × (x − mean) / sd, sd with n − 1. Source: COINr n_zscore with m_sd = (0, 1)."""
    _ends(population, indicator)
    found = population.summary
    return _floored(Linear(found.mean, found.deviation(ddof=1) * indicator.direction), population, indicator)


@_register("mpi", "MPI 标准化", "总体均值折算为 100、标准差折算为 10，没有上下限；与 mazziotta_pareto 合成同用。")
def mpi(population: Population, indicator: Node) -> Scale:
    """100 + direction × 10 (x − mean) / sd, sd with n. Source: Mazziotta & Pareto (2013), *Rivista Italiana di EDS* 67(2)."""
    _ends(population, indicator)
    found = population.summary
    return _floored(Linear(found.mean, found.deviation() * indicator.direction, 10.0, 100.0), population, indicator)


@_register("ampi", "AMPI 标准化", "按固定的目标区间折算到 70–130，区间外照样外推；各期可比，与 mazziotta_pareto 合成同用。")
def ampi(population: Population, indicator: Node) -> Scale:
    """70 + 60 (x − low) / (high − low), not clipped; mirrored for direction −1. Source: Mazziotta & Pareto (2016), *SIR* 127.

    Goalposts there are a reference value ∓ half the range of all units and periods, so that 100 is the reference. The floor lies
    with the worst unit where one is below the goalposts: a gap is not to be better than a value.
    """
    worst, best = (indicator.low, indicator.high)[:: indicator.direction]
    scale = _floored(Linear(worst, best - worst, 60.0, 70.0), population, indicator)
    return replace(scale, floor=min(scale.floor, 70.0))


def _min_ranks(population: Population, indicator: Node) -> Steps:
    """Rank among the population, 1 = worst, ties take the lowest."""
    knots = np.sort(indicator.direction * population.column())
    n = len(knots)
    return Steps(knots, np.minimum(np.arange(n + 1) + 1.0, n), indicator.direction, floor=1.0)


@_register("rank", "名次法", "由差到好排名，最差为 1；并列取最低名次。")
def rank(population: Population, indicator: Node) -> Scale:
    """Rank of direction × x among the present values, ascending, ties take the lowest. Source: COINr n_rank."""
    return _min_ranks(population, indicator)


@_register("percentile_rank", "百分位法", "(名次−1)/(有值单位数−1)，取值 0 到 1；并列取最低名次。")
def percentile_rank(population: Population, indicator: Node) -> Scale:
    """(rank − 1) / (n − 1) of the present values, ties take the lowest; 0 to 1. Source: COINr n_prank."""
    ranks = _min_ranks(population, indicator)
    n = len(ranks.knots)
    if n < 2:
        raise ScoringError(f"{indicator.code}：只有 {n} 个单位有值，percentile_rank 至少需要 2 个；请改用 goalposts")
    return Steps(ranks.knots, (ranks.levels - 1) / (n - 1), indicator.direction)


@_register("borda", "博达计分法", "名次减一：得分是比它差的单位数。")
def borda(population: Population, indicator: Node) -> Scale:
    """rank − 1. Source: COINr n_borda."""
    ranks = _min_ranks(population, indicator)
    return Steps(ranks.knots, ranks.levels - 1, indicator.direction)


def _distance(worst: float, best: float, indicator: Node, what: str) -> Scale:
    if not (best - worst) * indicator.direction > 0:
        raise ScoringError(
            f"{indicator.code}：{what}为 {best:g}，不优于最差的取值 {worst:g}，距离没有意义；请改{what}，或换一种方法"
        )
    return Linear(worst, best - worst)


@_register("distance_to_target", "目标距离法", "从最差值到目标值走了多少：最差为 0，达到目标为 1，超过目标大于 1。")
def distance_to_target(population: Population, indicator: Node) -> Scale:
    """(x − min) / (target − min); for direction −1 (max − x) / (max − target). Source: COINr n_dist2targ, not capped."""
    return _distance(population.worst(indicator.direction), indicator.target, indicator, "目标值")


@_register("distance_to_reference", "基准距离法", "从最差值到基准（某单位或某数值）走了多少：最差为 0，等于基准为 1。")
def distance_to_reference(population: Population, indicator: Node) -> Scale:
    """1 − (ref − x) / (ref − worst), the worst being min, or max for direction −1. Source: COINr n_dist2ref, not capped."""
    return _distance(population.worst(indicator.direction), population.reference, indicator, "基准值")


@_register("distance_to_max", "最优距离法", "1 减去与最优值的距离占极差的比例，取值 0 到 1。")
def distance_to_max(population: Population, indicator: Node) -> Scale:
    """1 − (max − x) / (max − min); mirrored for direction −1. Source: COINr n_dist2max."""
    worst, best = _ends(population, indicator)
    return Linear(worst, best - worst)


@_register("fraction_of_max", "最优比例法", "与最大值之比；越低越好的指标取最小值与之之比。只用于正数。")
def fraction_of_max(population: Population, indicator: Node) -> Scale:
    """x / max; min / x for direction −1. Raises ScoringError below 0. Source: COINr n_fracmax (of −x it would rise with x)."""
    low, high = population.summary.low, population.summary.high
    if low < 0 or high == 0:
        raise ScoringError(
            f"{indicator.code}：取值在 {low:g} 到 {high:g} 之间，fraction_of_max 只用于正数；请改用 distance_to_max"
        )
    return Linear(0.0, high) if indicator.direction > 0 else Inverse(low)


@_register("banded", "分档法", "按分档表取分：达到某档起点即得该档分。")
def banded(population: Population, indicator: Node) -> Scale:
    """The score of the last band whose start is ≤ x; below the first, the range's end there. Source: step tables of 考核细则."""
    lo, hi = population.range
    levels = np.array([lo if indicator.direction > 0 else hi, *(s for _, s in indicator.bands)])
    return Steps(np.array([a for a, _ in indicator.bands]), levels, closed=True, floor=float(levels.min()))
