"""A scenario ↔ the link and the session: one scenario is being tried at a time, and the link says all of it.

In the link `scenario` is always there: `release` (nothing is changed), `own` (what the other keys say), or the number of a kept one.
The other keys stand there only for what differs from the release: weight=CODE~30, normalisation, aggregation, missing, tiers, cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from store import scenarios
from store.connection import reader
from store.errors import ScenarioError
from ui import address
from ui.scenario import Settings, fitting
from ui.wording import clean, text

if TYPE_CHECKING:
    from ui.view import View

RELEASE, OWN = "release", "own"
_METHODS = ("normalisation", "aggregation", "missing", "tiers")
_KEYS = ("scenario", "weight", *_METHODS, "cut")
_TRIED, _ACTED, _ROUND = "_scenario", "_scenario_acted", "_scenario_round"


class Tried(NamedTuple):
    """What is being tried; `kept` is the scenario it was opened from, where nothing was changed since."""

    settings: Settings
    kept: scenarios.Scenario | None = None


def written(settings: Settings) -> dict[str, list[str]]:
    """Settings as the link and the store hold them: key → values; what is left alone is not there."""
    found = {
        "weight": [f"{code}~{points:g}" for code, points in settings.weights.items()],
        **{name: [value] for name in _METHODS if (value := getattr(settings, name))},
        "cut": [f"{cut:g}" for cut in settings.cuts],
    }
    return {key: values for key, values in found.items() if values}


def read(said: Mapping[str, Sequence[str]]) -> tuple[Settings, list[str]]:
    """Settings from what a link or the store says, and what is not a number there."""
    weights, cuts, odd = {}, [], []
    for part in said.get("weight", ()):
        code, _, points = str(part).rpartition("~")
        if (number := _number(points)) is None:
            odd.append(f"权重 {clean(part, 40)}")
        else:
            weights[code] = number
    for part in said.get("cut", ()):
        if (number := _number(part)) is None:
            odd.append(f"划线 {clean(part, 40)}")
        else:
            cuts.append(number)
    methods = {name: str(values[0]) for name in _METHODS if (values := said.get(name))}
    return Settings(weights, **methods, cuts=tuple(cuts)), odd


def _number(words: str) -> float | None:
    try:
        number = float(words)
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None  # NaN and ∞ are no settings


def current(view: View) -> Tried:
    """What is being tried, from a new link or the session, as far as the release in view can take it; what it cannot is told.

    In a run that a control has asked for, the link says nothing: a slider that moves on asks before the browser has heard of the
    address that its last step got.
    """
    said, acted = address.given(_KEYS), st.session_state.pop(_ACTED, False)
    if said is not None and not acted:
        turn_to(_opened(said, view))
        del st.session_state[_ACTED]
    address.put(link(tried()))
    settings, odd = fitting(tried().settings, view)
    _tell(odd)
    return tried()._replace(settings=settings)


def _opened(said: Mapping[str, Sequence[str]], view: View) -> Tried:
    number = (said["scenario"] or [OWN])[0]
    rest = {key: values for key, values in said.items() if key != "scenario" and values}
    if rest:
        settings, odd = read(rest)
        _tell(odd)
        return Tried(settings)
    if number in (RELEASE, OWN):
        return Tried(Settings())
    try:
        return kept(view, number)
    except ScenarioError as error:
        st.warning(text(f"{error}。现显示发布的结果。", 300), icon=":material/warning:")
        return Tried(Settings())


def kept(view: View, number: str) -> Tried:
    """A kept scenario. Raises ScenarioError for one that is not there."""
    if not number.isdecimal() or len(number) > 9:
        raise ScenarioError(f"没有编号为 {number[:40]!r} 的方案；请从方案列表中选一个")
    with reader(view.path) as db:
        found = scenarios.scenario(db, int(number))
    return Tried(read(found.settings)[0], found)


def _tell(odd: Sequence[str]) -> None:
    if odd:
        more = f"等 {len(odd)} 项" if len(odd) > 5 else ""
        st.warning(text(f"本次发布没有或用不上：{'、'.join(odd[:5])}{more}，未计入。", 600), icon=":material/warning:")


def link(tried: Tried) -> dict[str, list[str]]:
    """The parameters that say what is being tried, a list a key; one that stays out of the link has none."""
    number = str(tried.kept.id) if tried.kept else OWN if tried.settings else RELEASE
    said = {} if tried.kept else written(tried.settings)
    return {key: [number] if key == "scenario" else said.get(key, []) for key in _KEYS}


def tried() -> Tried:
    """What the session tries, whether or not the release in view can take it."""
    return st.session_state.get(_TRIED, Tried(Settings()))


def turn_to(other: Tried) -> None:
    """Tries something else from now on; for the callback of a button or list, before the page is made."""
    _try(other)
    st.session_state[_ROUND] = generation() + 1


def generation() -> int:
    """A part of the keys of sliders: another number whenever something else than the slider itself changes what it shows.

    A slider that stays gets no value from here: the person may have moved it on in the meantime.
    """
    return st.session_state.get(_ROUND, 0)


def change(**parts: object) -> None:
    """Replaces these parts of the settings that are tried; for the callback of the control that shows them."""
    _try(Tried(replace(tried().settings, **parts)))


def _try(other: Tried) -> None:
    st.session_state.update({_TRIED: other, _ACTED: True})


def weigh(code: str, points: float | None) -> None:
    """Gives a node other points, or its stated ones back; for the callback of a control."""
    others = {c: p for c, p in tried().settings.weights.items() if c != code}
    change(weights=others if points is None else others | {code: points})
