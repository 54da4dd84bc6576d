"""Meetings: the ready-made ones as lists of sheet codes, and any list as a document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from briefs import kinds
from briefs.imprint import imprint
from reports.contents import Document
from ui import exemplar_peers, exemplars
from ui.wording import clean, period_title

if TYPE_CHECKING:
    from ui.view import View

_OF_UNIT = ("unit", "unit-why", "unit-gap", "unit-next", "unit-tasks")


class Ready(NamedTuple):
    """A ready-made meeting: its title, what it takes (as `kinds.Kind` does), and the codes of its sheets: (view, what it takes) → codes."""

    title: str
    takes: str
    codes: Callable[[View, str], tuple[str, ...]]


def _quarterly(view: View, _: str) -> tuple[str, ...]:
    """The whole population, from how it stands to how sure that is."""
    of_each = [f"dimension:{d.code}" for d in view.framework.dimensions]
    return _held(view, "city", "tiers", "movement", *of_each, "weak", "tasks", "exemplars", "advice", "uncertainty", "method")


def _topic(view: View, node: str) -> tuple[str, ...]:
    """One dimension, then the unit that is best in it and the one that is last, and what helps."""
    scores = view.nodes[node].dropna()
    ends = dict.fromkeys([scores.idxmax(), scores.idxmin()]) if len(scores) else ()
    return _held(view, f"dimension:{node}", *(f"unit:{unit}" for unit in ends), "exemplars", "advice", "tasks")


def _talk(view: View, unit: str) -> tuple[str, ...]:
    """One unit, and beside it the one that it can learn most from in its weakest dimension."""
    models = exemplar_peers.models(view, unit, exemplar_peers.weakest(view, unit), 1).index
    return (*(f"{kind}:{unit}" for kind in _OF_UNIT), *(f"compare:{unit},{other}" for other in models))


def _of_sector(view: View, sector: str) -> tuple[str, ...]:
    """One sector, then its units, the last first: who has most to do is spoken of first."""
    units = view.units[view.units["sector"] == sector].sort_values("rank", ascending=False, kind="stable", na_position="first")
    return (f"sector:{sector}", *(f"unit:{unit}" for unit in units.index))


def _held(view: View, *codes: str) -> tuple[str, ...]:
    """The codes without the sheets that this view has nothing for."""
    without = {
        "movement": view.previous is None,
        "tasks": view.records("task").empty and view.records("rectification").empty,
        "exemplars": exemplars.named(view).empty,
        "advice": view.guidance.empty,
        "uncertainty": view.uncertainty is None,
    }
    return tuple(code for code in codes if not without.get(code, False))


READY = {
    "quarterly": Ready("季度讲评会", "", _quarterly),
    "topic": Ready("专题推进会", "node", _topic),
    "talk": Ready("单位约谈", "unit", _talk),
    "sector": Ready("片组会", "sector", _of_sector),
}


def meeting(view: View, name: str, codes: Iterable[str], progress: Callable[[int, int, str], None] | None = None) -> Document:
    """The sheets behind some codes as a document of that name. `progress`: (sheets done, of how many, which comes). Raises StoreError."""
    codes, sheets = list(codes), []
    for place, code in enumerate(codes):
        if progress:
            progress(place, len(codes), kinds.title(view, code))
        sheets.append(kinds.sheet(view, code))
    words = view.words
    subtitle = f"{words['index']}　{period_title(view.period)}　{len(view.units)} 个{words['unit']}"
    return Document(clean(name, 60) or READY["quarterly"].title, subtitle, imprint(view), tuple(sheets))


def quarterly(view: View, progress: Callable[[int, int, str], None] | None = None) -> Document:
    """The ready-made meeting on all units, named after the period. Raises StoreError."""
    return meeting(view, f"{period_title(view.period)}讲评会", READY["quarterly"].codes(view, ""), progress)
