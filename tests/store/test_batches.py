"""Batches: appended, corrected by later ones, undone by revoking; what counts is a view, and nothing is ever overwritten."""

import json
import sqlite3

import numpy as np
import pandas as pd
import pytest

from scoring.errors import FrameworkError
from store.connection import migrate, reader, write_tx
from store.errors import BatchError, ImportRefused, StoreError
from store.importing.batches import batches, current_framework, import_files, known, revoke
from store.keeping.journal import journal
from store.schema.migrations import APPEND_ONLY
from tests.store.support import FRAMEWORK, POLICY, UNITS, bring, intake, make_store, rows

VALUE = "SELECT state, value, batch FROM current_value WHERE unit = ? AND indicator = ? AND period = ?"
UNIT = "SELECT name, sector, size, active FROM unit WHERE code = ?"


@pytest.fixture
def path(tmp_path):
    return make_store(tmp_path / "quality.db")


def test_a_correction_counts_and_the_first_value_stays_on_record(path):
    (batch,) = bring(path, intake(values=[("U1", "A1", "2024Q4", 91.5)]))
    assert rows(path, VALUE, "U1", "A1", "2024Q4") == [(0, 91.5, batch)]
    assert rows(path, VALUE, "U1", "A2", "2024Q4") == [(0, 80.0, 2)]
    kept = "SELECT value, batch FROM observation WHERE unit = 'U1' AND indicator = 'A1' AND period = '2024Q4' ORDER BY batch"
    assert rows(path, kept) == [(90.0, 2), (91.5, batch)]


def test_a_correction_may_change_the_state(path):
    bring(path, intake(values=[("U1", "A1", "2024Q4", "pending")]))
    assert rows(path, VALUE, "U1", "A1", "2024Q4") == [(3, None, 3)]


def test_revoking_the_correction_brings_the_first_value_back(path):
    (batch,) = bring(path, intake(values=[("U1", "A1", "2024Q4", 91.5)]))
    revoke(batch, "乙", "填错", path)
    assert rows(path, VALUE, "U1", "A1", "2024Q4") == [(0, 90.0, 2)]
    table = batches_of(path)
    assert table.at[batch, "revoked_by"] == "乙" and table.at[batch, "revoke_reason"] == "填错" and table.at[batch, "revoked_at"]
    assert pd.isna(table.at[2, "revoked_at"])


def test_revoking_the_earlier_batch_leaves_the_correction(path):
    (batch,) = bring(path, intake(values=[("U1", "A1", "2024Q4", 91.5)]))
    revoke(2, "乙", path=path)
    assert rows(path, VALUE, "U1", "A1", "2024Q4") == [(0, 91.5, batch)]
    assert rows(path, VALUE, "U1", "A2", "2024Q4") == []


def test_a_dry_run_refuses_what_the_import_refuses(path, tmp_path):
    (tmp_path / "p.toml").write_text('[facets]\nmodel = "模范"\n', encoding="utf-8")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("单位代码,单位名称,片组\nU9,壬局,一组\n", encoding="utf-8")
    for files, error, words in (["p.toml"], FrameworkError, "requirement"), (["a.csv", "b.csv"], BatchError, "b.csv.*a.csv.*只给"):
        for dry_run in (True, False):
            with pytest.raises(error, match=words):
                import_files([tmp_path / name for name in files], "甲", path, dry_run)
    assert rows(path, "SELECT max(id) FROM batch") == [(2,)]


def batches_of(path):
    with reader(path) as db:
        return batches(db).set_index("batch")


def test_a_batch_is_revoked_once(path):
    revoke(2, "乙", path=path)
    with pytest.raises(BatchError, match="已由 乙"):
        revoke(2, "丙", path=path)
    with pytest.raises(BatchError, match="没有批次 9；现有批次 1 到 2"):
        revoke(9, "乙", path=path)
    assert len(rows(path, "SELECT * FROM audit WHERE verb = 'revoke'")) == 1


def test_a_later_adjustment_of_the_same_document_replaces_the_earlier(path):
    live = "SELECT points, batch FROM current_adjustment WHERE unit = 'U1' AND period = '2024Q4' ORDER BY document"
    (batch,) = bring(path, intake(adjustments=[("U1", "2024Q4", "bonus", 3, "文1"), ("U1", "2024Q4", "bonus", 1, "文9")]))
    assert rows(path, live) == [(3.0, batch), (1.0, batch)]
    revoke(batch, "乙", path=path)
    assert rows(path, live) == [(2.0, 2)]


def test_a_veto_needs_no_points(path):
    assert rows(path, "SELECT points FROM current_adjustment WHERE kind = 'veto'") == [(0.0,)]


def test_units_have_the_latest_facts_and_an_empty_cell_erases_nothing(path):
    later = pd.DataFrame([("U1", "甲局（新）", "", np.nan), ("U4", "丁局", "二组", 7.0)], columns=UNITS.columns)
    (batch,) = bring(path, intake(later))
    assert rows(path, UNIT, "U1") == [("甲局（新）", "一组", 10.0, 1)]
    assert rows(path, UNIT, "U4") == [("丁局", "二组", 7.0, 1)]
    revoke(batch, "乙", path=path)
    assert rows(path, UNIT, "U1") == [("甲局", "一组", 10.0, 1)]
    assert rows(path, "SELECT active FROM unit WHERE code = 'U4'") == [(0,)]


def test_a_unit_comes_back_with_a_new_batch(path):
    revoke(2, "乙", path=path)
    with reader(path) as db:
        assert known(db).units == {}
    bring(path, intake(UNITS.iloc[:1]))
    with reader(path) as db:
        assert known(db).units == {"U1": "甲局"}


def test_the_same_file_is_taken_once_until_it_is_revoked(path):
    same = intake(values=[("U1", "A1", "2024Q4", 1)], sha256="a" * 64, file="报表.csv")
    (batch,) = bring(path, same)
    with pytest.raises(BatchError, match=f"批次 {batch}（报表.csv.*revoke {batch}"):
        bring(path, same)
    revoke(batch, "乙", path=path)
    (again,) = bring(path, same)
    assert rows(path, VALUE, "U1", "A1", "2024Q4") == [(0, 1.0, again)]


def test_the_last_live_framework_is_in_force(path):
    shorter = "\n".join(line for line in FRAMEWORK.splitlines() if not line.startswith("B2"))
    (batch,) = bring(path, intake(framework_csv=shorter))
    assert framework_codes(path) == ["A1", "A2", "B1"]
    (policy,) = bring(path, intake(policy_toml='[missing]\nrule = "none"\n[facets]\nrequirement = "要求"'))
    with reader(path) as db:
        number, framework, in_force = current_framework(db)
    assert (len(framework.indicators), in_force.missing_rule, number) == (3, "none", 3)
    revoke(policy, "乙", path=path)
    revoke(batch, "乙", path=path)
    assert framework_codes(path) == ["A1", "A2", "B1", "B2"]


def framework_codes(path):
    with reader(path) as db:
        return [n.code for n in known(db).framework.indicators]


def test_a_policy_alone_needs_a_framework(tmp_path):
    migrate(tmp_path / "q.db")
    with pytest.raises(BatchError, match="还没有指标体系"):
        bring(tmp_path / "q.db", intake(policy_toml=POLICY))
    with reader(tmp_path / "q.db") as db:
        assert current_framework(db) is None and known(db).framework is None


def test_what_was_revoked_between_reading_and_writing_is_noticed(path):
    late = intake(values=[("U1", "A1", "2025Q2", 1)])
    revoke(2, "乙", path=path)
    with pytest.raises(BatchError, match="U1"):
        bring(path, late)
    with pytest.raises(BatchError, match="Z9"):
        bring(path, intake(UNITS, [("U1", "Z9", "2025Q2", 1)]))
    assert len(batches_of(path)) == 2


def test_a_batch_is_whole_or_not_there(path):
    """The second of two files breaks a rule of the tables: neither is in the store."""
    doubled = intake(values=[("U1", "A1", "2025Q2", 1), ("U1", "A1", "2025Q2", 2)])
    with pytest.raises(StoreError):
        bring(path, intake(values=[("U1", "A2", "2025Q2", 1)]), doubled)
    assert len(batches_of(path)) == 2
    assert rows(path, "SELECT * FROM observation WHERE period = '2025Q2'") == []


@pytest.mark.parametrize("state, value", [("value", None), ("missing", 1.0)])
def test_a_state_and_a_value_that_contradict_each_other_are_refused(path, state, value):
    bad = intake(values=[("U1", "A1", "2025Q2", "pending")])
    bad.observations["state"], bad.observations["value"] = state, value
    with pytest.raises(StoreError):
        bring(path, bad)


@pytest.mark.parametrize("count", [1, 199, 200, 201, 450])
def test_every_row_of_a_file_arrives_in_its_own_place(path, count):
    """Rows are written some hundred a statement: the edges of that number."""
    units = pd.DataFrame([(f"N{n}", f"单位{n}", "三组", 1.0) for n in range(count)], columns=UNITS.columns)
    values = [(f"N{n}", "A1", f"{2000 + n % 7}Q1", n / 3) for n in reversed(range(count))]
    (batch,) = bring(path, intake(units, values))
    found = rows(path, "SELECT unit, indicator, period, state, value, sheet, cell FROM observation WHERE batch = ?", batch)
    assert sorted(found) == sorted((u, i, p, 0, v, "数据", f"C{row}") for row, (u, i, p, v) in enumerate(values, 2))


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "O'Brien \"局\"; DROP TABLE unit;--", "🐦清风👨‍👩‍👧", "长" * 200, "=1+1"])
def test_names_go_through_unharmed(path, name):
    bring(
        path,
        intake(
            pd.DataFrame([(name, name, name, 1.0)], columns=UNITS.columns),
            [(name, "A1", "2024Q4", 50)],
            [(name, "2024Q4", "bonus", 1, name)],
            file=name,
        ),
    )
    assert rows(path, "SELECT code, name, sector FROM unit WHERE code = ?", name) == [(name, name, name)]
    assert rows(path, VALUE, name, "A1", "2024Q4") == [(0, 50.0, 3)]
    assert batches_of(path).at[3, "file"] == name


def test_every_write_leaves_an_audit_row(path):
    bring(path, intake(values=[("U1", "A1", "2024Q4", 1)], file="报表.csv", sha256="a" * 64), by="张三")
    revoke(3, "李四", "填错", path)
    with reader(path) as db:
        trail = journal(db)
    assert trail["verb"].tolist()[:2] == ["revoke", "import"]
    assert trail["by"].tolist()[:2] == ["李四", "张三"]
    assert json.loads(trail["detail"][0]) == {"batch": 3, "file": "报表.csv", "reason": "填错"}
    assert json.loads(trail["detail"][1])["sha256"] == "a" * 64


def test_kinds_say_what_a_batch_brought(path):
    assert batches_of(path)["kind"].to_dict() == {2: "units values adjustments", 1: "framework"}
    assert batches_of(path)["rows"].to_dict() == {2: 3 + 24 + 2, 1: 0}


@pytest.mark.parametrize("table", [t for t in APPEND_ONLY if not t.startswith("release")])
def test_records_refuse_change(path, table):
    for sql in (f"UPDATE {table} SET rowid = rowid", f"DELETE FROM {table}"):
        sql = sql.replace("rowid", "batch" if table != "audit" else "id")
        with pytest.raises(StoreError, match="append-only"), write_tx(path) as db:
            db.execute(sql)


def test_a_batch_refuses_any_change_but_its_revocation(path):
    for sql in ("UPDATE batch SET by = 'x' WHERE id = 2", "DELETE FROM batch WHERE id = 2", "UPDATE batch SET demo = 1"):
        with pytest.raises(StoreError), write_tx(path) as db:
            db.execute(sql)
    revoke(2, "乙", path=path)
    with pytest.raises(StoreError), write_tx(path) as db:
        db.execute("UPDATE batch SET revoked_at = NULL, revoked_by = NULL, revoke_reason = NULL WHERE id = 2")


def test_replace_does_not_slip_past_the_triggers(path):
    with pytest.raises(StoreError), write_tx(path) as db:
        db.execute("INSERT OR REPLACE INTO observation SELECT * FROM observation LIMIT 1")


def test_references_are_enforced(path):
    with pytest.raises(StoreError), write_tx(path) as db:
        db.execute("INSERT INTO observation VALUES ('2024Q4', 'nobody', 'A1', 2, 0, 1.0, '', '')")


def test_current_values_are_looked_up_in_the_key(path):
    with reader(path) as db:
        plan = db.execute("EXPLAIN QUERY PLAN SELECT * FROM current_value WHERE period = ?", ["2024Q4"]).fetchall()
    assert any("SEARCH observation USING PRIMARY KEY (period=?)" in row[3] for row in plan), plan
    assert not any("TEMP B-TREE" in row[3] for row in plan), plan


def test_files_are_imported_all_or_none(path, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("单位代码,考核期,A1\nU1,2025Q2,95\n", encoding="utf-8")
    bad.write_text("单位代码,考核期,A1\nU1,2025Q2,很多\nU9,2025Q2,1\n", encoding="utf-8")
    with pytest.raises(ImportRefused) as caught:
        import_files([good, bad], "张三", path)
    assert "U9" in str(caught.value) and "很多" in str(caught.value)
    assert len(batches_of(path)) == 2
    assert import_files([good], "张三", path, dry_run=True)[0][0] is None
    assert len(batches_of(path)) == 2
    assert import_files([good], "张三", path)[0][0] == 3
    with pytest.raises(BatchError, match="批次 3"):
        import_files([good], "张三", path, dry_run=True)


def test_a_locked_row_of_a_foreign_hand_is_not_lost(path):
    """The store is an ordinary SQLite file: what another tool commits between two imports is kept."""
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO audit (at, by, verb, detail) VALUES ('', 'tool', 'note', '{}')")
    bring(path, intake(values=[("U1", "A1", "2024Q4", 1)]))
    assert rows(path, "SELECT count(*) FROM audit WHERE by = 'tool'") == [(1,)]
