"""The portraits of many units in one archive: what the command line writes and what a browser takes away."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING

from briefs import naming
from briefs.unit import portrait_of
from reports.files import made
from scoring.errors import ScoringError
from ui import guidance
from ui.wording import clean

if TYPE_CHECKING:
    import pandas as pd

    from ui.view import View

LACKING = "未写成的画像.txt"  # the archive's own word on what it lacks
_NOT_IN_A_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_NAMED = 5  # portraits that failed, told at once
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that the format can state: the same portraits are the same bytes
Progress = Callable[[int, int, str], None]


def write_portraits(file: IO[bytes], view: View, units: Sequence[str], ending: str, progress: Progress) -> dict[str, str]:
    """An archive of the portraits of these units, named by code and name, in this order; the same input, the same bytes.

    A portrait that fails is left out and named in the archive, and costs no other. `progress` (units done, of how many, whose turn
    it is) may end the work by raising.

    Returns:
        The units whose portraits failed, code → reason.
    """
    progress(0, len(units), "")
    actions, names, failed = _actions(view, units), naming.short(view), {}
    with zipfile.ZipFile(file, "w") as archive:  # stored: each file is a packed one already
        for done, unit in enumerate(units):
            progress(done, len(units), names[unit])
            try:
                document = made(ending, *portrait_of(view, unit, ending, actions), compact=True)
            except Exception as error:  # whatever is wrong with one must not cost the others
                logging.getLogger(__name__).exception("portrait of %s", unit)
                failed[unit] = str(error) or type(error).__name__
                continue
            archive.writestr(zipfile.ZipInfo(_NOT_IN_A_FILE_NAME.sub("·", f"{unit} {view.unit_name(unit)}.{ending}"), _FIRST_DAY), document)
        if failed:
            archive.writestr(zipfile.ZipInfo(LACKING, _FIRST_DAY), "\n".join(_lines(view, failed)))
    progress(len(units), len(units), "")
    return failed


def packed(file: IO[bytes], view: View, units: Sequence[str], ending: str, progress: Progress) -> str:
    """As `write_portraits`; what to tell of the portraits that failed, "" where none did."""
    return told(view, write_portraits(file, view, units, ending, progress))


def told(view: View, failed: dict[str, str]) -> str:
    """How many portraits failed, and the first of them with their reasons; "" where none did."""
    few = {unit: failed[unit] for unit in list(failed)[:_NAMED]}
    more = "等" if len(failed) > len(few) else ""
    return f"{len(failed)} 份没有写成（详见压缩包里的“{LACKING}”）：{'；'.join(_lines(view, few))}{more}" if failed else ""


def _lines(view: View, failed: dict[str, str]) -> list[str]:
    return [f"{unit} {clean(view.unit_name(unit))}：{clean(reason)}" for unit, reason in failed.items()]


def _actions(view: View, units: Sequence[str]) -> pd.DataFrame | None:
    """What would raise the index of these units, reckoned once for all; None where each portrait has to say why it cannot be."""
    try:
        return guidance.best(view, units)
    except ScoringError:
        return None
