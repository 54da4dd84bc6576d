"""The controls of a scenario: weights of one node's children at a time, methods, tiers. Each shows what is tried and changes it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from scoring.tiers import TIER_RULES
from ui import address
from ui.scenario import STATED, TITLES, Settings, choices, cuts_of, points, policy_of, shares, stated_points
from ui.scenario_link import change, generation, tried, turn_to, weigh
from ui.wording import clean, text

if TYPE_CHECKING:
    from ui.view import View

SETS = {"weights": "权重", "methods": "方法", "tiers": "梯队"}
_MOST = 10  # sliders at a time


def controls(view: View, settings: Settings, tier_title: Callable[[str], str]) -> None:
    """The chosen set of controls. `tier_title`: label → what is shown for it."""
    chosen = address.segments("设置", list(SETS), "set", "weights", SETS, label_visibility="collapsed", width="stretch")
    if chosen == "weights":
        _weights(view, settings)
    elif chosen == "methods":
        for name in ("normalisation", "aggregation", "missing"):
            _method(view, settings, name)
    else:
        _method(view, settings, "tiers")
        _cuts(view, settings, tier_title)


def _weights(view: View, settings: Settings) -> None:
    tree = view.framework
    names = {n.code: f"{'　' * tree.depth(n.code)}{clean(n.name, 40)}" for n in _inner(view)}
    under = address.select("哪一项的下级", list(names), "under", tree.root.code, names, label_visibility="collapsed")
    codes = [child.code for child in tree.children(under)]
    if len(codes) > _MOST:
        starts = [str(k) for k in range(0, len(codes), _MOST)]
        pages = {start: f"第 {int(start) + 1}–{min(int(start) + _MOST, len(codes))} 项" for start in starts}
        start = int(address.select("哪几项", starts, "from_item", starts[0], pages, label_visibility="collapsed"))
        codes = codes[start : start + _MOST]
    share = shares(settings, tree, under)
    largest = max(stated_points(tree, child.code) for child in tree.children(under))
    for code in codes:
        _weight(view, settings, code, share[code], largest)
    st.caption("滑块给份量，百分数是归一后的份额；拉到 0 即不计入。")


def _inner(view: View) -> list:
    """Inner nodes in the order in which one reads a tree: each followed by what is below it."""
    tree = view.framework

    def below(code: str) -> list:
        return [tree.node(code), *(n for child in tree.children(code) if tree.children(child.code) for n in below(child.code))]

    return below(tree.root.code)


def _weight(view: View, settings: Settings, code: str, share: float, largest: float) -> None:
    """A slider of points, up to four times what the heaviest sibling has; its label says the share that comes of them."""
    tree = view.framework
    stated, value = stated_points(tree, code), points(settings, tree, code)
    step = 1.0 if largest >= 5 else 0.1
    top = max(min(100.0, math.ceil(4 * largest / 10) * 10.0 if step == 1 else math.ceil(4 * largest)), math.ceil(value))
    shown, key = round(round(value / step) * step, 1), f"weight {code} {view.release} {generation()}"
    was = f"\u00a0:gray[原\u00a0{stated:.1f}]" if f"{100 * share:.1f}" != f"{stated:.1f}" else ""
    out = "\u00a0:gray[不计入]" if value == 0 else ""
    label = f"{text(tree.node(code).name, 80)}　**{100 * share:.1f}%**{out or was}"
    own = round(round(stated / step) * step, 1)
    st.slider(label, 0.0, top, shown, step, "%g", key, on_change=_weighed, args=(code, key, own, generation()))


def _weighed(code: str, key: str, stated: float, drawn: int) -> None:
    value = round(st.session_state[key], 1)
    if drawn == generation():  # else the slider has gone from the page, and Streamlit hears of it once more
        weigh(code, None if value == stated else value)


def _method(view: View, settings: Settings, name: str) -> None:
    offered, value = choices(view)[name], getattr(settings, name) or STATED
    codes, key = list(offered), f"trial {name} {view.release} {value}"
    st.selectbox(TITLES[name], codes, codes.index(value), offered.get, key, placeholder="请选择", on_change=_chosen, args=(name, key, value))


def _chosen(name: str, key: str, shown: str) -> None:
    value = st.session_state[key]
    if value != shown:
        parts: dict[str, object] = {name: "" if value == STATED else value}
        change(**(parts | {"cuts": ()} if name == "tiers" else parts))


def _cuts(view: View, settings: Settings, tier_title: Callable[[str], str]) -> None:
    """A slider for the lower end of each tier but the last; a cut that is moved over another takes it along."""
    policy = policy_of(settings, view)
    if policy.tier_rule == "natural_breaks":
        st.caption(TIER_RULES[policy.tier_rule].doc)
        return
    share, cuts = policy.tier_rule == "share", policy.tier_cuts
    low, high, gap = (0.0, 100.0, 1.0) if share else _span(view)
    for place, (label, cut) in enumerate(zip(view.labels, cuts, strict=False)):
        after = len(cuts) - place
        ends = (low + gap * (place + 1), high - gap * after) if share else (low + gap * (after - 1), high - gap * place)
        shown, key = round(round((100 * cut if share else cut) / gap) * gap, 3), f"cut {policy.tier_rule} {place} {view.release} {generation()}"
        words = f"前 **{100 * cut:g}%**" if share else f"**{cut:g}** 起"
        st.slider(
            f"{text(tier_title(label))}　{words}", min(ends[0], shown), max(ends[1], shown), shown, gap, "%g", key,
            on_change=_cut, args=(view, policy.tier_rule, place, key, gap, generation()),
        )  # fmt: skip


def _span(view: View) -> tuple[float, float, float]:
    """Where a line may be drawn, and in what steps: the score range, or, where scores leave it, what the release's cover."""
    low, high = view.policy.range
    found = view.units["index"].dropna()
    if not found.empty and not (low <= found.min() and found.max() <= high):
        low, high = math.floor(found.min()), math.ceil(found.max())
    return float(low), float(high), 0.5 * 10 ** math.floor(math.log10((high - low) / 100))


def _cut(view: View, rule: str, place: int, key: str, gap: float, drawn: int) -> None:
    """Cuts rise under `share` and fall under `thresholds`; at least a step lies between two."""
    if drawn != generation():
        return
    own, value = cuts_of(rule, view), st.session_state[key]
    before = tried().settings.cuts or own
    moved = list(before)
    sign, gap, moved[place] = (1, gap / 100, value / 100) if rule == "share" else (-1, gap, value)
    for k in range(place + 1, len(moved)):
        moved[k] = sign * max(sign * moved[k], sign * moved[k - 1] + gap)
    for k in range(place - 1, -1, -1):
        moved[k] = sign * min(sign * moved[k], sign * moved[k + 1] - gap)
    found = tuple(round(cut, 4) for cut in moved)
    change(cuts=() if found == own else found)
    if [c for k, c in enumerate(found) if k != place] != [c for k, c in enumerate(before) if k != place]:
        turn_to(tried())
