"""What goes wrong, as programs are told it: problem documents (RFC 9457) whose detail is a Chinese sentence with the remedy."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from starlette.responses import JSONResponse, Response

MEDIA = "application/problem+json"
_TITLES = {
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 422: "Unprocessable Content",
    500: "Internal Server Error", 503: "Service Unavailable",
}  # fmt: skip


class Fault(NamedTuple):
    """One parameter that cannot be used, what was given, and what to give."""

    parameter: str
    value: str
    message: str


class Problem(Exception):
    """What a request cannot be answered for. `str(problem)` is the detail."""

    def __init__(self, status: int, detail: str, errors: Sequence[Fault] = ()):
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors

    def response(self) -> Response:
        """The problem document."""
        return respond(self.status, self.detail, self.errors)


def respond(status: int, detail: str, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None) -> Response:
    """A problem document; one of 401 says by what a program may show who it is."""
    document = {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status, "detail": detail}
    more = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    told = {**more, **(headers or {}), "Cache-Control": "no-store"}
    return JSONResponse(document | {"errors": [fault._asdict() for fault in errors]}, status, told, MEDIA)
