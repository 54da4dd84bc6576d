"""Meetings: kept under a name, the last under a name in force, taken off the list, never changed."""

import pytest

from store.connection import reader, write_tx
from store.errors import MeetingError, StoreError
from store.meetings import drop_meeting, meetings, save_meeting
from tests.store.support import make_store, rows

CODES = ("city", "unit:U1", "compare:U1,U2")


@pytest.fixture
def path(tmp_path):
    return make_store(tmp_path / "quality.db")


def listed(path) -> list[tuple]:
    with reader(path) as db:
        return list(meetings(db)[["name", "codes", "by"]].itertuples(index=False, name=None))


def test_a_meeting_comes_back_as_it_was_and_the_last_is_listed_first(path):
    assert save_meeting(" 三季度  讲评会 ", CODES, "甲", path) == 1
    assert save_meeting("约谈", ["unit:U1"], "乙", path) == 2
    assert listed(path) == [("约谈", ("unit:U1",), "乙"), ("三季度 讲评会", CODES, "甲")]
    assert rows(path, "SELECT by, verb FROM audit ORDER BY id DESC LIMIT 1") == [("乙", "meeting")]


def test_the_last_under_a_name_is_in_force_and_the_same_again_is_found(path):
    assert save_meeting("讲评会", CODES, "甲", path) == save_meeting("讲评会", list(CODES), "乙", path) == 1
    assert save_meeting("讲评会", CODES[::-1], "乙", path) == 2
    assert listed(path) == [("讲评会", CODES[::-1], "乙")]
    assert save_meeting("讲评会", CODES, "丙", path) == 3, "what was in force before may come back"


def test_one_taken_off_the_list_stays_in_the_store_and_its_name_can_be_used_again(path):
    save_meeting("讲评会", CODES, "甲", path)
    drop_meeting("讲评会", "乙", path)
    assert listed(path) == []
    assert rows(path, "SELECT name, by FROM meeting ORDER BY id") == [("讲评会", "甲"), ("讲评会", "乙")]
    with pytest.raises(MeetingError, match="没有名为“讲评会”的会议"):
        drop_meeting("讲评会", "乙", path)
    save_meeting("讲评会", CODES, "丙", path)
    assert listed(path) == [("讲评会", CODES, "丙")]


@pytest.mark.parametrize(
    "name, codes, said", [("  ", CODES, "1 到 40 个字"), ("长" * 41, CODES, "41 个字"), ("会", (), "有 0 页"), ("会", ("city",) * 201, "有 201 页")]
)
def test_what_cannot_be_kept_is_named(path, name, codes, said):
    with pytest.raises(MeetingError, match=said):
        save_meeting(name, codes, "甲", path)
    assert rows(path, "SELECT count(*) FROM meeting") == [(0,)]


def test_a_meeting_never_changes(path):
    save_meeting("讲评会", CODES, "甲", path)
    for sql in ("UPDATE meeting SET name = '二'", "DELETE FROM meeting"):
        with pytest.raises(StoreError, match="append-only"), write_tx(path) as db:
            db.execute(sql)
