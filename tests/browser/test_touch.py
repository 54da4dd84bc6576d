"""The pages under a finger: controls that can be hit, choices that are not cut, and what a mouse is told, told to a tap."""

from urllib.parse import parse_qs, urlsplit

from tools import live

SMALL = """() => [...document.querySelectorAll("[data-testid=stMain] :is(button, summary, [role=radio])")]
  .filter(part => part.getClientRects().length && !part.closest("[data-testid=stTooltipIcon], [data-testid=stMultiSelect], .zx-term"))
  .map(part => [part.innerText.trim() || part.getAttribute("aria-label"), part.getBoundingClientRect().height])
  .filter(([, height]) => height < 36)"""
CUT = """width => [...document.querySelectorAll("[data-testid=stButtonGroup] button, [data-testid=stMetric], [data-testid=stPlotlyChart]")]
  .map(part => [part.innerText.slice(0, 20), part.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.left < 0 || box.right > width)).map(([name]) => name)"""


def fits(page, size: str) -> None:
    """Nothing is cut, nothing too small to hit, nothing broken."""
    width = live.SIZES[size][0]
    assert page.evaluate(SMALL) == [] and page.evaluate(CUT, width) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    assert page.locator(".zx-broken").count() == 0


def first_tap(page, *place: float) -> None:
    """One tap, which tells what a mouse is told; the next is a second tap, not half of a double one."""
    page.touchscreen.tap(*place)
    page.locator(".hoverlayer .hovertext").first.wait_for()
    page.wait_for_timeout(500)


def test_columns_give_way_on_a_tablet(visitor, demo_server):
    page = visitor.open(f"{demo_server}/compare", "tablet")
    fits(page, "tablet")
    radar, dots = (page.locator(f".st-key-{key}").bounding_box() for key in ("radar", "dots"))
    assert dots["y"] >= radar["y"] + radar["height"]


def test_a_tap_on_a_question_mark_tells_what_a_mouse_is_told(visitor, demo_server):
    page = visitor.open(f"{demo_server}/tasks", "phone")
    fits(page, "phone")
    page.locator("[data-testid=stMain] [data-testid=stTooltipIcon] button").first.tap()
    page.locator("[role=tooltip]").first.wait_for()


def test_a_second_tap_on_a_cell_shows_the_weak_spots_of_its_tier_and_group(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/guidance", "phone")
    fits(page, "phone")
    page.wait_for_url("**within=all*")
    box = page.locator("[data-testid=stPlotlyChart] .nsewdrag").first.bounding_box()
    first = box["x"] + 8, box["y"] + 8  # a corner of the first tier's first dimension, far from its text
    first_tap(page, *first)
    assert "within=all" in page.url
    page.touchscreen.tap(*first)
    page.wait_for_function("!location.search.includes('within=all')")
    live.settle(page)
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["within"][0] in demo.indicators[0] and page.locator(".zx-broken").count() == 0


def test_a_second_tap_on_a_bar_shows_its_indicators(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/unit?unit={demo.units[0]}&tab=makeup", "phone")
    bar = page.locator(".st-key-made .point path").nth(2)
    bar.scroll_into_view_if_needed(timeout=4000)
    box = bar.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    first_tap(page, *middle)
    assert "tab=table" not in page.url
    page.touchscreen.tap(*middle)
    page.wait_for_url("**tab=table*", timeout=4000)
