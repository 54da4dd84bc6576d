"""What must not get past the gate, over HTTP and over WebSocket."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from server import asking
from server.gate import Gate
from store.people import accounts, sessions, tokens
from tests.people import CHEAP, ORIGIN, PASSWORD, sign_in, token_of
from tests.server.conftest import behind
from tests.store.support import make_store, rows
from ui.user import COOKIES

PAGES = ["/", "/unit", "/unit?unit=U1&period=2024Q4", "/nowhere", "/index.html", "//evil.example/x"]
PARTS = [
    "/static/js/main.js", "/media/0123abcd.csv", "/component/x/index.html", "/_stcore/host-config", "/_stcore/metrics",
    "/_stcore/stream", "/_stcore/upload_file/a/b", "/_stcore/script-health-check", "/app/static/a.csv", "/static/../media/0123abcd.csv",
]  # fmt: skip
API = ["/api/v1/scores", "/api/v1/openapi.json", "/api/../api/v1/units"]


def socket(client: TestClient, origin: str | None = "http://testserver", **headers: str):
    given = headers | ({"origin": origin} if origin else {})
    return client.websocket_connect("/_stcore/stream", headers=given)


def refused(client: TestClient, **how) -> bool:
    try:
        with socket(client, **how) as open_:
            open_.send_bytes(b"")
            open_.receive_bytes()
    except WebSocketDisconnect as end:
        return end.code == 1008
    return False


@pytest.mark.parametrize("path", PAGES)
def test_a_deep_link_before_login_leads_to_the_door_and_then_on(visitor, path):
    """The first request that a fresh server gets."""
    client = visitor()
    answer = client.get("http://testserver" + path)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in") and not answer.content
    door = client.get(answer.headers["location"])
    assert door.status_code == 200 and "<form" in door.text and door.headers["cache-control"] == "no-store"
    into = sign_in(client, "leader", to=path)
    assert into.status_code == 303
    assert into.headers["location"] == ("/" if path.startswith("//") else path)
    assert client.get(into.headers["location"]).json()["who"] == "leader"


@pytest.mark.parametrize("path", PARTS + API)
def test_nothing_else_is_had_before_login(visitor, path):
    answer = visitor().get(path)
    assert answer.status_code == 401 and "who" not in answer.text
    assert visitor().head(path).status_code == 401


PIECES = ["", ".", "..", "_stcore", "health", "healthz", "sign-in", "still", "static", "media", "api", "unit", "%2e%2e", "%2f", "\\", "a;b"]


@given(method=st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"]), path=st.lists(st.sampled_from(PIECES), max_size=5))
def test_no_way_of_writing_a_path_gets_past_the_gate(people_once, method, path):
    """Whatever it is, the app behind is not asked, but for the paths that are open to all."""
    path, asked, sent = "/" + "/".join(path), [], []

    async def behind_it(scope, receive, send):
        asked.append(scope["path"])

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [(b"host", b"h"), (b"origin", b"http://h")], "scheme": "http",
             "query_string": b"", "client": ("127.0.0.1", 1), "server": ("h", 80)}  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALITY_STORE", str(people_once))
        asyncio.run(Gate(behind_it, local=True)(scope, None, send))
    assert asked == [path] if path in (*asking.OPEN, asking.STILL, *asking.DOORS) else sent[0]["status"] in (303, 401) and not asked


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_changed_before_login(visitor, method):
    assert visitor().request(method, "/_stcore/upload_file/a/b", headers=ORIGIN).status_code == 401
    assert visitor().request(method, "/", headers=ORIGIN).status_code == 401


@pytest.mark.parametrize("path", ["/_stcore/health", "/healthz"])
def test_whether_the_server_is_up_is_told_to_all(visitor, path):
    assert visitor().get(path).json()["who"] is None
    assert visitor().get(path + "x").status_code in (303, 401)


def test_a_websocket_needs_a_session(visitor):
    client = visitor()
    assert refused(client)
    client.cookies.set(COOKIES[1], "forged")
    assert refused(client)
    sign_in(client, "leader")
    assert not refused(client)


@pytest.mark.parametrize("origin", ["http://evil.example", "http://testserver.evil.example", "null", "http://testserver:81", None, "http://"])
def test_a_foreign_page_opens_no_websocket_and_sends_no_form(visitor, origin):
    client = visitor()
    sign_in(client, "leader")
    assert refused(client, origin=origin)
    headers = {"origin": origin} if origin else {}
    for path in ("/sign-in", "/sign-out", "/password", "/_stcore/upload_file/a/b"):
        assert client.post(path, headers=headers).status_code == 403
    assert client.get("/").json()["who"] == "leader"


def test_a_browser_that_sends_no_origin_says_the_same_otherwise(visitor):
    client = visitor()
    assert client.post("/sign-out", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/sign-out", headers={"sec-fetch-site": "same-origin"}).status_code == 303


CLAIMS = {
    "X-Remote-User": "admin", "x-remote-role": "admin", "Remote-User": "admin", "X-Forwarded-User": "admin", "X-Auth-Request-Email": "admin",
    "X-User": "admin", "X-WEBAUTH-USER": "admin", "X-Role": "admin", "X-Forwarded-Preferred-Username": "admin",
}  # fmt: skip


def test_headers_that_claim_who_one_is_are_taken_off(visitor):
    client = visitor()
    assert client.get("/", headers=CLAIMS).status_code == 303 and refused(client, **CLAIMS)
    sign_in(client, "leader")
    seen = client.get("/", headers=CLAIMS | {"X-Else": "kept"}).json()
    assert (seen["who"], seen["roles"]) == ("leader", ["leader"])
    assert not {name.lower() for name in CLAIMS} & set(seen["headers"]) and seen["headers"]["x-else"] == "kept"


@pytest.mark.parametrize("forge", [str.upper, lambda t: t[:-1], lambda t: t + "a", lambda t: "' OR 1=1 --", lambda t: "", lambda t: "x" * 9000])
def test_a_forged_cookie_is_nobodys(visitor, people_store, forge):
    client = visitor()
    client.cookies.set(COOKIES[1], forge(token_of(people_store, "leader")))
    assert client.get("/").status_code == 303


def test_the_hash_that_the_store_keeps_opens_nothing(visitor, people_store):
    token_of(people_store, "leader")
    client = visitor()
    client.cookies.set(COOKIES[1], rows(people_store, "SELECT sha256 FROM session")[0][0])
    assert client.get("/").status_code == 303


def test_a_cookie_taken_along_is_worth_nothing_after_sign_out(visitor):
    client, thief = visitor(), visitor()
    sign_in(client, "leader")
    thief.cookies.set(COOKIES[1], client.cookies[COOKIES[1]])
    assert thief.get("/").json()["who"] == "leader"
    assert client.post("/sign-out", headers=ORIGIN).headers["location"] == "/sign-in?out=1"
    assert COOKIES[1] not in client.cookies
    assert client.get("/").status_code == 303 and thief.get("/").status_code == 303 and refused(thief)


def test_an_expired_session_opens_nothing(visitor, people_store, monkeypatch):
    client = visitor()
    sign_in(client, "leader")
    now = sessions.time()
    monkeypatch.setattr(sessions, "time", lambda: now + 60 * 1440)
    assert client.get("/").status_code == 303


def plain(data: bytes) -> BackMsg:
    message = BackMsg()
    message.ParseFromString(data)
    return message


def test_an_open_page_can_do_nothing_once_its_session_is_over(visitor, people_store):
    """What it sends is heard as the wish to be drawn again, by which the page says that the visit is over."""
    client = visitor()
    sign_in(client, "leader")
    click = BackMsg()
    click.rerun_script.query_string, click.rerun_script.page_script_hash, click.rerun_script.fragment_id = "unit=U1", "abc", "part"
    click.rerun_script.widget_states.widgets.add(id="delete", trigger_value=True)
    with socket(client) as page:
        page.send_bytes(click.SerializeToString())
        assert plain(page.receive_bytes()) == click
        accounts.set_active("leader", False, "admin", people_store)
        page.send_bytes(click.SerializeToString())
        heard = plain(page.receive_bytes()).rerun_script
        assert (heard.query_string, heard.page_script_hash, heard.fragment_id) == ("unit=U1", "abc", "")
        assert not heard.widget_states.widgets
        page.send_bytes(BackMsg(clear_cache=True).SerializeToString())
        assert plain(page.receive_bytes()).WhichOneof("type") == "rerun_script"


def test_a_first_password_opens_the_password_page_only(visitor, people_store):
    accounts.set_password("leader", PASSWORD, "admin", people_store, cost=CHEAP)
    client = visitor()
    sign_in(client, "leader")
    assert client.get("/unit?unit=U1").headers["location"] == "/password?next=%2Funit%3Funit%3DU1"
    assert client.get("/api/v1/scores").status_code == 403 and client.get("/media/x.csv").status_code == 403 and refused(client)


def test_a_token_opens_the_api_and_nothing_else(visitor, people_store):
    bearer = {"authorization": f"Bearer {tokens.add('analyst', '门户', 'admin', None, people_store)}"}
    client = visitor()
    assert client.get("/api/v1/scores", headers=bearer).json()["who"] == "analyst"
    for path in ("/media/x.csv", "/_stcore/host-config", "/apiary"):
        assert client.get(path, headers=bearer).status_code in (303, 401)
    assert refused(client, **bearer)
    for forged in ("Bearer", "Bearer x", "Basic YWRtaW46YWRtaW4=", bearer["authorization"] + "x"):
        assert client.get("/api/v1/scores", headers={"authorization": forged}).status_code == 401


def test_a_forged_bearer_does_not_fall_back_on_the_cookie(visitor):
    """Else the header, which waives the question where the page comes from, would lend a foreign page the cookie."""
    client = visitor()
    sign_in(client, "leader")
    assert client.post("/api/v1/scores", headers={"authorization": "Bearer x", "origin": "http://evil.example"}).status_code == 401


def test_the_browser_keeps_nothing_of_what_it_was_shown(visitor):
    client = visitor()
    sign_in(client, "leader")
    for path in ("/", "/api/v1/scores", "/_stcore/host-config"):
        assert client.get(path).headers["cache-control"] == "no-store"
    assert client.get("/static/js/main.js").headers["cache-control"] == "public"


@pytest.fixture
def no_accounts(tmp_path, monkeypatch):
    path = make_store(tmp_path / "quality.db")
    monkeypatch.setenv("QUALITY_STORE", str(path))
    return path


def here(host: str = "127.0.0.1", local: bool = True) -> TestClient:
    return TestClient(behind(local=local), client=(host, 50000), follow_redirects=False)


def test_without_accounts_who_sits_at_the_machine_is_let_in(no_accounts):
    assert here().get("/").json()["who"] == "local" and not refused(here())
    assert here("::1").get("/api/v1/scores").json()["who"] == "local"


def test_without_accounts_nobody_else_is(no_accounts):
    for client in (here("10.0.0.7"), here("testclient"), here(local=False), here("10.0.0.7", local=False)):
        assert client.get("/").status_code == 303 and refused(client)
    for header in ("x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host"):
        assert here().get("/", headers={header: "127.0.0.1"}).status_code == 303, header


def test_the_first_account_ends_that_at_once(no_accounts):
    client = here()
    with socket(client) as page:
        page.send_bytes(BackMsg(clear_cache=True).SerializeToString())
        assert plain(page.receive_bytes()).clear_cache
        accounts.add("zhang", "张三", ["admin"], "测试", None, None, no_accounts)
        page.send_bytes(BackMsg(clear_cache=True).SerializeToString())
        assert plain(page.receive_bytes()).WhichOneof("type") == "rerun_script"
    assert client.get("/").status_code == 303


def test_a_store_that_cannot_be_read_opens_nothing(visitor, monkeypatch):
    from store.errors import StoreLocked

    client = visitor()
    sign_in(client, "leader")

    def locked(*_):
        raise StoreLocked("占用")

    monkeypatch.setattr(sessions, "visit", locked)
    assert client.get("/").status_code == 503 and refused(client)
