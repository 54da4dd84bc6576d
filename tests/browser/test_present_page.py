"""A meeting walked by keyboard, on the stage: nothing but the slide, in type that is legible from the last row, that nothing runs over."""

import zipfile
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tools import live

NUMBER, TITLE = ".zx-slide-foot b", ".zx-slide-head h2"
OVERFLOW = """() => [document.querySelector('.st-key-stage_slide'), ...document.querySelectorAll('.st-key-stage_body .stColumn > .stVerticalBlock')]
  .map(box => Math.max(box.scrollHeight - box.clientHeight, box.scrollWidth - box.clientWidth))"""
# Pixels on the screen of the smallest text that is read: words, cells, what figures say; axes and names of marks are looked up only.
SMALLEST = """() => {
  const scale = new DOMMatrix(getComputedStyle(document.querySelector('.st-key-stage_slide')).transform).a;
  const read = [...document.querySelectorAll('.st-key-stage_body :is(text, td, th, li, p, small)')]
    .filter(text => text.textContent.trim() && !text.closest('.xtick, .ytick, .g-xtitle, .g-ytitle, .radial-axis, .textpoint'));
  return scale * Math.min(...read.map(text => parseFloat(getComputedStyle(text).fontSize)));
}"""


def turned(page: Page, key: str, number: str) -> None:
    page.keyboard.press(key)
    expect(page.locator(NUMBER)).to_have_text(number)


def sound(page: Page) -> bool:
    return not page.locator(".zx-broken, [data-testid=stException]").count()


def test_a_meeting_is_walked_by_keyboard(visitor, demo_server, shoot):
    page = visitor.open(f"{demo_server}/present", "projector")
    page.get_by_role("button", name="开始演示").click()
    expect(page.locator(".st-key-stage_bar")).to_be_attached()
    for hidden in (".zx-title", "[data-testid=stSidebar]"):
        expect(page.locator(hidden)).to_be_hidden()
    count = int(page.locator(NUMBER).inner_text().split(" / ")[1])
    for place in range(1, count + 1):
        live.settle(page)
        page.wait_for_timeout(150)
        title = page.locator(TITLE).inner_text()
        assert max(page.evaluate(OVERFLOW)) <= 2, f"{title} runs over its slide"
        assert page.evaluate(SMALLEST) >= 24, f"{title} has type that the last row cannot read"
        expect(page.locator(".zx-slide-head")).to_contain_text("演示数据")
        expect(page.locator(".zx-slide-foot")).to_contain_text("号发布")
        shoot(page, f"slide-{place:02d}")
        turned(page, ("ArrowRight", "Space", "PageDown", "ArrowDown")[place % 4], f"{min(place + 1, count)} / {count}")
    turned(page, "Home", f"1 / {count}")
    turned(page, "End", f"{count} / {count}")
    turned(page, "PageUp", f"{count - 1} / {count}")
    assert sound(page)
    page.keyboard.press("n")
    expect(page.locator(".zx-slide-notes")).to_be_visible()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="开始演示")).to_be_visible()
    expect(page.locator("[data-testid=stSidebar]")).to_be_visible()


def test_keys_that_follow_each_other_fast_are_neither_lost_nor_done_twice(visitor, demo_server):
    page = visitor.open(f"{demo_server}/present?stage=show")
    count = page.locator(NUMBER).inner_text().split(" / ")[1]
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    expect(page.locator(NUMBER)).to_have_text(f"9 / {count}")


def test_a_name_and_a_bar_open_their_units_and_lead_back(visitor, demo_server, demo):
    """On a laptop the slide is scaled: a click still hits what it is on."""
    page = visitor.open(f"{demo_server}/present?stage=show&slides=movement&slides=sector:政法", "laptop")
    page.locator("[data-open]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(NUMBER)).to_have_text("↩ 1 / 2")
    live.settle(page)
    page.go_back()
    expect(page.locator(NUMBER)).to_have_text("1 / 2")
    turned(page, "ArrowRight", "2 / 2")
    live.settle(page)
    page.wait_for_timeout(500)
    bar = page.locator(".st-key-stage_body .barlayer .point path").nth(2).bounding_box()
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    expect(page.locator(NUMBER)).to_have_text("↩ 2 / 2")
    unit = parse_qs(urlsplit(page.url).query)["open"][0].removeprefix("unit:")
    assert page.locator(TITLE).inner_text() == demo.names[unit]
    turned(page, "Escape", "2 / 2")
    assert sound(page)


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_a_slide_holds_upright_on_a_phone(visitor, demo_server, shoot, ground):
    page = visitor.open(f"{demo_server}/present?stage=show&slides=city&slides=movement&ground={ground}", "phone")
    page.wait_for_timeout(500)
    shoot(page, f"slide-phone-{ground}")
    assert page.locator(TITLE).bounding_box()["y"] < 60 and page.evaluate(SMALLEST) >= 12
    wide = page.locator(".st-key-stage_room").evaluate("room => room.scrollWidth - room.clientWidth")
    assert wide <= 1 and sound(page)
    page.get_by_role("button", name="下一页").click()
    expect(page.locator(NUMBER)).to_have_text("2 / 2")


def test_a_wall_turns_alone_and_shows_a_new_release(visitor, demo_copy, demo, tmp_path):
    with live.server(demo_copy) as address:
        page = visitor.open(f"{address}/present?stage=wall&pace=1&slides=city&slides=method&period={demo.periods[0]}", "projector")
        foot = page.locator(".zx-slide-foot span")
        expect(foot).to_contain_text(f"第 {len(demo.periods)} 号发布")
        for title in ("怎样得出", "总体情况"):
            expect(page.locator(TITLE)).to_have_text(title)
        row = [demo.units[0], demo.indicators[0], demo.periods[-1], "缺报"]
        pd.DataFrame([row], columns=["单位代码", "指标", "考核期", "值"]).to_csv(tmp_path / "更正.csv", index=False)
        live.manage(demo_copy, "import", tmp_path / "更正.csv")
        live.manage(demo_copy, "publish", "--no-uncertainty")
        expect(foot).to_contain_text(f"第 {len(demo.periods) + 1} 号发布")
        assert sound(page) and not page.locator(".st-key-stage_bar").count()


def test_the_meeting_is_taken_away_without_names_where_they_are_hidden(visitor, demo_server, demo):
    page = visitor.open(f"{demo_server}/present?slides=movement&slides=unit:{demo.units[0]}&mask=yes")
    for title in ("PowerPoint", "Word"):
        page.get_by_role("button", name="下载", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name=title).click()
        with zipfile.ZipFile(BytesIO(download.value.path().read_bytes())) as parts:
            text = "".join(parts.read(name).decode("utf-8", "ignore") for name in parts.namelist() if name.endswith(".xml"))
        assert "单位0" in text and not [name for name in demo.names.values() if name in text]
        page.keyboard.press("Escape")
    assert sound(page)
