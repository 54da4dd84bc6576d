"""One unit as a document: a few pages for a meeting, two on paper, a workbook with whole tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from briefs.imprint import imprint
from briefs.unit_next import exemplary, next_steps, work
from briefs.unit_parts import PARTS, part
from briefs.unit_standing import course, gap, standing, why
from briefs.unit_tables import annex, tables
from reports.contents import Document, Grid, Sheet, Words
from ui import portrait_words as words
from ui.wording import clean, period_title

if TYPE_CHECKING:
    from ui.view import View

MAKERS: dict[str, Callable[[View, str], Sheet | None]] = {
    "unit": standing, "unit-why": why, "unit-trend": course, "unit-gap": gap, "unit-next": next_steps, "unit-exemplar": exemplary,
    "unit-tasks": work,
}  # fmt: skip


def unit_sheets(view: View, unit: str, actions: pd.DataFrame | None = None) -> tuple[Sheet, ...]:
    """The pages of a unit, their codes the kinds of MAKERS, a colon, the unit; one that says so where the period has no such unit.
    Raises StoreError.

    `actions`: what would raise the index of this unit and others, as `guidance.best` lists it, where it is known already.
    """
    if unit not in view.units.index:
        said = f"{period_title(view.period)}没有代码为“{clean(unit, 60)}”的{view.words['unit']}。"
        return (Sheet(f"unit:{unit}", f"{view.words['unit']}画像", said, ((Words((_elsewhere(view, unit),), bullets=False),),)),)
    made = {**MAKERS, "unit-next": lambda view, unit: next_steps(view, unit, actions)}
    return tuple(sheet for make in made.values() if (sheet := make(view, unit)))


def portrait_of(view: View, unit: str, ending: str, actions: pd.DataFrame | None = None) -> tuple[Document, dict[str, pd.DataFrame]]:
    """The document of a unit and its tables as a file of this ending asks for them: on paper every indicator is listed too, in a
    workbook the tables are whole. `actions`: as in `unit_sheets`. Raises StoreError.
    """
    document = portrait(view, unit, actions)
    if unit not in view.units.index or ending == "pptx":
        return document, {}
    if ending == "xlsx":
        return document, tables(view, unit, actions)
    return replace(document, sheets=tuple(_on_paper([*document.sheets, annex(view, unit)]))), {}


def _on_paper(sheets: list[Sheet]) -> Iterator[Sheet]:
    """The sheets without the unit's name, and without what two pages do not hold: the course, and what others took."""
    for sheet in sheets:
        about = part(sheet)
        if about == PARTS["unit-exemplar"]:
            sheet = replace(sheet, blocks=tuple(tuple(b for b in column if not isinstance(b, Grid)) for column in sheet.blocks))
        if about != PARTS["unit-trend"]:
            yield replace(sheet, title=about)


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
