"""The engine: `fit` summarises a population once into scales; `Fitted.score` is a pure function of a block of units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from .errors import ScoringError
from .framework import Framework, Node
from .normalisation import Scale
from .policy import Policy
from .preparation import asked_for, columns_of, prepare
from .scales import fit_scale, present, summarised
from .scores import Scores
from .summary import Summary
from .treatment import Treatment
from .tree import BLOCK, climb, climbing_plan, compares, logged, rivals_of
from .values import MISSING, Values, stacked
from .weighting import resolve

IMPUTED, WINSORISED, LOGGED, DENOMINATED = 1, 2, 4, 8  # flags of `Fitted.marks`
MARKS = {IMPUTED: "imputed", WINSORISED: "winsorised", LOGGED: "logged", DENOMINATED: "denominated"}


@dataclass(frozen=True)
class Fitted:
    """A framework and policy with one scale an indicator: data, picklable, applied to any block of units.

    `framework` has the weights that its weighting methods gave. `treatments`: those of the indicators for which one is asked,
    whether or not they had outliers. `population`: where a node compares a unit with others, the values of those.
    """

    framework: Framework
    policy: Policy
    scales: Mapping[str, Scale]
    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    population: Values | None = None

    def score(self, values: Values, weights: np.ndarray | None = None) -> Scores:
        """Scores of a block of units.

        `weights`: optional (n_variants, n_nodes), in the framework's order; they put one leading axis on the result.
        Raises ScoringError where an indicator is lacking, the values are not prepared though that is asked for, or a method
        cannot take a score.
        """
        rivals = self._rivals if weights is None else self._rivals_under(weights)
        out = self._climbed(values, weights, rivals, BLOCK)
        if values.screened is not None:
            out[..., values.left_out] = np.nan
        scores = np.moveaxis(out, 0, -1)
        return Scores(self.framework, self.policy, values.units, scores, values.states, values.indicators, values.screened)

    def _climbed(self, values: Values, weights: np.ndarray | None, rivals: Mapping[int, tuple], step: int) -> np.ndarray:
        """Scores (n_nodes, …, n_units), worked out `step` units at a time."""
        columns = _columns(values, self.framework, self.policy)
        lead = () if weights is None else (len(weights),)
        out = np.empty((len(self.framework.nodes), *lead, len(values.units)))
        plan = climbing_plan(self.framework, self.policy, weights, rivals)
        # What a unit that is left out reported may lie beyond the population's ends, where a method refuses it.
        filled = values.filled if values.screened is None else np.where(values.left_out[:, None], np.nan, values.filled)
        for start in range(0, len(values.units), step):
            rows = slice(start, start + step)
            block = [filled[rows, c] for c in columns]
            states = [values.states[rows, c] for c in columns]
            self._score_block(block, states, plan, out[..., rows])
        return out

    @cached_property
    def _rivals(self) -> Mapping[int, tuple]:
        return self._rivals_under(None)

    def _rivals_under(self, weights: np.ndarray | None) -> Mapping[int, tuple]:
        """The population's scores, for the nodes that compare a unit with it."""
        if self.population is None:
            return {}
        out = self._climbed(self.population, weights, {}, max(1, len(self.population.units)))
        return rivals_of(self.framework, self.policy, out)

    def _score_block(self, block: list[np.ndarray], states: list[np.ndarray], plan: dict, out: np.ndarray) -> None:
        place = {c: k for k, c in enumerate(self.framework.codes)}
        for node, x, state in zip(self.framework.indicators, block, states, strict=True):
            score = self.scales[node.code](self.treated(node, x))
            if self.policy.missing_rule == "low" and state.any():
                score[(state == MISSING) & np.isnan(x)] = self.scales[node.code].floor
            out[place[node.code]] = score
        climb(self.framework, self.policy, plan, out, states, self.ends)

    def treated(self, node: Node, x: np.ndarray) -> np.ndarray:
        """Values of an indicator, (n,), as its scale takes them: logged where the framework says so, treated. Raises ScoringError."""
        x = x if node.transform == "none" else logged(x, node.code)
        treatment = self.treatments.get(node.code)
        return x if treatment is None else treatment(x)

    def marks(self, values: Values) -> np.ndarray:
        """What was done to each cell that is scored: flags IMPUTED, WINSORISED, LOGGED, DENOMINATED, 0 for nothing.

        (n_units, n_indicators) int8, columns as the framework's indicators.
        """
        columns = _columns(values, self.framework, self.policy)
        flags = np.zeros((len(values.units), len(columns)), np.int8)
        for node, column, mine in zip(self.framework.indicators, columns, flags.T, strict=True):
            x = np.where(values.left_out, np.nan, values.filled[:, column])
            scored, treatment = ~np.isnan(x), self.treatments.get(node.code, Treatment())
            if values.imputed is not None:
                mine[scored & ~np.isnan(values.imputed[:, column])] |= IMPUTED
            mine[self._held(node, x)] |= WINSORISED
            mine[scored & (treatment.side != 0)] |= LOGGED
            mine[scored & (node.denominator != "")] |= DENOMINATED
        return flags

    def used(self, values: Values) -> np.ndarray:
        """The values on which the scores rest, in the indicators' own units: divided, imputed, winsorised; not logged.

        (n_units, n_indicators), columns as the framework's indicators; NaN for a cell without one, or of a unit left out.
        """
        columns = _columns(values, self.framework, self.policy)
        found = np.where(values.left_out[:, None], np.nan, values.filled[:, columns])
        for node, x in zip(self.framework.indicators, found.T, strict=True):
            held = self._held(node, x)
            if held.any():
                ends = self.treated(node, x[held])
                x[held] = ends if node.transform == "none" else np.exp(ends)
        return found

    def _held(self, node: Node, x: np.ndarray) -> np.ndarray:
        """Whether a value (n_units,) is held to an end of the indicator's treatment."""
        treatment = self.treatments.get(node.code)
        if treatment is None or treatment.side:
            return np.zeros(len(x), bool)
        x = x if node.transform == "none" else logged(x, node.code)
        return (x < treatment.low) | (x > treatment.high)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest score that an indicator can have; infinite where a method has no ends."""
        scales = [s for s in self.scales.values() if not np.isnan(s.floor)]
        ends = [(min(s.ends[0], s.floor), s.ends[1]) for s in scales]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (-np.inf, np.inf)


def _columns(values: Values, framework: Framework, policy: Policy) -> list[int]:
    """Places of the framework's indicators among the values', which must be prepared where that is asked for."""
    if not values.prepared and asked_for(framework, policy):
        raise ScoringError("要求了筛选、相除或插补，而取值还没有整理；请先对各期取值调用 prepare，再计分")
    return columns_of(values, [n.code for n in framework.indicators])


def summarise(values: Values, framework: Framework, policy: Policy) -> dict[str, Summary]:
    """What `fit_summaries` needs of a block of the pool, prepared where that is asked for: indicator code → summary.

    Summaries of blocks are added up code by code, in any order. Raises ScoringError: no indicator column, a logarithm of ≤ 0.
    """
    places = zip(framework.indicators, _columns(values, framework, policy), strict=True)
    return {node.code: summarised(node, values, column, policy) for node, column in places}


def fit_summaries(
    framework: Framework,
    policy: Policy,
    summaries: Mapping[str, Summary],
    column: Callable[[Node], np.ndarray],
    whole: Values | None = None,
) -> Fitted:
    """What `fit` makes of a pool, from its summary.

    `column`: gives the pool's `scales.present` values of an indicator, in any order; it is asked only for what no summary says
    (`blockwise.by_column`). `whole`: the pool itself, needed where `blockwise.whole_needed` names anything. Raises ScoringError.
    """
    scales, treatments = {}, {}
    for node in framework.indicators:
        treatment, scales[node.code] = fit_scale(node, summaries[node.code], policy, partial(column, node))
        if treatment is not None:
            treatments[node.code] = treatment
    population = None
    if compares(framework, policy):
        population = whole.take(np.flatnonzero(~whole.left_out))
    fitted = Fitted(framework, policy, scales, treatments, population)
    own = resolve(framework, policy, lambda tree: replace(fitted, framework=tree).score(whole).values)
    return fitted if own is framework else replace(fitted, framework=own)


def fit(values: Values, framework: Framework, policy: Policy | None = None) -> Fitted:
    """Summarise a population into one treatment and one scale an indicator.

    `values` is the pool on which data-driven bounds rest, prepared where that is asked for. Raises ScoringError: no indicator
    column, constant values, an unknown or valueless reference, a logarithm of a value ≤ 0, what `weighting.resolve` refuses.
    """
    policy = policy or Policy()
    summaries = summarise(values, framework, policy)
    return fit_summaries(framework, policy, summaries, lambda n: present(n, values, values.indicators.index(n.code)), values)


def pool_of(by_period: Mapping[str, Values], policy: Policy, period: str) -> Values:
    """The values on which a period's data-driven bounds rest. Raises ScoringError when the base period is not there."""
    if policy.pool == "period":
        return by_period[period]
    if policy.pool == "all":
        return stacked(by_period)
    base = policy.pool.removeprefix("base:")
    if base not in by_period:
        raise ScoringError(f"评分规则 bounds.pool 的基期 {base} 没有数据；已有：{'、'.join(by_period)}")
    return by_period[base]


def fit_panel(
    by_period: Mapping[str, Values], framework: Framework, policy: Policy, periods: Iterable[str] | None = None
) -> dict[str, tuple[Fitted, Values]]:
    """What each period is scored by, and its values as they are scored, from the reported ones.

    Data-driven bounds are pooled as the policy says. Raises ScoringError where `prepare` and `fit` do, or where blocks that are
    pooled differ in their columns.
    """
    ready = prepare(by_period, framework, policy)
    fitted: dict[str, Fitted] = {}
    result = {}
    for period in ready if periods is None else periods:
        key = period if policy.pool == "period" else policy.pool
        if key not in fitted:
            fitted[key] = fit(pool_of(ready, policy, period), framework, policy)
        result[period] = fitted[key], ready[period]
    return result


def score_panel(
    by_period: Mapping[str, Values], framework: Framework, policy: Policy, periods: Iterable[str] | None = None
) -> dict[str, Scores]:
    """Scores of each period, from the reported values. All blocks must have the same indicator columns."""
    found = fit_panel(by_period, framework, policy, periods)
    return {period: fitted.score(values) for period, (fitted, values) in found.items()}
