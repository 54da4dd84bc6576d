"""The dashboard's server."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click

from .publishing import measure
from .terminal import person, progress_bar

ROOT = Path(__file__).resolve().parents[1]
HERE = "127.0.0.1"


@click.command()
@click.option("--port", default=8501, show_default=True, help="Port to listen on.")
@click.option("--address", default=HERE, show_default=True, help="Address to listen on; others than this machine's own need accounts.")
@click.option("--demo", is_flag=True, help="Make a store with the demo data when there is none.")
def run(port: int, address: str, demo: bool) -> None:
    """Start the dashboard; Ctrl+C stops it."""
    from store import connection, start

    path = connection.store_path().absolute()
    if demo and not path.exists():
        with progress_bar("发布") as step:
            done = start.begin(start.default_beginning(demo=True), person(), progress=step)
        measure([p.period for p in done], person())
    if address != HERE and (why := _refusal(address)):
        raise click.ClickException(why)
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port), "--server.address", address]
    environment = os.environ | {"QUALITY_STORE": str(path)}
    if os.name == "posix":  # in this process's place: a stop from outside reaches the server itself, which leaves in order
        os.chdir(ROOT)
        os.execve(command[0], command, environment)
    with suppress(KeyboardInterrupt):
        sys.exit(subprocess.call(command, cwd=ROOT, env=environment))


def _refusal(address: str) -> str:
    """Why the server may not start there, said before anything else; where an identity provider may be named the server finds out."""
    from server.opening import refusal

    return refusal(address, (ROOT / ".streamlit" / "secrets.toml").exists())
