"""The API: what each route answers, to whom, in which form. Figures are written out from the values of `make_store`."""

import io
import json
import shlex
import shutil
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from starlette.testclient import TestClient

from server import api_serving
from server.api_table import ENDPOINTS
from store.connection import reader, write_tx
from store.errors import StoreLocked
from store.keeping.journal import journal
from store.people import accounts
from store.releasing.releases import draft, publish, withdraw
from store.settings import SETTINGS
from tests.people import sign_in
from tests.server.programs import ROUTES, program, serving
from tests.store.support import bring, intake, whole
from tools.live import ROOT

DATA = [path for path, kind in ROUTES.items() if kind in ("rows", "unit") and not path.endswith(".svg")]
PROBLEM = "application/problem+json"
# U1 in 2024Q4: A1 90, A2 80 → A 85; B1 1 of 10, fewer is better → 90, B2 45 of 50 → 90 → B 90; 0.6·85 + 0.4·90 = 87; 2 points more: 89.
U1_NODES = {"X": 87, "A": 85, "B": 90, "A1": 90, "A2": 80, "B1": 90, "B2": 90}


@pytest.fixture(scope="module")
def shared(people_once, tmp_path_factory) -> Callable[[str], TestClient]:
    """Programs at a store that no test writes to."""
    path = Path(shutil.copytree(people_once.parent, tmp_path_factory.mktemp("api") / "store")) / people_once.name
    app = serving()
    return path, cache(lambda name="analyst": program(app, path, name))


@pytest.fixture
def api(shared, monkeypatch) -> Callable[[str], TestClient]:
    """api(name): a program with a token of that account, at a store that is read only."""
    monkeypatch.setenv("QUALITY_STORE", str(shared[0]))
    return shared[1]


@pytest.fixture
def own_api(people_store) -> Callable[[str], TestClient]:
    """The same at a store of the test's own."""
    app = serving()
    return cache(lambda name="analyst": program(app, people_store, name))


def problem(answer, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM and answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert document["status"] == status and document["title"] and document["detail"]
    return document


def test_the_table_of_routes_is_whole():
    shown = {path.replace("{unit}", "{code}").replace("/1", "/{code}").replace("/A1", "/{code}") for path in ROUTES}
    assert shown == {e.path for e in ENDPOINTS}


def test_scores(api):
    answer = api().get("/api/v1/scores?period=2024Q4").json()
    assert (answer["release"], answer["period"], answer["demo"], answer["total"]) == (1, "2024Q4", False, 3)
    first = answer["items"][0]
    assert (first["code"], first["index"], first["index_raw"], first["rank"]) == ("U1", 89, 87, 1)
    assert first["nodes"] == U1_NODES
    # facets keep an indicator's share in the index: A1 and A2 0.3 each, B1 and B2 0.2
    assert first["facets"]["requirement:守纪律"] == pytest.approx((0.3 * 90 + 0.2 * 90) / 0.5)
    assert [row["rank"] for row in answer["items"]] == [1, 2, 3]


def test_the_newest_period_is_answered_unless_another_is_asked_for(api):
    client = api()
    assert client.get("/api/v1/scores").json()["release"] == 2
    assert client.get("/api/v1/scores?release=1").json()["period"] == "2024Q4"
    for query in ("period=2019Q1", "release=99", "release=1&period=2025Q1"):
        problem(client.get(f"/api/v1/scores?{query}"), 404)


def test_filters_and_pages(api):
    client = api()
    assert [row["code"] for row in client.get("/api/v1/scores?sector=一组").json()["items"]] == ["U1", "U2"]
    tiers = client.get("/api/v1/releases/2").json()["tiers"]
    assert sum(client.get(f"/api/v1/scores?period=2024Q4&tier={tier}").json()["total"] for tier in tiers) == 3
    whole_list = client.get("/api/v1/units").json()["items"]
    pages = [client.get(f"/api/v1/units?limit=2&offset={offset}").json() for offset in (0, 2, 4)]
    assert [row for page in pages for row in page["items"]] == whole_list and {page["total"] for page in pages} == {3}


def test_a_portrait(api):
    answer = api().get("/api/v1/units/U1?period=2024Q4").json()
    assert (answer["name"], answer["index"], answer["bonus"], answer["ties"], answer["ranked"]) == ("甲局", 89, 2, 1, 3)
    assert [(d["code"], d["score"], d["coverage"]) for d in answer["dimensions"]] == [("A", 85, 1), ("B", 90, 1)]
    # of 87, U2's 0.6·55 + 0.4·(80 + 40)/2 = 57 and U3's 0.6·70 + 0.4·50 = 62
    assert answer["group_median"] == pytest.approx(62)
    assert answer["adjustments"] == [{"kind": "bonus", "points": 2, "reason": "事由", "document": "文1"}]
    assert answer["weakest"] == "A" and answer["unbalanced"] is False


def test_a_veto_and_an_empty_cell(api):
    client = api()
    portrait = client.get("/api/v1/units/U2").json()
    assert portrait["veto"] and portrait["adjustments"][0]["kind"] == "veto"
    cells = {c["code"]: c for c in client.get("/api/v1/units/U3/indicators").json()["items"]}
    assert (cells["B2"]["state"], cells["B2"]["value"], cells["A1"]["value"], cells["A1"]["dimension"]) == ("not_applicable", None, 75, "A")
    assert client.get("/api/v1/units").json()["items"][2]["size"] is None


def test_the_framework_and_one_indicator(api):
    client = api()
    nodes = {n["code"]: n for n in client.get("/api/v1/indicators").json()["items"]}
    assert [nodes[c]["kind"] for c in ("X", "A", "A1")] == ["index", "dimension", "indicator"]
    b1 = nodes["B1"]
    assert (b1["direction"], b1["low"], b1["high"], b1["effective_weight"], b1["facets"]) == (-1, 0, 10, 0.2, {"requirement": "守纪律"})
    answer = client.get("/api/v1/indicators/B1?period=2024Q4").json()
    assert answer["indicator"] == b1
    assert [(c["code"], c["value"], c["score"], c["rank"]) for c in answer["items"]] == [("U1", 1, 90, 1), ("U2", 2, 80, 2), ("U3", 5, 50, 3)]
    assert "scores" in problem(client.get("/api/v1/indicators/A"), 404)["detail"]


@pytest.mark.parametrize("path", DATA)
def test_every_answer_says_what_it_is_of_in_json_and_csv(api, path):
    client, path = api(), path.format(unit="U1")
    answer = client.get(path)
    said = answer.json()
    assert answer.headers["content-type"] == "application/json" and "NaN" not in answer.text
    told = [said] if "digest" in said else said["items"]
    assert all(len(row["digest"]) == 64 and row["demo"] is False for row in told)
    csv = client.get(path, headers={"accept": "text/csv;q=1, application/json;q=0.5"})
    assert csv.headers["content-type"] == "text/csv; charset=utf-8" and csv.content.startswith(b"\xef\xbb\xbf")
    assert client.get(f"{path}?format=csv", headers={"accept": "application/json"}).content == csv.content
    table = pd.read_csv(io.BytesIO(csv.content), keep_default_na=False, dtype=str)
    assert len(table) == len(said.get("items", [said])) and table.columns.is_unique
    assert (table["digest"].str.len() == 64).all() and (table["demo"] == "false").all()
    first = said["items"][0] if "items" in said else said
    for name in ("code", "index", "value", "state", "release_state", "notice", "weight"):
        wanted = first.get(name, said.get(name))
        assert name not in table or table.at[0, name] == ("" if wanted is None else str(wanted)), name


def test_an_empty_page_keeps_its_columns(api):
    client = api()
    some, none = (client.get(f"/api/v1/units?format=csv&limit=1&offset={offset}").text.splitlines() for offset in (0, 9))
    assert none == some[:1] and len(some) == 2


def test_figures_are_not_rounded(own_api, people_store):
    bring(people_store, intake(values=whole("2025Q2", ("U1", 100 / 3, 80, 1, 45), ("U2", 50, 60, 2, 20))))
    publish(["2025Q2"], "测试", people_store)
    row = own_api().get("/api/v1/indicators/A1").json()["items"][0]
    assert row["value"] == 100 / 3
    table = pd.read_csv(io.BytesIO(own_api().get("/api/v1/indicators/A1?format=csv").content), dtype=str)
    assert float(table.at[0, "value"]) == 100 / 3


ODD = {"名\n/称 A1": '<script>alert("1")</script>', "U'\"1": "=cmd|' /C calc'!A0", "a b?#&": "甲" * 60}


@pytest.fixture
def odd(people_store):
    """Units whose codes and names try the address and the table."""
    units = pd.DataFrame([(code, name, "一组", 1.0) for code, name in ODD.items()], columns=["code", "name", "sector", "size"])
    values = whole("2025Q3", *((code, 90, 80, 1, 45) for code in ODD))
    bring(people_store, intake(units, values))
    publish(["2025Q3"], "测试", people_store)
    return people_store


@pytest.mark.parametrize("code", ODD)
def test_odd_codes_and_names(own_api, odd, code):
    client = own_api()
    for safe in ("", "/"):
        answer = client.get(f"/api/v1/units/{quote(code, safe=safe)}")
        assert answer.json()["name"] == ODD[code] and answer.headers["x-content-type-options"] == "nosniff"
        assert client.get(f"/api/v1/units/{quote(code, safe=safe)}/indicators").json()["unit_code"] == code
    table = pd.read_csv(io.BytesIO(client.get("/api/v1/units?format=csv").content), dtype=str).set_index("code")
    assert table.at[code, "name"] == ("'" if ODD[code].startswith("=") else "") + ODD[code]


def test_an_answer_that_is_known_is_not_sent_again(own_api, people_store):
    client, tags = own_api(), {}
    for path in (path.format(unit="U1") for path, kind in ROUTES.items() if kind != "open"):
        tag = tags[path] = client.get(path).headers["etag"]
        for known in (tag, f'"x", W/{tag}', "*"):
            again = client.get(path, headers={"if-none-match": known})
            assert again.status_code == 304 and not again.content and again.headers["etag"] == tag
        assert client.get(path, headers={"if-none-match": '"x"'}).status_code == 200
    assert len(set(tags.values())) == len(tags)
    bring(people_store, intake(values=whole("2025Q1", ("U1", 10, 80, 1, 45))))
    publish(["2025Q1"], "测试", people_store)
    same = {path for path, tag in tags.items() if client.get(path, headers={"if-none-match": tag}).status_code == 304}
    assert same == {"/api/v1/openapi.json", "/api/v1/releases/1"}


def test_a_unit_that_is_not_there_is_not_known(api):
    problem(api().get("/api/v1/units/U9", headers={"if-none-match": "*"}), 404)


@pytest.mark.parametrize("path", [*ROUTES, "/api/v1/nowhere", "/api/", "/api/v2/units"])
def test_nothing_is_written(api, path):
    client, path = api(), path.format(unit="U1")
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = client.request(method, path, headers={"origin": "http://testserver"})
        assert answer.status_code in (404, 405) and "GET" in answer.headers.get("allow", "GET")
    there = client.get(path)
    head = client.head(path)
    assert head.status_code == there.status_code and head.headers.get("etag") == there.headers.get("etag")


@pytest.mark.parametrize(
    ("query", "named"),
    [("limit=0", "limit"), ("limit=10001", "limit"), ("limit=1e3", "limit"), ("limit=１", "limit"), ("offset=-1", "offset"), ("release=x", "release"),
     ("release=1' OR 1=1 --", "release"), ("limit=1&limit=2", "limit"), ("format=xml", "format"), ("sort=name", "sort"), ("tier=", "tier")],
)  # fmt: skip
def test_parameters_that_cannot_be_used_are_named(api, query, named):
    said = problem(api().get(f"/api/v1/scores?{query}"), 422)
    assert [error["parameter"] for error in said["errors"]] == [named] and named in said["detail"] and said["errors"][0]["message"]


def test_sql_in_a_text_is_a_text(api):
    assert api().get("/api/v1/scores?sector=' OR 1=1 --").json()["total"] == 0


def test_kinds_that_are_not_had_are_refused(api):
    client = api()
    refused = [("scores", "image/png"), ("scores", "application/json;q=0"), ("units/U1/badge.svg", "text/csv"), ("openapi.json", "text/html")]
    for path, accept in refused:
        assert accept.partition(";")[0] in problem(client.get(f"/api/v1/{path}", headers={"accept": accept}), 406)["detail"]
    for accept in ("*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "application/*", "application/json;q=nonsense", ""):
        assert client.get("/api/v1/scores", headers={"accept": accept}).headers["content-type"] == "application/json"


# Who may what


@pytest.mark.parametrize("path", [path for path, kind in ROUTES.items() if kind != "open"])
def test_nothing_without_an_account(own_api, people_store, path):
    said = own_api("").get(path.format(unit="U1"))
    problem(said, 401)
    assert said.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", DATA)
def test_an_account_without_the_right_gets_none_of_it(api, path):
    problem(api("admin").get(path.format(unit="U1")), 403)
    assert api("admin").get("/api/v1/openapi.json").status_code == 200


@pytest.mark.parametrize("path", [path for path, kind in ROUTES.items() if kind == "unit"])
def test_a_liaison_reads_the_own_unit_and_learns_of_no_other(api, path):
    client = api("liaison")
    assert client.get(path.format(unit="U2")).status_code == 200
    there, not_there = (client.get(path.format(unit=unit)) for unit in ("U1", "U9"))
    problem(there, 403)
    assert there.json() == not_there.json() and "U1" not in there.text
    for tag in ("*", api().get(path.format(unit="U1")).headers["etag"]):
        problem(client.get(path.format(unit="U1"), headers={"if-none-match": tag}), 403)


@pytest.mark.parametrize("path", [path for path, kind in ROUTES.items() if kind == "rows"])
def test_a_liaisons_lists_hold_no_other_unit(api, path):
    for query in ("", "?format=csv", "?release=1" if path != "/api/v1/releases" and "releases/" not in path else ""):
        text = api("liaison").get(f"{path}{query}").text
        assert not [other for other in ("U1", "U3", "甲局", "丙局") if other in text]
    if path in ("/api/v1/units", "/api/v1/scores", "/api/v1/indicators/A1"):
        assert [row["code"] for row in api("liaison").get(path).json()["items"]] == ["U2"]
        assert api("liaison").get(f"{path}?offset=1").json()["items"] == []


def test_medians_of_a_few_are_not_told_to_a_liaison(api):
    """Of three units a median is one of them."""
    assert api("analyst").get("/api/v1/units/U2").json()["group_median"] is not None
    portrait = api("liaison").get("/api/v1/units/U2").json()
    assert portrait["group_median"] is None and {d["median"] for d in portrait["dimensions"]} == {None}


def test_drafts_and_what_was_withdrawn_are_for_those_who_may(own_api, people_store):
    bring(people_store, intake(values=whole("2025Q1", ("U1", 10, 80, 1, 45))))
    number = draft(["2025Q1"], "测试", people_store)[0].release
    withdraw(1, "有误", "测试", people_store)
    for hidden in (number, 1):
        for path in (f"/api/v1/releases/{hidden}", f"/api/v1/scores?release={hidden}", f"/api/v1/units/U2?release={hidden}"):
            for name in ("leader", "liaison"):
                problem(own_api(name).get(path), 404)
            assert own_api("analyst").get(path).status_code == 200
        problem(own_api("analyst").get(f"/api/v1/units/U2/badge.svg?release={hidden}"), 404)
    assert [r["number"] for r in own_api("leader").get("/api/v1/releases").json()["items"]] == [2]
    assert [(r["number"], r["state"]) for r in own_api("analyst").get("/api/v1/releases").json()["items"]] == [
        (number, "draft"), (2, "served"), (1, "withdrawn"),
    ]  # fmt: skip
    assert "草稿" in own_api("analyst").get(f"/api/v1/scores?release={number}").json()["notice"]
    problem(own_api("analyst").get("/api/v1/scores?period=2024Q4"), 404)


def test_a_session_reads_as_its_account_and_a_token_ends_with_it(own_api, people_store):
    browser = TestClient(serving())
    sign_in(browser, "liaison")
    assert browser.get("/api/v1/units").json()["total"] == 1
    client = own_api("leader")
    assert client.get("/api/v1/units").json()["total"] == 3
    accounts.set_active("leader", False, "admin", people_store)
    problem(client.get("/api/v1/units"), 401)


def test_the_journal_has_one_row_for_each_account_and_day(own_api, people_store):
    for name in ("analyst", "liaison"):
        for path in ("/api/v1/scores", "/api/v1/units/U2", "/api/v1/scores?format=csv"):
            assert own_api(name).get(path).status_code == 200
    problem(own_api("liaison").get("/api/v1/units/U1"), 403)
    with reader(people_store) as db:
        rows = journal(db, verbs=["export"])
    assert sorted(rows["by"]) == ["analyst", "liaison"] and rows["told"].str.contains("接口 /api/v1/scores").all()


def test_what_cannot_be_noted_is_answered_and_noted_later(own_api, people_store, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(api_serving, "record_export", lambda *_, **__: False)
        assert own_api().get("/api/v1/units").status_code == 200
    own_api().get("/api/v1/units")
    with reader(people_store) as db:
        assert len(journal(db, verbs=["export"])) == 1


def test_reading_goes_on_while_somebody_writes(own_api, people_store):
    client = own_api()
    client.get("/api/v1/units")
    with write_tx(people_store) as db:
        db.execute("DELETE FROM session")
        assert client.get("/api/v1/scores").status_code == 200


def test_a_store_that_cannot_be_read_is_a_problem_without_its_path(own_api, people_store, monkeypatch):
    client = own_api()

    def locked(*_):
        raise StoreLocked(f"库 {people_store} 占用")

    monkeypatch.setattr(api_serving, "document", locked)
    said = problem(client.get("/api/v1/openapi.json"), 503)
    assert str(people_store) not in json.dumps(said, ensure_ascii=False)


def test_a_fault_of_ours_is_a_problem_too(api, monkeypatch):
    def broken():
        raise RuntimeError("secret")

    monkeypatch.setattr(api_serving, "document", broken)
    client = api()
    answer = TestClient(client.app, headers=client.headers, raise_server_exceptions=False).get("/api/v1/openapi.json")
    assert "secret" not in json.dumps(problem(answer, 500))


def test_the_examples_of_the_manual_run(own_api, people_store):
    """Each curl line of docs/api.md, as curl would ask."""
    text = (ROOT / "docs" / "api.md").read_text("utf-8").replace("$TOKEN", "TOKEN")
    lines = [shlex.split(line) for line in text.splitlines() if line.startswith("curl")]
    token = own_api().headers["authorization"].removeprefix("Bearer ")
    asked = set()
    for words in lines:
        headers = dict(value.replace("TOKEN", token).split(": ", 1) for flag, value in pairwise(words) if flag == "-H")
        address = next(word for word in words if word.startswith("http://"))
        answer = TestClient(own_api().app).get(address.partition(":8501")[2], headers=headers)
        assert answer.status_code == 200 and answer.content, words
        asked.add(address.partition(":8501")[2])
    assert len(asked) == len(lines) > 5
    assert "python manage.py setting public_badges 1" in text and "public_badges" in SETTINGS


def test_two_servers_on_one_store_note_a_day_once(own_api, people_store, monkeypatch):
    for _ in range(2):
        monkeypatch.setattr(api_serving, "_noted", set())  # as a server begins
        assert own_api().get("/api/v1/units").status_code == 200
    with reader(people_store) as db:
        assert len(journal(db, verbs=["export"])) == 1
