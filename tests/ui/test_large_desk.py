"""数据管理 in a store of more units than a page reads: looked up, counted by groups, or a word with what to run instead."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from store.connection import reader
from store.errors import TooManyUnits
from store.importing import bringing, entry, undoing
from store.releasing import drafts, groups
from tests import large_city
from tests.large_city import CITIES, EACH, PERIODS, SECTORS, UNITS
from tests.store.support import rows
from tests.ui.support import html_parts, opened

UNIT = "100006"  # 西市政法第7所
NAME = "西市政法第7所"
SECTOR = f"甲省/{CITIES[1]}/{SECTORS[0]}"


@pytest.fixture(autouse=True)
def large(large_store, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(large_store))


def said(app) -> str:
    return "".join([*html_parts(app), *(str(p.value) for kind in ("info", "warning", "success", "markdown", "caption") for p in getattr(app, kind))])


def test_a_unit_is_typed_in_after_it_was_looked_up(large_store):
    app = opened("entry")
    assert "请先查找一个" in said(app)
    app.text_input[0].set_value("xszfd7s").run()
    next(b for b in app.button if NAME in b.label).click().run()
    assert app.query_params["unit"] == UNIT and NAME in said(app) and not app.exception
    assert "一项指标在页面上填不下" in said(opened("entry", by="indicator"))
    assert "没有代码为“nobody”" in said(opened("entry", unit="nobody"))


def test_what_is_known_of_one_unit_is_what_the_whole_period_has_of_it(large_store):
    one, whole = entry.sheet(PERIODS[1], large_store, unit=UNIT), entry.facts_now(PERIODS[1], large_store)
    assert one.held == {cell: fact for cell, fact in whole.items() if cell[0] == UNIT} and len(one.held) == 4
    assert list(one.units["name"]) == [NAME] and entry.frame(PERIODS[1], large_store).many
    assert entry.facts_now(PERIODS[1], large_store, {UNIT}) == one.held


def test_who_has_not_reported_is_counted_by_groups_and_listed_in_one(large_store):
    app = opened("entry", tab="who")
    assert set("甲省/" + app.dataframe[0].value["名称"]) == set(UNITS["area"]) and "缺" not in app.dataframe[0].value
    app.button(key="entry_count").click().run()
    assert set(app.dataframe[0].value["缺"]) == {0} and set(app.dataframe[0].value["已报"]) == {100.0}
    app = opened("entry", tab="who", **{"in": SECTOR})
    assert next(m.value for m in app.metric if m.label.startswith("没报齐")) == f"0 / {EACH}" and not app.exception


def test_states_of_periods_come_from_what_came_after(large_store):
    with reader(large_store) as db:
        found = drafts.periods(db)
        assert found["current"].tolist() == found["served"].tolist() == [2, 1] and not found["changed"].any()
        assert groups.lacking_cells(db, 2).empty


def test_a_small_file_is_looked_at_by_its_own_units(large_store):
    csv = f"单位编码,考核期,A1\n{UNIT},{PERIODS[1]},55\n西市政法第8所,{PERIODS[1]},56\n"
    seen = bringing.look([("更正.csv", csv.encode())], path=large_store)
    table = seen.changes[0].table
    held = dict(rows(large_store, f"SELECT unit, value FROM current_value WHERE period = '{PERIODS[1]}' AND indicator = 'A1'"))
    assert not seen.refused and table["unit"].tolist() == [UNIT, "100007"]
    assert table["old_value"].tolist() == [held[UNIT], held["100007"]] and table["value"].tolist() == [55.0, 56.0]
    bad = bringing.look([("错.csv", f"单位编码,考核期,A1\n西市政法第8听,{PERIODS[1]},56\n".encode())], path=large_store).refused
    assert len(bad) == 1 and bad[0].nearest.startswith("西市政法第")


def test_a_new_unit_of_a_known_name_is_refused_as_in_any_store(large_store):
    table = pd.DataFrame([("X1", NAME, "政法")], columns=["编码", "单位名称", "片组"])
    seen = bringing.look([("单位.csv", table.to_csv(index=False).encode())], path=large_store)
    assert [e.why for e in seen.refused] == [f"与代码 {UNIT} 同名；名称须能分清单位，请改正其中一个"]


def test_what_would_score_all_twice_is_not_done(large_store):
    with pytest.raises(TooManyUnits, match="并排对照"):
        undoing.effect(2, large_store)
    app = opened("batches", batch="2")
    app.button(key="revoke look 2").click().run()
    assert "页面上不试算" in said(app) and not app.exception


def test_the_desk_opens_and_what_is_served_is_known_to_be_current(large_store):
    for page, word in (("intake", "还没有文件"), ("releases", "不必重新发布"), ("accounts", "新增账号")):
        app = opened(page)
        assert word in said(app) and not app.exception, page


def two_releases():
    import os
    from pathlib import Path

    import streamlit as st

    from ui import releases, releases_groups

    path = Path(os.environ["QUALITY_STORE"])
    keys = tuple((str(path), row["digest"], int(row["release"])) for _, row in releases.all_releases(path).sort_index().iterrows())
    st.text(len(releases.side(*releases_groups.units(keys, ("第 1 号", "第 2 号")))))


def test_two_releases_are_compared_by_groups_then_unit_by_unit(large_store):
    app = AppTest.from_function(two_releases)
    app.query_params["in"] = "甲省"
    means = [large_city.index(period)[UNITS["area"].str.endswith(city).to_numpy()].mean() for city in CITIES for period in PERIODS]
    table = app.run().dataframe[0].value.set_index("名称").loc[list(CITIES)]
    assert table[["均值 第 1 号", "均值 第 2 号"]].to_numpy().ravel().tolist() == [f"{mean:.1f}" for mean in means]
    app.query_params["in"] = SECTOR
    assert app.run().text[0].value == str(EACH)
