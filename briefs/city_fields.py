"""One dimension over all units, one sector over all dimensions, and the weak spots that many have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from briefs import naming
from reports.contents import Block, Chart, Grid, Number, Numbers, Sheet, Words
from ui import fields, guidance, portrait
from ui.wording import clean, shown_gap, signed, tenth

if TYPE_CHECKING:
    from ui.view import View

_MOST = 10  # bars of one figure
_ENDS = 5  # units named at either end
_UNITS = 18  # bars of a sector's units that can be read
WORST = 3  # an indicator counts as common where it is among so many biggest losses of a unit


def dimension(view: View, node: str) -> Sheet:
    """How high a dimension is, which of its indicators lag, who is ahead and who is behind."""
    code, name, scores = f"dimension:{node}", clean(view.node_name(node), 40), fields.scores(view, node)
    known = scores.dropna()
    if known.empty:
        remedy = f"请先补齐这一{view.words['dimension']}的数据，再发布。"
        return naming.lacking(code, name, f"本期各{view.words['unit']}都没有{name}的得分", remedy)
    below = indicators(view, node)
    head = Numbers(
        (
            Number("均值", tenth(known.mean()), naming.changes(view, node)),
            Number(f"占{view.words['index']}", f"{view.framework.effective_weight(node):.0%}", f"{len(below)} 项指标"),
            Number("最高", tenth(known.max()), _who(view, known, known.max())),
            Number("最低", tenth(known.min()), _who(view, known, known.min())),
        )
    )
    right: list[Block] = [ends(view, known)]
    by_tier = known.groupby(view.units["tier"].reindex(known.index)).mean().reindex([*view.labels]).dropna()
    said = [f"{view.words['unit']}均分：" + "，".join(f"{label} {tenth(mean)}" for label, mean in by_tier.items())] if len(by_tier) > 1 else []
    said += _gaps(view, node, len(known), name)
    blocks = (head, *([bars(below.set_index("name")["mean"], f"{name}各项指标的平均得分，低的在前")] if len(below) else []))
    right += [Words(tuple(said))] if said else []
    return Sheet(code, name, _lagging(view, node, known.mean(), below), (blocks, tuple(right)), (1.1, 1), opens=naming.opens(view, known.index))


def indicators(view: View, node: str) -> pd.DataFrame:
    """The indicators of a node that have scores, the lowest first: index code; name, mean (of scores), missing (cells not reported)."""
    leaves = view.framework.leaves(node)
    missing = view.cells[view.cells["state"] == "missing"]["indicator"].value_counts()
    codes = [leaf.code for leaf in leaves]
    table = pd.DataFrame({"name": [n.name for n in leaves], "mean": view.nodes[codes].mean().to_numpy()}, index=codes)
    table["missing"] = missing.reindex(codes).fillna(0).astype(int)
    return table[table["mean"].notna()].sort_values("mean", kind="stable")


def bars(values: pd.Series, alt: str, worst: int = 1) -> Chart:
    """Lying bars of the first so many values by name, of which the first ones stand out."""
    shown = values.head(_MOST).rename(index=lambda name: clean(name, 30))
    tones = ("bad",) * worst + ("quiet",) * (len(shown) - worst)
    return Chart("bars", shown.to_frame("得分"), alt, tones[: len(shown)])


def _lagging(view: View, node: str, mean: float, below: pd.DataFrame) -> str:
    changed = naming.changes(view, node)
    said = f"{clean(view.node_name(node), 40)}均值 {tenth(mean)}" + (f"（{changed}）" if changed else "")
    if below.empty:
        return said
    worst = below.iloc[0]
    return f"{said}；最低的是{clean(worst['name'], 80)}，平均 {tenth(worst['mean'])}"


def _who(view: View, known: pd.Series, score: float) -> str:
    return naming.named(view, known.index[known == score], 1)


def _gaps(view: View, node: str, scored: int, name: str) -> list[str]:
    """Units without a score in the node, and how many of its cells were not reported."""
    below = indicators(view, node)
    bare, missing = len(view.units) - scored, int(below["missing"].sum())
    found = [f"{bare} 个{view.words['unit']}没有{name}得分"] if bare else []
    if missing:
        most = below["missing"].idxmax()
        found.append(f"缺报 {missing} 格，最多的是{clean(below.at[most, 'name'], 30)}，{below.at[most, 'missing']} 格")
    return found


def ends(view: View, known: pd.Series) -> Grid:
    """Who is ahead and who is behind, side by side."""
    order = known.sort_values(ascending=False, kind="stable")
    count = min(_ENDS, max(len(order) // 2, 1))
    names, best, last = naming.short(view), order.head(count), order.tail(count)[::-1]
    table = {"居前": names[best.index].to_list(), "得分": best.map(tenth).to_list()}
    if len(order) > 1:
        table |= {"靠后": names[last.index].to_list(), "得分 ": last.map(tenth).to_list()}
    return Grid(pd.DataFrame(table), weights={"居前": 3.4, "靠后": 3.4})


def sector(view: View, name: str) -> Sheet:
    """How the units of one sector stand, and in which dimensions the sector lies above or below all."""
    code, members = f"sector:{name}", view.units[view.units["sector"] == name]
    scored, title = members[members["index"].notna()].sort_values("rank", kind="stable"), clean(name, 40)
    words = view.words
    if scored.empty:
        return naming.lacking(code, title, f"{title}的 {len(members)} 个{words['unit']}本期都没有{words['index']}。")
    everyone = view.units["index"].mean()
    counts = scored["tier"].value_counts().reindex(list(view.labels), fill_value=0)
    gap, mean = shown_gap(everyone, scored["index"].mean()), tenth(scored["index"].mean())
    above = f"较全部{words['unit']} {signed(gap)}"
    head = Numbers(
        (
            Number(words["unit"], str(len(members)), f"{len(members) - len(scored)} 个不计分" if len(scored) < len(members) else ""),
            Number("均值", mean, above, "good" if gap > 0 else "bad" if gap < 0 else ""),
            Number(view.labels[0], f"{counts.iloc[0]} 个"),
            Number(view.labels[-1], f"{counts.iloc[-1]} 个"),
        )
    )
    names = naming.short(view)[scored.index]
    ranked = pd.DataFrame({words["index"]: scored["index"].to_numpy()}, index=names.to_list()).head(_UNITS)
    tones = tuple(naming.tone(view, tier) for tier in scored["tier"].head(_UNITS))
    chart = Chart("bars", ranked, f"{title}各{words['unit']}的{words['index']}", tones)
    profile = profiles(view, scored.index, title)
    lead = f"{title} {len(scored)} 个{words['unit']}均值 {mean}，{above}；{_farthest(profile, title)}"
    return Sheet(code, title, lead, ((head, *shape(view, profile, title)), (chart,)), (1, 1), opens=naming.opens(view, scored.index))


def profiles(view: View, members: pd.Index, title: str) -> pd.DataFrame:
    """Mean scores by dimension (rows, names) of these units and of all that have an index."""
    codes, scored = portrait.dimension_codes(view), view.units.index[view.units["index"].notna()]
    table = {title: view.nodes.loc[members, codes].mean(), f"全部{view.words['unit']}": view.nodes.loc[scored, codes].mean()}
    return pd.DataFrame(table).set_axis([clean(view.node_name(c), 30) for c in codes])


def shape(view: View, profile: pd.DataFrame, title: str) -> list[Block]:
    """Profiles as a radar, where dimensions make one, else as a table."""
    if len(profile) in portrait.RADAR_AXES and profile.notna().all(axis=None):
        return [Chart("radar", profile, f"{title}各{view.words['dimension']}的平均得分", span=view.policy.range)]
    return [Grid(profile.rename_axis(view.words["dimension"]).reset_index())]


def _farthest(profile: pd.DataFrame, title: str) -> str:
    """In which dimension a sector is farthest above all, and farthest below."""
    gaps = profile[title].sub(profile.drop(columns=title).iloc[:, 0]).dropna()
    said = [f"{gaps.idxmax()}领先最多（{signed(gaps.max())}）"] if len(gaps) and gaps.max() >= 0.05 else []
    said += [f"{gaps.idxmin()}落后最多（{signed(gaps.min())}）"] if len(gaps) and gaps.min() <= -0.05 else []
    return "，".join(said) or "各项与全部持平"


def weak(view: View, _: str = "") -> Sheet:
    """Where points are lost most, how many have it among their worst, and by tier. Raises ScoringError."""
    losses = lost(view)
    if losses.empty:
        return naming.lacking("weak", "共性短板", f"本期没有可以分解的失分：没有{view.words['index']}，或得分没有上限。")
    first = losses.iloc[0]
    named = losses.set_index("name")["lost"].rename(index=lambda name: clean(name, 30))
    alt = f"失分最多的指标，每个{view.words['unit']}平均失多少分"
    chart = Chart("bars", named.head(8).to_frame("平均失分"), alt, (("bad",) * 3 + ("quiet",) * 5)[: len(named)])
    worst = losses[["name", "mean", "among"]].head(3).itertuples(index=False, name=None)
    said = [f"{clean(name, 30)}：平均得分 {tenth(score)}，{many} 个列入失分前 {WORST} 项" for name, score, many in worst]
    most = f"失分最多的是{clean(first['name'], 80)}：平均失 {tenth(first['lost'])} 分"
    lead = f"{most}，{first['among']} 个{view.words['unit']}把它列入失分前 {WORST} 项"
    return Sheet("weak", "共性短板", lead, ((chart,), (*by_tier(view), Words(tuple(said)))), (1.1, 1))


def by_tier(view: View) -> list[Block]:
    """Mean lost points by dimension (rows) and tier, and their sum; nothing without a tier. Raises ScoringError."""
    table = guidance.lost_by_tier(view, list(view.units.index), guidance.TREE)
    if table.empty or not len(table.columns):
        return []
    word = view.words["dimension"]
    table = pd.concat([table, table.sum(min_count=1).to_frame("合计").T]).rename_axis(f"平均失分 · {word}").reset_index()
    return [Grid(table, weights={table.columns[0]: 2.0}, strong=(len(table) - 1,))]


def lost(view: View) -> pd.DataFrame:
    """Points that indicators cost, the dearest first: index code; name, mean (score), lost (index points, mean over units), share (of
    all that is lost), among (units that have it among their worst losses). Raises ScoringError.
    """
    points = view.lost.dropna(how="all")
    if points.empty or not points.to_numpy().sum() > 0:
        return pd.DataFrame()
    places = points.rank(axis=1, ascending=False, method="min").where(points > 1e-9)
    table = pd.DataFrame(
        {
            "name": [view.node_name(code) for code in points],
            "mean": view.nodes.loc[points.index, list(points)].mean(),
            "lost": points.mean(),
            "share": points.sum() / points.to_numpy().sum(),
            "among": (places <= WORST).sum(),
        }
    )
    return table.sort_values("lost", ascending=False, kind="stable")
