"""A store of the first version: told apart, brought up to date, and as sound as before, its digests those that it had."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from manage import cli
from store.connection import migrate, reader, write_tx
from store.errors import StoreTooOld
from store.keeping.checks import check
from store.releasing.finding import find_units
from store.releasing.reading import release_framework, release_marks, release_units, served
from store.releasing.releases import publish
from store.releasing.robustness import release_uncertainty
from store.scenarios import scenarios
from store.schema.ledgers import LEDGER_TABLES
from store.schema.migrations import METHOD_TABLES
from tests.store.support import make_store, rows

# What the first version's digest covered: a header, then these tables in key order.
HEADER = """SELECT period, framework_csv, policy_toml, data_digest, release.demo, code_version, nodes
FROM release JOIN framework ON framework.id = framework WHERE release.id = ?"""
TABLES = (
    """SELECT unit, name, sector, size, "index", index_raw, bonus, penalty, adjustment, rank, tier, tier_by_rule, veto, geometric,
    weakest, weakest_gap, note FROM release_unit WHERE release = ? ORDER BY unit""",
    "SELECT unit, node, score, rank, coverage FROM release_node WHERE release = ? ORDER BY unit, node",
    """SELECT unit, indicator, state, value, sha256, sheet, cell FROM release_cell LEFT JOIN batch ON batch.id = batch
    WHERE release = ? ORDER BY unit, indicator""",
    """SELECT unit, a.kind, document, points, reason, sha256 FROM release_adjustment AS a JOIN batch ON batch.id = batch
    WHERE release = ? ORDER BY unit, a.kind, document""",
)


def first_digest(path, release: int) -> str:
    """The digest by the first version's formula."""
    digest = hashlib.sha256(json.dumps(list(rows(path, HEADER, release)[0]), ensure_ascii=False).encode())
    for sql in TABLES:
        digest.update(json.dumps(rows(path, sql, release), ensure_ascii=False, separators=(",", ":")).encode())
    return digest.hexdigest()


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A published store as the first version left it: without what later migrations brought."""
    path = make_store(tmp_path / "quality.db")
    publish(["2024Q4", "2025Q1"], "甲", path)
    assert [first_digest(path, n) for n in (1, 2)] == [d for (d,) in rows(path, "SELECT digest FROM release ORDER BY id")]
    with write_tx(path) as db:
        for table in LEDGER_TABLES:
            db.execute(f"DROP VIEW current_{table}")
            db.execute(f"DROP VIEW live_{table}")
        for table in (*reversed(METHOD_TABLES), *LEDGER_TABLES, "release_derived"):
            db.execute(f"DROP TABLE {table}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm002%' OR name LIKE 'm003%'")
    monkeypatch.setenv("QUALITY_STORE", str(path))
    return path


def test_it_is_refused_with_the_remedy_until_it_is_upgraded(old):
    for open_it in (reader, write_tx):
        with pytest.raises(StoreTooOld, match="migrate"), open_it(old):
            pass
    said = CliRunner().invoke(cli, ["init"])
    assert said.exit_code == 0 and "m002_method_and_scenarios" in said.output and "m003_ledgers" in said.output
    with reader(old), write_tx(old):
        pass


def test_after_the_upgrade_all_is_as_it_was(old):
    CliRunner().invoke(cli, ["init"])
    assert all(f.ok for f in check(old)), check(old)
    assert CliRunner().invoke(cli, ["check"]).exit_code == 0
    with reader(old) as db:
        assert served(db)["release"].tolist() == [1, 2]
        assert release_uncertainty(db, 2) is None and release_marks(db, 2).empty and scenarios(db).empty
        assert [n.weight for n in release_framework(db, 1)[0].dimensions] == [60, 40]
    done = publish(["2024Q4", "2025Q1"], "乙", old)
    assert [(p.release, p.new) for p in done] == [(1, False), (2, False)], "the same inputs are the same release"


def test_the_new_tables_are_append_only(old):
    CliRunner().invoke(cli, ["init"])
    triggers = {name for (name,) in rows(old, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    assert {f"{table}_no_{verb}" for table in (*METHOD_TABLES, *LEDGER_TABLES, "release_derived") for verb in ("update", "delete")} <= triggers


def test_what_batches_brought_is_counted_in_a_store_that_had_not(tmp_path):
    path = make_store(tmp_path / "quality.db")
    publish(["2024Q4", "2025Q1"], "甲", path)
    tables = ("SELECT * FROM batch_part ORDER BY 1, 2, 3", "SELECT * FROM release_batch ORDER BY 1, 2")
    before = [rows(path, sql) for sql in tables]
    with write_tx(path) as db:
        db.execute("DROP TABLE batch_part")
        db.execute("DROP TABLE release_batch")
        db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm008%'")
    assert migrate(path) == ["m008_parts"] and [rows(path, sql) for sql in tables] == before and all(before)


def test_areas_groups_and_the_search_come_to_a_store_that_had_none(tmp_path):
    """A store of before areas: its releases get the groups that they would have had, its units are found, its digests hold."""
    path = make_store(tmp_path / "quality.db")
    publish(["2024Q4", "2025Q1"], "甲", path)
    tables = [f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in ("release_group", "release_group_tier", "release_group_node")]
    before = [rows(path, sql) for sql in tables]
    with write_tx(path) as db:
        for table in ("origin_unit", "origin", "release_group", "release_group_tier", "release_group_node", "unit_search", "unit_name"):
            db.execute(f"DROP TABLE {table}")
        for index in ("unit_record_batch", "release_unit_place", "release_unit_name", "release_unit_rank"):
            db.execute(f"DROP INDEX {index}")
        db.execute("ALTER TABLE release_unit DROP COLUMN place")
        live = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'live_unit_record'").fetchone()[0]
        db.execute("DROP VIEW live_unit_record")
        for table in ("release_unit", "unit_record", "unit"):
            db.execute(f"ALTER TABLE {table} DROP COLUMN area")
        db.execute(live)
        db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm007%'")
    assert migrate(path) == ["m007_scale"] and all(f.ok for f in check(path)), check(path)
    assert [rows(path, sql) for sql in tables] == before
    with reader(path) as db:
        assert find_units(db, 2, "jiaju")["unit"].tolist() == ["U1"] and release_units(db, 1)["area"].tolist() == [""] * 3
    assert [(p.release, p.new) for p in publish(["2024Q4", "2025Q1"], "乙", path)] == [(1, False), (2, False)]
