"""Reports beside ledgers: every way in which the two can meet, by the figures of a small city written out."""

import io
from collections import Counter

import numpy as np
import openpyxl
import pandas as pd
import pytest

from store.releasing.releases import publish
from tests.store.support import bring, intake
from tests.ui.ledger_city import city, tasks
from tests.ui.support import figure
from ui import agreement, agreement_parts, parts, viewer

PAGE = "trace"
OUTCOMES = {
    ("U1", "A1"): "same", ("U2", "A1"): "differs", ("U3", "A1"): "filled",
    ("U1", "B1"): "odd", ("U2", "B1"): "odd", ("U3", "B1"): "filled",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return city(tmp_path_factory.mktemp("agreement") / "q.db")


def table(view: viewer.View) -> pd.DataFrame:
    return agreement.compared(view).set_index(["unit", "indicator"])


def test_every_cell_of_a_ledgers_indicator_has_its_outcome(latest, built):
    found = table(latest(built).at("2024Q4"))
    assert found["outcome"].to_dict() == OUTCOMES
    assert found["gap"].dropna().to_dict() == pytest.approx({("U1", "A1"): 200 / 3 - 66.7, ("U2", "A1"): 50})
    assert found[["numerator", "denominator"]].loc[[("U1", "A1"), ("U3", "A1"), ("U2", "B1")]].to_numpy().tolist() == [[2, 3], [0, 1], [0, 0]]
    assert found["used"].to_dict() == {cell: outcome == "filled" for cell, outcome in OUTCOMES.items()}
    assert found["reported_state"].to_dict()[("U3", "B1")] == "pending" and found["state"].to_dict()[("U3", "B1")] == "not_applicable"
    assert found["value"].to_dict()[("U3", "A1")] == 0 and not found["moved"].any()


def test_one_unit_is_seen_as_among_all(latest, built):
    view = latest(built).at("2024Q4")
    whole = agreement.compared(view)
    for unit in view.units.index:
        mine = whole[whole["unit"] == unit].reset_index(drop=True)
        pd.testing.assert_frame_equal(agreement.compared(view, unit), mine)


def test_a_period_without_records_lacks_its_ledger(latest, built):
    found = table(latest(built))
    assert set(found["outcome"]) == {"lacking"} and not found["used"].any() and found["derived"].isna().all()
    assert found["reported"].to_dict()[("U1", "B1")] == 90 and set(found["reported_state"]) == {"value"}
    assert agreement_parts.verdict(agreement.counts(found)) == "没有一项两边都有，无从核对"


def test_the_policy_says_which_is_scored_and_the_difference_stays(latest, tmp_path):
    found = table(latest(city(tmp_path / "q.db", '[ledgers]\nprefer = "derived"')).at("2024Q4"))
    assert found["outcome"].to_dict() == OUTCOMES, "whatever is scored, what the two say is the same"
    assert found.loc[("U2", "A1"), ["value", "used"]].tolist() == [100, True]
    assert found.loc[("U1", "B1"), ["value", "used"]].tolist() == [100, True]
    assert not found.at[("U2", "B1"), "used"], "不适用 wins over no reported value"


def test_records_that_changed_since_the_release_are_told_from_those_that_it_froze(latest, tmp_path):
    path = city(tmp_path / "q.db")
    bring(path, intake(ledgers=tasks(("U1", "3", "重大部署", "2024-12-31", "2024-12-31"), ("U2", "9", "主体责任", "2025-02-01", None))))
    then, now = latest(path).at("2024Q4"), latest(path)
    moved = table(then)[table(then)["moved"]]
    assert list(moved.index) == [("U1", "A1")]
    assert moved.iloc[0][["numerator", "denominator", "numerator_now", "denominator_now", "derived_now"]].tolist() == [2, 3, 3, 3, 100]
    assert list(table(now)[table(now)["moved"]].index) == [("U2", "A1"), ("U2", "B1")], "a ledger that came after the release"
    order = agreement.pressing(agreement.compared(then))
    assert order["outcome"].tolist()[:3] == ["differs", "odd", "odd"] and order["moved"].tolist()[3], "then what has changed"
    publish(["2024Q4"], "测试", path)
    assert not table(latest(path).at("2024Q4"))["moved"].any()


def test_the_verdict_counts_what_both_sides_say():
    counts = dict.fromkeys(agreement.OUTCOMES, 0)
    assert agreement_parts.verdict(counts | {"same": 7, "filled": 3}) == "两边都有的 7 项全部一致"
    assert agreement_parts.verdict(counts | {"same": 7, "differs": 2, "odd": 1}) == "两边都有的 10 项中 3 项不一致"


def test_the_tab_counts_lists_and_filters(open_page, built):
    app = open_page(built, tab="check", period="2024Q4")
    assert [int(m.value) for m in app.metric] == [*(Counter(OUTCOMES.values())[o] for o in agreement.OUTCOMES), 0]
    shown = app.dataframe[0].value
    assert shown["结论"].tolist() == [agreement.OUTCOMES[o] for o in ("differs", "odd", "odd", "filled", "filled", "same")]
    assert set(shown["报送"]) == {"50", "66.7", "80", "— 不适用", "▨ 缺报", "◇ 待报"}
    some = open_page(built, tab="check", period="2024Q4", outcome=["odd", "same"], indicator="B1").dataframe[0].value
    assert set(some["指标"]) == {"责任完成率"} and set(some["结论"]) == {"◇ 一方不适用"}
    app = open_page(built, tab="check", period="2024Q4", sector="二组")
    assert set(app.dataframe[0].value["单位"]) == {"丙局"}
    assert all(trace["y"] == ["A1", "B1"] for trace in figure(app, "outcomes 2")["data"])
    assert any("没有符合筛选" in i.value for i in open_page(built, tab="check", period="2024Q4", outcome="lacking").info)


def test_downloads_are_whole_and_exact(open_page, built, monkeypatch):
    taken = {}
    monkeypatch.setattr(parts, "downloads", lambda name, csv, xlsx, where=None: taken.update(csv=csv, xlsx=xlsx))
    open_page(built, tab="check", period="2024Q4")
    csv = pd.read_csv(io.BytesIO(taken["csv"]()), encoding="utf-8-sig").set_index(["单位代码", "指标代码"])
    assert len(csv) == len(OUTCOMES) and csv.at[("U1", "A1"), "台账值"] == 200 / 3 and csv.at[("U3", "B1"), "报送状态"] == "待报"
    book = openpyxl.load_workbook(io.BytesIO(taken["xlsx"]()))
    assert book.sheetnames == ["核对", "说明"] and "4 项中 3 项不一致" in book["说明"]["A1"].value


def test_what_is_lacking_is_said_with_its_remedy(open_page, tmp_path, store):
    bare = city(tmp_path / "bare.db", records=())
    assert "import" in open_page(bare, tab="check").info[0].value.replace("\\", "")
    assert "ledger:" in open_page(store, tab="check").info[0].value.replace("\\", ""), "a framework without a ledger's figure"


def test_a_long_list_is_cut_on_the_screen_only(open_page, built, monkeypatch):
    monkeypatch.setattr(agreement_parts, "MOST", 2)
    app = open_page(built, tab="check", period="2024Q4")
    assert len(app.dataframe[0].value) == 2 and any("共 6 行" in c.value for c in app.caption)


def test_the_demos_ledgers_agree_with_its_reports(latest, demo_store):
    view = latest(demo_store)
    for period in view.periods[-2:]:
        found = agreement.compared(view.at(period))
        assert not found["outcome"].isin(agreement.PARTING).any() and not found["moved"].any()
        assert (found["outcome"] == "same").sum() > len(found) / 2
        filled = found[found["outcome"] == "filled"]
        assert filled["used"].all() and np.isin(filled["reported_state"], ["missing", "pending"]).all()
