"""What a person types into any field of any page is a text: to the store, to a search, and on the screen."""

import html
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from store.keeping.checks import check
from store.people.roles import Person
from store.releasing import appeals, releases
from tests.store.support import bring, intake, rows
from tests.ui.support import ROOT, html_parts, opened
from ui.wording import clean

NASTY = "'; DROP TABLE release; -- \" OR 1=1 -- %_\\ ${7*7} <img src=x onerror=alert(1)> \u202ertl\u0000nul"
LONG = "长" * 20_000
LOCAL = Person("local", "本机用户", local=True)
FIELDS = ("text_input", "text_area")
TABLES = "SELECT name, sql FROM sqlite_master ORDER BY name"

# Where a page shows fields, and the buttons that keep what was typed.
FORMS = [
    ("unit", {"unit": "U1", "tab": "table"}, ["提出"]),
    ("trace", {"unit": "U1", "node": "A1"}, ["提出"]),
    ("present", {"slides": "city"}, ["保存"]),
    ("what_if", {"weight": "B~100"}, ["保存"]),
    ("batches", {"batch": "2"}, ["先看会改变什么", "撤销批次 2"]),
    ("appeals", {}, ["提交"]),
    ("releases", {}, ["发布第 3 号"]),
    ("releases", {"tab": "all", "n": "2"}, ["撤回第 2 号"]),
    ("framework", {"tab": "edit"}, []),
    ("entry", {"tab": "who", "for": "2025Q2"}, []),
    ("accounts", {}, ["建立账号"]),
    ("journal", {}, []),
    ("method", {"tab": "indicators"}, []),
]  # fmt: skip
DRAWN_BY = [
    "accounts_parts", "appeals_parts", "batches_parts", "entry_parts", "framework_desk_edit", "journal_parts", "method", "present_composer",
    "releases_list", "releases_parts", "scenario_shelf", "scope_parts", "unit_search",
]  # fmt: skip


def test_the_list_has_every_module_that_draws_a_field():
    sources = [path for room in ("ui", "pages") for path in (ROOT / room).glob("*.py")]
    assert sorted(path.stem for path in sources if re.search(r"[.](text_input|text_area|chat_input)[(]", path.read_text("utf-8"))) == DRAWN_BY


@pytest.fixture(scope="module")
def busy_once(small_city, tmp_path_factory):
    """The small city with an appeal, and with a draft that is newer than what is served."""
    path = Path(shutil.copytree(small_city.parent, tmp_path_factory.mktemp("busy") / "city")) / small_city.name
    appeals.ask(LOCAL, 2, "U1", "A1", "应为 95", path)
    bring(path, intake(values=[("U3", "A1", "2025Q1", 10.0)]))
    releases.draft(["2025Q1"], "测试", path)
    return path


@pytest.fixture
def busy(busy_once, tmp_path, monkeypatch):
    path = Path(shutil.copytree(busy_once.parent, tmp_path / "busy")) / busy_once.name
    monkeypatch.setenv("QUALITY_STORE", str(path))
    return path


def fields(app: AppTest) -> list:
    return [field for kind in FIELDS for field in app.get(kind)]


def fine(app: AppTest, page: str) -> None:
    assert not app.exception, (page, app.exception[0].stack_trace)
    shown = "".join(html_parts(app))
    assert "zx-broken" not in shown and "<img src=x" not in shown, page
    assert not any("<img src=x" in m.value for m in app.markdown if m.allow_html), page


@pytest.mark.parametrize(("page", "query", "keep"), FORMS)
def test_what_is_typed_is_a_text(busy, page, query, keep):
    app, tables, releases_before = opened(page, **query), rows(busy, TABLES), rows(busy, "SELECT * FROM release")
    if page == "framework":
        app.segmented_control(key="framework_what").set_value("评分规则").run()
    assert fields(app), "the link shows fields"
    for text in (LONG, NASTY):
        for field in fields(app):
            field.set_value(text[: field.max_chars or None])
        fine(app.run(), page)
    for label in keep:
        (button,) = [b for b in app.button if b.label == label]
        assert not button.disabled
        fine(button.click().run(), page)
    assert rows(busy, TABLES) == tables and rows(busy, "SELECT * FROM release")[: len(releases_before)] == releases_before
    assert not [found for found in check(busy) if not found.ok and found.name != "文件随批次"]


@pytest.mark.parametrize("text", ["%", "_", "\" OR 1=1 --", "'; DROP TABLE audit; --"])
def test_a_search_looks_for_the_very_characters(busy, text):
    """A mark that stands for anything in SQL would find every row."""
    bring(busy, intake(values=[("U1", "A1", "2025Q1", 1.0)], file=f"甲{text}.csv"))
    app = opened("batches", batch="")
    app.text_input(key="batches_words").set_value(text).run()
    assert not app.exception and [len(table.value) for table in app.dataframe][:1] == [1]
    assert clean(text) in app.dataframe[0].value.to_string()


def test_what_was_kept_is_shown_as_it_was_typed(busy):
    """Reasons and appeals are others' words on everybody's page."""
    app = opened("appeals")
    app.text_area(key="answer 1 0 text").set_value(NASTY)
    next(b for b in app.button if b.label == "提交").click().run()
    said = "".join([*html_parts(app), *(str(m.value) for kind in ("markdown", "caption", "info") for m in getattr(app, kind))])
    assert clean("<img src=x onerror=alert(1)>") in html.unescape(said.replace("\\", "")) and "<img src=x" not in "".join(html_parts(app))
