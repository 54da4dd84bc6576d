"""指标体系: edited in the grid, by fields, as text or by a file; judged at once, tried before it is adopted, one batch, revocable."""

import io

import openpyxl
import pytest

from store.importing.batches import revoke
from tests.store.support import POLICY, rows
from tests.ui.support import opened
from ui import framework_desk, framework_desk_parts, user

COUNT = "SELECT count(*) FROM batch"
A, A1 = 1, 3  # rows of the grid


def typed(app, row: int, **cells: str):
    return put(app, edited_rows={row: cells})


def put(app, **changes):
    """Types into the grid that is on the screen."""
    key = app.session_state["framework_mount"][0]
    app.session_state[key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []} | changes
    app.run()
    assert not app.exception
    return app


def said(app) -> str:
    return "\n".join(str(e.value) for kind in ("info", "warning", "error", "success", "markdown") for e in getattr(app, kind)).replace("\\", "")


def shown(app) -> list[list]:
    return [d.value.to_numpy().tolist() for d in app.dataframe]


def test_a_version_is_judged_tried_and_adopted(store):
    count = rows(store, COUNT)
    app = opened("framework", tab="edit")
    assert "还没有改动" in said(app) and app.button(key="framework_effect_ask").disabled and app.button(key="framework_adopt").disabled
    typed(app, A, weight="x")
    assert "第 2 行、权重列　A：weight 列的 'x' 不是数" in said(app)
    typed(app, A1, low="100")
    assert "第 4 行　A1：目标区间两端相等" in said(app)
    typed(app, A, weight="40")  # 40:40
    assert "与第 1 版有 1 处不同" in said(app) and app.button(key="framework_adopt").disabled
    assert [["↻ 更改", "A 维度甲", "权重：60", "权重：40"]] in shown(app)
    app.button(key="framework_effect_ask").click().run()
    assert {m.label: m.value for m in app.metric}["梯队有变"] == "0 / 3"
    table = app.dataframe[-1].value
    assert table.set_index("单位").loc["甲局", ["现指数", "新指数", "变化"]].tolist() == ["82.0", "82.5", "+0.5"]  # 80 and 85, 60:40 and 50:50
    app.selectbox(key="framework_since").set_value("2025Q1").run()
    app.button(key="framework_adopt").click().run()
    assert not app.exception and "第 2 版（批次" in said(app) and rows(store, COUNT) == [(count[0][0] + 1,)]
    assert rows(store, "SELECT since FROM framework_since") == [("2025Q1",)] and "还没有改动" in said(app)
    app.segmented_control(key="tab").set_value("versions").run()
    assert app.dataframe[0].value[["版", "现用于", "起用"]].to_numpy().tolist() == [
        [2, "2025年一季度 至 2025年二季度", "2025年一季度"], [1, "2024年四季度", "全部"]]  # fmt: skip
    app.segmented_control(key="tab").set_value("compare").run()
    assert [["↻ 更改", "A 维度甲", "权重：60", "权重：40"]] in shown(app)
    revoke(count[0][0] + 1, "测试", "试", store)
    app.segmented_control(key="tab").set_value("versions").run()
    assert app.dataframe[0].value["状态"].tolist() == ["已撤销", "现行"]


def test_rows_come_and_go_and_nothing_is_lost_by_leaving(store):
    app = opened("framework", tab="edit")
    put(app, added_rows=[{"code": "A3", "parent": "A", "name": "新指标", "weight": "10", "low": "0", "high": "5"}], deleted_rows=[6])
    assert "4 项指标" in said(app) and "2 处不同" in said(app)
    app.segmented_control(key="tab").set_value("versions").run()
    app.segmented_control(key="tab").set_value("edit").run()
    assert app.dataframe[0].value["code"].tolist() == ["X", "A", "B", "A1", "A2", "B1", "A3"] and "2 处不同" in said(app)
    app.button(key="framework_effect_ask").click().run()
    assert "1 项指标在这一期没有任何数据（A3）" in said(app)
    app.button(key="framework_again").click().run()
    assert "还没有改动" in said(app)


def test_rules_by_field_and_as_text(store):
    app = opened("framework", tab="edit")
    app.segmented_control(key="framework_what").set_value("评分规则").run()
    app.number_input(key="framework rule adjustments.bonus_cap").set_value(3.0).run()
    app.number_input(key="framework rule tiers.cuts.0").set_value(0.4).run()
    assert POLICY.strip() in app.text_area[0].value and "bonus_cap = 3.0" in app.text_area[0].value and "2 处不同" in said(app)
    app.number_input(key="framework rule tiers.cuts.0").set_value(0.9).run()  # above the second
    assert "cuts" in said(app) and app.button(key="framework_effect_ask").disabled
    app.text_area[0].set_value("[tiers\n").run()
    assert "TOML" in said(app) and not app.number_input and app.text_area[0].value == "[tiers\n"
    app.text_area[0].set_value(POLICY + '[missing]\nrule = "reweight"\n').run()
    assert "1 处不同" in said(app) and app.selectbox(key="framework rule missing.rule").value == "reweight"


def test_a_workbook_that_was_taken_away_comes_back_changed(store):
    framework, policy, _ = framework_desk.version(store, 1)
    book = openpyxl.load_workbook(io.BytesIO(framework_desk_parts.workbook(framework, policy)))
    sheet = book["指标体系"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    sheet.cell(4, heads["权重"]).value = 55
    buffer = io.BytesIO()
    book.save(buffer)
    app = opened("framework", tab="edit")
    app.file_uploader[0].upload("改.xlsx", buffer.getvalue()).run()
    app.button(key="framework_bring").click().run()
    assert not app.exception and "1 处不同" in said(app) and [["↻ 更改", "A 维度甲", "权重：60", "权重：55"]] in shown(app)
    app.file_uploader[0].upload("坏.csv", b"a,b\n1,2\n").run()
    app.button(key="framework_bring").click().run()
    assert "没有指标体系表" in said(app) and "1 处不同" in said(app)


def test_somebody_elses_version_is_looked_at_first(store):
    app = typed(opened("framework", tab="edit"), A, weight="40")
    other = opened("framework", tab="edit")
    typed(other, A, weight="30")
    other.button(key="framework_effect_ask").click().run()
    other.button(key="framework_adopt").click().run()
    count = rows(store, COUNT)
    app.button(key="framework_effect_ask").click().run()
    assert "有人存了第 2 版" in said(app) and app.button(key="framework_adopt").disabled
    app.button(key="framework_rebase").click().run()
    app.button(key="framework_adopt").click().run()
    assert rows(store, COUNT) == [(count[0][0] + 1,)] and "已存为第 3 版" in said(app)


def test_without_the_right_nothing_is_written(store, monkeypatch):
    app = typed(opened("framework", tab="edit"), A, weight="40")
    app.button(key="framework_effect_ask").click().run()
    count = rows(store, COUNT)
    monkeypatch.setattr(user, "current_user", lambda: user.NOBODY)
    app.button(key="framework_adopt").click().run()
    assert rows(store, COUNT) == count and "权限" in said(app) and "1 处不同" in said(app)


@pytest.mark.parametrize(
    ("problem", "place"),
    [("A1：标准化方法 bands 需要 bands 列；请填写", "第 4 行、分档列　"), ("A1：low 列的 'q' 不是数", "第 4 行、下限列　"), ("没有顶层节点", "")],
)
def test_a_refusal_says_where(store, problem, place):
    framework, policy, _ = framework_desk.version(store, 1)
    assert framework_desk.located(problem, framework_desk._wide(framework_desk.framework_to_table(framework), policy)) == f"{place}{problem}"
