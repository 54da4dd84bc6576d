"""Addresses at which nothing lies: told so in the house's words, where Streamlit would open its shell and say it in English."""

from collections.abc import Collection
from pathlib import Path

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from server import asking, sheets

_FILES = {file.name for file in Path(get_static_dir()).iterdir()}  # Streamlit's own at the root, such as its icon
_INNER = "/_stcore/"  # on a deep link Streamlit's script first asks for these below the page's own path


class Unknown:
    """ASGI middleware. known: the paths of pages and routes, without slashes at their ends. Stands behind the gate: a stranger learns nothing."""

    def __init__(self, app: ASGIApp, known: Collection[str]):
        self.app, self.known = app, {"", *_FILES, *known}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        unknown = scope["type"] == "http" and self._unknown(HTTPConnection(scope))
        await (sheets.unknown(scope["path"]) if unknown else self.app)(scope, receive, send)

    def _unknown(self, request: HTTPConnection) -> bool:
        path = request.scope["path"]
        return asking.wants_page(request) and _INNER not in path and path.strip("/") not in self.known
