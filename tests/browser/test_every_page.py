"""Every page at every size: it opens, says what it is, fits, marks demo data, and speaks to its own server only."""

import pytest
from playwright.sync_api import expect

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
    "/method": "方法说明",
}


# A projector shows the page that a laptop has opened, as it does in a meeting.
@pytest.mark.parametrize("sizes", [("laptop", "projector"), ("phone",)], ids="-".join)
@pytest.mark.parametrize("path", PAGES)
def test_page_holds_at_every_size(visitor, demo_server, shoot, path, sizes):
    page = visitor.open(demo_server + path, sizes[0])
    for size in sizes:
        width, height = live.SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        live.settle(page)
        shoot(page, f"{path.strip('/') or 'overview'}-{size}")
        assert page.locator("[data-testid=stException]").count() == 0
        expect(page.locator(".zx-title").first).to_contain_text("演示数据")
        heading = page.locator("h1")
        box = heading.bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] < height, "no heading above the fold"
        expect(heading).to_have_text(PAGES[path])
        wide = page.evaluate(
            """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
                     .map(box => box.scrollWidth - box.clientWidth)"""
        )
        assert max(wide) <= 1, f"the page is {max(wide)} px wider than the screen"


@pytest.mark.parametrize("path", ["/unit", "/movement", "/exemplars", "/tasks", "/compare", "/robustness", "/audit", "/trace", "/method"])
def test_every_tab_opens(visitor, demo_server, shoot, path):
    page = visitor.open(demo_server + path)
    names = page.locator(".st-key-tab button").all_inner_texts()
    assert len(names) > 1
    for number, name in enumerate(names):
        page.locator(".st-key-tab button").nth(number).click()
        page.wait_for_timeout(300)
        live.settle(page)
        shoot(page, f"{path.strip('/')}-tab{number}")
        assert page.locator("[data-testid=stException]").count() == 0, name
    assert "tab=" in page.url
