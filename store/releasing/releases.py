"""Releases: frozen, numbered scoring runs. A draft is frozen and not served; publishing serves it, withdrawing takes it back.

The same inputs give the same digest, and no twin. What becomes of a release is appended as events; its rows never change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from sqlite_utils import Database

from scoring.index import fit_panel
from scoring.movement import period_key

from ..connection import audit, now, table_of, write_tx
from ..errors import ReleaseError
from ..frameworks.in_force import Version, frameworks_for, with_framework
from .frozen import BLOCK, freeze
from .panel import data_digest, data_periods, load_panel, rests_on
from .two_people import refuse_importers

Progress = Callable[[int, int, str], None]  # done, of how many, what

_STEPS = 1000  # of the progress of one period, where it is told within it
STATES = {"draft": "草稿", "served": "在用", "published": "已发布", "withdrawn": "已撤回"}
PUBLIC = ("served", "published")  # states of a release that everybody may see
# What is served is read by its state; a release without events was published as it was made.
_RELEASES = """
SELECT id AS release, release.period, release.at, release.by, service.release IS NOT NULL AS served, framework, data_digest, code_version,
    digest, demo, units, scored,
    CASE WHEN service.release IS NOT NULL THEN 'served' WHEN kind = 'draft' THEN 'draft' WHEN kind = 'withdraw' THEN 'withdrawn'
        ELSE 'published' END AS state,
    coalesce(last.at, release.at) AS state_at, coalesce(last.by, release.by) AS state_by, coalesce(reason, '') AS reason,
    coalesce(event, 0) AS event
FROM release LEFT JOIN service ON service.release = release.id
LEFT JOIN (SELECT release, kind, reason, at, by, max(id) AS event FROM release_event GROUP BY release) AS last ON last.release = release.id
"""
_LAST_USE = "SELECT max(id) FROM release_event WHERE release = ? AND kind IN ('publish', 'reopen')"


class Published(NamedTuple):
    """One period of a run. `new` is False when the same inputs were frozen before: then `release` is that one."""

    release: int
    period: str
    new: bool
    units: int
    scored: int


def publish(
    periods: Iterable[str] | None, by: str, path: Path | None = None, progress: Progress | None = None
) -> list[Published]:
    """Score and freeze these periods (None: the latest) and serve them, in one transaction.

    A period whose inputs were frozen before gets no twin: that release is served. Raises ReleaseError, ScoringError, StoreError.
    """
    with write_tx(path) as db:
        done = _freeze(db, periods, by, progress)
        for p in done:
            refuse_importers(db, p.release, p.period, by)
            if p.new or state_of(db, p.release)[1] != "served":
                serve(db, p.release, p.period, "publish", by)
        audit(db, by, "publish", releases=[[p.release, p.period, p.new] for p in done])
    return done


def draft(
    periods: Iterable[str] | None, by: str, path: Path | None = None, progress: Progress | None = None
) -> list[Published]:
    """Score and freeze these periods (None: the latest) without serving them. Raises ReleaseError, ScoringError, StoreError.

    A period whose inputs were published before gets no draft: `release` is then the published one.
    """
    with write_tx(path) as db:
        done = _freeze(db, periods, by, progress)
        drafted = [p for p in done if p.new or state_of(db, p.release)[1] in ("draft", "withdrawn")]
        for p in drafted:
            add_event(db, p.release, "draft", by)
        if drafted:
            audit(db, by, "draft", releases=[[p.release, p.period, p.new] for p in drafted])
    return done


def withdraw(number: int, reason: str, by: str, path: Path | None = None) -> int | None:
    """Take a published release back, for a reason that stays on record; the number that its period serves now, None: nothing.

    The release that was put to use before it takes its place. Raises ReleaseError: no reason, no such release, a draft, withdrawn.
    """
    if not reason.strip():
        raise ReleaseError(f"撤回第 {number} 号发布要写明理由；什么也没有改动")
    with write_tx(path) as db:
        period, state = state_of(db, number)
        if state in ("draft", "withdrawn"):
            raise ReleaseError(f"第 {number} 号是{STATES[state]}，不能撤回；只能撤回已发布的")
        add_event(db, number, "withdraw", by, reason.strip())
        if state == "served":
            _serve_the_one_before(db, period)
        row = db.execute("SELECT release FROM service WHERE period = ?", [period]).fetchone()
        served = None if row is None else row[0]
        audit(db, by, "withdraw", release=number, period=period, reason=reason.strip(), served=served)
    return served


def reopen(number: int, by: str, path: Path | None = None, reason: str = "") -> str:
    """Serve an older release again for its period, which is returned. Raises ReleaseError: no such release, or a draft."""
    with write_tx(path) as db:
        period, state = state_of(db, number)
        if state == "draft":
            raise ReleaseError(f"第 {number} 号是草稿，没有发布过；请先发布它")
        refuse_importers(db, number, period, by)
        serve(db, number, period, "reopen", by, reason.strip())
        audit(db, by, "reopen", release=number, period=period, reason=reason.strip())
    return period


def releases(db: Database) -> pd.DataFrame:
    """All releases, the last first. `at`, `by`: when it was frozen and by whom.

    Columns: release, period, at, by, served, framework, data_digest, code_version, digest, demo, units, scored, state (a key of
    STATES), state_at, state_by, reason (of what last became of it), event (its number: the order in which things happened, 0 without).
    """
    return table_of(db.execute(f"{_RELEASES} ORDER BY id DESC")).astype({"served": bool, "demo": bool})


def state_of(db: Database, number: int) -> tuple[str, str]:
    """(period, state) of a release. Raises ReleaseError when there is no such release."""
    found = table_of(db.execute(f"{_RELEASES} WHERE release.id = ?", [int(number)]))
    if found.empty:
        last = db.execute("SELECT max(id) FROM release").fetchone()[0]
        raise ReleaseError(f"没有第 {number} 号发布；{f'现有 1 到 {last} 号' if last else '请先运行 publish'}")
    return found.at[0, "period"], found.at[0, "state"]


def inputs_now(db: Database, periods: Sequence[str]) -> dict[str, tuple[int, str]]:
    """What a release of each period would rest on now: the framework's number and the digest of the data.

    A period for which no framework is in force is left out.
    """
    have, found = data_periods(db), {}
    for (number, framework, policy), mine in frameworks_for(db, with_framework(db, periods)):
        pools = {p: rests_on(framework, policy, p, have) for p in mine}
        panel = load_panel(db, framework, [p for p in have if any(p in pool for pool in pools.values())], policy.prefer)
        found |= {p: (number, data_digest(panel, pools[p], p)) for p in mine}
    return found


def serve(db: Database, number: int, period: str, kind: str, by: str, reason: str = "") -> None:
    """Let a period serve a release, and write down why: `publish` or `reopen`. Inside the caller's transaction."""
    _serve(db, period, number)
    add_event(db, number, kind, by, reason)


def add_event(db: Database, number: int, kind: str, by: str, reason: str = "") -> None:
    """Append what became of a release, inside the caller's transaction."""
    db.execute(
        "INSERT INTO release_event (release, kind, reason, at, by) VALUES (?, ?, ?, ?, ?)", (number, kind, reason, now(), by)
    )


def _freeze(db: Database, periods: Iterable[str] | None, by: str, progress: Progress | None) -> list[Published]:
    """Score and freeze some periods, each by the framework in force for it, inside the caller's transaction."""
    have, done = data_periods(db), []
    wanted = _wanted(db, periods, have)
    for version, mine in frameworks_for(db, wanted):
        for period, release, new in _frozen(db, version, mine, have, by, _inside(progress, done, wanted)):
            units, scored = db.execute("SELECT units, scored FROM release WHERE id = ?", [release]).fetchone()
            done.append(Published(release, period, new, units, scored))
            if progress:
                progress(len(done), len(wanted), period)
    return done


def _inside(progress: Progress | None, done: Sequence[Published], wanted: Sequence[str]) -> Callable[[str, int, int, str], None]:
    """The progress within a period of many units, as a part of the whole run's: (period, units so far, of how many, what)."""

    def tell(period: str, units: int, of: int, what: str) -> None:
        if progress and of > BLOCK:
            progress(round((len(done) + units / of) * _STEPS), len(wanted) * _STEPS, f"{period} {what} {units}/{of} 个单位")

    return tell


def _frozen(
    db: Database, version: Version, periods: Sequence[str], have: Sequence[str], by: str, tell: Callable[[str, int, int, str], None]
) -> Iterator[tuple[str, int, bool]]:
    """(period, number, new) of each period, as one version of the framework scores them."""
    number, framework, policy = version
    pools = {period: rests_on(framework, policy, period, have) for period in periods}
    panel = load_panel(db, framework, [p for p in have if any(p in pool for pool in pools.values())], policy.prefer)
    fits = fit_panel(panel.values, framework, policy, periods)
    for period in periods:
        header = (period, number, data_digest(panel, pools[period], period), int(panel.is_demo(pools[period])))
        yield period, *freeze(db, header, by, framework, fits[period], panel, partial(tell, period))


def _wanted(db: Database, periods: Iterable[str] | None, have: Sequence[str]) -> list[str]:
    if not have:
        frameworks_for(db, periods or [""])  # which is the first thing that an empty store lacks
        raise ReleaseError("库中没有数据，不能发布；请先用 import 导入")
    wanted = [have[-1]] if periods is None else sorted(set(periods), key=period_key)
    if lacking := [p for p in wanted if p not in have]:
        raise ReleaseError(f"考核期 {'、'.join(lacking)} 没有数据，不能发布；有数据的考核期：{'、'.join(have)}")
    return wanted


def _serve_the_one_before(db: Database, period: str) -> None:
    """Of the releases that are neither drafts nor withdrawn, serve the one that was put to use last; nothing where there is none."""
    db.execute("DELETE FROM service WHERE period = ?", [period])
    table = table_of(db.execute(f"{_RELEASES} WHERE release.period = ?", [period]))
    left = table.loc[table["state"] == "published", "release"].tolist()
    if left:
        _serve(db, period, max(left, key=lambda n: (db.execute(_LAST_USE, [n]).fetchone()[0] or 0, n)))


def _serve(db: Database, period: str, release: int) -> None:
    db.execute(
        "INSERT INTO service (period, release) VALUES (?, ?) ON CONFLICT (period) DO UPDATE SET release = excluded.release",
        (period, release),
    )
