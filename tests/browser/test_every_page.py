"""Every page at every size: it opens, says what it is, fits, marks demo data, has no barrier, and speaks to its own server only."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers
from tests.browser.conftest import Visitor
from tools import live

PAGES = {
    "/": "云图",
    "/unit": "单位画像",
    "/movement": "梯队演变",
    "/present": "会议演示",
    "/tasks": "任务整改",
    "/guidance": "分类指导",
    "/exemplars": "红雁清风",
    "/indicator": "指标分析",
    "/compare": "对比研判",
    "/robustness": "稳健性",
    "/what_if": "试算",
    "/audit": "体检",
    "/trace": "溯源",
    "/intake": "导入",
    "/batches": "批次",
    "/entry": "填报",
    "/framework": "指标体系",
    "/releases": "发布",
    "/appeals": "申诉",
    "/journal": "日志",
    "/accounts": "账号",
    "/method": "方法说明",
}
TABBED = ("/unit", "/movement", "/exemplars", "/tasks", "/compare", "/robustness", "/audit", "/trace", "/releases", "/entry", "/framework", "/method")
REARRANGED = ("/", "/unit", "/tasks", "/present")  # the pages that a phone shows most differently stand for all before axe


def holds(page: Page, size: str, title: str) -> None:
    """Asserts that the page stands at this size as a page should."""
    width, height = live.SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    live.settle(page)
    assert page.locator("[data-testid=stException]").count() == 0
    expect(page.locator(".zx-title").first).to_contain_text("演示数据")
    heading = page.locator("h1")
    box = heading.bounding_box()
    assert box and box["y"] >= 0 and box["y"] + box["height"] < height, f"{size}: no heading above the fold"
    expect(heading).to_have_text(title)
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
                 .map(box => box.scrollWidth - box.clientWidth)"""
    )
    assert max(wide) <= 1, f"{size}: the page is {max(wide)} px wider than the screen"


def open_tabs(page: Page, name: str, shoot) -> None:
    """Clicks each tab, the one that is open already last."""
    tabs = page.locator(".st-key-tab button")
    titles = tabs.all_inner_texts()
    assert len(titles) > 1
    for number in (*range(1, len(titles)), 0):
        before = page.url
        tabs.nth(number).click()
        page.wait_for_function("before => location.href !== before", arg=before)
        live.settle(page)
        shoot(page, f"{name}-tab{number}")
        assert page.locator("[data-testid=stException]").count() == 0, titles[number]
    assert "tab=" in page.url


@pytest.fixture(scope="module")
def walkers(tabs, demo_server):
    """walkers(size): a visitor and the tab in which they go from page to page by the side bar, the whole file long."""
    with ExitStack() as leaving:

        @cache
        def walker(size: str) -> tuple[Visitor, Page]:
            visitor = Visitor(tabs)
            leaving.enter_context(visitor.closing)
            return visitor, visitor.open(demo_server, size)

        yield walker


@contextmanager
def turned_to(walkers, size: str, title: str) -> Iterator[Page]:
    """The page of this title; what went wrong in the browser meanwhile fails the test."""
    visitor, page = walkers(size)
    del visitor.outside[:], visitor.complaints[:]
    page.set_viewport_size(dict(zip(("width", "height"), live.SIZES[size], strict=True)))
    page.locator("[data-testid=stSidebarNav] a", has_text=title).evaluate("link => link.click()")  # on a phone the bar is folded away
    expect(page.locator("h1")).to_have_text(title)
    yield page
    assert not visitor.outside and not visitor.complaints


@pytest.mark.parametrize("path", PAGES)
def test_page_holds_and_every_tab_opens(walkers, shoot, path):
    """A projector shows the page that a laptop has opened, as it does in a meeting."""
    name = path.strip("/") or "overview"
    with turned_to(walkers, "laptop", PAGES[path]) as page:
        holds(page, "laptop", PAGES[path])
        shoot(page, f"{name}-laptop")
        assert barriers(page) == []
        holds(page, "projector", PAGES[path])
        shoot(page, f"{name}-projector")
        if path in TABBED:
            open_tabs(page, name, shoot)


@pytest.mark.parametrize("path", PAGES)
def test_page_holds_on_a_phone(walkers, shoot, path):
    with turned_to(walkers, "phone", PAGES[path]) as page:
        holds(page, "phone", PAGES[path])
        shoot(page, f"{path.strip('/') or 'overview'}-phone")
        if path in REARRANGED:
            assert barriers(page) == []
