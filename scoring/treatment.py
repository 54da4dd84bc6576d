"""Treatment of outliers: `fit(population, policy, stated) → Treatment`. A treatment is data and is applied to any block.

An indicator is treated where it has outliers: |skewness| and kurtosis both above the policy's limits. Steps and logarithm follow
COINr 1.1 (W. Becker, JRC: Treat, winsorise, log_CT_plus), limits the Global Innovation Index (after Groeneveld and Meeden 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .registry import Method, registrar

if TYPE_CHECKING:
    from .framework import Node
    from .policy import Policy

TREATMENTS: dict[str, Method] = {}
_register = registrar(TREATMENTS)
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


def shape(x: np.ndarray) -> tuple[float, float]:
    """Skewness and excess kurtosis of a sample (n,) without NaN, corrected for bias; NaN below 3 and 4 values, or if constant.

    G1 = g1 √(n(n−1)) / (n−2), G2 = (n−1) ((n+1) g2 + 6) / ((n−2)(n−3)). Source: Joanes and Gill (1998), *The Statistician* 47; what
    spreadsheets and COINr's `skew` and `kurt` give.
    """
    n = len(x)
    if n < 3 or np.ptp(x) == 0:
        return np.nan, np.nan
    d = x - x.mean()
    d /= np.abs(d).max()  # so that powers neither overflow nor vanish
    square = d * d
    m2, m3, m4 = square.mean(), (square * d).mean(), (square * square).mean()
    g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
    kurt = (n - 1) * ((n + 1) * g2 + 6) / ((n - 2) * (n - 3)) if n > 3 else np.nan
    return float(g1 * np.sqrt(n * (n - 1)) / (n - 2)), float(kurt)


def outlying(x: np.ndarray, policy: Policy) -> bool:
    """Whether values (n,) without NaN have outliers: |skewness| and kurtosis above the limits; False where they tell nothing."""
    return _tells(x) and _beyond(shape(x), policy)


def _tells(x: np.ndarray) -> bool:
    """Whether there are more than two different values, and four at all: of fewer the shape says nothing."""
    return len(x) > 3 and bool(np.any((x > x.min()) & (x < x.max())))


def _beyond(found: tuple[float, float], policy: Policy) -> bool:
    return abs(found[0]) > policy.skewness and found[1] > policy.kurtosis


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
    held, low, high, before = x, -np.inf, np.inf, shape(x)
    now = before
    while _tells(held) and _beyond(now, policy):
        ends = (low, float(held[held < held.max()].max())) if now[0] >= 0 else (float(held[held > held.min()].min()), high)
        trial = np.clip(x, *ends)
        if np.count_nonzero(trial != x) > policy.winsorised or not _tells(trial):
            break
        (low, high), held, now = ends, trial, shape(trial)
    return Treatment(low, high, points=int(np.count_nonzero(held != x)), before=before, after=now)


@_register("log", "取对数", "有异常值时，整项指标取对数（先平移为正数），把长尾收近；长尾在低端时反向取。")
def log(x: np.ndarray, policy: Policy, stated: Sequence[float] = ()) -> Treatment:
    """ln(x − min + a), or for a tail below −ln(max + a − x), a = (max − min)/100; of a block's values beyond min, min's.

    `stated`: numbers on which the scale rests; min and max run over them too, so that they have a logarithm. Source: COINr
    log_CT_plus (JRC's COIN Tool), which knows no stated numbers.
    """
    before = shape(x)
    if not (_tells(x) and _beyond(before, policy)):
        return Treatment(before=before, after=before)
    side = 1 if before[0] > 0 else -1
    reach = side * np.concatenate([x, np.asarray(stated, float)])
    least = float(reach.min())
    found = Treatment(side=side, least=least, shift=least - _MARGIN * float(np.ptp(reach)), before=before)
    return replace(found, after=shape(found(x)))


@_register("winsorise_log", "缩尾，不行再取对数", "先缩尾；到上限仍有异常值，就放弃缩尾，改对原值取对数。")
def winsorise_log(x: np.ndarray, policy: Policy, stated: Sequence[float] = ()) -> Treatment:
    """`winsorise`; where outliers are left after it, `log` of the original values instead. Source: COINr Treat, qTreat."""
    found = winsorise(x, policy)
    return log(x, policy, stated) if _tells(x) and _beyond(found.after, policy) else found


def method_of(node: Node, policy: Policy) -> str:
    """The treatment of an indicator: its own, else the policy's."""
    return node.treatment or policy.treatment
