"""What people do most: from the map to a portrait and back, and a table taken away."""

import re
from io import BytesIO

import pandas as pd
import pytest
from playwright.sync_api import Locator, expect

from tools import live


def a_tile(page, names: dict[str, str]) -> tuple[Locator, str]:
    """A tile of the tier map and the unit it stands for; tiles may leave out what all names begin with."""
    tiles = page.locator("[data-testid=stPlotlyChart] g.slice")
    for number, text in enumerate(tiles.all_text_contents()):
        label = re.match(r"[\u4e00-\u9fff]{4,}", text)
        units = [code for code, name in names.items() if label and name.endswith(label[0])]
        if len(units) == 1:
            return tiles.nth(number), units[0]
    raise AssertionError("no tile bears the end of a unit's name")


def test_tile_opens_the_portrait_and_back_returns(visitor, demo_server, demo):
    page = visitor.open(demo_server)
    tile, unit = a_tile(page, demo.names)
    tile.click()
    page.wait_for_url(f"**/unit?*unit={unit}*")
    live.settle(page)
    expect(page.locator("[data-testid=stMain]")).to_contain_text(demo.names[unit])
    page.go_back()
    expect(page.locator("h1")).to_have_text("云图")
    live.settle(page)
    assert "/unit" not in page.url


@pytest.mark.parametrize(("button", "read"), [("下载 CSV", pd.read_csv), ("下载 XLSX", pd.read_excel)])
def test_table_is_taken_away(visitor, demo_server, demo, button, read):
    page = visitor.open(f"{demo_server}/indicator?node={demo.indicators[0]}")
    with page.expect_download() as download:
        page.get_by_text(button).first.click()
    content = download.value.path().read_bytes()
    table = read(BytesIO(content))
    assert set(demo.names.values()) <= set(table.to_numpy().ravel())
    assert table.select_dtypes("number").shape[1] >= 2, "numbers came out as text"


def test_new_release_shows_after_a_reload(visitor, demo_copy, demo, tmp_path):
    with live.server(demo_copy) as address:
        page = visitor.open(address)
        before = page.locator(".zx-title").first.inner_text()
        correction = tmp_path / "更正.csv"
        row = [demo.units[0], demo.indicators[0], demo.periods[-1], "缺报"]
        pd.DataFrame([row], columns=["单位代码", "指标", "考核期", "值"]).to_csv(correction, index=False)
        live.manage(demo_copy, "import", correction)
        live.manage(demo_copy, "publish", "--no-uncertainty")
        page.reload()
        live.settle(page)
        after = page.locator(".zx-title").first.inner_text()
        assert "号发布" in before and "号发布" in after and before != after


def test_a_table_leaves_by_our_buttons_only(visitor, demo_server):
    """Streamlit's own button would hand out a table without the mark of demo data and without the guard against formulas."""
    page = visitor.open(f"{demo_server}/indicator")
    page.get_by_test_id("stDataFrame").hover()
    expect(page.get_by_label("Search").first).to_be_visible()
    expect(page.get_by_label("Download as CSV").first).to_be_hidden()


@pytest.mark.parametrize(("key", "typed"), [("sector", "zzz"), ("node", "zzz")])
def test_lists_speak_chinese(visitor, demo_server, key, typed):
    page = visitor.open(f"{demo_server}/indicator")
    page.locator(f".st-key-{key} input").click()
    assert "Select all" not in page.get_by_role("listbox").inner_text()
    page.keyboard.type(typed)
    nothing = page.get_by_role("listbox").get_by_text("No results")
    assert nothing.evaluate("e => getComputedStyle(e).fontSize") == "0px"
    assert "没有匹配的项" in nothing.evaluate("e => getComputedStyle(e, '::after').content")


def test_names_are_legible_on_a_phones_map(visitor, demo_server, demo):
    page = visitor.open(demo_server, "phone")
    names = page.locator(".st-key-map g.slice text")  # drawn at 12 pixels and scaled into the tile
    heights = names.evaluate_all("all => all.map(t => [t.getBoundingClientRect().height, t.getBBox().height])")
    drawn = [12 * seen / own for seen, own in heights if own]
    assert len(drawn) >= len(demo.units) and min(drawn) >= 8.5
