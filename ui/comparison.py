"""Two periods to compare, and the unit that is looked at: what the page of movement keeps in the address."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from scoring.change import CAUSES
from ui import address, moves, parts
from ui.causes import OTHERS
from ui.view import View
from ui.wording import period_title

_NARROW = {"升降": 46, "名次": 86, "连续期数": 76}
_SIGNED = {"指数变化": 76, "其余指标": 76} | {CAUSES[cause]: 76 for cause in OTHERS}
COLUMNS = {
    **{name: st.column_config.Column(width=width) for name, width in _NARROW.items()},
    **{name: st.column_config.NumberColumn(format="%+.1f", width=width) for name, width in _SIGNED.items()},
    **{name: st.column_config.Column(width=190) for name in ("变化最大的指标", "其次", "第三")},
}


class Compared(NamedTuple):
    """The views that are compared, and the sectors and tiers that are looked at; empty: all."""

    before: View
    after: View
    sectors: list[str]
    tiers: list[str]


def compared(view: View, tier: Callable[[Sequence[str], str], str]) -> Compared:
    """Selectors of both periods, sector and tier. The later period follows the header until another one is chosen.

    `view`: of a store with at least two served periods. `tier`: (labels, label) → what is shown for it.
    """
    row, period = st.grid(4, min_column_width=150), view.words["period"]
    later = list(reversed(view.periods[1:]))
    newest = view.period if view.period in later else later[-1]
    if st.session_state.get("_compared_at", view.period) != view.period:
        st.session_state.update({"to": newest, "from": None})
    st.session_state["_compared_at"] = view.period
    start = row.container()  # it stands first and is filled second: what it offers depends on the later period
    last = address.select(f"截止{period}", later, "to", newest, period_title, row)
    earlier = list(reversed(view.periods[: view.periods.index(last)]))
    first = address.select(f"起始{period}", earlier, "from", earlier[0], period_title, start)
    before, after = view.at(first), view.at(last)
    sectors = sorted({*before.units["sector"], *after.units["sector"]} - {"", None})
    chosen = address.multi(view.words["sector"], sectors, "sector", where=row) if sectors else []
    tiers = address.multi("梯队", list(after.labels), "tier", partial(tier, after.labels), row)
    return Compared(before, after, chosen, tiers)


def end_where(refusal: str) -> None:
    """Ends the page with the reason why there is nothing to show, where there is one."""
    if refusal:
        st.info(parts.text(refusal, 600))
        address.stop()


def tallies(moved: pd.DataFrame) -> None:
    """How many units rose, fell, stayed, came in and dropped out, as big figures. `moved`: as `moves.compare` gives it."""
    with st.grid(len(moves.MEANINGS), min_column_width=100, gap="small"):
        for kind, meaning in moves.MEANINGS.items():
            parts.metric(moves.KINDS[kind], str((moved["kind"] == kind).sum()), help=meaning)


def look_at(unit: str | None, source: str) -> None:
    """Look at the unit that was clicked. A click counts once: after it the picker can choose another unit.

    `source`: a name for the list or figure in which the click was made.
    """
    if st.session_state.get(source) != unit:
        st.session_state[source] = unit
        if unit:
            address.turn(unit=unit)


def listed(table: pd.DataFrame, **how: Any) -> None:
    """Shows a table of units; where none is in it, says so: Streamlit's own word for that is English."""
    if table.empty:
        st.info("没有符合条件的。")
    else:
        parts.grid(table, **how)


def picked(table: pd.DataFrame, key: str, most: int = 330, **how: Any) -> str | None:
    """Shows a table, index unit, in which one row can be chosen; the chosen unit's code. `most`: its greatest height in pixels."""
    if table.empty:
        listed(table)
        return None
    height = most if len(table) > 8 else "auto"
    return parts.picked(table, key, height=height, **how)
