"""Signing in: guesses are counted whatever comes beside them, sessions end when they should, and the clock revives none."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from store.errors import AccountError
from store.people import accounts, passwords, sessions, tokens
from store.place import stamp
from store.settings import SETTINGS, set_setting
from store.stamp import data_stamp
from tests.people import CHEAP, PASSWORD, token_of
from tests.store.support import rows

LIMIT, MINUTES, IDLE = (SETTINGS[key].default for key in ("lock_failures", "lock_minutes", "idle_minutes"))


@pytest.fixture(autouse=True)
def cheap_for_nobody(monkeypatch):
    """What is checked for an unknown name costs here what any check does here."""
    monkeypatch.setattr(passwords, "_NOBODY", passwords.hashed("x", CHEAP))


@pytest.fixture
def clock(monkeypatch):
    """clock(seconds) moves the clock that sessions go by."""
    start, moved = time.time(), [0.0]
    monkeypatch.setattr(sessions, "time", lambda: start + moved[0])

    def move(seconds: float) -> None:
        moved[0] += seconds

    return move


def attempt(path, password="wrong password", name="leader"):
    return sessions.sign_in(name, password, "10.0.0.1", path)


def verbs(path):
    return [verb for (verb,) in rows(path, "SELECT verb FROM audit ORDER BY id")]


def test_a_right_password_begins_a_session_under_a_new_token_each_time(people_store):
    first, second = attempt(people_store, PASSWORD), attempt(people_store, PASSWORD, "LEADER ")
    assert first != second and len(first) >= 43  # 256 bits
    for token in (first, second):
        person = sessions.visit(token, people_store).person
        assert (person.name, person.title, person.roles, person.local) == ("leader", "某领导", ("leader",), False)
    assert not {first, second} & {cell for row in rows(people_store, "SELECT * FROM session") for cell in row}


def test_a_liaison_sees_one_unit(people_store):
    person = sessions.visit(token_of(people_store, "liaison"), people_store).person
    assert person.only_unit == "U2" and person.may("own") and not person.may("see")


@pytest.mark.parametrize("name", ["nobody", "", "leader'--", "<script>alert(1)</script>", "' OR 1=1 --", "领导\x00", "\ud800"])
def test_other_names_are_nobodys(people_store, name):
    assert attempt(people_store, PASSWORD, name) is None
    assert rows(people_store, "SELECT by, verb FROM audit ORDER BY id DESC LIMIT 1") == [(sessions.UNKNOWN, "failed")]
    assert len(rows(people_store, "SELECT * FROM account")) == 6


def test_wrong_passwords_lock_and_a_lock_says_the_same(people_store, clock):
    assert [attempt(people_store) for _ in range(LIMIT)] == [None] * LIMIT
    assert attempt(people_store, PASSWORD) is None  # the right one, and no other answer
    assert verbs(people_store)[-LIMIT - 2 :] == ["failed"] * LIMIT + ["locked", "failed"]
    clock(60 * MINUTES - 1)
    assert attempt(people_store, PASSWORD) is None
    clock(2)
    assert attempt(people_store) is None  # one failure after the lock is one failure
    assert attempt(people_store, PASSWORD)


def test_a_right_password_before_the_limit_clears_the_count(people_store):
    for _ in range(2):
        assert [attempt(people_store) for _ in range(LIMIT - 1)] == [None] * (LIMIT - 1)
        assert attempt(people_store, PASSWORD)


def test_an_administrator_opens_a_lock(people_store):
    for _ in range(LIMIT):
        attempt(people_store)
    accounts.unlock("leader", "admin", people_store)
    assert attempt(people_store, PASSWORD)


def test_guesses_side_by_side_are_all_counted(people_store, monkeypatch):
    """Thirty at once, the right one among them last: no more than the limit are looked at."""
    looked, right = [], passwords.matches

    def slowly(password, kept):
        if kept is not None:
            looked.append(password)
        time.sleep(0.05)
        return right(password, kept)

    monkeypatch.setattr(passwords, "matches", slowly)
    with ThreadPoolExecutor(10) as pool:
        tokens_ = list(pool.map(lambda n: attempt(people_store, f"guess number {n}"), range(30)))
    assert tokens_ == [None] * 30 and len(looked) == LIMIT
    assert attempt(people_store, PASSWORD) is None


def test_a_closed_account_and_one_from_elsewhere_have_no_right_password(people_store):
    accounts.set_active("leader", False, "admin", people_store)
    accounts.add("elsewhere", "外来", ["leader"], "admin", None, None, people_store)
    assert attempt(people_store, PASSWORD) is None and attempt(people_store, "", "elsewhere") is None
    assert sessions.admit(["leader", "nobody"], "10.0.0.1", people_store) is None
    token = sessions.admit(["nobody", "Elsewhere"], "10.0.0.1", people_store)
    assert sessions.visit(token, people_store).person.name == "elsewhere"


def test_what_happens_to_an_account_acts_at_once(people_store):
    token = token_of(people_store, "analyst")
    accounts.set_roles("analyst", ["leader"], "admin", None, people_store)
    assert sessions.visit(token, people_store).person.roles == ("leader",)
    accounts.set_active("analyst", False, "admin", people_store)
    assert sessions.visit(token, people_store) is None
    accounts.set_active("analyst", True, "admin", people_store)
    assert sessions.visit(token, people_store) is None  # an old session does not come back with the account


def test_an_unused_session_ends_and_a_used_one_in_the_end_too(people_store, clock):
    token = token_of(people_store, "leader")
    for _ in range(3):
        clock(60 * IDLE - 30)
        assert sessions.visit(token, people_store)
    clock(60 * IDLE + 1)
    assert sessions.visit(token, people_store) is None
    busy = token_of(people_store, "leader")
    lasted = 0
    while sessions.visit(busy, people_store):
        clock(60 * IDLE - 30)
        lasted += 60 * IDLE - 30
    assert sessions.ABSOLUTE < lasted <= sessions.ABSOLUTE + 60 * IDLE


def test_use_is_noted_once_a_minute_at_most(people_store, clock, monkeypatch):
    monkeypatch.setattr(sessions, "_PATIENCE", 20.0)  # however busy the machine is
    token = token_of(people_store, "leader")
    noted = []
    for _ in range(12):
        clock(10)
        assert sessions.visit(token, people_store)
        noted.append(rows(people_store, "SELECT seen FROM session")[0][0])
    assert len(set(noted)) == 3  # from the start, after 60 and after 120 seconds


def test_a_clock_set_back_makes_no_session_live(people_store, clock):
    token = token_of(people_store, "leader")
    clock(60 * IDLE + 1)
    assert sessions.visit(token, people_store) is None  # over, and seen to be
    clock(-60 * IDLE)
    assert sessions.visit(token, people_store) is None
    token = token_of(people_store, "leader")
    clock(-10)  # before it began
    assert sessions.visit(token, people_store) is None
    token = token_of(people_store, "leader")
    clock(120)
    assert sessions.visit(token, people_store)
    clock(-60)  # after it began, before it was last used
    assert sessions.visit(token, people_store) is None


def test_a_sign_in_sweeps_out_what_is_over_so_that_no_clock_finds_it(people_store, clock):
    over = token_of(people_store, "leader")
    clock(60 * IDLE + 1)
    token_of(people_store, "analyst")
    clock(-60 * IDLE)
    assert sessions.visit(over, people_store) is None
    assert len(rows(people_store, "SELECT * FROM session")) == 1


def test_signing_out_ends_one_session(people_store):
    mine, other = token_of(people_store, "leader"), token_of(people_store, "leader")
    sessions.sign_out(mine, people_store)
    sessions.sign_out("no session's", people_store)
    assert sessions.visit(mine, people_store) is None and sessions.visit(other, people_store)
    assert verbs(people_store)[-3:] == ["sign_in", "sign_in", "sign_out"]


def test_settings_set_the_limits(people_store, clock):
    set_setting("idle_minutes", 5, "admin", people_store)
    set_setting("lock_failures", 3, "admin", people_store)
    token = token_of(people_store, "leader")
    clock(301)
    assert sessions.visit(token, people_store) is None
    for _ in range(3):
        attempt(people_store)
    assert attempt(people_store, PASSWORD) is None


def test_a_password_is_changed_by_one_who_knows_it(people_store):
    here, there = token_of(people_store, "leader"), token_of(people_store, "leader")

    def change(old, new):
        return sessions.change_password("leader", old, new, "10.0.0.1", people_store, CHEAP)

    for old, new, why in (("wrong password", "another long one", "现在的密码不对"), (PASSWORD, PASSWORD, "一样"), (PASSWORD, "short", "10 到")):
        with pytest.raises(AccountError, match=why):
            change(old, new)
    assert sessions.visit(here, people_store)
    token = change(PASSWORD, "another long one")
    assert sessions.visit(token, people_store) and not sessions.visit(here, people_store) and not sessions.visit(there, people_store)
    assert attempt(people_store, PASSWORD) is None and attempt(people_store, "another long one")


def test_guessing_the_present_password_locks_too(people_store):
    for _ in range(LIMIT):
        with pytest.raises(AccountError):
            sessions.change_password("leader", "wrong password", "another long one", "10.0.0.1", people_store, CHEAP)
    assert attempt(people_store, PASSWORD) is None


def test_a_first_password_opens_nothing_else(people_store):
    accounts.set_password("leader", "first long password", "admin", people_store, cost=CHEAP)
    token = attempt(people_store, "first long password")
    assert sessions.visit(token, people_store).must_change
    token = sessions.change_password("leader", "first long password", "second long one", "10.0.0.1", people_store, CHEAP)
    assert not sessions.visit(token, people_store).must_change


def test_no_password_or_token_is_in_the_journal(people_store):
    token = attempt(people_store, PASSWORD)
    attempt(people_store, "a password typed wrong")
    attempt(people_store, "x", "a password typed as name")
    said = json.dumps(rows(people_store, "SELECT * FROM audit"), ensure_ascii=False)
    assert not any(secret in said for secret in (PASSWORD, token, "typed wrong", "typed as name"))
    assert "10.0.0.1" in said


def test_tokens_hold_until_their_day_and_their_account_ends(people_store):
    today, yesterday = date.today(), date.today() - timedelta(1)
    good = tokens.add("analyst", "门户", "admin", today.isoformat(), people_store)
    assert tokens.holder(good, people_store).name == "analyst"
    assert tokens.holder(tokens.add("analyst", "旧", "admin", yesterday.isoformat(), people_store), people_store) is None
    for forged in ("", "zx_", good + "x", good[:-1], "zx_' OR 1=1 --"):
        assert tokens.holder(forged, people_store) is None
    assert good not in str(rows(people_store, "SELECT * FROM token"))
    accounts.set_active("analyst", False, "admin", people_store)
    assert tokens.holder(good, people_store) is None
    for name, title, until in (("nobody", "x", None), ("leader", " ", None), ("leader", "x", "tomorrow")):
        with pytest.raises(AccountError):
            tokens.add(name, title, "admin", until, people_store)
    with pytest.raises(AccountError, match="没有可撤销的令牌"):
        tokens.revoke("deadbeef", "admin", people_store)


def test_coming_and_going_is_no_change_of_data(people_store):
    """What pages keep of their reads outlives a sign-in, and no setting, account or import."""
    before, files = data_stamp(people_store), stamp(people_store)
    sessions.sign_out(token_of(people_store, "leader"), people_store)
    attempt(people_store)
    assert data_stamp(people_store) == before and stamp(people_store) != files
    set_setting("idle_minutes", 5, "admin", people_store)
    assert data_stamp(people_store) != before
