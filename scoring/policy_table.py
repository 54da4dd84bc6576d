"""The policy as the tables of policy.toml, both ways: every refusal names section, key, value and remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields

from .policy import DEFAULT_WORDS, Draws, Limits, Policy, require

_SECTIONS = {
    "scores": {"range": "range", "aggregation": "aggregation"},
    "bounds": {"pool": "pool"},
    "missing": {"rule": "missing_rule", "coverage": "coverage"},
    "screening": {"units": "screening"},
    "imputation": {"method": "imputation"},
    "treatment": {"method": "treatment", "skewness": "skewness", "kurtosis": "kurtosis", "winsorised": "winsorised"},
    "weights": {"method": "weighting", "force": "inconsistent"},
    "ledgers": {"prefer": "prefer"},
    "tiers": {"rule": "tier_rule", "labels": "tier_labels", "cuts": "tier_cuts"},
    "adjustments": {"bonus_cap": "bonus_cap", "penalty_cap": "penalty_cap"},
    "veto": {"ceiling": "veto_ceiling"},
    "balance": {"gap": "balance_gap"},
    "guidance": {"diagnosis": "diagnosis", "paths": "paths"},
}
_PARTS = {"uncertainty": ("draws", Draws), "audit": ("limits", Limits)}  # sections that are a plain type of their own
_TEXTS = {"words": "words", "facets": "facets", "pairwise": "pairwise"}


def policy_from_dict(table: Mapping) -> Policy:
    """Build a Policy from the tables of policy.toml; what is left out keeps its default. Raises PolicyError."""
    given: dict[str, object] = {}
    for section, content in table.items():
        require(section in (*_SECTIONS, *_PARTS, *_TEXTS), "表", section, "、".join([*_SECTIONS, *_PARTS, *_TEXTS]))
        require(isinstance(content, Mapping), section, content, f"一个 [{section}] 表")
        if section in _TEXTS:
            given[_TEXTS[section]] = _texts(section, content)
        elif section in _PARTS:
            name, kind = _PARTS[section]
            given[name] = kind(**_given(section, content, {f.name: f.name for f in fields(kind)}, kind()))
        else:
            given |= _given(section, content, _SECTIONS[section], Policy())
    labels = given.get("tier_labels")
    if labels and "veto_ceiling" not in given:
        given["veto_ceiling"] = labels[min(1, len(labels) - 1)]
    return Policy(**given)


def policy_to_dict(policy: Policy) -> dict[str, dict]:
    """The tables from which `policy_from_dict` builds an equal policy: every choice is stated."""
    tables = {s: {key: getattr(policy, name) for key, name in keys.items()} for s, keys in _SECTIONS.items()}
    for section, (name, kind) in _PARTS.items():
        tables[section] = {f.name: getattr(getattr(policy, name), f.name) for f in fields(kind)}
    return tables | {section: dict(getattr(policy, name)) for section, name in _TEXTS.items()}


def _given(section: str, content: Mapping, keys: Mapping[str, str], defaults: object) -> dict[str, object]:
    """Field → value in the field's type, of the keys that a section states."""
    found = {}
    for key, value in content.items():
        require(key in keys, section, key, "、".join(keys))
        found[keys[key]] = _typed(f"{section}.{key}", value, getattr(defaults, keys[key]))
    return found


def _texts(section: str, content: Mapping) -> dict[str, str]:
    """A table of key = text; words beside the defaults, and only words that a page uses."""
    for key, text in content.items():
        require(isinstance(text, str) and text != "", f"{section}.{key}", text, "文字")
        if section == "words":
            require(key in DEFAULT_WORDS, "words", key, "、".join(DEFAULT_WORDS))
    return (DEFAULT_WORDS if section == "words" else {}) | dict(content)


def _typed(key: str, value: object, default: object) -> object:
    """The value in the type of the field's default; numbers finite, lists as tuples."""
    if isinstance(default, tuple):
        require(isinstance(value, list), key, value, "方括号列表")
        return tuple(_typed(key, v, default[0]) for v in value)
    if isinstance(default, bool):
        require(isinstance(value, bool), key, value, "true 或 false")
        return value
    if isinstance(default, int):
        require(isinstance(value, int) and not isinstance(value, bool), key, value, "整数")
        return value
    if isinstance(default, float):
        good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        require(good, key, value, "数")
        return float(value)
    require(isinstance(value, str), key, value, "文字")
    return value
