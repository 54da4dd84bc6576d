"""The badge: what stands on it, and to whom it is shown."""

import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from reports.palette import tone
from server.api_reading import chosen, public
from server.badge import WIDTH, badge
from store.releasing.releases import publish
from store.settings import set_setting
from tests.people import sign_in
from tests.server.programs import program, serving
from tests.store.support import bring, intake, whole

URL = "/api/v1/units/U1/badge.svg?period=2024Q4"
TEXT = "{http://www.w3.org/2000/svg}text"


def texts(svg: str) -> list[str]:
    return [node.text for node in ElementTree.fromstring(svg).iter(TEXT)]


def frozen(release: int):
    return chosen(public(), None, release)


def test_what_stands_on_it(people_store):
    """U1 has 89 in 2024Q4, as test_api writes out; of three units the best third is none, so it is in the second tier."""
    svg = badge(frozen(1), "U1")
    look = tone("tier1", 3)
    assert texts(svg) == [look.sign, "争先型", "甲局", "89.0", "指数", "2024年四季度 · 第 1 号发布"]
    assert look.colour in svg and "演示数据" not in svg
    title = ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}title").text
    assert title == "甲局，指数 89.0，争先型，2024年四季度，第 1 号发布"


def test_a_unit_without_a_score_and_demonstration_data_say_so(people_store):
    values = whole("2025Q3", ("U1", "missing", "missing", "missing", "missing"), ("U2", 90, 80, 1, 45))
    bring(people_store, intake(values=[v if v[0] == "U2" else (*v[:3], "pending") for v in values], demo=True))
    number = publish(["2025Q3"], "测试", people_store)[0].release
    svg = badge(frozen(number), "U1")
    assert texts(svg)[:4] == ["—", "不计分", "甲局", "—"] and "演示数据" in texts(svg)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_name_is_a_text_of_a_sound_picture(name, tier):
    class Any:
        units = pd.DataFrame({"name": [name], "tier": [tier], "index": [88.0]}, index=["U"])
        words, period, number, demo = {"index": name}, name, 7, True

        class policy:
            tier_labels = (tier, "另一")

    svg = badge(Any, "U")
    root = ElementTree.fromstring(svg)
    assert {node.tag.rpartition("}")[2] for node in root.iter()} == {"svg", "title", "rect", "path", "text"}
    assert not [key for node in root.iter() for key in node.attrib if key.startswith("on") or "href" in key]
    assert all(len(text or "") <= 40 for text in texts(svg))


def test_a_long_name_is_cut_and_stands_whole_in_the_title(people_store):
    name = "甲" * 60
    bring(people_store, intake(pd.DataFrame([("U1", name, "一组", 1.0)], columns=["code", "name", "sector", "size"])))
    number = publish(["2024Q4"], "测试", people_store)[0].release
    svg = badge(frozen(number), "U1")
    assert name in svg and texts(svg)[2] == f"{'甲' * 15}…"  # sixteen at 15 px are 240 of the 246 that are left
    assert f'width="{WIDTH}"' in svg


def test_it_is_for_those_who_may_see_the_unit(people_store):
    app = serving()
    assert TestClient(app).get(URL).status_code == 401
    for name, status in {"leader": 200, "liaison": 403, "admin": 403}.items():
        answer = program(app, people_store, name).get(URL)
        assert answer.status_code == status and "access-control-allow-origin" not in answer.headers
    assert program(app, people_store, "liaison").get(URL.replace("U1", "U2")).status_code == 200
    browser = TestClient(app)
    sign_in(browser, "leader")
    assert browser.get(URL).headers["cache-control"] == "no-store"


def test_by_the_setting_it_is_for_everybody_and_on_any_site(people_store):
    app = serving()
    set_setting("public_badges", 1, "admin", people_store)
    stranger = TestClient(app)
    answer = stranger.get(URL, headers={"origin": "http://a.gov.cn"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*") and answer.headers["content-type"] == "image/svg+xml"
    assert re.match(r"public, max-age=\d+$", answer.headers["cache-control"]) and "set-cookie" not in answer.headers
    assert stranger.get(URL, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert stranger.get(URL.replace("U1", "U9")).status_code == 404
    assert stranger.post(URL).status_code == 403
    for other in ("/api/v1/units/U1", "/api/v1/scores", "/api/v1/badge.svg", "/api/v1/units/badge.svg", "/badge.svg"):
        assert stranger.get(other, headers={"origin": "http://a.gov.cn"}, follow_redirects=False).status_code in (303, 401), other
    set_setting("public_badges", 0, "admin", people_store)
    assert stranger.get(URL).status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/scores", "/api/v1/units/U1", "/api/v1/openapi.json", "/healthz"])
def test_no_other_route_is_for_other_sites(people_store, path):
    set_setting("public_badges", 1, "admin", people_store)
    answer = program(serving(), people_store, "analyst").get(path, headers={"origin": "http://a.gov.cn"})
    assert answer.status_code == 200 and "access-control-allow-origin" not in answer.headers
