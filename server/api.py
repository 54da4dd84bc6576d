"""The API's place in the server. What answers it is loaded with the first request, or before it in a quiet moment: it needs pandas."""

import re
from functools import cache
from typing import TypeVar

from anyio.to_thread import run_sync
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from server.health import healthz

PREFIX, HEALTH = "/api", "/healthz"
R = TypeVar("R", Route, Mount)


def routes() -> list[BaseRoute]:
    """For the app: all that lies under /api, whatever is asked there, and how the server is."""
    return [Route(HEALTH, healthz, methods=["GET"]), of_any_text(Mount(PREFIX, app=_late))]


def of_any_text(route: R) -> R:
    """A route whose variable part may hold any character, a line's end among them, which Starlette lets past."""
    route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return route


@cache
def loaded() -> ASGIApp:
    """What answers the API."""
    from server.api_serving import serving

    return serving()


async def _late(scope: Scope, receive: Receive, send: Send) -> None:
    app = await run_sync(loaded)
    await app(scope, receive, send)
