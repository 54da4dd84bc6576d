"""The bars of each tab of the work list: what is counted by group, which statuses are shown, and what the number at the end says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from ui import worklist, worklist_events, worklist_registers
from ui.worklist import Status


class Bars(NamedTuple):
    """`count`: (records, column to group by) → counts by status and rate. `rate`, `sign`: what the rate is called, and its unit."""

    question: str
    count: Callable[[pd.DataFrame, str], pd.DataFrame]
    statuses: Mapping[str, Status]
    rate: str
    sign: str = "%"


_OPEN = {status: worklist.STATUSES[status] for status in worklist.OPEN}
_HIGH = {status: worklist_registers.RISKS[status] for status in ("uncontrolled", "controlled", "unassessed")}
BARS = {
    **dict.fromkeys(worklist.WORK, Bars("谁的未结最多", worklist.tally, _OPEN, "本期按期办结率")),
    "risk": Bars("谁的高风险未落实", worklist_registers.risk_groups, _HIGH, "措施落实率"),
    "brand": Bars("谁还没有子品牌", worklist_registers.brand_groups, worklist_registers.BRANDS, "覆盖率"),
    "inspection": Bars("谁的得分低", worklist_events.inspection_groups, worklist_events.INSPECTIONS, "平均得分", ""),
    "activity": Bars("谁的参加率低", worklist_events.presence, worklist_events.PRESENCE, "参加率"),
}
