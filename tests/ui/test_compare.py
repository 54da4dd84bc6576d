"""The page of comparison: what can be chosen and what stands in, group figures by hand, verdicts, orders, and what leaves the house."""

import html
import io
import json
import re

import numpy as np
import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from reports import tables
from scoring.uncertainty import verdict
from tests.ui.support import figure, opened
from ui import contrast, contrast_export, contrast_matrix, contrast_tables

PAGE = "compare"
FIVE_EMBEDDINGS = re.compile("嵌入|政治|防控|清廉|机关")


def picked(app: AppTest) -> list[str]:
    """What the address says is compared."""
    value = app.query_params["pick"]
    return value if isinstance(value, list) else [value]


def said(app: AppTest) -> str:
    return "\n".join(e.value for kind in ("info", "warning", "caption") for e in getattr(app, kind)).replace("\\", "")


def things(view, codes) -> list[contrast.Thing]:
    return contrast.things(view, codes, contrast.groups(view, lambda tier: tier))


def letters(chosen) -> dict[str, str]:
    return dict(zip([t.code for t in chosen], "ABCDEF", strict=False))


def test_without_a_choice_the_best_unit_stands_beside_its_two_nearest_peers(open_page, demo_store, latest):
    app, now = open_page(demo_store), latest(demo_store)
    best = now.units["rank"].idxmin()
    assert picked(app) == [best, *contrast.alike(now, best).index[:2]]
    table = app.dataframe[0].value
    assert list(table.index) == picked(app) and list(table[""]) == ["A", "B", "C"]
    assert "最像 A" in said(app)
    radar = figure(app, "radar")["data"]
    assert [trace["name"][0] for trace in reversed(radar)] == ["A", "B", "C"]


def test_the_unit_looked_at_last_is_the_first(demo_store, latest):
    seen = latest(demo_store).units["rank"].idxmax()
    app = opened("unit", unit=seen)
    app.switch_page("../pages/compare.py").run()
    assert picked(app)[0] == seen and len(picked(app)) == 3


@pytest.mark.parametrize("codes", [["CJ01", "sector:群团"], ["tier:领跑型", "units:all"]])
def test_a_group_is_the_mean_or_the_median_of_its_scored_units(codes, demo_store, latest):
    now = latest(demo_store).at("2025Q4")  # one unit has no score then
    assert now.units["index"].isna().any()
    scored = now.units[now.units["index"].notna()]
    of = {"sector:群团": scored["sector"] == "群团", "tier:领跑型": scored["tier"] == "领跑型", "units:all": scored["rank"] > 0}
    chosen, root = things(now, codes), now.framework.root.code
    for middle in contrast.MIDDLES:
        found = contrast.scores(now, chosen, middle)
        for code in set(codes) & set(of):
            members = scored.index[of[code]]
            for node in [d.code for d in now.framework.dimensions]:
                assert found.at[node, code] == pytest.approx(getattr(np, middle)(now.nodes.loc[members, node]), abs=1e-9)
            assert found.at[root, code] == pytest.approx(getattr(np, middle)(scored.loc[members, "index"]), abs=1e-9)
    if "CJ01" in codes:
        assert contrast.scores(now, chosen, "mean").at[root, "CJ01"] == now.units.at["CJ01", "index"]


def test_groups_are_compared_and_say_how_they_are_summed_up(open_page, demo_store, latest):
    app, now = open_page(demo_store, pick=["CJ01", "sector:群团", "units:all"]), latest(demo_store)
    table, word = app.dataframe[0].value, now.words["index"]
    assert "均值" in table.at["sector:群团", now.words["unit"]] and table.at["sector:群团", "名次"] == ""
    assert table.at["units:all", word] == f"{now.units['index'].mean():.1f}"
    app.segmented_control(key="middle").set_value("median").run()
    assert "中位数" in app.dataframe[0].value.at["units:all", now.words["unit"]]
    assert app.dataframe[0].value.at["units:all", word] == f"{now.units['index'].median():.1f}"


def test_a_code_of_a_link_that_nobody_knows_is_told(open_page, demo_store):
    app = open_page(demo_store, pick=["CJ01", "CJ99", "CJ02"])
    assert "CJ99" in said(app) and picked(app) == ["CJ01", "CJ02"]


def test_one_unit_alone_is_filled_up_and_says_so(open_page, demo_store, latest):
    app, now = open_page(demo_store, pick="CJ05"), latest(demo_store)
    assert picked(app) == ["CJ05"] and "请至少选两个" in said(app)
    assert list(app.dataframe[0].value.index) == ["CJ05", *contrast.alike(now, "CJ05").index[:2]]


def test_more_than_six_are_cut_and_told(open_page, demo_store, latest):
    codes = list(latest(demo_store).units.index[:8])
    app = open_page(demo_store, pick=codes)
    assert list(app.dataframe[0].value.index) == codes[:6] and "只显示前 6 个" in said(app)


def test_the_button_puts_the_nearest_peers_among_the_offered_beside_the_first_unit(open_page, demo_store, latest):
    now = latest(demo_store)
    app = open_page(demo_store, pick=["sector:群团", "CJ05", "CJ06"], sector="城建农业")
    app.button(key="find_peers").click().run()
    near = [u for u in contrast.alike(now, "CJ05").index if now.units.at[u, "sector"] == "城建农业"]
    assert picked(app) == ["CJ05", *near[:3]]


def test_filters_narrow_what_is_offered_and_what_the_map_shows_and_keep_the_choice(open_page, demo_store, latest):
    now = latest(demo_store)
    app = open_page(demo_store, pick=["CJ01", "CJ02"], sector="群团", band="small", tab="heat")
    inside = now.units[(now.units["sector"] == "群团") & (now.units["size"] <= now.units["size"].quantile(1 / 3, interpolation="lower"))]
    assert 0 < len(inside) < 12
    assert len(app.multiselect(key="pick").options) == len(contrast.groups(now, str)) + len(inside) + 2
    assert picked(app) == ["CJ01", "CJ02"]
    assert {row[0] for row in figure(app, "heat")["data"][1]["customdata"]} == set(inside.index)


def test_verdicts_are_those_of_the_draws(demo_store, latest):
    now = latest(demo_store)
    order = now.units.sort_values("rank").index
    chosen = things(now, [order[40], order[41], order[90], order[2], "sector:群团", "tier:领跑型"])
    table, found = contrast_tables.pairs(now, chosen, letters(chosen), "mean"), now.uncertainty
    assert len(table) == 15
    words, place = {1: "领先", -1: "落后", 0: "无显著差异"}, found.units.index.get_loc
    one, two = place(order[40]), place(order[90])
    assert table.iloc[1]["结论"] == words[verdict(found.ahead[one, two], now.policy.draws.certainty)] == "领先"
    assert table.iloc[1]["甲领先的把握"] == found.ahead[one, two]
    groups = table[table["甲"].str[0] == "E"].iloc[0]
    rows, columns = (found.units.index.get_indexer(t.members) for t in chosen[4:])
    shares = [found.ahead[a, b] for a in rows for b in columns if a != b]
    assert groups["甲领先的把握"] == pytest.approx(np.mean(shares), abs=1e-12)
    assert groups["结论"] == "互有高低"
    close = contrast_tables.ahead(now, *things(now, list(order[40:42])))
    assert (close[1] == "无显著差异") == (max(close[0], 1 - close[0]) < now.policy.draws.certainty)


def test_a_release_that_was_not_measured_says_so_quietly(open_page, store):
    app = open_page(store, pick=["U1", "U3"], tab="ahead")
    assert "没有测算稳健性" in said(app) and "名次区间" not in app.dataframe[0].value
    assert "U3" in picked(app) and "B 没有得分（不计分：维度乙覆盖率 50%（门槛 67%））" in said(app)
    assert app.dataframe[1].value["指数差"].tolist() == ["—"] and "结论" not in app.dataframe[1].value


def test_growth_a_year_is_that_of_the_first_and_the_last_index(demo_store, latest):
    now = latest(demo_store)
    assert now.periods[0] == "2023Q4" and now.period == "2026Q3"
    first, last = (now.at(p).units.at["CJ01", "index"] for p in ("2023Q4", "2026Q3"))
    found = contrast_tables.growth(now, things(now, ["CJ01", "units:all"]), "mean")
    assert found["CJ01"] == pytest.approx((last / first) ** (1 / 2.75) - 1, abs=1e-12)
    means = [now.at(p).units["index"].mean() for p in ("2023Q4", "2026Q3")]
    assert found["units:all"] == pytest.approx((means[1] / means[0]) ** (1 / 2.75) - 1, abs=1e-12)
    assert np.isnan(contrast_tables.growth(now.at("2024Q2"), things(now, ["CJ01"]), "mean")["CJ01"])  # half a year


def test_where_periods_do_not_compare_no_growth_is_told(asem_store, latest, open_page):
    now = latest(asem_store)
    assert np.isnan(contrast_tables.growth(now, things(now, ["CHN"]), "mean")["CHN"])
    assert "年均变化" not in open_page(asem_store, pick=["CHN", "JPN"]).dataframe[0].value


def test_the_map_is_sorted_by_any_node_and_clustered_both_ways(demo_store, latest):
    now = latest(demo_store)
    node = now.framework.dimensions[2].code
    by_node = contrast_matrix.matrix(now, now.units, contrast_matrix.ALL, node)
    assert now.nodes.loc[by_node.scores.index, node].is_monotonic_decreasing
    by_index = contrast_matrix.matrix(now, now.units, contrast_matrix.ALL, contrast_matrix.BY_INDEX)
    assert now.units.loc[by_index.scores.index, "index"].is_monotonic_decreasing
    clustered = contrast_matrix.matrix(now, now.units, contrast_matrix.ALL, contrast_matrix.CLUSTERED)
    assert list(clustered.scores.columns) != list(by_index.scores.columns)
    again = clustered.scores.loc[by_index.scores.index, by_index.scores.columns]
    assert again.equals(by_index.scores) and clustered.states.shape == clustered.scores.shape
    apart = [np.nanmean(np.abs(np.diff(m.scores.where(m.states == "value").to_numpy(float), axis=0))) for m in (clustered, by_index)]
    assert apart[0] < apart[1], "neighbours of a clustering are no nearer than those of a ranking"


@pytest.mark.parametrize("level", ["score", "raw"])
def test_details_give_every_node_with_the_difference_to_the_first(level, open_page, demo_store, latest):
    now = latest(demo_store)
    app = open_page(demo_store, pick=["CJ01", "CJ02"], tab="detail", **{"as": level})
    table, tree = app.dataframe[1].value, now.framework
    leaves = [n.code for n in tree.indicators]
    assert list(table.index) == (contrast_tables.walk(now, tree.root.code) if level == "score" else leaves)
    assert set(contrast_tables.walk(now, tree.root.code)) == set(tree.codes)
    if level == "score":
        expected = now.nodes.loc["CJ02", tree.codes] - now.nodes.loc["CJ01", tree.codes]
        dimensions = [d.code for d in tree.dimensions]
        assert np.allclose(table.loc[dimensions, "B−A"], expected[dimensions], rtol=0, atol=1e-9)


def test_a_cell_without_a_value_shows_its_sign(demo_store, latest):
    now = latest(demo_store)
    gap = now.cells[now.cells["state"] == "not_applicable"].iloc[0]
    chosen = things(now, [gap["unit"], "units:all"])
    signs = contrast_tables.states(now, [gap["unit"]]).map({"value": "", "missing": "▨", "not_applicable": "—", "pending": "◇"}.get)
    table = contrast_tables.detail(now, chosen, "mean", "raw")
    shown = contrast_tables.written(table, chosen, letters(chosen), signs, lambda _, n: f"{n:.1f}", lambda _, n: f"{n:+.1f}")
    assert shown.loc[gap["indicator"]].iloc[2] == "—"


def test_the_download_holds_scores_raw_values_places_and_pairs(demo_store, latest):
    now = latest(demo_store)
    chosen = things(now, ["CJ01", "CJ02", "sector:群团"])
    sheets = contrast_export.sheets(now, chosen, letters(chosen), "mean")
    assert list(sheets) == ["得分", "原始值", "位置", "谁领先"]
    scores = sheets["得分"].set_index("代码")
    assert np.allclose(scores["B−A"], scores.iloc[:, 4] - scores.iloc[:, 3], equal_nan=True)
    raw = now.cells[now.cells["unit"] == "CJ01"].set_index("indicator")["value"]
    assert sheets["原始值"].set_index("代码").iloc[:, 3].equals(raw.rename(None).rename_axis("代码").rename(sheets["原始值"].columns[4]))
    places = sheets["位置"]
    assert list(places["名次 5%"][:2]) == list(now.uncertainty.units.loc[["CJ01", "CJ02"], "rank_p5"]) and places["名次"].isna()[2]
    assert places[[f"概率 {label}" for label in now.labels]].iloc[0].sum() == pytest.approx(1)
    notes = contrast_export.notes(now, chosen, "mean")
    book = openpyxl.load_workbook(io.BytesIO(tables.xlsx_bytes(sheets, notes, now.demo)))
    assert book.sheetnames == [*sheets, "说明"] and "演示数据" in {c.value for c in book["得分"][2]}
    assert any("均值" in note for note in notes)


@pytest.mark.parametrize("tab", ["heat", "lines", "ahead", "detail"])
def test_another_data_set_shows_in_its_own_words(tab, open_page, asem_store, latest):
    app, now = open_page(asem_store, tab=tab, pick=["CHN", "JPN", "sector:Europe", "tier:第一梯队"]), latest(asem_store)
    text = said(app) + json.dumps([f.proto.spec for f in app.get("plotly_chart")]) + "".join(d.value.to_string() for d in app.dataframe)
    assert not FIVE_EMBEDDINGS.search(text)
    spec = json.dumps(figure(app, "dots"))
    assert all(json.dumps(d.code)[1:-1] in spec for d in now.framework.dimensions)


@pytest.mark.parametrize("tab", ["heat", "lines", "ahead", "detail"])
def test_a_small_store_with_two_dimensions_and_a_unit_without_a_score(tab, open_page, store):
    app = open_page(store, tab=tab)
    assert not app.exception and not app.error
    assert "少于三个" in json.dumps(figure(app, "radar"), ensure_ascii=False)
    assert not [m for m in app.multiselect if m.key == "band"]  # three units, one without a size: no thirds


def test_how_each_stands_is_told_in_lines_too(open_page, store):
    """For a phone, on which the table's columns would run out of the screen: every name, as text, opens its portrait."""
    app = open_page(store, pick=["U1", "U2"])
    lines = next(h.proto.body for h in app.get("html") if 'class="zx-standing"' in h.proto.body)
    table = next(frame.value for frame in app.dataframe if "名次" in frame.value)
    assert lines.count('<a href="unit?') == len(table) == 2
    assert all(html.escape(str(said)) in lines for row in table.to_numpy() for said in row)


def test_sizes_part_into_thirds(latest, demo_store):
    now = latest(demo_store)
    assert list(contrast.bands(now)) == list(contrast.BANDS)
    parts = [contrast.of_size(now, now.units, [band]) for band in contrast.BANDS]
    assert sum(map(len, parts)) == len(now.units)
    assert max(parts[0]["size"]) < min(parts[1]["size"]) and max(parts[1]["size"]) < min(parts[2]["size"])
    assert contrast.of_size(now, now.units, []) is now.units


def test_peers_are_those_of_the_whole_population_and_have_a_score(demo_store, latest):
    now = latest(demo_store).at("2025Q4")
    unscored = now.units.index[now.units["index"].isna()][0]
    found = contrast.alike(now, "CJ05")
    assert unscored not in found.index and "CJ05" not in found.index and len(found) == len(now.units) - 2
    assert found["distance"].is_monotonic_increasing
    assert len(contrast.alike(now, unscored)) == len(now.units) - 1  # it has the scores of its other dimensions
