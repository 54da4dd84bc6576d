"""各地比较 as a person uses it: in the menu of a province, whole at every size, a click on a city opens its 云图."""

import pytest
from playwright.sync_api import expect

from store.releasing.releases import publish
from store.rolling.rollup import roll_up
from tests.browser.barriers import barriers
from tests.store.support import bring, intake, make_store, whole
from tools import live


@pytest.fixture(scope="module")
def province_server(serve, tmp_path_factory) -> str:
    """Two cities of three units, made one."""
    folder, cities = tmp_path_factory.mktemp("province"), []
    for name, better in (("甲市", 20), ("乙市", 95)):
        path = make_store(folder / f"{name}.db")
        bring(path, intake(values=whole("2025Q1", ("U1", better, better, 4, 30))))
        publish(["2024Q4", "2025Q1"] if name == "甲市" else ["2025Q1"], "测试", path)
        cities.append((name, path))
    roll_up(cities, folder / "province.db", "测试")
    return serve(folder / "province.db")


def test_cities_stand_beside_each_other_and_open(visitor, province_server, shoot):
    page = visitor.open(province_server)
    page.locator("[data-testid=stSidebarNav] a", has_text="各地比较").click()
    expect(page.locator("h1")).to_have_text("各地比较")
    for size in ("laptop", "projector", "phone"):
        width, height = live.SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        live.settle(page)
        box = page.locator(".st-key-standings").bounding_box()
        assert box and box["y"] + box["height"] <= height, f"{size}: who stands how is not on the first screen"
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
        shoot(page, f"cities-{size}")
    page.set_viewport_size({"width": 1440, "height": 900})
    live.settle(page)
    assert page.locator(".zx-broken").count() == 0 and barriers(page) == []
    dot = page.locator(".st-key-standings .scatterlayer .points path").last.bounding_box()
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.wait_for_url("**in=*")
    expect(page.locator("h1")).to_have_text("云图")
