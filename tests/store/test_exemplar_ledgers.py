"""Exemplars and what was learned from them, as offices list them: units and fields by name or code, every bad cell named, corrected, undone."""

import pandas as pd
import pytest

from store.connection import reader
from store.errors import ImportRefused
from store.importing.batches import import_files, revoke
from store.ledgers.reading import current_records
from tests.store.office import text
from tests.store.support import make_store

EXEMPLAR = "单位代码,编号,名称,示范领域,事迹,命名日期,终止日期,命名文号\n"
LEARNING = "单位,编号,名称,培树点单位,培树点名称,借鉴日期,成效\n"


@pytest.fixture
def store(tmp_path):
    return make_store(tmp_path / "quality.db")


def bring(store, name: str, content: str) -> int:
    return import_files([text(store.parent / name, content)], "测试", store)[0][0]


def held(store, ledger: str) -> list[dict]:
    with reader(store) as db:
        return current_records(db, ledger).to_dict("records")


def refused(store, content: str) -> list[tuple[str, str, str]]:
    """(cell, value, nearest) of every refused cell; nothing is written."""
    with pytest.raises(ImportRefused) as refusal:
        bring(store, "x.csv", content)
    assert held(store, "exemplar") == held(store, "learning") == []
    return [(e.cell, e.value, e.nearest) for e in refusal.value.errors]


def test_fields_and_units_by_name_or_code(store):
    bring(store, "e.csv", EXEMPLAR + "U1,1,清风岗,维度甲,日清月结,2024年3月5日,,文〔2024〕1号\nU2,2,快办点,b1,一次办结,20240401,2025-03-31,文2\n")
    bring(store, "l.csv", LEARNING + "丙局,1,日清月结制度,甲局,清风岗,2025/2/1,提高\nU3,2,一次办结,U2,,2025-3-1,\n")
    first, second = held(store, "exemplar")
    assert (first["unit"], first["node"], first["since"], first["document"]) == ("U1", "A", "2024-03-05", "文〔2024〕1号")
    assert pd.isna(first["until"])
    assert (second["node"], second["since"], second["until"]) == ("B1", "2024-04-01", "2025-03-31")
    assert [(r["unit"], r["exemplar"], r["exemplar_title"], r["date"]) for r in held(store, "learning")] == [
        ("U3", "U1", "清风岗", "2025-02-01"),
        ("U3", "U2", "", "2025-03-01"),
    ]


def test_every_bad_cell_of_a_list_of_exemplars(store):
    """No document, no exemplar: people name it."""
    content = EXEMPLAR + (
        "U1,1,清风岗,维度申,日清月结,2024-3-5,,文1\n"
        "U9,2,清风岗,A,日清月结,2024-3-5,,文2\n"
        "U2,3,清风岗,A,,2024-2-30,,文3\n"
        "U2,4,清风岗,A,日清月结,2024-3-5,2024-3-4,\n"
        "U2,5,,,日清月结,,,文5\n"
    )
    assert refused(store, content) == [
        ("D2", "维度申", ""), ("A3", "U9", "U1"), ("E4", "", ""), ("F4", "2024-2-30", ""), ("G5", "2024-3-4", ""), ("H5", "", ""),
        ("C6", "", ""), ("D6", "", ""), ("F6", "", ""),
    ]  # fmt: skip


def test_every_bad_cell_of_a_list_of_lessons(store):
    content = LEARNING + "U1,1,日清月结,丁局,,2025-3-1,\nU1,2,日清月结,,,2025-3-1,\nU1,3,,U2,,三月,\n"
    assert [(cell, value) for cell, value, _ in refused(store, content)] == [("D2", "丁局"), ("D3", ""), ("C4", ""), ("F4", "三月")]


def test_a_person_is_refused(store):
    cells = refused(store, EXEMPLAR.replace("事迹", "事迹,联系人") + "U1,1,清风岗,A,日清月结,张三,2024-3-5,,文1\n")
    assert cells and cells[0][0].startswith("F")


def test_a_correction_takes_its_place_and_an_undone_batch_gives_it_back(store):
    bring(store, "a.csv", EXEMPLAR + "U1,1,清风岗,A,日清月结,2024-3-5,,文1\n")
    again = bring(store, "b.csv", EXEMPLAR + "U1,1,清风岗,A,日清月结,2024-3-5,2025-3-4,文1\n")
    assert [r["until"] for r in held(store, "exemplar")] == ["2025-03-04"]
    revoke(again, "测试", "有误", store)
    assert [r["until"] for r in held(store, "exemplar")] == [None]
