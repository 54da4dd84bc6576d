"""The page of the audit: it shows what the checks say of the release, opens one by link, asks its questions, and hands all of it out."""

import io

import docx
import openpyxl
import pandas as pd
import pytest

from scoring.audit import Check, outline, tally, verdict
from tests.ui.support import figure, html_parts
from ui import audit_parts, viewer

PAGE = "audit"


@pytest.fixture
def taken(monkeypatch) -> dict:
    """What the download buttons hand out."""
    found = {}
    monkeypatch.setattr(audit_parts, "downloads", lambda view, csv, xlsx, word: found.update(csv=csv, xlsx=xlsx, word=word))
    return found


@pytest.fixture
def demo_view(latest, demo_store) -> viewer.View:
    return latest(demo_store)


def structural(view: viewer.View) -> list[Check]:
    return [c for c in view.audit if c.group == "structure"]


def said(app) -> str:
    spoken = [e.value for kind in ("info", "warning", "caption", "markdown") for e in getattr(app, kind)]
    return "\n".join([*map(str, spoken), *html_parts(app)]).replace("\\", "")


def labels(app) -> list[str]:
    return [e.label.replace("\\", "") for e in app.get("expander")]


def test_the_first_screen_is_the_verdict_and_every_check(open_page, demo_store, demo_view):
    app = open_page(demo_store)
    assert verdict(demo_view.audit) in said(app)
    counts = tally(demo_view.audit)
    assert [int(m.value) for m in app.metric[:4]] == list(counts.values()) and sum(counts.values()) == len(labels(app))
    by_title = {label.split("**")[1]: label for label in labels(app)}
    for one in outline(structural(demo_view)):
        assert all(text in by_title[one.title] for text in (one.label, one.shown, one.limit, one.finding, one.remedy)), one.title
    assert labels(app)[0].startswith(("✖", "△")) and labels(app)[-1].startswith("✔"), "the most pressing first"
    assert not app.dataframe, "details are made when they are opened"


def test_a_link_opens_a_check_with_all_its_subjects(open_page, demo_store, demo_view):
    app = open_page(demo_store, check="weak_link")
    mine = [c for c in demo_view.audit if c.name == "weak_link"]
    table = app.dataframe[0].value
    assert len(table) == len(mine) and sorted(table["数值"]) == sorted(c.shown for c in mine)
    assert set(table["对象"]) == {demo_view.node_name(c.subject) for c in mine}
    assert app.query_params["check"] in ("weak_link", ["weak_link"])
    assert "不存在" in said(open_page(demo_store, check="nothing"))


def test_the_inside_of_a_family(open_page, demo_store, demo_view):
    family = demo_view.framework.dimensions[1]
    app = open_page(demo_store, tab="inside", family=family.code)
    kids = demo_view.framework.children(family.code)
    marks = [t for t in figure(app, "weights")["data"] if t.get("mode") == "markers"]
    assert [row[0] for row in marks[0]["customdata"]] == [n.code for n in kids]
    cells = figure(app, "correlations")["data"][0]["customdata"]
    assert len(cells) == len(kids) + 1 and family.name in cells[-1][0]
    assert set(figure(app, "components")["data"][0]["y"]) == {n.code for n in demo_view.framework.inner}


def test_the_screen_asks_and_names_units(open_page, demo_store, demo_view):
    app = open_page(demo_store, tab="pattern")
    asked = [c for c in demo_view.audit if c.group == "pattern" and c.status == "flag"]
    assert asked, "the demo has a jump or two: without them this proves little"
    table = app.dataframe[0].value
    assert set(table["单位"]) - {""} == {demo_view.unit_name(u) for c in asked for u in c.units}
    assert "只是提问" in said(app) and "不能据此作结论" in said(app)
    assert int(app.metric[4].value) == len(asked)


def test_everything_can_be_taken_away(open_page, taken, demo_store, demo_view):
    open_page(demo_store)
    csv = pd.read_csv(io.BytesIO(taken["csv"]()), encoding="utf-8-sig")
    assert len(csv) == len(demo_view.audit) and set(csv["数据性质"]) == {"演示数据"} and set(csv["发布号"]) == {demo_view.release}
    figures = [c.figure for c in demo_view.audit]
    assert csv["数值"].tolist() == pytest.approx(figures, abs=0, nan_ok=True), "at full precision"
    book = openpyxl.load_workbook(io.BytesIO(taken["xlsx"]()))
    assert book.sheetnames[:3] == ["体检", "逐项", "请核实"] and book["逐项"].max_row == len(csv) + 1
    word = docx.Document(io.BytesIO(taken["word"]()))
    assert verdict(demo_view.audit) in word.paragraphs[3].text and word.paragraphs[2].text.startswith("演示数据")


@pytest.mark.parametrize("tab", ["list", "inside", "pattern"])
def test_another_framework_in_four_levels(open_page, asem_store, tab):
    app = open_page(asem_store, tab=tab)
    assert not app.exception and (tab != "list" or any(label.startswith("✖") for label in labels(app)))
    if tab == "inside":
        assert len(figure(app, "components")["data"][0]["y"]) > 5


@pytest.mark.parametrize("tab", ["list", "inside", "pattern"])
def test_three_units_are_too_few_and_it_says_so(open_page, store, tab):
    app = open_page(store, tab=tab)
    assert not app.exception
    if tab == "list":
        few = [label for label in labels(app) if label.startswith("— 不适用")]
        assert any("重复计量" in label for label in few) and int(app.metric[3].value) == len(few)


def test_the_first_period_has_none_before_it(open_page, demo_store, demo_view):
    first = demo_view.periods[0]
    app = open_page(demo_store, tab="pattern", period=first)
    assert "没有上一期的数据" in said(app)


def test_a_release_is_audited_once(demo_view):
    before = demo_view.audit
    assert viewer.latest().audit is before
