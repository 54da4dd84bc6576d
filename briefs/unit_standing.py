"""How one unit stands, why, what parts it from the next tier, and how it came there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from briefs.unit_parts import sheet
from reports.contents import Block, Chart, Grid, Number, Numbers, Sheet, Words
from scoring.adjustment import KINDS
from scoring.rounding import filled
from ui import causes, certainty, makeup
from ui import portrait as facts
from ui import portrait_words as words
from ui.wording import clean, period_title, shown_gap, signed, tenth

if TYPE_CHECKING:
    from ui.view import View

_NAME = 24  # characters of a name in the key of a figure
_FEW = 6  # steps of a waterfall that have room for a name of two lines


def standing(view: View, unit: str) -> Sheet:
    """How a unit stands: index, rank, tier, change, and its profile beside its group's."""
    head, row = facts.headline(view, unit), view.units.loc[unit]
    ranks, (place, among) = certainty.interval(view, unit), words.place(view, unit, head)
    tier = certainty.torn(view, unit) or words.tier_note(view, unit, head)
    figures = (
        Number(view.words["index"], tenth(row["index"]), words.made_of(view, unit)),
        Number("名次", f"{row['rank']:.0f}" if row["rank"] > 0 else place, f"多在 {ranks}，{among}" if ranks else among),
        Number("梯队", row["tier"] or "不定梯队", tier),
        _changed(head),
    )
    scored = not np.isnan(row["index"])  # else the lead says why
    balance = words.balance(view, unit, head) if scored and not head.unbalanced else ""
    said = tuple(filter(None, (words.gaps(view, unit) if scored else "", words.veto(view, unit), balance, _year_ago(head))))
    left = Numbers(figures), *([Words(said)] if said else [])
    notes = certainty.sentence(view, unit), words.geometric(view, unit)
    return sheet(view, unit, "unit", _lead(view, unit, head), left, (_profile(view, unit),), widths=(1, 1.1), notes=notes)


def _lead(view: View, unit: str, head: facts.Headline) -> str:
    row = view.units.loc[unit]
    if np.isnan(row["index"]):
        return f"{period_title(view.period)}{row['note'] or '没有得分'}，不排名、不定梯队"
    place, _ = words.place(view, unit, head)
    tie = f"（并列 {head.ties} 个）" if head.ties > 1 else ""
    said = [f"{view.words['index']} {tenth(row['index'])}，{place}{tie}，{row['tier']}"]
    if row["veto"]:
        said.append(words.tier_note(view, unit, head))
    if head.previous and not np.isnan(head.previous.index):
        said.append(_compared(head.previous))
    if head.unbalanced:
        said.append(f"短板是{clean(view.node_name(row['weakest']), 40)}，低于自身均值 {tenth(row['weakest_gap'])}")
    return "；".join(filter(None, said))


def _changed(head: facts.Headline) -> Number:
    """The change against the period before, whose mood is the index's."""
    of = head.previous
    label = f"较{period_title(of.period)}" if of else "较上期"
    rise = 0.0 if of is None or np.isnan(of.index) else of.index
    return Number(label, words.change(of), words.moved(of) or words.against(of), "good" if rise > 0 else "bad" if rise < 0 else "")


def _year_ago(head: facts.Headline) -> str:
    """The change against the same period of the year before; "" where it is that against the period before, or there is none."""
    of = head.year_ago
    known = of is not None and not np.isnan(of.index) and of.period != head.previous.period
    return "，".join(filter(None, (_compared(of), words.moved(of)))) if known else ""


def _compared(of: facts.Change) -> str:
    when = period_title(of.period)
    return f"较{when} {signed(of.index)}" if of.index else f"与{when}持平"


def _profile(view: View, unit: str) -> Chart:
    """Scores by dimension, the group's median and the last period's beside them: a radar, bars where it could not be read."""
    axes, (group, _) = facts.axes(view, unit, facts.dimension_codes(view)), facts.group(view, unit)
    mine, before = f"本{view.words['unit']}", facts.last_period(view)
    labels = [clean(label, _NAME) for label in axes["label"]]
    alt = f"{clean(view.unit_name(unit), _NAME)}各{view.words['dimension']}得分"
    if len(labels) not in facts.RADAR_AXES:
        return Chart("bars", pd.DataFrame({mine: axes["unit"].to_numpy()}, labels), alt, ("house",) * len(labels), view.policy.range)
    series = {mine: "unit", f"{clean(group, _NAME)}中位数": "median"}
    if before and axes["previous"].notna().any():
        series[before] = "previous"
    frame = pd.DataFrame({title: axes[column].to_numpy() for title, column in series.items()}, labels)
    return Chart("radar", frame, f"{alt}，与{'、'.join(list(series)[1:])}对照", span=view.policy.range)


def why(view: View, unit: str) -> Sheet:
    """What the index is made of, and what changed it since the period before."""
    made, adjusted = makeup.shown(view, unit)
    steps = [_composition(view, unit, made, adjusted)] if len(made) else []
    left, right = [*steps, *_given(view, unit)], [_dimensions(view, unit), Words(tuple(_since(view, unit)[: 2 if len(made) <= _FEW else 1]))]
    notes = ("各项都取一位小数，相加等于所示的指数。",) if steps else ()
    return sheet(view, unit, "unit-why", _made_lead(view, unit, made, adjusted), left, right, widths=(1.3, 1), notes=notes)


def _made_lead(view: View, unit: str, made: pd.DataFrame, adjusted: pd.DataFrame) -> str:
    if made.empty:
        return "本期没有得分，无从分解；下列各项仍有数据"
    extra = "".join(f"，{row.label} {signed(row.points)}" for row in adjusted.itertuples())
    top = made["points"].idxmax()
    most = f"；贡献最大的是{clean(view.node_name(top), 40)}，{tenth(made.at[top, 'points'])} 分"
    return f"{view.words['index']} {tenth(view.units.at[unit, 'index'])}：{words.made_of(view, unit)}{extra or '，本期没有加减分'}{most}"


def _composition(view: View, unit: str, made: pd.DataFrame, adjusted: pd.DataFrame) -> Chart:
    steps = pd.concat([made, adjusted])
    frame = pd.DataFrame({"points": steps["points"].to_numpy(float)}, _labels(steps))
    tones = ("",) * len(made) + tuple("good" if points >= 0 else "bad" for points in adjusted["points"])
    return Chart("waterfall", frame, f"{clean(view.unit_name(unit), _NAME)}的指数构成", tones, end=view.words["index"])


def _labels(steps: pd.DataFrame) -> list[str]:
    """What stands under the steps of a waterfall: the more there are, the shorter."""
    return [clean(label, _NAME if len(steps) <= _FEW else _NAME // 2) for label in steps["label"]]


def _given(view: View, unit: str) -> list[Block]:
    """Bonuses, penalties and vetoes with reason and document; none without any."""
    given = view.adjustments[view.adjustments["unit"] == unit]
    if given.empty:
        return []
    shown = [KINDS[kind] if kind == "veto" else f"{KINDS[kind]} {points:g}" for kind, points in zip(given["kind"], given["points"], strict=True)]
    table = {"加减分": shown, "事由": [clean(r, 120) for r in given["reason"]], "文号": [clean(d, 60) for d in given["document"]]}
    return [Grid(pd.DataFrame(table), weights={"加减分": 1, "事由": 2.4, "文号": 2.9})]


def _dimensions(view: View, unit: str) -> Grid:
    table, word = makeup.standing(view, unit), view.words["dimension"]
    shown = {
        word: [clean(name, 40) for name in table["name"]], "权重": [f"{weight:.0%}" for weight in table["weight"]],
        "得分": table["score"].to_numpy(), "名次": table["rank"].to_numpy(),
        "较上期": [text if (text := signed(change)) != "—" else "" for change in table["change"]],
    }  # fmt: skip
    return Grid(pd.DataFrame(shown), decimals={"名次": 0}, weights=dict(zip(shown, (2.3, 1.1, 1.1, 1.1, 1.5), strict=True)))


def _since(view: View, unit: str) -> list[str]:
    """Why the index changed, in two lines; why that cannot be said."""
    before = view.previous
    if before is None:
        return ["这是第一期，没有可比的上期。"]
    found, reason = causes.why(before, view, unit)
    if found is None:
        return [f"与{period_title(before.period)}相比的变化没有分解：{clean(reason, 200)}。"]
    parts = found.causes[found.causes["shown"] != 0]
    made = "，".join(f"{row.label} {signed(row.shown)}" for row in parts.itertuples()) or "各项原因都不到 0.1"
    moved = "、".join(f"{clean(row.label, 30)} {signed(row.points)}" for row in found.own.head(3).itertuples() if row.points)
    said = "；".join(filter(None, (f"{causes.sentence(found)[0]}：{made}", found.places)))
    return [said, *([f"自身数据中变化最大的：{moved}"] if moved else [])]


def gap(view: View, unit: str) -> Sheet:
    """Strengths and weak spots, and what parts the unit from the next tier."""
    found = makeup.gap(view, unit)
    title, note = words.distance(view, unit, found)
    steps = [_gap_steps(view, unit, found)] if found else []
    lead = title if found else f"{title}：{note}"
    if found and found.reference:
        points = steps[0].frame["points"]
        lead += f"，其中{points.idxmax()} {tenth(points.max())}" if points.max() > 0 else ""
    opens = [found.reference] if found and found.reference else []
    left = *_spots(view, unit), *([Words((note,), bullets=False)] if found and note else [])
    columns, widths = ([left, steps], (1, 1.15)) if steps else ([left], (1.0,))
    return sheet(view, unit, "unit-gap", lead, *columns, widths=widths, opens=opens)


def _gap_steps(view: View, unit: str, found: makeup.Gap) -> Chart:
    """From one index to the other, dimension by dimension, as the screen shows it; a step that is a lack is coloured so."""
    start, gain = float(f"{found.mine:.1f}"), shown_gap(found.mine, found.other)
    points, (mine, other) = filled(found.parts["points"], gain), words.ends(view, unit, found)
    frame = pd.DataFrame({"points": points}, _labels(found.parts))
    tones = tuple("good" if (p >= 0) == (found.kind == "lead") else "bad" for p in points)
    alt = f"从{clean(mine, _NAME)}到{clean(other, _NAME)}的差距，按{view.words['dimension']}分解"
    return Chart("waterfall", frame, alt, tones, start=clean(mine, _NAME), end=clean(other, _NAME), base=start)


def _spots(view: View, unit: str) -> list[Block]:
    """Indicators that lift the unit above its group, and those that hold it back."""
    group, _ = facts.group(view, unit)
    rows = [
        (f"{sign} {clean(row.name, 40)}", row.score if row.state == "value" else words.reached(row.state, row.score), row.median)
        for sign, table in zip("▲▼", facts.strengths(view, unit), strict=True)
        for row in table.itertuples(index=False)
    ]
    if not rows:
        return [Words((f"没有明显高出或低于{group}的指标。",), bullets=False)]
    head = [f"▲ 强项　▼ 弱项（比{clean(group, 12)}）", "得分", "中位数"]
    return [Grid(pd.DataFrame(rows, columns=head), weights=dict(zip(head, (3.4, 1, 1.1), strict=True)))]


def course(view: View, unit: str) -> Sheet | None:
    """The index over the periods up to the view's, beside its group's median; None for a single period."""
    table, (group, _) = facts.trend(view, unit).set_index("period").loc[: view.period], facts.group(view, unit)
    if len(table) < 2:
        return None
    known, name = table["index"].dropna(), clean(view.unit_name(unit), _NAME)
    lead = "各期都没有得分"
    if len(known):
        best, now = known.idxmax(), known.get(view.period, np.nan)
        first = "本期" if tenth(now) == tenth(known[best]) else period_title(best)
        lead = f"{period_title(known.index[0])}以来有得分的 {len(known)} 期中，最高的是{first}的 {tenth(known[best])}"
        lead += "" if first == "本期" or np.isnan(now) else f"，本期为 {tenth(now)}"
    series = {name: table["index"], f"{clean(group, _NAME)}中位数": table["median"]}
    frame = pd.DataFrame({title: values.to_numpy(float) for title, values in series.items()}, list(table.index))
    return sheet(view, unit, "unit-trend", lead, (Chart("lines", frame, f"{name}历期的{view.words['index']}"),))
