"""The tier map: every unit a tile, in the block of its sector."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, sure_lines, tags, wrapped
from charts.numbers import MINUS, one_decimal, signed, whole

_ROOT = "all:"  # a unit's code cannot hold a colon
_BLOCK = "block:"
_WORDS = "%{label}<br>%{text}"
_READ = 400  # tiles that have room for words; of more, small as they are, none need fill a grid


def tier_map(
    units: pd.DataFrame,
    labels: Sequence[str],
    colour: str = "tier",
    size: str = "equal",
    height: int = 420,
) -> go.Figure:
    """Treemap of sectors and units, where units lie in several areas of these first; a click gives the unit's code as the point's id.

    units: index unit code; columns name, sector, tier, index, rank, as chosen change, size, area (levels joined by "/"), tag for a short
    name, and sure for a last line of the hover.
    colour: "tier", "index" or "change". size: "equal", "size" or "index".
    """
    if units.empty:
        return theme.empty("没有符合条件的单位。", height)
    units = units.assign(sector=units["sector"].fillna("")).sort_values("rank", kind="stable")
    fills, key = _fills(units, labels, colour)
    root = dict(id=_ROOT, label=" ", parent="", value=0.0, text=" ", hover="", fill=theme.PAPER)
    blocks, parents = _blocks(units)
    tiles = pd.DataFrame(
        {
            "id": units.index,
            "label": _names(tags(units)),
            "parent": parents,
            "value": _sizes(units, size),
            "text": _second_lines(units, labels, colour),
            "hover": _hovers(units, labels),
            "fill": fills,
        }
    )
    blanks = _blanks(tiles["parent"]) if tiles["value"].nunique() == 1 and len(tiles) <= _READ else []
    nodes = pd.concat([pd.DataFrame([root, *blocks]), tiles, pd.DataFrame(blanks)], ignore_index=True)
    fig = go.Figure(treemap(nodes, even=bool(blanks)))
    return theme.layout(fig, height, annotations=[theme.key_line(key, anchor="top")], margin=dict(l=0, r=0, t=4, b=0))


def treemap(nodes: pd.DataFrame, even: bool) -> go.Treemap:
    """Tiles of nodes: id, label, parent, value, text, hover, fill. even: of one size, on a grid that `_blanks` fills."""
    return go.Treemap(
        ids=nodes["id"],
        labels=nodes["label"],
        parents=nodes["parent"],
        values=nodes["value"],
        text=nodes["text"],
        customdata=nodes[["hover"]],
        branchvalues="remainder",
        marker=dict(colors=nodes["fill"], line=dict(width=1.5, color=theme.PAPER), pad=dict(t=20, l=0, r=0, b=2)),
        tiling=dict(packing="binary" if even else "squarify", pad=0, squarifyratio=1.2),
        textfont=dict(size=12, color=[theme.ink_on(fill) for fill in nodes["fill"]]),
        # A browser takes seconds for words that nobody can read; blocks bear theirs whatever stands here.
        texttemplate=_WORDS if len(nodes) <= _READ else None,
        textinfo="none",
        textposition="middle center",
        hovertemplate="%{customdata[0]}<extra></extra>",
        pathbar_visible=False,
        root_color=theme.CLEAR,
        sort=not even,
    )


def _blocks(units: pd.DataFrame) -> tuple[list[dict], list[str]]:
    """(the blocks of areas and sectors, the block that each unit lies in). A single area has no block: it tells nothing apart."""
    areas = units["area"].fillna("") if "area" in units and units["area"].nunique() > 1 else pd.Series("", units.index)
    places = list(zip(areas, units["sector"], strict=True))
    wanted = sorted({(area, "") for area in areas} | set(places))
    ids = {place: f"{_BLOCK}{i}" if any(place) else _ROOT for i, place in enumerate(wanted)}
    blocks = [
        _block(code, sector or area.rpartition("/")[2], sector or area, ids[area, ""] if sector else _ROOT)
        for (area, sector), code in ids.items()
        if code != _ROOT
    ]
    return blocks, [ids[place] for place in places]


def _block(code: str, label: str, name: str, parent: str) -> dict:
    return dict(id=code, label=plain(label, 28), parent=parent, value=0.0, text=" ", hover=plain(name, 60), fill=theme.GROUND)


def _names(names: pd.Series) -> list[str]:
    """Names on two lines, so that they stay large enough to read on a laptop's tile; a third line only where two would read the same."""
    columns = [14 if str(name).isascii() else 8 for name in names]
    two = [wrapped(name, width, 2) for name, width in zip(names, columns, strict=True)]
    often = Counter(two)
    return [wrapped(name, width, 3) if often[short] > 1 else short for name, width, short in zip(names, columns, two, strict=True)]


def _blanks(parents: pd.Series) -> list[dict]:
    """Blank tiles that fill each block to a number that halving turns into an even grid at every screen size."""
    return [
        dict(id=f"blank:{parent}:{i}", label=" ", parent=parent, value=1.0, text=" ", hover="", fill=theme.GROUND)
        for parent, count in parents.value_counts(sort=False).items()
        for i in range(_grid(count) - count)
    ]


def _grid(count: int) -> int:
    """The next 2^k; 3·2^k, less even on some screens, where 2^k would leave more than two fifths blank."""
    full = 1 << (count - 1).bit_length()
    return full * 3 // 4 if count <= 0.6 * full else full


def _sizes(units: pd.DataFrame, size: str) -> list[float]:
    """Areas: positive for every unit, so that one without a figure still has its tile."""
    if size == "equal" or size not in units or units[size].isna().all():
        return [1.0] * len(units)
    amount = units[size].astype(float)
    lift = min(amount.min(), 0.0) - 0.05 * (amount.max() - amount.min())
    amount = amount - lift if amount.min() <= 0 else amount
    return amount.fillna(amount.min()).clip(lower=amount.max() / 50 or 1.0).tolist()


def _fills(units: pd.DataFrame, labels: Sequence[str], colour: str) -> tuple[list[str], str]:
    """Colour of each tile and the key that explains the colours."""
    if colour == "tier":
        styles = theme.tier_styles(labels)
        return [styles.get(t, theme.NO_TIER).colour for t in units["tier"]], theme.tier_key(labels, units["tier"])
    return graded(units[colour], colour == "change")


def graded(values: pd.Series, change: bool) -> tuple[list[str], str]:
    """Colour of each value on round steps, around zero for a change, and the key that explains the colours."""
    values, scale = values.astype(float), theme.DIVERGING if change else theme.SEQUENTIAL[:-1]
    edges = _edges(values, len(scale), symmetric=change)
    steps = np.searchsorted(edges, values.fillna(0.0), side="right")
    fills = [theme.PAPER if pd.isna(v) else scale[step] for v, step in zip(values, steps, strict=True)]
    edge = [f"{e:.10g}".replace("-", MINUS) for e in edges]
    texts = [f"<{edge[0]}", *(f"{a}～{b}" for a, b in pairwise(edge)), f"≥{edge[-1]}"]
    keys = [f'<span style="color:{c}">■</span> {t}' for c, t in zip(scale, texts, strict=True)]
    return fills, "  ".join(keys)


def _edges(values: pd.Series, classes: int, symmetric: bool) -> list[float]:
    """Class limits on round steps; around zero for a change."""
    found = values.dropna()
    if found.empty:
        return [float(i) for i in range(1, classes)]
    if symmetric:
        step = _round_step(2 * found.abs().quantile(0.9) / classes)
        return [(i - (classes - 2) / 2) * step for i in range(classes - 1)]
    low, high = found.quantile(0.1), found.quantile(0.9)
    step = _round_step((high - low) / (classes - 2))
    first = np.floor(low / step) * step + step
    return [float(first + i * step) for i in range(classes - 1)]


def _round_step(step: float) -> float:
    """The next of 1, 2, 3, 4, 5, 10 … at any power of ten, not below 0.1: figures show one decimal."""
    if not np.isfinite(step) or step <= 0.1:
        return 0.1
    power = 10 ** np.floor(np.log10(step))
    return float(next(m * power for m in (1, 2, 3, 4, 5, 10) if m * power >= step * 0.999))


def _second_lines(units: pd.DataFrame, labels: Sequence[str], colour: str) -> list[str]:
    """Under the name: the tier's sign and the index, or the change."""
    styles = theme.tier_styles(labels)
    if colour == "change":
        return [signed(change) for change in units["change"]]
    signs = (styles.get(tier, theme.NO_TIER).symbol for tier in units["tier"])
    return [f"{sign} {one_decimal(index)}" for sign, index in zip(signs, units["index"], strict=True)]


def _hovers(units: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    changes = units["change"] if "change" in units else [None] * len(units)
    rows = zip(units["name"], units["tier"], units["index"], units["rank"], changes, sure_lines(units), strict=True)
    return [
        f"<b>{plain(name, 60)}</b><br>{plain(theme.tier_title(labels, tier))}"
        f"<br>{one_decimal(index)}　第 {whole(rank)} 名" + ("" if pd.isna(change) else f"<br>变化 {signed(change)}") + sure
        for name, tier, index, rank, change, sure in rows
    ]
