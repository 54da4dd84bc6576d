"""/healthz: told to all, and nothing of where things lie."""

import sqlite3
from contextlib import closing
from typing import get_args

import pytest
from sqlite_utils import Database
from starlette.testclient import TestClient

from server import health
from server.api_shapes import Health
from store.releasing.releases import withdraw
from store.schema.migrations import MIGRATIONS
from tests.server.programs import serving
from tests.store.support import make_store


@pytest.fixture
def status(monkeypatch):
    """status(): (code, status) of /healthz as somebody without an account sees it at this moment."""
    client = TestClient(serving())

    def ask() -> tuple[int, str]:
        health._seen.cache_clear()
        answer = client.get("/healthz")
        Health.model_validate_json(answer.text)
        assert answer.headers["cache-control"] == "no-store" and "/" not in answer.json()["detail"] and ".db" not in answer.text
        assert client.head("/healthz").status_code == answer.status_code
        return answer.status_code, answer.json()["status"]

    return ask


def test_a_store_that_serves(status, people_store):
    assert status() == (200, "ok")
    said = TestClient(serving()).get("/healthz").json()
    assert said["schema"] == [m.name for m in MIGRATIONS.pending(Database(memory=True))][-1]
    assert said["release"] == 2  # of 2025Q1, the second that was published
    for number in (1, 2):
        withdraw(number, "有误", "测试", people_store)
    assert status() == (200, "no_release")


def test_a_store_without_releases_needs_its_pages(status, tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(make_store(tmp_path / "new.db")))
    assert status() == (200, "no_release")


def test_no_store_and_no_store_of_ours(status, tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(tmp_path / "none.db"))
    assert status() == (503, "store_missing")
    (tmp_path / "none.db").write_text("no database")
    assert status() == (503, "store_unreadable")


def test_a_store_of_another_version(status, people_store):
    with closing(sqlite3.connect(people_store)) as db, db:
        last = db.execute("SELECT id, name FROM _sqlite_migrations ORDER BY id DESC LIMIT 1").fetchone()
        db.execute("UPDATE _sqlite_migrations SET name = 'm999_tomorrow' WHERE id = ?", last[:1])
    assert status() == (503, "store_too_new")
    with closing(sqlite3.connect(people_store)) as db, db:
        db.execute("DELETE FROM _sqlite_migrations WHERE id = ?", last[:1])
    assert status() == (503, "store_too_old")


def test_a_store_that_another_program_holds(status, people_store, monkeypatch):
    monkeypatch.setattr("store.connection.READER_WAIT", 0.1)
    with closing(sqlite3.connect(people_store, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert status() == (503, "store_locked")


def test_many_who_ask_cost_one_look(people_store, monkeypatch):
    looks = []
    monkeypatch.setattr(health, "look", lambda: looks.append(1) or health.Look("ok"))
    monkeypatch.setattr(health, "time", lambda: 1_000_000.0)
    health._seen.cache_clear()
    client = TestClient(serving())
    assert {client.get("/healthz").json()["status"] for _ in range(20)} == {"ok"}
    assert len(looks) == 1
    health._seen.cache_clear()


def test_every_status_has_its_words():
    assert set(get_args(Health.model_fields["status"].annotation)) == set(health._SAID)
