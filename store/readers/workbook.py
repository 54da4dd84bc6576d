"""Files to sheets: workbooks through openpyxl, delimited text through pandas. The first bytes say what a file is."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from .cells import Formula, Percent, is_blank
from .guards import guard
from .sheets import MOST_CELLS, Sheet, Unreadable, rectangle

MOST_ROWS = 1_048_576  # of a sheet, by the format
_PIECE = 65_536  # bytes
_TELL_ROWS = 5000  # a large workbook takes a minute: so often somebody is told how far it is
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FILLED = re.compile(rb"[^\0 \t\r\n]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_bytes(path: Path) -> bytes:
    """The file as it lies on the disk. Raises Unreadable when it is not there or may not be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable("文件不存在；请检查路径和文件名") from None
    except IsADirectoryError:
        raise Unreadable("是文件夹，不是文件；请给出其中的文件") from None
    except OSError as error:
        raise Unreadable(f"打不开（{error.strerror or error}）；请检查权限，或先在 WPS、Excel 中关闭它") from None


def read_sheets(name: str, data: bytes, tell: Callable[[int], None] = lambda row: None) -> list[Sheet]:
    """Every visible sheet of a workbook, or the one table of a delimited text. Raises Unreadable with reason and remedy.

    `tell`: called now and then with the row of a workbook that was read.
    """
    guard(name, data)
    if not _FILLED.search(data):
        raise Unreadable("文件是空的；请确认选对了文件")
    if data.startswith(b"PK"):
        return _read_workbook(name, data, tell)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("文件设有打开密码；请在 WPS 或 Excel 中取消密码后另存")
        raise Unreadable("是旧格式 .xls（或 .et）；请在 WPS 或 Excel 中另存为 .xlsx")
    table = _read_text(data)
    if name.lower().endswith(".xlsx"):
        raise Unreadable("内容是文本，不是工作簿（后缀 .xlsx 与内容不符）；请把后缀改为 .csv，或用 WPS 或 Excel 打开后另存为 .xlsx")
    return [Sheet(name, "", table)]


def _read_workbook(name: str, data: bytes, tell: Callable[[int], None]) -> list[Sheet]:
    broken = Unreadable("不是完好的 .xlsx 工作簿；请用 WPS 或 Excel 打开，另存为 .xlsx 后再导入")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _sheet_parts(archive)
            if not parts:
                raise Unreadable("工作簿里没有可见的工作表；请取消隐藏，或选另一个文件")
            return list(_visible_sheets(name, data, {title: archive.read(part) for title, part in parts.items()}, tell))
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, NotImplementedError, RuntimeError):
        raise broken from None
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError):  # what openpyxl lets through
        raise broken from None


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Title → path in the archive, of the visible sheets."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).findall(".//{*}sheet")
    paths = {s.get("name"): targets[s.get(_RELATION)] for s in sheets if s.get("state", "visible") == "visible"}
    return {
        title: path.lstrip("/") if path.startswith("/") else str(PurePosixPath("xl") / path)
        for title, path in paths.items()
        if "chartsheet" not in path
    }


def _visible_sheets(name: str, data: bytes, parts: dict[str, bytes], tell: Callable[[int], None]) -> Iterator[Sheet]:
    results, formulas = _open(data, results=True), None
    for title, xml in parts.items():
        rows = {}
        for number, row in _rows(results[title]):
            rows[number] = [_raw(cell) for cell in row]
            if number % _TELL_ROWS == _TELL_ROWS - 1:
                tell(number + 1)
        if _FORMULA.search(xml):
            formulas = formulas or _open(data, results=False)
            _mark_formulas(rows, formulas[title])
        sheet = Sheet(name, title, rectangle({n: row for n, row in rows.items() if not all(map(is_blank, row))}))
        _fill_merges(sheet, xml)
        yield sheet


def _open(data: bytes, results: bool):
    from openpyxl import load_workbook  # a quarter of a second that only workbooks need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of extensions that it drops, none of which hold values
        return load_workbook(io.BytesIO(data), read_only=True, data_only=results)


def _rows(worksheet) -> Iterator[tuple[int, tuple]]:
    """Rows that hold anything, counted from 0, without their empty tail. The stated dimensions are not trusted."""
    worksheet.reset_dimensions()
    for number, row in enumerate(worksheet.rows):
        if number >= MOST_ROWS:
            raise Unreadable(f"行号超过 {MOST_ROWS}，不是正常的工作表；请用 WPS 或 Excel 打开检查后另存")
        last = next((i for i in range(len(row), 0, -1) if row[i - 1].value is not None), 0)
        if last:
            yield number, row[:last]


def _raw(cell) -> object:
    value = cell.value
    if type(value) is float or type(value) is int:
        percent, digits = _shown_as(cell.number_format or "")
        if percent:
            return Percent(value)
        if digits > 1 and type(value) is int:
            return f"{value:0{digits}d}"  # a code such as 007, shown by the format 000
    return value


@lru_cache(maxsize=1000)
def _shown_as(number_format: str) -> tuple[bool, int]:
    """Whether the format scales to per cent (a quoted % is only a letter), and its digits if it is nothing but zeros."""
    bare = re.sub(r'"[^"]*"|\\.', "", number_format)
    return "%" in bare, len(bare) if set(bare) == {"0"} else 0


def _mark_formulas(rows: dict[int, list], worksheet) -> None:
    """Put a `Formula` where the file has a formula and no result."""
    for number, row in _rows(worksheet):
        for column, cell in enumerate(row):
            if cell.data_type != "f":
                continue
            mine = rows.setdefault(number, [])
            mine.extend([None] * (column + 1 - len(mine)))
            if mine[column] is None:
                mine[column] = Formula(str(cell.value))


def _fill_merges(sheet: Sheet, xml: bytes) -> None:
    """Repeat the first cell down each vertical merge (a 片组 over its units); merges across columns are titles and stay."""
    height, width = sheet.cells.shape
    for left, top, right, bottom in _MERGE.findall(xml):
        column = _column(left)
        if left != right or column >= width:
            continue
        for row in range(int(top), min(int(bottom), height)):
            sheet.cells[row, column] = sheet.cells[int(top) - 1, column]
            sheet.merged.add((row, column))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _read_text(data: bytes):
    plain = _as_utf8(data)
    head = plain[:100_000].decode("utf-8-sig", errors="ignore")  # the last character may be cut
    if re.match(r"\s*<(!doctype|html|table|\?xml)", head, re.IGNORECASE):
        raise Unreadable("是网页格式的“假表格”；请用 WPS 或 Excel 打开，另存为 .xlsx 后再导入")
    if b"\0" in plain:
        raise Unreadable("既不是工作簿，也不是文本表格；请另存为 .xlsx 或 CSV 后再导入")
    delimiter = delimiter_of(head.splitlines()[:50])
    width = _most_in_a_line(plain, delimiter) + 1
    if width * (plain.count(b"\n") + 1) > MOST_CELLS:
        raise Unreadable(f"最宽的一行有 {width} 列，超出可读的大小；请检查是否选对了文件")
    try:
        table = pd.read_csv(
            io.BytesIO(plain), sep=delimiter, header=None, names=range(width), index_col=False, dtype=object,
            na_filter=False, skip_blank_lines=False,
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error):
        raise Unreadable("引号不成对，表格读不下去；请用 WPS 或 Excel 打开检查后另存") from None
    return table.to_numpy(dtype=object)


def _most_in_a_line(data: bytes, delimiter: str) -> int:
    """The largest number of delimiters in a line."""
    others = bytes(set(range(256)) - {ord("\n"), ord(delimiter)})
    marks = np.frombuffer(data.translate(None, others), np.uint8)
    ends = np.flatnonzero(marks == ord("\n"))
    return int(np.diff(ends, prepend=-1, append=len(marks)).max()) - 1


def _as_utf8(data: bytes) -> bytes:
    """The bytes of a text in UTF-8; those that are so already are not copied, a byte order mark stays."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # what Excel calls Unicode text
    if not marked and _is_utf8(data):
        return data
    with suppress(UnicodeDecodeError):
        return data.decode("utf-16" if marked else "gb18030").encode()
    raise Unreadable("不是 UTF-8 或 GB18030 编码的文本；请另存为 CSV UTF-8 或 .xlsx 后再导入")


def _is_utf8(data: bytes) -> bool:
    """Whether all of it is; piece by piece, so that the text need not be held as well."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(data[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(lines: list[str]) -> str:
    """Comma, semicolon or tab: the one that cuts most of the lines into equally many fields."""

    def fit(delimiter: str) -> int:
        counts = [len(fields) for fields in csv.reader(lines, delimiter=delimiter) if any(f.strip() for f in fields)]
        return max((counts.count(n) * (n - 1) for n in set(counts)), default=0)

    return max((",", ";", "\t"), key=fit)
