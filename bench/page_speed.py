"""What a person waits for: a switch to a page until its charts are drawn, and the start of the server until the first page."""

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from bench.measure import Line
from tools import live

SWITCHES = 15
STARTS = 5
CHARTS = "document.querySelectorAll('[data-testid=stPlotlyChart]').length"
DRAWN = f"""([title, charts]) => {{
  const heading = document.querySelector('[data-testid=stHeading], h1');
  return heading !== null && heading.textContent.includes(title) && {CHARTS} === charts && ({live.SETTLED})();
}}"""


def switch_seconds(page: Page, titles: tuple[str, str], charts: tuple[int, int]) -> list[float]:
    """Median seconds from the click in the navigation until all charts of the page are drawn, for both pages."""
    seconds = ([], [])
    for turn in range(2 * SWITCHES + 2):
        which = (turn + 1) % 2
        page.wait_for_timeout(200)  # the page at rest, as a person leaves it
        start = time.perf_counter()
        page.click(f"[data-testid=stSidebarNav] a:has-text('{titles[which]}')")
        page.wait_for_function(DRAWN, arg=[titles[which], charts[which]])
        if turn >= 2:
            seconds[which].append(time.perf_counter() - start)
    return [statistics.median(s) for s in seconds]


def charts_on(page: Page, title: str) -> int:
    """How many plotly charts the page has."""
    page.click(f"[data-testid=stSidebarNav] a:has-text('{title}')")
    page.wait_for_timeout(1500)
    live.settle(page)
    return page.evaluate(CHARTS)


def opened(chrome: Browser, address: str) -> Page:
    """The first page of a server, at a laptop's size."""
    width, height = live.SIZES["laptop"]
    page = chrome.new_context(locale="zh-CN", viewport={"width": width, "height": height}).new_page()
    page.add_init_script(live.BEEN_HERE)
    page.goto(address)
    live.settle(page)
    return page


def start_seconds(chrome: Browser, store: Path, *commands: tuple[str, ...]) -> list[float]:
    """Median seconds from each Streamlit command until its first page's heading is on the screen; the browser runs already."""
    seconds = [[] for _ in commands]
    for _ in range(STARTS):
        for taken, command in zip(seconds, commands, strict=True):  # by turns: a busy moment of the machine hits both
            page = chrome.new_context(locale="zh-CN").new_page()
            start = time.perf_counter()
            with live.server(store, *command) as address:
                page.goto(address)
                page.wait_for_selector("[data-testid=stHeading], h1")
                taken.append(time.perf_counter() - start)
            page.context.close()
    return [statistics.median(taken) for taken in seconds]


def lines() -> Iterator[Line]:
    """Ours and the bare server one after the other in the same browser."""
    titles = ("云图", "单位画像")
    with TemporaryDirectory() as folder, live.browser() as chrome:
        store = Path(folder) / "quality.db"
        live.manage(store, "init", "--demo")
        with live.server(store) as address:
            page = opened(chrome, address)
            charts = tuple(charts_on(page, title) for title in titles)
            ours = switch_seconds(page, titles, charts)
            page.context.close()
        os.environ["BARE_CHARTS"] = ",".join(map(str, charts))
        with live.server(store, "run", "bench/bare/app.py") as address:
            page = opened(chrome, address)
            bare = switch_seconds(page, ("第一页", "第二页"), charts)
            page.context.close()
        for title, n, mine, floor in zip(titles, charts, ours, bare, strict=True):
            yield Line(f"switch to {title}, {n} charts drawn", mine, f"bare Streamlit page, {n} charts", floor, 1.5)
        ours, hello = start_seconds(chrome, store, ("run", "dashboard.py"), ("hello",))
        yield Line("start to the first page", ours, "streamlit hello", hello, 1.3)
