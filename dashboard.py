"""The server: `streamlit run dashboard.py`. An st.App, so that no page can be opened without the shell around it."""

import gc
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ui.broken import tell
from ui.guard import Guard

LOOPBACK = ("localhost", "127.0.0.1")


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
    """Warms up beside the server: it answers at once."""
    Thread(target=warm_up, daemon=True).start()
    yield


def trusted_hosts() -> list[Middleware]:
    """While only this machine is answered, only its own names are: a foreign site cannot point its name here and read the pages.

    A server that is told another address, or `server.allowedHosts`, follows those instead.
    """
    hosts = st.get_option("server.allowedHosts")
    if not hosts and st.get_option("server.address") in LOOPBACK:
        hosts = LOOPBACK
    return [Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)] if hosts else []


app = st.App(
    Path(__file__).resolve().parent / "ui" / "shell.py",
    middleware=[*trusted_hosts(), Middleware(Guard)],
    lifespan=lifespan,
    on_script_error=tell,
)
