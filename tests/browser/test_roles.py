"""A liaison in a browser: lands on the own unit, is refused another one, and goes out."""

from playwright.sync_api import expect

from tests.people import PASSWORD
from tools import live


def test_a_liaison_sees_the_own_unit_only(visitor, people_store, shoot):
    with live.server(people_store) as address:
        page = visitor.page()
        page.goto(address)
        page.fill("[name=name]", "liaison")
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator("h2").first).to_have_text("乙局")
        live.settle(page)
        assert "/unit?" in page.url and "unit=U2" in page.url
        shoot(page, "own_unit")
        menu = page.locator("[data-testid=stSidebarNav] a")
        assert menu.all_inner_texts() == ["单位画像", "任务整改", "分类指导", "申诉", "方法说明"]
        for link in ("unit?unit=U1", "trace?unit=U1&tab=down"):
            page.goto(f"{address}/{link}")
            expect(page.locator("[data-testid=stMain]")).to_contain_text("不对你的账号开放")
            live.settle(page)
            assert "甲局" not in page.content() and page.locator("[data-testid=stDialog]").count() == 0
        shoot(page, "not_allowed")
        page.get_by_role("button", name="退出登录").click()
        expect(page.locator("main")).to_contain_text("已退出登录")
