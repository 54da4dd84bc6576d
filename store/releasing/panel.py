"""What scoring some periods needs, read from the store: units, values, derived figures, adjustments; and the digest of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.imputation import method_of
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.values import STATES, Values, values_from_long

from ..connection import table_of
from ..ledgers.choosing import choose
from ..ledgers.deriving import derive

_UNITS = """
SELECT code, name, sector, size, (SELECT max(batch) FROM live_unit_record AS live WHERE live.code = unit.code)
FROM unit WHERE active ORDER BY code
"""
_CELLS = "SELECT unit, indicator, state, value, batch, sheet, cell FROM current_value WHERE period = ?"
_ADJUSTMENTS = "SELECT period, unit, kind, points, reason, document, batch FROM current_adjustment"


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


def _cells(db: Database, period: str) -> pd.DataFrame:
    table = table_of(db.execute(_CELLS, [period]))
    return table.assign(state=np.array(STATES, object)[table["state"].to_numpy(int)])


def _adjustments(db: Database, periods: Sequence[str]) -> pd.DataFrame:
    table = table_of(db.execute(_ADJUSTMENTS))
    return table[table["period"].isin(periods)]
