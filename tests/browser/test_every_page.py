"""Every page at every size: it opens, says what it is, fits, marks demo data, and speaks to its own server only."""

import pytest

from tools import live

PAGES = {"/": "云图", "/unit": "单位画像", "/movement": "梯队演变", "/indicator": "指标分析", "/method": "方法说明"}


@pytest.mark.parametrize("size", live.SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_page_holds_at_every_size(visitor, demo_server, shoot, path, size):
    page = visitor.open(demo_server + path, size)
    shoot(page, f"{path.strip('/') or 'overview'}-{size}")
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text("演示数据").first.is_visible()
    heading = page.locator("[data-testid=stMain] :is(h1, h2)").first
    box = heading.bounding_box()
    assert box and box["y"] >= 0 and box["y"] + box["height"] < live.SIZES[size][1], "no heading above the fold"
    if path != "/unit":  # a portrait is headed by the unit's name
        assert PAGES[path] in page.title() + heading.inner_text()
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
                 .map(box => box.scrollWidth - box.clientWidth)"""
    )
    assert max(wide) <= 1, f"the page is {max(wide)} px wider than the screen"
