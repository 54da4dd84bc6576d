"""红雁清风 as data: who is an exemplar in what, what others took from them, and who might be looked at next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring import exemplars as scoring
from scoring.movement import period_days
from ui import fields, glance
from ui.wording import tags
from ui.worklist import as_of

if TYPE_CHECKING:
    from ui.view import View

RUNS = (2, 3, 4, 6, 8, 12)  # periods in a row that can be asked of a candidate
USUAL_RUN = 4  # a year of quarters


def runs(view: View) -> list[int]:
    """The numbers of periods in a row that can be asked of a candidate, given the periods that are served."""
    return [n for n in RUNS if n <= view.periods.index(view.period) + 1] or [RUNS[0]]


def usual_run(view: View) -> int:
    """The number that is asked unless another is chosen."""
    return max(n for n in runs(view) if n <= USUAL_RUN)


def candidates(view: View, node: str, periods: int) -> pd.DataFrame:
    """The units that lead in a field now, held against the criteria of `scoring.exemplars`, with what is known of them.

    The columns of `scoring.exemplars.candidates`, and name, tag, sector, weakest, score, rank, named (titles of what the unit is an
    exemplar of already: in this field, or in any where the field is the index). Significance is that of the index: nothing below it
    is drawn. The balance of a unit without an index cannot be told.
    """
    found = fields.course(view, node)
    chances = pd.Series(dtype=float) if view.uncertainty is None else view.uncertainty.tiers[view.labels[0]]
    demands = scoring.Demands(periods, view.policy.balance_gap, view.policy.draws.certainty)
    change = fields.gained(view, found, next(iter(glance.bases(view)), None))
    gaps = view.units["weakest_gap"].where(view.units["index"].notna())
    table = scoring.candidates(found.tiers, change, gaps, chances, view.labels[0], demands)
    units = view.units.assign(tag=tags(view.units["name"]), score=fields.scores(view, node), rank=fields.ranks(view, node))
    held = named(view)
    mine = held if node == view.framework.root.code else held[held["field"] == node]
    titles = mine.groupby("unit")["title"].agg("、".join)
    facts = ["name", "tag", "sector", "weakest", "score", "rank"]
    return table.join(units[facts]).assign(named=titles.reindex(table.index).fillna(""))


def named(view: View) -> pd.DataFrame:
    """The exemplars in force on the day of `as_of`, by field, the longest in force first; of units of the view's period.

    The record's columns, and name, tag, sector of the unit, field, and its score, rank and tier in the node.
    """
    records, day = view.records("exemplar"), as_of(view).isoformat()
    found = _called(view, records[(records["since"] <= day) & (records["until"].fillna(day) >= day)])
    found["field"] = [fields.field_of(view, node) for node in found["node"]]
    for column, of in (("score", fields.scores), ("rank", fields.ranks), ("tier", fields.tiers)):
        tables = {node: of(view, node) for node in found["node"].unique()}
        found[column] = [tables[node][unit] for node, unit in zip(found["node"], found["unit"], strict=True)]
    order = {code: place for place, code in enumerate(fields.fields(view))}
    found["place"] = found["field"].map(order).fillna(len(order))
    return found.sort_values(["place", "since", "unit"], kind="stable").drop(columns="place").reset_index(drop=True)


def with_lessons(held: pd.DataFrame, lessons: pd.DataFrame) -> pd.DataFrame:
    """The rows of `named` with learned, how often something was taken from each, and learners, the tag of each unit that did.

    lessons: as `taken`.
    """
    took = dict(list(lessons.explode("of").groupby(["exemplar", "of"])))
    mine = [took.get(pair, lessons.iloc[:0]) for pair in zip(held["unit"], held["ref"], strict=True)]
    return held.assign(learned=[len(rows) for rows in mine], learners=[tuple(rows.drop_duplicates("unit")["tag"]) for rows in mine])


def of_these(lessons: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """The rows of `taken` that were taken from these exemplars."""
    ours = set(zip(held["unit"], held["ref"], strict=True))
    meant = [any((unit, ref) in ours for ref in refs) for unit, refs in zip(lessons["exemplar"], lessons["of"], strict=True)]
    return lessons[np.array(meant, bool)]


def _called(view: View, records: pd.DataFrame) -> pd.DataFrame:
    """The records of units of the view's period, with name, tag and sector."""
    units = view.units[["name", "sector"]].assign(tag=tags(view.units["name"]))
    return records[records["unit"].isin(units.index)].join(units, on="unit")


def taken(view: View) -> pd.DataFrame:
    """What units of the view's period took from exemplars up to the day of `as_of`, the newest first.

    The record's columns; name, tag, sector of the unit that learned; source, the tag of the other; of, the numbers of the exemplars that
    are meant: the one that it names, else all that the other unit had been named for by then; node, what they are exemplars of ("" where
    of several things, or unknown); then, now and change: the learner's score there in the last period that had ended before, and in the
    view's, NaN where no later period has followed or the scale is another.
    """
    records = view.records("learning")
    found = _called(view, records[records["date"] <= as_of(view).isoformat()])
    short = tags(view.units["name"])
    found["source"] = [short.get(unit, unit) for unit in found["exemplar"]]
    found["of"], found["node"] = _meant(found, view.records("exemplar"))
    found["then"], found["now"] = np.nan, np.nan
    for node, rows in found[found["node"] != ""].groupby("node"):
        found.loc[rows.index, ["then", "now"]] = _before_and_now(view, node, rows)
    found["change"] = found["now"] - found["then"]
    return found.sort_values(["date", "unit"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _meant(lessons: pd.DataFrame, records: pd.DataFrame) -> tuple[list[tuple[str, ...]], list[str]]:
    """The exemplars that each lesson means, and the node where they are of one only. records: of all exemplars."""
    of, about = [], []
    by_unit = dict(list(records.groupby("unit")))
    for unit, title, day in zip(lessons["exemplar"], lessons["exemplar_title"], lessons["date"], strict=True):
        rows = by_unit.get(unit, records.iloc[:0])
        rows = rows[rows["title"] == title] if title else rows[rows["since"] <= day]
        of.append(tuple(rows["ref"]))
        about.append(rows["node"].iloc[0] if rows["node"].nunique() == 1 else "")
    return of, about


def _before_and_now(view: View, node: str, lessons: pd.DataFrame) -> np.ndarray:
    """(n, 2): scores of those who learned, in the last period that had ended before and in the view's."""
    result = np.full((len(lessons), 2), np.nan)
    if node not in view.framework:
        return result
    found = fields.course(view, node)
    ends = {p: days[1].isoformat() for p in found.comparable if p != view.period and (days := period_days(p))}
    for row, (unit, day) in enumerate(zip(lessons["unit"], lessons["date"], strict=True)):
        over = [p for p, end in ends.items() if end < day]
        if over:
            result[row] = found.scores.loc[unit, [over[-1], view.period]]
    return result
