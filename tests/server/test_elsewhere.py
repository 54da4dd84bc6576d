"""Signing in by an identity provider: a real server of ours, a mock of theirs, and all the redirects between them."""

import re

import httpx2
import pytest
from oidc_provider_mock import User, run_server_in_thread

from store.people import accounts
from tests.people import PASSWORD
from tests.store.support import rows
from tools import live

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the mock's own
SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "a secret of more than thirty-two characters"
client_id = "client"
client_secret = "secret"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""
KNOWN = User(sub="0001", claims={"email": "Zhang@example.cn", "email_verified": True})
UNPROVEN = User(sub="0002", claims={"email": "zhang@example.cn", "email_verified": False})


@pytest.fixture(scope="module")
def server(people_once, tmp_path_factory):
    """A server that the provider is named to. Its store is the one with an account for each role, and one without a password."""
    path = tmp_path_factory.mktemp("elsewhere") / "quality.db"
    path.write_bytes(people_once.read_bytes())
    accounts.add("zhang@example.cn", "张三", ["analyst"], "测试", None, None, path)
    with run_server_in_thread(user_claims=[KNOWN, UNPROVEN]) as theirs:
        secrets = path.with_name("secrets.toml")
        secrets.write_text(SECRETS.format(provider=f"http://localhost:{theirs.server_port}"), "utf-8")
        with live.server(path, "run", "dashboard.py", f"--secrets.files={secrets}", "--server.address=0.0.0.0") as address:
            yield address, path


@pytest.fixture
def client(server):
    with httpx2.Client(base_url=server[0], headers={"origin": server[0]}) as one:
        yield one


def come_back_as(client, sub: str):
    """Through the provider's page as this person, back to the server; its answer."""
    theirs = client.get(client.get(client.get("/sign-in/elsewhere", params={"next": "/unit?unit=U1"}).headers["location"]).headers["location"])
    assert theirs.status_code == 200 and theirs.url.host == "localhost"
    consent = client.post(theirs.url, data={"sub": sub})
    back = client.get(consent.headers["location"])  # Streamlit's own: it sets its cookie and leads to /
    return client.get(back.headers["location"])


def test_one_whom_the_store_knows_comes_back_to_where_they_were_going(client, server):
    door = client.get("/unit?unit=U1")
    assert door.headers["location"] == "/sign-in?next=%2Funit%3Funit%3DU1"
    assert re.search(r'href="/sign-in/elsewhere\?next=', client.get(door.headers["location"]).text)
    answer = come_back_as(client, "0001")
    assert answer.status_code == 303 and answer.headers["location"] == "/unit?unit=U1"
    assert client.get("/unit?unit=U1").status_code == 200 and client.get("/_stcore/host-config").status_code == 200
    assert not [name for name in client.cookies if name.startswith("_streamlit_user")]
    assert rows(server[1], "SELECT by FROM audit WHERE verb = 'sign_in' ORDER BY id DESC LIMIT 1") == [("zhang@example.cn",)]
    accounts.set_active("zhang@example.cn", False, "测试", server[1])
    assert client.get("/_stcore/host-config").status_code == 401
    accounts.set_active("zhang@example.cn", True, "测试", server[1])


def test_signing_out_ends_it_here(client):
    come_back_as(client, "0001")
    assert client.post("/sign-out").status_code == 303
    assert client.get("/").headers["location"] == "/sign-in" and client.get("/_stcore/host-config").status_code == 401


@pytest.mark.parametrize(("sub", "shown"), [("0002", "0002"), ("stranger", "stranger")])
def test_one_whom_the_store_does_not_know_is_told_so(client, sub, shown):
    answer = come_back_as(client, sub)
    assert answer.status_code == 403 and "没有您的账号" in answer.text and shown in answer.text
    assert client.get("/").status_code == 303 and client.get("/_stcore/host-config").status_code == 401


def test_a_forged_cookie_of_streamlits_is_nobodys(client):
    client.cookies.set("_streamlit_user", "eyJlbWFpbCI6InpoYW5nQGV4YW1wbGUuY24ifQ.aSQ.forged")
    assert client.get("/").headers["location"] == "/sign-in"


def test_passwords_go_on_working_beside_it(client, server):
    assert client.post("/sign-in", data={"name": "leader", "password": PASSWORD}).status_code == 303
    assert client.get("/_stcore/host-config").status_code == 200
