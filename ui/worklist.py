"""The work list: records that have a deadline, how each stands on a day, and what a page says of many of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scoring.movement import period_days

if TYPE_CHECKING:
    from ui.view import View

SOON = 14  # days before its deadline from which a record is pressing
AHEAD = 92  # days that are looked ahead: a quarter at most, so that an old period does not show the years after it
STEPS = {"quarter": "按季", "month": "按月"}
_MONTHS = {"quarter": 3, "month": 1}


class Status(NamedTuple):
    """How a record stands: a sign and a word, for colour never speaks alone, and what is meant."""

    sign: str
    word: str
    meaning: str

    @property
    def title(self) -> str:
        """Sign and word."""
        return f"{self.sign} {self.word}"


class Card(NamedTuple):
    """A big figure as text: its label, the figure, what stands under it, the change since the period before, what is meant."""

    label: str
    value: str
    note: str = ""
    change: str | None = None
    help: str | None = None


@dataclass(frozen=True)
class Work:
    """A ledger with deadlines, by its columns: the date when a record is settled, its kind, whose it is.

    `count`: how many pieces it stands for; `found`: when it came up; "" where the ledger does not say.
    """

    settled: str
    kind: str
    owner: str
    count: str = ""
    found: str = ""


WORK = {"task": Work("done", "category", "owner"), "rectification": Work("closed", "level", "source", "count", "found")}
STATUSES = {  # the most pressing first
    "late": Status("✖", "逾期未结", "期限已过，还没有办结"),
    "soon": Status("▲", f"{SOON} 日内到期", f"还没有办结，离期限不超过 {SOON} 天"),
    "open": Status("●", "未到期", f"还没有办结，离期限超过 {SOON} 天"),
    "done_late": Status("◐", "逾期办结", "办结了，但在期限之后"),
    "done": Status("✓", "按期办结", "在期限内办结"),
}
OPEN = ("late", "soon", "open")


def as_of(view: View) -> date:
    """The day on which records are looked at: today, but no later than the last day of the view's period."""
    days = period_days(view.period)
    return min(date.today(), days[1]) if days else date.today()


def placed(view: View, ledger: str, unit: str = "") -> pd.DataFrame:
    """The records of a unit, or of all units of the view's period, with the name and sector of each one's unit. Raises StoreError."""
    records, units = view.records(ledger), view.units
    if unit:
        records = records[records["unit"] == unit]
    place = units.index.get_indexer(records["unit"])
    records, place = records[place >= 0], place[place >= 0]
    return records.assign(name=units["name"].to_numpy(object)[place], sector=units["sector"].fillna("").to_numpy(object)[place])


def work(view: View, ledger: str, unit: str = "") -> pd.DataFrame:
    """Every record of a ledger of WORK, of a unit or of all, as it stood on the day of `as_of`; those that came up later are left out.

    Columns: those of the record, name, sector; kind, owner, settled (ISO, None where open on that day, whatever came after), items (how
    many pieces), status (a key of STATUSES), left (days to the deadline, negative after it), mine (whether due in the view's period).
    """
    how, records, day = WORK[ledger], placed(view, ledger, unit), pd.Timestamp(as_of(view))
    if how.found:
        records = records[~(_days(records[how.found]) > day)]
    due, settled = _days(records["due"]), _days(records[how.settled])
    settled, left = settled.where(settled <= day), (due - day).dt.days
    status = np.select([settled <= due, settled.notna(), left < 0, left <= SOON], ["done", "done_late", "late", "soon"], "open")
    days, by_now = period_days(view.period), records[how.settled].where(settled.notna(), None)
    return records.assign(
        kind=records[how.kind], owner=records[how.owner], settled=by_now, **{how.settled: by_now},
        items=records[how.count].fillna(1.0) if how.count else 1.0, status=pd.Categorical(status, list(STATUSES)), left=left,
        mine=due.between(*map(pd.Timestamp, days)) if days else True,
    )  # fmt: skip


def current(work: pd.DataFrame) -> pd.DataFrame:
    """What is due in the period, and whatever else is `waiting`."""
    return work[work["mine"] | _waits(work)]


def waiting(work: pd.DataFrame) -> pd.DataFrame:
    """What is open and was due before, or is due within AHEAD days."""
    return work[_waits(work)]


def tally(work: pd.DataFrame, by: str) -> pd.DataFrame:
    """Pieces by status: index the values of a column, most late first; columns the keys of STATUSES, rate as `on_time` gives it."""
    counts = work.groupby([by, "status"], observed=False)["items"].sum().unstack("status").reindex(columns=list(STATUSES))
    counts = counts.fillna(0.0)
    counts.columns = list(STATUSES)
    due = work[_due_by_now(work)].assign(kept=lambda t: t["items"].where(t["status"] == "done", 0.0))
    sums = due.groupby(by)[["kept", "items"]].sum()
    rate = 100 * sums["kept"] / sums["items"].where(sums["items"] > 0)
    return counts.assign(rate=rate.reindex(counts.index)).sort_values(list(OPEN), ascending=False, kind="stable")


def on_time(work: pd.DataFrame, period: str | None = None) -> float:
    """Per cent of the pieces due in the period by the day, or settled before they were due, that were settled in time; NaN for none.

    `period`: another one than the view's, over by the day.
    """
    days = period and period_days(period)
    due = work[work["due"].between(*(day.isoformat() for day in days))] if days else work[_due_by_now(work)]
    total = due["items"].sum()
    return 100 * due.loc[due["status"] == "done", "items"].sum() / total if total else np.nan


def over_time(work: pd.DataFrame, step: str, day: date, length: int = 12) -> pd.DataFrame:
    """Pieces by the quarter or month in which they are due: so many steps up to the day's at most, and those that are looked ahead.

    Index periods such as 2026Q3 or 2026M09; columns the keys of STATUSES, rate (per cent settled in time, NaN ahead of the day).
    """
    months = _MONTHS[step]
    due = _days(work["due"])
    work = work.assign(place=(due.dt.year.astype(int) * 12 + due.dt.month - 1) // months)
    now, ahead = _place(day, months), 3 // months
    counts = work.groupby(["place", "status"], observed=False)["items"].sum().unstack("status")
    first = min(max(now - length + 1, counts.index.min()), now) if len(counts) else now
    counts = counts.reindex(range(first, now + ahead + 1), columns=list(STATUSES)).fillna(0.0)
    counts.columns = list(STATUSES)
    total = work[_over(work)].groupby("place")["items"].sum().reindex(counts.index)
    rate = (100 * counts["done"] / total.where(total > 0)).where(counts.index <= now)
    return counts.assign(rate=rate).set_axis([_named(place, months) for place in counts.index])


def step_of(day: date, step: str) -> str:
    """The quarter or month of a day, as `over_time` names it."""
    return _named(_place(day, _MONTHS[step]), _MONTHS[step])


def titled(statuses: Mapping[str, Status]) -> dict[str, str]:
    """Statuses by code as they are shown: sign and word."""
    return {code: status.title for code, status in statuses.items()}


def _place(day: date, months: int) -> int:
    return (day.year * 12 + day.month - 1) // months


def _named(place: int, months: int) -> str:
    return f"{place // 4}Q{place % 4 + 1}" if months == 3 else f"{place // 12}M{place % 12 + 1:02d}"


def pressing(work: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """The same records, or so many of them, the most pressing first: by status, late ones by how long, then by deadline.

    Settled ones come last, those of the newest deadline first.
    """
    days = np.where(work["status"].isin(OPEN), work["left"], -work["left"])
    return work.iloc[np.lexsort((days, work["status"].cat.codes))[:most]]


def by_status(records: pd.DataFrame, most: int | None = None) -> pd.DataFrame:
    """Records without a deadline, or so many of them: by status, then by their column `order`."""
    return records.sort_values(["status", "order"], kind="stable").iloc[:most]


def _waits(work: pd.DataFrame) -> pd.Series:
    return work["status"].isin(OPEN) & (work["left"] <= AHEAD)


def _due_by_now(work: pd.DataFrame) -> pd.Series:
    return work["mine"] & _over(work)


def _over(work: pd.DataFrame) -> pd.Series:
    """Whether a record can be judged: its deadline has come, or it is settled before."""
    return (work["left"] <= 0) | work["settled"].notna()


def _days(texts: pd.Series) -> pd.Series:
    """ISO texts as days, NaT where there is none."""
    return pd.to_datetime(texts.astype(object), format="%Y-%m-%d")
