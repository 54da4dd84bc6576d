"""Preparation: what is done to reported values before any is scored. Screening, then denomination, then imputation.

Source: OECD/JRC handbook (2008), sections 3 and 5; COINr 1.1 (Screen, Denominate, Impute).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from .errors import ScoringError
from .framework import Framework, Node
from .imputation import OVER_TIME, impute, method_of
from .policy import Policy
from .tree import SLACK
from .values import VALUE, Values


def asked_for(framework: Framework, policy: Policy) -> bool:
    """Whether framework or policy ask for any preparation."""
    imputed = any(method_of(n, policy) != "none" for n in framework.indicators)
    return policy.screening > 0 or imputed or any(n.denominator for n in framework.indicators)


def over_time(framework: Framework, policy: Policy) -> bool:
    """Whether a period's preparation rests on other periods."""
    return any(method_of(n, policy) in OVER_TIME for n in framework.indicators)


def prepare(by_period: Mapping[str, Values], framework: Framework, policy: Policy) -> dict[str, Values]:
    """Reported values by period as values to score; the same objects where nothing is asked for.

    Raises ScoringError: an indicator or a denominator that is not there, a denominator that is 0 or negative, and what `impute`
    refuses.
    """
    if not asked_for(framework, policy):
        return dict(by_period)
    for values in by_period.values():
        columns_of(values, [n.code for n in framework.indicators])
    ready = {p: _denominated(_screened(v, framework, policy), framework, p) for p, v in by_period.items()}
    return {p: replace(v, prepared=True) for p, v in impute(ready, framework, policy).items()}


def _screened(values: Values, framework: Framework, policy: Policy) -> Values:
    """Units of whose indicators too small a share has a value are left out. Source: COINr Screen, byNA."""
    if not policy.screening:
        return values
    columns = columns_of(values, [n.code for n in framework.indicators])
    share = (values.states[:, columns] == VALUE).mean(axis=1)
    return replace(values, screened=np.where(share < policy.screening - SLACK, share, np.nan))


def _denominated(values: Values, framework: Framework, period: str) -> Values:
    """Values divided by their denominators, as reported; where one has no value, the cell takes its state."""
    nodes = [n for n in framework.indicators if n.denominator]
    if not nodes:
        return values
    columns, divisors = columns_of(values, [n.code for n in nodes]), columns_of(values, [n.denominator for n in nodes], "分母")
    matrix, states = values.matrix.copy(order="F"), values.states.copy(order="F")
    for node, column, by in zip(nodes, columns, divisors, strict=True):
        divisor, given = values.matrix[:, by], values.states[:, column] == VALUE
        _refuse_divisors(values, given & (divisor <= 0), node, by, period)
        states[given, column] = values.states[given, by]
        with np.errstate(over="ignore"):  # an infinite quotient is refused by name
            np.divide(matrix[:, column], divisor, out=matrix[:, column], where=given)
    return replace(values, matrix=matrix, states=states)


def _refuse_divisors(values: Values, wrong: np.ndarray, node: Node, by: int, period: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        where = f"{period} " if period else ""
        found = f"{where}{values.units[row]} 的 {node.code}：分母 {node.denominator} 为 {values.matrix[row, by]:g}"
        raise ScoringError(f"{found}，不能相除；请改正该值，没有数据请留空")


def columns_of(values: Values, codes: Sequence[str], what: str = "指标") -> list[int]:
    """Places of columns. Raises ScoringError naming all that are not there."""
    place = {c: k for k, c in enumerate(values.indicators)}
    if lacking := [c for c in codes if c not in place]:
        raise ScoringError(f"取值表缺少{what}：{'、'.join(lacking[:8])}；请补上这些列（没有数据可留空）")
    return [place[c] for c in codes]
