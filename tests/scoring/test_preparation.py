"""Before scoring: units without enough values are left out, values are divided by their denominators; and what is refused.

Published figures: COINr 1.1 (W. Becker, JRC), articles *Unit Screening* and *Denomination*.
"""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scoring.assess import assess
from scoring.case import Case
from scoring.errors import FrameworkError, PolicyError, ScoringError
from scoring.framework import Framework, Node
from scoring.framework_table import framework_from_table, framework_to_table
from scoring.index import DENOMINATED, IMPUTED, fit, fit_panel, pool_of, score_panel
from scoring.policy import Policy
from scoring.policy_table import policy_from_dict, policy_to_dict
from scoring.preparation import asked_for, over_time, prepare
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE, Values, stacked
from tests.scoring.trees import ASEM, OPEN, asem_framework, asem_values, build, flat, same_bits

NAN = float("nan")
NOBODY = pd.DataFrame({"unit": [], "kind": [], "points": []})


def block(rows: dict[str, list], codes="AB", **parts) -> Values:
    return Values(tuple(rows), tuple(codes), np.array(list(rows.values()), float), **parts)


def test_the_same_objects_come_back_where_nothing_is_asked_for():
    framework = asem_framework()
    values = asem_values(framework)
    assert prepare({"2018": values}, framework, OPEN)["2018"] is values
    assert not asked_for(framework, OPEN) and not over_time(framework, OPEN)
    case = Case({"2018": values}, "2018", framework, OPEN, NOBODY)
    assert case.values is values and values.filled is values.matrix


def test_what_is_asked_for():
    assert asked_for(flat(1), Policy(screening=0.5)) and asked_for(flat(1), Policy(imputation="mean"))
    assert asked_for(flat(1, denominator="POP"), OPEN) and asked_for(flat(1, imputation="carry"), OPEN)
    assert not asked_for(flat(1, imputation="none"), Policy(imputation="mean"))
    assert over_time(flat(1, imputation="carry"), OPEN) and over_time(flat(1), Policy(imputation="linear"))
    assert not over_time(flat(1), Policy(imputation="mean"))


@pytest.mark.parametrize("asked", [{"imputation": "mean"}, {"screening": 0.5}])
def test_an_indicator_without_a_column_is_refused_by_name(asked):
    with pytest.raises(ScoringError, match="取值表缺少指标：B；请补上这些列"):
        prepare({"2024": block({"u": [1], "v": [2]}, "A")}, flat(1, 1), replace(OPEN, **asked))


# Screening

LAST_TWELVE = ("KOR", "LAO", "MYS", "MNG", "MMR", "NZL", "PAK", "PHL", "RUS", "SGP", "THA", "VNM")  # rows 40 to 51 of ASEM_iData


def test_the_units_that_the_article_removes():
    framework = asem_framework()
    values = asem_values(framework)
    out = prepare({"2018": values}, framework, replace(OPEN, screening=0.85))["2018"].left_out
    assert sorted(np.array(values.units)[out]) == ["BRN", "LAO", "MMR"]

    codes = ("Research", "Pat", "CultServ", "CultGood")
    four = Framework((Node("INDEX", "", "INDEX"), *(replace(framework.node(c), parent="INDEX") for c in codes)))
    rows = values.take([values.units.index(u) for u in LAST_TWELVE])
    found = prepare({"2018": rows}, four, replace(OPEN, screening=0.75))["2018"]
    assert np.array(found.units)[found.left_out].tolist() == ["LAO", "MMR", "VNM"]
    assert found.screened[1] == 0.25  # Dat_Avail of LAO; KOR with 0.75 stays


def test_two_thirds_are_two_thirds():
    values = block({"u": [1, 2, NAN], "v": [1, NAN, NAN]}, "ABC")
    found = prepare({"2024": values}, flat(1, 1, 1), replace(OPEN, screening=0.6667))["2024"]
    assert found.left_out.tolist() == [False, True]


def screened() -> tuple[Framework, Policy, Values]:
    framework = flat(1, 1, 1, normalisation="min_max")
    policy = Policy(missing_rule="reweight", coverage=0.0, screening=0.6)
    rows = {"u": [0, 10, NAN], "v": [50, 20, 0], "w": [100, 30, 9], "thin": [1000, NAN, NAN]}
    return framework, policy, block(rows, "ABC")


def test_a_unit_that_is_left_out_has_no_score_no_rank_and_no_tier_and_the_note_says_why():
    framework, policy, values = screened()
    scores = score_panel({"2024": values}, framework, policy)["2024"]
    assert np.isnan(scores.values[3]).all() and not np.isnan(scores.values[:3, 0]).any()
    units = assess(scores, NOBODY, policy).units
    assert np.isnan(units.loc["thin", "rank"]) and units.loc["thin", "tier"] == ""
    assert units.loc["thin", "note"] == "不参评：指标覆盖率不足，有值的占 33%（筛选门槛 60%）"
    assert (units.loc[["u", "v", "w"], "note"] == "").all()


def test_a_unit_that_is_left_out_moves_nobody():
    framework, policy, values = screened()
    scores = score_panel({"2024": values}, framework, policy)["2024"]
    without = score_panel({"2024": values.take([0, 1, 2])}, framework, policy)["2024"]
    assert same_bits(scores.values[:3], without.values)
    pooled = score_panel({"2024": values, "2023": values.take([0, 1, 2])}, framework, replace(policy, pool="all"))
    assert same_bits(pooled["2024"].values[:3], without.values)


@pytest.mark.parametrize(
    ("columns", "best"), [({"normalisation": "distance_to_max"}, 1.0), ({"normalisation": "min_max", "transform": "log"}, 100.0)]
)
def test_nothing_that_a_unit_left_out_reported_is_refused(columns, best):
    """Its 0 lies below the others' 2 to 4, where a distance to the best is negative, and has no logarithm."""
    values = block({"u": [2, 10, 1], "v": [4, 20, 2], "thin": [0, NAN, NAN]}, "ABC")
    policy = Policy(missing_rule="reweight", coverage=0.0, screening=0.6, aggregation="geometric")
    framework = flat(1, 1, 1, low=None, high=None, **columns)
    scores = score_panel({"2024": values}, framework, policy)["2024"].values
    assert scores[:2, 0] == pytest.approx([0.0, best]) and np.isnan(scores[2]).all()


def test_blocks_of_screened_units_are_what_the_whole_is():
    framework, policy, values = screened()
    fitted, ready = fit_panel({"2024": values}, framework, policy)["2024"]
    whole = fitted.score(ready).values
    assert same_bits(np.concatenate([fitted.score(ready.take([k])).values for k in range(4)]), whole)
    weights = np.array([[n.weight for n in framework.nodes]] * 2)
    assert same_bits(fitted.score(ready, weights).values, np.stack([whole, whole]))


# Denomination


def per_head() -> Framework:
    return Framework(
        (Node("INDEX", "", "INDEX"), Node("A", "INDEX", "A", low=0.0, high=10.0, denominator="POP"), Node("B", "INDEX", "B", low=0.0, high=100.0))
    )


def test_values_are_divided_and_scored_as_quotients():
    values = block({"u": [20, 50, 4], "v": [3, 80, 2]}, ("A", "B", "POP"))
    framework = per_head()
    assert framework.columns == ("A", "B", "POP")
    fitted, ready = fit_panel({"2024": values}, framework, OPEN)["2024"]
    assert ready.matrix.tolist() == [[5, 50, 4], [1.5, 80, 2]] and values.matrix[0, 0] == 20
    np.testing.assert_allclose(fitted.score(ready).values, [[50, 50, 50], [47.5, 15, 80]])
    assert fitted.marks(ready).tolist() == [[DENOMINATED, 0]] * 2 and fitted.used(ready).tolist() == [[5, 50], [1.5, 80]]


def test_asem_flights_per_head():
    """COINr's own test of Denominate: the quotient of two of its columns."""
    data = pd.read_csv(ASEM / "coinr_idata.csv").set_index("uCode")
    framework = asem_framework()
    nodes = tuple(replace(n, denominator="Population") if n.code == "Flights" else n for n in framework.nodes)
    framework = Framework(nodes)
    values = Values(tuple(data.index), framework.columns, data[list(framework.columns)].to_numpy(float))
    found = prepare({"2018": values}, framework, OPEN)["2018"].matrix
    places = [framework.columns.index(c) for c in ("Flights", "LPI")]
    assert (found[:, places[0]] == (data["Flights"] / data["Population"]).to_numpy()).all()
    assert (found[:, places[1]] == data["LPI"].to_numpy()).all()


def test_without_a_denominator_the_cell_is_what_the_denominator_is():
    states = np.array([[VALUE, VALUE, s] for s in (VALUE, MISSING, NOT_APPLICABLE, PENDING)], np.int8)
    values = block({"u": [20, 50, 4], "v": [3, 80, NAN], "w": [3, 80, NAN], "x": [3, 80, NAN]}, ("A", "B", "POP"), states=states)
    found = prepare({"2024": values}, per_head(), OPEN)["2024"]
    assert found.states[:, 0].tolist() == [VALUE, MISSING, NOT_APPLICABLE, PENDING]
    assert same_bits(found.matrix[:, 0], np.array([5, NAN, NAN, NAN])) and same_bits(found.states[:, 1:], states[:, 1:])
    scores = score_panel({"2024": values}, per_head(), Policy(coverage=0.0))["2024"].values[:, 0]
    assert scores.tolist() == [50, 40, 80, 80]  # a missing cell is at the worst end, the weight of the other two is shared out


@pytest.mark.parametrize("divisor", [0.0, -3.0])
def test_a_denominator_of_nothing_is_refused_by_name(divisor):
    values = block({"u": [20, 50, 4], "v": [3, 80, divisor]}, ("A", "B", "POP"))
    with pytest.raises(ScoringError, match=rf"2024 v 的 A：分母 POP 为 {divisor:g}，不能相除；请改正该值"):
        prepare({"2024": values}, per_head(), OPEN)
    unused = block({"u": [20, 50, 4], "v": [NAN, 80, divisor]}, ("A", "B", "POP"))
    assert same_bits(prepare({"": unused}, per_head(), OPEN)[""].matrix[:, 0], np.array([5, NAN]))


def test_a_quotient_without_end_is_refused():
    values = block({"u": [1e300, 50, 1e-300]}, ("A", "B", "POP"))
    with pytest.raises(ScoringError, match="u 的 A 为无穷大"):
        prepare({"2024": values}, per_head(), OPEN)


def test_a_lacking_denominator_is_refused_by_name():
    with pytest.raises(ScoringError, match="取值表缺少分母：POP"):
        prepare({"2024": block({"u": [20, 50]})}, per_head(), OPEN)


def test_an_indicator_may_divide_another_as_it_was_reported():
    nodes = (
        Node("INDEX", "", "INDEX"),
        Node("A", "INDEX", "A", low=0.0, high=10.0, denominator="B"),
        Node("B", "INDEX", "B", low=0.0, high=10.0, denominator="A"),
    )
    found = prepare({"2024": block({"u": [8, 2]})}, Framework(nodes), OPEN)["2024"]
    assert Framework(nodes).columns == ("A", "B") and found.matrix.tolist() == [[4, 0.25]]


def test_gaps_are_filled_with_quotients():
    by_period = {
        "2023": block({"u": [20, 1, 4], "v": [8, 1, 4]}, ("A", "B", "POP")),
        "2024": block({"u": [NAN, 1, 4], "v": [8, 1, NAN]}, ("A", "B", "POP")),
    }
    fitted, ready = fit_panel(by_period, per_head(), replace(OPEN, imputation="carry"))["2024"]
    assert ready.filled[:, 0].tolist() == [5, 2]
    assert fitted.marks(ready)[:, 0].tolist() == [IMPUTED | DENOMINATED] * 2


# What is refused, and where it comes from


def test_values_that_are_not_prepared_are_refused_where_preparation_is_asked_for():
    values = block({"u": [20, 50, 4], "v": [3, 80, 2]}, ("A", "B", "POP"))
    ready = prepare({"2024": values}, per_head(), OPEN)["2024"]
    fitted = fit(ready, per_head(), OPEN)
    for attempt in (lambda: fit(values, per_head(), OPEN), lambda: fitted.score(values), lambda: fitted.marks(values)):
        with pytest.raises(ScoringError, match=r"还没有整理.*prepare"):
            attempt()
    assert fit(stacked({"2024": ready, "2023": ready}), per_head(), OPEN).scales == fitted.scales


def test_a_case_prepares_its_values_and_keeps_the_reported_ones():
    values = block({"u": [20, 50, 4], "v": [3, 80, 2]}, ("A", "B", "POP"))
    case = Case({"2024": values}, "2024", per_head(), OPEN, NOBODY)
    assert case.by_period["2024"] is values and case.values.matrix[0, 0] == 5
    assert case.scores.frame()["INDEX"].tolist() == [50, 47.5]
    assert case.under(policy=Policy(screening=1.0, coverage=0.0)).scores.frame()["INDEX"].tolist() == [50, 47.5]
    assert pool_of(case.prepared, case.policy, "2024") is case.values


def test_blocks_carry_what_preparation_found():
    framework, policy, values = screened()
    ready = prepare({"2024": replace(values, groups=tuple("xxyy"))}, framework, replace(policy, imputation="mean"))["2024"]
    part = ready.take([2, 0])
    assert part.groups == ("y", "x") and part.prepared and part.left_out.tolist() == [False, False]
    assert part.imputed[1, 2] == ready.imputed[0, 2] == 4.5
    whole = stacked({"2024": ready, "2023": ready.take(slice(1, 4))})
    assert whole.groups == tuple("xxyyxyy") and whole.left_out.tolist() == [False] * 3 + [True] + [False] * 2 + [True]
    assert same_bits(whole.filled[:4], ready.filled)


@pytest.mark.parametrize(
    "parts, words",
    [
        ({"groups": ("x",)}, r"片组为 \(1,\)"),
        ({"screened": np.array([NAN])}, "筛选结果为"),
        ({"imputed": np.zeros((2, 1))}, "插补值为"),
        ({"imputed": np.array([[1.0, NAN], [NAN, NAN]])}, "u 的 A：状态 value 的格不能插补"),
    ],
)
def test_parts_that_do_not_fit(parts, words):
    with pytest.raises(ScoringError, match=words):
        block({"u": [1, 2], "v": [3, NAN]}, **parts)


HEAD = "code,parent,name,unit,direction,weight,low,high,denominator,imputation,treatment,error\n"


def test_a_framework_states_it_and_comes_back_whole():
    framework = build(HEAD + "INDEX,,,,1,1,,,,,,\nA,INDEX,,,1,1,0,9,POP,group_median,winsorise_log,0.25\nB,INDEX,,,1,1,0,9,A,none,none,0\n")
    a, b = framework.indicators
    assert (a.denominator, a.imputation, a.treatment, a.error) == ("POP", "group_median", "winsorise_log", 0.25)
    assert (b.denominator, b.imputation, b.treatment, b.error) == ("A", "none", "none", 0.0)
    assert framework_from_table(framework_to_table(framework)) == framework


@pytest.mark.parametrize(
    "row, words",
    [
        ("A,INDEX,,,1,1,0,9,,guess,,", "A：没有插补方法 'guess'；可用：none、mean"),
        ("A,INDEX,,,1,1,0,9,,,cut,", "A：没有异常值处理方法 'cut'；可用：none、winsorise"),
        ("A,INDEX,,,1,1,0,9,,,,-1", "A：error（标准误）为 -1"),
        ("A,INDEX,,,1,1,0,9,,,,little", "A：error 列的 'little' 不是数"),
        ("A,INDEX,,,1,1,0,9,A,,,", "A：分母是指标自己"),
        ("A,INDEX,,,1,1,0,9,INDEX,,,", "A：分母 INDEX 是汇总节点"),
        ("A,INDEX,,,1,1,0,9,period,,,", "A：分母 'period' 是保留字"),
        ("A,INDEX,,,1,1,0,9,x:y,,,", "A：分母 'x:y' 是保留字"),
    ],
)
def test_what_a_framework_may_not_state(row, words):
    with pytest.raises(FrameworkError, match=re.escape(words)):
        build(HEAD + f"INDEX,,,,1,1,,,,,,\n{row}\nB,INDEX,,,1,1,0,9,,,,\n")


@pytest.mark.parametrize("cells, column", [("POP,,,", "denominator"), (",mean,,", "imputation"), (",,log,", "treatment"), (",,,1", "error")])
def test_inner_nodes_have_no_values(cells, column):
    with pytest.raises(FrameworkError, match=f"INDEX：汇总节点没有取值，{column} 列"):
        build(HEAD + f"INDEX,,,,1,1,,,{cells}\nA,INDEX,,,1,1,0,9,,,,\n")


def test_a_policy_states_it_and_comes_back_whole():
    stated = {
        "screening": {"units": 0.8}, "imputation": {"method": "linear"},
        "treatment": {"method": "winsorise_log", "skewness": 1.5, "kurtosis": 3, "winsorised": 2},
    }  # fmt: skip
    policy = policy_from_dict(stated)
    assert (policy.screening, policy.imputation, policy.treatment) == (0.8, "linear", "winsorise_log")
    assert (policy.skewness, policy.kurtosis, policy.winsorised) == (1.5, 3.0, 2)
    assert {section: policy_to_dict(policy)[section] for section in stated} == stated
    assert (Policy().screening, Policy().imputation, Policy().treatment) == (0.0, "none", "none")


@pytest.mark.parametrize(
    "section, key, value, words",
    [
        ("screening", "units", 1.5, "screening.units 为 1.5"),
        ("imputation", "method", "guess", "imputation.method 为 'guess'；应为：none、mean"),
        ("treatment", "method", "cut", "treatment.method 为 'cut'；应为：none、winsorise"),
        ("treatment", "skewness", 0, "treatment.skewness 为 0.0"),
        ("treatment", "kurtosis", -1, "treatment.kurtosis 为 -1.0"),
        ("treatment", "winsorised", -1, "treatment.winsorised 为 -1"),
    ],
)
def test_what_a_policy_may_not_state(section, key, value, words):
    with pytest.raises(PolicyError, match=re.escape(words)):
        policy_from_dict({section: {key: value}})
