"""Who is at the screen: what a page shows to whom, and to nobody nothing."""

from streamlit.testing.v1 import AppTest

from store.people import accounts, sessions
from tests.people import CHEAP, PASSWORD, token_of
from tests.ui.support import SHELL, html_parts, opened
from ui import user
from ui.user import NOBODY, current_user


def said(app: AppTest) -> str:
    return "".join(html_parts(app))


def empty(app: AppTest) -> bool:
    """Nothing is on the page but the house's style and the word that one must sign in again."""
    shown = app.metric or app.dataframe or app.get("plotly_chart") or app.sidebar.children
    return "请重新登录" in said(app) and "<h1>" not in said(app) and not shown


def test_without_accounts_the_page_says_that_nobody_has_signed_in(store):
    assert current_user().local and current_user().may("users")
    assert "本机模式" in said(opened())


def test_without_accounts_a_server_open_to_others_shows_nothing(store, monkeypatch):
    monkeypatch.setattr(user.st, "get_option", {"server.address": "0.0.0.0"}.get)
    assert current_user() is NOBODY


def test_who_has_signed_in_is_named_with_the_way_out(visit_as, people_store):
    accounts.add("zhang", "<b>张</b>三", ["analyst"], "测试", None, PASSWORD, people_store, must_change=False, cost=CHEAP)
    visit_as("zhang")
    text = said(opened())
    assert "&lt;b&gt;张&lt;/b&gt;三" in text and "本机模式" not in text
    assert '<form method="post" action="/sign-out"' in text
    assert (current_user().name, current_user().roles) == ("zhang", ("analyst",))


def test_what_happens_to_a_visit_shows_at_the_next_run(visit_as, people_store):
    token = visit_as("analyst")
    app = opened("unit", unit="U1", period="2024Q4")
    assert not empty(app) and current_user().may("try")
    accounts.set_roles("analyst", ["leader"], "测试", None, people_store)
    assert not current_user().may("try") and current_user().may("see")
    sessions.sign_out(token, people_store)
    assert current_user() is NOBODY and empty(app.run())
    assert "/sign-in?next=%2Funit%3F" in said(app) and "unit%3DU1" in said(app)


def test_an_open_page_is_empty_once_the_account_is_closed(visit_as, people_store):
    visit_as("leader")
    app = opened()
    assert not empty(app)
    accounts.set_active("leader", False, "测试", people_store)
    assert empty(app.run())


def test_nobody_and_a_forged_token_see_nothing(visit_as, monkeypatch, people_store):
    for token in ("", "forged", token_of(people_store, "leader")[:-1]):
        monkeypatch.setattr(user, "token", lambda token=token: token)
        assert current_user() is NOBODY
    assert empty(AppTest.from_file(str(SHELL), default_timeout=60).run())


def test_a_first_password_shows_nothing(people_store, monkeypatch):
    accounts.set_password("leader", "first long password", "测试", people_store, cost=CHEAP)
    token = sessions.sign_in("leader", "first long password", "test", people_store)
    monkeypatch.setattr(user, "token", lambda: token)
    assert current_user() is NOBODY
