"""One indicator's way from its values to its score, as data: transform, treatment of outliers, normalisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from .errors import ScoringError
from .framework import Node
from .normalisation import FIXED, MOMENTS, NEEDS, NORMALISATIONS, Linear, Population, Scale
from .policy import Policy
from .summary import Summary
from .treatment import TREATMENTS, Treatment, method_of
from .tree import logged
from .values import VALUE, Values

_EMPTY = Linear(np.nan, np.nan, floor=np.nan)  # the scale of an indicator that no unit has a value for


def fit_scale(
    node: Node, summary: Summary, policy: Policy, column: Callable[[], np.ndarray]
) -> tuple[Treatment | None, Scale]:
    """The treatment of an indicator (None where none is asked for) and the scale of its treated values.

    `summary` is `summarised`'s, of the pool; `column` gives the pool's `present` values, in any order, and is only asked where a
    summary is not enough. Raises ScoringError where the normalisation does, and for an unknown or valueless reference.
    """
    reference, named = _reference(node, summary.named), node.reference in summary.named
    if node.transform == "log":
        node = _moved(node, np.log)
        reference = reference if reference is None else float(logged(np.array([reference]), node.code)[0])
    treatment = None
    if (name := method_of(node, policy)) != "none":
        found = np.sort(column())  # so that the order of the units moves no bit of a shape
        treatment = TREATMENTS[name](found, policy, _stated(node, reference))
        treated = treatment(found)
        summary, column = Summary.of(treated, node.method in MOMENTS), lambda: treated
        # The numbers that the framework states go along with a logarithm; only a named unit's value is held to the ends too.
        node = _moved(node, treatment.carried) if treatment.side else node
        if reference is not None:
            reference = float(treatment(reference) if named else treatment.carried(reference))
    method = NORMALISATIONS[node.method]
    fixed = node.method in FIXED
    scale = method(Population(summary, policy.range, reference, column), node) if fixed or summary.count else _EMPTY
    return treatment, scale


def summarised(node: Node, values: Values, column: int, policy: Policy) -> Summary:
    """What `fit_scale` needs of an indicator in a block of the pool; `column` is its place. Raises ScoringError: log of ≤ 0."""
    named = {}
    if _refers(node):
        named = {u: float(x) for u, x in zip(values.units, values.filled[:, column], strict=True) if _is(u, node.reference)}
    found = present(node, values, column)
    return Summary.of(found, node.method in MOMENTS and method_of(node, policy) == "none", named)


def present(node: Node, values: Values, column: int) -> np.ndarray:
    """The values of an indicator that a scale rests on, (n,), transformed: those there are, of units that are not left out."""
    x = values.filled[:, column]
    gaps = values.states[:, column] != VALUE if values.imputed is None else np.isnan(x)
    if values.screened is not None:
        gaps = gaps | values.left_out
    x = x[~gaps] if gaps.any() else x
    return logged(x, node.code) if node.transform == "log" else x


def _stated(node: Node, reference: float | None) -> list[float]:
    """The finite numbers in a value's own units on which the indicator's scale rests."""
    needs = NEEDS.get(node.method, ())
    numbers = [getattr(node, c) for c in ("low", "high", "target") if c in needs]
    numbers += [start for start, _ in node.bands] if "bands" in needs else []
    numbers += [reference] if reference is not None else []
    return [x for x in numbers if np.isfinite(x)]


def _refers(node: Node) -> bool:
    return node.reference != "" and node.normalisation == "distance_to_reference"


def _is(unit: str, reference: str) -> bool:
    """Whether a unit is what a reference names, in some period where the pool has several."""
    return unit == reference or unit.endswith(f"·{reference}")


def _reference(node: Node, units: Mapping[str, float]) -> float | None:
    """The reference value: a number as it stands, or the value of the unit that is named, one of `units`."""
    if not _refers(node):
        return None
    if node.reference in units:
        if np.isnan(units[node.reference]):
            raise ScoringError(f"{node.code}：基准单位 {node.reference} 没有该指标的值；请换一个基准")
        return units[node.reference]
    if units:
        raise ScoringError(f"{node.code}：取界范围含多个考核期，基准单位请连同考核期写明，例如 {max(units)}")
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
