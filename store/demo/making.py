"""The demo put together: the model's city and the article's case, their ledgers, and what is reported from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.framework import Framework
from scoring.values import VALUE

from ..ledgers import record_frame
from .case import SINCE as CASE_SINCE
from .case import case_cells, keep_case, seat
from .desk import Book
from .exemplars import name_exemplars
from .model import NAMED, PERIODS, city, latent_quality, model_adjustments, model_states, model_values
from .reporting import keep_books, report

SEED = 20240624


@dataclass(frozen=True)
class Demo:
    """Units [code, name, sector, size]; cells (n_periods, n_units, n_indicators) as states and values; adjustments; ledgers.

    `since` (n_units,): the period, by place, from which a unit reports.
    """

    units: pd.DataFrame
    since: np.ndarray
    states: np.ndarray
    values: np.ndarray
    adjustments: pd.DataFrame
    ledgers: Mapping[str, pd.DataFrame]


def make_demo(framework: Framework, seed: int = SEED) -> Demo:
    """The demo for a framework of fixed goalposts: the same seed gives the same data."""
    rng = np.random.default_rng(seed)
    units = city(rng)
    quality = latent_quality(rng, framework, units)
    values = model_values(rng, framework, units, quality)
    states = model_states(rng, framework, units, values)
    adjustments = model_adjustments(rng, units, quality)
    units, case = seat(units)
    adjustments = adjustments[adjustments["unit"].isin(units["code"])].reset_index(drop=True)
    own, start = np.random.default_rng([seed, 2]), PERIODS.index(CASE_SINCE)
    states[:, case], values[:, case] = case_cells(values, framework, start, own)
    book = Book()
    keep_books(book, framework, units.drop(index=case), PERIODS, states, values, np.random.default_rng([seed, 1]))
    keep_case(book, framework, PERIODS[start:], values[start:, case], own)
    report(framework, units, PERIODS, book, states, values)
    values[states != VALUE] = np.nan
    naming = adjustments[adjustments["reason"] == NAMED]
    name_exemplars(book, framework, units, naming, values, np.random.default_rng([seed, 3]))
    since = np.where(units.index == case, start, 0)
    return Demo(units, since, states, values, adjustments, {name: record_frame(name, rows) for name, rows in book.rows.items()})
