"""Weights from data and judgement: published figures, written arithmetic, and what every method promises."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.aggregation import generator, mean
from scoring.errors import FrameworkError, PolicyError, ScoringError
from scoring.index import fit
from scoring.pairwise import judge
from scoring.policy import Policy
from scoring.policy_table import policy_from_dict
from scoring.weighting import FROM_DATA, WEIGHTINGS, effective_shares
from tests.scoring.trees import OPEN, asem_framework, asem_values, block, build, flat, same_bits

CHINESE = re.compile(r"[\u4e00-\u9fff]")
every = pytest.mark.parametrize("name", WEIGHTINGS)
from_data = pytest.mark.parametrize("name", FROM_DATA)
SPREAD = {"u": [10, 30, 40], "v": [30, 50, 15], "w": [80, 60, 90], "x": [60, 20, 55], "s": [20, 70, 60]}


def weighted(name: str, rows: dict, *stated: float, policy=OPEN, **columns) -> list[float]:
    """Weights that a method gives A, B, C … for these values."""
    framework = flat(*(stated or [1.0] * len(next(iter(rows.values())))), **columns)
    fitted = fit(block(framework, rows), framework, replace(policy, weighting=name))
    return [n.weight for n in fitted.framework.indicators]


def correlated(correlations: np.ndarray, n: int = 40, seed: int = 0) -> np.ndarray:
    """Values (n, k) whose sample correlations are exactly these."""
    raw = np.random.default_rng(seed).normal(size=(n, len(correlations)))
    white, _ = np.linalg.qr(raw - raw.mean(axis=0))
    return white @ np.linalg.cholesky(correlations).T


def rows_of(matrix: np.ndarray) -> dict[str, list[float]]:
    return {f"u{k}": row for k, row in enumerate(matrix.tolist())}


# --- Saaty

DRINKS = """
Coffee  1    9    5    2    1    1    1/2
Wine    1/9  1    1/3  1/9  1/9  1/9  1/9
Tea     1/5  3    1    1/3  1/4  1/3  1/9
Beer    1/2  9    3    1    1/2  1    1/3
Sodas   1    9    4    2    1    2    1/2
Milk    1    9    3    1    1/2  1    1/3
Water   2    9    9    3    2    3    1
"""
HOUSE = """
Size       1    5    3    7  6    6    1/3  1/4
Transport  1/5  1    1/3  5  3    3    1/5  1/7
Nbrhd      1/3  3    1    6  3    4    6    1/5
Age        1/7  1/5  1/6  1  1/3  1/4  1/7  1/8
Yard       1/6  1/3  1/3  3  1    1/2  1/5  1/6
Modern     1/6  1/3  1/4  4  2    1    1/5  1/6
Condition  3    5    1/6  7  5    5    1    1/2
Financing  4    7    5    8  6    6    2    1
"""


def comparisons(table: str) -> tuple[list[str], str]:
    """Names, and the part above the diagonal as the policy writes it."""
    names, *figures = zip(*(line.split() for line in table.strip().splitlines()), strict=True)
    pairs = [f"{a}/{b}={figures[j][i]}" for i, a in enumerate(names) for j, b in enumerate(names) if i < j]
    return list(names), "; ".join(pairs)


def test_saatys_drinks():
    """Saaty (2008), "Decision making with the analytic hierarchy process", IJSS 1(1), 83–98: drinks in the US, CR 0.022."""
    names, text = comparisons(DRINKS)
    found = judge(text, names, "R")
    assert found.weights == pytest.approx([0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], abs=6e-4)
    assert found.ratio == pytest.approx(0.022, abs=5e-4)


def test_saatys_house():
    """Saaty (1990), "How to make a decision", EJOR 48, 9–26, buying a house: λ 9.669, CI 0.238, CR 0.169: too inconsistent, unless forced."""
    names, text = comparisons(HOUSE)
    found = judge(text, names, "R")
    assert found.weights == pytest.approx([0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], abs=6e-4)
    assert found.ratio == pytest.approx(0.169, abs=5e-4)


def ahp(table: str, **more):
    names, text = comparisons(table)
    leaves = "\n".join(f"{n},INDEX,{n},,1,1,0,100," for n in names)
    framework = build(f"code,parent,name,unit,direction,weight,low,high,weighting\nINDEX,,总,,1,1,,,ahp\n{leaves}")
    values = block(framework, {"u": range(len(names)), "v": [50] * len(names)})
    return fit(values, framework, replace(OPEN, pairwise={"INDEX": text}, **more))


def test_judgements_weigh_a_score_without_asking_the_data():
    weights = [n.weight for n in ahp(DRINKS).framework.indicators]
    assert weights == pytest.approx([0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], abs=6e-4)


def test_inconsistent_judgements_are_refused_with_their_ratio_unless_forced():
    with pytest.raises(ScoringError, match=r"INDEX：.*一致性比率为 0\.169.*0\.1.*weights\.force"):
        ahp(HOUSE)
    assert ahp(HOUSE, inconsistent=True).framework.node("Financing").weight == pytest.approx(0.333, abs=6e-4)


def test_consistent_judgements_give_the_ratios_that_they_state():
    found = judge("A/B=2; B/C=3; A/C=6", ["A", "B", "C"], "R")
    assert found.weights == pytest.approx([0.6, 0.3, 0.1]) and found.ratio == pytest.approx(0, abs=1e-12)
    assert judge("B/A=1/4", ["A", "B"], "R") == (pytest.approx([0.8, 0.2]), 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A/B=2; A/C=3", r"缺少 B/C"),
        ("A/B=2; A/C=3; B/C=1; B/A=1/2", r"B 与 A 比了两次"),
        ("A/B=2; A/C=3; B/X=1", r"'B/X=1'.*A、B、C"),
        ("A/B=2; A/C=3; B/B=1", r"'B/B=1'"),
        ("A/B=2; A/C=3; B/C=10", r"'B/C=10'.*1 到 9"),
        ("A/B=2; A/C=3; B/C=0", r"'B/C=0'"),
        ("A/B=2; A/C=3; B/C=-3", r"'B/C=-3'"),
        ("A/B=2; A/C=3; B/C=much", r"'B/C=much'"),
        ("A/B=2; A/C=3; B/C=1/0", r"'B/C=1/0'"),
        ("A/B=2; A/C=3; BC", r"'BC'.*A/B=3"),
    ],
)
def test_bad_tables_are_refused_by_name(text, words):
    with pytest.raises(PolicyError, match=rf"pairwise\.R.*{words}"):
        judge(text, ["A", "B", "C"], "R")


def test_more_things_than_random_tables_are_known_for_are_refused():
    with pytest.raises(PolicyError, match=r"R：有 16 个下级.*15.*分组"):
        judge("", [str(k) for k in range(16)], "R")


# --- principal component


def test_the_first_component_of_us_arrests():
    """R's USArrests, prcomp(scale = TRUE): James, Witten, Hastie & Tibshirani, *An Introduction to Statistical Learning*, 10.4.

    Correlations of Murder, Assault, UrbanPop, Rape, and the loadings of the first component: 0.5359, 0.5832, 0.2782, 0.5434.
    """
    correlations = np.array(
        [[1, 0.8018733, 0.06957262, 0.5635788], [0, 1, 0.2588717, 0.6652412], [0, 0, 1, 0.4113412], [0, 0, 0, 1]]
    )
    correlations = correlations + np.triu(correlations, 1).T
    loadings = np.array([0.5358995, 0.5831836, 0.2781909, 0.5434321])
    found = weighted("pca", rows_of(50 + correlated(correlations) @ np.diag([90, 30, 60, 5])))
    assert found == pytest.approx(loadings / loadings.sum(), abs=1e-7)


def test_a_child_that_runs_against_the_rest_is_named():
    with pytest.raises(ScoringError, match=r"INDEX：下级 C 在第一主成分中的载荷为 -0\.5.*反向"):
        weighted("pca", {"u": [1, 2, 9], "v": [2, 3, 7], "w": [3, 5, 6], "x": [5, 6, 1]})


# --- entropy, CRITIC, standard deviation, equal, given


def test_entropy_written_out():
    """n = 4. A = 1, 1, 1, 1 + 4 → p = 1/8 three times and 5/8; B = 0, 0, 5, 5 → p = 0, 0, ½, ½, with 0 ln 0 = 0: e = ln 2 / ln 4."""
    a = -(3 * np.log(1 / 8) / 8 + 5 * np.log(5 / 8) / 8) / np.log(4)
    expected = np.array([1 - a, 1 - 0.5])
    found = weighted("entropy", {"u": [1, 0], "v": [1, 0], "w": [1, 5], "x": [5, 5]})
    assert found == pytest.approx(expected / expected.sum(), abs=1e-9)


def test_critic_written_out():
    """Diakoulaki et al. (1995): on 0 to 1, A = 0, ½, 1 (σ = ½), B = 0, 1, ½ (σ = ½), C = 1, 0, 0 (σ = 1/√3).

    r(A, B) = ½; r(A, C) = r(B, C) = −√3/2.
    """
    conflict = 1 + np.sqrt(3) / 2
    c = np.array([0.5 * (0.5 + conflict), 0.5 * (0.5 + conflict), 2 * conflict / np.sqrt(3)])
    found = weighted("critic", {"u": [10, 2, 100], "v": [30, 4, 20], "w": [50, 3, 20]})
    assert found == pytest.approx(c / c.sum(), abs=1e-9)


def test_standard_deviations_written_out():
    """1, 2, 3 has 1; 10, 20, 30 has 10; 4, 4, 7 has √3."""
    sd = np.array([1, 10, np.sqrt(3)])
    found = weighted("standard_deviation", {"u": [1, 10, 4], "v": [2, 20, 4], "w": [3, 30, 7]})
    assert found == pytest.approx(sd / sd.sum(), abs=1e-9)


def test_equal_weights_do_not_look_at_the_stated_ones():
    assert weighted("equal", SPREAD, 5, 2, 1) == pytest.approx([1 / 3] * 3, abs=1e-9)


def test_given_weights_are_the_very_framework():
    framework = flat(5, 2, 1)
    assert fit(block(framework, SPREAD), framework, OPEN).framework is framework


# --- effective and tuned weights


def test_the_correlation_ratio_of_independent_children():
    """Paruolo et al. (2013), section 3: for uncorrelated children Sᵢ = wᵢ² σᵢ² / Σ w² σ²: 0.5, 0.3, 0.2 → 25 : 9 : 4."""
    x = correlated(np.eye(3), 4000)
    assert effective_shares(x, x @ [0.5, 0.3, 0.2]) == pytest.approx(np.array([25, 9, 4]) / 38, abs=0.01)


def test_a_curved_bond_counts_in_full():
    """y = x²: no linear correlation at all, and yet x explains y; z, which y does not know, explains nothing."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(3000, 2))
    assert effective_shares(x, x[:, 0] ** 2) == pytest.approx([1, 0], abs=0.01)


def test_shares_of_children_with_gaps_and_without_spread():
    x = np.array([[1, 7, np.nan], [2, 7, 4], [3, 7, 3], [4, 7, 2], [np.nan, 7, 1]], float)
    y = np.array([1, 2, 3, 4, 5], float)
    assert effective_shares(x, y) == pytest.approx([0.5, 0, 0.5])
    assert np.isnan(effective_shares(x, np.full(5, 3.0))).all()
    assert np.isnan(effective_shares(x[:2], y[:2])).all()
    assert effective_shares(np.empty((0, 3)), np.empty(0)).shape == (3,)


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "mazziotta_pareto"])
def test_tuned_weights_give_the_stated_effect(aggregation):
    matrix = 60 + 60 * correlated(np.array([[1, 0.4, 0.1], [0.4, 1, 0.2], [0.1, 0.2, 1]]), 60) @ np.diag([1, 2, 0.7])
    stated = np.array([0.5, 0.3, 0.2])
    found = weighted("tuned", rows_of(matrix), *stated, aggregation=aggregation)
    index = mean(list(matrix.T), found, generator(aggregation))
    assert effective_shares(matrix, index) == pytest.approx(stated, abs=0.005)
    assert found != pytest.approx(stated, abs=0.05)


def test_tuned_weights_of_two_children_by_hand():
    """Uncorrelated with sd 1 and 2, stated as equal: w₁² = 4 w₂², so 2 : 1."""
    matrix = 50 + 20 * correlated(np.eye(2), 2000) @ np.diag([1, 2])
    assert weighted("tuned", rows_of(matrix)) == pytest.approx([2 / 3, 1 / 3], abs=0.01)


def test_an_effect_that_cannot_be_reached_is_refused_with_its_figures():
    """B is all but the sum of A and C: whatever the weights, it has most of the effect."""
    framework, values = asem_framework(), asem_values(asem_framework())
    nodes = tuple(replace(n, weighting="tuned" if n.code == "Political" else "") for n in framework.nodes)
    with pytest.raises(ScoringError, match=r"Political：.*IGOs 填写 33\.3%，最接近只能到 4\d\.\d%"):
        fit(values, type(framework)(nodes), OPEN)


def test_a_comparison_of_units_cannot_be_tuned():
    with pytest.raises(ScoringError, match=r"INDEX：copeland.*given"):
        weighted("tuned", SPREAD, aggregation="copeland")


# --- what every method promises


@every
def test_it_is_documented(name):
    entry = WEIGHTINGS[name]
    assert CHINESE.search(entry.title) and CHINESE.search(entry.doc) and entry.doc.endswith("。")
    assert "Source:" in entry.formula and not CHINESE.search(entry.formula)


@every
@settings(max_examples=8)
@given(data=st.data())
def test_weights_are_positive_shares(name, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    matrix = 60 + correlated(np.full((2, 2), 0.2) + 0.8 * np.eye(2), 40, seed=int(rng.integers(10**6))) @ np.diag(rng.uniform(30, 90, 2))
    policy = replace(OPEN, pairwise={"INDEX": "A/B=3"})
    found = weighted(name, rows_of(matrix), 2, 1, policy=policy)
    assert all(w > 0 for w in found) and sum(found) == pytest.approx(3 if name == "given" else 1)
    assert weighted(name, rows_of(matrix), 2, 1, policy=policy) == found


@every
def test_an_only_child_keeps_its_weight(name):
    assert weighted(name, {"u": [5], "v": [5]}, 7) == [7]


@from_data
def test_only_units_with_a_score_on_every_child_count(name):
    holes = SPREAD | {"y": ["n/a", 99, 1], "z": [77, "missing", 3]}
    assert weighted(name, holes, 1, 1, 1) == weighted(name, SPREAD, 1, 1, 1)


@from_data
def test_fewer_than_three_complete_units_are_refused(name):
    with pytest.raises(ScoringError, match=rf"INDEX：只有 2 个单位.*{name}.*3 个"):
        weighted(name, {"u": [10, 90], "v": [30, 50], "w": ["missing", 20]})


@from_data
def test_a_unit_that_scores_later_moves_no_weight(name):
    """The population is what weights rest on; a block that is scored by the fit does not touch them."""
    framework = replace_weighting(flat(1, 1, 1), name)
    population = block(framework, SPREAD)
    fitted = fit(population, framework, OPEN)
    whole = fitted.score(population).values
    assert same_bits(fitted.score(population.take([2])).values, whole[[2]])


def replace_weighting(framework, name):
    return type(framework)(tuple(replace(n, weighting=name if n.parent == "" else "") for n in framework.nodes))


def test_weights_are_found_bottom_up_and_node_by_node():
    """P's children by their spread (sd 1 : 3); INDEX by the spread of P, as it is then weighed, and of Q."""
    framework = build("""
    code,parent,name,unit,direction,weight,low,high,weighting
    INDEX,,总,,1,1,,,standard_deviation
    P,INDEX,P,,1,1,,,standard_deviation
    Q,INDEX,Q,,1,1,0,100,
    A,P,A,,1,1,0,100,
    B,P,B,,1,1,0,100,
    """)
    rows = {"u": [4, 1, 30], "v": [8, 2, 33], "w": [6, 3, 36]}  # Q, A, B
    found = fit(block(framework, rows), framework, OPEN).framework
    assert [found.node(c).weight for c in "AB"] == pytest.approx([0.25, 0.75])
    spread = np.std([0.25 * 1 + 0.75 * 30, 0.25 * 2 + 0.75 * 33, 0.25 * 3 + 0.75 * 36], ddof=1)
    assert found.node("P").weight / found.node("Q").weight == pytest.approx(spread / 2)


def test_a_node_may_override_the_policy():
    framework = replace_weighting(flat(5, 3, 2), "given")
    found = fit(block(framework, SPREAD), framework, replace(OPEN, weighting="equal")).framework
    assert [n.weight for n in found.indicators] == [5, 3, 2]


def test_scores_coverage_and_index_follow_the_weights_that_were_found():
    framework = replace_weighting(flat(9, 1, 1), "equal")
    values = block(framework, SPREAD | {"y": [30, 60, "missing"]})
    scores = fit(values, framework, OPEN).score(values)
    assert scores.frame().loc["u", "INDEX"] == pytest.approx((10 + 30 + 40) / 3, abs=1e-6)
    assert scores.coverage[-1, 0] == pytest.approx(2 / 3) and scores.framework.node("A").weight == pytest.approx(1 / 3)


def test_framework_and_policy_are_read_and_refused_by_name():
    line = "code,parent,name,unit,direction,weight,low,high,weighting\nINDEX,,总,,1,1,,,{0}\nA,INDEX,A,,1,1,0,100,{1}"
    assert build(line.format("critic", "")).root.weighting == "critic"
    with pytest.raises(FrameworkError, match=r"INDEX：没有权重方法 'topsis'.*given、equal"):
        build(line.format("topsis", ""))
    with pytest.raises(FrameworkError, match=r"A：指标没有下级，weighting 列的 'equal'.*上级"):
        build(line.format("", "equal"))
    with pytest.raises(PolicyError, match=r"weights\.method 为 'topsis'.*given、equal"):
        policy_from_dict({"weights": {"method": "topsis"}})
    assert policy_from_dict({"weights": {"method": "pca", "force": True}, "pairwise": {"P": "A/B=1"}}) == replace(
        Policy(), weighting="pca", inconsistent=True, pairwise={"P": "A/B=1"}
    )
