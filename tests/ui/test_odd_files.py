"""No file that a page gives out carries what a name smuggled in: a formula, a field that fetches, a part from elsewhere."""

import csv
import io
import re
import zipfile
from functools import partial
from pathlib import PurePath

import docx
import openpyxl
import pptx
import pytest

from tests.ui.odd_city import HARM, UNITS, make_odd
from tests.ui.support import html_parts, opened
from ui import exports

LINKS = {  # pages that give files out; of documents one of each kind, which are slow to make
    "overview": {}, "unit": {"unit": "U1"}, "movement": {}, "tasks": {}, "indicator": {"node": "A1"}, "robustness": {}, "audit": {},
    "trace": {"unit": "U1", "node": "A1"}, "batches": {"batch": "2"}, "entry": {"tab": "who", "for": "2025Q2"}, "framework": {},
    "releases": {"tab": "all", "n": "2"}, "appeals": {}, "journal": {},
}  # fmt: skip
SLOW = (".docx", ".pptx")
FORMULA = re.compile(r"^\s*[=+@＝＋＠]|^\s*[-－](?![\d.])|^[\t\r]")
FETCHES = re.compile(rb"w:(?:instrText|fldSimple)[^>]*>?[^<]*DDE|TargetMode=\"External\"|<f>|<f |attachedTemplate|vbaProject|oleObject")


@pytest.fixture(scope="module")
def odd_city(tmp_path_factory):
    return make_odd(tmp_path_factory.mktemp("odd") / "quality.db")


def look(file: str, content: bytes) -> set[str]:
    """Opens a file as its program would; what is wrong with it."""
    kind = PurePath(file).suffix
    if kind == ".csv":
        cells = {cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row}
        return {cell for cell in cells if FORMULA.match(cell)}
    if kind in (".html", ".svg", ".json"):
        return {HARM} & {found.decode() for found in re.findall(re.escape(HARM.encode()), content)}
    if kind not in (".xlsx", ".docx", ".pptx", ".zip"):
        return set()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names, held = parts.namelist(), {name: parts.read(name) for name in parts.namelist()}
    if kind == ".zip":
        return {fault for name in names for fault in look(name, held[name])} | {name for name in names if ".." in name or name.startswith("/")}
    {".xlsx": partial(openpyxl.load_workbook, read_only=True), ".docx": docx.Document, ".pptx": pptx.Presentation}[kind](io.BytesIO(content))
    inner = {fault for name in names if name.endswith(".xlsx") for fault in look(name, held[name])}  # figures' own workbooks
    return inner | {f"{name}: {found.decode()}" for name in names for found in FETCHES.findall(held[name])}


def test_no_file_of_any_page_carries_a_formula_or_a_field_that_fetches(odd_city, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(odd_city))
    taken, kinds, smuggled, ran = {}, set(), {}, []
    monkeypatch.setattr(exports, "recorded", lambda make, file, of=None: taken.setdefault(file, make))
    for page, query in LINKS.items():
        app = opened(page, **query)
        ran += [page] * any("zx-broken" in part or "<img src=x" in part or "<script>harmed" in part for part in html_parts(app))
    for file, make in taken.items():
        kind = PurePath(file).suffix
        if kind in SLOW and kind in kinds:
            continue
        kinds.add(kind)
        if faults := look(file, make() if callable(make) else make):
            smuggled[file] = faults
    assert ran == [] and smuggled == {}
    assert {".csv", ".xlsx", *SLOW} <= kinds and len(taken) > 15


def test_the_looks_find_what_they_look_for():
    assert look("a.csv", UNITS["U1"].encode()) and look("a.csv", b"'-1,-0.5,3") == set() and look("a.csv", b"-x")
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(held := io.BytesIO())
    assert look("a.xlsx", held.getvalue())
