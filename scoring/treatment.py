"""Treatment of outliers: `fit(population, policy, stated) → Treatment`. A treatment is data and is applied to any block.

An indicator is treated where it has outliers: |skewness| and kurtosis both above the policy's limits. Steps and logarithm follow
COINr 1.1 (W. Becker, JRC: Treat, winsorise, log_CT_plus), limits the Global Innovation Index (after Groeneveld and Meeden 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .registry import Method, registrar

if TYPE_CHECKING:
    from .policy import Policy

TREATMENTS: dict[str, Method] = {}
_register = registrar(TREATMENTS)
_DISTINCT = 3  # of fewer different values than this the shape says nothing
_MARGIN = 0.01  # of the range, which keeps the logarithm of the least value finite


@dataclass(frozen=True)
class Treatment:
    """Values held to [low, high], or with `side` ±1 their logarithm; NaN stays NaN.

    The logarithm draws in the long tail, above for 1 and below for −1: side × ln(side × x − shift), side × x held to ≥ `least`,
    below which there is none. `points`: values of the population that were held. `before`, `after`: its skewness and kurtosis.
    """

    low: float = -np.inf
    high: float = np.inf
    side: int = 0
    least: float = -np.inf
    shift: float = 0.0
    points: int = 0
    before: tuple[float, float] = (np.nan, np.nan)
    after: tuple[float, float] = (np.nan, np.nan)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        if self.side or (self.low, self.high) == (-np.inf, np.inf):
            return self.carried(x)
        return np.minimum(np.maximum(x, self.low), self.high)

    def carried(self, x: np.ndarray) -> np.ndarray:
        """Numbers that the framework states, such as goalposts, on the treated scale: logarithms move them, ends do not."""
        return self.side * np.log(np.maximum(self.side * x, self.least) - self.shift) if self.side else x


def skewness(x: np.ndarray) -> float:
    """Skewness of a sample (n,) without NaN, corrected for bias: G1 = g1 √(n(n−1)) / (n−2). NaN below 3 values or if constant.

    Source: Joanes and Gill (1998), *The Statistician* 47; what spreadsheets and COINr's `skew` give.
    """
    n = len(x)
    if n < 3 or np.ptp(x) == 0:
        return float("nan")
    d = _deviations(x)
    return float(np.mean(d**3) / np.mean(d**2) ** 1.5 * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(x: np.ndarray) -> float:
    """Excess kurtosis of a sample (n,) without NaN, corrected for bias: G2 = (n−1) ((n+1) g2 + 6) / ((n−2)(n−3)).

    NaN below 4 values or if constant. Source: Joanes and Gill (1998); what spreadsheets and COINr's `kurt` give.
    """
    n = len(x)
    if n < 4 or np.ptp(x) == 0:
        return float("nan")
    d = _deviations(x)
    g2 = np.mean(d**4) / np.mean(d**2) ** 2 - 3
    return float((n - 1) * ((n + 1) * g2 + 6) / ((n - 2) * (n - 3)))


def _deviations(x: np.ndarray) -> np.ndarray:
    """From the mean, the largest ±1, so that their powers neither overflow nor vanish."""
    d = x - x.mean()
    return d / np.abs(d).max()


def outlying(x: np.ndarray, policy: Policy) -> bool:
    """Whether values (n,) without NaN have outliers: |skewness| and kurtosis above the limits; False where they tell nothing."""
    if len(x) <= _DISTINCT or len(np.unique(x)) < _DISTINCT:
        return False
    return abs(skewness(x)) > policy.skewness and kurtosis(x) > policy.kurtosis


@_register("none", "不处理", "异常值照原样计分。")
def none(x: np.ndarray, policy: Policy, stated: Sequence[float] = ()) -> Treatment:
    """x. Source: the value as reported."""
    return Treatment()


@_register("winsorise", "缩尾", "有异常值时，把最远的值逐个收到次远的值，直到通过检验；收动的单位不超过上限。")
def winsorise(x: np.ndarray, policy: Policy, stated: Sequence[float] = ()) -> Treatment:
    """The farthest value takes the next one's place, on the skewed side, until the test passes; at most `winsorised` values move.

    Values that are tied move together, or not at all where that would break the limit or leave fewer than three different ones.
    Source: COINr winsorise (which lets ties break the limit).
    """
    before, low, high, held = (skewness(x), kurtosis(x)), -np.inf, np.inf, x
    while outlying(held, policy):
        above = skewness(held) >= 0
        ends = (low, float(held[held < held.max()].max())) if above else (float(held[held > held.min()].min()), high)
        trial = np.clip(x, *ends)
        if np.count_nonzero(trial != x) > policy.winsorised or len(np.unique(trial)) < _DISTINCT:
            break
        (low, high), held = ends, trial
    moved = np.count_nonzero(held != x)
    return Treatment(low, high, points=moved, before=before, after=(skewness(held), kurtosis(held)))


@_register("log", "取对数", "有异常值时，整项指标取对数（先平移为正数），把长尾收近；长尾在低端时反向取。")
def log(x: np.ndarray, policy: Policy, stated: Sequence[float] = ()) -> Treatment:
    """ln(x − min + a), or for a tail below −ln(max + a − x), a = (max − min)/100; of a block's values beyond min, min's.

    `stated`: numbers on which the scale rests; min and max run over them too, so that they have a logarithm. Source: COINr
    log_CT_plus (JRC's COIN Tool), which knows no stated numbers.
    """
    before = (skewness(x), kurtosis(x))
    if not outlying(x, policy):
        return Treatment(before=before, after=before)
    side = 1 if before[0] > 0 else -1
    reach = side * np.concatenate([x, np.asarray(stated, float)])
    least = float(reach.min())
    found = Treatment(side=side, least=least, shift=least - _MARGIN * float(np.ptp(reach)), before=before)
    moved = found(x)
    return Treatment(**{**vars(found), "after": (skewness(moved), kurtosis(moved))})


@_register("winsorise_log", "缩尾，不行再取对数", "先缩尾；到上限仍有异常值，就放弃缩尾，改对原值取对数。")
def winsorise_log(x: np.ndarray, policy: Policy, stated: Sequence[float] = ()) -> Treatment:
    """`winsorise`; where outliers are left after it, `log` of the original values instead. Source: COINr Treat, qTreat."""
    found = winsorise(x, policy)
    return log(x, policy, stated) if outlying(found(x), policy) else found
