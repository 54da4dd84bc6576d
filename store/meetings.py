"""Meetings: lists of slides that somebody kept under a name. Appended, never changed; the last under a name is the one in force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from sqlite_utils import Database

from .connection import audit, now, table_of, write_tx
from .errors import MeetingError

LONGEST = 40  # characters of a name, which stands in lists and on covers
MOST = 200  # slides of a meeting

_IN_FORCE = "SELECT id, name, codes, at, by FROM meeting WHERE id IN (SELECT max(id) FROM meeting GROUP BY name) AND codes <> '[]'"


def save_meeting(name: str, codes: Sequence[str], by: str, path: Path | None = None) -> int:
    """Keep slides, by their codes, under a name; the meeting's number. What is in force under the name already is found, not doubled.

    Raises MeetingError: no name, one that is too long, no slides, too many; StoreError.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST:
        raise MeetingError(f"会议名称为 {name!r}（{len(name)} 个字）；请写 1 到 {LONGEST} 个字")
    if not 0 < len(codes) <= MOST:
        raise MeetingError(f"会议“{name}”有 {len(codes)} 页；请选 1 到 {MOST} 页")
    return _append(name, [str(code) for code in codes], by, path)


def drop_meeting(name: str, by: str, path: Path | None = None) -> None:
    """Take a meeting off the list; what was kept stays in the store. Raises MeetingError for a name that is not there, StoreError."""
    with write_tx(path) as db:
        if db.execute(f"SELECT 1 FROM ({_IN_FORCE}) WHERE name = ?", [name]).fetchone() is None:  # noqa: S608 (a constant)
            raise MeetingError(f"没有名为“{name}”的会议；请从会议列表中选一个")
    _append(name, [], by, path)


def _append(name: str, codes: list[str], by: str, path: Path | None) -> int:
    text = json.dumps(codes, ensure_ascii=False)
    with write_tx(path) as db:
        last = db.execute("SELECT id, codes FROM meeting WHERE name = ? ORDER BY id DESC LIMIT 1", [name]).fetchone()
        if last and last[1] == text:
            return last[0]
        number = db.execute("INSERT INTO meeting (name, codes, at, by) VALUES (?, ?, ?, ?)", (name, text, now(), by)).lastrowid
        audit(db, by, "meeting", meeting=number, name=name, slides=len(codes))
    return number


def meetings(db: Database) -> pd.DataFrame:
    """The meetings in force, the last first: id, name, codes (a tuple), at, by."""
    table = table_of(db.execute(f"{_IN_FORCE} ORDER BY id DESC"))
    return table.assign(codes=[tuple(json.loads(text)) for text in table["codes"]])
