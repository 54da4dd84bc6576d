"""The engine: `fit` summarises a population once into scales; `Fitted.score` is a pure function of a block of units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from .errors import ScoringError
from .framework import Framework, Node
from .normalisation import FIXED, NORMALISATIONS, Linear, Population, Scale
from .policy import Policy
from .tree import BLOCK, climb, climbing_plan, coverages, logged
from .values import MISSING, VALUE, Values

_EMPTY = Linear(np.nan, np.nan, floor=np.nan)  # the scale of an indicator that no unit has a value for


@dataclass(frozen=True)
class Scores:
    """Scores of a block: `values` (n_units, n_nodes) or (n_variants, n_units, n_nodes), columns as `codes`, NaN for no score."""

    framework: Framework
    policy: Policy
    units: tuple[str, ...]
    values: np.ndarray
    states: np.ndarray
    indicators: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Node codes, in the framework's order: the columns of `values`."""
        return self.framework.codes

    @cached_property
    def coverage(self) -> np.ndarray:
        """Share of each node's weight that has a value, (n_units, n_nodes), 0 to 1."""
        order = [self.indicators.index(n.code) for n in self.framework.indicators]
        return coverages(self.framework, (self.states[:, order] == VALUE).T).T

    def frame(self) -> pd.DataFrame:
        """Scores as a table: index unit, one column a node."""
        return pd.DataFrame(self.values, index=pd.Index(self.units, name="unit"), columns=list(self.codes))


@dataclass(frozen=True)
class Fitted:
    """A framework and policy with one scale an indicator: data, picklable, applied to any block of units."""

    framework: Framework
    policy: Policy
    scales: Mapping[str, Scale]

    def score(self, values: Values, weights: np.ndarray | None = None) -> Scores:
        """Scores of a block of units.

        `weights`: optional (n_variants, n_nodes), in the framework's order; they put one leading axis on the result.
        Raises ScoringError where an indicator is lacking or a method cannot take a score.
        """
        columns = _columns(values, self.framework)
        n_units, n_nodes = len(values.units), len(self.framework.nodes)
        lead = () if weights is None else (len(weights),)
        out = np.empty((n_nodes, *lead, n_units))
        plan = climbing_plan(self.framework, self.policy, weights)
        for start in range(0, n_units, BLOCK):
            rows = slice(start, start + BLOCK)
            block = [values.matrix[rows, c] for c in columns]
            states = [values.states[rows, c] for c in columns]
            self._score_block(block, states, plan, out[..., rows])
        return Scores(self.framework, self.policy, values.units, np.moveaxis(out, 0, -1), values.states, values.indicators)

    def _score_block(self, block: list[np.ndarray], states: list[np.ndarray], plan: dict, out: np.ndarray) -> None:
        place = {c: k for k, c in enumerate(self.framework.codes)}
        for node, x, state in zip(self.framework.indicators, block, states, strict=True):
            score = self.scales[node.code](x if node.transform == "none" else logged(x, node.code))
            if self.policy.missing_rule == "low" and state.any():
                score[state == MISSING] = self.scales[node.code].floor
            out[place[node.code]] = score
        climb(self.framework, self.policy, plan, out, states, self.ends)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest score that an indicator can have; infinite where a method has no ends."""
        scales = [s for s in self.scales.values() if not np.isnan(s.floor)]
        ends = [(min(s.ends[0], s.floor), s.ends[1]) for s in scales]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (-np.inf, np.inf)


def _columns(values: Values, framework: Framework) -> list[int]:
    place = {c: k for k, c in enumerate(values.indicators)}
    if lacking := [n.code for n in framework.indicators if n.code not in place]:
        raise ScoringError(f"取值表缺少指标：{'、'.join(lacking[:8])}；请补上这些列（没有数据可留空）")
    return [place[n.code] for n in framework.indicators]


def fit(values: Values, framework: Framework, policy: Policy | None = None) -> Fitted:
    """Summarise a population into one scale an indicator.

    `values` is the pool on which data-driven bounds rest. Raises ScoringError: no indicator column, constant values, an unknown
    or valueless reference, a logarithm of a value ≤ 0.
    """
    policy = policy or Policy()
    scales = {}
    for node, column in zip(framework.indicators, _columns(values, framework), strict=True):
        present, gaps = values.matrix[:, column], values.states[:, column] != VALUE
        present = present[~gaps] if gaps.any() else present
        reference = _reference(node, values, column)
        if node.transform == "log":
            node, reference = (
                _logged_node(node),
                reference if reference is None else float(logged(np.array([reference]), node.code)[0]),
            )
            present = logged(present, node.code)
        method = NORMALISATIONS[node.method]
        fixed = node.method in FIXED
        scales[node.code] = method(Population(present, policy.range, reference), node) if fixed or len(present) else _EMPTY
    return Fitted(framework, policy, scales)


def _reference(node: Node, values: Values, column: int) -> float | None:
    """The reference value: a number as it stands, or the value of the unit that is named."""
    if not node.reference or node.normalisation != "distance_to_reference":
        return None
    if node.reference in values.units:
        value = values.matrix[values.units.index(node.reference), column]
        if np.isnan(value):
            raise ScoringError(f"{node.code}：基准单位 {node.reference} 没有该指标的值；请换一个基准")
        return float(value)
    if named := [u for u in values.units if u.endswith(f"·{node.reference}")]:
        raise ScoringError(f"{node.code}：取界范围含多个考核期，基准单位请连同考核期写明，例如 {named[-1]}")
    try:
        value = float(node.reference)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ScoringError(f"{node.code}：基准 {node.reference!r} 既不是数，也不是参评单位；请改正 reference 列")
    return value


def _logged_node(node: Node) -> Node:
    logs = {k: float(np.log(v)) for k in ("low", "high", "target") if (v := getattr(node, k)) is not None}
    return replace(node, **logs, bands=tuple((float(np.log(a)), s) for a, s in node.bands))


def pool_of(by_period: Mapping[str, Values], policy: Policy, period: str) -> Values:
    """The values on which a period's data-driven bounds rest. Raises ScoringError when the base period is not there."""
    if policy.pool == "period":
        return by_period[period]
    if policy.pool == "all":
        blocks = list(by_period.values())
        if other := [p for p, v in by_period.items() if v.indicators != blocks[0].indicators]:
            raise ScoringError(f"{other[0]} 的指标列与其他考核期不同，不能合并取界；请让各期的指标列一致")
        units = tuple(f"{p}·{u}" for p, v in by_period.items() for u in v.units)
        matrix = np.concatenate([v.matrix for v in blocks])
        return Values(units, blocks[0].indicators, matrix, np.concatenate([v.states for v in blocks]))
    base = policy.pool.removeprefix("base:")
    if base not in by_period:
        raise ScoringError(f"评分规则 bounds.pool 的基期 {base} 没有数据；已有：{'、'.join(by_period)}")
    return by_period[base]


def score_panel(
    by_period: Mapping[str, Values], framework: Framework, policy: Policy, periods: Iterable[str] | None = None
) -> dict[str, Scores]:
    """Scores of each period, data-driven bounds pooled as the policy says. All blocks must have the same indicator columns."""
    fitted: dict[str, Fitted] = {}
    result = {}
    for period in by_period if periods is None else periods:
        key = period if policy.pool == "period" else policy.pool
        if key not in fitted:
            fitted[key] = fit(pool_of(by_period, policy, period), framework, policy)
        result[period] = fitted[key].score(by_period[period])
    return result
