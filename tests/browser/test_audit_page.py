"""体检 as a person uses it: the verdict stands on the first screen, a check opens and closes the one before, the link says which."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tools import live
from ui import audit_tables, viewer


def opened(page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("check", [])


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_first_screen_answers(visitor, demo_server, size):
    page = visitor.open(f"{demo_server}/audit", size)
    for part in (".st-key-audit_counts", ".st-key-tab", ".st-key-audit_list details"):
        box = page.locator(part).first.bounding_box()
        assert box and box["y"] + box["height"] <= live.SIZES[size][1], f"{part} ends at {box}"
    assert page.locator(".zx-broken").count() == 0
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= live.SIZES[size][0]


def test_one_check_is_open_and_the_back_button_closes_it(visitor, asem_server):
    page = visitor.open(f"{asem_server}/audit")
    checks = page.locator(".st-key-audit_list details")
    checks.nth(1).locator("summary").click()
    page.wait_for_url("**check=*")
    live.settle(page)
    first = opened(page)
    checks.nth(3).locator("summary").click()
    page.wait_for_function("name => !location.search.includes('check=' + name)", arg=first[0])
    live.settle(page)
    assert opened(page) != first
    expect(page.locator(".st-key-audit_list details[open]")).to_have_count(1)
    expect(checks.nth(3).locator("[data-testid=stDataFrame]")).to_be_visible()
    page.go_back()
    page.wait_for_url(f"**check={first[0]}*")
    live.settle(page)
    expect(checks.nth(1)).to_have_attribute("open", "")
    checks.nth(1).locator("summary").click()
    page.wait_for_function("!location.search.includes('check=')")


def test_a_question_opens_the_cell_that_it_asks_about(visitor, demo_server, demo_store, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(demo_store))
    asked = audit_tables.questions(viewer.latest(), viewer.latest().audit)
    row = ((asked["code"] != "") & (asked["node"] != "")).to_numpy().argmax()
    page = visitor.open(f"{demo_server}/audit?tab=pattern")
    box = page.locator(".st-key-audit_questions [data-testid=stDataFrame]").bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 52 + 35 * row)
    page.wait_for_url("**/trace?*")
    said = parse_qs(urlsplit(page.url).query)
    assert [said["unit"][0], said["node"][0]] == asked[["code", "node"]].iloc[row].tolist()
