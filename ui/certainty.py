"""How sure a release's ranks and tiers are, in a few words: what pages show beside them, and nothing where nothing was measured."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scoring.uncertainty import ASSUMPTIONS, verdict
from ui.wording import tags

if TYPE_CHECKING:
    from ui.view import View

MEASURE = "python manage.py uncertainty"
VERDICTS = {1: "领先", -1: "落后", 0: "无显著差异"}


def percent(share: float) -> str:
    """A share as whole per cent; what is neither none nor certain never shows as 0 or 100; a dash for no number."""
    if np.isnan(share):
        return "—"
    shown = round(100 * share)
    if shown == 0 and share > 0:
        return "不到 1%"
    return "99% 以上" if shown == 100 and share < 1 else f"{shown}%"


def chances(view: "View", unit: str) -> str:
    """The chances of a unit's tiers, best tier first, as 领跑型 72% / 争先型 28%, those below half a per cent left out;
    "" where nothing was measured."""
    found = view.uncertainty
    if found is None or unit not in found.tiers.index:
        return ""
    return _chances(view.labels, found.tiers.loc[unit, list(view.labels)].tolist())


def _chances(labels: Sequence[str], shares: Sequence[float]) -> str:
    return " / ".join(f"{label} {percent(share)}" for label, share in zip(labels, shares, strict=True) if share >= 0.005)


def interval(view: "View", unit: str) -> str:
    """The 5–95 % interval of a unit's rank, as 8–17, or one rank; "" where nothing was measured."""
    found = view.uncertainty
    if found is None or unit not in found.units.index:
        return ""
    return _interval(*found.units.loc[unit, ["rank_p5", "rank_p95"]])


def _interval(low: float, high: float) -> str:
    return "" if np.isnan(low) else f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"


def torn(view: "View", unit: str) -> str:
    """`chances` of a unit that might as well stand in another tier; "" where its tier is clear or nothing was measured."""
    written = chances(view, unit)
    sure = written and view.uncertainty.tiers.at[unit, view.units.at[unit, "tier"]] >= view.policy.draws.certainty
    return "" if sure else written


def sentence(view: "View", unit: str) -> str:
    """Rank interval and tier chances of a unit in one line; "" where nothing was measured."""
    return _sentence(interval(view, unit), chances(view, unit))


def _sentence(ranks: str, tiers: str) -> str:
    return f"名次多在 {ranks}；{tiers}" if ranks and tiers else ""


def table(view: "View") -> pd.DataFrame:
    """view.units with tag, rank_median, rank_p5, rank_p95, index_p5, index_p95, kept (share of draws in the unit's own tier), sure.

    The new numbers are NaN, and sure is "", where nothing was measured.
    """
    units, found = view.units.assign(tag=tags(view.units["name"])), view.uncertainty
    columns = ["rank_median", "rank_p5", "rank_p95", "index_p5", "index_p95"]
    if found is None:
        return units.assign(**dict.fromkeys([*columns, "kept"], np.nan), sure="")
    places = [view.labels.index(t) if t in view.labels else -1 for t in units["tier"]]
    measured, shares = found.units.reindex(units.index), found.tiers.reindex(units.index)[list(view.labels)].to_numpy(float)
    kept = np.column_stack([shares, np.full(len(units), np.nan)])[np.arange(len(units)), places]
    ranks = zip(measured["rank_p5"].tolist(), measured["rank_p95"].tolist(), strict=True)
    sure = [_sentence(_interval(*ends), _chances(view.labels, row)) for ends, row in zip(ranks, shares.tolist(), strict=True)]
    return units.assign(**{c: measured[c] for c in columns}, kept=kept, sure=sure)


class Overall(NamedTuple):
    """Of all ranked units: how many keep their tier in enough draws, the middle width of a rank interval, and of the pairs that
    stand next to each other the share that cannot be told apart."""

    ranked: int
    settled: int
    width: float
    close: float


def overall(view: "View", units: pd.DataFrame) -> Overall:
    """The summary of `table`."""
    known = units[units["rank_median"].notna()].sort_values(["rank", "rank_median"], kind="stable")
    width = float((known["rank_p95"] - known["rank_p5"]).median()) if len(known) else np.nan
    ahead, place = view.uncertainty.ahead, {u: k for k, u in enumerate(view.uncertainty.units.index)}
    rows = [place[u] for u in known.index]
    close = np.nan
    if ahead.size and len(rows) > 1:
        close = float(np.mean([verdict(s, view.policy.draws.certainty) == 0 for s in ahead[rows[:-1], rows[1:]]]))
    return Overall(len(known), int((known["kept"] >= view.policy.draws.certainty).sum()), width, close)


def apart(view: "View", a: str, b: str) -> tuple[float, str]:
    """(share of draws in which `a` is ahead of `b`, the verdict in words); (NaN, "") where it was not measured."""
    found = view.uncertainty
    if found is None or not found.ahead.size or not {a, b} <= set(found.units.index):
        return np.nan, ""
    share = float(found.ahead[found.units.index.get_loc(a), found.units.index.get_loc(b)])
    return share, "" if np.isnan(share) else VERDICTS[verdict(share, view.policy.draws.certainty)]


def varied(view: "View") -> str:
    """What was varied, in words, from the policy and from what the measurement found to vary."""
    draws = view.policy.draws
    titles = dict(ASSUMPTIONS, weights=f"{ASSUMPTIONS['weights']} ±{draws.weights:.0%}")
    return "、".join(titles[code] for code in view.uncertainty.sobol.index if code in titles)


def lesson(view: "View") -> str:
    """Which assumption moves ranks most, in one sentence; what was varied where none does."""
    sobol = view.uncertainty.sobol
    if sobol.empty or not sobol["total"].max() > 0:
        return "没有一项假设使名次变动。"
    first = sobol["total"].idxmax()
    return f"名次变动最取决于{ASSUMPTIONS[first]}（{percent(sobol.at[first, 'total'])}）。变动的假设：{varied(view)}。"


def pair(view: "View", units: pd.DataFrame, seen: str | None) -> tuple[str, str]:
    """Two units to begin with: the one that was looked at last (else the best) and its neighbour in rank."""
    order = units[units["rank_median"].notna()].sort_values("rank", kind="stable").index.tolist()
    place = order.index(seen) if seen in order else 0
    return order[place], order[place + 1 if place + 1 < len(order) else place - 1]


def duel(view: "View", a: str, b: str) -> tuple[str, str]:
    """Who of two is ahead and how surely, as a heading with its note."""
    if a == b:
        return "请选两个不同的" + view.words["unit"], ""
    ahead, said = apart(view, a, b)
    if not said:
        return "没有测算这两者", ""
    one, two, sure = view.unit_name(a), view.unit_name(b), view.policy.draws.certainty
    if said == VERDICTS[0]:
        return f"{one}与{two}：{said}", f"{one}在 {percent(ahead)}的测算中领先，不到 {sure:.0%}"
    first, second, times = (one, two, ahead) if said == VERDICTS[1] else (two, one, 1 - ahead)
    return f"{first}{VERDICTS[1]}于{second}", f"在 {percent(times)}的测算中"


def listing(view: "View", units: pd.DataFrame, titles: dict[str, str], number) -> pd.DataFrame:
    """Every ranked unit with its intervals and chances, as texts to look at. `titles`: tier label → what is shown for it."""
    shown = units[units["rank"].notna()].sort_values("rank", kind="stable")
    shares = view.uncertainty.tiers.reindex(shown.index)[list(view.labels)]
    return pd.DataFrame(
        {
            "名次": shown["rank"].astype(int),
            view.words["unit"]: shown["name"],
            "梯队": shown["tier"].map(titles),
            view.words["index"]: shown["index"].map(number),
            "名次中位": shown["rank_median"].map(number),
            "名次区间": [_interval(low, high) for low, high in zip(shown["rank_p5"], shown["rank_p95"], strict=True)],
            "指数区间": [f"{number(a)}～{number(b)}" for a, b in zip(shown["index_p5"], shown["index_p95"], strict=True)],
            "梯队概率": [_chances(view.labels, row) for row in shares.to_numpy(float).tolist()],
        }
    )


def export(view: "View", units: pd.DataFrame) -> pd.DataFrame:
    """Everything that was measured, a row a unit, at full precision."""
    tiers = view.uncertainty.tiers.add_prefix("概率 ")
    head = {
        "rank": "名次", "name": view.words["unit"], "sector": view.words["sector"], "tier": "梯队", "index": view.words["index"],
        "rank_median": "名次中位", "rank_p5": "名次 5%", "rank_p95": "名次 95%", "index_p5": "指数 5%", "index_p95": "指数 95%",
    }  # fmt: skip
    table = units.sort_values("rank", kind="stable", na_position="last")[list(head)].rename(columns=head)
    return table.join(tiers).rename_axis(f"{view.words['unit']}代码").reset_index()


def notes(view: "View") -> list[str]:
    """What an export says of how it was measured."""
    found = view.uncertainty
    return [
        f"第 {view.release} 号发布，{view.period}；{found.draws} 次测算，随机种子 {found.seed}",
        f"变动的假设：{varied(view)}",
        f"判断领先须在 {view.policy.draws.certainty:.0%} 以上的测算中领先，否则为{VERDICTS[0]}",
    ]
