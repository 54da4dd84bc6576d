"""The alternatives of a method's choices: the same case scored in other ways, its indicator scores on one common scale.

What cannot take an alternative keeps what it has: an indicator that lacks the target, reference, bands or goalposts of a
normalisation, or whose values it refuses; a mean of positive scores where some are negative. An alternative that changes
nothing is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..aggregation import Generator, Tournament, generator, parse_aggregation
from ..case import Case
from ..errors import ScoringError
from ..framework import Framework, Node
from ..index import Fitted, fit_panel
from ..normalisation import NEEDS
from ..policy import MISSING_RULES, Draws
from ..values import VALUE, Values


@dataclass(frozen=True)
class Setting:
    """One way to score the indicators, `nodes`; `case` says which nodes of the tree have a score.

    `line` (4, n_indicators): shift, factor, least and greatest, by which a method's own scores come to the base case's scale.
    """

    case: Case
    nodes: tuple[Node, ...]
    line: np.ndarray

    @cached_property
    def fitted(self) -> tuple[Fitted, Values]:
        """What the indicators are scored by side by side, whatever the tree would make of them, and the values to score."""
        root = Node(self.case.framework.root.code, "", "", aggregation="arithmetic")
        tree = Framework((root, *(replace(n, parent=root.code) for n in self.nodes)))
        return fit_panel(self.case.by_period, tree, self.case.policy, [self.case.period])[self.case.period]

    @cached_property
    def own(self) -> np.ndarray:
        """Indicator scores as the methods give them, (n_indicators, n_units)."""
        fitted, values = self.fitted
        return fitted.score(values).values[:, 1:].T

    @cached_property
    def leaves(self) -> np.ndarray:
        """Indicator scores on the base case's scale, (n_indicators, n_units), NaN without a score."""
        return self.placed(self.own, slice(None))

    def placed(self, scores: np.ndarray, picked: slice | list[int]) -> np.ndarray:
        """Scores of the picked indicators, (n_picked, n), from the methods' own scale to the base case's."""
        shift, factor, low, high = self.line[:, picked, None]
        return np.clip(shift + factor * scores, low, high)

    def same(self, other: Setting) -> bool:
        """Whether it differs from the other nowhere."""
        gaps, others = np.isnan(self.case.scores.values), np.isnan(other.case.scores.values)
        return np.allclose(self.leaves, other.leaves, rtol=0, atol=1e-9, equal_nan=True) and np.array_equal(gaps, others)


def centred(case: Case) -> Case:
    """The same case with the weights that it resolved stated as given, so that no alternative moves them."""
    nodes = tuple(replace(n, weighting="") for n in case.fitted.framework.nodes)
    return case.under(Framework(nodes), replace(case.policy, weighting="given", pairwise={}))


def settings(case: Case, draws: Draws) -> dict[tuple[int, int], Setting]:
    """(normalisation, missing) → setting: (0, 0) is the base case's, each further number an alternative that changes something."""
    by_missing = [_plain(case)]
    for name in draws.missing:
        found = _plain(_with_missing(case, name))
        if not any(found.same(known) for known in by_missing):
            by_missing.append(found)
    rows = [by_missing]
    for method in draws.normalisation:
        row = [_normalised(setting, method) for setting in by_missing]
        if not any(row[0].same(known[0]) for known in rows):
            rows.append(row)
    return {(i, k): setting for i, row in enumerate(rows) for k, setting in enumerate(row)}


def aggregations(case: Case, texts: Iterable[str]) -> list[Mapping[str, str]]:
    """Node code → aggregation, of each alternative that changes something; first {}, the base case.

    Only nodes all of whose children are nodes themselves change, or the root where there is no such node: one missing indicator
    at the worst end would else pull a geometric mean to zero. A node that compares units has scores of another kind and keeps it.
    """
    framework, negative = case.framework, np.nanmin(case.scores.values, initial=0.0) < 0
    upper = [n for n in framework.inner if not any(framework.is_indicator(c.code) for c in framework.children(n.code))]
    own = {n.code: n.aggregation or case.policy.aggregation for n in upper or [framework.root]}
    own = {code: text for code, text in own.items() if not isinstance(generator(text), Tournament)}
    found = [{}]
    for text in texts:
        method = generator(text)
        if negative and isinstance(method, Generator) and method.positive:
            continue
        changed = {code: text for code, mine in own.items() if parse_aggregation(mine) != parse_aggregation(text)}
        if changed and changed not in found:
            found.append(changed)
    return found


def _plain(case: Case) -> Setting:
    """The case's own way. Nothing is carried below the least score of a method, nor below 0 where no score is."""
    nodes = case.framework.indicators
    setting = Setting(case, nodes, np.tile([[0.0], [1.0], [-np.inf], [np.inf]], len(nodes)))
    positive = np.nanmin(setting.own, axis=1, initial=0.0) >= 0
    setting.line[2] = np.where(positive, np.maximum(_ends(setting)[:, 0], 0.0), _ends(setting)[:, 0])
    return setting


def _ends(setting: Setting) -> np.ndarray:
    """The least and the greatest score of each indicator by its method, (n_indicators, 2)."""
    return np.array([setting.fitted[0].scales[n.code].ends for n in setting.nodes])


def _with_missing(case: Case, name: str) -> Case:
    """The case with a rule or an imputation for missing values, which takes the place of what indicators name themselves."""
    nodes = tuple(replace(n, imputation="") for n in case.framework.nodes)
    chosen = {"missing_rule": name, "imputation": "none"} if name in MISSING_RULES else {"imputation": name}
    return case.under(Framework(nodes), replace(case.policy, **chosen))


def _normalised(setting: Setting, method: str) -> Setting:
    """The setting under another normalisation, where an indicator can take it and has a score for the same units."""
    able = np.array([all(getattr(n, c) not in (None, "", ()) for c in NEEDS.get(method, ())) for n in setting.nodes])
    if not _scorable(_swapped(setting, method, able)):
        able &= [_scorable(replace(setting, nodes=(replace(n, normalisation=method),))) for n in setting.nodes]
    other = _swapped(setting, method, able)
    gaps, others = np.isnan(setting.own), np.isnan(other.own)
    other = _swapped(setting, method, able & (gaps == others).all(axis=1) & ~gaps.all(axis=1))
    changed = np.flatnonzero([n.method != m.method for n, m in zip(setting.nodes, other.nodes, strict=True)])
    if not len(changed):
        return setting
    line = setting.line.copy()
    line[:2, changed], line[3, changed] = _shift_and_factor(setting, other, changed), _ends(setting)[changed, 1]
    return replace(other, line=line)


def _swapped(setting: Setting, method: str, able: np.ndarray) -> Setting:
    nodes = zip(setting.nodes, able, strict=True)
    return replace(setting, nodes=tuple(replace(n, normalisation=method) if good else n for n, good in nodes))


def _scorable(setting: Setting) -> bool:
    try:
        return setting.own is not None
    except ScoringError:
        return False


def _shift_and_factor(setting: Setting, other: Setting, changed: np.ndarray) -> np.ndarray:
    """The line (2, 1) on which another method's scores come to those of the setting.

    Together they are given the mean and the spread within an indicator that they have here: what a method does to all units alike
    is no doubt about any of them. One line for all, since a line for each indicator would undo all that tells one linear method
    from another.
    """
    (mean, spread), (wanted, width) = (_mean_and_spread(s, changed) for s in (other, setting))
    factor = width / spread if spread > 0 else 0.0
    return np.array([[wanted - factor * mean], [factor]])


def _mean_and_spread(setting: Setting, changed: np.ndarray) -> tuple[float, float]:
    """Mean, and root mean square of the indicators' own standard deviations, of the scores of cells that have a value."""
    _, values = setting.fitted
    columns = [values.indicators.index(setting.nodes[k].code) for k in changed]
    cells = np.where(values.states[:, columns].T == VALUE, setting.own[changed], np.nan)
    cells = cells[~np.isnan(cells).all(axis=1)]
    return (float(np.nanmean(cells)), float(np.sqrt(np.nanvar(cells, axis=1).mean()))) if len(cells) else (0.0, 0.0)
