"""The gate and the doors around a small app that says who came through."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.front import front
from server.headers import Headers
from store.people import passwords
from tests.people import CHEAP


async def echo(request: Request) -> JSONResponse:
    person = request.scope["state"].get("person")
    body = {"who": person and person.name, "roles": person and list(person.roles), "headers": dict(request.headers)}
    return JSONResponse(body, headers={"cache-control": "public"})


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_bytes(await socket.receive_bytes())


def behind(local: bool = False, by_provider: bool = False) -> Starlette:
    """The app that a server has, with an echo where Streamlit would be."""
    doors, gate = front(local, by_provider, CHEAP)
    everything = Route("/{path:path}", echo, methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    routes = [*doors, WebSocketRoute("/_stcore/stream", stream), everything]
    return Starlette(routes=routes, middleware=[Middleware(Headers), gate])


@pytest.fixture(autouse=True)
def cheap_for_nobody(monkeypatch) -> None:
    """What is checked for an unknown name costs here what any check does here."""
    monkeypatch.setattr(passwords, "_NOBODY", passwords.hashed("x", CHEAP))


@pytest.fixture
def visitor(people_store) -> Callable[..., TestClient]:
    """visitor(): a browser of its own at a server over the store with accounts; all of a test share the server."""
    app = behind()

    def one(host: str = "10.0.0.7", base: str = "http://testserver") -> TestClient:
        return TestClient(app, base, client=(host, 50000), follow_redirects=False)

    return one
