"""Where the demo's records are written: all of them in a book, a unit's quarter at a desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

_HARSHER = 1.2  # times as much falls short by the count of records as by an office's own estimate
LETTERS = {
    "task": "RW", "risk": "FX", "rectification": "ZG", "activity": "HD", "inspection": "AF", "brand": "PP", "exemplar": "PS",
    "learning": "XX",
}  # fmt: skip


class Book:
    """All records, by ledger. A record's number says its ledger, its quarter and its place among the unit's of that quarter."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        self._last: dict[tuple[str, str, str], int] = defaultdict(int)
        self._standing: dict[tuple[str, str, str], dict[str, object]] = {}

    def write(self, ledger: str, unit: str, day: date, **fields: object) -> None:
        """Add a record of a unit, numbered in the quarter of `day`; days become ISO text."""
        quarter = f"{LETTERS[ledger]}{day:%y}{(day.month + 2) // 3}"
        self._last[ledger, unit, quarter] += 1
        self.rows[ledger].append({"unit": unit, "ref": f"{quarter}{self._last[ledger, unit, quarter]:02d}", **_texts(fields)})

    def renew(self, ledger: str, unit: str, first: date, last: date, **fields: object) -> None:
        """Let the unit's record of this title stand on; where it says something else by now, end it and write one up to `last`."""
        title = ledger, unit, str(fields["title"])
        known = self._standing.get(title)
        if known and known["until"] >= first.isoformat():
            if known.items() >= _texts(fields).items():
                return
            known["until"] = (first - timedelta(1)).isoformat()
        self.write(ledger, unit, first, **fields, since=first, until=last)
        self._standing[title] = self.rows[ledger][-1]


def _texts(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}


@dataclass
class Desk:
    """A unit in a quarter, from `first` to `last` day: nothing after `today` is done. `ahead`: the quarter lies after today."""

    book: Book
    unit: str
    size: int
    first: date
    last: date
    today: date
    rng: np.random.Generator
    offices: Sequence[str]
    habits: dict[str, float]
    ahead: bool = field(init=False)

    def __post_init__(self) -> None:
        self.ahead = self.first > self.today

    def write(self, ledger: str, **fields: object) -> None:
        """Add a record of this unit and quarter."""
        self.book.write(ledger, self.unit, self.first, **fields)

    def day(self, first: date, last: date) -> date:
        """A day between two, both included; `first` where they are the wrong way round."""
        return first + timedelta(int(self.rng.integers(0, max((last - first).days, 0) + 1)))

    def done(self, least: date, most: date) -> date | None:
        """A day on which something was done; None where that would be after today."""
        day = self.day(least, most)
        return day if day <= self.today else None

    def month_end(self, month: int) -> date:
        """Last day of the quarter's first (0), second (1) or third (2) month."""
        following = self.first.month + month + 1
        return date(self.first.year + (following > 12), (following - 1) % 12 + 1, 1) - timedelta(1)

    def deadline(self) -> date:
        """A deadline in the quarter: a month's last day, or its tenth, or any."""
        kind, month = self.rng.random(), self.month_end(int(self.rng.integers(0, 3)))
        return month if kind < 0.5 else month.replace(day=10) if kind < 0.75 else self.day(self.first + timedelta(4), self.last)

    def pick(self, choices: Sequence, number: int) -> list:
        """So many of the choices, all of them before one comes again."""
        rounds = -(-number // len(choices))
        return [choices[i] for _ in range(rounds) for i in self.rng.permutation(len(choices))][:number]

    def lean(self, what: str) -> float:
        """The unit's own habit between −0.5 and 0.5, the same in each quarter."""
        if what not in self.habits:
            self.habits[what] = self.rng.uniform(-0.5, 0.5)
        return self.habits[what]

    def count(self, aim: float, number: int, what: str) -> int:
        """How many of a number come near an aim in per cent.

        Whether a unit falls short or not of what does not come out whole is its habit, so that small counts keep ranks in place.
        """
        aim = 100 - _HARSHER * (100 - aim)
        return int(np.clip(round(aim / 100 * number + 0.9 * self.lean(what) + self.rng.uniform(-0.05, 0.05)), 0, number))

    def number(self, what: str, usual: float) -> int:
        """How many a unit has in a quarter: about the usual number, more in a large one, now and then one more; three at least."""
        wanted = usual + self.size / 400 + 1.4 * self.lean(f"number of {what}") + (self.rng.random() < 0.1)
        return int(np.clip(round(wanted), 3, 7))
