"""Outliers: when they are flagged, how they are winsorised or logged, and what a fitted treatment promises.

Published figures: COINr 1.1 (W. Becker, JRC), article *Outlier Treatment* and tests/testthat/test-treat.R.
"""

import pickle
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from scoring.framework import Framework, Node
from scoring.index import IMPUTED, LOGGED, WINSORISED, fit, score_panel
from scoring.policy import Policy
from scoring.treatment import TREATMENTS, Treatment, outlying, shape
from scoring.values import Values
from tests.scoring.trees import OPEN, asem_framework, asem_values, same_bits

NAN = float("nan")
USUAL = Policy()
every = pytest.mark.parametrize("method", sorted(TREATMENTS))


def treated(method: str, x, policy: Policy = USUAL, stated=()) -> Treatment:
    return TREATMENTS[method](np.array(x, float), policy, stated)


def column(x) -> Values:
    return Values(tuple(f"u{k}" for k in range(len(x))), ("A",), np.array(x, float)[:, None])


def one(**fields) -> Framework:
    """An index of one indicator."""
    return Framework((Node("INDEX", "", "INDEX"), Node("A", "INDEX", "A", **fields)))


numbers = st.lists(st.floats(-1e3, 1e3), min_size=0, max_size=30)
skewed = st.lists(st.integers(0, 20), min_size=6, max_size=30).flatmap(
    lambda x: st.lists(st.integers(60, 5000), min_size=1, max_size=8).map(lambda far: [float(v) for v in x + far])
)


def test_the_published_pair():
    x = np.array([1, 2, 3, 4, 100.0])
    assert shape(x) == pytest.approx((2.232396, 4.986866), abs=5e-7)
    assert outlying(x, USUAL)


@given(st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=30).filter(lambda x: np.ptp(x) > 1e-3))
def test_skewness_and_kurtosis_are_those_of_scipy_without_bias(x):
    x = np.array(x)
    assert shape(x) == pytest.approx((stats.skew(x, bias=False), stats.kurtosis(x, bias=False)), rel=1e-6, abs=1e-9)


def test_huge_and_tiny_values_have_a_shape_too():
    x = np.array([1, 2, 3, 4, 100.0])
    for unit in (1e-200, 1e200):
        assert shape(unit * x) == pytest.approx(shape(x), rel=1e-9)
    assert np.isnan(shape(np.array([1.0, 2.0]))).all() and np.isnan(shape(np.full(9, 0.1))).all()
    assert shape(np.array([1, 2, 9.0]))[0] == pytest.approx(stats.skew([1, 2, 9], bias=False)) and np.isnan(shape(np.array([1, 2, 9.0]))[1])


@pytest.mark.parametrize("x", [[], [3], [3, 3, 3, 3, 3], [0.1] * 20, [0] * 30 + [1], [0] * 30 + [1, 1], [1, 2, 1000]])
@every
def test_what_tells_nothing_is_not_treated(method, x):
    x = np.array(x, float)
    assert not outlying(x, USUAL) and same_bits(treated(method, x)(x), x)


def test_the_vector_of_the_article():
    x = np.array([*range(1, 11), 30, 100.0])
    found = treated("winsorise", x, Policy(winsorised=2))
    assert found.before == pytest.approx((3.063241, 9.741391), abs=5e-7)
    assert found.after == pytest.approx((1.712038, 1.815781), abs=5e-7)
    assert found.points == 1 and found(x).tolist() == [*range(1, 11), 30, 30]


def test_the_vectors_of_coinrs_own_tests():
    x = np.array([*range(1, 11), 100.0])
    assert treated("winsorise", x)(x).tolist() == [*range(1, 11), 10] and not outlying(treated("winsorise", x)(x), USUAL)
    assert treated("winsorise", -x)(-x).tolist() == [-v for v in (*range(1, 11), 10)]
    x, least = np.array([*range(1, 21), 100, 200.0]), Policy(winsorised=1)
    held = treated("winsorise", x, least)
    assert held.points == 1 and held(x)[-1] == 100 and outlying(held(x), USUAL)
    assert treated("winsorise_log", x, least) == treated("log", x, least) != held


# iCode: points, skewness and kurtosis before, after. From the article's tables of the ASEM data.
ARTICLE = {
    "Flights": (1, 2.103287, 4.508879, 1.900658, 3.336065),
    "Bord": (1, 2.1482360, 5.7914905, 1.899211, 4.346298),
    "Elec": (1, 2.2252736, 5.7910268, 1.717744, 2.586062),
    "Gas": (1, 2.8294486, 10.3346494, 1.602518, 1.525576),
    "Goods": (2, 2.6499733, 8.2666095, 1.140608, 0.1572047),
}
AS_THEY_ARE = {
    "LPI": (-0.3042681, -0.6567514), "Ship": (-0.5756680, -0.6814795), "ConSpeed": (0.4622037, 0.1873214),
    "Cov4G": (-1.3725191, 0.5419314), "Services": (1.7010849, 2.3756557),
}  # fmt: skip


def asem_treatments(policy: Policy, **of_one) -> tuple[dict, Values]:
    framework = asem_framework()
    framework = replace(framework, nodes=tuple(replace(n, treatment=of_one.get(n.code, "")) for n in framework.nodes))
    values = asem_values(framework)
    return fit(values, framework, policy).treatments, values


def test_the_treatment_of_asem_is_the_published_one():
    found, values = asem_treatments(replace(OPEN, treatment="winsorise_log"))
    for code, (points, *shapes) in ARTICLE.items():
        assert found[code].points == points and found[code].side == 0
        assert (*found[code].before, *found[code].after) == pytest.approx(shapes, abs=5e-7)
    for code, before in AS_THEY_ARE.items():
        assert found[code].points == 0 and found[code].before == found[code].after == pytest.approx(before, abs=5e-7)
    assert not any(t.side for t in found.values())  # "after Winsorisation, all indicators passed"
    x = values.matrix[:, values.indicators.index("Goods")]
    moved = found["Goods"](x) != x
    assert [values.units[k] for k in np.flatnonzero(moved)] == ["DEU", "CHN"]  # rows 11 and 35 of iData


def test_with_one_point_goods_is_logged_and_nothing_else():
    found, _ = asem_treatments(replace(OPEN, treatment="winsorise_log", winsorised=1))
    first_ten = [*ARTICLE, *AS_THEY_ARE]
    assert [code for code in first_ten if found[code].side] == ["Goods"]
    assert found["Goods"].after == pytest.approx((0.03104001, -0.8888965), abs=5e-8)


def test_without_a_point_flights_is_logged():
    found, _ = asem_treatments(replace(OPEN, treatment="winsorise_log", winsorised=0))
    assert found["Flights"].points == 0 and found["Flights"].after == pytest.approx((-0.09502644, -0.8305217), abs=5e-8)


def test_an_indicator_may_name_its_own_treatment_or_none():
    found, _ = asem_treatments(replace(OPEN, treatment="winsorise"), Goods="none", Flights="log")
    assert "Goods" not in found and found["Flights"].side == 1 and found["Gas"].points == 1
    assert asem_treatments(OPEN, Goods="winsorise")[0].keys() == {"Goods"}


@every
def test_it_is_documented(method):
    entry = TREATMENTS[method]
    assert entry.name == method and re.fullmatch(r"[a-z][a-z_]*", method) and entry.doc.endswith("。")
    assert "Source:" in entry.formula and not re.search(r"[\u4e00-\u9fff]", entry.formula)


@every
@given(x=skewed | numbers, cut=st.integers(0, 30), turned=st.booleans())
def test_blocks_apart_equal_the_whole_and_gaps_stay_gaps(method, x, cut, turned):
    x = np.array(x) * (-1 if turned else 1)
    found = pickle.loads(pickle.dumps(treated(method, x)))
    block = np.array([NAN, *x, 1e6, -1e6, NAN])
    kept, whole = block.copy(), found(block)
    assert same_bits(np.concatenate([found(block[:cut]), found(block[cut:])]), whole) and same_bits(block, kept)
    assert (np.isnan(whole) == np.isnan(block)).all() and np.isfinite(whole[1:-1]).all()


@every
@given(x=skewed | numbers, turned=st.booleans())
def test_better_stays_better(method, x, turned):
    x = np.array(x) * (-1 if turned else 1)
    assert (np.diff(treated(method, x)(np.sort(x))) >= 0).all()


@every
@given(x=skewed | numbers)
def test_the_order_of_the_population_does_not_matter(method, x):
    one_way, other = treated(method, x), treated(method, x[::-1])
    np.testing.assert_allclose(one_way(np.array(x)), other(np.array(x)), rtol=1e-9)


@every
@given(x=skewed)
def test_both_tails_are_treated_alike(method, x):
    x = np.array(x)
    assert same_bits(treated(method, -x)(-x), -treated(method, x)(x))


@given(x=skewed, limit=st.integers(0, 8))
def test_winsorising_moves_no_more_than_the_limit_and_only_to_values_that_there_are(x, limit):
    policy, x = Policy(winsorised=limit), np.array(x)
    found = treated("winsorise", x, policy)
    held = found(x)
    assert np.count_nonzero(held != x) == found.points <= limit
    assert set(held) <= set(x)
    assert found.points == 0 or (outlying(x, policy) and len(set(held)) >= 3)


@given(x=numbers)
def test_without_outliers_every_bit_stays(x):
    x = np.array(x)
    assume(not outlying(x, USUAL))
    assert all(same_bits(treated(method, x)(x), x) for method in TREATMENTS)


def test_tied_values_move_together_or_not_at_all():
    x = np.array([*range(1, 21), 100, 100.0])
    assert treated("winsorise", x, Policy(winsorised=2))(x).tolist() == [*range(1, 21), 20, 20]
    assert treated("winsorise", x, Policy(winsorised=1)).points == 0
    assert treated("winsorise_log", x, Policy(winsorised=1)).side == 1


def test_the_limits_are_the_policys():
    x = np.array([1, 2, 3, 4, 100.0])
    assert outlying(x, Policy(skewness=2.23, kurtosis=4.98))
    assert not outlying(x, Policy(skewness=2.24, kurtosis=1)) and not outlying(x, Policy(skewness=1, kurtosis=4.99))


def test_the_logarithm_by_hand():
    x = np.array([*range(11), 100.0])
    found = treated("log", x)
    np.testing.assert_allclose(found(x), np.log(x - 0 + 0.01 * (100 - 0)), rtol=1e-14)
    np.testing.assert_allclose(treated("log", -x)(-x), -np.log(0 + 0.01 * 100 - (-x)), rtol=1e-14)
    assert found(np.array([-5.0, 0.0, 300.0])) == pytest.approx([np.log(1), np.log(1), np.log(301)])


X = [*map(float, range(11)), 100.0]  # eleven small values and one that is flagged


def scores(framework: Framework, x=X, policy: Policy = OPEN) -> np.ndarray:
    values = column(x)
    return fit(values, framework, policy).score(values).values[:, 1]


def test_scales_are_fitted_on_treated_values():
    found = scores(one(normalisation="min_max", treatment="winsorise"))
    assert found.tolist() == pytest.approx([*range(0, 101, 10), 100])
    np.testing.assert_allclose(
        scores(one(normalisation="min_max", treatment="log")),
        100 * (np.log(np.array(X) + 1) - np.log(1)) / (np.log(101) - np.log(1)),
        rtol=1e-12,
    )


@pytest.mark.parametrize("direction", [1, -1])
def test_goalposts_go_along_with_a_logarithm(direction):
    """From −20 to 200: the range is 220, so that ln(x + 20 + 2.2) runs between the logarithms of both goalposts."""
    found = scores(one(low=-20.0, high=200.0, direction=direction, treatment="log"))
    share = (np.log(np.array(X) + 22.2) - np.log(2.2)) / (np.log(222.2) - np.log(2.2))
    np.testing.assert_allclose(found, 100 * (share if direction > 0 else 1 - share), rtol=1e-12)


def test_goalposts_stay_where_values_are_winsorised():
    assert scores(one(low=0.0, high=50.0, treatment="winsorise")).tolist() == pytest.approx([*range(0, 21, 2), 20])


def test_targets_bands_and_references_go_along_too():
    logs = np.log(np.array(X) + 1)  # the worst is 0, the margin 1
    found = scores(one(normalisation="distance_to_target", target=50.0, treatment="log"))
    np.testing.assert_allclose(found, logs / np.log(51), rtol=1e-12)
    found = scores(one(normalisation="distance_to_reference", reference="60", treatment="log"))
    np.testing.assert_allclose(found, logs / np.log(61), rtol=1e-12)
    found = scores(one(normalisation="distance_to_reference", reference="u11", treatment="log"))
    np.testing.assert_allclose(found, logs / np.log(101), rtol=1e-12)
    bands = ((-np.inf, 10.0), (5.0, 50.0), (60.0, 90.0))
    assert scores(one(normalisation="banded", bands=bands, treatment="log")).tolist() == [10] * 5 + [50] * 6 + [90]


def test_a_named_unit_is_held_like_any_other_and_a_stated_number_is_not():
    named = scores(one(normalisation="distance_to_reference", reference="u11", treatment="winsorise"))
    assert named.tolist() == pytest.approx([*(x / 10 for x in range(11)), 1])
    stated = scores(one(normalisation="distance_to_reference", reference="100", treatment="winsorise"))
    assert stated.tolist() == pytest.approx([*(x / 100 for x in range(11)), 0.1])


def test_an_indicators_own_transform_comes_first():
    """e^x is flagged, its logarithm X is flagged too, and is held to 10; what was used is e^10 again."""
    values = column(np.exp(X))
    fitted = fit(values, one(normalisation="min_max", transform="log", treatment="winsorise"), OPEN)
    assert fitted.score(values).values[:, 1] == pytest.approx([*range(0, 101, 10), 100])
    assert fitted.used(values)[-1, 0] == pytest.approx(np.exp(10), rel=1e-12)
    assert fitted.marks(values)[:, 0].tolist() == [0] * 11 + [WINSORISED]


def test_marks_and_used_values():
    values = column([*X, NAN])
    held = fit(values, one(normalisation="min_max", treatment="winsorise"), OPEN)
    assert held.marks(values)[:, 0].tolist() == [0] * 11 + [WINSORISED, 0] and held.marks(values).dtype == np.int8
    assert same_bits(held.used(values)[:, 0], np.array([*X[:11], 10, NAN]))
    logged = fit(values, one(normalisation="min_max", treatment="log"), OPEN)
    assert logged.marks(values)[:, 0].tolist() == [LOGGED] * 12 + [0]
    assert same_bits(logged.used(values)[:, 0], np.array([*X, NAN]))
    bare = fit(values, one(normalisation="min_max"), OPEN)
    assert not bare.marks(values).any() and same_bits(bare.used(values), values.matrix) and bare.treatments == {}
    assert IMPUTED | WINSORISED | LOGGED == 7


def test_another_block_is_held_to_the_populations_ends():
    fitted = fit(column(X), one(normalisation="min_max", treatment="winsorise"), OPEN)
    block = column([500.0, 3.0, -7.0])
    assert fitted.score(block).values[:, 1].tolist() == pytest.approx([100, 30, 0])
    assert fitted.marks(block)[:, 0].tolist() == [WINSORISED, 0, 0] and fitted.used(block)[:, 0].tolist() == [10, 3, -7]


def test_a_base_period_treats_the_others():
    later = column([50.0, 5.0, 0.0, 1.0])
    policy = replace(OPEN, treatment="winsorise", pool="base:2023")
    found = score_panel({"2023": column(X), "2024": later}, one(normalisation="min_max"), policy)
    assert found["2024"].values[:, 1].tolist() == pytest.approx([100, 50, 0, 10])


def test_asem_treated_is_min_max_of_the_treated_values():
    framework = asem_framework()
    values = asem_values(framework)
    fitted = fit(values, framework, replace(OPEN, treatment="winsorise_log"))
    again = replace(values, matrix=fitted.used(values))
    assert same_bits(fit(again, framework, OPEN).score(again).values, fitted.score(values).values)
    assert np.count_nonzero(fitted.marks(values)) == sum(t.points for t in fitted.treatments.values()) > 0
