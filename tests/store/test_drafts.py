"""Drafts, publishing, withdrawing: what is served at each step, who may, and what the checks say; by a city of three units written out."""

import shutil
import threading

import pandas as pd
import pytest

from store.connection import reader, write_tx
from store.errors import DraftStale, PublishedAlready, ReleaseError, SamePerson, SettingError
from store.frameworks.in_force import framework_for
from store.importing.batches import revoke
from store.releasing import drafts, frozen
from store.releasing import releases as store_releases
from store.releasing.release_checks import findings
from store.releasing.releases import draft, publish, releases, reopen, withdraw
from store.settings import set_setting, settings
from tests.store.support import FRAMEWORK, POLICY, UNITS, bring, intake, make_store, rows, whole

NEWCOMER = intake(pd.DataFrame([("U4", "丁局", "二组", 1.0)], columns=UNITS.columns), whole("2025Q1", ("U4", 70, 70, 3, 30)))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Both quarters are published as releases 1 and 2."""
    path = make_store(tmp_path_factory.mktemp("drafts") / "q.db")
    publish(["2024Q4", "2025Q1"], "发布人", path)
    return path


@pytest.fixture
def path(built, tmp_path):
    return shutil.copy(built, tmp_path / "q.db")


def served(path):
    return dict(rows(path, "SELECT period, release FROM service"))


def states(path):
    with reader(path) as db:
        return releases(db).set_index("release")["state"].sort_index().to_dict()


def correct(path, value=0.0, period="2025Q1"):
    """A draft, release 3, after U1's A1 of the period was corrected."""
    bring(path, intake(values=[("U1", "A1", period, value)]))
    return draft([period], "管理员", path)[0]


def test_a_draft_is_frozen_and_not_served_until_it_is_published(path):
    made = correct(path)
    assert (made.release, made.new) == (3, True)
    assert served(path) == {"2024Q4": 1, "2025Q1": 2} and states(path) == {1: "served", 2: "served", 3: "draft"}
    frozen_index = rows(path, 'SELECT "index" FROM release_unit WHERE release = 3 AND unit = \'U1\'')
    assert drafts.publish_draft(3, "发布人", "已核实", path) == "2025Q1"
    assert served(path)["2025Q1"] == 3 and states(path) == {1: "served", 2: "published", 3: "served"}
    assert rows(path, 'SELECT "index" FROM release_unit WHERE release = 3 AND unit = \'U1\'') == frozen_index
    assert rows(path, "SELECT kind, by FROM release_event WHERE release = 3 ORDER BY id") == [("draft", "管理员"), ("publish", "发布人")]


def test_an_old_release_without_events_is_published(path):
    with write_tx(path) as db:
        db.execute("DROP TRIGGER release_event_no_delete")
        db.execute("DELETE FROM release_event")
    assert states(path) == {1: "served", 2: "served"}
    correct(path)
    drafts.publish_draft(3, "发布人", "已核实", path)
    assert withdraw(3, "录错了", "发布人", path) == 2 and states(path)[2] == "served"


def test_the_same_inputs_need_no_draft(path):
    assert draft(["2025Q1"], "管理员", path)[0][:3] == (2, "2025Q1", False)
    assert states(path) == {1: "served", 2: "served"}
    correct(path)
    again = draft(["2025Q1"], "别人", path)[0]
    assert (again.release, again.new) == (3, False) and states(path)[3] == "draft"


def test_withdrawing_goes_back_step_by_step_to_nothing(path):
    correct(path)
    drafts.publish_draft(3, "发布人", "已核实", path)
    assert withdraw(3, " 数据有误 ", "发布人", path) == 2 and served(path)["2025Q1"] == 2
    assert withdraw(2, "也有误", "发布人", path) is None and "2025Q1" not in served(path)
    assert states(path) == {1: "served", 2: "withdrawn", 3: "withdrawn"}
    with reader(path) as db:
        assert releases(db).set_index("release").loc[3, ["reason", "state_by"]].tolist() == ["数据有误", "发布人"]
    assert reopen(2, "发布人", path) == "2025Q1" and served(path)["2025Q1"] == 2


def test_the_one_put_to_use_last_takes_the_place(path):
    """1 and 2 are in order; 3 is published, then 2 reopened, then 4 published: withdrawing 4 gives 2, not 3."""
    for value, number in ((0.0, 3), (5.0, 4)):
        correct(path, value)
        drafts.publish_draft(number, "发布人", "已核实", path)
        if number == 3:
            reopen(2, "发布人", path)
    assert withdraw(4, "错", "发布人", path) == 2


def test_what_cannot_be_withdrawn_or_reopened_is_named(path):
    correct(path)
    with pytest.raises(ReleaseError, match="写明理由"):
        withdraw(2, "  ", "发布人", path)
    with pytest.raises(ReleaseError, match="第 3 号是草稿"):
        withdraw(3, "错", "发布人", path)
    with pytest.raises(ReleaseError, match="第 3 号是草稿"):
        reopen(3, "发布人", path)
    withdraw(2, "错", "发布人", path)
    with pytest.raises(ReleaseError, match="已撤回"):
        withdraw(2, "再来", "发布人", path)
    with pytest.raises(ReleaseError, match="没有第 9 号"):
        withdraw(9, "错", "发布人", path)
    assert served(path) == {"2024Q4": 1}


@pytest.mark.parametrize("what", ["value", "framework", "units"])
def test_a_draft_whose_inputs_changed_must_be_drafted_again(path, what):
    correct(path)
    news = {
        "value": intake(values=[("U2", "A1", "2025Q1", 1.0)]),
        "framework": intake(framework_csv=FRAMEWORK.replace("A1,A,指标甲一,%,1,50", "A1,A,指标甲一,%,1,51")),
        "units": intake(UNITS.assign(sector="九组").iloc[:1]),
    }
    bring(path, news[what])
    with pytest.raises(DraftStale, match="重新生成草稿"):
        drafts.publish_draft(3, "发布人", "已核实", path)
    assert served(path)["2025Q1"] == 2
    again = draft(["2025Q1"], "管理员", path)[0]
    drafts.publish_draft(again.release, "发布人", "已核实", path)
    assert served(path)["2025Q1"] == again.release == 4


def test_another_periods_data_leave_a_draft_as_it_is(path):
    correct(path)
    bring(path, intake(values=[("U2", "A1", "2024Q4", 1.0)]))
    drafts.publish_draft(3, "发布人", "已核实", path)
    with reader(path) as db:
        table = drafts.periods(db)
    assert table.loc["2024Q4", ["served", "changed"]].tolist() == [1, True] and not table.at["2025Q1", "changed"]


def test_of_two_publishers_one_wins(path):
    correct(path)
    said = []

    def go(name):
        try:
            said.append(drafts.publish_draft(3, name, "已核实", path))
        except PublishedAlready as error:
            said.append(str(error))

    both = [threading.Thread(target=go, args=(name,)) for name in ("甲", "乙")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert "2025Q1" in said and sum("第 3 号不是草稿" in s for s in said) == 1
    winner = rows(path, "SELECT by FROM release_event WHERE release = 3 AND kind = 'publish'")
    assert len(winner) == 1 and winner[0][0] in next(s for s in said if s != "2025Q1")


def test_a_failed_check_needs_a_reason_which_stays_on_record(path):
    """U3 has no value of B2, hence no B and no index: one of three is more than a tenth."""
    correct(path)
    with pytest.raises(ReleaseError, match="覆盖"):
        drafts.publish_draft(3, "发布人", "", path)
    drafts.publish_draft(3, "发布人", "丙局本期不考核乙二", path)
    assert rows(path, "SELECT reason FROM release_event WHERE release = 3 AND kind = 'publish'") == [("丙局本期不考核乙二",)]
    (detail,) = rows(path, "SELECT detail FROM audit ORDER BY id DESC LIMIT 1")[0]
    assert "丙局本期不考核乙二" in detail and "覆盖" in detail


def test_the_checks_say_what_moved(path):
    """U1's A1 80 → 0: index 86·… falls below U2; against itself only one value in twelve changed."""
    set_setting("rank_change", 1, "管理员", path)
    bring(path, intake(values=[("U1", "A1", "2025Q1", 0.0), ("U1", "A2", "2025Q1", 0.0)]), NEWCOMER)
    draft(["2025Q1"], "管理员", path)
    with reader(path) as db:
        found = {f.name: f for f in findings(db, 3)}
    assert [f.status for f in found.values()] == sorted((f.status for f in found.values()), key=["fail", "warn", "ok"].index)
    why = rows(path, "SELECT unit, note FROM release_unit WHERE release = 3 AND unit = 'U3'")
    assert [tuple(row) for row in found["coverage"].rows[["unit", "note"]].to_numpy()] == why
    # U1 80,80,1,40: A 80, B 85, index 82; now A 0, B 85, index 34. U2 (veto changes no rank): A 60, B 70: 64. U4: A 70, B 65: 68.
    assert found["moves"].rows[["unit", "before", "after"]].to_numpy().tolist() == [["U1", 1, 3]]
    assert found["members"].status == "warn" and found["members"].rows["unit"].tolist() == ["U4"]
    changed = found["values"].rows
    assert changed[changed["unit"] == "U1"][["subject", "before", "after"]].to_numpy().tolist() == [["A1", 80.0, 0.0], ["A2", 80.0, 0.0]]
    assert found["values"].said.startswith("6 个") and found["values"].status == "warn"  # 2 of U1 and 4 of U4, of 16


def test_a_unit_that_has_gone_fails(path):
    bring(path, NEWCOMER)
    publish(["2025Q1"], "发布人", path)
    revoke(3, "管理员", path=path)
    revoked = draft(["2025Q1"], "管理员", path)[0]
    assert (revoked.release, revoked.new) == (2, False), "the same as before it came: nothing to publish but that one"
    bring(path, intake(values=[("U1", "A1", "2025Q1", 79.0)]))
    number = draft(["2025Q1"], "管理员", path)[0].release
    with reader(path) as db:
        found = {f.name: f for f in findings(db, number)}
    assert found["members"].status == "fail" and found["members"].rows[["unit", "before", "after"]].to_numpy().tolist() == [["U4", "有", "无"]]


def test_changes_since_a_release_are_its_periods(path):
    bring(path, intake(values=[("U1", "A1", "2025Q1", 1.0)], file="本期.csv"), intake(values=[("U1", "A1", "2024Q4", 1.0)], file="上期.csv"))
    revoke(3, "管理员", "重复", path)
    with reader(path) as db:
        now, then = drafts.changes_since(db, 2), drafts.changes_since(db, 1)
    assert now[["batch", "what", "file", "reason"]].to_numpy().tolist() == [[3, "撤销", "本期.csv", "重复"], [3, "导入", "本期.csv", "重复"]]
    assert then["file"].tolist() == ["上期.csv"]


def test_who_imported_cannot_publish_where_the_setting_says_so(path):
    bring(path, intake(values=[("U1", "A1", "2025Q1", 0.0)]), by="Zhang San")
    draft(["2025Q1"], "zhang san", path)
    set_setting("two_people", 1, "系统管理员", path)
    for refused in (lambda: drafts.publish_draft(3, "ZHANG SAN ", "已核实", path), lambda: publish(["2025Q1"], "Zhang san", path),
                    lambda: reopen(2, "测试", path)):
        with pytest.raises(SamePerson, match="两人规则"):
            refused()
    assert served(path)["2025Q1"] == 2
    drafts.publish_draft(3, "发布人", "已核实", path)
    set_setting("two_people", 0, "系统管理员", path)
    reopen(2, "测试", path)


def test_settings_have_bounds_defaults_and_a_journal(path):
    for key, value in (("two_people", 2), ("rank_change", "many"), ("idle_minutes", -1), ("nothing", 1), ("lock_minutes", 1.5)):
        with pytest.raises(SettingError, match=str(key)):
            set_setting(key, value, "甲", path)
    set_setting("rank_change", "3", "甲", path)
    set_setting("rank_change", 4, "乙", path)
    with reader(path) as db:
        table = settings(db)
    assert table.loc["rank_change", ["value", "by"]].tolist() == [4, "乙"]
    assert table.at["lock_failures", "value"] == table.at["lock_failures", "default"]
    assert [d for (d,) in rows(path, "SELECT detail FROM audit WHERE verb = 'setting' ORDER BY id")] == [
        '{"key": "rank_change", "before": 10, "value": 3}', '{"key": "rank_change", "before": 3, "value": 4}'
    ]  # fmt: skip


def test_each_period_is_scored_by_the_framework_in_force_for_it(path):
    """A weighs 60 and B 40; from 2025Q1 on it is the other way round."""
    other = FRAMEWORK.replace("A,X,维度甲,分,1,60", "A,X,维度甲,分,1,40").replace("B,X,维度乙,分,1,40", "B,X,维度乙,分,1,60")
    bring(path, intake(framework_csv=other, policy_toml=POLICY))
    with write_tx(path) as db:
        db.execute("INSERT INTO framework_since VALUES (2, '2025Q1')")
    done = publish(["2024Q4", "2025Q1"], "发布人", path)
    assert [(p.release, p.new) for p in done] == [(1, False), (3, True)]
    index = dict(rows(path, "SELECT unit, index_raw FROM release_unit WHERE release = 3"))
    assert index["U1"] == pytest.approx(0.4 * 80 + 0.6 * 85)
    with reader(path) as db:
        assert [framework_for(db, p)[0] for p in ("2024Q4", "2025Q1", "2026")] == [1, 2, 2]


def test_a_period_before_every_version_is_refused(tmp_path):
    path = make_store(tmp_path / "q.db")
    with write_tx(path) as db:
        db.execute("INSERT INTO framework_since VALUES (1, '2025Q1')")
    with pytest.raises(ReleaseError, match=r"2024Q4 没有可用的指标体系.*2025Q1"):
        publish(["2024Q4"], "发布人", path)
    assert publish(["2025Q1"], "发布人", path)[0].new


def test_another_version_of_the_program_makes_no_stale_draft_fresh(path, monkeypatch):
    """The draft's own scores are what is published: the program that made it is in its digest."""
    correct(path)
    monkeypatch.setattr(frozen, "__version__", "99")
    drafts.publish_draft(3, "发布人", "已核实", path)
    assert served(path)["2025Q1"] == 3


def test_a_clock_that_is_set_back_hides_no_draft(path, monkeypatch):
    monkeypatch.setattr(store_releases, "now", lambda: "2001-01-01T00:00:00+00:00")
    correct(path)
    with reader(path) as db:
        assert drafts.periods(db).loc["2025Q1", ["served", "draft", "current"]].tolist() == [2, 3, 3]


def test_a_period_without_a_framework_is_listed_and_not_drafted(tmp_path):
    path = make_store(tmp_path / "q.db")
    with write_tx(path) as db:
        db.execute("INSERT INTO framework_since VALUES (1, '2025Q1')")
    with reader(path) as db:
        assert drafts.periods(db)["current"].isna().all() and drafts.periods(db).index.tolist() == ["2025Q1", "2024Q4"]
