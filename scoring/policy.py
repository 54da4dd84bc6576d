"""The policy: how values become scores, ranks and tiers, as data that is validated when it is built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .aggregation import Tournament, generator, parse_aggregation
from .errors import FrameworkError, PolicyError
from .framework import DEFAULT_FACETS
from .imputation import IMPUTATIONS
from .normalisation import NORMALISATIONS
from .tiers import TIER_RULES
from .treatment import TREATMENTS
from .weighting import WEIGHTINGS

MISSING_RULES = {
    "low": "按最差端点计分，并注明缺报",
    "reweight": "不计该指标，权重由同级其余指标分担",
    "none": "不估计：上级节点不计分",
}
PREFERENCES = {
    "reported": "以报送值为准；缺报、待报的格以台账推算值补上",
    "derived": "以台账推算值为准；台账推不出的格用报送值",
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
class Draws:
    """What a Monte Carlo of the assumptions varies, and how widely; the base case is always among the alternatives.

    `weights`: each weight is multiplied by 1 ± this share, evenly, and siblings are renormalised. `normalisation`, `aggregation`,
    `missing`: further methods that are drawn as readily as the one in force. `certainty`: the share of draws in which a unit must
    be ahead of another before it is called so. `base`: size of the Sobol sample.
    """

    number: int = 10000
    seed: int = 1
    weights: float = 0.25
    normalisation: tuple[str, ...] = ("min_max",)
    aggregation: tuple[str, ...] = ("geometric",)
    missing: tuple[str, ...] = ("reweight",)
    leave_one_out: bool = True
    measurement_error: bool = True
    certainty: float = 0.9
    base: int = 256

    def __post_init__(self):
        power = self.base >= 2 and self.base & (self.base - 1) == 0
        require(self.number >= 1, "uncertainty.number", self.number, "不小于 1 的整数")
        require(self.seed >= 0, "uncertainty.seed", self.seed, "不小于 0 的整数")
        require(0 <= self.weights < 1, "uncertainty.weights", self.weights, "0 到 1 之间的数，小于 1（0 表示权重不变）")
        require(0.5 < self.certainty <= 1, "uncertainty.certainty", self.certainty, "大于 0.5、不大于 1 的数")
        require(power, "uncertainty.base", self.base, "2 的整数次幂，例如 256")
        _check_names("uncertainty.normalisation", self.normalisation, NORMALISATIONS)
        _check_names("uncertainty.missing", self.missing, (*MISSING_RULES, *(m for m in IMPUTATIONS if m != "none")))
        for text in self.aggregation:
            try:
                other = isinstance(generator(text), Tournament)
            except FrameworkError as error:
                raise PolicyError(f"评分规则 uncertainty.aggregation{error}") from None
            remedy = "得分在同一区间内的合成方法，例如 geometric；只比高低的方法须写进指标体系或 scores.aggregation"
            require(not other, "uncertainty.aggregation", text, remedy)


def _check_names(key: str, names: tuple[str, ...], known: Iterable[str]) -> None:
    for name in names:
        require(name in known, key, name, "、".join(known))


@dataclass(frozen=True)
class Limits:
    """Thresholds of the audit. Sources beside the checks in `audit`."""

    coverage: float = 0.65
    same_value: float = 0.5
    redundant: float = 0.9
    conflict: float = -0.4
    weak_link: float = 0.3
    alpha: float = 0.7
    weight_low: float = 0.5
    weight_high: float = 2.0
    size: float = 0.6


@dataclass(frozen=True)
class Policy:
    """All choices that are not in the framework. Labels run from the best tier to the last. Raises PolicyError when built badly.

    `tier_cuts`: for `share` cumulative shares from the top (0.3, 0.8 = best 30 %, next 50 %, rest); for `thresholds` the lowest
    index of each tier but the last, falling; for `natural_breaks` not used. `coverage` is compared with half a unit in its fourth
    decimal to spare, so that 0.6667 means two thirds. `prefer`: which is scored where a cell has both a reported value and one
    derived from a ledger. `diagnosis` and `paths`: the facets by whose groups guidance says where points are lost, and which way
    a piece of advice goes; "" for none.
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
    screening: float = 0.0
    imputation: str = "none"
    treatment: str = "none"
    skewness: float = 2.0
    kurtosis: float = 3.5
    winsorised: int = 5
    weighting: str = "given"
    pairwise: Mapping[str, str] = field(default_factory=dict)
    inconsistent: bool = False
    prefer: str = "reported"
    diagnosis: str = ""
    paths: str = ""
    draws: Draws = field(default_factory=Draws)
    limits: Limits = field(default_factory=Limits)
    words: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_WORDS))
    facets: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        two = len(self.range) == 2
        base = self.pool.startswith("base:") and len(self.pool) > 5
        labels, tiers = self.tier_labels, "、".join(self.tier_labels)
        distinct = len(set(labels)) == len(labels) >= 2 and all(labels)
        require(two and self.range[0] < self.range[1], "scores.range", self.range, "两个数，前小后大，例如 [0, 100]")
        require(base or self.pool in ("period", "all"), "bounds.pool", self.pool, "period、all 或 base:考核期")
        require(self.missing_rule in MISSING_RULES, "missing.rule", self.missing_rule, "、".join(MISSING_RULES))
        require(0 <= self.coverage <= 1, "missing.coverage", self.coverage, "0 到 1 之间的数（0 表示不设门槛）")
        _check_preparation(self)
        require(self.prefer in PREFERENCES, "ledgers.prefer", self.prefer, "、".join(PREFERENCES))
        _check_guidance(self)
        require(self.weighting in WEIGHTINGS, "weights.method", self.weighting, "、".join(WEIGHTINGS))
        require(self.tier_rule in TIER_RULES, "tiers.rule", self.tier_rule, "、".join(TIER_RULES))
        require(distinct, "tiers.labels", labels, "至少两个互不相同的名称，由优到后")
        require(self.veto_ceiling in labels, "veto.ceiling", self.veto_ceiling, f"梯队之一：{tiers}")
        caps = {
            "adjustments.bonus_cap": self.bonus_cap,
            "adjustments.penalty_cap": self.penalty_cap,
            "balance.gap": self.balance_gap,
        }
        for key, value in caps.items():
            require(value >= 0, key, value, "不小于 0 的数")
        TIER_RULES[self.tier_rule](None, self)  # without scores a rule only checks its cuts
        try:
            parse_aggregation(self.aggregation)
        except FrameworkError as error:
            raise PolicyError(f"评分规则 scores.aggregation{error}") from None


def _check_preparation(policy: Policy) -> None:
    require(0 <= policy.screening <= 1, "screening.units", policy.screening, "0 到 1 之间的数（0 表示不筛选）")
    require(policy.imputation in IMPUTATIONS, "imputation.method", policy.imputation, "、".join(IMPUTATIONS))
    require(policy.treatment in TREATMENTS, "treatment.method", policy.treatment, "、".join(TREATMENTS))
    require(policy.skewness > 0, "treatment.skewness", policy.skewness, "大于 0 的数，通常为 2")
    require(policy.kurtosis > 0, "treatment.kurtosis", policy.kurtosis, "大于 0 的数，通常为 3.5")
    require(policy.winsorised >= 0, "treatment.winsorised", policy.winsorised, "不小于 0 的整数，通常为 5（0 表示不缩尾）")


def _check_guidance(policy: Policy) -> None:
    columns = tuple(policy.facets) or DEFAULT_FACETS
    for key, facet in (("guidance.diagnosis", policy.diagnosis), ("guidance.paths", policy.paths)):
        require(facet in ("", *columns), key, facet, f"[facets] 中的一列：{'、'.join(columns)}；不用请留空")


def require(good: bool, key: str, value: object, remedy: str) -> None:
    """Raise PolicyError with key, value and remedy unless it is good."""
    if not good:
        raise PolicyError(f"评分规则 {key} 为 {value!r}；应为：{remedy}")
