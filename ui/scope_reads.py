"""Every cached read of a store that is too large to be read whole: one unit, one group, a page of a list.

Kept by the release's digest, as `reads`. What is browsed is without end, so each cache holds a bounded part of it.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from store.connection import reader
from store.errors import ReleaseError
from store.ledgers.reading import current_records
from store.releasing import finding, groups, reading, robustness, some_units
from ui.reads import stacked

if TYPE_CHECKING:
    from scoring.uncertainty import Uncertainty


@st.cache_resource(max_entries=64, show_spinner="正在读取发布…")
def part(path: str, digest: str, number: int, what: str, within: str) -> pd.DataFrame:
    """One of a release's tables, of the units of one group: of these, unlike of releases, there are thousands."""
    with reader(Path(path)) as db:
        return reading.TABLES[what](db, number, within=within)


@st.cache_resource(max_entries=6, show_spinner="正在读取发布…")
def part_cells(path: str, digest: str, number: int, within: str) -> pd.DataFrame:
    """The cells of a group's units: as large as all its other tables."""
    with reader(Path(path)) as db:
        return reading.TABLES["cells"](db, number, within=within)


@st.cache_resource(max_entries=400, show_spinner=False)
def one_unit(path: str, digest: str, number: int, what: str, unit: str) -> pd.DataFrame:
    """One of a release's tables, of one unit."""
    with reader(Path(path)) as db:
        return some_units.TABLES[what](db, number, [unit])


@st.cache_resource(max_entries=100, show_spinner=False)
def unit_history(path: str, keys: tuple[tuple[str, int, str], ...], unit: str) -> pd.DataFrame:
    """One unit over some releases, as `history`."""
    with reader(Path(path)) as db:
        return some_units.unit_history(db, [(period, number) for period, number, _ in keys], unit)


@st.cache_resource(max_entries=32, show_spinner=False)
def uncertainty(path: str, stamp: tuple, number: int, units: tuple[str, ...]) -> "Uncertainty | None":
    """How sure some units' ranks and tiers are, without pairs; None where nothing was measured."""
    with reader(Path(path)) as db:
        return robustness.release_uncertainty(db, number, units)


@st.cache_resource(max_entries=200, show_spinner=False)
def ties(path: str, digest: str, number: int, rank: float) -> int:
    """How many units of a release hold a rank."""
    with reader(Path(path)) as db:
        return some_units.ties(db, number, rank)


@st.cache_resource(max_entries=200, show_spinner=False)
def tier_begins(path: str, digest: str, number: int, tier: str, labels: tuple[str, ...]) -> float:
    """The lowest index by which a unit of a release is in a tier."""
    with reader(Path(path)) as db:
        return some_units.tier_begins(db, number, tier, labels)


@st.cache_resource(max_entries=1000, show_spinner=False)
def place(path: str, digest: str, number: int, unit: str) -> str | None:
    """The path of the group on which a unit hangs; None for one that is not in the release."""
    with reader(Path(path)) as db, suppress(ReleaseError):
        return groups.place_of(db, number, unit)
    return None


@st.cache_resource(max_entries=1000, show_spinner=False)
def group(path: str, digest: str, number: int, within: str) -> pd.Series | None:
    """What a group of units comes to; None where the release has no such group."""
    with reader(Path(path)) as db:
        return groups.group(db, number, within)


@st.cache_resource(max_entries=100, show_spinner=False)
def group_nodes(path: str, digest: str, number: int, within: str) -> pd.DataFrame:
    """Index node: scored, mean, q1, median, q3 of a group's units."""
    with reader(Path(path)) as db:
        return some_units.group_nodes(db, number, within)


@st.cache_resource(max_entries=100, show_spinner=False)
def children(path: str, digest: str, number: int, within: str) -> pd.DataFrame:
    """The groups in a group."""
    with reader(Path(path)) as db:
        return groups.children(db, number, within)


@st.cache_resource(max_entries=100, show_spinner=False)
def unit_page(path: str, digest: str, number: int, within: str, after: str | None, limit: int) -> pd.DataFrame:
    """Some units of a group, by rank, those that follow a unit."""
    with reader(Path(path)) as db:
        return groups.unit_page(db, number, within, after=after, limit=limit)


@st.cache_resource(max_entries=200, show_spinner=False)
def found(path: str, digest: str, number: int, text: str, limit: int) -> pd.DataFrame:
    """The units of a release that a text is meant for, index unit: code, part of a name, initials, pinyin."""
    with reader(Path(path)) as db:
        return finding.find_units(db, number, text, limit).set_index("unit")


@st.cache_resource(max_entries=16, show_spinner="正在读取台账…")
def part_records(path: str, stamp: tuple, ledger: str, units: tuple[str, ...]) -> pd.DataFrame:
    """What a ledger holds now of some units."""
    with reader(Path(path)) as db:
        return current_records(db, ledger, units)


@st.cache_resource(max_entries=16, show_spinner="正在读取历期结果…")
def part_history(path: str, keys: tuple[tuple[str, int, str], ...], within: str) -> pd.DataFrame:
    """Units of a group over some releases, as `history`: in each those that hung on it then."""
    return stacked([part(path, digest, number, "units", within) for _, number, digest in keys], keys)
