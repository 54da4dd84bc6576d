"""任务整改 as a person uses it: the answer stands on the first screen, a click looks closer, a row leads to its unit and its figures."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tools import live


def query(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def sound(page) -> bool:
    return not page.locator(".zx-broken, [data-testid=stException]").count()


@pytest.mark.parametrize(("size", "seen"), [("laptop", [".st-key-work_cards", ".st-key-trend"]), ("phone", [".st-key-work_cards"])])
def test_the_first_screen_answers(visitor, demo_server, size, seen):
    page = visitor.open(f"{demo_server}/tasks", size)
    for part in (".st-key-tab", *seen):
        box = page.locator(part).first.bounding_box()
        assert box and box["y"] + box["height"] <= live.SIZES[size][1], f"{part} ends at {box}"
    assert sound(page)


def test_a_bar_looks_closer_and_the_back_button_returns(visitor, demo_server):
    page = visitor.open(f"{demo_server}/tasks")
    box = page.locator("[class*=st-key-bars-task-sector] .bars .point path").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**sector=*by=unit*")
    live.settle(page)
    assert len(query(page)["sector"]) == 1 and query(page)["sector"] != ["all"] and sound(page)
    page.go_back()
    page.wait_for_function("location.search.includes('sector=all') && location.search.includes('by=sector')")


def test_a_cell_of_the_risk_map_lists_its_risks(visitor, demo_server):
    page = visitor.open(f"{demo_server}/tasks?tab=risk")
    box = page.locator("[class*=st-key-risks] .nsewdrag").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)  # likelihood 4, severity 4
    page.wait_for_url("**cell=4*")
    live.settle(page)
    expect(page.locator(".st-key-cell")).to_contain_text("4×4")
    assert sound(page)


@pytest.mark.parametrize(("across", "place"), [(0.02, "/trace"), (0.25, "/unit")])
def test_a_cell_of_the_list_opens_where_it_counts_or_its_unit(visitor, demo_server, across, place):
    page = visitor.open(f"{demo_server}/tasks?tab=rectification")
    box = page.locator("[data-testid=stDataFrame]").bounding_box()
    page.mouse.click(box["x"] + box["width"] * across, box["y"] + 52)
    page.wait_for_url(f"**{place}?*")
    live.settle(page)
    assert sound(page) and "unit" in query(page)
    if place == "/trace":
        assert query(page)["ledger"] == ["rectification"] and query(page)["ref"]
