"""A running dashboard and a Chromium, for the browser tests, the bench and the screenshots."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools import chromium
from ui import tour

ROOT = Path(__file__).parents[1]
SIZES = {"laptop": (1440, 900), "projector": (1920, 1080), "phone": (390, 844), "tablet": (820, 1180)}
TOUCHED = ("phone", "tablet")
FLAGS = [  # no sandbox inside containers; nothing of the browser's own goes out
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A browser that has had its tour: a picture or a test is not of that.
BEEN_HERE = f"try {{ localStorage.setItem('{tour.SEEN}', '1'); }} catch {{ /* a page without an address keeps nothing */ }}"
SETTLED = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  if (!app || app.dataset.testScriptState !== 'notRunning') return false;
  if (app.dataset.testConnectionState !== 'CONNECTED') return false;
  if (document.querySelector('[data-testid=stSkeleton], [data-stale=true]')) return false;
  const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
  return document.querySelector('[data-testid=stHeading], [data-testid=stAlert], h1, h2') !== null
    && charts.every(chart => chart.querySelector('.main-svg'));
}"""


def free_port() -> int:
    """A port on this machine that nothing listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def manage(store: Path, *arguments: object) -> str:
    """Run the command line on a store as a person would; gives what it printed. Raises RuntimeError when it fails."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=over(store), capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(command[2:])}\n{done.stdout}{done.stderr}")
    return done.stdout


def over(store: Path) -> dict[str, str]:
    """The environment of a process that works on a store."""
    return {**os.environ, "QUALITY_STORE": str(store), "PYTHONIOENCODING": "utf-8"}


@contextmanager
def server(store: Path, *command: str) -> Iterator[str]:
    """Run `streamlit run dashboard.py`, or another Streamlit command, over a store on a free port.

    Gives the address once it answers. Raises RuntimeError when it does not.
    """
    port = free_port()
    options = ["--server.headless", "true", "--server.port", str(port)]
    line = [sys.executable, "-m", "streamlit", *(command or ("run", "dashboard.py")), *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(line, cwd=ROOT, env=over(store), stdout=said, stderr=subprocess.STDOUT)
        try:
            if not answers(f"http://127.0.0.1:{port}", process):
                said.seek(0)
                raise RuntimeError(f"no server on port {port}:\n{said.read()}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def answers(address: str, process: subprocess.Popen, seconds: float = 60) -> bool:
    """True once the server answers; False when it has ended or stayed silent."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system. Raises RuntimeError, with the line to type, where there is none."""
    program = chromium.find()
    if program is None:
        raise RuntimeError(f"no Chromium: {chromium.install_line()}")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


def settle(page: Page, milliseconds: float = 20_000) -> None:
    """Wait until the page's script has run and its charts are drawn. Raises playwright's TimeoutError."""
    page.wait_for_function(SETTLED, timeout=milliseconds)
