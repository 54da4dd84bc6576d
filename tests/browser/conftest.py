"""A Chromium for every browser test, servers over stores, and a page that may speak to its own server only."""

import os
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from store import reading
from store.connection import reader
from tools import chromium, live

Facts = namedtuple("Facts", "periods units names indicators")

# On a deep link Streamlit's front end first asks for its own paths below the page's, then at the root.
HARMLESS = ("/_stcore/health", "/_stcore/host-config")


def pytest_collection_modifyitems(items) -> None:
    """Mark what lies here; without a browser skip it by name, and under CI=true let it fail."""
    here = Path(__file__).parent
    missing = chromium.find() is None and os.environ.get("CI") != "true"
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"no Chromium; type: {chromium.install_line()}"))


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One a file, not one a run: while Playwright is open no other test can run an event loop of its own."""
    with live.browser() as running:
        yield running


@pytest.fixture(scope="session")
def demo_server(demo_store) -> Iterator[str]:
    with live.server(demo_store) as address:
        yield address


@pytest.fixture(scope="session")
def asem_server(asem_store) -> Iterator[str]:
    with live.server(asem_store) as address:
        yield address


@pytest.fixture(scope="session")
def demo(demo_store) -> Facts:
    """What the demo store serves: periods, oldest first; codes of the last period's units, best first; names by code."""
    with reader(demo_store) as db:
        served = reading.served(db)
        units = reading.release_units(db, served["release"].iloc[-1]).sort_values("rank")
        framework, _ = reading.release_framework(db, served["release"].iloc[-1])
    return Facts(list(served["period"]), list(units.index), dict(units["name"]), [n.code for n in framework.indicators])


class Visitor:
    """A person's browser: pages that keep what went wrong in them, and no way out of this machine."""

    def __init__(self, chrome: Browser) -> None:
        self.chrome = chrome
        self.contexts = ExitStack()
        self.outside: list[str] = []
        self.complaints: list[str] = []

    def page(self, size: str = "laptop", been_here: bool = True) -> Page:
        """A page of a new browser context, as another person would have it. been_here: that person has had the tour."""
        width, height = live.SIZES[size]
        context = self.chrome.new_context(locale="zh-CN", viewport={"width": width, "height": height}, has_touch=size == "phone")
        self.contexts.callback(context.close)
        if been_here:
            context.add_init_script(live.BEEN_HERE)
        context.route(lambda url: urlsplit(url).hostname not in ("127.0.0.1", None), self.refuse)
        page = context.new_page()
        page.on("websocket", lambda ws: urlsplit(ws.url).hostname == "127.0.0.1" or self.outside.append(ws.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self.listen)
        return page

    def refuse(self, route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def listen(self, message) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not where.endswith(HARMLESS):
            self.complaints.append(f"{message.text} ({where})")

    def open(self, address: str, size: str = "laptop") -> Page:
        """Open an address in a new context and wait until all is drawn."""
        page = self.page(size)
        page.goto(address)
        live.settle(page)
        return page


@pytest.fixture
def visitor(chrome) -> Iterator[Visitor]:
    """Whatever a test does, at its end nothing has left the server and the console is clean."""
    person = Visitor(chrome)
    with person.contexts:
        yield person
    assert not person.outside, f"requests that leave the server: {person.outside}"
    assert not person.complaints, f"errors in the browser's console: {person.complaints}"


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """shoot(page, name): keeps a picture in the folder that SHOTS names; nothing when the variable is not set."""
    folder = os.environ.get("SHOTS")

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return keep
