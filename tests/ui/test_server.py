"""The server: an app around the shell, security headers on every answer, foreign names refused, clicks read from figures."""

import asyncio

import dashboard
from ui.figures import _code
from ui.guard import HEADERS, Guard


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
    start, body = answer(Guard(plain_app))
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    assert headers == {name.lower(): value for name, value in HEADERS.items()}
    assert body["body"] == b"ok"


def test_policy_names_no_source_outside_the_server():
    sources = {source for part in HEADERS["Content-Security-Policy"].split(";") for source in part.split()[1:]}
    assert sources <= {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}


def test_websockets_pass_untouched():
    assert len(answer(Guard(plain_app), "websocket")) == 2


def test_while_bound_to_this_machine_only_its_own_names_are_answered(monkeypatch):
    def hosts(**options):
        monkeypatch.setattr(dashboard.st, "get_option", options.get)
        return [m.kwargs["allowed_hosts"] for m in dashboard.trusted_hosts()]

    assert hosts(**{"server.address": "127.0.0.1", "server.allowedHosts": []}) == [["localhost", "127.0.0.1"]]
    assert hosts(**{"server.address": "0.0.0.0", "server.allowedHosts": []}) == []
    assert hosts(**{"server.address": "0.0.0.0", "server.allowedHosts": ["a.gov.cn"]}) == [["a.gov.cn"]]


def test_clicked_point_gives_its_code():
    assert _code({"customdata": ["U1", "hover"]}) == "U1"
    assert _code({"id": "U2", "customdata": [{"x": 1}]}) == "U2"
    assert _code({"id": "U3", "customdata": "hover"}) in ("hover", "U3")
    assert _code({"x": 1}) is None
