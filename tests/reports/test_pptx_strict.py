"""Decks against what PowerPoint asks of a file before it opens one without a word of repair: the published schema and the package's rules."""

import io
import posixpath
import re
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from briefs import meetings
from briefs.unit import portrait_of
from reports.files import made
from reports.pptx_deck import deck
from tests.briefs.cities import city
from tests.reports.papers import bare, full
from ui import viewer

SCHEMAS = Path(__file__).parents[1] / "oracles" / "ooxml" / "transitional.zip"  # ISO/IEC 29500-4, as its README says
_OOXML = "http://schemas.openxmlformats.org"
A, C = f"{{{_OOXML}/drawingml/2006/main}}", f"{{{_OOXML}/drawingml/2006/chart}}"
REL, R = f"{{{_OOXML}/package/2006/relationships}}", f"{{{_OOXML}/officeDocument/2006/relationships}}"
TYPES = f"{{{_OOXML}/package/2006/content-types}}"
EXTENSION = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"  # what older readers skip, by the standard
ROOMS = {"presentationml": "pml.xsd", "drawingml/2006/chart": "dml-chart.xsd", "drawingml/2006/main": "dml-main.xsd"}


@pytest.fixture(scope="module")
def decks(tmp_path_factory) -> dict[str, zipfile.ZipFile]:
    """A deck with every kind of block, one with nothing, and those of a small city: a quarter, a unit, one without a score, a first period."""
    store = city(tmp_path_factory.mktemp("strict") / "quality.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALITY_STORE", str(store))
        view = viewer.latest()
        found = {"full": deck(full()), "bare": deck(bare()), "quarter": deck(meetings.quarterly(view))}
        found |= {unit: made("pptx", *portrait_of(view, unit, "pptx")) for unit in ("U1", "U3")}
        found["first"] = deck(meetings.quarterly(view.at("2024Q4")))
    return {name: zipfile.ZipFile(io.BytesIO(data)) for name, data in found.items()}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory) -> dict[str, etree.XMLSchema]:
    """The schema of each room of the standard that a deck's parts come from."""
    folder = tmp_path_factory.mktemp("xsd")
    zipfile.ZipFile(SCHEMAS).extractall(folder)
    return {room: etree.XMLSchema(etree.parse(str(folder / file))) for room, file in ROOMS.items()}


def parts(book: zipfile.ZipFile) -> dict[str, etree._Element]:
    return {name: etree.fromstring(book.read(name)) for name in book.namelist() if name.endswith((".xml", ".rels"))}


def every_part(decks):
    return [(f"{deck} {name}", book, name, root) for deck, book in decks.items() for name, root in parts(book).items()]


def plain(root: etree._Element) -> etree._Element:
    """The same without what older readers skip."""
    for extension in root.findall(f".//{EXTENSION}"):
        extension.getparent().remove(extension)
    return root


def test_every_part_keeps_to_the_schema(decks, schemas):
    checked, wrong = Counter(), []
    for where, _, _, root in every_part(decks):
        room = next((room for room in ROOMS if room in etree.QName(root).namespace), None)
        if room is None:
            continue
        checked[room] += 1
        if not schemas[room].validate(plain(root)):
            wrong += [f"{where}: {error.message}" for error in schemas[room].error_log]
    assert not wrong and all(checked[room] for room in ROOMS)


def test_the_schema_would_notice(schemas, decks):
    root = next(plain(root) for _, _, _, root in every_part(decks) if root.find(f".//{C}legend") is not None)
    schema, plot = schemas["drawingml/2006/chart"], root.find(f".//{C}plotArea")
    assert schema.validate(root)
    plot.addprevious(root.find(f".//{C}legend"))
    assert not schema.validate(root), "a key before the plot is what PowerPoint mends"


def charts(book: zipfile.ZipFile) -> list[str]:
    return [name.rsplit("/", 1)[1] for name in book.namelist() if re.fullmatch(r"ppt/charts/chart[^/]*\.xml", name)]


def test_every_part_has_one_type(decks):
    for book in decks.values():
        root, names = etree.fromstring(book.read("[Content_Types].xml")), book.namelist()
        assert len(names) == len({name.lower() for name in names})
        ends = [one.get("Extension").lower() for one in root.iter(f"{TYPES}Default")]
        stated = [one.get("PartName") for one in root.iter(f"{TYPES}Override")]
        assert len(ends) == len(set(ends)) and len(stated) == len({name.lower() for name in stated})
        assert {name.removeprefix("/") for name in stated} <= set(names)
        untyped = [n for n in names if f"/{n}" not in stated and n.rsplit(".", 1)[-1].lower() not in ends and n != "[Content_Types].xml"]
        assert not untyped


def relations(book: zipfile.ZipFile, name: str) -> list[etree._Element]:
    folder, file = posixpath.split(name)
    path = posixpath.join(folder, "_rels", f"{file}.rels")
    return list(etree.fromstring(book.read(path)).iter(f"{REL}Relationship")) if path in book.namelist() else []


def test_every_reference_leads_somewhere(decks):
    led = 0
    for where, book, name, root in every_part(decks):
        known = {one.get("Id"): one for one in relations(book, name)}
        assert len(known) == len(relations(book, name)), where
        used = [value for element in root.iter() for key, value in element.attrib.items() if key.startswith(R)]
        assert set(used) <= set(known), where
        for one in known.values():
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), one.get("Target"))).lstrip("/")
                assert target in book.namelist(), f"{where}: {target}"
                led += 1
    assert led


def test_no_run_is_empty_and_no_shape_shares_its_number(decks):
    for where, _, name, root in every_part(decks):
        assert all(text.text for text in root.iter(f"{A}t")), where
        if re.match(r"ppt/(slides|slideLayouts|slideMasters|notesSlides)/", name) and name.endswith(".xml"):
            numbers = [one.get("id") for one in root.iter() if etree.QName(one).localname == "cNvPr"]
            assert numbers and len(numbers) == len(set(numbers)), where


def test_axes_cross_each_other(decks):
    seen = 0
    for where, _, name, root in every_part(decks):
        if not re.fullmatch(r"ppt/charts/chart[^/]*\.xml", name):
            continue
        axes = [axis for axis in root.find(f".//{C}plotArea") if axis.find(f"{C}crossAx") is not None]
        numbers = {axis.find(f"{C}axId").get("val"): axis.find(f"{C}crossAx").get("val") for axis in axes}
        assert len(numbers) == len(axes) == 2 and all(numbers[other] == one for one, other in numbers.items()), where
        plotted = {one.get("val") for one in root.iter(f"{C}axId")}
        assert plotted == set(numbers), where
        seen += 1
    assert seen


def test_every_chart_can_be_edited_over_its_own_workbook(decks):
    for book in decks.values():
        for chart in charts(book):
            root = etree.fromstring(book.read(f"ppt/charts/{chart}"))
            outside = root.find(f"{C}externalData")
            target = next(one.get("Target") for one in relations(book, f"ppt/charts/{chart}") if one.get("Id") == outside.get(f"{R}id"))
            sheets = openpyxl.load_workbook(io.BytesIO(book.read(posixpath.normpath(f"ppt/charts/{target}"))))
            for formula in root.iter(f"{C}f"):
                sheet, cells = formula.text.rsplit("!", 1)
                held = sheets[sheet.strip("'")][cells.replace("$", "")]
                rows = [cell for row in (held if isinstance(held, tuple) else ((held,),)) for cell in (row if isinstance(row, tuple) else (row,))]
                count = formula.getnext().find(f"{C}ptCount")
                assert count is not None and int(count.get("val")) == len(rows), f"{chart}: {formula.text}"
