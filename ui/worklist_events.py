"""What took place on a day: inspections with score and problems, activities with who came."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.movement import period_days
from ui.worklist import Status, as_of, placed
from ui.worklist_registers import counted

if TYPE_CHECKING:
    from ui.view import View

INSPECTIONS = {
    "problems": Status("✖", "有问题", "暗访发现了问题"),
    "unknown": Status("◇", "未记问题数", "没有记下问题数"),
    "clean": Status("✓", "没有问题", "暗访没有发现问题"),
}
ACTIVITIES = {
    "empty": Status("✖", "无人参加", "应参加的没有一人到场"),
    "held": Status("✓", "已开展", "记有参加人数"),
    "unknown": Status("◇", "未记人数", "没有记下应参加或实际参加人数"),
}
PRESENCE = {"absent": Status("✖", "未到人次", "应参加而没有参加"), "present": Status("✓", "实到人次", "实际参加")}


def inspections(view: View) -> pd.DataFrame:
    """Inspections up to the day of `as_of`: columns of the record, name, sector; kind "", mine (in the view's period), status."""
    held = _until(view, "inspection")
    status = np.select([held["problems"] > 0, held["problems"].isna()], ["problems", "unknown"], "clean")
    return held.assign(kind="", status=pd.Categorical(status, list(INSPECTIONS)), order=held["score"].fillna(101))


def activities(view: View) -> pd.DataFrame:
    """Activities up to the day of `as_of`: columns of the record, name, sector; mine (in the view's period), status.

    absent and present: persons expected and not come, and come, NaN where either number is not given.
    """
    held = _until(view, "activity")
    known = held["expected"].notna() & held["actual"].notna()
    status = np.select([held["actual"] == 0, ~known], ["empty", "unknown"], "held")
    return held.assign(
        absent=(held["expected"] - held["actual"]).where(known), present=held["actual"].where(known),
        status=pd.Categorical(status, list(ACTIVITIES)), order=(held["actual"] / held["expected"]).fillna(1.0),
    )  # fmt: skip


def inspection_groups(inspections: pd.DataFrame, by: str) -> pd.DataFrame:
    """Inspections by status: index the values of a column, the lowest mean score first; columns the keys of INSPECTIONS, rate (the mean)."""
    counts = counted(inspections, by, INSPECTIONS)
    return counts.assign(rate=inspections.groupby(by)["score"].mean()).sort_values("rate", kind="stable")


def presence(activities: pd.DataFrame, by: str) -> pd.DataFrame:
    """Persons absent and present: index the values of a column, columns absent, present, rate (per cent present); the lowest first."""
    sums = activities.groupby(by)[["absent", "present"]].sum(min_count=1).dropna()
    total = sums.sum(axis=1)
    return sums.assign(rate=100 * sums["present"] / total.where(total > 0)).sort_values("rate", kind="stable")


def by_month(activities: pd.DataFrame, day: date, length: int = 12) -> pd.DataFrame:
    """Persons absent and present by month, as `presence` gives them, in time order."""
    month = activities["date"].str[:4] + "M" + activities["date"].str[5:7]
    last = day.year * 12 + day.month - 1
    months = [f"{m // 12}M{m % 12 + 1:02d}" for m in range(last - length + 1, last + 1)]
    found = presence(activities.assign(month=month), "month").reindex(months)
    return found.fillna({"absent": 0.0, "present": 0.0})


def _until(view: View, ledger: str) -> pd.DataFrame:
    held, days = placed(view, ledger), period_days(view.period)
    held = held[held["date"] <= as_of(view).isoformat()]
    return held.assign(mine=held["date"].between(*(d.isoformat() for d in days)) if days else True)
