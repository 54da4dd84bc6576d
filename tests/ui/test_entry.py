"""填报: what is typed outlives the grid, what is wrong is not saved, what another wrote is not written over, and one save is one batch."""

import re
from datetime import datetime

import pandas as pd
import pytest

from scoring.framework import Node
from scoring.policy import DEFAULT_WORDS
from store.connection import migrate
from store.importing import entry as store_entry
from store.importing.entry import Draft, Fact, Sheet
from store.people.roles import Person
from tests.store.support import bring, intake, rows
from tests.ui.support import opened
from ui import entry, entry_parts, entry_who, user

COUNT = "SELECT count(*) FROM batch"


def typed(app, *cells: tuple[int, str | None]):
    """Types into rows of the grid that is on the screen."""
    key = app.session_state["entry_mount"].key
    app.session_state[key] = {"edited_rows": {row: {entry.TYPED: text} for row, text in cells}, "added_rows": [], "deleted_rows": []}
    app.run()
    assert not app.exception
    return app


def said(app) -> str:
    return "\n".join(str(e.value) for kind in ("info", "warning", "error", "success", "caption", "markdown") for e in getattr(app, kind))


def headings(app) -> str:
    return "".join(re.sub("<[^>]*>", "", part.proto.body) for part in app.get("html"))


def test_what_is_typed_outlives_the_grid_and_is_saved_as_one_batch(store):
    before = rows(store, COUNT)
    app = typed(opened("entry", unit="U1"), (0, "91.5"))
    assert app.dataframe[0].value["名称"].tolist()[0] == "A1 指标甲一" and "未保存 1 处" in headings(app)
    app.selectbox(key="unit").set_value("U2").run()
    typed(app, (3, "—"), (1, "60.0"))  # the second says what the store says
    assert "未保存 2 处" in headings(app) and rows(store, COUNT) == before
    app.segmented_control(key="tab").set_value("who").run()
    app.segmented_control(key="tab").set_value("grid").run()
    listed = app.dataframe[1].value[["单位", "原来", "改为"]].to_numpy().tolist()
    assert listed == [["甲局", "80", "91.5"], ["乙局", "30", "—"]]
    app.selectbox(key="unit").set_value("U1").run()
    assert app.dataframe[0].value[entry.TYPED].tolist()[0] == "91.5"
    app.button(key="entry_write").click().run()
    assert not app.exception and "已写入 2 处" in said(app) and "没有未保存的改动" in headings(app)
    assert rows(store, COUNT) == [(before[0][0] + 1,)] and rows(store, "SELECT by, rows FROM batch ORDER BY id DESC LIMIT 1") == [("local", 2)]
    app.run()
    assert rows(store, COUNT) == [(before[0][0] + 1,)] and "应重新发布" in said(app)


def test_who_comes_back_finds_what_was_not_saved_and_nobody_else_does(store, monkeypatch):
    typed(opened("entry", unit="U1"), (0, "91.5"))
    app = opened("entry", unit="U1")  # another visit
    assert "未保存 1 处" in headings(app) and "其中 1 处是上次" in said(app) and app.dataframe[0].value[entry.TYPED].tolist()[0] == "91.5"
    with monkeypatch.context() as other:
        other.setattr(user, "LOCAL", Person("wang", "王", local=True))
        theirs = opened("entry", unit="U1")
        assert "没有未保存的改动" in headings(theirs) and theirs.dataframe[0].value[entry.TYPED].tolist()[0] == "80"
    app.button(key="entry_discard").click().run()
    app = typed(opened("entry", unit="U1"), (1, "70"))
    assert "未保存 1 处" in headings(app) and "上次" not in said(app)  # typed in this very visit


def test_what_another_window_types_while_one_saves_stays(store, monkeypatch):
    write = store_entry.write

    def slowly(period, *rest):
        number = write(period, *rest)
        entry._KEPT[str(store), "local"][period]["U2", "A1"] = Draft("55", Fact())
        return number

    monkeypatch.setattr(store_entry, "write", slowly)
    app = typed(opened("entry", unit="U1"), (0, "91.5"))
    app.button(key="entry_write").click().run()
    assert "已写入 1 处" in said(app) and "未保存 1 处" in headings(app)


def test_what_is_wrong_is_told_at_once_and_what_is_odd_remarked(store):
    app = typed(opened("entry", unit="U1"), (0, "九十"), (2, "30"))
    assert "九十" in said(app) and "不是数" in said(app) and app.button(key="entry_write").disabled
    told = app.dataframe[1].value.set_index("指标")["说明"]
    assert "目标区间 0～10 之外" in told["B1 指标乙一"] and "与上期 1 相差大" in told["B1 指标乙一"]
    typed(app, (0, "91"), (2, "30"))
    assert not app.button(key="entry_write").disabled
    typed(app, (0, None), (2, "30"))  # emptied
    assert "留空不改动" in said(app) and app.dataframe[0].value[entry.TYPED].tolist()[0] == "80" and "未保存 1 处" in headings(app)
    app.button(key="entry_discard").click().run()
    assert "没有未保存的改动" in headings(app) and app.dataframe[0].value[entry.TYPED].tolist()[2] == "1"


def test_what_another_wrote_meanwhile_is_settled_cell_by_cell(store):
    app = typed(opened("entry", unit="U1"), (0, "91.5"), (1, "70"))
    bring(store, intake(values=[("U1", "A1", "2025Q1", 85), ("U1", "A2", "2025Q1", 86)]), by="另一位")
    count = rows(store, COUNT)
    app.run()
    assert "2 处已被别人改动" in said(app) and "现为 85（另一位" in said(app).replace("\\", "") and app.button(key="entry_write").disabled
    app.multiselect(key="entry_theirs").set_value([("U1", "A2")]).run()
    app.button(key="entry_settle").click().run()
    assert "未保存 1 处" in headings(app) and app.dataframe[0].value[entry.TYPED].tolist()[:2] == ["91.5", "86"]
    app.button(key="entry_write").click().run()
    assert rows(store, COUNT) == [(count[0][0] + 1,)]
    assert rows(store, "SELECT indicator, value FROM current_value WHERE period = '2025Q1' AND unit = 'U1' AND indicator < 'B'") == [
        ("A1", 91.5), ("A2", 86.0)]  # fmt: skip


def test_one_indicator_of_a_period_that_has_nothing_yet(store):
    app = opened("entry", **{"for": "2025Q2", "by": "indicator", "indicator": "A2"})
    table = app.dataframe[0].value
    assert table["名称"].tolist() == ["甲局", "乙局", "丙局"] and table["上期"].tolist() == ["80", "60", "70"] and set(table[entry.TYPED]) == {""}
    typed(app, (0, "80"))
    app.button(key="entry_write").click().run()
    assert rows(store, "SELECT unit, value FROM current_value WHERE period = '2025Q2'") == [("U1", 80.0)]


def test_without_the_right_nothing_is_written_and_nothing_typed_is_lost(store, monkeypatch):
    app = typed(opened("entry", unit="U1"), (0, "91.5"))
    count = rows(store, COUNT)
    monkeypatch.setattr(user, "current_user", lambda: user.NOBODY)
    app.button(key="entry_write").click().run()
    assert rows(store, COUNT) == count and "权限" in said(app) and "未保存 1 处" in headings(app)


def test_who_has_not_reported(store):
    bring(store, intake(values=[("U1", "A1", "2025Q1", "pending")]))
    app = opened("entry", tab="who")
    assert {m.label: m.value for m in app.metric}["没报齐的单位"] == "1 / 3" and "甲局（缺 1 项）" in app.code[0].value
    assert "1. 指标甲一（%）（现为待报）" in app.code[0].value and app.dataframe[0].value["缺"].tolist() == [1, 0, 0]


def test_the_reminder_as_it_is_sent():
    units = pd.DataFrame({"name": ["甲局", "乙局"], "sector": ["一组", "一组"]}, index=["U1", "U2"])
    sheet = Sheet("2025Q1", None, units, {"P": Node("P", "X", "办结率", "%")}, {("U2", "P"): Fact("missing", None, 1)}, {}, {})
    words = DEFAULT_WORDS | {"index": "指数"}
    said = entry_who.reminder(sheet, store_entry.lacking(sheet), "4月10日17时", words, datetime(2025, 4, 3, 9))
    assert said.splitlines() == [
        "关于催报2025年一季度指数数据的通知", "", "各有关单位：",
        "　　截至2025年4月3日9时，下列 2 个单位2025年一季度数据尚未报齐，共缺 2 项。请于4月10日17时前补报；"
        "确无数据的注明“不适用”，暂不能报的注明“待报”。",
        "", "　　一、甲局（缺 1 项）", "　　1. 办结率（%）", "", "　　二、乙局（缺 1 项）", "　　1. 办结率（%）（现为缺报）",
        "", "　　截止时间：4月10日17时",
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")])
def test_numerals(number, said):
    assert entry_who._ordinal(number) == said


def test_what_a_ledger_gives_and_which_of_the_two_is_scored():
    ledgers = {("U1", "P"): (200 / 3, True), ("U1", "N"): (5.0, False), ("U2", "P"): (None, True)}
    sheet = Sheet("2025Q1", None, pd.DataFrame(), {}, {}, {}, ledgers)
    said = [entry_parts._ledger(sheet, cell) for cell in (*ledgers, ("U2", "N"))]
    assert said == ["66.67（计分用台账）", "5（计分用报送）", "不适用（计分用台账）", ""]


def test_a_store_without_anything_says_what_to_do(tmp_path, monkeypatch):
    migrate(tmp_path / "q.db")
    monkeypatch.setenv("QUALITY_STORE", str(tmp_path / "q.db"))
    assert "导入" in said(opened("entry")) and "导入" in said(opened("framework"))
