"""Columns of ledgers as wholes: many cells looked at together come to what each would come to alone, whatever the file's size and order."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.connection import write_tx
from store.errors import ImportRefused
from store.importing.intake import Known, read_intakes
from store.ledgers import record_frame
from store.ledgers.writing import write_ledger
from store.readers import ledger_columns, persons
from store.readers.cells import BadCell, clean_text
from store.readers.ledger_columns import clean_texts
from store.readers.persons import refuse_persons
from tests.store.office import UNITS, text
from tests.store.support import make_store, rows

BLANKS = "甲a0  |\t\u2003\u2028\u3000\u200b\n#N/A"
IDENTITY = "11010519491231002X"  # the example of GB 11643
PIECES = ["会", "1", "0", "3812345678", "13812345678", "138-1234-5678", " ", "-", IDENTITY, "110105491231002", "责任人", "：张三", ":", "2024", "９"]


def objects(cells):
    array = np.empty(len(cells), object)
    array[:] = cells
    return array


def alone(cell):
    try:
        return clean_text(cell)
    except BadCell as why:
        return str(why)


@given(st.lists(st.one_of(st.text(BLANKS, max_size=4), st.sampled_from(["#N/A", None, 7, 1.5, "同一格"])), max_size=12))
def test_texts_together_are_texts_alone(cells):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ledger_columns, "_BLOCK", 3)
        values, refused = clean_texts(objects(cells))
    why = {r.place: r.why for r in refused}
    assert [why.get(i, value) for i, value in enumerate(values)] == [alone(cell) for cell in cells]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), max_size=9))
def test_persons_found_together_are_persons_found_alone(texts):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(persons, "_BLOCK", 2)
        found = refuse_persons(objects(texts))
    alone = [persons._person(unicodedata.normalize("NFKC", t)) for t in texts]
    assert found == [(i, why) for i, why in enumerate(alone) if why]


HEAD = "单位,编号,名称,类别,完成期限\n"


@given(st.lists(st.lists(st.tuples(st.sampled_from(sorted(UNITS)), st.sampled_from("123")), min_size=1, max_size=6), min_size=1, max_size=3))
def test_a_record_given_twice_is_told_with_the_first(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("x")
    seen, expected, paths = {}, [], []
    for number, records in enumerate(files):
        lines = "".join(f"{unit},{ref},甲,绩效管理,2024-3-{number + 1}\n" for unit, ref in records)
        paths.append(text(folder / f"{number}.csv", HEAD + lines))
        for row, key in enumerate(records, 2):
            first = seen.setdefault(key, f"{number}.csv 第 {row} 行")
            if first != f"{number}.csv 第 {row} 行":
                expected.append((f"{number}.csv", f"B{row}", first))
    try:
        read_intakes(paths, Known(UNITS))
        found = []
    except ImportRefused as refusal:
        found = [(e.file, e.cell, e.why.removeprefix("与 ").split("是同一单位")[0]) for e in refusal.errors]
    assert found == expected


def test_rows_of_any_number_and_order_are_written_whole(tmp_path):
    store = make_store(tmp_path / "q.db")
    rng = np.random.default_rng(1)
    for batch, count in enumerate((1, 49, 50, 51, 1000, 1051), 1):
        refs = rng.permutation(count) if batch % 2 else np.arange(count)
        records = [
            {"unit": f"U{1 + n % 3}", "ref": f"{batch}-{n:05d}", "title": f"第{n}项", "kind": "其他", "date": "2024-03-05", "row": int(n) + 2}
            | ({"expected": float(n)} if n % 2 else {"expected": np.nan})
            for n in refs
        ]
        with write_tx(store) as db:
            write_ledger(db, 1, "activity", record_frame("activity", records))
        found = rows(store, 'SELECT unit, ref, title, expected, actual, sheet, "row" FROM activity WHERE ref LIKE ? ORDER BY ref', f"{batch}-%")
        assert found == [
            (f"U{1 + n % 3}", f"{batch}-{n:05d}", f"第{n}项", n if n % 2 else None, None, "", n + 2) for n in range(count)
        ]  # fmt: skip
