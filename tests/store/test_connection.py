"""Opening the store: each thing that can be wrong with the file has its own error, which names the path and the remedy."""

import os
import sqlite3
import threading
import time

import pytest

from store import connection, place
from store.connection import migrate, reader, write_tx
from store.errors import (
    NotAStore,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreOccupied,
    StoreReadOnly,
    StoreTooNew,
    StoreTooOld,
)
from store.keeping.placing import new_store
from tests.store.support import as_nobody


@pytest.fixture
def path(tmp_path):
    """An empty store of this version."""
    path = tmp_path / "quality.db"
    migrate(path)
    return path


def open_both(path):
    """Open for reading and for writing; the two errors."""
    errors = []
    for way in (reader, write_tx):
        with pytest.raises(StoreError) as caught, way(path) as db:
            db.execute("SELECT count(*) FROM batch").fetchone()
            db.execute("INSERT INTO audit (at, by, verb, detail) VALUES ('', '', '', '')")
        errors.append(caught.value)
    return errors


def assert_names(error, path, kind, word):
    assert type(error) is kind
    assert str(path) in str(error) and word in str(error)


def test_a_store_opens_for_reading_and_writing(path):
    with write_tx(path) as db:
        connection.audit(db, "甲", "test", what="值")
    with reader(path) as db:
        rows = db.execute("SELECT by, verb, detail FROM audit ORDER BY id").fetchall()
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert rows[-1] == ("甲", "test", '{"what": "值"}')
    assert rows[0][1] == "migrate"


def test_a_reader_cannot_write(path):
    with pytest.raises(StoreReadOnly), reader(path) as db:
        db.execute("INSERT INTO audit (at, by, verb, detail) VALUES ('', '', '', '')")


def test_a_reader_sees_one_moment(path):
    with reader(path) as db:
        before = db.execute("SELECT count(*) FROM audit").fetchone()
        with write_tx(path) as other:
            connection.audit(other, "甲", "test")
        assert db.execute("SELECT count(*) FROM audit").fetchone() == before


def test_missing(tmp_path):
    for error in open_both(tmp_path / "no" / "quality.db"):
        assert_names(error, tmp_path, StoreMissing, "init")


def test_a_folder(tmp_path):
    for error in open_both(tmp_path):
        assert_names(error, tmp_path, NotAStore, "文件夹")


def test_an_empty_file(tmp_path):
    path = tmp_path / "quality.db"
    path.touch()
    for error in open_both(path):
        assert_names(error, path, NotAStore, "空文件")


def test_another_kind_of_file(tmp_path):
    path = tmp_path / "quality.db"
    path.write_text("单位,值\n" * 5000, encoding="utf-8")
    for error in open_both(path):
        assert_names(error, path, NotAStore, "不是数据库")
    with pytest.raises(NotAStore):
        migrate(path)


def test_another_database(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE note (text)")
    for error in open_both(path):
        assert_names(error, path, NotAStore, "别的数据库")
    with pytest.raises(NotAStore):
        migrate(path)
    with sqlite3.connect(path) as other:
        assert [r[0] for r in other.execute("SELECT name FROM sqlite_schema")] == ["note"]


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.97])
def test_truncated(path, part):
    with write_tx(path) as db:
        for n in range(3000):
            connection.audit(db, "甲", "test", n=n)
    size = path.stat().st_size
    os.truncate(path, int(size * part))
    for error in open_both(path):
        assert_names(error, path, StoreDamaged, "备份")


def test_newer(path):
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('quality', 'm999_later', '')")
    for error in open_both(path):
        assert_names(error, path, StoreTooNew, "m999_later")
    with pytest.raises(StoreTooNew):
        migrate(path)


def test_older_is_refused_until_it_is_brought_up_to_date(path, monkeypatch):
    from sqlite_utils import Migrations

    from store.schema import migrations

    later = Migrations("quality")
    for step in migrations.MIGRATIONS._migrations:
        later(name=step.name)(step.fn)
    later(name="m999_later")(lambda db: db.execute("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"))
    monkeypatch.setattr(migrations, "MIGRATIONS", later)
    monkeypatch.setattr(connection, "MIGRATIONS", later)
    for error in open_both(path):
        assert_names(error, path, StoreTooOld, "migrate")
    assert migrate(path) == ["m999_later"]
    assert migrate(path) == []
    with reader(path) as db:
        assert db.execute("SELECT count(*) FROM later").fetchone() == (0,)


def test_a_migration_that_fails_changes_nothing(path, monkeypatch):
    from sqlite_utils import Migrations

    from store.schema import migrations

    def broken(db):
        db.execute("CREATE TABLE half (id INTEGER)")
        db.execute("SELECT * FROM nowhere")

    later = Migrations("quality")
    for step in migrations.MIGRATIONS._migrations:
        later(name=step.name)(step.fn)
    later(name="m999_broken")(broken)
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", later)
        patched.setattr(connection, "MIGRATIONS", later)
        with pytest.raises(StoreError):
            migrate(path)
    with reader(path) as db:
        assert db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").fetchone() == (0,)


def test_locked(path, monkeypatch):
    monkeypatch.setattr(connection, "WRITER_WAIT", 0.05)
    with write_tx(path):
        with pytest.raises(StoreLocked) as caught, write_tx(path):
            pass
        assert_names(caught.value, path, StoreLocked, "稍后再试")
        with reader(path) as db:
            assert db.execute("SELECT count(*) FROM batch").fetchone() == (0,)


def test_two_writers_one_waits(path):
    order = []

    def slow():
        with write_tx(path) as db:
            order.append("first in")
            started.set()
            time.sleep(0.3)
            connection.audit(db, "甲", "first")
        order.append("first out")

    started = threading.Event()
    thread = threading.Thread(target=slow)
    thread.start()
    started.wait()
    with write_tx(path) as db:
        order.append("second in")
        connection.audit(db, "乙", "second")
    thread.join()
    assert order.index("first in") < order.index("second in")
    with reader(path) as db:
        verbs = [row[0] for row in db.execute("SELECT verb FROM audit ORDER BY id")]
    assert verbs == ["migrate", "first", "second"]


def test_many_writers_lose_nothing(path):
    failed = []

    def work(name):
        try:
            for n in range(20):
                with write_tx(path) as db:
                    connection.audit(db, name, "work", n=n)
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with reader(path) as db:
        assert db.execute("SELECT count(*) FROM audit WHERE verb = 'work'").fetchone() == (120,)


def test_an_error_in_the_block_writes_nothing(path):
    with pytest.raises(KeyboardInterrupt), write_tx(path) as db:
        connection.audit(db, "甲", "half")
        raise KeyboardInterrupt
    with reader(path) as db:
        assert db.execute("SELECT count(*) FROM audit WHERE verb = 'half'").fetchone() == (0,)


def test_read_only_file(path):
    path.chmod(0o444)
    path.parent.chmod(0o777)
    assert as_nobody(path, "read") == "ok"
    assert as_nobody(path, "write").startswith("StoreReadOnly")
    assert str(path) in as_nobody(path, "write")


def test_read_only_folder(path):
    path.chmod(0o444)
    path.parent.chmod(0o555)
    assert as_nobody(path, "read") == "ok"
    assert as_nobody(path, "write").startswith("StoreReadOnly")


def test_writable_file_in_a_read_only_folder(path):
    path.chmod(0o666)
    path.parent.chmod(0o555)
    assert as_nobody(path, "read") == "ok"
    assert as_nobody(path, "write").startswith("StoreReadOnly")


def test_unreadable_file(path):
    path.chmod(0o000)
    path.parent.chmod(0o755)
    assert as_nobody(path, "read").startswith("StoreReadOnly")
    assert as_nobody(path, "write").startswith("StoreReadOnly")


def test_a_crashed_store_in_a_read_only_folder_is_read_with_its_log_or_refused(path, tmp_path):
    """A log that SQLite cannot replay must not be skipped: that would show yesterday's state without a word."""
    crashed = tmp_path / "copy"
    crashed.mkdir()
    with reader(path) as held:
        held.execute("SELECT count(*) FROM audit").fetchone()
        with write_tx(path) as db:
            connection.audit(db, "甲", "in the log")
        for name in (path.name, f"{path.name}-wal"):
            (crashed / name).write_bytes((tmp_path / name).read_bytes())
    copy = crashed / path.name
    for file in crashed.iterdir():
        file.chmod(0o444)
    crashed.chmod(0o555)
    assert as_nobody(copy, "read").startswith("StoreReadOnly")
    crashed.chmod(0o777)
    assert as_nobody(copy, "last") == "in the log"


def test_no_folder_can_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        migrate(tmp_path / "file" / "quality.db")


def test_a_new_store_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "quality.db"
    with pytest.raises(RuntimeError), new_store(path) as part:
        assert part.exists() and not path.exists()
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with new_store(path) as part, write_tx(part) as db:
        connection.audit(db, "甲", "filled")
    assert [p.name for p in tmp_path.iterdir()] == ["quality.db"]
    with reader(path) as db:
        assert db.execute("SELECT count(*) FROM audit WHERE verb = 'filled'").fetchone() == (1,)
    with pytest.raises(StoreOccupied), new_store(path):
        pass


def test_a_new_store_does_not_replace_one_made_meanwhile(tmp_path):
    path = tmp_path / "quality.db"
    with pytest.raises(StoreOccupied), new_store(path):
        path.write_text("another's")
    assert path.read_text() == "another's"


def test_the_path_is_taken_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(tmp_path / "a b#c?d%e.db"))
    migrate()
    assert (tmp_path / "a b#c?d%e.db").exists()
    monkeypatch.delenv("QUALITY_STORE")
    assert connection.store_path() == place.DEFAULT
