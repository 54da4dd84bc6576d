"""The checks before a release is published: gathered from the store, judged by `scoring.publishing`."""

from __future__ import annotations

import pandas as pd
from sqlite_utils import Database

from scoring.errors import ScoringError
from scoring.movement import previous
from scoring.publishing import (
    STATUSES,
    Finding,
    audit_outcomes,
    changed_values,
    coverage,
    ledger_differences,
    membership,
    open_appeals,
    rank_moves,
)

from ..settings import setting
from .appeals import OPEN, appeals
from .cases import release_case
from .reading import release_cells, release_derived, release_units, served
from .releases import state_of

MOST = 100_000  # units of a release that is gone through cell by cell, and audited


def findings(db: Database, number: int) -> list[Finding]:
    """What is to be known of a release before it is published, the most pressing first. Raises ReleaseError for an unknown number.

    It is set against the release that its period serves (unless that is it) and against the one that is served for the period before.
    """
    period, _ = state_of(db, number)
    serving = served(db).set_index("period")["release"].to_dict()
    earlier = serving.get(previous(period, serving))
    now = None if serving.get(period) == number else serving.get(period)
    units, most = release_units(db, number), setting(db, "rank_change")
    table, last = _units(db, now), _units(db, earlier)
    waiting = appeals(db)
    waiting = waiting[(waiting["period"] == period) & waiting["state"].isin(OPEN)]
    found = [
        coverage(units),
        *_audited(db, number, units["size"], earlier),
        rank_moves(units, table, most, "moves", "在用的发布"),
        rank_moves(units, last, most, "moves_before", "上期"),
        membership(units, table, "members", "在用的发布", vanished="fail"),
        membership(units, last, "members_before", "上期"),
        *_changed(db, number, now, len(units)),
        ledger_differences(release_derived(db, number)),
        open_appeals(waiting),
    ]
    return sorted(found, key=lambda f: list(STATUSES).index(f.status))


def _units(db: Database, release: int | None) -> pd.DataFrame | None:
    return None if release is None else release_units(db, release)


def _changed(db: Database, number: int, now: int | None, units: int) -> list[Finding]:
    """Values that differ from those of the release that is served; of too many units that is said, never passed."""
    if now is None:
        return [changed_values(pd.DataFrame(), None)]
    if units > MOST:
        return [Finding("values", "取值变动（与在用的比）", "warn", f"{units} 个单位，超过 {MOST} 个，没有逐格对照")]
    return [changed_values(release_cells(db, number), release_cells(db, now))]


def _audited(db: Database, number: int, sizes: pd.Series, earlier: int | None) -> list[Finding]:
    """The audit of a release, its jumps set against the one before; a case that cannot be scored again is said, never passed."""
    from scoring.audit import audit  # SciPy takes a third of a second, which only a check needs

    if len(sizes) > MOST:
        return [Finding("audit", "体检", "warn", f"{len(sizes)} 个单位，超过 {MOST} 个，没有体检")]
    try:
        before = None if earlier is None else release_case(db, earlier)
        checks = audit(release_case(db, number), None if sizes.isna().all() else sizes, before)
    except ScoringError as error:
        return [Finding("audit", "体检", "warn", f"不能体检：{error}")]
    return audit_outcomes(checks)
