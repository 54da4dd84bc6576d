"""Signing in by the house's own identity provider (OIDC). Streamlit's login does the handshake; its signed cookie, good for a month and
out of anybody's reach to end, is exchanged at once for a session of the store and taken from the browser.
"""

import json
from collections.abc import Sequence

from anyio.to_thread import run_sync
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.auth_util import (
    encode_provider_token,
    get_cookie_with_chunks,
    get_origin_from_redirect_uri,
    get_secrets_auth_section,
)
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

from server import asking, cookies, sheets

START = "/sign-in/elsewhere"
PATHS = (START, "/auth/login", "/oauth2callback")  # open to all, as the door is
_NEXT = "zx_next"
_FRESH = 300  # seconds that Streamlit's cookie is taken for a sign-in that has just been


def provider() -> str:
    """The provider that .streamlit/secrets.toml names under [auth]; "" where it names none, or not all that it takes."""
    auth = get_secrets_auth_section()
    if not (auth.get("redirect_uri") and auth.get("cookie_secret")):
        return ""
    named = (key for key in auth if hasattr(auth[key], "get") and auth[key].get("client_id"))
    return "default" if auth.get("client_id") else next(named, "")


def routes() -> list[Route]:
    """For the app."""
    return [Route(START, begin, methods=["GET"])]


async def begin(request: Request) -> Response:
    """On to the provider; where the person was going waits in a cookie."""
    where = asking.own_path(request.query_params.get("next", "/"))
    if request.scope["state"]["visit"]:
        return RedirectResponse(where, 303)
    answer = RedirectResponse(f"/auth/login?provider={encode_provider_token(provider())}", 303, {"Cache-Control": "no-store"})
    answer.set_cookie(_NEXT, where, max_age=600, path="/", secure=cookies.secure(request), httponly=True, samesite="lax")
    return answer


async def exchange(request: HTTPConnection) -> Response | None:
    """A session for one who comes back from the provider; a refusal for one whom the store does not know; None for anybody else."""
    names = _names(request) if asking.wants_page(request) else ()
    if not names:
        return None
    from store.people import sessions

    token = await run_sync(sessions.admit, names, asking.host(request))
    if token is None:
        answer = sheets.nobody(names[0])
    else:
        where = asking.own_path(request.cookies.get(_NEXT, "/"))
        answer = RedirectResponse(where, 303, {"Cache-Control": "no-store"})
        cookies.keep(answer, request, token)
    forget(answer, request)
    return answer


def forget(answer: Response, request: HTTPConnection) -> None:
    """Take Streamlit's own cookies from the browser, in however many pieces they came."""
    ours = (USER_COOKIE_NAME, TOKENS_COOKIE_NAME)
    for name in request.cookies:
        if name.startswith(ours) or name == _NEXT:
            answer.delete_cookie(name, path="/")


def _names(request: HTTPConnection) -> Sequence[str]:
    """What the provider calls the person, by Streamlit's cookie: the e-mail address unless it is unproven, and the subject."""
    secret = get_cookie_secret()

    def piece(name: str) -> bytes | None:
        return decode_signed_value(secret, name, request.cookies.get(name, "").encode("latin-1"), _FRESH / 86400)

    raw = get_cookie_with_chunks(piece, USER_COOKIE_NAME) if secret else None
    if raw is None:
        return ()
    said = json.loads(raw)
    if not said.get("is_logged_in") or said.get("origin") != get_origin_from_redirect_uri():
        return ()
    email = said.get("email") if said.get("email_verified") is not False else None
    return [str(name) for name in (email, said.get("sub")) if name]
