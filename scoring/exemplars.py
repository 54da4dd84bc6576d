"""Whom to learn from, and who might be looked at as an exemplar: what the scores say. People name exemplars; these are lists to look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .movement import streaks
from .peers import peers

CRITERIA = ("steady", "balanced", "improving", "significant")
LEAST = 0.5  # standard deviations: Norman, Sloan & Wyrwich (2003), *Medical Care* 41(5), the least difference that is noticed
BEST = 0.75  # the quantile from which on a unit does well


@dataclass(frozen=True)
class Demands:
    """What a candidate is held against: periods in a row in the best tier, the least gap (points) that makes a weak spot (0: none
    is looked for), and the share of draws in the best tier from which on it is sure."""

    periods: int
    gap: float
    certainty: float


def candidates(
    tiers: pd.DataFrame, changes: pd.Series, gaps: pd.Series, chances: pd.Series, best: str, demands: Demands
) -> pd.DataFrame:
    """The units that hold the best tier now, held against four criteria, those that meet most first.

    tiers: units × periods in time order, "" where a unit has none. changes: points gained since another period; gaps: how far the
    weakest dimension lies below the unit's own mean; chances: share of draws in the best tier; NaN where unknown.

    Index unit; length (periods in a row), since, gap, change, chance; steady, balanced, improving (up, and by no less than the middle
    unit), significant: boolean, NA where it cannot be told; met, how many are. A streak is not told short while the periods are.
    """
    held = streaks(tiers)
    found = held.loc[held["tier"] == best, ["length", "since"]]
    found = found.assign(**{name: values.reindex(found.index) for name, values in (("gap", gaps), ("change", changes), ("chance", chances))})
    young = (found["length"] == tiers.shape[1]) & (found["length"] < demands.periods)
    rises = (found["change"] > 0) & (found["change"] >= changes.median())
    found["steady"] = _told(found["length"] >= demands.periods, ~young)
    found["balanced"] = _told(found["gap"] < demands.gap, found["gap"].notna() & (demands.gap > 0))
    found["improving"] = _told(rises, found["change"].notna())
    found["significant"] = _told(found["chance"] >= demands.certainty, found["chance"].notna())
    found["met"] = found[list(CRITERIA)].sum(axis=1).astype(int)
    return found.sort_values(["met", "length", "chance"], ascending=False, kind="stable")


def _told(met: pd.Series, known: pd.Series) -> pd.Series:
    return met.astype("boolean").where(known)


def learn_from(profiles: pd.DataFrame, sizes: pd.Series, sectors: pd.Series, unit: str, node: str) -> pd.DataFrame:
    """The units that do clearly better than one unit in a dimension, the most like it otherwise first; none where there is none.

    profiles: index unit, a column a dimension, scores in points; sizes, sectors ("" for none): index unit. Clearly better: at least
    LEAST standard deviations above the unit's own score, and in the best quarter of all. Likeness is that of `peers` without the
    dimension, with one variable more: another sector is one standard deviation away.

    Index unit; distance, apart (mean absolute difference of the other dimensions, points), ratio (of sizes), same (sector, False for
    a unit without one), score and lead (points) in the dimension, NaN where the unit itself has no score there.
    """
    scores = profiles[node].astype(float)
    mark = np.fmax(scores[unit] + LEAST * scores.std(ddof=0), scores.quantile(BEST))
    found = peers(profiles.drop(columns=node), sizes, unit)
    alike = (sectors.reindex(found.index) == sectors[unit]).astype(bool)
    found["same"] = alike & (sectors[unit] != "")
    found["distance"] = np.hypot(found["distance"], ~alike)
    found["score"] = scores.reindex(found.index)
    found["lead"] = found["score"] - scores[unit]
    return found[found["score"] >= mark].sort_values("distance", kind="stable")


def rising(scores: pd.DataFrame) -> pd.DataFrame:
    """How long each unit's score has risen without a stop: index unit; length (rises in a row up to the last period), since, gain.

    scores: units × periods in time order; a gap ends a rise. since: the period from which it rose, the last one where it did not;
    gain: points since then, NaN without a score.
    """
    values = scores.to_numpy(float)
    rises = np.diff(values, axis=1) > 1e-9  # NaN is not
    length = np.cumprod(rises[:, ::-1], axis=1).sum(axis=1)
    start = values.shape[1] - 1 - length
    gain = values[:, -1] - values[np.arange(len(values)), start]
    return pd.DataFrame({"length": length, "since": scores.columns.to_numpy()[start], "gain": gain}, index=scores.index)
