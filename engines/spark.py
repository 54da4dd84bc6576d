"""The engine of many machines: Spark reads, summarises, scores, ranks and writes; the arithmetic is scoring's own.

One pass to fit, one to score, whose rows Spark keeps on disk; then ranks among them. A worker that dies is no matter: what it did is
done again from the file, and gives the same bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from scoring.blockwise import whole_needed
from scoring.errors import ScoringError
from scoring.framework import Framework
from scoring.index import Fitted
from scoring.policy import Policy
from scoring.tree import BLOCK

from . import spark_ranks as ranks
from . import spark_tables as tables
from .rows import columns, stamp
from .spark_blocks import Task, scored, shape
from .spark_fit import KNOTS, approximated, fitted
from .spark_session import is_local, session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from . import Addressed


def score(
    framework: Framework, policy: Policy, source: Addressed, out: str, master: str = "local[*]", quantiles: str = "exact"
) -> int:
    """As `engines.score_spread`; `quantiles`: `exact`, or `approximate` where the method allows."""
    _refuse(framework, policy)
    with session(master, BLOCK) as spark, tables.told():
        table = tables.opened(spark, source.address)
        task = Task(framework, policy, source.reader(table.columns))
        table = tables.placed(table, task.reader.labels, tables.is_text(source.address))
        fits = fitted(table, task, quantiles == "approximate")
        rows = _scored(spark, table, task, fits)
        try:
            return _written(rows, task, quantiles, out, is_local(master))
        finally:
            rows.unpersist()


def _refuse(framework: Framework, policy: Policy) -> None:
    if needed := whole_needed(framework, policy):
        raise ScoringError(f"{needed[0]}，不能分块计算，Spark 引擎不做；请改用别的方法，或不用 --engine spark（整表读入内存计算）")
    ranks.refuse_rule(policy)


def _scored(spark: SparkSession, table: DataFrame, task: Task, fits: Mapping[str, Fitted]) -> DataFrame:
    """The scored rows, which Spark keeps on the workers' disks once they were worked out."""
    from pyspark import StorageLevel
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.utils import is_remote

    held = SimpleNamespace(value=fits) if is_remote() else spark.sparkContext.broadcast(fits)
    work = lambda batches: scored(batches, task, held.value)  # noqa: E731 - what is pickled holds the broadcast, not its contents
    return table.mapInArrow(work, from_arrow_schema(shape(task))).persist(StorageLevel.DISK_ONLY)


def _written(rows: DataFrame, task: Task, quantiles: str, out: str, one_file: bool) -> int:
    """Rank the rows and write them with what the result says of itself; how many there are. Raises ScoringError."""
    standing = ranks.standings(rows)
    ranks.refuse_twins(rows)
    groups = ranks.grouped(rows, standing, task.policy)
    found = ranks.quartiles(groups, standing) if quantiles == "exact" else ranks.approximate_quartiles(rows)
    periods = {s.period: {"units": s.units, "scored": s.scored, "quartiles": found.get(s.period)} for s in standing}
    about = stamp(task.framework, task.policy, "spark", quantiles) | {"periods": json.dumps(periods, ensure_ascii=False)}
    if quantiles == "approximate":
        scales = {n.code: 1 / KNOTS + 1 / ranks.ACCURACY for n in approximated(task)}
        about |= {"quantile_error": str(1 / ranks.ACCURACY), "scale_errors": json.dumps(scales)}
    result = ranks.ranked(groups, task.policy).select(*(f"`{c}`" for c in columns(task.framework, task.policy)))
    if one_file:
        return tables.write_file(result, Path(out), about)
    tables.write_folder(result, out, about)
    return sum(s.units for s in standing)
