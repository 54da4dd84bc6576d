"""What is refused before it is read: each with its reason and remedy, on whichever way it comes; and what only looks odd is taken."""

import io
import zipfile

import pytest
from click.testing import CliRunner

from manage import cli
from store.readers import guards
from store.readers.guards import clean_name, guard
from store.readers.sheets import Unreadable
from tests.store.office import read, refused, workbook
from tests.store.support import make_store

ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> bytes:
    return workbook(tmp_path_factory.mktemp("good") / "x.xlsx", {"数据": [["单位", "考核期", "A1"], ["U1", "2024Q4", 95]]}).read_bytes()


def packed(good: bytes, **parts: bytes) -> bytes:
    """The workbook with other parts, by name with __ for / and _ for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def changed(good: bytes, part: str, content: bytes) -> bytes:
    """The workbook with one part's declaration replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, content + data.partition(b"?>")[2] if name == part and b"?>" in data else content + data if name == part else data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"xl__vbaProject_bin": b"x"}, "宏"), ({"xl__macrosheets__sheet1_xml": b"<a/>"}, "宏"),
        ({"xl__externalLinks__externalLink1_xml": b"<a/>"}, "断开链接"), ({"xl__connections_xml": b"<a/>"}, "数据源"),
        ({"xl__embeddings__oleObject1_bin": b"x"}, "嵌有"), ({"xl__activeX__activeX1_xml": b"<a/>"}, "控件"),
        ({"xl__media__inner_zip": b"PK"}, "压缩包"), ({"xl__media__x_exe": b"MZ"}, "程序"),
        ({"xl__media__zeros_bin": b"\0" * 20_000_000}, "压缩炸弹"), ({"custom_xml": ENTITY + b"<x>&b;</x>"}, "DTD"),
        ({"custom_xml": ("\ufeff" + '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>').encode("utf-16-le")}, "DTD"),
        ({"custom_xml": b"<!--" + b"x" * 200_000 + b"-->" + ENTITY.partition(b"?>")[2] + b"<x/>"}, "DTD"),
    ],
)  # fmt: skip
def test_a_workbook_that_carries_more_than_tables(good, parts, why):
    with pytest.raises(Unreadable, match=f"{why}.*(?:请|保存)"):
        guard("x.xlsx", packed(good, **parts))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"])
def test_no_part_declares_entities(good, part):
    with pytest.raises(Unreadable, match="DTD"):
        guard("x.xlsx", changed(good, part, ENTITY))


def test_a_part_that_lies_about_its_size_is_no_way_in(good, tmp_path):
    """The directory says one byte, a gigabyte may come: no more than what it says is read."""
    data = bytearray(packed(good, xl__worksheets__sheet1_xml=b"<a>" + b"\0" * 2_000_000))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    data[at + 24 : at + 28] = (1).to_bytes(4, "little")
    (tmp_path / "x.xlsx").write_bytes(bytes(data))
    assert refused(tmp_path / "x.xlsx")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("x.xlsx", b"\xff\xd8\xff\xe0" + b"\0" * 50, "JPEG.*不符"), ("x.csv", b"\x89PNG\r\n", "PNG"), ("x.xlsx", b"%PDF-1.7", "PDF"),
        ("x.csv", b"Rar!\x1a", "解压"), ("x.xlsx", b"7z\xbc\xaf\x27", "解压"), ("x.csv", b"\x1f\x8b\x08", "解压"), ("x.exe", b"MZ\0\0", "程序"),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else(name, data, why):
    with pytest.raises(Unreadable, match=why):
        guard(name, data)


def test_the_ending_must_fit(good):
    with pytest.raises(Unreadable, match="后缀改为"):
        guard("x.csv", good)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("word/document.xml", "<a/>")
    with pytest.raises(Unreadable, match="Word"):
        guard("x.xlsx", buffer.getvalue())


def test_a_file_that_is_too_large_or_has_too_many_parts(good, monkeypatch):
    monkeypatch.setattr(guards, "MOST_PARTS", 3)
    with pytest.raises(Unreadable, match="部件"):
        guard("x.xlsx", good)
    monkeypatch.setattr(guards, "MOST_BYTES", 100)
    with pytest.raises(Unreadable, match="分成几个文件"):
        guard("x.xlsx", good)


def test_what_only_looks_odd_is_taken(good, tmp_path):
    links = b'<Relationships><Relationship Id="r9" Type="x/hyperlink" TargetMode="External" Target="http://x"/></Relationships>'
    path = tmp_path / "x.xlsx"
    path.write_bytes(packed(good, xl__worksheets___rels__sheet1_xml_rels=links, xl__media__image1_png=b"\x89PNG"))
    assert len(read(path).observations) == 1
    guard("BM.csv", "BM,单位\n".encode())
    guard("MZ.csv", b"MZ,1\n")


def test_the_command_line_and_the_watch_are_guarded_too(good, tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(make_store(tmp_path / "q.db")))
    file = tmp_path / "x.xlsx"
    file.write_bytes(packed(good, xl__vbaProject_bin=b"x"))
    done = CliRunner().invoke(cli, ["import", str(file)])
    assert done.exit_code == 1 and "宏" in done.output


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x.xlsx", "x.xlsx"), ("a\\b\\台账.xlsx", "台账.xlsx"), ("a\0b.csv", "ab.csv"), ("报表\u202exslx.csv", "报表xslx.csv"),
        ("..", "未命名"), ('a<b>:"|?*.csv', "a_b______.csv"), ("", "未命名"),
    ],
)  # fmt: skip
def test_names_are_shown_clean(name, shown):
    assert clean_name(name) == shown


def test_a_long_name_keeps_its_ending():
    assert clean_name("长" * 300 + ".xlsx").endswith("长.xlsx") and len(clean_name("长" * 300 + ".xlsx")) == 100
