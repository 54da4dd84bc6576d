"""How sure ranks and tiers are, and how the index is made, in one sheet each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from briefs import naming
from reports.contents import Block, Chart, Grid, Number, Numbers, Sheet, Words
from scoring.errors import ScoringError
from scoring.uncertainty import ASSUMPTIONS
from ui import certainty, method_text
from ui.wording import clean

if TYPE_CHECKING:
    from scoring.index import Fitted
    from ui.view import View

_SHOWN = 8  # units whose tier is not sure


def uncertainty(view: View, _: str = "") -> Sheet:
    """How many tiers are settled, how wide ranks are, whose tier might as well be another, and which assumption matters."""
    title = "名次有多可靠"
    if view.uncertainty is None:
        return naming.lacking("uncertainty", title, "这一号发布没有测算名次和梯队有多可靠。", f"请运行 {certainty.MEASURE}，再刷新。")
    units, word = certainty.table(view), view.words["unit"]
    found = certainty.overall(view, units)
    if not found.ranked:
        return naming.lacking("uncertainty", title, f"本期各{word}都没有名次")
    head = Numbers(
        (
            Number("梯队可靠", f"{found.settled} 个", f"共 {found.ranked} 个"),
            Number("名次区间", f"{found.width:.0f} 位", "5%–95%，中位数"),
            Number("相邻难分", certainty.percent(found.close), certainty.VERDICTS[0]),
        )
    )
    tiers = f"{found.ranked} 个{word}中 {found.settled} 个的梯队可靠，其余 {found.ranked - found.settled} 个两可"
    lead = f"{tiers}；相邻名次 {certainty.percent(found.close)} {certainty.VERDICTS[0]}"
    meaning = f"可靠：{view.policy.draws.certainty:.0%} 以上的测算留在本梯队。{certainty.lesson(view)}"
    left = (head, *_assumptions(view), Words((meaning,), bullets=False))
    torn = units[units["kept"] < view.policy.draws.certainty].sort_values(["kept", "rank"], kind="stable")
    shown = torn.head(_SHOWN)
    table = unsure(view, shown)
    right = (Grid(table, weights={word: 2.2, "梯队概率": 2.8}, more=len(torn) - len(shown)),) if len(shown) else ()
    blocks = (left, right) if right else (left,)
    return Sheet("uncertainty", title, lead, blocks, (1, 1.15) if right else (1.0,), opens=naming.opens(view, shown.index))


def unsure(view: View, units: pd.DataFrame) -> pd.DataFrame:
    """Rows of `certainty.table` as they are shown: the tier, and the chances of each."""
    return pd.DataFrame(
        {
            view.words["unit"]: naming.short(view)[units.index].to_list(),
            "本期": units["tier"].to_list(),
            "梯队概率": [certainty.chances(view, unit) for unit in units.index],
        }
    )


def _assumptions(view: View) -> list[Block]:
    """How much of the shift of ranks each assumption accounts for, in per cent, its interactions included; nothing where none does."""
    total = 100 * view.uncertainty.sobol["total"].sort_values(ascending=False, kind="stable")
    if not len(total) or not total.max() > 0:
        return []
    shown = total.clip(lower=0).set_axis([ASSUMPTIONS[code] for code in total.index]).to_frame("%")
    tones = ("house",) + ("quiet",) * (len(shown) - 1)
    return [Chart("bars", shown, "各项假设对名次变动的影响（总效应，%）", tones, span=(0, max(100.0, shown["%"].max())), decimals=0)]


def method(view: View, _: str = "") -> Sheet:
    """What is computed, in its order, with this release's figures; what compares with what."""
    stages = method_text.stages(view, scales(view))
    table = pd.DataFrame([(s.title, s.figure, s.words) for s in stages], columns=["步骤", "本期", "怎样算"]).map(clean)
    said = [s for _, sentences in method_text.rules(view, scales(view))[1:2] for s in sentences[:3]]
    lead = method_text.comparability(view)[0].rstrip("。")
    return Sheet("method", "怎样得出", lead, ((Grid(table, weights={"步骤": 1, "本期": 1.4, "怎样算": 3}), Words(tuple(said))),))


def scales(view: View) -> Fitted | None:
    """The population that scores rest on; None where the release cannot be scored again."""
    try:
        return view.case.fitted
    except ScoringError:
        return None
