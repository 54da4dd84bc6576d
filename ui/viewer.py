"""What is looked at: the store at one of the periods that it serves, as a view for the person who looks."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from scoring.policy import Policy
from store.connection import store_path
from store.errors import StoreError
from store.people.roles import Person
from store.size import LARGE
from ui import preview, reads
from ui.user import current_user
from ui.view import View


class NothingServed(StoreError):
    """The store is sound but serves no release yet."""


class NoneInUse(NothingServed):
    """The store has releases, but none of them is served: drafts, or what was withdrawn."""


def large(served: pd.DataFrame) -> bool:
    """Whether a store has releases of more units than a page reads. served: as of a View."""
    return bool(served["units"].max() > LARGE)


def store() -> Path:
    """Where the store lies: for pages that look after it, whatever it serves."""
    return store_path()


def latest(person: Person | None = None) -> View:
    """The store at its newest served period, with the draft that is looked at. Raises StoreError, NothingServed where there is none.

    person: who looks, where that is not the one of this visit: the command line has no visit.
    """
    path = store_path()
    served = preview.in_place(path, reads.served(str(path), reads.stamp(path)))
    if served.empty:
        if made := len(reads.releases(str(path), reads.stamp(path))):
            raise NoneInUse(f"库 {path} 里有 {made} 号草稿或已撤回的发布，没有在用的；请在 数据管理 › 发布 中发布草稿，或改用一号旧发布")
        raise NothingServed(f"库 {path} 里还没有发布；请运行 python manage.py publish --all")
    period, only = served["period"].iloc[-1], (person or current_user()).only_unit
    if large(served):
        from ui import scope  # its views are Views, too

        return scope.part_of(path, served, period, only)
    if only is None:
        return View(path, served, period)
    from ui.own_view import OwnView

    return OwnView(path, served, period, only)


def current() -> View:
    """The store at the period that is chosen in the header. Raises StoreError."""
    view = latest()
    return view.at(st.session_state.get("period")) or view


def words() -> Mapping[str, str]:
    """What the store in view calls a unit, sector, period, dimension, index; the usual words where nothing is served. Raises StoreError."""
    try:
        return current().words
    except NothingServed:
        return Policy().words
