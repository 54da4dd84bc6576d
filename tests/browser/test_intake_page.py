"""导入 as a steward uses it: drop, take the marked workbook, mend it, drop it again, write; then undo it on 批次."""

import openpyxl
from playwright.sync_api import expect

from tests.store.office import workbook
from tests.store.support import rows
from tools import live

DROP = "input[type=file]"
ROWS = [["单位", "考核期", "A1", "B1"], ["甲句", "2025Q1", 91.5, 1], ["乙局", "2025Q1", "九十", 2], ["丙局", "2025Q1", 75, 4]]


def figures(page) -> list[str]:
    return page.locator(".st-key-intake_figures [data-testid=stMetricValue]").all_inner_texts()


def test_drop_mend_drop_again_write_and_undo(visitor, desk, tmp_path):
    store, address = desk
    page = visitor.open(f"{address}/intake")
    page.locator(DROP).set_input_files(workbook(tmp_path / "报表.xlsx", {"数据": ROWS}))
    expect(page.locator(".st-key-intake_figures")).to_contain_text("拒绝")
    live.settle(page)
    assert figures(page)[-1] == "2" and rows(store, "SELECT count(*) FROM batch") == [(2,)]
    with page.expect_download() as download:
        page.get_by_role("button", name="下载批注表").click()
    marked = tmp_path / download.value.suggested_filename
    download.value.save_as(marked)
    book = openpyxl.load_workbook(marked)
    assert "甲局" in book["数据"]["A2"].comment.text
    book["数据"]["A2"], book["数据"]["C3"] = "甲局", 90
    book.save(marked)
    page.locator("[data-testid=stFileChipDeleteBtn] button, [data-testid=stFileUploaderDeleteBtn] button").first.click()
    expect(page.locator(".st-key-intake_figures")).to_have_count(0)
    page.locator(DROP).set_input_files(marked)
    button = page.get_by_role("button", name="写入 1 个批次")
    expect(button).to_be_visible()
    live.settle(page)
    assert figures(page) == ["0", "2", "4", "0"]  # A1 of 甲局 and 乙局; the rest is as it was
    button.dblclick()
    page.get_by_role("button", name="看批次 3").click()
    page.wait_for_url("**/batches?*batch=3*")
    live.settle(page)
    assert rows(store, "SELECT count(*) FROM batch") == [(3,)]
    page.get_by_placeholder("为什么撤销").fill("试")
    page.get_by_role("button", name="先看会改变什么").click()
    page.get_by_role("button", name="撤销批次 3").click()
    expect(page.get_by_text("批次 3 已撤销")).to_be_visible()
    assert rows(store, "SELECT revoke_reason FROM batch WHERE id = 3") == [("试",)]
    assert not page.locator(".zx-broken, [data-testid=stException]").count()
