"""One million values from a file into the store, against sqlite3 writing the same rows, ready in memory, into a plain table."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from bench.measure import Line
from store import start
from store.batches import import_files
from store.connection import reader
from store.files import read_framework, read_policy
from tools.live import ROOT

VALUES = 1_000_000
COLUMNS = "batch INTEGER, period TEXT, unit TEXT, indicator TEXT, state INTEGER, value REAL, sheet TEXT, cell TEXT"


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


def seconds_of_import(file: Path, store: Path) -> float:
    """The whole verb: read, check each cell, write the batch."""
    begun = time.perf_counter()
    import_files([file], "bench", store)
    return time.perf_counter() - begun


def seconds_of_executemany(rows: list[tuple], path: Path) -> float:
    """The same rows into a table of the same columns, one transaction, no keys, nothing checked."""
    begun = time.perf_counter()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute(f"CREATE TABLE observation ({COLUMNS})")
        plain.executemany("INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        plain.commit()
    return time.perf_counter() - begun


def lines() -> Iterator[Line]:
    """One import of each kind, on the same disk."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        units, values = write_files(folder)
        store = folder / "quality.db"
        start.begin(start.default_beginning(), "bench", store)
        import_files([units], "bench", store)
        ours = seconds_of_import(values, store)
        columns = ", ".join(column.split()[0] for column in COLUMNS.split(", "))
        with reader(store) as db:
            rows = db.execute(f"SELECT {columns} FROM observation").fetchall()
        theirs = seconds_of_executemany(rows, folder / "plain.db")
        yield Line(f"import a CSV of {len(rows):,} values", ours, "sqlite3 executemany of the same rows", theirs, 3)
