"""Addresses at which nothing lies: told so in the house's words, where Streamlit would open its shell and say it in English."""

from collections.abc import Collection
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from server import asking, sheets

_SHELL = "index.html"  # what Streamlit answers with wherever it has nothing else
_FILES = {file.name for file in Path(get_static_dir()).iterdir() if file.is_file()} - {_SHELL}  # its own at the root, such as its icon
_INNER = "/_stcore/"  # on a deep link Streamlit's script first asks for these below the page's own path
_COMPONENTS = "/component/"  # a page of HTML of their own


class Unknown:
    """ASGI middleware. known: the paths of pages and routes, without slashes at their ends. Stands behind the gate: a stranger learns nothing."""

    def __init__(self, app: ASGIApp, known: Collection[str]):
        self.app, self.known = app, {"", *_FILES, *known}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._named(scope["path"]):
            await self.app(scope, receive, send)
        elif asking.wants_page(HTTPConnection(scope)) and _INNER not in scope["path"]:
            await sheets.unknown(scope["path"])(scope, receive, send)
        else:
            await self._but_the_shell(scope, receive, send)

    def _named(self, path: str) -> bool:
        return path.strip("/") in self.known or path.startswith(_COMPONENTS)

    async def _but_the_shell(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the app answers, unless that is its shell, where a program asked for a part that there is none of."""
        shell = False

        async def looked_at(message: Message) -> None:
            nonlocal shell
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                shell = message["status"] == 200 and kind.startswith("text/html")
            if not shell:
                await send(message)

        await self.app(scope, receive, looked_at)
        if shell:
            await sheets.unknown(scope["path"])(scope, receive, send)
