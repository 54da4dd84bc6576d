"""Leaving in order: once the doors are shut, what somebody has set going on a page, such as a publish, is let finish."""

import asyncio
import logging
import signal
from contextlib import suppress
from threading import enumerate as threads
from time import monotonic

MOST = 600.0  # seconds; whoever supervises the server must not be less patient
_SCRIPT = "ScriptRunner.scriptThread"  # Streamlit's name of the thread that runs a page; a test holds it to that
_LOG = logging.getLogger(__name__)


def under_way() -> int:
    """How many pages are being run at this moment."""
    return sum(thread.name == _SCRIPT for thread in threads())


async def let_finish(most: float = MOST) -> None:
    """Wait until no page runs any more, but no longer than some seconds. Nothing new begins: pages hang on sockets that are closed by now."""
    with suppress(ValueError):  # in a test the server is no main thread
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl+C does not wait
    if running := under_way():
        _LOG.warning("等 %s 个正在进行的操作结束再退出，最多 %.0f 秒", running, most)
    end = monotonic() + most
    while under_way() and monotonic() < end:
        await asyncio.sleep(0.05)
    if running := under_way():
        _LOG.error("%s 个操作没有等到结束，未写完的不生效", running)
