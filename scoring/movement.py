"""Periods and movement: order of periods, the ones to compare with, transitions between tiers, streaks."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd

_PERIOD = re.compile(r"(\d{4})(?:([QHM])(\d{1,2}))?")
_PARTS = {None: 1, "H": 2, "Q": 4, "M": 12}


def period_key(period: str) -> tuple:
    """Sort key of a period: `2024`, `2024H1`, `2024Q4`, `2024M03`; other texts come last, by name."""
    match = _PERIOD.fullmatch(period)
    if not match:
        return (9999, "", 0, period)
    year, kind, part = match.groups()
    return (int(year), kind or "", int(part or 0), period)


def year(period: str) -> float:
    """When a period begins, in years: `2024` → 2024.0, `2024H2` → 2024.5, `2024Q4` → 2024.75, `2024M03` → 2024.17; NaN for other texts."""
    match = _PERIOD.fullmatch(period)
    if not match:
        return np.nan
    return int(match[1]) + (int(match[3] or 1) - 1) / _PARTS[match[2]]


def period_days(period: str) -> tuple[date, date] | None:
    """First and last day of a period; None for a text that names no days: `2024Q4` → 1 October 2024, 31 December 2024."""
    match = _PERIOD.fullmatch(period)
    year, kind, part = match.groups() if match else ("0", None, None)
    year, part, months = int(year), int(part or 1), 12 // _PARTS[kind]
    if year < 1 or not 1 <= part <= _PARTS[kind]:
        return None
    return date(year, months * (part - 1) + 1, 1), date(year, months * part, monthrange(year, months * part)[1])


def previous(period: str, periods: Iterable[str]) -> str | None:
    """The last of `periods` before this one; None for the first."""
    earlier = [p for p in periods if period_key(p) < period_key(period)]
    return max(earlier, key=period_key, default=None)


def year_ago(period: str, periods: Iterable[str]) -> str | None:
    """The same quarter (half, month, year) a year before, if it is among `periods`."""
    match = _PERIOD.fullmatch(period)
    if not match:
        return None
    year, rest = int(match[1]) - 1, period[4:]
    wanted = f"{year}{rest}"
    return wanted if wanted in set(periods) else None


def transitions(before: pd.Series, after: pd.Series, labels: Sequence[str]) -> pd.DataFrame:
    """Counts of units by tier before (rows) and after (columns), over the units that have a tier in both."""
    both = before.index.intersection(after.index)
    counts = pd.crosstab(before[both], after[both])
    return counts.reindex(index=list(labels), columns=list(labels), fill_value=0).astype(int)


def streaks(tiers: pd.DataFrame) -> pd.DataFrame:
    """How long each unit has held its latest tier: index unit; tier, length (periods), since (period).

    `tiers`: index unit, one column a period in time order, "" or NaN where a unit has no tier; such a gap ends a streak.
    """
    rows = []
    for unit, held in tiers.fillna("").iterrows():
        tier = held.iloc[-1]
        length = 0
        for earlier in reversed(held.to_list()):
            if earlier != tier or not tier:
                break
            length += 1
        rows.append((unit, tier, length, held.index[-length] if length else ""))
    return pd.DataFrame(rows, columns=["unit", "tier", "length", "since"]).set_index("unit")


def compound_growth(first: np.ndarray, last: np.ndarray, years: float) -> np.ndarray:
    """Growth a year that leads from `first` to `last`, (last / first)^(1 / years) − 1: 0.05 is 5 % a year.

    NaN where either is 0 or negative: across zero there is no rate of growth, whatever a formula gives. Raises ValueError unless
    years > 0. Source: OECD, *Glossary of Statistical Terms*, compound annual growth rate.
    """
    if not years > 0:
        raise ValueError(f"growth needs a time between its ends, not {years} years")
    first, last = np.asarray(first, float), np.asarray(last, float)
    sound = (first > 0) & (last > 0)
    ratio = np.divide(last, first, out=np.full(np.broadcast_shapes(first.shape, last.shape), np.nan), where=sound)
    return ratio ** (1 / years) - 1
