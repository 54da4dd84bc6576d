"""An address at which nothing lies ends on a page of the house; all that is Streamlit's, the API's or a page's own passes."""

from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

import dashboard
from server.sheets import SCREEN
from server.unknown import Unknown
from tests.server.conftest import echo
from ui.places import PLACES


@pytest.fixture(scope="module")
def browser() -> TestClient:
    methods = ["GET", "HEAD", "POST"]
    app = Starlette(routes=[Route("/{path:path}", echo, methods=methods)], middleware=[Middleware(Unknown, known=dashboard.known)])
    return TestClient(app, follow_redirects=False)


NOWHERE = [
    "/nothing", "/nothing/", "/a/b?period=2024Q4", "/unit/x", "/unit.html", "/api", "/..%2f", "/Unit", "/static", "/_stcore", "/index.html",
]  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
def test_where_no_page_lies_the_house_says_so(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404 and "没有这一页" in answer.text and 'href="/"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_what_was_typed_is_text(browser):
    answer = browser.get("/<script>alert(1)</script>")
    assert answer.text.count("<script") == 1 == answer.text.count(SCREEN), "none but the sheet's own"
    assert "<script>alert(1)" in unescape(answer.text)


@pytest.mark.parametrize("name", ["", *(place.name for place in PLACES)])
def test_pages_pass(browser, name):
    assert browser.get(f"/{name}").status_code == browser.get(f"/{name}?period=2024Q4").status_code == 200
    assert browser.get(f"/{name}/".replace("//", "/")).status_code == 200, "Streamlit itself takes the slash away"


@pytest.mark.parametrize(
    "path",
    ["/_stcore/health", "/unit/_stcore/host-config", "/nothing/_stcore/health", "/static/js/x.js", "/media/x.docx", "/component/x/index.html",
     "/app/static/x", "/api/v1/nothing", "/healthz", "/sign-in", "/sign-in/still", "/oauth2callback", "/favicon.png", "/manifest.json"],
)  # fmt: skip
def test_what_is_no_page_is_left_to_whom_it_belongs(browser, path):
    assert browser.get(path).status_code == 200


def test_only_reading_is_answered(browser):
    assert browser.post("/nothing").status_code == 200


async def shell(request: Request) -> HTMLResponse:
    return HTMLResponse("<p>You need to enable JavaScript to run this app.</p>")


@pytest.mark.parametrize("path", ["/static/x", "/static/", "/api/x", "/app/static/x", "/auth/x", "/oauth2callbackx", "/_stcore/x", "/unit/_stcore/x"])
def test_no_part_that_is_not_there_is_answered_with_the_shell(path):
    """Streamlit's shell is for pages; to a script, a picture or a program it would look like an answer."""
    app = Starlette(routes=[Route("/{path:path}", shell)], middleware=[Middleware(Unknown, known=dashboard.known)])
    client = TestClient(app, follow_redirects=False)
    assert client.get("/unit").status_code == client.get("/component/x/index.html").status_code == 200
    answer = client.get(path)
    assert answer.status_code == client.head(path).status_code == 404
    assert "没有这一页" in answer.text and "JavaScript" not in answer.text and answer.headers["content-length"] == str(len(answer.content))


def test_the_gate_comes_first():
    kinds = [one.cls.__name__ for one in dashboard.app._user_middleware]
    assert kinds.index("Gate") < kinds.index("Unknown")
