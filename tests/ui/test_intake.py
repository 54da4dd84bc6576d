"""导入: nothing is written before the button, exactly what was shown by it, once; what is refused goes back to be mended."""

import io

import openpyxl
import pytest

from store.importing import preview
from store.readers.headers import TITLES
from tests.store.support import bring, intake, make_store, rows
from tests.ui.support import ROOT, html_parts, opened
from ui import intake as desk_intake
from ui import intake_tables, parts, user

COUNT = "SELECT count(*) FROM batch"
ODD = "<img src=x onerror=alert(1)> :red[*x*] $y$"
GOOD = "单位,考核期,A1,A2\n甲局,2025Q1,91.5,80\n乙局,2025Q2,,不适用\n".encode()
BAD = f"单位,考核期,A1\n甲局,2025Q1,九十\n乙句,2025Q1,7\n{ODD},2025Q1,7\n".encode()


@pytest.fixture
def taken(monkeypatch) -> dict:
    """What the download buttons hand out, by name."""
    found = {}
    monkeypatch.setattr(parts, "downloads", lambda name, csv, xlsx, where=None: found.update({name: (csv, xlsx)}))
    return found


def dropped(*files: tuple[str, bytes]):
    app = opened("intake")
    for name, content in files:
        app.file_uploader[0].upload(name, content)
    app.run()
    assert not app.exception
    return app


def figures(app) -> dict[str, str]:
    return {m.label: m.value for m in app.metric}


def headings(app) -> str:
    return "".join(html_parts(app))


def said(app) -> str:
    return "\n".join(str(e.value) for kind in ("info", "warning", "error", "success", "caption", "markdown") for e in getattr(app, kind))


def test_it_says_what_would_change_and_writes_it_once(store, taken):
    before = rows(store, COUNT)
    app = dropped(("a.csv", GOOD))
    assert figures(app) == {"新增": "1", "更改": "1", "不变": "1", "拒绝": "0"} and rows(store, COUNT) == before
    table = app.dataframe[0].value
    changed = table.loc[table["变化"] == "↻ 更改", ["单位", "指标", "原来", "现在", "单元格"]]
    assert changed.to_numpy().tolist() == [["甲局 U1", "A1 指标甲一", "80", "91.5", "C2"]]
    assert "更改" in taken["导入预览 原始值"][0]().decode("utf-8-sig")
    app.multiselect(key="fates values").set_value(["added"]).run()
    assert app.dataframe[0].value["单位"].tolist() == ["乙局 U2"] and rows(store, COUNT) == before
    app.button(key="intake_write").click().run()
    assert not app.exception and rows(store, COUNT) == [(before[0][0] + 1,)]
    assert "已写入" in said(app) and "应重新发布：**2025年一季度**；尚未发布：**2025年二季度**" in said(app)
    assert rows(store, "SELECT by, file FROM batch ORDER BY id DESC LIMIT 1") == [("local", "a.csv")]
    app.run()  # a reload, or the second click of a double one
    assert rows(store, COUNT) == [(before[0][0] + 1,)] and not app.metric
    again = dropped(("b.csv", GOOD))
    assert "已作为批次" in said(again) and not again.metric


def test_what_is_refused_comes_back_marked_and_nothing_is_written(store, taken, monkeypatch):
    before = rows(store, COUNT)
    app = dropped(("a.csv", GOOD), ("坏.csv", BAD))
    assert figures(app)["拒绝"] == "3" and "intake_write" not in {b.key for b in app.button}
    assert figures(app) == {"新增": "1", "更改": "1", "不变": "1", "拒绝": "3"} and "之前，整批都不写入" in headings(app)
    sheets, table, changes = (shown.value for shown in app.dataframe)
    assert sheets.set_index("文件").loc["a.csv", ["更改", "新增", "不变", "拒绝"]].tolist() == [1, 1, 1, 0]
    assert sheets.set_index("文件").at["坏.csv", "拒绝"] == 3 and changes[["原来", "现在"]].to_numpy().tolist()[0] == ["80", "91.5"]
    assert table["单元格"].tolist() == ["C2", "A3", "A4"] and table["最接近的"].tolist()[1] == "乙局"
    assert ODD not in "".join(m.value for m in app.markdown)
    assert "C2" in taken["拒绝清单"][0]().decode("utf-8-sig")
    seen = app.session_state["intake_seen"][1]
    book = openpyxl.load_workbook(io.BytesIO(desk_intake.mended(seen, "坏.csv")))
    assert book["数据"]["C2"].comment and rows(store, COUNT) == before
    monkeypatch.setattr(desk_intake, "commented", lambda *_: None)
    assert openpyxl.load_workbook(io.BytesIO(desk_intake.mended(seen, "坏.csv"))).active["C2"].value == "C2"  # only the list


def test_a_store_that_changed_meanwhile_is_looked_at_again(store):
    app = dropped(("a.csv", GOOD))
    bring(store, intake(values=[("U1", "A1", "2025Q1", 91.5)]))
    count = rows(store, COUNT)
    app.button(key="intake_write").click().run()
    assert rows(store, COUNT) == count and "新的预览" in said(app) and "重新做的预览" in said(app)
    assert figures(app)["更改"] == "0" and figures(app)["不变"] == "2"
    app.button(key="intake_write").click().run()
    assert rows(store, COUNT) == [(count[0][0] + 1,)]


def test_a_file_that_is_none_and_a_name_that_plays_tricks(store):
    app = dropped(("../../照片.xlsx", b"\xff\xd8\xff\xe0"))
    assert "JPEG" in said(app) and "照片" in said(app) and ".." not in said(app).replace("\\", "") and not app.dataframe


def test_without_the_right_nothing_is_written(store, monkeypatch):
    app = dropped(("a.csv", GOOD))
    count = rows(store, COUNT)
    monkeypatch.setattr("ui.user.current_user", lambda: user.NOBODY)
    app.button(key="intake_write").click().run()
    assert rows(store, COUNT) == count and "权限" in said(app)


def test_a_business_systems_export_by_its_mapping(store):
    app = opened("intake")
    app.selectbox(key="intake_mapping").set_value("inspection.toml").run()
    app.file_uploader[0].upload("i.csv", "被访单位,暗访事项,暗访时间,评分,发现问题个数\n甲局,窗口,2026-3-5,92.5,1\n".encode())
    app.run()
    assert figures(app)["新增"] == "1" and "得分：92.5" in app.dataframe[0].value["现在"].iloc[0]


def test_a_store_that_serves_nothing_takes_files_too(tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(make_store(tmp_path / "q.db")))
    app = dropped(("a.csv", GOOD))
    assert figures(app)["更改"] == "1"


def test_a_share_in_a_column_of_per_cents_is_asked_about(store, taken):
    app = dropped(("a.csv", "单位,考核期,A1,A2\n甲局,2025Q1,0.95,88\n".encode()))
    assert "百分数小于 1" in said(app) and "C2" in said(app) and "D2" not in said(app)


def test_the_template_holds_the_units_and_the_framework(store):
    book = openpyxl.load_workbook(io.BytesIO(desk_intake.template(store)))
    assert "甲局" in [c.value for c in book["单位"]["B"]] and any("指标甲一" in str(c.value) for c in book["数据"][2])


def test_a_workbook_with_another_framework_says_that_it_brings_one(store, taken):
    book = openpyxl.load_workbook(io.BytesIO(desk_intake.template(store)))
    weights = next(c for c in book["指标体系"][2] if c.value == "权重").column
    row = next(c.row for c in book["指标体系"]["A"] if c.value == "A1")
    assert "成为新的一版" not in said(dropped(("now.xlsx", saved(book))))
    book["指标体系"].cell(row, weights).value = 70
    assert "成为新的一版" in said(dropped(("old.xlsx", saved(book))))


def test_every_fact_that_can_change_has_a_chinese_title():
    facts = [(kind, fact) for kind, names in preview.FACTS.items() if kind != "values" for fact in names]
    facts += [("guidance", column) for column in (ROOT / "data" / "guidance.csv").read_text("utf-8").splitlines()[0].split(",")]
    assert [fact for fact in facts if intake_tables.title(*fact).isascii()] == [] != facts
    assert intake_tables.title("units", "size") == TITLES["size"], "as in the workbook to fill in"


def saved(book: openpyxl.Workbook) -> bytes:
    book.save(content := io.BytesIO())
    return content.getvalue()
