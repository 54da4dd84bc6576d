"""A finished figure on dark paper: every colour in it gives way to its partner, in one walk over the whole figure."""

import re
from collections.abc import MutableMapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from charts import theme

# What is long and never a colour, even where a name looks like one.
_DATA = frozenset((
    "x", "y", "z", "r", "theta", "ids", "labels", "parents", "values", "customdata", "name", "hovertext", "hovertemplate", "categoryarray",
    "tickvals", "ticktext",
))  # fmt: skip
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}|rgba?\((\d+), ?(\d+), ?(\d+)(, ?[\d.]+)?\)")
_IN_WORDS = re.compile(r"(?<=color:)#[0-9A-Fa-f]{6}()()()()")  # of a sign in a key; a name that looks like a colour stays


def darkened(fig: go.Figure) -> go.Figure:
    """The same figure for dark paper. Its `meta["light"]` says what each colour was, for pictures and paper, which stay white."""
    was: dict[str, str] = {}
    spec = _walked(fig.to_plotly_json(), was)
    spec["layout"]["meta"] = {"light": was}
    return go.Figure(spec)


def _walked(part: Any, was: MutableMapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: inner if name in _DATA else _walked(inner, was) for name, inner in part.items()}
    if isinstance(part, str):
        whole = _COLOUR.fullmatch(part)
        return _partner(whole, was) if whole else _IN_WORDS.sub(lambda found: _partner(found, was), part)
    if isinstance(part, list | tuple) or (isinstance(part, np.ndarray) and part.dtype.hasobject):
        return [_walked(inner, was) for inner in part]
    return part


def _partner(found: re.Match, was: MutableMapping[str, str]) -> str:
    """The partner of one colour, as transparent as it was; what is not seen at all stays."""
    red, green, blue, alpha = found.groups()
    light = found[0].upper() if not red else "#{:02X}{:02X}{:02X}".format(*map(int, (red, green, blue)))
    if alpha and not float(alpha[1:]):
        return found[0]
    dark = theme.on_dark(light)
    was[dark] = light
    return theme.faded(dark, float(alpha[1:])) if alpha else dark
