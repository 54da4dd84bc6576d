"""One trunk and many branches: a unit's own brand, its sub-brands, and the branches that carry them."""

import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped

_ROW, _HEAD = 26, 30  # pixels of a branch, and of the line above
_FILLS = {"master": theme.RED, "sub": theme.GOLD, "branch": theme.SEQUENTIAL[1], "bare": theme.PAPER}
_WORDS = {"master": "总品牌", "sub": "子品牌", "branch": "支部", "bare": "支部，还没有子品牌"}


def brand_tree(nodes: pd.DataFrame, height: int | None = None) -> go.Figure:
    """Brand → sub-brands → branches from left to right; a branch without a sub-brand has a sign and no colour; clickable by record.

    nodes: parents before their children; index node id; columns parent (id, "" at the top), label, level (master, sub, branch or bare),
    branches (how many lie under it), ref (the record's number, "" for a brand).
    """
    leaves = nodes["level"].isin(["branch", "bare"]).sum()
    height = height or _ROW * max(int(leaves), 5) + _HEAD
    if nodes.empty:
        return theme.empty("没有在册的品牌。", height)
    fills = [_FILLS[level] for level in nodes["level"]]
    texts = [_text(str(row.label), row.level, row.branches) for row in nodes.itertuples()]
    hovers = [f"<b>{plain(row.label, 60)}</b><br>{_WORDS[row.level]}　{row.branches} 个支部" for row in nodes.itertuples()]
    column, middle = _places(nodes)
    trace = go.Bar(  # an icicle would answer a click by zooming in, and has no way back
        orientation="h", base=column, x=[0.995] * len(nodes), y=middle, width=nodes["branches"] - 0.08, text=texts, hovertext=hovers,
        hoverinfo="text", customdata=[[ref] for ref in nodes["ref"]], textposition="inside", insidetextanchor="start", textangle=0,
        constraintext="none", marker=dict(color=fills, line=dict(color=theme.FAINT, width=0.5)),
        textfont=dict(color=[theme.ink_on(f) for f in fills], size=12), selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip
    key = "　".join(f'<span style="color:{_FILLS[level]}">█</span> {_WORDS[level]}' for level in ("master", "sub", "branch"))
    bare = "　▨ 还没有子品牌" if "bare" in set(nodes["level"]) else ""
    fig = theme.layout(go.Figure(trace), height, margin=dict(l=0, r=0, t=_HEAD - 4, b=0), annotations=[theme.key_line(key + bare)])
    fig.update_xaxes(visible=False, range=[0, 3])
    return fig.update_yaxes(visible=False, range=[leaves, 0])


def _places(nodes: pd.DataFrame) -> tuple[list[int], list[float]]:
    """The column and the middle of each node, in branches from the top: beside its parent, below the nodes before it there."""
    column, middle, free = {"": -1}, [], {"": 0}
    for node in nodes.itertuples():
        column[node.Index], free[node.Index] = column[node.parent] + 1, free[node.parent]
        middle.append(free[node.parent] + node.branches / 2)
        free[node.parent] += node.branches
    return [column[node] for node in nodes.index], middle


def _text(label: str, level: str, branches: int) -> str:
    """A label with the number of its branches where it has several; the trunk is high enough for three lines, a branch is not."""
    label = ("▨ " if level == "bare" else "") + label + (f"　{branches}" if branches > 1 else "")
    return wrapped(label, 16, 3) if level == "master" else wrapped(label, 22, 1 if branches == 1 else 2)
