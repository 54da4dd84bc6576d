"""100,000 units × 49 indicators: the engine, the groupby a competent analyst writes, and one pass over the same bytes."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bench.measure import Line, median_seconds
from scoring.framework import Framework
from scoring.framework_table import framework_to_table
from scoring.index import fit
from scoring.policy import Policy
from scoring.values import Values
from store.frameworks.files import read_framework, read_policy, read_values
from tools.live import ROOT

UNITS = 100_000
PASS = 10  # passes over memory that a scoring may cost
ASEM = ROOT / "tests" / "oracles" / "asem"


def resampled(values: Values, n_units: int, seed: int = 2018) -> Values:
    """ASEM rows drawn with replacement, each cell with 5 % noise."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(len(values.units), size=n_units)
    matrix = values.matrix[rows] * rng.normal(1, 0.05, (n_units, len(values.indicators)))
    return Values(tuple(f"U{i:07d}" for i in range(n_units)), values.indicators, matrix, values.states[rows])


def asem() -> tuple[Framework, Policy, Values]:
    """ASEM's framework, COINr's policy, and the values of 51 countries."""
    policy = read_policy(ROOT / "data" / "policy.coinr.toml")
    framework = read_framework(ASEM / "framework.csv", policy)
    (values,) = read_values(ASEM / "values.csv", framework)[0].values()
    return framework, policy, values


def by_groupby(wide: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """The same index by melt, merge and groupby: min–max of each indicator, then a weighted mean a level."""
    nodes = framework_to_table(framework)[["code", "parent", "direction", "weight"]]
    nodes[["direction", "weight"]] = nodes[["direction", "weight"]].astype(float)
    long = wide.melt("unit", var_name="code", value_name="value").merge(nodes, on="code")
    ends = long.groupby("code")["value"].agg(["min", "max"]).reset_index()
    long = long.merge(ends, on="code")
    share = (long["value"] - long["min"]) / (long["max"] - long["min"])
    long["score"] = 100 * np.where(long["direction"] > 0, share, 1 - share)
    level = long[["unit", "code", "parent", "weight", "score"]]
    levels = [level]
    while (level["parent"] != "").any():
        part = level[level["score"].notna()]
        part = part.assign(points=part["score"] * part["weight"])
        sums = part.groupby(["unit", "parent"])[["points", "weight"]].sum().reset_index()
        sums["score"] = sums["points"] / sums["weight"]
        level = sums[["unit", "parent", "score"]].rename(columns={"parent": "code"}).merge(nodes, on="code")
        levels.append(level)
    return pd.concat(levels).pivot(index="unit", columns="code", values="score")[list(framework.codes)]


def passes(what: str, values: Values, both: float, alone: float, times: int) -> Iterator[Line]:
    """Seconds of `fit` and `score`, and of `score` alone, against the least that memory allows."""
    once = median_seconds(values.matrix.sum, times)
    through = median_seconds(lambda: values.matrix + 1.0, times)
    yield Line(what, alone, "one pass over the same bytes (np.sum)", once, PASS)
    yield Line(f"fit and {what}", both, "one pass over the same bytes (np.sum)", once, PASS)
    yield Line(f"fit and {what}", both, "one pass that reads them and writes as many (+ 1)", through, PASS)


def lines() -> Iterator[Line]:
    """Time all on the same numbers, after a check that the two ways agree to 1e-9."""
    framework, policy, values = asem()
    values = resampled(values, UNITS)
    wide = pd.DataFrame(values.matrix, columns=list(values.indicators)).assign(unit=values.units)

    ours, theirs = fit(values, framework, policy).score(values).frame(), by_groupby(wide, framework)
    np.testing.assert_allclose(ours.to_numpy(), theirs.loc[ours.index].to_numpy(), rtol=0, atol=1e-9)

    both = median_seconds(lambda: fit(values, framework, policy).score(values), 21)
    fitted = fit(values, framework, policy)
    alone = median_seconds(lambda: fitted.score(values), 21)
    what = f"score {UNITS:,} units × {len(values.indicators)} indicators"
    groupby = median_seconds(lambda: by_groupby(wide, framework), 1)
    yield Line(f"fit and {what}", both, "pandas melt, merge, groupby", groupby, 20, True)
    yield from passes(what, values, both, alone, 21)
