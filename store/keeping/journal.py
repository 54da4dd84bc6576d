"""The journal, read: who did what and when. Rows are written by `connection.audit`, and by `record` for what writes nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from sqlite_utils import Database

from ..connection import audit, reader, table_of, write_tx
from ..errors import StoreError
from .journal_words import VERBS, told

_LOG = logging.getLogger(__name__)
# A day is the day of the clock that wrote the row. A list that is null lets every row through.
_WHERE = """
FROM audit WHERE (:by IS NULL OR by IN (SELECT value FROM json_each(:by))) AND (:verb IS NULL OR verb IN (SELECT value FROM json_each(:verb)))
    AND (:since = '' OR substr(at, 1, 10) >= :since) AND (:until = '' OR substr(at, 1, 10) <= :until)
    AND (:text = '' OR instr(lower(detail), lower(:text)) > 0 OR instr(lower(by), lower(:text)) > 0)
"""
_ROWS = "SELECT id, at, by, verb, detail, hash" + _WHERE + "ORDER BY id DESC LIMIT :limit OFFSET :offset"
_COUNT = "SELECT count(*)" + _WHERE


def journal(
    db: Database,
    by: Iterable[str] = (),
    verbs: Iterable[str] = (),
    since: str = "",
    until: str = "",
    text: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> pd.DataFrame:
    """Rows of the journal, the last first: id, at, by, verb, detail (JSON), hash, and in words `what` (the verb) and `told` (the detail).

    Those of some people and verbs (none named: all), from one day to another (`2026-11-24`, both included), that hold a text; `limit`
    rows from `offset` on.
    """
    page = {"limit": -1 if limit is None else limit, "offset": offset}
    table = table_of(db.execute(_ROWS, _filters(by, verbs, since, until, text) | page))
    return table.assign(what=[VERBS.get(verb, verb) for verb in table["verb"]], told=[told(detail) for detail in table["detail"]])


def journal_length(
    db: Database, by: Iterable[str] = (), verbs: Iterable[str] = (), since: str = "", until: str = "", text: str = ""
) -> int:
    """How many rows `journal` has in all under the same filters."""
    return db.execute(_COUNT, _filters(by, verbs, since, until, text)).fetchone()[0]


def journal_people(db: Database) -> list[str]:
    """Everybody who stands in the journal."""
    return [row[0] for row in db.execute("SELECT DISTINCT by FROM audit ORDER BY by")]


def journal_verbs(db: Database) -> dict[str, str]:
    """The verbs that stand in the journal, with their words, in the order of VERBS."""
    found = {row[0] for row in db.execute("SELECT DISTINCT verb FROM audit")}
    order = [*VERBS, *sorted(found - set(VERBS))]
    return {verb: VERBS.get(verb, verb) for verb in order if verb in found}


def record_export(by: str, what: str, path: Path | None = None, **detail: object) -> bool:
    """Write down that something was taken out: `what`, and what is known of period, release, file. As `record`."""
    return record(by, "export", path, what=what, **detail)


def record(by: str, verb: str, path: Path | None = None, **detail: object) -> bool:
    """Write down what was done without writing to the store; whether that could be done.

    Where it could not (the store is read-only, or another writer holds it) the log of the program says so: a copy may be taken of a
    store that nobody can write to.
    """
    try:
        with write_tx(path) as db:
            audit(db, by, verb, **detail)
    except StoreError as error:
        _LOG.warning("%s（%s）没有记入日志：%s", VERBS.get(verb, verb), told(json.dumps(detail, ensure_ascii=False)), error)
        return False
    return True


def has_exported(by: str, day: str, beginning: str, path: Path | None = None) -> bool:
    """Whether the journal has it that this person took something out on a day whose words begin so. Raises StoreError."""
    with reader(path) as db:
        return bool(
            db.execute(
                "SELECT 1 FROM audit WHERE by = ? AND verb = 'export' AND substr(at, 1, 10) = ? AND instr(json_extract(detail, '$.what'), ?) = 1",
                [by, day, beginning],
            ).fetchone()
        )


def _filters(by: Iterable[str], verbs: Iterable[str], since: str, until: str, text: str) -> dict[str, str | None]:
    people, kinds = list(by), list(verbs)
    return {
        "by": json.dumps(people, ensure_ascii=False) if people else None,
        "verb": json.dumps(kinds) if kinds else None,
        "since": since,
        "until": until,
        "text": text.strip(),
    }
