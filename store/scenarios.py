"""Scenarios: what-ifs that somebody tried against a release and kept under a name. Appended, never changed, so that a link stays true."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from sqlite_utils import Database

from .connection import audit, now, table_of, write_tx
from .errors import ScenarioError

LONGEST = 40  # characters of a name, which stands in lists and headings


class Scenario(NamedTuple):
    """A kept what-if: `settings` are whatever the page needs to show it again."""

    id: int
    name: str
    release: int
    settings: dict[str, Any]


def save_scenario(name: str, release: int, settings: Mapping[str, Any], by: str, path: Path | None = None) -> int:
    """Keep settings under a name beside a release; the scenario's number. The same again is found, not doubled.

    Raises ScenarioError: no name, one that is too long or taken, no such release, settings that JSON cannot hold; StoreError.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST:
        raise ScenarioError(f"方案名称为 {name!r}（{len(name)} 个字）；请写 1 到 {LONGEST} 个字")
    try:
        text = json.dumps(settings, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ScenarioError(f"方案“{name}”的设置存不下来（{error}）；只能是文字、数、真假及其列表和表") from None
    with write_tx(path) as db:
        if db.execute("SELECT 1 FROM release WHERE id = ?", [release]).fetchone() is None:
            raise ScenarioError(f"方案“{name}”所试的第 {release} 号发布不存在；请从发布列表中选一个（python manage.py releases）")
        twin = db.execute("SELECT id, settings FROM scenario WHERE release = ? AND name = ?", [release, name]).fetchone()
        if twin and twin[1] == text:
            return twin[0]
        if twin:
            raise ScenarioError(f"第 {release} 号发布已有名为“{name}”的方案，设置不同；请换一个名称")
        number = db.execute(
            "INSERT INTO scenario (name, release, settings, at, by) VALUES (?, ?, ?, ?, ?)", (name, release, text, now(), by)
        ).lastrowid
        audit(db, by, "scenario", scenario=number, name=name, release=release)
    return number


def scenarios(db: Database) -> pd.DataFrame:
    """All scenarios, the last first: id, name, release, period (of the release), at, by."""
    sql = "SELECT scenario.id, name, release, period, scenario.at, scenario.by FROM scenario JOIN release ON release.id = release"
    return table_of(db.execute(f"{sql} ORDER BY scenario.id DESC"))


def scenario(db: Database, number: int) -> Scenario:
    """One scenario. Raises ScenarioError for an unknown number."""
    row = db.execute("SELECT id, name, release, settings FROM scenario WHERE id = ?", [int(number)]).fetchone()
    if row is None:
        raise ScenarioError(f"没有第 {number} 号方案；请从方案列表中选一个")
    return Scenario(*row[:3], json.loads(row[3]))
