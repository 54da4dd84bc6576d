"""Is the store whole: the file, the references, every release's digest, the current framework."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from scoring.errors import ScoringError

from .batches import current_framework
from .connection import reader
from .frozen import digest_of
from .ledgers.views import indicator_views

SHOWN = 5  # of many faults of one kind


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is well, and what was seen (Chinese, for people)."""

    name: str
    ok: bool
    detail: str


def check(path: Path | None = None) -> list[Finding]:
    """Look at everything, in one read-only moment. Raises StoreError when the store cannot be opened."""
    with reader(path) as db:
        return [_integrity(db), _references(db), _units(db), _framework(db), _service(db), *_digests(db)]


def _integrity(db: Database) -> Finding:
    said = [row[0] for row in db.execute("PRAGMA integrity_check")]
    good = said == ["ok"]
    return Finding("文件完整", good, "完好" if good else f"{'；'.join(said[:SHOWN])}；请换成备份")


def _references(db: Database) -> Finding:
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    found = "、".join(f"{table} → {parent}" for table, _, parent, _ in broken[:SHOWN])
    return Finding("引用完整", not broken, f"{len(broken)} 处引用落空：{found}；请换成备份" if broken else "完好")


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
