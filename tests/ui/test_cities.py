"""The page that compares areas: its figures against the units by hand, what stands beside them, and stores without areas."""

import io
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest

from charts import areas as charts
from reports import tables
from store.releasing.releases import publish
from store.rolling.rollup import roll_up
from tests.store.support import bring, intake, make_store, whole
from tests.ui.support import figure, html_parts, opened
from ui import area_reads, cities
from ui.wording import told_apart

PAGE = "cities"


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """甲市 and 乙市 in two quarters, 丙市 in the second only. Read it only."""
    folder, given = tmp_path_factory.mktemp("province"), []
    for name, more in (("甲市", ()), ("乙市", ("U1", 20, 95, 4, 30)), ("丙市", ("U2", 99, 98, 0, 50))):
        path = make_store(folder / f"{name}.db")
        if more:
            bring(path, intake(values=[cell for period in ("2024Q4", "2025Q1") for cell in whole(period, more)]))
        publish(["2025Q1"] if name == "丙市" else ["2024Q4", "2025Q1"], "测试", path)
        given.append((name, path))
    roll_up(given, folder / "省.db", "测试")
    return folder / "省.db"


def by_hand(view) -> pd.DataFrame:
    """Mean of the index of each city's units, from the units themselves."""
    units = view.units
    return units.groupby(units.index.str.split("·").str[0])["index"].agg(["mean", "count"]).sort_values("mean", ascending=False)


def said(app) -> str:
    return "\n".join([*html_parts(app), *(e.value for kind in ("info", "warning", "caption") for e in getattr(app, kind))]).replace("\\", "")


def test_cities_stand_by_their_means(open_page, province, latest):
    app, view = open_page(province), latest(province)
    wanted = by_hand(view)
    bar, _, dots = figure(app, "standings")["data"]
    assert dots["y"] == wanted.index.tolist() == bar["y"]
    assert [re.sub("<.*?>", "", text) for text in dots["text"]] == [f"{m:.1f}" for m in wanted["mean"]]
    best = wanted.index[0]
    assert f"3 个地区中{best}均值最高，{wanted['mean'].iloc[0]:.1f}" in said(app) and "均值与这里相同" in said(app)
    in_tier = pd.crosstab(view.units.index.str.split("·").str[0], view.units["tier"]).reindex(columns=list(view.labels), fill_value=0)
    for label, bars in zip(view.labels, figure(app, "shares")["data"], strict=True):
        counts = [in_tier.at[city, label] for city in bars["y"]]
        assert [f"{label} {n} 个" in hover for n, (_, hover) in zip(counts, bars["customdata"], strict=True)] == [True] * 3


def test_share_between_is_that_of_the_units(province, latest):
    view = latest(province)
    units = view.units["index"].dropna()
    city = units.index.str.split("·").str[0]
    means = units.groupby(city).transform("mean")
    wanted = ((means - units.mean()) ** 2).sum() / ((units - units.mean()) ** 2).sum()
    assert cities.between(cities.within(view, "").table) == pytest.approx(wanted)


def test_gap_of_two_cities_is_made_of_dimensions_adjustments_and_the_rest(province, latest):
    view = latest(province).at("2024Q4")
    areas = cities.within(view, "")
    one, other = areas.table.index[:2]
    gap = cities.gap(view, areas, one, other)
    assert gap["points"].sum() == pytest.approx(areas.table.at[other, "mean"] - areas.table.at[one, "mean"], abs=1e-9)
    mean = view.nodes.groupby(view.nodes.index.str.split("·").str[0]).mean()
    for d in view.framework.dimensions:
        assert gap.at[d.code, "points"] == pytest.approx(view.framework.effective_weight(d.code) * (mean.at[other, d.code] - mean.at[one, d.code]))


@pytest.mark.parametrize("tab", ["two", "heat", "change", "table"])
def test_tabs_hold_and_say_what_is_lacking(open_page, province, tab):
    app = open_page(province, tab=tab)
    if tab == "change":
        assert "2024年四季度没有丙市的得分" in said(app)
        (bars,) = figure(app, "changes")["data"]
        assert bars["text"] and "丙市" not in bars["y"]
    if tab == "table":
        table = app.dataframe[0].value
        assert dict(zip(table["地区"], table["当地发布号"], strict=True)) == {"甲市": 2, "乙市": 2, "丙市": 1}
        assert table["当地发布的均值"].tolist() == pytest.approx(table["均值"].tolist()) and len(app.get("download_button")) == 2


def test_two_cities_of_the_link_are_compared(open_page, province):
    app = open_page(province, areas=["丙市", "甲市"])
    hovers = [trace["customdata"][0][1] for trace in figure(app, "dots")["data"]]
    assert [hover.split("<br>")[0] for hover in hovers] == ["<b>A 丙市</b>", "<b>B 甲市</b>"]
    steps = figure(app, "gap")["layout"]["yaxis"]["ticktext"]
    assert "甲市" in steps[0] and "丙市" in steps[-1], "from the second to the first"


def test_within_a_city_its_sectors_are_compared(open_page, province):
    app = open_page(province, of="甲市")
    assert "2 个片组" in said(app) and app.query_params["of"] in ("甲市", ["甲市"])


def test_what_leaves_the_house_is_whole(province, latest):
    view = latest(province)
    areas = cities.within(view, "")
    sheet = cities.sheet(view, areas, {label: label for label in view.labels})
    book = openpyxl.load_workbook(io.BytesIO(tables.xlsx_bytes({"各地": sheet, "各维度": cities.dimensions(view, areas)}, ["说明"], False)))
    assert book["各地"].max_row >= 4 and sheet["均值"].tolist() == by_hand(view)["mean"].tolist()


def test_a_portrait_says_what_the_city_had_published(province, monkeypatch, latest):
    view = latest(province)
    unit = "丙市·U2"
    (own,) = area_reads.published_of(*cities.key(view)[:2], view.period, unit).to_dict("records")
    app = opened("unit", unit=unit)
    assert f"丙市第 1 号发布：指数 {own['index']:.1f}，第 {own['rank']:.0f} 名，{own['tier']}" in said(app)


def test_units_of_one_name_are_told_apart_by_their_city(open_page, province, latest):
    names = latest(province).units["name"]
    assert names.is_unique and names["乙市·U1"] == "甲局（乙市）"
    first = figure(opened("overview"), "top")["data"][0]["customdata"][0][1]
    assert first.startswith(f"<b>{names[latest(province).units['index'].idxmax()]}</b>")
    alone = latest(province).at("2024Q4").units.loc[["甲市·U1", "乙市·U2"]].assign(name=["甲局", "乙局"])
    assert told_apart(alone) is alone


def test_a_store_without_areas_says_how_to_make_one(store):
    app = opened(PAGE)
    assert "不分地区" in said(app) and "rollup" in app.code[0].value and not app.get("plotly_chart")
    assert not area_reads.in_store(store)


def test_figures_without_scores_say_so():
    columns = ["name", "mean", "q1", "median", "q3", "low", "high", "scored", "好", "差"]
    nobody = pd.DataFrame([["甲市", *[np.nan] * 6, 0, 0, 0]], index=["甲市"], columns=columns)
    assert "没有地区有得分" in charts.standings(nobody, np.nan).layout.annotations[0].text
    assert "没有分梯队的单位" in charts.tier_shares(nobody, ("好", "差")).layout.annotations[0].text
