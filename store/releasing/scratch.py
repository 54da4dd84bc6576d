"""Room for what a measurement draws: in memory where it fits, else in files beside the store that are gone afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from ..connection import store_path
from ..errors import ReleaseError

if TYPE_CHECKING:
    from scoring.uncertainty import Room

_BYTES = 12  # a unit and draw: an index and a rank
_IN_MEMORY = 1_000_000_000  # bytes
_SPARE = 1_000_000_000  # bytes of the disk that are left to others


@contextmanager
def room_for(drawn: int, path: Path | None = None) -> Iterator[Room]:
    """A `Room` for so many units × draws of a store's release. Raises ReleaseError where the disk cannot hold them."""
    if drawn * _BYTES <= _IN_MEMORY:
        yield np.empty
        return
    beside = (path or store_path()).parent
    if (free := shutil.disk_usage(beside).free - _SPARE) < drawn * _BYTES:
        needed = f"测算要在 {beside} 暂存 {drawn * _BYTES / 1e9:.0f} GB，可用的只有 {max(free, 0) / 1e9:.0f} GB"
        raise ReleaseError(f"{needed}；请用 --draws 减少抽样次数，或腾出空间")
    with TemporaryDirectory(prefix="draws", dir=beside, ignore_cleanup_errors=True) as folder:
        names = count()
        yield lambda shape, kind: np.memmap(Path(folder) / str(next(names)), kind, "w+", shape=shape)
