"""A unit is found by its code, a part of its name, its initials, its pinyin; names with Latin letters, digits and rare characters."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from store.connection import migrate, reader, write_tx
from store.importing.batches import revoke
from store.releasing.finding import find_units
from store.releasing.releases import publish
from store.spelling import SYLLABLES, expressions, folded, words_of
from tests.store.support import FRAMEWORK, POLICY, bring, intake, whole

NAMES = {
    "A01": "市委办公室", "A02": "市财政局", "A03": "长沙银行（总行）", "A04": "重庆路街道", "B1": "ABC有限公司第2分公司", "B2": "𠮷林市档案馆",
    "b3": "西安路小学", "C9": "县政府", "X": "Österreich GmbH", "Y": "市财政局机关党支部",
}  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("finding") / "q.db"
    migrate(path)
    units = pd.DataFrame([(c, n, "组", None) for c, n in NAMES.items()], columns=["code", "name", "sector", "size"]).astype({"size": float})
    cells = whole("2025Q1", *((c, 50 + k, 50, 1, 20) for k, c in enumerate(NAMES)))
    bring(path, intake(framework_csv=FRAMEWORK, policy_toml=POLICY), intake(units, cells))
    publish(None, "甲", path)
    return path


def found(path, text: str, **given) -> list[str]:
    """Codes of the units that a text finds."""
    with reader(path) as db:
        return find_units(db, 1, text, **given)["unit"].tolist()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A0", ["A01", "A02", "A03", "A04"]), ("a01", ["A01"]), ("B3", []), ("b3", ["b3"]),
        ("财政", ["A02", "Y"]), ("市财政局", ["A02", "Y"]), ("局", ["A02", "Y"]), ("办公室", ["A01"]), ("公办", []),
        ("swbgs", ["A01"]), ("wbg", ["A01"]), ("csyh", ["A03"]), ("cqljd", ["A04"]), ("zqljd", []),
        ("shiweibangongshi", ["A01"]), ("bangong", ["A01"]), ("shiweib", ["A01"]), ("ShiWei BanGongShi", ["A01"]), ("hiwei", []),
        ("yinhang", ["A03"]), ("chongqing", ["A04"]), ("xianlu", ["b3"]), ("xianzheng", ["C9"]), ("zhenga", []),
        ("abc", ["B1"]), ("第2", ["B1"]), ("第２", ["B1"]), ("c有限", ["B1"]), ("𠮷", ["B2"]), ("𠮷林", ["B2"]), ("österreich gmbh", ["X"]),
        ("（总行）", ["A03"]), ("(总", ["A03"]), ("", []), ("  ", []), ('"', []), ("*", []), ("财政 局", ["A02", "Y"]), ("没有的", []),
    ],
)  # fmt: skip
def test_what_a_text_finds(path, text, codes):
    assert found(path, text) == codes


def test_of_many_the_nearest_are_shown(path):
    with reader(path) as db:
        table = find_units(db, 1, "市", limit=3)
        assert list(table.columns) == ["unit", "name", "area", "sector", "rank", "tier"]
        assert table["unit"].tolist() == ["A02", "A01", "Y"], "names that begin with it, the shorter first; then the others"
        assert table["rank"].tolist() == [9.0, 10.0, 1.0] and find_units(db, 7, "市").empty


def test_a_new_name_is_found_and_the_old_one_no_more(path, tmp_path):
    copy = tmp_path / "q.db"
    copy.write_bytes(path.read_bytes())
    renamed = pd.DataFrame([("A01", "市委政策研究室", "组", None)], columns=["code", "name", "sector", "size"]).astype({"size": float})
    (batch,) = bring(copy, intake(renamed))
    assert (found(copy, "zcyjs"), found(copy, "swbgs")) == (["A01"], [])
    revoke(batch, "甲", "试", copy)
    assert (found(copy, "zcyjs"), found(copy, "swbgs")) == ([], ["A01"])
    with write_tx(copy) as db:
        assert db.execute("SELECT count(*) FROM unit_name").fetchone() == (len(NAMES),)


def test_the_syllables_are_those_of_the_dictionary():
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    toned = {reading for readings in PINYIN_DICT.values() for reading in readings.split(",")}
    plain = {to_normal(reading).replace("ü", "v") for reading in toned}
    assert {s for s in plain if s.isascii()} - {"n", "m", "ng", "hm", "hng"} == SYLLABLES


@pytest.fixture(scope="module")
def words():
    """A search table without a store."""
    db = Database(memory=True)
    db.execute("CREATE VIRTUAL TABLE words USING fts5 (name, initials, pinyin, content = '', columnsize = 0, tokenize = 'ascii')")
    return db


letters = st.text(st.sampled_from("甲乙市局长行重𠮷﨑ａA b1２（-·\"*é\u0301\u3000　") | st.characters(codec="utf-8"), max_size=6)


@given(name=letters, data=st.data())
def test_every_part_of_a_name_finds_it_and_what_is_no_part_does_not(words, name, data):
    """Whatever characters a name is made of, against Python's own `in`."""
    text = folded(name)
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))] if data.draw(st.booleans()) else folded(data.draw(letters))
    words.execute("INSERT INTO words (words) VALUES ('delete-all')")
    words.execute("INSERT INTO words (rowid, name, initials, pinyin) VALUES (1, ?, ?, ?)", words_of(name))
    asked = next(expressions(part), None)
    hit = asked is not None and words.execute("SELECT rowid FROM words WHERE words MATCH ?", [asked]).fetchone() is not None
    assert hit == (part != "" and part in text)
