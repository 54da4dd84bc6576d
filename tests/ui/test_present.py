"""会议演示: the link says all of a meeting, keys turn its slides, the list is put together, kept and sent, names can be hidden."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from briefs import kinds, meetings
from store import meetings as kept
from store.connection import reader
from store.errors import StoreLocked
from tests.ui.support import figure, opened
from ui import present_link, present_stage, viewer
from ui.present_link import SHOW, WALL, Showing, read, written

PAGE = "present"
KEYS = ("slides", "name", "stage", "at", "open", "ground", "pace", "mask", "notes")
CODES = st.lists(st.text("abc:,1嵌", min_size=1, max_size=8), max_size=5)


def again(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return again(app)


def choose(app: AppTest, key: str, value: str) -> AppTest:
    app.selectbox(key=key).set_value(value)
    return again(app)


def tick(app: AppTest, codes: list[str]) -> AppTest:
    app.button_group(key="meeting_ticks").set_value(codes)
    return again(app)


def html(app: AppTest) -> str:
    return "\n".join(found.proto.body for found in app.get("html"))


def slide(app: AppTest) -> tuple[str, str]:
    """Title and number of the slide that is shown."""
    said = html(app)
    return re.search(r"<h2>([^<]*)</h2>", said[said.index("<header") :])[1], re.search(r"<b>([^<]*)</b></footer>", said)[1]


def address(app: AppTest) -> dict[str, list[str]]:
    said = {key: app.query_params[key] for key in KEYS if key in app.query_params}
    return {key: [value] if isinstance(value, str) else list(value) for key, value in said.items() if value}


@given(
    CODES, st.text("会议", max_size=6), st.sampled_from(["compose", SHOW, WALL]), st.integers(0, 4), st.text("u:1", max_size=5), st.booleans(),
    st.integers(0, 3600),
)  # fmt: skip
def test_the_link_says_all_of_a_meeting(codes, name, stage, at, open_, flag, pace):
    showing = Showing(tuple(codes), name, stage, min(at, max(len(codes) - 1, 0)), open_, "dark" if flag else "light", pace, flag, not flag)
    assert read(written(showing)) == showing


@pytest.mark.parametrize("said", [
    {"at": ["-3"]}, {"at": ["99999999999"]}, {"pace": ["1e9"]}, {"stage": ["?"]}, {"ground": ["pink"]}, {"slides": [""] * 3}, {"mask": ["1"]},
])  # fmt: skip
def test_what_a_link_cannot_mean_is_left_out(said):
    assert read(said) == Showing()


def test_the_quarters_meeting_is_there_from_the_start_and_its_first_slide_is_seen(open_page, store, latest):
    app = open_page(store)
    codes = meetings.READY["quarterly"].codes(latest(store), "")
    assert address(app) == {"slides": list(codes), "name": ["季度讲评会"], "stage": ["compose"]}
    assert slide(app) == ("总体情况", f"1 / {len(codes)}") and app.selectbox(key="meeting_open").value == "ready 季度讲评会"


def test_a_meeting_is_walked_to_its_end_and_back_and_left(open_page, store):
    app = press(open_page(store, slides=["city", "method"]), "meeting_show")
    assert slide(app) == ("总体情况", "1 / 2") and address(app)["stage"] == ["show"]
    assert slide(press(app, "stage_prev"))[1] == "1 / 2", "there is nothing before the first"
    assert slide(press(app, "stage_next"))[1] == "2 / 2" and address(app)["at"] == ["2"]
    assert slide(press(app, "stage_next"))[1] == "2 / 2", "a meeting ends with its last slide"
    assert "<aside" not in html(app) and "<aside" in html(press(app, "stage_notes"))
    assert figure(press(press(app, "stage_prev"), "stage_ground"), "x") is None and address(app)["ground"] == ["dark"]
    press(app, "stage_leave")
    assert address(app)["stage"] == ["compose"] and app.button(key="meeting_show")


def test_a_link_opens_the_slide_it_says_and_the_back_button_another(open_page, store):
    app = open_page(store, slides=["city", "method", "tiers"], stage="show", at="2")
    assert slide(app) == ("怎样得出", "2 / 3")
    app.query_params["at"] = "3"
    assert slide(again(app))[1] == "3 / 3"


def test_a_page_that_is_opened_from_the_navigation_begins_no_meeting(open_page, store):
    app = press(open_page(store), "meeting_show")
    app.query_params.clear()
    assert address(again(app))["stage"] == ["compose"]


def test_what_a_click_opens_lies_beside_the_meeting(open_page, store):
    app = open_page(store, slides=["city", "tiers"], stage="show", open="unit:U2")
    assert slide(app) == ("乙局", "↩ 1 / 2")
    assert slide(press(app, "stage_prev")) == ("总体情况", "1 / 2") and "open" not in address(app)


@pytest.mark.parametrize(("asked", "at", "beside"), [
    (["next"], 1, ""), (["next", "next", "next", "prev"], 1, ""), (["last"], 2, ""), (["last", "first"], 0, ""),
    (["next", "open:U1"], 1, "unit:U1"), (["next", "open:U1", "prev"], 1, ""), (["next", "open:U1", "leave"], 1, ""), (["open:U1", "next"], 1, ""),
])  # fmt: skip
def test_keys_turn_the_slides(monkeypatch, asked, at, beside):
    monkeypatch.setattr(present_link.st, "session_state", {present_link._SHOWN: Showing(("a", "b", "c"), stage=SHOW)})
    for what in asked:
        present_link.act(what)
    assert (present_link.shown().at, present_link.shown().opened, present_link.shown().stage) == (at, beside, SHOW)
    present_link.act("first")
    present_link.act("leave")
    assert present_link.shown().stage == "compose"


def turns(monkeypatch, showing: Showing, moments: list[float], *asked: str) -> list[int]:
    """Places of the slide at these seconds after the start; what is asked, is asked at the start."""
    clock = iter([0.0] * 9)
    monkeypatch.setattr(present_link.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(present_link.st, "session_state", {})
    present_link._put(showing)
    for what in asked:
        present_link.act(what)
    places = []
    for moment in moments:
        clock = iter([moment] * 9)
        present_link.turn_if_due()
        places.append(present_link.shown().at)
    return places


def test_slides_turn_by_themselves_where_that_is_asked(monkeypatch):
    three = Showing(("a", "b", "c"), pace=10)
    moments = [4, 10, 14, 20.2, 30.1, 40.3]
    show, wall = (Showing(three.slides, stage=stage, pace=10) for stage in (SHOW, WALL))
    assert turns(monkeypatch, show, moments) == [0, 1, 1, 2, 2, 2], "a meeting stops at its last slide"
    assert turns(monkeypatch, wall, moments) == [0, 1, 1, 2, 0, 1], "a wall begins again"
    assert turns(monkeypatch, show, moments, "pause") == [0] * 6 and turns(monkeypatch, show, moments, "open:U1") == [0] * 6
    assert turns(monkeypatch, wall, [10], "open:U1") == [1]
    assert turns(monkeypatch, Showing(three.slides, stage=WALL), [19, 20]) == [0, 1], "a wall without a pace has one of its own"
    assert turns(monkeypatch, Showing(three.slides, stage=SHOW), moments) == [0] * 6


def test_slides_are_ticked_moved_taken_out_and_added(open_page, store):
    app = open_page(store, slides=["city", "unit:U1", "method"])
    assert app.button_group(key="meeting_ticks").value == ["city", "method"]
    tick(app, ["city", "method", "tiers"])
    assert address(app)["slides"] == ["city", "unit:U1", "method", "tiers"]
    tick(app, ["method", "tiers"])
    assert address(app)["slides"] == ["unit:U1", "method", "tiers"]
    press(app, "meeting_下移_0")
    assert address(app)["slides"] == ["method", "unit:U1", "tiers"] and slide(app) == ("甲局", "2 / 3"), "what is moved is looked at"
    press(app, "meeting_out_1")
    choose(app, "meeting_kind", "unit")
    choose(app, "meeting_unit_0", "U3")
    press(app, "meeting_add")
    assert address(app)["slides"] == ["method", "tiers", "unit:U3"] and slide(app)[1] == "3 / 3"
    choose(app, "meeting_kind", "compare")
    choose(app, "meeting_pair_1", "U1")
    assert app.button(key="meeting_add").disabled, "a unit is not compared with itself"
    choose(app, "meeting_pair_0", "U2")
    press(app, "meeting_add")
    assert address(app)["slides"][-1] == "compare:U2,U1"


def test_a_meeting_without_slides_says_so_and_cannot_begin(open_page, store):
    app = press(open_page(store, slides=["city"]), "meeting_out_0")
    assert app.button(key="meeting_show").disabled and any("还没有页" in c.value for c in app.caption)


def test_a_meeting_is_kept_opened_again_and_taken_off_the_list(open_page, store):
    app = open_page(store, slides=["city", "unit:U1"])
    press(app, "meeting_keep")
    assert "会议名称" in app.error[0].value or "保存人" in app.error[0].value
    app.text_input(key="meeting_name").set_value("三季度*会*")
    app.text_input(key="meeting_by").set_value("甲")
    press(app, "meeting_keep")
    assert "已保存" in app.success[0].value and address(app)["name"] == ["三季度*会*"]
    with reader(store) as db:
        assert list(kept.meetings(db)["codes"]) == [("city", "unit:U1")]
    other = open_page(store)
    choose(other, "meeting_open", "kept 三季度*会*")
    assert address(other)["slides"] == ["city", "unit:U1"] and other.selectbox(key="meeting_open").value == "kept 三季度*会*"
    other.text_input(key="meeting_name").set_value("三季度*会*")
    press(other, "meeting_drop")
    with reader(store) as db:
        assert kept.meetings(db).empty
    assert address(other)["slides"] == ["city", "unit:U1"], "what is shown stays"


def test_the_link_to_send_is_the_meeting(open_page, store):
    app = open_page(store, slides=["city", "unit:U1"], ground="dark", mask="yes")
    said = parse_qs(urlsplit(app.code[0].value).query)
    assert said.pop("period") == ["2025Q1"] and read(said) == read(address(app))


def test_a_ready_meeting_of_one_unit_is_of_the_one_that_is_chosen(open_page, store):
    app = open_page(store)
    choose(app, "meeting_open", "ready 单位约谈")
    assert address(app)["slides"][0] == "unit:U1"
    choose(app, "meeting_of", "U2")
    assert address(app)["slides"][0] == "unit:U2" and app.selectbox(key="meeting_open").value == "ready 单位约谈"


def test_hidden_names_are_on_no_slide(open_page, store, latest):
    view = latest(store)
    codes = [*kinds.titles(view), "compare:U1,U2"]
    names = set(view.units["name"])
    app = open_page(store, slides=codes, stage="show", mask="yes")
    for _ in codes:
        page = html(app) + json.dumps([chart.proto.spec for chart in app.get("plotly_chart")], ensure_ascii=False)
        assert not any(name in page for name in names), slide(app)
        press(app, "stage_next")
    assert slide(app)[1] == f"{len(codes)} / {len(codes)}"


def test_a_wall_shows_the_newest_period_whatever_was_chosen(open_page, store):
    app = open_page(store, period="2024Q4", slides=["city"], stage="wall", pace="5")
    assert "2025年一季度" in html(app) and "2024年四季度" in html(open_page(store, period="2024Q4", slides=["city"], stage="show"))
    assert not [b for b in app.button if b.key.startswith("stage_")], "nobody stands before a wall"


def test_a_wall_outlives_a_moment_without_the_store(open_page, store, monkeypatch):
    app = open_page(store, slides=["city"], stage="wall", pace="5")

    def locked(view, code):
        raise StoreLocked("库正被占用<b>")

    monkeypatch.setattr(kinds, "sheet", locked)
    assert "库正被占用&lt;b&gt;" in html(again(app)) and not app.error
    monkeypatch.undo()
    monkeypatch.setenv("QUALITY_STORE", str(store))
    assert slide(again(app)) == ("总体情况", "1 / 1")


@pytest.mark.parametrize("code", [
    "nothing", "unit:nobody", "dimension:<img>", "compare:U1,U1", "unit-next:U3", "unit:U3", "tasks", "uncertainty", "exemplars",
])  # fmt: skip
def test_odd_slides_hold(open_page, store, code):
    app = open_page(store, slides=[code], stage="show")
    assert slide(app)[1] == "1 / 1" and "<img" not in html(app)


def test_it_holds_over_another_store(asem_store, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(asem_store))
    app = opened("present", stage="show")
    for _ in range(int(slide(app)[1].split(" / ")[1])):
        press(app, "stage_next")
    assert "演示数据" not in html(app) and not app.error


def test_a_text_opens_the_unit_whose_title_alone_ends_so():
    code = present_stage.opener({"U1": "某市财政局", "U2": "某市审计局", "U3": "某县审计局"})
    assert [code(said) for said in ("U2", "某市财政局", "财政局", "审计局", "局", "县审计局", 3)] == ["U2", "U1", "U1", "", "", "U3", ""]


def test_what_the_browser_asks_is_done_once_and_in_order(monkeypatch):
    asked = type("Asked", (), {"act": "1 next\n2 next"})()
    monkeypatch.setattr(present_link.st, "session_state", {present_link._SHOWN: Showing(("a", "b", "c", "d"), stage=SHOW), "stage_steer": asked})
    present_stage._acted()
    asked.act = "2 next\n3 next"
    present_stage._acted()
    assert present_link.shown().at == 3 and present_stage._heard() == 3


def test_the_view_is_the_releases(open_page, store, monkeypatch):
    """The page reads through the viewer alone: another period in the header is another period on the slide."""
    app = open_page(store, slides=["city"], period="2024Q4")
    assert "2024年四季度" in html(app) and viewer.latest().period == "2025Q1"
