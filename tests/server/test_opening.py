"""With options that open the doors the server does not start, and says which to put back; behind a proxy it believes that one only."""

import os
import subprocess
import sys

import pytest
from starlette.testclient import TestClient
from streamlit import config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from server.asking import ACCOUNT
from server.opening import misconfigured
from tests.people import sign_in
from tests.server.conftest import behind
from tools import live
from ui.user import COOKIES

DANGEROUS = {
    "server.baseUrlPath": "zx",
    "server.enableCORS": False,
    "server.enableXsrfProtection": False,
    "server.enableAgentApi": True,
    "global.developmentMode": True,
    "global.e2eTest": True,
    "server.trustedUserHeaders": {"X-Forwarded-User": "account"},
}


@pytest.mark.parametrize("name", DANGEROUS)
def test_an_option_that_opens_a_door_is_named_with_the_remedy(name):
    assert misconfigured(config.get_option) == ""
    said = misconfigured(lambda asked: DANGEROUS[name] if asked == name else config.get_option(asked))
    assert "没有启动" in said and name in said and "请改回" in said and not any(other in said for other in DANGEROUS if other != name)


def test_the_server_itself_refuses_all_of_them_at_once(tmp_path):
    said = {"SERVER_BASE_URL_PATH": "zx", "SERVER_ENABLE_CORS": "false", "SERVER_TRUSTED_USER_HEADERS": "{}"}
    given = {**os.environ, "QUALITY_STORE": str(tmp_path / "none.db"), **{f"STREAMLIT_{name}": value for name, value in said.items()}}
    line = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.headless", "true", "--server.port", str(live.free_port())]
    done = subprocess.run(line, cwd=live.ROOT, env=given, capture_output=True, text=True, encoding="utf-8", timeout=90)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert all(name in done.stderr for name in ("server.baseUrlPath", "server.enableCORS", f'"{ACCOUNT}" = "account"'))


def behind_proxy(client: str) -> TestClient:
    """A visitor as uvicorn hands them on, which believes proxies on this machine."""
    return TestClient(ProxyHeadersMiddleware(behind(), "127.0.0.1,::1"), client=(client, 50000), follow_redirects=False)


@pytest.mark.parametrize(("client", "proto", "secure"), [("127.0.0.1", "https", True), ("127.0.0.1", "http", False), ("10.0.0.7", "https", False)])
def test_the_cookie_is_secure_by_the_word_of_a_proxy_on_this_machine_only(people_store, client, proto, secure):
    visitor = behind_proxy(client)
    visitor.headers["x-forwarded-proto"] = proto
    into = sign_in(visitor, "leader")
    kept = into.headers["set-cookie"]
    assert into.status_code == 303 and ("Secure" in kept) == secure and kept.startswith(COOKIES[0 if secure else 1] + "=")
    assert "HttpOnly" in kept and "SameSite=lax" in kept and "Domain" not in kept


def test_who_names_another_address_is_counted_by_the_own_one(people_store):
    """Through the proxy, which adds the address that it sees, and past it."""
    for visitor, forged in ((behind_proxy("127.0.0.1"), "{}, 10.0.0.7"), (behind_proxy("10.0.0.7"), "{}")):
        tries = [
            visitor.post("/sign-in", data={"name": f"n{k}"}, headers={"origin": "http://testserver", "x-forwarded-for": forged.format(f"1.2.3.{k}")})
            for k in range(31)
        ]
        assert [t.status_code for t in tries] == [401] * 30 + [429]
