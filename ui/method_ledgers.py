"""What a release took from ledgers: the rule in words, and each figure with what it divides by what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.policy import PREFERENCES
from store.ledgers import LEDGERS
from store.ledgers.views import VIEWS, indicator_views
from store.ledgers.views import View as Figure

if TYPE_CHECKING:
    from ui.view import View

Line = tuple[str, str, str, str, str]  # name, what is said of it, a quiet note, a figure, a quiet figure


def rules(view: View) -> list[str]:
    """The sentences on ledgers; none where no indicator names a view."""
    figures = indicator_views(view.framework)
    if not figures:
        return []
    found, titles = view.derived, dict.fromkeys(LEDGERS[f.ledger].title for f in figures.values())
    both = int((found["value"].notna() & found["reported"].notna()).sum())
    said = [
        f"{len(figures)} 项指标由{'、'.join(titles)}台账的记录推算，分子、分母和记录都可查，见“溯源”。",
        f"{PREFERENCES[view.policy.prefer]}。",
        f"本期推算了 {len(found)} 格，其中 {int(found['used'].sum())} 格按推算值计分；"
        f"与报送值都有的 {both} 格，{int(found['differs'].sum())} 格超出四舍五入的差别。",
    ]
    return said[:2] if view.peers else said


def lines(view: View) -> list[Line]:
    """Each figure that an indicator takes from a ledger: how it is made, and in how many cells of this release it was; then the rest."""
    used = indicator_views(view.framework)
    cells = view.derived.groupby("indicator")["used"].agg(["size", "sum"])
    found = []
    for code, figure in used.items():
        size, scored = cells.loc[code] if code in cells.index else (0, 0)
        below = f"按其计分 {scored} 格" if scored else ""
        found.append((view.node_name(code), figure.words, f"{code}　{_ledger(figure)}", f"{size} 格", below))
    free = [f for key, f in VIEWS.items() if key not in {u.key for u in used.values()}]
    return found + [(f.title, f.words, f"ledger:{f.key}　{_ledger(f)}", "可选", "") for f in free]


def _ledger(figure: Figure) -> str:
    return f"{LEDGERS[figure.ledger].title}台账"
