"""What cannot be fitted from summaries of blocks: what reads a whole column, and what must see every unit at once."""

from __future__ import annotations

from . import imputation, treatment, weighting
from .framework import Framework, Node
from .policy import Policy
from .tree import compares

BY_COLUMN = ("rank", "percentile_rank", "borda")  # normalisations that need every value, not only ends and sums
BY_WHOLE = ("natural_breaks",)  # tier rules that weigh all indices against each other


def by_column(framework: Framework, policy: Policy) -> tuple[Node, ...]:
    """The indicators whose scales are fitted on all their values: one column at a time."""
    return tuple(n for n in framework.indicators if n.method in BY_COLUMN or treatment.method_of(n, policy) != "none")


def whole_needed(framework: Framework, policy: Policy) -> tuple[str, ...]:
    """What must see all units at once, each in Chinese with the name of its node; nothing where blocks are enough."""
    found = [f"{n.code} 的合成方法 {n.aggregation or policy.aggregation}（全部单位两两相比）" for n in compares(framework, policy)]
    found += [
        f"{n.code} 的权重方法 {name}（由全部单位的得分求权重）"
        for n in framework.inner
        if (name := weighting.method_of(n, policy)) in weighting.FROM_DATA and len(framework.children(n.code)) > 1
    ]
    found += [
        f"{n.code} 的插补方法 {name}（要看到全部单位各期的值）"
        for n in framework.indicators
        if (name := imputation.method_of(n, policy)) != "none"
    ]
    return (*found, *(f"梯队规则 {policy.tier_rule}（全部指数一并求断点）" for _ in range(policy.tier_rule in BY_WHOLE)))
