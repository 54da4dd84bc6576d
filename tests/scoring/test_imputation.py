"""Imputation: what each method says of a gap, and that it says nothing else.

Published figures: COINr 1.1 (W. Becker, JRC), article *Imputation* and tests/testthat/test-impute_panel.R.
"""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assess import facet_scores
from scoring.errors import ScoringError
from scoring.framework import Framework, Node
from scoring.imputation import IMPUTATIONS, OF_GROUPS, OVER_TIME
from scoring.index import IMPUTED, fit_panel, score_panel
from scoring.policy import Policy
from scoring.preparation import prepare
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE, Values
from tests.scoring.trees import OPEN, asem_framework, asem_values, flat, read_asem, same_bits

NAN = float("nan")
every = pytest.mark.parametrize("method", sorted(IMPUTATIONS))


def tree(*codes: str, **fields) -> Framework:
    """An index over indicators whose values are their scores."""
    return Framework((Node("INDEX", "", "INDEX"), *(Node(c, "INDEX", c, low=0.0, high=100.0, **fields) for c in codes)))


def block(rows, codes=("A",), groups=None, states=None) -> Values:
    matrix = np.array(rows, float).reshape(-1, len(codes))
    return Values(tuple(f"u{k}" for k in range(len(matrix))), tuple(codes), matrix, states, groups)


def filled(rows, method: str, codes=("A",), groups=None) -> np.ndarray:
    """One period's values with its gaps filled."""
    policy = replace(OPEN, imputation=method)
    return prepare({"2024": block(rows, codes, groups)}, tree(*codes), policy)["2024"].filled


def over_years(known: dict[str, list[float]], method: str) -> np.ndarray:
    """One indicator, (n_periods, n_units), filled over time."""
    by_period = {p: block(row) for p, row in known.items()}
    ready = prepare(by_period, tree("A"), replace(OPEN, imputation=method))
    return np.array([ready[p].filled[:, 0] for p in known])


# Rows 37 to 46 of ASEM_iData, columns Pat, CultServ, CultGood; groups "a" and "b", five units each.
ARTICLE = [
    [23.7, 0.13405, NAN], [583.5, 2.20754, 16.182], [3.6, 0.0578, 0.985], [249.8, 1.798, NAN], [NAN, NAN, NAN],
    [64.2, 1.15292, 7.555], [0.3, 0.00266, 0.046], [NAN, 0.08905, NAN], [46.5, 0.34615, 1.213], [7.2, 0.03553, 1.256],
]  # fmt: skip
CODES = ("Pat", "CultServ", "CultGood")


def gaps_of(found: np.ndarray) -> list[list[float]]:
    was = np.isnan(np.array(ARTICLE))
    return [found[was[:, k], k].tolist() for k in range(3)]


def test_the_means_of_the_article():
    expected = [[122.35, 122.35], [0.6470778], [4.5395] * 4]
    assert gaps_of(filled(ARTICLE, "mean", CODES)) == [pytest.approx(x, abs=5e-8) for x in expected]
    assert filled([1, 2, 3, 4, NAN], "mean")[:, 0].tolist() == [1, 2, 3, 4, 2.5]


def test_the_group_medians_of_the_article():
    found = filled(ARTICLE, "group_median", CODES, groups=(*"aaaaa", *"bbbbb"))
    expected = [[136.75, 26.85], [0.966025], [8.5835, 8.5835, 8.5835, 1.2345]]
    assert gaps_of(found) == [pytest.approx(x, abs=1e-12) for x in expected]


def test_medians_and_group_means_by_hand():
    assert filled([1, 2, 3, 100, NAN], "median")[:, 0].tolist() == [1, 2, 3, 100, 2.5]
    found = filled([1, 3, 10, NAN, NAN], "group_mean", groups=("x", "x", "y", "x", "y"))
    assert found[:, 0].tolist() == [1, 3, 10, 2, 10]


def test_a_group_without_a_value_and_a_unit_without_a_group_stay_missing():
    for method in OF_GROUPS:
        found = filled([4, 6, NAN, NAN, NAN], method, groups=("x", "x", "y", "", "x"))
        assert same_bits(found[:, 0], np.array([4, 6, NAN, NAN, 5]))


@pytest.mark.parametrize("method", OF_GROUPS)
def test_methods_of_groups_refuse_data_without_groups(method):
    with pytest.raises(ScoringError, match=rf"A：imputation 为 {method}，而2024 的数据没有分组；.*sector"):
        filled([1, 2, NAN], method)


# The published panel: one unit, three years. Where COINr extends the ends of a line, nothing is said here.
SERIES = {"i1": [1, 2, 3], "i2": [3, NAN, 5], "i3": [NAN, 5, 6], "i4": [7, 8, NAN]}
YEARS = ("2020", "2021", "2022")


@pytest.mark.parametrize(
    "method, expected",
    [
        ("linear", {"i1": [1, 2, 3], "i2": [3, 4, 5], "i3": [NAN, 5, 6], "i4": [7, 8, NAN]}),
        ("carry", {"i1": [1, 2, 3], "i2": [3, 3, 5], "i3": [NAN, 5, 6], "i4": [7, 8, 8]}),
    ],
)
def test_the_published_panel(method, expected):
    by_period = {y: block([SERIES[c][k] for c in SERIES], tuple(SERIES)) for k, y in enumerate(YEARS)}
    ready = prepare(by_period, tree(*SERIES), replace(OPEN, imputation=method))
    found = np.array([ready[y].filled[0] for y in YEARS]).T
    assert same_bits(found, np.array(list(expected.values())))


def test_carrying_in_asem_takes_last_years_value():
    """COINr's test: NZL without LPI and AUT without Flights in 2022 have the values of 2021."""
    framework = asem_framework()
    by_year = {y: asem_values(framework, "values_panel.csv", y) for y in ("2021", "2022")}
    now = by_year["2022"]
    matrix = now.matrix.copy()
    cells = [(now.units.index(u), now.indicators.index(c)) for u, c in (("NZL", "LPI"), ("AUT", "Flights"))]
    matrix[tuple(zip(*cells, strict=True))] = NAN
    ready = prepare(by_year | {"2022": Values(now.units, now.indicators, matrix)}, framework, replace(OPEN, imputation="carry"))
    last = read_asem("values_panel.csv", "2021")
    assert [ready["2022"].filled[cell] for cell in cells] == [last.loc["NZL", "LPI"], last.loc["AUT", "Flights"]]


def test_time_is_time_and_not_the_number_of_periods():
    assert over_years({"2020": [10], "2021": [NAN], "2024": [30]}, "linear").tolist() == [[10], [15], [30]]
    known = {"2023Q4": [0, NAN], "2024Q1": [NAN, 8], "2024Q3": [NAN, NAN], "2024Q4": [8, 2]}
    assert same_bits(over_years(known, "linear"), np.array([[0, NAN], [2, 8], [6, 4], [8, 2]]))
    mixed = {"2023": [0], "2023H2": [NAN], "2023Q2": [NAN], "2024M04": [15]}  # they begin 0, 6, 3 and 15 months on
    np.testing.assert_allclose(over_years(mixed, "linear"), [[0], [6], [3], [15]])
    assert over_years({"2023H2": [7], "2023Q1": [NAN]}, "carry")[1, 0] != 7


def test_several_gaps_in_a_row_lie_on_one_line():
    assert over_years({"2020": [1], "2021": [NAN], "2022": [NAN], "2023": [7]}, "linear").tolist() == [[1], [3], [5], [7]]
    assert over_years({"2020": [1], "2021": [NAN], "2022": [NAN], "2023": [7]}, "carry").tolist() == [[1], [1], [1], [7]]


def test_periods_that_are_no_time_are_refused_for_a_line():
    with pytest.raises(ScoringError, match="'第二批' 不是年、半年、季度或月"):
        over_years({"2020": [1], "2021": [2], "第二批": [NAN]}, "linear")
    assert over_years({"2020": [1], "第二批": [NAN]}, "carry").tolist() == [[1], [1]]


@pytest.mark.parametrize("method", OVER_TIME)
def test_one_period_fills_nothing(method):
    assert same_bits(filled([1, NAN], method)[:, 0], np.array([1, NAN]))


def test_units_come_and_go_between_periods():
    first = Values(("u", "v"), ("A",), np.array([[1.0], [2.0]]))
    second = Values(("w", "v", "u"), ("A",), np.array([[NAN], [NAN], [5.0]]))
    ready = prepare({"2024": second, "2023": first}, tree("A"), replace(OPEN, imputation="carry"))
    assert list(ready) == ["2024", "2023"] and same_bits(ready["2024"].filled[:, 0], np.array([NAN, 2, 5]))


cells = st.one_of(st.just(NAN), st.integers(0, 9).map(float))
panels = st.lists(st.lists(cells, min_size=4, max_size=4), min_size=1, max_size=5)
GROUPS = ("x", "y", "x", "")


def ready_for(panel, method: str, order=None, units=slice(None)):
    by_period = {str(2020 + k): block(row, groups=GROUPS).take(units) for k, row in enumerate(panel)}
    by_period = {p: by_period[p] for p in (order or sorted)(by_period)}
    return prepare(by_period, tree("A"), replace(OPEN, imputation=method))


@every
def test_it_is_documented(method):
    entry = IMPUTATIONS[method]
    assert entry.name == method and re.fullmatch(r"[a-z][a-z_]*", method) and entry.doc.endswith("。")
    assert "Source:" in entry.formula and not re.search(r"[\u4e00-\u9fff]", entry.formula)
    assert len({m.title for m in IMPUTATIONS.values()}) == len(IMPUTATIONS) and {*OF_GROUPS, *OVER_TIME} < set(IMPUTATIONS)


@every
@given(panel=panels)
def test_what_was_reported_stays_and_what_is_put_in_lies_within_it(method, panel):
    ready = ready_for(panel, method)
    known = np.array(panel)
    for k, values in enumerate(ready.values()):
        assert same_bits(values.matrix[:, 0], known[k]) and ((values.states == VALUE) == ~np.isnan(values.matrix)).all()
        new = values.filled[np.isnan(values.matrix)]
        new = new[~np.isnan(new)]
        if len(new):
            assert np.nanmin(known) - 1e-9 <= new.min() and new.max() <= np.nanmax(known) + 1e-9


@every
@given(panel=panels)
def test_neither_order_of_periods_nor_of_units_matters(method, panel):
    one_way = ready_for(panel, method)
    turned = ready_for(panel, method, order=lambda p: sorted(p, reverse=True), units=slice(None, None, -1))
    for period, values in one_way.items():
        np.testing.assert_allclose(turned[period].filled[::-1], values.filled, rtol=1e-12)


@given(panel=panels)
def test_nothing_is_carried_from_the_future(panel):
    whole = ready_for(panel, "carry")
    for k, (period, values) in enumerate(whole.items()):
        assert same_bits(values.filled, ready_for(panel[: k + 1], "carry")[period].filled)


@pytest.mark.parametrize("method", sorted(set(IMPUTATIONS) - {"none"}))
def test_only_missing_cells_are_filled(method):
    states = np.array([[VALUE], [MISSING], [NOT_APPLICABLE], [PENDING]], np.int8)
    years = {y: block([5, 5, 5, 5], groups=("x",) * 4) for y in ("2020", "2022")}
    now = block([3, NAN, NAN, NAN], groups=("x",) * 4, states=states)
    found = prepare(years | {"2021": now}, tree("A"), replace(OPEN, imputation=method))["2021"]
    assert np.isnan(found.filled[:, 0]).tolist() == [False, False, True, True]
    assert same_bits(found.states, states) and np.isnan(found.matrix[1, 0])


def test_every_indicator_may_name_its_own_method():
    framework = Framework(
        (
            Node("INDEX", "", "INDEX"),
            *(Node(c, "INDEX", c, low=0.0, high=100.0, imputation=m) for c, m in zip("ABC", ("none", "median", ""), strict=True)),
        )
    )
    values = block([[0, 0, 0], [2, 2, 2], [10, 10, 10], [NAN, NAN, NAN]], "ABC")
    found = prepare({"2024": values}, framework, replace(OPEN, imputation="mean"))["2024"].filled
    assert same_bits(found[3], np.array([NAN, 2, 4]))


def test_an_imputed_cell_scores_and_is_marked_but_covers_nothing():
    policy = Policy(imputation="mean", missing_rule="low", coverage=0.0)
    values = block([[40, 60], [NAN, 80], [20, NAN]], "AB")
    fitted, ready = fit_panel({"2024": values}, tree("A", "B"), policy)["2024"]
    scores = fitted.score(ready)
    np.testing.assert_allclose(scores.values, [[50, 40, 60], [55, 30, 80], [45, 20, 70]])
    assert scores.coverage[:, 0].tolist() == [1, 0.5, 0.5] and same_bits(scores.states, values.states)
    assert fitted.marks(ready).tolist() == [[0, 0], [IMPUTED, 0], [0, IMPUTED]]
    assert fitted.used(ready).tolist() == [[40, 60], [30, 80], [20, 70]]


@pytest.mark.parametrize("rule, expected", [("low", 25.0), ("reweight", 50.0), ("none", NAN)])
def test_a_gap_that_no_method_fills_goes_by_the_missing_rule(rule, expected):
    policy = Policy(imputation="group_mean", missing_rule=rule, coverage=0.0)
    values = block([[50, 10], [50, NAN]], "AB", groups=("x", "y"))
    index = score_panel({"2024": values}, tree("A", "B"), policy)["2024"].values[1, 0]
    assert index == pytest.approx(expected, nan_ok=True)


def test_coverage_still_counts_what_was_reported():
    policy = Policy(imputation="mean", missing_rule="low", coverage=0.6)
    values = block([[40, 60], [NAN, 80]], "AB")
    assert np.isnan(score_panel({"2024": values}, tree("A", "B"), policy)["2024"].values[:, 0]).tolist() == [False, True]


@pytest.mark.parametrize("rule", ["low", "reweight", "none"])
def test_a_unit_that_reported_nothing_gets_no_average(rule):
    policy = Policy(imputation="mean", missing_rule=rule, coverage=0.0)
    values = block([[40, 60], [NAN, NAN]], "AB")
    assert np.isnan(score_panel({"2024": values}, tree("A", "B"), policy)["2024"].values[:, 0]).tolist() == [False, True]


def test_scales_rest_on_imputed_values_too():
    """0, 10 and the carried 90: the range of min–max is that of the three."""
    framework = Framework((Node("INDEX", "", "INDEX"), Node("A", "INDEX", "A", normalisation="min_max")))
    by_period = {"2023": block([0, 10, 90]), "2024": block([0, 9, NAN])}
    found = score_panel(by_period, framework, replace(OPEN, imputation="carry"))["2024"]
    np.testing.assert_allclose(found.values[:2, 1], [0, 10])
    whole = score_panel(by_period, framework, replace(OPEN, imputation="carry", pool="all"))["2024"]
    np.testing.assert_allclose(whole.values[:2, 1], [0, 10])


def test_screened_units_give_nothing_to_a_mean_and_get_nothing():
    policy = replace(OPEN, imputation="mean", screening=0.5)
    values = block([[10, 1, 1], [90, NAN, NAN], [NAN, 1, 1]], "ABC")
    found = prepare({"2024": values}, tree("A", "B", "C"), policy)["2024"]
    assert found.filled[2, 0] == 10 and np.isnan(found.filled[1, 1:]).all()


def test_facets_take_imputed_scores_as_they_are():
    nodes = [replace(n, facets={"theme": "绿"}) if n.code in "AB" else n for n in flat(1, 1).nodes]
    values = block([[40, 60], [NAN, 80]], "AB")
    scores = score_panel({"2024": values}, Framework(tuple(nodes)), Policy(imputation="mean", coverage=0.5))["2024"]
    (themes,) = facet_scores(scores)
    assert themes.frame()["theme:绿"].tolist() == [50, 60]
