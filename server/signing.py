"""Signing in and out, and changing one's password: three routes, each fenced in before a password is looked at."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from anyio.to_thread import run_sync
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server import asking, cookies, elsewhere, sheets
from server.forms import TooLong, fields
from server.throttle import Throttle, network
from store.errors import AccountError, StoreError
from store.people.passwords import COST, Cost
from store.people.roles import Visit, account_name

WRONG = "账号或密码不对，或者账号暂时不能登录。"
_AT_ONCE, _QUEUE = 2, 16  # passwords that are looked at side by side (32 MB and a core each), and that wait for it


class Doors:
    """The routes, and how often one address or one account may try. way: the path to the identity provider, if there is one.

    cost: of a new password.
    """

    def __init__(self, way: str = "", cost: Cost = COST):
        self.way, self.cost = way, cost
        self.addresses, self.names = Throttle(30, 2.0), Throttle(10, 20.0)
        self.hashing = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")
        self.waiting = 0

    def routes(self) -> list[Route]:
        """For the app."""
        return [
            Route(asking.SIGN_IN, self.sign_in, methods=["GET", "POST"]),
            Route(asking.PASSWORD, self.password, methods=["GET", "POST"]),
            Route(asking.SIGN_OUT, self.sign_out, methods=["GET", "POST"]),
            Route(asking.STILL, still, methods=["GET"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """The sheet; with a right name and password a new session, whatever token the browser had before."""
        where = asking.own_path(request.query_params.get("next", "/"))
        if request.method != "POST":
            visit = request.scope["state"]["visit"]
            note = "已退出登录。" if "out" in request.query_params else ""
            return _go(where) if visit and not visit.must_change else self._sheet(where, note=note)
        if wait := self.addresses.wait(network(asking.host(request))):
            return sheets.too_many(wait)
        try:
            form = await fields(request)
        except TooLong:
            return sheets.problem("填写的内容太长，或者没有发完。", 413)
        name, where = form.get("name", ""), asking.own_path(form.get("next", "/"))
        if wait := self.names.wait(account_name(name)[:64]):
            return sheets.too_many(wait)
        return await self._try(request, name, form.get("password", ""), where)

    async def _try(self, request: Request, name: str, password: str, where: str) -> Response:
        try:
            token = await self._hashed(_sign_in, name, password, asking.host(request))
        except _Busy:
            return sheets.too_many(5)
        except StoreError:
            return sheets.problem("服务器暂时不能写库，请稍后再试。", 503)
        if token is None:
            return self._sheet(where, name, WRONG, status=401)
        return await self._enter(request, token, where)

    async def password(self, request: Request) -> Response:
        """A new password for one who has signed in and knows the present one; every session of the account ends, a new one begins."""
        visit = request.scope["state"]["visit"]
        if visit is None or visit.person.local:
            return _go("/")
        if request.method != "POST":
            where = asking.own_path(request.query_params.get("next", "/"))
            return sheets.password(visit.person.name, where, visit.must_change)
        if wait := self.addresses.wait(network(asking.host(request))) or self.names.wait(visit.person.name):
            return sheets.too_many(wait)
        try:
            form = await fields(request)
        except TooLong:
            return sheets.problem("填写的内容太长，或者没有发完。", 413)
        where = asking.own_path(form.get("next", "/"))
        try:
            token = await self._hashed(_change, visit.person.name, form, asking.host(request), self.cost)
        except _Busy:
            return sheets.too_many(5)
        except AccountError as error:
            return sheets.password(visit.person.name, where, visit.must_change, str(error), 400)
        except StoreError:
            return sheets.problem("服务器暂时不能写库，密码没有改动；请稍后再试。", 503)
        return await self._enter(request, token, where)

    async def sign_out(self, request: Request) -> Response:
        """End the session; by POST only, so that no picture or link of another page signs anybody out."""
        if request.method != "POST":
            return _go("/")
        await self._end(request)
        answer = _go(f"{asking.SIGN_IN}?out=1")
        cookies.forget(answer, request)
        elsewhere.forget(answer, request)
        return answer

    async def _enter(self, request: Request, token: str, where: str) -> Response:
        """On to where the person was going, under the new token; the session of the old one ends."""
        await self._end(request)
        answer = _go(where)
        cookies.keep(answer, request, token)
        return answer

    async def _end(self, request: Request) -> None:
        """End the session of the request. One that is none is looked for no further: to write waits for whoever else writes."""
        if request.scope["state"]["visit"] and (token := cookies.token(request)):
            await run_sync(_sign_out, token)

    async def _hashed(self, work: Callable[..., Any], *given: Any) -> Any:
        """What hashes a password, a few at a time. Raises _Busy where too many wait already."""
        if self.waiting >= _AT_ONCE + _QUEUE:
            raise _Busy
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.hashing, work, *given)
        finally:
            self.waiting -= 1

    def _sheet(self, where: str, name: str = "", problem: str = "", note: str = "", status: int = 200) -> Response:
        way = f"{self.way}?{QueryParams({'next': where})}" if self.way else ""
        return sheets.sign_in(where, name, problem, note, way, status)


async def still(request: Request) -> Response:
    """Whether the session of the request is still on, which to ask is not to use it: 204, or 401."""
    visit = await run_sync(_unused, cookies.token(request))
    return Response(status_code=204 if visit else 401, headers={"Cache-Control": "no-store"})


class _Busy(Exception):
    """Too many passwords wait to be looked at."""


# The store's side is loaded with the first request that needs it: it loads pandas, and the server answers before.


def _sign_in(name: str, password: str, where: str) -> str | None:
    from store.people import sessions

    return sessions.sign_in(name, password, where)


def _sign_out(token: str) -> None:
    from store.people import sessions

    sessions.sign_out(token)


def _unused(token: str) -> Visit | None:
    from store.people import sessions

    return sessions.visit(token, in_use=False)


def _change(name: str, form: QueryParams, where: str, cost: Cost) -> str:
    """Change a password as the form asks; the token of the new session. Raises AccountError."""
    from store.people import sessions

    if form.get("new") != form.get("again"):
        raise AccountError("两次输入的新密码不一样；请重新输入")
    return sessions.change_password(name, form.get("old", ""), form.get("new", ""), where, cost=cost)


def _go(where: str) -> Response:
    return RedirectResponse(where, 303, {"Cache-Control": "no-store"})
