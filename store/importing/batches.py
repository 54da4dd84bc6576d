"""Batches: what was brought in, by whom, from which file. Appended in one transaction, undone by revoking, never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from itertools import chain, islice, repeat
from pathlib import Path

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.policy import Policy
from scoring.values import STATES

from ..connection import audit, now, reader, table_of, write_tx
from ..errors import BatchError
from ..frameworks.files import parse_framework, parse_policy
from ..guidance import write_guidance
from ..ledgers.views import indicator_views
from ..ledgers.writing import write_ledger
from ..parts import count_parts
from ..readers.ledger_mapping import LedgerMapping
from ..size import LARGE, large
from ..spelling import spell_units
from .intake import Intake, Known, read_intakes
from .kept import keeping
from .register import Register

# Each fact of a unit is the last one that a live batch states: an empty cell in a later file erases nothing.
REFRESH_UNITS = """
UPDATE unit SET
    name = coalesce((SELECT name FROM live_unit_record AS live WHERE live.code = unit.code AND live.name <> ''
        ORDER BY batch DESC LIMIT 1), unit.name),
    sector = coalesce((SELECT sector FROM live_unit_record AS live WHERE live.code = unit.code AND live.sector <> ''
        ORDER BY batch DESC LIMIT 1), ''),
    area = coalesce((SELECT area FROM live_unit_record AS live WHERE live.code = unit.code AND live.area <> ''
        ORDER BY batch DESC LIMIT 1), ''),
    size = (SELECT size FROM live_unit_record AS live WHERE live.code = unit.code AND live.size IS NOT NULL
        ORDER BY batch DESC LIMIT 1),
    active = EXISTS (SELECT 1 FROM live_unit_record AS live WHERE live.code = unit.code)
WHERE code IN (SELECT code FROM unit_record WHERE batch = ?)
"""

# A statement of many rows costs SQLite and Python far less a row than a row a statement.
_ROWS = 200
_INSERT_ROW = """
INSERT INTO observation (period, unit, indicator, state, sheet, value, cell, batch) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_INSERT_ROWS = _INSERT_ROW + ", (?, ?, ?, ?, ?, ?, ?, ?)" * (_ROWS - 1)


def known(db: Database, looked_up: bool = False) -> Known:
    """What files may refer to: the active units' names by code, and the framework and policy in force (None: none yet).

    `looked_up`: the units of a large store are found as they are named, as long as the connection is open.
    """
    units = Register(db) if looked_up and large(db) else dict(db.execute("SELECT code, name FROM unit WHERE active ORDER BY code").fetchall())
    _, framework, policy = current_framework(db) or (0, None, None)
    return Known(units, framework, policy)


def unit_table(db: Database) -> pd.DataFrame:
    """The active units by code: code, name, sector, size, area."""
    return table_of(db.execute("SELECT code, name, sector, size, area FROM unit WHERE active ORDER BY code")).astype({"size": float})


def current_framework(db: Database) -> tuple[int, Framework, Policy] | None:
    """Number, framework and policy of the last framework that a live batch brought."""
    row = db.execute("SELECT id, framework_csv, policy_toml FROM current_framework").fetchone()
    if row is None:
        return None
    policy = parse_policy(row[2])
    return row[0], parse_framework(row[1], policy), policy


def import_files(
    paths: Iterable[Path],
    by: str,
    path: Path | None = None,
    dry_run: bool = False,
    mapping: LedgerMapping | None = None,
    tell: Callable[[str], None] = lambda what: None,
) -> list[tuple[int | None, Intake]]:
    """Read files and write each as a batch, all of them or none; with `dry_run` everything but the writing.

    `mapping`: the files are exports of a business system, read as the ledger that it speaks of. `tell`: called with what is being done.
    Raises ImportRefused with every bad cell, BatchError for a file that is in the store already or is given twice, FrameworkError
    for a policy that does not fit the framework in force, StoreError.
    """
    with reader(path) as db:
        about = known(db)
    intakes = read_intakes([Path(p) for p in paths], about, mapping=mapping, tell=tell)
    if dry_run:
        with reader(path) as db:
            vet(db, intakes)
        return [(None, intake) for intake in intakes]
    _refuse_twins(intakes)
    with write_tx(path) as db:
        written = []
        for intake in intakes:
            tell(f"{intake.file} 写入")
            written.append((write_batch(db, intake, by), intake))
        return written


def vet(db: Database, intakes: Iterable[Intake]) -> None:
    """Raise what writing these files would raise: BatchError, FrameworkError."""
    _refuse_twins(intakes)
    for intake in intakes:
        _refuse_doubled_file(db, intake)
        _framework_texts(db, intake)


def write_batch(db: Database, intake: Intake, by: str) -> int:
    """Append one file's rows as a batch, inside the caller's transaction; its number.

    Raises BatchError: the file is in the store already, or refers to what the store no longer knows.
    """
    _refuse_doubled_file(db, intake)
    parts = {"units": intake.units, "values": intake.observations, "adjustments": intake.adjustments, **intake.ledgers}
    kinds = [name for name, table in parts.items() if len(table)]
    if intake.framework_csv is not None or intake.policy_toml is not None:
        kinds.insert(0, "framework")
    if intake.guidance_csv is not None:
        kinds.append("guidance")
    rows = sum(len(table) for table in parts.values())
    batch = db.execute(
        "INSERT INTO batch (file, sha256, kind, by, at, rows, demo) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (intake.file, intake.sha256, " ".join(kinds), by, now(), rows, int(intake.demo)),
    ).lastrowid
    with keeping(db, batch, intake.content, intake.sha256):
        _write_parts(db, batch, intake)
        count_parts(db, batch, parts)
    how = {key: text for key, text in (("mapping", intake.mapping), ("call", intake.call)) if text}
    audit(db, by, "import", batch=batch, file=intake.file, sha256=intake.sha256, kind=kinds, rows=rows, **how)
    return batch


def _write_parts(db: Database, batch: int, intake: Intake) -> None:
    _write_units(db, batch, intake.units)
    if texts := _framework_texts(db, intake):
        digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
        db.execute(
            "INSERT INTO framework (digest, framework_csv, policy_toml, batch) VALUES (?, ?, ?, ?)", (digest, *texts, batch)
        )
    if intake.guidance_csv is not None:
        write_guidance(db, batch, intake.guidance_csv)
    _refuse_unknown(db, intake)
    _write_observations(db, batch, intake.observations)
    _write_adjustments(db, batch, intake.adjustments)
    for ledger, frame in intake.ledgers.items():
        write_ledger(db, batch, ledger, frame)


def revoke(batch: int, by: str, reason: str = "", path: Path | None = None) -> None:
    """Undo a batch: its rows stay on record and count no longer. Raises BatchError: no such batch, or undone already."""
    with write_tx(path) as db:
        row = db.execute("SELECT file, revoked_at, revoked_by FROM batch WHERE id = ?", [batch]).fetchone()
        if row is None:
            last = db.execute("SELECT max(id) FROM batch").fetchone()[0]
            raise BatchError(f"没有批次 {batch}；现有批次 1 到 {last}" if last else f"没有批次 {batch}；库中还没有任何批次")
        if row[1] is not None:
            raise BatchError(f"批次 {batch}（{row[0]}）已由 {row[2]} 于 {row[1]} 撤销，不必再撤")
        db.execute(
            "UPDATE batch SET revoked_at = ?, revoked_by = ?, revoke_reason = ? WHERE id = ?", (now(), by, reason, batch)
        )
        _refresh_units(db, batch)
        audit(db, by, "revoke", batch=batch, file=row[0], reason=reason)


def batches(db: Database) -> pd.DataFrame:
    """All batches, the last first: batch, file, sha256, kind, by, at, rows, demo, revoked_at, revoked_by, revoke_reason."""
    table = table_of(db.execute("SELECT * FROM batch ORDER BY id DESC"))
    return table.rename(columns={"id": "batch"}).astype({"demo": bool})


def _refuse_doubled_file(db: Database, intake: Intake) -> None:
    found = db.execute(
        "SELECT id, file, at FROM batch WHERE sha256 = ? AND revoked_at IS NULL", [intake.sha256]
    ).fetchone()
    if found:
        raise BatchError(
            f"{intake.file} 的内容已作为批次 {found[0]}（{found[1]}，{found[2]}）导入，没有再导入一次；"
            f"若要重新导入，请先撤销：python manage.py revoke {found[0]}"
        )


def _refuse_twins(intakes: Iterable[Intake]) -> None:
    first: dict[str, str] = {}
    for intake in intakes:
        if intake.sha256 in first:
            raise BatchError(f"{intake.file} 与同时给出的 {first[intake.sha256]} 内容相同，都没有导入；请只给其中一个")
        first[intake.sha256] = intake.file


def _refuse_unknown(db: Database, intake: Intake) -> None:
    """The file was read before this transaction began; meanwhile a batch that it rests on may have been revoked."""
    if intake.observations.empty and intake.adjustments.empty:
        return
    named = pd.concat([intake.observations["unit"], intake.adjustments["unit"]]).unique()
    now_known = known(db, looked_up=len(named) <= LARGE)
    if lost := [str(u) for u in named if u not in now_known.units]:
        raise BatchError(f"{intake.file}：单位 {'、'.join(lost[:5])} 不在库中（可能刚被撤销）；请先导入单位表，再导入本文件")
    columns = now_known.framework.columns if now_known.framework else ()
    if lost := [str(c) for c in intake.observations["indicator"].unique() if c not in columns]:
        raise BatchError(f"{intake.file}：指标 {'、'.join(lost[:5])} 不在现行指标体系中（可能刚换过）；请核对后重新导入")


def _write_units(db: Database, batch: int, units: pd.DataFrame) -> None:
    units = units if "area" in units else units.assign(area="")
    facts = [units[c].tolist() for c in ("code", "name", "sector", "size", "area")]
    db.conn.executemany(
        "INSERT INTO unit (code, name, sector, size, area, active) VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (code) DO NOTHING",
        zip(*facts, strict=True),
    )
    db.conn.executemany(
        "INSERT INTO unit_record (batch, code, name, sector, size, area) VALUES (?, ?, ?, ?, ?, ?)", zip(repeat(batch), *facts)
    )
    _refresh_units(db, batch)


def _refresh_units(db: Database, batch: int) -> None:
    """Let the units that a batch names be what the live batches say."""
    db.execute(REFRESH_UNITS, [batch])
    spell_units(db, batch)


def _framework_texts(db: Database, intake: Intake) -> tuple[str, str] | None:
    """The framework and policy that are in force once the file is in, as texts; None where it brings neither.

    Raises BatchError for a policy without a framework, FrameworkError where the two, each read alone, do not fit together, and for
    a view of a ledger that there is none of.
    """
    if intake.framework_csv is None and intake.policy_toml is None:
        return None
    current = db.execute("SELECT framework_csv, policy_toml FROM current_framework").fetchone() or (None, "")
    framework_csv = current[0] if intake.framework_csv is None else intake.framework_csv
    policy_toml = current[1] if intake.policy_toml is None else intake.policy_toml
    if framework_csv is None:
        raise BatchError(f"{intake.file}：只有评分规则，而库中还没有指标体系；请先导入指标体系")
    indicator_views(parse_framework(framework_csv, parse_policy(policy_toml)))
    return framework_csv, policy_toml


def _write_observations(db: Database, batch: int, observations: pd.DataFrame) -> None:
    """Rows in the order of the table's key, so that its tree grows at the end whatever the file's order is."""
    columns = {c: pd.factorize(observations[c], sort=True) for c in ("period", "unit", "indicator", "state", "sheet")}
    order = np.lexsort([columns[c][0] for c in ("indicator", "unit", "period")])
    columns["state"] = columns["state"][0], [STATES.index(text) for text in columns["state"][1]]
    # A text that repeats is one object, which is made and encoded once.
    plain = [np.array(texts, object)[codes[order]].tolist() for codes, texts in columns.values()]
    plain += [observations["value"].to_numpy(float)[order].tolist(), observations["cell"].to_numpy(object)[order].tolist()]
    whole = len(order) - len(order) % _ROWS
    rows = zip(*plain, repeat(batch))
    db.conn.executemany(_INSERT_ROWS, (list(chain.from_iterable(islice(rows, _ROWS))) for _ in range(whole // _ROWS)))
    db.conn.executemany(_INSERT_ROW, zip(*(column[whole:] for column in plain), repeat(batch)))


def _write_adjustments(db: Database, batch: int, adjustments: pd.DataFrame) -> None:
    table = adjustments.assign(points=adjustments["points"].where(adjustments["kind"] != "veto", 0.0).astype(float))
    columns = [table[c].tolist() for c in ("period", "unit", "kind", "document", "points", "reason")]
    db.conn.executemany(
        "INSERT INTO adjustment (period, unit, kind, document, points, reason, batch) VALUES (?, ?, ?, ?, ?, ?, ?)",
        zip(*columns, repeat(batch)),
    )
