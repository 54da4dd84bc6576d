"""One million values, and one million records of a ledger, from a file into the store, against sqlite3 writing the same rows, ready
in memory, into a plain table."""

import shutil
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from bench.measure import Line
from store import start
from store.connection import reader
from store.frameworks.files import read_framework, read_policy
from store.importing.batches import import_files
from store.readers.ledger_mapping import LedgerMapping, read_mapping
from tools.live import ROOT

VALUES = RECORDS = 1_000_000
OWNERS = 1000  # units that the records belong to
TURNS = 3
COLUMNS = "batch INTEGER, period TEXT, unit TEXT, indicator TEXT, state INTEGER, value REAL, sheet TEXT, cell TEXT"
TASKS = (
    "unit TEXT, ref TEXT, batch INTEGER, title TEXT, category TEXT, stage TEXT, owner TEXT, due TEXT, done TEXT, evidence TEXT, "
    "sheet TEXT, row INTEGER"
)


def write_files(folder: Path) -> tuple[Path, Path]:
    """A list of units and a wide table of their values, as CSV, a column an indicator, within the goalposts."""
    framework = read_framework(ROOT / "data" / "framework.csv", read_policy(ROOT / "data" / "policy.toml"))
    rng = np.random.default_rng(7)
    codes = [f"U{i:05d}" for i in range(-(-VALUES // len(framework.indicators)))]
    units = pd.DataFrame({"单位代码": codes, "单位": [f"第{c}单位" for c in codes], "片组": "片组"})
    values = {n.code: rng.uniform(n.low, n.high, len(codes)).round(3) for n in framework.indicators}
    table = pd.DataFrame({"单位代码": codes, "考核期": "2026Q3"} | values)
    paths = folder / "units.csv", folder / "values.csv"
    for path, content in zip(paths, (units, table), strict=True):
        content.to_csv(path, index=False, encoding="utf-8-sig")
    return paths


def write_tasks(path: Path, mapping: LedgerMapping, units: pd.DataFrame) -> None:
    """An export of tasks under the headers and words of a mapping: four in five closed, dates in three styles."""
    rng = np.random.default_rng(8)
    days = pd.Series(pd.date_range("2024-01-01", periods=1000))
    styles = [days.dt.strftime(form) for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日")]

    def pick(texts: list[str]) -> np.ndarray:
        return np.array(texts, object)[rng.integers(0, len(texts), RECORDS)]

    closed = rng.random(RECORDS) < 0.8
    dates = [text for style in styles for text in style]
    content = {
        "ref": [f"RW-{i:07d}" for i in range(RECORDS)],
        "title": [f"第 {i} 项任务" for i in range(RECORDS)],
        "unit": pick(units["单位"].tolist()),
        "category": pick(list(mapping.words["category"])),
        "stage": pick(["", "事前", "事中", "事后"]),
        "owner": pick(["办公室", "机关党委", "监督检查科"]),
        "due": pick(dates),
        "done": np.where(closed, pick(dates), ""),
        "evidence": np.where(closed, "ZL-1", ""),
        "status": np.where(closed, "已办结", "办理中"),
    }
    pd.DataFrame({header: content[name] for header, name in mapping.columns.items()}).to_csv(path, index=False, encoding="utf-8-sig")


def seconds_of_import(file: Path, store: Path, mapping: LedgerMapping | None) -> float:
    """The whole verb: read, check each cell, write the batch."""
    begun = time.perf_counter()
    import_files([file], "bench", store, mapping=mapping)
    return time.perf_counter() - begun


def seconds_of_executemany(store: Path, table: str, columns: str, path: Path) -> tuple[int, float]:
    """How many rows a table of the store has, and how long they take into one of the same columns, without keys or checks."""
    names, kinds = zip(*(column.split() for column in columns.split(", ")), strict=True)
    quoted = [f'"{name}"' for name in names]
    with reader(store) as db:
        rows = db.execute(f"SELECT {', '.join(quoted)} FROM {table}").fetchall()
    begun = time.perf_counter()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute(f"CREATE TABLE plain ({', '.join(map(' '.join, zip(quoted, kinds, strict=True)))})")
        plain.executemany(f"INSERT INTO plain VALUES ({', '.join('?' * len(rows[0]))})", rows)
        plain.commit()
    return len(rows), time.perf_counter() - begun


def store_with(units: Path) -> Path:
    """A store, beside the list of units that it knows, of the default framework."""
    store = units.with_suffix(".db")
    start.begin(start.default_beginning(), "bench", store)
    import_files([units], "bench", store)
    return store


def compared(file: Path, store: Path, table: str, columns: str, mapping: LedgerMapping | None = None) -> tuple[int, float, float]:
    """How many rows a file has, and the median seconds of its import and of executemany, by turns, each into a store of its own."""
    ours, theirs = [], []
    for _ in range(TURNS):
        with TemporaryDirectory(dir=store.parent) as name:
            copy = Path(shutil.copy(store, name))
            ours.append(seconds_of_import(file, copy, mapping))
            count, seconds = seconds_of_executemany(copy, table, columns, Path(name) / "plain.db")
            theirs.append(seconds)
    return count, statistics.median(ours), statistics.median(theirs)


def lines() -> Iterator[Line]:
    """Imports of both kinds, on the same disk."""
    against = "sqlite3 executemany of the same rows"
    with TemporaryDirectory() as name:
        folder = Path(name)
        units, values = write_files(folder)
        count, ours, theirs = compared(values, store_with(units), "observation", COLUMNS)
        yield Line(f"import a CSV of {count:,} values", ours, against, theirs, 3)
        mapping = read_mapping(ROOT / "data" / "mappings" / "edian_tasks.toml")
        owners = pd.read_csv(units, dtype=str, nrows=OWNERS)
        tasks, units = folder / "tasks.csv", folder / "owners.csv"
        write_tasks(tasks, mapping, owners)
        owners.to_csv(units, index=False, encoding="utf-8-sig")
        count, ours, theirs = compared(tasks, store_with(units), "task", TASKS, mapping)
        yield Line(f"import a CSV of {count:,} ledger records of the store's {OWNERS:,} units", ours, against, theirs, 3)
