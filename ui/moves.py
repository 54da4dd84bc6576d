"""Who moved between two periods, and what moved each most: tables for the page of movement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring import movement
from scoring.change import CAUSES
from scoring.framework import Node
from scoring.normalisation import FIXED
from ui.causes import OTHERS
from ui.makeup import REST, largest
from ui.wording import tags

if TYPE_CHECKING:
    from ui.view import View

KINDS = {"up": "上升", "down": "下降", "same": "不变", "joined": "进入", "left": "退出", "none": "两期均无"}
MEANINGS = {
    "up": "升入更好的梯队",
    "down": "落到较差的梯队",
    "same": "留在原梯队",
    "joined": "起始时未参评或不计分，现有梯队",
    "left": "起始时有梯队，现未参评或不计分",
}


def refused(before: View, after: View, moves: pd.DataFrame) -> str:
    """Why there is nothing to compare, in Chinese; "" where there is."""
    if before.labels != after.labels:
        return f"两期的梯队名称不同（{'、'.join(before.labels)}；{'、'.join(after.labels)}），不能比较升降。"
    return "" if len(moves) else f"没有符合条件的{after.words['unit']}。"


def caution(before: View, after: View) -> str:
    """What beside the units' own values may have moved scores or tiers, in Chinese; "" where nothing has."""
    found = []
    if rules_of(before) != rules_of(after):
        found.append("两期的梯队划法不同，升降含划法变化的影响。")
    if before.stated != after.stated:
        found.append("两期的指标体系不同，升降含指标体系变化的影响。")
    moving = sum(n.method not in FIXED for n in after.framework.indicators)
    if moving and after.policy.pool == "period":
        found.append(f"{moving} 项指标的得分按各期自身的取值定界，界值移动的影响计入“{CAUSES['cohort']}”。")
    return "".join(found)


def rules_of(view: View) -> tuple:
    """What decides the tiers beside the index."""
    return view.policy.tier_rule, view.policy.tier_cuts, view.policy.veto_ceiling


def compare(before: pd.DataFrame, after: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Every unit of two periods side by side: index unit, rises first, then falls, each with the biggest first.

    `before`, `after`: index unit; name, sector, index, rank, tier, tier_by_rule, note. `labels`: tiers of both, best first.
    Columns: name, sector, kind (of KINDS), step (tiers moved, up positive, NaN without a tier in both), change, and tier, index,
    rank, tier_by_rule, note of both periods (`tier_before`, `tier` …).
    """
    kept = ["name", "sector", "index", "rank", "tier", "tier_by_rule", "note"]
    both = after[kept].join(before[kept], how="outer", suffixes=(None, "_before"))
    for column in ("name", "sector"):
        both[column] = both[column].fillna(both.pop(f"{column}_before"))
    absent = {"tier": "", "tier_by_rule": "", "note": "未参评"}
    both = both.fillna(absent | {f"{column}_before": text for column, text in absent.items()})
    places = {label: place for place, label in enumerate(labels)}
    start, end = (both[column].map(places).astype(float) for column in ("tier_before", "tier"))
    both["step"] = start - end
    both["change"] = both["index"].astype(float) - both["index_before"].astype(float)
    both["kind"] = np.select(
        [both["step"] > 0, both["step"] < 0, both["step"] == 0, start.isna() & end.notna(), start.notna() & end.isna()],
        ["up", "down", "same", "joined", "left"],
        "none",
    )
    order = pd.DataFrame({"kind": both["kind"].map(list(KINDS).index), "step": -both["step"].abs(),
                          "change": -both["change"].abs(), "name": both["name"]})  # fmt: skip
    return both.loc[order.sort_values(list(order.columns), na_position="last", kind="stable").index].rename_axis("unit")


def touching(moves: pd.DataFrame, sectors: Iterable[str], tiers: Iterable[str]) -> pd.DataFrame:
    """The rows in these sectors that come from or go to one of these tiers; an empty choice lets all through."""
    sectors, tiers = list(sectors), list(tiers)
    kept = moves[moves["sector"].isin(sectors)] if sectors else moves
    return kept[kept["tier"].isin(tiers) | kept["tier_before"].isin(tiers)] if tiers else kept


def transitions(moves: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Counts of units by tier before (rows) and after (columns)."""
    return movement.transitions(moves["tier_before"], moves["tier"], labels)


def movers(moves: pd.DataFrame) -> pd.DataFrame:
    """The rows of the units that changed tier, came in or dropped out."""
    return moves[~moves["kind"].isin(["same", "none"])]


def biggest(moves: pd.DataFrame) -> str:
    """Code of the unit that moved most: by tiers, then by points; among units that moved no tier the biggest change of points."""
    sizes = pd.DataFrame({"step": moves["step"].abs().fillna(0.0), "change": moves["change"].abs().fillna(0.0)})
    return str(sizes.sort_values(["step", "change"], ascending=False, kind="stable").index[0])


def remarks(row: pd.Series, tier_rule: str) -> list[str]:
    """What a reader would stumble over in one row of `compare`, in Chinese sentences."""
    found = []
    if row["kind"] in ("joined", "none") and row["note_before"]:
        found.append(f"上期{row['note_before']}。")
    if row["kind"] in ("left", "none") and row["note"]:
        found.append(f"本期{row['note']}。")
    for when, side in (("上期", "_before"), ("本期", "")):
        tier, ruled = row[f"tier{side}"], row[f"tier_by_rule{side}"]
        if tier != ruled:
            found.append(f"{when}一票否决：按规则为{ruled}，列{tier}。")
    if row["step"] * row["change"] < 0 and tier_rule != "thresholds" and not found:
        found.append("指数升而梯队降：其余升得更多。" if row["change"] > 0 else "指数降而梯队升：其余降得更多。")
    return found


def parts(points: pd.Series, nodes: Iterable[Node]) -> pd.DataFrame:
    """Rows code → label, points, for one row of `causes.points`: the nodes in their order, then the other causes that moved it."""
    rows = [(node.code, node.name, points[node.code]) for node in nodes]
    rows += [(code, CAUSES[cause], points[code]) for cause, code in OTHERS.items() if abs(points[code]) > 1e-9]
    return pd.DataFrame(rows, columns=["code", "label", "points"]).set_index("code")


def shown(parts: pd.DataFrame, total: float, most: int = 8) -> pd.DataFrame:
    """The parts that weigh most in tenths, and the rest as one row that makes them sum to the total in tenths.

    A part is rounded by itself, so that it reads the same wherever it stands; what rounding leaves goes to the rest.
    """
    rows = largest(parts, most)
    tenths = rows["points"].round(1)
    if rows.index[-1] == REST:
        tenths[REST] = round(total, 1) - tenths.drop(REST).sum()
        rows = rows.assign(points=tenths.round(1))
    return rows


def reasons(found: pd.DataFrame, nodes: Sequence[Node], count: int = 3) -> pd.DataFrame:
    """What moved each unit most: index unit; name1, points1 …, rest (the other indicators), the other causes, change; a row sums.

    `found`: as `causes.points` gives it. A name is "" where fewer indicators moved.
    """
    rows = {}
    for unit, points in found.iterrows():
        own = points[[node.code for node in nodes]]
        first = own.loc[own.abs().sort_values(ascending=False, kind="stable").index[:count]]
        names = {node.code: node.name for node in nodes}
        row: dict[str, object] = {}
        for place in range(count):
            moved = place < len(first) and abs(first.iloc[place]) > 1e-9
            row[f"name{place + 1}"] = names[first.index[place]] if moved else ""
            row[f"points{place + 1}"] = first.iloc[place] if moved else 0.0
        row["rest"] = own.drop(first.index).sum()
        others = {cause: points[code] for cause, code in OTHERS.items()}
        rows[unit] = row | others | {"change": own.sum() + sum(others.values())}
    columns = [f"{what}{place + 1}" for place in range(count) for what in ("name", "points")]
    columns += ["rest", *OTHERS, "change"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("unit")


def history(view: View, units: Iterable[str]) -> pd.DataFrame:
    """The rows of the view's history of these units, with tag, a name as short as on every other page."""
    return view.history.assign(tag=tags(view.history["name"])).loc[view.history["unit"].isin(list(units))]


def held(view: View, last: str, units: Iterable[str]) -> pd.DataFrame:
    """How long each unit had held its tier at the last period, the longest first; units without a tier then are left out.

    Index unit; tier, length (periods), since, and `tiers`: the tier in each period up to the last.
    """
    periods = list(view.periods[: view.periods.index(last) + 1])
    wide = view.history.pivot(index="unit", columns="period", values="tier")
    wide = wide.reindex(index=list(units), columns=periods).fillna("")
    table = movement.streaks(wide)
    table["tiers"] = [tuple(row) for row in wide.to_numpy()]
    return table[table["tier"] != ""].sort_values("length", ascending=False, kind="stable")
