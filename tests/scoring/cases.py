"""Cases for the tests of uncertainty: one period, and of the assumptions only those vary that a test names."""

from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.case import Case
from scoring.framework import Framework
from scoring.policy import Draws, Policy
from scoring.uncertainty.ensemble import Ensemble
from scoring.values import Values
from tests.scoring.trees import OPEN

STILL = Draws(weights=0.0, normalisation=(), aggregation=(), missing=(), leave_one_out=False, measurement_error=False)


def case(framework: Framework, values: Values, policy: Policy = OPEN, adjustments: list = (), **draws) -> Case:
    """A case with adjustments (unit, kind, points); `draws` says what varies."""
    kinds = {"unit": object, "kind": object, "points": float}
    points = pd.DataFrame(adjustments, columns=list(kinds)).astype(kinds)
    return Case({"2026": values}, "2026", framework, replace(policy, draws=replace(STILL, **draws)), points)


def centre(ensemble: Ensemble) -> np.ndarray:
    """The draw in which nothing is moved, as one row."""
    return np.array([[0.5 if group == "weights" else 0.0 for group in ensemble.groups]])


def indices(made: Case, number: int = 4000, seed: int = 1) -> np.ndarray:
    """The index in so many draws, (number, n_units)."""
    ensemble = Ensemble(made, seed)
    return ensemble.index(np.random.default_rng(seed).random((number, len(ensemble.groups))))
