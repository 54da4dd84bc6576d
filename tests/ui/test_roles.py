"""Who may do what: every page for every role, every act that writes, and that a liaison's screen and files hold no other unit."""

import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pandas.testing import assert_frame_equal
from streamlit.testing.v1 import AppTest

from store.connection import reader
from store.errors import NotAllowed
from store.importing import bringing
from store.people import accounts as store_accounts
from store.people import sessions
from store.people.roles import RIGHTS, ROLES, Person
from tests.store.support import bring, intake, rows
from tests.ui.support import ROOT, SHELL, html_parts
from ui import accounts, acts, appeals_parts, causes, desk, exports, portrait, releases_list, releases_parts, user, viewer
from ui.guidance import best
from ui.own_view import OwnView
from ui.peers import CITY, QUARTILES, UNTOLD
from ui.places import PLACES, opens
from ui.portrait_parts import TABS as OF_UNIT
from ui.worklist_parts import TABS as LEDGERS

TABS = {
    "unit": list(OF_UNIT),
    "tasks": list(LEDGERS),
    "guidance": [""],
    "appeals": [""],
    "method": ["example", "weights", "indicators", "rules", "ledgers", "methods", "terms", "repeat"],
}


@pytest.fixture
def become(monkeypatch) -> Callable[..., Person]:
    """become("liaison", unit="U1"): pages that are run from now on are this person's."""

    def one(*roles: str, unit: str | None = None) -> Person:
        person = Person("某人", "某某", roles, unit)
        monkeypatch.setattr(user, "LOCAL", person)
        return person

    return one


def run(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    if page:
        app.switch_page(f"../pages/{page}.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, (page, query, app.exception[0].stack_trace)
    return app


def said(app: AppTest) -> str:
    """Everything in the element tree as text: messages, tables, the specifications of figures."""
    found = []
    for node in app._tree:
        proto = getattr(node, "proto", None)
        if proto is None:
            continue
        found.append(proto.SerializeToString().decode("utf-8", "ignore"))
        if spec := getattr(proto, "spec", ""):
            found.append(json.dumps(json.loads(spec), ensure_ascii=False))
    return html.unescape("\n".join(found))


def texts_of(content: bytes) -> Iterator[str]:
    """The text of a file to take away, of an archive that of its parts, of a workbook inside it, too, without the marks between."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        yield content.decode("utf-8", "ignore")
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name
            for text in texts_of(archive.read(name)):
                yield html.unescape(re.sub(r"<[^>]*>", "", text)) + html.unescape(text)


def test_a_liaison_sees_no_other_unit(become, demo_store, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(demo_store))
    whole = viewer.latest()
    taken = {}
    monkeypatch.setattr(exports, "recorded", lambda make, file: taken.setdefault(file, make))
    own = str(whole.units["rank"].idxmax())
    become("liaison", unit=own)
    names = whole.history.drop_duplicates(["unit", "name"])
    mine = set(names.loc[names["unit"] == own, "name"])
    others = names[names["unit"] != own]
    forbidden = {n for n in others["name"] if not any(n in m for m in mine)} | set(others["unit"])
    pattern = re.compile("|".join(sorted(map(re.escape, forbidden), key=len, reverse=True)))
    leaks = {}
    for page, tabs in TABS.items():
        for tab in tabs:
            app = run(page, **({"tab": tab} if tab else {}))
            if found := set(pattern.findall(said(app))):
                leaks[page, tab] = found
    for file, make in taken.items():
        if found := {f for text in texts_of(make()) for f in pattern.findall(text)}:
            leaks[file] = found
    assert leaks == {} and any(file.endswith(".pptx") for file in taken)
    become("leader")
    assert {"unit", "tasks"} <= {page for page in ("unit", "tasks") if pattern.search(said(run(page)))}, "the search finds what is there"


TABLE = {  # page → roles to whom it opens
    "overview": "leader analyst steward publisher",
    "unit": "leader analyst steward publisher liaison",
    "movement": "leader analyst steward publisher",
    "present": "leader analyst",
    "tasks": "leader analyst steward publisher liaison",
    "guidance": "leader analyst steward publisher liaison",
    "exemplars": "leader analyst steward publisher",
    "indicator": "leader analyst steward publisher",
    "compare": "leader analyst steward publisher",
    "cities": "leader analyst steward publisher",
    "robustness": "leader analyst steward publisher",
    "what_if": "analyst",
    "audit": "analyst steward publisher",
    "trace": "leader analyst steward publisher",
    "intake": "steward",
    "batches": "steward",
    "entry": "steward",
    "framework": "steward",
    "releases": "analyst steward publisher",
    "appeals": "steward publisher liaison",
    "journal": "steward publisher admin",
    "accounts": "admin",
    "method": "leader analyst steward publisher liaison",
}
LANDING = {"liaison": "unit", "admin": "accounts"}  # who goes elsewhere from the bare address


def test_the_table_names_every_page_and_every_role():
    assert list(TABLE) == [place.name for place in PLACES]
    assert {role for roles in TABLE.values() for role in roles.split()} == set(ROLES)


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_pages_open_as_the_table_says(become, store, role):
    """A page that does not open says so, whoever asks for it; nothing of the store is on it, and it is not in the menu."""
    become(*filter(None, [role]), unit="U2" if role == "liaison" else None)
    for place in PLACES:
        app = run("" if place is PLACES[0] else place.name)
        arrived = LANDING.get(role, place.name) if place is PLACES[0] else place.name
        assert title(app) == next(p.title for p in PLACES if p.name == arrived)
        refused = any("不对你的账号开放" in w.value for w in app.warning)
        assert refused == (role not in TABLE[arrived].split()), (role, place.name)
        assert not refused or not (app.dataframe or app.metric or app.get("plotly_chart") or app.get("download_button"))


def title(app: AppTest) -> str:
    return re.search("<h1>(.*?)</h1>", "".join(html_parts(app)))[1]


def test_a_link_to_another_unit_does_not_say_whether_it_is_there(become, store):
    become("liaison", unit="U2")
    there, nowhere = (run("unit", unit=unit) for unit in ("U1", "U9"))
    assert "不对你的账号开放" in said(there) and "甲局" not in said(there)
    assert [m.value for m in (*there.warning, *there.markdown)] == [m.value for m in (*nowhere.warning, *nowhere.markdown)]
    assert "不对你的账号开放" in said(run("tasks", units="U3")) and "不对你的账号开放" in said(run("method", unit="U3"))
    assert not run("unit", unit="U2").warning


def test_a_liaison_of_a_unit_that_is_not_there_sees_nobody(become, store):
    become("liaison", unit="U9")
    for page in ("unit", "tasks", "guidance", "method"):
        assert not {"甲局", "乙局", "丙局"} & set(re.findall("[甲乙丙]局", said(run(page))))


def test_what_a_view_has_is_cut_or_known_to_be_nobodys(become, store):
    """Whoever gives a view something new decides here whether it is about units."""
    nobodys = {
        "path", "served", "period", "periods", "row", "release", "demo", "framework", "policy", "words", "labels", "releases", "facets", "facet",
        "node_name", "at", "release_view", "previous", "year_ago", "stated", "wide",
    }  # fmt: skip
    by_table = {"units", "nodes", "ranks", "coverage", "cells", "adjustments", "marks", "derived", "unit_name"}
    public = {name for name in [*vars(viewer.View), *viewer.View.__dataclass_fields__] if not name.startswith("_")}
    assert public - nobodys - by_table == {name for name in vars(OwnView) if not name.startswith("_")} - {"unit"}
    become("liaison", unit="U2")
    own = viewer.latest()
    assert isinstance(own.at("2024Q4"), OwnView) and own.previous.unit == "U2" and isinstance(own.release_view(own.release), OwnView)
    for name in by_table - {"unit_name"}:
        table = getattr(own, name)
        assert set(table.get("unit", table.index)) <= {"U2"}, name
    assert set(own.history["unit"]) == {"U2"} and list(own.lost.index) == ["U2"] and own.audit == ()
    assert own.case.values.units == own.case.scores.units == ("U2",) and set(own.case.assessment.units.index) == {"U2"}
    assert own.unit_name("U1") == "U1"


def test_own_standing_is_the_released_one_among_all(become, demo_store, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(demo_store))
    whole = viewer.latest()
    unit = str(whole.units["rank"].idxmax())
    become("liaison", unit=unit)
    own = viewer.latest()
    assert own.units.loc[unit].equals(whole.units.loc[unit]) and own.nodes.loc[unit].equals(whole.nodes.loc[unit])
    assert portrait.headline(own, unit) == portrait.headline(whole, unit)
    codes = portrait.dimension_codes(whole)
    assert portrait.axes(own, unit, codes).equals(portrait.axes(whole, unit, codes))
    assert portrait.group(own, unit)[0] == portrait.group(whole, unit)[0]
    assert_frame_equal(portrait.trend(own, unit), portrait.trend(whole, unit))
    assert_frame_equal(best(own, [unit]), best(whole, [unit]))
    mine, theirs = (causes.why(v.previous, v, unit)[0] for v in (own, whole))
    assert mine.places == theirs.places and mine.causes.equals(theirs.causes)


def test_of_fewer_than_five_nothing_is_told(become, store):
    """Three units stand in the small city."""
    become("liaison", unit="U2")
    own = viewer.latest()
    assert own.peers.bands[CITY].loc[list(QUARTILES)].isna().all(axis=None) and own.peers.over_time.isna().all(axis=None)
    assert (own.peers.bands[CITY].loc["count"] <= 3).all() and np.isnan(own.peers.line(own.labels[0]))
    assert UNTOLD in said(run("unit", tab="next")) and UNTOLD in said(run("method", tab="repeat"))


def written(path: Path) -> int:
    return rows(path, "SELECT count(*) FROM audit")[0][0]


VALUES = "单位,考核期,A1,A2\n甲局,2025Q1,91.5,80\n".encode()
ACTS = {  # what is written → the right that it takes, and how
    "bring": ("bring", lambda path: desk.bring(path, bringing.look([("a.csv", VALUES)], None, path))),
    "undo": ("bring", lambda path: desk.undo(path, 2, "填错了")),
    "draft": ("publish", lambda path: acts.act("publish", partial(releases_parts._draft, path, ["2025Q1"]), "")),
    "withdraw": ("publish", lambda path: acts.act("publish", partial(releases_list._withdraw, path, 2, "有误"), "")),
    "appeal": ("appeal", lambda path: acts.act("appeal", partial(appeals_parts._ask, viewer.latest(), "U2", "A1", "分母不对"), "")),
    "account": ("users", lambda path: accounts.add(path, "wang", "王", ["leader", "admin"], None, True)),
    "setting": ("users", lambda path: accounts.put(path, {"rank_change": 7})),
    "export": ("export", lambda path: exports.recorded(lambda: b"x", "x.csv")()),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_done_by_right_or_nothing_is_written(become, store, act):
    right, do = ACTS[act]
    bring(store, intake(values=[("U3", "A1", "2025Q1", 10.0)]))  # that there is something to draft
    refused = [role for role, about in ROLES.items() if right not in about.rights]
    for role in [*refused, ""]:
        become(*filter(None, [role]), unit="U2")
        before = written(store)
        with suppress(NotAllowed):
            do(store)
        assert written(store) == before, role
        with pytest.raises(NotAllowed, match=RIGHTS[right]):
            user.require(right)
    become(next(role for role in ROLES if role not in refused), unit="U2")
    before = written(store)
    do(store)
    assert written(store) > before


@pytest.mark.parametrize(("page", "query", "right"), [("what_if", {"weight": "B~100"}, "try"), ("present", {"slides": "city"}, "meet")])
def test_what_is_kept_is_kept_by_who_has_signed_in_and_by_right(become, store, page, query, right):
    """The right is lost between the drawing of the button and the press."""
    become("analyst")
    app, field = run(page, **query), {"what_if": "trial name", "present": "meeting_name"}[page]
    app.text_input(key=field).set_value("重看")
    become("steward")
    next(b for b in app.button if b.label == "保存").click().run()
    table = {"what_if": "scenario", "present": "meeting"}[page]
    assert rows(store, f"SELECT by FROM {table}") == []
    become("analyst")
    app = run(page, **query)
    app.text_input(key=field).set_value("重看")
    next(b for b in app.button if b.label == "保存").click().run()
    assert rows(store, f"SELECT by FROM {table}") == [("某人",)]


def test_without_accounts_everything_is_as_it_was(store):
    """The machine's own user: all pages in the menu, the view of all units."""
    assert all(opens(place.name) for place in PLACES) and type(viewer.latest()) is viewer.View
    app = run("accounts")
    assert any("本机模式" in c.value for c in app.caption) and "没有" in said(app)


def test_the_first_account_is_an_administrators_and_shows_its_password_once(store, monkeypatch):
    monkeypatch.setattr(user, "token", lambda: "")
    app = run("accounts")
    app.text_input(key="account name 0").set_value("Wang")
    app.text_input(key="account title 0").set_value("<b>王</b>")
    app.multiselect(key="account roles new 0").set_value(["leader"])
    app.button(key="account add").click().run()
    assert "系统管理员" in app.error[0].value and app.text_input(key="account name 0").value == "Wang"
    app.multiselect(key="account roles new 0").set_value(["admin"])
    app.button(key="account add").click().run()
    first = app.code[0].value
    with reader(store) as db:
        assert list(store_accounts.accounts(db)["name"]) == ["wang"]
    assert sessions.sign_in("wang", first, "test", store)
    assert "请重新登录" in said(app.run()) and first not in said(app)
    assert [verb for (verb,) in rows(store, "SELECT verb FROM audit ORDER BY id DESC LIMIT 2")] == ["sign_in", "user_add"]


def test_an_administrator_mends_accounts_and_settings(visit_as, people_store):
    visit_as("admin")
    app = run("accounts", account="liaison")
    app.multiselect(key="account roles liaison").set_value(["liaison", "analyst"]).run()
    app.button(key="account give liaison").click().run()
    assert "联络员" in app.success[0].value
    app.button(key="account reset liaison").click().run()
    assert sessions.sign_in("liaison", app.code[0].value, "test", people_store)
    app.button(key="account active liaison").click().run()
    assert "停用" in app.success[0].value and app.button(key="account active liaison").label == "启用"
    app = run("accounts", account="admin")
    app.button(key="account active admin").click().run()
    assert "没有在用的系统管理员" in app.error[0].value
    app = run("accounts", tab="settings")
    app.number_input(key="setting lock_minutes").set_value(20)
    app.button(key="settings save").click().run()
    assert rows(people_store, "SELECT key, value, by FROM setting") == [("lock_minutes", "20", "admin")]


@pytest.mark.parametrize("paper", ["README.md", "README.zh-CN.md"])
def test_the_readmes_table_of_roles_is_the_programs(paper):
    lines = [line for line in (ROOT / paper).read_text("utf-8").splitlines() if line.startswith("|")]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = next(k for k, cells in enumerate(found) if "`leader`" in cells[1])
    assert found[head][1:] == [f"{about.title} `{role}`" for role, about in ROLES.items()]
    table = found[head + 2 : head + 2 + len(RIGHTS)]
    assert [[cell == "✓" for cell in cells[1:]] for cells in table] == [[right in about.rights for about in ROLES.values()] for right in RIGHTS]
    if paper == "README.zh-CN.md":
        assert [cells[0] for cells in table] == list(RIGHTS.values())
