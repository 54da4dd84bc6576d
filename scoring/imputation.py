"""Imputation of missing values: `impute(panel) → values`, what a method says of every cell of one indicator, NaN where nothing.

Only missing cells take what it says: not applicable and pending ones are no gaps. No method falls back on another one: a cell of
which it says nothing stays missing. Source: OECD/JRC handbook (2008), section 3; COINr 1.1 (Impute, impute_panel).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .errors import ScoringError
from .movement import period_key, year
from .registry import Method, registrar
from .values import MISSING, Values

if TYPE_CHECKING:
    from .framework import Framework, Node
    from .policy import Policy

IMPUTATIONS: dict[str, Method] = {}
OF_GROUPS = ("group_mean", "group_median")  # these need to know the units' groups
OVER_TIME = ("carry", "linear")  # these look at other periods
_register = registrar(IMPUTATIONS)


@dataclass(frozen=True)
class Panel:
    """One indicator, each array (n_periods, n_units), periods in time order.

    `known`: the values, NaN elsewhere; `population`: those of units that are not screened out; `groups`: texts, None for none.
    """

    periods: tuple[str, ...]
    known: np.ndarray
    population: np.ndarray
    groups: np.ndarray


def _of_each(panel: Panel, keys: np.ndarray, how: str) -> np.ndarray:
    """A statistic of the period's population with the same key, in every cell that has a key."""
    rows = [pd.Series(x).groupby(key).transform(how) for x, key in zip(panel.population, keys, strict=True)]
    return np.array(rows, float).reshape(panel.known.shape)


@_register("none", "不插补", "缺报的值不插补，按缺报规则计分。")
def none(panel: Panel) -> np.ndarray:
    """Nothing. Source: the missing rule of the policy decides."""
    return np.full(panel.known.shape, np.nan)


@_register("mean", "均值插补", "取本期各单位的均值。")
def mean(panel: Panel) -> np.ndarray:
    """Mean of the period's units that have a value. Source: COINr i_mean."""
    return _of_each(panel, np.zeros(panel.known.shape), "mean")


@_register("median", "中位数插补", "取本期各单位的中位数。")
def median(panel: Panel) -> np.ndarray:
    """Median of the period's units that have a value. Source: COINr i_median."""
    return _of_each(panel, np.zeros(panel.known.shape), "median")


@_register("group_mean", "分组均值插补", "取本期同组单位的均值；组内无一有值则不插补。")
def group_mean(panel: Panel) -> np.ndarray:
    """Mean of the period's units of the same group; nothing without a group. Source: COINr i_mean_grp."""
    return _of_each(panel, panel.groups, "mean")


@_register("group_median", "分组中位数插补", "取本期同组单位的中位数；组内无一有值则不插补。")
def group_median(panel: Panel) -> np.ndarray:
    """Median of the period's units of the same group; nothing without a group. Source: COINr i_median_grp."""
    return _of_each(panel, panel.groups, "median")


@_register("carry", "沿用上期", "沿用本单位此前最近一期的值，不借用以后的值。")
def carry(panel: Panel) -> np.ndarray:
    """The unit's last value before. Source: last observation carried forward; COINr impute_panel, type latest."""
    return _at(panel.known, _latest(panel.known))


@_register("linear", "按时间线性插补", "在本单位前后两个有值的考核期之间按时间取直线上的值；不向两端外推。")
def linear(panel: Panel) -> np.ndarray:
    """The point in time on the line between the unit's values before and after; nothing outside them.

    Source: OECD/JRC handbook, section 3; COINr impute_panel, type linear, which extends the ends where this does not.
    """
    if len(panel.periods) < 3:  # no period lies between two others
        return none(panel)
    last = len(panel.periods) - 1
    before, after = _latest(panel.known), last - _latest(panel.known[::-1])[::-1]
    between = (before >= 0) & (after <= last)
    time = np.array([_time(p) for p in panel.periods])
    start, end = time[np.maximum(before, 0)], time[np.minimum(after, last)]
    share = np.divide(time[:, None] - start, end - start, out=np.zeros(between.shape), where=between & (end > start))
    low, high = _at(panel.known, before), _at(panel.known, np.where(after <= last, after, -1))
    return low + share * (high - low)


def _latest(known: np.ndarray) -> np.ndarray:
    """Place of the last period up to each one that has a value, (n_periods, n_units); −1 where there is none."""
    places = np.where(np.isnan(known), -1, np.arange(len(known))[:, None])
    return np.maximum.accumulate(places, axis=0)


def _at(known: np.ndarray, places: np.ndarray) -> np.ndarray:
    return np.where(places < 0, np.nan, np.take_along_axis(known, np.maximum(places, 0), axis=0))


def _time(period: str) -> float:
    if np.isnan(time := year(period)):
        raise ScoringError(f"考核期 {period!r} 不是年、半年、季度或月，不能按时间插补；请改写考核期，或换一种 imputation")
    return time


def _order(period: str) -> tuple:
    """Sort key by time even where halves, quarters and months stand side by side."""
    return (np.nan_to_num(year(period), nan=np.inf), period_key(period))


def method_of(node: Node, policy: Policy) -> str:
    """The imputation of an indicator: what the framework names, else the policy's."""
    return node.imputation or policy.imputation


def impute(by_period: Mapping[str, Values], framework: Framework, policy: Policy) -> dict[str, Values]:
    """The blocks with a value put in for each missing cell of which the indicator's method says something.

    Raises ScoringError: a method of groups where a block does not say them, a method of time where a period has no place in it.
    """
    named = {n.code: name for n in framework.indicators if (name := method_of(n, policy)) != "none"}
    if not named:
        return dict(by_period)
    periods = tuple(sorted(by_period, key=_order))
    units = pd.Index(dict.fromkeys(u for p in periods for u in by_period[p].units))
    rows = {p: units.get_indexer(by_period[p].units) for p in periods}
    groups = np.full((len(periods), len(units)), None, dtype=object)
    for at, period in enumerate(periods):
        groups[at, rows[period]] = [g or None for g in by_period[period].groups or [""] * len(rows[period])]
    found = {p: np.full(by_period[p].matrix.shape, np.nan, order="F") for p in periods}
    for code, name in named.items():
        _refuse_groupless(by_period, code, name)
        said = IMPUTATIONS[name](_panel(by_period, periods, rows, groups, code))
        for at, period in enumerate(periods):
            values = by_period[period]
            column = values.indicators.index(code)
            gaps = (values.states[:, column] == MISSING) & ~values.left_out
            found[period][gaps, column] = said[at, rows[period][gaps]]
    return {p: replace(v, imputed=found[p]) for p, v in by_period.items()}


def _refuse_groupless(by_period: Mapping[str, Values], code: str, name: str) -> None:
    bare = [p for p, v in by_period.items() if v.groups is None] if name in OF_GROUPS else []
    if bare:
        where = f"{bare[0]} 的" if bare[0] else ""
        raise ScoringError(f"{code}：imputation 为 {name}，而{where}数据没有分组；请补上 sector（片组）列，或换一种方法")


def _panel(
    by_period: Mapping[str, Values], periods: tuple[str, ...], rows: Mapping[str, np.ndarray], groups: np.ndarray, code: str
) -> Panel:
    known = np.full(groups.shape, np.nan)
    population = known.copy()
    for at, period in enumerate(periods):
        values = by_period[period]
        known[at, rows[period]] = values.matrix[:, values.indicators.index(code)]
        population[at, rows[period][~values.left_out]] = known[at, rows[period][~values.left_out]]
    return Panel(periods, known, population, groups)
