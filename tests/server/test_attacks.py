"""Attacks, and the test by which each fails.

deep link before login, fresh server      tests/browser/test_sign_in.py::test_the_way_in_and_out
                                          tests/server/test_gate.py::test_a_deep_link_before_login_leads_to_the_door_and_then_on
WebSocket without cookie                  tests/server/test_gate.py::test_a_websocket_needs_a_session
forged role header                        tests/server/test_gate.py::test_headers_that_claim_who_one_is_are_taken_off
forged cookie                             tests/server/test_gate.py::test_a_forged_cookie_is_nobodys
expired cookie                            tests/server/test_gate.py::test_an_expired_session_opens_nothing
another unit's code in the address        test_no_link_opens_another_unit_to_a_liaison
  in the API                              tests/server/test_api.py::test_a_liaison_reads_the_own_unit_and_learns_of_no_other
  in an export                            tests/ui/test_roles.py::test_a_liaison_sees_no_other_unit
  in a what-if link                       test_no_link_opens_another_unit_to_a_liaison
session fixation                          tests/server/test_signing.py::test_a_token_from_before_the_sign_in_is_not_the_sessions
another person's open page, by its id     test_a_page_goes_on_for_its_own_person_only
another person's files                    test_a_file_is_for_the_person_whose_page_was_told_of_it
SQL in text fields                        tests/ui/test_attacks.py::test_what_is_typed_is_a_text
                                          tests/ui/test_attacks.py::test_a_search_looks_for_the_very_characters
                                          tests/server/test_signing.py::test_script_and_sql_in_every_field_are_words
                                          tests/server/test_api.py::test_sql_in_a_text_is_a_text
script in every name                      tests/browser/test_odd_stores.py::test_odd_names_are_text_on_every_page
                                          tests/server/test_badge.py::test_any_name_is_a_text_of_a_sound_picture
path tricks in file names                 tests/store/test_guards.py::test_names_are_shown_clean
CSV formulas                              tests/reports/test_tables.py::test_no_text_becomes_a_formula
                                          tests/store/test_commented.py::test_what_begins_like_a_formula_stays_a_text
  in any file, fields that fetch          tests/ui/test_odd_files.py::test_no_file_of_any_page_carries_a_formula_or_a_field_that_fetches
flood of pages and messages               tests/server/test_flood.py::test_one_person_has_so_many_pages_open_and_keeps_no_other_out
                                          tests/server/test_flood.py::test_who_says_more_than_a_person_can_waits_alone
a form that does not end                  tests/server/test_flood.py::test_a_form_that_does_not_end_is_not_waited_for
options that open a door                  tests/server/test_opening.py::test_the_server_itself_refuses_all_of_them_at_once
a proxy's word, forged                    tests/server/test_opening.py::test_the_cookie_is_secure_by_the_word_of_a_proxy_on_this_machine_only
1 GB upload                               test_no_more_of_an_upload_is_taken_in_than_the_limit
zip bomb                                  tests/store/test_guards.py::test_a_workbook_that_carries_more_than_tables
TOML bomb, cells that are slow to read    test_a_small_file_does_not_keep_the_server_busy
10,000 logins a minute                    tests/server/test_signing.py::test_ten_thousand_sign_ins_a_minute_neither_pass_nor_stop_the_server
two publishers at once                    tests/store/test_drafts.py::test_of_two_publishers_one_wins
clock set back                            tests/store/test_sessions.py::test_a_clock_set_back_makes_no_session_live
                                          tests/store/test_drafts.py::test_a_clock_that_is_set_back_hides_no_draft
"""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from select import select
from urllib.parse import urlsplit

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest
from websockets.sync.client import ClientConnection, connect

from scoring.errors import PolicyError
from server.told import Told
from store.errors import MappingError
from store.frameworks.files import parse_policy
from store.people.roles import Person
from store.readers.columns import _is_plain
from store.readers.ledger_mapping import parse_mapping
from tests.people import PASSWORD
from tests.ui.support import SHELL, html_parts
from tools import live

ROOT = Path(__file__).parents[2]
_FILE = re.compile(rb"/media/[0-9a-f]+\.\w+")


def test_the_list_names_tests_that_are_there():
    for path, name in re.findall(r"(?:(tests/\S+\.py)::|  )(test_\w+)$", __doc__, re.MULTILINE):
        file = ROOT / path if path else Path(__file__)
        assert f"\ndef {name}(" in file.read_text("utf-8"), (path, name)


@pytest.fixture(scope="module")
def server(people_once, tmp_path_factory) -> Iterator[str]:
    path = Path(shutil.copytree(people_once.parent, tmp_path_factory.mktemp("attacks") / "store")) / people_once.name
    with live.server(path) as address:
        yield address


class Visitor:
    """One browser at a server: signed in, with a page that can be opened again by its id."""

    def __init__(self, address: str, name: str):
        self.address, self.client = address, httpx2.Client(base_url=address, headers={"origin": address})
        self.client.get("/_stcore/health")  # Streamlit's own cookie against foreign forms
        assert self.client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
        self.xsrf = self.client.cookies["_streamlit_xsrf"]

    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())

    def page(self, session: str = "") -> ClientConnection:
        words = ["streamlit", self.xsrf, *([session] if session else [])]
        where = self.address.replace("http", "ws") + "/_stcore/stream"
        return connect(where, origin=self.address, additional_headers={"Cookie": self.cookies()}, subprotocols=words, max_size=None)

    def put(self, path: str) -> int:
        return self.client.put(path, headers={"x-xsrftoken": self.xsrf}, files={"file": ("a.csv", b"a,b\n1,2\n")}).status_code


def drawn(page: ClientConnection) -> tuple[str, bytes]:
    """Runs a page's script: its session's id, and all that the browser was told."""
    wish = BackMsg()
    wish.rerun_script.query_string = ""
    page.send(wish.SerializeToString())
    told, session, done = b"", "", False
    while not done:
        data = page.recv(30)
        message = ForwardMsg.FromString(data)
        told += data
        session = message.new_session.initialize.session_id or session
        done = message.WhichOneof("type") == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
    return session, told


def upload_path(page: ClientConnection) -> str:
    """Where the server tells a page to put a file."""
    wish = BackMsg()
    wish.file_urls_request.request_id, wish.file_urls_request.session_id = "1", "x"
    wish.file_urls_request.file_names.append("a.csv")
    page.send(wish.SerializeToString())
    while True:
        message = ForwardMsg.FromString(page.recv(30))
        if message.WhichOneof("type") == "file_urls_response":
            return message.file_urls_response.file_urls[0].upload_url


def test_a_page_goes_on_for_its_own_person_only(server):
    """The state of a page holds archives and files: who signs in next at the same browser, or learns its id, does not get it."""
    leader, liaison = Visitor(server, "leader"), Visitor(server, "liaison")
    with leader.page() as page:
        session, _ = drawn(page)
        with liaison.page(session) as other:
            assert drawn(other)[0] not in ("", session)
    with liaison.page(session) as other:  # the leader's is closed and kept for a while
        assert drawn(other)[0] not in ("", session)
    with leader.page(session) as page:
        assert drawn(page)[0] == session


def test_a_file_is_for_the_person_whose_page_was_told_of_it(server):
    leader, steward, analyst = (Visitor(server, name) for name in ("leader", "steward", "analyst"))
    with leader.page() as page, steward.page() as desk, analyst.page() as other:
        file = _FILE.search(drawn(page)[1])[0].decode()
        assert (own := leader.client.get(file)).status_code == 200 and own.headers["cache-control"] == "no-store"
        assert analyst.client.get(file).status_code == analyst.client.head(file).status_code == 404  # has not been told of it yet
        drawn(desk)
        path = upload_path(desk)
        assert analyst.put(path) == leader.put(path) == 404
        assert analyst.client.delete(path, headers={"x-xsrftoken": analyst.xsrf}).status_code == 404
        assert steward.put(path[:-4] + "0000") == 404 and steward.put(path) == 204
        drawn(other)
        assert analyst.put(upload_path(other)) == 404  # asks for a place to put a file, and may bring none


@pytest.mark.parametrize("header", [("Content-Length", str(1 << 30)), ("Transfer-Encoding", "chunked")])
def test_no_more_of_an_upload_is_taken_in_than_the_limit(server, header):
    """Refused by its length where it tells one, else as soon as more has come than may."""
    steward, sent = Visitor(server, "steward"), 0
    with steward.page() as desk, closing(HTTPConnection(urlsplit(server).netloc, timeout=30)) as raw:
        drawn(desk)
        raw.putrequest("PUT", upload_path(desk))
        cookies = ("Cookie", steward.cookies()), ("Origin", server), ("X-Xsrftoken", steward.xsrf)
        for name, value in (*cookies, ("Content-Type", "multipart/form-data; boundary=x"), header):
            raw.putheader(name, value)
        raw.endheaders()
        if header[1] == "chunked":
            head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            raw.send(b"%x\r\n%s\r\n" % (len(head), head))
            while sent < 1024 and not select([raw.sock], [], [], 0)[0]:
                raw.send(b"100000\r\n" + bytes(1 << 20) + b"\r\n")
                sent += 1
        assert raw.getresponse().status == 413
    assert sent < 100


A, B = Person("a", "甲", ("leader",)), Person("a", "甲", ("liaison",), "U1")


def test_what_was_told_is_kept_by_person_and_rights_and_forgotten_in_the_end():
    told = Told(most=2)
    told.note(A, b"x/media/0a.csv y/media/0b.csv")
    assert told.may(A, "/media/0a.csv") and told.may(A, "/media/0b") and told.may(A, "/unit") and told.may(B, "/static/a.js")
    assert not any(told.may(B, path) for path in ("/media/0a.csv", "/media/0a", "/media/")) and not told.may(A, "/media/0c.csv")
    told.note(A, b"/media/0a.csv")
    told.note(A, b"/media/0c.csv")
    assert told.may(A, "/media/0a.csv") and not told.may(A, "/media/0b.csv")


LINKS = [
    ("unit", {"unit": ["U1"]}), ("tasks", {"unit": ["U2", "U1"]}), ("guidance", {"unit": ["U3"]}), ("appeals", {"unit": ["U1"]}),
    ("compare", {"units": ["U2", "U1"]}), ("trace", {"unit": ["U1"]}), ("what_if", {"scenario": ["1"], "unit": ["U1"]}),
    ("releases", {"draft": ["1"]}),
]  # fmt: skip


def test_no_link_opens_another_unit_to_a_liaison(visit_as):
    visit_as("liaison")
    for page, query in LINKS:
        app = AppTest.from_file(str(SHELL), default_timeout=60)
        app.switch_page(f"../pages/{page}.py")
        for key, values in query.items():
            app.query_params[key] = values
        app.run()
        told, shown = "".join(html_parts(app)), [app.main.get(kind) for kind in ("metric", "arrow_data_frame", "plotly_chart", "download_button")]
        assert not app.exception and not any(shown), page
        assert "不对你的账号开放" in "".join(w.value for w in app.main if hasattr(w, "value")) + told, page
        assert "甲局" not in told and "丙局" not in told, page


BOMBS = ["a = " + "[" * 5000, "a = " + "{a=" * 5000, "a" + ".a" * 50_000 + " = 1", "\n".join(f"k{n}{'.a' * 900} = 1" for n in range(100))]


@pytest.mark.parametrize("bomb", BOMBS, ids=("lists", "tables", "dots", "lines"))
def test_a_small_file_does_not_keep_the_server_busy(bomb):
    start = time.perf_counter()
    with pytest.raises(PolicyError, match="不是完好的 TOML"):
        parse_policy(bomb)
    with pytest.raises(MappingError, match="不是完好的 TOML"):
        parse_mapping("a.toml", bomb)
    assert not _is_plain("1" * 20_000 + "x") and not _is_plain(" " * 20_000 + "x") and not _is_plain("1e" + "1" * 20_000 + "x")
    assert time.perf_counter() - start < 1
