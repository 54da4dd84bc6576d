"""Office files are zips of parts; here a file is packed again so that the same contents are the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that the format can state: when the file was made is not what it says


def same_bytes(package: bytes, mend: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """The package with its parts dated alike; `mend`: what becomes of a part, by its name and bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as kept:
        for part in made.infolist():
            content = made.read(part)
            kept.writestr(zipfile.ZipInfo(part.filename, _FIRST_DAY), mend(part.filename, content) if mend else content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
