"""Two scores of each row, then and now, with the way between them: who has come how far."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain
from charts.numbers import one_decimal, signed

_ROW = 27  # pixels


def then_and_now(rows: pd.DataFrame, labels: Sequence[str], before: str, after: str, height: int | None = None) -> go.Figure:
    """One line a row, the first on top: an open circle then, the sign of the tier now, the gain at its end; clickable by unit code.

    rows: columns code (of the unit), label (beside the line), name, then, now (points), tier (of now), and note for a last line of the
    hover. before, after: what the two are called.
    """
    shown = rows[rows["then"].notna() & rows["now"].notna()]
    height = height or _ROW * max(len(shown), 3) + 66
    if shown.empty:
        return theme.empty("没有可以比较的两期得分。", height)
    places, gains = np.arange(len(shown)), (shown["now"] - shown["then"]).to_numpy(float)
    low, high = shown[["then", "now"]].min(axis=None), shown[["then", "now"]].max(axis=None)
    margin = 0.06 * (high - low) or 1.0
    ways = [_ways(shown, places, kept, colour) for kept, colour in ((gains > 0, theme.UP), (gains <= 0, theme.DOWN))]
    fig = go.Figure([*ways, *_ends(shown, labels, before, after)])
    ends = shown[["then", "now"]].max(axis=1)
    texts = [
        dict(x=end, y=place, text=signed(gain), showarrow=False, xanchor="left", xshift=9,
             font=dict(size=12, color=theme.MUTED if signed(gain) == "0.0" else theme.UP if gain > 0 else theme.DOWN))
        for end, place, gain in zip(ends, places, gains, strict=True)
    ]  # fmt: skip
    key = f"○ {plain(before, 24)}　→　{plain(after, 24)}<br>{theme.tier_key(labels, shown['tier'])}"
    return theme.layout(
        fig, height, annotations=texts, margin=dict(l=4, r=8, t=66, b=4),
        # a title begins at the figure's edge, an annotation at the axis: on a phone that is half way
        title=dict(text=key, x=0, xref="container", y=1, yref="container", yanchor="top", pad=dict(t=18), font=dict(size=12, color=theme.MUTED)),
        xaxis=dict(range=[low - margin, high + 3 * margin], side="top", nticks=6, tickfont=dict(size=11, color=theme.FAINT)),
        yaxis=dict(range=[len(shown) - 0.4, -0.6], tickvals=places, ticktext=[plain(label, 30) for label in shown["label"]], showgrid=False),
    )  # fmt: skip


def _ways(shown: pd.DataFrame, places: np.ndarray, kept: np.ndarray, colour: str) -> go.Scatter:
    """The ways of the rows that are kept, as one trace with gaps."""
    ends = shown.loc[kept, ["then", "now"]].to_numpy(float)
    x = np.column_stack([ends, np.full(len(ends), np.nan)]).ravel()
    return go.Scatter(x=x, y=np.repeat(places[kept], 3), mode="lines", hoverinfo="skip", line=dict(color=theme.faded(colour, 0.55), width=3))


def _ends(shown: pd.DataFrame, labels: Sequence[str], before: str, after: str) -> list[go.Scatter]:
    styles = [theme.tier_style(labels, tier) for tier in shown["tier"]]
    notes = shown["note"] if "note" in shown else [""] * len(shown)
    hovers = [
        f"<b>{plain(row.name, 60)}</b><br>{plain(before, 24)}　{one_decimal(row.then)}<br>{plain(after, 24)}　{one_decimal(row.now)}"
        f"　{plain(style.title)}{f'<br>{plain(note, 80)}' if note else ''}"
        for row, style, note in zip(shown.itertuples(index=False), styles, notes, strict=True)
    ]
    data = np.column_stack([shown["code"].to_numpy(object), np.array(hovers, object)])
    how = dict(mode="markers", y=np.arange(len(shown)), customdata=data, hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1,
               unselected_marker_opacity=1)
    open_circle = dict(symbol="circle", color=theme.PAPER, size=9, line=dict(color=theme.MUTED, width=1.5))
    signs = dict(symbol=[s.marker for s in styles], color=[s.colour for s in styles], size=12)
    return [go.Scatter(x=shown["then"], marker=open_circle, **how), go.Scatter(x=shown["now"], marker=signs, **how)]
