"""Reported or derived: which of the two is scored, and where they differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.values import MISSING, NOT_APPLICABLE, PENDING, STATES, VALUE

GAPS = (STATES[MISSING], STATES[PENDING])


def choose(reported: pd.DataFrame, derived: pd.DataFrame, prefer: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cells that are scored, and `derived` with `used`: whether its value took the cell.

    `reported`: unit, indicator, state, value; `derived`: unit, indicator, value (NaN: not applicable) of the same period. A gap
    (missing, pending) is filled either way. `prefer` "derived": a derived value wins over what was reported, 不适用 included; what
    does not apply by the records never wins over a reported value.
    """
    keys = ["unit", "indicator"]
    said = derived[keys].merge(reported[[*keys, "state"]], on=keys, how="left")["state"].fillna(STATES[MISSING]).to_numpy()
    used = np.isin(said, GAPS)
    if prefer == "derived":
        used |= derived["value"].notna().to_numpy()
    taken = derived[used]
    states = np.where(taken["value"].notna(), STATES[VALUE], STATES[NOT_APPLICABLE])
    replaced = pd.MultiIndex.from_frame(reported[keys]).isin(pd.MultiIndex.from_frame(taken[keys]))
    kept = reported.loc[~replaced, [*keys, "state", "value"]]
    cells = pd.concat([kept, taken[[*keys, "value"]].assign(state=states)]) if len(taken) else kept
    return cells, derived.assign(used=used)


def differs(reported: pd.Series, derived: pd.Series) -> np.ndarray:
    """Whether two values of a cell differ by more than rounding, (n,): at the reported one's decimals, at least one of them.

    False where either is NaN.
    """
    decimals = [max(1, len(f"{v:.9f}".rstrip("0").partition(".")[2])) if v == v else 1 for v in reported]
    return ((reported - derived).abs() > 0.5 * 10.0 ** -np.array(decimals, float) + 1e-9).to_numpy()
