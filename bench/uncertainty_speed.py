"""10,000 draws of weights over 51 units × 49 indicators on four levels, against a loop that scores one draw after the other."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from bench.measure import Line, median_seconds
from scoring.case import Case
from scoring.framework import Framework
from scoring.policy import Draws
from scoring.uncertainty.ensemble import Ensemble
from store.frameworks.files import read_framework, read_policy, read_values
from tools.live import ROOT

DRAWS = 10_000
ASEM = ROOT / "tests" / "oracles" / "asem"
WEIGHTS = Draws(normalisation=(), aggregation=(), missing=(), leave_one_out=False, measurement_error=False)


def asem() -> Case:
    """ASEM as COINr scores it, with its weights uncertain."""
    policy = replace(read_policy(ROOT / "data" / "policy.coinr.toml"), draws=WEIGHTS)
    framework = read_framework(ASEM / "framework.csv", policy)
    (values,) = read_values(ASEM / "values.csv", framework)[0].values()
    return Case({"": values}, "", framework, policy, pd.DataFrame({"unit": [], "kind": [], "points": []}))


def by_loop(case: Case, rows: np.ndarray) -> np.ndarray:
    """The index of every draw from a framework with the drawn weights and a call of `score`, as one would write it."""
    drawn = [n for n in case.framework.nodes if n.parent]  # in ASEM every one of them has siblings
    place, found = case.framework.codes.index(case.framework.root.code), []
    for row in rows:
        weights = {n.code: n.weight * (0.75 + 0.5 * u) for n, u in zip(drawn, row, strict=True)}
        framework = Framework(tuple(replace(n, weight=weights.get(n.code, n.weight)) for n in case.framework.nodes))
        found.append(replace(case.fitted, framework=framework).score(case.values).values[:, place])
    return np.array(found)


def lines() -> Iterator[Line]:
    """Time both on the same draws, after a check that they agree to 1e-9. Ours begins with the fitted case, as theirs does."""
    case = asem()
    rows = np.random.default_rng(1).random((DRAWS, len(Ensemble(case, 1).groups)))
    np.testing.assert_allclose(Ensemble(case, 1).index(rows[:200]), by_loop(case, rows[:200]), rtol=0, atol=1e-9)

    index = median_seconds(lambda: Ensemble(case, 1).index(rows), 21)
    loop = median_seconds(lambda: by_loop(case, rows), 1)
    what = f"{DRAWS:,} draws of weights, {len(case.values.units)} units × {len(case.framework.indicators)} indicators"
    yield Line(f"index in {what}", index, "a loop over `score`", loop, 200, True)
    yield Line(f"index in {what}", index, "what was asked for", 0.3, 1)
