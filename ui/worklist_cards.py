"""The big figures of each tab of the work list, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.movement import period_days
from ui.wording import clean, signed, tenth
from ui.worklist import AHEAD, OPEN, STATUSES, WORK, Card, current, on_time
from ui.worklist_registers import BRANDS, RISKS

if TYPE_CHECKING:
    from ui.view import View

_RATE = "期限在本期、已到期或已办结的，有多少在期限内办结"


def work_cards(view: View, work: pd.DataFrame) -> list[Card]:
    """What is late, due next, open and settled, and how much was settled in time. `work`: of all periods."""
    now, word = current(work), view.words["unit"]
    pieces = now.groupby("status", observed=False)["items"].sum()
    cards = []
    for status in OPEN:
        rows = now[now["status"] == status]
        notes = {"late": f"最长 {-rows['left'].min():.0f} 天" if len(rows) else "", "open": f"本期或 {AHEAD} 天内"}
        note = "，".join(filter(None, [f"{rows['unit'].nunique()} 个{word}" if len(rows) else "", notes.get(status, "")]))
        cards.append(Card(STATUSES[status].title, f"{pieces[status]:,.0f}", note, help=STATUSES[status].meaning))
    settled = pieces["done"] + pieces["done_late"]
    note = f"其中逾期办结 {pieces['done_late']:,.0f}" if pieces["done_late"] else ""
    cards.append(Card("✓ 本期办结", f"{settled:,.0f}", note, help="期限在本期、已经办结的"))
    return [*cards, _percent(view, "按期办结率", lambda period: on_time(work, period), _RATE)]


def unit_cards(held: Mapping[str, pd.DataFrame], risks: pd.DataFrame) -> list[Card]:
    """One unit's figures: of each ledger what is late and due next and how much was in time; its high risks. `held`: title → work.

    A ledger, or a register of risks, without a record of the unit has no figures.
    """
    found = []
    for title, work in ((title, work) for title, work in held.items() if len(work)):
        now = current(work).groupby("status", observed=False)["items"].sum()
        late, soon = (f"{now[status]:,.0f}" for status in OPEN[:2])
        rate = on_time(work)
        found.append(Card(f"{title}：{STATUSES['late'].title}", late, f"{STATUSES['soon'].title} {soon}", help=STATUSES["late"].meaning))
        found.append(Card(f"{title}：本期按期办结率", tenth(rate) + ("" if np.isnan(rate) else "%"), help=_RATE))
    if risks.empty:
        return found
    off, high = (risks["status"] == "uncontrolled").sum(), risks["status"].isin(["controlled", "uncontrolled"]).sum()
    return [*found, Card(RISKS["uncontrolled"].title, str(off), f"高风险点 {high}，在册 {len(risks)}", help=RISKS["uncontrolled"].meaning)]


def risk_cards(view: View, risks: pd.DataFrame) -> list[Card]:
    """How many risks, how many of them assessed, how many high ones, and whether their controls are in force."""
    n, high = len(risks), risks["status"].isin(["controlled", "uncontrolled"])
    off, unassessed = risks[risks["status"] == "uncontrolled"], int((risks["status"] == "unassessed").sum())
    return [
        Card(RISKS["uncontrolled"].title, str(len(off)), _units(view, off), help=RISKS["uncontrolled"].meaning),
        Card("措施落实率", _share(high.sum() - len(off), high.sum()), "高风险点中防控措施已落实的"),
        Card("高风险点", f"{high.sum():,}", f"占 {_share(high.sum(), n - unassessed)}" if n > unassessed else ""),
        Card(RISKS["unassessed"].title, f"{unassessed:,}", f"已评定 {_share(n - unassessed, n)}", help=RISKS["unassessed"].meaning),
        Card("在册风险点", f"{n:,}", _units(view, risks)),
    ]


def brand_cards(view: View, brands: pd.DataFrame) -> list[Card]:
    """How many branches have a sub-brand, and how many units have one for every branch."""
    covered = brands["status"] == "covered"
    whole = covered.groupby(brands["unit"]).all()
    subs = brands.loc[covered, ["unit", "sub"]].drop_duplicates()
    bare = brands[~covered]
    return [
        Card("子品牌覆盖率", _share(covered.sum(), len(brands)), "有子品牌的支部"),
        Card(BRANDS["bare"].title, f"{len(bare):,}", _units(view, bare), help=BRANDS["bare"].meaning),
        Card("全覆盖", f"{whole.sum()}", f"共 {len(whole)} 个{view.words['unit']}"),
        Card("子品牌", f"{len(subs):,}", f"{len(brands):,} 个支部"),
        Card("总品牌", str(len(brands.loc[brands["master"] != "", ["unit", "master"]].drop_duplicates()))),
    ]


def inspection_cards(view: View, inspections: pd.DataFrame) -> list[Card]:
    """How many inspections in the period, their mean score, and the problems they found. `inspections`: of all periods."""
    mine = inspections[inspections["mine"]]
    known, scored = mine["problems"].notna(), mine[mine["score"].notna()]
    lowest = scored.loc[scored["score"].idxmin()] if len(scored) else None
    per = mine["problems"].sum() / known.sum() if known.any() else np.nan
    mean = _percent(view, "平均得分", lambda period: _in(inspections, period)["score"].mean(), "本期各次暗访得分的平均", "")
    return [
        mean,
        Card("最低得分", "—" if lowest is None else tenth(lowest["score"]), "" if lowest is None else clean(lowest["name"], 16)),
        Card("发现问题", f"{mine['problems'].sum():,.0f}" if known.any() else "—", _units(view, mine[mine["problems"] > 0])),
        Card("每次问题数", tenth(per), "按记有问题数的暗访"),
        Card("暗访次数", f"{len(mine):,}", _units(view, mine)),
    ]


def activity_cards(view: View, activities: pd.DataFrame) -> list[Card]:
    """How many activities in the period and how many of those expected came. `activities`: of all periods."""
    mine = activities[activities["mine"]]
    unknown = int((mine["status"] == "unknown").sum())

    def rate(period: str | None) -> float:
        rows = _in(activities, period)
        expected = rows["present"].sum() + rows["absent"].sum()
        return 100 * rows["present"].sum() / expected if expected else np.nan

    return [
        _percent(view, "参加率", rate, "实际参加人次占应参加人次，按两者都有记录的活动"),
        Card("未到人次", f"{mine['absent'].sum():,.0f}", f"实到 {mine['present'].sum():,.0f}"),
        Card("活动场次", f"{len(mine):,}", _units(view, mine)),
        Card("有共建单位", f"{(mine['partners'] != '').sum():,}", "写明共建单位的活动"),
        Card("◇ 未记人数", f"{unknown:,}", "不计入参加率" if unknown else ""),
    ]


def _in(events: pd.DataFrame, period: str | None) -> pd.DataFrame:
    """Those of another period than the view's; of the view's for None."""
    days = period and period_days(period)
    return events[events["date"].between(*(day.isoformat() for day in days))] if days else events[events["mine"]]


def _percent(view: View, label: str, rate: Callable[[str | None], float], help: str, sign: str = "%") -> Card:
    """A figure of the period and its change since the one before. `rate`: period, or None for the view's → the figure, NaN for none."""
    now, before = rate(None), view.previous
    then = rate(before.period) if before is not None and period_days(before.period) else np.nan
    change = signed(round(now, 1) - round(then, 1))
    shown = tenth(now) + (sign if not np.isnan(now) else "")
    return Card(label, shown, "" if change == "—" else "较上期", None if change == "—" else change, help)


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


def _units(view: View, rows: pd.DataFrame) -> str:
    return f"{rows['unit'].nunique()} 个{view.words['unit']}" if len(rows) else ""


CARDS: dict[str, Callable[[View, pd.DataFrame], list[Card]]] = {
    **dict.fromkeys(WORK, work_cards),
    "risk": risk_cards, "brand": brand_cards, "inspection": inspection_cards, "activity": activity_cards,
}  # fmt: skip
