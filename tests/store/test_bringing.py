"""Looked at, then written: exactly what was seen, once, and not over a store that has changed meanwhile."""

import hashlib
from collections import Counter

import pytest

from store.connection import reader
from store.errors import BatchError, ImportRefused, MappingError, StoreMoved
from store.importing import bringing
from store.importing.batches import revoke
from store.importing.kept import kept_file
from store.ledgers import LEDGERS
from tests.store.office import workbook
from tests.store.support import FRAMEWORK, bring, intake, make_store, rows

GOOD = "单位,考核期,A1\n甲局,2025Q2,91\n".encode()
COUNT = "SELECT count(*) FROM batch"
WORDS = ["甲", "主体责任", "2025-03-01"]  # of a task, what every one has to say


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One store for all: every test writes files of its own."""
    return make_store(tmp_path_factory.mktemp("bring") / "q.db")


def test_what_was_seen_is_what_is_written_and_only_once(store):
    seen = bringing.look([("a.csv", GOOD), ("b.csv", GOOD.replace(b"A1", b"A2"))], path=store)
    assert [c.kind for c in seen.changes] == ["values"] and seen.changes[0].count("added") == 2
    numbers = bringing.write(seen, "甲", store)
    with reader(store) as db:
        assert hashlib.sha256(kept_file(db, numbers[0])).hexdigest() == hashlib.sha256(GOOD).hexdigest()
    assert rows(store, "SELECT by, file FROM batch WHERE id = ?", numbers[1]) == [("甲", "b.csv")]
    before = rows(store, COUNT)
    with pytest.raises(StoreMoved, match="新的预览"):
        bringing.write(seen, "甲", store)
    with pytest.raises(BatchError, match="已作为批次"):
        bringing.look([("c.csv", GOOD)], path=store)
    assert rows(store, COUNT) == before


def test_a_store_that_changed_meanwhile_is_looked_at_again(store):
    seen = bringing.look([("d.csv", GOOD.replace(b"91", b"92"))], path=store)
    (other,) = bring(store, intake(values=[("U2", "A1", "2025Q2", 7)]))
    with pytest.raises(StoreMoved):
        bringing.write(seen, "甲", store)
    seen = bringing.look(list(seen.files.items()), path=store)
    revoke(other, "乙", path=store)
    with pytest.raises(StoreMoved):
        bringing.write(seen, "甲", store)
    assert rows(store, "SELECT count(*) FROM batch WHERE file = 'd.csv'") == [(0,)]


def test_nothing_is_written_while_one_cell_of_one_file_is_refused(store):
    before = rows(store, COUNT)
    seen = bringing.look([("e.csv", GOOD.replace(b"91", b"93")), ("f.csv", GOOD.replace(b"91", "九".encode()))], path=store)
    assert [(e.file, e.cell) for e in seen.refused] == [("f.csv", "C2")]
    assert [(c.kind, c.table["file"].tolist()) for c in seen.changes] == [("values", ["e.csv"])]
    with pytest.raises(ImportRefused):
        bringing.write(seen, "甲", store)
    assert rows(store, COUNT) == before


def test_what_is_not_refused_is_compared_sheet_by_sheet(store, tmp_path):
    task = ["单位", "编号", *(f.title for f in LEDGERS["task"].fields if f.required)]
    sheets = {
        "一": [["单位", "考核期", "A1", "A2"], ["甲局", "2025Q1", 91, "九"], ["丁局", "2025Q1", 1, 2], ["乙局", "2025Q1", 60, 61]],
        "二": [["单位", "考核期", "A1"], ["甲局", "2025Q1", 92]],  # given a second time
        "单位": [["编码", "单位名称", "人数"], ["U8", "辛局", 5], ["U9", "壬局", -1], ["U6", "己局", 1], ["U5", "己局", 1]],
        "任务": [task, ["甲局", "T1", *WORDS], ["丁局", "T2", *WORDS]],
        "指导": [["对象", "建议", "计量", "难度", "依据"], ["A1", "补办", "次", 2, "文一"], ["A1", "核对", "次", 9, "文一"]],
    }
    seen = bringing.look([("y.xlsx", workbook(tmp_path / "y.xlsx", sheets).read_bytes())], path=store)
    assert Counter(e.sheet for e in seen.refused) == {"一": 2, "二": 1, "单位": 3, "任务": 1, "指导": 1}
    found = {c.kind: c.table for c in seen.changes}
    assert found["values"][["sheet", "cell", "old_value", "value"]].to_numpy().tolist() == [
        ["一", "C2", 80.0, 91.0], ["一", "C4", 60.0, 60.0], ["一", "D4", 60.0, 61.0]]  # fmt: skip
    assert found["units"]["code"].tolist() == ["U8"] and found["units"]["sheet"].tolist() == ["单位"]
    assert found["task"][["unit", "ref", "change"]].to_numpy().tolist() == [["U1", "T1", "added"]]
    assert found["guidance"]["text"].tolist() == ["补办"]


def test_refused_guidance_says_nothing_of_what_it_would_remove(store):
    text = "对象,建议,计量,难度,依据\nA1,补办,次,2,文一\nA2,核对,次,2,文一\n"
    bringing.write(bringing.look([("g1.csv", text.encode())], path=store), "甲", store)
    seen = bringing.look([("g2.csv", text.replace("核对,次,2", "核对,次,9").replace("补办,次,2", "补办,次,3").encode())], path=store)
    (found,) = seen.changes
    assert found.table[["text", "old_difficulty", "difficulty", "change"]].to_numpy().tolist() == [["补办", "2", "3", "changed"]]


def test_a_framework_that_is_refused_is_not_compared(store):
    text = FRAMEWORK.replace("A1,A,指标甲一,%,1,50", "A1,A,指标甲一,%,1,五十")
    seen = bringing.look([("h.csv", text.encode()), ("i.csv", GOOD.replace(b"91", b"97"))], path=store)
    assert seen.refused and [c.kind for c in seen.changes] == ["values"]
    policy = bringing.look([("p.toml", b"[tiers"), ("i.csv", GOOD.replace(b"91", b"97"))], path=store)
    assert policy.refused and [c.kind for c in policy.changes] == ["values"]


def test_a_mapping_is_chosen_by_name_and_only_from_the_list(store):
    titles = bringing.mappings()
    assert "任务" in titles["edian_tasks.toml"]
    lines = "被访单位,暗访事项,暗访时间,评分,发现问题个数\n甲局,窗口,2026-3-5,92.5,1\n"
    seen = bringing.look([("g.csv", lines.encode())], "inspection.toml", store)
    assert [c.kind for c in seen.changes] == ["inspection"] and seen.changes[0].table["cell"].tolist() == ["第 2 行"]
    with pytest.raises(MappingError):
        bringing.look([("g.csv", GOOD)], "../../policy.toml", store)


@pytest.mark.parametrize("name", ["../../x.csv", "..\\..\\x.csv", "C:\\a\\x.csv", "x\0.csv", "/etc/x.csv", "a" * 300 + "x.csv", "x\u202evsc.csv", ""])
def test_a_name_that_plays_tricks_is_shown_clean_and_harms_nothing(store, name, tmp_path):
    seen = bringing.look([(name, "单位,考核期,A1\n无此,2025Q2,1\n".encode())] * 2, path=store)
    assert len(seen.files) == 2
    for clean in seen.files:
        assert clean.isprintable() and "/" not in clean and "\\" not in clean and 0 < len(clean) <= 110
        assert name == "" or clean.endswith(".csv")
    assert {e.file for e in seen.refused} == set(seen.files)


def test_an_export_without_its_column_of_units_is_refused_by_its_header(store):
    seen = bringing.look([("h.csv", "暗访事项,暗访时间,评分,发现问题个数\n窗口,2026-3-5,92.5,1\n".encode())], "inspection.toml", store)
    assert [(e.value, e.cell) for e in seen.refused] == [("被访单位", "")]


def test_what_two_sheets_of_a_file_give_twice(store, tmp_path):
    units = [["编码", "单位名称"], ["U7", "庚局"]]
    given = [["单位", "考核期", "类型", "分值", "事由", "文号"], ["甲局", "2025Q1", "加分", 1, "甲", "文7"]]
    sheets = {"单位1": units, "单位2": units, "加减分1": given, "加减分2": given}
    seen = bringing.look([("x.xlsx", workbook(tmp_path / "x.xlsx", sheets).read_bytes())], path=store)
    assert [(e.sheet, e.cell) for e in seen.refused] == [("单位2", "B2"), ("加减分2", "F2")]
    assert "“单位1”第 2 行" in seen.refused[0].why and "“加减分1”第 2 行" in seen.refused[1].why
