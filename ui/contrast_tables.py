"""Tables of what is compared: how each stands, who is ahead of whom, every dimension and indicator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.movement import compound_growth, year
from scoring.uncertainty import verdict
from ui import certainty
from ui.contrast import MIDDLES, Thing, alike, central, scores
from ui.indicator_tables import breaks, relative, subject
from ui.wording import clean, signed, tenth

if TYPE_CHECKING:
    from ui.view import View

MIXED = "互有高低"  # of groups, for which 无显著差异 would be read as a word on their means


def standing(view: View, chosen: Sequence[Thing], letters: Mapping[str, str], middle: str, tier: Callable[[str], str]) -> pd.DataFrame:
    """How each stands, as texts to look at, index thing: letter, name, rank, index, rank interval, tier and its chances, against the first.

    `letters`: code → letter; `tier`: label → what is shown for it. Columns of what is not known of any are left out.
    """
    index, grown = scores(view, chosen, middle).loc[view.framework.root.code], growth(view, chosen, middle)
    first, like = chosen[0], alike(view, chosen[0].code) if chosen[0].single else pd.DataFrame()
    rows = {}
    for thing in chosen:
        share, said = ahead(view, thing, first)
        gap = "" if thing is first else f"{signed(index[thing.code] - index[first.code])}　{_said(share, said)}".rstrip()
        rows[thing.code] = {
            "": letters[thing.code],
            view.words["unit"]: thing.tag if thing.single else f"{thing.name} · {len(thing.members)} 个{MIDDLES[middle]}",
            "名次": _rank(view, thing),
            view.words["index"]: tenth(index[thing.code]),
            "名次区间": certainty.interval(view, thing.code),
            "梯队": _tiers(view, thing, tier),
            "梯队概率": certainty.chances(view, thing.code),
            f"较 {letters[first.code]}": gap,
            "年均变化": f"{signed(100 * grown[thing.code])}%" if pd.notna(grown[thing.code]) else "",
            f"与 {letters[first.code]} 的相似": _likeness(like, thing.code),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.loc[:, (table != "").any()]


def _rank(view: View, thing: Thing) -> str:
    rank = view.units.at[thing.code, "rank"] if thing.single else np.nan
    return f"{rank:.0f}" if pd.notna(rank) else ""


def _tiers(view: View, thing: Thing, tier: Callable[[str], str]) -> str:
    if thing.single:
        return tier(view.units.at[thing.code, "tier"])
    counts = view.units.loc[thing.members, "tier"].value_counts()
    return " ".join(f"{tier(label)[:1]}{counts[label]}" for label in view.labels if label in counts)


def _likeness(like: pd.DataFrame, code: str) -> str:
    if code not in like.index:
        return ""
    apart, ratio = like.loc[code, ["apart", "ratio"]]
    size = f"{ratio:.1f}" if ratio >= 0.1 else f"{ratio:.1g}"
    return f"差 {tenth(apart)} 分" + (f"，规模 {size} 倍" if pd.notna(ratio) else "")


def _said(share: float, verdict: str) -> str:
    """A verdict with how sure it is; one that cannot tell stands alone: a number behind it would read as how sure that is."""
    if verdict in (certainty.VERDICTS[1], certainty.VERDICTS[-1]):
        return f"{verdict}，把握 {certainty.percent(max(share, 1 - share))}"
    return verdict


def ahead(view: View, a: Thing, b: Thing) -> tuple[float, str]:
    """(how often `a` is ahead of `b`, the verdict in words); (NaN, "") where it was not measured.

    Of two units the share of draws. Where one is a group, the chance that a unit of `a` is ahead of a unit of `b`, both taken at
    random: the probability of superiority (McGraw & Wong 1992, *Psychological Bulletin* 111); a unit does not meet itself.
    """
    found = view.uncertainty
    if found is None or not found.ahead.size:
        return np.nan, ""
    if a.single and b.single:
        return certainty.apart(view, a.code, b.code)
    rows, columns = (found.units.index.get_indexer(t.members) for t in (a, b))
    shares = found.ahead[np.ix_(rows, columns)]
    shares = shares[(rows[:, None] != columns) & ~np.isnan(shares)]
    if not shares.size:
        return np.nan, ""
    share = float(shares.mean())
    return share, {**certainty.VERDICTS, 0: MIXED}[verdict(share, view.policy.draws.certainty)]


def growth(view: View, chosen: Sequence[Thing], middle: str) -> dict[str, float]:
    """Code → compound growth of the index a year, from the first served period on the same scale to this one; NaN below one year.

    A group is its present members. NaN where the index rests on each period's own data: there periods do not compare.
    """
    root = view.framework.root.code
    if relative(view, subject(view, root)):
        return {t.code: np.nan for t in chosen}
    periods = view.periods[: view.periods.index(view.period) + 1]
    last_break = max([periods.index(p) for p in breaks(view, root, "score") if p in periods], default=0)
    table = view.history.pivot(index="unit", columns="period", values="index")[list(periods[last_break:])]
    found = {}
    for thing in chosen:
        line = central(table.reindex([thing.code] if thing.single else thing.members), middle)
        known = line.dropna()
        years = year(view.period) - year(known.index[0]) if len(known) else np.nan
        found[thing.code] = float(compound_growth(known.iloc[0], line[view.period], years)) if years >= 1 else np.nan
    return found


def pairs(view: View, chosen: Sequence[Thing], letters: Mapping[str, str], middle: str) -> pd.DataFrame:
    """Every two of the chosen: difference of the index, how often the first is ahead, the verdict in words ("" if not measured)."""
    index, word = scores(view, chosen, middle).loc[view.framework.root.code], view.words["index"]
    rows = []
    for a, b in combinations(chosen, 2):
        share, said = ahead(view, a, b)
        rows.append((f"{letters[a.code]} {a.tag}", f"{letters[b.code]} {b.tag}", index[a.code] - index[b.code], share, said))
    return pd.DataFrame(rows, columns=["甲", "乙", f"{word}差", "甲领先的把握", "结论"])


def detail(view: View, chosen: Sequence[Thing], middle: str, level: str) -> pd.DataFrame:
    """A row a node in the order of the tree: name, depth, unit, weight in the index, and each thing's number as a column.

    level: score, or raw for the indicators' own values (a group's over those that were reported).
    """
    tree = view.framework
    nodes = [n for n in walk(view, tree.root.code) if level == "score" or tree.is_indicator(n)]
    numbers = scores(view, chosen, middle) if level == "score" else _raw(view, chosen, middle)
    head = pd.DataFrame(
        {
            "name": [tree.node(n).name for n in nodes],
            "depth": [tree.depth(n) if level == "score" else 0 for n in nodes],
            "unit": [tree.node(n).unit for n in nodes],
            "weight": [tree.effective_weight(n) for n in nodes],
        },
        index=pd.Index(nodes, name="node"),
    )
    return head.join(numbers.reindex(nodes))


def written(
    table: pd.DataFrame,
    chosen: Sequence[Thing],
    letters: Mapping[str, str],
    signs: pd.DataFrame,
    write: Callable[[str, float], str],
    gap: Callable[[str, float], str],
) -> pd.DataFrame:
    """A table of `detail` to look at: the numbers as text with the cell's sign, then the difference of each thing to the first.

    signs: index unit, a column an indicator, a sign or "". `write`, `gap`: (node, number) → text of a value, of a difference. Differences
    of raw values are text, for they have no scale in common to be sorted by; those of scores stay numbers.
    """
    shown = pd.DataFrame({"名称": ["　" * d + clean(n, 60) for d, n in zip(table["depth"], table["name"], strict=True)]}, index=table.index)
    raw = not table["depth"].any()
    if raw:
        shown["计量"] = table["unit"]
    for thing in chosen:
        found = signs.loc[thing.code].reindex(table.index).fillna("") if thing.single else [""] * len(table)
        shown[f"{letters[thing.code]} {thing.tag}"] = [
            sign if pd.isna(number) and sign else f"{write(node, number)} {sign}".rstrip()
            for node, number, sign in zip(table.index, table[thing.code], found, strict=True)
        ]
    for thing in chosen[1:]:
        gaps = table[thing.code] - table[chosen[0].code]
        shown[f"{letters[thing.code]}−{letters[chosen[0].code]}"] = list(map(gap, gaps.index, gaps)) if raw else gaps
    return shown


def walk(view: View, code: str) -> list[str]:
    """Codes of a node and of all below it, each before its children."""
    return [code, *(c for child in view.framework.children(code) for c in walk(view, child.code))]


def _raw(view: View, chosen: Sequence[Thing], middle: str) -> pd.DataFrame:
    values = view.cells.pivot(index="unit", columns="indicator", values="value").reindex(view.units.index)
    return pd.DataFrame({t.code: values.loc[t.code] if t.single else central(values.loc[t.members], middle) for t in chosen})


def states(view: View, units: Sequence[str]) -> pd.DataFrame:
    """The state of every cell, index unit, a column an indicator."""
    codes = [n.code for n in view.framework.indicators]
    cells = view.cells[view.cells["unit"].isin(units)]
    return cells.pivot(index="unit", columns="indicator", values="state").reindex(index=list(units), columns=codes).fillna("missing")
