"""All units on one sheet: how many, how high, how far apart, who stands in which tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from briefs import naming
from reports.contents import Chart, Grid, Number, Numbers, Sheet, Words
from ui import glance, method_tables, portrait_words
from ui.spread import extremes
from ui.wording import clean, tenth

if TYPE_CHECKING:
    from ui.view import View

TREND = 3  # periods from which a line says something


def overview(view: View, _: str = "") -> Sheet:
    """How many units, the mean and spread of the index, the tiers, by sector and over time."""
    now, words = glance.glance(view), view.words
    if not now.scored:
        return naming.lacking("city", "总体情况", f"本期 {now.units} 个{words['unit']}都没有{words['index']}", f"原因见各{words['unit']}画像。")
    line = naming.means(view, view.framework.root.code)
    figures = Numbers(
        (
            Number(words["unit"], str(now.units), f"{now.units - now.scored} 个不计分" if now.scored < now.units else ""),
            Number(f"{words['index']}均值", tenth(now.mean), naming.changes(view, view.framework.root.code)),
        )
    )
    left = [figures]
    if len(line) >= TREND:
        left.append(Chart("lines", line, f"全部{words['unit']}{words['index']}的均值和四分位，{line.index[0]} 至 {line.index[-1]}"))
    return Sheet("city", "总体情况", headline(view, now), (tuple(left), (by_sector(view),)), (1, 1.1), notes=_said(view, now))


def headline(view: View, now: glance.Glance) -> str:
    """The sentence to remember: units, mean, its change, tiers."""
    words, changed = view.words, naming.changes(view, view.framework.root.code)
    mean = f"{words['index']}均值 {tenth(now.mean)}" + (f"（{changed}）" if changed else "")
    return f"{now.scored} 个{words['unit']}{mean}；{naming.standings(view, now.tiers)}"


def by_sector(view: View) -> Chart:
    """Tiers by sector, the sector with the best mean first; of all units where there are no sectors."""
    counts = sectors(view)[list(view.labels)]
    if len(counts) < 2:
        tiers = glance.glance(view).tiers
        tones = tuple(naming.tone(view, label) for label in tiers.index)
        return Chart("columns", tiers.to_frame(view.words["unit"]), f"各梯队的{view.words['unit']}数", tones, decimals=0)
    return Chart("shares", counts, f"各{view.words['sector']}的梯队构成", tuple(naming.tone(view, label) for label in counts), decimals=0)


def sectors(view: View) -> pd.DataFrame:
    """Index sector, the best mean first; units, mean, and a column a tier label: how many of it."""
    units = view.units[view.units["sector"].fillna("") != ""]
    groups = units.groupby("sector")
    table = groups["index"].agg(units="size", mean="mean")
    counts = pd.crosstab(units["sector"], units["tier"]).reindex(index=table.index, columns=list(view.labels), fill_value=0)
    found = table.join(counts).sort_values("mean", ascending=False, kind="stable")
    return found.set_axis([clean(name, 20) for name in found.index])


def _said(view: View, now: glance.Glance) -> str:
    torn = glance.torn(view, glance.with_change(view, None)).partition("，")[0]
    spread = f"各{view.words['unit']}得分的标准差 {tenth(now.spread)}" if now.scored > 1 else ""
    return "；".join(filter(None, [spread, torn]))


def tiers(view: View, _: str = "") -> Sheet:
    """How the tiers are cut and who stands near, and high against rising: every unit a point."""
    base, other = next(iter(glance.bases(view).items()), ("", None))
    units, against = glance.with_change(view, other), glance.against(view, base)
    scored = units[units["index"].notna()]
    if scored.empty:
        return naming.lacking("tiers", "梯队分布", f"本期各{view.words['unit']}都没有{view.words['index']}，不划梯队")
    left = [Grid(standing(view)), Words(tuple(_remarks(view, units)))]
    blocks = (tuple(left), (_quadrant(view, scored, against),)) if scored["change"].notna().any() else ((*left, by_sector(view)),)
    return Sheet("tiers", "梯队分布", _cut(view), blocks, (1, 1.25) if len(blocks) > 1 else (1.0,), opens=naming.opens(view, scored.index))


def standing(view: View) -> pd.DataFrame:
    """How many units hold each tier, the change of that against the period that the first page compares with, and their indices."""
    code, other = next(((c, o) for c, o in glance.bases(view).items() if o.labels == view.labels), ("", None))
    now, then = glance.glance(view).tiers, glance.glance(other).tiers if other else None
    held = view.units.groupby("tier")["index"].agg(["min", "max"]).reindex(now.index)
    table = pd.DataFrame({"梯队": now.index, view.words["unit"]: [f"{count} 个" for count in now]})
    if then is not None:
        table[glance.against(view, code)] = [f"{now[label] - then[label]:+d}".replace("-", "−").replace("+0", "持平") for label in now.index]
    table[view.words["index"]] = ["–".join(dict.fromkeys((tenth(low), tenth(high)))) for low, high in held.to_numpy()]
    return table


def _cut(view: View) -> str:
    """How many in the best and in the last tier, and where the best one begins."""
    lines = method_tables.tier_lines(view, lambda label: label)
    (best, _, note, count, _), (last, *_, many, _) = lines[0], lines[-1]
    gate = note.partition("，")[0]
    return f"{best} {count}" + (f"，{gate}" if gate.startswith("划线") else "") + f"；{last} {many}"


def _remarks(view: View, units: pd.DataFrame) -> list[str]:
    """How tiers are cut, units whose tier is not sure, vetoes, units without a tier."""
    word, vetoed = view.words["unit"], view.units.index[view.units["veto"].astype(bool)]
    unsure = glance.torn(view, units).partition("，")[0]
    said = [f"{unsure}：不到 {view.policy.draws.certainty:.0%} 的测算留在本梯队"] if unsure and not unsure.startswith("0 ") else []
    said += [f"{naming.short(view)[unit]}：{portrait_words.veto(view, unit)}" for unit in vetoed]
    without = view.units[view.units["index"].isna()]
    said += [f"{naming.short(view)[unit]}：{clean(note) or '没有得分'}，不定梯队" for unit, note in without["note"].head(5).items()]
    cuts = "；".join(f"{line[0]}{line[1]}" for line in method_tables.tier_lines(view, lambda label: label))
    return [f"划法：{cuts}", *said, *([f"另有 {len(without) - 5} 个{word}不定梯队"] if len(without) > 5 else [])]


def _quadrant(view: View, scored: pd.DataFrame, against: str) -> Chart:
    """The index against its change, as on the first page; named are those at the ends."""
    shown = scored[scored["change"].notna()]
    ends = {unit for column in ("index", "change") for side in extremes(shown[column]) for unit in side}
    names = naming.short(view)
    points = pd.DataFrame(
        {
            "x": shown["index"],
            "y": shown["change"],
            "tone": [naming.tone(view, tier) for tier in shown["tier"]],
            "label": [clean(names[unit], 12) if unit in ends else "" for unit in shown.index],
        }
    )
    index = view.words["index"]
    return Chart("scatter", points, f"{len(points)} 个{view.words['unit']}的{index}与{against}的变化", axes=(f"质：{index}", f"效：{against}"))
