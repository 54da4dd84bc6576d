"""The rule of two people: who brought a period's data in does not publish it. In force where the setting says so."""

from __future__ import annotations

import unicodedata

from sqlite_utils import Database

from ..errors import SamePerson
from ..frameworks.in_force import framework_for
from ..ledgers.deriving import record_batches
from ..settings import setting

_BEHIND = """
SELECT batch FROM live_observation WHERE period = ?1 UNION SELECT batch FROM live_adjustment WHERE period = ?1
UNION SELECT batch FROM release_cell WHERE release = ?2 UNION SELECT batch FROM release_adjustment WHERE release = ?2
"""
_BROUGHT = "SELECT id, file, by FROM batch ORDER BY id"


def batches_behind(db: Database, release: int, period: str) -> set[int]:
    """Batches whose values, adjustments or records stand behind a release of a period: those that it froze, and those live now."""
    found = {row[0] for row in db.execute(_BEHIND, [period, release]) if row[0] is not None}
    version = framework_for(db, period)
    return found if version is None else found | record_batches(db, [period], version[1])


def refuse_importers(db: Database, release: int, period: str, by: str) -> None:
    """Raise SamePerson where the setting is on and this person brought any of the batches in. Names are compared without case."""
    if not setting(db, "two_people"):
        return
    behind, me = batches_behind(db, release, period), _folded(by)
    mine = [(number, file) for number, file, who in db.execute(_BROUGHT) if number in behind and _folded(who) == me]
    if mine:
        named = "、".join(f"{number}（{file}）" for number, file in mine[:3]) + (f"等 {len(mine)} 批" if len(mine) > 3 else "")
        raise SamePerson(f"两人规则：{period} 的批次 {named} 由 {by} 导入，不能由同一人发布；请换一个人发布，或由系统管理员改设置 two_people")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
