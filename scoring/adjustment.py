"""Adjustments: bonus and penalty points beside the arithmetic, capped by the policy; a veto is not arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .errors import ScoringError
from .policy import Policy

KINDS = {"bonus": "加分", "penalty": "减分", "veto": "一票否决"}


def adjust(index: pd.Series, adjustments: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """The index with its adjustments, a row a unit: index_raw, bonus, penalty (after caps, ≥ 0), adjustment, index.

    `index`: raw index a unit; `adjustments`: rows [unit, kind, points], points > 0 (a veto's points are not used).
    `adjustment` is what really moved, so that index_raw + adjustment = index: the result stays in the score range.
    Raises ScoringError for an unknown kind or points that are not positive.
    """
    if len(unknown := set(adjustments["kind"]) - set(KINDS)):
        raise ScoringError(f"加减分类型 {sorted(map(str, unknown))[0]!r} 不认识；可用：{'、'.join(KINDS)}")
    counted = adjustments[adjustments["kind"] != "veto"]
    points = counted["points"].to_numpy(float)
    if not (np.isfinite(points) & (points > 0)).all():
        bad = counted.loc[~(np.isfinite(points) & (points > 0))].iloc[0]
        raise ScoringError(f"{bad['unit']} 的{KINDS[bad['kind']]}为 {bad['points']}；分值须为正数，方向由类型决定")
    table = pd.DataFrame({"index_raw": index.astype(float)})
    for kind, cap in (("bonus", policy.bonus_cap), ("penalty", policy.penalty_cap)):
        total = counted[counted["kind"] == kind].groupby("unit")["points"].sum()
        table[kind] = np.minimum(total.astype(float).reindex(index.index, fill_value=0.0), cap)
    low, high = policy.range
    moved = table["index_raw"] + table["bonus"] - table["penalty"]
    # A raw index outside the range (z-scores) is not pulled in: an adjustment only may not carry a score over the ends.
    held = moved.clip(np.minimum(table["index_raw"], low), np.maximum(table["index_raw"], high))
    untouched = (table["bonus"] == 0) & (table["penalty"] == 0)
    table["index"] = np.where(untouched, table["index_raw"], held)
    table["adjustment"] = table["index"] - table["index_raw"]
    return table[["index_raw", "bonus", "penalty", "adjustment", "index"]]
