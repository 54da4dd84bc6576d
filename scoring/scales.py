"""One indicator's way from its values to its score, as data: transform, treatment of outliers, normalisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .errors import ScoringError
from .framework import Node
from .normalisation import FIXED, NEEDS, NORMALISATIONS, Linear, Population, Scale
from .policy import Policy
from .treatment import TREATMENTS, Treatment, method_of
from .tree import logged
from .values import VALUE, Values

_EMPTY = Linear(np.nan, np.nan, floor=np.nan)  # the scale of an indicator that no unit has a value for


def fit_scale(node: Node, values: Values, column: int, policy: Policy) -> tuple[Treatment | None, Scale]:
    """The treatment of an indicator (None where none is asked for) and the scale of its treated values.

    `values` is the pool, `column` the indicator's place in it. Raises ScoringError where the normalisation does, for an unknown
    or valueless reference, and for a logarithm of a value ≤ 0.
    """
    present, reference = _population(values, column), _reference(node, values, column)
    named = reference is not None and node.reference in values.units
    if node.transform == "log":
        node = _moved(node, np.log)
        reference = reference if reference is None else float(logged(np.array([reference]), node.code)[0])
        present = logged(present, node.code)
    treatment = None
    if (name := method_of(node, policy)) != "none":
        treatment = TREATMENTS[name](present, policy, _stated(node, reference))
        present = treatment(present)
        # The numbers that the framework states go along with a logarithm; only a named unit's value is held to the ends too.
        node = _moved(node, treatment.carried) if treatment.side else node
        if reference is not None:
            reference = float(treatment(reference) if named else treatment.carried(reference))
    method = NORMALISATIONS[node.method]
    fixed = node.method in FIXED
    scale = method(Population(present, policy.range, reference), node) if fixed or len(present) else _EMPTY
    return treatment, scale


def _population(values: Values, column: int) -> np.ndarray:
    """The values of an indicator that a scale rests on, (n,): those there are, of units that are not left out."""
    x = values.filled[:, column]
    gaps = values.states[:, column] != VALUE if values.imputed is None else np.isnan(x)
    if values.screened is not None:
        gaps = gaps | values.left_out
    return x[~gaps] if gaps.any() else x


def _stated(node: Node, reference: float | None) -> list[float]:
    """The finite numbers in a value's own units on which the indicator's scale rests."""
    needs = NEEDS.get(node.method, ())
    numbers = [getattr(node, c) for c in ("low", "high", "target") if c in needs]
    numbers += [start for start, _ in node.bands] if "bands" in needs else []
    numbers += [reference] if reference is not None else []
    return [x for x in numbers if np.isfinite(x)]


def _reference(node: Node, values: Values, column: int) -> float | None:
    """The reference value: a number as it stands, or the value of the unit that is named."""
    if not node.reference or node.normalisation != "distance_to_reference":
        return None
    if node.reference in values.units:
        value = values.filled[values.units.index(node.reference), column]
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


def _moved(node: Node, move: Callable) -> Node:
    """The indicator with the numbers that it states carried to another scale of its values."""
    numbers = {k: float(move(v)) for k in ("low", "high", "target") if (v := getattr(node, k)) is not None}
    return replace(node, **numbers, bands=tuple((float(move(a)), s) for a, s in node.bands))
