"""Backups taken while people write, restores that are all or nothing, and upgrades that keep what was there before."""

import shutil
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Migrations

from manage import cli
from store import connection
from store.connection import reader, write_tx
from store.errors import BackupError, NotAStore, StoreDamaged, StoreError, StoreLocked, StoreMissing, StoreOccupied, StoreTooOld
from store.importing.batches import revoke
from store.keeping import backup as copies
from store.keeping.backup import backup, restore, upgrade
from store.keeping.checks import check
from store.releasing.releases import publish
from store.schema import migrations
from tests.store.support import bring, intake, make_store, rows


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with two batches and two releases, and a backup of it."""
    folder = tmp_path_factory.mktemp("backup")
    path = make_store(folder / "quality.db")
    publish(["2024Q4", "2025Q1"], "甲", path)
    assert backup(folder / "backup.db", "甲", path) == []
    return folder


@pytest.fixture
def path(made, tmp_path):
    """A copy of the store."""
    return Path(shutil.copy(made / "quality.db", tmp_path))


@pytest.fixture
def saved(made, tmp_path):
    """A copy of the backup."""
    return Path(shutil.copy(made / "backup.db", tmp_path))


def names(path: Path) -> list[str]:
    """What lies beside a store, its own files left out."""
    return sorted(p.name for p in path.parent.iterdir() if not p.name.startswith(path.name))


def batch_count(path: Path) -> int:
    return rows(path, "SELECT count(*) FROM batch")[0][0]


def assert_sound(path: Path) -> None:
    assert [f for f in check(path) if not f.ok] == []


@contextmanager
def later_version():
    """The program as a later version with one more migration."""
    later = Migrations("quality")
    for step in migrations.MIGRATIONS._migrations:
        later(name=step.name)(step.fn)
    later(name="m999_later")(lambda db: db.execute("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", later)
        patched.setattr(connection, "MIGRATIONS", later)
        yield


def test_a_backup_is_the_store_of_one_moment_whatever_is_written_meanwhile(path, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "STEP", 8)
    steps = []

    def write(done, total, what):
        steps.append(done)
        bring(path, intake(values=[("U1", "A1", "2024Q4", len(steps))]))

    assert backup(tmp_path / "b.db", "甲", path, write) == []
    assert len(steps) > 5 and batch_count(path) == 2 + len(steps)
    assert batch_count(tmp_path / "b.db") == 2
    assert_sound(path)
    assert_sound(tmp_path / "b.db")
    assert rows(path, "SELECT verb, detail FROM audit ORDER BY id DESC LIMIT 1") == [("backup", '{"file": "b.db"}')]


def test_a_backup_is_one_file_that_takes_nobodys_place(path, tmp_path):
    (tmp_path / "taken.db").write_text("another's")
    with pytest.raises(StoreOccupied, match="taken"):
        backup(tmp_path / "taken.db", "甲", path)
    with pytest.raises(StoreMissing, match="没有文件夹"):
        backup(tmp_path / "none" / "b.db", "甲", path)
    backup(tmp_path / "b.db", "甲", path)
    assert_sound(tmp_path / "b.db")
    assert names(path) == ["b.db", "taken.db"] and (tmp_path / "taken.db").read_text() == "another's"


def test_a_backup_that_is_stopped_leaves_nothing(path, tmp_path):
    def stop(done, total, what):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(tmp_path / "b.db", "甲", path, stop)
    assert names(path) == []


def test_a_damaged_store_has_no_backup_and_a_faulty_one_is_told(path, tmp_path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER release_no_update")
        db.execute("UPDATE release SET digest = 'x' WHERE id = 1")
        db.commit()
    assert [f.name for f in backup(tmp_path / "b.db", "甲", path)] == ["第 1 号发布（2024Q4）"]
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("INSERT INTO framework_since VALUES (77, '2024Q4')")
        db.commit()
    with pytest.raises(StoreDamaged, match="framework_since"):
        backup(tmp_path / "c.db", "甲", path)
    assert names(path) == ["b.db"]


def test_a_restore_brings_back_the_store_and_sets_the_present_one_aside(path, saved):
    before = rows(saved, "SELECT * FROM current_value"), rows(saved, "SELECT * FROM service")
    bring(path, intake(values=[("U1", "A1", "2024Q4", 1)]))
    revoke(2, "甲", "", path)
    with write_tx(path) as db:
        db.execute("INSERT INTO account VALUES ('乙', '乙', '[]', NULL, NULL, 0, 0, NULL, 1)")
    done = restore(saved, "甲", path)
    assert done.faults == [] and done.aside.parent == path.parent
    assert (rows(path, "SELECT * FROM current_value"), rows(path, "SELECT * FROM service")) == before
    assert_sound(path)
    assert batch_count(done.aside) == 3 and rows(done.aside, "SELECT name FROM account") == [("乙",)]
    assert_sound(done.aside)
    verb, detail = rows(path, "SELECT verb, detail FROM audit ORDER BY id DESC LIMIT 1")[0]
    assert verb == "restore" and saved.name in detail and done.aside.name in detail
    assert names(path) == sorted([saved.name, done.aside.name])
    bring(path, intake(values=[("U1", "A1", "2024Q4", 2)]))


def test_a_backup_that_is_used_as_a_store_can_be_restored_over(saved, made):
    copy = Path(shutil.copy(saved, saved.with_name("copy.db")))
    assert rows(saved, "PRAGMA journal_mode") == [("delete",)]
    done = restore(made / "backup.db", "甲", saved)
    assert batch_count(saved) == batch_count(done.aside) == 2
    bring(copy, intake(values=[("U1", "A1", "2024Q4", 1)]))
    assert rows(saved, "PRAGMA journal_mode") == rows(copy, "PRAGMA journal_mode") == [("wal",)]


def test_who_was_signed_in_when_the_backup_was_made_signs_in_again(path, tmp_path):
    with write_tx(path) as db:
        db.execute("INSERT INTO account VALUES ('乙', '乙', '[]', NULL, NULL, 0, 0, NULL, 1)")
        db.execute("INSERT INTO session VALUES ('aa', '乙', 1.0, 1.0)")
    backup(tmp_path / "b.db", "甲", path)
    restore(tmp_path / "b.db", "甲", path)
    assert rows(path, "SELECT count(*) FROM session") == [(0,)] and rows(path, "SELECT count(*) FROM account") == [(1,)]


def test_readers_see_the_old_store_or_the_new_one_and_writers_wait(path, saved, monkeypatch):
    bring(path, intake(values=[("U1", "A1", "2024Q4", 1)]))
    monkeypatch.setattr(copies, "STEP", 8)
    monkeypatch.setattr(connection, "WRITER_WAIT", 0.05)
    seen = []

    def look(done, total, what):
        if what == "恢复" and done < total:
            seen.append(batch_count(path))
            with pytest.raises(StoreLocked), write_tx(path):
                pass

    with reader(path) as held:
        restore(saved, "甲", path, progress=look)
        assert held.execute("SELECT count(*) FROM batch").fetchone() == (3,), "one moment"
    assert len(seen) > 5 and set(seen) == {3} and batch_count(path) == 2


def test_a_restore_that_is_stopped_changes_nothing(path, saved, monkeypatch):
    monkeypatch.setattr(copies, "STEP", 8)
    bring(path, intake(values=[("U1", "A1", "2024Q4", 1)]))

    def stop(done, total, what):
        if what == "恢复" and done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(saved, "甲", path, progress=stop)
    assert batch_count(path) == 3
    assert_sound(path)


def test_a_restore_waits_for_no_writer_for_ever(path, saved, monkeypatch):
    monkeypatch.setattr(connection, "WRITER_WAIT", 0.05)
    with write_tx(path) as db:
        with pytest.raises(StoreLocked, match="没有恢复"):
            restore(saved, "甲", path)
        connection.audit(db, "甲", "export")
    assert names(path) == [saved.name] and batch_count(path) == 2
    assert_sound(path)


def test_what_is_no_sound_backup_is_refused_and_the_store_stays(path, saved, tmp_path):
    good = path.read_bytes()
    text, empty, short, other = (tmp_path / name for name in ("a.txt", "empty.db", "short.db", "other.db"))
    text.write_text("单位,值\n" * 2000, encoding="utf-8")
    empty.touch()
    short.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE note (text)")
    for file in (text, empty, short, other, tmp_path / "none.db", path):
        with pytest.raises(BackupError) as caught:
            restore(file, "甲", path)
        assert file.name in str(caught.value)
    with later_version():
        backup_of_later = tmp_path / "later.db"
        shutil.copy(saved, backup_of_later)
        connection.migrate(backup_of_later)
    with pytest.raises(StoreError, match="更新的版本"):
        restore(backup_of_later, "甲", path)
    assert path.read_bytes() == good


def test_an_altered_backup_is_restored_only_when_asked_to(path, saved):
    with closing(sqlite3.connect(saved)) as db:
        db.execute("DROP TRIGGER release_no_update")
        db.execute("UPDATE release SET digest = 'x' WHERE id = 1")
        db.commit()
    with pytest.raises(BackupError, match=r"第 1 号发布.*--anyway"):
        restore(saved, "甲", path)
    assert_sound(path)
    assert [f.name for f in restore(saved, "甲", path, anyway=True).faults] == ["第 1 号发布（2024Q4）"]


def test_a_lost_store_comes_back(saved, tmp_path):
    done = restore(saved, "甲", tmp_path / "quality.db")
    assert done.aside is None
    assert_sound(tmp_path / "quality.db")


@pytest.mark.parametrize("damage", ["text", "empty", "short"])
def test_a_store_that_nobody_can_open_is_moved_aside(path, saved, damage):
    content = {"text": b"what is this\n" * 900, "empty": b"", "short": path.read_bytes()[: path.stat().st_size // 2]}[damage]
    path.write_bytes(content)
    done = restore(saved, "甲", path)
    assert_sound(path)
    assert done.aside.read_bytes() == content


def test_another_programs_database_is_left_alone(saved, tmp_path):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE note (text)")
    before = other.read_bytes()
    with pytest.raises(NotAStore):
        restore(saved, "甲", other)
    assert other.read_bytes() == before and names(other) == [saved.name]


def test_an_upgrade_keeps_the_store_as_it_was(path, tmp_path):
    last = [m.name for m in migrations.MIGRATIONS._migrations][-1]
    assert upgrade(path) == ([], None)
    with later_version():
        for open_it in (reader, write_tx):
            with pytest.raises(StoreTooOld, match="migrate"), open_it(path):
                pass
        applied, copy = upgrade(path)
        assert applied == ["m999_later"] and last.partition("_")[0] in copy.name
        assert upgrade(path) == ([], None)
        assert_sound(path)
    assert_sound(copy)
    assert batch_count(copy) == 2 and names(path) == [copy.name]


def test_an_upgrade_that_cannot_copy_the_store_changes_nothing(path, monkeypatch):
    def no_room(*_):
        raise StoreError("磁盘已满")

    monkeypatch.setattr(copies, "put_in_place", no_room)
    with later_version():
        with pytest.raises(StoreError, match="磁盘已满"):
            upgrade(path)
        with pytest.raises(StoreTooOld), reader(path):
            pass
    assert names(path) == []
    assert_sound(path)


def test_an_older_backup_is_brought_up_to_date_as_it_is_restored(path, saved):
    with later_version():
        upgrade(path)
        done = restore(saved, "甲", path)
        assert done.faults == []
        assert rows(path, "SELECT count(*) FROM later") == [(0,)]
        assert_sound(path)
    with pytest.raises(StoreError, match="更新的版本"), reader(path):
        pass


def test_the_command_line(path, tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(path))

    def run(*words, code=0):
        done = CliRunner().invoke(cli, [str(w) for w in words])
        assert done.exit_code == code, done.output
        return done.output

    file = tmp_path / "b.db"
    assert "已备份" in run("backup", file) and "已存在" in run("backup", file, code=1)
    assert "原来的库留在" in run("restore", file) and "不能用" in run("restore", __file__, code=1)
    assert "已是最新" in run("migrate")
    assert "恢复备份  文件 b.db" in run("journal", "--verb", "restore") and "没有“x”" in run("journal", "--verb", "x", code=1).replace("里", "")
    head = rows(path, "SELECT hash FROM audit ORDER BY id DESC LIMIT 1")[0][0]
    assert f"末尾哈希 {head}" in run("check") and "是第 " in run("check", "--head", head[:12]) and "截短" in run("check", "--head", "0" * 12, code=1)
    run("check", "--head", "ab", code=2)
    run("journal", tmp_path / "j.csv", "--since", "2000-01-01", "--until", "2999-12-31")
    lines = (tmp_path / "j.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "id,at,by,verb,detail,hash,what,told" and len(lines) == 1 + rows(path, "SELECT max(id) FROM audit")[0][0] - 1
    assert "没有找到" in CliRunner(env={"QUALITY_STORE": str(tmp_path / "no.db")}).invoke(cli, ["migrate"]).output
