"""日志: rows in words, filters and pages in the address, the chain's state, and a row for each file that is taken out."""

import json

from store.connection import audit, reader, write_tx
from store.keeping.journal import journal
from tests.store.support import rows
from tests.ui.support import html_parts, opened
from ui import exports
from ui import journal as ui_journal


def test_rows_are_told_in_words_and_filtered_by_the_address(store):
    with write_tx(store) as db:
        audit(db, "王某", "withdraw", release=2, period="2025Q1", reason="录错")
    app = opened("journal")
    table = app.dataframe[0].value
    assert table["行"].is_monotonic_decreasing and "录错" in table.iloc[0]["内容"]
    assert table.iloc[0][["谁", "做了什么"]].tolist() == ["王某", "撤回发布"]
    assert opened("journal", by="王某").dataframe[0].value["谁"].unique().tolist() == ["王某"]
    assert set(opened("journal", verb="import").dataframe[0].value["做了什么"]) == {"导入"}
    assert len(opened("journal", text="录错").dataframe[0].value) == 1
    today = table.iloc[0]["时间"][:10]
    assert len(opened("journal", since=today, until=today).dataframe[0].value) == len(table)
    assert not opened("journal", until="1999-01-01").dataframe
    odd = opened("journal", since="昨天")
    assert "不是日期" in odd.warning[0].value and len(odd.dataframe[0].value) == len(table)


def test_pages_are_cut_in_the_store(store, monkeypatch):
    monkeypatch.setattr(ui_journal, "PAGE", 2)
    whole = rows(store, "SELECT id FROM audit ORDER BY id DESC")
    app = opened("journal", p="2")
    assert app.dataframe[0].value["行"].tolist() == [n for (n,) in whole[2:4]]
    assert f"共 {-(-len(whole) // 2)} 页" in app.selectbox(key="p").options[0]


def test_the_chain_says_whether_a_row_was_altered(store):
    head = rows(store, "SELECT hash FROM audit ORDER BY id DESC LIMIT 1")[0][0]
    app = opened("journal")
    assert "链完好" in "".join(html_parts(app)) and head in [c.value for c in app.code]
    with write_tx(store) as db:
        db.execute("DROP TRIGGER audit_no_update")
        db.execute("UPDATE audit SET by = '别人' WHERE id = 2")
    app = opened("journal")
    assert "链在这里断开" in "".join(html_parts(app)) and "第 2 行" in "".join(html_parts(app)) and app.error


def test_what_is_taken_out_leaves_a_row(store):
    opened("overview")
    made = exports.recorded(lambda: b"x", "指标 2025Q1.csv")
    assert made() == b"x" and made() == b"x"
    with reader(store) as db:
        last = journal(db, verbs=["export"])
    assert [json.loads(d) for d in last["detail"]] == [{"what": "指标 2025Q1.csv", "release": 2, "period": "2025Q1"}] * 2
    assert last["by"].unique().tolist() == ["local"]
