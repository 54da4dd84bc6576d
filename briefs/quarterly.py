"""The report of a period on all units, for paper: how it stands, tiers, weak spots, work, exemplars, advice, annexes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from briefs import city, city_fields, city_movement, meetings, naming, quarterly_annex, quarterly_close
from briefs.imprint import imprint
from reports.contents import Chart, Document, Grid, Sheet, Words
from scoring.errors import ScoringError
from scoring.policy import MISSING_RULES
from scoring.values import STATE_TITLES
from ui import exemplar_race, fields, glance, guidance, moves, portrait
from ui.wording import clean, period_title, signed, tenth

if TYPE_CHECKING:
    from ui.view import View

_LISTED = 5  # units or things that one sentence names
_LONG = 4  # periods in a row in the best tier from which it is spoken of
Progress = Callable[[int, int, str], None]


def report(view: View, progress: Progress | None = None) -> Document:
    """The whole report. `progress`: (sections written, of how many, which comes). Raises StoreError."""
    sections: list[tuple[str, Callable[[View], Sheet]]] = [
        ("本期情况", _situation), ("梯队变化", _movement), ("共性短板", _weak), ("任务整改", quarterly_close.work),
        ("典型", quarterly_close.exemplars), ("建议", quarterly_close.advice),
    ]  # fmt: skip
    annexes = zip("一二三四", quarterly_annex.annexes(view), strict=False)
    sections += [(f"附件{number}", write) for number, write in annexes]
    sheets = []
    for place, (title, write) in enumerate(sections):
        if progress:
            progress(place, len(sections), title)
        try:
            sheet = write(view)
        except ScoringError as error:
            sheet = naming.lacking(title, title, f"这一号发布不能重新计分，本节从缺：{clean(error, 200)}")
        sheets.append(replace(sheet, title=f"{title}　{sheet.title}") if title.startswith("附") else sheet)
    words = view.words
    title = f"{words['index']}{period_title(view.period)}分析报告"
    return Document(title, f"{len(view.units)} 个{words['unit']}", imprint(view), tuple(sheets))


def of_all(view: View, ending: str, progress: Progress | None = None) -> tuple[Document, dict[str, pd.DataFrame]]:
    """(document, tables) for a file on all units: slides for "pptx", the report for "docx", charts and tables for "xlsx". Raises StoreError."""
    if ending == "docx":
        return report(view, progress), {}
    return meetings.quarterly(view, progress), quarterly_annex.tables(view) if ending == "xlsx" else {}


def _situation(view: View) -> Sheet:
    now, words = glance.glance(view), view.words
    if not now.scored:
        return naming.lacking("situation", "本期情况", f"本期 {now.units} 个{words['unit']}都没有{words['index']}", "".join(_coverage(view)))
    said = [_level(view, now), _spread(view, now), *_dimensions_said(view), *_coverage(view)]
    tables = [Grid(city.standing(view)), Grid(dimensions(view), weights={words["dimension"]: 1.8})]
    by_sector = city.sectors(view)
    if len(by_sector) > 1:
        heads = {"units": words["unit"], "mean": "均值"}
        shown = by_sector.rename(columns=heads).rename_axis(words["sector"]).reset_index()
        tables += [city.by_sector(view), Grid(shown, decimals=dict.fromkeys([words["unit"], *view.labels], 0))]
    line = naming.means(view, view.framework.root.code)
    chart = [Chart("lines", line, f"全部{words['unit']}{words['index']}的均值和四分位")] if len(line) >= city.TREND else []
    return Sheet("situation", "本期情况", city.headline(view, now), ((Words(tuple(said), bullets=False), *chart, *tables),))


def _level(view: View, now: glance.Glance) -> str:
    """How many took part, mean, middle and ends."""
    words, index, names = view.words, view.units["index"].dropna(), naming.short(view)
    unscored = now.units - now.scored
    part = f"参评{words['unit']} {now.units} 个，" + (f"其中 {unscored} 个不计分。" if unscored else "全部计分。")
    if len(index) == 1:
        return f"{part}{names[index.index[0]]}的{words['index']}为 {tenth(now.mean)}。"
    ends = f"最高 {tenth(index.max())}（{names[index.idxmax()]}），最低 {tenth(index.min())}（{names[index.idxmin()]}）"
    changed = naming.changes(view, view.framework.root.code)
    against = f"均值{changed}。" if changed else ""
    return f"{part}{words['index']}均值 {tenth(now.mean)}，中位数 {tenth(index.median())}，{ends}。{against}"


def _spread(view: View, now: glance.Glance) -> str:
    """How far apart units are, whose tier is not sure, how many are unbalanced."""
    word, gap = view.words["unit"], view.policy.balance_gap
    said = [f"各{word}得分的标准差 {tenth(now.spread)}。"] if now.scored > 1 else []
    torn = glance.torn(view, glance.with_change(view, None)).partition("，")[0]
    sure = f"{torn.removesuffix('梯队两可')}{word}的梯队两可：不到 {view.policy.draws.certainty:.0%} 的测算留在本梯队。"
    said.append(sure if torn else "这一号发布没有测算名次和梯队有多可靠。")
    unbalanced = view.units[view.units["weakest_gap"] >= gap] if gap else view.units.iloc[:0]
    if len(unbalanced):
        most = unbalanced["weakest"].value_counts()
        where = f"，短板在{clean(view.node_name(most.index[0]), 20)}的最多，{most.iloc[0]} 个"
        said.append(f"最低的{view.words['dimension']}比自身均值低 {gap:g} 分以上的 {len(unbalanced)} 个{where}。")
    return "".join(said)


def dimensions(view: View) -> pd.DataFrame:
    """Mean of every dimension, its change against the periods that it compares with, and its mean by tier."""
    rows = []
    held = [label for label in view.labels if (view.units["tier"] == label).any()]
    for node in portrait.dimension_codes(view):
        scores, comparable = fields.scores(view, node), fields.course(view, node).comparable
        row = {view.words["dimension"]: clean(view.node_name(node), 30), "均值": scores.mean()}
        for code, other in glance.bases(view).items():
            change = scores.mean() - fields.scores(other, node).mean() if other.period in comparable else float("nan")
            row[glance.against(view, code)] = signed(change)
        by_tier = scores.groupby(view.units["tier"]).mean()
        rows.append(row | {label: by_tier.get(label) for label in held})
    return pd.DataFrame(rows)


def _dimensions_said(view: View) -> list[str]:
    table = dimensions(view).dropna(subset=["均值"])
    if len(table) < 2:
        return []
    word = view.words["dimension"]
    high, low = table.loc[table["均值"].idxmax()], table.loc[table["均值"].idxmin()]
    return [f"{len(table)} 个{word}中，{high[word]}均值最高（{tenth(high['均值'])}），{low[word]}最低（{tenth(low['均值'])}）。"]


def _coverage(view: View) -> list[str]:
    """How complete the data are, and how gaps were scored."""
    counts = view.cells["state"].value_counts()
    gaps = [f"{title} {counts[state]} 格" for state, title in STATE_TITLES.items() if state != "value" and counts.get(state, 0)]
    if not gaps:
        return [f"应有的 {counts.sum():,} 格数据全部有值。"]
    share, missing = counts.get("value", 0) / counts.sum(), counts.get("missing", 0)
    rule = f"缺报的{MISSING_RULES[view.policy.missing_rule]}。" if missing else ""
    return [f"应有的 {counts.sum():,} 格数据中 {share:.1%} 有值，{'、'.join(gaps)}。{rule}"]


def _movement(view: View) -> Sheet:
    found, why = city_movement.moved(view)
    if found is None:
        return naming.lacking("movement", "梯队变化", why)
    caution, blocks = moves.caution(found.before, view), [city_movement.transitions(view, found)]
    said = [*([caution] if caution else []), *_ranged(view), *_steady(view)]
    for kind, title in moves.KINDS.items():
        rows = found.movers[found.movers["kind"] == kind]
        if len(rows):
            grid = city_movement.reasons(view, found, rows)
            head = grid.frame.columns[0]
            heads = {head: f"{title}的{head}"}
            blocks.append(Grid(grid.frame.rename(columns=heads), weights={heads.get(k, k): v for k, v in grid.weights.items()}))
    return Sheet("movement", "梯队变化", city_movement.headline(view, found), ((Words(tuple(said), bullets=False), *blocks),))


def _ranged(view: View) -> list[str]:
    """Who gained and who lost most, whatever the tier, since the period before."""
    if view.previous is None or view.previous.period not in fields.course(view, view.framework.root.code).comparable:
        return []
    change = (view.units["index"] - view.previous.units["index"].reindex(view.units.index)).dropna().sort_values(kind="stable")
    up, down, names = change[change > 0][::-1].head(_LISTED), change[change < 0].head(_LISTED), naming.short(view)
    said = []
    for rows, word in ((up, "提高"), (down, "降低")):
        if len(rows):
            many = int((change > 0).sum() if word == "提高" else (change < 0).sum())
            named = "、".join(f"{names[unit]} {signed(points)}" for unit, points in rows.items())
            said.append(f"{many} 个{view.words['unit']}的{view.words['index']}较上期{word}，最多的是{named}。")
    return said


def _steady(view: View) -> list[str]:
    """Who has held the best tier for long, and who has risen without a stop."""
    held = moves.held(view, view.period, view.units.index)
    best = held[(held["tier"] == view.labels[0]) & (held["length"] >= _LONG)]
    said = []
    if len(best):
        longest = best["length"].max()
        names = naming.named(view, best.index[best["length"] == longest], _LISTED)
        said.append(f"连续 {_LONG} 期以上居{view.labels[0]}的 {len(best)} 个，最长的连续 {longest} 期：{names}。")
    race = exemplar_race.race(view, view.framework.root.code, next(iter(glance.bases(view)), None))
    risen = race[race["rises"] >= 3].sort_values(["rises", "gain"], ascending=False, kind="stable")
    if len(risen):
        first = risen.iloc[0]
        tail = f"最长的是{naming.short(view)[first.name]}，连升 {first['rises']} 期，共 {signed(first['gain'])} 分"
        said.append(f"{view.words['index']}连升 3 期以上的 {len(risen)} 个，{tail}。")
    return said


def _weak(view: View) -> Sheet:
    losses = city_fields.lost(view)
    if losses.empty:
        return city_fields.weak(view)
    sheet, word = city_fields.weak(view), view.words["unit"]
    three = losses.head(3)
    total = f"失分即距满分的差距。全部{word}平均失 {tenth(losses['lost'].sum())} 分，失分最多的三项占 {three['share'].sum():.0%}。"
    table = pd.DataFrame(
        {
            "指标": [clean(name, 40) for name in losses["name"]],
            view.words["dimension"]: [clean(view.framework.dimension_of(code).name, 30) for code in losses.index],
            "平均得分": losses["mean"].to_numpy(),
            "平均失分": losses["lost"].to_numpy(),
            f"列入失分前{city_fields.WORST}（个）": losses["among"].to_numpy(),
        }
    ).head(10)
    grid = Grid(table, decimals={table.columns[-1]: 0}, weights={"指标": 2.8}, more=max(len(losses) - 10, 0))
    chart = sheet.blocks[0][0]
    blocks = (Words((total, *_diagnosed(view)), bullets=False), chart, grid, *city_fields.by_tier(view))
    return Sheet("weak", "共性短板", sheet.lead, (blocks,))


def _diagnosed(view: View) -> list[str]:
    """In which group of the policy's facet of diagnosis most is lost."""
    facet = view.policy.diagnosis
    if facet not in view.facets:
        return []
    table = guidance.lost_by_tier(view, list(view.units.index), facet)
    if table.empty:
        return []
    most = {tier: (table[tier].idxmax(), tenth(table[tier].max())) for tier in table if table[tier].notna().any()}
    groups = {group for group, _ in most.values()}
    if len(most) > 1 and len(groups) == 1:
        points = "、".join(f"{tier} {lost} 分" for tier, (_, lost) in most.items())
        return [f"按{view.facets[facet]}看，各梯队失分最多的都是{groups.pop()}：{points}。"]
    said = [f"{tier}失分最多的是{group}（{lost} 分）" for tier, (group, lost) in most.items()]
    return [f"按{view.facets[facet]}看，{'，'.join(said)}。"]
