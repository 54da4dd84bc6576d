"""What revoking a batch would change: the store is read as if the batch were revoked, and scored both ways. Nothing is written.

A temporary table or view of SQLite's comes before the store's own of the same name. So the tables that a revocation touches, `batch`
and `unit`, are copied for one connection, and every view is read over the copies: whatever the store's functions ask, they see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from sqlite_utils import Database

from scoring.assess import standing
from scoring.framework import Framework
from scoring.index import fit_panel
from scoring.movement import period_key
from scoring.policy import Policy

from ..connection import reader
from ..errors import BatchError, ReleaseError, TooManyUnits
from ..frameworks.in_force import frameworks_for
from ..releasing.panel import Panel, data_periods, load_panel, rests_on
from ..releasing.releases import inputs_now
from ..size import LARGE, large
from .batches import REFRESH_UNITS
from .contents import overview

_COPIES = (
    "CREATE TEMP TABLE batch AS SELECT * FROM main.batch", "CREATE TEMP TABLE unit AS SELECT * FROM main.unit",
    "CREATE UNIQUE INDEX temp.batch_id ON batch (id)", "CREATE UNIQUE INDEX temp.unit_code ON unit (code)",
)  # fmt: skip
_VIEWS = "SELECT sql FROM main.sqlite_schema WHERE type = 'view'"
_MEMBERS = "SELECT DISTINCT period, unit FROM live_observation"
_OF_PERIODS = {"values", "adjustments", "guidance"}  # kinds that concern the periods that they name, or none
_REVOKE = "UPDATE temp.batch SET revoked_at = '', revoked_by = '', revoke_reason = '' WHERE id = ?"
COLUMNS = ("period", "unit", "name", "index_before", "index_after", "rank_before", "rank_after", "tier_before", "tier_after")


class Effect(NamedTuple):
    """`units`: rows of COLUMNS for the units of the periods concerned that stand otherwise; `periods`: those whose inputs change.

    `lost`: periods that could not be scored any more, with the reason.
    """

    units: pd.DataFrame
    periods: tuple[str, ...]
    lost: dict[str, str]


@contextmanager
def as_if_revoked(batch: int, path: Path | None = None) -> Iterator[Database]:
    """The store as it would be without a batch. Raises BatchError: no such batch, or revoked already."""
    with reader(path) as db:
        row = db.execute("SELECT revoked_at FROM batch WHERE id = ?", [batch]).fetchone()
        if row is None or row[0] is not None:
            raise BatchError(f"批次 {batch} {'不存在' if row is None else '已撤销'}；请核对批次号")
        for sql in (*_COPIES, *(text.replace("CREATE VIEW", "CREATE TEMP VIEW", 1) for (text,) in db.execute(_VIEWS).fetchall())):
            db.conn.execute(sql)
        db.conn.execute(_REVOKE, [batch])
        db.conn.execute(REFRESH_UNITS, [batch])
        yield db


def effect(batch: int, path: Path | None = None) -> Effect:
    """Who would stand otherwise without a batch, and in which periods. Raises BatchError, StoreError, ScoringError."""
    with reader(path) as db:
        if large(db):
            raise TooManyUnits(f"库里的单位超过 {LARGE:,} 个，页面上不试算；撤销以后发布新的一号，再到 发布 › 并排对照 看各组的变化")
    with reader(path) as db, as_if_revoked(batch, path) as other:
        have, left = data_periods(db), data_periods(other)
        asked = _candidates(db, other, batch, have)
        before, after, lost = _inputs(db, asked), _inputs(other, [p for p in left if p in asked]), {}
        concerned = [p for p in asked if before.get(p) != after.get(p)]
        for period in concerned:
            if period not in left:
                lost[period] = "没有数据了"
            elif period not in after:
                lost[period] = "没有指标体系了"
        one, two = _standings(db, [p for p in concerned if p in before]), _standings(other, [p for p in concerned if p in after])
    return Effect(_moved(one, two), tuple(concerned), lost)


def _candidates(db: Database, other: Database, batch: int, have: Sequence[str]) -> Sequence[str]:
    """Periods that a batch may concern: those that rest on one of its own, all of them where it brings more than values, or a unit.

    Reading the inputs of all periods takes seconds.
    """
    brought = overview(db, batch)
    if set(brought.index) - _OF_PERIODS or _first(db) != _first(other):
        return have
    touched = {p for periods in brought["periods"] for p in periods}
    try:
        versions = frameworks_for(db, have)
    except ReleaseError:
        return have
    near = {p for (_, framework, policy), mine in versions for p in mine if touched & set(rests_on(framework, policy, p, have))}
    return [p for p in have if p in near]


def _first(db: Database) -> dict[str, str]:
    """The first period of every unit: it belongs to all later ones."""
    first: dict[str, str] = {}
    for period, unit in db.execute(_MEMBERS):
        first[unit] = min(first.get(unit, period), period, key=period_key)
    return first


def _inputs(db: Database, periods: Sequence[str]) -> dict[str, tuple[int, str]]:
    """What releases of periods would rest on; periods without a framework are left out."""
    try:
        return inputs_now(db, periods)
    except ReleaseError:
        return {p: found for p in periods if len(periods) > 1 for found in _inputs(db, [p]).values()}


def _standings(db: Database, periods: Sequence[str]) -> pd.DataFrame:
    """Index, rank and tier of every unit in some periods, index [period, unit], as they would be published now."""
    columns = ["period", "unit", "name", "index", "rank", "tier"]
    tables = [standings(db, version[1:], mine)[0] for version, mine in (frameworks_for(db, periods) if periods else ())]
    return pd.concat([pd.DataFrame(columns=columns).set_index(["period", "unit"]), *tables])


def standings(db: Database, version: tuple[Framework, Policy], periods: Sequence[str]) -> tuple[pd.DataFrame, Panel]:
    """Name, index, rank and tier of every unit in some periods, index [period, unit], by a framework and policy; and what they rest on."""
    framework, policy = version
    have, tables = data_periods(db), []
    pools = {p: rests_on(framework, policy, p, have) for p in periods}
    panel = load_panel(db, framework, [p for p in have if any(p in pool for pool in pools.values())], policy.prefer)
    for period, (fitted, values) in fit_panel(panel.values, framework, policy, periods).items():
        given = panel.adjustments
        given = given[(given["period"] == period) & given["unit"].isin(values.units)]
        table = standing(fitted.score(values), given, policy)[["index", "rank", "tier"]]
        tables.append(table.assign(name=panel.facts(period)["name"], period=period).reset_index())
    return pd.concat(tables).set_index(["period", "unit"])[["name", "index", "rank", "tier"]], panel


def _moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The units whose index, rank or tier differ, those that come or go among them; by period, then as they stand."""
    both = before.join(after, how="outer", suffixes=("_before", "_after"))
    both["name"] = both["name_before"].where(both["name_before"].notna(), both["name_after"])
    moved = pd.Series(False, index=both.index)
    for fact in ("index", "rank", "tier"):
        old, new = both[f"{fact}_before"], both[f"{fact}_after"]
        moved |= (old != new) & ~(old.isna() & new.isna())
    found = both[moved].reset_index().astype({f"{fact}_{when}": float for fact in ("index", "rank") for when in ("before", "after")})
    order = found["period"].map(period_key)
    return found.assign(order=order).sort_values(["order", "rank_before", "unit"], ignore_index=True)[list(COLUMNS)]
