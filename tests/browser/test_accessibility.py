"""A page's figures as tables and as pictures, and the page on paper."""

import re

import pytest

from tests.browser.barriers import barriers
from tools import live


def test_axe_finds_no_barrier_in_tables_under_figures(visitor, demo_server):
    """Pages without them: test_every_page.py."""
    assert barriers(visitor.open(f"{demo_server}/compare?twin=on")) == []


def test_a_figure_is_saved_with_its_title_and_marks(visitor, demo_server):
    page = visitor.open(demo_server + "/?twin=on")
    before = page.locator(".st-key-map .gtitle").count()
    button = page.locator("[data-zx-image=svg]").first
    button.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    picture = download.value.path().read_text("utf-8")
    said = "".join(re.findall(r"<text[^>]*>([^<]*)", picture))
    assert "演示数据" in said and "号发布" in said and download.value.suggested_filename == "各单位所在的梯队.svg"
    with page.expect_download() as download:
        page.locator("[data-zx-image=png]").first.click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG") and download.value.suggested_filename.endswith(".png")
    assert page.locator(".st-key-map .gtitle").count() == before, "the page's own figure has changed"


def test_a_table_stands_under_each_figure_and_scrolls_by_keyboard(visitor, demo_server):
    page = visitor.open(demo_server + "/unit")
    assert page.locator(".zx-twin").count() == 0
    page.get_by_text("图附数据表").click()
    page.locator(".zx-twin").first.wait_for()
    live.settle(page)
    assert page.locator(".zx-twin").count() == page.locator("[data-testid=stPlotlyChart]").count()
    assert "twin=on" in page.url
    page.reload()
    live.settle(page)
    twin = page.locator(".zx-twin").first
    twin.focus()
    assert twin.evaluate("box => box === document.activeElement && box.getAttribute('aria-label').length > 0")


@pytest.mark.parametrize("path", ["/", "/unit"])
def test_paper_has_the_page_and_not_its_controls(visitor, demo_server, path):
    page = visitor.open(demo_server + path)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for unwanted in ("stSidebar", "stHeader", "stDownloadButton", "stPopover"):
        assert not any(box.is_visible() for box in page.get_by_test_id(unwanted).all()), unwanted
    assert page.locator("h1").is_visible() and page.get_by_text("演示数据").first.is_visible()
    cut = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].filter(plot => {
          const box = plot.closest('[data-testid=stElementContainer]').getBoundingClientRect();
          const drawn = plot.querySelector('.main-svg').getBoundingClientRect();
          return drawn.bottom > box.bottom + 2 || drawn.right > box.right + 2;
        }).length"""
    )
    assert cut == 0, "figures that are cut or lie over what follows"
    paper = page.pdf(prefer_css_page_size=True)
    sizes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper))
    assert {tuple(round(float(side)) for side in size) for size in sizes} == {(842, 595)}, "not A4 across"


def test_paper_has_every_row_of_a_table_that_scrolls(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/method?tab=indicators&twin=on")
    sheet, last = page.locator(".zx-sheet"), page.locator(".zx-sheet tbody tr").last
    grid = page.locator("[data-testid=stDataFrame] .dvn-scroller")
    assert grid.evaluate("box => box.scrollHeight > box.clientHeight + 2"), "all rows are in sight: no case for this test"
    assert not sheet.is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert last.is_visible() and not grid.is_visible()
    assert sheet.locator("tbody tr").count() == len(demo.indicators)
    bottom = last.evaluate("row => row.getBoundingClientRect().bottom + scrollY")
    assert bottom <= page.evaluate("document.documentElement.scrollHeight"), "cut at the end of a box"
