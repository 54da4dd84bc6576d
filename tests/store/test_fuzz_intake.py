"""Whatever is dropped, it is taken or refused by a named error, and never by halves. INTAKE_FUZZ: seconds to go on for (default: a few cases)."""

import csv
import io
import os
import shutil
import time
from collections import Counter

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

from scoring.errors import ScoringError
from store.connection import reader
from store.errors import StoreError
from store.frameworks.files import DATA
from store.importing import bringing
from store.importing.commented import commented
from store.keeping import checks
from store.ledgers import LEDGERS
from tests.store.support import FRAMEWORK, POLICY, make_store

SECONDS = float(os.environ.get("INTAKE_FUZZ", 0))
TABLES = ("unit_record", "observation", "adjustment", "framework", "guidance", "batch_file", *LEDGERS)
HEADS = {
    "数据": ["单位", "考核期", "A1", "A2", "B1", "B2"],
    "长表": ["单位", "指标", "考核期", "值", "状态"],
    "单位": ["编码", "单位名称", "片组", "人数"],
    "加减分": ["单位", "考核期", "类型", "分值", "事由", "文号"],
    "分类指导": ["对象", "得分区间", "梯队", "建议", "步长", "计量", "难度", "依据"],
    "指标体系": FRAMEWORK.splitlines()[0].split(","),
    **{ledger.title: ["单位", "编号", *(f.title for f in ledger.fields)] for ledger in LEDGERS.values()},
}
# What fits under a head; what is not here is a text.
FITTING = {
    "单位": ["甲局", "乙局", "U3"], "考核期": ["2025Q1", "2025年二季度", "2024Q4"], "指标": ["A1", "指标甲二", "B2"], "值": [1, "3.5", 50],
    "状态": ["", "有值"], "A1": [95, "95%", "不适用", ""], "A2": [80.5, 0], "B1": [1, "待报"], "B2": ["45", 3], "类型": ["加分", "减分"],
    "分值": [1, "2"], "文号": ["文1", "文9"], "对象": ["A1", "B1", "B2"], "得分区间": ["", "0-60"], "梯队": [""], "步长": [1], "计量": ["项"],
    "难度": [1, "3"], "编号": ["T1", "T2", "T3"], "培树点单位": ["甲局"], "示范领域": ["A"],
}  # fmt: skip
UNITS = [("U1", "甲局", "一组", 10), ("U8", "辛局", "", "20"), ("U9", "壬局", "二组", ""), ("U3", "丙局", "一组", 7.5)]
OF_KINDS = {"date": ["2025-03-01", "2025/6/2", ""], "whole": [1, "2", ""], "number": [90.5, ""], "yes_no": ["是"], "unit": ["甲局"], "node": ["A"]}
for _ledger in LEDGERS.values():
    for _f in _ledger.fields:
        pool = [w for w in (_f.words or OF_KINDS.get(_f.kind, ["甲", "乙"])) if w != "" or not _f.required]
        FITTING.setdefault(_f.title, pool)
WORDS = [
    "", "丁局", "2025.2.30", "A", "X", "缺报", "1,2", "12,345.6", "九十", "#REF!", "=1+1", "合计", "注：", "一票否决", "领跑型", "-1", "1e999", "nan",
    "inf", "２０", "①", "2025.3", "\u202e甲局", "\ufeff甲局", "甲 局", "a\0b", "'", '"', "\n", "goalposts", "min_max", "演示数据", "2023Q4 与 2024Q4",
    "😀😀", "x" * 300,
]  # fmt: skip
CELL = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(WORDS), st.floats(), st.integers(-5, 10**12), st.booleans(), st.none(), st.datetimes(),
    st.text(max_size=8),
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5", "latin-1")
DONE = Counter()


@st.composite
def sheets(draw):
    """Sheets by name: heads of ours over rows that fit them; in half of them a head or some cells do not."""
    found = {}
    for name in draw(st.lists(st.sampled_from(list(HEADS)), min_size=1, max_size=3)):
        head = list(HEADS[name])
        fitting = st.tuples(*(st.sampled_from(FITTING.get(title, ["甲", "乙"])) for title in head))
        fitting = st.sampled_from(UNITS) if name == "单位" else fitting
        body = [list(row) for row in draw(st.lists(fitting, min_size=1, max_size=4, unique_by=lambda row: row[:3]))]
        if name == "指标体系":
            head, *body = map(list, csv.reader(io.StringIO(FRAMEWORK)))
        lines = [head, *body]
        for _ in range(draw(st.sampled_from([0, 0, 0, 0, 1, 3]))):
            line = lines[draw(st.integers(0, len(lines) - 1))]
            line[draw(st.integers(0, len(line) - 1))] = draw(CELL)
        if draw(st.integers(0, 9)) == 9:
            lines[-1] = lines[-1][: draw(st.integers(0, len(lines[-1])))]
        found[draw(st.sampled_from([name, "x", f"{name}2025Q1"])) + str(len(found))] = lines
    return found


def workbook(tables) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in tables.items():
        sheet = book.create_sheet(name)
        for r, line in enumerate(lines, 1):
            for c, cell in enumerate(line, 1):
                try:
                    sheet.cell(r, c, cell)
                except (ValueError, TypeError, IllegalCharacterError):  # what no workbook can hold
                    sheet.cell(r, c, "?")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def delimited(tables, delimiter: str, encoding: str) -> bytes:
    buffer = io.StringIO()
    for lines in list(tables.values())[:1]:
        csv.writer(buffer, delimiter=delimiter).writerows(lines)
    return buffer.getvalue().encode(encoding, errors="ignore")


@st.composite
def files(draw):
    """A file's name and bytes: a workbook, a delimited text or a policy, whole, cut short, or with some bytes changed."""
    kind = draw(st.sampled_from(["xlsx"] * 4 + ["csv"] * 4 + ["toml", "junk"]))
    if kind == "xlsx":
        content = workbook(draw(sheets()))
    elif kind == "csv":
        content = delimited(draw(sheets()), draw(st.sampled_from(",;\t")), draw(st.sampled_from(ENCODINGS)))
    elif kind == "toml":
        content = draw(st.sampled_from([POLICY, '[tiers]\nmethod = "share"\n', '[words]\nunit = ""\n', "x = 1", "[a"])).encode()
    else:
        content = draw(st.sampled_from([b"PK\x03\x04", b"", "单位,A1\n".encode("utf-16")])) + draw(st.binary(max_size=300))
    harm = draw(st.sampled_from(["none"] * 8 + ["cut", "change"]))
    data = bytearray(content)
    places = draw(st.lists(st.integers(0, 2**20), min_size=1, max_size=6)) if harm != "none" else []  # a workbook's size has its clock in it
    if harm == "cut":
        data = data[: places[0] % (len(data) + 1)]
    elif data:
        for place in places:
            data[place % len(data)] = draw(st.integers(0, 255))
    ending = draw(st.sampled_from(["xlsx", "csv"])) if kind == "junk" else kind
    return f"{draw(st.sampled_from(['报表', '2025Q1', '../x', '台账']))}.{ending}", bytes(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("fuzz") / "q.db")


def tallies(path, where: str = "") -> dict[str, int]:
    """Rows by table."""
    with reader(path) as db:
        tables = TABLES if where else ("batch", "audit", *TABLES)
        return {table: db.execute(f"SELECT count(*) FROM {table} {where}").fetchone()[0] for table in tables}


def drop(path, given_files, mapping) -> str:
    """Look, mark what is refused, write; what came of it."""
    before = tallies(path)
    try:
        seen = bringing.look(given_files, mapping, path)
        if seen.refused:
            for name, content in seen.files.items():
                commented(name, content, [e for e in seen.refused if e.file == name])
            assert all(e.why and e.file for e in seen.refused)
            return "refused"
        numbers = bringing.write(seen, "测试", path)
    except (StoreError, ScoringError) as error:
        assert str(error) and "拒绝了这次操作" not in str(error), f"refused by the tables only: {error}"
        assert tallies(path) == before
        return type(error).__name__
    for number, intake in zip(numbers, seen.intakes, strict=True):
        found = tallies(path, f"WHERE batch = {number}")
        wanted = {"unit_record": len(intake.units), "observation": len(intake.observations), "adjustment": len(intake.adjustments)}
        wanted |= {name: len(frame) for name, frame in intake.ledgers.items()} | {"batch_file": 1}
        assert {t: n for t, n in found.items() if n and t not in ("framework", "guidance")} == {t: n for t, n in wanted.items() if n}
    return "written"


MAPPINGS = sorted(file.name for file in (DATA / "mappings").glob("*.toml"))


@settings(max_examples=500 if SECONDS else 25, suppress_health_check=list(HealthCheck), database=None, deadline=None)
@given(st.lists(files(), min_size=1, max_size=2), st.sampled_from([None] * 20 + MAPPINGS))
def one_round(made, folder, given_files, mapping):
    path = folder / "q.db"
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(made, path)
    DONE[drop(path, given_files, mapping)] += 1
    if SECONDS and sum(DONE.values()) % 200 == 0:
        assert all(found.ok for found in checks.check(path))


def test_whatever_is_dropped(made, tmp_path):
    end = time.monotonic() + SECONDS
    one_round(made, tmp_path)
    while time.monotonic() < end:
        one_round(made, tmp_path)
    print(f"{sum(DONE.values())} cases: {dict(DONE)}")
    assert DONE["refused"] and DONE["written"]
