"""Whether a wall that turns for days grows: memory of the server and of the browser over hundreds of turns.

    python -m bench.wall [TURNS]      a turn a second; 600 by default

A row every 50 turns, after both have collected their garbage. Not among what `python -m bench` does unless it is named: it takes ten minutes.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import live

TURNS, EVERY = 600, 50
HEAD = ("turns", "server, MB", "heap of the page, MB", "nodes of the page")
COUNT = """() => { let turns = 0, last = '';
  new MutationObserver(() => {
    const foot = document.querySelector('.zx-slide-foot b');
    if (foot && foot.innerText !== last) { last = foot.innerText; turns += 1; }
    window.zxTurns = turns;
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def resident(address: str) -> float:
    """Megabytes that the server on an address holds."""
    port = address.rsplit(":", 1)[1]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if f"--server.port {port}" in line:
                return int(re.search(r"VmRSS:\s+(\d+)", (process / "status").read_text())[1]) / 1024
        except OSError:
            continue
    raise RuntimeError(f"no server on port {port}; on this system its memory cannot be read")


def rows(turns: int = TURNS) -> Iterator[tuple[str, ...]]:
    """Turns, megabytes of the server, megabytes of the page's heap, and its nodes, as HEAD names them."""
    with TemporaryDirectory() as folder, live.browser() as chrome:
        store = Path(folder) / "quality.db"
        live.manage(store, "init", "--demo", "--no-uncertainty")
        with live.server(store) as address:
            page = chrome.new_context(viewport={"width": 1920, "height": 1080}).new_page()
            page.goto(f"{address}/present?stage=wall&pace=1")
            live.settle(page)
            page.evaluate(COUNT)
            tools = page.context.new_cdp_session(page)
            for done in range(EVERY, turns + 1, EVERY):
                page.wait_for_function("k => window.zxTurns >= k", arg=done, timeout=EVERY * 10_000, polling=200)
                tools.send("HeapProfiler.collectGarbage")
                heap = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
                nodes = tools.send("Memory.getDOMCounters")["nodes"]
                yield str(done), f"{resident(address):.1f}", f"{heap:.1f}", str(nodes)


if __name__ == "__main__":
    print("  ".join(HEAD), flush=True)
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS):
        print("  ".join(text.rjust(len(title)) for text, title in zip(row, HEAD, strict=True)), flush=True)
