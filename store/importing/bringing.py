"""Files in two steps, as a page takes them: looked at, with what they would change; then written, exactly as they were looked at."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..connection import reader, write_tx
from ..errors import ImportRefused, MappingError, StoreMoved
from ..frameworks.files import DATA
from ..readers.cells import CellError
from ..readers.guards import clean_name
from ..readers.ledger_mapping import LedgerMapping, read_mapping
from .batches import known, vet, write_batch
from .intake import Intake, read_sound
from .preview import Changes, preview, state

Tell = Callable[[str], None]
_STEM = 80  # characters of a name that a number follows: together they are no longer than a clean name may be


@dataclass(frozen=True)
class Previewed:
    """Files that were looked at: what they bring and would change, and every cell for which all of them are refused.

    `files`: name → bytes, in the order in which they were given. `intakes`, `changes`: without what is refused; nothing where nothing
    could be judged. `state`: of the store, as `preview.state` says.
    """

    files: Mapping[str, bytes]
    intakes: tuple[Intake, ...]
    changes: tuple[Changes, ...]
    refused: tuple[CellError, ...]
    state: tuple[int, int]


def mappings() -> dict[str, str]:
    """The mappings that come with the program: file name → title, by title. One that cannot be used is left out."""
    found = {}
    for file in sorted((DATA / "mappings").glob("*.toml")):
        try:
            found[file.name] = tomllib.loads(_mapping(file.name).text).get("name", file.stem)
        except MappingError:
            continue
    return found


def look(files: Sequence[tuple[str, bytes]], mapping: str | None = None, path: Path | None = None, tell: Tell = lambda what: None) -> Previewed:
    """Read files, given as (name, bytes), and say what they would change. `mapping`: a file's name among `mappings`.

    Raises BatchError for a file that is in the store already or is given twice, FrameworkError, MappingError, StoreError.
    """
    named = distinct(files)
    by_mapping = _mapping(mapping) if mapping else None
    with reader(path) as db:
        now, about = state(db), known(db, looked_up=True)
        intakes, errors = _read(named, about, by_mapping, tell)
        if not errors:
            vet(db, intakes)
        tell("与库中比对")
        return Previewed(named, tuple(intakes), tuple(preview(intakes, db, bool(errors))), tuple(errors), now)


def write(seen: Previewed, by: str, path: Path | None = None, tell: Tell = lambda what: None) -> list[int]:
    """Write what was looked at, a batch a file, all or none; the batches' numbers.

    Raises StoreMoved when the store has changed since, ImportRefused for what was refused, BatchError, StoreError.
    """
    if seen.refused:
        raise ImportRefused(list(seen.refused))
    with write_tx(path) as db:
        if state(db) != seen.state:
            raise StoreMoved("预览之后，库里有了别的导入或撤销，改动可能已不同；请看过新的预览再写入")
        numbers = []
        for intake in seen.intakes:
            tell(f"{intake.file} 写入")
            numbers.append(write_batch(db, intake, by))
        return numbers


def distinct(files: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    """Files by the name under which they are shown: clean, and no two alike."""
    named: dict[str, bytes] = {}
    for given, content in files:
        name, number = clean_name(given), 1
        path = Path(name)
        while name in named:
            number += 1
            name = f"{path.stem[:_STEM]} ({number}){path.suffix}"
        named[name] = content
    return named


def _read(named: Mapping[str, bytes], about, mapping: LedgerMapping | None, tell: Tell) -> tuple[list[Intake], list[CellError]]:
    """Readers take files: these lie in a folder of their own, under the clean name, for as long as they are read."""
    with TemporaryDirectory(prefix="intake") as folder:
        paths = [Path(folder) / name for name in named]
        for path, content in zip(paths, named.values(), strict=True):
            path.write_bytes(content)
        return read_sound(paths, about, mapping, tell)


def _mapping(name: str) -> LedgerMapping:
    return read_mapping(DATA / "mappings" / clean_name(name))
