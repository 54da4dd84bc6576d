"""The page of guidance, and what a portrait shows of it: whom advice concerns, where points are lost, and what to do first."""

import io
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from scoring.guidance import by_group
from store.importing import batches
from store.importing.intake import Intake
from store.releasing.releases import publish
from tests.store.support import bring, intake, whole
from tests.ui.support import figure
from ui import guidance, guidance_tables, guidance_words, parts, viewer

PAGE = "guidance"
HEAD = "target,band,tier,path,text,step,unit,difficulty,source\n"


@pytest.fixture
def demo_view(latest, demo_store) -> viewer.View:
    return latest(demo_store)


@pytest.fixture
def advised(store, tmp_path):
    """advised(*lines): the small city with this guidance."""

    def bring(*lines: str):
        (tmp_path / "guidance.csv").write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
        batches.import_files([tmp_path / "guidance.csv"], "测试", store)
        return store

    return bring


def said(app) -> str:
    spoken = [e.value for kind in ("info", "warning", "caption", "markdown", "code") for e in getattr(app, kind)]
    return "\n".join([*map(str, spoken), *(h.proto.body for h in app.get("html"))]).replace("\\", "")


def in_tier(view: viewer.View, tier: str) -> list[str]:
    return list(view.units.index[view.units["tier"] == tier])


def test_the_first_screen_shows_lost_points_advice_and_units(open_page, demo_store, demo_view):
    app = open_page(demo_store)
    last = demo_view.labels[-1]
    units = in_tier(demo_view, last)
    spots, members = (frame.value for frame in app.dataframe)
    expected = guidance.spots(demo_view, units)
    leaves = expected[expected["leaf"].astype(bool)]
    assert list(spots["弱项"]) == list(leaves["name"]) and list(spots["涉及单位"]) == list(leaves["units"])
    assert (leaves["total"].diff().dropna() <= 0).all()
    first = leaves.index[0]
    assert len(members) == leaves.at[first, "units"] and demo_view.guidance.at[first, "text"] in said(app)
    for row in guidance.advice_to(demo_view, last).itertuples():
        assert row.text in said(app)
    heads = figure(app, "lost_map")["layout"]["xaxis"]["ticktext"]
    assert all(label in head for label, head in zip(demo_view.labels, heads, strict=True))


def test_lost_points_of_a_tier_are_its_units_means(demo_view):
    table = guidance.lost_by_tier(demo_view, list(demo_view.units.index), guidance.TREE)
    for label in demo_view.labels:
        mine = demo_view.units.loc[in_tier(demo_view, label), "index_raw"]
        assert table[label].sum() == pytest.approx((100 - mine).mean())


def test_every_choice_is_in_the_link(open_page, demo_store, demo_view):
    first, sector = demo_view.labels[0], sorted(set(demo_view.units["sector"]))[0]
    facet = demo_view.policy.diagnosis
    app = open_page(demo_store, advised=first, sector=sector, lost=facet, kind="group")
    rows = figure(app, "lost_map")["layout"]["yaxis"]["ticktext"]
    assert rows == list(demo_view.framework.groups(facet))
    mine = [u for u in in_tier(demo_view, first) if demo_view.units.at[u, "sector"] == sector]
    assert f"共 {len(mine)} 个" in said(app)
    assert (app.query_params["advised"], app.query_params["lost"]) == (first, facet)


def test_a_cell_of_the_map_answers_its_tier_and_group(open_page, demo_store, demo_view):
    """What a click on a cell asks for: the weak spots of that tier that lie in that group, and none of another."""
    tier, group = demo_view.labels[0], demo_view.framework.dimensions[-1].code
    app = open_page(demo_store, advised=tier, within=group)
    fig = figure(app, "lost_map")
    answers = [code for code, _ in fig["data"][1]["customdata"]]
    assert answers == [f"{t}\t{d.code}" for d in demo_view.framework.dimensions for t in demo_view.labels]
    assert len(fig["layout"]["shapes"]) == 1  # the cell that is looked at
    inside = {demo_view.node_name(n.code) for n in demo_view.framework.leaves(group)}
    assert app.dataframe[0].value["弱项"].size and set(app.dataframe[0].value["弱项"]) <= inside


def test_a_group_of_a_facet_holds_its_own_advice_and_that_to_its_indicators(demo_view):
    facet, units = demo_view.policy.diagnosis, in_tier(demo_view, demo_view.labels[-1])
    parts_of = [guidance.spots(demo_view, units, within=target) for target in guidance.targets(demo_view, facet)]
    for target, found in zip(guidance.targets(demo_view, facet), parts_of, strict=True):
        of_facet = [t for t in found["target"] if t.startswith(f"{facet}:")]
        assert set(of_facet) <= {target} and len(found) > len(of_facet)


def test_a_link_opens_a_weak_spot_and_an_unknown_one_the_first(open_page, demo_store, demo_view):
    spots = guidance.spots(demo_view, in_tier(demo_view, demo_view.labels[-1]))
    third = spots.index[spots["leaf"].astype(bool)][2]
    app = open_page(demo_store, spot=str(third))
    assert demo_view.guidance.at[third, "text"] in said(app) and app.query_params["spot"] == str(third)
    assert len(app.dataframe[1].value) == spots.at[third, "units"]
    assert len(open_page(demo_store, spot="9999").dataframe) == 2


def test_a_path_leaves_out_the_other_advice(open_page, demo_store, demo_view):
    path = demo_view.framework.groups(demo_view.policy.paths)[-1]
    app = open_page(demo_store, path=path)
    assert set(app.dataframe[0].value["提升路径"]) == {path}


def test_downloads_hold_every_unit_with_its_advice_and_actions(demo_view):
    units = in_tier(demo_view, demo_view.labels[-1])
    orders, steps = guidance_tables.orders(demo_view, units, []), guidance_tables.steps(demo_view, units)
    assert len(orders) == guidance.concerned(demo_view).loc[units].to_numpy().sum()
    whole_tier = orders["弱项"] == "整个梯队"
    assert whole_tier.sum() == len(units) * len(guidance.advice_to(demo_view, demo_view.labels[-1])) and whole_tier[0]
    assert set(steps["单位代码"]) == set(units) and (steps["增分"] > 0).all()


def test_the_buttons_hand_out_what_the_tables_hold(open_page, demo_store, demo_view, monkeypatch):
    taken = {}
    monkeypatch.setattr(parts, "downloads", lambda name, csv, xlsx, where: taken.update(name=name, csv=csv, xlsx=xlsx))
    open_page(demo_store)
    units = in_tier(demo_view, demo_view.labels[-1])
    written = pd.read_csv(io.BytesIO(taken["csv"]()))
    assert len(written) == len(guidance_tables.orders(demo_view, units, [])) and (written["数据性质"] == "演示数据").all()
    book = openpyxl.load_workbook(io.BytesIO(taken["xlsx"]()))
    assert book.sheetnames == ["建议", "每个单位的行动", "说明"] and demo_view.labels[-1] in taken["name"]
    assert book["每个单位的行动"].max_row == 1 + len(guidance_tables.steps(demo_view, units))


def test_actions_of_a_unit_are_what_the_release_would_give(demo_view):
    """One more closed item, counted by hand from the release's own numerator and denominator."""
    derived = demo_view.derived[demo_view.derived["value"].notna() & ~demo_view.derived["differs"]]
    counts = guidance.counts(demo_view)
    assert len(counts) == len(derived)
    found = guidance.best(demo_view, list(demo_view.units.index))
    counted = found[found["kind"] == "count"].merge(counts, on=["unit", "indicator"])
    assert len(counted) > 100
    signs = np.array([demo_view.framework.node(c).direction for c in counted["indicator"]])
    to = counted["factor"] * (counted["numerator"] + signs * counted["steps"]) / counted["denominator"]
    np.testing.assert_allclose(counted["to"].astype(float), to.astype(float))
    assert (counted["numerator"] + signs * counted["steps"] <= counted["denominator"])[counted["bounded"]].all()


def portrait_of(store: Path, unit: str) -> AppTest:
    """What `of_unit` draws, without the rest of a portrait."""

    def draw(unit):
        from ui import guidance_parts, viewer

        guidance_parts.of_unit(viewer.latest(), unit)

    app = AppTest.from_function(draw, args=(unit,), default_timeout=60).run()
    assert not app.exception
    return app


def test_a_portrait_shows_three_actions_the_diagnosis_and_the_tiers_advice(demo_view, demo_store):
    unit = in_tier(demo_view, demo_view.labels[-1])[0]
    app = portrait_of(demo_store, unit)
    found = guidance.best(demo_view, [unit])
    words = said(app)
    assert words.count('<div class="zx-action">') == 3
    for _, action in found.head(3).iterrows():
        assert f"{demo_view.node_name(action['indicator'])}：{guidance_words.step(demo_view, action)}" in words
        assert guidance_words.gain(action["gain"]) in words
    table = guidance.diagnosis(demo_view, unit)
    assert guidance_words.pointed(table) in words and table["share"].sum() == pytest.approx(1)
    assert guidance.advice_to(demo_view, demo_view.labels[-1])["text"].iloc[0] in words
    assert len(app.dataframe[0].value) == len(found)


# The small city: A1, A2 in % (0 to 100), B1 in 件 (0 to 10, lower is better), B2 in 分 (0 to 50); A weighs 60, B 40
def test_words_of_a_step(advised, latest):
    store = advised("A1,,,,做,5,个百分点,1,文", "B1,,,,做,1,,1,文", "B2,,,,做,2,分,1,文")
    view = latest(store)
    found = guidance.best(view, ["U2"]).set_index("indicator", drop=False)
    # 2025Q1: U2 has A1 60, B1 2, B2 30
    assert guidance_words.step(view, found.loc["A1"]) == "提高 25 个百分点"
    assert guidance_words.reaching(view, found.loc["A1"]) == "60 → 85 %"
    assert guidance_words.step(view, found.loc["B1"]) == "降低 2 件" and guidance_words.step(view, found.loc["B2"]) == "提高 10 分"
    # 25 points of A1, which has half of 60 %
    assert guidance_words.gain(found.at["A1", "gain"]) == "+7.5 分"
    assert guidance_words.gain(0.04) == "不到 +0.1 分"


@pytest.mark.parametrize("value, text", [(72.504, "72.5"), (0.19, "0.19"), (0.00342, "0.0034"), (123456.78, "123456.78"), (2e6, "2,000,000")])
def test_raw_values_keep_what_tells_them_apart(value, text):
    assert guidance_words.number(value) == text


def test_a_report_says_whose_median_it_is_taken_to_be(advised, latest):
    """B2 of 2025Q2: U1 40, U2 lacking, both of 一组; A1 is known of nobody in 一组."""
    store = advised("A1,,,,做,5,个百分点,1,文")
    values = whole("2025Q2", ("U1", "missing", 80, 1, 40), ("U2", "missing", 60, 2, "missing"), ("U3", 70, 70, 4, 30))
    view = latest(brought(store, intake(values=values, policy_toml="[missing]\ncoverage = 0\n"), period="2025Q2"))
    found = guidance.best(view, ["U2"]).set_index("indicator", drop=False)
    assert guidance_words.reaching(view, found.loc["B2"]) == "按同片组中位数 40 分 计"
    assert guidance_words.reaching(view, found.loc["A1"]) == "按全部单位中位数 70 % 计"


def test_advice_to_part_of_a_tier_says_so_and_reaches_only_that_part(advised, latest, open_page):
    store = advised(",0-50,,,给低分的,,,,文", ",50-100,,,给高分的,,,,文")
    view = latest(store)
    tier = view.units.at["U2", "tier"]  # U2 has 68 points
    assert list(guidance.advice_to(view, tier, unit="U2")["text"]) == ["给高分的"] and len(guidance.advice_to(view, tier)) == 2
    page, portrait = said(open_page(store, advised=tier)), said(portrait_of(store, "U2"))
    assert "指数 0–50" in page and "给高分的" in page and "给低分的" not in portrait and "给高分的" in portrait


def test_a_diagnosis_leaves_out_what_does_not_apply(demo_view):
    """The weights are those that the unit is scored with: they sum to 1, also where something does not apply."""
    gaps = demo_view.nodes[list(demo_view.framework.codes)].isna().any(axis=1) & demo_view.units["index"].notna()
    unit = gaps.index[gaps][0]
    assert guidance.diagnosis(demo_view, unit)["weight"].sum() == pytest.approx(1)
    tree, facet = demo_view.framework, demo_view.policy.diagnosis
    stated = pd.Series({n.code: tree.effective_weight(n.code) for n in tree.indicators if not np.isnan(demo_view.nodes.at[unit, n.code])})
    assert (guidance.diagnosis(demo_view, unit)["weight"] > by_group(stated.to_frame().T, tree, facet).iloc[0] + 1e-9).any()


def test_names_and_advice_are_shown_as_they_stand(advised, open_page):
    app = open_page(advised("A1,,,,<b>粗</b> *星*,5,<i>分</i>,1,<u>文</u>"), advised="追赶型")
    assert "&lt;b&gt;粗&lt;/b&gt; *星*" in said(app) and "<b>粗" not in said(app) and "<u>文" not in said(app)
    assert not app.exception


def test_a_store_without_guidance_says_which_command_brings_it(open_page, store):
    app = open_page(store)
    assert guidance_words.NONE_YET in said(app) and guidance_words.COMMAND in said(app)
    assert figure(app, "lost_map") and not app.dataframe
    assert guidance_words.COMMAND in said(portrait_of(store, "U1"))


def brought(path: Path, *intakes: Intake, period: str) -> Path:
    """The store with these files, and this period published."""
    bring(path, *intakes)
    publish([period], "测试", path)
    return path


def test_advice_of_another_framework_is_said_to_be_unused(advised, open_page, latest):
    store = advised("A1,,,,做,5,个百分点,1,文")
    other = "code,parent,name,unit,direction,weight,low,high\nX,,总,分,1,1,,\nC,X,丙,分,1,1,,\nC1,C,丙一,%,1,1,0,100\n"
    brought(store, intake(framework_csv=other, policy_toml=""), intake(values=[("U1", "C1", "2025Q2", 50)]), period="2025Q2")
    assert guidance.stale(latest(store)) == 1
    assert "1 条建议" in said(open_page(store, period="2025Q2"))


def test_a_unit_without_actions_is_told_why(advised, latest):
    store = advised("A1,,,,做,5,个百分点,1,文")
    values = [*whole("2025Q2", ("U1", 100, 80, 1, 45)), ("U2", "A1", "2025Q2", 50)]  # of U2's second dimension there is nothing
    view = latest(brought(store, intake(values=values), period="2025Q2"))
    assert view.guidance["text"].item() == "做" and guidance.best(view, ["U1", "U2"]).empty
    assert "到满分端" in said(portrait_of(store, "U1"))
    assert np.isnan(view.units.at["U2", "index"]) and "算不出一步能增加多少分。不计分：" in said(portrait_of(store, "U2"))


def test_another_world_has_its_own_words(open_page, asem_store, latest):
    app, view = open_page(asem_store), latest(asem_store)
    rows = figure(app, "lost_map")["layout"]["yaxis"]["ticktext"]
    assert len(rows) == len(view.framework.dimensions) and guidance_words.COMMAND in said(app)
    assert by_group(view.lost, view.framework).notna().all(axis=None)
