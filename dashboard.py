"""The server: `streamlit run dashboard.py`. An st.App, so that no page can be opened without the shell around it."""

import gc
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ui.broken import tell
from ui.guard import Guard

LOOPBACK = ("localhost", "127.0.0.1")


@asynccontextmanager
async def lifespan(app):
    """Pays the first figure's cost before the first visitor, and keeps Streamlit's collection after every run cheap."""
    import pandas  # noqa: F401
    import plotly.graph_objects as go

    go.Figure(go.Bar(y=[1])).to_dict()
    gc.collect()
    gc.freeze()  # a full collection after each run costs 66 ms with pandas and plotly loaded, nothing when they are frozen
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
