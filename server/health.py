"""Whether the server can serve: for a load balancer, open to all, cheap, and without a word of where things lie."""

from functools import lru_cache
from time import time

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from store.errors import StoreError, StoreLocked, StoreMissing

_SAID = {
    "ok": "正常",
    "no_release": "能用，还没有在用的发布",
    "store_missing": "没有库；请先运行 python manage.py init",
    "store_locked": "库正被另一个程序占用；请稍后再试",
    "store_unreadable": "读不了库；请在服务器上运行 python manage.py check 看原因",
}
_SERVES = ("ok", "no_release")  # a store without releases needs its pages all the more
_KEPT = 2  # seconds
_ONE = CapacityLimiter(1)  # however many ask, one looks


async def healthz(request: Request) -> Response:
    """200 where the server serves, else 503; what is the matter in `status`."""
    status = await run_sync(lambda: _status(int(time()) // _KEPT), limiter=_ONE)
    body = {"status": status, "detail": _SAID[status]}
    return JSONResponse(body, 200 if status in _SERVES else 503, {"Cache-Control": "no-store"})


@lru_cache(maxsize=1)
def _status(moment: int) -> str:
    return look()


def look() -> str:
    """How the store is at this moment: a key of what may be said of it."""
    from store.connection import reader  # not with the server: it loads pandas, and the server answers before
    from store.releasing.reading import served

    try:
        with reader() as db:
            return "no_release" if served(db).empty else "ok"
    except StoreMissing:
        return "store_missing"
    except StoreLocked:
        return "store_locked"
    except StoreError:
        return "store_unreadable"
