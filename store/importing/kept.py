"""The files that batches were read from, kept as they came, so that what they brought can be looked at and read again."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import PurePosixPath

from sqlite_utils import Database

from ..errors import BatchError, KeptFileError

LEVEL = 1  # of zlib: a table shrinks to a fifth, faster than its rows are written


@contextmanager
def keeping(db: Database, batch: int, content: bytes | None, sha256: str) -> Iterator[None]:
    """Keep a batch's file, inside the caller's transaction; it is packed while the block writes the rows.

    Raises ValueError when the content is not what the digest says: then nothing of the batch may be written.
    """
    if content is None:
        yield
        return
    with ThreadPoolExecutor(1) as packing:
        packed = packing.submit(_packed, content, sha256)
        yield
        db.execute("INSERT INTO batch_file (batch, content) VALUES (?, ?)", (batch, packed.result()))


def kept_size(db: Database, batch: int) -> int:
    """How many bytes a batch's file takes in the store, 0 where none was kept. Reads none of them."""
    row = db.execute("SELECT length(content) FROM batch_file WHERE batch = ?", [batch]).fetchone()
    return row[0] if row else 0


def kept_file(db: Database, batch: int) -> bytes | None:
    """The very file that a batch was read from, None where none was kept (earlier versions kept none).

    Raises BatchError: no such batch; KeptFileError: it is no longer the file that was brought.
    """
    row = db.execute(
        "SELECT file, sha256, content FROM batch LEFT JOIN batch_file ON batch = batch.id WHERE batch.id = ?", [batch]
    ).fetchone()
    if row is None:
        raise BatchError(f"没有批次 {batch}；现有批次见 python manage.py journal --verb import")
    file, sha256, packed = row
    if packed is None:
        return None
    try:
        content = zlib.decompress(packed)
    except zlib.error as error:
        raise KeptFileError(f"批次 {batch}（{file}）留存的文件解不开（{error}）；请换成备份") from error
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise KeptFileError(f"批次 {batch}（{file}）留存的文件被改动过：摘要是 {found[:12]}，导入时是 {sha256[:12]}；请换成备份")
    return content


def file_name(file: str, batch: int) -> str:
    """A name under which a batch's file may be written: no folders, nothing that a system forbids."""
    name = PurePosixPath(file.replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable() and c not in '<>:"|?*')
    return name if name.strip(". ") else f"batch{batch}"


def _packed(content: bytes, sha256: str) -> bytes:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError("the content is not what its digest says")
    return zlib.compress(content, LEVEL)
