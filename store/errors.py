"""Named errors of the store. `str(error)` is a Chinese sentence for people: what is wrong, with which thing, what to do."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .readers.cells import CellError

SHOWN = 200  # a file with a shifted column has thousands of bad cells; a screen has room for some


class StoreError(Exception):
    """Anything that the store cannot do."""


class StoreMissing(StoreError):
    """There is no file at the store's path."""


class StoreOccupied(StoreError):
    """A store that holds data already, where an empty one or none was expected."""


class StoreLocked(StoreError):
    """Another writer held the store for longer than we wait."""


class StoreReadOnly(StoreError):
    """The file, or the folder it lies in, may not be written (or not be read)."""


class StoreTooNew(StoreError):
    """A later version of the program has changed the store."""


class StoreTooOld(StoreError):
    """The store lacks a migration of this version."""


class NotAStore(StoreError):
    """A folder, another kind of file, or a database that is not ours."""


class StoreDamaged(StoreError):
    """The file is a database, but parts of it are lost or contradict each other."""


class BatchError(StoreError):
    """A batch that cannot be written, or cannot be revoked."""


class StoreMoved(StoreError):
    """The store has changed since what is to be written was looked at."""


class ReleaseError(StoreError):
    """A release that cannot be made, or is not there."""


class TooManyUnits(ReleaseError):
    """What would be done at once takes too long for so many units; the message names what to run instead."""


class DraftStale(ReleaseError):
    """A draft whose inputs have changed since it was made."""


class PublishedAlready(ReleaseError):
    """A draft that somebody else has published meanwhile."""


class SamePerson(ReleaseError):
    """Who brought a period's data in may not publish it, by this store's setting."""


class AppealError(StoreError):
    """An appeal that cannot be made, answered or found."""


class SettingError(StoreError):
    """A setting that there is none of, or a value that it cannot have."""


class ScenarioError(StoreError):
    """A scenario that cannot be kept, or is not there."""


class MeetingError(StoreError):
    """A meeting cannot be kept or found."""


class AccountError(StoreError):
    """An account, role, password or token that cannot be made so, or is not there."""


class NotAllowed(StoreError):
    """Something that a person has no right to do."""


class BackupError(StoreError):
    """A backup that is none of ours, is not whole, or is the store itself."""


class KeptFileError(StoreError):
    """A batch whose file was not kept, or is no longer the one that was brought."""


class RollupError(StoreError):
    """Stores that cannot be made one."""


class FrameworksDiffer(RollupError):
    """Stores that were scored by different frameworks or policies, and how they differ."""


class WatchError(StoreError):
    """A folder that cannot be watched."""


class MappingError(StoreError):
    """A mapping file that cannot be used, with everything that is wrong with it in `problems`."""

    def __init__(self, file: str, problems: list[str]):
        self.file, self.problems = file, list(problems)
        super().__init__("\n".join([f"对应文件 {file} 不能用：共 {len(problems)} 处错误", *(f"  {text}" for text in problems)]))


class ImportRefused(StoreError):
    """Files that were not taken in, with every bad cell of all of them in `errors`."""

    def __init__(self, errors: list[CellError]):
        self.errors = list(errors)
        super().__init__(self._text())

    def _text(self) -> str:
        lines = [f"没有读入：共 {len(self.errors)} 处错误，什么也没有写入。请改正后重新提交整个文件。"]
        lines += [_line(e) for e in self.errors[:SHOWN]]
        if len(self.errors) > SHOWN:
            lines.append(f"……另有 {len(self.errors) - SHOWN} 处未列出。全部错误按列：{self._by_column()}")
        return "\n".join(lines)

    def _by_column(self) -> str:
        counts = Counter((e.file, e.sheet, re.match("[A-Z]*", e.cell)[0]) for e in self.errors)
        places = {(file, sheet, f"{column} 列" if column else ""): n for (file, sheet, column), n in counts.items()}
        return "，".join(f"{' '.join(filter(None, place))} {n} 处" for place, n in places.items())


def _line(e: CellError) -> str:
    place = " ".join(part for part in (e.file, e.sheet, e.cell) if part)
    hint = f"；最接近的是“{e.nearest}”" if e.nearest else ""
    return f"  {place}：{e.value!r} {e.why}{hint}" if e.value not in ("", None) else f"  {place}：{e.why}{hint}"
