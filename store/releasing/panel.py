"""What scoring some periods needs, read from the store: units, values, derived figures, adjustments; and the digest of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.imputation import method_of
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.values import MISSING, STATES, VALUE, Values

from ..connection import table_of
from ..grouping import blocks
from ..ledgers.choosing import choose
from ..ledgers.deriving import derive

_UNITS = """
SELECT code, name, area, sector, size, (SELECT max(batch) FROM live_unit_record AS live WHERE live.code = unit.code)
FROM unit WHERE active ORDER BY code
"""
# A unit belongs to every period from its first reported one on; one that was brought from a city's releases, to the periods of
# these, whatever else it is known by.
_MEMBERS = """
SELECT code FROM unit WHERE active AND CASE
    WHEN EXISTS (SELECT 1 FROM origin_unit AS o JOIN origin ON origin.id = o.origin JOIN batch ON batch.id = origin.batch
        WHERE o.unit = unit.code AND revoked_at IS NULL)
    THEN EXISTS (SELECT 1 FROM origin_unit AS o JOIN origin ON origin.id = o.origin JOIN batch ON batch.id = origin.batch
        WHERE o.unit = unit.code AND revoked_at IS NULL AND origin.period = :period)
    ELSE EXISTS (SELECT 1 FROM live_observation AS seen
        WHERE seen.unit = unit.code AND seen.period IN (SELECT value FROM json_each(:until))) END
ORDER BY code
"""
# From one period to the next by look-up: a period holds millions of rows.
_PERIODS = """
WITH RECURSIVE found(period) AS (
    SELECT min(period) FROM observation
    UNION ALL SELECT (SELECT min(period) FROM observation WHERE observation.period > found.period) FROM found WHERE period IS NOT NULL
)
SELECT period FROM found WHERE EXISTS (SELECT 1 FROM live_observation WHERE live_observation.period = found.period)
"""
_CELLS = "SELECT unit, indicator, state, value, batch FROM current_value WHERE period = ?"
_BLOCK = 50_000  # rows of a table that are turned into a text at once
_ADJUSTMENTS = "SELECT period, unit, kind, points, reason, document, batch FROM current_adjustment"


@dataclass(frozen=True)
class Panel:
    """All that scoring some periods needs: units (index code), values, batches and derived figures of periods, adjustments of all.

    `values`: what is scored. `batches`: those of the reported cells. `derived`: what ledgers gave, and whether it was `used`.
    """

    units: pd.DataFrame
    values: dict[str, Values]
    batches: dict[str, frozenset[int]]
    adjustments: pd.DataFrame
    derived: dict[str, pd.DataFrame]
    demo_batches: frozenset[int] = field(default_factory=frozenset)

    def facts(self, period: str) -> pd.DataFrame:
        """Facts of the units that belong to a period."""
        mine = self.values[period].units
        return self.units if len(mine) == len(self.units) else self.units.loc[list(mine)]

    def is_demo(self, periods: Iterable[str]) -> bool:
        """Whether any unit, value, adjustment or record of these periods came from the demo."""
        periods = list(periods)
        found = set(self.adjustments.loc[self.adjustments["period"].isin(periods), "batch"])
        found = found.union(*(self.batches[p] | set(self.facts(p)["batch"].unique()) for p in periods))
        return bool(self.demo_batches & found) or any(self.derived[p]["demo"].any() for p in periods)


def data_periods(db: Database) -> list[str]:
    """Periods for which a live batch has values, in time order."""
    return sorted((row[0] for row in db.execute(_PERIODS)), key=period_key)


def load_panel(db: Database, framework: Framework, periods: Sequence[str], prefer: str = "reported") -> Panel:
    """Current values, units and adjustments of some periods. A unit belongs to every period from its first reported one on; one that
    was rolled up, to those in which its city had published it.

    `prefer`: as in `Policy`. Raises FrameworkError where an indicator asks for a view of a ledger that there is none of.
    """
    columns = ["unit", "name", "area", "sector", "size", "batch"]
    parts = [pd.DataFrame(rows, columns=columns) for rows in blocks(db.execute(_UNITS))]
    units = (pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)).set_index("unit")
    values, batches, derived, figures = {}, {}, {}, derive(db, periods, framework)
    have = data_periods(db)
    for period in periods:
        until = [p for p in have if period_key(p) <= period_key(period)]
        members = [row[0] for row in db.execute(_MEMBERS, {"period": period, "until": json.dumps(until)})]
        mine = figures[(figures["period"] == period) & figures["unit"].isin(members)].drop(columns="period")
        grid, found = Grid(members, framework.columns), set()
        for block in blocks(db.execute(_CELLS, [period])):
            *cells, brought = zip(*block, strict=True)
            found.update(np.unique(np.array(brought)[grid.put(*cells)]).tolist())
        batches[period] = frozenset(found)
        derived[period] = grid.fill(mine, prefer)
        sectors = units["sector"] if len(members) == len(units) else units.loc[members, "sector"]
        values[period] = Values(tuple(members), framework.columns, grid.matrix, grid.states, groups_of(sectors))
    adjustments = _adjustments(db, periods)
    demo = db.execute("SELECT id FROM batch WHERE demo AND revoked_at IS NULL").fetchall()
    return Panel(units, values, batches, adjustments, derived, frozenset(row[0] for row in demo))


class Grid:
    """The cells of a period in the making: `matrix` and `states` (n_units, n_columns) as in `Values`, missing where nothing was put."""

    def __init__(self, units: Sequence[str], columns: Sequence[str]):
        self.rows = {unit: k for k, unit in enumerate(units)}
        self.columns = {code: k for k, code in enumerate(columns)}
        self.matrix = np.full((len(units), len(columns)), np.nan, order="F")
        self.states = np.full(self.matrix.shape, MISSING, np.int8, order="F")

    def put(
        self, units: Sequence[str], indicators: Sequence[str], states: Sequence[int], values: Sequence[float | None]
    ) -> np.ndarray:
        """Put cells in; which of them (n_cells,) are of the units and columns, the others being passed over."""
        rows, columns = self._places(units, indicators)
        mine = (rows >= 0) & (columns >= 0)
        self.states[rows[mine], columns[mine]] = np.array(states, np.int8)[mine]
        self.matrix[rows[mine], columns[mine]] = np.array(values, float)[mine]
        return mine

    def fill(self, derived: pd.DataFrame, prefer: str) -> pd.DataFrame:
        """Put in the derived figures that are scored; `derived` with `used`."""
        rows, columns = self._places(derived["unit"], derived["indicator"])
        said = np.array(STATES, object)[self.states[rows, columns]]
        taken, derived = choose(derived[["unit", "indicator"]].assign(state=said, value=np.nan), derived, prefer)
        used = derived["used"].to_numpy(bool)
        chosen = taken.iloc[len(taken) - used.sum() :]
        self.states[rows[used], columns[used]] = pd.Index(STATES).get_indexer(chosen["state"])
        self.matrix[rows[used], columns[used]] = np.where(chosen["state"] == STATES[VALUE], chosen["value"].to_numpy(float), np.nan)
        return derived

    def _places(self, units: Iterable[str], indicators: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of cells, −1 for a unit or an indicator that is not looked for."""
        return (
            np.fromiter(map(self.rows.get, units, repeat(-1)), np.int64),
            np.fromiter(map(self.columns.get, indicators, repeat(-1)), np.int64),
        )


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

    What ledgers gave is covered where they gave anything, areas where units lie in any.
    """
    mine = panel.adjustments[panel.adjustments["period"] == period].drop(columns="batch")
    digest = hashlib.sha256()
    _update(digest, mine)
    for name in sorted(pool, key=period_key):
        block = panel.values[name]
        facts = panel.facts(name)
        digest.update(json.dumps([name, block.indicators], ensure_ascii=False).encode())
        _update(digest, facts[["name", "sector", "size"]].reset_index())
        if (facts["area"] != "").any():
            _update(digest, facts[["area"]])
        for order in (block.matrix + 0.0).astype("<f8"), block.states:
            digest.update(np.ascontiguousarray(order))
        if len(figures := panel.derived[name].drop(columns="demo")):
            _update(digest, figures)
    return digest.hexdigest()


def _update(digest: hashlib._Hash, table: pd.DataFrame) -> None:
    """Let a digest cover a table: its rows as one JSON list, so many at a time."""
    update_json(digest, (_plain_rows(table.iloc[at : at + _BLOCK]) for at in range(0, len(table), _BLOCK)), ", ")


def _plain_rows(table: pd.DataFrame) -> list[list]:
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


def update_json(digest: hashlib._Hash, parts: Iterable[list], between: str) -> None:
    """Let a digest cover the JSON list of all rows of the parts. `between`: what stands between items, "," or ", "."""
    digest.update(b"[")
    for k, rows in enumerate(parts):
        text = json.dumps(rows, ensure_ascii=False, separators=(between, ": "))[1:-1]
        digest.update((between * (k > 0) + text).encode())
    digest.update(b"]")


def _adjustments(db: Database, periods: Sequence[str]) -> pd.DataFrame:
    table = table_of(db.execute(_ADJUSTMENTS))
    return table[table["period"].isin(periods)]
