"""Security headers on every answer, and foreign names refused."""

import asyncio
import subprocess
import sys

from click.testing import CliRunner

import dashboard
from manage import cli
from server.headers import HEADERS, Headers
from server.opening import refusal
from tools import live
from ui.user import LOOPBACK


def answer(app, kind: str = "http") -> list[dict]:
    sent = []

    async def run():
        async def send(message):
            sent.append(message)

        await app({"type": kind, "headers": []}, None, send)

    asyncio.run(run())
    return sent


async def plain_app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOWALL")]})
    await send({"type": "http.response.body", "body": b"ok"})


def test_every_answer_carries_the_headers():
    start, body = answer(Headers(plain_app))
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    assert headers == {name.lower(): value for name, value in HEADERS.items()}
    assert body["body"] == b"ok"


def test_policy_names_no_source_outside_the_server():
    sources = {source for part in HEADERS["Content-Security-Policy"].split(";") for source in part.split()[1:]}
    assert sources <= {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}


def test_websockets_pass_untouched():
    assert len(answer(Headers(plain_app), "websocket")) == 2


def test_while_bound_to_this_machine_only_its_own_names_are_answered(monkeypatch):
    def hosts(**options):
        monkeypatch.setattr(dashboard.st, "get_option", options.get)
        return [m.kwargs["allowed_hosts"] for m in dashboard.trusted_hosts()]

    assert hosts(**{"server.address": "127.0.0.1", "server.allowedHosts": []}) == [["localhost", "127.0.0.1", "[::1]"]]
    behind = hosts(**{"server.address": "127.0.0.1", "server.allowedHosts": ["a.gov.cn"]})
    assert behind == [["localhost", "127.0.0.1", "[::1]", "a.gov.cn"]]  # by the name of a proxy here, and of this machine to look after it
    assert hosts(**{"server.address": "0.0.0.0", "server.allowedHosts": []}) == []
    assert hosts(**{"server.address": "0.0.0.0", "server.allowedHosts": ["a.gov.cn"]}) == [["a.gov.cn"]]


def test_a_server_open_to_others_does_not_start_without_accounts(people_store, tmp_path, monkeypatch):
    assert refusal("0.0.0.0") == refusal(None) == ""
    monkeypatch.setenv("QUALITY_STORE", str(tmp_path / "none.db"))
    for address in LOOPBACK:
        assert refusal(address) == ""
    for address in ("0.0.0.0", "::", "10.0.0.5", "", None):
        assert "user add" in refusal(address)
    assert refusal("0.0.0.0", elsewhere=True) == ""


def test_both_ways_of_starting_refuse(tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(tmp_path / "none.db"))
    ours = CliRunner().invoke(cli, ["run", "--address", "0.0.0.0"])
    streamlit = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.headless", "true", "--server.address", "0.0.0.0"]
    theirs = subprocess.run([*streamlit, "--server.port", str(live.free_port())], cwd=live.ROOT, capture_output=True, text=True, timeout=90)
    for code, words in ((ours.exit_code, ours.output), (theirs.returncode, theirs.stderr)):
        assert code == 1 and "没有启动" in words and "user add" in words
