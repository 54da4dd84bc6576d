"""Tiers of units: cut by the policy's rule, held down by a veto, and the gate into the next better one.

A rule is `rule(index, policy) → places`, 0 for the best tier and −1 for NaN, units along the last axis and each leading row by
itself; with no index it only checks the policy's cuts.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import TYPE_CHECKING

import jenkspy
import numpy as np
import pandas as pd

from .breaks import fisher_jenks
from .errors import PolicyError
from .ranking import rank, settled
from .registry import Method, registrar

if TYPE_CHECKING:
    from .policy import Policy

TIER_RULES: dict[str, Method] = {}
_register = registrar(TIER_RULES)


def _check(good: bool, policy: Policy, remedy: str) -> None:
    if not good:
        found = f"{list(policy.tier_cuts)}，与 {policy.tier_rule} 和 {len(policy.tier_labels)} 个梯队不符"
        raise PolicyError(f"评分规则 tiers.cuts 为 {found}；应为：{remedy}")


@_register("share", "按比例", "按名次从高到低取固定比例；并列归入较好的梯队。")
def share(index: np.ndarray | None, policy: Policy) -> np.ndarray:
    """Place k holds the units whose (best) rank is ≤ cut k × number of ranked units. Ties share a rank and go up together."""
    cuts = np.array(policy.tier_cuts)
    good = len(cuts) == len(policy.tier_labels) - 1 and (np.diff(cuts) > 0).all() and (cuts > 0).all() and (cuts < 1).all()
    _check(bool(good), policy, "由小到大的累计比例，比梯队少一个，例如 [0.3, 0.8]")
    if index is None:
        return np.array([], int)
    ranks = rank(index)
    return by_rank(ranks, np.count_nonzero(~np.isnan(ranks), axis=-1, keepdims=True), policy)


def by_rank(ranks: np.ndarray, ranked: int | np.ndarray, policy: Policy) -> np.ndarray:
    """Places by `share` of units whose ranks among so many are known."""
    # A hair above the cut, so that 0.3 × 110 = 33 is 33 in binary too.
    return np.where(np.isnan(ranks), -1, sum((ranks > cut * ranked + 1e-9).astype(int) for cut in policy.tier_cuts))


@_register("thresholds", "按分数线", "指数达到分数线即进入该梯队。")
def thresholds(index: np.ndarray | None, policy: Policy) -> np.ndarray:
    """Place k holds the units whose index is ≥ cut k (cuts fall)."""
    cuts = np.array(policy.tier_cuts)
    good = len(cuts) == len(policy.tier_labels) - 1 and (np.diff(cuts) < 0).all()
    _check(bool(good), policy, "由高到低的分数线，比梯队少一个，例如 [85, 70]")
    if index is None:
        return np.array([], int)
    scores = settled(index)
    return np.where(np.isnan(scores), -1, sum((scores < cut).astype(int) for cut in settled(cuts)))


@_register("natural_breaks", "自然断点", "按数据自身的疏密断开（Fisher–Jenks），使组内差异最小。")
def natural_breaks(index: np.ndarray | None, policy: Policy) -> np.ndarray:
    """Fisher–Jenks classes of the present scores (Fisher 1958; jenkspy); with fewer distinct scores than tiers, one a score."""
    if index is None:
        return np.array([], int)
    index = settled(index)
    if index.ndim > 1:  # of equally good breaks the two ways may take different ones, so that one row stays with jenkspy
        rows = index.reshape(prod(index.shape[:-1]), index.shape[-1])
        return fisher_jenks(rows, len(policy.tier_labels)).reshape(index.shape)
    present = index[~np.isnan(index)]
    distinct, n = np.unique(present), len(policy.tier_labels)
    # Each break closes a class from above.
    breaks = distinct[:-1] if len(distinct) <= n else np.array(jenkspy.jenks_breaks(present, n_classes=n)[1:-1])
    return np.where(np.isnan(index), -1, np.sum(index[:, None] <= breaks, axis=1))


def assign(index: pd.Series, policy: Policy) -> pd.Series:
    """Tier label a unit by the policy's rule; "" without a score."""
    places = TIER_RULES[policy.tier_rule](index.to_numpy(float), policy)
    return pd.Series(labelled(places, policy), index=index.index, dtype=object)


def labelled(places: np.ndarray, policy: Policy) -> np.ndarray:
    """Tier labels of places; "" for −1."""
    return np.array([*policy.tier_labels, ""], dtype=object)[places]


def override(tiers: pd.Series, vetoed: Iterable[str], policy: Policy) -> pd.Series:
    """Tiers with vetoed units held at the policy's ceiling or below. Units without a tier keep none."""
    place = {label: k for k, label in enumerate(policy.tier_labels)}
    held = tiers.copy()
    for unit in set(vetoed) & set(tiers.index):
        if held[unit] and place[held[unit]] < place[policy.veto_ceiling]:
            held[unit] = policy.veto_ceiling
    return held


def gate(index: pd.Series, tiers: pd.Series, label: str, policy: Policy) -> tuple[float, str]:
    """(score, unit) at which a tier begins: its lowest index by rule, or the stated threshold; the unit is the lowest in it.

    `tiers` are those by rule, before any veto. (NaN, "") for a tier that no unit holds and no threshold states.
    """
    members = index[tiers == label]
    unit = str(members.idxmin()) if len(members) else ""
    if policy.tier_rule == "thresholds" and label != policy.tier_labels[-1]:
        return policy.tier_cuts[policy.tier_labels.index(label)], unit
    return (float(members.min()) if unit else float("nan")), unit
