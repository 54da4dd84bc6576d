"""A folder that a business system drops its exports into: each file is imported once, then moved to done/ or refused/.

The folder is looked at now and then rather than listened to: shared network folders, where such exports lie, send no messages
about their files, and a file must be looked at twice anyway to see that nobody is writing to it any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..connection import reader
from ..errors import BatchError, ImportRefused, MappingError, StoreError, WatchError
from ..readers.cells import CellError
from ..readers.ledger_mapping import LedgerMapping, read_mapping
from .batches import import_files
from .reasons import write_reasons

MAPPING, DONE, REFUSED = "mapping.toml", "done", "refused"
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")  # names under which files are still being written
_LIVE = "SELECT id FROM batch WHERE sha256 = ? AND revoked_at IS NULL"


@dataclass(frozen=True)
class Outcome:
    """What came of a file: `state` is imported, known (it is in the store already), refused, or stuck (tried again later)."""

    file: Path
    state: str
    text: str


class Watch:
    """One watched folder: files that lie in it, or in those of its sub-folders that hold a mapping.toml.

    Nothing is remembered but the files' sizes: the store knows by their SHA-256 which ones it has, so that a watch that was killed
    goes on where it stopped. Raises WatchError when no mapping lies there, MappingError for one that cannot be used.
    """

    def __init__(self, folder: Path, by: str, path: Path | None = None):
        self.folder, self.by, self.path = Path(folder), by, path
        self._seen: dict[Path, tuple[int, int]] = {}
        self._told: dict[Path, str] = {}
        for place in self._places():
            read_mapping(place / MAPPING)

    def look(self) -> Iterator[Outcome]:
        """Take in the files that have not changed since the last look; what came of each. A trouble that lasts is told once."""
        before, self._seen = self._seen, {}
        for outcome in self._look(before):
            if outcome.state != "stuck" or self._told.get(outcome.file) != outcome.text:
                yield outcome
            self._told[outcome.file] = outcome.text

    @property
    def waiting(self) -> list[Path]:
        """Files of the last look that are new or have changed since the look before, and so were left alone."""
        return list(self._seen)

    def _look(self, before: dict[Path, tuple[int, int]]) -> Iterator[Outcome]:
        for place in self._places():
            try:
                mapping = read_mapping(place / MAPPING)
            except MappingError as error:
                yield Outcome(place / MAPPING, "stuck", f"{error}\n文件夹里的文件留着不动")
                continue
            for file, stamp in _files(place):
                if before.get(file) == stamp:
                    yield self._take(file, mapping)
                else:
                    self._seen[file] = stamp

    def _places(self) -> list[Path]:
        try:
            inner = sorted(p for p in self.folder.iterdir() if p.is_dir() and p.name not in (DONE, REFUSED))
        except OSError as error:
            raise WatchError(f"打不开文件夹 {self.folder}（{error.strerror}）；请检查路径和权限") from error
        if found := [place for place in (self.folder, *inner) if (place / MAPPING).is_file()]:
            return found
        raise WatchError(f"{self.folder} 和它的子文件夹里都没有 {MAPPING}；请从 data/mappings 复制一份，改名为 {MAPPING} 放进去")

    def _take(self, file: Path, mapping: LedgerMapping) -> Outcome:
        try:
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            if batch := self._batch_of(sha256):
                return self._move(file, DONE, "known", f"内容已是批次 {batch}，没有再导入")
            ((batch, intake),) = import_files([file], self.by, self.path, mapping=mapping)
            return self._move(file, DONE, "imported", f"{intake.brings()}；批次 {batch}")
        except ImportRefused as refusal:
            return self._refuse(file, refusal.errors)
        except BatchError as error:
            if batch := self._batch_of(sha256):  # another watch was quicker
                return self._move(file, DONE, "known", f"内容已是批次 {batch}，没有再导入")
            return self._refuse(file, [CellError(file.name, "", "", "", str(error))])
        except (StoreError, OSError) as error:
            return Outcome(file, "stuck", f"这次没有导入，下次再试：{error}")

    def _batch_of(self, sha256: str) -> int:
        """The live batch that a file of this content is, 0 if there is none."""
        with reader(self.path) as db:
            found = db.execute(_LIVE, [sha256]).fetchone()
        return found[0] if found else 0

    def _refuse(self, file: Path, errors: Sequence[CellError]) -> Outcome:
        """The reasons are written first: a refused file never lies there without them."""
        target = _free(file.parent / REFUSED / file.name)
        reasons = target.with_name(f"{target.name}.原因.xlsx")
        try:
            target.parent.mkdir(exist_ok=True)
            write_reasons(reasons, errors)
        except OSError as error:
            return Outcome(file, "stuck", f"有 {len(errors)} 处错误，但写不出原因（{error}）；下次再试")
        return self._move(file, REFUSED, "refused", f"没有导入：{len(errors)} 处错误，见 {REFUSED}/{reasons.name}")

    def _move(self, file: Path, folder: str, state: str, text: str) -> Outcome:
        target = _free(file.parent / folder / file.name)
        try:
            target.parent.mkdir(exist_ok=True)
            file.rename(target)
        except OSError as error:  # open in a program, or moved away by somebody
            return Outcome(file, "stuck", f"{text}；但移不进 {folder}/（{error.strerror}），下次再移")
        return Outcome(target, state, text)


def _files(place: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    """The folder's files with their size and time; lock files, hidden and unfinished ones are passed over."""
    for file in sorted(place.iterdir()):
        if file.name == MAPPING or file.name.startswith((".", "~$")) or file.suffix.lower() in _UNFINISHED:
            continue
        try:
            if file.is_file():
                found = file.stat()
                yield file, (found.st_size, found.st_mtime_ns)
        except OSError:  # gone since
            continue


def _free(path: Path) -> Path:
    """The path, or the first numbered one like it that is free: nothing that lies there is written over."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return found
