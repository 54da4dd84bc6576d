"""Releases: frozen, numbered scoring runs. Publishing freezes what a page shows; the same inputs give the same digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.imputation import method_of
from scoring.index import fit_panel
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.values import STATES, Values, values_from_long

from .batches import current_framework
from .connection import audit, table_of, write_tx
from .errors import ReleaseError
from .frozen import freeze
from .ledgers.choosing import choose
from .ledgers.deriving import derive

Progress = Callable[[int, int, str], None]  # done, of how many, what

_UNITS = """
SELECT code, name, sector, size, (SELECT max(batch) FROM live_unit_record AS live WHERE live.code = unit.code)
FROM unit WHERE active ORDER BY code
"""
_CELLS = "SELECT unit, indicator, state, value, batch, sheet, cell FROM current_value WHERE period = ?"
_ADJUSTMENTS = "SELECT period, unit, kind, points, reason, document, batch FROM current_adjustment"
_RELEASES = """
SELECT id AS release, release.period, at, by, service.release IS NOT NULL AS served, framework, data_digest, code_version, digest, demo,
    units, scored
FROM release LEFT JOIN service ON service.release = release.id ORDER BY id DESC
"""


class Published(NamedTuple):
    """One period of a publishing run. `new` is False when the same inputs were frozen before: then that release is served."""

    release: int
    period: str
    new: bool
    units: int
    scored: int


@dataclass(frozen=True)
class Panel:
    """All that scoring some periods needs: units (index code), a period's cells, values and derived figures, adjustments of all.

    `cells`: as reported. `values`: what is scored. `derived`: what ledgers gave, and whether it was `used`.
    """

    units: pd.DataFrame
    values: dict[str, Values]
    cells: dict[str, pd.DataFrame]
    adjustments: pd.DataFrame
    derived: dict[str, pd.DataFrame]
    demo_batches: frozenset[int] = field(default_factory=frozenset)

    def facts(self, period: str) -> pd.DataFrame:
        """Facts of the units that belong to a period."""
        return self.units.loc[list(self.values[period].units)]

    def is_demo(self, periods: Iterable[str]) -> bool:
        """Whether any unit, value, adjustment or record of these periods came from the demo."""
        periods = list(periods)
        tables = [self.adjustments[self.adjustments["period"].isin(periods)]]
        tables += [table for p in periods for table in (self.cells[p], self.facts(p))]
        return any(self.demo_batches & set(t["batch"]) for t in tables) or any(self.derived[p]["demo"].any() for p in periods)


def data_periods(db: Database) -> list[str]:
    """Periods for which a live batch has values, in time order."""
    rows = db.execute("SELECT DISTINCT period FROM live_observation")
    return sorted((row[0] for row in rows), key=period_key)


def publish(
    periods: Iterable[str] | None, by: str, path: Path | None = None, progress: Progress | None = None
) -> list[Published]:
    """Score and freeze these periods (None: the latest) and serve them, in one transaction.

    A period whose inputs were frozen before gets no twin: that release is served. Raises ReleaseError, ScoringError, StoreError.
    """
    with write_tx(path) as db:
        number, framework, policy = _required_framework(db)
        have = data_periods(db)
        wanted = _wanted(periods, have)
        pools = {period: rests_on(framework, policy, period, have) for period in wanted}
        panel = load_panel(db, framework, [p for p in have if any(p in pool for pool in pools.values())], policy.prefer)
        fits = fit_panel(panel.values, framework, policy, wanted)
        done = []
        for step, period in enumerate(wanted, 1):
            header = (period, number, data_digest(panel, pools[period], period), int(panel.is_demo(pools[period])))
            release, new = freeze(db, header, by, framework, fits[period], panel)
            _serve(db, period, release)
            units, scored = db.execute("SELECT units, scored FROM release WHERE id = ?", [release]).fetchone()
            done.append(Published(release, period, new, units, scored))
            if progress:
                progress(step, len(wanted), period)
        audit(db, by, "publish", releases=[[p.release, p.period, p.new] for p in done])
    return done


def reopen(number: int, by: str, path: Path | None = None) -> str:
    """Serve an older release again for its period, which is returned. Raises ReleaseError when there is no such release."""
    with write_tx(path) as db:
        row = db.execute("SELECT period FROM release WHERE id = ?", [number]).fetchone()
        if row is None:
            last = db.execute("SELECT max(id) FROM release").fetchone()[0]
            have = f"现有 1 到 {last} 号" if last else "请先运行 publish"
            raise ReleaseError(f"没有第 {number} 号发布；{have}")
        _serve(db, row[0], number)
        audit(db, by, "reopen", release=number, period=row[0])
    return row[0]


def releases(db: Database) -> pd.DataFrame:
    """All releases, the last first.

    Columns: release, period, at, by, served, framework, data_digest, code_version, digest, demo, units, scored.
    """
    return table_of(db.execute(_RELEASES)).astype({"served": bool, "demo": bool})


def load_panel(db: Database, framework: Framework, periods: Sequence[str], prefer: str = "reported") -> Panel:
    """Current values, units and adjustments of some periods. A unit belongs to every period from its first reported one on.

    `prefer`: as in `Policy`. Raises FrameworkError where an indicator asks for a view of a ledger that there is none of.
    """
    units = pd.DataFrame(db.execute(_UNITS).fetchall(), columns=["unit", "name", "sector", "size", "batch"])
    units = units.set_index("unit")
    first: dict[str, str] = {}
    for period, unit in db.execute("SELECT DISTINCT period, unit FROM live_observation"):
        first[unit] = min(first.get(unit, period), period, key=period_key)
    values, cells, derived, figures = {}, {}, {}, derive(db, periods, framework)
    for period in periods:
        members = [u for u in units.index if u in first and period_key(first[u]) <= period_key(period)]
        table = _cells(db, period)
        table = table[table["unit"].isin(members) & table["indicator"].isin(framework.columns)]
        cells[period] = table
        mine = figures[(figures["period"] == period) & figures["unit"].isin(members)].drop(columns="period")
        used, derived[period] = choose(table, mine, prefer)
        block = values_from_long(used, members, framework.columns)
        values[period] = replace(block, groups=groups_of(units.loc[members, "sector"]))
    adjustments = _adjustments(db, periods)
    demo = db.execute("SELECT id FROM batch WHERE demo AND revoked_at IS NULL").fetchall()
    return Panel(units, values, cells, adjustments, derived, frozenset(row[0] for row in demo))


def groups_of(sectors: Iterable[str]) -> tuple[str, ...] | None:
    """The units' sectors as groups; None where no unit has one, so that a method of groups says that it lacks them."""
    groups = tuple(sectors)
    return groups if any(groups) else None


def rests_on(framework: Framework, policy: Policy, period: str, have: Sequence[str]) -> list[str]:
    """The periods among `have`, in time order, on which a period's scores rest.

    Its own, those on which data-driven bounds rest, and for each of these the ones from which its gaps are filled: the earlier ones
    where a value is carried, all of them where it is interpolated.
    """
    base = policy.pool.removeprefix("base:")
    pool = list(have) if policy.pool == "all" else [p for p in have if p in (period, base)]
    methods = {method_of(n, policy) for n in framework.indicators}
    if "linear" in methods:
        return list(have)
    if "carry" in methods:
        return list(have[: have.index(pool[-1]) + 1]) if pool else []
    return pool


def data_digest(panel: Panel, pool: Iterable[str], period: str) -> str:
    """SHA-256 over the values, states and units that a period's scores rest on, and the period's adjustments.

    What ledgers gave is covered where they gave anything.
    """
    mine = panel.adjustments[panel.adjustments["period"] == period].drop(columns="batch")
    digest = hashlib.sha256(_canonical(mine))
    for name in sorted(pool, key=period_key):
        block = panel.values[name]
        facts = panel.facts(name)[["name", "sector", "size"]].reset_index()
        digest.update(json.dumps([name, block.indicators], ensure_ascii=False).encode() + _canonical(facts))
        digest.update((block.matrix + 0.0).astype("<f8").tobytes() + block.states.tobytes())
        if len(figures := panel.derived[name].drop(columns="demo")):
            digest.update(_canonical(figures))
    return digest.hexdigest()


def _canonical(table: pd.DataFrame) -> bytes:
    rows = table.astype(object).where(table.notna(), None).to_numpy().tolist()
    return json.dumps(rows, ensure_ascii=False).encode()


def _required_framework(db: Database) -> tuple[int, Framework, Policy]:
    current = current_framework(db)
    if current is None:
        raise ReleaseError("库中没有指标体系，不能发布；请先运行 init，或导入指标体系")
    return current


def _wanted(periods: Iterable[str] | None, have: Sequence[str]) -> list[str]:
    if not have:
        raise ReleaseError("库中没有数据，不能发布；请先用 import 导入")
    wanted = [have[-1]] if periods is None else sorted(set(periods), key=period_key)
    if lacking := [p for p in wanted if p not in have]:
        raise ReleaseError(f"考核期 {'、'.join(lacking)} 没有数据，不能发布；有数据的考核期：{'、'.join(have)}")
    return wanted


def _cells(db: Database, period: str) -> pd.DataFrame:
    table = table_of(db.execute(_CELLS, [period]))
    return table.assign(state=np.array(STATES, object)[table["state"].to_numpy(int)])


def _adjustments(db: Database, periods: Sequence[str]) -> pd.DataFrame:
    table = table_of(db.execute(_ADJUSTMENTS))
    return table[table["period"].isin(periods)]


def _serve(db: Database, period: str, release: int) -> None:
    db.execute(
        "INSERT INTO service (period, release) VALUES (?, ?) ON CONFLICT (period) DO UPDATE SET release = excluded.release",
        (period, release),
    )
