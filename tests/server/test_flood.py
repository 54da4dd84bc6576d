"""One person's program cannot keep the server from the others: pages open at once, messages in a while, what they weigh, forms that do not end."""

import asyncio
import time
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from server import forms, gate
from server.sockets import Sockets
from tests.people import ORIGIN, sign_in
from tests.server.conftest import behind
from tests.server.test_gate import plain, refused, socket


def test_one_person_has_so_many_pages_open_and_keeps_no_other_out(visitor, monkeypatch):
    monkeypatch.setattr(gate, "Sockets", lambda: Sockets(most=3))
    app = behind()
    mine, again, other = (TestClient(app, client=("10.0.0.7", 1), follow_redirects=False) for _ in range(3))
    for client, name in ((mine, "liaison"), (again, "liaison"), (other, "leader")):
        sign_in(client, name)
    with ExitStack() as pages:
        for _ in range(3):
            pages.enter_context(socket(mine))
        for client in (mine, again):
            with pytest.raises(WebSocketDisconnect) as end, socket(client):
                pass
            assert end.value.code == 1013, "another sign-in of the same person is the same person"
        assert not refused(other)
    assert not refused(mine), "a page that is closed makes room"


def test_who_says_more_than_a_person_can_waits_alone():
    sockets = Sockets(burst=3, seconds=0.02)

    async def say(name: str, times: int) -> float:
        begun = time.perf_counter()
        for _ in range(times):
            await sockets.turn(name)
        return time.perf_counter() - begun

    async def both() -> list[float]:
        return await asyncio.gather(say("a", 13), say("b", 3))

    loud, quiet = asyncio.run(both())
    assert loud >= 10 * 0.02 * 0.99 and quiet < loud / 2


def test_what_pages_of_ours_never_say_is_not_heard(visitor):
    """To clear the kept reads is to clear everybody's."""
    client, wish = visitor(), BackMsg()
    unheard = ("clear_cache", "set_run_on_save", "debug_shutdown_runtime", "load_git_info")
    wish.rerun_script.query_string = "unit=U2"
    sign_in(client, "liaison")
    with socket(client) as page:
        for said in (*(BackMsg(**{kind: True}) for kind in unheard), wish):
            page.send_bytes(said.SerializeToString())
        assert plain(page.receive_bytes()) == wish


@pytest.mark.parametrize("path", ["/sign-in", "/password"])
def test_a_form_that_does_not_end_is_not_waited_for(visitor, monkeypatch, path):
    monkeypatch.setattr(forms, "PATIENCE", 0.05)
    client = visitor()
    sign_in(client, "liaison")
    stream = forms.Request.stream

    async def slowly(request):
        async for part in stream(request):
            yield part
            await asyncio.sleep(5)

    monkeypatch.setattr(forms.Request, "stream", slowly)
    answer = client.post(path, data={"name": "liaison"}, headers=ORIGIN)
    assert answer.status_code == 413 and "没有发完" in answer.text
