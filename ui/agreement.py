"""What offices report beside what their ledgers say: cell by cell, which of the two was scored, and where they part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.values import STATES, VALUE
from store.ledgers.choosing import GAPS
from store.ledgers.views import indicator_views
from ui import reads

if TYPE_CHECKING:
    from ui.view import View

# The most pressing first. `odd`: one of the two says that the figure does not apply, the other has a value.
OUTCOMES = {"differs": "≠ 不一致", "odd": "◇ 一方不适用", "filled": "＋ 台账补", "lacking": "○ 没有台账", "same": "＝ 一致"}
MEANINGS = {
    "differs": "报送值与台账推算值之差超出四舍五入", "odd": "一边有值，另一边为不适用",
    "filled": "报送为缺报或待报，以台账推算的结果计分", "lacking": "发布时这本台账在本期没有记录，无从核对",
    "same": "报送值就是台账推算值按其小数位四舍五入的结果",
}  # fmt: skip
PARTING = ("differs", "odd")
MOVED = {"moved": "↻ 发布后有变"}
_KEYS = ["unit", "indicator"]
_COUNTS = ["numerator", "denominator"]


def compared(view: View, unit: str = "") -> pd.DataFrame:
    """Every cell of a period, or of one unit in it, for which the framework names a ledger's figure, by unit, then in its order.

    Columns: unit, indicator; reported_state, reported; numerator, denominator, derived (as frozen; NaN where there are none); used
    (the derived one was scored); state, value, score (what was scored); gap (derived − reported), outcome (key of OUTCOMES);
    numerator_now, denominator_now, derived_now (what the records say today), moved (that is not what the release froze).
    """
    asked = view.cells["indicator"].isin(indicator_views(view.framework))
    asked &= view.cells["unit"] == unit if unit else True
    scored = view.cells.loc[asked, [*_KEYS, "state", "value", "score"]]
    figures = ["numerator", "denominator", "derived"]
    frozen = view.derived.rename(columns={"value": "derived"})
    now = today(view, unit).rename(columns={"value": "derived"})[[*_KEYS, *figures]]
    table = scored.merge(frozen, on=_KEYS, how="left").merge(now, on=_KEYS, how="left", suffixes=("", "_now"))
    kept = table["reported_state"].notna()
    table["reported_state"] = table["reported_state"].where(kept, table["state"])
    table["reported"] = table["reported"].where(kept, table["value"]).astype(float)
    table["used"] = table["used"].eq(True)
    table["gap"] = table["derived"] - table["reported"]
    table["outcome"] = _outcomes(table, kept)
    was, is_now = (table[names].to_numpy(float) for names in (_COUNTS, [f"{c}_now" for c in _COUNTS]))
    table["moved"] = ~((was == is_now) | (np.isnan(was) & np.isnan(is_now))).all(axis=1)
    return table.drop(columns="differs")


def _outcomes(table: pd.DataFrame, kept: pd.Series) -> np.ndarray:
    """kept: whether the release holds a ledger's figure for the cell."""
    said = table["reported_state"].eq(STATES[VALUE])
    cases = {
        "lacking": ~kept,
        "filled": table["reported_state"].isin(GAPS),
        "odd": said ^ table["derived"].notna(),
        "differs": table["differs"].eq(True),
    }
    return np.select(list(cases.values()), list(cases), "same")


def today(view: View, unit: str = "") -> pd.DataFrame:
    """What the ledgers say today of the view's period, of one unit or of all: unit, indicator, numerator, denominator, value (NaN: 不适用)."""
    return reads.derived_now(str(view.path), reads.stamp(view.path), view.release, view.period, unit)


def counts(table: pd.DataFrame) -> dict[str, int]:
    """Cells by outcome, in the order of OUTCOMES."""
    found = table["outcome"].value_counts()
    return {outcome: int(found.get(outcome, 0)) for outcome in OUTCOMES}


def pressing(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `compared`, the most pressing first: where the two part, where the records have changed since, then by outcome."""
    calm = ~table["outcome"].isin(PARTING) & ~table["moved"]
    order = table.assign(calm=calm, place=table["outcome"].map(list(OUTCOMES).index), size=-table["gap"].abs())
    return table.loc[order.sort_values(["calm", "place", "size"], kind="stable").index]
