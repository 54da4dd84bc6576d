"""The pages that one unit has, by the kind that stands before the colon of their codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reports.contents import Block, Sheet
from ui.wording import clean

if TYPE_CHECKING:
    from ui.view import View

PARTS = {
    "unit": "基本情况", "unit-why": "得分由来", "unit-gap": "强弱项与差距", "unit-next": "下一步", "unit-tasks": "任务与风险",
    "unit-exemplar": "培树点", "unit-trend": "历期走势", "unit-table": "指标明细",
}  # fmt: skip
_NAME = 60  # characters of a unit's name in a title


def sheet(
    view: View, unit: str, kind: str, lead: str, *columns: Sequence[Block], widths: tuple[float, ...] = (1.0,), notes: Iterable[str] = (),
    opens: Iterable[str] = (),
) -> Sheet:  # fmt: skip
    """A page of a unit under the unit's name. `columns`: blocks of each, and `widths` of them; a column without blocks is left out.
    `opens`: units that a click opens, beside the unit itself.
    """
    kept = [(tuple(blocks), width) for blocks, width in zip(columns, widths, strict=True) if blocks]
    name = clean(view.unit_name(unit), _NAME)
    title = name if kind == "unit" else f"{name}：{PARTS[kind]}"
    links = {code: clean(view.unit_name(code)) for code in (unit, *opens)}
    blocks, shares = zip(*kept, strict=True)
    return Sheet(f"{kind}:{unit}", title, lead, blocks, shares, "\n".join(filter(None, notes)), links)


def part(sheet: Sheet) -> str:
    """What a page is about, without the unit's name, for a document that is about one unit only."""
    return PARTS[sheet.code.partition(":")[0]]
