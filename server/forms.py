"""Reading a form of a few fields, and no more than that of what somebody sends."""

from asyncio import timeout

from starlette.datastructures import QueryParams
from starlette.requests import Request

MOST = 8192  # bytes: a name, passwords of 200 characters and a path
PATIENCE = 20.0  # seconds: who sends a form byte by byte keeps nothing of the server waiting


class TooLong(Exception):
    """More was sent than such a form can hold, or it did not come to an end."""


async def fields(request: Request) -> QueryParams:
    """The fields of a form sent as a browser sends it by default. Raises TooLong."""
    body = b""
    try:
        async with timeout(PATIENCE):
            async for part in request.stream():
                body += part
                if len(body) > MOST:
                    raise TooLong
    except TimeoutError as error:
        raise TooLong from error
    return QueryParams(body.decode("utf-8", "replace"))
