"""The cookie that holds a session's token: for this server only, out of scripts' reach, and over https never in the clear."""

import os

from starlette.requests import HTTPConnection
from starlette.responses import Response

from ui.user import COOKIES


def secure(request: HTTPConnection) -> bool:
    """Whether the browser speaks https: to this server, to a proxy on this machine that says so, or by the word of QUALITY_HTTPS=1.

    uvicorn takes X-Forwarded-Proto from this machine only.
    """
    return request.scope["scheme"] in ("https", "wss") or os.environ.get("QUALITY_HTTPS") == "1"


def token(request: HTTPConnection) -> str:
    """The token of the request; "" without one. Over https only the name counts that no other site of the domain can set."""
    return request.cookies.get(_name(request), "")


def keep(response: Response, request: HTTPConnection, value: str) -> None:
    """Give the browser a token, until it is closed: when the session ends the store says."""
    response.set_cookie(_name(request), value, path="/", secure=secure(request), httponly=True, samesite="lax")


def forget(response: Response, request: HTTPConnection) -> None:
    """Take the token from the browser."""
    response.delete_cookie(_name(request), path="/", secure=secure(request), httponly=True, samesite="lax")


def _name(request: HTTPConnection) -> str:
    return COOKIES[0] if secure(request) else COOKIES[1]
