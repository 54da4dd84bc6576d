"""The gate: nothing of the server is reached but by somebody whom the store knows, over HTTP and WebSocket alike.

While the store has no account and the server answers this machine only, whoever sits at the machine is let in.
"""

from collections.abc import Awaitable, Callable, Sequence

from anyio.to_thread import run_sync
from starlette.datastructures import MutableHeaders, QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server import asking, cookies
from server.api_problem import respond
from server.rerun import bare, said_by_pages
from server.sockets import Sockets
from server.told import Told
from store.errors import StoreError
from store.people.roles import Person, Visit
from store.place import needs_sign_in
from ui.user import LOCAL, NOBODY

Exchange = Callable[[HTTPConnection], Awaitable[Response | None]]
_REFUSED, _LATER = 1008, 1013  # the WebSocket's words for a breach of rules, and for one to come back later
_KEPT = "/static/"  # files of the program itself: the same for everybody, and dear to fetch again


def person_of(request: HTTPConnection) -> Person:
    """Whom the gate has let in with this request."""
    return request.scope["state"]["person"]


class Gate:
    """ASGI middleware. local: the server answers this machine only, so that it may do without accounts.

    elsewhere: what lets in one who comes back from the house's identity provider. doors: paths that look at who comes themselves.
    """

    def __init__(self, app: ASGIApp, local: bool = False, elsewhere: Exchange | None = None, doors: Sequence[str] = ()):
        self.app, self.local, self.elsewhere = app, local, elsewhere
        self.doors = (*asking.DOORS, *doors)
        self.told, self.sockets = Told(), Sockets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": asking.without_claims(scope["headers"]), "state": {**scope.get("state", {})}}
        request = HTTPConnection(scope)
        try:
            answer = await self._answer(request)
        except StoreError:
            answer = _refusal(request, 503, "服务器暂时读不到库，请稍后再试。")
        if scope["type"] == "websocket":
            await (self._page(request, receive, send) if answer is None else send({"type": "websocket.close", "code": _REFUSED}))
        elif answer is None:
            await self.app(scope, receive, self._unkept(request, send))
        else:
            await answer(scope, receive, send)

    async def _page(self, request: HTTPConnection, receive: Receive, send: Send) -> None:
        """The socket of an open page. The machine's own user has as many as it will bear: there is nobody else to be kept out."""
        person = request.scope["state"].get("person", NOBODY)
        if not person.local and not self.sockets.enter(person.name):
            await send({"type": "websocket.close", "code": _LATER})
            return
        request.scope["headers"].append(asking.account_header(person))
        try:
            await self.app(request.scope, self._while_welcome(request, receive), self._telling(request, send))
        finally:
            if not person.local:
                self.sockets.leave(person.name)

    async def _answer(self, request: HTTPConnection) -> Response | None:
        """What is said at the gate; None for one who may pass, whose person is then in the scope's state."""
        path = request.scope["path"]
        if path in (*asking.OPEN, asking.STILL):
            return None
        if asking.changes(request) and not self._bearer(request) and not asking.same_origin(request):
            return _refusal(request, 403, "这个请求来自别的网站，没有执行。")
        visit = await self._look(request)
        request.scope["state"]["visit"] = visit
        if path in self.doors:
            return None
        if visit is None and asking.wants_badge(request):
            request.scope["state"]["person"] = NOBODY
            return None
        if visit is None:
            return (await self.elsewhere(request) if self.elsewhere else None) or self._stranger(request)
        if visit.must_change:
            return self._to(asking.PASSWORD, request) if asking.wants_page(request) else _refusal(request, 403, "请先在网页上修改密码。")
        if not self.told.may(visit.person, path):
            return _refusal(request, 404, "没有这个文件，或者它不是给您的。")
        request.scope["state"]["person"] = visit.person
        return None

    async def _look(self, request: HTTPConnection) -> Visit | None:
        """`visit`, beside the server's own thread where there is something to look up."""
        named = cookies.token(request) or self._bearer(request)
        return await run_sync(self.visit, request) if named else self.visit(request)

    def visit(self, request: HTTPConnection) -> Visit | None:
        """Who asks, as the store has it at this moment. Raises StoreError."""
        if not needs_sign_in():
            return Visit(LOCAL) if self.local and asking.from_here(request) else None
        bearer, token = self._bearer(request), cookies.token(request)
        if not (bearer or token):
            return None
        from store.people import sessions, tokens  # not with the server: they load pandas, and the server answers before

        if bearer:
            person = tokens.holder(bearer)
            return person and Visit(person)
        return sessions.visit(token)

    def _bearer(self, request: HTTPConnection) -> str:
        """The token of a program that reads the API; nothing else is opened by one."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        return value.strip() if kind.lower() == "bearer" and request.scope["path"].startswith(asking.API) else ""

    def _stranger(self, request: HTTPConnection) -> Response:
        if asking.wants_page(request):
            return self._to(asking.SIGN_IN, request)
        machine = request.scope["path"].startswith(asking.API)
        return _refusal(request, 401, "请登录，或带上有效的令牌。" if machine else "请先登录。")

    def _to(self, door: str, request: HTTPConnection) -> Response:
        where = asking.own_path(asking.asked_for(request))
        query = f"?{QueryParams({'next': where})}" if where != "/" else ""
        return RedirectResponse(door + query, 303, {"Cache-Control": "no-store"})

    def _while_welcome(self, request: HTTPConnection, receive: Receive) -> Receive:
        """What a page sends on, of one who is no longer welcome less all but the wish to be drawn: it then says why it is empty."""

        async def look_again() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                data = message.get("bytes") or b""
                if (visit := request.scope["state"].get("visit")) and not visit.person.local:
                    await self.sockets.turn(visit.person.name)
                if not await self._welcome(request):
                    return {"type": "websocket.receive", "bytes": bare(data)}
                if said_by_pages(data) or request.scope["state"]["visit"].person.local:
                    return message

        return look_again

    async def _welcome(self, request: HTTPConnection) -> bool:
        try:
            visit = await self._look(request)
        except StoreError:
            return False
        request.scope["state"]["visit"] = visit
        return visit is not None and not visit.must_change

    def _telling(self, request: HTTPConnection, send: Send) -> Send:
        """Notes which files a page is told of, for whom."""

        async def telling(message: Message) -> None:
            if (data := message.get("bytes")) and (visit := request.scope["state"].get("visit")):
                self.told.note(visit.person, data)
            await send(message)

        return telling

    def _unkept(self, request: HTTPConnection, send: Send) -> Send:
        """Lets the browser keep nothing of what one who has signed in was shown."""
        visit = request.scope["state"].get("visit")
        if visit is None or visit.person.local or request.scope["path"].startswith(_KEPT):
            return send

        async def unkept(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        return unkept


def _refusal(request: HTTPConnection, status: int, detail: str) -> Response:
    """A refusal in words, to a program that reads the API as the API tells it."""
    api = request.scope["path"].startswith(asking.API)
    return respond(status, detail) if api else PlainTextResponse(detail, status)
