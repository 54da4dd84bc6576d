"""Facets: a second tree over the same indicators, by the same engine, each indicator with the weight it has in the index."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.assess import assess, facet_scores
from scoring.errors import FrameworkError
from scoring.explain import contributions
from scoring.framework import Framework
from scoring.index import fit
from scoring.policy import Policy
from tests.scoring.trees import OPEN, block, blocks, build, trees

NOTHING = pd.DataFrame(columns=["unit", "kind", "points"])
# Shares in the index: A 0.05, B 0.15, C 0.2, D 0.2, E 0.4.
FRAMEWORK = build("""
code,parent,name,unit,direction,weight,low,high,requirement,model
INDEX,,总,,1,1,,,,
P,INDEX,P,,1,20,,,,
Q,INDEX,Q,,1,80,,,,
A,P,A,,1,1,0,100,甲,
B,P,B,,1,3,0,100,乙,丁
C,Q,C,,1,1,0,100,甲,丙
D,Q,D,,1,1,0,100,,丙
E,Q,E,,1,2,0,100,乙,丁
""")
CELLS = [10, 50, 90, 20, 70]


def groups(cells, policy=OPEN) -> dict[str, float]:
    scores = fit(block(FRAMEWORK, {"u": cells}), FRAMEWORK, policy).score(block(FRAMEWORK, {"u": cells}))
    nodes = assess(scores, NOTHING, policy).nodes
    return nodes[nodes["node"].str.contains(":")].set_index("node")["score"].to_dict()


def test_columns_and_groups_in_order_of_appearance():
    assert FRAMEWORK.facets == ("requirement", "model")
    assert FRAMEWORK.groups("requirement") == ("甲", "乙") and FRAMEWORK.groups("model") == ("丁", "丙")


def test_the_tree_of_a_facet():
    tree = FRAMEWORK.facet_tree("requirement")
    assert tree.root.code == "requirement"
    assert [n.code for n in tree.children("requirement")] == ["requirement:甲", "requirement:乙"]
    assert [n.name for n in tree.children("requirement")] == ["甲", "乙"]
    assert [n.code for n in tree.leaves("requirement:甲")] == ["A", "C"]
    assert [n.code for n in tree.indicators] == ["A", "B", "C", "E"]  # D is in no group
    weights = {n.code: n.weight for n in tree.nodes}
    assert weights["requirement:甲"] == pytest.approx(0.25) and weights["requirement:乙"] == pytest.approx(0.55)
    assert weights["A"] == pytest.approx(0.05) and weights["E"] == pytest.approx(0.4)


def test_scores_written_out():
    assert groups(CELLS) == pytest.approx(
        {
            "requirement:甲": (0.05 * 10 + 0.2 * 90) / 0.25,
            "requirement:乙": (0.15 * 50 + 0.4 * 70) / 0.55,
            "model:丁": (0.15 * 50 + 0.4 * 70) / 0.55,
            "model:丙": (90 + 20) / 2,
        }
    )


def test_the_facet_itself_is_the_mean_of_its_groups():
    values = block(FRAMEWORK, {"u": CELLS})
    facet = facet_scores(fit(values, FRAMEWORK, OPEN).score(values))[0].frame()
    assert facet.loc["u", "requirement"] == pytest.approx((0.05 * 10 + 0.2 * 90 + 0.15 * 50 + 0.4 * 70) / 0.8)


def test_missing_cells_follow_the_same_rules():
    """Without E a group keeps 0.15 of 0.55 of its weight: below two thirds. Without A, 0.2 of 0.25."""
    default = Policy()
    found = groups([10, 50, 90, 20, "missing"], default)
    assert np.isnan(found["requirement:乙"]) and found["requirement:甲"] == pytest.approx(74)
    assert groups(["missing", 50, 90, 20, 70], default)["requirement:甲"] == pytest.approx(0.2 * 90 / 0.25)
    assert groups(["n/a", 50, 90, 20, 70], default)["requirement:甲"] == pytest.approx(90)
    assert groups(["missing", 50, 90, 20, 70], Policy(missing_rule="reweight"))["requirement:甲"] == pytest.approx(90)
    assert np.isnan(groups(["missing", 50, 90, 20, 70], Policy(missing_rule="none"))["requirement:甲"])


def test_the_policys_aggregation_holds_in_facets_too():
    policy = Policy(aggregation="geometric", missing_rule="reweight", coverage=0.0)
    assert groups(CELLS, policy)["model:丙"] == pytest.approx((90 * 20) ** 0.5)


def test_ranks_and_coverage_of_groups():
    values = block(FRAMEWORK, {"u": CELLS, "v": ["n/a", 50, 95, 20, 70]})
    nodes = assess(fit(values, FRAMEWORK, OPEN).score(values), NOTHING, OPEN).nodes
    group = nodes[nodes["node"] == "requirement:甲"].set_index("unit")
    assert group["rank"].to_dict() == {"u": 2, "v": 1}
    assert group["coverage"].to_dict() == pytest.approx({"u": 1, "v": 0.8})


def test_an_unknown_facet_is_refused_by_name():
    with pytest.raises(FrameworkError, match=r"'colour'.*requirement、model"):
        FRAMEWORK.facet_tree("colour")


def test_without_facets_there_are_none():
    plain = build("code,parent,name,unit,direction,weight,low,high\nR,,R,,1,1,,\nA,R,A,,1,1,0,100")
    assert plain.facets == ()
    values = block(plain, {"u": [5]})
    assert facet_scores(fit(values, plain, OPEN).score(values)) == []


@st.composite
def faceted(draw):
    framework = draw(trees(aggregations=("",)))
    facet = st.sampled_from(({}, {"f": "x"}, {"f": "y"}, {"f": "z"}))
    nodes = [n if framework.children(n.code) else type(n)(**(vars(n) | {"facets": draw(facet)})) for n in framework.nodes]
    return Framework(tuple(nodes))


@given(data=st.data())
def test_groups_are_means_with_effective_weights(data):
    framework = data.draw(faceted())
    values = data.draw(blocks(framework, gaps=False))
    frame = fit(values, framework, OPEN).score(values).frame()
    facets = facet_scores(fit(values, framework, OPEN).score(values))
    assert [f.framework.root.code for f in facets] == (["f"] if framework.facets else [])
    for facet in facets:
        for group in framework.groups("f"):
            members = [n.code for n in framework.indicators if n.facets.get("f") == group]
            weights = [framework.effective_weight(c) for c in members]
            expected = np.average(frame[members], axis=1, weights=weights)
            np.testing.assert_allclose(facet.frame()[f"f:{group}"], expected, atol=1e-9)


@given(data=st.data())
def test_a_facet_that_takes_every_indicator_gives_the_index(data):
    """With arithmetic means and every cell there, any grouping of the same weights has the same mean."""
    framework = data.draw(faceted())
    whole = Framework(
        tuple(
            n if framework.children(n.code) else type(n)(**(vars(n) | {"facets": {"f": n.facets.get("f", "rest")}}))
            for n in framework.nodes
        )
    )
    values = data.draw(blocks(whole, gaps=False))
    scores = fit(values, whole, OPEN).score(values)
    np.testing.assert_allclose(facet_scores(scores)[0].frame()["f"], scores.frame()[whole.root.code], atol=1e-9)


@given(data=st.data())
def test_contributions_of_a_facet_sum(data):
    framework = data.draw(faceted())
    values = data.draw(blocks(framework))
    for facet in facet_scores(fit(values, framework, OPEN).score(values)):
        for _, mine in facet.frame().iterrows():
            points = contributions(facet.framework, mine)
            if not np.isnan(mine["f"]):
                leaves = points[[n.code for n in facet.framework.indicators]]
                assert leaves.sum() == pytest.approx(mine["f"], abs=1e-9)
