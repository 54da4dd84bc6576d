"""The stage: one slide, drawn of words and figures, its buttons, and what keys and clicks ask for."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import streamlit as st

from store.errors import StoreError
from ui import address, present_link, present_style
from ui.figures import figure
from ui.present_link import COMPOSE, SHOW, Showing
from ui.user import current_user
from ui.wording import clean

_HEARD = "_stage_heard"
_steer = st.components.v2.component("stage", js=present_style.SCRIPT)


class Drawing(NamedTuple):
    """A figure of a slide: plotly's, what it shows for who cannot see it, and the codes that a click opens."""

    figure: Any
    alt: str
    opens: Sequence[str] = ()


class Slide(NamedTuple):
    """What stands on a slide: HTML above and below, and columns of HTML and figures between, with relative widths."""

    head: str
    columns: Sequence[Sequence[str | Drawing]]
    widths: Sequence[float]
    foot: str
    notes: str = ""


def opener(opens: Mapping[str, str]) -> Callable[[object], str]:
    """What a text on a slide opens: the unit whose code or title it is, or whose title alone ends so; "" for any other.

    opens: unit code → title. Figures and tables leave out what all titles begin with.
    """
    titles = {title: code for code, title in opens.items()}

    def code(said: object) -> str:
        text = str(said)
        if text in opens or text in titles:
            return text if text in opens else titles[text]
        ending = [found for title, found in titles.items() if len(text) > 1 and title.endswith(text)]
        return ending[0] if len(ending) == 1 else ""

    return cache(code)


def run(make: Callable[[Showing], Slide]) -> None:
    """Shows the slide of the moment, alone on the screen, until it is left. make: what is shown → the slide."""
    st.html(present_style.SLIDE + present_style.ALONE)
    st.fragment(_turn, run_every=present_link.shown().seconds or None)(make)


def _turn(make: Callable[[Showing], Slide]) -> None:
    """One run of the stage; keys, clicks and the clock ask for this part of the page only."""
    present_link.turn_if_due()
    now = present_link.said_aloud()
    if now.stage == COMPOSE or not current_user().may("meet"):  # a wall that has lost its right is the whole page's to refuse
        address.leave()
        st.rerun()
    _draw(now, make)
    if now.stage == SHOW:
        _bar(now)
    address.publish()


def preview(make: Callable[[Showing], Slide]) -> None:
    """The slide of the moment in the place where it is composed."""
    st.html(present_style.SLIDE)
    _draw(present_link.shown(), make)


def _made(now: Showing, make: Callable[[Showing], Slide]) -> Slide:
    """The slide, or why there is none: a wall goes on, and tries again when it turns."""
    try:
        return make(now)
    except StoreError as error:
        why = f"<p>{html.escape(clean(error, 600))}</p>"
        return Slide(f'<header class="zx-slide-head"><div><h2>现在读不到数据</h2></div>{why}</header>', [], (1.0,), "")


def _draw(now: Showing, make: Callable[[Showing], Slide]) -> None:
    slide, round_ = _made(now, make), present_link.generation()
    with st.container(key="stage_room"):
        st.html(present_style.GROUNDS[now.ground])
        with st.container(key="stage_slide"):
            st.html(slide.head)
            with st.container(key="stage_body"):
                for place, (column, blocks) in enumerate(zip(st.columns(list(slide.widths)), slide.columns, strict=False)):
                    with column:
                        for row, block in enumerate(blocks):
                            _block(block, f"stage_{round_}_{place}_{row}")
            for part in filter(None, (slide.notes, slide.foot)):
                st.html(part)
    _steer(key="stage_steer", data={"alone": now.stage != COMPOSE, "heard": _heard()}, on_act_change=_acted, height=1)


def _block(block: str | Drawing, key: str) -> None:
    if isinstance(block, Drawing):
        if code := figure(block.figure, key, block.alt, block.opens or None, tall=True, own=True):
            present_link.act(present_link.OPEN + code)
            st.rerun(scope="fragment" if present_link.shown().stage != COMPOSE else "app")
    elif block:
        st.html(block)


def _acted() -> None:
    """Does what the browser asks, in order and once: what was asked in the midst of a run comes again."""
    for line in (st.session_state["stage_steer"].act or "").splitlines():
        number, _, what = line.partition(" ")
        if int(number) > _heard():
            st.session_state[_HEARD] = int(number)
            present_link.act(what)


def _heard() -> int:
    """Number of what the browser asked last and was done."""
    return st.session_state.get(_HEARD, 0)


def _bar(now: Showing) -> None:
    """Buttons for the mouse and the finger; they come when the pointer is at the foot of the screen."""
    with st.container(key="stage_bar", horizontal=True, vertical_alignment="center"):
        back = "返回" if now.opened else "上一页"
        buttons = {"prev": (back, "chevron_left", "←"), "next": ("下一页", "chevron_right", "→ 或空格")}
        if now.pace:
            buttons["pause"] = ("继续", "play_arrow", "P") if present_link.paused() else ("暂停", "pause", "P")
        buttons |= {"notes": ("备注", "speaker_notes", "N"), "ground": ("明暗", "contrast", "D")}
        for what, (title, icon, keys) in buttons.items():
            st.button(title, key=f"stage_{what}", icon=f":material/{icon}:", help=f"按键：{keys}", on_click=present_link.act, args=(what,))
        st.button("全屏", key="stage_full", icon=":material/fullscreen:", help="按键：F")
        st.button("退出", key="stage_leave", icon=":material/close:", help="按键：Esc", on_click=present_link.act, args=("leave",))

