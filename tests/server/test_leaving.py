"""What a server that is told to leave waits for. That it is Streamlit's pages is seen in tests/deploy."""

import asyncio
from threading import Event, Thread

from server import leaving


def finishing(most: float) -> None:
    """`let_finish` beside the main thread, whose signals are the test run's."""
    thread = Thread(target=lambda: asyncio.run(leaving.let_finish(most)))
    thread.start()
    thread.join(5)
    assert not thread.is_alive()


def test_a_page_that_runs_is_waited_for_and_not_for_ever():
    free, left = Event(), []
    page = Thread(target=lambda: free.wait(5) and left.append("page"), name=leaving._SCRIPT)
    page.start()
    finishing(0.1)
    assert page.is_alive() and leaving.under_way() == 1

    Thread(target=lambda: page.join(0.2) or free.set()).start()
    finishing(5)
    assert left == ["page"] and leaving.under_way() == 0
