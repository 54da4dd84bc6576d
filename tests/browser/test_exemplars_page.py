"""红雁清风 as a person uses it: cards on the first screen that open portraits, a unit's models beside each other and in the comparison."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tools import live

MAIN = "[data-testid=stMain]"


def query(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_exemplars_stand_on_the_first_screen_and_open_their_portrait(visitor, demo_server, demo, size):
    page = visitor.open(f"{demo_server}/exemplars", size)
    cards = page.locator(".zx-card")
    boxes = [cards.nth(k).bounding_box() for k in range(cards.count())]
    seen = sum(box["y"] + box["height"] <= live.SIZES[size][1] for box in boxes)
    assert seen >= (6 if size == "laptop" else 1)
    story = cards.first.locator("summary")
    story.click()
    expect(cards.first.locator("details[open]")).to_have_count(1)
    name = page.locator(".st-key-exemplar_cards button:visible").first
    title = name.inner_text()
    name.click()
    page.wait_for_url("**/unit?*")
    live.settle(page)
    expect(page.locator(MAIN)).to_contain_text(title)
    assert demo.names[query(page)["unit"][0]].endswith(title)
    page.go_back()
    page.wait_for_url("**/exemplars*")
    expect(page.locator(".zx-card")).to_have_count(len(boxes))
    assert page.locator(".zx-broken").count() == 0


def test_a_unit_its_models_and_the_comparison_of_them(visitor, demo_server, demo):
    unit = demo.units[-1]
    page = visitor.open(f"{demo_server}/exemplars?tab=learn&unit={unit}")
    for part in ("dots", "radar"):
        box = page.locator(f".st-key-{part}").bounding_box()
        assert box and box["y"] + box["height"] <= live.SIZES["laptop"][1], part
    page.locator(".st-key-learn_compare button").click()
    page.wait_for_url("**/compare?*")
    live.settle(page)
    picked = query(page)["pick"]
    assert picked[0] == unit and 2 <= len(picked) <= 4 and set(picked) <= set(demo.units)
    page.go_back()
    page.wait_for_url("**/exemplars*")
    live.settle(page)
    assert query(page)["tab"] == ["learn"] and page.locator(".zx-broken").count() == 0


def test_a_sign_of_who_gained_most_opens_its_portrait(visitor, demo_server):
    page = visitor.open(f"{demo_server}/exemplars?tab=race")
    page.locator(".st-key-winners .scatterlayer .trace").last.locator(".points path").first.click(force=True)
    page.wait_for_url("**/unit?*")
    live.settle(page)
    assert page.locator(".zx-broken").count() == 0
