"""What every page says of itself: which index, of when, by which release, out of what, and what it must not be taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.contents import Imprint
from ui.wording import period_title

if TYPE_CHECKING:
    from ui.view import View

DEMO = "演示数据"
STATES = {"draft": "草稿，未发布", "withdrawn": "已撤回"}  # of a release that is looked at and not in use


def imprint(view: View) -> Imprint:
    """The imprint of a view's release; `marks` says so where it is a draft, was withdrawn, or holds demonstration data."""
    return Imprint(
        index=view.words["index"], period=period_title(view.period), release=view.release, date=str(view.row["at"]), source=source(view),
        marks=(*([STATES[view.row["state"]]] if view.row["state"] in STATES else ()), *([DEMO] if view.demo else ())), tiers=tuple(view.labels),
    )  # fmt: skip


def source(view: View) -> str:
    """Out of what the release was scored: how many values were reported, and how many ledgers gave."""
    counted = int(view.derived["used"].astype(bool).sum())
    reported = int((view.cells["state"] == "value").sum()) - counted
    return "、".join(f"{said} {count:,} 项" for said, count in (("报送数据", reported), ("台账推算", counted)) if count)
