"""Actions: what a unit would gain by a few more records, a better value, or a report that is lacking, exact to the last point.

Each try is the unit's own row with one value changed, scored by the scales as they were fitted, with the unit's adjustments: what the
whole case would give it under that value, where no bound or weight moves with the data.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .adjustment import adjust
from .case import Case
from .framework import Node
from .guidance import concerned
from .values import MISSING, VALUE, Values

MOST = 5  # steps of one action: more is no plan for one period
REPORTING = 1.0  # difficulty of reporting what is known
KINDS = ("count", "value", "report")
_TENTHS = 10  # steps from one goalpost to the other where advice counts records and the unit has none
_SAME = 1e-9  # points or units below which nothing has changed
_UNITS = 256  # units at a time, so that their tries stay small
_COLUMNS = [
    "unit", "indicator", "kind", "text", "path", "source", "steps", "step_unit", "value", "to", "gain", "difficulty", "per_difficulty",
]  # fmt: skip


def actions(case: Case, units: Sequence[str], guidance: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """What would raise the index of some units, for each the most points for the least effort first, one action an indicator.

    `guidance`: as in `guidance.COLUMNS`. `counts`: unit, indicator, numerator, denominator, factor, bounded, of the figures of ledgers
    that stand for what was scored: value = factor × numerator / denominator, and `bounded` numerators cannot exceed it.

    Columns: unit, indicator; kind (`count`: so many records more, fewer where lower is better; `value`: a better value; `report`: a missing
    value that is scored as the worst is reported, taken to be the median of the unit's group); text, path, source ("" for a report); steps (at
    most MOST), step_unit; value (NaN: missing), to; gain (index points, > 0); difficulty (of a step); per_difficulty (gain a step and
    difficulty). Of several numbers of steps the one with most points a step is taken, the largest of equals. Units without an
    index have no rows. Raises ScoringError where `Fitted.score` does.
    """
    index = case.assessment.units["index"]
    able = [u for u in units if not np.isnan(index[u])]
    found = [_best(case, able[k : k + _UNITS], guidance, counts) for k in range(0, len(able), _UNITS)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS)


def _best(case: Case, units: list[str], guidance: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    fits = concerned(guidance, case.scores.frame().loc[units], case.assessment.units.loc[units], case.policy.range[1])
    base = pd.DataFrame({"unit": units, "place": pd.Index(case.values.units).get_indexer(units)})
    found = [t for n in case.framework.indicators for t in _tries(case, n, base, fits, guidance, counts)]
    if not found:
        return pd.DataFrame(columns=_COLUMNS)
    tries = pd.concat(found, ignore_index=True)
    tries["gain"] = _gains(case, tries)
    tries["per_difficulty"] = tries["gain"] / (tries["steps"] * tries["difficulty"])
    tries = tries[tries["gain"] > _SAME]
    order = pd.DataFrame({
        "unit": tries["place"], "each": -tries["per_difficulty"].round(9), "steps": -tries["steps"],
    })  # fmt: skip
    return tries.loc[order.sort_values(list(order), kind="stable").index].drop_duplicates(["unit", "indicator"])[_COLUMNS]


def _tries(
    case: Case, node: Node, base: pd.DataFrame, fits: pd.DataFrame, guidance: pd.DataFrame, counts: pd.DataFrame
) -> list[pd.DataFrame]:
    """The tries of an indicator: every number of steps of units with a value and advice, the report of those that lack one."""
    values, places, found = case.values, base["place"].to_numpy(), []
    column = values.indicators.index(node.code)
    x, states = values.filled[places, column], values.states[places, column]
    base = base.assign(indicator=node.code, value=x)
    lacking = (states == MISSING) & np.isnan(x) & (case.policy.missing_rule == "low")
    if lacking.any():
        to = _medians(values, column)[places]
        report = base.assign(kind="report", to=to, steps=1, step_unit="", difficulty=REPORTING, text="", path="", source="")
        found.append(report[lacking & ~np.isnan(to)])
    mine = guidance[(guidance["target"] == node.code) & guidance["difficulty"].notna()]
    mine = mine.loc[(mine["tier"] == "").sort_values(kind="stable").index]  # what is said to one tier comes before what is said to all
    apt = fits[mine.index].to_numpy(bool) & (states == VALUE)[:, None]
    if apt.any():
        advised = np.flatnonzero(apt.any(axis=1))
        given = mine.iloc[apt[advised].argmax(axis=1)].reset_index(drop=True)
        found.append(_stepped(case, node, base.iloc[advised].reset_index(drop=True), given, counts))
    return [tries for tries in found if len(tries)]


def _stepped(case: Case, node: Node, base: pd.DataFrame, given: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """A row a unit and number of steps; `given`: the advice of each row of `base`."""
    figures = base[["unit"]].merge(counts[counts["indicator"] == node.code], on="unit", how="left")
    counted = (given["step"].isna() & figures["factor"].notna()).to_numpy()
    limit, tenth = _ends(case, node)
    numerator, denominator, factor = (figures[[c]].to_numpy(float) for c in ("numerator", "denominator", "factor"))
    k, x, size = np.arange(1, MOST + 1), base[["value"]].to_numpy(float), given[["step"]].fillna(tenth).to_numpy(float)
    numerators = numerator + node.direction * k
    room = np.where(figures[["bounded"]].eq(True), denominator, np.inf)
    plain, before = (x + node.direction * size * n for n in (k, k - 1))
    held = np.minimum(plain, limit) if node.direction > 0 else np.maximum(plain, limit)
    to = np.where(counted[:, None], factor * numerators / denominator, held)
    good = np.where(counted[:, None], (numerators >= 0) & (numerators <= room), node.direction * (limit - before) > _SAME)
    good &= (to > 0) | (node.transform == "none")
    rows, steps = np.nonzero(good)
    named = given["unit"].where((given["step"].notna() | counted) & (given["unit"] != ""), node.unit)
    return base.iloc[rows].assign(
        kind=np.where(counted, "count", "value")[rows], to=to[rows, steps], steps=steps + 1, step_unit=named.to_numpy()[rows],
        **{c: given[c].to_numpy()[rows] for c in ("difficulty", "text", "path", "source")},
    )  # fmt: skip


def _ends(case: Case, node: Node) -> tuple[float, float]:
    """(the best value worth reaching, a tenth of the way to it): the goalposts' ends, else those of the period's units."""
    column = case.values.indicators.index(node.code)
    known = case.values.filled[~case.values.left_out, column]
    low, high = (node.low, node.high) if node.low is not None else (np.nanmin(known), np.nanmax(known))
    return (high if node.direction > 0 else low), (high - low) / _TENTHS


def _medians(values: Values, column: int) -> np.ndarray:
    """For each unit the median of its group, of all units where the group has no value or the unit no group."""
    known = pd.Series(np.where(values.left_out, np.nan, values.filled[:, column]))
    groups = pd.Series(values.groups or [""] * len(known)).replace("", None)
    return known.groupby(groups).transform("median").fillna(known.median()).to_numpy(float)


def _gains(case: Case, tries: pd.DataFrame) -> np.ndarray:
    """Index points that each try brings: the index with its adjustments, held in the range, less the index as it is."""
    values, rows, places = case.values, np.arange(len(tries)), tries["place"].to_numpy(int)
    columns = pd.Index(values.indicators).get_indexer(tries["indicator"])
    names = pd.Index(map(str, rows), dtype=object)
    matrix, states = values.matrix[places], values.states[places]
    matrix[rows, columns], states[rows, columns] = tries["to"], VALUE
    imputed = None if values.imputed is None else values.imputed[places]
    if imputed is not None:
        imputed[rows, columns] = np.nan
    block = Values(tuple(names), values.indicators, matrix, states, imputed=imputed, prepared=values.prepared)
    scores = case.fitted.score(block)
    raw = pd.Series(scores.values[:, scores.codes.index(case.framework.root.code)], index=names)
    own = pd.DataFrame({"unit": tries["unit"].to_numpy(), "name": names}).merge(case.adjustments, on="unit")
    after = adjust(raw, own.drop(columns="unit").rename(columns={"name": "unit"}), case.policy)["index"]
    return after.to_numpy() - case.assessment.units["index"].loc[tries["unit"]].to_numpy()
