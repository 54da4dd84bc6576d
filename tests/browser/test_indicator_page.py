"""指标分析 as a person uses it: the answer stands on the first screen, a sign opens its unit, a point in time its period."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tools import live
from ui.wording import period_title

POINTS = ".scatterlayer .trace .points path"


def query(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("size", ["laptop", "projector"])
def test_the_first_screen_answers(visitor, demo_server, demo, size):
    page = visitor.open(f"{demo_server}/indicator?node={demo.indicators[1]}", size)
    height = live.SIZES[size][1]
    for part in (".st-key-indicator_cards", ".st-key-swarm", ".st-key-sectors"):
        box = page.locator(part).bounding_box()
        assert box and box["y"] + box["height"] <= height, f"{part} ends at {box} of {height}"
    said = page.get_by_text("离群按 Tukey 规则").bounding_box()
    assert said and said["y"] + said["height"] <= height


def test_the_first_screen_of_a_phone_has_the_figures_and_no_side_scrolling(visitor, asem_server):
    page = visitor.open(f"{asem_server}/indicator", "phone")
    cards = page.locator(".st-key-indicator_cards").bounding_box()
    assert cards and cards["y"] + cards["height"] <= live.SIZES["phone"][1]
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= live.SIZES["phone"][0]


def test_a_sign_opens_the_units_portrait(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/indicator?node={demo.indicators[1]}&period={demo.periods[4]}")
    page.locator(f".st-key-swarm {POINTS}").nth(5).click(force=True)
    page.wait_for_url("**/unit?*")
    live.settle(page)
    assert query(page)["period"] == [demo.periods[4]]
    expect(page.locator("[data-testid=stMain]")).to_contain_text(demo.names[query(page)["unit"][0]])
    page.go_back()
    expect(page.locator("h1")).to_have_text("指标分析")
    live.settle(page)
    assert query(page)["node"] == [demo.indicators[1]] and query(page)["period"] == [demo.periods[4]]


def test_a_point_in_time_opens_its_period_and_keeps_the_rest(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/indicator?node={demo.indicators[1]}&level=score")
    page.locator(f".st-key-periods {POINTS}").nth(3).click(force=True)
    page.wait_for_url(f"**period={demo.periods[3]}*")
    live.settle(page)
    page.wait_for_function("location.search.includes('level=score')")
    assert query(page)["node"] == [demo.indicators[1]]
    expect(page.locator(".zx-title").first).to_contain_text(period_title(demo.periods[3]))
