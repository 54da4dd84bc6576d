"""What a table is scored by, from summaries that Spark's workers make: the bits that one machine finds."""

from __future__ import annotations

import pickle
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scoring.blockwise import by_column
from scoring.errors import ScoringError
from scoring.framework import Node
from scoring.index import Fitted, fit_summaries, pool_of
from scoring.movement import period_key
from scoring.treatment import method_of

from .spark_blocks import REFUSED, SUMMARIES, Task, merged, population, summaries
from .spark_ranks import ACCURACY

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

KNOTS = 2000  # of an approximate scale: steps of 1 / KNOTS, each off by at most 1 / ACCURACY


def approximated(task: Task) -> tuple[Node, ...]:
    """The indicators whose scale may rest on quantiles instead of on every value: a share of units, whatever their number."""
    nodes = by_column(task.framework, task.policy)
    return tuple(n for n in nodes if n.method == "percentile_rank" and method_of(n, task.policy) == "none")


def fitted(table: DataFrame, task: Task, approximate: bool) -> dict[str, Fitted]:
    """Pool → what its periods are scored by. Raises ScoringError."""
    from pyspark.sql.pandas.types import from_arrow_schema

    rows = table.mapInArrow(partial(summaries, task=task), from_arrow_schema(SUMMARIES)).collect()
    if refused := sorted(text for text in (row[REFUSED] for row in rows) if text):
        raise ScoringError(refused[0])
    periods: dict[str, dict] = {}
    for row in rows:
        periods[row["period"]] = merged(periods.get(row["period"], {}), pickle.loads(row["summaries"]))
    loose = approximated(task) if approximate else ()
    return {pool: _of_pool(table, task, pool, periods, loose) for pool in dict.fromkeys(map(task.pool, periods))}


def _of_pool(table: DataFrame, task: Task, pool: str, periods: dict[str, dict], loose: tuple[Node, ...]) -> Fitted:
    base = pool.removeprefix("base:")
    if pool != base and base not in periods:
        pool_of(dict.fromkeys(sorted(periods, key=period_key)), task.policy, base)
    found: dict = {}
    for summary in periods.values() if task.policy.pool == "all" else [periods[base]]:
        found = merged(found, summary)
    return fit_summaries(task.framework, task.policy, found, lambda node: _column(table, task, pool, node, node in loose))


def _column(table: DataFrame, task: Task, pool: str, node: Node, loose: bool) -> np.ndarray:
    """The values (n,) of an indicator on which its scale rests; `loose`: so many quantiles of them instead."""
    from pyspark.sql import functions as F

    values = table.mapInArrow(partial(population, task=task, node=node, pool=pool), "value double")
    if not loose:
        return values.toArrow()["value"].to_numpy()
    shares = F.array(*(F.lit(k / KNOTS) for k in range(KNOTS + 1)))
    return np.array(values.agg(F.percentile_approx("value", shares, F.lit(ACCURACY))).first()[0] or (), float)
