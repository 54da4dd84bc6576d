"""Reading a form of a few fields, and no more than that of what somebody sends."""

from starlette.datastructures import QueryParams
from starlette.requests import Request

MOST = 8192  # bytes: a name, passwords of 200 characters and a path


class TooLong(Exception):
    """More was sent than such a form can hold."""


async def fields(request: Request) -> QueryParams:
    """The fields of a form sent as a browser sends it by default. Raises TooLong."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST:
            raise TooLong
    return QueryParams(body.decode("utf-8", "replace"))
