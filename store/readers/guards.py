"""What is looked at before a file is read: its size, whether it is what its name says, and whether a workbook carries more than tables."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from pathlib import PurePosixPath
from xml.etree.ElementTree import ParseError

from .sheets import Unreadable

MOST_BYTES = 400_000_000  # of a file; what comes through a page is held to the server's own limit besides
MOST_UNPACKED = 400_000_000  # bytes of all parts of a workbook together
MOST_PARTS = 5_000
_BOMB_RATIO, _BOMB_LEAST = 250, 10_000_000  # spreadsheets pack to a hundredth at the very most, a bomb to a thousandth
_LONGEST_NAME = 100  # characters
_WORKBOOK, _TEXT = (".xlsx", ".xlsm", ".xltx", ".xls", ".et"), (".csv", ".tsv", ".txt", ".toml")
_RESAVE = "请用 WPS 或 Excel 打开，另存为 .xlsx 后再导入"
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

# First bytes → what a file is, of files that are often given another ending.
_SIGNATURES = {
    b"\xff\xd8\xff": "JPEG 图片", b"\x89PNG": "PNG 图片", b"GIF8": "GIF 图片", b"BM": "BMP 图片", b"%PDF": "PDF 文档",
    b"Rar!": "RAR 压缩包", b"7z\xbc\xaf": "7z 压缩包", b"\x1f\x8b": "gzip 压缩包", b"BZh": "bzip2 压缩包", b"\xfd7zXZ": "xz 压缩包",
    b"MZ": "程序", b"\x7fELF": "程序", b"SQLite format 3": "数据库",
}  # fmt: skip
_BINARY = ("BM", "MZ", "BZh")  # signatures that are letters: a table may begin so
# Parts of a workbook that hold more than tables → why it is refused.
_PARTS = {
    r"vbaProject|xl/(macrosheets|dialogsheets)/": "含有宏；请在 WPS 或 Excel 中另存为不带宏的 .xlsx（“Excel 工作簿”）",
    r"xl/externalLinks/|xl/(connections\.xml|queryTables/)": "链接着别的文件或数据源；请在“数据 → 编辑链接”中断开链接，或把公式粘贴为数值，再保存",
    r"/(embeddings|activeX)/|oleObject": "嵌有别的文件或控件；请删去嵌入的对象后保存",
    r"\.(zip|rar|7z|gz|tgz|jar|xls[xmb]?|exe|dll|js|vbs|bat)$": "里面还有压缩包、工作簿或程序；请只留表格后保存",
}


def clean_name(name: str) -> str:
    """A file's name as it is shown and kept: no folders, nothing that is not seen, not too long; its ending stays."""
    bare = _UNSEEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rpartition("/")[2]
    bare = re.sub(r'[<>:"|?*]', "_", bare).strip(" .")
    path = PurePosixPath(bare or "未命名")
    ending = path.suffix if len(path.suffix) <= 8 else ""
    return bare.removesuffix(ending)[: _LONGEST_NAME - len(ending)] + ending if bare else "未命名"


def guard(name: str, data: bytes) -> None:
    """Refuse what is too large, is not what its ending says, or carries more than tables. Raises Unreadable, with the remedy."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"文件有 {len(data) / 1e6:.0f} MB，超出可读的 {MOST_BYTES / 1e6:.0f} MB；请分成几个文件")
    ending = PurePosixPath(name).suffix.lower()
    for start, what in _SIGNATURES.items():
        if data.startswith(start) and (start.decode("latin-1") not in _BINARY or b"\0" in data[:4096]):
            remedy = "请先解压，再导入里面的表格" if "压缩包" in what else "请选对文件：能导入的是 .xlsx 工作簿和 CSV"
            raise Unreadable(f"内容是 {what}，不是表格{_whatever(ending)}；{remedy}")
    if data.startswith(b"PK"):
        if ending in _TEXT:
            raise Unreadable(f"内容是工作簿或压缩包，而后缀是 {ending}；请把后缀改为 .xlsx 后再导入")
        _guard_archive(data)


def _whatever(ending: str) -> str:
    return f"（后缀 {ending} 与内容不符）" if ending in (*_WORKBOOK, *_TEXT) else ""


def _guard_archive(data: bytes) -> None:
    """The directory of the archive says enough to refuse a bomb before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _guard_size(parts)
            _guard_parts([part.filename for part in parts])
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    _guard_xml(archive, part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return  # it is not whole: the reader says so


def _guard_size(parts: list[zipfile.ZipInfo]) -> None:
    size = sum(part.file_size for part in parts)
    if size > MOST_UNPACKED:
        raise Unreadable(f"工作簿解压后有 {size / 1e6:.0f} MB，超出可读的大小；请删去多余的内容，或分成几个文件")
    if len(parts) > MOST_PARTS:
        raise Unreadable(f"工作簿由 {len(parts)} 个部件组成，不是正常的工作簿；{_RESAVE}")
    for part in parts:
        if part.file_size > max(_BOMB_LEAST, _BOMB_RATIO * part.compress_size):
            raise Unreadable(f"工作簿的部件 {clean_name(part.filename)} 解压后是原来的 {part.file_size // max(part.compress_size, 1)} 倍，"
                             f"像是压缩炸弹；{_RESAVE}")  # fmt: skip


def _guard_parts(names: list[str]) -> None:
    if "xl/workbook.xml" not in names and "[Content_Types].xml" in names:
        raise Unreadable(f"是 Word、PowerPoint 或 .xlsb 文件，不是 .xlsx 工作簿；{_RESAVE}")
    if "[Content_Types].xml" not in names and not any(name.startswith("xl/") for name in names):
        raise Unreadable("是压缩包，不是工作簿；请先解压，再导入里面的表格")
    if encrypted := [name for name in names if "EncryptedPackage" in name]:
        raise Unreadable(f"文件设有密码（{encrypted[0]}）；请在 WPS 或 Excel 中取消密码后另存")
    for pattern, why in _PARTS.items():
        if any(re.search(pattern, name, re.IGNORECASE) for name in names):
            raise Unreadable(f"工作簿{why}")


def _guard_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part of a workbook declares types or entities of its own: they stand before its first element, and no further is read."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        with archive.open(part) as file:
            next(iter(iterparse(file, events=("start",), forbid_dtd=True)), None)
    except DefusedXmlException:
        raise Unreadable(f"工作簿的部件 {clean_name(part.filename)} 带有 DTD 或实体声明，正常的工作簿没有；{_RESAVE}") from None
    except ParseError:
        return  # the reader says so where it matters
