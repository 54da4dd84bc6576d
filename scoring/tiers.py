"""Tiers of units: assigned by the policy's rule, held down by a veto, and the gate into the next better one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .policy import Policy
from .tier_rules import TIER_RULES


def assign(index: pd.Series, policy: Policy) -> pd.Series:
    """Tier label a unit by the policy's rule; "" without a score."""
    places = TIER_RULES[policy.tier_rule](index.to_numpy(float), policy)
    labels = np.array([*policy.tier_labels, ""], dtype=object)
    return pd.Series(labels[places], index=index.index, dtype=object)


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
