"""溯源 as a person walks it: from the portrait down to a record, up again from there, and back by the browser's button."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from store.connection import reader
from store.ledgers.reading import current_records
from tools import live

STEP = ".st-key-trace_crumbs button:visible:not([data-testid=stPopoverButton])"  # the appeal beside them is no step


def query(page: Page, key: str) -> str:
    return parse_qs(urlsplit(page.url).query).get(key, [""])[0]


def pick(page: Page, row: int = 0, table: int = 0) -> None:
    """Ticks a row of a table, as a person does once it is drawn."""
    shown = page.locator("[data-testid=stDataFrame]").nth(table)
    shown.locator("canvas").first.wait_for()
    live.settle(page)
    shown.click(position={"x": 15, "y": 52 + 33 * row})  # waits until the table keeps its place


@pytest.fixture(scope="module")
def told(demo_store) -> tuple[str, str]:
    """(unit, title) of a task that is in the demo."""
    with reader(demo_store) as db:
        row = current_records(db, "task").iloc[0]
    return row["unit"], row["ref"]


def test_down_to_the_record_and_up_again(visitor, demo_server, demo, shoot):
    page = visitor.open(f"{demo_server}/trace?unit={demo.units[4]}")
    bar = page.locator("[data-testid=stPlotlyChart] .points path").first.bounding_box()
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    expect(page.locator(STEP)).to_have_count(2)
    live.settle(page)
    dimension = query(page, "node")
    rows = page.locator("[data-testid=stDataFrame]")
    expect(rows).to_have_count(1)
    pick(page, row=2)
    page.wait_for_selector(".zx-steps")
    live.settle(page)
    leaf = query(page, "node")
    assert leaf in demo.indicators and leaf != dimension
    shoot(page, "trace-indicator")
    pick(page)
    page.wait_for_url("**tab=up*")
    live.settle(page)
    expect(page.locator(".zx-facts")).to_contain_text(query(page, "ref"))
    live.settle(page)
    shoot(page, "trace-record")
    pick(page)
    page.wait_for_url("**tab=down*")
    page.wait_for_selector(".zx-steps")
    assert query(page, "node") == leaf and query(page, "unit") == demo.units[4]
    page.go_back()
    page.wait_for_url("**tab=up*")
    live.settle(page)
    page.go_back()
    page.wait_for_selector(".zx-steps")
    page.locator(STEP).nth(1).click()
    page.wait_for_function("() => !document.querySelector('.zx-steps')")
    assert page.locator(".zx-broken").count() == 0


def test_other_pages_lead_here(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/unit?unit={demo.units[2]}&tab=table")
    page.locator("[data-testid=stDataFrame]").first.scroll_into_view_if_needed()
    pick(page)
    page.wait_for_url("**/trace?*")
    page.wait_for_selector(".zx-steps")
    assert query(page, "unit") == demo.units[2] and query(page, "node") == demo.indicators[0]
    page = visitor.open(f"{demo_server}/indicator?node={demo.indicators[1]}")
    page.locator(".st-key-indicator_grid").scroll_into_view_if_needed()
    box = page.locator(".st-key-indicator_grid [data-testid=stDataFrame]").bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 52)
    page.wait_for_url("**/trace?*")
    assert query(page, "node") == demo.indicators[1] and query(page, "unit") in demo.units


def test_a_row_of_the_comparison_opens_its_records(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/trace?tab=check")
    pick(page)
    page.wait_for_selector(".zx-steps")
    live.settle(page)
    assert query(page, "tab") == "down" and query(page, "unit") in demo.units and query(page, "node") in demo.indicators


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_first_screen_answers(visitor, demo_server, told, size):
    unit, ref = told
    page = visitor.open(f"{demo_server}/trace?unit={unit}&ledger=task&ref={ref}", size)
    assert query(page, "tab") == "up"
    for part in (".st-key-tab", ".zx-facts", "[data-testid=stDataFrame]"):
        box = page.locator(part).first.bounding_box()
        assert box and box["y"] + box["height"] <= live.SIZES[size][1], f"{part} ends at {box}"
    assert page.locator(".zx-broken").count() == 0
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= live.SIZES[size][0]
