"""Further invented cities, for a province of the demo: smaller, each with a level of its own, one year of returns and no ledgers."""

from __future__ import annotations

import numpy as np

from scoring.framework import Framework
from scoring.values import VALUE

from .making import SEED, Demo
from .model import PERIODS, city, latent_quality, model_adjustments, model_states, model_values
from .units import CITY, SECTORS

NUMBERS = range(2, 10)  # the demo itself is the first
YEAR = PERIODS[-4:]


def city_name(number: int) -> str:
    """What one of NUMBERS is called; no place has such a name."""
    return f"示例{'甲乙丙丁戊己庚辛壬'[number - 1]}市"


def make_city(framework: Framework, number: int) -> Demo:
    """One of the further cities, of some of the sectors: the same number gives the same data. Periods before YEAR are never reported."""
    rng = np.random.default_rng([SEED, number, 4])
    units = city(rng)
    quality = latent_quality(rng, framework, units) + 0.45 * rng.normal(size=len(framework.dimensions))
    values = model_values(rng, framework, units, quality)
    states = model_states(rng, framework, units, values)
    adjustments = model_adjustments(rng, units, quality)
    names = [name for name, _ in SECTORS.values()]
    kept = np.flatnonzero(units["sector"].isin(rng.choice(names, rng.integers(3, 7), replace=False)))
    units = units.iloc[kept].assign(name=units["name"].str.replace(CITY, city_name(number))).reset_index(drop=True)
    adjustments = adjustments[adjustments["unit"].isin(units["code"]) & adjustments["period"].isin(YEAR)].reset_index(drop=True)
    adjustments["document"] = adjustments["document"].str.replace(CITY, city_name(number))
    values[states != VALUE] = np.nan
    return Demo(units, np.zeros(len(units), int), states[:, kept], values[:, kept], adjustments, {})
