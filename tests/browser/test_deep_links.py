"""A link is a state: it opens the same page, unit and period on a fresh server, after a reload, and for another person."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tools import live
from ui.places import PLACES
from ui.wording import period_title


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def choose_period(page: Page, period: str) -> None:
    """Type the period into the header's box, as a person would."""
    box = page.locator("[data-testid=stMain] [data-testid=stSelectbox]").first
    box.locator("input").click()
    page.get_by_role("option", name=period_title(period), exact=True).click()
    page.wait_for_url(f"**period={period}*")
    live.settle(page)


def test_deep_link_opened_first_has_the_shell(visitor, demo_store, demo):
    unit = demo.units[3]
    with live.server(demo_store) as address:  # a server on which nobody has opened / yet
        page = visitor.open(f"{address}/unit?unit={unit}&period={demo.periods[-2]}")
        main = page.locator("[data-testid=stMain]")
        expect(main).to_contain_text(demo.names[unit])
        expect(page.locator("h1")).to_have_text("单位画像")
        expect(main).to_contain_text(period_title(demo.periods[-2]))
        links = page.locator("[data-testid=stSidebarNav] a").all_inner_texts()
        assert links == [place.title for place in PLACES if not place.areas], "its units lie in no areas"


def test_period_is_in_the_address_and_outlives_a_reload(visitor, demo_server, demo):
    page = visitor.open(demo_server)
    assert query(page)["period"] == [demo.periods[-1]]
    choose_period(page, demo.periods[2])
    page.reload()
    live.settle(page)
    assert query(page)["period"] == [demo.periods[2]]
    expect(page.locator(".zx-title").first).to_contain_text(period_title(demo.periods[2]))


def test_period_stays_when_the_page_changes(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/?period={demo.periods[1]}")
    page.locator("[data-testid=stSidebarNav] a", has_text="方法说明").click()
    expect(page.locator("h1")).to_have_text("方法说明")
    live.settle(page)
    assert query(page)["period"] == [demo.periods[1]]


def test_link_shows_another_person_the_same(visitor, demo_server, demo):
    unit, period = demo.units[7], demo.periods[5]
    mine = visitor.open(f"{demo_server}/unit?unit={unit}&period={period}")
    theirs = visitor.open(mine.url)
    assert query(theirs) == query(mine)
    said = [page.locator("[data-testid=stMain]").inner_text() for page in (mine, theirs)]
    assert said[0] == said[1] and demo.names[unit] in said[0]


def test_unknown_names_in_a_link_are_told_and_replaced(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/unit?unit=<b>nobody&period=1999Q1")
    expect(page.locator("[data-testid=stMain]")).to_contain_text("1999Q1")
    expect(page.locator("[data-testid=stMain]")).to_contain_text("<b>nobody")
    assert query(page)["period"] == [demo.periods[-1]]
