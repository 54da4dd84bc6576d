"""The method as it is told to somebody who sees one unit only: rules, and of the release what is true of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from scoring.index import Fitted
from scoring.tiers import TIER_RULES
from ui import method_tables, method_text
from ui.method_text import Stage
from ui.peers import CITY
from ui.wording import tenth

if TYPE_CHECKING:
    from ui.view import View


def stages(view: View, scales: Fitted | None) -> list[Stage]:
    """What is computed, in its order; in the place of counts and means of all units rules, and the middle of the index."""
    if not view.peers:
        return method_text.stages(view, scales)
    policy, words, tree = view.policy, view.words, view.framework
    middle = view.peers.bands[CITY].at[0.5, tree.root.code]
    inner = method_text.aggregations_of(view, [d.code for d in tree.dimensions])
    return [
        Stage("原始值", f"{len(tree.indicators)} 项", ""),
        Stage("得分", method_text.ends(view, scales), "、".join(f"{t} {n} 项" for t, n in method_text.normalisations_used(view).items())),
        Stage(words["dimension"], f"{len(tree.dimensions)} 个", inner),
        Stage(words["index"], f"中位数 {tenth(middle)}" if np.isfinite(middle) else "—", method_text.aggregations_of(view, [tree.root.code])),
        Stage("加减分", f"+{policy.bonus_cap:g} / −{policy.penalty_cap:g}", "至多"),
        Stage("一票否决", policy.veto_ceiling, "至高"),
        Stage("梯队", f"{len(policy.tier_labels)} 类", TIER_RULES[policy.tier_rule].title),
    ]


def tier_lines(view: View, title: Callable[[str], str]) -> list[method_tables.Line]:
    """Each tier, best first, without its best and its lowest index, which are single units'. title: label → what is shown for it."""
    if not view.peers:
        return method_tables.tier_lines(view, title)
    lines = []
    for place, label in enumerate(view.labels):
        mark, last = view.peers.line(label), place == len(view.labels) - 1
        note = "" if last or np.isnan(mark) else f"划线 {tenth(mark)}"
        lines.append((title(label), method_tables.cut_words(view, place), note, f"{view.peers.held(label)} 个{view.words['unit']}", ""))
    return lines
