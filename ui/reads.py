"""Every cached read of the store, but for those of the desk's pages (`desk_reads`) and of large stores (`scope_reads`). The only cache.

A release never changes, so its tables are kept by the store's path and the release's digest; what may change beside it is kept by
the stamp of the store's data, so that a new release shows without a restart. No table is ever hashed.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from scoring.case import Case
from scoring.framework import Framework
from scoring.guidance import lost_points
from store.connection import reader
from store.guidance import current_guidance
from store.ledgers.deriving import derived_values
from store.ledgers.reading import current_records
from store.releasing import cases, reading, robustness, walking
from store.releasing.releases import releases as all_releases
from store.stamp import data_stamp
from ui.wording import told_apart

if TYPE_CHECKING:
    from scoring.audit import Check
    from scoring.uncertainty import Uncertainty


def stamp(path: Path) -> tuple:
    """What changes when the store's data do."""
    return data_stamp(path)


@st.cache_resource(max_entries=16, show_spinner=False)
def served(path: str, stamp: tuple) -> pd.DataFrame:
    """The releases that are served, one a period, in time order."""
    with reader(Path(path)) as db:
        return reading.served(db)


@st.cache_resource(max_entries=16, show_spinner=False)
def releases(path: str, stamp: tuple) -> pd.DataFrame:
    """All releases, the last first."""
    with reader(Path(path)) as db:
        return all_releases(db)


@st.cache_resource(max_entries=200, show_spinner="正在读取发布…")
def release(path: str, digest: str, number: int, what: str) -> Any:
    """One of a release's tables, or its framework and policy. Units of one name in several areas are told apart."""
    with reader(Path(path)) as db:
        found = reading.TABLES[what](db, number)
    return told_apart(found) if what == "units" else found


@st.cache_resource(max_entries=64, show_spinner=False)
def stated(path: str, digest: str, number: int) -> Framework:
    """The framework of a release as it was imported."""
    with reader(Path(path)) as db:
        return reading.stated_framework(db, number)[0]


@st.cache_resource(max_entries=32, show_spinner="正在读取发布…")
def case(path: str, moves: tuple, digest: str, number: int) -> Case:
    """A release as a case. `moves`: a stamp where it rests on the releases of other periods, else ()."""
    with reader(Path(path)) as db:
        return cases.release_case(db, number)


@st.cache_resource(max_entries=32, show_spinner=False)
def uncertainty(path: str, stamp: tuple, number: int) -> "Uncertainty | None":
    """By the store's stamp, not the release's digest: a release may be measured long after it was frozen."""
    with reader(Path(path)) as db:
        return robustness.release_uncertainty(db, number)


@st.cache_resource(max_entries=16, show_spinner="正在读取台账…")
def records(path: str, stamp: tuple, ledger: str) -> pd.DataFrame:
    """What a ledger holds now."""
    with reader(Path(path)) as db:
        return current_records(db, ledger)


@st.cache_resource(max_entries=200, show_spinner=False)
def unit_records(path: str, stamp: tuple, ledger: str, unit: str) -> pd.DataFrame:
    """What a ledger holds now of one unit."""
    with reader(Path(path)) as db:
        return current_records(db, ledger, unit)


@st.cache_resource(max_entries=200, show_spinner=False)
def reported(path: str, digest: str, number: int, unit: str) -> pd.DataFrame:
    """A unit's cells of a release as they were reported."""
    with reader(Path(path)) as db:
        return reading.reported_cells(db, number, unit)


@st.cache_resource(max_entries=200, show_spinner="正在由台账推算…")
def derived_now(path: str, stamp: tuple, number: int, period: str, unit: str) -> pd.DataFrame:
    """What the ledgers say now of a release's period, of one unit or ("") of all, by its own framework."""
    with reader(Path(path)) as db:
        return derived_values(db, period, reading.stated_framework(db, number)[0], unit)


@st.cache_resource(max_entries=200, show_spinner="正在读取台账…")
def behind(path: str, stamp: tuple, number: int, period: str, unit: str, indicator: str) -> pd.DataFrame:
    """The records that a figure of a release's period counts now, by its own framework."""
    with reader(Path(path)) as db:
        return walking.records_behind(db, period, unit, indicator, reading.stated_framework(db, number)[0])


@st.cache_resource(max_entries=200, show_spinner="正在读取台账…")
def feeds(path: str, stamp: tuple, ledger: str, unit: str, ref: str) -> list[tuple[str, str]]:
    """The (indicator, period) of the figures that a record is counted in."""
    with reader(Path(path)) as db:
        return walking.feeds(db, ledger, unit, ref)


@st.cache_resource(max_entries=16, show_spinner=False)
def guidance(path: str, stamp: tuple) -> pd.DataFrame:
    """The guidance in force."""
    with reader(Path(path)) as db:
        return current_guidance(db)


@st.cache_resource(max_entries=32, show_spinner="正在分解失分…")
def lost(path: str, moves: tuple, digest: str, number: int) -> pd.DataFrame:
    """Index points that every unit of a release loses, by indicator; arguments as `case`."""
    scored = case(path, moves, digest, number)
    return lost_points(scored, scored.values.units)


@st.cache_resource(max_entries=32, show_spinner="正在体检…")
def audit(path: str, moves: tuple, key: tuple[str, int], before: tuple[str, int] | None) -> "tuple[Check, ...]":
    """`key`, `before`: digest and number of a release and of the one of the period before."""
    from scoring import audit as auditing

    sizes = release(path, *key, "units")["size"]
    earlier = None if before is None else case(path, moves, *before)
    return tuple(auditing.audit(case(path, moves, *key), None if sizes.isna().all() else sizes, earlier))


@st.cache_resource(max_entries=8, show_spinner="正在读取历期结果…")
def history(path: str, keys: tuple[tuple[str, int, str], ...]) -> pd.DataFrame:
    """Units of some releases, (period, number, digest) each: from the releases themselves, since another list may be served by now."""
    return stacked([release(path, digest, number, "units") for _, number, digest in keys], keys)


def stacked(units: list[pd.DataFrame], keys: tuple[tuple[str, int, str], ...]) -> pd.DataFrame:
    """Units of releases one under another, under period, release and unit."""
    tables = [table.reset_index() for table in units]
    for table, (period, number, _) in zip(tables, keys, strict=True):
        table.insert(0, "release", number)
        table.insert(0, "period", period)
    return pd.concat(tables, ignore_index=True)
