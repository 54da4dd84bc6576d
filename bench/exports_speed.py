"""What a person waits for who takes a document away: the deck of a quarter, one portrait of each kind, the portraits of all units."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import Line, median_seconds
from briefs import meetings
from briefs.portraits import write_portraits
from briefs.unit import portrait_of
from commands.exporting_city import served
from reports.files import ENDINGS, made
from reports.pptx_deck import deck
from tools import live

TIMES = 3
DECK, PORTRAIT, PORTRAITS = 3.0, 1.0, 60.0  # seconds that each may take, libraries loaded


def _told(done: int, total: int, what: str) -> None:
    """Progress, told to nobody."""


def lines() -> Iterator[Line]:
    """Ours against what was asked for, over the demo's latest period."""
    with TemporaryDirectory() as folder:
        store = Path(folder) / "quality.db"
        live.manage(store, "init", "--demo", "--no-uncertainty")
        live.manage(store, "uncertainty", "--period", "2026Q3")
        os.environ["QUALITY_STORE"] = str(store)
        view = served(None)
        units = sorted(view.units.index)
        yield Line("deck of a quarter", median_seconds(lambda: deck(meetings.quarterly(view)), TIMES), "asked for", DECK, 1)
        for ending, program in ENDINGS.items():
            one = median_seconds(lambda ending=ending: made(ending, *portrait_of(view, units[0], ending), compact=True), TIMES)
            yield Line(f"portrait of a unit, {program}", one, "asked for", PORTRAIT, 1)
        whole = median_seconds(lambda: write_portraits(io.BytesIO(), view, units, "docx", _told), 1)
        yield Line(f"portraits of {len(units)} units, Word", whole, "asked for", PORTRAITS, 1)
