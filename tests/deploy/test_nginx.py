"""What nginx keeps away from the replicas, what it says in their place, and what it tells them of the visitor."""

import gzip
import re
import ssl
import subprocess
import urllib.request
from collections import Counter

import pytest

from tests.deploy.house import fetch, nginx
from tests.people import PASSWORD, token_of
from tests.store.support import rows
from tools.live import free_port

CERTIFICATE = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=zhixiao.test")


@pytest.fixture
def signed_in(house) -> dict[str, str]:
    return {"Cookie": f"zx_session={token_of(house.store, 'leader')}"}


@pytest.mark.parametrize("path", ["metrics", "script-health-check", "agent/mcp", "agent/openapi.json", "streamlit", ""])
def test_of_streamlits_own_paths_only_those_that_pages_need_are_reached(house, signed_in, path):
    for below in ("", "/unit"):
        answer = house.get(f"{below}/_stcore/{path}", signed_in)
        assert answer.status == 404 and b"nginx" in answer.read()


def test_pages_their_parts_and_the_health_are_reached(house, signed_in):
    shell = house.get("/", signed_in).read().decode()
    script = re.search(r'src="\.?(/static/js/[^"]+)"', shell)[1]
    plain, packed = house.get(script, signed_in), house.get(script, signed_in | {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.read()) == plain.read()
    assert [house.get(path, signed_in).status for path in ("/_stcore/host-config", "/_stcore/health", "/healthz")] == [200] * 3


def test_what_is_too_large_is_refused_in_chinese(house, signed_in):
    same_site = signed_in | {"Origin": house.address}
    for path, size in (("/sign-in", 65 * 1024), ("/api/v1/scores", 65 * 1024)):
        answer = house.get(path, same_site, b"x" * size)
        assert answer.status == 413 and "文件太大" in answer.read().decode()
    upload = house.get("/_stcore/upload_file/a/b", same_site, b"x" * 65 * 1024)
    assert upload.status != 413  # files are larger


def test_guesses_are_counted_over_both_replicas(house, tmp_path):
    port = free_port()
    with nginx(tmp_path, port, [replica.port for replica in house.replicas]):
        # of no known origin, so that the replica refuses them before it looks at a password, which takes its time
        answers = [fetch(f"http://127.0.0.1:{port}/sign-in", {"X-Forwarded-For": f"10.0.0.{n}"}, b"") for n in range(45)]
        assert fetch(f"http://127.0.0.1:{port}/sign-in").status == 200
    assert 31 <= Counter(answer.status for answer in answers)[403] <= 35 and answers[-1].status == 429
    assert "请求太多" in answers[-1].read().decode()


def test_nobody_tells_the_replicas_who_they_are_or_where_from(house):
    """A visitor without a session stays one, whatever the request says; the journal has the address that nginx saw."""
    claims = {"X-Remote-User": "admin", "X-Forwarded-User": "admin", "X-Quality-Account": "61646d696e", "X-Forwarded-For": "6.6.6.6"}
    assert house.get("/", claims).headers["Location"].startswith("/sign-in")
    house.get("/sign-in", claims | {"Origin": house.address}, f"name=analyst&password={PASSWORD}".encode())
    (where,) = rows(house.store, "SELECT json_extract(detail, '$.where') FROM audit WHERE by = 'analyst' AND verb = 'sign_in'")[-1]
    assert where == "127.0.0.1"


def test_where_no_replica_is_left_people_are_asked_to_wait(tmp_path):
    port = free_port()
    with nginx(tmp_path, port, [free_port(), free_port()]):
        answer = fetch(f"http://127.0.0.1:{port}/unit?unit=U1")
    body = answer.read().decode()
    assert answer.status == 503 and answer.headers["Retry-After"] == "5" and answer.headers["Cache-Control"] == "no-store"
    assert "请稍候" in body and '<meta http-equiv="refresh" content="5">' in body


def test_with_the_certificate_in_its_place_cookies_are_secure(house, tmp_path):
    subprocess.run([*CERTIFICATE, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "fullchain.pem"], check=True, capture_output=True)
    plain, port = free_port(), free_port()
    tls = {
        "    # listen 443 ssl": f"    listen 127.0.0.1:{port} ssl", "    # ssl_": "    ssl_", "    # add_header Strict": "    add_header Strict",
        "/etc/ssl/zhixiao": str(tmp_path),
    }  # fmt: skip
    trusting = urllib.request.HTTPSHandler(context=ssl._create_unverified_context())
    address, form = f"https://127.0.0.1:{port}", f"name=steward&password={PASSWORD}".encode()
    with nginx(tmp_path, plain, [replica.port for replica in house.replicas], tls):
        sheet = fetch(f"{address}/sign-in", https=trusting)
        entered = fetch(f"{address}/sign-in", {"Origin": address}, form, https=trusting)
    given = entered.headers.get_all("Set-Cookie")
    assert sheet.status == 200 and entered.status == 303
    assert any(re.fullmatch(r"__Host-zx_session=\S+; HttpOnly; Path=/; SameSite=lax; Secure", cookie) for cookie in given)
