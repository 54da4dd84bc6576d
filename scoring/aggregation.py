"""Aggregation: weighted means up the tree. Each is a quasi-arithmetic mean f⁻¹(Σ w f(s) / Σ w), given by f, f⁻¹ and f′.

That one form serves the score (`mean`), the exact contributions and the exact gap split (`explain.py`).
Source: OECD/JRC handbook (2008), section 6; Bullen, *Handbook of Means and Their Inequalities* (2003), ch. IV.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .errors import FrameworkError, ScoringError
from .registry import Method, registrar

AGGREGATIONS: dict[str, Method] = {}
_register = registrar(AGGREGATIONS)
Elementwise = Callable[[np.ndarray], np.ndarray]
_LEAST_POWER, _GREATEST_POWER = 1e-3, 100.0  # beyond these, powers of scores all look like 1, or like 0 and ∞, in doubles


@dataclass(frozen=True)
class Generator:
    """f, its inverse and its derivative. `identity` skips f; `positive` refuses negative scores."""

    forward: Elementwise
    inverse: Elementwise
    slope: Elementwise
    identity: bool = False
    positive: bool = True


@_register("arithmetic", "算术平均", "加权算术平均：各项可以相互补偿。")
def arithmetic(exponent: float) -> Generator:
    """Σ w s / Σ w. Source: OECD/JRC handbook, section 6."""
    return Generator(lambda s: s, lambda m: m, np.ones_like, identity=True, positive=False)


@_register("geometric", "几何平均", "加权几何平均：短板拉低总分，讲究均衡；任一项为 0 则为 0。")
def geometric(exponent: float) -> Generator:
    """exp(Σ w ln s / Σ w); 0 where any score is 0. Source: UNDP HDI since 2010."""
    return Generator(np.log, np.exp, lambda s: 1 / s)


@_register("harmonic", "调和平均", "加权调和平均：对短板最严。任一项为 0 则为 0。")
def harmonic(exponent: float) -> Generator:
    """Σ w / Σ (w / s); 0 where any score is 0. Source: Bullen (2003), ch. II."""
    return Generator(lambda s: 1 / s, lambda m: 1 / m, lambda s: -1 / s**2)


@_register("generalised", "广义平均", "p 次幂平均，写作 generalised:p；p=1 为算术平均，p=−1 为调和平均，p 越小越看重短板。")
def generalised(exponent: float) -> Generator:
    """(Σ w s^p / Σ w)^(1/p), p ≠ 0. Source: Bullen (2003), ch. III."""
    return Generator(
        lambda s: np.power(s, exponent),
        lambda m: np.power(m, 1 / exponent),
        lambda s: exponent * np.power(s, exponent - 1),
    )


def parse_aggregation(text: str, code: str = "") -> tuple[str, float]:
    """Read `arithmetic`, `geometric_mean`, `generalised:0.5` … into (name, exponent). Raises FrameworkError."""
    name, _, parameter = text.partition(":")
    name = name.strip().removesuffix("_mean") or "arithmetic"
    if name not in AGGREGATIONS:
        raise FrameworkError(f"{code}：没有合成方法 {text!r}；可用：{'、'.join(AGGREGATIONS)}（广义平均写作 generalised:p）")
    if name != "generalised":
        if parameter:
            raise FrameworkError(f"{code}：合成方法 {name} 没有参数，{text!r} 中的冒号后请留空")
        return name, 1.0
    try:
        exponent = float(parameter)
    except ValueError:
        exponent = 0.0
    if not _LEAST_POWER <= abs(exponent) <= _GREATEST_POWER:
        limits = f"绝对值在 {_LEAST_POWER:g} 到 {_GREATEST_POWER:g} 之间"
        raise FrameworkError(f"{code}：{text!r} 需要一个不为 0 的幂，{limits}，例如 generalised:0.5（0 次幂请用 geometric）")
    return name, exponent


def generator(text: str, code: str = "") -> Generator:
    """The generator of an aggregation as the framework writes it. Raises FrameworkError."""
    name, exponent = parse_aggregation(text, code)
    return AGGREGATIONS[name](exponent)


def mean(
    scores: Sequence[np.ndarray], weights: Sequence, gen: Generator, code: str = "", gaps: Sequence | None = None
) -> np.ndarray:
    """Weighted mean of children, NaN children leaving their weight to the rest; NaN where none has a score.

    `scores`: one array a child, (n_units,) or (n_variants, n_units); `weights`: one number or (n_variants, 1) array a child.
    `gaps`: for each child where it is NaN, or None where it nowhere is, for a caller who knows.
    Sums run child by child, so that a block of units gives the very bits that the whole gives.
    Raises ScoringError for a negative score where the mean has no meaning.
    """
    total = weight = None
    for s, w, gap in zip(scores, weights, [gap_of(s) for s in scores] if gaps is None else gaps, strict=True):
        term = _weighted(s, w, gap, gen, code)
        share = w if gap is None else w * ~gap
        if total is None:
            total, weight = term, share
        elif total.shape == np.broadcast_shapes(total.shape, term.shape):
            total += term
            weight = weight + share
        else:
            total, weight = total + term, weight + share
    with np.errstate(divide="ignore", invalid="ignore"):
        result = np.divide(total, weight)
        return result if gen.identity else gen.inverse(result)


def gap_of(score: np.ndarray) -> np.ndarray | None:
    """Where there is no score; None where there is one everywhere."""
    gap = np.isnan(score)
    return gap if gap.any() else None


def _weighted(score: np.ndarray, weight, gap, gen: Generator, code: str) -> np.ndarray:
    if gen.positive:
        if np.any(score < 0):
            worst = float(np.nanmin(score))
            raise ScoringError(f"{code}：下级得分出现负数 {worst:g}，这种平均只用于非负数；请改用 arithmetic，或换标准化方法")
        with np.errstate(divide="ignore", over="ignore"):
            score = gen.forward(score + 0.0)  # −0 becomes 0: their inverses would cancel
        if np.any(np.equal(weight, 0)):
            score = np.where(np.equal(weight, 0), 0.0, score)  # 0 × ∞ would be no score
    term = score * weight
    if gap is not None:
        np.copyto(term, 0.0, where=gap)
    return term
