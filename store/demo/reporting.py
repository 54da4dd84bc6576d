"""The demo's ledgers of all units and periods, and what is reported from them: the figures of the views, rounded as offices round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from scoring.framework import Framework, Node
from scoring.movement import period_days
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE

from ..connection import migrate, write_tx
from ..importing.batches import write_batch
from ..importing.intake import Intake
from ..ledgers.deriving import derive
from ..ledgers.specification import record_frame
from ..ledgers.views import indicator_views
from .desk import Book, Desk
from .ledgers import brands, keep_ledgers
from .words import OFFICES

_LEFT_OUT = "rectification:on_time"  # where this is not reported its records lack too, so that the demo keeps gaps of its own
_BRANDED = "brand:sub_brand"


def viewed(framework: Framework) -> dict[int, str]:
    """Keys of the views by the column of the indicator that asks for one."""
    views = indicator_views(framework)
    return {j: views[n.code].key for j, n in enumerate(framework.indicators) if n.code in views}


def decimals(node: Node) -> int:
    """Decimals with which offices report a value."""
    return 1 if node.unit in ("%", "分") else 2


def keep_books(
    book: Book, framework: Framework, units: pd.DataFrame, periods: Sequence[str], states: np.ndarray, values: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Write records of `units` that come near `values` (n_periods, n_units, n_indicators), and what is due in the quarter after.

    The index of `units` says their places in `states` and `values`.
    """
    spans = [period_days(p) for p in periods]
    today = spans[-1][1]
    following = today + timedelta(1)
    spans.append(period_days(f"{following.year}Q{(following.month + 2) // 3}"))
    views = viewed(framework)
    for i, unit in zip(units.index, units.itertuples(), strict=True):
        offices = [OFFICES[k] for k in rng.permutation(len(OFFICES))[:6]]
        habits: dict[str, float] = {}
        for t, span in enumerate(spans):
            at = min(t, len(periods) - 1)
            aims = _aims(views, states[at, i], values[at, i])
            keep_ledgers(Desk(book, unit.code, int(unit.size), *span, today, rng, offices, habits), aims)
        branded = [j for j, key in views.items() if key == _BRANDED and (states[:, i, j] != NOT_APPLICABLE).all()]
        for j in branded:
            brands(book, unit.code, int(unit.size), spans[:-1], isotonic_regression(values[:, i, j]).x, rng)


def _aims(views: dict[int, str], states: np.ndarray, values: np.ndarray) -> dict[str, float]:
    aims = {key: float(values[j]) for j, key in views.items() if states[j] != NOT_APPLICABLE}
    gone = [key for j, key in views.items() if key == _LEFT_OUT and states[j] in (MISSING, PENDING)]
    return {key: aim for key, aim in aims.items() if key not in gone}


def report(
    framework: Framework, units: pd.DataFrame, periods: Sequence[str], book: Book, states: np.ndarray, values: np.ndarray
) -> None:
    """Put what the records give, rounded, in the place of every value that a view counts."""
    figures = _figures(framework, units, periods, book)
    unit = {code: i for i, code in enumerate(units["code"])}
    indicator = {n.code: j for j, n in enumerate(framework.indicators)}
    for row in figures.itertuples():
        at = periods.index(row.period), unit[row.unit], indicator[row.indicator]
        if states[at] == VALUE:
            values[at] = round(row.value, decimals(framework.indicators[at[2]]))


def _figures(framework: Framework, units: pd.DataFrame, periods: Sequence[str], book: Book) -> pd.DataFrame:
    """What the store itself derives from the records."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "demo.db"
        migrate(path)
        with write_tx(path) as db:
            frames = {name: record_frame(name, rows) for name, rows in book.rows.items()}
            write_batch(db, Intake("demo", "0" * 64, units=units, ledgers=frames), "demo")
            return derive(db, periods, framework)
