"""What deploy/ sets up, on unprivileged ports: its own nginx.conf and command line, with ports and paths of this test put in."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from itertools import cycle
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

from websockets.exceptions import ConnectionClosed

from tests.people import token_of
from tools.live import ROOT, free_port, over
from tools.wire import Run, Viewer

DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)
HERE = "/opt/zhixiao/current"  # where deploy/ says that the program lies
AROUND = """
{user} worker_processes 1; daemon off; pid {tmp}/nginx.pid; error_log {tmp}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {tmp}/body; proxy_temp_path {tmp}/proxy; fastcgi_temp_path {tmp}/fastcgi;
    uwsgi_temp_path {tmp}/uwsgi; scgi_temp_path {tmp}/scgi; types {{ text/html html; }}
    include {tmp}/zhixiao.conf;
}}
"""


def set_up(text: str, changes: dict[str, str]) -> str:
    """A file of deploy/ for this machine. Every change must find something to change."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


class Replica:
    """One replica, started by the command line of zhixiao@.service."""

    def __init__(self, port: int, store: Path) -> None:
        self.port, self.store = port, store
        unit = (DEPLOY / "systemd" / "zhixiao@.service").read_text("utf-8")
        line = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)[1]
        self.command = shlex.split(set_up(line, {f"{HERE}/.venv/bin/python": sys.executable, "%i": str(port)}))
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it, and go on while it loads."""
        environment = over(self.store) | {"STREAMLIT_SERVER_ALLOWED_HOSTS": "zhixiao.test 127.0.0.1"}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)

    def wait(self) -> None:
        """Until it serves, by the script that systemd waits by."""
        subprocess.run([DEPLOY / "wait-until-healthy", str(self.port), "60"], check=True, capture_output=True)

    def kill(self) -> None:
        """Without a word of warning."""
        self.process.kill()
        self.process.wait(10)

    def restart(self) -> None:
        """As systemd does: told to stop, waited for, started again."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.start()


class House:
    """nginx before two replicas on one store."""

    def __init__(self, tmp: Path, store: Path, tls: bool = False) -> None:
        self.tmp, self.store, self.port = tmp, store, free_port()
        self.replicas = [Replica(free_port(), store) for _ in range(2)]
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        self.closing = ExitStack()

    def start(self) -> None:
        """Start all, and wait until both replicas serve."""
        for replica in self.replicas:
            replica.start()
            self.closing.callback(replica.kill)
        self.closing.enter_context(nginx(self.tmp, self.port, [r.port for r in self.replicas]))
        for replica in self.replicas:
            replica.wait()

    def get(self, path: str, headers: dict[str, str] | None = None, data: bytes | None = None) -> HTTPResponse:
        """What nginx answers, whatever it is; no redirect is followed."""
        return fetch(self.address + path, headers, data)

    def visited(self, agent: str) -> list[tuple[int, int]]:
        """(status, port of the replica that answered) of all that a browser of this name has asked for, by nginx's log."""
        lines = (self.tmp / "access.log").read_text("utf-8").splitlines()
        rows = [re.search(r'" (\d{3}) \d+ [\d.]+ (.+?) [\d, -]+ "(.*)"$', line).groups() for line in lines]
        return [(int(status), int(where.rsplit(":", 1)[-1])) for status, where, who in rows if who == agent and ":" in where]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def fetch(url: str, headers: dict[str, str] | None = None, data: bytes | None = None, **how) -> HTTPResponse:
    """One request; an answer of any status is an answer."""
    opener = urllib.request.build_opener(_NoRedirect, *how.values())
    try:
        return opener.open(urllib.request.Request(url, data, headers or {}), timeout=30)
    except urllib.error.HTTPError as answer:
        return answer


@contextmanager
def nginx(tmp: Path, port: int, replicas: list[int], more: dict[str, str] | None = None) -> Iterator[None]:
    """Debian's nginx with the very file of deploy/nginx, as long as the block lasts."""
    site = (DEPLOY / "nginx" / "zhixiao.conf").read_text("utf-8")
    changes = {
        "8501": str(replicas[0]), "8502": str(replicas[1]), "listen 80 ": f"listen 127.0.0.1:{port} ",
        "/var/log/nginx/zhixiao.access.log": f"{tmp}/access.log", "/var/log/nginx/zhixiao.error.log": f"{tmp}/error.log", HERE: str(ROOT),
    }  # fmt: skip
    (tmp / "zhixiao.conf").write_text(set_up(set_up(site, more or {}), changes), "utf-8")
    (tmp / "nginx.conf").write_text(AROUND.format(tmp=tmp, user="" if os.geteuid() else "user root;"), "utf-8")
    process = subprocess.Popen([NGINX, "-p", str(tmp), "-c", str(tmp / "nginx.conf"), "-e", str(tmp / "error.log")])
    try:
        end = monotonic() + 10
        while not listening(port):
            if process.poll() is not None or monotonic() > end:
                raise RuntimeError((tmp / "error.log").read_text("utf-8"))
            sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(10)


def listening(port: int) -> bool:
    """Whether somebody answers on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def systemctl(house: House, folder: Path) -> Iterator[dict[str, str]]:
    """An environment in which `systemctl restart zhixiao@PORT.service` restarts a replica of the house, and list-units lists them."""
    asked = folder / "asked"
    asked.mkdir()
    units = "\n".join(f"zhixiao@{replica.port}.service loaded active running -" for replica in house.replicas)
    (folder / "systemctl").write_text(
        f"#!/bin/sh\ncase $1 in\nlist-units) echo '{units}' ;;\n"
        f'restart) : >"{asked}/$2"; while [ -e "{asked}/$2" ]; do sleep 0.05; done ;;\n*) exit 1 ;;\nesac\n'
    )
    (folder / "systemctl").chmod(0o755)
    ended = Event()

    def serve() -> None:
        while not ended.wait(0.05):
            for replica in house.replicas:
                if (note := asked / f"zhixiao@{replica.port}.service").exists():
                    replica.restart()
                    note.unlink()

    thread = Thread(target=serve)
    thread.start()
    try:
        yield os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "ZHIXIAO_SETTLE": "0.3"}
    finally:
        ended.set()
        thread.join(60)


class Person:
    """One who has signed in and clicks, and loads the page again where it was cut off, as a browser does with its cookies."""

    def __init__(self, house: House, name: str, account: str = "leader") -> None:
        self.house, self.name = house, name
        self.cookies = {"zx_session": token_of(house.store, account)}
        self.clicks, self.reloads, self.wrong, self.viewer = 0, 0, [], None

    @property
    def headers(self) -> dict[str, str]:
        """What the browser sends with everything."""
        return {"User-Agent": self.name, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}

    @property
    def replica(self) -> int:
        """The port that the cookie names."""
        return int(self.cookies["zx_replica"])

    def open(self) -> None:
        """Load the page, and open its socket."""
        answer = self.house.get("/", self.headers)
        self._take(answer.headers.get_all("Set-Cookie", []))
        if answer.status != 200:
            self.wrong.append(f"{self.name}: {answer.status} {answer.read(200)}")
        self.viewer = Viewer(self.house.address, self.headers)
        self._take(self.viewer.socket.response.headers.get_all("Set-Cookie"))

    def click(self, page: str = "", query: str = "", press: str = "") -> Run:
        """Run a page; after a reload where there is no socket any more."""
        try:
            run = self.viewer.run(page, query, press)
        except (ConnectionClosed, OSError):
            self.reloads += 1
            self.open()
            run = self.viewer.run(page, query)
        self.wrong += run.wrong
        self.clicks += 1
        return run

    def _take(self, cookies: list[str]) -> None:
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value


@contextmanager
def clicking(people: list[Person]) -> Iterator[None]:
    """All of them click for as long as the block lasts, and once more after it."""
    ended = Event()

    def one(person: Person) -> None:
        places = cycle([("", ""), ("unit", "unit=U1"), ("unit", "unit=U3"), ("movement", "")])
        try:
            while not ended.is_set():
                person.click(*next(places))
                sleep(0.3)
            person.click()
        except Exception as error:  # a thread's own would be lost
            person.wrong.append(f"{person.name}: {error!r}")

    threads = [Thread(target=one, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)
