"""分类指导 as a person uses it: where points are lost stands on the first screen, a weak spot opens its units, a unit its portrait."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tools import live


def asked(page, key: str) -> str:
    return parse_qs(urlsplit(page.url).query).get(key, [""])[0]


def pick_row(page, table: int, row: int) -> None:
    box = page.locator("[data-testid=stDataFrame]").nth(table).bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 52 + 33 * row)


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_first_screen_says_where_points_are_lost(visitor, demo_server, size):
    page = visitor.open(f"{demo_server}/guidance", size)
    box = page.locator("[data-testid=stPlotlyChart]").bounding_box()
    assert box and box["y"] + box["height"] <= live.SIZES[size][1], f"the figure ends at {box}"
    assert page.locator(".zx-broken").count() == 0
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= live.SIZES[size][0]
    if size == "laptop":
        last = page.locator("[data-testid=stDataFrame]").last.bounding_box()
        assert last["y"] + last["height"] <= live.SIZES[size][1], f"the units end at {last}"


def test_from_a_weak_spot_to_its_units_to_a_portrait_and_back(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/guidance")
    page.wait_for_url("**spot=*")
    first = asked(page, "spot")
    pick_row(page, 0, 1)
    page.wait_for_function("first => !location.search.includes('spot=' + first)", arg=first)
    live.settle(page)
    second = asked(page, "spot")
    assert second != first
    pick_row(page, 1, 0)
    page.wait_for_url("**/unit?*")
    live.settle(page)
    assert asked(page, "unit") in demo.units and asked(page, "tab") == "next"
    page.go_back()
    page.wait_for_url(f"**/guidance?*spot={second}*")
    live.settle(page)
    page.locator(".st-key-advised button").first.click()
    page.wait_for_function("!location.search.includes('advised=%E8%BF%BD')")
    live.settle(page)
    assert page.locator("[data-testid=stException], .zx-broken").count() == 0
