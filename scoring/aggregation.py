"""Aggregation: how the scores of children become their parent's. `mean` takes what `generator` makes of a method's name:

- `Generator`: a quasi-arithmetic mean f⁻¹(Σ w f(s) / Σ w), given by f, f⁻¹ and f′;
- `Penalised`: a mean less what unlike children cost it;
- `Tournament`: a method of populations, which sees a unit beside others.

The same three serve the exact contributions and the exact gap split (`explain.py`).
Source: OECD/JRC handbook (2008), section 6; Bullen, *Handbook of Means and Their Inequalities* (2003), ch. IV.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .errors import FrameworkError, ScoringError
from .ranking import settled
from .registry import Method, registrar

AGGREGATIONS: dict[str, Method] = {}
_register = registrar(AGGREGATIONS)
Elementwise = Callable[[np.ndarray], np.ndarray]
_LEAST_POWER, _GREATEST_POWER = 1e-3, 100.0  # beyond these, powers of scores all look like 1, or like 0 and ∞, in doubles
_PAIRS = 2_000_000  # comparisons of two units in memory at a time
_ROUNDING = 1e-12  # share of a mean within which what a penalty leaves of it is nothing, and not a hair below 0


@dataclass(frozen=True)
class Generator:
    """f, its inverse and its derivative. `identity` skips f; `positive` refuses negative scores."""

    forward: Elementwise
    inverse: Elementwise
    slope: Elementwise
    identity: bool = False
    positive: bool = True


@dataclass(frozen=True)
class Penalised:
    """M − sign × S²/M, with M the weighted mean of the children and S² their weighted variance about it."""

    sign: float
    positive: bool = True


@dataclass(frozen=True, eq=False)
class Tournament:
    """Wins less losses against `rivals`: the scores of a population, one array a child, (n_rivals,) or (n_variants, n_rivals).

    Without rivals the units of a block meet each other: the block is the population.
    """

    rivals: tuple[np.ndarray, ...] | None = None
    positive: bool = False


Aggregator = Generator | Penalised | Tournament
_PLAIN_MEAN = Generator(lambda s: s, lambda m: m, np.ones_like, identity=True, positive=False)


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


@_register(
    "mazziotta_pareto",
    "均衡惩罚法（MPI）",
    "加权平均减去离散惩罚 S²/M（S² 为各项得分的加权方差）：均值相同，越均衡越高；与 mpi 或 ampi 标准化同用。"
    "指数越高越差时写作 mazziotta_pareto:+，惩罚改为加上。各项太悬殊时，得分可低于最低的一项。",
)
def mazziotta_pareto(sign: float) -> Penalised:
    """M ∓ S² / M, S² = Σ w (s − M)² / Σ w; 0 where all are 0. Source: Mazziotta & Pareto (2013; weights: 2022, RIEDS 76)."""
    return Penalised(sign)


@_register(
    "copeland",
    "科普兰法",
    "与总体的其余单位两两相比：得分较高的各项权重之和过半即胜。得分为胜场减负场，只看高低、不看差多少；"
    "不在得分区间内，随总体的单位而变。",
)
def copeland(exponent: float) -> Tournament:
    """Σ over the population of sign(Σ w [sᵢ > rᵢ] − Σ w [sᵢ < rᵢ]), −(n − 1) to n − 1. Source: COINr a_copeland.

    A child that one of two units lacks leaves its weight to the rest, for that pair. COINr then counts the gap as a loss of the
    unit that stands higher in the table; without gaps the two agree.
    """
    return Tournament()


def parse_aggregation(text: str, code: str = "") -> tuple[str, float]:
    """Read `arithmetic`, `geometric_mean`, `generalised:0.5`, `mazziotta_pareto:+` … into (name, parameter).

    The parameter is a power, or the sign of a penalty: 1 taken off, −1 put on. Raises FrameworkError.
    """
    name, _, parameter = text.partition(":")
    name = name.strip().removesuffix("_mean") or "arithmetic"
    if name not in AGGREGATIONS:
        raise FrameworkError(f"{code}：没有合成方法 {text!r}；可用：{'、'.join(AGGREGATIONS)}（广义平均写作 generalised:p）")
    if name == "mazziotta_pareto":
        return name, _sign(text, parameter, code)
    if name == "generalised":
        return name, _power(text, parameter, code)
    if parameter:
        raise FrameworkError(f"{code}：合成方法 {name} 没有参数，{text!r} 中的冒号后请留空")
    return name, 1.0


def _sign(text: str, parameter: str, code: str) -> float:
    signs = {"": 1.0, "-": 1.0, "−": 1.0, "+": -1.0}
    if parameter.strip() not in signs:
        raise FrameworkError(f"{code}：{text!r} 的参数只能是 -（越高越好，减去惩罚；可不写）或 +（越高越差，加上惩罚）")
    return signs[parameter.strip()]


def _power(text: str, parameter: str, code: str) -> float:
    try:
        exponent = float(parameter)
    except ValueError:
        exponent = 0.0
    if not _LEAST_POWER <= abs(exponent) <= _GREATEST_POWER:
        limits = f"绝对值在 {_LEAST_POWER:g} 到 {_GREATEST_POWER:g} 之间"
        raise FrameworkError(f"{code}：{text!r} 需要一个不为 0 的幂，{limits}，例如 generalised:0.5（0 次幂请用 geometric）")
    return exponent


def generator(text: str, code: str = "") -> Aggregator:
    """What `mean` needs of an aggregation as the framework writes it. Raises FrameworkError."""
    name, parameter = parse_aggregation(text, code)
    return AGGREGATIONS[name](parameter)


def mean(
    scores: Sequence[np.ndarray], weights: Sequence, gen: Aggregator, code: str = "", gaps: Sequence | None = None
) -> np.ndarray:
    """Weighted mean of children, NaN children leaving their weight to the rest; NaN where none has a score.

    `scores`: one array a child, (n_units,) or (n_variants, n_units); `weights`: one number or (n_variants, 1) array a child.
    `gaps`: for each child where it is NaN, or None where it nowhere is, for a caller who knows.
    Sums run child by child, so that a block of units gives the very bits that the whole gives.
    Raises ScoringError for a negative score where the mean has no meaning.
    """
    gaps = [gap_of(s) for s in scores] if gaps is None else gaps
    if isinstance(gen, Penalised):
        return _penalised(scores, weights, gen, code, gaps)
    if isinstance(gen, Tournament):
        return _tournament(scores, weights, scores if gen.rivals is None else gen.rivals, gaps)
    total = weight = None
    for s, w, gap in zip(scores, weights, gaps, strict=True):
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
            raise ScoringError(f"{code}：下级得分出现负数 {worst:.4g}，这种平均只用于非负数；请改用算术平均（arithmetic），或换标准化方法")
        with np.errstate(divide="ignore", over="ignore"):
            score = gen.forward(score + 0.0)  # −0 becomes 0: their inverses would cancel
        if np.any(np.equal(weight, 0)):
            score = np.where(np.equal(weight, 0), 0.0, score)  # 0 × ∞ would be no score
    term = score * weight
    if gap is not None:
        np.copyto(term, 0.0, where=gap)
    return term


def _penalised(scores: Sequence[np.ndarray], weights: Sequence, gen: Penalised, code: str, gaps: Sequence) -> np.ndarray:
    if negative := [float(s[s < 0].min()) for s in scores if np.any(s < 0)]:
        worst = min(negative)
        remedy = "请改用 mpi 或 ampi 标准化（得分在 100 上下），或换合成方法"
        raise ScoringError(f"{code}：下级得分出现负数 {worst:g}，均衡惩罚法只用于非负数；{remedy}")
    centre = mean(scores, weights, _PLAIN_MEAN, code, gaps)
    square = mean([s * s for s in scores], weights, _PLAIN_MEAN, code, gaps)
    penalty = np.divide(square, centre, out=np.zeros_like(centre), where=centre != 0) - centre
    score = centre - gen.sign * penalty
    return np.where(np.abs(score) <= _ROUNDING * centre, 0.0, score)


def _tournament(scores: Sequence[np.ndarray], weights: Sequence, rivals: Sequence[np.ndarray], gaps: Sequence) -> np.ndarray:
    """Wins less losses, rows of units at a time. Whole numbers, so that blocks and the whole agree to the bit."""
    shares = [w[..., None] if isinstance(w, np.ndarray) else w for w in weights]
    theirs = [settled(r)[..., None, :] for r in rivals]
    shape = np.broadcast_shapes(*(s.shape for s in scores), *(w.shape for w in weights if isinstance(w, np.ndarray)))
    result = np.empty(shape)
    step = max(1, _PAIRS // max(1, int(np.prod(shape[:-1])) * theirs[0].shape[-1]))
    for start in range(0, shape[-1], step):
        rows = slice(start, start + step)
        margin = 0.0
        for s, r, w in zip(scores, theirs, shares, strict=True):
            mine = settled(s[..., rows])[..., None]
            margin = margin + w * np.subtract(mine > r, mine < r, dtype=np.int8)  # a gap is neither
        # Shares that add up to the same in another order are a draw.
        result[..., rows] = np.sign(settled(margin / sum(shares))).sum(axis=-1)
    if all(gap is not None for gap in gaps):
        result[..., np.logical_and.reduce(gaps)] = np.nan
    return result
