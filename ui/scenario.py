"""A scenario: what somebody changes of a release's method to see what would come of it. It is computed beside the release, never into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.aggregation import AGGREGATIONS, Tournament, generator, parse_aggregation
from scoring.case import Case
from scoring.errors import FrameworkError, PolicyError, ScoringError
from scoring.framework import Framework, Node
from scoring.normalisation import NEEDS, NORMALISATIONS
from scoring.policy import MISSING_RULES, Policy
from scoring.tiers import TIER_RULES
from ui.wording import clean, tags
from ui.worked_example import aggregation_title

if TYPE_CHECKING:
    from ui.view import View

MARK = "试算，非发布结果"
STATED = "stated"  # as the release has it
TITLES = {"normalisation": "标准化", "aggregation": "合成", "missing": "缺报", "tiers": "梯队划法"}


@dataclass(frozen=True)
class Settings:
    """What a scenario changes; what it leaves as the release has it is empty.

    `weights`: node code → points, 0 to 100, beside its siblings' (a sibling that is left alone has its stated share × 100); 0 leaves
    the node out. `aggregation` and `normalisation` are for all nodes. `cuts` go with the tier rule in force.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    normalisation: str = ""
    aggregation: str = ""
    missing: str = ""
    tiers: str = ""
    cuts: tuple[float, ...] = ()

    def __bool__(self) -> bool:
        return self != Settings()


def points(settings: Settings, tree: Framework, code: str) -> float:
    """The points of a node among its siblings."""
    return settings.weights.get(code, stated_points(tree, code))


def stated_points(tree: Framework, code: str) -> float:
    """A node's stated share among its siblings, × 100."""
    node = tree.node(code)
    return 100 * node.weight / sum(s.weight for s in tree.children(node.parent))


def shares(settings: Settings, tree: Framework, parent: str) -> dict[str, float]:
    """Each child's share of its parent under the settings; they sum to 1, or are all 0 where nothing is left."""
    found = {child.code: points(settings, tree, child.code) for child in tree.children(parent)}
    total = sum(found.values())
    return {code: p / total if total else 0.0 for code, p in found.items()}


def choices(view: View) -> dict[str, dict[str, str]]:
    """What each method may be changed to: field of Settings → code → title, first `stated` with what the release has."""
    tree, policy = view.framework, view.policy
    able = {
        name: method.title
        for name, method in NORMALISATIONS.items()
        if all(getattr(n, column) not in (None, "", ()) for n in tree.indicators for column in NEEDS.get(name, ()))
    }
    complete = [name if _complete(name) else f"{name}:0.5" for name in AGGREGATIONS]
    return {
        "normalisation": _offered(able, {n.method for n in tree.indicators}, lambda m: NORMALISATIONS[m].title),
        "aggregation": _offered(
            {text: aggregation_title(text) for text in complete}, {n.aggregation or policy.aggregation for n in tree.inner}, aggregation_title
        ),
        "missing": _offered(MISSING_RULES, {policy.missing_rule}, MISSING_RULES.get),
        "tiers": _offered({name: rule.title for name, rule in TIER_RULES.items()}, {policy.tier_rule}, lambda r: TIER_RULES[r].title),
    }


def _offered(titles: Mapping[str, str], used: set[str], title: Callable[[str], str]) -> dict[str, str]:
    """`used`: what the release has, one method or several; the only one is not offered again."""
    first = title(next(iter(used))) if len(used) == 1 else f"{len(used)} 种"
    return {STATED: f"同发布：{first}"} | {code: name for code, name in titles.items() if {code} != used}


def _complete(text: str) -> bool:
    try:
        parse_aggregation(text)
    except FrameworkError:
        return False
    return True


def fitting(settings: Settings, view: View) -> tuple[Settings, list[str]]:
    """The settings that this release can take, and what of them it does not know, in words."""
    tree = view.framework
    known = {code: p for code, p in settings.weights.items() if code in tree and code != tree.root.code and 0 <= p <= 100}
    odd = [f"权重 {clean(code, 40)}" for code in settings.weights if code not in known]
    kept, own = {}, {"missing": view.policy.missing_rule, "tiers": view.policy.tier_rule}
    for name, offered in choices(view).items():
        value = getattr(settings, name)
        kept[name] = value if value in offered else ""
        if value not in ("", own.get(name), *offered):
            odd.append(f"{TITLES[name]} {clean(value, 40)}")
    found = Settings(known, **kept, cuts=settings.cuts)
    try:
        policy_of(found, view)
    except PolicyError:
        odd.append(f"划线 {'、'.join(f'{c:g}' for c in settings.cuts)}")
        found = replace(found, cuts=())
    return found, odd


def policy_of(settings: Settings, view: View) -> Policy:
    """The release's policy with the scenario's choices. Raises PolicyError for cuts that do not go with the rule."""
    policy, rule = view.policy, settings.tiers or view.policy.tier_rule
    return replace(
        policy,
        aggregation=settings.aggregation or policy.aggregation,
        missing_rule=settings.missing or policy.missing_rule,
        tier_rule=rule,
        tier_cuts=settings.cuts or cuts_of(rule, view),
    )


def cuts_of(rule: str, view: View) -> tuple[float, ...]:
    """Cuts to begin with under a rule: the policy's own, or those that come nearest to the release's tiers."""
    policy, units = view.policy, view.units
    if rule in (policy.tier_rule, "natural_breaks"):
        return policy.tier_cuts
    better = list(policy.tier_labels[:-1])
    found: list[float] = []
    if rule == "share":
        held = units["tier_by_rule"].value_counts().reindex(better, fill_value=0).cumsum()
        for place, cut in enumerate(held / max(int(units["rank"].notna().sum()), 1)):
            least, most = (found[-1] if found else 0) + 0.01, 1 - 0.01 * (len(better) - place)
            found.append(round(min(max(cut, least), most), 2))
        return tuple(found)
    below = policy.range[0]
    for place in reversed(range(len(better))):
        held = units.loc[units["tier_by_rule"] == better[place], "index"]
        worse = units.loc[units["tier_by_rule"].isin(policy.tier_labels[place + 1 :]), "index"]
        least = held.min() if len(held) else worse.max() + 0.1 if len(worse) else below  # nobody comes into a tier that nobody holds
        below = round(max(np.floor(10 * least) / 10, below + 0.1), 1)
        found.append(below)
    return tuple(reversed(found))


def framework_of(settings: Settings, view: View) -> Framework:
    """The release's framework, as stated, with the scenario's weights and methods. Raises ScoringError where nothing is left of a node."""
    stated = view.case.framework
    moved = {view.framework.node(code).parent for code in settings.weights}
    weights = {c.code: points(settings, view.framework, c.code) for p in moved for c in view.framework.children(p)}
    gone = {code for code, p in weights.items() if p == 0}
    nodes = [n for n in stated.nodes if not gone & {part.code for part in stated.path(n.code)}]
    left = {n.parent for n in nodes}
    for node in nodes:
        if node.code in moved and node.code not in left:
            raise ScoringError(f"{node.name}：下级的权重都是 0；请至少给其中一项权重")
    return Framework(tuple(_changed(n, settings, weights, n.code in moved) for n in nodes))


def _changed(node: Node, settings: Settings, weights: Mapping[str, float], given: bool) -> Node:
    """`given`: the weights of the node's children are the scenario's, whatever method the framework takes them from."""
    found: dict[str, object] = {"weight": weights[node.code]} if node.code in weights else {}
    if given:
        found["weighting"] = "given"
    if settings.aggregation:
        found["aggregation"] = ""
    if settings.normalisation:
        found["normalisation"] = settings.normalisation
    return replace(node, **found) if found else node


def outcome(settings: Settings, view: View) -> pd.DataFrame:
    """What becomes of every unit: index unit; name, tag, sector, size, index, rank, tier, and index_before, rank_before, tier_before of
    the release; shift (ranks gained, NaN without both), change (of the index, NaN where the scores lie on another scale than the
    release's), step (tiers gained).

    Without settings it is the release itself. Raises ScoringError where the settings cannot be scored.
    """
    table = view.units[["name", "sector", "size", "index", "rank", "tier"]].assign(tag=tags(view.units["name"]))
    before, same_scale = table[["index", "rank", "tier"]].add_suffix("_before"), True
    if settings:
        case = view.case.under(framework_of(settings, view), policy_of(settings, view))
        found = case.standing.reindex(table.index)
        table = table.assign(**found[["index", "rank", "tier"]])
        same_scale = _scale(case) == _scale(view.case)
    place = {label: k for k, label in enumerate(view.labels)}
    steps = before["tier_before"].map(place) - table["tier"].map(place)
    return table.join(before).assign(
        shift=before["rank_before"] - table["rank"],
        change=table["index"] - before["index_before"] if same_scale else np.nan,
        step=steps.astype(float),
    )


def _scale(case: Case) -> tuple[tuple[float, float], bool]:
    """Where scores end, and whether the index counts wins instead of being a mean of them."""
    root = case.framework.root
    return case.fitted.ends, isinstance(generator(root.aggregation or case.policy.aggregation), Tournament)
