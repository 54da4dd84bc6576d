"""Ledgers: what is derived from records, against a plain recount; which value is scored; the way down and up; what is frozen."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from scoring.errors import FrameworkError, PolicyError
from scoring.movement import period_days
from store.connection import migrate, reader, write_tx
from store.errors import BatchError, StoreError
from store.frameworks.files import parse_framework, parse_policy
from store.importing.batches import revoke
from store.keeping.checks import check
from store.ledgers import LEDGERS, record_frame
from store.ledgers.choosing import differs
from store.ledgers.deriving import derive, derived_values
from store.ledgers.reading import current_records
from store.ledgers.specification import TEXTS
from store.ledgers.views import VIEWS, indicator_views
from store.ledgers.writing import write_ledger
from store.releasing.cases import release_case
from store.releasing.reading import release_cells, release_derived, release_units
from store.releasing.releases import publish
from store.releasing.walking import feeds, records_behind
from store.schema.ledgers import EXEMPLAR_TABLES, LEDGER_TABLES
from store.schema.migrations import MIGRATIONS
from tests.store.support import UNITS, bring, intake, rows

PERIODS = ("2024", "2024H2", "2024Q3", "2024Q4", "2024M12", "2025Q1")
SIZES = {"U1": 250.0, "U2": None}
CODES = {key: f"V{n}" for n, key in enumerate(VIEWS, 1)}
HEAD = "code,parent,name,unit,direction,weight,low,high,normalisation,source\nX,,总指数,分,1,1,,,,\nA,X,维度,分,1,1,,,,\n"
ALL_VIEWS = parse_framework(
    HEAD + "".join(f"{code},A,{code},%,1,1,0,100,goalposts,ledger:{key}\n" for key, code in CODES.items())
)


def days(record, *fields):
    return [date.fromisoformat(record[f]) if record[f] else None for f in fields]


def belongs(ledger, record, first, last):
    if ledger in ("task", "rectification"):
        return first <= days(record, "due")[0] <= last
    if ledger in ("activity", "inspection"):
        return first <= days(record, "date")[0] <= last
    since, until = days(record, "since", "until")
    return (since is None or since <= last) and (until is None or until >= last)


def by_then(record, field, last):
    day = days(record, field)[0]
    return day is not None and day <= last


def whole_process(records, first, last):
    """Projects whose last task is due in the period: three stages each, of which those count that have a task done by its end."""
    projects: dict[str, list] = {}
    for r in records:
        if r["category"] == "绩效管理":
            projects.setdefault(r["title"], []).append(r)
    mine = [tasks for tasks in projects.values() if first <= max(days(t, "due")[0] for t in tasks) <= last]
    done = [{t["stage"] for t in tasks if t["stage"] and by_then(t, "done", last)} for tasks in mine]
    return sum(map(len, done)), 3 * len(mine)


def recount(key, records, size, first, last):
    """(numerator, denominator) of a view over a unit's current records; None where its ledger has nothing in the period."""
    ledger, name = key.split(":")
    mine = [r for r in records if belongs(ledger, r, first, last)]
    if not mine:
        return None
    if name == "whole_process":
        return whole_process(records, first, last)
    if ledger == "task":
        word = {"deployment": "重大部署", "duty": "主体责任", "cases": "以案促改", "model": "模范机关创建"}[name]
        mine = [r for r in mine if r["category"] == word]
        if name == "deployment":
            return sum(bool(r["done"]) and r["done"] <= r["due"] for r in mine), len(mine)
        return sum(by_then(r, "done", last) for r in mine), len(mine)
    if name == "assessed":
        return sum(r["likelihood"] is not None and r["severity"] is not None for r in mine), len(mine)
    if name == "controlled":
        high = [r for r in mine if (r["likelihood"] or 0) * (r["severity"] or 0) >= 12]
        return sum(r["in_force"] is True for r in high), len(high)
    if name == "on_time":
        return sum(r["count"] or 1 for r in mine if r["closed"] and r["closed"] <= r["due"]), sum(r["count"] or 1 for r in mine)
    if name == "party_day":
        held = {r["date"][:7] for r in mine if r["kind"] == "主题党日" and r["actual"] != 0}
        return len(held), (last.year - first.year) * 12 + last.month - first.month + 1
    if name in ("culture", "warning"):
        word = {"culture": "廉洁文化活动", "warning": "警示教育"}[name]
        both = [r for r in mine if r["kind"] == word and r["expected"] is not None and r["actual"] is not None]
        return sum(r["actual"] for r in both), sum(r["expected"] for r in both)
    if name in ("partnership", "fusion"):
        word = {"partnership": "共建合作", "fusion": "党建业务融合"}[name]
        return sum(r["kind"] == word for r in mine), size / 100 if size else np.nan
    if ledger == "inspection":
        known = [r[{"score": "score", "problems": "problems"}[name]] for r in mine]
        return sum(v for v in known if v is not None), sum(v is not None for v in known)
    branches = {r["branch"] for r in mine}
    return len({r["branch"] for r in mine if r["sub"]}), len(branches)


# few days, so that they often meet, and the first and last of periods among them
DAYS = st.sampled_from(
    ("2024-06-30", "2024-07-01", "2024-09-30", "2024-10-01", "2024-11-30", "2024-12-01", "2024-12-02", "2024-12-31", "2025-01-01", "2025-03-31")
)


def values_of(field):
    """A strategy for a field, empty now and then where it may be."""
    kinds = {
        "text": st.sampled_from(("甲", "乙", "丙")),
        "date": DAYS,
        "whole": st.integers(int(field.least or 0), int(field.most or 9)),
        "number": st.integers(0, 200).map(lambda n: n / 2),
        "yes_no": st.booleans(),
        "choice": st.sampled_from(field.words or ("",)),
        "unit": st.sampled_from(tuple(SIZES)),
        "node": st.just("A1"),
    }
    empty = "" if field.kind in TEXTS else None
    return kinds[field.kind] if field.required else kinds[field.kind] | st.just(empty)


def in_order(ledger, record):
    pairs = ((record[a], record[b]) for a, b in LEDGERS[ledger].in_order)
    return all(a is None or b is None or a <= b for a, b in pairs)


def records_of(ledger):
    fields = {f.name: values_of(f) for f in LEDGERS[ledger].fields}
    keys = {"unit": st.sampled_from(tuple(SIZES)), "ref": st.sampled_from("12345678")}
    record = st.fixed_dictionaries(keys | fields).filter(lambda r: in_order(ledger, r))
    return st.lists(record, max_size=12, unique_by=lambda r: (r["unit"], r["ref"]))


BATCH = st.fixed_dictionaries({name: records_of(name) for name in LEDGERS} | {"revoked": st.booleans()})


def view_of(indicator):
    return next(v for v in VIEWS.values() if CODES[v.key] == indicator)


@cache
def empty_store():
    db = Database(memory=True)
    MIGRATIONS.apply(db)
    return db


def memory_store():
    db = Database(memory=True)
    empty_store().conn.backup(db.conn)
    for unit, size in SIZES.items():
        db.execute("INSERT INTO unit (code, name, sector, size, active) VALUES (?, ?, '', ?, 1)", [unit, unit, size])
    return db


def write(db, number, batch):
    undone = ["t", "n", "n"] if batch["revoked"] else [None] * 3
    db.execute("INSERT INTO batch VALUES (?, 'f', ?, 'x', 'x', 'x', 1, 0, ?, ?, ?)", [number, f"{number}", *undone])
    for name in LEDGERS:
        write_ledger(db, number, name, record_frame(name, [r | {"sheet": "s", "row": 1} for r in batch[name]]))


@settings(max_examples=25, deadline=None)
@given(batches=st.lists(BATCH, min_size=1, max_size=3))
def test_derived_values_equal_a_plain_recount(batches):
    """Corrections by a later batch and revoked batches included; the records behind a figure add up to it."""
    db = memory_store()
    current = {name: {} for name in LEDGERS}
    for number, batch in enumerate(batches, 1):
        write(db, number, batch)
        for name in LEDGERS if not batch["revoked"] else ():
            current[name] |= {(r["unit"], r["ref"]): r for r in batch[name]}
    found = derive(db, PERIODS, ALL_VIEWS).set_index(["period", "unit", "indicator"])
    expected = {}
    for key, code in CODES.items():
        for unit, size in SIZES.items():
            mine = [r for (owner, _), r in current[key.split(":")[0]].items() if owner == unit]
            for period in PERIODS:
                counted = recount(key, mine, size, *period_days(period))
                if counted is not None:
                    expected[period, unit, code] = counted
    assert set(found.index) == set(expected)
    for place, (numerator, denominator) in expected.items():
        row = found.loc[place]
        assert (row["numerator"], row["denominator"]) == pytest.approx((numerator, denominator), nan_ok=True), place
        value = view_of(place[2]).factor * numerator / denominator if denominator > 0 else np.nan
        assert row["value"] == pytest.approx(value, nan_ok=True)
    for place in sorted(expected)[:: max(1, len(expected) // 10)]:
        behind = records_behind(db, *place, framework=ALL_VIEWS)
        assert behind["numerator"].sum() == pytest.approx(found.at[place, "numerator"])
        if view_of(place[2]).per == "records":
            assert behind["denominator"].sum() == pytest.approx(found.at[place, "denominator"])


FRAMEWORK = """code,parent,name,unit,direction,weight,low,high,normalisation,source
X,,总指数,分,1,1,,,,
A,X,维度,分,1,1,,,,
A1,A,按期办结率,%,1,50,0,100,goalposts,ledger:task:deployment
A2,A,共建项目数,项,1,30,0,10,goalposts,ledger:activity:partnership
A3,A,评分,分,1,20,0,100,goalposts,report
"""
DERIVED = '[ledgers]\nprefer = "derived"\n'


def tasks(*records):
    """Rows (unit, ref, due, done) of 重大部署."""
    return record_frame(
        "task",
        [
            dict(unit=u, ref=ref, title="任务", category="重大部署", due=due, done=done, sheet="任务", row=n)
            for n, (u, ref, due, done) in enumerate(records, 2)
        ],
    )


# U1: two of three in time; U2: one of one in the period, another later; U3: nothing of the period
TASKS = tasks(
    ("U1", "1", "2024-10-31", "2024-10-31"),
    ("U1", "2", "2024-11-30", "2024-11-01"),
    ("U1", "3", "2024-12-31", "2025-01-01"),
    ("U2", "1", "2024-12-31", "2024-12-01"),
    ("U2", "2", "2025-01-01", None),
)
VALUES = [
    ("U1", "A1", "2024Q4", 66.7), ("U2", "A1", "2024Q4", "missing"), ("U3", "A1", "2024Q4", 50),
    *((u, "A2", "2024Q4", "not_applicable") for u in ("U1", "U2")),
    *((u, "A3", "2024Q4", 80) for u in ("U1", "U2", "U3")),
]  # fmt: skip


def store(path, policy="", ledgers=None):
    migrate(path)
    bring(path, intake(framework_csv=FRAMEWORK, policy_toml=policy), intake(UNITS, VALUES))
    bring(path, intake(ledgers={"task": TASKS} if ledgers is None else ledgers, sha256="a" * 64))
    return path


def derived(path, release=1):
    with reader(path) as db:
        return release_derived(db, release)


def score(path, release, unit, node):
    return rows(path, "SELECT score FROM release_node WHERE release = ? AND unit = ? AND node = ?", release, unit, node)[0][0]


def test_a_reported_value_wins_by_default_and_a_gap_is_filled(tmp_path):
    path = store(tmp_path / "q.db")
    publish(None, "甲", path)
    table = derived(path).set_index(["unit", "indicator"])
    assert table[["numerator", "denominator"]].to_numpy().tolist() == [[2, 3], [1, 1]]
    assert table["used"].tolist() == [False, True] and table["value"].tolist() == pytest.approx([200 / 3, 100])
    assert table["reported_state"].tolist() == ["value", "missing"] and not table["differs"].any()
    assert (score(path, 1, "U1", "A1"), score(path, 1, "U2", "A1"), score(path, 1, "U3", "A1")) == pytest.approx((66.7, 100, 50))
    assert rows(path, "SELECT state, value FROM release_cell WHERE unit = 'U2' AND indicator = 'A1'") == [(1, None)]
    with reader(path) as db:
        cells = release_cells(db, 1).set_index(["unit", "indicator"])
    assert cells.loc[("U2", "A1"), ["state", "value", "file"]].tolist() == ["value", 100.0, "台账"]
    assert cells.loc[("U1", "A1"), "value"] == 66.7 and cells["batch"].isna()["U2", "A1"]


def test_a_derived_value_wins_where_the_policy_says_so(tmp_path):
    path = store(tmp_path / "q.db", DERIVED)
    bring(path, intake(values=[("U1", "A1", "2024Q4", 99)]))
    publish(None, "甲", path)
    assert score(path, 1, "U1", "A1") == pytest.approx(200 / 3) and score(path, 1, "U3", "A1") == 50, "nothing to put in its place"
    table = derived(path).set_index("unit")
    assert table["used"].all() and table["differs"].tolist() == [True, False]
    assert table.at["U1", "reported"] == 99


@pytest.mark.parametrize("policy", ["", DERIVED])
def test_a_case_rests_on_the_values_that_were_scored(tmp_path, policy):
    path = store(tmp_path / "q.db", policy)
    publish(None, "甲", path)
    with reader(path) as db:
        again = release_case(db, 1).assessment.units["index"]
        np.testing.assert_array_equal(again, release_units(db, 1)["index"])
    assert again["U2"] == pytest.approx(50 / 70 * 100 + 20 / 70 * 80)


def test_what_does_not_apply_fills_a_gap_and_wins_over_no_value(tmp_path):
    """Tasks of another category only: no figure for 重大部署. U3 has no size, hence no figure a hundred members."""
    other = tasks(("U1", "1", "2024-10-31", None), ("U2", "1", "2024-10-31", None)).assign(category="主体责任")
    meeting = dict(title="共建", kind="共建合作", date="2024-11-11", sheet="活动", row=2)
    held = record_frame("activity", [meeting | {"unit": u, "ref": r} for u, r in (("U1", "1"), ("U1", "2"), ("U3", "1"))])
    path = store(tmp_path / "q.db", DERIVED, {"task": other, "activity": held})
    publish(None, "甲", path)
    table = derived(path).set_index(["unit", "indicator"])
    assert table.index.tolist() == [("U1", "A1"), ("U1", "A2"), ("U2", "A1"), ("U3", "A2")]
    assert table["used"].tolist() == [False, True, True, True]
    assert table["value"].tolist() == pytest.approx([np.nan, 2 / 0.1, np.nan, np.nan], nan_ok=True)
    assert table["denominator"].tolist() == pytest.approx([0, 0.1, 0, np.nan], nan_ok=True)
    with reader(path) as db:
        cells = release_cells(db, 1).set_index(["unit", "indicator"])
    assert cells["state"][[("U2", "A1"), ("U3", "A2"), ("U1", "A2")]].tolist() == ["not_applicable", "not_applicable", "value"]
    assert cells["value"].isna()["U2", "A1"] and score(path, 1, "U1", "A1") == 66.7
    assert all(f.ok for f in check(path))


def test_a_correction_is_another_release_and_undoing_it_serves_the_first_again(tmp_path):
    path = store(tmp_path / "q.db")
    publish(None, "甲", path)
    (batch,) = bring(path, intake(ledgers={"task": tasks(("U2", "1", "2024-12-31", "2025-02-01"))}))
    (second,) = publish(None, "甲", path)
    assert second.new and score(path, second.release, "U2", "A1") == 0
    revoke(batch, "甲", path=path)
    assert publish(None, "甲", path)[0][:3] == (1, "2024Q4", False)


def test_records_of_another_period_change_nothing(tmp_path):
    path = store(tmp_path / "q.db")
    publish(None, "甲", path)
    bring(path, intake(ledgers={"task": tasks(("U3", "9", "2025-02-01", None))}))
    assert not publish(None, "甲", path)[0].new


def test_a_store_without_records_keeps_its_digests(tmp_path):
    """A view that an indicator names changes nothing until there are records."""
    values = [v for v in VALUES if v[1] != "A2"]
    digests = set()
    for name in ("with", "without"):
        path = tmp_path / f"{name}.db"
        migrate(path)
        bring(path, intake(framework_csv=FRAMEWORK, policy_toml=""), intake(UNITS, values, sha256="b" * 64))
        if name == "with":
            bring(path, intake(ledgers={"task": TASKS}))
            revoke(3, "甲", path=path)
        publish(None, "甲", path)
        assert derived(path).empty
        digests |= {d for (d,) in rows(path, "SELECT digest FROM release")}
    assert len(digests) == 1


@pytest.mark.parametrize(
    "change", ["UPDATE release_derived SET used = 1 - used", "UPDATE release_derived SET numerator = 9", "DELETE FROM release_derived"]
)
def test_check_finds_a_changed_figure(tmp_path, change):
    path = store(tmp_path / "q.db")
    publish(None, "甲", path)
    assert all(f.ok for f in check(path)), check(path)
    with write_tx(path) as db:
        for verb in ("update", "delete"):
            db.execute(f"DROP TRIGGER release_derived_no_{verb}")
        db.execute(change)
    assert [f.name for f in check(path) if not f.ok] == ["第 1 号发布（2024Q4）"]


def test_the_way_down_and_up(tmp_path):
    path = store(tmp_path / "q.db")
    with reader(path) as db:
        down = records_behind(db, "2024Q4", "U1", "A1")
        assert down[["ref", "due", "counts", "sheet", "row", "batch"]].to_numpy().tolist() == [
            ["1", "2024-10-31", True, "任务", 2, 3], ["2", "2024-11-30", True, "任务", 3, 3], ["3", "2024-12-31", False, "任务", 4, 3],
        ]  # fmt: skip
        assert down["file"].nunique() == 1 and (down["denominator"] == 1).all()
        assert feeds(db, "task", "U1", "3") == [("A1", "2024Q4")] and feeds(db, "task", "U2", "2") == []
        assert records_behind(db, "2024Q4", "U1", "A3").empty and records_behind(db, "某期", "U1", "A1").empty
        with pytest.raises(StoreError, match="B9"):
            records_behind(db, "2024Q4", "U1", "B9")
        with pytest.raises(StoreError, match="台账"):
            feeds(db, "tasks", "U1", "1")
        figures = derived_values(db, "2024Q4", parse_framework(FRAMEWORK))
    assert figures.columns.tolist() == ["unit", "indicator", "numerator", "denominator", "value"] and len(figures) == 2


def test_down_and_up_agree(tmp_path):
    """Every record behind a figure says that it feeds it, and no other record does."""
    path = store(tmp_path / "q.db")
    bring(path, intake(values=[("U1", "A3", "2025Q1", 1)]))
    with reader(path) as db:
        for period in ("2024Q4", "2025Q1"):
            for unit in ("U1", "U2", "U3"):
                behind = set(records_behind(db, period, unit, "A1")["ref"])
                refs = TASKS.loc[TASKS["unit"] == unit, "ref"]
                assert behind == {ref for ref in refs if ("A1", period) in feeds(db, "task", unit, ref)}
        assert feeds(db, "task", "U2", "2") == [("A1", "2025Q1")]


def test_a_project_has_three_stages_whatever_its_tasks_are():
    """甲 ends in 2024Q4: 事前 done in time by one of its two tasks, 事中 too late, 事后 lacking: 1 of 3. 乙 ends later."""
    db, task = memory_store(), dict(unit="U1", category="绩效管理", sheet="s", row=1, owner="", evidence="")
    project = [
        ("1", "甲", "事前", "2024-09-30", None), ("2", "甲", "事前", "2024-09-30", "2024-09-01"),
        ("3", "甲", "事中", "2024-12-31", "2025-01-01"), ("4", "乙", "事前", "2024-12-31", "2024-12-01"), ("5", "乙", "事后", "2025-03-31", None),
    ]  # fmt: skip
    keys = ("ref", "title", "stage", "due", "done")
    records = [task | dict(zip(keys, p, strict=True)) for p in project]
    write(db, 1, {name: [] for name in LEDGERS} | {"revoked": False, "task": records})
    code = CODES["task:whole_process"]
    found = derive(db, ["2024Q3", "2024Q4"], ALL_VIEWS).set_index(["period", "indicator"])
    assert found.loc[("2024Q4", code), ["numerator", "denominator"]].tolist() == [1, 3]
    assert found.at[("2024Q3", code), "denominator"] == 0, "a project belongs where its last task is due"
    behind = records_behind(db, "2024Q4", "U1", code, ALL_VIEWS).set_index("ref")
    assert behind["numerator"].to_dict() == {"1": 0, "2": 1, "3": 0} and behind["denominator"].to_dict() == {"1": 0, "2": 1, "3": 2}


def test_demo_records_make_a_demo_release(tmp_path):
    path = store(tmp_path / "q.db", ledgers={})
    publish(None, "甲", path)
    bring(path, intake(ledgers={"task": TASKS}, demo=True))
    publish(None, "甲", path)
    assert rows(path, "SELECT demo FROM release ORDER BY id") == [(0,), (1,)]


def test_what_cannot_be_written_is_refused(tmp_path):
    path = store(tmp_path / "q.db")
    with pytest.raises(BatchError, match="U9"):
        bring(path, intake(ledgers={"task": tasks(("U9", "1", "2024-12-31", None))}))
    with pytest.raises(BatchError, match="两次"):
        bring(path, intake(ledgers={"task": tasks(*[("U1", "1", "2024-12-31", None)] * 2)}))
    with pytest.raises(StoreError):
        bring(path, intake(ledgers={"task": tasks(("U1", "1", "2024-02-30", None))}))
    assert rows(path, "SELECT count(*) FROM task") == [(5,)]
    with pytest.raises(StoreError, match="append-only"), write_tx(path) as db:
        db.execute("UPDATE task SET done = NULL")


def test_an_unknown_view_is_refused_with_the_nearest():
    wrong = FRAMEWORK.replace("task:deployment", "task:deploymnet")
    with pytest.raises(FrameworkError, match=r"A1.*ledger:task:deployment"):
        indicator_views(parse_framework(wrong))
    assert indicator_views(parse_framework(FRAMEWORK.replace("task:deployment", "task"))).keys() == {"A2"}


def test_a_framework_with_an_unknown_view_is_not_imported(tmp_path):
    migrate(tmp_path / "q.db")
    with pytest.raises(FrameworkError, match="A1"):
        bring(tmp_path / "q.db", intake(framework_csv=FRAMEWORK.replace(":deployment", ":x"), policy_toml=""))


def test_the_policy_knows_two_preferences():
    assert parse_policy("").prefer == "reported" and parse_policy(DERIVED).prefer == "derived"
    with pytest.raises(PolicyError, match=r"ledgers\.prefer"):
        parse_policy('[ledgers]\nprefer = "both"\n')


@pytest.mark.parametrize(
    "reported, value, expected",
    [(66.7, 200 / 3, False), (66.6, 200 / 3, True), (67, 200 / 3, True), (66.67, 200 / 3, False), (66.66, 200 / 3, True),
     (50, 50.05, False), (50, 50.06, True), (np.nan, 1, False), (1, np.nan, False)],
)  # fmt: skip
def test_a_difference_beyond_rounding(reported, value, expected):
    assert differs(pd.Series([reported]), pd.Series([value])).tolist() == [expected]


def test_the_tables_hold_the_ledgers_fields():
    db = memory_store()
    assert tuple(LEDGERS) == (*LEDGER_TABLES, *EXEMPLAR_TABLES)
    for name, ledger in LEDGERS.items():
        for table in (name, f"live_{name}", f"current_{name}"):
            assert {row[1] for row in db.execute(f"PRAGMA table_info({table})")} == {*ledger.columns, "batch"}


def test_the_current_records_are_the_last_that_live_batches_state():
    db, risk = memory_store(), dict(unit="U1", title="甲", post="岗", sheet="s", row=1)
    empty = {name: [] for name in LEDGERS} | {"revoked": False}
    first = [risk | dict(ref="1", likelihood=3, in_force=True), risk | dict(ref="2", in_force=False), risk | dict(unit="U2", ref="1")]
    write(db, 1, empty | {"risk": first})
    write(db, 2, empty | {"risk": [risk | dict(ref="1", likelihood=5, in_force=None)]})
    write(db, 3, empty | {"risk": [risk | dict(ref="2", likelihood=1)], "revoked": True})
    found = current_records(db, "risk", "U1").set_index("ref")
    assert found["likelihood"].fillna(0).to_dict() == {"1": 5, "2": 0} and found["batch"].to_dict() == {"1": 2, "2": 1}
    assert found["in_force"].to_dict() == {"1": None, "2": False} and found["since"].isna().all()
    assert current_records(db, "risk")["unit"].tolist() == ["U1", "U1", "U2"]
    with pytest.raises(StoreError, match=r"riks.*risk"):
        current_records(db, "riks")


def test_every_ledger_indicator_of_the_default_framework_has_a_view():
    from store.frameworks.files import DATA, read_framework

    framework = read_framework(DATA / "framework.csv")
    views = indicator_views(framework)
    assert {n.code for n in framework.indicators if n.source.startswith("ledger")} == set(views)
    assert len({v.key for v in views.values()}) == len(views) == len(VIEWS)
    assert {(n.unit == "%") == (views[n.code].factor == 100) for n in framework.indicators if n.code in views} == {True}


@pytest.mark.parametrize(
    "period, first, last",
    [("2024Q4", "2024-10-01", "2024-12-31"), ("2024H1", "2024-01-01", "2024-06-30"), ("2024", "2024-01-01", "2024-12-31"),
     ("2024M02", "2024-02-01", "2024-02-29")],
)  # fmt: skip
def test_the_days_of_a_period(period, first, last):
    assert period_days(period) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("text", ["", "某期", "2024Q5", "2024M13", "2024H0", "0000"])
def test_a_text_that_is_no_period_has_no_days(text):
    assert period_days(text) is None
