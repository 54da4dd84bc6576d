"""The store made again from its kept files: what was brought in, undone and published, in the journal's order, and compared.

What comes out the same was not altered on the way from the files to the scores. What people typed beside that (scenarios, meetings,
appeals) is not made again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlite_utils import Database

from scoring import __version__

from ..connection import reader, store_path, write_tx
from ..errors import ImportRefused, KeptFileError
from ..frameworks.files import parse_policy
from ..importing.batches import known, revoke, write_batch
from ..importing.intake import BETWEEN, Intake, framework_intake, read_intakes
from ..importing.kept import file_name, kept_file
from ..ledgers import LEDGERS
from ..readers.ledger_mapping import parse_mapping
from ..releasing.releases import publish
from .checks import SHOWN, Finding
from .placing import new_store

_STEPS = "SELECT id, verb, by, detail FROM audit WHERE verb IN ('import', 'revoke', 'publish', 'draft') ORDER BY id"
_BATCH = """
SELECT batch.id, file, sha256, by, demo, framework_csv, policy_toml, since FROM batch LEFT JOIN framework ON framework.batch = batch.id
LEFT JOIN framework_since ON framework_since.framework = framework.id WHERE batch.id = ?
"""
_LACKING = "SELECT id, file FROM batch WHERE id NOT IN (SELECT batch FROM batch_file) ORDER BY id"
_COMPARED = {
    "现行数据": "SELECT period, unit, indicator, state, value, sheet, cell, batch FROM current_value ORDER BY period, unit, indicator",
    "现行加减分": "SELECT period, unit, kind, document, points, reason, batch FROM current_adjustment ORDER BY period, unit, kind, document",
    "单位": "SELECT code, name, area, sector, size, active FROM unit ORDER BY code",
    "指标体系": "SELECT id, digest, batch FROM framework ORDER BY id",
    "分类指导": "SELECT * FROM current_guidance ORDER BY 1, 2",
    **{f"{ledger.title}台账": f"SELECT * FROM current_{name} ORDER BY unit, ref" for name, ledger in LEDGERS.items()},  # noqa: S608 - constants
}
_RELEASES = "SELECT id, period, digest, code_version, data_digest, framework FROM release ORDER BY id"
_TWIN = "SELECT id FROM release WHERE period = ? AND data_digest = ? AND framework = ?"
_STANDING = 'SELECT unit, round("index", 9), rank, tier FROM release_unit WHERE release = ? ORDER BY unit'


class _Batch(NamedTuple):
    """A batch as it stands in the store, with the framework that it brought and the period from which that holds, or None."""

    number: int
    file: str
    sha256: str
    by: str
    demo: int
    framework_csv: str | None
    policy_toml: str | None
    since: str | None


def replay(out: Path, path: Path | None = None, tell: Callable[[str], None] = lambda what: None) -> list[Finding]:
    """Make a new store at `out` out of the kept files, the journal and today's program; how the two compare.

    Raises KeptFileError: a file was not kept, was altered, or is refused today; StoreOccupied, StoreError, ScoringError.
    """
    with reader(Path(path or store_path())) as db, new_store(Path(out)) as part:
        if lacking := db.execute(_LACKING).fetchall():
            named = "、".join(f"{number}（{file}）" for number, file in lacking[:SHOWN])
            raise KeptFileError(f"{len(lacking)} 个批次没有留存文件（旧版本导入，或汇总而来），不能从头重做：批次 {named}；库本身请用 check 核验")
        for verb, by, details in _steps(db):
            if verb == "import":
                _import(db, part, details, tell)
            elif verb == "revoke":
                tell(f"撤销批次 {details[0]['batch']}")
                revoke(details[0]["batch"], by, details[0]["reason"], part)
            elif made := [period for _, period, new in details[0].get("releases", ()) if new]:
                tell(f"计算 {'、'.join(made)}")
                publish(made, by, part)
        with reader(part) as other:
            compared = (_compared(db, other, name, sql) for name, sql in _COMPARED.items())
            return [*filter(None, compared), *_releases(db, other)]


def _steps(db: Database) -> Iterator[tuple[str, str, list[dict]]]:
    """(verb, who, details) in the journal's order; files that were read together are one step."""
    rows = [(number, verb, by, json.loads(detail)) for number, verb, by, detail in db.execute(_STEPS).fetchall()]
    for (_, verb, by), group in groupby(rows, lambda row: (row[3].get("call") or row[0], row[1], row[2])):
        yield verb, by, [detail for *_, detail in group]


def _import(db: Database, part: Path, details: Sequence[dict], tell: Callable[[str], None]) -> None:
    """Read the files of one call again and write their batches, which get the numbers that they had."""
    batches = [_Batch(*db.execute(_BATCH, [detail["batch"]]).fetchone()) for detail in details]
    tell(f"导入批次 {'、'.join(str(b.number) for b in batches)}")
    try:
        intakes = {i.sha256: i for i in _read(db, part, batches, details[0].get("mapping", ""))}
    except ImportRefused as error:
        names = "、".join(f"{b.number}（{b.file}）" for b in batches)
        raise KeptFileError(f"批次 {names} 留存的文件，现在的程序读不进：{error}") from error
    with write_tx(part) as new:
        for b in batches:
            intake = replace(intakes[b.sha256], file=b.file, demo=bool(b.demo))
            if intake.framework_csv is not None and b.policy_toml is not None:
                intake = replace(intake, policy_toml=b.policy_toml)  # a new store's policy may have come beside the file
            number = write_batch(new, intake, b.by)
            if b.since is not None:
                new.execute("INSERT INTO framework_since SELECT id, ? FROM framework WHERE batch = ?", [b.since, number])


def _read(db: Database, part: Path, batches: Sequence[_Batch], mapping: str) -> list[Intake]:
    """The kept files as intakes, read as they were then: against the framework and units that were known before them."""
    contents = [kept_file(db, b.number) for b in batches]
    texts = contents[0].split(BETWEEN.encode())
    if len(batches) == 1 and [t.decode(errors="replace") for t in texts] == [batches[0].framework_csv, batches[0].policy_toml]:
        return [framework_intake(batches[0].file, *(t.decode() for t in texts))]
    with reader(part) as new:
        about = known(new)
    if policies := [b.policy_toml for b in batches if b.policy_toml is not None]:
        about = replace(about, policy=parse_policy(policies[0]))
    with TemporaryDirectory() as name:
        paths = [Path(name, str(b.number), file_name(b.file, b.number)) for b in batches]
        for path, content in zip(paths, contents, strict=True):
            path.parent.mkdir()
            path.write_bytes(content)
        return read_intakes(paths, about, mapping=parse_mapping("", mapping) if mapping else None)


def _compared(db: Database, other: Database, name: str, sql: str) -> Finding | None:
    """Whether both stores answer a query the same, and the first row in which they do not; None where neither has any."""
    count = 0
    for one, two in zip_longest(db.execute(sql), other.execute(sql)):
        if one != two:
            return Finding(name, False, f"库中是 {one}，从文件重做得 {two}")
        count += 1
    return Finding(name, True, f"{count} 行相同") if count else None


def _releases(db: Database, other: Database) -> Iterator[Finding]:
    """Whether each release comes out the same: its digest, or its standings where another version of the program made it."""
    made = {digest for (digest,) in other.execute("SELECT digest FROM release")}
    for number, period, digest, version, *inputs in db.execute(_RELEASES).fetchall():
        name, twin = f"第 {number} 号发布（{period}）", other.execute(_TWIN, [period, *inputs]).fetchone()
        if digest in made:
            yield Finding(name, True, f"摘要 {digest[:12]} 相同")
        elif version != __version__ and twin:
            same = db.execute(_STANDING, [number]).fetchall() == other.execute(_STANDING, [twin[0]]).fetchall()
            yield Finding(name, same, f"由 {version} 版计算，摘要不可比；指数、名次、梯队{'相同' if same else '不同'}")
        else:
            yield Finding(name, False, "从文件重做得不到这号发布：数据或冻结的内容被改动过")
