"""One unit in a few pages: how it stands, why, what parts it from the next tier, what would help, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from briefs.imprint import imprint
from briefs.unit_next import next_steps, work
from briefs.unit_tables import annex, tables
from reports.contents import Block, Chart, Document, Grid, Number, Numbers, Sheet, Words
from scoring.adjustment import KINDS
from scoring.rounding import filled
from ui import causes, certainty, exemplar_tables, exemplars, makeup, portrait
from ui import portrait_words as words
from ui.wording import clean, period_title, shown_gap, signed, tenth

if TYPE_CHECKING:
    from ui.viewer import View

_NAME = 24  # characters of a name in the key of a figure
_STEPS = 8  # parts of a gap beside its two ends


def unit_sheets(view: View, unit: str, actions: pd.DataFrame | None = None) -> tuple[Sheet, ...]:
    """The pages of a unit, codes `unit:…`, `unit-why:…`, `unit-gap:…`, `unit-next:…`, `unit-tasks:…`; one that says so where the period
    has no such unit. Raises StoreError.

    `actions`: what would raise the index of this unit and others, as `guidance.best` lists it, where it is known already.
    """
    if unit not in view.units.index:
        said = f"{period_title(view.period)}没有代码为“{clean(unit, 60)}”的{view.words['unit']}。"
        return (Sheet(f"unit:{unit}", f"{view.words['unit']}画像", said, ((Words((_elsewhere(view, unit),), bullets=False),),)),)
    return standing(view, unit), why(view, unit), gap(view, unit), next_steps(view, unit, actions), work(view, unit)


def portrait_of(view: View, unit: str, ending: str, actions: pd.DataFrame | None = None) -> tuple[Document, dict[str, pd.DataFrame]]:
    """The document of a unit and its tables as a file of this ending asks for them: on paper every indicator is listed too, in a
    workbook the tables are whole. `actions`: as in `unit_sheets`. Raises StoreError.
    """
    document = portrait(view, unit, actions)
    if unit not in view.units.index or ending == "pptx":
        return document, {}
    if ending == "xlsx":
        return document, tables(view, unit)
    return Document(document.title, document.subtitle, document.imprint, (*document.sheets, annex(view, unit))), {}


def portrait(view: View, unit: str, actions: pd.DataFrame | None = None) -> Document:
    """The pages of a unit as a document of their own. `actions`: as in `unit_sheets`. Raises StoreError."""
    known = unit in view.units.index
    told = [view.units.at[unit, "sector"], *words.levels(view, unit)] if known else []
    subtitle = "　".join(filter(None, (clean(text, 60) for text in [period_title(view.period), *told])))
    return Document(f"{clean(view.unit_name(unit))}画像", subtitle, imprint(view), unit_sheets(view, unit, actions))


def _elsewhere(view: View, unit: str) -> str:
    """In which periods a unit has data."""
    own = view.history.loc[view.history["unit"] == unit, "period"]
    if own.empty:
        return f"其他{view.words['period']}也没有；请核对代码。"
    return f"它有数据的{view.words['period']}：{period_title(own.iloc[0])}至{period_title(own.iloc[-1])}，共 {len(own)} 期。"


def standing(view: View, unit: str) -> Sheet:
    """How a unit stands: index, rank, tier, change, and its profile beside its group's."""
    head, name = portrait.headline(view, unit), clean(view.unit_name(unit))
    ranks, (place, among) = certainty.interval(view, unit), words.place(view, unit, head)
    tier = certainty.torn(view, unit) or words.tier_note(view, unit, head)
    figures = (
        Number(view.words["index"], tenth(view.units.at[unit, "index"]), words.made_of(view, unit)),
        Number("名次", place, f"多在 {ranks}，{among}" if ranks else among),
        Number("梯队", view.units.at[unit, "tier"] or "不定梯队", tier),
        _changed(head),
    )
    said = [words.gaps(view, unit), words.veto(view, unit), words.balance(view, unit, head), *_exemplary(view, unit)]
    notes = [certainty.sentence(view, unit), words.geometric(view, unit), _year_ago(head)]
    return Sheet(
        f"unit:{unit}", name, _lead(view, unit, head), ((Numbers(figures), Words(tuple(filter(None, said)))), (_profile(view, unit),)),
        columns=(1, 1.15), notes="\n".join(filter(None, notes)), opens={unit: name},
    )  # fmt: skip


def _lead(view: View, unit: str, head: portrait.Headline) -> str:
    row = view.units.loc[unit]
    if np.isnan(row["index"]):
        return f"{period_title(view.period)}{row['note'] or '没有得分'}，不排名、不定梯队"
    place, _ = words.place(view, unit, head)
    tie = f"（并列 {head.ties} 个）" if head.ties > 1 else ""
    said = [f"{view.words['index']} {tenth(row['index'])}，{place}{tie}，{row['tier']}"]
    if row["veto"]:
        said.append(words.tier_note(view, unit, head))
    if head.previous and not np.isnan(head.previous.index):
        said.append(f"较{period_title(head.previous.period)} {signed(head.previous.index)}")
    if head.unbalanced:
        said.append(f"短板是{clean(view.node_name(row['weakest']), 40)}，低于自身均值 {tenth(row['weakest_gap'])}")
    return "；".join(filter(None, said))


def _changed(head: portrait.Headline) -> Number:
    """The change against the period before, whose mood is the index's."""
    of = head.previous
    label = f"较{period_title(of.period)}" if of else "较上期"
    rise = 0.0 if of is None or np.isnan(of.index) else of.index
    return Number(label, words.change(of), words.moved(of) or words.against(of), "good" if rise > 0 else "bad" if rise < 0 else "")


def _year_ago(head: portrait.Headline) -> str:
    of = head.year_ago
    return "" if of is None or np.isnan(of.index) else f"较{period_title(of.period)} {signed(of.index)}"


def _exemplary(view: View, unit: str) -> list[str]:
    """What the unit is an exemplar of."""
    held = exemplars.named(view)
    mine = held[held["unit"] == unit]
    if mine.empty:
        return []
    found = exemplars.with_lessons(mine, exemplars.taken(view))
    return [f"{exemplar_tables.sentence(view, row)}。{clean(row.story, 300)}" for row in found.itertuples()]


def _profile(view: View, unit: str) -> Chart:
    """Scores by dimension, the group's median and the last period's beside them: a radar, bars where it could not be read."""
    axes, (group, _) = portrait.axes(view, unit, portrait.dimension_codes(view)), portrait.group(view, unit)
    name, before = clean(view.unit_name(unit), _NAME), portrait.last_period(view)
    labels = [clean(label, _NAME) for label in axes["label"]]
    alt = f"{name}各{view.words['dimension']}得分"
    if len(labels) not in portrait.RADAR_AXES:
        return Chart("bars", pd.DataFrame({name: axes["unit"].to_numpy()}, labels), alt, ("house",) * len(labels), view.policy.range)
    series = {name: "unit", f"{clean(group, _NAME)}中位数": "median"} | ({before: "previous"} if before and axes["previous"].notna().any() else {})
    frame = pd.DataFrame({title: axes[column].to_numpy() for title, column in series.items()}, labels)
    return Chart("radar", frame, f"{alt}，与{'、'.join(list(series)[1:])}对照", span=view.policy.range)


def why(view: View, unit: str) -> Sheet:
    """What the index is made of, and what changed it since the period before."""
    made, adjusted = makeup.shown(view, unit)
    return Sheet(
        f"unit-why:{unit}", f"{clean(view.unit_name(unit), 60)}：得分由来", _made_lead(view, unit, made, adjusted),
        ((_composition(view, unit, made, adjusted), *_given(view, unit)), (_dimensions(view, unit), Words(tuple(_since(view, unit))))),
        columns=(1.15, 1), notes="各项相加等于指数；图上的数已四舍五入到一位小数，相加仍等于所示的指数。", opens={unit: clean(view.unit_name(unit))},
    )  # fmt: skip


def _made_lead(view: View, unit: str, made: pd.DataFrame, adjusted: pd.DataFrame) -> str:
    if made.empty:
        return words.gaps(view, unit) or "本期没有得分"
    extra = "".join(f"，{row.label} {signed(row.points)}" for row in adjusted.itertuples())
    top = made["points"].idxmax()
    most = f"；贡献最大的是{clean(view.node_name(top), 40)}，{tenth(made.at[top, 'points'])} 分"
    return f"{view.words['index']} {tenth(view.units.at[unit, 'index'])}：{words.made_of(view, unit)}{extra or '，本期没有加减分'}{most}"


def _composition(view: View, unit: str, made: pd.DataFrame, adjusted: pd.DataFrame) -> Chart:
    steps = pd.concat([made, adjusted])
    frame = pd.DataFrame({"points": steps["points"].to_numpy(float)}, [clean(label, _NAME) for label in steps["label"]])
    tones = ("",) * len(made) + tuple("good" if points >= 0 else "bad" for points in adjusted["points"])
    return Chart("waterfall", frame, f"{clean(view.unit_name(unit), _NAME)}的指数构成", tones, end=view.words["index"])


def _given(view: View, unit: str) -> list[Block]:
    """Bonuses, penalties and vetoes with reason and document; none without any."""
    given = view.adjustments[view.adjustments["unit"] == unit]
    if given.empty:
        return []
    shown = [KINDS[kind] if kind == "veto" else f"{KINDS[kind]} {points:g}" for kind, points in zip(given["kind"], given["points"], strict=True)]
    table = {"加减分": shown, "事由": [clean(r, 120) for r in given["reason"]], "文号": [clean(d, 60) for d in given["document"]]}
    return [Grid(pd.DataFrame(table), weights={"加减分": 1, "事由": 3, "文号": 2.2})]


def _dimensions(view: View, unit: str) -> Grid:
    table, word = makeup.standing(view, unit), view.words["dimension"]
    shown = {
        word: [clean(name, 40) for name in table["name"]], "权重": [f"{weight:.0%}" for weight in table["weight"]],
        "得分": table["score"].to_numpy(), "名次": [f"{rank:.0f}" if rank > 0 else "" for rank in table["rank"]],
        "较上期": [text if (text := signed(change)) != "—" else "" for change in table["change"]],
    }  # fmt: skip
    return Grid(pd.DataFrame(shown), weights={word: 2.4})


def _since(view: View, unit: str) -> list[str]:
    """Why the index changed, in two lines; why that cannot be said."""
    before = view.previous
    if before is None:
        return ["这是第一期，没有可比的上期。"]
    found, reason = causes.why(before, view, unit)
    if found is None:
        return [f"与{period_title(before.period)}相比的变化没有分解：{clean(reason, 200)}。"]
    title, note = causes.sentence(found)
    moved = "、".join(f"{clean(row.label, 30)} {signed(row.points)}" for row in found.own.head(3).itertuples() if row.points)
    return [f"{title}：{note}", *([f"自身数据中变化最大的：{moved}"] if moved else [])]


def gap(view: View, unit: str) -> Sheet:
    """Strengths and weak spots, and what parts the unit from the next tier."""
    found = makeup.gap(view, unit)
    title, note = words.distance(view, unit, found)
    steps = [_gap_steps(view, unit, found)] if found else []
    lead = title if found and not steps[0].frame.empty else f"{title}：{note}"
    if found and len(found.parts):
        most = found.parts["points"].idxmax()
        lead += f"，其中{clean(found.parts.at[most, 'label'], 40)} {tenth(steps[0].frame['points'].iloc[found.parts.index.get_loc(most)])}"
    opens = {found.reference: clean(view.unit_name(found.reference))} if found and found.reference else {}
    left = (*_spots(view, unit), *([Words((note,), bullets=False)] if found and note else []))
    return Sheet(
        f"unit-gap:{unit}", f"{clean(view.unit_name(unit), 60)}：强弱项与差距", lead, (left, tuple(steps)) if steps else (left,),
        columns=(1, 1.15) if steps else (1.0,), opens=opens,
    )  # fmt: skip


def _gap_steps(view: View, unit: str, found: makeup.Gap) -> Chart:
    """From one index to the other, dimension by dimension, as the screen shows it; a step that is a lack is coloured so."""
    start, gain = float(f"{found.mine:.1f}"), shown_gap(found.mine, found.other)
    points, (mine, other) = filled(found.parts["points"], gain), words.ends(view, unit, found)
    frame = pd.DataFrame({"points": points}, [clean(label, _NAME) for label in found.parts["label"]])
    tones = tuple("good" if (p >= 0) == (found.kind == "lead") else "bad" for p in points)
    alt = f"从{clean(mine, _NAME)}到{clean(other, _NAME)}的差距，按{view.words['dimension']}分解"
    return Chart("waterfall", frame, alt, tones, start=clean(mine, _NAME), end=clean(other, _NAME), base=start)


def _spots(view: View, unit: str) -> list[Block]:
    """Indicators that lift the unit above its group, and those that hold it back."""
    group, _ = portrait.group(view, unit)
    rows = [
        (f"{sign} {clean(row.name, 40)}", words.reached(row.state, row.score), tenth(row.median))
        for sign, table in zip("▲▼", portrait.strengths(view, unit), strict=True)
        for row in table.itertuples(index=False)
    ]
    if not rows:
        return [Words((f"没有明显高出或低于{group}的指标。",), bullets=False)]
    head = ["强项 ▲　弱项 ▼", "得分", f"{clean(group, 12)}中位数"]
    return [Grid(pd.DataFrame(rows, columns=head), weights=dict(zip(head, (3.2, 1, 1.5), strict=True)))]
