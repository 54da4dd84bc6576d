"""A Chromium for every browser test, servers over stores, and a page that may speak to its own server only."""

import os
from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page

from store.connection import reader
from store.releasing import reading
from store.releasing.releases import publish
from tests.store.support import make_store
from tools import chromium, live

Facts = namedtuple("Facts", "periods units names indicators")

# On a deep link Streamlit's front end first asks for its own paths below the page's, then at the root; a tab that waits at /healthz,
# which names no icon, asks for the usual one.
HARMLESS = ("/_stcore/health", "/_stcore/host-config", "/favicon.ico")


def pytest_collection_modifyitems(items) -> None:
    """Mark what lies here; without a browser skip it by name, and under CI=true let it fail."""
    here = Path(__file__).parent
    missing = chromium.find() is None and os.environ.get("CI") != "true"
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"no Chromium; type: {chromium.install_line()}"))


@pytest.fixture(scope="package")
def chrome() -> Iterator[Browser]:
    """One for files that follow each other, not one a run: while Playwright is open no other test can run an event loop of its own."""
    with live.browser() as running:
        yield running


@pytest.fixture(scope="package")
def tabs(chrome) -> "Tabs":
    return Tabs(chrome)


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """serve(store): the address of a server over this store, started when first asked for and kept to the end of the run."""
    addresses: dict[Path, str] = {}
    with ExitStack() as running:

        def at(store: Path) -> str:
            if store not in addresses:
                addresses[store] = running.enter_context(live.server(store))
            return addresses[store]

        yield at


@pytest.fixture(scope="session")
def demo_server(serve, demo_store) -> str:
    return serve(demo_store)


@pytest.fixture(scope="session")
def asem_server(serve, asem_store) -> str:
    return serve(asem_store)


@pytest.fixture(scope="session")
def demo(demo_store) -> Facts:
    """What the demo store serves: periods, oldest first; codes of the last period's units, best first; names by code."""
    with reader(demo_store) as db:
        served = reading.served(db)
        units = reading.release_units(db, served["release"].iloc[-1]).sort_values("rank")
        framework, _ = reading.release_framework(db, served["release"].iloc[-1])
    return Facts(list(served["period"]), list(units.index), dict(units["name"]), [n.code for n in framework.indicators])


class Tabs:
    """Tabs that tests hand on. One that has shown the app shows its next page in a third of the time of a new one."""

    def __init__(self, chrome: Browser) -> None:
        self.chrome = chrome
        self.free: dict[tuple[bool, bool], list[Page]] = defaultdict(list)

    def take(self, size: str, been_here: bool) -> Page:
        """A blank page in a browser context of its own, without cookies or anything kept."""
        width, height = live.SIZES[size]
        free = self.free[size in live.TOUCHED, been_here]
        if free:
            free[-1].set_viewport_size({"width": width, "height": height})
            return free.pop()
        context = self.chrome.new_context(locale="zh-CN", viewport={"width": width, "height": height}, has_touch=size in live.TOUCHED)
        if been_here:
            context.add_init_script(live.BEEN_HERE)
        return context.new_page()

    def give_back(self, page: Page, size: str, been_here: bool) -> None:
        """Makes it another person's: nothing of the last one is kept, no session of theirs goes on.

        It waits at the server that it was at: from there the next page comes in half the time that it takes from a blank one,
        since Chromium goes on with the same process and the scripts that it has compiled.
        """
        for other in page.context.pages:
            if other != page:
                other.close()
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.context.clear_cookies()
        page.emulate_media(media="null", color_scheme="null", reduced_motion="null")
        try:
            page.goto(urljoin(page.url, "/healthz"))
        except Error:  # that server has gone
            page.context.close()
            return
        self.free[size in live.TOUCHED, been_here].append(page)


class Visitor:
    """A person's browser: pages that keep what went wrong in them, and no way out of this machine."""

    def __init__(self, tabs: Tabs) -> None:
        self.tabs = tabs
        self.closing = ExitStack()
        self.outside: list[str] = []
        self.complaints: list[str] = []

    def page(self, size: str = "laptop", been_here: bool = True) -> Page:
        """A page as another person would have it, signed out. been_here: that person has had the tour."""
        page = self.tabs.take(size, been_here)
        self.closing.callback(self.tabs.give_back, page, size, been_here)
        page.context.route(lambda url: urlsplit(url).hostname not in ("127.0.0.1", None), self.refuse)
        self.closing.callback(page.context.unroute_all)
        for event, heard in (("websocket", self.look), ("pageerror", self.note), ("console", self.listen)):
            page.on(event, heard)
            self.closing.callback(page.remove_listener, event, heard)
        return page

    def look(self, socket) -> None:
        if urlsplit(socket.url).hostname != "127.0.0.1":
            self.outside.append(socket.url)

    def note(self, error) -> None:
        self.complaints.append(str(error))

    def refuse(self, route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def listen(self, message) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not where.endswith(HARMLESS):
            self.complaints.append(f"{message.text} ({where})")

    def open(self, address: str, size: str = "laptop") -> Page:
        """Open an address as another person and wait until all is drawn."""
        page = self.page(size)
        page.goto(address)
        live.settle(page)
        return page


@pytest.fixture
def visitor(tabs) -> Iterator[Visitor]:
    """Whatever a test does, at its end nothing has left the server and the console is clean."""
    person = Visitor(tabs)
    with person.closing:
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


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A small store of a file's own, and the address of a server over it."""
    store = make_store(tmp_path_factory.mktemp("desk") / "q.db")
    publish(["2025Q1"], "测试", store)
    with live.server(store) as address:
        yield store, address
