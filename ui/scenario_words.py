"""A scenario in words and tables: what is changed of the method, who moves, and what is taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from ui.scenario import STATED, TITLES, Settings, choices, policy_of, shares, stated_points
from ui.wording import clean, period_title

if TYPE_CHECKING:
    from scoring.policy import Policy
    from ui.scenario_link import Tried
    from ui.view import View


def changes(settings: Settings, view: View) -> list[str]:
    """What the settings change of the release's method, one phrase each."""
    tree = view.framework
    parents = dict.fromkeys(tree.node(code).parent for code in settings.weights)
    now = {code: share for parent in parents for code, share in shares(settings, tree, parent).items()}
    found = [
        f"{clean(tree.node(code).name, 40)} {'不计入' if points == 0 else f'{stated_points(tree, code):.1f}% → {100 * now[code]:.1f}%'}"
        for code, points in settings.weights.items()
    ]
    for name, offered in choices(view).items():
        if value := getattr(settings, name):
            found.append(f"{TITLES[name]} {offered[value]}（{offered[STATED]}）")
    policy = policy_of(settings, view)
    if settings.cuts or (settings.tiers and policy.tier_rule != "natural_breaks"):
        same = policy.tier_rule == view.policy.tier_rule
        found.append(f"划线 {_cuts(policy)}" + (f"（发布：{_cuts(view.policy)}）" if same else ""))
    return found


def _cuts(policy: Policy) -> str:
    return "、".join(f"前 {100 * c:g}%" if policy.tier_rule == "share" else f"{c:g}" for c in policy.tier_cuts)


class Moved(NamedTuple):
    """How far a scenario's outcome lies from the release: units with a rank in both, units whose tier changes, mean of the absolute
    rank shifts (NaN without any), the unit that moves most ("" where none does) and its shift, and the mean change of the index."""

    ranked: int
    tiers: int
    shift: float
    most: str
    by: int
    change: float


def moved(units: pd.DataFrame) -> Moved:
    """The summary of `outcome`'s table."""
    shift = units["shift"].dropna()
    far = shift.abs().sort_values(ascending=False, kind="stable")
    most = str(far.index[0]) if len(far) and far.iloc[0] > 0 else ""
    tiers = int((units["tier"] != units["tier_before"]).sum())
    by = int(shift[most]) if most else 0
    return Moved(len(shift), tiers, float(shift.abs().mean()) if len(shift) else np.nan, most, by, float(units["change"].mean()))


def exchanges(units: pd.DataFrame, view: View, tier_title: Callable[[str], str]) -> list[tuple[str, str, str, str, str]]:
    """Each tier, best first: who comes in and who goes out, and how many hold it then and now. `tier_title`: label → what is shown."""
    ordered = units.sort_values("rank", kind="stable")
    moves = list(zip(ordered["tag"], ordered["tier_before"], ordered["tier"], strict=True))
    rows = []
    for label in [*view.labels, ""]:
        came = [(name, then) for name, then, now in moves if now == label != then]
        went = [(name, now) for name, then, now in moves if then == label != now]
        then, now = (sum(move[side] == label for move in moves) for side in (1, 2))
        if label or came or went:
            said = "；".join([f"进：{_names(came, '自')}"] * bool(came) + [f"出：{_names(went, '至')}"] * bool(went))
            title = tier_title(label) if label else "无得分"
            rows.append((title, said or "没有进出", "", f"{now}", f"发布 {then}" if then != now else ""))
    return rows


def _names(moves: list[tuple[str, str]], way: str, most: int = 30) -> str:
    names = [f"{clean(name, 30)}（{way}{tier or '无得分'}）" for name, tier in moves[:most]]
    return "、".join(names) + (f" 等 {len(moves)} 个" if len(moves) > most else "")


def listing(units: pd.DataFrame, view: View, tier_title: Callable[[str], str]) -> pd.DataFrame:
    """Ranks beside the release's, the scenario's order, to look at: index unit."""
    shown = units.sort_values(["rank", "name"], kind="stable", na_position="last")
    title = {label: tier_title(label) for label in view.labels}
    tiers = [
        title.get(now, "—") if now == then else f"{title.get(then, '—')} → {title.get(now, '—')}"
        for then, now in zip(shown["tier_before"], shown["tier"], strict=True)
    ]
    return pd.DataFrame(
        {
            "试算名次": shown["rank"],
            view.words["unit"]: [clean(name) for name in shown["name"]],
            "发布名次": shown["rank_before"],
            "升降": shown["shift"],
            "梯队": tiers,
            f"试算{view.words['index']}": shown["index"],
            "变化": shown["change"],
            view.words["sector"]: [clean(sector) for sector in shown["sector"]],
        },
        index=shown.index,
    )


def export(units: pd.DataFrame, view: View) -> pd.DataFrame:
    """Everything at full precision, a row a unit, the scenario's order. The file says of every row that it is no release."""
    shown = units.sort_values(["rank", "name"], kind="stable", na_position="last")
    titles = {
        "name": view.words["unit"], "sector": view.words["sector"], "rank": "试算名次", "tier": "试算梯队",
        "index": f"试算{view.words['index']}", "rank_before": "发布名次", "tier_before": "发布梯队",
        "index_before": f"发布{view.words['index']}", "shift": "名次升降", "change": "指数变化",
    }  # fmt: skip
    return shown[list(titles)].rename(columns=titles).rename_axis(f"{view.words['unit']}代码").reset_index()


def notes(tried: Tried, view: View, link: str) -> list[str]:
    """What an export says of where it comes from."""
    name = f"方案：{tried.kept.name}（第 {tried.kept.id} 号）" if tried.kept else "未保存的方案"
    made = changes(tried.settings, view)
    return [
        f"对照：{period_title(view.period)}第 {view.release} 号发布",
        name if tried.settings else "没有改动，与发布相同",
        *[f"改动：{phrase}" for phrase in made],
        f"链接：{link}",
    ]
