"""发布, the main way: a value changes, a draft is checked and published, and withdrawn: the old release is served again."""

import pandas as pd
from playwright.sync_api import expect

from store.importing.batches import import_files
from tests.store.support import rows
from tools import live


def test_from_a_changed_value_to_a_release_and_back(visitor, demo_copy, demo, tmp_path):
    correction = tmp_path / "更正.csv"
    row = [demo.units[0], demo.indicators[0], demo.periods[-1], "缺报"]
    pd.DataFrame([row], columns=["单位代码", "指标", "考核期", "值"]).to_csv(correction, index=False)
    import_files([correction], "测试", demo_copy)
    old, new = len(demo.periods), len(demo.periods) + 1
    with live.server(demo_copy) as address:
        page = visitor.open(f"{address}/releases")
        main, alert = page.get_by_test_id("stMain"), page.get_by_test_id("stAlert")
        expect(main).to_contain_text(f"在用第 {old} 号，此后数据有变动")
        page.get_by_role("button", name="生成草稿").click()
        expect(alert).to_contain_text(f"第 {new} 号草稿")
        expect(main).to_contain_text("草稿的检查", timeout=20_000)  # every period is looked at
        assert rows(demo_copy, "SELECT max(release) FROM service") == [(old,)]
        publish = page.get_by_role("button", name=f"发布第 {new} 号")
        if page.get_by_label("仍要发布的理由").count():
            page.get_by_label("仍要发布的理由").fill("已核实")
            page.keyboard.press("Tab")
        publish.click()
        expect(alert.first).to_contain_text(f"现在使用第 {new} 号发布")
        expect(main).to_contain_text(f"在用第 {new} 号，数据没有变动", timeout=20_000)
        page.get_by_role("button", name="撤回或改用旧发布").click()
        page.get_by_role("button", name="撤回", exact=True).click()
        page.get_by_label("撤回理由").fill("录错")
        page.keyboard.press("Tab")
        page.get_by_role("button", name=f"撤回第 {new} 号").click()
        expect(alert).to_contain_text(f"现在使用第 {old} 号")
    assert rows(demo_copy, "SELECT max(release) FROM service") == [(old,)]
