"""The API: read-only routes with the rights of the pages. Who asks is settled by the gate; the store is read beside the event loop."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from threading import Lock

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server import api_query as query
from server.api import PREFIX, of_any_text
from server.api_answers import Ask
from server.api_csv import as_csv
from server.api_problem import Problem, respond
from server.api_reading import badges_are_public, chosen, public
from server.api_table import BADGE, CSV, DATA, DOCUMENT, JSON, SVG, Endpoint
from server.badge import badge
from server.gate import person_of
from server.openapi import document
from store.connection import store_path
from store.errors import StoreError
from store.keeping.journal import has_exported, record_export
from store.people.roles import RIGHTS, Person
from ui.wording import clean

_TAG = re.compile(r'"[^"]*"|\*')
_BY_API = "接口 "  # how the journal's rows of what is read here begin
_noted: set[tuple[str, str, date]] = set()  # (store, account, day) of which the journal has its row
_noting = Lock()


def serving() -> Starlette:
    """What answers all that lies under /api."""
    routes = [_route(DOCUMENT, _document), _route(BADGE, _badge), *(_route(e, partial(_data, e)) for e in DATA)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _told, Exception: _failed})
    app.router.redirect_slashes = False
    return app


def _route(endpoint: Endpoint, work: Callable[[Request], Response]) -> Route:
    async def answer(request: Request) -> Response:
        try:
            return await run_sync(work, request)
        except Problem as problem:
            return problem.response()
        except StoreError:
            return respond(503, "服务器暂时读不到库，请稍后再试；一直这样，请让管理员运行 python manage.py check")

    path = endpoint.path.removeprefix(PREFIX).replace("{code}", "{code:path}")
    return of_any_text(Route(path, answer, methods=["GET"], name=endpoint.name))


def _data(endpoint: Endpoint, request: Request) -> Response:
    """What a route of the table answers, as JSON or CSV."""
    person, code = person_of(request), request.path_params.get("code", "")
    refuse(person, code if endpoint.own else None)
    asked = query.parse(endpoint.query, request.query_params)
    media = _media(request, endpoint, asked.format)
    ask = Ask(person, asked, code)
    answer = endpoint.work(ask)
    body = as_csv(answer) if media == CSV else answer.model_dump_json().encode()
    tag = _tag(body)
    total = {"X-Total-Count": str(answer.total)} if hasattr(answer, "total") else {}
    headers = {"ETag": tag, "Vary": "Accept, Authorization, Cookie", "Cache-Control": "private, no-cache", **total}
    if _known(request, tag):
        return Response(status_code=304, headers=headers)
    if media == CSV:
        headers["Content-Disposition"] = f'attachment; filename="{endpoint.name}.csv"'
    noting = BackgroundTask(_note, person, request.url.path, getattr(answer, "release", None))
    return Response(body, 200, headers, f"{media}; charset=utf-8" if media == CSV else media, noting if request.method == "GET" else None)


def refuse(person: Person, unit: str | None = None) -> None:
    """Raise Problem (403) for one who may not read this. unit: whose data are asked for; nothing is said of whether there is such a unit.

    What is read by programs leaves the house as a download does, and takes the same right.
    """
    if not ((person.may("see") or person.may("own")) and person.may("export")):
        lacking = RIGHTS["see"] if person.may("export") else RIGHTS["export"]
        raise Problem(403, f"账号 {clean(person.name, 60)} 没有“{lacking}”的权限；请向系统管理员申请")
    if unit is not None and person.only_unit not in (None, unit):
        raise Problem(403, f"账号 {clean(person.name, 60)} 只能读本单位的数据；请改用本单位的代码，或向系统管理员申请权限")


def _badge(request: Request) -> Response:
    """A unit's badge, by a published release: to everybody where the store's setting says so, to any site then."""
    person, code, asked = person_of(request), request.path_params["code"], query.parse(BADGE.query, request.query_params)
    open_to_all = badges_are_public()
    if not open_to_all and not person.name:
        raise Problem(401, "请登录，或带上有效的令牌；要让徽章公开，请管理员运行 python manage.py setting public_badges 1")
    if not open_to_all:
        refuse(person, code)
    _media(request, BADGE, None)
    frozen = chosen(public(), asked.period, asked.release)
    frozen = frozen.of([code])
    if code not in frozen.units.index:
        raise Problem(404, f"第 {frozen.number} 号发布中没有单位 {clean(code, 60)!r}；请核对代码")
    body = badge(frozen, code).encode()
    tag = _tag(body)
    headers = {"ETag": tag, "Vary": "Authorization, Cookie", "Cache-Control": "private, no-cache"}
    if open_to_all:
        headers |= {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return Response(status_code=304, headers=headers) if _known(request, tag) else Response(body, 200, headers, SVG)


def _document(request: Request) -> Response:
    """The OpenAPI document, for whoever has signed in."""
    query.parse(DOCUMENT.query, request.query_params)
    _media(request, DOCUMENT, None)
    body = document()
    headers = {"ETag": _tag(body), "Cache-Control": "private, no-cache"}
    known = _known(request, headers["ETag"])
    return Response(status_code=304, headers=headers) if known else Response(body, 200, headers, JSON)


def _media(request: Request, endpoint: Endpoint, wanted: str | None) -> str:
    """The kind of answer that is wanted most. Raises Problem (406)."""
    if wanted is not None:
        return {"json": JSON, "csv": CSV}[wanted]
    accepted = request.headers.get("accept", "").strip()
    liked = {media: _liking(accepted, media) for media in endpoint.media} if accepted else dict.fromkeys(endpoint.media, 1.0)
    best = max(liked, key=liked.__getitem__)
    if not liked[best]:
        raise Problem(406, f"请求头 Accept 为 {clean(accepted, 100)!r}，这里只有 {'、'.join(endpoint.media)}；请改用其中一种")
    return best


def _liking(accepted: str, media: str) -> float:
    """How much a kind is liked, 0 to 1, by the range that names it most closely (RFC 9110, 12.5.1)."""
    found = {}
    for part in accepted.split(","):
        name, _, more = part.strip().lower().partition(";")
        quality = re.search(r"\bq\s*=\s*([0-9.]+)", more)
        try:
            found[name.strip()] = min(float(quality[1]), 1.0) if quality else 1.0
        except ValueError:
            found[name.strip()] = 1.0
    ranges = (media, f"{media.partition('/')[0]}/*", "*/*")
    return next((found[r] for r in ranges if r in found), 0.0)


def _tag(body: bytes) -> str:
    """What an answer is known by: as it names the digest of its release, the same only for the same release."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _known(request: Request, tag: str) -> bool:
    given = _TAG.findall(request.headers.get("if-none-match", ""))
    return "*" in given or tag in given


def _note(person: Person, path: str, release: int | None) -> None:
    """One row in the journal for each account and day, however many servers stand on the store: one for each answer would bury it."""
    store, key = store_path(), (str(store_path()), person.name, date.today())
    with _noting:
        if key in _noted:
            return
        _noted.add(key)
    with suppress(StoreError):
        if has_exported(person.name, key[2].isoformat(), _BY_API, store):
            return
    if not record_export(person.name, f"{_BY_API}{path}（当天首次，以后不再逐条记）", store, release=release):
        _noted.discard(key)


def _told(request: Request, error: HTTPException) -> Response:
    """What Starlette says of a path or method that there is none of, as a problem document."""
    path = clean(request.url.path, 100)
    said = {404: f"没有 {path} 这个地址；有哪些见 {DOCUMENT.path}", 405: f"{path} 不接受 {clean(request.method, 20)}；只能用 GET 或 HEAD"}
    return respond(error.status_code, said.get(error.status_code, error.detail), headers=error.headers)


def _failed(request: Request, error: Exception) -> Response:
    return respond(500, "服务器出错，没有给出结果；请把时间和地址告诉管理员，日志里有原因")
