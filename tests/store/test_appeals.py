"""Appeals: who may ask and answer, each step that a state allows, corrections and re-issues that must fit, persons refused."""

import shutil

import pytest

from store.connection import reader
from store.errors import AppealError, StoreError
from store.importing.batches import revoke
from store.people.roles import Person
from store.releasing import appeals
from store.releasing.releases import draft, publish
from tests.store.support import bring, intake, make_store, rows

LIAISON = Person("lian", "甲局联络员", ("liaison",), "U1")
OTHER = Person("other", "乙局联络员", ("liaison",), "U2")
STEWARD = Person("guan", "管理员", ("steward",))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = make_store(tmp_path_factory.mktemp("appeals") / "q.db")
    publish(["2024Q4", "2025Q1"], "发布人", path)
    return path


@pytest.fixture
def path(built, tmp_path):
    return shutil.copy(built, tmp_path / "q.db")


@pytest.fixture
def asked(path):
    return appeals.ask(LIAISON, 2, "U1", "A1", "甲一应为 95，见文件 7 号", path)


def state(path, number=1):
    with reader(path) as db:
        return appeals.appeal(db, number)["state"]


def test_a_question_a_correction_and_its_release(path, asked):
    assert asked == 1 and state(path) == "待答复"
    (batch,) = bring(path, intake(values=[("U1", "A1", "2025Q1", 95.0)]))
    appeals.answer(STEWARD, 1, "correct", "数据有误，已更正", batch=batch, path=path)
    assert state(path) == "已更正，待重新发布"
    number = publish(["2025Q1"], "发布人", path)[0].release
    appeals.answer(STEWARD, 1, "reissue", "已按 95 重新发布", release=number, shown=True, path=path)
    with reader(path) as db:
        found, events = appeals.appeal(db, 1), appeals.appeal_events(db, 1)
    assert found[["state", "reissued", "shown", "answer", "answered_by"]].tolist() == ["已更正并发布", 3, True, "已按 95 重新发布", "guan"]
    assert events["kind"].tolist() == ["correct", "reissue"] and events["batch"].tolist()[0] == batch
    verbs = rows(path, "SELECT verb FROM audit WHERE verb LIKE 'appeal%' ORDER BY id")
    assert verbs == [("appeal",), ("appeal_correct",), ("appeal_reissue",)]


@pytest.mark.parametrize(
    ("person", "release", "unit", "node", "text", "why"),
    [
        (LIAISON, 2, "U2", "A1", "别的单位", "只能对本单位"),
        (Person("x", "没有单位的联络员", ("liaison",)), 2, "U1", "A1", "没有单位", "只能对本单位"),
        (Person("y", "研判员", ("analyst",)), 2, "U1", "A1", "没有权限", "没有提出申诉的权限"),
        (LIAISON, 9, "U1", "A1", "没有这一号", "没有第 9 号"),
        (LIAISON, 2, "U1", "Z9", "没有这一项", "没有 Z9"),
        (LIAISON, 2, "U1", "A1", "  ", "0 个字"),
        (LIAISON, 2, "U1", "A1", "长" * 501, "501 个字"),
        (LIAISON, 2, "U1", "A1", "请打 13812345678 核实", "手机号码"),
        (LIAISON, 2, "U1", "A1", "证件 11010519491231002X", "身份证号"),
    ],
)
def test_what_cannot_be_asked_is_named(path, person, release, unit, node, text, why):
    with pytest.raises(StoreError, match=why):
        appeals.ask(person, release, unit, node, text, path)
    assert rows(path, "SELECT count(*) FROM appeal") == [(0,)]


def test_the_same_is_not_asked_twice(path, asked):
    with pytest.raises(AppealError, match="是第 1 号"):
        appeals.ask(LIAISON, 2, "U1", "A1", " 甲一应为 95，见文件 7 号", path)


def test_nobody_asks_about_a_draft(path):
    bring(path, intake(values=[("U1", "A1", "2025Q1", 1.0)]))
    number = draft(["2025Q1"], "管理员", path)[0].release
    with pytest.raises(AppealError, match="还没有发布"):
        appeals.ask(LIAISON, number, "U1", "A1", "草稿", path)


def test_a_unit_sees_its_own_only(path, asked):
    appeals.ask(OTHER, 2, "U2", "X", "名次", path)
    with reader(path) as db:
        assert appeals.appeals(db)["unit"].tolist() == ["U2", "U1"]
        assert appeals.appeals(db, "U1")["unit"].tolist() == ["U1"] and appeals.appeals(db, "").empty


STEPS = {  # state after these steps → the next that are refused
    (): ["reissue"],
    ("reply",): ["reissue", "reject"],
    ("reject",): ["reissue", "reject"],
}


@pytest.mark.parametrize("done", STEPS, ids=str)
def test_a_step_that_the_state_does_not_allow_is_refused(path, asked, done):
    for kind in done:
        appeals.answer(STEWARD, 1, kind, "第一步", path=path)
    before = state(path)
    for kind in STEPS[done]:
        with pytest.raises(AppealError, match=f"状态是{before}"):
            appeals.answer(STEWARD, 1, kind, "再一步", path=path)
    assert state(path) == before


def test_a_question_is_taken_back_by_its_unit_before_it_is_answered(path, asked):
    for person in (OTHER, STEWARD):
        with pytest.raises(AppealError, match="不能撤回"):
            appeals.take_back(person, 1, path=path)
    appeals.take_back(LIAISON, 1, path=path)
    assert state(path) == "已撤回"
    with pytest.raises(AppealError, match="再没有下一步"):
        appeals.answer(STEWARD, 1, "reply", "迟了", path=path)
    again = appeals.ask(LIAISON, 2, "U1", "A1", "再问", path)
    appeals.answer(STEWARD, again, "reply", "答", path=path)
    with pytest.raises(AppealError, match="状态是已答复"):
        appeals.take_back(LIAISON, again, path=path)


def test_only_an_answerer_answers(path, asked):
    for person in (LIAISON, Person("z", "领导", ("leader",))):
        with pytest.raises(AppealError, match="没有答复申诉的权限"):
            appeals.answer(person, 1, "reply", "答", path=path)
    with pytest.raises(AppealError, match="没有第 7 号申诉"):
        appeals.answer(STEWARD, 7, "reply", "答", path=path)
    with pytest.raises(AppealError, match="手机号码"):
        appeals.answer(STEWARD, 1, "reply", "问 13812345678", path=path)


def test_a_correction_and_a_release_must_fit(path, asked):
    (others,) = bring(path, intake(values=[("U2", "A1", "2025Q1", 1.0)]))
    (undone,) = bring(path, intake(values=[("U1", "A1", "2025Q1", 1.0)]))
    revoke(undone, "管理员", path=path)
    for batch, why in ((None, "没有批次"), (99, "没有批次 99"), (others, "没有单位 U1 的数据"), (undone, "已撤销")):
        with pytest.raises(AppealError, match=why):
            appeals.answer(STEWARD, 1, "correct", "更正", batch=batch, path=path)
    (batch,) = bring(path, intake(values=[("U1", "A1", "2025Q1", 95.0)]))
    bring(path, intake(values=[("U1", "A1", "2024Q4", 1.0)]))  # says nothing of the period that is asked about
    (beside,) = bring(path, intake(values=[("U1", "B1", "2025Q1", 2.0)]))
    with reader(path) as db:
        fitting = appeals.corrections(db, 1)
        assert fitting[["batch", "direct"]].to_numpy().tolist() == [[beside, False], [batch, True]] and appeals.reissues(db, 1).empty
    appeals.answer(STEWARD, 1, "correct", "更正", batch=batch, path=path)
    number = draft(["2025Q1"], "管理员", path)[0].release
    with reader(path) as db:
        assert appeals.reissues(db, 1).empty  # a draft shows nobody a correction
    for release, why in ((None, "请填"), (1, "要是 2025Q1"), (2, "就是申诉所指的"), (number, "要是 2025Q1 已发布的"), (77, "没有第 77 号")):
        with pytest.raises(StoreError, match=why):
            appeals.answer(STEWARD, 1, "reissue", "已重新发布", release=release, path=path)
    assert state(path) == "已更正，待重新发布"
