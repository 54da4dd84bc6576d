"""红雁清风: who is in force when, what was learned by hand, candidates held against the release, whom to learn from, and the odd cases."""

import io
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from reports import tables
from store.connection import migrate
from store.importing.batches import import_files
from store.releasing.releases import publish
from tests.store.support import FRAMEWORK, UNITS, bring, intake, make_store, whole
from tests.ui.support import figure
from ui import exemplar_peers, exemplar_race, exemplar_tables, exemplars, fields

PAGE = "exemplars"
FIVE_EMBEDDINGS = re.compile("嵌入|政治|防控|清廉机关")
EXEMPLARS = """单位代码,编号,名称,示范领域,事迹,命名日期,终止日期,命名文号
U1,1,清风岗,A,日清月结,2024-03-05,,文一
U1,2,快办点,B1,一次办结,2025-01-10,,文二
U2,3,旧样板,A,到期了,2023-01-01,2024-12-31,文三
U2,4,新样板,X,还没到,2025-04-01,,文四
U3,5,全局样板,X,<img src=x onerror=harmed()>*星*,2025-03-31,2025-03-31,文五
"""
LESSONS = """单位代码,编号,名称,培树点单位,培树点名称,借鉴日期,成效
U2,1,日清月结制度,U1,清风岗,2025-01-15,快了
U3,2,两样都学,U1,,2025-02-01,
U3,3,早学的,U1,清风岗,2024-11-01,
U2,4,以后学的,U1,清风岗,2025-04-01,
U3,5,旧样板,U2,,2025-01-02,
"""


def shown_at(app: AppTest, key: str) -> list[str]:
    """The values of a key in the page's address."""
    value = app.query_params[key]
    return value if isinstance(value, list) else [value]


def said(app: AppTest) -> str:
    """All that the page says outside figures and tables."""
    texts = [e.value for kind in ("info", "warning", "caption", "success", "code") for e in getattr(app, kind)]
    texts += [h.proto.body for h in app.get("html")] + [f"{m.label} {m.value}" for m in app.metric]
    return "\n".join(texts).replace("\\", "")


@pytest.fixture
def taught(store):
    """The small city with the exemplars and lessons above."""
    for name, content in (("e.csv", EXEMPLARS), ("l.csv", LESSONS)):
        (store.parent / name).write_text(content, "utf-8")
    import_files([store.parent / "e.csv", store.parent / "l.csv"], "测试", store)
    return store


def test_an_exemplar_counts_from_its_day_to_its_end(taught, latest):
    now = latest(taught)
    assert (now.period, list(exemplars.named(now)["ref"])) == ("2025Q1", ["5", "1", "2"])  # the index first, then by dimension
    assert list(exemplars.named(now.at("2024Q4"))["ref"]) == ["3", "1"]  # the longest in force first


def test_an_exemplar_shows_how_it_stands_in_its_field(taught, latest):
    """2025Q1, A: U1 (80 + 80) / 2, U2 60, U3 72.5. B: U1 1 and 40, that is 90 and 80. U3 has no B, so no index."""
    held = exemplars.named(latest(taught)).set_index("ref")
    assert held["field"].to_dict() == {"5": "X", "1": "A", "2": "B"}
    assert (held.at["1", "score"], held.at["2", "score"]) == (80, 90) and np.isnan(held.at["5", "score"])
    assert held.loc[["1", "2"], "rank"].tolist() == [1, 1] and held.at["1", "tier"] == "争先型"  # the best 30 % of three are none


def test_what_was_learned_before_and_since(taught, latest):
    """A of U2: 55 in 2024Q4, 60 now. U3 learned in November, before any period had ended; of two fields together nothing is measured."""
    found = exemplars.taken(latest(taught)).set_index("ref")
    assert list(found.index) == ["2", "1", "5", "3"]  # the newest first; what lies after the period is not there
    assert found.loc["1", ["then", "now", "change"]].tolist() == [55, 60, 5]
    assert found["node"].to_dict() == {"1": "A", "2": "", "3": "A", "5": "A"} and found.loc[["2", "3"], "change"].isna().all()
    assert found.loc["5", ["then", "now"]].tolist() == [70, 72.5] and found.at["5", "source"] == "乙局"


def test_a_lesson_of_the_whole_unit_counts_for_each_of_its_exemplars(taught, latest):
    now = latest(taught)
    held = exemplars.with_lessons(exemplars.named(now), exemplars.taken(now)).set_index("ref", drop=False)
    assert held["learned"].to_dict() == {"5": 0, "1": 3, "2": 1}
    assert held.at["1", "learners"] == ("丙局", "乙局") and held.at["2", "learners"] == ("丙局",)
    assert list(exemplars.of_these(exemplars.taken(now), held.loc[["2"]])["ref"]) == ["2"]


def test_points_on_a_scale_of_each_period_are_no_gain(tmp_path, latest):
    """Bounds taken from each period's own values: what A1 scores in one period says nothing of another; B keeps its goalposts."""
    path, framework = make_store(tmp_path / "quality.db"), tmp_path / "framework.csv"
    framework.write_text(FRAMEWORK.replace("A1,A,指标甲一,%,1,50,0,100,goalposts", "A1,A,指标甲一,%,1,50,,,min_max"), "utf-8")
    for name, content in (("e.csv", EXEMPLARS), ("l.csv", LESSONS)):
        (tmp_path / name).write_text(content, "utf-8")
    import_files([framework, tmp_path / "e.csv", tmp_path / "l.csv"], "测试", path)
    publish(["2024Q4", "2025Q1"], "测试", path)
    now = latest(path)
    assert exemplars.taken(now)["change"].isna().all()
    assert exemplar_race.race(now, "A", "qoq")["change"].isna().all() and exemplar_race.race(now, "B", "qoq")["change"].notna().any()


def test_cards_say_who_since_when_by_which_document_and_who_learned(open_page, taught):
    app = open_page(taught)
    page, names = said(app), [b.label for b in app.button]
    assert names[:3] == ["丙局", "甲局", "甲局"]
    assert all(text in page for text in ("2024-03-05 起", "文一", "被借鉴 3 次：丙局、乙局", "在册培树点 3", "借鉴后提高 2 / 2"))
    assert "<img" not in page and "&lt;img src=x" in page
    app = open_page(taught, fields="B")
    assert [b.label for b in app.button][:1] == ["甲局"] and "被借鉴 1 次" in said(app) and app.dataframe[0].value.index.tolist() == ["U3"]
    assert [m.proto.delta_description for m in app.metric][1] == "缺：维度甲" and shown_at(app, "fields") == ["B"]


def test_filters_that_leave_nothing_say_so(open_page, taught):
    app = open_page(taught, fields="B", sector="二组")
    assert "没有符合条件的培树点" in said(app) and "还没有借鉴记录" in said(app) and "在册培树点 0" in said(app)


def test_a_period_without_an_exemplar_in_force_says_from_when_there_are(open_page, taught):
    (taught.parent / "end.csv").write_text(EXEMPLARS.replace("2024-03-05,,", "2024-03-05,2024-06-30,").replace("2024-12-31", "2024-10-01"), "utf-8")
    import_files([taught.parent / "end.csv"], "测试", taught)
    app = open_page(taught, period="2024Q4")
    assert "没有在册的培树点；台账里最早的自 2023-01-01 起" in said(app) and not app.button


@pytest.mark.parametrize("node", ["INDEX", "CTL"])
def test_candidates_are_the_units_that_lead_now_and_the_machine_names_nobody(node, open_page, demo_store, latest):
    app, now = open_page(demo_store, tab="candidates", field=node), latest(demo_store)
    table, best = app.dataframe[0].value, now.labels[0]
    assert set(table.index) == set(fields.tiers(now, node).pipe(lambda t: t.index[t == best]))
    assert not now.units.loc[table.index, "veto"].any()
    met = table[list(exemplar_tables.CRITERIA.values())].apply(lambda column: column.str.startswith("✓")).sum(axis=1)
    assert [f"{n} / 4" for n in met] == list(table["满足"]) and met.is_monotonic_decreasing and met.nunique() > 1
    assert f"各条全满足 {(met == 4).sum()}" in said(app) and "由人按程序命名" in said(app)
    sure = now.uncertainty.tiers.loc[table.index, best] >= now.policy.draws.certainty
    assert (table["可靠"].str.startswith("✓") == sure).all()
    flagged = now.units.loc[table.index, "weakest_gap"] >= now.policy.balance_gap
    assert (table["均衡"].str.startswith("✕") == flagged).all()


def test_what_was_not_measured_or_is_not_asked_cannot_be_told(tmp_path, latest, open_page):
    """Without a measurement nobody is sure; without a limit for weak spots nobody is out of balance."""
    path = make_store(tmp_path / "quality.db", "[tiers]\ncuts = [0.5, 0.8]\n[balance]\ngap = 0\n")
    publish(["2024Q4", "2025Q1"], "测试", path)
    found = exemplars.candidates(latest(path), "X", 2)
    assert list(found.index) == ["U1"] and found[["balanced", "significant"]].isna().all(axis=None) and found["steady"].all()
    (row,) = open_page(path, tab="candidates").dataframe[0].value.to_dict("records")
    assert (row["满足"], row["可靠"], row["均衡"][0], row["稳定领先"]) == ("1 / 4", "？ 未测算", "？", "✓ 2 期，自2024年四季度")


def test_a_longer_streak_is_met_by_fewer(demo_store, latest):
    now = latest(demo_store)
    length = exemplars.candidates(now, "INDEX", 4)["length"]
    for run in exemplars.runs(now):
        found = exemplars.candidates(now, "INDEX", run)
        assert found["steady"].sum() == (length >= run).sum()
    first = exemplars.candidates(now.at(now.periods[0]), "INDEX", 2)
    assert first["steady"].isna().all() and first["improving"].isna().all() and len(first) > 10


def test_the_weakest_dimension_is_asked_until_another_is_chosen(open_page, demo_store, latest):
    app, now = open_page(demo_store, tab="learn", unit="CJ05"), latest(demo_store)
    weakest = now.nodes.loc["CJ05", [d.code for d in now.framework.dimensions]].astype(float).idxmin()
    assert now.node_name(weakest) in said(app) and shown_at(app, "weak") == ["weakest"]
    others = list(app.dataframe[0].value.index)
    assert others == list(exemplar_peers.models(now, "CJ05", weakest).index) and 0 < len(others) <= 3
    assert (now.nodes.loc[others, weakest] > now.nodes.at["CJ05", weakest]).all()
    assert set(app.dataframe[1].value.index) == {leaf.code for leaf in now.framework.leaves(weakest)}
    assert len(figure(app, "dots")["data"]) == len(others) + 1 and figure(app, "radar")
    ratio = now.units.at[others[0], "size"] / now.units.at["CJ05", "size"]
    assert f"{now.words['size']} {ratio:.1f} 倍" in app.dataframe[0].value["像在哪里"].iloc[0]
    app.button(key="learn_compare").click().run()
    assert shown_at(app, "pick") == ["CJ05", *others]


def test_the_points_of_all_indicators_fill_the_gap_of_the_index(demo_store, latest):
    now, others = latest(demo_store), ["CJ01", "DQ02"]
    parts = [exemplar_peers.differences(now, "CJ05", others, d.code)["points"] for d in now.framework.dimensions]
    root = now.nodes[now.framework.root.code]
    assert pd.concat(parts).sum() == pytest.approx(root[others].mean() - root["CJ05"], abs=1e-9)


def test_raw_values_stand_with_what_ledgers_counted(demo_store, latest):
    now = latest(demo_store)
    row = now.derived[now.derived["numerator"].gt(0) & ~now.derived["differs"]].iloc[0]
    node = now.framework.dimension_of(row["indicator"]).code
    lesson = exemplar_peers.lesson(now, row["unit"], node)
    cells = exemplar_peers.cells(now, lesson, lambda _, value: f"{value:.1f}", {"missing": "▨", "not_applicable": "—", "pending": "◇"})
    assert cells.at[row["indicator"], row["unit"]].endswith(f"（{row['numerator']:g}/{row['denominator']:g}）")
    states = now.cells.set_index(["unit", "indicator"])["state"]
    for indicator, unit in [(i, u) for i in cells.index for u in cells]:
        assert ("缺报" in cells.at[indicator, unit]) == (states[unit, indicator] == "missing")


def test_gains_and_streaks_are_those_of_the_releases(open_page, demo_store, latest):
    app, now = open_page(demo_store, tab="race", field="CUL", base="qoq"), latest(demo_store)
    change = (now.nodes["CUL"] - now.previous.nodes["CUL"]).dropna().sort_values(ascending=False)
    winners = figure(app, "winners")["data"][-1]
    assert [c[0] for c in winners["customdata"]][:5] == list(change.index[:5])
    assert f"较上期提高 {(change > 0).sum()} / {len(change)}" in said(app)
    rose, periods = app.dataframe[1].value, now.periods
    unit, row = rose.index[0], rose.iloc[0]
    line = [now.at(p).nodes.at[unit, "CUL"] for p in periods]
    assert row["连升期数"] == rose["连升期数"].max() > 1
    assert all(b > a for a, b in zip(line[-row["连升期数"] - 1 :], line[-row["连升期数"] :], strict=False))
    assert row["共升"] == pytest.approx(line[-1] - line[-row["连升期数"] - 1], abs=1e-9)
    first = open_page(demo_store, tab="race", period=periods[0])
    assert "还没有可比的一期" in said(first) and "进步最大 —" in said(first)


def test_downloads_hold_all_that_is_shown(demo_store, latest):
    now = latest(demo_store)
    lessons, held = exemplars.taken(now), exemplars.named(now)
    sheets = {
        "培树点": exemplar_tables.exemplars_out(now, exemplars.with_lessons(held, lessons)),
        "借鉴": exemplar_tables.lessons_out(now, lessons),
        "候选": exemplar_tables.candidates_out(now, exemplars.candidates(now, "INDEX", 4)),
        "比学赶超": exemplar_race.export(now, exemplar_race.race(now, "INDEX", "yoy"), "yoy"),
    }
    book = openpyxl.load_workbook(io.BytesIO(tables.xlsx_bytes(sheets, demo=now.demo)))
    for name, table in sheets.items():
        assert book[name].max_row == len(table) + 1 > 2 and not table.columns.duplicated().any()
    assert {cell.value for cell in book["候选"]["G"][1:]} <= {"是", "否", None}
    assert set(sheets["培树点"]["命名文号"]) == set(held["document"])


def test_a_portrait_shows_what_a_unit_is_an_exemplar_of_and_whom_it_can_learn_from(demo_store, latest):
    now = latest(demo_store)

    def shown(unit: str) -> None:
        from ui import exemplar_parts, viewer

        exemplar_parts.of_unit(viewer.latest(), unit)

    first = exemplars.named(now).iloc[0]
    app = AppTest.from_function(shown, kwargs={"unit": first["unit"]}).run()
    assert not app.exception and first["title"] in said(app) and "向谁学" in said(app)
    other = now.units.drop(exemplars.named(now)["unit"])["rank"].idxmax()
    node = exemplar_peers.weakest(now, other)
    app = AppTest.from_function(shown, kwargs={"unit": other}).run()
    assert not app.success and app.dataframe[0].value.index.tolist() == list(exemplar_peers.models(now, other, node).index)


def test_two_learners_of_one_name_are_two(latest, taught):
    now = latest(taught)
    lessons = exemplars.taken(now).assign(tag="同名局")
    held = exemplars.with_lessons(exemplars.named(now), lessons).set_index("ref")
    assert held.at["1", "learners"] == ("同名局", "同名局") and held.at["1", "learned"] == 3


def test_what_is_not_known_of_a_unit_is_not_told(tmp_path, latest):
    """U3 has no index: whether it is in balance is not judged. U4 has one value, and no score of any dimension; nobody has a sector."""
    bare = UNITS.assign(sector="", size=np.nan)
    more = pd.concat([bare, pd.DataFrame([("U4", "丁局", "", np.nan)], columns=bare.columns)])
    rows = whole("2025Q2", ("U1", 80, 60, 1, 40), ("U2", 60, 60, 2, 30), ("U3", 95, 95, 4, "not_applicable"))
    path = tmp_path / "quality.db"
    migrate(path)
    bring(path, intake(framework_csv=FRAMEWORK, policy_toml="[tiers]\ncuts = [0.5, 0.8]\n"), intake(more, [*rows, ("U4", "A1", "2025Q2", 50)]))
    publish(["2025Q2"], "测试", path)
    now = latest(path)
    found = exemplars.candidates(now, "A", 2)
    assert np.isnan(now.units.at["U3", "index"]) and found["balanced"].to_dict() == {"U3": None}
    assert exemplar_peers.weakest(now, "U4") == "A" and "没有其他维度的得分" in exemplar_tables.nobody(now, "U4", "A")

    def shown() -> None:
        from ui import exemplar_parts, viewer

        exemplar_parts.of_unit(viewer.latest(), "U4")

    page = said(AppTest.from_function(shown).run())
    assert "最弱" not in page and "看不出谁与它相近" in page and "明显更好" not in page
    lesson = exemplar_peers.lesson(now, "U2", "B")
    assert list(lesson.models.index) == ["U1"] and "同" not in exemplar_tables.models(now, lesson, {}, exemplars.named(now))["像在哪里"].item()


def test_where_nobody_has_gained_nobody_has_gained_most(store, open_page):
    bring(store, intake(values=whole("2025Q2", ("U1", 70, 80, 1, 40), ("U2", 50, 60, 2, 30), ("U3", 75, 70, 4, 30))))
    publish(["2025Q2"], "测试", store)
    app = open_page(store, tab="race")
    assert "较上期提高 0 / 2" in said(app) and "进步最大 —" in said(app) and "没有提高的" in [m.proto.delta_description for m in app.metric]


@pytest.mark.parametrize("tab", ["named", "candidates", "learn", "race"])
def test_another_data_set_shows_in_its_own_words(tab, open_page, asem_store):
    app = open_page(asem_store, tab=tab)
    text = said(app) + "".join(d.value.to_string() for d in app.dataframe)
    assert not FIVE_EMBEDDINGS.search(text)
    needs = {"named": "manage.py import", "candidates": "第一梯队", "learn": "支柱", "race": "不在同一尺度"}
    assert needs[tab] in text


@pytest.mark.parametrize(
    ("tab", "query"),
    [("named", {}), ("candidates", {}), ("learn", {"unit": "U3"}), ("learn", {"unit": "U2", "weak": "B"}), ("race", {}),
     ("race", {"period": "2024Q4"})],
)  # fmt: skip
def test_a_small_store_with_a_unit_without_a_score(tab, query, open_page, store):
    app = open_page(store, tab=tab, **query)
    assert shown_at(app, "tab") == [tab]
    assert tab != "candidates" or "没有单位在这一领域居领跑型" in said(app)  # the best 30 % of three are none


def test_who_has_nobody_to_learn_from_is_told(open_page, store, latest):
    """In A U1 has 80 and the others 60 and 72.5."""
    app = open_page(store, tab="learn", unit="U1", weak="A")
    assert "没有明显更好的同类" in said(app) and not app.dataframe
