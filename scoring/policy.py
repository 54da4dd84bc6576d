"""The policy: how values become scores, ranks and tiers, as data that is validated when it is built."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from .aggregation import parse_aggregation
from .errors import FrameworkError, PolicyError
from .tiers import TIER_RULES

MISSING_RULES = {
    "low": "按最差端点计分，并注明缺报",
    "reweight": "不计该指标，权重由同级其余指标分担",
    "none": "不估计：上级节点不计分",
}
DEFAULT_WORDS = {
    "unit": "单位",
    "sector": "片组",
    "period": "考核期",
    "dimension": "维度",
    "index": "指数",
    "size": "规模",
}


@dataclass(frozen=True)
class Policy:
    """All choices that are not in the framework. Labels run from the best tier to the last. Raises PolicyError when built badly.

    `tier_cuts`: for `share` cumulative shares from the top (0.3, 0.8 = best 30 %, next 50 %, rest); for `thresholds` the lowest
    index of each tier but the last, falling; for `natural_breaks` not used. `coverage` is compared with half a unit in its fourth
    decimal to spare, so that 0.6667 means two thirds.
    """

    range: tuple[float, float] = (0.0, 100.0)
    aggregation: str = "arithmetic"
    pool: str = "period"
    missing_rule: str = "low"
    coverage: float = 0.6667
    tier_rule: str = "share"
    tier_labels: tuple[str, ...] = ("领跑型", "争先型", "追赶型")
    tier_cuts: tuple[float, ...] = (0.3, 0.8)
    bonus_cap: float = 5.0
    penalty_cap: float = 10.0
    veto_ceiling: str = "争先型"
    balance_gap: float = 10.0
    words: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_WORDS))
    facets: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        two = len(self.range) == 2
        base = self.pool.startswith("base:") and len(self.pool) > 5
        labels, tiers = self.tier_labels, "、".join(self.tier_labels)
        distinct = len(set(labels)) == len(labels) >= 2 and all(labels)
        _require(two and self.range[0] < self.range[1], "scores.range", self.range, "两个数，前小后大，例如 [0, 100]")
        _require(base or self.pool in ("period", "all"), "bounds.pool", self.pool, "period、all 或 base:考核期")
        _require(self.missing_rule in MISSING_RULES, "missing.rule", self.missing_rule, "、".join(MISSING_RULES))
        _require(0 <= self.coverage <= 1, "missing.coverage", self.coverage, "0 到 1 之间的数（0 表示不设门槛）")
        _require(self.tier_rule in TIER_RULES, "tiers.rule", self.tier_rule, "、".join(TIER_RULES))
        _require(distinct, "tiers.labels", labels, "至少两个互不相同的名称，由优到后")
        _require(self.veto_ceiling in labels, "veto.ceiling", self.veto_ceiling, f"梯队之一：{tiers}")
        caps = {
            "adjustments.bonus_cap": self.bonus_cap,
            "adjustments.penalty_cap": self.penalty_cap,
            "balance.gap": self.balance_gap,
        }
        for key, value in caps.items():
            _require(value >= 0, key, value, "不小于 0 的数")
        TIER_RULES[self.tier_rule](None, self)  # without scores a rule only checks its cuts
        try:
            parse_aggregation(self.aggregation)
        except FrameworkError as error:
            raise PolicyError(f"评分规则 scores.aggregation{error}") from None


def _require(good: bool, key: str, value: object, remedy: str) -> None:
    if not good:
        raise PolicyError(f"评分规则 {key} 为 {value!r}；应为：{remedy}")


_SECTIONS = {
    "scores": {"range": "range", "aggregation": "aggregation"},
    "bounds": {"pool": "pool"},
    "missing": {"rule": "missing_rule", "coverage": "coverage"},
    "tiers": {"rule": "tier_rule", "labels": "tier_labels", "cuts": "tier_cuts"},
    "adjustments": {"bonus_cap": "bonus_cap", "penalty_cap": "penalty_cap"},
    "veto": {"ceiling": "veto_ceiling"},
    "balance": {"gap": "balance_gap"},
}
_TEXTS = ("words", "facets")
_TYPES = {f.name: f.default for f in fields(Policy)}


def policy_from_dict(table: Mapping) -> Policy:
    """Build a Policy from the tables of policy.toml; what is left out keeps its default. Raises PolicyError."""
    given: dict[str, object] = {}
    for section, content in table.items():
        _require(section in (*_SECTIONS, *_TEXTS), "表", section, "、".join([*_SECTIONS, *_TEXTS]))
        _require(isinstance(content, Mapping), section, content, f"一个 [{section}] 表")
        if section in _TEXTS:
            given[section] = _texts(section, content)
            continue
        for key, value in content.items():
            _require(key in _SECTIONS[section], section, key, "、".join(_SECTIONS[section]))
            name = _SECTIONS[section][key]
            given[name] = _typed(f"{section}.{key}", value, _TYPES[name])
    labels = given.get("tier_labels")
    if labels and "veto_ceiling" not in given:
        given["veto_ceiling"] = labels[min(1, len(labels) - 1)]
    return Policy(**given)


def _texts(section: str, content: Mapping) -> dict[str, str]:
    """A table of key = text; words beside the defaults, and only words that a page uses."""
    for key, text in content.items():
        _require(isinstance(text, str) and text != "", f"{section}.{key}", text, "文字")
        if section == "words":
            _require(key in DEFAULT_WORDS, "words", key, "、".join(DEFAULT_WORDS))
    return (DEFAULT_WORDS if section == "words" else {}) | dict(content)


def _typed(key: str, value: object, default: object) -> object:
    """The value in the type of the field's default; numbers finite, lists as tuples."""
    if isinstance(default, tuple):
        _require(isinstance(value, list), key, value, "方括号列表")
        inner = default[0]
        return tuple(_typed(key, v, inner) for v in value)
    if isinstance(default, float):
        good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        _require(good, key, value, "数")
        return float(value)
    _require(isinstance(value, str), key, value, "文字")
    return value
