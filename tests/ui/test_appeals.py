"""申诉: asked on a portrait or on the way down, answered on its page, and beside the score where it may be shown."""

import pytest

from store.people.roles import Person
from store.releasing import appeals as kept
from store.releasing.releases import publish
from tests.store.support import bring, intake, rows
from tests.ui.support import html_parts, opened
from ui import user

LIAISON = Person("lian", "联络员", ("liaison",), "U1")
STEWARD = Person("guan", "管理员", ("steward",))
LOCAL = Person("local", "本机用户", local=True)


def said(app) -> str:
    return "\n".join(str(e.value) for kind in ("success", "error", "info", "caption", "markdown") for e in getattr(app, kind)).replace("\\", "")


def button(app, label: str):
    return next(b for b in app.button if b.label == label)


def test_without_appeals_the_page_says_how_one_comes_about(store):
    assert "还没有申诉" in said(opened("appeals"))


@pytest.mark.parametrize(
    ("page", "query", "node"), [("unit", {"unit": "U1", "tab": "table"}, None), ("trace", {"unit": "U1", "node": "A1"}, "A1")]
)
def test_a_figure_is_asked_about_where_it_stands(store, page, query, node):
    app = opened(page, **query)
    app.text_area(key=f"ask text U1 {node}").set_value("请打 13812345678").run()
    button(app, "提出").click().run()
    assert "手机号码" in said(app) and rows(store, "SELECT count(*) FROM appeal") == [(0,)]
    assert app.text_area(key=f"ask text U1 {node}").value == "请打 13812345678"
    app.text_area(key=f"ask text U1 {node}").set_value("应为 95").run()
    button(app, "提出").click().run()
    assert "第 1 号申诉" in said(app) and app.text_area(key=f"ask text U1 {node}").value == ""
    assert rows(store, "SELECT release, unit, node, text, by FROM appeal") == [(2, "U1", node or "X", "应为 95", "local")]


def test_an_appeal_is_answered_corrected_and_shown_beside_the_score(store):
    kept.ask(LOCAL, 2, "U1", "A1", "应为 95", store)
    (batch,) = bring(store, intake(values=[("U1", "A1", "2025Q1", 95.0)]))
    app = opened("appeals")
    assert "1 件待办" in "".join(html_parts(app)) and "第 2 号发布里是 80.0" in said(app)
    app.segmented_control(key="answer 1 0 kind").set_value("correct").run()
    app.text_area(key="answer 1 0 text").set_value("已更正").run()
    button(app, "提交").click().run()
    assert "先把更正导入" in said(app) and app.text_area(key="answer 1 0 text").value == "已更正"
    (offered,) = app.selectbox(key="answer 1 0 batch").options
    assert offered.startswith(f"批次 {batch}　") and "有所问的值" in offered
    app.selectbox(key="answer 1 0 batch").set_value(batch).run()
    button(app, "提交").click().run()
    number = publish(["2025Q1"], "测试", store)[0].release
    app.run()
    assert "在用的第 3 号里是 95.0" in said(app)
    app.segmented_control(key="answer 1 1 kind").set_value("reissue").run()
    app.text_area(key="answer 1 1 text").set_value("已按 95 重新发布").run()
    assert app.selectbox(key="answer 1 1 release").value == number  # the only one that was made after the correction
    app.checkbox(key="answer 1 1 shown").check().run()
    button(app, "提交").click().run()
    assert "没有待办" in "".join(html_parts(app)) and "重新发布后各单位的变化" in [b.label for b in app.button]
    assert "关于指标甲一的申诉答复" in said(opened("unit", unit="U1")) and "申诉答复" not in said(opened("unit", unit="U2"))
    assert "申诉答复" not in said(opened("unit", unit="U1", period="2024Q4"))


def test_open_ones_come_first_and_filters_are_in_the_address(store):
    for number, unit in enumerate(("U1", "U2", "U1")):
        kept.ask(LOCAL, 2, unit, "X", f"{unit} 的名次，第 {number} 问", store)
    kept.answer(STEWARD, 1, "reply", "答", path=store)
    assert opened("appeals").dataframe[0].value["号"].tolist() == [2, 3, 1]
    assert opened("appeals", units="U1", state="已答复").dataframe[0].value["号"].tolist() == [1]
    assert "没有符合筛选" in said(opened("appeals", units="U2", state="已答复"))


def test_a_liaison_sees_and_asks_for_the_own_unit_only(store, monkeypatch):
    kept.ask(LOCAL, 2, "U2", "X", "别家的", store)
    kept.ask(LIAISON, 2, "U1", "X", "自家的", store)
    monkeypatch.setattr(user, "LOCAL", LIAISON)
    app = opened("appeals")
    assert app.dataframe[0].value["内容"].tolist() == ["自家的"] and "提交" not in [b.label for b in app.button]
    assert "别家的" not in said(opened("appeals", appeal="1"))
    button(app, "撤回申诉").click().run()
    assert "第 2 号申诉已撤回" in said(app)


def test_a_liaison_asks_on_the_own_portrait(store, monkeypatch):
    monkeypatch.setattr(user, "LOCAL", LIAISON)
    app = opened("unit", unit="U1", tab="table")
    app.text_area(key="ask text U1 None").set_value("名次有疑问").run()
    button(app, "提出").click().run()
    assert rows(store, "SELECT unit, by, text FROM appeal") == [("U1", "lian", "名次有疑问")]
    assert "第 1 号申诉" in said(app) and opened("appeals").dataframe[0].value["内容"].tolist() == ["名次有疑问"]
