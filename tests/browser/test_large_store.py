"""Through a store that no page reads whole: from the map of groups down, a unit by its initials, and back."""

from playwright.sync_api import expect

from tools import live


def test_down_the_map_to_a_portrait_and_back(visitor, serve, large_store):
    page = visitor.open(serve(large_store))
    crumbs = page.locator(".st-key-scope_crumbs")
    expect(crumbs).to_contain_text("甲省")
    expect(page.locator(".zx-broken")).to_have_count(0)
    page.locator(".st-key-map g.slice", has_text="西市").click()
    expect(crumbs).to_contain_text("西市 400 个")
    live.settle(page)
    assert "in=" in page.url
    box = page.get_by_placeholder("找单位")
    box.fill("dszfd7s")  # 东市政法第7所
    box.press("Enter")
    page.locator(".st-key-scope_found button", has_text="东市政法第7所").click()
    page.wait_for_url("**/unit?*")
    live.settle(page)
    expect(page.locator("h2").first).to_have_text("东市政法第7所")
    expect(crumbs).to_contain_text("东市")
    page.go_back()
    expect(page.locator("h1")).to_have_text("云图")
    expect(crumbs).to_contain_text("西市 400 个")
    page.go_back()
    expect(crumbs).not_to_contain_text("西市")
    expect(page.locator(".zx-broken")).to_have_count(0)
