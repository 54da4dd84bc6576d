"""What can be told of a request: where it comes from, what it wants, and which of its words nobody may say."""

import re
from ipaddress import ip_address

from starlette.requests import HTTPConnection

from store.people.roles import Person

SIGN_IN, SIGN_OUT, PASSWORD = "/sign-in", "/sign-out", "/password"
DOORS = (SIGN_IN, SIGN_OUT, PASSWORD)  # they look themselves at who comes
STILL = "/sign-in/still"  # where an open page asks whether its session is still on
OPEN = ("/_stcore/health", "/healthz")  # whether the server is up is no secret
API = "/api/"
_BADGE = re.compile(f"{API}v1/units/.+/badge[.]svg", re.DOTALL)
_MACHINES = (API, "/_stcore/", "/static/", "/media/", "/component/", "/app/static/", "/auth/", "/oauth2callback")
_SAFE = ("GET", "HEAD", "OPTIONS")
# By such headers proxies elsewhere say who somebody is. Nobody tells this server so: whoever sends one has made it up.
_WHO = ("x-remote-", "remote-", "x-auth-", "x-forwarded-user", "x-forwarded-email", "x-forwarded-groups", "x-forwarded-preferred-username")
_WHO_WORDS = ("user", "role", "email", "groups", "account")
ACCOUNT = "X-Quality-Account"  # set by the gate; Streamlit reads it as `server.trustedUserHeaders` says
_FORWARDED = ("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")


def without_claims(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers less those that claim who somebody is."""
    return [(name, value) for name, value in headers if not _claims(name.decode("latin-1").lower())]


def _claims(name: str) -> bool:
    return name.startswith(_WHO) or (name.startswith("x-") and name.rsplit("-", 1)[-1] in _WHO_WORDS)


def account_header(person: Person) -> tuple[bytes, bytes]:
    """Whose page opens a WebSocket, in the gate's own words: by it Streamlit gives a page's state back to its own person only."""
    return ACCOUNT.lower().encode(), person.name.encode().hex().encode()


def same_origin(request: HTTPConnection) -> bool:
    """Whether the page that asks is one of this server's own. A browser says so; what says nothing is no browser of ours."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    return origin.partition("://")[2].lower() == request.headers.get("host", "").lower() != ""


def changes(request: HTTPConnection) -> bool:
    """Whether it may change something: any method but those that only read, and a WebSocket."""
    return request.scope["type"] == "websocket" or request.scope["method"] not in _SAFE


def wants_badge(request: HTTPConnection) -> bool:
    """Whether a unit's badge is asked for, which looks at who comes itself: it may be open to all."""
    return request.scope["type"] == "http" and not changes(request) and bool(_BADGE.fullmatch(request.scope["path"]))


def wants_page(request: HTTPConnection) -> bool:
    """Whether a person's browser asks for a page, and not a page for one of its parts."""
    return request.scope["type"] == "http" and request.scope["method"] in ("GET", "HEAD") and not request.scope["path"].startswith(_MACHINES)


def host(request: HTTPConnection) -> str:
    """The address that it comes from, as the server saw it."""
    return request.client.host if request.client else ""


def from_here(request: HTTPConnection) -> bool:
    """Whether it comes from this machine, and from no proxy on it that speaks for others."""
    try:
        here = ip_address(host(request)).is_loopback
    except ValueError:
        return False
    return here and not any(name in request.headers for name in _FORWARDED)


def asked_for(request: HTTPConnection) -> str:
    """The path and query as they were sent, to come back to."""
    path = request.scope.get("raw_path") or request.scope["path"].encode("utf-8", "surrogatepass")
    query = request.scope.get("query_string", b"")
    return (path + (b"?" + query if query else b"")).decode("latin-1")


def own_path(text: str) -> str:
    """A path of this server to go on to; "/" for anything that could lead elsewhere, or back to the door."""
    plain = text.isascii() and text.isprintable() and "\\" not in text and len(text) <= 2000
    local = plain and text.startswith("/") and not text.startswith("//")
    return text if local and text.split("?")[0] not in DOORS else "/"
