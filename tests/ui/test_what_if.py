"""The what-if page: what it computes by hand, that its link says all of it, that a kept scenario comes back, and that it is never a release."""

import io
import json
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from scoring.case import Case
from scoring.errors import ScoringError
from scoring.policy import Policy
from store import scenarios
from store.connection import reader
from tests.scoring.trees import block, flat
from tests.ui.support import figure
from ui import scenario, scenario_link
from ui.scenario import MARK, Settings
from ui.scenario_words import changes, exchanges, export, listing, moved

PAGE = "what_if"
SETTING_KEYS = ("weight", "normalisation", "aggregation", "missing", "tiers", "cut")


def settings_in(app: AppTest) -> dict[str, list[str]]:
    """What the address says of the scenario."""
    said = {key: app.query_params[key] for key in ("scenario", *SETTING_KEYS) if key in app.query_params}
    return {key: [value] if isinstance(value, str) else list(value) for key, value in said.items() if value}


def again(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def slid(app: AppTest, name: str, value: float) -> AppTest:
    """The page after the slider whose label begins so is moved."""
    next(s for s in app.slider if s.label.startswith(name)).set_value(value)
    return again(app)


def tiles(app: AppTest) -> dict[str, str]:
    """Unit → what stands on its tile below its name."""
    trace = figure(app, "trial_map")["data"][0]
    return {code: text for code, text in zip(trace["ids"], trace["text"], strict=True) if ":" not in code}


def test_release_is_shown_until_something_is_moved(open_page, store):
    app = open_page(store)
    assert settings_in(app) == {"scenario": ["release"]}
    assert tiles(app) == {"U1": "● 82.0", "U2": "▼ 64.0", "U3": "○ —"}  # U3 covers half of a dimension
    assert [m.value for m in app.metric] == ["0 / 2", "0.0", "—", "0.0"]
    assert [s.label for s in app.slider] == ["维度甲　**60.0%**", "维度乙　**40.0%**"]
    for key in ("trial_map", "trial_ranks"):
        assert MARK in json.dumps(figure(app, key)["layout"]["annotations"], ensure_ascii=False)


def test_a_moved_weight_is_normalised_and_scored(open_page, store, latest):
    app = slid(open_page(store), "维度乙", 100)
    assert [s.label.split("　")[1] for s in app.slider] == [
        "**37.5%**\u00a0:gray[原\u00a060.0]", "**62.5%**\u00a0:gray[原\u00a040.0]"
    ]  # fmt: skip
    # U1 80·0.375 + 85·0.625 = 83.125, U2 60·0.375 + 70·0.625 = 66.25
    assert tiles(app) | {"U3": ""} == {"U1": "● 83.1", "U2": "▼ 66.2", "U3": ""}
    assert settings_in(app) == {"scenario": ["own"], "weight": ["B~100"]}
    assert latest(store).units["index"].round(9).tolist()[:2] == [82.0, 64.0]
    assert settings_in(slid(app, "维度乙", 40)) == {"scenario": ["release"]}  # back on its stated share


def test_a_weight_of_nothing_leaves_the_branch_out(open_page, store):
    app = slid(open_page(store), "维度乙", 0)
    # U3 has both values of the first dimension, (75 + 70) / 2, and so comes in between
    assert tiles(app)["U3"].endswith("72.5") and tiles(app)["U1"].endswith("80.0")
    app = slid(open_page(store, under="A"), "指标甲一", 0)
    assert tiles(app)["U1"].endswith("82.0")  # the other indicator of the dimension is 80 as well


def test_nothing_left_is_told_and_the_last_outcome_stays(open_page, store):
    app = slid(slid(open_page(store), "维度乙", 0), "维度甲", 0)
    assert "总指数：下级的权重都是 0" in app.error[0].value and "上一次试算" in app.error[0].value
    assert tiles(app)["U3"].endswith("72.5")
    app = open_page(store, weight=["A~0", "B~0"])
    assert "发布的结果" in app.error[0].value and tiles(app)["U1"].endswith("82.0")


def test_an_export_says_what_its_figures_come_from(open_page, store, monkeypatch):
    """Also where what is tried cannot be scored and the last outcome stays."""
    said = []
    monkeypatch.setattr("ui.parts.downloads", lambda name, csv, xlsx, where: said.append(xlsx()))
    slid(slid(open_page(store), "维度乙", 0), "维度甲", 0)
    book = openpyxl.load_workbook(io.BytesIO(said[-1]))
    notes = [cell.value for cell in book["说明"]["A"]]
    assert notes[0] == MARK and "改动：维度乙 不计入" in notes and not [n for n in notes if "维度甲 不计入" in n]
    assert notes[-1].endswith("scenario=own&weight=B~0")
    assert {cell.value for cell in book["试算"][2]} >= {"U1", MARK, 80.0}


def test_methods_move_scores_and_a_failing_one_is_named(open_page, store):
    app = open_page(store, set="methods", aggregation="geometric")
    # U1 80^0.6 · √(90·80)^0.4, U2 60^0.6 · √(80·60)^0.4
    assert [tiles(app)[u][-4:] for u in ("U1", "U2")] == [f"{a**0.6 * (b * c) ** 0.2:.1f}" for a, b, c in ((80, 90, 80), (60, 80, 60))]
    app = open_page(store, set="methods", normalisation="z_score")
    assert "分制" in app.info[0].value and app.metric[3].value == "—"
    chosen = next(s for s in app.selectbox if s.label == "合成")
    chosen.set_value("geometric")
    assert "负数" in again(app).error[0].value and "上一次试算" in app.error[0].value
    next(s for s in app.selectbox if s.label == "合成").set_value("stated")
    assert settings_in(again(app)) == {"scenario": ["own"], "normalisation": ["z_score"]} and not app.error


def test_a_cut_takes_the_next_one_along(open_page, store):
    app = slid(open_page(store, set="tiers"), "★", 90)
    assert settings_in(app)["cut"] == ["0.9", "0.91"]
    assert [s.value for s in app.slider] == [90, 91]
    next(s for s in app.selectbox if s.label == "梯队划法").set_value("natural_breaks")
    assert settings_in(again(app)) == {"scenario": ["own"], "tiers": ["natural_breaks"]} and not app.slider


@pytest.mark.parametrize("rule", ["thresholds", "share"])
def test_another_rule_begins_where_the_release_cuts(demo_store, asem_store, latest, rule):
    for store in (demo_store, asem_store):
        view = latest(store)
        cuts = scenario.cuts_of(rule, view)
        assert (np.diff(cuts) * (1 if rule == "share" else -1) > 0).all()
        units = scenario.outcome(Settings(tiers=rule), view)
        same = (units["tier"] == units["tier_before"]).mean()
        assert same > 0.9  # lines stand on a tenth below the last of a tier, so that one just below may come in


def test_the_link_says_all_of_it(open_page, store):
    app = slid(open_page(store, under="A"), "指标甲一", 10)
    app.segmented_control(key="set").set_value("methods")
    next(s for s in again(app).selectbox if s.label == "缺报").set_value("reweight")
    app.segmented_control(key="set").set_value("tiers")
    app = slid(again(app), "★", 40)
    said = settings_in(app)
    assert said == {"scenario": ["own"], "weight": ["A1~10"], "missing": ["reweight"], "cut": ["0.4", "0.8"]}
    shared = parse_qs(urlsplit(app.code[0].value).query)
    assert {key: shared[key] for key in said} == said and shared["period"] == ["2025Q1"]
    other = open_page(store, **shared)
    assert figure(other, "trial_map") == figure(app, "trial_map") and settings_in(other) == said


def test_back_and_the_button_return_to_the_release(open_page, store):
    app = slid(open_page(store), "维度甲", 20)
    app.query_params["scenario"] = "release"
    app.query_params["weight"] = []
    assert tiles(again(app))["U1"] == "● 82.0" and [s.value for s in app.slider] == [60, 40]
    app = slid(app, "维度甲", 20)
    next(b for b in app.button if b.label == "还原").click()
    assert settings_in(again(app)) == {"scenario": ["release"]} and [s.value for s in app.slider] == [60, 40]


def test_a_stale_address_does_not_undo_a_slider(open_page, store):
    """A slider that moves on asks before the browser has heard of the address of its last step."""
    app = slid(open_page(store), "维度甲", 50)
    app.query_params["weight"] = []
    app.query_params["scenario"] = "release"
    assert settings_in(slid(app, "维度甲", 40))["weight"] == ["A~40"]


@pytest.mark.parametrize("odd", [{"weight": "<b>~10"}, {"cut": ["0.9", "0.1"]}, {"scenario": "999"}])
def test_what_a_link_says_wrongly_is_told_and_the_rest_is_kept(open_page, store, odd):
    app = open_page(store, set="methods", missing="reweight", **odd) if "scenario" not in odd else open_page(store, **odd)
    (value,) = odd.values()
    assert (value if isinstance(value, str) else value[0]).split("~")[0] in app.warning[0].value.replace("\\", "")
    assert tiles(app)["U1"] == "● 82.0" and not app.error
    assert "scenario" in odd or next(s for s in app.selectbox if s.label == "缺报").value == "reweight"


@pytest.mark.parametrize(
    "odd",
    [
        {"weight": ["ZZ~10"]}, {"weight": ["A~x"]}, {"weight": ["A~-1"]}, {"weight": ["A~nan"]}, {"weight": ["INDEX~20"]}, {"weight": ["~"]},
        {"aggregation": ["nonsense"]}, {"normalisation": ["distance_to_target"]}, {"tiers": ["*x*"]}, {"cut": ["0.5"]}, {"cut": ["1e999"]},
    ],
)  # fmt: skip
def test_what_no_release_can_take_is_left_out(odd):
    settings, unread = scenario_link.read(odd | {"missing": ["none"]})
    found, unknown = scenario.fitting(settings, pretend())
    assert found == Settings(missing="none") and len(unread + unknown) == 1


def keep(app: AppTest, name: str, by: str) -> AppTest:
    app.text_input(key="trial name").set_value(name)
    app.text_input(key="trial by").set_value(by)
    next(b for b in app.button if b.label == "保存").click()
    return again(app)


def test_a_kept_scenario_opens_by_its_number(open_page, store, latest):
    app = keep(slid(open_page(store), "维度乙", 100), "  重看   维度乙 ", "研判一组")
    assert "第 1 号方案" in app.success[0].value.replace("\\", "") and settings_in(app) == {"scenario": ["1"]}
    assert app.code[0].value.endswith("/what_if?period=2025Q1&scenario=1")
    with reader(store) as db:
        assert scenarios.scenario(db, 1) == (1, "重看 维度乙", latest(store).release, {"weight": ["B~100"]})
    other = open_page(store, scenario="1")
    assert tiles(other) == tiles(app) and settings_in(other) == {"scenario": ["1"]}
    before = open_page(store, scenario="1", period="2024Q4")
    assert "存于第 2 号发布，现按第 1 号发布计算" in "".join(h.proto.body for h in before.get("html"))
    # U2 in 2024Q4: A 55, B (80 + 40) / 2 = 60 → 55·0.375 + 60·0.625
    assert tiles(before)["U2"].endswith("58.1")
    listed = next(s for s in other.selectbox if s.label == "方案")
    assert len(listed.options) == 2 and "重看 维度乙　研判一组" in listed.options[1] and "第 2 号发布" in listed.options[1]
    listed.set_value("release")
    assert settings_in(again(other)) == {"scenario": ["release"]}
    assert settings_in(slid(open_page(store, scenario="1"), "维度甲", 30)) == {"scenario": ["own"], "weight": ["B~100", "A~30"]}


@pytest.mark.parametrize(("name", "by", "why"), [("名" * 41, "甲", "41 个字"), ("方案", " ", "保存人")])
def test_a_refused_name_is_told_and_nothing_typed_is_lost(open_page, store, name, by, why):
    app = keep(slid(open_page(store), "维度乙", 100), name, by)
    assert why in app.error[0].value and app.text_input(key="trial name").value == name and app.text_input(key="trial by").value == by
    assert settings_in(app)["weight"] == ["B~100"]
    with reader(store) as db:
        assert scenarios.scenarios(db).empty


def test_nothing_and_a_taken_name_are_refused(open_page, store):
    assert "还没有改动" in keep(open_page(store), "方案", "甲").error[0].value
    keep(slid(open_page(store), "维度乙", 100), "方案", "甲")
    assert "已有名为" in keep(slid(open_page(store), "维度乙", 50), "方案", "甲").error[0].value


def test_the_scenario_stays_when_the_period_changes(open_page, store):
    app = slid(open_page(store), "维度乙", 100)
    app.query_params["period"] = "2024Q4"
    assert tiles(again(app))["U2"].endswith("58.1") and settings_in(app)["weight"] == ["B~100"]


def test_every_rank_is_listed_and_can_be_narrowed(open_page, store):
    app = slid(open_page(store, tab="ranks"), "维度乙", 0)
    assert app.dataframe[0].value["试算名次"].tolist() == [1, 2, 3]
    app.toggle(key="trial_only").set_value(True)
    assert list(again(app).dataframe[0].value["单位"]) == ["丙局", "乙局"]


def test_deep_frameworks_show_one_node_at_a_time(open_page, asem_store, latest):
    view, app = latest(asem_store), open_page(asem_store)
    assert len(app.slider) == len(view.framework.children(view.framework.root.code))
    offered = next(s for s in app.selectbox if s.label == "哪一项的下级")
    assert len(offered.options) == len(view.framework.inner)
    deepest = max(view.framework.inner, key=lambda node: len(view.framework.children(node.code)))
    assert len(open_page(asem_store, under=deepest.code).slider) == len(view.framework.children(deepest.code))


def pretend(indicators: int = 3, **policy) -> SimpleNamespace:
    """A view of a flat framework over six units, for what needs no page."""
    rng = np.random.default_rng(5)
    tree = flat(*[1.0] * indicators)
    values = block(tree, {f"U{k}": row for k, row in enumerate(rng.uniform(5, 95, (6, indicators)).tolist())})
    nothing = pd.DataFrame({"unit": [], "kind": [], "points": []}).astype({"points": float})
    case = Case({"2025": values}, "2025", tree, Policy(**policy), nothing)
    units = case.assessment.units.assign(name=[f"单位{u}" for u in values.units], sector="", size=np.nan)
    words = case.policy.words
    return SimpleNamespace(framework=tree, policy=case.policy, case=case, units=units, labels=case.policy.tier_labels, words=words)


@examples(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=4, max_size=4))
def test_shares_sum_to_one_and_are_what_is_scored(points):
    view = pretend(4)
    codes = [n.code for n in view.framework.indicators]
    settings = Settings(dict(zip(codes, map(float, points), strict=True)))
    shares = scenario.shares(settings, view.framework, view.framework.root.code)
    if not any(points):
        assert set(shares.values()) == {0.0}
        with pytest.raises(ScoringError, match="都是 0"):
            scenario.outcome(settings, view)
        return
    assert sum(shares.values()) == pytest.approx(1)
    scores = view.case.scores.frame()[codes]
    np.testing.assert_allclose(scenario.outcome(settings, view)["index"], scores @ pd.Series(shares), rtol=0, atol=1e-9)


def test_a_tier_that_nobody_holds_stays_empty_under_lines():
    view = pretend(tier_cuts=(0.01, 0.5))  # a hundredth of six units is none
    assert not (view.units["tier_by_rule"] == view.labels[0]).any()
    units = scenario.outcome(Settings(tiers="thresholds"), view)
    assert units["tier"].tolist() == units["tier_before"].tolist()


def test_scores_of_another_kind_are_not_subtracted():
    view = pretend()
    assert scenario.outcome(Settings(aggregation="geometric"), view)["change"].notna().all()
    assert scenario.outcome(Settings(aggregation="copeland"), view)["change"].isna().all()
    assert scenario.outcome(Settings(normalisation="rank"), view)["change"].isna().all()


def test_settings_go_through_the_link_unharmed():
    settings = Settings({"甲~1": 12.5, "B": 0.0}, "min_max", "geometric", "none", "share", (0.25, 0.8))
    assert scenario_link.read(scenario_link.written(settings)) == (settings, [])
    assert scenario_link.written(Settings()) == {} and not Settings()


def test_weights_from_data_become_the_scenarios_own():
    view = pretend()
    root = view.framework.root.code
    view.case = replace(view.case, policy=replace(view.policy, weighting="entropy"))
    first = view.framework.indicators[0].code
    assert scenario.framework_of(Settings({first: 50.0}), view).node(root).weighting == "given"
    assert scenario.framework_of(Settings(aggregation="geometric"), view).node(root).weighting == ""


def test_the_words_and_tables_agree_with_the_outcome():
    view = pretend(tier_cuts=(0.34, 0.67))
    first = view.framework.indicators[0].code
    settings = Settings({first: 0.0}, cuts=(0.17, 0.5))
    units = scenario.outcome(settings, view)
    assert changes(settings, view)[0].endswith("不计入") and "前 17%、前 50%" in changes(settings, view)[1]
    found = moved(units)
    assert found.tiers == (units["tier"] != units["tier_before"]).sum() and found.shift == units["shift"].abs().mean()
    rows = exchanges(units, view, str)
    assert [int(row[3]) for row in rows] == [(units["tier"] == label).sum() for label in view.labels]
    assert listing(units, view, str)["试算名次"].tolist() == sorted(units["rank"])
    assert export(units, view)["试算指数"].tolist() == units.sort_values("rank")["index"].tolist()
