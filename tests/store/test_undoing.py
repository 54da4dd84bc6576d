"""What revoking a batch would change is what changes when it is revoked; looking at it writes nothing."""

import shutil

import pytest

from store.connection import reader
from store.errors import BatchError
from store.importing.batches import revoke
from store.importing.undoing import as_if_revoked, effect
from store.ledgers import record_frame
from store.releasing.drafts import periods
from store.releasing.reading import release_units, served
from store.releasing.releases import publish
from tests.store.support import FRAMEWORK, UNITS, bring, intake, make_store, rows, whole

PERIODS = ["2024Q4", "2025Q1"]
KEPT = (
    "SELECT * FROM batch", "SELECT * FROM unit", "SELECT * FROM current_value", "SELECT * FROM audit", "SELECT count(*) FROM release",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = make_store(tmp_path_factory.mktemp("undo") / "q.db")
    record = {"unit": "U1", "ref": "T1", "title": "甲", "category": "主体责任", "due": "2025-03-01", "done": "2025-02-01"}
    bring(
        path,
        intake(values=[("U1", "A1", "2025Q1", 5), ("U2", "B2", "2025Q1", 50)], adjustments=[("U3", "2025Q1", "bonus", 3, "文3")]),
        intake(UNITS.iloc[:1].assign(code="U4", name="丁局"), whole("2025Q1", ("U4", 99, 99, 0, 50))),
        intake(framework_csv=FRAMEWORK.replace("A1,A,指标甲一,%,1,50", "A1,A,指标甲一,%,1,90")),
        intake(ledgers={"task": record_frame("task", [record])}),
        intake(values=whole("2025Q2", ("U1", 90, 80, 1, 45))),
    )
    publish([*PERIODS, "2025Q2"], "测试", path)
    return path


def standings(path) -> dict:
    """(period, unit) → index, rank and tier of what is served."""
    with reader(path) as db:
        tables = {r.period: release_units(db, r.release)[["index", "rank", "tier"]] for r in served(db).itertuples()}
    return {(period, row[0]): known(row[1:]) for period, table in tables.items() for row in table.itertuples(name=None)}


def known(facts) -> tuple:
    return tuple(None if x != x else x for x in facts)


@pytest.mark.parametrize("batch", [2, 3, 4, 5, 6, 7])
def test_what_would_change_is_what_changes(made, tmp_path, batch):
    path = tmp_path / "q.db"
    shutil.copy(made, path)
    kept, before = [rows(path, sql) for sql in KEPT], standings(path)
    found = effect(batch, path)
    assert [rows(path, sql) for sql in KEPT] == kept
    revoke(batch, "测试", "试", path)
    with reader(path) as db:
        now = periods(db)
    assert set(now.index[now["changed"]]) == set(found.periods)
    if again := [p for p in found.periods if p not in found.lost]:
        publish(again, "测试", path)
    after = {k: v for k, v in standings(path).items() if k[0] not in found.lost}
    moved = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
    assert {(r.period, r.unit) for r in found.units.itertuples()} == moved
    for r in found.units.itertuples():
        old, new = ((r.index_before, r.rank_before, r.tier_before), (r.index_after, r.rank_after, r.tier_after))
        for said, true in ((old, before), (new, after)):
            assert known(said) == true.get((r.period, r.unit), (None, None, None))
    assert (batch != 6) or (not len(found.units) and not found.periods)  # a ledger that no indicator counts


def test_the_store_is_read_as_if_the_batch_were_gone(made):
    with as_if_revoked(4, made) as db:
        assert db.execute("SELECT count(*) FROM current_value WHERE unit = 'U4'").fetchone()[0] == 0
        assert db.execute("SELECT active FROM unit WHERE code = 'U4'").fetchone()[0] == 0


def test_a_batch_that_is_not_there_or_gone_already(made, tmp_path):
    shutil.copy(made, tmp_path / "q.db")
    revoke(7, "测试", path=tmp_path / "q.db")
    for batch, why in (7, "已撤销"), (99, "不存在"):
        with pytest.raises(BatchError, match=why):
            effect(batch, tmp_path / "q.db")


def test_without_any_framework_the_periods_are_lost(tmp_path):
    path = make_store(tmp_path / "q.db")
    publish(PERIODS, "测试", path)
    found = effect(1, path)
    assert found.lost == dict.fromkeys(PERIODS, "没有指标体系了") and len(found.units) == 6 and found.units["index_after"].isna().all()
