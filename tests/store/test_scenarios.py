"""Scenarios: kept under a name beside a release, read back as they were, never changed."""

import pytest

from store.connection import reader, write_tx
from store.errors import ScenarioError, StoreError, StoreReadOnly
from store.releasing.releases import publish
from store.scenarios import Scenario, save_scenario, scenario, scenarios
from tests.store.support import make_store, rows

SETTINGS = {"weight": ["A~60", "B~40"], "cut": [0.3, 0.8], "aggregation": ["geometric"], "数": True}


@pytest.fixture
def path(tmp_path):
    path = make_store(tmp_path / "quality.db")
    publish(["2024Q4", "2025Q1"], "甲", path)
    return path


def test_a_scenario_comes_back_as_it_was(path):
    assert save_scenario(" 重文化  轻结构 ", 2, SETTINGS, "乙", path) == 1
    with reader(path) as db:
        assert scenario(db, 1) == Scenario(1, "重文化 轻结构", 2, SETTINGS)
    assert rows(path, "SELECT by, verb FROM audit ORDER BY id DESC LIMIT 1") == [("乙", "scenario")]


def test_the_last_is_listed_first(path):
    save_scenario("一", 1, {}, "甲", path)
    save_scenario("二", 2, SETTINGS, "乙", path)
    with reader(path) as db:
        table = scenarios(db)
    assert list(table.columns) == ["id", "name", "release", "period", "at", "by"]
    assert table[["id", "name", "release", "period", "by"]].to_numpy().tolist() == [[2, "二", 2, "2025Q1", "乙"], [1, "一", 1, "2024Q4", "甲"]]


def test_the_same_again_is_found_and_another_under_its_name_refused(path):
    first = save_scenario("一", 1, SETTINGS, "甲", path)
    assert save_scenario("一", 1, dict(reversed(SETTINGS.items())), "乙", path) == first
    with pytest.raises(ScenarioError, match=r"“一”.*换一个名称"):
        save_scenario("一", 1, {}, "甲", path)
    assert save_scenario("一", 2, {}, "甲", path) != first
    assert rows(path, "SELECT count(*) FROM scenario") == [(2,)]


@pytest.mark.parametrize(
    "name, release, settings, said",
    [
        ("  ", 1, {}, "1 到 40 个字"),
        ("长" * 61, 1, {}, "61 个字"),
        ("一", 9, {}, "第 9 号发布不存在"),
        ("一", 1, {"cut": float("nan")}, "存不下来"),
        ("一", 1, {"cut": object()}, "存不下来"),
    ],
)
def test_what_cannot_be_kept_is_named(path, name, release, settings, said):
    with pytest.raises(ScenarioError, match=said):
        save_scenario(name, release, settings, "甲", path)
    assert rows(path, "SELECT count(*) FROM scenario") == [(0,)]


def test_an_unknown_number_is_named(path):
    with reader(path) as db, pytest.raises(ScenarioError, match="没有第 7 号方案"):
        scenario(db, 7)


def test_a_scenario_never_changes(path):
    save_scenario("一", 1, SETTINGS, "甲", path)
    for sql in ("UPDATE scenario SET name = '二'", "DELETE FROM scenario"):
        with pytest.raises(StoreError, match="append-only"), write_tx(path) as db:
            db.execute(sql)


def test_a_read_only_store_keeps_none_and_says_so(path, monkeypatch):
    from store import connection

    monkeypatch.setattr(connection.os, "access", lambda *_: False)
    with pytest.raises(StoreReadOnly):
        save_scenario("一", 1, {}, "甲", path)
