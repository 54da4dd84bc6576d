"""What a score is made of and what a gap is made of: written arithmetic, and exact sums at every node of any tree."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import ScoringError
from scoring.explain import contributions, gap_split
from scoring.index import fit
from scoring.policy import Policy
from tests.scoring.trees import MEAN_TEXTS, OPEN, block, blocks, build, flat, policies, trees

TREE = """
code,parent,name,unit,direction,weight,low,high,aggregation
INDEX,,总,,1,1,,,{0}
P,INDEX,P,,1,1,,,{1}
Q,INDEX,Q,,1,3,,,{2}
A,P,A,,1,1,0,100,
B,P,B,,1,1,0,100,
C,Q,C,,1,1,0,100,
D,Q,D,,1,2,0,100,
"""


def tree(root="", left="", right=""):
    return build(TREE.format(root, left, right))


def rows(framework, policy=OPEN, **units) -> pd.DataFrame:
    values = block(framework, units)
    return fit(values, framework, policy).score(values).frame()


def sums(framework, points: pd.Series) -> None:
    """Children sum to their parent at every node."""
    for node in framework.inner:
        kids = [k.code for k in framework.children(node.code)]
        assert points[kids].sum(skipna=False) == pytest.approx(points[node.code], abs=1e-9), node.code


def test_contributions_written_out():
    """P = 30, Q = 80, INDEX = 67.5 = ¼ × 30 + ¾ × 80; A adds ¼ × ½ × 20."""
    mine = rows(tree(), u=[20, 40, 60, 90]).loc["u"]
    assert contributions(tree(), mine).to_dict() == pytest.approx(
        {"INDEX": 67.5, "P": 7.5, "Q": 60, "A": 2.5, "B": 5, "C": 15, "D": 45}
    )


def test_a_shared_weight_adds_to_the_siblings():
    mine = rows(tree(), u=["n/a", 40, 60, 90]).loc["u"]
    assert contributions(tree(), mine).to_dict() == pytest.approx(
        {"INDEX": 70, "P": 10, "Q": 60, "A": 0, "B": 10, "C": 15, "D": 45}
    )


def test_a_missing_cell_at_the_low_goalpost_adds_nothing_and_shares_nothing():
    mine = rows(tree(), Policy(coverage=0.0), u=["missing", 40, 60, 90]).loc["u"]
    assert contributions(tree(), mine)[["A", "B", "P"]].tolist() == [0, 5, 5]


def test_geometric_contributions_are_weight_shares():
    framework = flat(1, 3, aggregation="geometric")
    mine = rows(framework, u=[16, 81]).loc["u"]
    whole = 16**0.25 * 81**0.75  # 2 × 27
    assert whole == pytest.approx(54)
    assert contributions(framework, mine).to_dict() == pytest.approx({"INDEX": 54, "A": 54 / 4, "B": 3 * 54 / 4})


def test_harmonic_contributions_are_euler_shares():
    """M = 48 of 40 and 60; ∂M/∂s = ½ (M/s)²; 40 × ½ × (48/40)² = 28.8 and 60 × ½ × (48/60)² = 19.2."""
    framework = flat(1, 1, aggregation="harmonic")
    mine = rows(framework, u=[40, 60]).loc["u"]
    assert contributions(framework, mine).to_dict() == pytest.approx({"INDEX": 48, "A": 28.8, "B": 19.2})


def test_quadratic_contributions_are_euler_shares():
    """M = 50 of 30 and √4100…: s²/2M each."""
    framework = flat(1, 1, aggregation="generalised:2")
    mine = rows(framework, u=[10, 70]).loc["u"]
    assert contributions(framework, mine).to_dict() == pytest.approx({"INDEX": 50, "A": 1, "B": 49})


def test_the_policys_aggregation_is_asked_for_where_a_node_names_none():
    framework = flat(1, 1)
    mine = rows(framework, Policy(aggregation="harmonic"), u=[40, 60]).loc["u"]
    assert contributions(framework, mine, "harmonic")["A"] == pytest.approx(28.8)
    other = rows(framework, Policy(aggregation="harmonic"), u=[40, 60], v=[80, 60]).loc["v"]
    assert gap_split(framework, mine, other, "harmonic")["A"] == pytest.approx(other["INDEX"] - 48)


@pytest.mark.parametrize("text", [t for t in MEAN_TEXTS if t not in ("arithmetic", "generalised:0.5", "generalised:2")])
def test_an_index_pinned_at_zero_is_made_of_nothing(text):
    framework = flat(1, 1, aggregation=text)
    mine = rows(framework, u=[0, 60]).loc["u"]
    assert contributions(framework, mine).tolist() == [0, 0, 0]


def test_without_an_index_there_is_nothing_to_explain():
    found = rows(tree(), Policy(missing_rule="none"), u=["missing", 40, 60, 90], v=[1, 2, 3, 4])
    assert contributions(tree(), found.loc["u"]).isna().all()
    for pair in (("u", "v"), ("v", "u")):
        with pytest.raises(ScoringError, match=r"INDEX.*没有指数.*另选"):
            gap_split(tree(), found.loc[pair[0]], found.loc[pair[1]])


def test_a_gap_written_out():
    """INDEX 67.5 → 72.5; C falls by 20 and weighs ¼; A rises by 40 and weighs ⅛; D rises by 10 and weighs ½."""
    found = rows(tree(), u=[20, 40, 60, 90], v=[60, 40, 40, 100])
    assert gap_split(tree(), found.loc["u"], found.loc["v"]).to_dict() == pytest.approx(
        {"INDEX": 5, "P": 5, "Q": 0, "A": 5, "B": 0, "C": -5, "D": 5}
    )


def test_a_cell_that_shares_its_weight_stands_at_its_siblings_mean():
    """A of u does not apply: it stands at P = 40, so that the whole gap of A is 60 − 40."""
    found = rows(tree(), u=["n/a", 40, 60, 90], v=[60, 50, 60, 90])
    assert gap_split(tree(), found.loc["u"], found.loc["v"]).to_dict() == pytest.approx(
        {"INDEX": 15 / 4, "P": 15 / 4, "Q": 0, "A": 20 / 8, "B": 10 / 8, "C": 0, "D": 0}
    )


def test_a_geometric_gap_is_the_log_mean_split():
    """Ang (2004): part of i = L(M₀, M₁) × wᵢ × ln(s₁/s₀), with L the logarithmic mean."""
    framework = flat(1, 3, aggregation="geometric")
    found = rows(framework, u=[20, 50], v=[60, 40])
    before, after = found["INDEX"]
    log_mean = (after - before) / np.log(after / before)
    assert gap_split(framework, found.loc["u"], found.loc["v"])[["A", "B"]].tolist() == pytest.approx(
        [log_mean * 0.25 * np.log(60 / 20), log_mean * 0.75 * np.log(40 / 50)]
    )


@pytest.mark.parametrize("low, high", [(20, 80), (3, 70), (7.3, 11.9), (1e-3, 99.7), (33.3, 33.4)])
@pytest.mark.parametrize("text", ["geometric", "harmonic", "generalised:2", "generalised:0.5", "generalised:-3"])
def test_parts_that_cancel_are_not_lost(text, low, high):
    """Two units with the same index by opposite strengths: the parts are equal and opposite, and of their true size."""
    framework = flat(1, 1, aggregation=text)
    found = rows(framework, u=[low, high], v=[high, low])
    parts = gap_split(framework, found.loc["u"], found.loc["v"])
    limit = {  # ½ Δf / f′(M), where M does not move
        "geometric": 0.5 * np.log(high / low) * np.sqrt(low * high),
        "harmonic": 0.5 * (1 / low - 1 / high) * found["INDEX"]["u"] ** 2,
        "generalised:2": 0.5 * (high**2 - low**2) / (2 * found["INDEX"]["u"]),
        "generalised:0.5": 0.5 * (high**0.5 - low**0.5) / (0.5 * found["INDEX"]["u"] ** -0.5),
        "generalised:-3": 0.5 * (low**-3 - high**-3) / (3 * found["INDEX"]["u"] ** -4),
    }[text]
    assert parts[["A", "B"]].tolist() == pytest.approx([limit, -limit], rel=1e-6)


@pytest.mark.parametrize("text", ["geometric", "harmonic", "generalised:-2"])
def test_a_gap_from_zero_is_the_zero_childs(text):
    """Only what pins the mean at zero can lift it from there; a sibling that fell does not get points for that."""
    framework = flat(0.01, 0.99, aggregation=text)
    found = rows(framework, u=[0, 100], v=[10, 20])
    parts = gap_split(framework, found.loc["u"], found.loc["v"])
    assert parts["A"] == pytest.approx(found["INDEX"]["v"]) and parts["B"] == pytest.approx(0, abs=1e-9)
    back = gap_split(framework, found.loc["v"], found.loc["u"])
    assert back["A"] == pytest.approx(-found["INDEX"]["v"]) and back["B"] == pytest.approx(0, abs=1e-9)


def test_a_thin_dimension_that_shares_its_weight_out_is_explained_too():
    """P of u has no score by coverage, though B has a value: it stands at the index, and so do its cells."""
    policy = Policy(missing_rule="reweight", coverage=0.6667)
    for left in ("", "geometric"):
        framework = tree(left=left)
        found = rows(framework, policy, u=["missing", 40, 60, 90], v=[60, 50, 60, 90])
        assert np.isnan(found.loc["u", "P"]) and found.loc["u", "INDEX"] == 80
        points = contributions(framework, found.loc["u"])
        assert points[["P", "A", "B"]].tolist() == [0, 0, 0]
        sums(framework, points)
        sums(framework, gap_split(framework, found.loc["u"], found.loc["v"]))
        sums(framework, gap_split(framework, found.loc["v"], found.loc["u"]))


def test_below_a_dimension_without_a_score_everything_stands_where_it_stands():
    """P of u is too thin, though its branch S has a score of its own, and cells."""
    framework = build("""
    code,parent,name,unit,direction,weight,low,high
    INDEX,,总,,1,1,,
    P,INDEX,P,,1,1,,
    Q,INDEX,Q,,1,1,0,100
    S,P,S,,1,2,,
    A,S,A,,1,1,0,100
    B,P,B,,1,3,0,100
    """)
    found = rows(framework, Policy(missing_rule="reweight", coverage=0.5), u=[20, 100, "missing"], v=[60, 90, 40])
    assert found.loc["u", "S"] == 100 and np.isnan(found.loc["u", "P"]) and found.loc["u", "INDEX"] == 20
    parts = gap_split(framework, found.loc["u"], found.loc["v"])
    assert parts.to_dict() == pytest.approx({"INDEX": 40, "P": 20, "Q": 20, "S": 14, "A": 14, "B": 6})


@given(data=st.data())
def test_contributions_sum_at_every_node(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework, units=3))
    for _, mine in fit(values, framework, policy).score(values).frame().iterrows():
        points = contributions(framework, mine, policy.aggregation)
        assert set(points.index) == set(framework.codes)
        if np.isnan(mine[framework.root.code]):
            assert points.isna().all()
        else:
            assert points[framework.root.code] == mine[framework.root.code]
            sums(framework, points)
            assert points.min() >= 0  # scores here are never negative


@given(data=st.data())
def test_gap_parts_sum_at_every_node(data):
    framework, policy = data.draw(trees()), data.draw(policies)
    values = data.draw(blocks(framework, units=3))
    frame = fit(values, framework, policy).score(values).frame()
    scored = frame[frame[framework.root.code].notna()]
    for _, mine in scored.iterrows():
        for _, other in scored.iterrows():
            parts = gap_split(framework, mine, other, policy.aggregation)
            assert parts[framework.root.code] == other[framework.root.code] - mine[framework.root.code]
            sums(framework, parts)


@given(data=st.data())
def test_a_gap_and_its_way_back_are_opposite(data):
    framework = data.draw(trees())
    values = data.draw(blocks(framework, units=2))
    frame = fit(values, framework, OPEN).score(values).frame()
    (_, mine), (_, other) = frame.iterrows()
    if frame[framework.root.code].notna().all():
        there, back = gap_split(framework, mine, other), gap_split(framework, other, mine)
        np.testing.assert_allclose(there, -back, atol=1e-9)
        assert (gap_split(framework, mine, mine) == 0).all()


@given(data=st.data())
def test_a_part_has_the_sign_of_its_own_gap(data):
    """What is better in the other never explains a loss: the slopes of means are not negative."""
    framework = data.draw(trees())
    values = data.draw(blocks(framework, units=2, gaps=False))
    frame = fit(values, framework, OPEN).score(values).frame()
    (_, mine), (_, other) = frame.iterrows()
    parts = gap_split(framework, mine, other)
    for code in framework.codes:
        assert parts[code] * np.sign(other[code] - mine[code]) >= -1e-9, code


def test_penalised_contributions_written_out():
    """M = 100, Q = (80² + 120²)/2 = 10 400, V = 200 − 104 = 96; ∂V/∂s = ½ (2 − 2 s/M + Q/M²): 80 × 0.72 and 120 × 0.32."""
    framework = flat(1, 1, aggregation="mazziotta_pareto", normalisation="ampi")
    mine = rows(framework, u=[100 * (80 - 70) / 60, 100 * (120 - 70) / 60]).loc["u"]
    assert mine.tolist() == pytest.approx([96, 80, 120])
    assert contributions(framework, mine).to_dict() == pytest.approx({"INDEX": 96, "A": 57.6, "B": 38.4})


def test_a_penalised_gap_written_out():
    """u 80, 120 (V = 96) and v 100, 120 (M = 110, Q = 12 200, V = 220 − 1220/11): all of the gap is A's."""
    framework = flat(1, 1, aggregation="mazziotta_pareto", normalisation="ampi")
    found = rows(framework, u=[100 / 6, 500 / 6], v=[50, 500 / 6])
    parts = gap_split(framework, found.loc["u"], found.loc["v"])
    assert parts.to_dict() == pytest.approx({"INDEX": 124 - 1220 / 11, "A": 124 - 1220 / 11, "B": 0})


def test_a_penalised_cell_that_shares_its_weight_stands_where_it_moves_nothing():
    """With B and C alone V is what it is; A, put at the score where it stands, leaves it so, and explains its own way from there."""
    framework = flat(2, 1, 1, aggregation="mazziotta_pareto", normalisation="ampi")
    found = rows(framework, u=["n/a", 20, 80], v=[90, 20, 80])
    parts = gap_split(framework, found.loc["u"], found.loc["v"])
    assert parts["B"] == parts["C"] == 0 and parts["A"] == pytest.approx(found["INDEX"]["v"] - found["INDEX"]["u"])


def test_a_tournament_is_shared_out_by_weight_and_score():
    """v beats one and loses to one, w beats both: 2 × (1 × 40, 3 × 80) / 280; u, at 0 twice, has its −2 by weight."""
    framework = flat(1, 3, aggregation="copeland")
    found = rows(framework, u=[0, 0], v=[20, 30], w=[40, 80])
    assert contributions(framework, found.loc["w"]).to_dict() == pytest.approx({"INDEX": 2, "A": 2 / 7, "B": 12 / 7})
    assert contributions(framework, found.loc["u"]).to_dict() == pytest.approx({"INDEX": -2, "A": -0.5, "B": -1.5})
    parts = gap_split(framework, found.loc["u"], found.loc["w"])
    assert parts.to_dict() == pytest.approx({"INDEX": 4, "A": 2 / 7 + 0.5, "B": 12 / 7 + 1.5})


BEYOND_MEANS = [  # what a node may be besides a mean, and the normalisation whose scores all of them take
    (("mazziotta_pareto", "mazziotta_pareto:+", "geometric", "harmonic", ""), "ampi"),
    (("copeland", "arithmetic"), "goalposts"),
    (("copeland", "arithmetic"), "z_score"),
]


@pytest.mark.parametrize(("aggregations", "normalisation"), BEYOND_MEANS)
@given(data=st.data())
def test_parts_sum_at_every_node_of_any_aggregation(aggregations, normalisation, data):
    framework = data.draw(trees(aggregations=aggregations, normalisation=normalisation))
    policy = replace(data.draw(policies), aggregation="arithmetic")
    values = data.draw(blocks(framework, units=3, gaps=normalisation != "z_score"))
    if normalisation == "z_score" and (np.ptp(values.matrix, axis=0) < 1e-6).any():
        return
    frame = fit(values, framework, policy).score(values).frame()
    scored = frame[frame[framework.root.code].notna()]
    for _, mine in scored.iterrows():
        sums(framework, contributions(framework, mine, policy.aggregation))
        for _, other in scored.iterrows():
            there, back = (gap_split(framework, *pair, policy.aggregation) for pair in ((mine, other), (other, mine)))
            assert there[framework.root.code] == other[framework.root.code] - mine[framework.root.code]
            sums(framework, there)
            np.testing.assert_allclose(there, -back, rtol=1e-9, atol=1e-8)


@given(data=st.data())
def test_explanations_of_z_scores_sum_too(data):
    framework = data.draw(trees(aggregations=("",), normalisation="z_score"))
    values = data.draw(blocks(framework, units=4, gaps=False))
    if (np.ptp(values.matrix, axis=0) < 1e-6).any():
        return
    frame = fit(values, framework, OPEN).score(values).frame()
    for _, mine in frame.iterrows():
        sums(framework, contributions(framework, mine))
        sums(framework, gap_split(framework, mine, frame.iloc[0]))


def test_the_scores_that_are_given_are_left_alone():
    found = rows(tree("geometric"), u=[20, 40, 60, 90], v=[60, 0, 40, 100])
    mine, other = found.loc["u"].copy(), found.loc["v"].copy()
    gap_split(tree("geometric"), mine, other)
    contributions(tree("geometric"), mine)
    assert mine.equals(found.loc["u"]) and other.equals(found.loc["v"])
