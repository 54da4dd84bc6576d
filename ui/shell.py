"""The main script: navigation over pages/, the common header, and a calm page when the store fails."""

import html
import time
from pathlib import Path

import streamlit as st

from store.errors import StoreError, StoreMissing, StoreTooOld
from ui import address, figures, glossary, look, pictures, places, tour, viewer
from ui.parts import store_problem
from ui.wording import period_title

COMMANDS = {
    viewer.NothingServed: "python manage.py publish --all",
    StoreMissing: "python manage.py init --demo",
    StoreTooOld: "python manage.py init",
}
OTHERWISE = "python manage.py check"
_HERE = Path(__file__).resolve().parent


def header(page) -> None:
    """The line above every page: its title, the period, and which data are shown."""
    view = viewer.latest()
    title, chooser = st.columns([4, 1], vertical_alignment="bottom")
    newest_first = list(reversed(view.periods))
    address.select(view.words["period"], newest_first, "period", view.period, period_title, chooser, label_visibility="collapsed")
    view = viewer.current()
    demo = '<span class="zx-demo">演示数据</span>' if view.demo else ""
    published = f"第 {view.release} 号发布 · {html.escape(str(view.row['at'])[:10])}"
    title.html(
        f'<div class="zx-title"><h1>{html.escape(page.title)}</h1><b>{html.escape(period_title(view.period))}</b>'
        f'{demo}<span class="zx-note">{published}</span></div>'
    )


def main() -> None:
    """One run of the app."""
    st.set_page_config(page_title="质效云图", page_icon=str(_HERE / "icon.png"), layout="wide", initial_sidebar_state=200)
    st.logo(str(_HERE / "logo.svg"), size="large")
    styles = look.STYLE + look.PRINT + glossary.STYLE + tour.STYLE
    st.html(styles + look.ONE_STEP + pictures.SAVE + glossary.ESCAPE + tour.SCRIPT, unsafe_allow_javascript=True)
    page = st.navigation(places.pages(), expanded=True)
    address.leave()  # what a run that was cut short had not written yet
    try:
        header(page)
        figures.switch(st.sidebar)
        if "greeted" not in st.session_state:
            st.session_state["greeted"] = True
            time.sleep(look.FIRST_PAINT)
        page.run()
    except StoreError as error:
        store_problem(error, next((text for kind, text in COMMANDS.items() if isinstance(error, kind)), OTHERWISE))
    finally:
        address.publish()


main()
