"""Files to intakes: what readers hand to writers. All files of a call are read together, and all or none are taken.

A file may rest on units or a framework that another file of the call brings, in any order. Nothing here writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from scoring.framework import Framework
from scoring.policy import Policy

from ..errors import ImportRefused
from ..ledgers import LEDGERS, Records
from ..readers.cells import CellError
from ..readers.keys import Scope
from ..readers.ledger_mapping import LedgerMapping
from ..readers.names import Units
from ..readers.observations import observation_frame
from ..readers.periods import clean_period
from ..readers.registers import adjustment_table, unit_frame
from ..readers.source_file import SourceFile
from .gathering import Reading
from .leaving_out import leave_out

__all__ = ["CellError", "Intake", "Known", "framework_intake", "read_intakes", "read_sound"]
BETWEEN = "\0"


@dataclass
class Intake:
    """What one file brings. Texts in the tables are plain strings.

    `units` [code, name, sector, size, area], `observations` [unit, indicator, period, state, value, sheet, cell] (no row for an empty
    cell), `adjustments` [unit, period, kind, points, reason, document]; `framework_csv` and `policy_toml` None when it brings
    none, or the one that is in force already; `guidance_csv` None when it brings none. `ledgers`: records by ledger. `coinr`: its
    framework is an iMeta. `skipped`: sheets that hold no table of ours. `content`: the file as it came, whose SHA-256 `sha256` is; with
    `mapping`, the text of the mapping that it was read by, and `call`, what the files that were read together have in common, it can be
    read again. `sheets`: the kind of a table → the sheets on which the file has such.
    """

    file: str
    sha256: str
    demo: bool = False
    units: pd.DataFrame = field(default_factory=lambda: unit_frame(()))
    framework_csv: str | None = None
    policy_toml: str | None = None
    guidance_csv: str | None = None
    observations: pd.DataFrame = field(default_factory=lambda: observation_frame((), Scope(Units({}), None)))
    adjustments: pd.DataFrame = field(default_factory=lambda: adjustment_table([]))
    ledgers: Records = field(default_factory=dict)
    coinr: bool = False
    skipped: tuple[str, ...] = ()
    content: bytes | None = field(default=None, repr=False)
    mapping: str = ""
    call: str = ""
    sheets: Mapping[str, str] = field(default_factory=dict)

    def brings(self) -> str:
        """What the file brings, in words."""
        counts = [(self.units, "个单位"), (self.observations, "个值"), (self.adjustments, "条加减分")]
        counts += [(frame, f"条{LEDGERS[name].title}台账记录") for name, frame in self.ledgers.items()]
        parts = [f"{len(table)} {what}" for table, what in counts if len(table)]
        texts = {"指标体系": self.framework_csv, "评分规则": self.policy_toml, "分类指导": self.guidance_csv}
        parts += [what for what, text in texts.items() if text is not None]
        return "，".join(parts) or "没有新内容"


@dataclass
class Known:
    """What files may refer to: names of the units by code, the framework in force (None: none yet) and its policy."""

    units: Mapping[str, str] = field(default_factory=dict)
    framework: Framework | None = None
    policy: Policy | None = None


def read_intakes(
    paths: Iterable[Path],
    known: Known,
    *,
    period: str = "",
    sector_column: str = "",
    demo: bool = False,
    mapping: LedgerMapping | None = None,
    tell: Callable[[str], None] = lambda what: None,
) -> list[Intake]:
    """Read workbooks, delimited texts, COINr's tables and policy.toml, each into an Intake; those that others rest on come first.

    `period`: of tables that state none. `sector_column`: the group column of an iData that gives the sectors, instead of the
    last one. `demo`: mark everything as demo data, as a file does itself that says 演示数据 above its header. With `mapping` every
    file is read as the ledger that it speaks of, and as nothing else. `tell`: called with what is being done.
    Raises ImportRefused with every bad cell of every file.
    """
    reading = Reading(known, clean_period(period) if period else "", sector_column, mapping, tell)
    files = _gathered(reading, paths)
    reading.refuse()
    return _intakes(files, reading, demo)


def read_sound(
    paths: Iterable[Path], known: Known, mapping: LedgerMapping | None = None, tell: Callable[[str], None] = lambda what: None
) -> tuple[list[Intake], list[CellError]]:
    """As `read_intakes`, for looking at: every bad cell of every file, and what the files bring without what is refused."""
    reading = Reading(known, "", "", mapping, tell)
    try:
        files = _gathered(reading, paths)
    except ImportRefused as refusal:  # a framework against which nothing else can be judged
        return [], refusal.errors
    errors = reading.refused()
    for file in files:
        leave_out(file, [error for error in errors if error.file == file.name])
    return _intakes(files, reading, demo=False), errors


def _gathered(reading: Reading, paths: Iterable[Path]) -> list[SourceFile]:
    """The files after all stages, with what was found in them."""
    files = [reading.open(Path(path)) for path in paths]
    stages = (reading.policies, reading.frameworks, reading.tables, reading.guidance, reading.units, reading.values)
    for stage in (reading.mapped, reading.ledgers) if reading.mapping else (*stages, reading.ledgers):
        stage(files)
    return files


def _intakes(files: list[SourceFile], reading: Reading, demo: bool) -> list[Intake]:
    """What each file brings, that first on which others rest."""
    mapping = reading.mapping
    call = hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()[:12] if len(files) > 1 else ""
    intakes = [replace(_intake(file, reading.scope, demo), mapping=mapping.text if mapping else "", call=call) for file in files]
    return sorted(intakes, key=lambda i: (i.framework_csv is None, i.policy_toml is None, i.units.empty))


def _intake(file: SourceFile, scope: Scope, demo: bool) -> Intake:
    return Intake(
        file=file.name,
        sha256=file.sha256,
        demo=demo or any(table.demo for table in file.tables),
        units=unit_frame(file.units),
        framework_csv=file.framework_csv,
        policy_toml=file.policy_toml,
        guidance_csv=file.guidance_csv,
        observations=observation_frame(file.blocks, scope),
        adjustments=pd.concat([adjustment_table([]), *file.adjustments], ignore_index=True),
        ledgers=_ledgers(file),
        coinr=any(table.kind == "imeta" for table in file.tables),
        skipped=tuple(file.skipped),
        content=file.content,
        sheets=_sheets(file),
    )


def _sheets(file: SourceFile) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    for table in file.tables:
        names.setdefault("framework" if table.kind == "imeta" else table.kind, []).append(table.sheet.name)
    return {kind: "、".join(filter(None, found)) for kind, found in names.items()}


def framework_intake(file: str, framework_csv: str, policy_toml: str) -> Intake:
    """A framework and its policy as one version, though they came as two texts: `content` has both, with a zero between them."""
    content = f"{framework_csv}{BETWEEN}{policy_toml}".encode()
    return Intake(file, hashlib.sha256(content).hexdigest(), framework_csv=framework_csv, policy_toml=policy_toml, content=content)


def _ledgers(file: SourceFile) -> dict[str, pd.DataFrame]:
    """The file's records by ledger, whichever sheets they stand on."""
    frames: dict[str, list[pd.DataFrame]] = {}
    for records in file.records:
        frames.setdefault(records.mapping.ledger.name, []).append(records.frame)
    return {name: pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0] for name, parts in frames.items()}
