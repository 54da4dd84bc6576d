"""Values from records: every figure of a view, for every unit whose ledger was kept in a period."""

from __future__ import annotations

import json
from collections.abc import Iterable
from string import Template

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.movement import period_days

from ..connection import table_of
from .views import BELONGS, PER, View, indicator_views

COLUMNS = ("period", "unit", "indicator", "numerator", "denominator", "value", "demo")

_RECORDS = Template("""
WITH asked(period, first, last, months) AS MATERIALIZED (
    SELECT json_extract(value, '$$[0]'), json_extract(value, '$$[1]'), json_extract(value, '$$[2]'), json_extract(value, '$$[3]')
    FROM json_each(?1)
),
recent AS MATERIALIZED (SELECT * FROM current_$ledger WHERE $mine),
placed AS MATERIALIZED (SELECT asked.*, recent.* FROM recent JOIN asked ON $belongs)
""")
# A unit without any record of the ledger in a period has no figure, not a 0: its ledger was not kept, or has not come yet.
_KEPT = """, kept AS MATERIALIZED (
    SELECT period, months, placed.unit, size, max(demo) AS demo
    FROM placed JOIN batch ON batch.id = placed.batch JOIN unit ON unit.code = placed.unit WHERE unit.active
    GROUP BY period, placed.unit
)"""
_FIGURE = Template("""
SELECT period, unit, '$key' AS "view", total(numerator) AS numerator, $denominator AS denominator, max(demo) AS demo
FROM kept LEFT JOIN ($sql) USING (period, unit) GROUP BY period, unit
""")
_PLACED = "SELECT DISTINCT batch FROM placed"
_COUNTED = Template("SELECT period, ref, numerator, denominator FROM ($sql) WHERE ?3 IN ('', ref)")


def derive(db: Database, periods: Iterable[str], framework: Framework, unit: str = "") -> pd.DataFrame:
    """What the records say now of some periods, of one unit or of all: period, unit, indicator, numerator, denominator, value, demo.

    `value` is NaN where the figure does not apply: the denominator is 0, or NaN where a unit's size is not known. `demo`: whether
    any of the unit's records of the period came with the demo. A period without days of its own (a text) has no rows.
    Raises FrameworkError for an unknown view.
    """
    wanted = indicator_views(framework)
    views = {view.key: view for view in wanted.values()}
    asked, ledgers = _asked(periods), dict.fromkeys(v.ledger for v in views.values())
    tables = [_figures(db, asked, [v for v in views.values() if v.ledger == name], unit) for name in ledgers]
    figures = pd.concat([pd.DataFrame(columns=["period", "unit", "view", "numerator", "denominator", "demo"]), *tables])
    users = pd.DataFrame([(code, view.key, view.factor) for code, view in wanted.items()], columns=["indicator", "view", "factor"])
    found = figures.merge(users, on="view").astype({"numerator": float, "denominator": float, "factor": float, "demo": bool})
    above = found["denominator"] > 0
    found["value"] = (found["factor"] * found["numerator"] / found["denominator"].where(above)).where(above, np.nan)
    return found.sort_values(["period", "unit", "indicator"], ignore_index=True)[list(COLUMNS)]


def derived_values(db: Database, period: str, framework: Framework, unit: str = "") -> pd.DataFrame:
    """`derive` for one period: unit, indicator, numerator, denominator, value (NaN: not applicable)."""
    return derive(db, [period], framework, unit).drop(columns=["period", "demo"])


def record_batches(db: Database, periods: Iterable[str], framework: Framework) -> set[int]:
    """Batches of the records that belong to some periods, of the ledgers from which a framework derives values."""
    ledgers, asked = dict.fromkeys(v.ledger for v in indicator_views(framework).values()), _asked(periods)
    return {row[0] for name in ledgers for row in db.execute(f"{_with(name, '1')} {_PLACED}", [asked])}


def counted_records(
    db: Database, view: View, periods: Iterable[str], unit: str, ref: str | None = None
) -> pd.DataFrame:
    """The records of a unit (or one of them) that a view counts: period, ref, numerator, denominator (a record's own shares)."""
    sql = _with(view.ledger, "unit = ?2") + _COUNTED.substitute(sql=view.sql)
    return table_of(db.execute(sql, [_asked(periods), unit, ref or ""]))


def _figures(db: Database, asked: str, views: list[View], unit: str) -> pd.DataFrame:
    """The figures of views of one ledger, which is read once; of one unit where it is given."""
    mine, parameters = ("unit = ?2", [asked, unit]) if unit else ("1", [asked])
    parts = [_FIGURE.substitute(key=v.key, denominator=PER[v.per].sql, sql=v.sql) for v in views]
    return table_of(db.execute(_with(views[0].ledger, mine) + _KEPT + "UNION ALL".join(parts), parameters))


def _with(ledger: str, mine: str) -> str:
    return _RECORDS.substitute(ledger=ledger, mine=mine, belongs=BELONGS[ledger].sql)


def _asked(periods: Iterable[str]) -> str:
    """The periods that have days as JSON: name, first day, last day, months."""
    spans = {p: days for p in periods if (days := period_days(p))}
    months = {p: (last.year - first.year) * 12 + last.month - first.month + 1 for p, (first, last) in spans.items()}
    return json.dumps([[p, first.isoformat(), last.isoformat(), months[p]] for p, (first, last) in spans.items()])
