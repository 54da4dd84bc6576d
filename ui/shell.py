"""The main script: navigation over pages/, the common header, and a calm page when the store fails."""

import html
import time
from pathlib import Path
from types import ModuleType

import streamlit as st

from scoring.errors import ScoringError
from store.errors import NotAllowed, StoreError, StoreMissing, StoreTooOld
from ui import address, archive, doorway, figures, glossary, look, pictures, places, preview, themes, touch, tour, viewer
from ui.own_view import present
from ui.parts import no_permission, store_problem
from ui.refusal import refused
from ui.wording import period_title, text

COMMANDS = {
    viewer.NoneInUse: "python manage.py releases",
    viewer.NothingServed: "python manage.py publish --all",
    StoreMissing: "python manage.py init --demo",
    StoreTooOld: "python manage.py migrate",
}
OTHERWISE = "python manage.py check"
DEMO = '<span class="zx-demo">演示数据</span>'
_HERE = Path(__file__).resolve().parent


def header(page: places.Place) -> None:
    """The line above every page: its title, the period, and which data are shown. What keeps the store has periods of its own."""
    preview.follow()
    if page.keeps:
        keeping(page)
        return
    view = viewer.latest()
    if large := of_large(view):
        large.follow(page.name)
        view = viewer.latest()
    title, *finder, chooser = st.columns([3, 1.4, 1] if large else [4, 1], vertical_alignment="bottom")
    newest_first = list(reversed(view.periods))
    address.select(view.words["period"], newest_first, "period", view.period, period_title, chooser, label_visibility="collapsed")
    view = large.settled(viewer.current()) if large else viewer.current()
    demo = DEMO if view.demo else ""
    published = f"第 {view.release} 号{'草稿' if view.row['state'] == 'draft' else '发布'} · {html.escape(str(view.row['at'])[:10])}"
    title.html(
        f'<div class="zx-title"><h1>{html.escape(page.title)}</h1><b>{html.escape(period_title(view.period))}</b>'
        f'{demo}<span class="zx-note">{published}</span></div>'
    )
    preview.notice(view.row)
    if large:
        large.way(view, page.name, title, finder[0])


def of_large(view: viewer.View) -> ModuleType | None:
    """What pages of a large store share; None for any other, which need not load it."""
    if not viewer.large(view.served):
        return None
    from ui import scope_parts

    return scope_parts


def fits(place: places.Place) -> bool:
    """Whether a page takes as many units as are in view; says so where it does not."""
    view = viewer.current()
    large = of_large(view)
    return large is None or large.opens(view, place)


def keeping(page: places.Place) -> None:
    """The line above a page that looks after the store: its title, and whether what is served is demonstration data."""
    try:
        note = DEMO if viewer.latest().demo else ""
    except viewer.NothingServed:
        note = '<span class="zx-note">没有在用的发布</span>'
    st.html(f'<div class="zx-title"><h1>{html.escape(page.title)}</h1>{note}</div>')


def main() -> None:
    """One run of the app."""
    st.set_page_config(page_title="质效云图", page_icon=str(_HERE / "icon.png"), layout="wide", initial_sidebar_state=200)
    dark = themes.dark()
    st.logo(str(_HERE / ("logo_dark.svg" if dark else "logo.svg")), size="large")
    styles = look.COLOURS + (look.DARK if dark else "") + look.STYLE + look.PRINT + touch.STYLE + glossary.STYLE + tour.STYLE
    st.html(styles + look.ONE_STEP + pictures.SAVE + glossary.ESCAPE + touch.SCRIPT + tour.SCRIPT, unsafe_allow_javascript=True)
    if not doorway.passed():
        return
    page = st.navigation(places.pages(), expanded=True)
    address.leave()  # what a run that was cut short had not written yet
    try:
        place = places.arrived(page)
        shut = refused(place)
        if not shut:
            header(place)
        figures.switch(st.sidebar)
        with st.sidebar:
            themes.switch([place.name for place in places.PLACES])
            archive.progress()
            doorway.who()
        if "greeted" not in st.session_state:
            st.session_state["greeted"] = True
            time.sleep(look.FIRST_PAINT)
        if not shut and (place.keeps or (present(place.name) and fits(place))):
            page.run()
    except StoreError as error:
        if isinstance(error, NotAllowed):
            no_permission(str(error), "")
            return
        if isinstance(error, ScoringError):  # what would take all units of a large store again: nothing is wrong with it
            st.info(text(error, 600), icon=":material/memory:")
            return
        store_problem(error, next((line for kind, line in COMMANDS.items() if isinstance(error, kind)), OTHERWISE))
    finally:
        address.publish()


main()
