"""The page of movement: who moved, that every shown change is the sum of its parts, and the odd cases."""

import io
import json
import re
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from reports import tables
from scoring.case import Case
from scoring.change import CAUSES
from scoring.policy import Policy
from tests.scoring.trees import block, flat
from tests.ui.support import ROOT, figure, html_parts
from tools.live import manage
from ui import causes, move_tables, moves
from ui.makeup import ADJUSTED
from ui.view import View

PAGE = "movement"
LABELS = ("优", "中", "差")
NO_ADJUSTMENTS = pd.DataFrame({"unit": [], "kind": [], "points": []}).astype({"points": float})
FIVE_EMBEDDINGS = re.compile("嵌入|政治|防控|清廉|机关")


def shown_at(app: AppTest, key: str) -> str:
    """The value of a key in the page's address."""
    value = app.query_params[key]
    return value if isinstance(value, str) else value[0]


def counts(app: AppTest) -> dict[str, int]:
    """The big figures."""
    return {m.label: int(m.value) for m in app.metric}


def words(app: AppTest) -> str:
    """All that the page says outside figures."""
    said = [e.value for kind in ("info", "warning", "error", "caption", "markdown") for e in getattr(app, kind)]
    return "\n".join([*said, *html_parts(app)]).replace("\\", "")


def tenths(texts: list[str]) -> list[int]:
    """Shown figures in tenths."""
    return [round(10 * float(re.sub("<[^>]+>", "", t).replace("−", "-").replace("+", ""))) for t in texts]


def side(rows: dict) -> pd.DataFrame:
    """One period by hand: unit → (tier, index)."""
    table = pd.DataFrame(rows, index=["tier", "index"]).T.rename_axis("unit")
    table["index"] = table["index"].astype(float)
    table["rank"] = table["index"].rank(ascending=False, method="min")
    return table.assign(name=[f"单位{u}" for u in table.index], sector="甲", tier_by_rule=table["tier"], note="")


def test_the_first_screen_counts_and_lists_the_movers(open_page, demo_store, latest):
    app, now = open_page(demo_store), latest(demo_store)
    place = {label: k for k, label in enumerate(now.labels)}
    steps = now.previous.units["tier"].map(place) - now.units["tier"].map(place)
    assert steps.notna().all()
    expected = {"上升": (steps > 0).sum(), "下降": (steps < 0).sum(), "不变": (steps == 0).sum(), "进入": 0, "退出": 0}
    assert counts(app) == expected and 0 < counts(app)["上升"] < len(now.units)
    listed = app.dataframe[0].value
    assert set(listed.index) == set(steps.index[steps != 0])
    assert list(listed["升降"]) == ["↑"] * expected["上升"] + ["↓"] * expected["下降"]
    flow = figure(app, "flow")["data"][0]
    assert sum(flow["link"]["value"]) == len(now.units)


def test_the_biggest_mover_is_explained_and_its_parts_fill_its_change(open_page, demo_store, latest):
    app, now = open_page(demo_store), latest(demo_store)
    moved = moves.compare(now.previous.units, now.units, now.labels)
    unit = moves.biggest(moved)
    assert abs(moved.at[unit, "step"]) == moved["step"].abs().max()
    assert shown_at(app, "unit") == unit
    bars, row = figure(app, "leaves")["data"][0], moved.loc[unit]
    assert sum(tenths(bars["text"])) == round(10 * round(row["change"], 1))
    texts = {}
    for trace in figure(app, "dimensions")["data"]:
        texts |= {c[0]: t for c, t in zip(trace["customdata"], trace["text"], strict=True)}
    assert tenths([texts["mine"], texts["other"]]) == [round(10 * row["index_before"]), round(10 * row["index"])]
    shown = dict(zip(texts, tenths(list(texts.values())), strict=True))
    assert shown["mine"] + sum(v for c, v in shown.items() if c not in ("mine", "other")) == shown["other"]
    assert {d.code for d in now.framework.dimensions} <= set(shown)


@pytest.mark.parametrize("store", ["demo_store", "asem_store"])
def test_every_change_is_the_sum_of_its_indicators_and_of_its_dimensions(store, request, latest):
    now = latest(request.getfixturevalue(store))
    before = now.at(now.periods[0])
    found = causes.points(causes.changes(before, now))
    assert set(found.index) == set(now.units.index) & set(before.units.index) and len(found) > 50
    change = now.units["index"] - before.units["index"]
    for nodes in (now.framework.indicators, now.framework.dimensions, now.framework.children(now.framework.root.code)):
        total = found[[*(n.code for n in nodes), *causes.OTHERS.values()]].sum(axis=1)
        assert np.allclose(total, change.loc[found.index], rtol=0, atol=1e-9)
    moved = found.columns[found.abs().max() > 1e-9]
    assert (set(causes.OTHERS.values()) & set(moved)) == ({ADJUSTED} if now.demo else {causes.OTHERS["cohort"]})


def test_the_shown_reasons_of_every_mover_sum_to_its_shown_change(open_page, demo_store, latest):
    app, now = open_page(demo_store, tab="reasons", **{"from": "2023Q4"}), latest(demo_store)
    table, change = app.dataframe[1].value, now.units["index"] - now.at("2023Q4").units["index"]
    assert len(table) == len(app.dataframe[0].value) > 10
    new = ~table.index.isin(now.at("2023Q4").units.index)
    assert table.loc[new, "指数变化"].isna().all() and (table.loc[new, "说明"] != "").all(), "a unit of one side only has no change"
    table = table[~new]
    for unit, row in table.iterrows():
        named = [row["变化最大的指标"], row["其次"], row["第三"]]
        parts = tenths([text.split(" ")[0] for text in named if text])
        parts += [round(10 * row[column]) for column in ("其余指标", "加减分")]
        assert sum(parts) == round(10 * row["指数变化"])
        assert row["指数变化"] == round(change[unit], 1)
    assert (table["加减分"] != 0).any()
    assert table["名次变化"].str.fullmatch(r"名次(未变|[升降] \d+ 位)(：自身 [+−]?\d+，他人 [+−]?\d+)?").all()


def test_the_named_indicator_is_the_one_that_moved_most(demo_store, latest):
    now = latest(demo_store)
    found = causes.points(causes.changes(now.previous, now, now.units.index[:20]))
    leaves = [n.code for n in now.framework.indicators]
    top = moves.reasons(found, now.framework.indicators)
    assert list(top["name1"]) == [now.node_name(code) for code in found[leaves].abs().idxmax(axis=1)]


def test_a_part_reads_the_same_in_the_figure_and_in_the_table(open_page, demo_store, latest):
    app = open_page(demo_store, tab="reasons")
    unit = shown_at(app, "unit")
    first = app.dataframe[1].value.loc[unit, "变化最大的指标"].split(" ")[0]
    bars = figure(app, "leaves")["data"][0]
    now = latest(demo_store)
    code = causes.changes(now.previous, now, [unit]).nodes.loc[unit, [n.code for n in now.framework.indicators]].abs().idxmax()
    text = next(t for c, t in zip(bars["customdata"], bars["text"], strict=True) if c[0] == code)
    assert tenths([first]) == tenths([text])


def test_any_two_periods_can_be_chosen_and_stand_in_the_address(open_page, demo_store, latest):
    app, now = open_page(demo_store, to="2025Q2", **{"from": "2024Q1"}), latest(demo_store)
    tiers = {p: now.at(p).units["tier"].map(now.at(p).labels.index) for p in ("2024Q1", "2024Q4", "2025Q2")}
    assert counts(app)["上升"] == (tiers["2024Q1"] > tiers["2025Q2"]).sum() > 0
    assert (shown_at(app, "from"), shown_at(app, "to")) == ("2024Q1", "2025Q2")
    assert not app.warning
    app.selectbox(key="from").select("2024Q4").run()
    assert shown_at(app, "from") == "2024Q4" and counts(app)["上升"] == (tiers["2024Q4"] > tiers["2025Q2"]).sum()


def test_a_period_of_a_link_that_nobody_knows_is_told_and_replaced(open_page, demo_store):
    app = open_page(demo_store, to="2025Q2", **{"from": "2026Q1"})
    assert "2026Q1" in app.warning[0].value.replace("\\", "") and shown_at(app, "from") == "2025Q1"


def test_the_later_period_follows_the_header(open_page, demo_store):
    app = open_page(demo_store, to="2026Q1")
    assert app.selectbox(key="to").value == "2026Q1"
    app.selectbox(key="period").select("2025Q3").run()
    assert (app.selectbox(key="to").value, app.selectbox(key="from").value) == ("2025Q3", "2025Q2")
    app.selectbox(key="period").select("2023Q4").run()
    assert not app.exception
    assert (app.selectbox(key="to").value, app.selectbox(key="from").value) == ("2024Q1", "2023Q4")


def test_filters_keep_the_units_that_come_from_or_go_to_a_tier(open_page, demo_store, latest):
    now = latest(demo_store)
    last, sector = now.labels[-1], now.units["sector"].iloc[0]
    app = open_page(demo_store, tier=last, sector=sector)
    inside = now.units["sector"] == sector
    touched = inside & ((now.units["tier"] == last) | (now.previous.units["tier"] == last))
    assert sum(counts(app).values()) == touched.sum() > 0
    assert set(app.selectbox(key="unit").options) and len(app.selectbox(key="unit").options) == touched.sum()


def test_no_unit_passes(demo_store, latest):
    now = latest(demo_store)
    moved = moves.compare(now.previous.units, now.units, now.labels)
    none = moves.touching(moved[moved["tier"] == now.labels[0]], [], [now.labels[-1]])
    assert moves.refused(now.previous, now, none) == "没有符合条件的单位。"
    assert moves.refused(now.previous, now, moved) == ""


@pytest.mark.parametrize("tab", ["path", "matrix", "streaks", "reasons"])
def test_another_data_set_shows_in_its_own_words(tab, open_page, asem_store, latest):
    app, now = open_page(asem_store, tab=tab, **{"from": latest(asem_store).periods[0]}), latest(asem_store)
    assert not FIVE_EMBEDDINGS.search(words(app) + json.dumps([f.proto.spec for f in app.get("plotly_chart")]))
    assert sum(counts(app).values()) == len(now.units)
    assert "49 项指标的得分按各期自身的取值定界" in words(app)
    spec = json.dumps(figure(app, "dimensions"))
    assert all(json.dumps(d.code)[1:-1] in spec for d in now.framework.dimensions)


@pytest.mark.parametrize("tab", ["reasons", "streaks"])
def test_where_nobody_moved_the_page_says_so_in_chinese(tab, open_page, asem_store, latest):
    now = latest(asem_store)
    moved = moves.movers(moves.compare(now.previous.units, now.units, now.labels))
    (still,) = set(now.units["sector"]) - set(moved["sector"])
    app = open_page(asem_store, sector=still, tab=tab)
    assert all(len(table.value) for table in app.dataframe)
    assert "没有符合条件的。" in [e.value for e in app.info]


def test_the_ranks_name_units_in_short(open_page, demo_store):
    texts = [a["text"] for a in figure(open_page(demo_store), "bump")["layout"]["annotations"]]
    assert len(texts) > 20 and not any(text.startswith("示例市") for text in texts)


def test_the_matrix_counts_what_the_flow_shows(open_page, demo_store, latest):
    app, now = open_page(demo_store, tab="matrix"), latest(demo_store)
    expected = pd.crosstab(now.previous.units["tier"], now.units["tier"]).reindex(index=now.labels, columns=now.labels)
    texts = figure(app, "matrix")["data"][0]["text"]
    shown = [[int(re.search(r"<b>(\d+)</b>", cell)[1]) if "<b>" in cell else 0 for cell in row] for row in texts]
    assert shown == expected.to_numpy().tolist()
    assert figure(app, "lanes")


def test_streaks_count_back_from_the_later_period(open_page, demo_store, latest):
    app, now = open_page(demo_store, tab="streaks", to="2025Q4"), latest(demo_store)
    table = app.dataframe[1].value
    history = now.history[now.history["period"] <= "2025Q4"].pivot(index="unit", columns="period", values="tier")
    for unit, row in table.iterrows():
        tiers = list(history.loc[unit])[::-1]
        length = next((k for k, t in enumerate(tiers) if t != now.labels[0]), len(tiers))
        assert row["连续期数"] == length > 0 and len(row["各期"]) == len(tiers)
    assert set(table.index) == set(history.index[history["2025Q4"] == now.labels[0]])
    assert table["连续期数"].is_monotonic_decreasing


def test_units_that_join_leave_or_have_no_score_are_counted_apart():
    before = side({"a": ("优", 90), "b": ("中", 70), "c": ("差", 50), "d": ("", np.nan), "g": ("中", 71)})
    after = side({"b": ("优", 95), "c": ("", np.nan), "d": ("中", 72), "e": ("差", 10), "g": ("中", 71)})
    after.loc["c", "note"] = "不计分：甲覆盖率 20%"
    moved = moves.compare(before, after, LABELS)
    assert moved["kind"].to_dict() == {"b": "up", "g": "same", "d": "joined", "e": "joined", "a": "left", "c": "left"}
    assert list(moved["kind"]) == ["up", "same", "joined", "joined", "left", "left"]
    assert moved.at["b", "step"] == 1 and moved.at["b", "change"] == 25 and np.isnan(moved.at["e", "change"])
    assert moves.remarks(moved.loc["e"], "share") == ["上期未参评。"]
    assert moves.remarks(moved.loc["c"], "share") == ["本期不计分：甲覆盖率 20%。"]
    assert moves.remarks(moved.loc["a"], "share") == ["本期未参评。"]
    assert set(moves.movers(moved).index) == {"b", "d", "e", "a", "c"}
    listed = move_tables.listing(moves.movers(moved), {"unit": "单位", "sector": "片组"}, lambda t: t)
    assert listed.at["a", "梯队"] == "优 → —" and listed.at["e", "名次"] == "— → 4"


def test_a_fall_in_spite_of_a_rise_and_a_veto_are_explained():
    before = side({"a": ("优", 80), "b": ("中", 70)})
    after = side({"a": ("中", 82), "b": ("优", 90)})
    assert moves.remarks(moves.compare(before, after, LABELS).loc["a"], "share") == ["指数升而梯队降：其余升得更多。"]
    assert moves.remarks(moves.compare(before, after, LABELS).loc["a"], "thresholds") == []
    after.loc["a", "tier_by_rule"] = "优"
    assert moves.remarks(moves.compare(before, after, LABELS).loc["a"], "share") == ["本期一票否决：按规则为优，列中。"]


def test_nobody_has_a_score():
    empty = side({"a": ("", np.nan), "b": ("", np.nan)})
    moved = moves.compare(empty, empty, LABELS)
    assert list(moved["kind"]) == ["none", "none"] and moves.movers(moved).empty and moves.biggest(moved) == "a"
    assert move_tables.listing(moves.movers(moved), {"unit": "单位", "sector": "片组"}, str).empty


class Release(SimpleNamespace):
    """What a change needs of a view."""

    split = View.split


def scored(rows: dict, framework=None, policy=None, index: dict | None = None) -> "Release":
    """A release over goalposts 0 to 100, weighed alike; index: what was frozen, where it is not what comes out."""
    framework = framework or flat(*[1.0] * len(next(iter(rows.values()))))
    case = Case({"2024": block(framework, rows)}, "2024", framework, policy or Policy(), NO_ADJUSTMENTS)
    units = pd.DataFrame({"index": case.assessment.units["index"]})
    return Release(case=case, units=units.assign(index=pd.Series(index)) if index else units, framework=framework)


def test_what_cannot_be_recomputed_is_not_split():
    now, then = scored({"u": [50], "v": [60]}), scored({"u": [40], "v": [60]}, index={"u": 41, "v": 60})
    found = causes.changes(then, now)
    assert "重算与发布时不符" in found.units.at["u", "reason"] and np.isnan(found.units.at["u", "data"])
    assert found.units.at["v", "data"] == 0 and list(found.nodes.index) == ["v"]
    lost = Release(**{**vars(now), "case": now.case.under(policy=Policy(pool="base:2020"))})
    found = causes.changes(then, lost)
    assert found.units["reason"].str.contains("不能重算（.*2020.*没有数据").all() and found.nodes.empty


def test_a_rank_in_words():
    row = dict.fromkeys(("rank_data", "rank_framework", "rank_cohort", "rank_adjustments", "rank_change"), 0.0)
    assert causes.places(row) == "名次未变"
    assert causes.places(row | {"rank_data": 7, "rank_adjustments": -1, "rank_cohort": -2, "rank_change": 4}) == "名次升 4 位：自身 +6，他人 −2"
    assert causes.places(row | {"rank_framework": -3, "rank_change": -3}) == "名次降 3 位：自身 0，指标体系 −3，他人 0"
    assert causes.places(row | {"rank_data": np.nan}) == ""


def test_the_download_holds_every_indicator_and_no_formula(demo_store, latest):
    now = latest(demo_store)
    moved = moves.movers(moves.compare(now.previous.units, now.units, now.labels))
    moved.loc[moved.index[0], "name"] = "=1+1"
    found = causes.changes(now.previous, now, moved.index)
    out = move_tables.export(moved, found, now.previous, now)
    own, parts = [f"{n.code} {n.name}" for n in now.framework.indicators], [f"其中：{title}" for title in CAUSES.values()]
    assert np.allclose(out[own].sum(axis=1), out["其中：自身数据"], rtol=0, atol=1e-9)
    assert np.allclose(out[parts].sum(axis=1), out[f"{now.words['index']}变化"], rtol=0, atol=1e-9)
    assert (out[[f"名次：{title}" for title in CAUSES.values()]].sum(axis=1) == out["名次变化"]).all()
    sheet = openpyxl.load_workbook(io.BytesIO(tables.xlsx_bytes({"变动": out}, demo=True)))["变动"]
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")
    assert "'=1+1" in tables.csv_bytes(out, True).decode("utf-8-sig")


def test_a_store_with_one_period(open_page, tmp_path):
    store = tmp_path / "one.db"
    demo = ROOT / "data" / "demo"
    manage(store, "init")
    manage(store, "import", demo / "units.csv", demo / "values_2026Q3.csv")
    manage(store, "publish", "--no-uncertainty")
    app = open_page(store)
    assert "只发布了2026年三季度一期" in words(app) and figure(app, "lanes") and not app.metric


def test_names_are_shown_as_text_and_a_changed_framework_is_a_cause(open_page, demo_copy, tmp_path, latest):
    units = (ROOT / "data" / "demo" / "units.csv").read_text(encoding="utf-8-sig").splitlines()
    code = units[2].split(",")[0]
    renamed = tmp_path / "units.csv"
    renamed.write_text(f"{units[1]}\n{code},<script>alert(1)</script>*_$x$🏮,党群综合,61\n", encoding="utf-8")
    changed = tmp_path / "framework.csv"
    text = (ROOT / "data" / "framework.csv").read_text(encoding="utf-8")
    changed.write_text(text.replace("POL1,POL,“第一议题”学习落实率,%,1,15", "POL1,POL,“第一议题”学习落实率,%,1,25"), encoding="utf-8")
    manage(demo_copy, "import", renamed, changed)
    manage(demo_copy, "publish", "--no-uncertainty")
    app = open_page(demo_copy, unit=code, tab="reasons")
    said = words(app)
    assert "升降含指标体系变化的影响" in said and sum(counts(app).values()) == len(latest(demo_copy).units)
    labels = figure(app, "dimensions")["layout"]["yaxis"]["ticktext"]
    now = latest(demo_copy)
    found = causes.changes(now.previous, now)
    assert "指标体系" in labels and app.dataframe[1].value["指标体系"].any()
    assert abs(found.units.at[code, "framework"]) > 1e-9
    assert (found.units["framework"].abs() > 1e-9).sum() > 100 and (found.units["cohort"] == 0).all()
    change = now.units["index"] - now.previous.units["index"]
    assert np.allclose(found.units[list(CAUSES)].sum(axis=1), change.loc[found.units.index], rtol=0, atol=1e-9)
    assert "<script>alert" not in said and "&lt;script&gt;" in said
    assert "<script>alert" not in json.dumps(figure(open_page(demo_copy, unit=code), "bump"))
    before = open_page(demo_copy, to="2026Q2", unit=code)
    assert figure(before, "dimensions") and "指标体系" not in words(before)
