"""批次: what each import brought, its file, who rests on it; a revocation is looked at before it is done, and needs a reason."""

import pytest

from store.importing.bringing import look, write
from store.ledgers import record_frame
from tests.store.support import FRAMEWORK, bring, intake, rows
from ui import parts, user

PAGE = "batches"
GOOD = "单位,考核期,A1\n甲局,2025Q1,5\n".encode()
REVOKED = "SELECT revoked_by, revoke_reason FROM batch WHERE id = ?"


@pytest.fixture
def taken(monkeypatch) -> dict:
    found = {}
    monkeypatch.setattr(parts, "downloads", lambda name, csv, xlsx, where=None: found.update({name: (csv, xlsx)}))
    return found


@pytest.fixture
def batch(store) -> int:
    """A correction that is not published yet."""
    return write(look([("改.csv", GOOD)], path=store), "甲", store)[0]


def said(app) -> str:
    spoken = [str(e.value) for kind in ("info", "warning", "error", "success", "caption", "markdown") for e in getattr(app, kind)]
    return "\n".join([*spoken, *(h.proto.body for h in app.get("html"))]).replace("\\", "")


def test_the_list_and_the_one_that_the_link_names(open_page, store, batch, taken):
    app = open_page(store, batch="2")
    listed, shown = app.dataframe[0].value, app.dataframe[1].value
    assert listed["批次"].tolist() == [3, 2, 1] and listed["内容"].iloc[0] == "原始值" and listed["谁"].iloc[0] == "甲"
    assert shown["单位"].iloc[0] == "甲局 U1" and app.query_params["batch"] in ("2", ["2"])
    assert "2 号发布依据它，在用 2 号" in said(app) and "没有留存原文件" in said(app)
    assert "SHA" not in taken["批次清单"][0]().decode("utf-8-sig") and "改.csv" in taken["批次清单"][0]().decode("utf-8-sig")
    app = open_page(store, batch="99")
    assert "没有批次 99" in said(app) and app.query_params["batch"] in ("3", ["3"])


def test_the_list_is_narrowed_by_words_and_by_the_link(open_page, store, batch):
    app = open_page(store, kind="指标体系")
    assert app.dataframe[0].value["批次"].tolist() == [1]
    app = open_page(store, batch="1")
    app.text_input(key="batches_words").set_value("改.").run()
    assert app.dataframe[0].value["批次"].tolist() == [3]
    app.text_input(key="batches_words").set_value("没有这个").run()
    assert "没有符合条件的批次" in said(app) and not app.exception


def test_the_file_itself_is_handed_out(open_page, store, batch):
    app = open_page(store, batch=str(batch))
    (button,) = [b for b in app.get("download_button") if "原文件" in b.proto.label]
    assert button.proto.label == "下载原文件" and "还没有发布依据它" in said(app)


def test_a_revocation_is_looked_at_first_and_needs_a_reason(open_page, store, batch):
    app = open_page(store, batch=str(batch))
    assert app.button(key=f"revoke {batch}").disabled
    app.button(key=f"revoke look {batch}").click().run()
    figures = {m.label: m.value for m in app.metric}
    # A1 of 甲局 goes back from 5 to 80: half of a dimension that weighs 60 of 100, so 22.5 points of the index.
    assert figures["最大变化"] == "+22.5" and figures["涉及考核期"] == "1"
    assert app.dataframe[-1].value["变化"].iloc[0] == "+22.5" and app.button(key=f"revoke {batch}").disabled
    assert rows(store, REVOKED, batch) == [(None, None)]
    app.text_input(key=f"revoke reason {batch}").set_value(" 填错了 ").run()
    app.button(key=f"revoke {batch}").click().run()
    assert rows(store, REVOKED, batch) == [("local", "填错了")] and not app.exception
    assert "已撤销" in said(app) and "填错了" in said(app) and "一致" in said(app)
    assert f"revoke {batch}" not in {b.key for b in app.button}


def test_a_batch_that_two_undo_at_once_is_undone_once(open_page, store, batch):
    app = open_page(store, batch=str(batch))
    app.button(key=f"revoke look {batch}").click().run()
    app.text_input(key=f"revoke reason {batch}").set_value("错").run()
    from store.importing.batches import revoke

    revoke(batch, "乙", "先到", store)
    app.button(key=f"revoke {batch}").click().run()
    assert rows(store, REVOKED, batch) == [("乙", "先到")] and not app.exception


def test_without_the_right_nothing_is_undone(open_page, store, batch, monkeypatch):
    app = open_page(store, batch=str(batch))
    app.button(key=f"revoke look {batch}").click().run()
    app.text_input(key=f"revoke reason {batch}").set_value("错").run()
    monkeypatch.setattr("ui.user.current_user", lambda: user.NOBODY)
    app.button(key=f"revoke {batch}").click().run()
    assert rows(store, REVOKED, batch) == [(None, None)] and "权限" in said(app)


def test_every_kind_of_batch_opens(open_page, store):
    record = {"unit": "U1", "ref": "T1", "title": "<b>甲</b>", "category": "主体责任", "due": "2025-03-01"}
    (number,) = bring(store, intake(ledgers={"task": record_frame("task", [record])}))
    (other,) = bring(store, intake(framework_csv=FRAMEWORK.replace("总指数", "新指数"), file="<b>x</b>.csv"))
    app = open_page(store, batch=str(number))
    assert app.dataframe[1].value["名称"].tolist() == ["<b>甲</b>"]
    app = open_page(store, batch=str(other))
    assert "新指数" in app.dataframe[1].value["名称"].tolist() and "<b>x</b>" not in said(app).replace("&lt;", "‹")
