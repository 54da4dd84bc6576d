"""The dark theme in a browser: by the system, by the switch, for every page and none but this visitor's; light in pictures and on paper."""

import re

from playwright.sync_api import expect

from tests.browser.barriers import barriers
from tests.browser.test_every_page import PAGES
from tools import live

DARK, LIGHT = "rgb(20, 23, 28)", "rgb(255, 255, 255)"
GROUND = "getComputedStyle(document.querySelector('.stApp') ?? document.body).backgroundColor"
INK = "getComputedStyle(document.querySelector('.st-key-map text')).fill"


def brightness(colour: str) -> float:
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_axe_finds_nothing_serious_in_the_dark(visitor, demo_server):
    page = visitor.page()
    page.emulate_media(color_scheme="dark")
    page.goto(demo_server)
    found = []
    for path in ("/", "/unit", "/tasks", "/method"):
        page.locator("[data-testid=stSidebarNav] a", has_text=PAGES[path]).click()
        expect(page.locator("h1")).to_have_text(PAGES[path])
        live.settle(page)
        assert page.evaluate(GROUND) == DARK
        found += [f"{path} {one}" for one in barriers(page)]
    assert not found, "\n".join(found)


def test_a_choice_holds_on_every_page_and_goes_into_no_link(visitor, demo_server):
    page = visitor.open(demo_server + "/?colour=change")
    assert page.evaluate(GROUND) == LIGHT
    address = page.url
    page.get_by_text("深色", exact=True).click()
    page.wait_for_function(f"{GROUND} === '{DARK}'")
    live.settle(page)
    assert page.url == address and "colour=change" in address and page.get_by_role("radio", name="深色").is_checked()
    assert brightness(page.evaluate(INK)) > 128, "the figure's words are not light"
    page.goto(demo_server + "/method")
    live.settle(page)
    assert page.evaluate(GROUND) == DARK
    page.get_by_text("浅色", exact=True).click()
    page.wait_for_function(f"{GROUND} === '{LIGHT}'")


def test_pictures_and_paper_stay_light(visitor, demo_server):
    page = visitor.page()
    page.emulate_media(color_scheme="dark")
    page.goto(demo_server + "/?twin=on")
    live.settle(page)
    dark = page.evaluate(INK)
    with page.expect_download() as download:
        page.locator("[data-zx-image=svg]").first.click()
    picture = download.value.path().read_text("utf-8")
    assert "fill: rgb(35, 39, 46)" in picture and DARK not in picture, "a picture has the dark theme's colours"
    assert page.evaluate(INK) == dark, "the page's own figure has changed"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert brightness(page.evaluate(INK)) < 100
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(INK) == dark
    page.emulate_media(media="print")
    assert page.evaluate(GROUND) == LIGHT
    assert brightness(page.evaluate("getComputedStyle(document.querySelector('h1')).color")) < 100
