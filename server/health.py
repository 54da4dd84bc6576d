"""Whether the server can serve: for a load balancer, open to all, cheap, and without a word of where things lie."""

from functools import lru_cache
from time import time
from typing import NamedTuple

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from store.errors import StoreError, StoreLocked, StoreMissing, StoreTooNew, StoreTooOld

_SAID = {
    "ok": "正常",
    "no_release": "能用，还没有在用的发布",
    "store_missing": "没有库；请先运行 python manage.py init",
    "store_locked": "库正被另一个程序占用；请稍后再试",
    "store_too_old": "库是旧版本的；请运行 python manage.py migrate",
    "store_too_new": "库由更新的版本写成；请升级程序",
    "store_unreadable": "读不了库；请在服务器上运行 python manage.py check 看原因",
}
_NAMED = {
    StoreMissing: "store_missing", StoreLocked: "store_locked", StoreTooOld: "store_too_old", StoreTooNew: "store_too_new",
}  # fmt: skip
_SERVES = ("ok", "no_release")  # a store without releases needs its pages all the more
_KEPT = 2  # seconds
_ONE = CapacityLimiter(1)  # however many ask, one looks


class Look(NamedTuple):
    """How the store is: a key of what may be said of it, the last migration that it has, the newest release that is served."""

    status: str
    schema: str | None = None
    release: int | None = None


async def healthz(request: Request) -> Response:
    """200 where the server serves, else 503; what is the matter in `status`."""
    seen = await run_sync(lambda: _seen(int(time()) // _KEPT), limiter=_ONE)
    body = {"status": seen.status, "detail": _SAID[seen.status], "schema": seen.schema, "release": seen.release}
    return JSONResponse(body, 200 if seen.status in _SERVES else 503, {"Cache-Control": "no-store"})


@lru_cache(maxsize=1)
def _seen(moment: int) -> Look:
    return look()


def look() -> Look:
    """How the store is at this moment."""
    from store.connection import reader, version  # not with the server: it loads pandas, and the server answers before
    from store.releasing.reading import served

    try:
        with reader() as db:
            table = served(db)
            if table.empty:
                return Look("no_release", version(db))
            return Look("ok", version(db), int(table["release"].iloc[-1]))
    except StoreError as error:
        return Look(next((status for kind, status in _NAMED.items() if isinstance(error, kind)), "store_unreadable"))
