"""Typed cells: they are read as a file's cells are, written as one batch, and never over what somebody else has written meanwhile."""

import pandas as pd
import pytest

from scoring.framework import Node
from store.connection import reader
from store.errors import ImportRefused, StoreMoved
from store.importing import entry
from store.importing.batches import revoke
from store.importing.entry import Draft, Fact
from store.importing.kept import kept_file
from store.readers.cells import BadCell
from tests.store.support import bring, intake, make_store, rows

PERCENT, PLAIN = Node("P", "X", "率", "%"), Node("N", "X", "数")
NOW = "SELECT state, value, batch FROM current_value WHERE period = ? AND unit = ? AND indicator = ?"


@pytest.fixture
def store(tmp_path):
    return make_store(tmp_path / "q.db")


def draft(store, cell, text, period="2025Q1") -> dict:
    return {cell: Draft(text, entry.facts_now(period, store).get(cell, Fact()))}


@pytest.mark.parametrize(
    ("period", "after"),
    [("2024Q4", "2025Q1"), ("2024Q1", "2024Q2"), ("2024", "2025"), ("2024H1", "2024H2"), ("2024H2", "2025H1"), ("2024M09", "2024M10"),
     ("2024M12", "2025M01"), ("试点", None)],
)  # fmt: skip
def test_the_period_that_comes_next(period, after):
    assert entry.following(period) == after


@pytest.mark.parametrize(
    ("text", "node", "fact"),
    [("91.5", PERCENT, ("value", 91.5)), ("９１%", PERCENT, ("value", 91.0)), ("1,000", PLAIN, ("value", 1000.0)),
     ("—", PLAIN, ("not_applicable", None)), ("不适用", PLAIN, ("not_applicable", None)),
     ("待报", PLAIN, ("pending", None)), ("缺报", PLAIN, ("missing", None)), ("  ", PLAIN, ("", None))],
)  # fmt: skip
def test_a_text_is_read_as_a_files_cell(text, node, fact):
    assert entry.read(text, node)[:2] == fact


@pytest.mark.parametrize(("text", "node"), [("101", PERCENT), ("九十", PLAIN), ("=1+1", PLAIN), ("5%", PLAIN)])
def test_what_no_file_may_hold_cannot_be_typed(text, node):
    with pytest.raises(BadCell):
        entry.read(text, node)


def test_it_is_one_batch_with_its_content_kept_and_can_be_revoked(store):
    typed = draft(store, ("U1", "A1"), "91.5") | draft(store, ("U3", "B2"), "待报") | draft(store, ("U2", "B1"), "—")
    typed |= draft(store, ("U2", "B2"), "1,000")
    number = entry.write("2025Q1", typed, "录入", store)
    assert rows(store, NOW, "2025Q1", "U1", "A1") == [(0, 91.5, number)]
    assert rows(store, NOW, "2025Q1", "U3", "B2") == [(3, None, number)] and rows(store, NOW, "2025Q1", "U2", "B1") == [(2, None, number)]
    with reader(store) as db:
        lines = kept_file(db, number).decode().splitlines()
    assert lines[1] == "U1,A1,2025Q1,91.5,原批次 2" and len(lines) == 5
    assert rows(store, NOW, "2025Q1", "U2", "B2") == [(0, 1000.0, number)]
    assert rows(store, "SELECT by, kind, rows FROM batch WHERE id = ?", number) == [("录入", "values", 4)]
    revoke(number, "录入", "试", store)
    assert rows(store, NOW, "2025Q1", "U1", "A1") == [(0, 80.0, 2)]


def test_a_value_can_be_typed_again_after_another_took_its_place(store):
    cell = ("U1", "A1")
    for text in ("91.5", "80", "91.5"):
        number = entry.write("2025Q1", draft(store, cell, text), "录入", store)
    assert rows(store, NOW, "2025Q1", "U1", "A1") == [(0, 91.5, number)] and number == 5


def test_what_another_wrote_meanwhile_is_not_written_over(store):
    typed = draft(store, ("U1", "A1"), "91.5") | draft(store, ("U2", "A1"), "61")
    bring(store, intake(values=[("U1", "A1", "2025Q1", 85)]))
    count = rows(store, "SELECT count(*) FROM batch")
    with pytest.raises(StoreMoved, match="U1 的 A1"):
        entry.write("2025Q1", typed, "录入", store)
    assert rows(store, "SELECT count(*) FROM batch") == count
    bring(store, intake(values=[("U2", "A1", "2025Q1", 60)]))  # another batch says the same: nothing was changed under the typing person
    assert entry.write("2025Q1", {("U2", "A1"): typed["U2", "A1"]}, "录入", store) == 5


def test_what_is_refused_names_the_cell_and_writes_nothing(store):
    with pytest.raises(ImportRefused) as refused:
        odd = draft(store, ("U1", "B2"), '7,"\n=8')  # one cell, whatever is typed into it
        entry.write("2025Q1", draft(store, ("U1", "A1"), "九十") | odd | draft(store, ("U9", "A1"), "7"), "录入", store)
    assert {e.cell for e in refused.value.errors} == {"D2", "D3", "A4"} and rows(store, "SELECT count(*) FROM batch") == [(2,)]


def test_periods_begin_with_the_next_one(store):
    with reader(store) as db:
        assert entry.entry_periods(db) == ["2025Q2", "2025Q1", "2024Q4"]
    sheet = entry.sheet("2025Q2", store, unit="U1")
    assert sheet.before == "2025Q1" and not sheet.held and sheet.earlier["U1", "A1"] == Fact("value", 80.0, 2, "测试")
    assert list(entry.sheet("2025Q1", store, indicator="B2").held) == [("U1", "B2"), ("U2", "B2"), ("U3", "B2")]


def test_who_lacks_what():
    """Of six cells two have facts that are enough, one is filled by a ledger; a ledger that is not scored fills nothing."""
    units = pd.DataFrame({"name": ["甲", "乙", "丙"], "sector": ""}, index=["U1", "U2", "U3"])
    held = {("U1", "P"): Fact("value", 1.0, 1), ("U1", "N"): Fact("not_applicable", None, 1), ("U2", "P"): Fact("pending", None, 1),
            ("U2", "N"): Fact("missing", None, 1)}  # fmt: skip
    ledgers = {("U3", "P"): (5.0, True), ("U3", "N"): (5.0, False)}
    table = entry.lacking(entry.Sheet("2025Q1", None, units, {"P": PERCENT, "N": PLAIN}, held, {}, ledgers))
    assert table.to_numpy().tolist() == [["U2", "P", "pending"], ["U2", "N", "missing"], ["U3", "N", ""]]
