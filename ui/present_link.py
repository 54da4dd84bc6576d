"""A meeting ↔ the link and the session: its slides in order, which one is shown, and how.

In the link: `slides` (once for each slide), `name`, `stage`, `at` (1 is the first), `open` (the slide that a click opened beside it),
`ground`, `pace` (seconds a slide, where it turns by itself), `mask` and `notes`. A key stands there only where it says something.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from ui import address
from ui.wording import clean

COMPOSE, SHOW, WALL = "compose", "show", "wall"
GROUNDS = {"light": "浅色", "dark": "深色"}
PACES = (0, 10, 15, 20, 30, 60)
SLOWEST, MOST = 3600, 200  # seconds a slide; slides of a link
_WALL_PACE = 20  # seconds a slide on a wall for which no pace was chosen: nobody stands before it
OPEN, _UNIT = "open:", "unit:"  # what a click says before a unit's code, and the code of the slide that it opens
_KEYS = ("slides", "name", "stage", "at", "open", "ground", "pace", "mask", "notes")
_SHOWN, _ACTED, _PAUSED, _TURNED, _ROUND = "_meeting", "_meeting_acted", "_meeting_paused", "_meeting_turned", "_meeting_round"


@dataclass(frozen=True)
class Showing:
    """A meeting and what is shown of it. `at`: place of the slide, 0 the first; `pace`: 0 where a person turns."""

    slides: tuple[str, ...] = ()
    name: str = ""
    stage: str = COMPOSE
    at: int = 0
    opened: str = ""
    ground: str = "light"
    pace: int = 0
    mask: bool = False
    notes: bool = False

    @property
    def code(self) -> str:
        """Code of the slide that is shown; "" where there is none."""
        return self.opened or (self.slides[self.at] if self.slides else "")

    @property
    def seconds(self) -> int:
        """Seconds a slide; 0 where a person turns."""
        return self.pace or (_WALL_PACE if self.stage == WALL else 0)

    @property
    def number(self) -> str:
        """The slide's number, as it stands on it."""
        place = f"{min(self.at + 1, len(self.slides))} / {len(self.slides)}"
        return f"↩ {place}" if self.opened else place


def written(showing: Showing) -> dict[str, list[str]]:
    """What the link says, a list a key; a key with none stays out of it."""
    found = {
        "slides": list(showing.slides),
        "name": [showing.name] if showing.name else [],
        "stage": [showing.stage],
        "at": [str(showing.at + 1)] if showing.at else [],
        "open": [showing.opened] if showing.opened else [],
        "ground": [showing.ground] if showing.ground != "light" else [],
        "pace": [str(showing.pace)] if showing.pace else [],
        "mask": ["yes"] if showing.mask else [],
        "notes": ["yes"] if showing.notes else [],
    }
    return {key: found[key] for key in _KEYS}


def read(said: Mapping[str, Sequence[str]]) -> Showing:
    """What a link says; whatever it says that cannot be is left out."""
    first = {key: values[0] for key, values in said.items() if values}
    slides = tuple(clean(code, 200) for code in said.get("slides", ())[:MOST] if code)
    stage = first.get("stage", COMPOSE)
    return Showing(
        slides,
        clean(first.get("name", ""), 40),
        stage if stage in (SHOW, WALL) else COMPOSE,
        min(max(_whole(first.get("at", "1")) - 1, 0), max(len(slides) - 1, 0)),
        clean(first.get("open", ""), 200),
        "dark" if first.get("ground") == "dark" else "light",
        min(_whole(first.get("pace", "0")), SLOWEST),
        first.get("mask") == "yes",
        first.get("notes") == "yes",
    )


def _whole(words: str) -> int:
    return int(words) if words.isdecimal() and len(words) < 9 else 0


def current(usual: Showing) -> Showing:
    """What is shown, from a new link or the session, else the usual meeting; for the run of a whole page.

    Without a stage in the address the page was opened from the navigation: a meeting never begins by itself.
    In a run that a control has asked for, the link says nothing: the browser may not have heard of the last address yet.
    """
    said, acted = address.given(_KEYS), st.session_state.pop(_ACTED, False)
    if said is not None and not acted:
        found = read(said)
        _put(found if found.slides else replace(found, slides=usual.slides, name=found.name or usual.name))
    elif _SHOWN not in st.session_state:
        _put(usual)
    elif "stage" not in st.query_params and not acted:
        _put(replace(shown(), stage=COMPOSE, opened=""))
    return said_aloud()


def said_aloud() -> Showing:
    """What is shown, written into the address that this run will leave."""
    st.session_state.pop(_ACTED, None)
    address.put(written(shown()))
    return shown()


def shown() -> Showing:
    """What the session shows."""
    return st.session_state[_SHOWN]


def _put(showing: Showing) -> None:
    st.session_state.update({_SHOWN: showing, _TURNED: time.monotonic(), _ROUND: generation() + 1})


def generation() -> int:
    """A part of the keys of what is drawn anew on each slide: a figure that comes back forgets the click that left it."""
    return st.session_state.get(_ROUND, 0)


def change(**parts: object) -> None:
    """Shows something else from now on; for the callback of a control."""
    _put(replace(shown(), **parts))
    st.session_state[_ACTED] = True


def paused() -> bool:
    """Whether slides that turn by themselves are held."""
    return st.session_state.get(_PAUSED, False)


def act(what: str) -> None:
    """Does what a key, a button or a click asks: next, prev, first, last, leave, pause, notes, ground, or `open:` with a unit."""
    now = shown()
    last = max(len(now.slides) - 1, 0)
    if what.startswith(OPEN):
        change(opened=_UNIT + what.removeprefix(OPEN))
    elif what in ("leave", "prev") and now.opened:
        change(opened="")
    elif what == "leave":
        change(stage=COMPOSE)
    elif what in ("next", "prev", "first", "last"):
        place = {"next": now.at + 1, "prev": now.at - 1, "first": 0, "last": last}[what]
        change(at=min(max(place, 0), last), opened="")
    elif what == "notes":
        change(notes=not now.notes)
    elif what == "ground":
        change(ground="light" if now.ground == "dark" else "dark")
    elif what == "pause":
        st.session_state.update({_PAUSED: not paused(), _TURNED: time.monotonic()})


def turn_if_due() -> bool:
    """Turns to the next slide where its time has come: round and round on a wall, to the last in a meeting. Whether it turned.

    A slide that a person has opened stays in a meeting; a wall that nobody stands before goes on.
    """
    now = shown()
    due = time.monotonic() - st.session_state[_TURNED] >= now.seconds - 0.5
    if not now.seconds or paused() or not due or (now.stage == SHOW and (now.opened or now.at + 1 >= len(now.slides))):
        return False
    _put(replace(now, at=(now.at + 1) % max(len(now.slides), 1), opened=""))
    return True
