"""Drafts: publishing one, whether its inputs are still the store's, and what has changed in a period since its release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from sqlite_utils import Database

from scoring.movement import period_key
from scoring.publishing import Finding

from ..connection import audit, reader, table_of, write_tx
from ..errors import DraftStale, PublishedAlready, ReleaseError
from ..frameworks.in_force import frameworks_for, with_framework
from ..parts import periods_of
from ..size import large
from .panel import data_periods, rests_on
from .release_checks import findings
from .releases import STATES, inputs_now, releases, serve, state_of
from .two_people import refuse_importers

_LAST_EVENT = "SELECT at, by FROM release_event WHERE release = ? ORDER BY id DESC LIMIT 1"
# The last run that found a release's inputs in the store: what was brought in or undone later came after it.
_FROZEN_AT = """
SELECT max(audit.id) FROM audit, json_each(detail, '$.releases') AS made
WHERE verb IN ('publish', 'draft') AND json_extract(made.value, '$[0]') = ?
"""
_BATCHES_AFTER = """
SELECT batch.id AS batch, audit.at, audit.by, iif(verb = 'revoke', '撤销', '导入') AS what, file, kind, rows, revoke_reason AS reason
FROM audit JOIN batch ON batch.id = json_extract(detail, '$.batch')
WHERE verb IN ('import', 'revoke') AND audit.id > ? ORDER BY audit.id DESC
"""
_OF_ONE_PERIOD = {"values", "adjustments"}  # kinds of rows that name their period; units, records and frameworks may concern any


def publish_draft(number: int, by: str, reason: str = "", path: Path | None = None) -> str:
    """Serve a draft; its period. `reason`: why it is published although a check has failed, which stays on record.

    Raises ReleaseError: no such release, a check that fails and no reason; DraftStale: inputs have changed since it was made;
    PublishedAlready: it is no draft any more; SamePerson: the rule of two people.
    """
    with reader(path) as db:
        _refuse_unless_draft(db, number)
        failed = [f.title for f in findings(db, number) if f.status == "fail"]
    if failed and not reason.strip():
        raise ReleaseError(f"第 {number} 号草稿有 {len(failed)} 项检查不通过：{'、'.join(failed)}；确认要发布的，请写明理由")
    with write_tx(path) as db:
        period = _refuse_unless_draft(db, number)
        if why := stale(db, number):
            raise DraftStale(f"第 {number} 号草稿不能发布：{why}；请重新生成草稿（python manage.py draft --period {period}）")
        refuse_importers(db, number, period, by)
        serve(db, number, period, "publish", by, reason.strip() if failed else "")
        audit(db, by, "publish", release=number, period=period, failed=failed, reason=reason.strip() if failed else "")
    return period


def stale(db: Database, number: int) -> str:
    """Why a release is not what the store would freeze now: a Chinese sentence; "" where it is."""
    row = releases(db).set_index("release").loc[int(number)]
    have = row["period"] in data_periods(db)
    framework, digest = inputs_now(db, [row["period"]] if have else []).get(row["period"], (0, ""))
    if not framework:
        return f"{row['period']} 已没有可用的指标体系" if have else f"{row['period']} 的数据已全部撤销"
    if framework != row["framework"]:
        return f"生成草稿之后，{row['period']} 的指标体系已改为第 {framework} 版"
    return "" if digest == row["data_digest"] else "生成草稿之后，它所依据的数据有变动"


def periods(db: Database) -> pd.DataFrame:
    """How every period with data or a release stands, the newest first, index period.

    Columns: served, draft (numbers, NA: none), current (a release with just the inputs of now, NA: none yet), changed (whether
    something is served whose inputs are not those of now). In a large store the inputs are not read: a release has just those of now
    where nothing that concerns it came or went after it was frozen.
    """
    table, have = releases(db), data_periods(db)
    now = _untouched(db, table, have) if large(db) else inputs_now(db, have)
    rows = {}
    for period in sorted({*have, *table["period"]}, key=period_key, reverse=True):
        mine = table[table["period"] == period]
        same = mine[[key == now.get(period) for key in zip(mine["framework"], mine["data_digest"], strict=True)]]
        served = mine.loc[mine["served"], "release"]
        rows[period] = (
            served.max() if len(served) else None, _last_draft(mine), same["release"].max() if len(same) else None,
            len(served) > 0 and served.iloc[0] not in set(same["release"]),
        )  # fmt: skip
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["served", "draft", "current", "changed"])
    return found.rename_axis("period").astype({"served": "Int64", "draft": "Int64", "current": "Int64", "changed": bool})


def changes_since(db: Database, number: int) -> pd.DataFrame:
    """Batches that were brought in or undone since a release was made, the last first, of those that may concern its period.

    Columns: batch, at, by, what (导入 or 撤销), file, kind, rows, reason.
    """
    period, _ = state_of(db, number)
    table = _after(db, number)
    concerns = [
        bool(set(kind.split()) - _OF_ONE_PERIOD - {"guidance"}) or period in periods_of(db, batch)
        for batch, kind in zip(table["batch"].tolist(), table["kind"], strict=True)
    ]  # fmt: skip
    return table[concerns].reset_index(drop=True)


def _after(db: Database, number: int) -> pd.DataFrame:
    """Batches that were brought in or undone since a release was made, whatever they concern."""
    since = db.execute(_FROZEN_AT, [int(number)]).fetchone()[0] or 0
    return table_of(db.execute(_BATCHES_AFTER, [since]))


def _untouched(db: Database, table: pd.DataFrame, have: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Framework and data digest of the newest release of each period after which nothing came or went that may concern it."""
    found = {}
    for (number, framework, policy), periods in frameworks_for(db, with_framework(db, have)):
        for period in periods:
            mine = table[(table["period"] == period) & (table["framework"] == number)]
            if len(mine) and not _touched(db, int(mine["release"].iloc[0]), {period, *rests_on(framework, policy, period, have)}):
                found[period] = number, mine["data_digest"].iloc[0]
    return found


def _touched(db: Database, number: int, periods: set[str]) -> bool:
    """Whether values or adjustments of some periods, units or records came or went since a release was made."""
    later = _after(db, number)[["batch", "kind"]].drop_duplicates()
    kinds = [set(kind.split()) - {"framework", "guidance"} for kind in later["kind"]]
    return any(k - _OF_ONE_PERIOD or (k and periods & periods_of(db, b)) for b, k in zip(later["batch"].tolist(), kinds, strict=True))


def checked(number: int, path: Path | None = None) -> list[Finding]:
    """The checks of a release, in one read-only moment. Raises ReleaseError for an unknown number."""
    with reader(path) as db:
        return findings(db, number)


def _last_draft(mine: pd.DataFrame) -> int | None:
    """The newest draft of a period's releases, unless something was published or withdrawn after it."""
    drafts = mine[mine["state"] == "draft"]
    if drafts.empty:
        return None
    last = drafts.loc[drafts["event"].idxmax()]
    return int(last["release"]) if last["event"] == mine["event"].max() else None


def _refuse_unless_draft(db: Database, number: int) -> str:
    period, state = state_of(db, number)
    if state != "draft":
        at, by = db.execute(_LAST_EVENT, [number]).fetchone() or ("", "")
        when = f"（{by}，{at[:16].replace('T', ' ')}）" if at else ""
        raise PublishedAlready(f"第 {number} 号不是草稿，它的状态是{STATES[state]}{when}；请刷新后再看")
    return period
