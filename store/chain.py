"""The chain of the journal: each row is sealed by the hash of the one before, so that a row altered or lost shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

START = ""  # what stands before the first row


class Verdict(NamedTuple):
    """What a chain turned out to be: `fault` names the first broken row ("": none), `remarks` what is odd and no fault.

    `head`: the hash of the last row; `places`: of each hash that was asked for, the row that bears it, 0 where none does.
    """

    rows: int
    head: str
    fault: str
    remarks: tuple[str, ...]
    places: dict[str, int]


def seal(before: str, number: int, at: str, by: str, verb: str, detail: str) -> str:
    """SHA-256 of a row together with the hash of the row before it."""
    return hashlib.sha256(json.dumps([before, number, at, by, verb, detail], ensure_ascii=False).encode()).hexdigest()


def append(db: Database, at: str, by: str, verb: str, detail: str) -> None:
    """Add one row to the end of the chain, inside the caller's transaction."""
    number, before = db.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone() or (0, START)
    row = (number + 1, at, by, verb, detail)
    db.execute("INSERT INTO audit (id, at, by, verb, detail, hash) VALUES (?, ?, ?, ?, ?, ?)", (*row, seal(before, *row)))


def chain(db: Database) -> None:
    """Seal the rows that an earlier version wrote without hashes."""
    before = START
    for row in db.execute("SELECT id, at, by, verb, detail FROM audit ORDER BY id").fetchall():
        before = seal(before, *row)
        db.execute("UPDATE audit SET hash = ? WHERE id = ?", [before, row[0]])


def verify(db: Database, noted: Sequence[str] = ()) -> Verdict:
    """Follow the whole chain. `noted`: hashes that were written down before, or their beginnings.

    A clock that ran backwards is a remark: it was set, or the machine was another one. Who rewrites all rows from one on leaves a
    chain that is whole, and is found out only by a hash that was noted outside the store.
    """
    before, number, fault, places = START, 0, "", dict.fromkeys(noted, 0)
    times = []
    for *row, sealed in db.execute("SELECT id, at, by, verb, detail, hash FROM audit ORDER BY id"):
        fault = fault or _fault(before, number, row, sealed)
        for head in noted:
            if sealed.startswith(head.lower()):
                places[head] = row[0]
        before, number = sealed, row[0]
        times.append((number, row[1]))
    return Verdict(len(times), before, fault, tuple(_backwards(times)), places)


def _fault(before: str, number: int, row: list, sealed: str) -> str:
    """What is wrong with a row that follows row `number`, "" for nothing."""
    if row[0] != number + 1:
        return f"第 {number + 1} 行不见了：第 {number} 行之后是第 {row[0]} 行" if number else f"开头不见了：第一行的编号是 {row[0]}"
    if sealed != seal(before, *row):
        return f"第 {row[0]} 行（{row[1]}，{row[2]}，{row[3]}）与哈希不符：这一行，或前一行的哈希，被改动过"
    return ""


def _backwards(times: Sequence[tuple[int, str]]) -> Iterator[str]:
    """The rows whose time lies before that of the row before."""
    last = None
    for number, text in times:
        try:
            at = datetime.fromisoformat(text).astimezone()
        except ValueError:
            yield f"第 {number} 行的时间“{text}”不成时间"
            continue
        if last is not None and at < last:
            yield f"第 {number} 行的时间 {text} 早于前一行：时钟往回拨过"
        last = at
