"""Is the store whole: the file, the references, the journal's chain, kept files, every release's digest, the current framework."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from scoring.errors import ScoringError

from ..chain import verify
from ..connection import reader
from ..errors import KeptFileError
from ..importing.batches import current_framework
from ..importing.kept import kept_file
from ..ledgers.views import indicator_views
from ..releasing.frozen import digest_of
from ..releasing.group_check import faulty_group

SHOWN = 5  # of many faults of one kind


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is well, and what was seen (Chinese, for people)."""

    name: str
    ok: bool
    detail: str


def check(path: Path | None = None, noted: Sequence[str] = ()) -> list[Finding]:
    """Look at everything, in one read-only moment. Raises StoreError when the store cannot be opened.

    `noted`: heads of the journal that were written down before, or their beginnings: each must still be in the chain.
    """
    with reader(path) as db:
        found = [*damage(db), *_journal(db, noted), _recorded(db), _files(db)]
        return [*found, _units(db), _framework(db), _service(db), *_digests(db)]


def damage(db: Database) -> list[Finding]:
    """What makes a store of any version unusable: a broken file, references that lead nowhere."""
    return [_integrity(db), _references(db)]


def _integrity(db: Database) -> Finding:
    said = [row[0] for row in db.execute("PRAGMA integrity_check")]
    good = said == ["ok"]
    return Finding("文件完整", good, "完好" if good else f"{'；'.join(said[:SHOWN])}；请换成备份")


def _references(db: Database) -> Finding:
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    found = "、".join(f"{table} → {parent}" for table, _, parent, _ in broken[:SHOWN])
    return Finding("引用完整", not broken, f"{len(broken)} 处引用落空：{found}；请换成备份" if broken else "完好")


def _journal(db: Database, noted: Sequence[str]) -> Iterator[Finding]:
    """The chain, and whether it still goes through the heads that were noted."""
    verdict = verify(db, noted)
    if verdict.fault:
        yield Finding("日志", False, f"{verdict.fault}；请与备份对照")
    else:
        odd = f"；留意：{'；'.join(verdict.remarks[:SHOWN])}" if verdict.remarks else ""
        yield Finding("日志", True, f"{verdict.rows} 行相连，末尾哈希 {verdict.head}（抄在库外，日后用 check --head 核对）{odd}")
    for head, number in verdict.places.items():
        lost = "日志中没有这个末尾哈希：记下它之后，日志被改写或截短过；请与备份对照"
        yield Finding(f"记下的末尾哈希 {head[:12]}", bool(number), f"是第 {number} 行" if number else lost)


def _recorded(db: Database) -> Finding:
    """Every batch, and every undoing of one, stands in the journal as it stands in the store."""
    kept = {"import": {}, "revoke": {}}
    for verb, by, detail in db.execute("SELECT verb, by, detail FROM audit WHERE verb IN ('import', 'revoke') AND json_valid(detail)"):
        row = json.loads(detail)
        kept[verb][row.get("batch")] = (by, row.get("sha256")) if verb == "import" else (by, row.get("reason"))
    batches = db.execute("SELECT id, by, sha256, revoked_at IS NOT NULL, revoked_by, revoke_reason FROM batch ORDER BY id").fetchall()
    wrong = [
        str(number)
        for number, by, sha256, revoked, revoked_by, reason in batches
        if kept["import"].get(number) != (by, sha256) or (kept["revoke"].get(number) != ((revoked_by, reason) if revoked else None))
    ]
    if wrong:
        return Finding("批次与日志一致", False, f"批次 {'、'.join(wrong[:SHOWN])} 与日志不一致：其中一方被改动过；请与备份对照")
    return Finding("批次与日志一致", True, f"{len(batches)} 个批次")


def _files(db: Database) -> Finding:
    """Every kept file is the one that was brought."""
    count, lacking, wrong = 0, 0, []
    for (batch,) in db.execute("SELECT id FROM batch ORDER BY id").fetchall():
        try:
            content = kept_file(db, batch)
        except KeptFileError as error:
            wrong.append(str(error))
        else:
            count, lacking = count + (content is not None), lacking + (content is None)
    if wrong:
        return Finding("留存文件", False, "；".join(wrong[:SHOWN]))
    return Finding("留存文件", True, f"{count} 个与导入时相同" + (f"；{lacking} 个批次没有留存文件" if lacking else ""))


def _units(db: Database) -> Finding:
    """A unit is active exactly when a live batch states it."""
    wrong = db.execute(
        "SELECT code FROM unit "
        "WHERE active <> EXISTS (SELECT 1 FROM live_unit_record AS live WHERE live.code = unit.code) ORDER BY code"
    ).fetchall()
    total = db.execute("SELECT count(*) FROM unit WHERE active").fetchone()[0]
    names = "、".join(row[0] for row in wrong[:SHOWN])
    return Finding("单位与批次一致", not wrong, f"{names} 与批次不一致；请重新导入单位表" if wrong else f"{total} 个单位")


def _framework(db: Database) -> Finding:
    """It can be read, and every view of a ledger that it names is there."""
    try:
        current = current_framework(db)
        views = indicator_views(current[1]) if current else {}
    except ScoringError as error:
        return Finding("现行指标体系", False, str(error))
    if current is None:
        return Finding("现行指标体系", False, "没有指标体系；请导入一个")
    number, framework, _ = current
    derived = f"，其中 {len(views)} 项可由台账推算" if views else ""
    return Finding("现行指标体系", True, f"第 {number} 版：{framework.root.name}，{len(framework.indicators)} 项指标{derived}")


def _service(db: Database) -> Finding:
    wrong = db.execute(
        "SELECT service.period FROM service LEFT JOIN release ON release.id = service.release "
        "WHERE release.period IS NOT service.period"
    ).fetchall()
    total = db.execute("SELECT count(*) FROM service").fetchone()[0]
    names = "、".join(row[0] for row in wrong[:SHOWN])
    detail = f"{names} 所用的发布不存在或属于别的考核期；请用 reopen 改正" if wrong else f"{total} 个考核期"
    return Finding("在用发布", not wrong, detail)


def _digests(db: Database) -> Iterator[Finding]:
    for number, period, digest in db.execute("SELECT id, period, digest FROM release ORDER BY id").fetchall():
        good = digest_of(db, number) == digest
        detail = f"摘要 {digest[:12]} 一致" if good else "摘要与冻结的内容不一致：内容被改动过；请换成备份，或重新发布该考核期"
        yield Finding(f"第 {number} 号发布（{period}）", good, detail)
        if good and (wrong := faulty_group(db, number)) is not None:
            name = f"分组“{wrong}”" if wrong else "全体"
            yield Finding(f"第 {number} 号发布（{period}）的分组", False, f"{name}的汇总与单位的得分不一致：汇总被改动过；请换成备份")
