"""What is taken out of the store by a page: each file leaves a row in the journal when it is made, and a draft's says so in its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from store.keeping.journal import record_export
from ui import preview, viewer
from ui.user import require


def recorded(make: Callable[[], bytes], file: str, of: dict[str, object] | None = None) -> Callable[[], bytes]:
    """`make`, and a row in the journal: who took which file out, of which release (`of`, else that in view). Raises NotAllowed.

    What a download button calls runs outside the visit: who and what are settled here, when the button is drawn.
    """
    return partial(_made, make, require("export").name, viewer.store(), file, of or _shown())


def named(name: str) -> str:
    """The name of a file that holds what is looked at: a draft's says that it is one."""
    return f"草稿 {name}" if preview.shown() else name


def _made(make: Callable[[], bytes], by: str, path: Path, file: str, shown: dict) -> bytes:
    content = make()
    record_export(by, file, path, **shown)
    return content


def _shown() -> dict[str, object]:
    """The release in view; nothing where none is."""
    try:
        view = viewer.current()
    except viewer.NothingServed:
        return {}
    return {"release": view.release, "period": view.period}
