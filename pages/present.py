"""会议演示: a meeting put together from sheets, shown alone on the screen, or going round on a wall; the same sheets as files."""

from functools import partial

import streamlit as st

from briefs import anonymous, kinds, meetings
from briefs.imprint import imprint
from charts import sheet_look
from charts.sheet_figures import Look, sheet_figure
from reports import slide_html
from reports.contents import Chart
from ui import address, present_composer, present_link, present_stage, viewer
from ui.present_link import COMPOSE, WALL, Showing
from ui.present_stage import Drawing, Slide

GROUNDS = {"light": sheet_look.LIGHT, "dark": sheet_look.DARK}


def view_of(now: Showing) -> viewer.View:
    """The release that is shown: on a wall the newest, whatever was chosen before; without names where they are hidden."""
    found = viewer.latest() if now.stage == WALL else viewer.current()
    return anonymous.masked(found) if now.mask else found


def slide(now: Showing) -> Slide:
    """The slide of the moment."""
    shown = view_of(now)
    sheet, said = kinds.sheet(shown, now.code), imprint(shown)
    look = Look(shown.labels, GROUNDS[now.ground], present_stage.opener(sheet.opens))
    columns = [
        [Drawing(sheet_figure(part, look), part.alt, list(sheet.opens)) if isinstance(part, Chart) else part for part in column]
        for column in slide_html.body(sheet, look.code, now.notes)
    ]
    notes = slide_html.notes(sheet) if now.notes else ""
    return Slide(slide_html.head(sheet, said), columns, slide_html.shares(sheet), slide_html.foot(said, now.number), notes)


def file(kind: str, view: viewer.View, now: Showing) -> bytes:
    """The meeting as PowerPoint or Word; called where there is no session any more."""
    document = meetings.meeting(view, now.name, now.slides)
    if kind == "pptx":
        from reports.pptx_deck import deck

        return deck(document)
    from reports.docx_report import report

    return report(document)


# Which meeting
ready = meetings.READY["quarterly"]
now = present_link.current(Showing(ready.codes(viewer.current(), ""), ready.title))

# Alone on the screen
if now.stage != COMPOSE:
    present_stage.run(slide)
    address.stop()

# Put together
view = view_of(now)
supply = present_composer.Supply(
    {code: (kind.title.format_map(view.words), kind.takes) for code, kind in kinds.KINDS.items()},
    lambda takes: kinds.choices(view, takes),
    lambda code: kinds.title(view, code),
    {found.title: (found.takes, lambda of, found=found: found.codes(view, of)) for found in meetings.READY.values()},
)
name = f"{now.name or '会议'}_{view.period}"
files = {title: (f"{name}.{kind}", partial(file, kind, view, now)) for title, kind in (("PowerPoint", "pptx"), ("Word", "docx"))}
present_composer.head(view, supply, files)
listing, picture = st.columns([1, 1.7], gap="medium")
with listing:
    present_composer.slides(supply)
with picture:
    present_composer.options()
    present_stage.preview(slide)
