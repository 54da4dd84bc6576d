"""What pages read of a store of a million units, and two of its pages as a whole.

    python -m bench million [STORE]      without STORE it is made first (bench/million.py): ten minutes and three gigabytes

Each read is made for many groups or units drawn at random, by a connection of its own, as pages do that have nothing in their caches.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlite_utils import Database

from bench import million
from store.connection import reader, table_of
from store.releasing import finding, groups, reading, some_units
from tools import live
from tools.wire import Viewer

UNITS, TIMES, SEEN = 1_000_000, 40, 15
ASKED = 0.1  # seconds of a page's reads
HEAD = ("what is read", "median", "slowest", "aim", "met")
SECTOR = ("units", "nodes", "ranks", "coverage")  # what a page of a group's units shows


class Store(NamedTuple):
    """A store's latest release, and what is looked at in it: areas of the last level, sectors in them, units."""

    path: Path
    release: int
    period: str
    cities: list[str]
    sectors: list[str]
    units: list[tuple[str, str]]


def opened(path: Path, chance: random.Random) -> Store:
    """A store and what is drawn from it at random. Raises SystemExit where nothing is published."""
    with reader(path) as db:
        served = reading.served(db)
        if served.empty:
            raise SystemExit(f"{path}: nothing is published")
        release, period = int(served["release"].iloc[-1]), str(served["period"].iloc[-1])
        found = table_of(db.execute("SELECT path, parent, kind FROM release_group WHERE release = ?", [release]))
        sectors = found[found["kind"] == "sector"]
        within = chance.sample(sorted(sectors["path"]), min(TIMES, len(sectors)))
        units = [page.iloc[chance.randrange(len(page))] for page in (groups.unit_page(db, release, path) for path in within)]
    named = [(str(row.name), str(row["name"])) for row in units]
    return Store(path, release, period, sorted({p for p in sectors["parent"] if p}), within, named)


def city(db: Database, release: int, path: str) -> None:
    """A group, the groups in it, their tiers and the means of their nodes: 云图 of more units than it draws."""
    groups.group(db, release, path)
    groups.children(db, release, path)
    groups.children_nodes(db, release, path)


def sector(db: Database, release: int, path: str) -> None:
    """All units of a sector."""
    groups.group(db, release, path)
    for what in SECTOR:
        reading.TABLES[what](db, release, within=path)


def portrait(db: Database, release: int, unit: str) -> None:
    """All that is held of a unit, and what its group and the whole come to."""
    for read in some_units.TABLES.values():
        read(db, release, [unit])
    for path in (groups.place_of(db, release, unit), ""):
        groups.group(db, release, path)
        some_units.group_nodes(db, release, path)


def reads(store: Store, chance: random.Random) -> Iterator[tuple[str, list[Callable[[Database], object]]]]:
    """What a page reads, and that for many keys."""
    release, names = store.release, [name for _, name in store.units]

    def each(read: Callable, keys: list[str]) -> list[Callable[[Database], object]]:
        return [lambda db, key=key: read(db, release, key) for key in keys]

    yield "云图 of all", each(city, [""] * TIMES)
    yield "云图 of a city", each(city, store.cities[:TIMES])
    yield "云图 of a sector: its units", each(sector, store.sectors)
    yield "画像: a unit", each(portrait, [unit for unit, _ in store.units])
    yield "search: a part of a name", each(finding.find_units, [name[-9:] for name in names])
    yield "search: two characters", each(finding.find_units, [name[2:4] for name in names])
    yield "search: initials", each(finding.find_units, ["czj", "sjj", "rmfy", "gaj", "jyj", "wsjkwyh"])
    yield "search: pinyin", each(finding.find_units, ["caizhengju", "shenjiju", "gonganju", "jiaoyuju", "shuiwujituan"])
    yield "search: a code", each(finding.find_units, [unit for unit, _ in store.units])
    yield "fifty units of all, by rank", each(groups.unit_page, [""] * TIMES)
    yield "fifty units of a city", each(groups.unit_page, store.cities[:TIMES])
    yield "the next fifty of a sector", [
        lambda db, path=path, unit=unit: groups.unit_page(db, release, path, after=unit)
        for path, (unit, _) in zip(store.sectors, store.units, strict=True)
    ]


def told(what: str, seconds: list[float], asked: float | None) -> tuple[str, ...]:
    """A row as HEAD names it."""
    median, slowest = statistics.median(seconds), max(seconds)
    met = "" if asked is None else "yes" if slowest <= asked else "no"
    return what, f"{median * 1000:.1f} ms", f"{slowest * 1000:.1f} ms", "" if asked is None else f"≤ {asked * 1000:g} ms", met


def pages(store: Store) -> Iterator[tuple[str, ...]]:
    """云图 and 画像 as the server runs them, places that nobody has seen yet."""
    with live.server(store.path) as address:
        viewer = Viewer(address)
        places = [("", f"in={path}") for path in store.cities[:SEEN]], [("unit", f"unit={unit}") for unit, _ in store.units[:SEEN]]
        for title, seen in zip(("云图 of a city, the server's whole run", "画像, the server's whole run"), places, strict=True):
            runs = [viewer.run(*place) for place in seen]
            if wrong := [text for run in runs for text in run.wrong]:
                raise RuntimeError(wrong[0])
            yield told(title, [run.seconds for run in runs[1:]], None)
        viewer.close()


def timed(store: Store, read: Callable[[Database], object]) -> float:
    """Seconds of one read, the opening of the store included."""
    begun = time.perf_counter()
    with reader(store.path) as db:
        read(db)
    return time.perf_counter() - begun


def rows(given: str = "") -> Iterator[tuple[str, ...]]:
    """As HEAD names them, of a store that is there, or of one that is made for it."""
    chance = random.Random(7)
    with TemporaryDirectory() as folder:
        path = Path(given or Path(folder) / "million.db")
        if not given:
            million.main(UNITS, path)
        store = opened(path, chance)
        for what, asked in reads(store, chance):
            yield told(what, [timed(store, read) for read in asked], ASKED)
        yield from pages(store)
