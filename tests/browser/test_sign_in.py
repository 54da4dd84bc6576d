"""The door in a browser: a deep link on a fresh server, the first password, the pages, out again, and nothing left to go back to."""

from playwright.sync_api import Page, expect

from store.people import accounts
from tests.people import CHEAP
from tests.store.support import rows
from tools import live

FIRST, OWN = "first long password", "a password of one's own"


def test_the_way_in_and_out(visitor, people_store, shoot):
    accounts.set_password("analyst", FIRST, "测试", people_store, cost=CHEAP)
    with live.server(people_store) as address:  # nobody has opened anything of it yet
        page = visitor.page()
        page.goto(f"{address}/unit?unit=U2&period=2024Q4")
        shoot(page, "sign_in")
        phone = visitor.page("phone")
        phone.goto(address)
        assert fits_a_phone(phone)
        page.fill("[name=name]", "Analyst")
        page.fill("[name=password]", FIRST)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator("main")).to_contain_text("首次登录")
        page.fill("[name=old]", FIRST)
        page.fill("[name=new]", OWN)
        page.fill("[name=again]", OWN)
        page.get_by_role("button", name="修改密码").click()
        live.settle(page)
        assert "/unit?unit=U2&period=2024Q4" in page.url
        expect(page.locator("[data-testid=stMain]")).to_contain_text("乙局")
        other = page.context.new_page()
        other.goto(f"{address}/movement")
        live.settle(other)
        page.get_by_role("button", name="退出登录").click()
        expect(page.locator("main")).to_contain_text("已退出登录")
        page.go_back()
        expect(page.locator("h1")).to_have_text("登录")
        assert "乙局" not in page.content()
        other.locator("[data-testid=stSidebarNav] a", has_text="方法说明").click()
        expect(other.locator("[data-testid=stMain]")).to_contain_text("请重新登录")
        assert other.locator("[data-testid=stSidebarNav] a").count() == 0 and "方法" not in other.locator("[data-testid=stMain]").inner_text()
        other.get_by_role("link", name="去登录").click()
        expect(other.locator("h1")).to_have_text("登录")
        assert "next=%2Fmethod" in other.url
    said = rows(people_store, "SELECT verb, by FROM audit ORDER BY id DESC LIMIT 4")
    assert said == [("sign_out", "analyst"), ("sign_in", "analyst"), ("user_password", "analyst"), ("sign_in", "analyst")]


def fits_a_phone(page: Page) -> bool:
    """Whether the sheet is no wider than the screen, and everything on it is high enough to be hit with a finger."""
    heights = page.locator("input:visible, button").evaluate_all("parts => parts.map(part => part.offsetHeight)")
    return page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"] and len(heights) == 3 and min(heights) >= 44
