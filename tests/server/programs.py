"""Programs that read the API: the routes as a table, and a client for each account."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from server import api
from server.front import front
from server.headers import Headers
from store.people import tokens
from tests.people import CHEAP

# Path of each route → what somebody gets who sees one unit only. {unit}: a unit's code.
ROUTES = {
    "/healthz": "open",  # to all, signed in or not
    "/api/v1/openapi.json": "all",  # whoever has signed in, whatever their rights
    "/api/v1/releases": "rows",  # right `see` or `own`, and `export`; with `own` no row of another unit
    "/api/v1/releases/1": "rows",
    "/api/v1/units": "rows",
    "/api/v1/scores": "rows",
    "/api/v1/indicators": "rows",
    "/api/v1/indicators/A1": "rows",
    "/api/v1/units/{unit}": "unit",  # with `own` that unit, 403 for any other code, there or not
    "/api/v1/units/{unit}/indicators": "unit",
    "/api/v1/units/{unit}/badge.svg": "unit",  # open to all by the setting public_badges
}


def serving() -> Starlette:
    """The server as it stands before Streamlit."""
    doors, gate = front(False, False, CHEAP)
    return Starlette(routes=[*doors, *api.routes()], middleware=[Middleware(Headers), gate])


def program(app: Starlette, path: Path, name: str) -> TestClient:
    """A program with a token of an account; "" for one without."""
    headers = {"authorization": f"Bearer {tokens.add(name, '测试', 'admin', None, path)}"} if name else {}
    return TestClient(app, headers=headers, follow_redirects=False)
