"""The text twin of a figure: a table of what its points say when they are pointed at, read from the figure itself."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

_FIELD = re.compile(r"%\{(\w+)(?:\[(\d+)\])?(?::([^}]*))?\}")
_TAG = re.compile(r"<[^>]*>")
_APART = re.compile(r"<br>|\u3000+")
_LONG = ("customdata", "ids", "x", "y", "r", "hovertext")  # whichever a trace has tells how many points it has


def rows(fig: Any) -> list[list[str]]:
    """What the points of a plotly figure say, in its order, once each: the parts of each text.

    A heading among them, one part where others have several, is left out: it says nothing of a point.
    """
    found = [_parts(said) for trace in fig.data for said in _said(fig, trace)]
    most = max(map(len, found), default=0)
    return list(map(list, dict.fromkeys(tuple(row) for row in found if row and (len(row) > 1 or most == 1))))


def table(fig: Any, alt: str) -> str:
    """The rows as an HTML table that scrolls by keyboard too. alt: what the figure is called."""
    found, title = rows(fig), html.escape(alt)
    most = max(map(len, found), default=0)
    lines = "".join(_line([html.escape(cell) for cell in row], most) for row in found)
    body = f"<table><caption>{title}</caption>{lines}</table>" if lines else f"<p>{title}：图中没有数据点。</p>"
    return f'<div class="zx-twin" role="region" tabindex="0" aria-label="{title}：数据表">{body}</div>'


def _line(cells: list[str], most: int) -> str:
    rest = "".join(f"<td>{cell}</td>" for cell in [*cells[1:], *[""] * (most - len(cells))])
    return f'<tr><th scope="row">{cells[0]}</th>{rest}</tr>'


def _parts(said: str) -> list[str]:
    return [part for piece in _APART.split(said) if (part := html.unescape(_TAG.sub("", piece)).strip())]


def _said(fig: Any, trace: Any) -> Iterator[str]:
    """The hover text of each point of a trace, as the browser makes it of the trace's template."""
    if trace.type == "sankey":
        yield from (str(said) for said in trace.link.customdata)
    elif trace.hoverinfo == "skip":
        return
    elif trace.type == "heatmap":
        for i, line in enumerate(trace.z):
            yield from (_filled(fig, trace, dict(z=(i, j), customdata=(i, j), text=(i, j), x=(j,), y=(i,))) for j in range(len(line)))
    else:
        points = next((len(trace[name]) for name in _LONG if name in trace and trace[name] is not None), 0)
        for i in range(points):
            yield _filled(fig, trace, dict.fromkeys(("customdata", "text", "hovertext", "label", "x", "y", "r", "theta"), (i,)))


def _filled(fig: Any, trace: Any, places: dict[str, Sequence[int]]) -> str:
    template = trace.hovertemplate
    if template is None:
        return _value(fig, trace, "hovertext" if trace.hovertext is not None else "text", places)
    said = _FIELD.sub(lambda field: _value(fig, trace, field[1], places, field[2], field[3]), template.split("<extra>")[0])
    turned = trace.type == "scatterpolar" and "customdata" not in template  # the browser shows the axis beside
    return f"{_parts(_value(fig, trace, 'theta', places))[0]}\u3000{said}" if turned else said


def _value(fig: Any, trace: Any, name: str, places: dict[str, Sequence[int]], part: str | None = None, how: str | None = None) -> str:
    found = trace[{"label": "labels"}.get(name, name)]
    for place in places[name]:
        if found is None:
            return ""
        found = found[place]
    if part is not None:
        found = found[int(part)]
    elif name == "customdata" and not isinstance(found, str) and hasattr(found, "__len__"):
        found = found[0]
    return format(found, how) if how else str(_tick(fig, trace, name, found))


def _tick(fig: Any, trace: Any, name: str, value: Any) -> Any:
    """The text that an axis writes at this place; the value itself where it writes none."""
    if name not in ("x", "y", "theta"):
        return value
    axis = fig.layout.polar.angularaxis if name == "theta" else fig.layout[f"{name}axis{(trace[f'{name}axis'] or name)[1:]}"]
    texts = dict(zip(axis.tickvals or (), axis.ticktext or (), strict=False)) if axis.ticktext is not None else {}
    return texts.get(value, value)
