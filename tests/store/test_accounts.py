"""Accounts: what is kept of them, which are refused, what the journal says, and that somebody can always manage them."""

import json
import shutil
import sqlite3

import pytest
from click.testing import CliRunner

from manage import cli
from store import place
from store.connection import reader
from store.errors import AccountError, StoreLocked
from store.people import accounts, passwords
from store.place import needs_sign_in
from tests.people import CHEAP, PASSWORD, add_people
from tests.store.support import make_store, rows


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("made") / "quality.db")


@pytest.fixture
def store(made, tmp_path, monkeypatch):
    path = shutil.copytree(made.parent, tmp_path / "store") / made.name
    monkeypatch.setenv("QUALITY_STORE", str(path))
    return path


def table(path):
    with reader(path) as db:
        return accounts.accounts(db).set_index("name")


def add(path, name="zhang", roles=("analyst",), unit=None, password=PASSWORD):
    return accounts.add(name, "张三", roles, "测试", unit, password, path, cost=CHEAP)


def test_an_account_is_kept_without_its_password(store):
    assert add(store, " ＺＨＡＮＧ ") == "zhang"
    one = table(store).loc["zhang"]
    assert (one["title"], one["roles"], one["must_change"], one["active"], one["elsewhere"]) == ("张三", ["analyst"], True, True, False)
    kept = rows(store, "SELECT password FROM account")[0][0]
    assert kept.startswith("scrypt$4$8$1$") and PASSWORD not in kept
    assert passwords.matches(PASSWORD, kept) and not passwords.matches(PASSWORD + " ", kept)
    assert PASSWORD not in json.dumps(rows(store, "SELECT * FROM audit"), ensure_ascii=False)


def test_two_passwords_alike_are_kept_differently():
    assert passwords.hashed(PASSWORD, CHEAP) != passwords.hashed(PASSWORD, CHEAP)


def test_no_password_is_right_for_nobody_and_none_is_cheaper_to_check(monkeypatch):
    """An unknown name is checked against a hash of the same cost as anybody's: the answer takes as long."""
    spent = []
    monkeypatch.setattr(passwords, "_scrypt", lambda password, salt, cost: spent.append(cost) or bytes(32))
    assert passwords.matches("", None) is False
    passwords.matches("x", passwords.hashed("y"))
    assert spent == [passwords.COST] * 3


@pytest.mark.parametrize("name", ["", " ", "a b", "<script>", "x' OR '1'='1", "a/b", "a" * 65, "a\nb"])
def test_names_that_are_no_names_are_refused(store, name):
    with pytest.raises(AccountError, match="不能用"):
        add(store, name)


@pytest.mark.parametrize(
    ("password", "why"),
    [("short1234", "10 到 200"), ("x" * 201, "10 到 200"), ("Password123", "太常见"), ("1212121212", "太常见"), ("zhang", "10 到"),
     ("zhangzhang", "账号名"), ("Zhang123zhang", "账号名")],
)  # fmt: skip
def test_weak_passwords_are_refused(store, password, why):
    with pytest.raises(AccountError, match=why):
        add(store, password=password)
    assert table(store).empty


@pytest.mark.parametrize(
    ("roles", "unit", "why"),
    [(["king"], None, "没有角色 'king'"), ([], None, "至少一个角色"), (["liaison"], None, "哪个单位"), (["liaison"], "U9", "没有代码为 'U9'")],
)  # fmt: skip
def test_roles_and_units_must_exist(store, roles, unit, why):
    with pytest.raises(AccountError, match=why):
        add(store, roles=roles, unit=unit)


def test_a_name_is_given_once(store):
    add(store)
    with pytest.raises(AccountError, match="已有账号 zhang"):
        add(store, "Zhang")


def test_the_last_administrator_cannot_be_lost(store):
    add_people(store, "U1")
    for lose in (
        lambda: accounts.set_active("admin", False, "测试", store),
        lambda: accounts.set_roles("admin", ["leader"], "测试", None, store),
    ):
        with pytest.raises(AccountError, match="没有在用的系统管理员"):
            lose()
    assert table(store).loc["admin", "active"] and table(store).loc["admin", "roles"] == ["admin"]
    accounts.set_roles("leader", ["leader", "admin"], "测试", None, store)
    accounts.set_active("admin", False, "测试", store)
    assert not table(store).loc["admin", "active"]


def test_unknown_accounts_are_named(store):
    for change in (accounts.unlock, lambda n, by, path: accounts.set_password(n, PASSWORD, by, path, cost=CHEAP)):
        with pytest.raises(AccountError, match="没有账号 nobody"):
            change("nobody", "测试", store)


def test_one_must_sign_in_once_there_was_an_account(store, tmp_path):
    assert not needs_sign_in(store)
    add(store)
    assert needs_sign_in(store)
    store.rename(tmp_path / "away.db")  # as while a backup is put in place
    assert needs_sign_in(store)


def test_what_is_no_store_needs_no_sign_in_until_it_is_one(store, tmp_path):
    path = tmp_path / "new.db"
    assert not needs_sign_in(path)
    path.write_text("no database" * 500)
    assert not needs_sign_in(path)
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE other (x)")  # as a store of an earlier version: without such a table
    assert not needs_sign_in(path)
    add(store)
    path.unlink()
    shutil.copy(store, path)
    assert needs_sign_in(path)


def test_what_cannot_be_told_is_no_permission(store, monkeypatch):
    def busy(*_):
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    monkeypatch.setattr(place, "_asks", busy)
    with pytest.raises(StoreLocked, match="稍后再试"):
        needs_sign_in(store)


def run(*words):
    return CliRunner().invoke(cli, [*words])


def test_the_command_line_manages_accounts_and_tokens(store):
    made = run("user", "add", "Zhang", "--title", "张三", "--role", "admin", "--generate", "--by", "甲")
    first = made.stdout.rsplit("：", 1)[1].strip()
    assert made.exit_code == 0 and len(first) == 23
    kept = rows(store, "SELECT password FROM account")[0][0]
    assert passwords.matches(first, kept) and kept.startswith("scrypt$15$8$3$")
    assert run("user", "add", "li", "--title", "李四", "--role", "liaison", "--unit", "U1", "--elsewhere").exit_code == 0
    assert run("user", "unit", "li", "U2").exit_code == 0
    assert run("user", "roles", "li", "--role", "analyst", "--role", "admin").exit_code == 0
    assert "系统管理员" in run("user", "list").stdout and "待改首次密码" in run("user", "list").stdout
    token = run("token", "add", "li", "--title", "门户", "--until", "2030-01-01").stdout.strip()
    listed = run("token", "list").stdout
    assert "门户" in listed and "2030-01-01" in listed and token not in listed
    assert run("token", "revoke", listed.split()[0]).exit_code == 0
    assert "撤销" in run("token", "list").stdout
    assert run("user", "deactivate", "zhang").exit_code == 0 and "已停用" in run("user", "list").stdout
    assert run("user", "deactivate", "li").exit_code == 1
    verbs = [verb for verb, by in rows(store, "SELECT verb, by FROM audit ORDER BY id") if verb.startswith(("user", "token"))]
    assert verbs == ["user_add", "user_add", "user_unit", "user_roles", "token_add", "token_revoke", "user_deactivate"]
    said = json.dumps(rows(store, "SELECT * FROM audit"), ensure_ascii=False)
    assert first not in said and token not in said


def test_a_typed_password_is_asked_for_twice_and_not_shown(store):
    typed = CliRunner().invoke(cli, ["user", "add", "zhang", "--title", "张三", "--role", "admin"], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert typed.exit_code == 0 and PASSWORD not in typed.output
    assert CliRunner().invoke(cli, ["user", "password", "zhang"], input="short\nshort\n").exit_code == 1
