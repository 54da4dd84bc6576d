"""对比研判 as a person uses it: the answer on the first screen, peers by one click and back, a sign of the map opens its unit."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tools import live

SIX = "pick=CJ01&pick=CJ02&pick=CJ03&pick=QT02&pick=sector:群团&pick=tier:领跑型"


def picked(page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("pick", [])


@pytest.mark.parametrize("size", ["laptop", "projector"])
def test_six_things_stand_on_the_first_screen(visitor, demo_server, shoot, size):
    page = visitor.open(f"{demo_server}/compare?{SIX}", size)
    for part in ("radar", "dots"):
        box = page.locator(f".st-key-{part}").bounding_box()
        assert box and box["y"] + box["height"] <= live.SIZES[size][1], part
    assert page.locator(".st-key-dots .scatterlayer .points path").count() == 30
    assert page.locator(".zx-broken").count() == 0
    shoot(page, f"compare-six-{size}")


def test_peers_by_one_click_and_back(visitor, demo_server):
    page = visitor.open(f"{demo_server}/compare?pick=CJ05&pick=CJ01")
    page.locator(".st-key-find_peers button:visible").first.click()
    page.wait_for_function("new URLSearchParams(location.search).getAll('pick').length === 4")
    live.settle(page)
    assert picked(page)[0] == "CJ05"
    expect(page.locator("[data-testid=stMain]")).to_contain_text("最像 A")
    page.go_back()
    page.wait_for_function("new URLSearchParams(location.search).getAll('pick').length === 2")
    live.settle(page)
    assert picked(page) == ["CJ05", "CJ01"] and page.locator(".zx-broken").count() == 0


def test_a_sign_before_a_row_of_the_map_opens_its_portrait(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/compare?{SIX}&tab=heat&sector=群团")
    page.locator(".st-key-heat .scatterlayer .points path").first.click(force=True)
    page.wait_for_url("**/unit?*")
    live.settle(page)
    expect(page.locator("[data-testid=stMain]")).to_contain_text(demo.names[parse_qs(urlsplit(page.url).query)["unit"][0]])


def test_on_a_phone_the_map_moves_in_its_own_box(visitor, asem_server):
    page = visitor.open(f"{asem_server}/compare?tab=heat", "phone")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= live.SIZES["phone"][0]
    assert page.evaluate("(b => b.scrollWidth > b.clientWidth + 300)(document.querySelector('.st-key-heat'))")
