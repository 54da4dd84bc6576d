"""The journal: a chain in which an altered, lost or slipped-in row shows, read by person, verb, day and text."""

import ast
import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import connection
from store.chain import chain, verify
from store.connection import audit, migrate, reader, write_tx
from store.importing.batches import revoke
from store.keeping.checks import check
from store.keeping.journal import journal, journal_length, journal_people, journal_verbs, record_export
from store.keeping.journal_words import VERBS, told
from store.releasing import appeals
from store.releasing.releases import publish
from tests.store.support import bring, intake, make_store, rows
from tools.live import ROOT

DAYS = ("2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03", "2026-03-04")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with five rows of 甲 and 乙 on four days, under the row of its making; and one with batches."""
    folder = tmp_path_factory.mktemp("journal")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connection, "now", lambda: "2026-02-28T08:00:00+08:00")
        migrate(folder / "rows.db")
        with write_tx(folder / "rows.db") as db:
            for number, day in enumerate(DAYS, 1):
                patched.setattr(connection, "now", lambda day=day: f"{day}T09:00:00+08:00")
                audit(db, "甲" if number % 2 else "乙", ("import", "export")[number % 2], number=number, file=f"第{number}份.CSV")
    make_store(folder / "batches.db")
    return folder


@pytest.fixture
def path(made, tmp_path):
    """A copy of the store with five rows."""
    return Path(shutil.copy(made / "rows.db", tmp_path))


@pytest.fixture
def filled(made, tmp_path):
    """A copy of the store with two batches."""
    return Path(shutil.copy(made / "batches.db", tmp_path))


def tamper(path: Path, *statements: str) -> None:
    """What somebody with the file and no scruples can do: the triggers are taken off first."""
    with closing(sqlite3.connect(path)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for sql in statements:
            db.execute(sql)
        db.commit()


def fault(path: Path) -> str:
    with reader(path) as db:
        return verify(db).fault


def test_each_hash_is_of_its_row_and_the_hash_before(path):
    before = ""
    for *row, sealed in rows(path, "SELECT id, at, by, verb, detail, hash FROM audit ORDER BY id"):
        before = hashlib.sha256(json.dumps([before, *row], ensure_ascii=False).encode("utf-8")).hexdigest()
        assert sealed == before
    with reader(path) as db:
        assert verify(db) == (6, before, "", (), {})


def test_rows_of_an_earlier_version_are_sealed_in_their_order(path):
    before = rows(path, "SELECT hash FROM audit ORDER BY id")
    tamper(path, "UPDATE audit SET hash = ''")
    with write_tx(path) as db:
        chain(db)
    assert rows(path, "SELECT hash FROM audit ORDER BY id") == before and fault(path) == ""


@pytest.mark.parametrize("column", ["at", "by", "verb", "detail", "hash"])
def test_an_altered_row_is_named(path, column):
    tamper(path, f"UPDATE audit SET {column} = {column} || '0' WHERE id = 4")
    assert fault(path).startswith("第 4 行") and "改动" in fault(path)
    assert "日志" in [f.name for f in check(path) if not f.ok]


def test_a_row_altered_together_with_its_hash_shows_at_the_next(path):
    content = (4, "2026-03-02T09:00:00+08:00", "丙", "import", "{}")
    before = rows(path, "SELECT hash FROM audit WHERE id = 3")[0][0]
    new = hashlib.sha256(json.dumps([before, *content], ensure_ascii=False).encode()).hexdigest()
    tamper(path, f"UPDATE audit SET by = '丙', verb = 'import', detail = '{{}}', at = '{content[1]}', hash = '{new}' WHERE id = 4")
    assert fault(path).startswith("第 5 行") and "前一行" in fault(path)


def test_lost_and_slipped_in_rows_are_named(path):
    tamper(path, "DELETE FROM audit WHERE id IN (3, 4)")
    assert "第 3 行不见了：第 2 行之后是第 5 行" in fault(path)
    tamper(path, "DELETE FROM audit WHERE id = 1")
    assert "开头不见了" in fault(path)
    tamper(path, "UPDATE audit SET id = id - 1 WHERE id = 2", "INSERT INTO audit VALUES (2, '2026', '丙', 'import', '{}', 'x')")
    assert fault(path).startswith("第 1 行")


def test_rows_cut_off_the_end_are_found_by_a_head_that_was_noted(path):
    heads = [row[0] for row in rows(path, "SELECT hash FROM audit ORDER BY id")]
    assert [f.detail for f in check(path, [heads[3], heads[5][:12].upper()]) if f.name.startswith("记下的末尾哈希")] == ["是第 4 行", "是第 6 行"]
    tamper(path, "DELETE FROM audit WHERE id > 4")
    assert fault(path) == "", "a chain that was cut is whole"
    found = {f.name: f.ok for f in check(path, [heads[3], heads[5]])}
    assert found[f"记下的末尾哈希 {heads[3][:12]}"] and not found[f"记下的末尾哈希 {heads[5][:12]}"]


def test_rows_rewritten_to_the_end_are_found_by_a_head_that_was_noted(path):
    head = rows(path, "SELECT hash FROM audit WHERE id = 6")[0][0]
    tamper(path, "UPDATE audit SET detail = '{}' WHERE id = 4")
    with write_tx(path) as db:
        before = db.execute("SELECT hash FROM audit WHERE id = 3").fetchone()[0]
        for row in db.execute("SELECT id, at, by, verb, detail FROM audit WHERE id > 3 ORDER BY id").fetchall():
            before = hashlib.sha256(json.dumps([before, *row], ensure_ascii=False).encode()).hexdigest()
            db.execute("UPDATE audit SET hash = ? WHERE id = ?", [before, row[0]])
    assert fault(path) == ""
    assert not next(f for f in check(path, [head]) if f.name.startswith("记下的末尾哈希")).ok


def test_a_batch_that_the_journal_does_not_know_is_named(filled):
    number = bring(filled, intake(values=[("U1", "A1", "2024Q4", 1)]))[0]
    assert all(f.ok for f in check(filled))
    tamper(filled, f"DELETE FROM audit WHERE id = (SELECT max(id) FROM audit) AND detail LIKE '%{number}%'")
    assert [(f.name, str(number) in f.detail) for f in check(filled) if not f.ok] == [("批次与日志一致", True)]


def test_a_batch_whose_digest_or_undoing_was_altered_is_named(filled):
    revoke(2, "甲", "填错", filled)
    tamper(filled, "UPDATE batch SET revoke_reason = '另有原因' WHERE id = 2", "UPDATE batch SET sha256 = 'e' WHERE id = 1")
    assert [f.detail[:8] for f in check(filled) if not f.ok] == ["批次 1、2 与"]


def test_a_clock_set_back_breaks_nothing_and_is_remarked(filled, monkeypatch):
    monkeypatch.setattr(connection, "now", lambda: "2001-01-01T00:00:00+08:00")
    monkeypatch.setattr("store.importing.batches.now", lambda: "2001-01-01T00:00:00+08:00")
    number = bring(filled, intake(values=[("U1", "A1", "2024Q4", 1)]))[0]
    publish(None, "甲", filled)
    revoke(number, "甲", "", filled)
    findings = check(filled)
    assert all(f.ok for f in findings)
    said = next(f.detail for f in findings if f.name == "日志")
    assert "第 4 行的时间 2001-01-01T00:00:00+08:00 早于前一行" in said and "第 5 行" not in said


def test_the_same_moment_in_another_time_zone_is_no_step_back(tmp_path, monkeypatch):
    path = tmp_path / "quality.db"
    monkeypatch.setattr(connection, "now", lambda: "2026-03-01T09:00:00+08:00")
    migrate(path)
    monkeypatch.setattr(connection, "now", lambda: "2026-03-01T02:00:00+00:00")  # an hour later
    with write_tx(path) as db:
        audit(db, "甲", "export")
    with reader(path) as db:
        assert verify(db).remarks == ()


def test_the_journal_is_read_by_person_verb_day_and_text(path):
    def found(**filters):
        with reader(path) as db:
            table = journal(db, **filters)
            assert journal_length(db, **filters) == len(table)
        return table["id"].tolist()

    assert found() == [6, 5, 4, 3, 2, 1], "the last first"
    assert found(by=["乙"]) == [5, 3] and found(by=["甲", "乙"]) == [6, 5, 4, 3, 2]
    assert found(verbs=["import"]) == [5, 3] and found(verbs=["import", "migrate"]) == [5, 3, 1]
    assert found(since="2026-03-02", until="2026-03-03") == [5, 4, 3]
    assert found(text="第3份.csv") == [4] and found(text="100%") == []
    assert found(by=["甲"], verbs=["export"], since="2026-03-02") == [6, 4]
    assert found(text="' OR 1=1 --") == []


def test_the_journal_is_read_by_pages(path):
    with reader(path) as db:
        pages = [journal(db, limit=4, offset=start)["id"].tolist() for start in (0, 4, 8)]
        assert pages == [[6, 5, 4, 3], [2, 1], []]
        assert list(journal(db, limit=0).columns) == ["id", "at", "by", "verb", "detail", "hash", "what", "told"]
        assert journal_people(db)[-2:] == sorted(["甲", "乙"])
        assert journal_verbs(db) == {"import": "导入", "export": "导出", "migrate": "升级库"}


def test_what_is_taken_out_is_written_down(path):
    assert record_export("甲", "报告", path, period="2026Q1", release=3, file="报告.docx")
    with reader(path) as db:
        row = journal(db, limit=1).iloc[0]
    assert (row["by"], row["verb"], row["what"]) == ("甲", "export", "导出")
    assert row["told"] == "报告 · 考核期 2026Q1 · 发布 3 · 文件 报告.docx"


def test_an_export_goes_on_where_nothing_can_be_written(path, monkeypatch, caplog):
    monkeypatch.setattr(connection, "WRITER_WAIT", 0.05)
    with write_tx(path):
        assert not record_export("甲", "报告", path, file="报告.docx")
    assert "报告.docx" in caplog.text and "没有记入日志" in caplog.text
    assert not record_export("甲", "报告", path.with_name("none.db"))


def test_a_detail_that_is_no_json_is_shown_as_it_is():
    assert told("坏的") == "坏的" and told("[1]") == "[1]" and told("{}") == ""
    assert told('{"sha256": "aa", "mapping": "x", "releases": [[1, "2024Q4", true]]}') == "第 1 号（2024Q4）"
    assert told('{"account": "a", "roles": ["steward", "publisher", "none"]}') == "账号 a · 角色 数据管理员、发布人、none"


def test_every_verb_that_is_written_has_its_word():
    written = {f"appeal_{kind}" for kind in appeals.ANSWERS}
    for file in [*(ROOT / "store").rglob("*.py"), *(ROOT / "server").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            place = {"audit": 2, "record": 1}.get(name)
            if place and len(node.args) > place:
                verbs = [n.value for n in ast.walk(node.args[place]) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                written |= set() if isinstance(node.args[place], ast.JoinedStr) else set(verbs)
    assert {"import", "publish", "sign_in", "backup"} <= written
    assert written <= set(VERBS)
