"""A write that somebody asked for by a button: the right again, errors as messages, and what was done, told once."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from scoring.errors import ScoringError
from store.errors import StoreError
from store.people.roles import Person
from ui.user import require
from ui.wording import text

_SAID = "_act_said"


def act(right: str, do: Callable[[Person], str], doing: str) -> bool:
    """Do it as the person of this visit; whether it was done. `do` gives the sentence that says what was done."""
    try:
        person = require(right)
        with st.spinner(f"{doing}…"):
            st.session_state[_SAID] = "good", do(person)
    except (StoreError, ScoringError) as error:
        st.session_state[_SAID] = "bad", str(error)
        return False
    return True


def told() -> None:
    """What came of the last write, once."""
    kind, words = st.session_state.pop(_SAID, ("", ""))
    if words:
        (st.success if kind == "good" else st.error)(text(words, 600))
