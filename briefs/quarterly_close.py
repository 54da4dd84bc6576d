"""The second half of the report of a period: work with deadlines, exemplars, advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from briefs import city_movement, city_work, naming
from reports.contents import Block, Grid, Numbers, Sheet, Words
from ui import exemplars as model
from ui import guidance, worklist, worklist_registers
from ui.exemplar_tables import CRITERIA
from ui.wording import clean

if TYPE_CHECKING:
    from ui.view import View

_ROWS = 10  # units with late work
_SPOTS = 3  # weak spots of a tier


def work(view: View) -> Sheet:
    """What is late and due, whose it is, high risks without controls."""
    slide = city_work.tasks(view)
    held = {ledger: rows for ledger in city_work.LEDGERS if len(worklist.current(rows := worklist.work(view, ledger)))}
    if not held:
        return Sheet(slide.code, "任务整改", slide.lead, slide.blocks)
    now = pd.concat([worklist.current(rows).assign(ledger=ledger) for ledger, rows in held.items()], ignore_index=True)
    late, said = city_work.whose(view, now), [f"按台账，截至 {worklist.as_of(view)}；台账天天在变，已发布的得分不变。"]
    soon = now[now["status"] == "soon"]
    if len(soon):
        whose = f"涉及 {soon['unit'].nunique()} 个{view.words['unit']}"
        said.append(f"今后 {worklist.SOON} 天内到期、还没有办结的 {soon['items'].sum():,.0f} 件，{whose}。")
    shown = late.head(_ROWS).reset_index(drop=True)
    grid = [Grid(shown, decimals=dict.fromkeys(shown, 0), weights={shown.columns[0]: 2.6}, more=len(late) - len(shown))] if len(late) else []
    numbers = Numbers(tuple(figure for ledger, rows in held.items() for figure in city_work.figures(view, ledger, rows)))
    words = Words((*said, *_risks(view)), bullets=False)
    return Sheet(slide.code, "任务整改", slide.lead, ((numbers, words, city_work.by_sector(view, now), *grid),))


def _risks(view: View) -> list[str]:
    """High risks whose controls are not in force, and who has most of them."""
    risks = worklist_registers.risks(view)
    high = risks[risks["status"].isin(["controlled", "uncontrolled"])]
    if high.empty:
        return []
    off = high[high["status"] == "uncontrolled"]
    head = f"在册风险点 {len(risks):,} 个，其中高风险 {len(high)} 个，防控措施没有落实的 {len(off)} 个"
    if off.empty:
        return [f"{head}。"]
    most = off["unit"].value_counts()
    among = f"涉及 {len(most)} 个{view.words['unit']}"
    if len(most) > 1 and most.iloc[0] == most.iloc[-1]:
        return [f"{head}，{among}，各 {most.iloc[0]} 个。"]
    return [f"{head}，{among}，最多的是{_most(view, most)} 个。"]


def _most(view: View, counts: pd.Series) -> str:
    """Who has most, and how many: counts by unit, the biggest first."""
    first = counts.index[counts == counts.iloc[0]]
    return f"{naming.named(view, first, 3)}，{'各' if len(first) > 1 else ''} {counts.iloc[0]:.0f}".replace("， ", "，")


def exemplars(view: View) -> Sheet:
    """All exemplars in force, what was taken from them, who might be looked at."""
    slide, lessons = city_work.exemplars(view), model.taken(view)
    held = model.with_lessons(model.named(view), lessons)
    blocks: list[Block] = []
    if len(held):
        bare, table = city_work.fields_without(view, held), city_work.named(view, held)
        said = f"还没有培树点的{view.words['dimension']}：{'、'.join(bare)}。" if bare else f"每个{view.words['dimension']}都有培树点。"
        first = view.labels[0]
        fallen = held[(held["tier"] != first) & (held["tier"] != "")]
        if len(fallen):
            said += f"{len(fallen)} 个培树点本期在所示范的领域不居{first}，宜复核：{naming.named(view, list(dict.fromkeys(fallen['unit'])), 5)}。"
        weights = {view.words["unit"]: 1.9, "名称": 1.7}
        blocks = [Words((said,), bullets=False), Grid(table, decimals={"被借鉴": 0}, weights=weights)]
    if len(lessons):
        blocks.append(Grid(city_work.learned(view, lessons), weights={"学了什么": 2.4}))
    return Sheet(slide.code, "典型", slide.lead, ((*blocks, *_candidates(view)),))


def _candidates(view: View) -> list[Block]:
    found = model.candidates(view, view.framework.root.code, model.usual_run(view))
    full = found[(found["met"] == len(CRITERIA)) & (found["named"] == "")]
    return [Words((city_work.candidates(view, full, len(full)),), bullets=False)]


def advice(view: View) -> Sheet:
    """To each tier what weighs most and the advice to it; then whom to look at, by name. Raises ScoringError."""
    said, rows = list(_pressing(view)), []
    for tier in reversed(view.labels):
        members = int((view.units["tier"] == tier).sum())
        told = [clean(text, 300).rstrip("。") for text in guidance.advice_to(view, tier)["text"]] if members else []
        said += [f"对{tier}（{members} 个{view.words['unit']}）：{'；'.join(told)}。"] if told else []
        rows += city_work.spots(view, tier, _SPOTS) if members and len(view.guidance) else []
    blocks: list[Block] = [Words(tuple(said))] if said else []
    slide = city_work.advice(view)
    lead = slide.lead if rows else "本期没有对症的分类指导建议，只列须跟进的事项" if said else "本期没有须跟进的事项，也没有对症的分类指导建议"
    if rows:
        grid = slide.blocks[0][0]
        frame = pd.DataFrame(rows, columns=grid.frame.columns)
        blocks.append(Grid(frame, decimals=grid.decimals, weights=grid.weights))
    if view.guidance.empty:
        blocks.append(Words((f"{slide.lead}{slide.blocks[0][0].lines[0]}",), bullets=False))
    return Sheet("advice", "建议", lead, (tuple(blocks),))


def _pressing(view: View) -> list[str]:
    """Units that need a word of their own: fallen into the last tier, vetoed, with gaps in their data, with the most late work."""
    word, said = view.words["unit"], []
    found, _ = city_movement.moved(view)
    if found is not None:
        fallen = found.movers[(found.movers["kind"] == "down") & (found.movers["tier"] == view.labels[-1])].index
        said += [f"约谈本期降入{view.labels[-1]}的 {len(fallen)} 个{word}：{naming.named(view, fallen, len(fallen))}。"] if len(fallen) else []
    vetoed = view.units.index[view.units["veto"].astype(bool)]
    said += [f"督促一票否决的{naming.named(view, vetoed, 5)}整改。"] if len(vetoed) else []
    missing = view.cells[view.cells["state"] == "missing"]["unit"].value_counts()
    if len(missing):
        said.append(f"补报 {missing.sum()} 格缺报数据，涉及 {len(missing)} 个{word}，最多的是{_most(view, missing)} 格。")
    late = [rows[rows["status"] == "late"] for ledger in city_work.LEDGERS if len(rows := worklist.current(worklist.work(view, ledger)))]
    late = pd.concat(late) if late else pd.DataFrame(columns=["unit", "items"])
    if len(late):
        most = late.groupby("unit")["items"].sum().sort_values(ascending=False, kind="stable").head(3)
        named = "、".join(f"{naming.short(view)[unit]}（{items:.0f} 件）" for unit, items in most.items())
        said.append(f"督办逾期未结的任务和整改，先抓{named}。")
    return said
