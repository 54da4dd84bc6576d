"""Published results. Source of ASEM: R package COINr 1.1.14 (W. Becker, JRC; MIT), data set ASEM, results of its Aggregate()."""

import numpy as np
import pandas as pd
import pytest

from scoring.index import fit, score_panel
from scoring.policy import Policy
from scoring.ranking import rank
from scoring.tiers import assign
from scoring.values import Values
from tests.scoring.trees import OPEN, asem_framework, asem_values, read_asem, same_bits

YEARS = ("2018", "2019", "2020", "2021", "2022")


@pytest.mark.parametrize(
    "method, file", [("min_max", "expected_minmax_arithmetic.csv"), ("z_score", "expected_zscore_arithmetic.csv")]
)
def test_asem_is_reproduced_in_every_node_and_rank(method, file):
    framework = asem_framework(method)
    values = asem_values(framework)
    frame = fit(values, framework, OPEN).score(values).frame()
    expected = read_asem(file).astype(float)
    assert set(expected.columns) == {"rank", *framework.codes}
    found = frame.loc[expected.index, list(framework.codes)]
    assert (found.isna() == expected[list(framework.codes)].isna()).all(axis=None)
    np.testing.assert_allclose(found, expected[list(framework.codes)], rtol=0, atol=1e-9)
    assert rank(found["Index"]).tolist() == expected["rank"].tolist()


def plain_asem(pool: pd.DataFrame, year: pd.DataFrame, framework) -> pd.DataFrame:
    """Min–max and arithmetic means in four lines of pandas, in the way of a spreadsheet."""
    out = pd.DataFrame(index=year.index)
    for n in framework.indicators:
        low, high = pool[n.code].min(), pool[n.code].max()
        share = ((year[n.code] - low) / (high - low)).clip(0, 1)
        out[n.code] = 100 * (share if n.direction == 1 else 1 - share)
    for n in reversed(framework.inner):
        out[n.code] = out[[k.code for k in framework.children(n.code)]].mean(axis=1)  # the weights of ASEM are all 1
    return out[list(framework.codes)]


@pytest.mark.parametrize("pool", ["period", "all", "base:2018"])
def test_asem_panel_pools_bounds_as_the_policy_says(pool):
    framework = asem_framework()
    by_period = {y: asem_values(framework, "values_panel.csv", y) for y in YEARS}
    scores = score_panel(by_period, framework, Policy(missing_rule="reweight", coverage=0.0, pool=pool))
    assert tuple(scores) == YEARS
    years = {y: read_asem("values_panel.csv", y) for y in YEARS}
    for y in YEARS:
        bounds = {"period": years[y], "all": pd.concat(years.values()), "base:2018": years["2018"]}[pool]
        np.testing.assert_allclose(scores[y].frame(), plain_asem(bounds, years[y], framework), rtol=0, atol=1e-9)


def test_the_first_year_of_the_panel_is_the_published_cross_section():
    framework = asem_framework()
    by_period = {y: asem_values(framework, "values_panel.csv", y) for y in YEARS}
    scores = score_panel(by_period, framework, Policy(missing_rule="reweight", coverage=0.0, pool="base:2018"), ["2018"])
    assert tuple(scores) == ("2018",)
    expected = read_asem("expected_minmax_arithmetic.csv")[list(framework.codes)].astype(float)
    np.testing.assert_allclose(scores["2018"].frame().loc[expected.index], expected, rtol=0, atol=1e-9)


def test_blocks_of_countries_scored_apart_equal_the_whole():
    framework = asem_framework("z_score")
    values = asem_values(framework)
    fitted = fit(values, framework, OPEN)
    whole = fitted.score(values).values
    parts = [fitted.score(values.take(slice(k, k + 7))).values for k in range(0, 51, 7)]
    assert same_bits(np.concatenate(parts), whole)


def test_units_of_asem_in_another_order_have_the_same_scores():
    framework = asem_framework("percentile_rank")
    values = asem_values(framework)
    turned = values.take(list(reversed(range(51))))
    a = fit(values, framework, OPEN).score(values).values
    b = fit(turned, framework, OPEN).score(turned).values
    assert same_bits(a, b[::-1])


# Employment density of the 58 counties of California (Anselin & Rey, Spatial Econometrics: Foundations), the worked example of
# PySAL's mapclassify, whose README and tests give the Fisher–Jenks classes: upper ends and counts.
CALIFORNIA = """
329.92 0.42 5.9 14.03 2.78 1.34 181.27 1.65 10.03 16.7 1.32 3.99 3.16 0.22 8.7 6.56 3.27 0.33 370.5 4.51 75.29 0.99 2.74 8.68
0.14 0.92 12.63 28.7 12.02 722.85 36.68 0.74 29.82 192.05 3.38 11.15 110.74 4111.45 49.47 10.33 317.11 20.47 264.93 66.26 5.39
0.13 0.61 50.65 40.48 36.67 13.09 1.81 0.2 7.6 2.51 57.26 24.32 6.97
"""


def test_natural_breaks_of_the_counties_of_california():
    density = pd.Series(CALIFORNIA.split()).astype(float)
    policy = Policy(tier_rule="natural_breaks", tier_labels=("V", "IV", "III", "II", "I"), veto_ceiling="I")
    tiers = assign(density, policy)
    assert [int((tiers == label).sum()) for label in ("I", "II", "III", "IV", "V")] == [49, 3, 4, 1, 1]
    assert [density[tiers == label].max() for label in ("I", "II", "III", "IV", "V")] == [75.29, 192.05, 370.5, 722.85, 4111.45]


def within(ordered: np.ndarray, cuts: list[int]) -> float:
    return sum(((g - g.mean()) ** 2).sum() for g in np.split(ordered, cuts))


def test_natural_breaks_are_the_best_partition_there_is():
    rng = np.random.default_rng(7)
    clusters = np.array([4.0, 5, 9, 10, 12, 90, 91, 93, 41, 42, 45])
    for values in (clusters, rng.normal(60, 15, 17).round(1), rng.uniform(0, 100, 14), rng.integers(60, 70, 20).astype(float)):
        tiers = assign(pd.Series(values), Policy(tier_rule="natural_breaks"))
        ordered, n = np.sort(values), len(values)
        sizes = [int((tiers == label).sum()) for label in ("追赶型", "争先型", "领跑型")]
        assert tiers.iloc[np.argsort(values)].tolist() == np.repeat(["追赶型", "争先型", "领跑型"], sizes).tolist()
        best = min(within(ordered, [i, j]) for i in range(1, n - 1) for j in range(i + 1, n))
        assert within(ordered, [sizes[0], sizes[0] + sizes[1]]) == pytest.approx(best, rel=1e-9)


def test_an_asem_country_without_any_value_has_no_score():
    framework = asem_framework()
    values = asem_values(framework)
    matrix = values.matrix.copy()
    matrix[3] = np.nan
    scores = fit(values, framework, OPEN).score(Values(values.units, values.indicators, matrix))
    assert np.isnan(scores.values[3]).all()
    assert (scores.coverage[3] == 0).all()
