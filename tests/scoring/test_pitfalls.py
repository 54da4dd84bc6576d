"""Pitfalls seen in the field's tools, a test each: what they do in silence is defined here, or refused by name."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.errors import FrameworkError, PolicyError, ScoringError
from scoring.framework_table import framework_from_table
from scoring.index import fit, score_panel
from scoring.movement import compound_growth
from scoring.policy import Policy
from scoring.policy_table import policy_from_dict
from scoring.weighting import FROM_DATA
from tests.scoring.trees import OPEN, block, build, flat, table


def index(framework, policy=OPEN, **rows):
    values = block(framework, rows)
    return fit(values, framework, policy).score(values).frame()[framework.root.code]


def test_a_geometric_mean_with_zeros_is_zero_and_not_a_gap():
    """exp(mean(log(0))) is −∞ on the way; dropping the zero, as tools that skip what is not finite do, would give 90."""
    with np.errstate(all="raise"):
        assert index(flat(1, 1, aggregation="geometric"), u=[0, 90], v=[40, 90]).tolist() == pytest.approx([0, 60])


def test_a_harmonic_mean_with_negatives_is_refused():
    """Of −1 and 1.5 it would be −6, far below both; of −1 and 1 infinite."""
    framework = flat(1, 1, aggregation="harmonic", normalisation="z_score", low=None, high=None)
    with pytest.raises(ScoringError, match=r"INDEX：.*负数 -1.*arithmetic"):
        index(framework, u=[1, 5], v=[2, 9], w=[3, 7])


def test_a_negative_of_a_unit_that_gets_no_score_there_refuses_nobody():
    """The unit v has but one of two values, below the coverage; only what is averaged can be refused."""
    for method in ("geometric", "mazziotta_pareto"):
        framework = flat(1, 1, aggregation=method, low=None, high=None, normalisation="distance_to_target", target=10.0)
        policy = replace(OPEN, missing_rule="reweight", coverage=0.6, pool="base:2023")
        base, now = block(framework, {"u": [0, 0]}), block(framework, {"u": [10, 10], "v": [-5, "missing"]})
        scores = score_panel({"2023": base, "2024": now}, framework, policy, ["2024"])["2024"].frame()["INDEX"]
        assert scores["u"] == pytest.approx(1) and np.isnan(scores["v"])


@pytest.mark.parametrize("method", ["min_max", "z_score", "mpi", "distance_to_max"])
def test_a_constant_column_is_refused_by_a_scale_that_it_would_divide_by_zero(method):
    framework = flat(1, 1, normalisation=method, low=None, high=None)
    with pytest.raises(ScoringError, match=rf"B：全部取值都是 7，{method} .*goalposts"):
        index(framework, u=[1, 7], v=[2, 7], w=[3, 7])


@pytest.mark.parametrize("method", FROM_DATA)
def test_a_constant_column_is_refused_by_weights_from_data(method):
    """Its weight would be 0, or nothing at all where a correlation is asked for; 0.1 + 0.2 beside 0.3 is constant too."""
    for column in ([7, 7, 7, 7], [0, 0, 0, 0], [0.3, 0.1 + 0.2, 0.3, 0.3]):
        rows = {f"u{k}": [k, b, 9 - k * k] for k, b in enumerate(column)}
        with pytest.raises(ScoringError, match=rf"INDEX：下级 B 的得分都是 .*{method}.*移出"):
            index(flat(1, 1, 1), replace(OPEN, weighting=method), **rows)


def test_children_that_say_the_same_leave_nothing_for_critic_to_divide():
    with pytest.raises(ScoringError, match=r"INDEX：各下级完全相关，CRITIC.*equal"):
        index(flat(1, 1), replace(OPEN, weighting="critic"), u=[1, 3], v=[2, 6], w=[4, 12])


def test_zeros_do_not_make_an_entropy_zero():
    """0 ln 0 is 0, one term of the sum; a library that sets the whole entropy to 0 gives such a column the greatest weight."""
    framework = flat(1, 1)
    rows = {"u": [0, 1], "v": [50, 90], "w": [50, 2], "x": [50, 3]}  # A: one zero among equals; B: nearly all in one unit
    fitted = fit(block(framework, rows), framework, replace(OPEN, weighting="entropy"))
    assert fitted.framework.node("A").weight < fitted.framework.node("B").weight


def test_negative_scores_have_no_entropy():
    framework = flat(1, 1, normalisation="z_score", low=None, high=None)
    with pytest.raises(ScoringError, match=r"INDEX：下级 A 有负的得分 -1.*熵.*critic"):
        index(framework, replace(OPEN, weighting="entropy"), u=[1, 5], v=[2, 9], w=[3, 7])


NEIGHBOURS = """
code,parent,name,unit,direction,weight,low,high
INDEX,,总,,1,1,,
P,INDEX,P,,1,1,,
Q,INDEX,Q,,1,1,,
A,P,A,,1,1,0,100
B,P,B,,1,1,0,100
C,Q,C,,1,1,0,100
D,Q,D,,1,1,0,100
"""


def test_a_missing_cells_weight_does_not_go_to_a_neighbour_unasked():
    """A is missing, B is 90: dropping the gap in silence would make P 90. By the rule in force it is 45, or P has no score."""
    framework = build(NEIGHBOURS)
    given = {"u": ["missing", 90, 20, 20], "v": [50, 50, 50, 50]}
    assert index(framework, Policy(coverage=0.0), **given)["u"] == pytest.approx((45 + 20) / 2)
    assert np.isnan(index(framework, Policy(coverage=0.0, missing_rule="none"), **given)["u"])
    assert np.isnan(index(framework, Policy(), **given)["u"])  # half of P is below two thirds


def test_a_shared_weight_stays_with_its_siblings():
    """Asked to share, A's weight goes to B alone: P is 90 and still half of the index, which a flat sum would make (90 + 40) / 3."""
    assert index(build(NEIGHBOURS), u=["missing", 90, 20, 20])["u"] == pytest.approx((90 + 20) / 2)


def test_a_gap_decides_no_comparison_by_the_order_of_rows():
    """In COINr a gap counts for the unit lower in the table; here u and v meet on B alone, whichever comes first."""
    framework = flat(1, 1, aggregation="copeland")
    one, other = {"u": ["missing", 60], "v": [99, 40]}, {"v": [99, 40], "u": ["missing", 60]}
    assert index(framework, **one).to_dict() == index(framework, **other).to_dict() == {"u": 1, "v": -1}


@pytest.mark.parametrize(("first", "last"), [(-5, 10), (5, -10), (-5, -10), (0, 10), (5, 0), (0, 0), (np.nan, 5), (5, np.nan)])
def test_growth_across_zero_is_no_rate(first, last):
    """(−10 / −5)^(1/2) − 1 would call a loss that doubled a growth of 41 %; across zero the root is not even real."""
    with np.errstate(all="raise"):
        assert np.isnan(compound_growth(first, last, 2))


def test_growth_between_sound_ends():
    """100 → 121 in two years and 100 → 110.25 in two: 10 and 5 % a year; 80 → 60 in half a year: (3/4)² − 1."""
    assert compound_growth(np.array([100, 100.0]), np.array([121, 110.25]), 2) == pytest.approx([0.1, 0.05])
    assert compound_growth(80, 60, 0.5) == pytest.approx(0.75**2 - 1)
    with pytest.raises(ValueError, match="0 years"):
        compound_growth(1, 2, 0)


LINE = "code,parent,name,unit,direction,weight,low,high,{0}\nINDEX,,总,,1,1,,,{1}\nA,INDEX,A,,1,1,0,100,{2}\nB,INDEX,B,,1,1,0,100,"


@pytest.mark.parametrize(
    ("column", "inner", "leaf"),
    [
        ("aggregation", "mean", ""), ("aggregation", "", "geometric"), ("weighting", "expert", ""), ("weighting", "", "equal"),
        ("normalisation", "", "minmax"), ("wieght", "", "1"),
    ],
)  # fmt: skip
def test_no_silent_default_for_a_word_in_the_framework(column, inner, leaf):
    """A method that is not known, or stands where it has no effect, is not taken for the default."""
    with pytest.raises(FrameworkError, match=rf"(INDEX|A|列).*{inner or leaf if column != 'wieght' else column}"):
        framework_from_table(table(LINE.format(column, inner, leaf)))


@pytest.mark.parametrize(
    "tables",
    [
        {"weights": {"method": "expert"}}, {"weights": {"methods": "equal"}}, {"weight": {"method": "equal"}},
        {"scores": {"aggregation": "mean"}}, {"missing": {"rule": "zero"}}, {"weights": {"force": "yes"}},
    ],
)  # fmt: skip
def test_no_silent_default_for_a_word_in_the_policy(tables):
    with pytest.raises(PolicyError, match=r"评分规则 .*(应为|可用)"):
        policy_from_dict(tables)


def test_no_silent_default_for_judgements_that_are_not_there():
    """AHP without its table is not equal weights; a table for no node is not passed over."""
    rows = {"u": [1, 2], "v": [3, 4]}
    with pytest.raises(PolicyError, match=r"INDEX：权重方法 ahp 需要两两比较.*INDEX = \"A/B=1"):
        index(flat(1, 1), replace(OPEN, weighting="ahp"), **rows)
    for code in ("TYPO", "A"):
        with pytest.raises(PolicyError, match=rf"pairwise 中的 '{code}'"):
            index(flat(1, 1), replace(OPEN, pairwise={code: "A/B=1"}), **rows)
