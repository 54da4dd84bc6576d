"""How many people a replica holds: viewers on 云图 and 单位画像 who click and read, beside as many on bare Streamlit with as many charts.

    python -m bench load              both, step by step, until a click takes longer than a second for one in twenty
    python -m bench soak [RERUNS]     memory over so many reruns: ten people who click once a minute for eight hours

Viewers speak the pages' own protocol (tools/wire.py): real sessions, for which the server runs whole pages; no browser draws them. They
run in the same machine's other process, so that what a replica holds by itself is a little more.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from typing import NamedTuple

from bench.wall import resident
from store.connection import reader
from store.releasing import reading
from tools import live
from tools.wire import Viewer

LIMIT = 1.0  # seconds that nineteen of twenty clicks may take
AIM = 0.7  # of the viewers that bare Streamlit holds
THINK, SECONDS = 3.0, 15.0  # of reading between two clicks, on average; for which so many viewers are looked at
FIRST, CLOSE = 10, 0.06  # viewers to begin with; how close to the limit the search goes, of their number
RERUNS, PEOPLE, EVERY = 10 * 60 * 8, 10, 12  # of a soak: a click a minute of ten people for eight hours, told in so many rows
HEAD = ("server", "viewers", "reruns a second", "p50, ms", "p95, ms", "server, MB")
SOAK_HEAD = ("reruns", "p95, ms", "server, MB")


class Server(NamedTuple):
    """One that is looked at. places: (page, query) of all that viewers go to, pages by turns."""

    name: str
    address: str
    places: tuple[list[tuple[str, str]], ...]


class Step(NamedTuple):
    """What so many viewers met with."""

    server: str
    viewers: int
    seconds: list[float]
    lasted: float
    memory: float

    @property
    def p95(self) -> float:
        """Seconds within which nineteen of twenty clicks were answered."""
        return statistics.quantiles(self.seconds, n=20)[-1]

    @property
    def row(self) -> tuple[str, ...]:
        """As HEAD names it."""
        rate, half = len(self.seconds) / self.lasted, statistics.median(self.seconds)
        return self.server, str(self.viewers), f"{rate:.1f}", f"{half * 1000:.0f}", f"{self.p95 * 1000:.0f}", f"{self.memory:.0f}"


def ours(address: str, store: Path) -> Server:
    """The dashboard: 云图 of every period, and every unit's portrait."""
    with reader(store) as db:
        served = reading.served(db)
        units = reading.release_units(db, int(served["release"].iloc[-1])).index
    return Server("ours", address, ([("", f"period={p}") for p in served["period"]], [("unit", f"unit={u}") for u in units]))


def charts(address: str) -> tuple[int, ...]:
    """How many charts 云图 and 单位画像 have."""
    counts = []
    for page in ("", "unit"):
        viewer = Viewer(address)
        counts.append(viewer.run(page).charts)
        viewer.close()
    return tuple(counts)


def bare(address: str) -> Server:
    """bench/bare/app.py: the same charts every time, which costs it less than other ones would."""
    return Server("bare Streamlit", address, ([("", "")], [("second", "")]))


def visit(server: Server, number: int, all_there: Barrier) -> list[float]:
    """One viewer: comes, looks at both pages, and once all are there clicks and reads for so long; seconds of each click."""
    chance, taken = random.Random(number), []
    viewer = Viewer(server.address)
    try:
        for place in (server.places[0][0], server.places[1][0]):
            viewer.run(*place)
        all_there.wait()
        end, turn = time.monotonic() + SECONDS, number
        time.sleep(chance.uniform(0, THINK))
        while time.monotonic() < end:
            run = viewer.run(*chance.choice(server.places[turn % 2]))
            if run.wrong:
                raise RuntimeError(f"{server.name}: {run.wrong[0]}")
            taken.append(run.seconds)
            turn += chance.random() < 0.3  # from one page to the other, now and then
            time.sleep(THINK * chance.uniform(0.5, 1.5))
    finally:
        viewer.close()
    return taken


def step(server: Server, viewers: int) -> Step:
    """So many viewers at once."""
    all_there = Barrier(viewers, timeout=300)
    with ThreadPoolExecutor(viewers) as pool:
        visits = [pool.submit(visit, server, n, all_there) for n in range(viewers)]
        taken = [one for done in visits for one in done.result()]
    return Step(server.name, viewers, taken, SECONDS, resident(server.address))


def held(server: Server) -> tuple[list[Step], int]:
    """All steps, and the most viewers for whom the limit was kept: twice as many each time, then halfway."""
    steps, good, bad = [], 0, None
    viewers = FIRST
    while bad is None or bad - good > max(1, CLOSE * good):
        steps.append(step(server, viewers))
        print("  ".join(steps[-1].row), file=sys.stderr, flush=True)
        if steps[-1].p95 < LIMIT:
            good = viewers
        else:
            bad = viewers
        viewers = 2 * viewers if bad is None else (good + bad) // 2
        if not viewers:
            break
    return steps, good


def warm(server: Server) -> Server:
    """One that has shown every place once."""
    viewer = Viewer(server.address)
    for place in chain(*server.places):
        viewer.run(*place)
    viewer.close()
    return server


def servers(folder: Path) -> Iterator[Server]:
    """One server after the other, each alone on the machine, over the demo, and warm."""
    store = folder / "quality.db"
    live.manage(store, "init", "--demo", "--no-uncertainty")
    with live.server(store) as address:
        os.environ["BARE_CHARTS"] = ",".join(map(str, charts(address)))
        yield warm(ours(address, store))
    with live.server(store, "run", "bench/bare/app.py") as address:
        yield warm(bare(address))


def rows() -> Iterator[tuple[str, ...]]:
    """All steps as HEAD names them, then how many both hold, and the ratio."""
    most = {}
    with TemporaryDirectory() as folder:
        for server in servers(Path(folder)):
            steps, most[server.name] = held(server)
            yield from (one.row for one in steps)
    for name, viewers in most.items():
        yield f"held by {name} at p95 < {LIMIT:g} s", str(viewers), "", "", "", ""
    mine, floor = most.values()
    yield f"ratio, aim ≥ {AIM:g}", f"{mine / floor:.2f}" if floor else "none: too busy a machine", "", "", "", ""


def soak(reruns: str = str(RERUNS)) -> Iterator[tuple[str, ...]]:
    """Memory over so many reruns of our pages, without a pause between them, as SOAK_HEAD names it."""
    with TemporaryDirectory() as folder, closing(servers(Path(folder))) as running, ThreadPoolExecutor(PEOPLE) as pool:
        server = next(running)
        people = [Viewer(server.address) for _ in range(PEOPLE)]
        chance, part = random.Random(0), int(reruns) // EVERY
        for done in range(part, int(reruns) + 1, part):
            wanted = [chance.choice(chance.choice(server.places)) for _ in range(part)]
            shares = [pool.submit(clicked, viewer, wanted[n::PEOPLE]) for n, viewer in enumerate(people)]
            taken = [one for share in shares for one in share.result()]
            yield f"{done:,}", f"{statistics.quantiles(taken, n=20)[-1] * 1000:.0f}", f"{resident(server.address):.1f}"


def clicked(viewer: Viewer, places: list[tuple[str, str]]) -> list[float]:
    """Seconds of each place that a viewer goes to, one after the other."""
    return [viewer.run(*place).seconds for place in places]
