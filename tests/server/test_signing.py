"""Signing in and out by the form: what it says, where it leads, and how much of it the server bears."""

import asyncio
import time
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from server.asking import own_path
from server.forms import MOST, TooLong, fields
from server.sheets import SCREEN
from server.throttle import Throttle, network
from store.people import accounts, sessions
from tests.people import CHEAP, ORIGIN, PASSWORD, sign_in
from tests.server.conftest import behind
from tests.store.support import rows
from ui.user import COOKIES


def test_the_cookie_is_out_of_reach(visitor):
    said = sign_in(visitor(), "leader").headers["set-cookie"]
    assert said.startswith(f"{COOKIES[1]}=") and {"HttpOnly", "Path=/", "SameSite=lax"} == set(said.split("; ")[1:])


def test_over_https_it_is_secure_and_bound_to_the_host(visitor):
    client = visitor(base="https://testserver")
    form = {"name": "leader", "password": PASSWORD}
    said = client.post("/sign-in", data=form, headers={"origin": "https://testserver"}).headers["set-cookie"]
    assert said.startswith(f"{COOKIES[0]}=") and {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} == set(said.split("; ")[1:])
    client.cookies.set(COOKIES[1], client.cookies[COOKIES[0]])
    client.cookies.delete(COOKIES[0])
    assert client.get("/").status_code == 303  # the name that another site of the domain could set


def test_the_word_of_the_environment_makes_it_secure(visitor, monkeypatch):
    monkeypatch.setenv("QUALITY_HTTPS", "1")
    assert "Secure" in sign_in(visitor(), "leader").headers["set-cookie"]


@pytest.mark.parametrize(("name", "password"), [("nobody", PASSWORD), ("leader", "wrong"), ("analyst", PASSWORD), ("steward", PASSWORD)])
def test_what_is_said_of_a_failure_tells_nothing(visitor, people_store, name, password):
    accounts.set_active("analyst", False, "admin", people_store)
    for _ in range(5):
        sessions.sign_in("steward", "wrong", "", people_store)
    answer = sign_in(visitor(), name, password)
    assert answer.status_code == 401 and "账号或密码不对，或者账号暂时不能登录。" in answer.text
    assert answer.text.replace(f'value="{name}"', "") == sign_in(visitor(), "someone", "else").text.replace('value="someone"', "")
    assert "set-cookie" not in answer.headers


NASTY = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' OR '1'='1", "'; DROP TABLE account; --", "{{7*7}}",
    "\x00\r\nSet-Cookie: a=b",
]  # fmt: skip


def without_ours(text: str) -> str:
    """A sheet less the one script that it has, which holds nothing of anybody's."""
    assert text.count(SCREEN) == 1
    return text.replace(SCREEN, "")


@pytest.mark.parametrize("text", NASTY)
def test_script_and_sql_in_every_field_are_words(visitor, people_store, text):
    client = visitor()
    for name, password, to in ((text, "x", "/"), ("leader", text, "/"), ("leader", "x", text)):
        answer = sign_in(client, name, password, to)
        assert answer.status_code == 401 and "<script" not in without_ours(answer.text)
        assert "<img" not in answer.text and 'value="">' not in answer.text
        assert "set-cookie" not in answer.headers
    assert len(rows(people_store, "SELECT * FROM account")) == 6
    door = client.get("/sign-in", params={"next": text, "name": text, "out": text})
    assert "<script" not in without_ours(door.text) and "<img" not in door.text


ELSEWHERE = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)", "evil.example",
    "/ok\r\nLocation: //evil.example", "///evil.example", "/\t/evil.example", " //evil.example", "", "/sign-out", "/sign-in?next=/sign-in",
    "/" + "x" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("to", ELSEWHERE)
def test_a_path_out_of_the_server_is_none(to):
    assert own_path(to) == "/"


@given(st.text(st.sampled_from("/\\.:@?#%\t\r\n ev") | st.characters()))
def test_whatever_is_asked_for_the_way_on_stays_on_the_server(to):
    assert urlsplit(urljoin("http://testserver/sign-in", own_path(to))).netloc == "testserver"


def test_no_way_leads_out_of_the_server(visitor):
    client = visitor()
    assert sign_in(client, "leader", to="//evil.example").headers["location"] == "/"
    assert client.get("/sign-in", params={"next": "https://evil.example"}).headers["location"] == "/"


def test_a_token_from_before_the_sign_in_is_not_the_sessions(visitor):
    client = visitor()
    client.cookies.set(COOKIES[1], "planted", domain="testserver.local", path="/")
    sign_in(client, "leader")
    first = client.cookies[COOKIES[1]]
    assert first != "planted"
    sign_in(client, "analyst")
    second = client.cookies[COOKIES[1]]
    assert second != first and client.get("/").json()["who"] == "analyst"
    other = visitor()
    other.cookies.set(COOKIES[1], first)
    assert other.get("/").status_code == 303  # the one that it replaced is over


def test_a_first_password_must_be_changed(visitor, people_store):
    accounts.set_password("leader", "first long password", "admin", people_store, cost=CHEAP)
    client = visitor()
    sign_in(client, "leader", "first long password", to="/unit?unit=U1")
    assert "首次登录" in client.get("/password", params={"next": "/unit?unit=U1"}).text

    def change(old, new, again):
        form = {"old": old, "new": new, "again": again, "next": "/unit?unit=U1"}
        return client.post("/password", data=form, headers=ORIGIN)

    for typed, why in ((("first long password", "new one long", "new one lung"), "不一样"), (("x", "new one long", "new one long"), "现在的密码不对"),
                       (("first long password", "short", "short"), "10 到 200")):  # fmt: skip
        answer = change(*typed)
        assert answer.status_code == 400 and why in answer.text
    before = client.cookies[COOKIES[1]]
    assert change("first long password", "new one long", "new one long").headers["location"] == "/unit?unit=U1"
    assert client.cookies[COOKIES[1]] != before and client.get("/").json()["who"] == "leader"


def test_one_who_has_not_signed_in_changes_no_password(visitor, people_store):
    before = rows(people_store, "SELECT * FROM account")
    form = {"old": PASSWORD, "new": "new one long", "again": "new one long", "name": "leader"}
    assert visitor().post("/password", data=form, headers=ORIGIN).headers["location"] == "/"
    assert rows(people_store, "SELECT * FROM account") == before


def test_an_open_page_may_ask_whether_its_session_is_on_without_using_it(visitor, people_store, monkeypatch):
    client, start = visitor(), sessions.time()
    assert client.get("/sign-in/still").status_code == 401
    sign_in(client, "leader")
    for minutes in (10, 29):
        monkeypatch.setattr(sessions, "time", lambda minutes=minutes: start + 60 * minutes)
        assert client.get("/sign-in/still").status_code == 204
    monkeypatch.setattr(sessions, "time", lambda: start + 60 * 31)
    assert client.get("/sign-in/still").status_code == 401


def test_a_link_signs_nobody_out(visitor):
    client = visitor()
    sign_in(client, "leader")
    assert client.get("/sign-out").headers["location"] == "/" and client.get("/").json()["who"] == "leader"


def test_a_huge_form_is_not_read(visitor):
    assert visitor().post("/sign-in", content=b"name=" + b"x" * (MOST + 1), headers=ORIGIN).status_code == 413



def test_no_more_of_an_endless_form_is_read_than_a_form_can_hold():
    parts = []

    async def receive():
        parts.append(1)
        return {"type": "http.request", "body": b"x" * 4096, "more_body": True}

    with pytest.raises(TooLong):
        asyncio.run(fields(Request({"type": "http", "method": "POST", "headers": []}, receive)))
    assert len(parts) == MOST // 4096 + 1


def test_ten_thousand_sign_ins_a_minute_neither_pass_nor_stop_the_server(people_store):
    """Straight at the app, as fast as it answers; between them somebody else signs in."""
    app, form = behind(), b"name=leader&password=guess"
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver"), (b"content-type", b"application/x-www-form-urlencoded")]

    async def post(body: bytes, host: str) -> int:
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/sign-in", "raw_path": b"/sign-in", "query_string": b"", "scheme": "http",
                 "headers": headers, "client": (host, 1), "server": ("testserver", 80), "http_version": "1.1"}  # fmt: skip
        await app(scope, receive, send)
        return sent[0]["status"]

    async def flood() -> tuple[list[int], list[float]]:
        answers, others = [], []
        for n in range(10_000):
            answers.append(await post(form, "10.0.0.66"))
            if n % 2_500 == 0:
                start = time.perf_counter()
                assert await post(f"name=analyst&password={PASSWORD.replace(' ', '+')}".encode(), f"10.0.0.{n // 2500}") == 303
                others.append(time.perf_counter() - start)
        return answers, others

    answers, others = asyncio.run(flood())
    assert set(answers) == {401, 429} and answers.count(401) <= 10  # ten at once, then one in twenty seconds for one name
    assert max(others) < 1
    assert len(rows(people_store, "SELECT * FROM audit WHERE verb = 'failed'")) <= 10


def test_many_names_from_one_address_are_too_many_as_well(visitor, monkeypatch):
    client, right = visitor(), sessions.sign_in
    monkeypatch.setattr(sessions, "sign_in", lambda name, *given: right(name, *given) if name == "leader" else None)
    statuses = [sign_in(client, f"name{n}", "guess").status_code for n in range(40)]
    assert set(statuses) == {401, 429} and 30 <= statuses.count(401) <= 32
    late = sign_in(client, "leader")
    assert late.status_code == 429 and "请稍候" in late.text and int(late.headers["retry-after"]) >= 1
    assert sign_in(visitor("10.0.0.8"), "leader").status_code == 303


def test_a_bucket_fills_again_and_its_shelf_stays_small():
    now = [0.0]
    throttle = Throttle(3, 10, most=100, clock=lambda: now[0])
    assert [throttle.wait("a") for _ in range(5)] == [0, 0, 0, 10, 10]
    now[0] = 9.0
    assert throttle.wait("a") == pytest.approx(1)
    now[0] = 10.0
    assert throttle.wait("a") == 0 and throttle.wait("a") == pytest.approx(10)
    now[0] = 1000.0
    assert [throttle.wait("a") for _ in range(4)] == [0, 0, 0, 10]  # no more than three are saved up
    for n in range(10_000):
        throttle.wait(str(n))
    assert len(throttle.buckets) == 100


def test_an_ipv6_house_is_one_address():
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("10.0.0.1") != network("10.0.0.2") and network("nonsense" * 50) == ("nonsense" * 50)[:64]
