"""Why an index and a rank changed: written arithmetic for each cause, and parts that sum exactly for any two cases."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.case import Case
from scoring.change import CAUSES, Changes, data_points, split
from scoring.errors import ScoringError
from scoring.explain import gap_split
from scoring.framework import Framework
from scoring.index import fit
from scoring.policy import Policy
from scoring.values import Values, stacked
from tests.scoring.trees import AGGREGATION_TEXTS, MEAN_TEXTS, OPEN, block, blocks, build, flat, policies, trees

RANKS = [f"rank_{cause}" for cause in CAUSES]
PLAIN = Policy(coverage=0.0)
NOTHING = pd.DataFrame({"unit": [], "kind": [], "points": []}).astype({"points": float})


def case(framework, rows, policy=PLAIN, adjustments=(), period="2024") -> Case:
    """One period of a small city: unit → cells; adjustments: (unit, kind, points)."""
    given_ = pd.DataFrame(adjustments, columns=["unit", "kind", "points"]).astype({"points": float})
    return Case({period: block(framework, rows)}, period, framework, policy, given_)


def points(found: Changes, unit: str) -> dict[str, float]:
    """The parts of one unit that are not 0."""
    return {cause: found.units.at[unit, cause] for cause in CAUSES if found.units.at[unit, cause] != 0}


def places(found: Changes, unit: str) -> dict[str, float]:
    return {cause: found.units.at[unit, f"rank_{cause}"] for cause in CAUSES if found.units.at[unit, f"rank_{cause}"] != 0}


def test_the_four_causes_written_out():
    """A of 20 and B of 60 weigh 1 : 1, then 1 : 3: 40 → 50. A rises to 40 and weighs ¼: + 5. A bonus of 2 comes."""
    before = case(flat(1, 1), {"u": [20, 60]})
    after = case(flat(1, 3), {"u": [40, 60]}, adjustments=[("u", "bonus", 2)], period="2025")
    found = split(before, after)
    assert points(found, "u") == pytest.approx({"framework": 10, "data": 5, "adjustments": 2})
    assert found.units.loc["u", ["index_before", "index_after", "change"]].tolist() == [40, 57, 17]
    assert found.nodes.loc["u", ["INDEX", "A", "B"]].tolist() == pytest.approx([5, 5, 0])


def test_a_unit_that_joins_moves_the_bounds():
    """10 stands halfway between 0 and 20; when a unit with 40 comes, it stands at a quarter. Nobody's data have changed."""
    framework = flat(1, normalisation="min_max")
    before, after = (case(framework, {"u": [10], "v": [0], "w": [20], **more}) for more in ({}, {"x": [40]}))
    found = split(before, after)
    assert points(found, "u") == pytest.approx({"cohort": -25}) and points(found, "w") == pytest.approx({"cohort": -50})
    assert points(found, "v") == {}
    assert found.units.loc["w", ["rank_before", "rank_after"]].tolist() == [1, 2] and places(found, "w") == {"cohort": -1}
    assert found.units.at["x", "reason"] == "起始时未参评" and np.isnan(found.units.at["x", "data"])
    assert list(found.nodes.index) == ["u", "v", "w"]


def test_own_data_are_seen_against_the_new_bounds():
    """u rises from 10 to 30 while the upper bound goes from 20 to 40: 50 → 25 by the bound, 25 → 75 by its own data."""
    framework = flat(1, normalisation="min_max")
    before = case(framework, {"u": [10], "v": [0], "w": [20]})
    found = split(before, case(framework, {"u": [30], "v": [0], "w": [40]}))
    assert points(found, "u") == pytest.approx({"cohort": -25, "data": 50})


def test_a_new_indicator_comes_with_the_framework():
    """A of 40 was all; B of 80 comes beside it: 40 → 60. B was never reported before, so no data have changed."""
    before, after = case(flat(1), {"u": [40], "v": [50]}), case(flat(1, 1), {"u": [40, 80], "v": [50, 50]})
    found = split(before, after)
    assert points(found, "u") == pytest.approx({"framework": 20}) and points(found, "v") == {}
    assert places(found, "u") == {"framework": 1} and places(found, "v") == {"framework": -1}
    back = split(after, before)
    assert points(back, "u") == pytest.approx({"framework": -20})


def test_a_new_indicator_does_not_apply_to_a_unit_that_has_left():
    """The bounds of B under the old population are 20 and 80, of the units that have it."""
    one, two = flat(1, normalisation="min_max"), flat(1, 1, normalisation="min_max")
    before = case(one, {"u": [0], "v": [10], "w": [5]})
    after = case(two, {"u": [0, 20], "v": [10, 80]})
    found = split(before, after)
    assert points(found, "u") == {} and points(found, "v") == {}
    assert found.units.at["w", "reason"] == "现在未参评"


def test_a_gap_that_others_fill_moves_with_them():
    """B of u is missing in both years; the mean of the others goes from 40 to 60. Half of that is u's, and not its own doing."""
    framework, policy = flat(1, 1), replace(PLAIN, imputation="mean")
    before = case(framework, {"u": [50, "missing"], "v": [50, 40]}, policy)
    after = case(framework, {"u": [50, "missing"], "v": [50, 60]}, policy)
    found = split(before, after)
    assert points(found, "u") == pytest.approx({"cohort": 10}) and points(found, "v") == pytest.approx({"data": 10})


def test_a_gap_that_is_carried_is_the_units_own():
    framework, policy = flat(1, 1), replace(PLAIN, imputation="carry")
    past = block(framework, {"u": [50, 40], "v": [50, 40]})
    gap, now = (block(framework, {"u": [50, cell], "v": [50, 40]}) for cell in ("missing", 60))
    before = Case({"2023": past, "2024": gap}, "2024", framework, policy, NOTHING)
    after = Case({"2023": past, "2024": gap, "2025": now}, "2025", framework, policy, NOTHING)
    assert points(split(before, after), "u") == pytest.approx({"data": 10})


def test_weights_from_data_are_the_populations():
    """By standard deviation A and B weigh 1 : 1, then 1 : 3 when B of v and w drifts apart. u has 40 and 60, and stands still."""
    framework, policy = flat(1, 1), replace(PLAIN, weighting="standard_deviation")
    before = case(framework, {"u": [40, 60], "v": [30, 50], "w": [50, 70]}, policy)
    after = case(framework, {"u": [40, 60], "v": [30, 30], "w": [50, 90]}, policy)
    found = split(before, after)
    assert points(found, "u") == pytest.approx({"cohort": 60 * 0.75 + 40 * 0.25 - 50})


def test_a_rank_written_out():
    """60, 50, 40, 30: u goes to 55 less a penalty, which alone would make it second; v and b overtake it, and it ends as fourth."""
    rows = {"a": [60], "b": [50], "v": [40], "u": [30]}
    after = {"a": [60], "b": [53], "v": [70], "u": [55]}
    found = split(case(flat(1), rows), case(flat(1), after, adjustments=[("b", "bonus", 5), ("u", "penalty", 1.5)]))
    assert found.units.loc["u", ["rank_before", "rank_after", "rank_change"]].tolist() == [4, 4, 0]
    assert places(found, "u") == {"data": 2, "cohort": -2}  # 55 less 1.5 is still above 50
    assert places(found, "b") == {"cohort": -1}
    assert places(found, "v") == {"data": 2}


def test_what_the_ends_of_the_range_cut_is_not_counted():
    """98 and a bonus of 5 give 100: the bonus moved 2; when the score falls to 90, all 5 count."""
    before = case(flat(1), {"u": [98]}, adjustments=[("u", "bonus", 5)])
    found = split(before, case(flat(1), {"u": [90]}, adjustments=[("u", "bonus", 5)]))
    assert points(found, "u") == pytest.approx({"data": -8, "adjustments": 3})


def test_why_a_unit_is_not_split_is_said():
    strict = replace(PLAIN, missing_rule="reweight", coverage=0.6)
    framework = flat(1, 1)
    rows = {"thin": [50, "missing"], "gone": [1, 2], "stays": [40, 60]}
    before = case(framework, rows, PLAIN)
    after = case(framework, {"thin": [50, 60], "stays": [40, "missing"], "new": [1, 1]}, strict)
    reasons = split(before, after).units["reason"]
    assert reasons["gone"] == "现在未参评" and reasons["new"] == "起始时未参评"
    assert reasons["thin"] == "起始时的数据按现在的指标体系和规则不计分：B覆盖率 0%（门槛 60%）"
    assert reasons["stays"].startswith("现在不计分") and "覆盖率" in reasons["stays"]


def test_where_the_old_data_cannot_be_scored_at_all_everybody_is_told():
    before = case(flat(1), {"u": [-20], "v": [50]})
    after = case(flat(1, transform="log", low=1.0), {"u": [20], "v": [50]})
    found = split(before, after)
    assert found.nodes.empty and found.units["data"].isna().all()
    assert all("不能计分" in reason and "A" in reason and "对数" in reason for reason in found.units["reason"])


def test_some_units_only():
    framework = flat(1)
    found = split(case(framework, {"u": [1], "v": [2]}), case(framework, {"u": [2], "v": [2]}), ["u"])
    assert list(found.units.index) == list(found.nodes.index) == ["u"]
    with pytest.raises(ScoringError, match="nobody"):
        split(case(framework, {"u": [1]}), case(framework, {"u": [2]}), ["nobody"])


def test_a_new_rule_of_the_bounds_finds_the_periods_that_it_asks_for():
    """The old case holds its own period only. Under bounds of the base period, 0 to 50, its 10 is 20, and the new 20 is 40."""
    framework = flat(1, normalisation="min_max")
    base, old, new = (block(framework, {"u": [x], "v": [y], "w": [0]}) for x, y in ((25, 50), (10, 20), (20, 20)))
    before = Case({"2024": old}, "2024", framework, PLAIN, NOTHING)
    after = Case({"2023": base, "2025": new}, "2025", framework, replace(PLAIN, pool="base:2023"), NOTHING)
    assert points(split(before, after), "u") == pytest.approx({"framework": 20 - 50, "data": 20})


KINDS = ({}, {}, {"normalisation": "min_max"}, {"normalisation": "z_score"}, {"normalisation": "rank"})
entries = st.tuples(st.sampled_from(("u0", "u1", "u2", "u3")), st.sampled_from(("bonus", "penalty", "veto")), st.floats(0.1, 9))


@st.composite
def cases(draw, framework: Framework | None = None, policy: Policy | None = None) -> Case:
    """Two periods of some of four units, and adjustments; scored without an error."""
    framework = framework or draw(trees(aggregations=("", *AGGREGATION_TEXTS), depth=3, fan=3, **draw(st.sampled_from(KINDS))))
    policy = policy or replace(draw(policies), pool=draw(st.sampled_from(("period", "all", "base:2024"))))
    units = sorted(draw(st.sets(st.integers(0, 3), min_size=2)))
    by_period = {p: draw(blocks(framework, units=4)).take(units) for p in ("2024", "2025")}
    rows = [row for row in draw(st.lists(entries, max_size=4)) if row[0] in by_period["2024"].units]
    found = Case(by_period, draw(st.sampled_from(("2024", "2025"))), framework, policy, pd.DataFrame(rows, columns=["unit", "kind", "points"]))
    try:
        found.assessment  # noqa: B018
    except ScoringError:
        assume(False)
    return found


@given(before=cases(), after=cases())
def test_parts_sum_to_the_change_between_any_two_cases(before, after):
    found = split(before, after)
    done = found.units[found.units["reason"] == ""]
    np.testing.assert_allclose(done[list(CAUSES)].sum(axis=1, skipna=False), done["change"], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(done[RANKS].sum(axis=1, skipna=False), done["rank_before"] - done["rank_after"])
    np.testing.assert_array_equal(found.nodes[after.framework.root.code], done["data"])
    for node in after.framework.inner:
        kids = [k.code for k in after.framework.children(node.code)]
        np.testing.assert_allclose(found.nodes[kids].sum(axis=1, skipna=False), found.nodes[node.code], rtol=0, atol=1e-9)
    ends = {"before": before.assessment.units["index"], "after": after.assessment.units["index"]}
    for when, index in ends.items():
        assert found.units[f"index_{when}"].equals(index.reindex(found.units.index))
    both = ends["before"].notna() & ends["after"].reindex(ends["before"].index).notna()
    assert set(done.index) <= set(both.index[both])
    assert found.units.loc[found.units["reason"] != "", [*CAUSES, *RANKS]].isna().all(axis=None)


@given(mine=cases())
def test_a_case_differs_from_itself_by_nothing(mine):
    found = split(mine, replace(mine, by_period=dict(mine.by_period)))
    assert (found.units["reason"] == "").equals(mine.assessment.units["index"].notna().rename_axis("unit"))
    done = found.units.loc[found.units["reason"] == "", ["change", "rank_change", *CAUSES, *RANKS]]
    assert (done == 0).all(axis=None) and (found.nodes == 0).all(axis=None)


@given(mine=cases(), policy=policies)
def test_another_policy_is_all_the_frameworks(mine, policy):
    mine = replace(mine, adjustments=NOTHING)
    other = mine.under(policy=replace(policy, pool=mine.policy.pool))
    try:
        found = split(mine, other)
    except ScoringError:
        assume(False)
    done = found.units[found.units["reason"] == ""]
    assert (done[["data", "cohort", "adjustments"]] == 0).all(axis=None)
    np.testing.assert_allclose(done["framework"], done["change"], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(done["rank_framework"], done["rank_change"])


def joined(before: Case, data) -> Case:
    """The same with one more unit."""
    values = data.draw(blocks(before.framework, units=1))
    more = {p: stacked({"x": values, p: v}) for p, v in before.by_period.items()}
    named = {p: replace(v, units=("new", *before.by_period[p].units)) for p, v in more.items()}
    return replace(before, by_period=named)


@given(data=st.data())
def test_a_unit_that_joins_moves_others_by_the_cohort_only(data):
    before = replace(data.draw(cases(data.draw(trees(depth=3, fan=3, normalisation="min_max")))), adjustments=NOTHING)
    try:
        found = split(before, joined(before, data))
    except ScoringError:
        assume(False)
    done = found.units[found.units["reason"] == ""]
    assert (done[["data", "framework"]] == 0).all(axis=None) and "new" not in done.index
    np.testing.assert_allclose(done["cohort"], done["change"], rtol=0, atol=1e-9)
    own = ["rank_data", "rank_framework", "rank_adjustments"]
    assert (done[own] == 0).all(axis=None)


@given(data=st.data())
def test_a_unit_that_joins_moves_no_index_on_fixed_goalposts(data):
    before = data.draw(cases(data.draw(trees(depth=3, fan=3))))
    found = split(before, joined(before, data))
    done = found.units[found.units["reason"] == ""]
    np.testing.assert_allclose(done[["change", *CAUSES]], 0, rtol=0, atol=1e-9)
    assert (done["cohort"] == 0).all()


@given(data=st.data())
@pytest.mark.parametrize("texts", [("",), MEAN_TEXTS, AGGREGATION_TEXTS])
def test_the_split_of_many_units_is_the_split_of_each(texts, data):
    framework = data.draw(trees(aggregations=texts))
    policy = replace(data.draw(policies), aggregation="arithmetic" if texts == ("",) else "geometric")
    try:
        scales = fit(data.draw(blocks(framework)), framework, policy)
        old, new = (scales.score(data.draw(blocks(framework))).frame() for _ in range(2))
    except ScoringError:  # a tournament's negative score under a mean that takes none
        assume(False)
    scored = old.index[old[framework.root.code].notna() & new[framework.root.code].notna()]
    found = data_points(framework, old.loc[scored].to_numpy(), new.loc[scored].to_numpy(), policy.aggregation)
    for row, unit in zip(found, scored, strict=True):
        np.testing.assert_allclose(row, gap_split(framework, old.loc[unit], new.loc[unit], policy.aggregation), rtol=0, atol=1e-9)


def test_a_dimension_that_shares_its_weight_out_keeps_the_sums():
    """P of u is too thin before and has a score after: it stood at the index, 80."""
    framework = build("""
    code,parent,name,unit,direction,weight,low,high
    INDEX,,总,,1,1,,
    P,INDEX,P,,1,1,,
    Q,INDEX,Q,,1,3,0,100
    A,P,A,,1,1,0,100
    B,P,B,,1,1,0,100
    """)
    policy = replace(OPEN, coverage=0.6667)
    before, after = (case(framework, {"u": row}, policy) for row in ([80, "missing", 40], [80, 60, 40]))
    found = split(before, after)
    assert points(found, "u") == pytest.approx({"data": 50 * 0.25 + 80 * 0.75 - 80})
    assert found.nodes.loc["u", ["P", "A", "B", "Q"]].tolist() == pytest.approx([-7.5, -2.5, -5, 0])


def test_a_new_denominator_is_part_of_the_framework():
    """A of 40 a head of 2: 20, under the framework that divides; the new 60 a head of 2: 30."""
    per_head = Framework(tuple(replace(n, denominator="N") if n.code == "A" else n for n in flat(1).nodes))
    after = case(flat(1), {"u": [60]})
    columns = Values(("u",), ("A", "N"), np.array([[60.0, 2.0]]))
    after = replace(after, by_period={"2024": columns}, framework=per_head)
    assert points(split(case(flat(1), {"u": [40]}), after), "u") == pytest.approx({"framework": -20, "data": 10})
