"""Ranks, tiers and quartiles of scored rows, by Spark's own functions: no row leaves the cluster, no window spans a whole period.

Rows are cut by their index into groups of like size, one a partition and a part file; a rank is the place within the group, plus
all that stand in better groups. Equal indices share a group, so that ties share their rank however the rows were spread before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import ScoringError
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.ranking import settled

from .spark_blocks import KEY, PLACE, REFUSED, SETTLED

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

ACCURACY = 10_000  # of approximate quantiles: the place of one is off by at most n / ACCURACY
_QUARTERS = (0.25, 0.5, 0.75)
_ROWS = 200_000  # of a group
_GROUPS = 400  # at most, since the cuts between them are written out in the plan
_BUCKET, _GROUP, _BETTER, _ENDS = "·bucket", "·group", "·better", "·ends"
_RULES = ("share", "thresholds")


@dataclass(frozen=True)
class Standing:
    """Of a period: how many units it has, and how many of them have an index."""

    period: str
    units: int
    scored: int


def refuse_rule(policy: Policy) -> None:
    """Raise ScoringError for a tier rule that Spark is not told here."""
    if policy.tier_rule not in _RULES:
        remedy = f"请用 {'、'.join(_RULES)}，或不用 --engine spark"
        raise ScoringError(f"评分规则 tiers.rule 为 {policy.tier_rule}，Spark 引擎不会按它分梯队；{remedy}")


def refuse_twins(scored: DataFrame) -> None:
    """Raise ScoringError for a unit that has two rows in a period."""
    from pyspark.sql import functions as F

    # Counted alone: with the least text of each Spark would sort all rows instead of hashing them.
    if twice := scored.groupBy("period", KEY).count().where("count > 1").orderBy("period", KEY).first():
        unit = scored.where((F.col("period") == twice["period"]) & (F.col(KEY) == twice[KEY])).agg(F.min("unit")).first()[0]
        where = f"（{twice['period']}）" if twice["period"] else ""
        raise ScoringError(f"单位 {unit}{where}重复；同一考核期每个单位只能有一行，请删去一行")


def standings(scored: DataFrame) -> list[Standing]:
    """The periods of scored rows, in time order. Raises ScoringError for what the workers refused."""
    from pyspark.sql import functions as F

    rows = scored.groupBy(REFUSED, "period").agg(F.count("*"), F.count(SETTLED)).collect()
    if refused := sorted(row[0] for row in rows if row[0]):
        raise ScoringError(refused[0])
    return sorted((Standing(*row[1:]) for row in rows), key=lambda s: period_key(s.period))


def grouped(scored: DataFrame, standing: list[Standing], policy: Policy) -> DataFrame:
    """Scored rows in groups, one a partition, the better before the worse and periods in time order."""
    from pyspark.sql import functions as F

    cut = scored.withColumn(_BUCKET, _bucket(_cuts(scored, standing)))
    groups = _groups(cut, standing, policy)
    shape = f"period string, `{_BUCKET}` int, `{_GROUP}` int, `{_BETTER}` long, `{_ENDS}` array<double>"
    table = cut.sparkSession.createDataFrame(groups, shape)
    return cut.join(F.broadcast(table), ["period", _BUCKET]).repartitionById(max(1, len(groups)), F.col(_GROUP))


def ranked(groups: DataFrame, policy: Policy) -> DataFrame:
    """Grouped rows with `rank` (null without an index) and `tier` (""), in the order of period, rank and place."""
    from pyspark.sql import functions as F

    rank = F.when(F.col(SETTLED).isNotNull(), F.rank().over(_falling()) + F.col(_BETTER))
    ordered = groups.sortWithinPartitions(_GROUP, F.desc(SETTLED), *PLACE)  # the window's order and the result's: rows are sorted once
    return ordered.withColumn("rank", rank).withColumn("tier", _tier(policy))


def quartiles(groups: DataFrame, standing: list[Standing]) -> dict[str, tuple[float, ...]]:
    """Exact quartiles of the index, period → three, as numpy's: on the line between the two units that stand nearest."""
    from pyspark.sql import functions as F

    at = {s.period: [(s.scored - 1) * q for q in _QUARTERS] for s in standing if s.scored}
    places = [(s.period, s.scored - k) for s in standing for h in at.get(s.period, ()) for k in (int(h), int(np.ceil(h)))]
    wanted = F.broadcast(groups.sparkSession.createDataFrame(sorted(set(places)), "period string, `·nth` long"))
    nth = groups.withColumn("·nth", F.row_number().over(_falling()) + F.col(_BETTER))
    found = {(p, n): x for p, n, x in nth.join(wanted, ["period", "·nth"]).select("period", "·nth", SETTLED).collect()}
    counts = {s.period: s.scored for s in standing}
    return {
        p: tuple(float(np.quantile([found[p, counts[p] - int(h)], found[p, counts[p] - int(np.ceil(h))]], h % 1)) for h in hs)
        for p, hs in at.items()
    }


def approximate_quartiles(scored: DataFrame) -> dict[str, tuple[float, ...]]:
    """Quartiles of the index, period → three; the place of each is off by at most n / ACCURACY."""
    from pyspark.sql import functions as F

    shares = F.array(*(F.lit(q) for q in _QUARTERS))
    rows = scored.groupBy("period").agg(F.percentile_approx(SETTLED, shares, F.lit(ACCURACY))).collect()
    return {period: tuple(found) for period, found in rows if found}


def _falling():
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    return Window.partitionBy(_GROUP).orderBy(F.desc(SETTLED))


def _cuts(scored: DataFrame, standing: list[Standing]) -> list[float]:
    """Indices, falling, between groups of like size; where they lie hangs on no result."""
    from pyspark.sql import functions as F

    parts = min(_GROUPS, sum(s.scored for s in standing) // _ROWS)
    if parts < 1:
        return []
    shares = F.array(*(F.lit(k / (parts + 1)) for k in range(1, parts + 1)))
    return sorted(set(scored.agg(F.percentile_approx(SETTLED, shares, F.lit(10 * _GROUPS))).first()[0]), reverse=True)


def _bucket(cuts: list[float]) -> Column:
    """0 for the best group, and one of its own, the last, for rows without an index."""
    from pyspark.sql import functions as F

    place = F.lit(0)
    for cut in cuts:
        place = place + (F.col(SETTLED) < cut).cast("int")
    return F.coalesce(place, F.lit(len(cuts) + 1))


def _groups(cut: DataFrame, standing: list[Standing], policy: Policy) -> list[tuple]:
    """A row a period and bucket: the group's number, how many stand better, and the ranks at which tiers end."""
    counts = {(p, b): n for p, b, n in cut.groupBy("period", _BUCKET).count().collect()}
    order = sorted(counts, key=lambda key: (period_key(key[0]), key[1]))
    ends = {s.period: [float(c * s.scored + 1e-9) for c in policy.tier_cuts] for s in standing}
    rows: list[tuple] = []
    for period, keys in groupby(order, key=lambda key: key[0]):
        better = 0
        for key in keys:
            rows.append((*key, len(rows), better, ends[period]))
            better += counts[key]
    return rows


def _tier(policy: Policy) -> Column:
    """The tier's label, as `scoring.tiers` gives it."""
    from pyspark.sql import functions as F

    place = F.lit(1)
    for k, cut in enumerate(settled(np.array(policy.tier_cuts)).tolist()):
        below = F.col("rank") > F.col(_ENDS)[k] if policy.tier_rule == "share" else F.col(SETTLED) < cut
        place = place + below.cast("int")
    labels = F.array(*(F.lit(label) for label in policy.tier_labels))
    # Not coalesce: Spark 4.3 takes an element of a literal array for never null, and leaves the "" out of the plan.
    return F.when(F.col(SETTLED).isNull(), "").otherwise(F.element_at(labels, place))
