"""Tables of the portrait, over small cities scored by the real engine; expected figures are written out by hand."""
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from scoring.assess import assess
from scoring.framework import Framework, Node
from scoring.index import fit
from scoring.normalisation import NORMALISATIONS
from scoring.policy import Policy
from scoring.rounding import tenths
from scoring.values import values_from_long
from ui import evidence, makeup, portrait

LEAVES = {"A1": "A", "A2": "A", "B1": "B", "B2": "B"}
WEIGHTS = {"A": 3.0, "B": 1.0, "A1": 2.0, "A2": 1.0, "B1": 1.0, "B2": 1.0}  # in the index: 1/2, 1/4, 1/8, 1/8
GROUPS = {"A1": "甲", "A2": "乙", "B1": "甲", "B2": "丙"}


def tree(aggregation: str = "", facet: bool = True) -> Framework:
    inner = [Node("R", "", "总指数", aggregation=aggregation)]
    inner += [Node(c, "R", f"维度{c}", weight=WEIGHTS[c], aggregation=aggregation) for c in "AB"]
    leaves = [
        Node(
            code, parent, f"指标{code}", "%", weight=WEIGHTS[code], low=0.0, high=100.0, normalisation="goalposts",
            facets={"kind": GROUPS[code]} if facet else {},
        )
        for code, parent in LEAVES.items()
    ]  # fmt: skip
    return Framework((*inner, *leaves))


def city(rows: dict, sectors: dict | None = None, adjustments=(), policy=None, framework=None, states=None, **more):
    """A View's frames for one period. rows: unit → values of A1, A2, B1, B2; adjustments: (unit, kind, points)."""
    framework, policy = framework or tree(), policy or Policy()
    states = states or {}
    long = [
        (u, i, states.get((u, i), "value"), np.nan if (u, i) in states else float(v))
        for u, row in rows.items()
        for i, v in zip(LEAVES, row, strict=True)
    ]
    values = values_from_long(pd.DataFrame(long, columns=["unit", "indicator", "state", "value"]), list(rows), list(LEAVES))
    adjusted = pd.DataFrame(adjustments, columns=["unit", "kind", "points"]).astype({"points": float})
    assessment = assess(fit(values, framework, policy).score(values), adjusted, policy)
    long_nodes = assessment.nodes
    nodes, ranks = (long_nodes.pivot(index="unit", columns="node", values=c).loc[list(rows)] for c in ("score", "rank"))
    units = assessment.units.rename_axis("unit")
    units.insert(0, "name", [f"单位{u}" for u in rows])
    units.insert(1, "sector", [(sectors or {}).get(u, "") for u in rows])
    cells = pd.DataFrame(long, columns=["unit", "indicator", "state", "value"])
    cells["score"] = [nodes.at[u, i] for u, i in zip(cells["unit"], cells["indicator"], strict=True)]
    cells = cells.assign(batch=1, file="报表.xlsx", sheet="数据", cell="C3")
    period = more.pop("period", "2024Q4")
    view = SimpleNamespace(
        period=period, periods=(period,), framework=framework, policy=policy, words=dict(policy.words), units=units,
        nodes=nodes, ranks=ranks, cells=cells, adjustments=adjusted, previous=None, peers=None,
        marks=pd.DataFrame(columns=["unit", "indicator", "mark", "value"]),
        derived=pd.DataFrame(columns=["unit", "indicator", "numerator", "denominator", "value", "used"]),
        facets={f: f"分面{f}" for f in framework.facets}, node_name=lambda code: framework.node(code).name if code in framework
        else code.split(":", 1)[1],
        history=units.reset_index().assign(period=period),
    )  # fmt: skip
    return SimpleNamespace(**{**vars(view), **more})


def after(now, before):
    """The same city with a period before."""
    before.period, before.periods = "2024Q3", ("2024Q3",)
    now.previous, now.periods = before, ("2024Q3", "2024Q4")
    now.history = pd.concat([before.history.assign(period="2024Q3"), now.history], ignore_index=True)
    return now


PLAIN = {"u1": (90, 80, 70, 60), "u2": (80, 80, 80, 80), "u3": (60, 40, 20, 0), "u4": (50, 50, 50, 50), "u5": (40, 30, 20, 10)}
INDEX = {"u1": 81.25, "u2": 80.0, "u3": 42.5, "u4": 50.0, "u5": 31.25}


def test_the_tiny_city_has_the_index_that_its_weights_say():
    assert city(PLAIN).units["index"].to_dict() == pytest.approx(INDEX)


def test_ties_and_ranked_units_are_counted():
    view = city({**PLAIN, "u6": (80, 80, 80, 80)}, states={("u5", i): "not_applicable" for i in LEAVES})
    head = portrait.headline(view, "u2")
    assert (view.units.at["u2", "rank"], head.ties, head.ranked) == (2, 2, 5)
    assert head.previous is None and head.year_ago is None
    assert portrait.headline(view, "u5").ties == 0


def test_changes_against_the_period_before():
    view = after(city(PLAIN), city({**PLAIN, "u1": (50, 50, 50, 40)}))
    change = portrait.headline(view, "u1").previous
    assert (change.period, change.rank) == ("2024Q3", 3 - 1)
    assert change.index == 32.4  # of the shown figures, 81.2 and 48.8
    assert portrait.headline(view, "u4").previous.rank == 2 - 3


def test_a_unit_that_was_absent_before_has_no_change_and_no_last_values():
    view = after(city(PLAIN), city({u: r for u, r in PLAIN.items() if u != "u1"}))
    change = portrait.headline(view, "u1").previous
    assert np.isnan(change.index) and np.isnan(change.rank) and change.tier == ""
    assert portrait.axes(view, "u1", ["A", "B"])["previous"].isna().all()
    assert evidence.evidence(view, "u1")["previous_value"].isna().all()
    line = portrait.trend(view, "u1")
    assert list(line["period"]) == ["2024Q3", "2024Q4"]
    assert np.isnan(line["index"].iloc[0]) and line["tier"].iloc[0] == ""
    assert line["median"].iloc[0] == pytest.approx(np.median([80, 42.5, 50, 31.25]))


def test_the_same_quarter_of_last_year_is_found_in_the_history():
    view = city(PLAIN)
    view.periods = ("2023Q4", "2024Q3", "2024Q4")
    view.history = pd.concat([view.history.assign(period="2023Q4", index=70.0), view.history], ignore_index=True)
    head = portrait.headline(view, "u1")
    assert head.year_ago.index == 11.2  # of the shown figures, 81.2 and 70.0
    assert np.isnan(head.previous.index)


def test_a_small_sector_gives_way_to_all_units():
    sectors = {"u1": "东", "u2": "东", "u3": "东", "u4": "西", "u5": "西"}
    name, members = portrait.group(city(PLAIN, sectors), "u1")
    assert (name, list(members)) == ("全部单位", list(PLAIN))
    big = city({**PLAIN, "u6": (10, 10, 10, 10)}, {**sectors, "u6": "东"})
    name, members = portrait.group(big, "u1")
    assert (name, list(members)) == ("东", ["u1", "u2", "u3", "u6"])
    band = portrait.axes(big, "u1", ["A"]).loc["A"]
    scores = [80 + 20 / 3, 80, 60 - 20 / 3, 10]
    assert band["unit"] == pytest.approx(scores[0])
    assert [band["q1"], band["median"], band["q3"]] == pytest.approx(np.percentile(scores, [25, 50, 75]))


def test_balance_is_flagged_from_the_policys_gap_on():
    assert portrait.headline(city(PLAIN), "u3").unbalanced
    assert not portrait.headline(city(PLAIN), "u4").unbalanced
    assert not portrait.headline(city(PLAIN, policy=Policy(balance_gap=60.0)), "u3").unbalanced


def test_composition_sums_to_the_index_and_to_its_tenth():
    view = city(PLAIN, adjustments=[("u1", "bonus", 2.04), ("u1", "penalty", 1.0)])
    dimensions, adjustments = makeup.composition(view, "u1")
    assert dimensions["points"].to_dict() == pytest.approx({"A": 0.75 * 260 / 3, "B": 0.25 * 65})
    assert adjustments["points"].to_dict() == pytest.approx({"bonus": 2.04, "penalty": -1.0})
    parts = [*dimensions["points"], *adjustments["points"]]
    assert sum(parts) == pytest.approx(view.units.at["u1", "index"])
    assert round(sum(tenths(parts, view.units.at["u1", "index"])), 1) == 82.3


CUTS = [((98,) * 4, "bonus", "封顶", -3), ((6,) * 4, "penalty", "保底", 4)]


@pytest.mark.parametrize(("values", "adjustment", "label", "cut"), CUTS)
def test_what_the_ends_of_the_range_cut_is_a_step_of_its_own(values, adjustment, label, cut):
    view = city({**PLAIN, "u1": values}, adjustments=[("u1", adjustment, 20.0)])
    dimensions, adjustments = makeup.composition(view, "u1")
    assert adjustments.loc["cut", "label"] == label
    assert adjustments.loc["cut", "points"] == pytest.approx(cut)
    assert dimensions["points"].sum() + adjustments["points"].sum() == pytest.approx(view.units.at["u1", "index"])


THRESHOLDS = Policy(tier_rule="thresholds", tier_cuts=(78.0, 48.0))


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "harmonic", "generalised:0.5"])
@pytest.mark.parametrize("rule", [Policy(), THRESHOLDS, Policy(tier_rule="natural_breaks")])
def test_every_gap_sums_over_dimensions_and_over_indicators(aggregation, rule):
    adjustments = [("u2", "bonus", 1.0), ("u3", "penalty", 2.0)]
    view = city({**PLAIN, "u3": (60, 40, 20, 5)}, adjustments=adjustments, policy=rule, framework=tree(aggregation))
    for unit in PLAIN:
        found = makeup.gap(view, unit)
        for parts in (found.parts, found.indicators, makeup.largest(found.indicators, 2)):
            assert parts["points"].sum() == pytest.approx(found.other - found.mine, abs=1e-9)
        assert round(sum(tenths(found.parts["points"], found.other - found.mine)), 1) == round(found.other - found.mine, 1)


def test_the_gap_leads_to_the_lowest_unit_of_the_next_tier():
    found = makeup.gap(city(PLAIN), "u3")  # best 30 % of five: u1; next 50 %: u2, u4, u3; the rest: u5
    assert (found.kind, found.tier, found.reference) == ("next", "领跑型", "u1")
    found = makeup.gap(city(PLAIN), "u5")
    assert (found.kind, found.tier, found.reference) == ("next", "争先型", "u3")
    assert found.parts["points"].to_dict() == pytest.approx({"A": 0.5 * 20 + 0.25 * 10, "B": 0.125 * 0 - 0.125 * 10})
    assert found.indicators["points"].to_dict() == pytest.approx({"A1": 10, "A2": 2.5, "B1": 0, "B2": -1.25})


def test_a_stated_threshold_is_the_mark_and_the_surplus_of_the_reference_is_a_part():
    view = city(PLAIN, policy=THRESHOLDS, adjustments=[("u4", "bonus", 1.5)])
    found = makeup.gap(view, "u3")
    assert (found.tier, found.reference, found.other) == ("争先型", "u4", 48.0)
    assert found.parts.loc[makeup.ADJUSTED, "points"] == pytest.approx(1.5)
    assert found.parts.loc[makeup.SURPLUS, "points"] == pytest.approx(48 - 51.5)
    assert found.parts["points"].sum() == pytest.approx(48 - 42.5)


def test_a_threshold_that_nobody_reaches_is_a_mark_without_a_profile():
    view = city(PLAIN, policy=Policy(tier_rule="thresholds", tier_cuts=(95.0, 90.0)))
    found = makeup.gap(view, "u1")
    assert (found.tier, found.reference, len(found.parts)) == ("争先型", "", 1)
    assert found.parts["points"].sum() == pytest.approx(90 - 81.25)


def test_a_threshold_tier_that_is_empty_is_seen_along_the_next_unit_above():
    view = city(PLAIN, policy=Policy(tier_rule="thresholds", tier_cuts=(79.0, 60.0)))
    assert makeup.gap(view, "u4").reference == "u2"


def test_leading_units_look_to_the_first_place_and_the_first_back_to_the_gate():
    view = city({**PLAIN, "u6": (70, 70, 70, 70)}, policy=Policy(tier_cuts=(0.5, 0.8)))  # leading: u1, u2, u6
    found = makeup.gap(view, "u6")
    assert (found.kind, found.reference, found.other) == ("first", "u1", 81.25)
    assert makeup.lead_over_gate(view, "u2") == pytest.approx(10)
    found = makeup.gap(view, "u1")
    assert (found.kind, found.mine, found.other, found.reference) == ("lead", 70, 81.25, "u6")
    assert found.parts["points"].sum() == pytest.approx(11.25)


def test_a_first_place_alone_in_its_tier_looks_back_to_the_second():
    found = makeup.gap(city(PLAIN), "u1")
    assert (found.kind, found.reference, found.mine) == ("lead", "u2", 80)
    assert makeup.gap(city(dict.fromkeys(PLAIN, (50, 50, 50, 50))), "u1") is None


def test_a_vetoed_unit_is_compared_by_its_tier_by_rule():
    view = city(PLAIN, adjustments=[("u1", "veto", 0.0)])
    assert (view.units.at["u1", "tier"], view.units.at["u1", "tier_by_rule"]) == ("争先型", "领跑型")
    assert makeup.gap(view, "u1").kind == "lead"


def test_a_unit_without_a_score_has_no_gap_and_empty_parts():
    view = city(PLAIN, states={("u1", i): "pending" for i in LEAVES})
    assert makeup.gap(view, "u1") is None
    dimensions, adjustments = makeup.composition(view, "u1")
    assert dimensions["points"].isna().all() and adjustments.empty
    assert portrait.axes(view, "u1", ["A", "B"])["unit"].isna().all()
    assert [len(t) for t in portrait.strengths(view, "u1")] == [0, 0]
    assert portrait.heat(view, "u1", "kind")[0].isna().all(axis=None)
    assert not portrait.headline(view, "u1").unbalanced


def test_strengths_and_weak_spots_lie_outside_the_middle_half_and_are_weighed():
    rows = {f"u{k}": (v, v, v, v) for k, v in enumerate((10, 20, 30, 40, 50, 60, 70, 80, 90))}
    view = city({**rows, "x": (100, 100, 45, 0)})
    up, down = portrait.strengths(view, "x")
    assert list(up.index) == ["A1", "A2"] and list(down.index) == ["B2"]
    assert up.loc["A1", "points"] == pytest.approx(0.5 * (100 - 55))
    assert down.loc["B2", "points"] == pytest.approx(-0.125 * 45)
    assert list(up["state"]) == ["value", "value"]


def test_heat_frames_the_cells_by_both_totals():
    view = city(PLAIN)
    table, exists = portrait.heat(view, "u1", "kind")
    assert exists.to_numpy().tolist() == [[True, True, False, True], [True, False, True, True], [True] * 4]
    assert list(table.columns) == ["甲", "乙", "丙", "总体"] and list(table.index) == ["维度A", "维度B", "总体"]
    assert table.loc["维度A"].tolist() == pytest.approx([90, 80, np.nan, 260 / 3], nan_ok=True)
    assert table.loc["维度B"].tolist() == pytest.approx([70, np.nan, 60, 65], nan_ok=True)
    assert table.loc["总体"].tolist() == pytest.approx([(0.5 * 90 + 0.125 * 70) / 0.625, 80, 60, 81.25])


def test_facets_make_radars_from_three_groups_on():
    assert portrait.makes_radar(city(PLAIN), "kind")
    assert portrait.facet_codes(city(PLAIN), "kind") == ["kind:甲", "kind:乙", "kind:丙"]
    two = SimpleNamespace(framework=SimpleNamespace(groups=lambda facet: ("甲", "乙")))
    assert not portrait.makes_radar(two, "kind")


def test_nodes_between_the_index_and_the_dimensions_are_named():
    above = (("R", ""), ("S", "R"), ("T", "R"), ("A", "S"), ("B", "T"))
    deep = Framework(tuple(Node(code, parent, code) for code, parent in (*above, *LEAVES.items())))
    assert portrait.above_dimensions(SimpleNamespace(framework=deep)) == ["S", "T"]
    assert portrait.above_dimensions(city(PLAIN)) == []


def test_evidence_has_every_indicator_with_its_last_period_and_its_cell():
    states = {("u1", "A2"): "missing", ("u1", "B1"): "not_applicable"}
    lenient = Policy(coverage=0.0)
    view = after(city(PLAIN, states=states, policy=lenient), city({**PLAIN, "u1": (50, 50, 50, 50)}))
    table = evidence.evidence(view, "u1")
    assert list(table.index) == list(LEAVES)
    assert list(table["state"]) == ["value", "missing", "not_applicable", "value"]
    assert table["score"].tolist() == pytest.approx([90, 0, np.nan, 60], nan_ok=True)
    assert table["points"].sum() == pytest.approx(view.units.at["u1", "index_raw"])
    assert table.loc["A1", ["goalposts", "direction", "dimension", "file"]].tolist() == ["0–100 ↑", "越高越好", "A", "报表.xlsx"]
    assert table.loc["A1", "change"] == pytest.approx(40)
    assert table.loc["B1", "rank"] != table.loc["B1", "rank"]
    assert table["ranked"].tolist() == [5, 5, 4, 5]


def test_goalposts_that_the_data_set_are_named_by_their_method():
    assert evidence.goalposts(Node("X", "R", "x", normalisation="min_max")) == NORMALISATIONS["min_max"].title + " ↑"
