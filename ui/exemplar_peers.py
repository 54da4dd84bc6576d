"""向谁学: the units most like one unit that do clearly better in one of its dimensions, and what parts it from them, indicator by indicator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from scoring.exemplars import learn_from
from scoring.explain import gap_split
from scoring.values import STATE_TITLES
from ui.wording import clean, tags

if TYPE_CHECKING:
    from ui.view import View

MOST = 3  # more lines than four are hard to tell apart


class Lesson(NamedTuple):
    """A unit and the dimension in which it learns; `models` and `differences` as the functions of that name give them."""

    unit: str
    node: str
    models: pd.DataFrame
    differences: pd.DataFrame

    @property
    def codes(self) -> list[str]:
        """The unit, then those it learns from."""
        return [self.unit, *self.models.index]


def lesson(view: View, unit: str, node: str) -> Lesson:
    """What a unit can learn in a dimension, and from whom."""
    found = models(view, unit, node)
    return Lesson(unit, node, found, differences(view, unit, list(found.index), node))


def weakest(view: View, unit: str) -> str:
    """The dimension in which a unit scores lowest; the framework's first where it has no score."""
    return view.units.at[unit, "weakest"] or view.framework.dimensions[0].code


def models(view: View, unit: str, node: str, most: int = MOST) -> pd.DataFrame:
    """The units to learn from in a dimension, as `scoring.exemplars.learn_from` gives them, with name and tag; only units with an index."""
    scored = view.units[view.units["index"].notna() | (view.units.index == unit)]
    profiles = view.nodes.loc[scored.index, [d.code for d in view.framework.dimensions]]
    found = learn_from(profiles, scored["size"], scored["sector"].fillna(""), unit, node).head(most)
    return found.join(view.units[["name"]].assign(tag=tags(view.units["name"])))


def differences(view: View, unit: str, others: Sequence[str], node: str) -> pd.DataFrame:
    """The indicators of a dimension, the ones that the others gain most by first: index code.

    name, unit (of measure), direction; a column a unit: its score; lead, the mean of what the others score more; points, what the others'
    mean gap to the unit owes to it in points of the index, NaN where one of them has no index.
    """
    leaves = view.framework.leaves(node)
    codes = [leaf.code for leaf in leaves]
    table = pd.DataFrame(
        {"name": [n.name for n in leaves], "unit": [n.unit for n in leaves], "direction": [n.direction for n in leaves]},
        index=pd.Index(codes, name="indicator"),
    )
    scores = view.nodes.loc[[unit, *others], codes].T
    table = table.join(scores)
    table["lead"] = scores[list(others)].mean(axis=1) - scores[unit]
    table["points"] = _points(view, unit, others).reindex(codes)
    return table.sort_values(["points", "lead"], ascending=False, kind="stable")


def _points(view: View, unit: str, others: Sequence[str]) -> pd.Series:
    """Node → its part of the gaps from a unit to the others, their mean."""
    root, tree = view.framework.root.code, view.framework
    if not others or view.nodes.loc[[unit, *others], root].isna().any():
        return pd.Series(dtype=float)
    gaps = [gap_split(tree, view.nodes.loc[unit], view.nodes.loc[other], view.policy.aggregation) for other in others]
    return pd.concat(gaps, axis=1).mean(axis=1)


def cells(view: View, of: Lesson, write: Callable[[str, float], str], marks: Mapping[str, str]) -> pd.DataFrame:
    """Raw values as texts, indicators × units, each with the numerator and denominator that a ledger gave it, where it did.

    write: (indicator, value) → text; marks: state → the sign in the place of a value.
    """
    units, indicators = of.codes, list(of.differences.index)
    found = view.cells[view.cells["unit"].isin(units) & view.cells["indicator"].isin(indicators)]
    made = view.derived[view.derived["unit"].isin(units) & ~view.derived["differs"]].set_index(["indicator", "unit"])
    texts = {}
    for unit, indicator, state, value in found[["unit", "indicator", "state", "value"]].itertuples(index=False):
        text = write(indicator, value) if state == "value" else f"{marks[state]} {STATE_TITLES[state]}"
        if state == "value" and (indicator, unit) in made.index:
            text += _fraction(*made.loc[(indicator, unit), ["numerator", "denominator"]])
        texts[indicator, unit] = text
    return pd.DataFrame([[texts.get((i, u), "") for u in units] for i in indicators], indicators, units)


def _fraction(numerator: float, denominator: float) -> str:
    return "" if pd.isna(denominator) or denominator == 0 else f"（{numerator:g}/{denominator:g}）"


def biggest(found: pd.DataFrame, most: int = 2) -> str:
    """Names of the indicators that make most of the difference, as `differences` sorts them; "" where none is ahead."""
    ahead = found[found["lead"] > 0]
    return "、".join(clean(name, 24) for name in ahead["name"].head(most))
