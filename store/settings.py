"""Settings of a store: what they are, their bounds, what is in force, and who set it when."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlite_utils import Database

from .connection import audit, now, write_tx
from .errors import SettingError

_IN_FORCE = "SELECT value FROM setting WHERE key = ? ORDER BY id DESC LIMIT 1"
_LAST = "SELECT key, value, at, by, max(id) FROM setting GROUP BY key"


@dataclass(frozen=True)
class Setting:
    """A whole number with a default, between two bounds. `choice`: 0 is off, 1 is on."""

    title: str
    default: int
    low: int
    high: int
    choice: bool = False


SETTINGS = {
    "two_people": Setting("两人规则：导入数据的人不能发布这一期（0 不用，1 用）", 0, 0, 1, choice=True),
    "rank_change": Setting("名次变动超过多少位时，发布前提醒", 10, 1, 1000),
    "idle_minutes": Setting("多少分钟不操作后退出登录", 30, 5, 1440),
    "lock_failures": Setting("连续输错密码多少次后锁定", 5, 3, 100),
    "lock_minutes": Setting("锁定多少分钟", 15, 1, 1440),
    "public_badges": Setting("徽章公开：不登录也能看已发布的徽章，供别的网站引用（0 不用，1 用）", 0, 0, 1, choice=True),
}


def setting(db: Database, key: str) -> int:
    """What is in force of a setting. Raises SettingError for an unknown key."""
    default = _known(key).default
    row = db.execute(_IN_FORCE, [key]).fetchone()
    return default if row is None else int(row[0])


def settings(db: Database) -> pd.DataFrame:
    """All settings, index key: title, value, default, low, high, at, by (both "" where nobody has set it)."""
    said = {key: (int(value), at, by) for key, value, at, by, _ in db.execute(_LAST)}
    rows = [
        (key, s.title, *(said.get(key) or (s.default, "", "")), s.default, s.low, s.high) for key, s in SETTINGS.items()
    ]
    return pd.DataFrame(rows, columns=["key", "title", "value", "at", "by", "default", "low", "high"]).set_index("key")


def set_setting(key: str, value: object, by: str, path: Path | None = None) -> int:
    """Put a setting in force; the number that is now in force. Raises SettingError: unknown, no whole number, out of bounds."""
    known = _known(key)
    try:
        number = int(str(value).strip())
    except ValueError:
        number = None
    if number is None or not known.low <= number <= known.high:
        raise SettingError(f"设置 {key}（{known.title}）不能是 {value!r}；请给 {known.low} 到 {known.high} 的整数")
    with write_tx(path) as db:
        before = setting(db, key)
        db.execute("INSERT INTO setting (key, value, at, by) VALUES (?, ?, ?, ?)", (key, str(number), now(), by))
        audit(db, by, "setting", key=key, before=before, value=number)
    return number


def _known(key: str) -> Setting:
    if key not in SETTINGS:
        raise SettingError(f"没有设置 {key!r}；可用：{'、'.join(SETTINGS)}")
    return SETTINGS[key]
