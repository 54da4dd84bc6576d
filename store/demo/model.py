"""The model behind the demo: units of an invented city, their latent quality, and values, states and adjustments that come of it.

Each unit has a latent quality a dimension (a city drift, its sector, itself, a slow trend of its own, shocks that fade), each value
is that quality read through an indicator's difficulty and season, with more noise for small units, and cut off where the indicator
ends. Nothing of it is measured anywhere.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.framework import Framework, Node
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE

from .reporting import decimals, viewed
from .units import SECTORS, demo_unit_names

PERIODS = tuple(f"{year}Q{quarter}" for year in range(2023, 2027) for quarter in range(1, 5))[3:15]
_SEASON = (-0.16, -0.02, 0.05, 0.13)  # by quarter: what is done by year's end
_LEVEL, _SPREAD = 0.80, 0.075  # of a value on its goalposts, 0 to 1, at quality 0 and for one unit of quality


def city(rng: np.random.Generator) -> pd.DataFrame:
    """The units: code, name, sector, size."""
    units = pd.DataFrame(demo_unit_names(), columns=["code", "name", "sector"])
    size = np.exp(rng.normal(np.log(85), 0.75, len(units)))
    return units.assign(size=np.clip(size, 12, 900).round())


def latent_quality(rng: np.random.Generator, framework: Framework, units: pd.DataFrame) -> np.ndarray:
    """Latent quality (n_periods, n_units, n_dimensions), about standard normal in each period."""
    n, m, k = len(PERIODS), len(units), len(framework.dimensions)
    sector = units["sector"].map({name: i for i, (name, _) in enumerate(SECTORS.values())}).to_numpy()
    level = 0.28 * rng.normal(size=(len(SECTORS), k))[sector] + 0.78 * rng.normal(size=(m, 1)) + 0.5 * rng.normal(size=(m, k))
    slope = 0.018 * rng.normal(size=(m, 1)) + np.zeros((m, k))
    climbers, sliders = np.split(rng.choice(m, 9, replace=False), [5])
    level[climbers], level[sliders] = level[climbers] - 0.7, level[sliders] + 0.6
    slope[climbers] += rng.uniform(0.10, 0.17, (5, 1))
    slope[sliders] -= rng.uniform(0.09, 0.15, (4, 1))
    shock, quality = np.zeros((m, k)), np.empty((n, m, k))
    for t in range(n):
        shock = 0.75 * shock + rng.normal(0, 0.16, (m, k))
        quality[t] = level + slope * (t - n / 3) + shock + 0.03 * t
    return quality


def model_values(rng: np.random.Generator, framework: Framework, units: pd.DataFrame, quality: np.ndarray) -> np.ndarray:
    """Values in the indicators' units, rounded as offices round them, with a few outliers."""
    dimension = {d.code: i for i, d in enumerate(framework.dimensions)}
    quarters = np.array([int(p[-1]) - 1 for p in PERIODS])
    noise = 0.42 * np.clip(np.sqrt(85 / units["size"].to_numpy()), 0.5, 1.7)
    values = np.empty((*quality.shape[:2], len(framework.indicators)))
    for j, node in enumerate(framework.indicators):
        own = quality[:, :, dimension[framework.dimension_of(node.code).code]]
        own = own + rng.uniform(0.2, 1) * np.array(_SEASON)[quarters, None] + rng.normal(0, 0.45, len(units))
        score = _LEVEL + rng.normal(0, 0.035) + _SPREAD * (own + noise * rng.normal(size=own.shape))
        values[:, :, j] = _on_goalposts(node, score)
    told = [j for j in range(values.shape[2]) if j not in viewed(framework)]  # what ledgers give is as odd as their records are
    for t, i, j in zip(rng.integers(0, len(PERIODS), 14), rng.integers(0, len(units), 14), rng.integers(0, values.shape[2], 14), strict=True):
        j = told[j % len(told)]
        values[t, i, j] = _outlier(framework.indicators[j], rng)
    return values


def _on_goalposts(node: Node, score: np.ndarray) -> np.ndarray:
    share = score if node.direction > 0 else 1 - score
    value = node.low + (node.high - node.low) * share
    most = node.high if node.unit in ("%", "分") else np.inf
    return np.clip(value, 0, most).round(decimals(node))


def _outlier(node: Node, rng: np.random.Generator) -> float:
    """Far below the low goalpost where the unit has an end, far beyond the high one where it has none."""
    if node.unit in ("%", "分"):
        return round(node.low * rng.uniform(0.2, 0.5), 1)
    return round(node.high * rng.uniform(1.8, 3.2), 2)


def model_states(rng: np.random.Generator, framework: Framework, units: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """States: structural 不适用 by sector, scattered 缺报, 待报 in the last period; no dimension loses more than a third of its weight.

    One unit is let fall below that in one period, so that the demo shows what a page says then.
    """
    states = np.full(values.shape, VALUE, np.int8)
    letters = units["code"].str[:2].to_numpy()
    for code, sectors in _STRUCTURAL.items():
        if code in framework:
            mine = np.flatnonzero(np.isin(letters, sectors) & (rng.random(len(units)) < 0.55))
            states[:, mine, [n.code for n in framework.indicators].index(code)] = NOT_APPLICABLE
    careless = rng.gamma(1.2, 1 / 1.2, len(units))[:, None]
    gaps = np.where(rng.random(values.shape) < 0.0165 * careless, MISSING, VALUE)
    late = (rng.random(values.shape) < 0.012) & (np.arange(len(PERIODS)) == len(PERIODS) - 1)[:, None, None]
    gaps[late] = PENDING
    for t, i, j in np.argwhere(gaps != VALUE):
        if states[t, i, j] == VALUE and _lost_with(framework, states[t, i], j) <= 1 / 3:
            states[t, i, j] = gaps[t, i, j]
    states[-4, rng.integers(len(units)), _told_most(framework)] = MISSING
    return states


# kinds of organs that have no such business: no windows, no inspections, no network of sub-brands, no publicity
_STRUCTURAL = {"GOA5": ["DQ", "QT"], "CUL3": ["ZS"], "CTL6": ["QT"], "CUL5": ["ZF"], "POL6": ["JW"]}


def _told_most(framework: Framework) -> list[int]:
    """The indicators that no ledger fills, of the dimension where they weigh most."""
    nodes, views = framework.indicators, viewed(framework)
    told = {d.code: [j for j, n in enumerate(nodes) if n.parent == d.code and j not in views] for d in framework.dimensions}
    return max(told.values(), key=lambda mine: sum(nodes[j].weight for j in mine))


def _lost_with(framework: Framework, states: np.ndarray, j: int) -> float:
    """Share of a dimension's weight without a value, were cell j to go too."""
    nodes = framework.indicators
    kin = [k for k, n in enumerate(nodes) if n.parent == nodes[j].parent]
    lost = sum(nodes[k].weight for k in kin if k == j or states[k] != VALUE)
    return lost / sum(nodes[k].weight for k in kin)


NAMED = "获市级“红雁清风”培树点命名"
_BONUS = (
    ("获评省级模范机关", 3.0), ("清廉机关建设经验获省级推广", 2.0), (NAMED, 1.5),
    ("承办全市现场推进会", 1.0), ("创新案例入选市级汇编", 0.5),
)  # fmt: skip
_PENALTY = (("整改事项超期未销号", 1.0), ("巡察反馈问题整改不到位", 2.0), ("作风问题被市级通报", 3.0), ("信息报送失实", 1.5))
_ISSUERS = {"bonus": "示例市直机关工委", "penalty": "示例市纪", "veto": "示例市纪"}


def model_adjustments(rng: np.random.Generator, units: pd.DataFrame, quality: np.ndarray) -> pd.DataFrame:
    """Bonuses to good units more often than to others, penalties the other way; two units beyond the caps; one veto."""
    rows = []
    for t, period in enumerate(PERIODS):
        good = _odds(quality[t].mean(axis=1))
        for i in rng.choice(len(units), rng.integers(9, 15), replace=False, p=good):
            rows.append((units["code"][i], period, "bonus", *_BONUS[rng.integers(1, len(_BONUS))][::-1]))
        for i in rng.choice(len(units), rng.integers(3, 7), replace=False, p=_odds(-quality[t].mean(axis=1))):
            rows.append((units["code"][i], period, "penalty", *_PENALTY[rng.integers(len(_PENALTY))][::-1]))
    best, worst = np.argsort(quality[-1].mean(axis=1))[[-4, 2]]
    rows += [(units["code"][best], PERIODS[-1], "bonus", points, reason) for reason, points in _BONUS[:4]]
    rows += [(units["code"][worst], PERIODS[-2], "penalty", points + 1.5, reason) for reason, points in _PENALTY]
    vetoed = np.argsort(quality[-2].mean(axis=1))[-9]
    rows.append((units["code"][vetoed], PERIODS[-2], "veto", 0.0, "本单位发生违纪案件，被立案审查"))
    table = pd.DataFrame(rows, columns=["unit", "period", "kind", "points", "reason"])
    table = table.drop_duplicates(["unit", "period", "kind", "reason"], keep="last").reset_index(drop=True)
    numbers = table.groupby([table["period"].str[:4], table["kind"].map(_ISSUERS)]).cumcount() + 1
    return table.assign(
        document=[f"{_ISSUERS[r.kind]}〔{r.period[:4]}〕{n}号" for r, n in zip(table.itertuples(), numbers, strict=True)]
    )


def _odds(quality: np.ndarray) -> np.ndarray:
    weight = np.exp(quality)
    return weight / weight.sum()
