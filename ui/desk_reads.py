"""What the pages of 数据管理 read of the store, kept as in `reads`: by the stamp of the store's data, what never changes by its number."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from store.chain import Verdict, verify
from store.connection import reader
from store.importing import contents
from store.importing import undoing as undo
from store.importing.batches import batches as all_batches
from store.importing.batches import current_framework, known
from store.importing.preview import state
from store.releasing import drafts, groups
from store.releasing.appeals import appeal_events as events_of
from store.releasing.appeals import appeals as all_appeals
from store.releasing.appeals import corrections, reissues
from store.releasing.finding import find_known_units, known_names
from store.settings import setting
from store.size import large

if TYPE_CHECKING:
    from scoring.publishing import Finding


@st.cache_resource(max_entries=8, show_spinner="正在核对各期数据…")
def period_states(path: str, stamp: tuple) -> pd.DataFrame:
    """How every period with data or a release stands."""
    with reader(Path(path)) as db:
        return drafts.periods(db)


@st.cache_resource(max_entries=32, show_spinner=False)
def changes_since(path: str, stamp: tuple, number: int) -> pd.DataFrame:
    """Batches that were brought in or undone since a release was made."""
    with reader(Path(path)) as db:
        return drafts.changes_since(db, number)


@st.cache_resource(max_entries=16, show_spinner="正在检查草稿…")
def findings(path: str, stamp: tuple, number: int) -> "list[Finding]":
    """The checks of a release before it is published."""
    return drafts.checked(number, Path(path))


@st.cache_resource(max_entries=16, show_spinner=False)
def appeals(path: str, stamp: tuple, only_unit: str | None) -> pd.DataFrame:
    """All appeals, or those of one unit."""
    with reader(Path(path)) as db:
        return all_appeals(db, only_unit)


@st.cache_resource(max_entries=64, show_spinner=False)
def appeal_events(path: str, stamp: tuple, number: int) -> pd.DataFrame:
    """What was said and done about an appeal."""
    with reader(Path(path)) as db:
        return events_of(db, number)


@st.cache_resource(max_entries=32, show_spinner=False)
def fitting(path: str, stamp: tuple, number: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Batches that may be an appeal's correction, and releases that may show it."""
    with reader(Path(path)) as db:
        return corrections(db, number), reissues(db, number)


@st.cache_resource(max_entries=16, show_spinner=False)
def batches(path: str, stamp: tuple) -> pd.DataFrame:
    """All batches, the last first."""
    with reader(Path(path)) as db:
        return all_batches(db)


@st.cache_resource(max_entries=32, show_spinner=False)
def batch_overview(path: str, batch: int) -> pd.DataFrame:
    """What kinds of things a batch brought; a batch never changes."""
    with reader(Path(path)) as db:
        return contents.overview(db, batch)


@st.cache_resource(max_entries=32, show_spinner=False)
def batch_rows(path: str, batch: int, kind: str, most: int) -> pd.DataFrame:
    """The first rows of a kind that a batch brought."""
    with reader(Path(path)) as db:
        return contents.first_rows(db, batch, kind, most)


@st.cache_resource(max_entries=32, show_spinner=False)
def resting(path: str, stamp: tuple, batch: int) -> pd.DataFrame:
    """The releases that rest on a batch."""
    with reader(Path(path)) as db:
        return contents.resting(db, batch)


@st.cache_resource(max_entries=8, show_spinner="正在试算撤销后的得分…")
def undoing(path: str, stamp: tuple, batch: int) -> undo.Effect:
    """Who would stand otherwise without a batch."""
    return undo.effect(batch, Path(path))


@st.cache_resource(max_entries=8, show_spinner=False)
def names(path: str, stamp: tuple) -> tuple[dict[str, str], dict[str, str]]:
    """Code → name of the units and of the framework's nodes as they are in force now."""
    with reader(Path(path)) as db:
        now = known(db)
    return dict(now.units), {node.code: node.name for node in now.framework.nodes} if now.framework else {}


@st.cache_resource(max_entries=64, show_spinner=False)
def names_of(path: str, stamp: tuple, units: tuple[str, ...]) -> dict[str, str]:
    """Code → name of some units."""
    with reader(Path(path)) as db:
        return known_names(db, list(units))


@st.cache_resource(max_entries=8, show_spinner=False)
def node_names(path: str, stamp: tuple) -> dict[str, str]:
    """Code → name of the nodes of the framework that is in force now."""
    with reader(Path(path)) as db:
        now = current_framework(db)
    return {node.code: node.name for node in now[1].nodes} if now else {}


@st.cache_resource(max_entries=64, show_spinner=False)
def found(path: str, stamp: tuple, text: str, most: int) -> pd.DataFrame:
    """The units of the register that a text is meant for, index unit."""
    with reader(Path(path)) as db:
        return find_known_units(db, text, most).set_index("unit")


@st.cache_resource(max_entries=8, show_spinner=False)
def is_large(path: str, stamp: tuple) -> bool:
    """Whether the store knows more units than a page reads."""
    with reader(Path(path)) as db:
        return large(db)


@st.cache_resource(max_entries=4, show_spinner="正在数全部单位的格…")
def lacking_cells(path: str, digest: str, number: int) -> pd.Series:
    """How many cells of a release were not reported, by the path on which their units hang."""
    with reader(Path(path)) as db:
        return groups.lacking_cells(db, number)


@st.cache_resource(max_entries=16, show_spinner=False)
def batch_state(path: str, stamp: tuple) -> tuple[int, int]:
    """What changes with every import and every revocation."""
    with reader(Path(path)) as db:
        return state(db)


@st.cache_resource(max_entries=4, show_spinner="正在核对日志…")
def chain_verdict(path: str, stamp: tuple) -> Verdict:
    """Whether the journal's chain is whole, and its end."""
    with reader(Path(path)) as db:
        return verify(db)


@st.cache_resource(max_entries=64, show_spinner=False)
def setting_now(path: str, stamp: tuple, key: str) -> int:
    """What is in force of a setting."""
    with reader(Path(path)) as db:
        return setting(db, key)
