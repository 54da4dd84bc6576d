"""A release: read what was reported, score, rank, freeze, seal and serve it; of 110 units and of 100,000.

The large one is compared with sqlite3 writing the very rows that it froze, ready in memory, into plain tables.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.import_speed import seconds_of_executemany
from bench.measure import Line
from bench.million import write_files
from store.connection import reader
from store.importing.batches import import_files
from store.releasing import releases
from store.releasing.reading import served
from tools import live

UNITS, ASKED = 100_000, 1.0
FROZEN = ("release_unit", "release_node", "release_cell")  # where all but some hundred rows of a release lie


def published(store: Path) -> tuple[int, float]:
    """Units and seconds of a release of the latest period."""
    begun = time.perf_counter()
    (done,) = releases.publish(None, "bench", store)
    if not done.new:
        raise RuntimeError(f"{done.period} was published before; nothing was timed")
    return done.units, time.perf_counter() - begun


def columns(store: Path, table: str) -> str:
    """A table's columns and their types, those left out that SQLite computes."""
    with reader(store) as db:
        return ", ".join(f"{name} {kind}" for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})"))


def small(folder: Path) -> Line:
    """The demo's latest period once more, with another value in one cell."""
    store, values = folder / "demo.db", folder / "value.csv"
    live.manage(store, "init", "--demo", "--no-uncertainty")
    with reader(store) as db:
        period = served(db)["period"].iloc[-1]
        unit, indicator = db.execute("SELECT unit, indicator FROM release_cell WHERE state = 0 AND sheet IS NOT NULL LIMIT 1").fetchone()
    values.write_text(f"单位编码,考核期,{indicator}\n{unit},{period},1\n", "utf-8")
    import_files([values], "bench", store)
    units, seconds = published(store)
    return Line(f"publish {units} units", seconds, "asked for", ASKED, 1)


def large(folder: Path) -> Line:
    """A store of made-up units, eight indicators each."""
    store = folder / "large.db"
    live.manage(store, "init")
    for path in write_files(folder, UNITS):
        live.manage(store, "import", path)
    units, seconds = published(store)
    plain = sum(seconds_of_executemany(store, name, columns(store, name), folder / f"{name}.db")[1] for name in FROZEN)
    what = f"publish {units:,} units ({seconds / units * 1000:.2f} ms a unit)"
    return Line(what, seconds, "sqlite3 executemany of the rows that it froze", plain, 5)


def lines() -> Iterator[Line]:
    """A small and a large one, each into a fresh store."""
    for make in (small, large):
        with TemporaryDirectory() as name:
            yield make(Path(name))
