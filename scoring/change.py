"""Why it changed: the change of an index and of a rank between two cases, split exactly into its causes.

The index goes from the case before to the case after in four steps. What a step moves is the part of one cause:

1. *framework*: the old data under the new framework and policy, beside the old population;
2. *cohort*: the same by what the new population fitted (bounds, reference, imputed means, weights from data). It is exactly 0 on
   fixed goalposts and given weights. A unit belongs to its own population: a bound that it moved itself counts here;
3. *data*: the unit's new data, split over the indicators by `gap_split` under the new framework;
4. *adjustments*: what adjustments really moved the index by afterwards, less what they moved it by before.

The order is fixed, so that every step is a score that anybody can compute by hand: publish the old data under the new framework
and policy, then compare. (A mean over all orders, as Shapley's, treats the causes alike, but is no score of anything.) Data come
after the framework so that their points are those of the framework in force. An indicator that the old data do not have at all
takes the new value in every step: its arrival is an effect of the framework.

The rank goes the same way, in places gained, among the units of the case before: all of them under the new framework
(*framework*); the unit alone with its new data, then with its new adjustments, the others standing still (*data*,
*adjustments*). The rest is the others': they move, join and leave, and bounds move (*cohort*). Where neither framework nor bounds
change, data and adjustments are the places that the unit's own change would have won it among the others' old standings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from .aggregation import Generator, generator
from .case import Case
from .errors import ScoringError
from .explain import gap_split
from .framework import Framework
from .imputation import OVER_TIME, method_of
from .preparation import over_time
from .ranking import rank, settled
from .values import NOT_APPLICABLE, Values

_RESCORED = "起始时的数据按现在的指标体系和规则"
CAUSES = {"data": "自身数据", "framework": "指标体系", "cohort": "参照群体", "adjustments": "加减分"}


@dataclass(frozen=True)
class Changes:
    """`units`, a row a unit of either case: index_before, index_after, change, a column a cause of CAUSES (points, which sum to
    the change), rank_before, rank_after, rank_change (places gained), `rank_` and each cause (places, which sum to rank_change),
    and `reason`, why there is no split (parts NaN), in Chinese, "" where there is one.

    `nodes`: for the units that are split, the points of their own data by node of the new framework; they sum at every node.
    """

    units: pd.DataFrame
    nodes: pd.DataFrame


def split(before: Case, after: Case, units: Iterable[str] | None = None) -> Changes:
    """The change from one case to another, unit by unit (None: all units of either).

    Raises ScoringError where one of the two cannot be scored, and for a unit that neither has.
    """
    table = _ends(before, after)
    wanted = table.index if units is None else pd.Index(units)
    if len(unknown := wanted.difference(table.index)):
        raise ScoringError(f"{unknown[0]}：起始时和现在都没有这个单位；请改正代码")
    table, nodes = table.loc[wanted], np.empty((0, len(after.framework.nodes)))
    try:
        steps = _steps(before, after)
    except ScoringError as error:
        table["reason"] = table["reason"].replace("", f"{_RESCORED}不能计分（{error}）")
    else:
        _refuse_without_score(table, steps)
        nodes = _fill(table, before, after, steps)
    return Changes(table, pd.DataFrame(nodes, table.index[table["reason"] == ""], list(after.framework.codes)))


def _ends(before: Case, after: Case) -> pd.DataFrame:
    """Both ends of every unit, its parts still NaN, and the reason where an end has no index."""
    first, last = before.assessment.units, after.assessment.units
    every = first.index.union(last.index, sort=False).rename("unit")
    table = pd.DataFrame(index=every)
    for column in ("index", "rank"):
        start, end = first[column].reindex(every), last[column].reindex(every)
        table[f"{column}_before"], table[f"{column}_after"] = start, end
        table["change" if column == "index" else "rank_change"] = end - start if column == "index" else start - end
    table[[*CAUSES, *(f"rank_{cause}" for cause in CAUSES)]] = np.nan
    table["reason"] = ""
    for when, side, index in (("现在", last, table["index_after"]), ("起始时", first, table["index_before"])):
        notes = when + side["note"].reindex(every).fillna("未参评")
        table["reason"] = table["reason"].where(index.notna(), notes)
    return table


class _Steps(NamedTuple):
    """The old data under the new framework, a row an old unit.

    `middle`: the case of step 1; `moved`, `rescaled` (n_old,): the index before adjustments after steps 1 and 2; `scores`
    (n_old, n_nodes): all scores after step 2.
    """

    middle: Case
    moved: np.ndarray
    rescaled: np.ndarray
    scores: np.ndarray


def _steps(before: Case, after: Case) -> _Steps:
    middle = replace(before, by_period=_carried(before, after), framework=after.framework, policy=after.policy)
    root, scores = after.framework.codes.index(after.framework.root.code), after.fitted.score(_prepared(middle, after)).values
    return _Steps(middle, middle.scores.values[:, root], scores[:, root], scores)


def _carried(before: Case, after: Case) -> dict[str, Values]:
    """The old data under the new framework's columns, with the other periods on which the new policy makes them rest."""
    blocks = dict(before.by_period)
    if _rests(before) != _rests(after):  # the old case need not hold the periods that a new rule asks for
        blocks = {**after.by_period, **blocks}
    donors = {**after.by_period, before.period: after.by_period[after.period]}
    return {p: _under(block, donors.get(p), after.framework.columns) for p, block in blocks.items()}


def _rests(case: Case) -> tuple:
    return case.policy.pool, over_time(case.framework, case.policy)


def _under(block: Values, donor: Values | None, columns: tuple[str, ...]) -> Values:
    """A block with these columns. One that it lacks is the donor's, unit by unit, and does not apply to units that the donor lacks."""
    if block.indicators == columns:
        return block
    matrix = np.full((len(block.units), len(columns)), np.nan)
    states = np.full(matrix.shape, NOT_APPLICABLE, np.int8)
    own = pd.Index(block.indicators).get_indexer(columns)
    _copy(block, (np.arange(len(block.units)), own), matrix, states)
    if donor is not None:
        theirs = np.where(own < 0, pd.Index(donor.indicators).get_indexer(columns), -1)
        _copy(donor, (pd.Index(donor.units).get_indexer(block.units), theirs), matrix, states)
    return Values(block.units, columns, matrix, states, block.groups)


def _copy(source: Values, places: tuple[np.ndarray, np.ndarray], matrix: np.ndarray, states: np.ndarray) -> None:
    """Fills in the cells of `source`. `places`: which of its rows and columns each row and column here is, −1 for none."""
    here, there = np.ix_(*(p >= 0 for p in places)), np.ix_(*(p[p >= 0] for p in places))
    matrix[here], states[here] = source.matrix[there], source.states[there]


def _prepared(middle: Case, after: Case) -> Values:
    """The old data as they are scored beside the new population: a gap of both that the population fills, it fills as the new one."""
    old, new = middle.values, after.values
    if old.imputed is None or new.imputed is None:
        return old
    theirs = pd.DataFrame(new.imputed, new.units, new.indicators).reindex(index=old.units, columns=old.indicators).to_numpy()
    own = [n.code for n in after.framework.indicators if method_of(n, after.policy) in OVER_TIME]
    of_others = ~np.isin(old.indicators, own)
    return replace(old, imputed=np.where(~np.isnan(old.imputed) & ~np.isnan(theirs) & of_others, theirs, old.imputed))


def _refuse_without_score(table: pd.DataFrame, steps: _Steps) -> None:
    """Sets the reason of units that a step leaves without a score."""
    bare = np.isnan(steps.moved) | np.isnan(steps.rescaled)
    if bare.any():
        notes = _RESCORED + steps.middle.assessment.units["note"].replace("", "没有得分")
        notes = notes[bare].reindex(table.index)
        table["reason"] = table["reason"].where((table["reason"] != "") | notes.isna(), notes)


def _fill(table: pd.DataFrame, before: Case, after: Case, steps: _Steps) -> np.ndarray:
    """Sets the parts of the units without a reason; their data's points by node, (n_units, n_nodes)."""
    units = table.index[table["reason"] == ""]
    old, new = (pd.Index(case.values.units).get_indexer(units) for case in (before, after))
    nodes = data_points(after.fitted.framework, steps.scores[old], after.scores.values[new], after.policy.aggregation)
    first, last = before.assessment.units, after.assessment.units
    raw = first["index_raw"].to_numpy()
    points = {
        "data": nodes[:, after.framework.codes.index(after.framework.root.code)],
        "framework": (steps.moved - raw)[old],
        "cohort": (steps.rescaled - steps.moved)[old],
        "adjustments": last["adjustment"].to_numpy()[new] - first["adjustment"].to_numpy()[old],
    }
    table.loc[units, list(points)] = np.column_stack(list(points.values()))
    standing = np.where(np.isnan(raw), steps.moved, first["index"].to_numpy() + (steps.moved - raw))
    places = _places(standing, standing + (steps.rescaled - steps.moved), old, points["data"], table.loc[units])
    table.loc[units, [f"rank_{cause}" for cause in places]] = np.column_stack(list(places.values()))
    return nodes


def _places(standing: np.ndarray, rescaled: np.ndarray, old: np.ndarray, data: np.ndarray, ends: pd.DataFrame) -> dict:
    """Places gained by cause. `standing`, `rescaled` (n_old,): the index of all old units after steps 1 and 2."""
    mine = rescaled[old] + data
    framework = ends["rank_before"].to_numpy() - rank(standing)[old]
    alone = [_place_among(rescaled, old, x) for x in (rescaled[old], mine, ends["index_after"].to_numpy())]
    own = {"data": alone[0] - alone[1], "adjustments": alone[1] - alone[2]}
    return {**own, "framework": framework, "cohort": ends["rank_change"].to_numpy() - framework - sum(own.values())}


def _place_among(standing: np.ndarray, units: np.ndarray, mine: np.ndarray) -> np.ndarray:
    """The rank that each of `units` would have with the index `mine`, the others standing still."""
    fixed, mine = settled(standing), settled(mine)
    order = np.sort(fixed[~np.isnan(fixed)])
    return 1.0 + len(order) - np.searchsorted(order, mine, side="right") - (fixed[units] > mine)


def data_points(framework: Framework, old: np.ndarray, new: np.ndarray, aggregation: str = "arithmetic") -> np.ndarray:
    """What `gap_split` gives, for many units at once: (n_units, n_nodes) scores of both ends → points, columns as the framework's.

    Every unit has an index at both ends.
    """
    means = [generator(node.aggregation or aggregation) for node in framework.inner]
    if not all(isinstance(mean, Generator) and mean.identity for mean in means):
        both = (pd.DataFrame(block, columns=list(framework.codes)) for block in (old, new))
        pairs = zip(*(frame.iterrows() for frame in both), strict=True)
        found = [gap_split(framework, mine, other, aggregation).to_numpy() for (_, mine), (_, other) in pairs]
        return np.array(found).reshape(old.shape)
    place = {code: k for k, code in enumerate(framework.codes)}
    ends, share = (old.copy(), new.copy()), np.ones(len(place))
    for node in framework.inner:
        kids = framework.children(node.code)
        for scores, at in zip((old, new), ends, strict=True):
            stands = scores[:, place[node.code]] != at[:, place[node.code]]
            for kid in (place[k.code] for k in kids):
                at[:, kid] = np.where(stands | np.isnan(scores[:, kid]), at[:, place[node.code]], scores[:, kid])
        for kid in kids:
            share[place[kid.code]] = share[place[node.code]] * kid.weight / sum(k.weight for k in kids)
    return share * (ends[1] - ends[0])
