"""How values are spread over units, and whether they go with the index: the figures beside a distribution, by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

FENCE = 1.5  # of the middle half's width beyond the quartiles: Tukey (1977), Exploratory Data Analysis
NORMAL_975 = NormalDist().inv_cdf(0.975)  # of the 95 % interval
FEWEST = 5  # values from which quartiles can set anybody apart


@dataclass(frozen=True)
class Spread:
    """Quartiles (linear interpolation) of n values; `low` and `high`: codes beyond Tukey's fences, the farthest first."""

    n: int
    q1: float
    median: float
    q3: float
    low: tuple[str, ...]
    high: tuple[str, ...]
    why: str

    @property
    def outliers(self) -> tuple[str, ...]:
        """Codes on both sides."""
        return self.low + self.high

    @property
    def quartiles(self) -> dict[str, float]:
        """q1, median, q3."""
        return {"q1": self.q1, "median": self.median, "q3": self.q3}


def spread(values: pd.Series) -> Spread:
    """Quartiles and outliers of a series by unit; NaN is no value. `why`, in Chinese: why nobody was looked for; "" where it was done."""
    found = values.dropna().astype(float)
    if found.empty:
        return Spread(0, np.nan, np.nan, np.nan, (), (), "没有值")
    q1, median, q3 = found.quantile([0.25, 0.5, 0.75])
    reach = FENCE * (q3 - q1)
    why = f"不足 {FEWEST} 个值" if len(found) < FEWEST else "" if reach > 0 else "一半以上取值相同"
    if why:
        return Spread(len(found), q1, median, q3, (), (), why)
    ordered = found.sort_values(kind="stable")
    low, high = ordered.index[ordered < q1 - reach], ordered.index[ordered > q3 + reach]
    return Spread(len(found), q1, median, q3, tuple(low), tuple(high[::-1]), "")


def extremes(values: pd.Series, count: int = 2) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes at the low and at the high end, about so many each: a tie is taken whole or not at all. Empty where all are equal."""
    ordered = values.dropna().sort_values(kind="stable")
    if len(ordered) < 2 * count or ordered.iloc[0] == ordered.iloc[-1]:
        return (), ()
    return _end(ordered, count), _end(ordered[::-1], count)


def _end(ordered: pd.Series, count: int) -> tuple[str, ...]:
    """The first ones: as many whole ties as fit in the count, and the first tie in any case."""
    ranks = ordered.rank(method="max", ascending=bool(ordered.iloc[0] < ordered.iloc[-1]))
    return tuple(ordered.index[ranks <= max(count, ranks.iloc[0])])


@dataclass(frozen=True)
class Relation:
    """Pearson's r with its 95 % interval (Fisher's z) and Spearman's rank correlation over n units; or, in Chinese, why there is none."""

    n: int
    pearson: float = np.nan
    low: float = np.nan
    high: float = np.nan
    spearman: float = np.nan
    why: str = ""


def relation(values: pd.Series, index: pd.Series, itself: bool = False) -> Relation:
    """How values go with the index, over the units that have both. `itself`: they are the index."""
    both = pd.DataFrame({"value": values, "index": index}).dropna().astype(float)
    n = len(both)
    if itself:
        return Relation(n, why="这就是指数本身，不计算相关系数")
    if n < 3:
        return Relation(n, why=f"只有 {n} 个两项都有值，少于 3 个，不计算相关系数")
    for column, word in (("value", "取值"), ("index", "指数")):
        if both[column].nunique() == 1:
            return Relation(n, why=f"{n} 个{word}全部相同，相关系数无意义")
    pearson, rho = both.corr().iat[0, 1], both.corr("spearman").iat[0, 1]
    if n == 3:
        return Relation(n, float(pearson), spearman=float(rho))
    with np.errstate(divide="ignore"):  # r = ±1 has no width
        low, high = np.tanh(np.arctanh(pearson) + np.array([-1, 1]) * NORMAL_975 / np.sqrt(n - 3))
    return Relation(n, float(pearson), float(low), float(high), float(rho))
