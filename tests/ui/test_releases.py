"""发布: from changed data over a draft and its checks to what is served, and back, as the page shows it; who may not, sees not."""

import pytest

from briefs.imprint import imprint
from store.people.roles import Person
from store.releasing.releases import draft, publish, withdraw
from store.settings import set_setting
from tests.store.support import bring, intake, make_store, rows
from tests.ui.support import html_parts, opened
from ui import exports, preview, releases, user, viewer

LEADER = Person("l", "领导", ("leader",))


def said(app) -> str:
    return "\n".join(str(e.value) for kind in ("success", "error", "warning", "info", "caption") for e in getattr(app, kind)).replace("\\", "")


def button(app, label: str):
    return next(b for b in app.button if b.label == label)


def served(store) -> dict:
    return dict(rows(store, "SELECT period, release FROM service"))


def test_changed_data_are_drafted_checked_and_published(store):
    """U3 of the small city has no score: one of three is a check that fails, and wants a reason."""
    bring(store, intake(values=[("U1", "A1", "2025Q1", 0.0)], file="更正.csv"))
    app = opened("releases")
    assert app.dataframe[0].value.iloc[0].tolist() == ["2025年一季度", "第 2 号", "—", "1 批有变动"]
    assert app.dataframe[1].value["文件"].tolist() == ["更正.csv"]
    button(app, "生成草稿").click().run()
    assert "已生成第 3 号草稿" in said(app) and served(store)["2025Q1"] == 2
    checks = app.dataframe[2].value
    assert checks.at["coverage", "结果"] == "✖ 不通过" and "1 个没有得分" in checks.at["coverage", "发现"]
    assert set(checks.index) == set(releases.PLACES), "a check without a page that shows it"
    button(app, "发布第 3 号").click().run()
    assert "写明理由" in said(app) and served(store)["2025Q1"] == 2
    app.text_input(key="publish reason 3").set_value("丙局本期不考核").run()
    button(app, "发布第 3 号").click().run()
    assert "现在使用第 3 号" in said(app) and served(store)["2025Q1"] == 3 and not app.exception
    assert rows(store, "SELECT reason, by FROM release_event WHERE release = 3 AND kind = 'publish'") == [("丙局本期不考核", "local")]


def test_a_release_is_withdrawn_for_a_reason_and_used_again(store):
    bring(store, intake(values=[("U1", "A1", "2025Q1", 0.0)]))
    publish(["2025Q1"], "测试", store)
    app = opened("releases", tab="all", n="3")
    button(app, "撤回第 3 号").click().run()
    assert "写明理由" in said(app) and served(store)["2025Q1"] == 3
    app.text_input(key="withdraw reason 3").set_value("录错").run()
    button(app, "撤回第 3 号").click().run()
    assert "现在使用第 2 号" in said(app) and served(store)["2025Q1"] == 2
    assert app.dataframe[0].value.set_index("号")["状态"].tolist() == ["已撤回", "在用", "在用"]
    button(app, "改用这一号").click().run()
    assert served(store)["2025Q1"] == 3 and "现在使用第 3 号" in said(app)


def test_pages_hold_when_a_period_or_all_of_them_serve_nothing(store):
    withdraw(2, "错", "测试", store)
    app = opened("overview")
    assert "2024年四季度" in "".join(html_parts(app)) and "2025年一季度" not in "".join(html_parts(app))
    withdraw(1, "错", "测试", store)
    app = opened("overview")
    assert "已撤回" in said(app) and app.code[0].value == "python manage.py releases", "to publish all would bring back what was withdrawn"
    app = opened("releases")
    assert not app.exception and app.dataframe[0].value["在用"].tolist() == ["—", "—"]
    for page in ("appeals", "journal"):
        assert not said(opened(page)).count("Traceback")


def test_an_empty_store_says_what_is_lacking(tmp_path, monkeypatch):
    path = make_store(tmp_path / "q.db")
    monkeypatch.setenv("QUALITY_STORE", str(path))
    app = opened("releases")
    assert app.dataframe[0].value["数据"].tolist() == ["尚未发布", "尚未发布"]
    button(app, "全部 2 期都生成草稿").click().run()
    assert rows(path, "SELECT period FROM release ORDER BY id") == [("2024Q4",), ("2025Q1",)] and not served(path)
    assert "2024Q4 第 1 号、2025Q1 第 2 号" in said(app)
    assert "第 1 号草稿" in "".join(html_parts(opened("overview", draft="1")))
    for tab in ("all", "side"):
        assert not opened("releases", tab=tab).exception


def test_two_releases_side_by_side(store):
    """U1 80 → 0 in A1: A 80 → 40, index 82 → 58, behind U2 (64): 1 → 2, 2 → 1; U3 has no score in either."""
    bring(store, intake(values=[("U1", "A1", "2025Q1", 0.0)]))
    draft(["2025Q1"], "测试", store)
    app = opened("releases", tab="side")
    table = app.dataframe[0].value
    assert table["名次变动"].tolist()[:2] == [-1, 1] and table["得分变动"].iloc[0] == pytest.approx(-24)
    assert table.iloc[0, 0] == "甲局" and "1 个单位得分不同（最多 24.0 分），2 个名次不同，最多 1 位" in "".join(html_parts(app))
    publish(["2025Q1"], "测试", store)  # what is served is the later one now: the change is still told from the earlier to the later
    again = opened("releases", tab="side").dataframe[0].value
    assert again["名次变动"].tolist()[:2] == [-1, 1] and again["得分变动"].iloc[0] == pytest.approx(-24)


def test_side_puts_units_of_one_release_only_first(store):
    view = viewer.latest()
    before, after = view.units, view.units.drop(index="U2")
    table = releases.side(before, after)
    assert table.index[0] == "U2" and table.loc["U2", ["tier_before", "tier_after"]].tolist() == [before.at["U2", "tier"], "—"]
    assert releases.differences(releases.side(before, before), view.words) == "两号的得分、名次和梯队完全相同"


def test_drafts_are_for_those_who_may_see_them(store, monkeypatch):
    bring(store, intake(values=[("U1", "A1", "2025Q1", 0.0)]))
    number = draft(["2025Q1"], "测试", store)[0].release
    assert viewer.latest().releases["release"].tolist() == [3, 2] and viewer.latest().release_view(number) is not None
    monkeypatch.setattr(user, "LOCAL", LEADER)
    assert viewer.latest().releases["release"].tolist() == [2] and viewer.latest().release_view(number) is None
    app = opened("overview", draft="3")
    assert "第 3 号" not in "".join(html_parts(app)) and not app.exception


def test_a_draft_is_looked_at_on_every_page_until_one_leaves(store):
    bring(store, intake(values=[("U1", "A1", "2025Q1", 0.0)]))
    draft(["2025Q1"], "测试", store)
    app = opened("overview", draft="3")
    assert "第 3 号草稿" in "".join(html_parts(app)) and app.session_state[preview.KEY] == 3
    assert "3" in app.query_params["draft"]
    button(app, "回到在用的发布").click().run()
    assert "第 2 号发布" in "".join(html_parts(app)) and not app.query_params.get("draft")
    assert not opened("overview", draft="77").exception and not opened("overview", draft="x").exception


def test_who_may_not_publish_gets_no_button_and_no_way_around(store, monkeypatch):
    bring(store, intake(values=[("U1", "A1", "2025Q1", 0.0)]))
    draft(["2025Q1"], "测试", store)
    monkeypatch.setattr(user, "LOCAL", Person("a", "研判员", ("analyst",)))
    app = opened("releases")
    labels = [b.label for b in app.button]
    assert "看草稿" in labels and not any(label.startswith("发布第") for label in labels)
    labels = [b.label for b in opened("releases", tab="all", n="2").button]
    assert not {"改用这一号", "撤回第 2 号"} & set(labels)


def test_the_rule_of_two_people_is_told(store):
    bring(store, intake(values=[("U1", "A1", "2025Q1", 0.0)]), by="LOCAL")
    draft(["2025Q1"], "测试", store)
    set_setting("two_people", 1, "测试", store)
    app = opened("releases")
    app.text_input(key="publish reason 3").set_value("丙局本期不考核").run()
    button(app, "发布第 3 号").click().run()
    assert "两人规则" in said(app) and served(store)["2025Q1"] == 2
    assert app.text_input(key="publish reason 3").value == "丙局本期不考核"


def test_what_is_taken_out_of_a_draft_says_that_it_is_one(store, monkeypatch):
    bring(store, intake(values=[("U1", "A1", "2025Q1", 0.0)]))
    draft(["2025Q1"], "测试", store)
    view = viewer.latest()
    assert "草稿，未发布" in imprint(view.release_view(3)).line and "草稿" not in imprint(view).line
    monkeypatch.setattr(preview, "number", lambda: 3)
    assert exports.named("指数.csv") == "草稿 指数.csv"
    monkeypatch.setattr(preview, "number", lambda: None)
    assert exports.named("指数.csv") == "指数.csv"
