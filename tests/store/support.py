"""Small makers of stores, batches and processes for the store's tests."""

import itertools
import multiprocessing
import os
import tempfile
from pathlib import Path

import pandas as pd

from store.connection import audit, migrate, reader, write_tx
from store.errors import StoreError
from store.importing.batches import write_batch
from store.importing.intake import Intake

NOBODY = 65534


def as_nobody(path: Path, verb: str) -> str:
    """Open the store in a process without root's rights: "ok" or the answer, or the error's name and text."""
    for folder in path.parents:  # pytest's folders are closed to others
        if folder == Path(tempfile.gettempdir()):
            break
        if folder != path.parent and os.access(folder, os.W_OK):
            folder.chmod(0o755)
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    process = context.Process(target=_work, args=(path, verb, answers))
    process.start()
    process.join()
    return answers.get()


def _work(path, verb, answers):
    if os.geteuid() == 0:
        os.setresuid(NOBODY, NOBODY, NOBODY)
    try:
        if verb == "write":
            with write_tx(path) as db:
                audit(db, "nobody", "test")
        with reader(path) as db:
            last = db.execute("SELECT verb FROM audit ORDER BY id DESC LIMIT 1").fetchone()[0]
        answers.put(last if verb == "last" else "ok")
    except StoreError as error:
        answers.put(f"{type(error).__name__} {error}")


FRAMEWORK = """code,parent,name,unit,direction,weight,low,high,normalisation,requirement
X,,总指数,分,1,1,,,,
A,X,维度甲,分,1,60,,,,
B,X,维度乙,分,1,40,,,,
A1,A,指标甲一,%,1,50,0,100,goalposts,守纪律
A2,A,指标甲二,%,1,50,0,100,goalposts,讲政治
B1,B,指标乙一,件,-1,50,0,10,goalposts,守纪律
B2,B,指标乙二,分,1,50,0,50,goalposts,讲政治
"""
POLICY = '[facets]\nrequirement = "四项要求"\n'
ALL_POOL = POLICY + '[bounds]\npool = "all"\n'
NUMBERS = itertools.count(1)

UNITS = pd.DataFrame(
    [("U1", "甲局", "一组", 10.0), ("U2", "乙局", "一组", 20.0), ("U3", "丙局", "二组", None)],
    columns=["code", "name", "sector", "size"],
).astype({"size": float})


def intake(units=None, values=(), adjustments=(), **given) -> Intake:
    """One file: `values` are rows (unit, indicator, period, value or state), `adjustments` (unit, period, kind, points, document)."""
    cells = [
        (u, i, p, v, None, "数据", f"C{row}") if isinstance(v, str) else (u, i, p, "value", float(v), "数据", f"C{row}")
        for row, (u, i, p, v) in enumerate(values, 2)
    ]
    number = next(NUMBERS)
    return Intake(
        file=given.get("file", f"文件{number}.csv"),
        sha256=given.get("sha256", f"{number:064x}"),
        demo=given.get("demo", False),
        ledgers=given.get("ledgers", {}),
        units=UNITS.iloc[:0] if units is None else units,
        framework_csv=given.get("framework_csv"),
        policy_toml=given.get("policy_toml"),
        observations=pd.DataFrame(
            cells, columns=["unit", "indicator", "period", "state", "value", "sheet", "cell"], dtype=object
        ).astype({"value": float}),
        adjustments=pd.DataFrame(
            [(u, p, kind, points, "事由", document) for u, p, kind, points, document in adjustments],
            columns=["unit", "period", "kind", "points", "reason", "document"],
            dtype=object,
        ).astype({"points": float}),
    )


def whole(period: str, *rows: tuple) -> list[tuple]:
    """Values of a whole period: rows (unit, A1, A2, B1, B2)."""
    return [(unit, code, period, v) for unit, *cells in rows for code, v in zip(("A1", "A2", "B1", "B2"), cells, strict=True)]


def bring(path: Path, *intakes: Intake, by: str = "测试") -> list[int]:
    """Write intakes, each as a batch, in one transaction."""
    with write_tx(path) as db:
        return [write_batch(db, i, by) for i in intakes]


def rows(path: Path, sql: str, *parameters) -> list[tuple]:
    """What a query gives."""
    with reader(path) as db:
        return db.execute(sql, list(parameters)).fetchall()


def make_store(path: Path, policy: str = POLICY) -> Path:
    """A store with two dimensions of two indicators, three units and two quarters of values; nothing published."""
    migrate(path)
    bring(
        path,
        intake(framework_csv=FRAMEWORK, policy_toml=policy, sha256="f" * 64),
        intake(
            UNITS,
            whole("2024Q4", ("U1", 90, 80, 1, 45), ("U2", 50, 60, 2, 20), ("U3", 70, 70, 5, 25))
            + whole("2025Q1", ("U1", 80, 80, 1, 40), ("U2", 60, 60, 2, 30), ("U3", 75, 70, 4, "not_applicable")),
            [("U1", "2024Q4", "bonus", 2, "文1"), ("U2", "2025Q1", "veto", None, "文2")],
            sha256="d" * 64,
        ),
    )
    return path
