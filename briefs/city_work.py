"""What is due and late, who is an exemplar and what was taken from it, and what is advised to each tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from briefs import naming
from reports.contents import Block, Chart, Grid, Number, Numbers, Sheet, Words
from ui import exemplars as model
from ui import fields, guidance, guidance_words, worklist
from ui.exemplar_tables import CRITERIA
from ui.wording import clean, signed, tenth
from ui.worklist_cards import work_cards

if TYPE_CHECKING:
    from ui.view import View

LEDGERS = {"task": "任务", "rectification": "整改"}
_SHOWN, _NAMED, _TAKEN = 7, 8, 4  # rows on a slide: units with late work, exemplars, what was taken from them
_BRING = "请导入台账：python manage.py import 文件（模板：python manage.py template 文件.xlsx）。"


def tasks(view: View, _: str = "") -> Sheet:
    """How much was settled in time, what is late and due next, by sector, and whose."""
    held = {ledger: worklist.work(view, ledger) for ledger in LEDGERS}
    held = {ledger: work for ledger, work in held.items() if len(worklist.current(work))}
    if not held:
        return naming.lacking("tasks", "任务与整改", f"截至 {worklist.as_of(view)}，库中没有到期或未结的任务和整改记录。", _BRING)
    now = pd.concat([worklist.current(work).assign(ledger=ledger) for ledger, work in held.items()], ignore_index=True)
    numbers = Numbers(tuple(figure for ledger, work in held.items() for figure in figures(view, ledger, work)))
    late = whose(view, now)
    shown = late.head(_SHOWN)
    table = shown.reset_index(drop=True)
    grid = Grid(table, decimals=dict.fromkeys(table, 0), weights={table.columns[0]: 3.2}, more=len(late) - len(shown))
    blocks = ((numbers, by_sector(view, now)), *([(grid,)] if len(late) else []))
    said = f"截至 {worklist.as_of(view)}。台账天天在变，已发布的得分不变。"
    return Sheet("tasks", "任务与整改", due(view, held), blocks, (1.35, 1)[: len(blocks)], said, naming.opens(view, shown.index))


def figures(view: View, ledger: str, work: pd.DataFrame) -> list[Number]:
    """The share settled in time and what is late, as the page of tasks has them."""
    cards, late = {card.label: card for card in work_cards(view, work)}, worklist.STATUSES["late"]
    rate, left = cards["按期办结率"], cards[late.title]
    return [
        Number(f"{LEDGERS[ledger]}按期办结率", rate.value, f"{rate.note} {rate.change}" if rate.change else rate.note),
        Number(f"{LEDGERS[ledger]}{late.word}", f"{left.value} 件", left.note.partition("，")[0], "bad" if left.value != "0" else ""),
    ]


def due(view: View, held: dict[str, pd.DataFrame]) -> str:
    """Of each ledger the share settled in time, and what is late with how many."""
    said = []
    for ledger, work in held.items():
        now = worklist.current(work)
        late = now[now["status"] == "late"]
        rate, pieces = worklist.on_time(work), f"逾期未结 {late['items'].sum():,.0f} 件"
        whose = f"，涉及 {late['unit'].nunique()} 个{view.words['unit']}" if len(late) else ""
        said.append(f"{LEDGERS[ledger]}按期办结率 {tenth(rate)}%，{pieces}{whose}" if pd.notna(rate) else f"{LEDGERS[ledger]}{pieces}{whose}")
    return "；".join(said)


def by_sector(view: View, now: pd.DataFrame) -> Chart:
    """Pieces by how they stand, a bar a sector, the one with most late ones first; a bar a ledger where there are no sectors."""
    by = "sector" if (now["sector"] != "").any() else "ledger"
    counts = worklist.tally(now, by)
    table = pd.DataFrame({worklist.STATUSES[status].word: counts[status] for status in worklist.OPEN})
    table["已办结"] = counts["done"] + counts["done_late"]
    table.index = [clean(LEDGERS.get(name, name) or "（未填）", 20) for name in counts.index]
    return Chart("shares", table, "任务和整改按状态的件数", ("bad", "house", "quiet", "good"), decimals=0)


def whose(view: View, now: pd.DataFrame) -> pd.DataFrame:
    """Units with late work, the most late pieces first: index unit; name, pieces late by ledger, days of the oldest."""
    late = now[now["status"] == "late"]
    counts = late.pivot_table(index="unit", columns="ledger", values="items", aggfunc="sum", fill_value=0.0)
    counts = counts.reindex(columns=[ledger for ledger in LEDGERS if ledger in counts])
    table = counts.assign(total=counts.sum(axis=1), days=-late.groupby("unit")["left"].min())
    table = table.sort_values(["total", "days"], ascending=False, kind="stable")
    table = table.drop(columns="total").rename(columns=LEDGERS | {"days": "最长天数"})
    table.insert(0, f"逾期的{view.words['unit']}", naming.short(view).reindex(table.index).to_list())
    return table


def exemplars(view: View, _: str = "") -> Sheet:
    """Who is named an exemplar of what, what was taken from them, and who leads without being named."""
    lessons = model.taken(view)
    held = model.with_lessons(model.named(view), lessons)
    found = model.candidates(view, view.framework.root.code, model.usual_run(view))
    full = found[(found["met"] == len(CRITERIA)) & (found["named"] == "")]
    if held.empty and found.empty:
        return naming.lacking("exemplars", "典型", "库中没有培树点，本期也没有可供考察的候选。", _BRING)
    right: list[Block] = []
    if len(lessons):
        right.append(Grid(learned(view, lessons).head(_TAKEN), weights={"学了什么": 2.4}, more=max(len(lessons) - _TAKEN, 0)))
    right.append(Words((candidates(view, full),), bullets=False))
    table, blocks = named(view, held), [tuple(right)]
    if len(table):
        weights = {"名称": 1.7, view.words["unit"]: 2.2, "被借鉴": 0.9}
        blocks.insert(0, (Grid(table.head(_NAMED), decimals={"被借鉴": 0}, weights=weights, more=max(len(table) - _NAMED, 0)),))
    opened = naming.opens(view, dict.fromkeys(held["unit"]))
    return Sheet("exemplars", "典型", models(view, held, lessons, full), tuple(blocks), (1.3, 1)[: len(blocks)], opens=opened)


def candidates(view: View, full: pd.DataFrame, most: int = 6) -> str:
    """Who meets every criterion and is not named yet, in a sentence; people do the naming."""
    criteria = f"{len(CRITERIA)} 条候选条件（{'、'.join(CRITERIA.values())}）"
    if full.empty:
        return f"没有满足全部 {criteria}、尚未命名的{view.words['unit']}。"
    return f"满足全部 {criteria}、尚未命名的 {len(full)} 个：{naming.named(view, full.index, most)}。名单只由数据筛出，命名由人按程序办。"


def models(view: View, held: pd.DataFrame, lessons: pd.DataFrame, full: pd.DataFrame) -> str:
    """How many exemplars there are, what was taken from them and what came after. full: candidates that meet all and are not named."""
    if held.empty:
        return f"库中没有在册的培树点；{len(full)} 个{view.words['unit']}满足全部候选条件"
    risen, measured = int((lessons["change"] > 0).sum()), int(lessons["change"].notna().sum())
    after = f"，其中 {measured} 次有后续得分、{risen} 次提高（先后有别，不等于因果）" if measured else ""
    return f"在册培树点 {len(held)} 个，在 {held['unit'].nunique()} 个{view.words['unit']}；经验被借鉴 {len(lessons)} 次{after}"


def named(view: View, held: pd.DataFrame) -> pd.DataFrame:
    """Exemplars as shown, those from which most was taken first; held: as `exemplars.with_lessons`."""
    rows, names = held.sort_values("learned", ascending=False, kind="stable"), naming.short(view)
    return pd.DataFrame(
        {
            view.words["unit"]: names[rows["unit"]].to_list(),
            "名称": [clean(title, 30) for title in rows["title"]],
            "领域": [clean(view.node_name(node), 16) for node in rows["node"]],
            "本期": [f"{tenth(score)}{f' {tier}' if tier else ''}" for score, tier in zip(rows["score"], rows["tier"], strict=True)],
            "被借鉴": rows["learned"].to_list(),
        }
    )


def learned(view: View, lessons: pd.DataFrame) -> pd.DataFrame:
    """What was taken from whom, as shown, the biggest rise since first, what cannot be measured yet last."""
    rows, names = lessons.sort_values("change", ascending=False, kind="stable"), naming.short(view)
    return pd.DataFrame(
        {
            view.words["unit"]: names[rows["unit"]].to_list(),
            "向谁学": [names.get(unit, clean(source, 24)) for unit, source in zip(rows["exemplar"], rows["source"], strict=True)],
            "学了什么": [clean(title, 40) for title in rows["title"]],
            "得分变化": ["" if pd.isna(change) else signed(change) for change in rows["change"]],
        }
    )


def advice(view: View, _: str = "") -> Sheet:
    """To each tier, where it loses most that advice speaks of, whom that concerns, and the advice. Raises ScoringError."""
    if view.guidance.empty:
        return naming.lacking("advice", "分类指导建议", guidance_words.NONE_YET, f"请运行 {guidance_words.COMMAND}。")
    rows = [row for label in reversed(view.labels) for row in spots(view, label, 3)]
    if not rows:
        return naming.lacking("advice", "分类指导建议", "现有建议不涉及本期各梯队的弱项。")
    table = pd.DataFrame(rows, columns=["梯队", "弱项", f"涉及{view.words['unit']}", "平均失分", "建议"])
    tier, item, count, points, _ = rows[0]
    lead = f"{tier}先抓{item}：{count} 个{view.words['unit']}，平均失 {tenth(points)} 分"
    weights = {"梯队": 0.8, "弱项": 2.3, table.columns[2]: 0.9, "平均失分": 0.9, "建议": 4.6}
    return Sheet("advice", "分类指导建议", lead, ((Grid(table, decimals={table.columns[2]: 0}, weights=weights),),))


def spots(view: View, tier: str, most: int) -> list[tuple[str, str, int, float, str]]:
    """(tier, weak spot, units concerned, mean points lost by them, advice) of a tier's indicators that lose most. Raises ScoringError."""
    members = view.units.index[view.units["tier"] == tier]
    if members.empty:
        return []
    found = guidance.spots(view, list(members))
    found = found[found["leaf"].astype(bool) & (found["lost"] > 0)].drop_duplicates("target").head(most)
    shown = found[["name", "units", "lost", "text"]].itertuples(index=False, name=None)
    return [(tier, clean(name, 40), int(units), float(lost), clean(text, 120)) for name, units, lost, text in shown]


def fields_without(view: View, held: pd.DataFrame) -> list[str]:
    """Titles of the dimensions in which nobody is an exemplar."""
    root = view.framework.root.code
    return [clean(title, 20) for code, title in fields.fields(view).items() if code != root and code not in set(held["field"])]
