"""From a figure down to its records, and from a record up to the figures that it feeds."""

from __future__ import annotations

from string import Template

import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework

from ..connection import table_of
from ..errors import StoreError
from ..frameworks.in_force import framework_for, frameworks_for, with_framework
from ..ledgers.deriving import counted_records
from ..ledgers.specification import LEDGERS
from ..ledgers.views import indicator_views
from .panel import data_periods

_CURRENT = Template("SELECT l.*, batch.file FROM current_$ledger AS l JOIN batch ON batch.id = l.batch WHERE l.unit = ? ORDER BY ref")


def records_behind(
    db: Database, period: str, unit: str, indicator: str, framework: Framework | None = None
) -> pd.DataFrame:
    """The records that an indicator's figure of a unit and period counts, by ref; no rows where it names no view.

    Columns: ref, the ledger's fields, numerator and denominator (what the record adds to each; where the denominator is the unit's,
    such as months or members, a record adds 0), counts (whether it adds to the numerator), batch, file, sheet, row.
    `framework`: the one in force for the period when left out. Raises StoreError for an unknown indicator, FrameworkError for an unknown view.
    """
    framework = framework or _framework(db, period)
    if indicator not in framework:
        raise StoreError(f"指标体系中没有指标 {indicator}；已有：{'、'.join(n.code for n in framework.indicators[:8])}……")
    view = indicator_views(framework).get(indicator)
    if view is None:
        return pd.DataFrame(columns=["ref", "numerator", "denominator", "counts", "batch", "file", "sheet", "row"])
    fields = [f.name for f in LEDGERS[view.ledger].fields]
    shares = counted_records(db, view, [period], unit).astype({"numerator": float, "denominator": float})
    records = table_of(db.execute(_CURRENT.substitute(ledger=view.ledger), [unit]))
    found = records.merge(shares, on="ref").assign(counts=lambda t: t["numerator"] > 0)
    return found[["ref", *fields, "numerator", "denominator", "counts", "batch", "file", "sheet", "row"]]


def feeds(db: Database, ledger: str, unit: str, ref: str) -> list[tuple[str, str]]:
    """The (indicator, period) of the figures that a record is counted in, where periods have values, each by its own framework.

    By version of the framework, by indicator in its order, then in time. Raises StoreError for an unknown ledger.
    """
    if ledger not in LEDGERS:
        raise StoreError(f"没有台账 {ledger!r}；可用：{'、'.join(LEDGERS)}")
    found = []
    for (_, framework, _), periods in frameworks_for(db, with_framework(db, data_periods(db))):
        for indicator, view in indicator_views(framework).items():
            if view.ledger == ledger:
                mine = set(counted_records(db, view, periods, unit, ref)["period"])
                found += [(indicator, p) for p in periods if p in mine]
    return found


def _framework(db: Database, period: str) -> Framework:
    version = framework_for(db, period)
    if version is None:
        raise StoreError(f"考核期 {period} 没有可用的指标体系；请先导入指标体系")
    return version[1]
