"""Versions of framework and policy: the list, a new one from a period on, and what it would do to ranks and tiers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.framework_table import framework_from_table
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.values import MISSING

from ..connection import audit, reader, table_of, write_tx
from ..errors import BatchError, ImportRefused, ReleaseError, StoreMoved, TooManyUnits
from ..frameworks.files import facets_of, framework_csv, framework_rows, parse_framework, parse_policy
from ..frameworks.in_force import framework_for
from ..ledgers.views import indicator_views
from ..readers.cells import CellError
from ..readers.guards import clean_name
from ..readers.sheets import Unreadable
from ..readers.tables import find_framework
from ..readers.workbook import read_sheets
from ..releasing.panel import data_periods
from ..size import LARGE, large
from .batches import write_batch
from .intake import framework_intake
from .undoing import standings

_VERSIONS = """
SELECT framework.id AS version, framework.digest, batch, file, batch.by, batch.at, revoked_at IS NOT NULL AS revoked, since
FROM framework JOIN batch ON batch.id = batch LEFT JOIN framework_since ON framework_since.framework = framework.id
ORDER BY framework.id DESC
"""
_USES = """
SELECT release.framework AS version, release.id AS release, release.period, service.release IS NOT NULL AS served
FROM release LEFT JOIN service ON service.release = release.id ORDER BY release.id
"""
_TEXTS = "SELECT framework_csv, policy_toml FROM framework WHERE id = ?"
_LIVE = """
SELECT framework.id, since, framework_csv, policy_toml FROM framework JOIN batch ON batch.id = framework.batch
LEFT JOIN framework_since ON framework_since.framework = framework.id WHERE revoked_at IS NULL ORDER BY framework.id DESC
"""
_SINCE = "INSERT INTO framework_since (framework, since) SELECT id, ? FROM framework WHERE batch = ?"
COLUMNS = ("name", "sector", "index_before", "index_after", "rank_before", "rank_after", "tier_before", "tier_after")


class Effect(NamedTuple):
    """`units`: index unit (code), COLUMNS, every unit of the period; `empty`: indicators without any value in it."""

    period: str
    units: pd.DataFrame
    empty: tuple[str, ...]


def versions(db: Database) -> pd.DataFrame:
    """All versions, index version, the newest first: digest, batch, file, by, at, revoked, since (None: for all periods), releases (their
    numbers), periods (those that serve one)."""
    table = table_of(db.execute(_VERSIONS)).set_index("version").astype({"revoked": bool})
    table["since"] = table["since"].astype(object).where(table["since"].notna(), None)
    uses = table_of(db.execute(_USES))
    mine = dict(iter(uses.groupby("version")))
    none = uses.iloc[:0]
    releases = [mine.get(v, none)["release"].tolist() for v in table.index]
    periods = [sorted(m.loc[m["served"] == 1, "period"], key=period_key) for m in (mine.get(v, none) for v in table.index)]
    return table.assign(releases=pd.Series(releases, table.index, dtype=object), periods=pd.Series(periods, table.index, dtype=object))


def version_texts(db: Database, version: int) -> tuple[str, str]:
    """framework.csv and policy.toml of a version, as they were brought. Raises ReleaseError for one that there is none of."""
    row = db.execute(_TEXTS, [version]).fetchone()
    if row is None:
        raise ReleaseError(f"没有第 {version} 版指标体系；请从版本列表中选一个")
    return row


def parsed(csv_text: str, policy_toml: str) -> tuple[Framework, Policy]:
    """The two texts as they would be scored by. Raises PolicyError, FrameworkError, views of ledgers that there are none of included."""
    policy = parse_policy(policy_toml)
    framework = parse_framework(csv_text, policy)
    indicator_views(framework)
    return framework, policy


def checked(rows: pd.DataFrame, policy: Policy) -> Framework:
    """The framework of rows of text. Raises FrameworkError."""
    framework = framework_from_table(rows, facets_of(policy))
    indicator_views(framework)
    return framework


def rows_of_file(name: str, content: bytes, policy: Policy) -> pd.DataFrame:
    """The rows of the framework in a workbook or CSV, as texts under framework.csv's columns, right or wrong. Raises ImportRefused."""
    name = clean_name(name)
    try:
        sheets = read_sheets(name, content)
    except Unreadable as why:
        raise ImportRefused([CellError(name, "", "", "", str(why))]) from None
    for sheet in sheets:
        if table := find_framework(sheet, policy.facets):
            rows, errors = framework_rows(table)
            if errors:
                raise ImportRefused(errors)
            return rows.astype(object).reset_index(drop=True)
    raise ImportRefused([CellError(name, "", "", "", "没有指标体系表；表头须有 代码、上级、权重")])


def adopt(rows: pd.DataFrame, policy_toml: str, since: str | None, last: int, by: str, path: Path | None = None) -> tuple[int, int]:
    """Write a new version that holds from a period on (None: for all), as a batch; numbers of version and batch.

    `last`: the newest version that was known when the change began. Raises FrameworkError, PolicyError; StoreMoved when somebody else has
    written a version since; BatchError when nothing would change; StoreError.
    """
    csv_text = framework_csv(rows)
    wanted = parsed(csv_text, policy_toml)
    with write_tx(path) as db:
        newest = db.execute("SELECT max(id) FROM framework").fetchone()[0] or 0
        if newest != last:
            raise StoreMoved(f"您修改期间，有人存了第 {newest} 版指标体系，什么也没有写入；请先与它比较，再决定")
        if not _changes(db, wanted, since):
            raise BatchError("与现行的指标体系和评分规则相同，没有要存的改动，什么也没有写入")
        note = f"# 第 {newest + 1} 版{f'，自 {since} 起用' if since else ''}\n"  # the same texts may come again after others
        batch = write_batch(db, framework_intake(f"指标体系 第{newest + 1}版.csv", csv_text, note + policy_toml), by)
        if since:
            db.execute(_SINCE, [since, batch])
        version = db.execute("SELECT id FROM framework WHERE batch = ?", [batch]).fetchone()[0]
        audit(db, by, "framework_since", framework=version, batch=batch, since=since)
    return version, batch


def _changes(db: Database, wanted: tuple[Framework, Policy], since: str | None) -> bool:
    """Whether any period from `since` on is in the hands of a version that says something else."""
    for _, start, csv_text, policy_toml in db.execute(_LIVE).fetchall():
        policy = parse_policy(policy_toml)
        if (parse_framework(csv_text, policy), policy) != wanted:
            return True
        if start is None or (since is not None and period_key(start) <= period_key(since)):
            return False
    return True


def effect(framework: Framework, policy: Policy, path: Path | None = None, period: str | None = None) -> Effect | None:
    """What this framework and policy would make of a period (None: the latest with data), beside the version in force for it.

    None where no period has data. Raises ReleaseError, ScoringError.
    """
    with reader(path) as db:
        have = data_periods(db)
        if not have:
            return None
        if large(db):
            raise TooManyUnits(
                f"库里的单位超过 {LARGE:,} 个，页面上不试算；可先在命令行用 "
                "python manage.py score --framework 指标体系.csv --policy 规则.toml --values 取值.csv --out 得分.csv 另算，再存"
            )
        period = period or have[-1]
        now = framework_for(db, period)
        after, panel = standings(db, (framework, policy), [period])
        before = after.iloc[:0] if now is None else standings(db, now[1:], [period])[0]
    facts, block = panel.facts(period)[["name", "sector"]], panel.values[period]
    both = [table.droplevel("period")[["index", "rank", "tier"]].add_suffix(when) for table, when in ((before, "_before"), (after, "_after"))]
    empty = (block.states == MISSING).all(axis=0)
    units = facts.join(both[0].join(both[1], how="outer"))[list(COLUMNS)]
    return Effect(period, units, tuple(c for c, e in zip(block.indicators, empty, strict=True) if e))
