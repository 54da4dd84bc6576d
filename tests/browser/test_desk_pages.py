"""填报 and 指标体系 as a steward uses them: double-click a cell, type, Enter; another unit, another page; then it is saved."""

from playwright.sync_api import Page, expect

from tests.store.support import rows
from tools import live

ROW, LATER = 35, 100  # pixels of a row; milliseconds in which a cell takes over what was typed


def type_into(page: Page, left: int, row: int, text: str) -> None:
    """Double-clicks the cell of the first grid that is so far from its left, types, and Enter."""
    box = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    page.mouse.dblclick(box["x"] + left, box["y"] + ROW * (row + 1.5))
    editor = page.locator("#portal :is(textarea, input)").first
    editor.press("Control+a")
    editor.press_sequentially(text)
    expect(editor).to_have_value(text)
    page.wait_for_timeout(LATER)
    editor.press("Enter")


def type_blindly(page: Page, left: int, row: int, text: str) -> None:
    """Double-clicks a cell and types at a person's speed, without a look at whether it has opened."""
    box = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    page.mouse.dblclick(box["x"] + left, box["y"] + ROW * (row + 1.5))
    page.wait_for_timeout(LATER)
    page.keyboard.press("Control+a")
    page.keyboard.type(text, delay=40)
    page.keyboard.press("Enter")


def test_cells_are_typed_kept_and_saved(visitor, desk):
    store, address = desk
    page = visitor.open(f"{address}/entry?unit=U1")
    type_into(page, 270, 0, "91.5")
    expect(page.get_by_text("未保存 1 处")).to_be_visible()
    type_into(page, 270, 2, "待报")
    expect(page.get_by_text("未保存 2 处")).to_be_visible()
    type_blindly(page, 270, 3, "45.5")
    expect(page.get_by_text("未保存 3 处")).to_be_visible()
    page.reload()  # another visit
    expect(page.get_by_text("其中 3 处是上次")).to_be_visible()
    live.settle(page)
    type_into(page, 270, 3, "40")  # as it was
    expect(page.get_by_text("未保存 2 处")).to_be_visible()
    page.get_by_role("radio", name="一项指标").click()
    page.wait_for_url("**by=indicator**")
    live.settle(page)
    type_into(page, 270, 1, "九十")  # A1 of the second unit
    expect(page.get_by_text("不是数").first).to_be_visible()
    expect(page.get_by_role("button", name="保存 3 处")).to_be_disabled()
    type_into(page, 270, 1, "90")
    button = page.get_by_role("button", name="保存 3 处")
    expect(button).to_be_enabled()
    button.dblclick()
    expect(page.get_by_text("已写入 3 处")).to_be_visible()
    found = rows(store, "SELECT unit, indicator, state, value FROM observation WHERE batch = 3 ORDER BY unit, indicator")
    assert found == [("U1", "A1", 0, 91.5), ("U1", "B1", 3, None), ("U2", "A1", 0, 90.0)] and rows(store, "SELECT count(*) FROM batch") == [(3,)]
    assert not page.locator(".zx-broken, [data-testid=stException]").count()
    live.settle(page)
    page.once("dialog", lambda dialog: dialog.dismiss())
    box = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    page.mouse.dblclick(box["x"] + 270, box["y"] + ROW * 1.5)
    page.locator("#portal textarea").press_sequentially("1")
    with page.expect_event("dialog") as asked:  # what stands in an open cell has not left the browser
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"


def test_a_weight_is_changed_tried_and_adopted(visitor, desk):
    store, address = desk
    page = visitor.open(f"{address}/framework?tab=edit")
    count = rows(store, "SELECT count(*) FROM framework")[0][0]
    type_into(page, 570, 1, "40")  # the weight of the first dimension
    expect(page.get_by_text("有 1 处不同")).to_be_visible()
    page.get_by_role("button", name="先看名次和梯队会怎样").click()
    expect(page.get_by_text("名次最大变动")).to_be_visible()
    page.get_by_role("button", name="存为新的一版").click()
    expect(page.get_by_text(f"已存为第 {count + 1} 版")).to_be_visible()
    assert rows(store, "SELECT since FROM framework_since") == [("2025Q2",)]
    page.get_by_role("button", name=f"看第 {count + 1} 版").click()
    page.wait_for_url(f"**version={count + 1}**")
    expect(page.get_by_role("heading", name=f"第 {count + 1} 版")).to_be_visible()
    assert not page.locator(".zx-broken, [data-testid=stException]").count()
