"""What would help one unit most, from whom it can learn, and what of its work is late, due or at risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from briefs.unit_parts import sheet
from reports.contents import Block, Grid, Number, Numbers, Sheet, Words
from scoring.errors import ScoringError
from ui import exemplar_peers, exemplar_tables, exemplars, guidance, worklist, worklist_registers
from ui import guidance_words as words
from ui.wording import clean, tenth
from ui.worklist_cards import unit_cards
from ui.worklist_tables import TITLES, waiting_list

if TYPE_CHECKING:
    from ui.view import View

_ACTIONS = 3  # more is no priority
_WAITING, _LESSONS = 5, 4  # rows of what is late and due next, and of what others took
_GAINS = "增分：只改这一项、其他数据和加减分不变时指数增加的分数；按每步、每级难度的增分排列。"


def next_steps(view: View, unit: str, actions: pd.DataFrame | None = None) -> Sheet:
    """The three actions that bring one unit most for their effort, where its points are lost, and whom to learn from.

    `actions`: as in `unit.unit_sheets`. Raises StoreError.
    """
    lead, left, diagnosis = _advised(view, unit, actions)
    (models, opens), notes = _learning(view, unit), (*_tier_advice(view, unit), _GAINS, f"向谁学：{exemplar_tables.alike(view)}。")
    return sheet(view, unit, "unit-next", lead, left, (*diagnosis, *models), widths=(1.3, 1), notes=notes, opens=opens)


def _advised(view: View, unit: str, actions: pd.DataFrame | None) -> tuple[str, tuple[Block, ...], tuple[Block, ...]]:
    """(lead, actions, where points are lost); the reason where none can be reckoned."""
    try:
        lead, blocks = _actions(view, unit, actions)
        table = guidance.diagnosis(view, unit)
    except ScoringError as error:
        return "这一号发布不能重新计分，算不出建议能增加多少分", (Words((clean(error, 300),), bullets=False),), ()
    return lead, blocks, (Words((words.pointed(table),)),) if len(table) else ()


def _actions(view: View, unit: str, actions: pd.DataFrame | None) -> tuple[str, tuple[Block, ...]]:
    if view.guidance.empty:
        return words.NONE_YET.rstrip("。"), (Words((f"在安装目录里运行 {words.COMMAND}，或照这个文件另写一份导入。",), bullets=False),)
    found = actions_of(view, unit, actions)
    if found.empty:
        return words.why_none(view, unit).rstrip("。"), ()
    first = found.iloc[0]
    lead = f"先做{clean(view.node_name(first['indicator']), 40)}：{words.step(view, first)}，{view.words['index']} {words.gain(first['gain'])}"
    top = [action for _, action in found.head(_ACTIONS).iterrows()]
    table = pd.DataFrame(
        {
            "先做的事": [f"{clean(view.node_name(a['indicator']), 40)}：{words.step(view, a)}" for a in top],
            "现在 → 做到": [words.reaching(view, a) for a in top],
            "增分": [words.gain(a["gain"]).removesuffix(" 分") for a in top],
        }
    )
    texts = tuple(clean(a["text"], 200) for a in top if a["text"])
    return lead, (Grid(table, weights={"先做的事": 3.2, "现在 → 做到": 2, "增分": 1.2}, more=len(found) - len(top)), Words(texts))


def actions_of(view: View, unit: str, actions: pd.DataFrame | None) -> pd.DataFrame:
    """What would raise the index of one unit, as `guidance.best` lists it, out of what is known of many. Raises ScoringError."""
    return guidance.best(view, [unit]) if actions is None else actions[actions["unit"] == unit]


def _tier_advice(view: View, unit: str) -> list[str]:
    """What is said to the unit's tier as a whole."""
    tier = view.units.at[unit, "tier"]
    return [f"对{tier}：{clean(text, 200)}" for text in guidance.advice_to(view, tier, unit=unit)["text"]] if tier else []


def _learning(view: View, unit: str) -> tuple[tuple[Block, ...], list[str]]:
    """Whom to learn from in the weakest dimension, and their codes."""
    node = exemplar_peers.weakest(view, unit)
    models, word = exemplar_peers.models(view, unit, node), clean(view.node_name(node), 20)
    if models.empty:
        return (Words((f"向谁学：{exemplar_tables.nobody(view, unit, node)}",), bullets=False),), []
    held = exemplars.named(view)
    exemplary = set(held.loc[held["field"] == node, "unit"])
    table = pd.DataFrame(
        {
            f"{word}向谁学": [clean(tag, 30) + (" · 培树点" if code in exemplary else "") for code, tag in models["tag"].items()],
            "得分": models["score"].to_numpy(),
            "好在哪里": [exemplar_peers.biggest(exemplar_peers.differences(view, unit, [code], node), 1) for code in models.index],
        }
    )
    said = f"最弱的{view.words['dimension']}是{word}，{tenth(view.nodes.at[unit, node])} 分。"
    return (Words((said,)), Grid(table, weights=dict(zip(table, (2.6, 1, 2.6), strict=True)))), list(models.index)


def exemplary(view: View, unit: str) -> Sheet | None:
    """What a unit is an exemplar of, and what others took from it; None for one that is no exemplar. Raises StoreError."""
    held = exemplars.named(view)
    if unit not in set(held["unit"]):
        return None
    lessons = exemplars.taken(view)
    mine = exemplars.with_lessons(held[held["unit"] == unit], lessons)
    said = tuple(clean(row.story, 300) for row in mine.itertuples() if row.story)
    took = exemplar_tables.lessons(view, exemplars.of_these(lessons, mine).head(_LESSONS)).drop(columns="向谁学").reset_index(drop=True)
    lead = "；".join(exemplar_tables.sentence(view, row) for row in mine.itertuples())
    grid = [Grid(took, more=int(mine["learned"].sum()) - len(took))] if len(took) else []
    return sheet(view, unit, "unit-exemplar", lead, (*([Words(said, bullets=len(said) > 1)] if said else []), *grid))


def work(view: View, unit: str) -> Sheet:
    """What of a unit's tasks and rectifications is late and due next, and its high risks, on the day of `as_of`. Raises StoreError."""
    held, risks = {ledger: worklist.work(view, ledger, unit) for ledger in worklist.WORK}, worklist_registers.risks(view, unit)
    if all(rows.empty for rows in held.values()) and risks.empty:
        ledgers = "、".join(TITLES[ledger] for ledger in (*held, "risk"))
        said = f"把台账的导出或按模板填好的表导入后，这里就有内容：python manage.py import {TITLES['task']}台账.csv"
        return sheet(view, unit, "unit-tasks", f"台账里没有它的{ledgers}", (Words((said,), bullets=False),))
    cards = unit_cards({TITLES[ledger]: rows for ledger, rows in held.items()}, risks)
    figures, day = Numbers(tuple(Number(card.label, card.value, card.note) for card in cards)), worklist.as_of(view).isoformat()
    notes = (f"台账天天在变，这里截至 {day}；已发布的得分不变。",)
    return sheet(view, unit, "unit-tasks", _pressing(day, held, risks), (figures, *_waiting(held), *_brands(view, unit)), notes=notes)


def _pressing(day: str, held: Mapping[str, pd.DataFrame], risks: pd.DataFrame) -> str:
    """What is late and due soon, of all ledgers together, and the high risks without controls."""
    counts = pd.concat([worklist.current(rows)[["status", "items"]] for rows in held.values()]).groupby("status", observed=False)["items"].sum()
    high, off = (risks["status"].isin(kinds).sum() for kinds in (["controlled", "uncontrolled"], ["uncontrolled"]))
    risky = f"高风险点 {high} 个，防控措施{f'有 {off} 个未落实' if off else '全部落实'}" if high else "没有高风险点"
    late, soon = (f"{worklist.STATUSES[status].word} {counts[status]:.0f} 件" for status in worklist.OPEN[:2])
    return f"截至 {day}：{late}，{soon}；{risky}"


def _waiting(held: Mapping[str, pd.DataFrame]) -> list[Block]:
    """What is late and due next, the most pressing first."""
    rows = pd.concat([worklist.waiting(rows).assign(ledger=ledger) for ledger, rows in held.items()], ignore_index=True)
    if rows.empty:
        return [Words((f"今后 {worklist.AHEAD} 天内没有到期而未结的任务和整改。",), bullets=False)]
    table = waiting_list(worklist.pressing(rows, _WAITING), TITLES, worklist.STATUSES)
    shown = table[["状态", "名称", "期限", "离期限", "责任部门或来源"]].reset_index(drop=True)
    weights = {"状态": 1.7, "名称": 4, "期限": 1.5, "离期限": 1.5, "责任部门或来源": 2.6}
    return [Grid(shown, weights=weights, more=len(rows) - len(shown))]


def _brands(view: View, unit: str) -> list[Block]:
    """The unit's own brand and how many of its branches have a sub-brand."""
    held = worklist_registers.brands(view, unit)
    own = "、".join(dict.fromkeys(clean(name, 40) for name in held["master"] if name))
    if not own:
        return []
    covered = int((held["status"] == "covered").sum())
    return [Words((f"品牌：{own}；{len(held)} 个支部中 {covered} 个有子品牌。",), bullets=False)]
