"""Appeals: a unit asks about a figure of its own, a steward answers, corrects by a batch, and the release that shows it is named."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd
from sqlite_utils import Database

from ..connection import audit, now, table_of, write_tx
from ..errors import AppealError
from ..ledgers.specification import LEDGERS
from ..people.roles import Person
from ..readers.persons import refuse_persons
from .reading import release_framework
from .releases import state_of

LONGEST = 500  # characters of a question or an answer
STATES = {
    "open": "待答复", "reply": "已答复", "correct": "已更正，待重新发布", "reissue": "已更正并发布", "reject": "未采纳", "withdraw": "已撤回",
}  # fmt: skip
OPEN = tuple(STATES[s] for s in ("open", "correct"))  # what somebody still has to do something about
ANSWERS = {"reply": "答复", "correct": "更正", "reissue": "已重新发布", "reject": "不采纳"}
_NEXT = {
    "open": ("reply", "reject", "correct", "withdraw"),
    "reply": ("reply", "correct"),
    "correct": ("correct", "reissue", "reject"),
    "reissue": ("reply",),
    "reject": ("reply", "correct"),
    "withdraw": (),
}
_APPEALS = """
SELECT appeal.id AS appeal, release.period, appeal.release, appeal.unit, coalesce(unit.name, appeal.unit) AS name, node, appeal.text,
    appeal.at, appeal.by, coalesce(kind, 'open') AS kind, last.text AS answer, last.at AS answered_at, last.by AS answered_by,
    last.batch, last.release AS reissued, coalesce(shown, 0) AS shown
FROM appeal JOIN release ON release.id = appeal.release LEFT JOIN unit ON unit.code = appeal.unit
LEFT JOIN (SELECT appeal, kind, text, batch, release, shown, at, by, max(id) FROM appeal_event GROUP BY appeal) AS last
    ON last.appeal = appeal.id
WHERE ?1 IS NULL OR appeal.unit = ?1 ORDER BY appeal.id DESC
"""
_EVENTS = "SELECT kind, text, batch, release, shown, at, by FROM appeal_event WHERE appeal = ? ORDER BY id"
_TOUCHES = [
    "SELECT 1 FROM observation WHERE batch = ? AND unit = ? LIMIT 1", "SELECT 1 FROM adjustment WHERE batch = ? AND unit = ? LIMIT 1",
    "SELECT 1 FROM unit_record WHERE batch = ? AND code = ? LIMIT 1",
]  # fmt: skip
_SAME = "SELECT id FROM appeal WHERE release = ? AND unit = ? AND node = ? AND text = ?"
_RECORD = Template("SELECT 1 FROM $ledger WHERE batch = ? AND unit = ? LIMIT 1")
_CORRECTION = "SELECT batch FROM appeal_event WHERE appeal = ? AND kind = 'correct' ORDER BY id DESC LIMIT 1"
# By the order of the journal's rows: a clock may be set back.
_MADE_AFTER = """
SELECT (SELECT min(audit.id) FROM audit, json_each(detail, '$.releases') AS made
        WHERE verb IN ('publish', 'draft') AND json_extract(made.value, '$[0]') = ?)
    > (SELECT min(id) FROM audit WHERE verb = 'import' AND json_extract(detail, '$.batch') = ?)
"""
# Ledgers state no period: their records may feed any.
_CORRECTIONS = Template("""
SELECT id AS batch, file, at, by, EXISTS (
    SELECT 1 FROM observation WHERE batch = id AND period = ?1 AND unit = ?2 AND indicator IN (SELECT value FROM json_each(?3))
) AS direct
FROM batch WHERE revoked_at IS NULL AND id IN (
    SELECT batch FROM observation WHERE period = ?1 AND unit = ?2 UNION SELECT batch FROM adjustment WHERE period = ?1 AND unit = ?2
    UNION SELECT batch FROM unit_record WHERE code = ?2 UNION $records
) AND id IN (
    SELECT json_extract(detail, '$$.batch') FROM audit WHERE verb = 'import' AND audit.id > coalesce((
        SELECT min(audit.id) FROM audit, json_each(detail, '$$.releases') AS made
        WHERE verb IN ('publish', 'draft') AND json_extract(made.value, '$$[0]') = ?4
    ), 0)
) ORDER BY id DESC
""")
_OF_LEDGER = Template("SELECT batch FROM $ledger WHERE unit = ?2")
_REISSUED = """
SELECT release.id AS release, release.at, release.by, service.release IS NOT NULL AS served
FROM release LEFT JOIN service ON service.release = release.id WHERE release.period = ? AND release.id <> ? ORDER BY release.id DESC
"""
_INSERT_EVENT = "INSERT INTO appeal_event (appeal, kind, text, batch, release, shown, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def ask(person: Person, release: int, unit: str, node: str, text: str, path: Path | None = None) -> int:
    """Ask about a unit's score of a node (the index, a dimension, an indicator) in a published release; the appeal's number.

    Raises AppealError: no right, another's unit, no such release, unit or node, a text that is empty, too long or names persons.
    """
    if not person.may("appeal"):
        raise AppealError(f"{person.title or person.name} 没有提出申诉的权限；请由单位联络员提出")
    if person.only_unit is not None and person.only_unit != unit:
        raise AppealError(f"只能对本单位（{person.only_unit or '未指定'}）的数据提出申诉，不能对 {unit} 提出")
    text = _proper(text, "申诉")
    with write_tx(path) as db:
        period, state = state_of(db, release)
        if state == "draft":
            raise AppealError(f"第 {release} 号还没有发布；请对已发布的结果提出申诉")
        if db.execute("SELECT 1 FROM release_unit WHERE release = ? AND unit = ?", [release, unit]).fetchone() is None:
            raise AppealError(f"第 {release} 号发布（{period}）中没有单位 {unit}；请换一期")
        if node not in release_framework(db, release)[0]:
            raise AppealError(f"第 {release} 号发布的指标体系中没有 {node}；请从指数、维度、指标中选一项")
        if twin := db.execute(_SAME, [release, unit, node, text]).fetchone():
            raise AppealError(f"同样的申诉已经提出过，是第 {twin[0]} 号；请看它的答复，或写明新的理由")
        number = db.execute(
            "INSERT INTO appeal (release, unit, node, text, at, by) VALUES (?, ?, ?, ?, ?, ?)",
            (release, unit, node, text, now(), person.name),
        ).lastrowid
        audit(db, person.name, "appeal", appeal=number, release=release, period=period, unit=unit, node=node, text=text)
    return number


def take_back(person: Person, number: int, text: str = "", path: Path | None = None) -> None:
    """Withdraw an own question that nobody has answered yet. Raises AppealError: not one's own, answered, no such appeal."""
    with write_tx(path) as db:
        found = appeal(db, number)
        mine = found["by"] == person.name if person.only_unit is None else found["unit"] == person.only_unit
        if not (person.may("appeal") and mine):
            raise AppealError(f"第 {number} 号申诉不是{person.title or person.name}提出的，不能撤回")
        _refuse_step(found, "withdraw")
        _write(db, person, number, "withdraw", text.strip(), None, None, False)


def answer(
    person: Person, number: int, kind: str, text: str, batch: int | None = None, release: int | None = None,
    shown: bool = False, path: Path | None = None,
) -> None:  # fmt: skip
    """Answer an appeal: a key of ANSWERS. `correct` names the batch of the correction, `reissue` the release that shows it.

    `shown`: the text may stand beside the score. Raises AppealError: no right, no such appeal, a step that its state does not allow,
    a batch or release that does not fit, a text as in `ask`.
    """
    if not person.may("answer"):
        raise AppealError(f"{person.title or person.name} 没有答复申诉的权限；请由数据管理员或发布人答复")
    if kind not in ANSWERS:
        raise AppealError(f"没有答复方式 {kind!r}；可用：{'、'.join(ANSWERS)}")
    text = _proper(text, "答复")
    with write_tx(path) as db:
        found = appeal(db, number)
        _refuse_step(found, kind)
        if kind == "correct":
            _refuse_batch(db, batch, found["unit"])
        if kind == "reissue":
            _refuse_release(db, release, found)
        _write(db, person, number, kind, text, batch if kind == "correct" else None, release if kind == "reissue" else None, shown)


def appeals(db: Database, only_unit: str | None = None) -> pd.DataFrame:
    """All appeals, or those of one unit, the last first.

    Columns: appeal, period, release, unit, name, node, text, at, by, kind, state (a word of STATES), answer, answered_at, answered_by,
    batch, reissued (NA: none), shown.
    """
    table = table_of(db.execute(_APPEALS, [only_unit])).astype({"batch": "Int64", "reissued": "Int64", "shown": bool})
    return table.assign(state=table["kind"].map(STATES).astype(object))


def appeal(db: Database, number: int) -> pd.Series:
    """One appeal, columns as in `appeals`. Raises AppealError when there is no such appeal."""
    table = appeals(db)
    found = table[table["appeal"] == number]
    if found.empty:
        raise AppealError(f"没有第 {number} 号申诉；请从申诉列表中选一个")
    return found.iloc[0]


def appeal_events(db: Database, number: int) -> pd.DataFrame:
    """What was said and done about an appeal, the first first: kind, text, batch, release, shown, at, by."""
    return table_of(db.execute(_EVENTS, [int(number)])).astype({"batch": "Int64", "release": "Int64", "shown": bool})


def corrections(db: Database, number: int) -> pd.DataFrame:
    """Batches that may be the correction of an appeal, the last first: batch, file, at, by, direct (it has the very figures).

    Batches in force, brought since the release was made, that hold anything of the unit: values or adjustments of the period, its
    entry in the register, its records.
    """
    found = appeal(db, number)
    framework = release_framework(db, int(found["release"]))[0]
    indicators = json.dumps([node.code for node in framework.leaves(found["node"])])
    sql = _CORRECTIONS.substitute(records=" UNION ".join(_OF_LEDGER.substitute(ledger=name) for name in LEDGERS))
    return table_of(db.execute(sql, [found["period"], found["unit"], indicators, int(found["release"])])).astype({"direct": bool})


def reissues(db: Database, number: int) -> pd.DataFrame:
    """Releases that may show an appeal's correction, the last first: release, at, by, served. None before there is a correction."""
    found = appeal(db, number)
    corrected = db.execute(_CORRECTION, [number]).fetchone()
    table = table_of(db.execute(_REISSUED, [found["period"], int(found["release"])])).astype({"served": bool})
    fits = [
        corrected is not None and state_of(db, release)[1] in ("served", "published")
        and bool(db.execute(_MADE_AFTER, [release, corrected[0]]).fetchone()[0])
        for release in table["release"].tolist()
    ]  # fmt: skip
    return table[np.array(fits, bool)].reset_index(drop=True)


def next_steps(kind: str) -> tuple[str, ...]:
    """What may be done about an appeal in this state, keys of ANSWERS and withdraw."""
    return _NEXT[kind]


def _write(
    db: Database, person: Person, number: int, kind: str, text: str, batch: int | None, release: int | None, shown: bool
) -> None:
    """Append a step and its row in the journal."""
    db.execute(_INSERT_EVENT, (number, kind, text, batch, release, int(shown), now(), person.name))
    audit(db, person.name, f"appeal_{kind}", appeal=number, text=text, batch=batch, release=release, shown=shown)


def _refuse_step(found: pd.Series, kind: str) -> None:
    if kind not in _NEXT[found["kind"]]:
        may = "、".join(ANSWERS.get(k, "撤回") for k in _NEXT[found["kind"]]) or "再没有下一步"
        raise AppealError(f"第 {found['appeal']} 号申诉的状态是{found['state']}，不能再{ANSWERS.get(kind, '撤回')}；可以：{may}")


def _proper(text: str, what: str) -> str:
    """The text without blanks at its ends. Raises AppealError: empty, too long, or it holds a person's number or name."""
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise AppealError(f"{what}有 {len(text)} 个字；请写 1 到 {LONGEST} 个字")
    if found := refuse_persons(np.array([text], object)):
        raise AppealError(f"{what}{found[0][1]}")
    return text


def _refuse_batch(db: Database, batch: int | None, unit: str) -> None:
    row = db.execute("SELECT revoked_at FROM batch WHERE id = ?", [batch]).fetchone()
    if row is None:
        raise AppealError(f"没有批次 {batch}；请先把更正导入为一个批次，再填它的编号")
    if row[0] is not None:
        raise AppealError(f"批次 {batch} 已撤销，不能作为更正；请填生效的批次")
    ledgers = [_RECORD.substitute(ledger=name) for name in LEDGERS]
    if not any(db.execute(sql, [batch, unit]).fetchone() for sql in [*_TOUCHES, *ledgers]):
        raise AppealError(f"批次 {batch} 里没有单位 {unit} 的数据，不是这件申诉的更正；请核对批次编号")


def _refuse_release(db: Database, release: int | None, found: pd.Series) -> None:
    if release is None:
        raise AppealError("请填重新发布的编号")
    period, state = state_of(db, release)
    if period != found["period"] or state not in ("served", "published"):
        raise AppealError(f"第 {release} 号发布（{period}）不能作为更正后的发布：要是 {found['period']} 已发布的一号")
    if release == found["release"]:
        raise AppealError(f"第 {release} 号就是申诉所指的发布；请填更正之后重新发布的编号")
    corrected = db.execute(_CORRECTION, [int(found["appeal"])]).fetchone()[0]
    if not db.execute(_MADE_AFTER, [release, corrected]).fetchone()[0]:
        raise AppealError(f"第 {release} 号发布在更正（批次 {corrected}）之前生成；请重新发布后再填")
