"""Pairwise judgements: from a table of "how many times as important" to weights, with Saaty's check that they agree.

Source: Saaty (1980), *The Analytic Hierarchy Process*; Saaty (1990), *European Journal of Operational Research* 48, 9–26.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import numpy as np

from .errors import PolicyError

CONSISTENT = 0.1  # the greatest consistency ratio that Saaty accepts
# Mean consistency index of random tables of 1, 2, 3 … things: Saaty (1980).
_RANDOM = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
_SCALE = {Fraction(n) for n in range(1, 10)} | {Fraction(1, n) for n in range(1, 10)}


class Judgement(NamedTuple):
    """`weights` (n,), summing to 1; `ratio`: the consistency ratio, 0 for judgements that agree with each other."""

    weights: np.ndarray
    ratio: float


def judge(text: str, codes: Sequence[str], node: str) -> Judgement:
    """Weights of things compared in pairs, and their consistency ratio.

    `text`: `A/B=3; A/C=1/2; …`, each pair of `codes` once; 3 says that A is 3 times as important as B. Weights are the principal
    eigenvector; the ratio is (λ − n) / (n − 1) over that of random tables. Raises PolicyError with `node`: a pair that is
    lacking, doubled or unknown, a figure that is not on Saaty's scale, more than 15 things.
    """
    from pymcdm.weights.subjective import AHP  # slow to import

    if len(codes) > len(_RANDOM):
        raise PolicyError(f"{node}：有 {len(codes)} 个下级，两两比较至多 {len(_RANDOM)} 个；请先分组")
    table = _table(text, codes, node)
    weights = AHP(matrix=table)()
    largest = float((table @ weights / weights).mean())
    random = _RANDOM[len(codes) - 1]
    return Judgement(weights, max(0.0, (largest - len(codes)) / (len(codes) - 1) / random) if random else 0.0)


def _table(text: str, codes: Sequence[str], node: str) -> np.ndarray:
    """The reciprocal matrix of the judgements."""
    place = {c: k for k, c in enumerate(codes)}
    table, known = np.eye(len(codes)), set()
    for entry in filter(None, (part.strip() for part in text.replace("；", ";").split(";"))):
        pair, _, figure = entry.partition("=")
        first, _, second = (part.strip() for part in pair.partition("/"))
        if first not in place or second not in place or first == second:
            raise PolicyError(f"评分规则 pairwise.{node} 的 {entry!r}：要比较的须是 {node} 的两个下级（{'、'.join(codes)}），写作 A/B=3")
        if frozenset((first, second)) in known:
            raise PolicyError(f"评分规则 pairwise.{node}：{first} 与 {second} 比了两次；请删去一次")
        known.add(frozenset((first, second)))
        value = _on_scale(figure.strip(), entry, node)
        table[place[first], place[second]] = float(value)
        table[place[second], place[first]] = float(1 / value)
    if lacking := [f"{a}/{b}" for a, b in combinations(codes, 2) if frozenset((a, b)) not in known]:
        raise PolicyError(f"评分规则 pairwise.{node} 缺少 {'、'.join(lacking[:8])}；请补上每一对下级的比较")
    return table


def _on_scale(figure: str, entry: str, node: str) -> Fraction:
    try:
        value = Fraction(figure)
    except (ValueError, ZeroDivisionError):
        value = None
    if value not in _SCALE:
        raise PolicyError(f"评分规则 pairwise.{node} 的 {entry!r}：应为 1 到 9 的整数或其倒数，例如 3 或 1/3")
    return value
