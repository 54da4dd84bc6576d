"""What a person waits for in a what-if: a slider is moved, and both figures show what comes of it."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from bench.measure import Line
from bench.page_speed import CHARTS, opened
from tools import live

ROUNDS, MOVES = 3, 8
SEEN = "[...document.querySelectorAll('[data-testid=stPlotlyChart] .main-svg')].map(svg => svg.innerHTML)"
REMEMBER = f"() => {{ window.benchSeen = {SEEN}; }}"
MOVED = f"""() => {{
  const seen = {SEEN};
  return ({live.SETTLED})() && seen.length === window.benchSeen.length
    && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(chart => {{
      const own = [...chart.querySelectorAll('.main-svg')].map(svg => svg.innerHTML);
      return own.some(svg => !window.benchSeen.includes(svg));
    }});
}}"""


def move_seconds(page: Page) -> list[float]:
    """Seconds from a key on the first slider (a tenth of its range, to and fro) until every chart shows something else."""
    slider, seconds = page.locator("[data-testid=stSlider] input[type=range]").first, []
    page.bring_to_front()
    for turn in range(MOVES + 2):
        page.wait_for_timeout(250)  # the page at rest, as a person leaves it
        slider.focus()
        page.evaluate(REMEMBER)
        start = time.perf_counter()
        page.keyboard.press("PageDown" if turn % 2 else "PageUp")
        page.wait_for_function(MOVED)
        if turn >= 2:
            seconds.append(time.perf_counter() - start)
    return seconds


def lines() -> Iterator[Line]:
    """Ours over the demo and the bare page by turns in the same browser: a busy moment of the machine hits both."""
    with TemporaryDirectory() as folder, live.browser() as chrome:
        store = Path(folder) / "quality.db"
        live.manage(store, "init", "--demo")
        with live.server(store) as address, live.server(store, "run", "bench/bare/slider.py") as bare:
            pages = [opened(chrome, f"{address}/what_if"), opened(chrome, bare)]
            pages[0].wait_for_timeout(1500)
            charts, floor = (page.evaluate(CHARTS) for page in pages)
            if charts != floor:
                raise RuntimeError(f"the page has {charts} charts and the bare one {floor}; make them the same")
            seconds = [[], []]
            for _ in range(ROUNDS):
                for taken, page in zip(seconds, pages, strict=True):
                    taken += move_seconds(page)
    mine, theirs = map(statistics.median, seconds)
    yield Line(f"a moved slider on 试算, {charts} charts redrawn", mine, f"bare Streamlit page, a slider and {charts} charts", theirs, 1.5)
