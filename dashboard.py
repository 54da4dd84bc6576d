"""The server: `streamlit run dashboard.py`. An st.App, so that no page can be opened without the shell around it."""

import gc
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from server import api, elsewhere, leaving
from server.front import front
from server.headers import Headers
from server.opening import misconfigured, refusal
from server.unknown import Unknown
from ui import themes
from ui.broken import tell
from ui.user import LOOPBACK


def dark_figure(fig):
    """A figure on dark paper; charts are loaded with the first page, not with the server."""
    from charts.dark import darkened

    return darkened(fig)


def dark_colour(colour: str) -> str:
    """A figure's colour on dark paper."""
    from charts.theme import on_dark

    return on_dark(colour)


themes.painter = themes.Painter(dark_figure, dark_colour)


def warm_up() -> None:
    """Loads what the first page needs while the visitor's browser still loads its own part, and draws a first figure."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 10)  # the server's thread gives the browser a hundred files and would wait this long for each
    gc.disable()  # nothing that is loaded here is garbage, and each look would stop the server
    try:
        import pandas as pd
        import plotly.graph_objects as go

        import ui.viewer  # noqa: F401

        go.Figure(go.Treemap(labels=pd.Series(["a"]))).add_bar(y=[1]).add_scatter(y=[1]).to_dict()
        gc.freeze()  # Streamlit collects after each run: 66 ms with pandas and plotly loaded, nothing when they are frozen
    finally:
        gc.enable()
        sys.setswitchinterval(usual)


@asynccontextmanager
async def lifespan(app):
    """Warms up beside the server: it answers at once. At the end, lets what somebody has set going finish."""
    Thread(target=warm_up, daemon=True).start()
    yield
    await leaving.let_finish()


def trusted_hosts() -> list[Middleware]:
    """While only this machine is answered, only its own names are: a foreign site cannot point its name here and read the pages.

    `server.allowedHosts` names others: those by which a proxy on this machine is known. A server with another address follows them alone.
    """
    hosts = list(st.get_option("server.allowedHosts"))
    if st.get_option("server.address") in LOOPBACK:
        hosts = [f"[{name}]" if ":" in name else name for name in LOOPBACK] + hosts
    return [Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)] if hosts else []


ADDRESS, BY_PROVIDER = st.get_option("server.address"), bool(elsewhere.provider())
if why := misconfigured(st.get_option) or refusal(ADDRESS, BY_PROVIDER):
    raise SystemExit(why)
HERE = Path(__file__).resolve().parent
doors, gate = front(ADDRESS in LOOPBACK, BY_PROVIDER)
routes = [*doors, *api.routes()]
known = {route.path.strip("/") for route in routes if isinstance(route, Route)} | {page.stem for page in (HERE / "pages").glob("*.py")}
app = st.App(
    HERE / "ui" / "shell.py",
    routes=routes,
    middleware=[*trusted_hosts(), Middleware(Headers), gate, Middleware(Unknown, known=known)],
    lifespan=lifespan,
    on_script_error=tell,
)
