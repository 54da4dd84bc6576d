"""Cached reads of a store whose units lie in areas: what each area comes to, and what was published there."""

from contextlib import suppress
from pathlib import Path

import pandas as pd
import streamlit as st

from store.connection import reader
from store.errors import StoreError
from store.releasing import groups
from store.rolling import origins
from ui import reads


def in_store(path: Path) -> bool:
    """Whether the units of any served release lie in areas; not in a store that cannot be read: the page that is open says that."""
    with suppress(StoreError):
        return _in_store(str(path), reads.stamp(path))
    return False


@st.cache_resource(max_entries=16, show_spinner=False)
def _in_store(path: str, stamp: tuple) -> bool:
    with reader(Path(path)) as db:
        return origins.has_areas(db)


@st.cache_resource(max_entries=64, show_spinner=False)
def areas(path: str, digest: str, number: int) -> list[str]:
    """The paths of a release's areas."""
    with reader(Path(path)) as db:
        return origins.areas(db, number)


@st.cache_resource(max_entries=100, show_spinner=False)
def children(path: str, digest: str, number: int, within: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The groups in a group, and the mean of every node in each."""
    with reader(Path(path)) as db:
        return groups.children(db, number, within), groups.children_nodes(db, number, within)


@st.cache_resource(max_entries=100, show_spinner=False)
def group(path: str, digest: str, number: int, within: str) -> pd.Series | None:
    """What a group comes to."""
    with reader(Path(path)) as db:
        return groups.group(db, number, within)


@st.cache_resource(max_entries=64, show_spinner=False)
def published(path: str, digest: str, period: str) -> pd.DataFrame:
    """What each area had published of a period itself."""
    with reader(Path(path)) as db:
        return origins.origins(db, period)


@st.cache_resource(max_entries=400, show_spinner=False)
def published_of(path: str, digest: str, period: str, unit: str) -> pd.DataFrame:
    """Where a unit stood in what was published below."""
    with reader(Path(path)) as db:
        return origins.unit_origins(db, unit, period)
