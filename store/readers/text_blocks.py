"""Delimited text too large to be held: its shape, and its rows some at a time, cell for cell as `workbook.read_sheets` gives them."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from .sheets import Unreadable
from .workbook import delimiter_of

_HEAD = 100_000  # bytes in which the delimiter is looked for


class Shape(NamedTuple):
    """How a text is cut into cells; `rows` counts its lines, of which a quoted cell may hold several."""

    encoding: str
    delimiter: str
    width: int
    rows: int


def shape_of(path: Path) -> Shape:
    """Encoding, delimiter, columns and rows, in one pass over the file. Raises Unreadable: another encoding."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        encoding = "utf-8-sig" if _is(path, "utf-8") else "gb18030"
        if encoding == "gb18030" and not _is(path, encoding):
            raise Unreadable("不是 UTF-8 或 GB18030 编码的文本；请另存为 CSV UTF-8 后再试")
        delimiter = delimiter_of(head.decode(encoding, errors="ignore").splitlines()[:50])
        file.seek(0)
        mark, width, rows = delimiter.encode(), 0, 0
        for rows, line in enumerate(file, 1):  # noqa: B007  counted here, used below
            width = max(width, line.count(mark) + 1)
    return Shape(encoding, delimiter, width, rows)


def text_blocks(path: Path, shape: Shape, size: int) -> Iterator[np.ndarray]:
    """Cells as texts (n_rows, n_columns), `size` rows at a time. Raises Unreadable."""
    try:
        with pd.read_csv(
            path, sep=shape.delimiter, header=None, names=range(shape.width), index_col=False, dtype=object, na_filter=False,
            skip_blank_lines=False, encoding=shape.encoding, chunksize=size,
        ) as chunks:  # fmt: skip
            for chunk in chunks:
                yield chunk.to_numpy(dtype=object)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error):
        raise Unreadable("引号不成对，表格读不下去；请用 WPS 或 Excel 打开检查后另存") from None


def _is(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                if b"\0" in piece:  # of a text in no encoding that is read here
                    return False
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
