"""Releases: frozen, immutable, the same inputs the same digest, an older one served again at will."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest

from scoring.errors import ScoringError
from store.connection import migrate, reader, write_tx
from store.errors import ReleaseError, StoreError
from store.importing.batches import revoke
from store.keeping.checks import check
from store.releasing import frozen
from store.releasing.panel import data_periods
from store.releasing.releases import publish, releases, reopen
from tests.store.support import ALL_POOL, FRAMEWORK, POLICY, UNITS, bring, intake, make_store, rows, whole


@pytest.fixture
def path(tmp_path):
    return make_store(tmp_path / "quality.db")


def served(path):
    return dict(rows(path, "SELECT period, release FROM service"))


def digests(path):
    return dict(rows(path, "SELECT id, digest FROM release"))


def index(path, release):
    return dict(rows(path, 'SELECT unit, "index" FROM release_unit WHERE release = ?', release))


# 守纪律: A1 and B1 weigh 0.3 and 0.2; 讲政治: A2 and B2 likewise.
FACETS = {"requirement:守纪律": (90 * 0.3 + 90 * 0.2) / 0.5, "requirement:讲政治": (80 * 0.3 + 90 * 0.2) / 0.5}


def test_the_latest_period_is_published_when_none_is_named(path):
    (done,) = publish(None, "甲", path)
    assert done == (1, "2025Q1", True, 3, 2)
    assert served(path) == {"2025Q1": 1}


def test_frozen_scores_are_what_the_words_say(path):
    """U1: A = (90+80)/2 = 85, B = (90 + 90)/2 = 90 (1 of 10 reversed; 45 of 50), index = 0.6·85 + 0.4·90 = 87, +2 bonus."""
    publish(["2024Q4"], "甲", path)
    assert index(path, 1)["U1"] == pytest.approx(89.0, abs=1e-12)
    nodes = dict(rows(path, "SELECT node, score FROM release_node WHERE unit = 'U1'"))
    assert nodes == pytest.approx({"X": 87, "A": 85, "B": 90, "A1": 90, "A2": 80, "B1": 90, "B2": 90} | FACETS)
    found = rows(path, "SELECT name, sector, size, index_raw, bonus, penalty, adjustment, rank, tier, veto FROM release_unit")[0]
    assert found == ("甲局", "一组", 10.0, pytest.approx(87.0), 2.0, 0.0, pytest.approx(2.0), 1.0, "争先型", 0)
    kept = rows(path, "SELECT unit, kind, document, points, reason, batch FROM release_adjustment")
    assert kept == [("U1", "bonus", "文1", 2.0, "事由", 2)]


def test_a_cell_that_nobody_reported_is_frozen_as_missing(path):
    bring(path, intake(values=[("U1", "A1", "2025Q2", 50)]))
    publish(["2025Q2"], "甲", path)
    cells = rows(path, "SELECT unit, indicator, state, value, batch FROM release_cell WHERE unit IN ('U1', 'U2') ORDER BY 1, 2")
    assert cells[0] == ("U1", "A1", 0, 50.0, 3)
    assert cells[1:] == [(u, i, 1, None, None) for u in ("U1", "U2") for i in ("A1", "A2", "B1", "B2")][1:]
    assert rows(path, "SELECT units, scored FROM release") == [(3, 0)]


def test_a_unit_belongs_from_its_first_period_on(path):
    later = pd.DataFrame([("U4", "丁局", "二组", 7.0)], columns=UNITS.columns)
    bring(path, intake(later, whole("2025Q1", ("U4", 99, 99, 0, 50))))
    publish(["2024Q4", "2025Q1"], "甲", path)
    assert sorted(index(path, 1)) == ["U1", "U2", "U3"] and sorted(index(path, 2)) == ["U1", "U2", "U3", "U4"]


def test_a_unit_whose_batches_are_revoked_is_in_no_new_release(path):
    (batch,) = bring(path, intake(pd.DataFrame([("U4", "丁局", "", 7.0)], columns=UNITS.columns)))
    bring(path, intake(values=whole("2025Q1", ("U4", 99, 99, 0, 50))))
    revoke(batch, "甲", path=path)
    publish(None, "甲", path)
    assert sorted(index(path, 1)) == ["U1", "U2", "U3"]


def test_a_later_correction_leaves_the_old_release_as_it_was(path):
    publish(None, "甲", path)
    before = index(path, 1)
    bring(path, intake(pd.DataFrame([("U1", "改名局", "九组", 1.0)], columns=UNITS.columns), [("U1", "A1", "2025Q1", 0)]))
    (done,) = publish(None, "甲", path)
    assert done.release == 2 and index(path, 1) == before and index(path, 2)["U1"] < before["U1"]
    assert rows(path, "SELECT release, name, sector FROM release_unit WHERE unit = 'U1'") == [(1, "甲局", "一组"), (2, "改名局", "九组")]


def test_the_same_inputs_get_no_twin(path):
    first = publish(["2024Q4", "2025Q1"], "甲", path)
    again = publish(["2024Q4", "2025Q1"], "乙", path)
    assert [p.release for p in again] == [p.release for p in first] == [1, 2]
    assert [p.new for p in again] == [False, False]
    assert rows(path, "SELECT count(*) FROM release_unit") == [(6,)]


def test_a_correction_that_is_undone_serves_the_first_release_again(path):
    publish(None, "甲", path)
    (batch,) = bring(path, intake(values=[("U1", "A1", "2025Q1", 0)]))
    assert publish(None, "甲", path)[0].release == 2
    revoke(batch, "甲", path=path)
    assert publish(None, "甲", path)[0] == (1, "2025Q1", False, 3, 2)
    assert served(path) == {"2025Q1": 1}


def test_only_the_corrected_period_gets_a_new_release(path):
    publish(["2024Q4", "2025Q1"], "甲", path)
    bring(path, intake(values=[("U1", "A1", "2024Q4", 0)]))
    assert [p.new for p in publish(["2024Q4", "2025Q1"], "甲", path)] == [True, False]


def test_two_stores_with_the_same_files_have_the_same_digests(path, tmp_path):
    """Another order of batches, another person, another time."""
    other = tmp_path / "other.db"
    migrate(other)
    extra = intake(values=[("U1", "A1", "2025Q1", 11)], sha256="e" * 64)
    bring(path, extra)
    bring(other, intake(framework_csv=FRAMEWORK, policy_toml=POLICY))
    bring(other, intake(UNITS, sha256="9" * 64))
    revoke(2, "甲", path=other)
    first = rows(path, "SELECT unit, indicator, period, value FROM observation WHERE batch = 2 AND state = 0")
    assert len(first) == 23
    bring(other, whole_again(), extra)
    publish(["2024Q4", "2025Q1"], "甲", path)
    publish(["2025Q1"], "乙", other)
    publish(["2024Q4"], "乙", other)
    assert set(digests(path).values()) == set(digests(other).values())


def whole_again():
    """The same file as `make_store` imports."""
    return intake(
        UNITS,
        whole("2024Q4", ("U1", 90, 80, 1, 45), ("U2", 50, 60, 2, 20), ("U3", 70, 70, 5, 25))
        + whole("2025Q1", ("U1", 80, 80, 1, 40), ("U2", 60, 60, 2, 30), ("U3", 75, 70, 4, "not_applicable")),
        [("U1", "2024Q4", "bonus", 2, "文1"), ("U2", "2025Q1", "veto", None, "文2")],
        sha256="d" * 64,
    )


CHANGES = {
    "value": intake(values=[("U1", "A1", "2025Q1", 80.0000000001)]),
    "state": intake(values=[("U3", "B2", "2025Q1", "pending")]),
    "sector": intake(pd.DataFrame([("U1", "", "九组", float("nan"))], columns=UNITS.columns)),
    "adjustment": intake(adjustments=[("U1", "2025Q1", "penalty", 1, "文3")]),
    "weight": intake(framework_csv=FRAMEWORK.replace("A1,A,指标甲一,%,1,50", "A1,A,指标甲一,%,1,51")),
    "policy": intake(policy_toml=POLICY + "[tiers]\ncuts = [0.4, 0.8]\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_the_inputs_changes_the_digest(path, change):
    publish(None, "甲", path)
    bring(path, CHANGES[change])
    assert publish(None, "甲", path)[0].new
    assert len(set(digests(path).values())) == 2


def test_another_code_version_is_another_release(path, monkeypatch):
    publish(None, "甲", path)
    monkeypatch.setattr(frozen, "__version__", "99")
    assert publish(None, "甲", path)[0].new
    assert rows(path, "SELECT code_version FROM release ORDER BY id")[1] == ("99",)
    assert all(f.ok for f in check(path))


def test_a_pool_of_all_periods_rests_on_all_of_them(tmp_path):
    """Under min–max over all periods a correction of one period moves the other's scores: both are released anew."""
    path = tmp_path / "quality.db"
    migrate(path)
    free = FRAMEWORK.replace(",0,100,goalposts", ",,,min_max").replace(",0,10,goalposts", ",,,min_max").replace(",0,50,goalposts", ",,,min_max")
    first = whole_again()
    bring(path, intake(framework_csv=free, policy_toml=ALL_POOL), first)
    publish(["2025Q1"], "甲", path)
    score = "SELECT score FROM release_node WHERE release = ? AND unit = 'U2' AND node = 'A1'"
    assert rows(path, score, 1) == [(pytest.approx((60 - 50) / (90 - 50) * 100),)]
    bring(path, intake(values=[("U1", "A1", "2024Q4", 100)]))
    assert publish(["2025Q1"], "甲", path)[0].new
    assert rows(path, score, 2) == [(pytest.approx((60 - 50) / (100 - 50) * 100),)]
    bring(path, intake(policy_toml=POLICY + '[bounds]\npool = "base:2024Q4"\n'))
    publish(["2025Q1"], "甲", path)
    assert rows(path, score, 3) == [(pytest.approx((60 - 50) / (100 - 50) * 100),)]
    bring(path, intake(policy_toml=POLICY + '[bounds]\npool = "base:1999"\n'))
    with pytest.raises(ScoringError, match="1999"):
        publish(["2025Q1"], "甲", path)


def test_an_older_release_is_served_again(path):
    publish(None, "甲", path)
    bring(path, intake(values=[("U1", "A1", "2025Q1", 0)]))
    publish(None, "甲", path)
    assert served(path) == {"2025Q1": 2}
    assert reopen(1, "乙", path) == "2025Q1"
    assert served(path) == {"2025Q1": 1}
    with reader(path) as db:
        assert releases(db).set_index("release")["served"].to_dict() == {2: False, 1: True}
    with pytest.raises(ReleaseError, match="现有 1 到 2 号"):
        reopen(7, "乙", path)
    assert rows(path, "SELECT by FROM audit WHERE verb = 'reopen'") == [("乙",)]


def test_what_cannot_be_published_is_named(path, tmp_path):
    with pytest.raises(ReleaseError, match=r"1999Q1.*2024Q4、2025Q1"):
        publish(["1999Q1", "2024Q4"], "甲", path)
    assert served(path) == {}
    migrate(tmp_path / "empty.db")
    with pytest.raises(ReleaseError, match="没有指标体系"):
        publish(None, "甲", tmp_path / "empty.db")
    bring(tmp_path / "empty.db", intake(framework_csv=FRAMEWORK, policy_toml=POLICY))
    with pytest.raises(ReleaseError, match="没有数据"):
        publish(None, "甲", tmp_path / "empty.db")
    with pytest.raises(ReleaseError, match="publish"):
        reopen(1, "甲", tmp_path / "empty.db")


def test_a_publishing_run_is_whole_or_not_there(path):
    """The progress callback fails after the first period: nothing of the run is left."""

    def stop(done, total, what):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(["2024Q4", "2025Q1"], "甲", path, stop)
    for table in ("release", "release_unit", "release_node", "release_cell", "release_adjustment", "service"):
        assert rows(path, f"SELECT count(*) FROM {table}") == [(0,)]


def test_progress_is_told_by_period(path):
    steps = []
    publish(["2025Q1", "2024Q4"], "甲", path, lambda *step: steps.append(step))
    assert steps == [(1, 2, "2024Q4"), (2, 2, "2025Q1")]


def test_periods_are_in_time_order(path):
    bring(path, intake(values=[("U1", "A1", p, 1) for p in ("2024M12", "2023", "2024H1", "2023Q4")]))
    with reader(path) as db:
        assert data_periods(db) == ["2023", "2023Q4", "2024H1", "2024M12", "2024Q4", "2025Q1"]


def test_demo_is_marked_where_demo_data_are_used(path):
    (batch,) = bring(path, replace(intake(values=[("U1", "A1", "2025Q1", 1)]), demo=True))
    publish(["2024Q4", "2025Q1"], "甲", path)
    assert rows(path, "SELECT period, demo FROM release ORDER BY id") == [("2024Q4", 0), ("2025Q1", 1)]
    revoke(batch, "甲", path=path)
    assert rows(path, "SELECT demo FROM release WHERE id = ?", publish(None, "甲", path)[0].release) == [(0,)]


@pytest.mark.parametrize("table", ["release", "release_unit", "release_node", "release_cell", "release_adjustment"])
def test_releases_refuse_change(path, table):
    publish(["2024Q4"], "甲", path)
    column = "by" if table == "release" else "unit"
    for sql in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(StoreError, match="append-only"), write_tx(path) as db:
            db.execute(sql)


TAMPERING = {
    "a score": "UPDATE release_node SET score = score + 1e-9 WHERE unit = 'U1' AND node = 'A1'",
    "a name": "UPDATE release_unit SET name = 'x' WHERE unit = 'U1'",
    "a tier": "UPDATE release_unit SET tier = '追赶型' WHERE unit = 'U1'",
    "a source": "UPDATE release_cell SET cell = 'Z9' WHERE unit = 'U1' AND indicator = 'A1'",
    "an adjustment": "DELETE FROM release_adjustment",
    "a late row": "INSERT INTO release_cell VALUES (1, 'U9', 'A1', 1, NULL, NULL, NULL, NULL)",
    "the framework": "UPDATE framework SET framework_csv = replace(framework_csv, '60', '61')",
    "the data digest": "UPDATE release SET data_digest = 'x' WHERE id = 1",
}


@pytest.mark.parametrize("what", TAMPERING)
def test_check_finds_a_changed_release(path, what):
    publish(["2024Q4"], "甲", path)
    assert all(f.ok for f in check(path)), check(path)
    with write_tx(path) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(TAMPERING[what])
    wrong = [f.name for f in check(path) if not f.ok]
    assert wrong == ["第 1 号发布（2024Q4）"]


def test_check_finds_broken_references_and_service(path):
    publish(["2024Q4", "2025Q1"], "甲", path)
    with write_tx(path) as db:
        db.execute("UPDATE service SET release = 1 WHERE period = '2025Q1'")
    assert [f.name for f in check(path) if not f.ok] == ["在用发布"]
    with write_tx(path) as db:
        db.execute("UPDATE unit SET active = 0 WHERE code = 'U1'")
    assert [f.name for f in check(path) if not f.ok] == ["单位与批次一致", "在用发布"]


def test_check_finds_damage_in_the_file(path):
    publish(["2024Q4"], "甲", path)
    with open(path, "r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 3000)
    try:
        wrong = [f.name for f in check(path) if not f.ok]
    except StoreError as error:
        assert str(path) in str(error) and "备份" in str(error)
    else:
        assert "文件完整" in wrong


def test_check_of_an_empty_store_says_what_is_missing(tmp_path):
    migrate(tmp_path / "q.db")
    assert [f.name for f in check(tmp_path / "q.db") if not f.ok] == ["现行指标体系"]


def test_a_copy_is_a_backup(path, tmp_path):
    publish(None, "甲", path)
    shutil.copy(path, tmp_path / "backup.db")
    assert all(f.ok for f in check(tmp_path / "backup.db"))
    assert digests(tmp_path / "backup.db") == digests(path)
