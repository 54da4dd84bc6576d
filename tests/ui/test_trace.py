"""溯源: from the index to the records and back, by the figures of a small city written out, and over stores of other shapes."""

import numpy as np
import pandas as pd
import pytest

from scoring.values import STATES
from store.importing.batches import revoke
from store.ledgers.views import VIEWS
from store.releasing.releases import publish
from tests.store.support import bring, intake
from tests.ui.ledger_city import city, tasks
from tests.ui.support import figure
from ui import evidence, indicator_tables, trace, trace_tables, trace_words, viewer

PAGE = "trace"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return city(tmp_path_factory.mktemp("trace") / "q.db")


@pytest.fixture
def old(latest, built) -> viewer.View:
    return latest(built).at("2024Q4")


def boxes(view: viewer.View, unit: str, code: str) -> dict[str, trace_words.Box]:
    return {b.title: b for b in trace_words.boxes(view, trace.cell(view, unit, code))}


def said(app) -> str:
    spoken = [e.value for kind in ("info", "warning", "caption", "markdown") for e in getattr(app, kind)]
    return "\n".join([*map(str, spoken), *(h.proto.body for h in app.get("html")), *(b.label for b in app.button)]).replace("\\", "")


def test_points_of_children_are_score_times_the_weight_that_counted(old):
    top = trace.made(old, "U1", "X")
    assert top["score"].tolist() == pytest.approx([73.35, 60]) and top["points"].tolist() == pytest.approx([0.6 * 73.35, 24])
    assert top["points"].equals(top["whole"].rename("points")) and top["state"].eq("").all()
    below = trace.made(old, "U1", "B")
    assert below["weight"].tolist() == [0.25, 0.75] and below["share"].tolist() == [0, 1], "不适用: its weight goes to its sibling"
    assert below["points"].tolist() == [0, 60] and below["whole"].tolist() == pytest.approx([0, 24])
    assert below[["numerator", "denominator"]].iloc[0].tolist() == [1, 1] and below["state"].tolist() == ["not_applicable", "value"]


def test_a_facets_group_is_made_of_its_indicators(old):
    group = trace.made(old, "U2", "requirement:守纪律")  # A1 has 0.6 × 0.5, B1 0.4 × 0.25 of the index
    assert group["weight"].to_dict() == pytest.approx({"A1": 0.75, "B1": 0.25})
    assert group["points"].to_dict() == pytest.approx({"A1": 0.75 * 50, "B1": 0.25 * 80})
    assert group["whole"].to_dict() == pytest.approx({"A1": 15, "B1": 8})
    assert [n.name for n in trace.path(old, "requirement:守纪律")] == ["守纪律"]


@pytest.mark.parametrize("name", ["demo_store", "asem_store"])
def test_at_every_node_the_points_sum_to_its_score(latest, request, name):
    view = latest(request.getfixturevalue(name))
    groups = [f"{f}:{g}" for f in view.facets for g in view.framework.groups(f)]
    for unit in view.units.index[[0, -1]]:
        for code in [*(n.code for n in view.framework.inner), *groups]:
            assert trace.made(view, unit, code)["points"].sum() == pytest.approx(view.nodes.at[unit, code]), (unit, code)


def test_other_means_are_split_so_that_they_still_sum(latest, tmp_path):
    view = latest(city(tmp_path / "q.db", '[scores]\naggregation = "geometric"')).at("2024Q4")
    found = trace.made(view, "U2", "X")
    a, b = view.nodes.loc["U2", ["A", "B"]]
    assert found["points"].sum() == pytest.approx(a**0.6 * b**0.4) and found["points"].tolist() == pytest.approx(
        [0.6 * a**0.6 * b**0.4, 0.4 * a**0.6 * b**0.4]
    )
    title, note = trace_words.merged(view, "U2", "X")
    assert title == "总指数由 2 项合成" and note.startswith("几何平均 (") and "边际" in note


def test_a_tournament_says_that_units_are_compared(latest, tmp_path):
    view = latest(city(tmp_path / "q.db", '[scores]\naggregation = "copeland"')).at("2024Q4")
    assert "逐一相比" in trace_words.merged(view, "U1", "X")[1]
    assert trace.made(view, "U1", "X")["points"].sum() == pytest.approx(view.nodes.at["U1", "X"])


def test_the_steps_of_a_figure_that_both_sides_give(old):
    found = boxes(old, "U1", "A1")
    assert list(found) == ["任务台账", "台账推算", "报送", "采用", "得分", "计入指数"]
    assert [found[t].figure for t in found] == ["3 条", "66.6667 %", "66.7 %", "报送值", "66.7", "20.01"]
    assert found["任务台账"].note.startswith("2 条计入") and found["台账推算"].note == "2 ÷ 3 × 100" and found["采用"].note == "＝ 两者一致"
    assert "C2" in found["报送"].note and "批次" in found["报送"].note and not any(b.flag for b in found.values())
    assert found["得分"].note.startswith("(66.7 − 0) ÷ 100 × 100") and "30.00%" in found["计入指数"].note


def test_why_a_value_was_taken(old, latest, tmp_path):
    differs = boxes(old, "U2", "A1")["采用"]
    assert differs.figure == "报送值" and differs.note == "≠ 两者相差 50，按规则以报送值为准" and differs.flag
    filled = boxes(old, "U3", "A1")
    assert filled["采用"].figure == "台账值" and filled["采用"].note == "报送为缺报，以台账补上" and not filled["采用"].flag
    assert filled["报送"].figure == "缺报" and filled["得分"].figure == "0.0"
    assert boxes(old, "U3", "B1")["采用"].note == "报送为待报，以台账推算为不适用"
    assert boxes(old, "U3", "B1")["得分"].note == "不适用，权重由同级其余各项分担"
    assert boxes(old, "U2", "B1")["采用"].note == "◇ 台账推不出（不适用），用报送值"
    assert boxes(old, "U1", "B1")["采用"].note == "◇ 报送为不适用，台账有值；按规则以报送值为准"
    other = latest(city(tmp_path / "q.db", '[ledgers]\nprefer = "derived"')).at("2024Q4")
    assert boxes(other, "U2", "A1")["采用"].note == "≠ 两者相差 50，按规则以台账值为准"
    assert boxes(other, "U2", "A1")["得分"].figure == "100.0" and boxes(other, "U2", "A1")["报送"].figure == "50 %"


def test_an_indicator_that_is_only_reported_ends_at_its_cell(old):
    found = trace.cell(old, "U1", "A2")
    assert found.figure is None and found.row is None and not found.frozen and found.records.empty
    assert list(boxes(old, "U1", "A2")) == ["报送", "得分", "计入指数"]
    assert trace_words.no_records(old, found) == "数来自报送，不由台账推算：到报送的这一格为止。" and trace_words.changed(old, found) == ""


def test_a_value_that_was_processed_shows_what_was_scored(latest, tmp_path):
    view = latest(city(tmp_path / "q.db", '[imputation]\nmethod = "median"', records=())).at("2024Q4")
    found = boxes(view, "U3", "A1")  # missing: the median of 66.7 and 50
    assert found["报送"].figure == "缺报" and found["处理 · 中位数插补"].figure == "58.35 %" and found["得分"].figure == "58.4"
    assert found["台账推算"].figure == "—" and found["任务台账"].figure == "0 条"


def test_records_say_what_each_adds(old):
    found = trace.cell(old, "U1", "A1")
    sheet = trace_tables.records(found.figure, found.records)
    assert sheet[["计入", "编号", "分子", "分母", "完成日期"]].to_numpy().tolist() == [
        ["✓ 计入", "1", 1, 1, "2024-10-31"], ["✓ 计入", "2", 1, 1, "2024-11-01"], ["○ 只计分母", "3", 0, 1, "2025-01-01"],
    ]  # fmt: skip
    assert set(sheet["文件"]) == {"任务台账.csv"} and sheet["行"].tolist() == [2, 3, 4] and "阶段" not in sheet, "no empty columns"


def test_a_record_that_counts_nowhere_is_marked_so():
    """Of two party days of one month one counts."""
    rows = pd.DataFrame({"ref": ["1", "2"], "numerator": [1.0, 0.0], "denominator": [0.0, 0.0], "counts": [True, False]})
    for field in ("title", "kind", "date", "partners", "file", "sheet"):
        rows[field] = "x"
    rows = rows.assign(expected=[30, None], actual=30, batch=1, row=2)
    sheet = trace_tables.records(VIEWS["activity:party_day"], rows)
    assert sheet["计入"].tolist() == ["✓ 计入", "— 不计"] and sheet["应参加人数"].tolist() == ["30", ""]


def test_what_changed_since_the_release_stands_beside_what_it_froze(latest, tmp_path):
    path = city(tmp_path / "q.db")
    (batch,) = bring(path, intake(ledgers=tasks(("U1", "3", "重大部署", "2024-12-31", "2024-12-31"))))
    view = latest(path).at("2024Q4")
    found = trace.cell(view, "U1", "A1")
    told = trace_words.changed(view, found)
    assert "发布时 2 ÷ 3 = 66.6667 %，现在 3 ÷ 3 = 100 %" in told and "publish --period 2024Q4" in told
    assert boxes(view, "U1", "A1")["台账推算"].note == "2 ÷ 3 × 100" and boxes(view, "U1", "A1")["任务台账"].note.startswith("现在 3 条计入")
    revoke(batch, "测试", path=path)
    assert trace_words.changed(latest(path).at("2024Q4"), trace.cell(latest(path).at("2024Q4"), "U1", "A1")) == ""
    bring(path, intake(ledgers=tasks(("U2", "9", "重大部署", "2025-02-01", "2025-01-30"))))
    view = latest(path)
    assert "发布时 没有记录，现在 1 ÷ 1 = 100 %" in trace_words.changed(view, trace.cell(view, "U2", "A1"))


def test_a_record_walks_up_to_its_figures(old):
    found = trace_tables.fed(old, "U1", "task", "3").iloc[0]
    assert found[["indicator", "period", "own_numerator", "own_denominator", "numerator", "denominator"]].tolist() == ["A1", "2024Q4", 0, 1, 2, 3]
    assert found[["score", "dimension_score", "points", "index"]].tolist() == pytest.approx([66.7, 73.35, 20.01, 70.01])
    assert found["dimension"] == "A"
    assert trace_tables.fed(old, "U3", "task", "2").empty and "没有指标去数" in trace_tables.feeds_nothing(old, "task")
    assert "不推算指标" in trace_tables.feeds_nothing(old, "brand")


def test_a_record_of_a_period_that_is_not_published_says_so(latest, tmp_path):
    path = city(tmp_path / "q.db")
    bring(path, intake(values=[("U1", "A2", "2025Q2", 1)]), intake(ledgers=tasks(("U1", "9", "重大部署", "2025-04-30", "2025-04-01"))))
    view = latest(path)
    table = trace_tables.fed(view, "U1", "task", "9")
    assert table[["indicator", "period"]].to_numpy().tolist() == [["A1", "2025Q2"]] and np.isnan(table["score"].iloc[0])
    assert trace_tables.fed_sheet(view, table)["本条"].tolist() == ["未发布"]
    publish(["2025Q2"], "测试", path)
    view = latest(path)
    assert trace_tables.fed_sheet(view, trace_tables.fed(view, "U1", "task", "9"))["本条"].tolist() == ["✓ 计入"]


def test_the_latest_records_of_the_period_come_first(old):
    assert trace_tables.of_unit(old, "U1", "task").index.tolist() == ["3", "4", "2", "1"]
    assert trace_tables.of_unit(old.at("2025Q1"), "U2", "task").index.tolist() == ["1"]


def test_tables_of_other_pages_show_what_ledgers_gave_where_they_gave_anything(old, latest, built):
    table = evidence.evidence(old, "U1")
    sheet = evidence.sheet(table, old.words, dict.fromkeys(STATES, ""))
    assert sheet.set_index("代码").loc["A1", ["台账值", "分子", "分母"]].tolist() == [200 / 3, 2, 3]
    assert sheet["分子"].isna().tolist() == [False, True, False, True], "two are only reported"
    assert "台账值" not in evidence.sheet(evidence.evidence(old.at("2025Q1"), "U1"), old.words, dict.fromkeys(STATES, ""))
    item = indicator_tables.subject(old, "A1")
    rows = indicator_tables.rows(old, item, "raw")
    assert rows.loc["U1", ["derived", "numerator", "denominator"]].tolist() == [200 / 3, 2, 3]
    assert indicator_tables.export(old, item, rows, "raw").set_index("单位代码").loc["U3", ["台账值", "分母"]].tolist() == [0, 1]
    whole = indicator_tables.subject(old, "A")
    assert "台账值" not in indicator_tables.export(old, whole, indicator_tables.rows(old, whole, "score"), "score")


def test_the_page_walks_down(open_page, built):
    app = open_page(built, unit="U1", period="2024Q4", node="X")
    assert "总指数 70.0" in said(app) and "U1" in app.query_params["unit"]
    table = app.dataframe[0].value
    assert table["组成"].tolist() == ["维度甲", "维度乙", "合计"] and table["贡献"].iloc[-1] == pytest.approx(68.01)
    bars = figure(app, "made U1 X")["data"][0]
    assert [row[0] for row in bars["customdata"]] == ["A", "B", "subtotal", "bonus", "total"]
    app = open_page(built, unit="U1", period="2024Q4", node="A1")
    assert app.dataframe[0].value["编号"].tolist() == ["1", "2", "3"] and "2 ÷ 3 × 100" in said(app)
    [up] = [b for b in app.button if b.label.startswith("维度甲")]
    up.click().run()
    assert app.query_params["node"] in ("A", ["A"]) and app.dataframe[0].value["组成"].tolist() == ["按期办结率", "工作评分", "合计"]


def test_a_link_that_names_a_record_opens_the_way_up(open_page, built):
    app = open_page(built, unit="U1", ledger="task", ref="4", period="2024Q4")
    assert app.query_params["tab"] in ("up", ["up"]) and "任务4" in said(app) and "综合处" in said(app) and "任务台账.csv" in said(app)
    assert app.dataframe[0].value[["指标", "合计"]].to_numpy().tolist() == [["责任完成率", "1 ÷ 1"]]
    app = open_page(built, unit="U3", ledger="task", ref="2", period="2024Q4")
    assert "不计入任何指标" in said(app) and not app.dataframe
    assert "风险台账里没有记录" in said(open_page(built, unit="U1", tab="up", ledger="risk"))
    assert "不存在" in said(open_page(built, unit="U1", tab="up", ledger="task", ref="无此号"))


def test_unknown_names_are_told_and_another_periods_unit_is_found(open_page, tmp_path):
    path = city(tmp_path / "q.db")
    app = open_page(path, unit="U9", node="nothing", period="2024Q4")
    assert "U9" in said(app) and "nothing" in said(app) and app.dataframe
    bring(path, intake(units=pd.DataFrame([("U4", "丁局", "一组", 5.0)], columns=["code", "name", "sector", "size"]),
                       values=[("U4", c, "2025Q1", 50) for c in ("A1", "A2", "B1", "B2")]))  # fmt: skip
    publish(["2025Q1"], "测试", path)
    app = open_page(path, unit="U4", period="2024Q4")
    assert "没有它的数据" in said(app) and not app.dataframe
    [go] = [b for b in app.button if b.label.startswith("看")]
    go.click().run()
    assert not app.exception and app.query_params["period"] in ("2025Q1", ["2025Q1"]) and "丁局" in said(app)


def test_names_are_shown_as_they_are(open_page, tmp_path):
    path = city(tmp_path / "q.db")
    records = tasks(("U1", "<b>*9*</b>", "重大部署", "2024-12-31", None))
    records["task"]["title"] = "<script>alert(1)</script>"
    bring(path, intake(ledgers=records, file="<i>x</i>.csv"))
    app = open_page(path, unit="U1", ledger="task", ref="<b>*9*</b>", period="2024Q4")
    assert "&lt;script&gt;" in said(app) and "<script>alert" not in said(app) and "<i>x" not in said(app)


@pytest.mark.parametrize("tab", ["down", "up", "check"])
def test_a_store_of_another_shape_has_every_tab(open_page, asem_store, tab):
    app = open_page(asem_store, tab=tab)
    assert app.dataframe if tab == "down" else app.info
    if tab == "down":
        leaf = viewer.latest().framework.indicators[0].code
        assert "不由台账推算" in said(open_page(asem_store, tab="down", node=leaf))


def test_without_a_score_it_says_why(open_page, demo_store, latest):
    view = latest(demo_store)
    history = view.history[view.history["index"].isna()]
    assert len(history), "the demo has a unit below its coverage in one period: without it this proves little"
    row = history.iloc[0]
    app = open_page(demo_store, unit=row["unit"], period=row["period"], node=view.framework.root.code)
    assert "没有得分" in said(app) and "门槛" in said(app)
    veto = view.history[view.history["veto"]].iloc[0]
    assert "一票否决" in said(open_page(demo_store, unit=veto["unit"], period=veto["period"], node=view.framework.root.code))
