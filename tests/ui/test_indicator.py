"""The page of one indicator: its figures against scipy and numpy on the release's own frames, its filters, its table taken away."""

import io
import json
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy import stats
from streamlit.testing.v1 import AppTest

from scoring.values import STATES
from store.connection import migrate
from store.releasing.releases import publish
from tests.store.support import bring, intake
from tests.ui.support import figure
from ui import indicator_tables, parts, viewer
from ui.spread import extremes, relation, spread

PAGE = "indicator"


def test_outliers_lie_beyond_the_fences_and_nobody_upon_them():
    values = pd.Series({"a": 10.0, "b": 11.0, "c": 12.0, "d": 13.0, "e": 14.0, "low": 6.9, "fence": 7.0, "high": 30.0})
    seen = spread(values)
    q1, q3 = np.percentile(values, [25, 75])
    beyond = {k for k, v in values.items() if v < q1 - 1.5 * (q3 - q1) or v > q3 + 1.5 * (q3 - q1)}
    assert set(seen.outliers) == beyond and "high" in seen.high
    on_the_fence = pd.Series([0.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 6.0], index=list("abcdefghi"))  # Q1 1, Q3 3, fences −2 and 6
    assert spread(on_the_fence).outliers == ()
    assert spread(on_the_fence.replace(6.0, 6.001)).high == ("i",)


def test_outliers_are_listed_from_the_farthest():
    body = {f"m{i}": float(i) for i in range(20)}
    seen = spread(pd.Series(body | {"h1": 100.0, "h2": 200.0, "l1": -100.0, "l2": -200.0}))
    assert (seen.low, seen.high) == (("l2", "l1"), ("h2", "h1"))


@pytest.mark.parametrize(
    ("values", "why"), [([], "没有值"), ([np.nan], "没有值"), ([1, 2, 3, 99], "不足"), ([5, 5, 5, 5, 5, 9], "取值相同")]
)
def test_where_the_rule_says_nothing_it_says_why(values, why):
    seen = spread(pd.Series(values, dtype=float))
    assert why in seen.why and not seen.outliers and seen.n == pd.Series(values, dtype=float).notna().sum()


def test_ends_are_named_by_whole_ties():
    assert extremes(pd.Series({"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0})) == (("a", "b"), ("e", "d"))
    assert extremes(pd.Series({"a": 1.0, "b": 2.0, "c": 2.0, "d": 4.0, "e": 4.0, "f": 4.0})) == (("a",), ("f", "e", "d"))
    assert extremes(pd.Series({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0})) == ((), ())


def test_correlation_is_that_of_scipy_over_the_units_that_have_both():
    rng = np.random.default_rng(7)
    x = pd.Series(rng.normal(size=40), index=[f"u{i}" for i in range(40)])
    y = (0.5 * x + rng.normal(size=40)).drop("u3")
    x["u9"] = np.nan
    both = pd.DataFrame({"x": x, "y": y}).dropna()
    found = relation(x, y)
    expected = stats.pearsonr(both["x"], both["y"])
    assert found.n == len(both) == 38 and found.why == ""
    assert found.pearson == pytest.approx(expected.statistic, abs=1e-12)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval()), abs=1e-12)
    assert found.spearman == pytest.approx(stats.spearmanr(both["x"], both["y"]).statistic, abs=1e-12)


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [([1, 2], [3, 4], "少于 3"), ([1, 2, np.nan], [1, 2, 3], "少于 3"), ([5, 5, 5], [1, 2, 3], "取值"), ([1, 2, 3], [4, 4, 4], "指数")],
)
def test_correlation_is_not_made_up(x, y, why):
    found = relation(pd.Series(x, dtype=float), pd.Series(y, dtype=float))
    assert why in found.why and np.isnan(found.pearson) and np.isnan(found.spearman)


@pytest.fixture
def taken(monkeypatch) -> dict:
    """What the download buttons hand out: name, csv, xlsx of the last run."""
    found = {}
    monkeypatch.setattr(parts, "downloads", lambda name, csv, xlsx, where: found.update(name=name, csv=csv, xlsx=xlsx))
    return found


@pytest.fixture
def demo_view(latest, demo_store) -> viewer.View:
    return latest(demo_store)


def card(app: AppTest, label: str) -> str:
    return next(m.value for m in app.metric if m.label.replace("\\", "").startswith(label)).replace("−", "-")


def grid(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def asked(app: AppTest, key: str) -> list[str]:
    """What the address says under a key."""
    found = app.query_params[key]
    return found if isinstance(found, list) else [found]


def points(spec: dict) -> set[str]:
    """Codes of the units that a figure draws."""
    return {p[0] for t in spec["data"] if t.get("mode") == "markers" for p in t.get("customdata") or [] if isinstance(p, list)}


def words(app: AppTest) -> str:
    spoken = [e.value for kind in ("info", "warning", "caption", "markdown", "button") for e in getattr(app, kind) if e.value]
    return "\n".join([*map(str, spoken), *(h.proto.body for h in app.get("html"))]).replace("\\", "")


def test_figures_are_those_of_the_frames(open_page, demo_store, demo_view):
    node = demo_view.framework.indicators[0]
    app = open_page(demo_store, node=node.code)
    cells = demo_view.cells[(demo_view.cells["indicator"] == node.code) & (demo_view.cells["state"] == "value")].set_index("unit")
    value, index = cells["value"], demo_view.units["index"].reindex(cells.index)
    both = pd.DataFrame({"v": value, "i": index}).dropna()
    assert 0 < len(value) < len(demo_view.units), "the demo has missing cells: without them this proves little"
    assert card(app, "与") == f"{stats.pearsonr(both['v'], both['i']).statistic:.2f}"
    assert card(app, "中位数") == f"{value.median():.1f}{node.unit}"
    assert card(app, "中间一半") == f"{value.quantile(0.25):.1f} – {value.quantile(0.75):.1f}"
    assert card(app, "有值") == f"{len(value)} / {len(demo_view.units)}"
    assert points(figure(app, "swarm")) == points(figure(app, "sectors")) == set(value.index)
    assert points(figure(app, "relation")) == set(both.index)
    said = " ".join(a["text"] for a in figure(app, "relation")["layout"]["annotations"])
    assert f"n = {len(both)}" in said and f"{stats.spearmanr(both['v'], both['i']).statistic:.2f}" in said
    assert f"{demo_view.framework.effective_weight(node.code):.1%}" in words(app)


def test_a_missing_cell_has_its_sign_and_is_in_no_figure(open_page, demo_store, demo_view):
    lacking = demo_view.cells[demo_view.cells["state"] == "missing"].iloc[0]
    for level in ("raw", "score"):
        app = open_page(demo_store, node=lacking["indicator"], level=level)
        row = grid(app).loc[lacking["unit"]]
        assert row["state"] == "▨ 缺报" and np.isnan(row["raw"])
        assert lacking["unit"] not in points(figure(app, "swarm"))
        assert demo_view.unit_name(lacking["unit"]) in words(app)


def test_goalposts_turn_with_the_direction(open_page, demo_store, demo_view):
    worse_when_higher = next(n for n in demo_view.framework.indicators if n.direction < 0)
    ends = {"100 分": worse_when_higher.low, "0 分": worse_when_higher.high}  # the worse end only where values come near it
    layout = figure(open_page(demo_store, node=worse_when_higher.code), "swarm")["layout"]
    shown = {a["text"]: a["x"] for a in layout["annotations"] if a["text"].endswith(" 分")}
    assert "100 分" in shown and shown.items() <= ends.items()
    rows = figure(open_page(demo_store, node=worse_when_higher.code), "sectors")["layout"]["yaxis"]["ticktext"]
    medians = [float(re.search(r"<b>(.*?)</b>", text)[1]) for text in rows]
    assert medians == sorted(medians), "the sector with the lowest value is the best and stands on top"


def test_filters_narrow_rows_and_figures_and_stand_in_the_address(open_page, demo_store, demo_view):
    units = demo_view.units
    sector, tier = units["sector"].iloc[0], demo_view.labels[1]
    app = open_page(demo_store, node=demo_view.framework.indicators[0].code)
    assert len(grid(app)) == len(units)
    app.multiselect(key="sector").select(sector).run()
    assert set(grid(app).index) == set(units.index[units["sector"] == sector])
    assert asked(app, "sector") == [sector]
    app.multiselect(key="tier").select(tier).run()
    expected = set(units.index[(units["sector"] == sector) & (units["tier"] == tier)])
    assert set(grid(app).index) == expected >= points(figure(app, "swarm"))
    app.multiselect(key="state").select("value").run()
    assert set(grid(app).index) == points(figure(app, "swarm"))
    link = {key: asked(app, key) for key in ("period", "node", "level", "sector", "tier", "state")}
    again = open_page(demo_store, **link)
    assert grid(again).equals(grid(app))
    app.segmented_control(key="level").set_value("score").run()
    assert asked(app, "level") == ["score"]


def test_another_period_is_another_table(open_page, demo_store, demo_view):
    node, period = demo_view.framework.indicators[2].code, demo_view.periods[3]
    then = demo_view.at(period)
    cells = then.cells[then.cells["indicator"] == node].set_index("unit")["value"]
    before = then.previous.cells
    last = before[before["indicator"] == node].set_index("unit")["value"]
    table = grid(open_page(demo_store, node=node, period=period))
    pd.testing.assert_series_equal(table["raw"], cells.reindex(table.index), check_names=False)
    pd.testing.assert_series_equal(table["change"], (cells - last).reindex(table.index), check_names=False)


def test_taken_tables_hold_the_rows_shown_to_the_last_bit(open_page, taken, demo_store, demo_view):
    node, sector = demo_view.framework.indicators[0], demo_view.units["sector"].iloc[0]
    app = open_page(demo_store, node=node.code, sector=[sector])
    shown = grid(app)
    csv = pd.read_csv(io.BytesIO(taken["csv"]()), encoding="utf-8-sig").set_index("单位代码")
    book = openpyxl.load_workbook(io.BytesIO(taken["xlsx"]()))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    sheet = pd.DataFrame(rows, columns=head).set_index("单位代码")
    for table in (csv, sheet):
        assert list(table.index) == list(shown.index), "the rows shown, in their order"
        for column, header in (("raw", "原始值"), ("score", "得分"), ("rank", "排名"), ("change", "原始值变化")):
            assert table[header].astype(float).equals(shown[column]), column
        assert set(table["考核期"]) == {demo_view.period} and set(table["发布号"]) == {demo_view.release}
        assert set(table["数据性质"]) == {"演示数据"} and set(table["计量单位"]) == {node.unit}
    notes = "\n".join(row[0] for row in book["说明"].iter_rows(values_only=True))
    assert "演示数据" in notes and f"第 {demo_view.release} 号发布" in notes


@pytest.mark.parametrize("kind", ["root", "dimension", "facet"])
def test_inner_nodes_have_scores_and_coverage_only(open_page, taken, demo_store, demo_view, kind):
    facet = demo_view.framework.facets[0]
    codes = {
        "root": demo_view.framework.root.code,
        "dimension": demo_view.framework.dimensions[0].code,
        "facet": f"{facet}:{demo_view.framework.groups(facet)[0]}",
    }
    app = open_page(demo_store, node=codes[kind])
    table = grid(app)
    assert "raw" not in table and asked(app, "level") == ["score"]
    assert table["score"].equals(demo_view.nodes.loc[table.index, codes[kind]].rename("score"))
    assert table["coverage"].equals(demo_view.coverage.loc[table.index, codes[kind]].rename("coverage"))
    assert ("这就是指数" in json.dumps(figure(app, "relation"), ensure_ascii=False)) == (kind == "root")
    assert "原始值" not in pd.read_csv(io.BytesIO(taken["csv"]()), encoding="utf-8-sig").columns


def test_the_index_without_adjustments_is_named_so_beside_the_one_that_other_pages_show(open_page, taken, demo_store, demo_view):
    assert demo_view.units["adjustment"].any(), "the demo has adjustments: without them this proves nothing"
    app = open_page(demo_store, node=demo_view.framework.root.code)
    table = grid(app)
    assert table["index"].equals(demo_view.units["index"].reindex(table.index))
    assert json.loads(app.dataframe[0].proto.columns)["score"]["label"] == "不含加减分"
    assert "不含加减分" in figure(app, "swarm")["layout"]["xaxis"]["title"]["text"]
    columns = pd.read_csv(io.BytesIO(taken["csv"]()), encoding="utf-8-sig").columns
    assert {"不含加减分", demo_view.words["index"]} <= set(columns) and "得分" not in columns


def test_names_in_figures_are_short(open_page, demo_store, demo_view):
    app = open_page(demo_store, node=demo_view.framework.root.code)
    for key in ("swarm", "relation"):
        assert not any(a["text"].startswith("示例市") for a in figure(app, key)["layout"]["annotations"])


def test_the_picker_shows_the_tree(open_page, demo_store, demo_view):
    options = open_page(demo_store).selectbox(key="node").options
    tree = demo_view.framework
    for node in tree.nodes:
        depth = tree.depth(node.code)
        assert "　" * depth + f"{node.name} · {node.code}" in options
    groups = sum(len(tree.groups(facet)) for facet in tree.facets)
    assert len(options) == len(tree.nodes) + groups


def test_periods_hold_counts_that_add_up(demo_view):
    item = indicator_tables.subject(demo_view, demo_view.framework.dimensions[0].code)
    table = indicator_tables.over_periods(demo_view, item, "score", demo_view.units.index)
    assert list(table.index) == list(demo_view.periods)
    sizes = [len(demo_view.at(p).units) * len(item.leaves) for p in demo_view.periods]
    assert table[list(STATES)].sum(axis=1).tolist() == sizes
    for period in demo_view.periods:
        assert table.at[period, "median"] == demo_view.at(period).nodes[item.code].median()


def test_another_framework_shows_its_own_levels_and_words(open_page, asem_store, demo_view, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(asem_store))
    view = viewer.latest()
    own = {n.name for n in demo_view.framework.inner}
    for code in (view.framework.root.code, view.framework.dimensions[0].code, view.framework.indicators[-1].code):
        app = open_page(asem_store, node=code)
        shown = words(app) + json.dumps([figure(app, k) for k in ("swarm", "sectors", "relation", "periods")], ensure_ascii=False)
        assert len(grid(app)) == len(view.units) and not [name for name in own if name in shown]
        assert "演示数据" not in shown
    assert len(figure(app, "periods")["layout"]["xaxis"]["tickvals"]) == len(view.periods) == 5


HEAD = "code,parent,name,unit,direction,weight,low,high,normalisation\nX,,总<b>指数</b>,分,1,1,,,\nD,X,维*度*,分,1,1,,,\n"
LEAVES = "{0},D,甲_一_,件,1,1,0,{1},goalposts\nC1,D,常数,%,1,1,0,100,goalposts\nN1,D,无人报,%,1,1,0,100,goalposts\n"
BEFORE = HEAD + LEAVES.format("A1", 100) + "OLD,D,旧<i>项,个,-1,1,0,10,goalposts\n"
AFTER = HEAD + LEAVES.format("A1", 200) + "NEW,D,新项,个,-1,1,0,10,goalposts\n"
NAMES = ["<script>alert(1)</script>", "=1+1", "*星*_线_$x$", ":red[红]", "家👩‍👩‍👧‍👦", "名" * 200, '"引"', "普通局", "乙局"]
POLICY = "[missing]\nrule = 'reweight'\ncoverage = 0\n"


@pytest.fixture(scope="module")
def odd_store(tmp_path_factory) -> Path:
    """Two periods under two frameworks; a constant, an indicator without values, one that only the older framework has, odd names."""
    path = tmp_path_factory.mktemp("odd") / "quality.db"
    units = pd.DataFrame(
        [(f"U{i}", name, ("一<i>组", "二*组*")[i % 2], 1.0) for i, name in enumerate(NAMES)], columns=["code", "name", "sector", "size"]
    )

    def values(period, last):
        cells = (("A1", lambda i: 10 * i + 5 if i else "missing"), ("C1", lambda i: 50), (last, lambda i: i))
        return [(f"U{i}", code, period, of(i)) for i in range(len(NAMES)) for code, of in cells]

    migrate(path)
    bring(path, intake(framework_csv=BEFORE, policy_toml=POLICY), intake(units, values("2024Q4", "OLD")))
    publish(["2024Q4"], "测试", path)
    bring(path, intake(framework_csv=AFTER, policy_toml=POLICY), intake(None, values("2025Q1", "NEW")))
    publish(["2025Q1"], "测试", path)
    return path


def test_an_indicator_of_an_older_framework_is_told_and_found(open_page, odd_store):
    app = open_page(odd_store, node="OLD")
    assert "没有“旧<i>项”" in words(app) and "2024年四季度" in words(app)
    assert not app.get("plotly_chart") and not app.dataframe
    assert asked(app, "node") == ["OLD"]
    assert len(grid(open_page(odd_store, node="OLD", period="2024Q4"))) == len(NAMES)


def test_an_indicator_new_in_this_framework_has_no_past(open_page, odd_store):
    app = open_page(odd_store, node="NEW")
    assert grid(app)["last"].isna().all() and grid(app)["change"].isna().all()
    assert [t["text"] for t in figure(app, "periods")["data"] if t["mode"] == "text"] == [["—", str(len(NAMES))]]
    assert "该期体系无此项" in json.dumps(figure(app, "periods"), ensure_ascii=False)


def test_scores_on_other_goalposts_are_not_subtracted(open_page, odd_store):
    scores = grid(open_page(odd_store, node="A1", level="score"))
    assert scores["last"].notna().any() and scores["change"].isna().all()
    app = open_page(odd_store, node="A1", level="score")
    assert "2025年一季度起算法或口径有改动" in words(app)
    assert (grid(open_page(odd_store, node="A1"))["change"].dropna() == 0).all(), "raw values stay comparable"


def test_a_constant_has_no_correlation(open_page, odd_store):
    app = open_page(odd_store, node="C1")
    assert card(app, "与") == "—" and card(app, "离群") == "0"
    assert "相关系数无意义" in json.dumps(figure(app, "relation"), ensure_ascii=False)
    assert points(figure(app, "swarm")) == {f"U{i}" for i in range(len(NAMES))}


def test_an_indicator_without_any_value_says_so(open_page, taken, odd_store):
    app = open_page(odd_store, node="N1")
    assert card(app, "有值") == f"0 / {len(NAMES)}" and card(app, "中位数") == "—"
    assert "没有一个单位有值" in json.dumps(figure(app, "swarm"), ensure_ascii=False)
    assert set(grid(app)["state"]) == {"▨ 缺报"} and grid(app)[["raw", "score"]].isna().all(axis=None)
    assert pd.read_csv(io.BytesIO(taken["csv"]()), encoding="utf-8-sig")["得分"].isna().all(), "nothing becomes a zero"


def test_filters_that_let_nobody_through_can_be_cleared(open_page, odd_store):
    app = open_page(odd_store, node="C1", state=["pending"])
    assert "没有符合筛选的单位" in words(app) and not app.dataframe
    assert asked(app, "state") == ["pending"]
    app.button[0].click().run()
    assert asked(app, "state") == ["all"] and len(grid(app)) == len(NAMES)


def test_names_are_text_everywhere(open_page, taken, odd_store):
    app = open_page(odd_store, node="A1")
    for key in ("swarm", "sectors", "relation", "periods"):
        spec = json.dumps(figure(app, key), ensure_ascii=False)
        assert "<script>" not in spec and "<i>" not in spec
    raw_markdown = "\n".join(m.value for m in [*app.markdown, *app.caption])
    assert r"\<script\>" in raw_markdown and "<b>指数" not in raw_markdown and ":red[红]" not in raw_markdown
    assert set(grid(app)["name"]) >= {"<script>alert(1)</script>", "=1+1", "*星*_线_$x$", "名" * 200}
    csv = taken["csv"]().decode("utf-8-sig")
    assert "'=1+1" in csv and ",=1+1" not in csv


def test_unknown_words_in_a_link_are_told_and_replaced(open_page, odd_store):
    app = open_page(odd_store, node="<b>x", level="zz", state=["value", "??"])
    said = words(app)
    assert "<b>x" in said and "zz" in said and "??" in said
    assert asked(app, "node") == ["A1"] and asked(app, "state") == ["value"]
