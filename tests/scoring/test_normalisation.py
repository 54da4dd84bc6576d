"""Each normalisation against arithmetic written out. Formulas: COINr 1.1 (n_minmax, n_zscore, n_rank …), OECD/JRC handbook, section 5."""

from math import log, nan, sqrt

import numpy as np
import pytest

from scoring.errors import ScoringError
from scoring.framework import Framework, Node
from scoring.index import fit
from scoring.policy import Policy
from scoring.values import Values
from tests.scoring.trees import OPEN, block, flat, same_bits

X = (2.0, 5.0, nan, 5.0, 11.0, 8.0)  # a tie, a gap, no order; mean 6.2, Σ(x − 6.2)² = 46.8
SD = sqrt(46.8 / 4)
BANDS = ((0.0, 0.0), (5.0, 60.0), (8.0, 80.0), (11.0, 100.0))
FALLING = ((0.0, 100.0), (5.0, 80.0), (8.0, 60.0), (11.0, 0.0))


def one(method: str, direction: int = 1, **columns) -> Framework:
    """INDEX over one indicator A."""
    return Framework((Node("INDEX", "", "INDEX"), Node("A", "INDEX", "A", normalisation=method, direction=direction, **columns)))


def column(values) -> Values:
    return Values(tuple(f"u{k}" for k in range(len(values))), ("A",), np.array(values, float)[:, None])


def scores(framework: Framework, values=X, policy=OPEN, pool=None) -> np.ndarray:
    pool = column(values if pool is None else pool)
    return fit(pool, framework, policy).score(column(values)).frame()["A"].to_numpy()


WRITTEN = [
    ("goalposts", 1, {"low": 4.0, "high": 10.0}, (0, 100 / 6, nan, 100 / 6, 100, 400 / 6)),
    ("goalposts", -1, {"low": 4.0, "high": 10.0}, (100, 500 / 6, nan, 500 / 6, 0, 200 / 6)),
    ("min_max", 1, {}, (0, 300 / 9, nan, 300 / 9, 100, 600 / 9)),
    ("min_max", -1, {}, (100, 600 / 9, nan, 600 / 9, 0, 300 / 9)),
    ("z_score", 1, {}, (-4.2 / SD, -1.2 / SD, nan, -1.2 / SD, 4.8 / SD, 1.8 / SD)),
    ("z_score", -1, {}, (4.2 / SD, 1.2 / SD, nan, 1.2 / SD, -4.8 / SD, -1.8 / SD)),
    ("rank", 1, {}, (1, 2, nan, 2, 5, 4)),
    ("rank", -1, {}, (5, 3, nan, 3, 1, 2)),
    ("percentile_rank", 1, {}, (0, 1 / 4, nan, 1 / 4, 1, 3 / 4)),
    ("percentile_rank", -1, {}, (1, 2 / 4, nan, 2 / 4, 0, 1 / 4)),
    ("borda", 1, {}, (0, 1, nan, 1, 4, 3)),
    ("borda", -1, {}, (4, 2, nan, 2, 0, 1)),
    ("distance_to_target", 1, {"target": 14.0}, (0, 3 / 12, nan, 3 / 12, 9 / 12, 6 / 12)),
    ("distance_to_target", 1, {"target": 8.0}, (0, 0.5, nan, 0.5, 1.5, 1)),  # not capped
    ("distance_to_target", -1, {"target": 1.0}, (0.9, 0.6, nan, 0.6, 0, 0.3)),
    ("distance_to_target", -1, {"target": 5.0}, (1.5, 1, nan, 1, 0, 0.5)),
    ("distance_to_reference", 1, {"reference": "8"}, (0, 0.5, nan, 0.5, 1.5, 1)),
    ("distance_to_reference", -1, {"reference": "1.5"}, (9 / 9.5, 6 / 9.5, nan, 6 / 9.5, 0, 3 / 9.5)),
    ("distance_to_reference", 1, {"reference": "u5"}, (0, 0.5, nan, 0.5, 1.5, 1)),  # u5 has 8
    ("distance_to_reference", -1, {"reference": "u0"}, (1, 6 / 9, nan, 6 / 9, 0, 3 / 9)),  # u0 has 2
    ("distance_to_max", 1, {}, (0, 1 - 6 / 9, nan, 1 - 6 / 9, 1, 1 - 3 / 9)),
    ("distance_to_max", -1, {}, (1, 1 - 3 / 9, nan, 1 - 3 / 9, 0, 1 - 6 / 9)),
    ("fraction_of_max", 1, {}, (2 / 11, 5 / 11, nan, 5 / 11, 1, 8 / 11)),
    ("fraction_of_max", -1, {}, (1, 2 / 5, nan, 2 / 5, 2 / 11, 2 / 8)),
    ("banded", 1, {"bands": BANDS}, (0, 60, nan, 60, 100, 80)),
    ("banded", -1, {"bands": FALLING}, (100, 80, nan, 80, 0, 60)),
]


@pytest.mark.parametrize("method, direction, columns, expected", WRITTEN)
def test_written_arithmetic(method, direction, columns, expected):
    np.testing.assert_allclose(scores(one(method, direction, **columns)), expected, rtol=1e-14, atol=1e-14)


def test_an_indicator_without_a_method_is_scored_on_its_goalposts():
    assert scores(one("", low=0.0, high=20.0), (5.0, 25.0, -1.0)).tolist() == [25, 100, 0]


@pytest.mark.parametrize("method", ["goalposts", "min_max"])
@pytest.mark.parametrize("direction, expected", [(1, (1, 4, 7)), (-1, (7, 4, 1))])
def test_range_of_the_policy(method, direction, expected):
    framework = one(method, direction, low=0.0, high=10.0)
    policy = Policy(range=(1.0, 7.0), missing_rule="reweight", coverage=0.0)
    np.testing.assert_allclose(scores(framework, (0.0, 5.0, 10.0), policy), expected, rtol=1e-15)


def test_values_outside_the_pool_are_held_at_its_ends():
    pool = (10.0, 20.0)
    assert scores(one("min_max"), (5.0, 12.5, 30.0), pool=pool).tolist() == [0, 25, 100]
    assert scores(one("min_max", -1), (5.0, 12.5, 30.0), pool=pool).tolist() == [100, 75, 0]


def test_ranks_of_values_outside_the_pool():
    pool = (10.0, 20.0, 20.0, 30.0)
    assert scores(one("rank"), (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 99.0), pool=pool).tolist() == [1, 1, 2, 2, 4, 4, 4]
    assert scores(one("borda", -1), (5.0, 15.0, 20.0, 99.0), pool=pool).tolist() == [3, 3, 1, 0]


def test_below_the_first_band_stands_the_end_of_the_range():
    rising, falling = ((60.0, 40.0), (80.0, 90.0)), ((2.0, 70.0), (5.0, 10.0))
    assert scores(one("banded", bands=rising), (59.9, 60.0, 79.9, 80.0, 1e9)).tolist() == [0, 40, 40, 90, 90]
    assert scores(one("banded", -1, bands=falling), (1.9, 2.0, 4.9, 5.0)).tolist() == [100, 70, 70, 10]


def test_log_applies_to_values_and_goalposts_alike():
    found = scores(one("goalposts", low=1.0, high=1000.0, transform="log"), (1.0, 10.0, 100.0, 1000.0, 5000.0, 0.5))
    np.testing.assert_allclose(found, (0, 100 / 3, 200 / 3, 100, 100, 0), atol=1e-12)
    # The income component of the HDI, UNDP technical note 1: goalposts 100 and 75,000.
    found = scores(one("goalposts", low=100.0, high=75_000.0, transform="log"), (10_000.0,))
    assert found[0] == pytest.approx(100 * (log(10_000) - log(100)) / (log(75_000) - log(100)), rel=1e-14)


@pytest.mark.parametrize(
    "method, columns, expected",
    [
        ("min_max", {}, (0, 50, 100)),
        ("distance_to_target", {"target": 1000.0}, (0, 1 / 3, 2 / 3)),
        ("distance_to_reference", {"reference": "10"}, (0, 1, 2)),
        ("distance_to_reference", {"reference": "u2"}, (0, 0.5, 1)),
        ("banded", {"bands": ((1.0, 10.0), (10.0, 20.0), (100.0, 30.0))}, (10, 20, 30)),
        ("z_score", {}, (-1, 0, 1)),
        ("fraction_of_max", {}, (0, 0.5, 1)),
    ],
)
def test_log_reaches_every_number_of_the_row(method, columns, expected):
    np.testing.assert_allclose(scores(one(method, transform="log", **columns), (1.0, 10.0, 100.0)), expected, atol=1e-14)


def test_log_of_a_gap_is_a_gap():
    assert np.isnan(scores(one("goalposts", low=1.0, high=10.0, transform="log"), (nan, 1.0))[0])


@pytest.mark.parametrize("method", ["goalposts", "min_max"])
@pytest.mark.parametrize("where", ["score", "fit"])
def test_log_refuses_zero_and_negative_values(method, where):
    framework = one(method, low=1.0, high=10.0, transform="log")
    good, bad = (1.0, 5.0), (2.0, -0.5)
    with pytest.raises(ScoringError, match=r"A.*-0\.5.*transform"):
        scores(framework, *((bad, OPEN, good) if where == "score" else (good, OPEN, bad)))


def test_scores_at_the_worst_end_are_plain_zeros():
    """A minus before a zero would be shown, and turns a harmonic mean of zeros into no score."""
    for direction, worst in ((1, 0.0), (-1, 100.0)):
        for method in ("goalposts", "min_max", "distance_to_max", "distance_to_target"):
            columns = {"low": 0.0, "high": 100.0, "target": 50.0}
            found = scores(one(method, direction, **columns), (worst, 100.0 - worst))
            assert found[0] == 0 and not np.signbit(found[0]), (method, direction)


@pytest.mark.parametrize("method", ["min_max", "z_score", "distance_to_max"])
def test_constant_values_are_refused_by_name(method):
    with pytest.raises(ScoringError, match=rf"A.*都是 3.*{method}.*goalposts"):
        scores(one(method), (3.0, 3.0, nan))


def test_one_value_has_no_percentile():
    with pytest.raises(ScoringError, match=r"A.*1 个.*percentile_rank.*goalposts"):
        scores(one("percentile_rank"), (3.0, nan))


@pytest.mark.parametrize("pool", [(-1.0, 3.0), (0.0, 0.0)])
def test_fraction_of_max_refuses_negative_values_and_a_zero_maximum(pool):
    with pytest.raises(ScoringError, match=r"A.*fraction_of_max.*distance_to_max"):
        scores(one("fraction_of_max"), pool)


def test_fraction_of_a_zero_minimum():
    assert scores(one("fraction_of_max", -1), (0.0, 4.0, nan)).tolist()[:2] == [1, 0]


@pytest.mark.parametrize(
    "method, direction, columns",
    [
        ("distance_to_target", 1, {"target": 2.0}),
        ("distance_to_target", -1, {"target": 11.0}),
        ("distance_to_reference", 1, {"reference": "2"}),
        ("distance_to_reference", -1, {"reference": "u4"}),
    ],
)
def test_a_target_at_the_worst_value_is_refused(method, direction, columns):
    with pytest.raises(ScoringError, match=r"^A：.*(目标值|基准值)"):
        scores(one(method, direction, **columns))


@pytest.mark.parametrize(
    "method, direction, columns",
    [
        ("distance_to_target", 1, {"target": 1.0}),
        ("distance_to_target", -1, {"target": 12.0}),
        ("distance_to_reference", 1, {"reference": "1"}),
        ("distance_to_reference", -1, {"reference": "12"}),
    ],
)
def test_a_target_on_the_far_side_of_the_worst_value_is_refused(method, direction, columns):
    """COINr warns there and turns the direction round: better values would get lower scores."""
    with pytest.raises(ScoringError, match=r"^A：.*(目标值|基准值)"):
        scores(one(method, direction, **columns))


@pytest.mark.parametrize(
    "reference, words", [("nobody", r"nobody.*reference"), ("u2", r"u2.*没有"), ("nan", "nan"), ("inf", "inf")]
)
def test_a_reference_that_is_nowhere_is_refused(reference, words):
    with pytest.raises(ScoringError, match=rf"^A：.*{words}"):
        scores(one("distance_to_reference", reference=reference))


def test_a_unit_with_a_number_for_a_name_is_a_unit():
    values = Values(("7", "x", "y"), ("A",), np.array([[4.0], [0.0], [8.0]]))
    found = fit(values, one("distance_to_reference", reference="7"), OPEN).score(values).frame()["A"]
    assert found.tolist() == [1, 0, 2]


def test_missing_takes_the_worst_score_that_the_method_gives():
    """Domain, rule 3: the low goalpost by default; a method without goalposts takes its own worst end."""
    written = {
        "goalposts": 0,
        "min_max": 0,
        "z_score": -4.2 / SD,
        "rank": 1,
        "percentile_rank": 0,
        "borda": 0,
        "distance_to_max": 0,
    }
    for method, floor in written.items():
        found = scores(one(method, low=0.0, high=10.0), policy=Policy(coverage=0.0))
        np.testing.assert_allclose(found[2], floor, rtol=1e-14, err_msg=method)
    assert scores(one("goalposts", -1, low=0.0, high=10.0), policy=Policy(coverage=0.0))[2] == 0
    assert scores(one("goalposts", low=0.0, high=10.0), policy=Policy(coverage=0.0, range=(1.0, 7.0)))[2] == 1


def test_an_indicator_that_nobody_has_leaves_the_rest_alone():
    framework = Framework((*flat(1, 1).nodes, Node("C", "INDEX", "C", normalisation="min_max")))
    values = block(framework, {"u": [40, 60, "missing"], "v": [20, 30, "n/a"]})
    frame = fit(values, framework, OPEN).score(values).frame()
    assert frame["C"].isna().all() and frame["INDEX"].tolist() == [50, 25]


def test_fitting_and_scoring_change_nothing_that_they_are_given():
    matrix = np.array([[3.0, nan], [1.0, 2.0], [7.0, 5.0]])
    states = np.array([[0, 2], [0, 0], [0, 0]], np.int8)
    kept, kept_states = matrix.copy(), states.copy()
    framework = Framework(
        (*one("rank").nodes, Node("B", "INDEX", "B", normalisation="goalposts", low=1.0, high=9.0, transform="log"))
    )
    values = Values(("u", "v", "w"), ("A", "B"), matrix, states)
    fitted = fit(values, framework, Policy())
    first = fitted.score(values).values.copy()
    fitted.score(values)
    assert same_bits(matrix, kept) and same_bits(states, kept_states)
    assert same_bits(fitted.score(values).values, first)
