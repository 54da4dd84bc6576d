"""What an import would change: the state before with the changes made to it is the state after, whatever is brought."""

import re
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.connection import reader
from store.guidance import current_guidance
from store.importing import preview
from store.importing.batches import import_files, known
from store.importing.intake import read_intakes
from store.importing.preview import ADDED, CHANGED, REMOVED, UNCHANGED
from store.ledgers import record_frame
from store.ledgers.reading import current_records
from tests.store.support import ALL_POOL, FRAMEWORK, POLICY, bring, intake, make_store

GUIDANCE = "target,band,tier,path,text,step,unit,difficulty,source\nA1,,,,补办,1,%,2,文一\nB1,,,,核对,1,件,3,文二\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The small store with a ledger of two records; read it only."""
    path = make_store(tmp_path_factory.mktemp("before") / "q.db")
    tasks = [
        {"unit": "U1", "ref": "T1", "title": "甲", "category": "主体责任", "due": "2025-03-01"},
        {"unit": "U2", "ref": "T2", "title": "乙", "category": "重大部署", "due": "2025-03-01", "done": "2025-02-01"},
    ]
    bring(path, intake(ledgers={"task": record_frame("task", tasks)}))
    return path


@pytest.fixture
def path(made, tmp_path):
    shutil.copytree(made.parent, tmp_path / "s")
    return tmp_path / "s" / "q.db"


def facts(path) -> dict[str, dict]:
    """The whole state: kind → keys → facts."""
    with reader(path) as db:
        found = {
            kind: {row[: len(preview.KEYS[kind])]: row[len(preview.KEYS[kind]) :] for row in db.execute(sql)}
            for kind, sql in {
                "values": "SELECT period, unit, indicator, state, value FROM current_value",
                "adjustments": "SELECT period, unit, kind, document, points, reason FROM current_adjustment",
                "units": "SELECT code, name, area, sector, size FROM unit WHERE active",
            }.items()
        }
        tasks = current_records(db, "task").drop(columns=["batch", "file", "sheet", "row", "demo"])
    rows = tasks.astype(object).where(tasks.notna(), None).itertuples(index=False, name=None)
    return found | {"task": {row[:2]: row[2:] for row in rows}}


def made_to(before: dict[str, dict], changes: list[preview.Changes]) -> dict[str, dict]:
    after = {kind: dict(rows) for kind, rows in before.items()}
    for found in changes:
        for row in found.table.to_dict("records"):
            key = tuple(row[k] for k in found.keys)
            new, old = (tuple(row[p + f] if pd.notna(row[p + f]) else None for f in found.facts) for p in ("", "old_"))
            if found.kind == "values":
                new, old = ((preview.STATES.index(s) if s else None, v) for s, v in (new, old))
            assert (row["change"] == ADDED) == (key not in before[found.kind])
            assert row["change"] == ADDED or before[found.kind][key] == old
            assert (row["change"] == CHANGED) == (row["change"] != ADDED and old != new)
            after[found.kind][key] = new
    return after


UNIT, PERIOD = st.sampled_from(["U1", "U2", "U3"]), st.sampled_from(["2024Q4", "2025Q1", "2025Q2"])
VALUE = st.tuples(UNIT, st.sampled_from(["A1", "A2", "B1", "B2"]), PERIOD, st.sampled_from([80, 1, 45.5, "missing", "not_applicable", "pending"]))
KIND = st.sampled_from(["bonus", "penalty", "veto"])
ADJUSTMENT = st.tuples(UNIT, PERIOD, KIND, st.sampled_from([1, 2]), st.sampled_from(["文1", "文2"]))
NAME, SECTOR = st.sampled_from(["甲局", "癸局"]), st.sampled_from(["", "一组"])
UNITS = st.tuples(st.sampled_from(["U1", "U3", "U9"]), NAME, SECTOR, st.sampled_from([None, 10.0, 5.0]))
TASK = st.fixed_dictionaries(
    {"unit": UNIT, "ref": st.sampled_from(["T1", "T2"]), "title": st.sampled_from(["甲", "乙"]), "category": st.just("主体责任"),
     "due": st.just("2025-03-01"), "done": st.sampled_from([None, "2025-02-01"])},
)  # fmt: skip


@st.composite
def brought(draw):
    """One file of anything, no key twice."""
    units = draw(st.lists(UNITS, max_size=3, unique_by=lambda u: u[0]))
    return dict(
        units=pd.DataFrame(units, columns=["code", "name", "sector", "size"]).astype({"size": float}),
        values=draw(st.lists(VALUE, max_size=6, unique_by=lambda v: v[:3])),
        adjustments=draw(st.lists(ADJUSTMENT, max_size=3, unique_by=lambda a: (a[1], a[0], a[2], a[4]))),
        ledgers={"task": record_frame("task", draw(st.lists(TASK, max_size=3, unique_by=lambda t: (t["unit"], t["ref"]))))},
    )


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.lists(brought(), min_size=1, max_size=2))
def test_the_state_before_with_the_changes_is_the_state_after(made, tmp_path_factory, files):
    path = tmp_path_factory.mktemp("p") / "q.db"
    shutil.copy(made, path)
    intakes = [intake(**file) for file in files]
    with reader(path) as db:
        changes = preview.preview(intakes, db)
    before = facts(path)
    bring(path, *intakes)
    assert facts(path) == made_to(before, changes)


def of(path, *files) -> dict[str, preview.Changes]:
    with reader(path) as db:
        return {c.kind: c for c in preview.preview(read_intakes(files, known(db)), db)}


def test_a_cell_of_a_file_is_named_with_what_it_was(path, tmp_path):
    file = tmp_path / "v.csv"
    file.write_text("单位,考核期,A1,A2\n甲局,2025Q1,91.5,80\n乙局,2025Q2,,不适用\n", "utf-8")
    (values,) = of(path, file).values()
    table = values.table.set_index(["unit", "indicator"])
    assert list(table.loc[("U1", "A1"), ["change", "old_value", "value", "file", "cell"]]) == [CHANGED, 80.0, 91.5, "v.csv", "C2"]
    assert table.at[("U1", "A2"), "change"] == UNCHANGED and table.at[("U2", "A2"), "change"] == ADDED
    assert [values.count(c) for c in (ADDED, CHANGED, UNCHANGED)] == [1, 1, 1]


def test_a_framework_and_its_policy_are_compared_row_by_row(path, tmp_path):
    changed = FRAMEWORK.replace("A1,A,指标甲一,%,1,50", "A1,A,指标甲一,%,1,70").replace("B2,", "B3,")
    otherwise = re.sub("(?m)^(A2,A,.*?,.*?,1),50,", r"\1,50.0,", changed)  # another way to write the same number
    assert otherwise != changed
    (tmp_path / "f.csv").write_text(otherwise, "utf-8")
    (tmp_path / "p.toml").write_text(ALL_POOL, "utf-8")
    found = of(path, tmp_path / "f.csv", tmp_path / "p.toml")
    framework = found["framework"].table.set_index("code")
    assert dict(framework["change"][["A1", "A2", "B2", "B3"]]) == {"A1": CHANGED, "A2": UNCHANGED, "B2": REMOVED, "B3": ADDED}
    assert list(framework.loc["A1", ["old_weight", "weight"]]) == ["50", "70"]
    assert found["framework"].differing().loc[found["framework"].table["code"] == "A1"].iloc[0].to_dict()["weight"]
    policy = found["policy"].table.set_index("key")
    assert list(policy.loc["bounds.pool", ["change", "value"]]) == [CHANGED, "all"] and POLICY in ALL_POOL
    assert set(policy["change"].drop("bounds.pool")) == {UNCHANGED}  # a rule that is written out as it was by default is no change


def test_guidance_comes_whole(path, tmp_path):
    (tmp_path / "g.csv").write_text(GUIDANCE, "utf-8")
    assert of(path, tmp_path / "g.csv")["guidance"].table["change"].tolist() == [ADDED, ADDED]
    import_files([tmp_path / "g.csv"], "测试", path)
    (tmp_path / "g.csv").write_text(GUIDANCE.replace("补办,1", "补办,2").replace("核对", "查对"), "utf-8")
    table = of(path, tmp_path / "g.csv")["guidance"].table.set_index("text")
    assert table["change"].to_dict() == {"补办": CHANGED, "查对": ADDED, "核对": REMOVED}
    with reader(path) as db:
        assert set(current_guidance(db)["text"]) == {"补办", "核对"}


def test_a_reader_of_the_state_sees_every_import_and_revocation(path):
    with reader(path) as db:
        before = preview.state(db)
    bring(path, intake(values=[("U1", "A1", "2024Q4", 1)]))
    with reader(path) as db:
        assert preview.state(db) != before
