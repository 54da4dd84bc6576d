"""Weighting: where the children of a node get their weights from. A method is `method(family) → weights (k,)`.

Methods that look at data see the children's scores in the population, worked out bottom-up: of an inner child its aggregated
score, under the weights that its own children were given. Only units with a score on every child count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .aggregation import Tournament, generator, mean
from .errors import PolicyError, ScoringError
from .framework import Framework, Node
from .pairwise import CONSISTENT, Judgement, judge
from .registry import Method, registrar

if TYPE_CHECKING:
    from .policy import Policy

WEIGHTINGS: dict[str, Method] = {}
FROM_DATA = ("entropy", "critic", "standard_deviation", "pca", "tuned")
_register = registrar(WEIGHTINGS)
_FEWEST = 3  # units on which weights from data may rest
_CURVED, _BENT = 10, 30  # units from which a child may explain its parent by a curve, and by one that bends twice
_NEAR = 0.005  # how near an effective weight must come to the stated one: half a percentage point
_STEPS, _STEEPEST = 30, 7.0  # of the search for tuned weights, which lie within e⁷, a thousandfold, of the stated ones
_DECIMALS = 9  # of a weight from data or judgement; what follows differs between machines


@dataclass(frozen=True)
class Family:
    """A node, its children, the policy, and the children's scores (n_units, k) over the units that have them all."""

    node: Node
    children: tuple[Node, ...]
    policy: Policy
    scores: np.ndarray

    @property
    def stated(self) -> np.ndarray:
        """The children's weights in the framework, as shares, (k,)."""
        weights = np.array([c.weight for c in self.children])
        return weights / weights.sum()


def method_of(node: Node, policy: Policy) -> str:
    """The weighting of an inner node: what the framework names, else the policy's."""
    return node.weighting or policy.weighting


def resolve(framework: Framework, policy: Policy, score: Callable[[Framework], np.ndarray]) -> Framework:
    """The framework with the weights that its methods give, summing to 1 in a node; the very framework where all are given.

    `score`: scores of the population under a framework, (n_units, n_nodes). An only child keeps its weight. Raises ScoringError:
    fewer than 3 complete units, a child without spread, weights that are not all positive, and what the methods refuse.
    """
    for code in policy.pairwise:
        if code not in framework or framework.is_indicator(code):
            raise PolicyError(f"评分规则 pairwise 中的 {code!r} 不是指标体系的上级节点；请改正代码，或删去该行")
    asked = [n for n in framework.inner if method_of(n, policy) != "given" and len(framework.children(n.code)) > 1]
    for depth in sorted({framework.depth(n.code) for n in asked}, reverse=True):
        level = [n for n in asked if framework.depth(n.code) == depth]
        looks = any(method_of(n, policy) in FROM_DATA for n in level)
        scores = score(framework) if looks else np.empty((0, len(framework.nodes)))
        weights = {}
        for node in level:
            kids = framework.children(node.code)
            block = scores[:, [framework.codes.index(k.code) for k in kids]]
            family = Family(node, kids, policy, block[~np.isnan(block).any(axis=1)])
            weights |= dict(zip((k.code for k in kids), _weigh(family), strict=True))
        framework = Framework(tuple(replace(n, weight=weights.get(n.code, n.weight)) for n in framework.nodes))
    return framework


def _weigh(family: Family) -> list[float]:
    name, code = method_of(family.node, family.policy), family.node.code
    if name not in WEIGHTINGS:
        raise ScoringError(f"{code}：没有权重方法 {name!r}；可用：{'、'.join(WEIGHTINGS)}")
    if name in FROM_DATA:
        if len(family.scores) < _FEWEST:
            raise ScoringError(
                f"{code}：只有 {len(family.scores)} 个单位的下级全部有得分，权重方法 {name} 至少需要 {_FEWEST} 个；请改用 given 或 equal"
            )
        for child, column in zip(family.children, family.scores.T, strict=True):
            if np.ptp(column) <= 1e-9 * np.abs(column).max():
                raise ScoringError(
                    f"{code}：下级 {child.code} 的得分都是 {column[0]:g}，{name} 会给它权重 0；请移出该项，或改用 given、equal、ahp"
                )
    weights = np.round(WEIGHTINGS[name](family), _DECIMALS)
    for child, weight in zip(family.children, weights, strict=True):
        if not weight > 0:
            raise ScoringError(f"{code}：{name} 给下级 {child.code} 的权重是 {weight:g}，须为正数；请核对其方向，或改用 given、equal")
    return weights.tolist()


@_register("given", "给定权重", "用指标体系中填写的权重。")
def given(family: Family) -> np.ndarray:
    """The weights that the framework states. Source: OECD/JRC handbook (2008), section 6."""
    return family.stated


@_register("equal", "等权", "同级各项权重相等，不看填写的权重。")
def equal(family: Family) -> np.ndarray:
    """1 / k. Source: OECD/JRC handbook (2008), section 6."""
    return np.full(len(family.children), 1 / len(family.children))


@_register("entropy", "熵权法", "得分在各单位间越不均匀，熵越小，权重越大；只用于非负得分。")
def entropy(family: Family) -> np.ndarray:
    """(1 − eⱼ) / Σ (1 − e), eⱼ = −Σ p ln p / ln n with p = s / Σ s and 0 ln 0 = 0. Source: Zeleny (1982), ch. 7; Shannon (1948)."""
    from scipy.stats import entropy as shannon  # slow to import, and few frameworks ask for it

    low = family.scores.min(axis=0)
    for child, least in zip(family.children, low, strict=True):
        if least < 0:
            raise ScoringError(f"{family.node.code}：下级 {child.code} 有负的得分 {least:g}，熵权法只用于非负数；请改用 critic")
    spread = 1 - shannon(family.scores, axis=0) / np.log(len(family.scores))
    return spread / spread.sum()


@_register("critic", "CRITIC 法", "离散程度大、与同级其余各项相关低的，权重大。")
def critic(family: Family) -> np.ndarray:
    """cⱼ / Σ c, cⱼ = σⱼ Σₖ (1 − rⱼₖ), σ of the scores on 0 to 1. Source: Diakoulaki, Mavrotas & Papayannakis (1995), C&OR 22."""
    from pymcdm.weights import critic_weights  # slow to import

    if (np.corrcoef(family.scores.T) > 1 - 1e-9).all():
        raise ScoringError(f"{family.node.code}：各下级完全相关，CRITIC 法分不出权重；请改用 equal，或合并这些下级")
    return critic_weights(family.scores)


@_register("standard_deviation", "标准差法", "得分的标准差越大，权重越大。")
def standard_deviation(family: Family) -> np.ndarray:
    """σⱼ / Σ σ of the scores, n − 1. Source: Diakoulaki, Mavrotas & Papayannakis (1995), *Computers & OR* 22, 763–770."""
    from pymcdm.weights import standard_deviation_weights  # slow to import

    return standard_deviation_weights(family.scores)


@_register("pca", "第一主成分", "权重与第一主成分的载荷成比例：使合成结果保留各项最多的共同差异。")
def pca(family: Family) -> np.ndarray:
    """Loadings of the first principal component of the correlation matrix, as shares. Source: COINr get_PCA; handbook, section 6.

    A negative loading is refused: a child that runs against the rest cannot be mended by a weight.
    """
    _, vectors = np.linalg.eigh(np.corrcoef(family.scores.T))
    loadings = vectors[:, -1] * (1 if vectors[:, -1].sum() > 0 else -1)
    for child, loading in zip(family.children, loadings, strict=True):
        if not loading > 0:
            raise ScoringError(
                f"{family.node.code}：下级 {child.code} 在第一主成分中的载荷为 {loading:.3f}，与其余各项反向；请核对其方向，或改用 given、critic"
            )
    return loadings / loadings.sum()


@_register("ahp", "层次分析法", "由下级的两两比较求权重；前后矛盾（一致性比率超过 0.1）时拒绝，除非评分规则写明接受。")
def ahp(family: Family) -> np.ndarray:
    """Principal eigenvector of the judgements in pairs. Source: Saaty (1980); consistency: `pairwise`."""
    found = judgement(family.node, family.children, family.policy)
    if found.ratio > CONSISTENT and not family.policy.inconsistent:
        raise ScoringError(
            f"{family.node.code}：两两比较的一致性比率为 {found.ratio:.3f}，超过 {CONSISTENT:g}；请修正 pairwise.{family.node.code}，"
            "或写明 weights.force = true"
        )
    return found.weights


def judgement(node: Node, children: tuple[Node, ...], policy: Policy) -> Judgement:
    """Weights and consistency ratio of a node's judgements in pairs. Raises PolicyError where the policy has none, or bad ones."""
    if not (text := policy.pairwise.get(node.code, "")):
        example = "; ".join(f"{children[0].code}/{c.code}=1" for c in children[1:3])
        raise PolicyError(f"{node.code}：权重方法 ahp 需要两两比较；请在 [pairwise] 中写 {node.code} = \"{example}; …\"，或改用 given")
    return judge(text, [c.code for c in children], node.code)


@_register("tuned", "有效权重校准", "调整权重，使各项对总分的实际影响之比等于填写的权重之比。")
def tuned(family: Family) -> np.ndarray:
    """Weights under which `effective_shares` are the stated shares, by least squares on their logarithms.

    Raises ScoringError with the figures where no weights come within half a percentage point, as where children are strongly
    correlated or run against each other. Source: Paruolo et al. (2013); Becker et al. (2017); COINr get_opt_weights.
    """
    from scipy.optimize import least_squares  # slow to import

    gen = generator(family.node.aggregation or family.policy.aggregation, family.node.code)
    if isinstance(gen, Tournament):
        raise ScoringError(f"{family.node.code}：copeland 只看高低，有效权重无法校准；请改用 given，或换合成方法")
    columns, stated = list(family.scores.T), family.stated

    def weights(bend: np.ndarray) -> np.ndarray:
        bent = stated * np.exp(bend - bend[0])
        return bent / bent.sum()

    def miss(bend: np.ndarray) -> np.ndarray:
        shares = effective_shares(family.scores, mean(columns, list(weights(bend)), gen, family.node.code))
        return np.nan_to_num(shares) - stated

    start = best = np.zeros(len(stated))
    for _ in range(_STEPS):  # a child without any effect gives no slope to go by: more weight to those with too little, first
        start = np.clip(start - 0.5 * np.log(np.maximum(1 + miss(start) / stated, 0.1)), -_STEEPEST / 2, _STEEPEST / 2)
        best = min(best, start, key=lambda bend: float(np.abs(miss(bend)).max()))
    found = least_squares(miss, best, bounds=(-_STEEPEST, _STEEPEST), xtol=1e-12, ftol=1e-12, gtol=1e-12)
    if (off := np.abs(found.fun)).max() > _NEAR:
        k = int(off.argmax())
        raise ScoringError(
            f"{family.node.code}：有效权重校准不成：下级 {family.children[k].code} 填写 {stated[k]:.1%}，"
            f"最接近只能到 {stated[k] + found.fun[k]:.1%}；各下级相关太强，请改用 given，或调整所填权重"
        )
    return weights(found.x)


def effective_shares(children: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Effective weight of each child in its parent, (n_units, k) and (n_units,) → (k,), not negative, summing to 1.

    A child's importance is its correlation ratio Sᵢ = Var(E[parent | child i]) / Var(parent), the share of the parent's variance
    that goes when the child is known; shares are Sᵢ / Σ S, to be compared with wᵢ / Σ w. E[parent | child] is a line, from 10 units
    on a parabola, from 30 a cubic, fitted by least squares, and Sᵢ its R² adjusted for the degrees of freedom, 0 at least. Child by
    child over the units where both have a score; 0 for a child that does not vary. All NaN where no child explains anything: a
    parent that does not vary, fewer than 3 units.

    Source: Paruolo, Saisana & Saltelli (2013), *JRSS A* 176(3), 609–634; Becker et al. (2017), *Ecological Indicators* 80, 12–22.
    """
    ratios = np.array([_correlation_ratio(child, parent) for child in children.T])
    total = ratios.sum()
    return ratios / total if total > 0 else np.full(len(ratios), np.nan)


def _correlation_ratio(x: np.ndarray, y: np.ndarray) -> float:
    both = ~(np.isnan(x) | np.isnan(y))
    x, y, n = x[both], y[both], int(both.sum())
    degree = min(1 + (n >= _CURVED) + (n >= _BENT), len(np.unique(x)) - 1, n - 2)
    if degree < 1 or np.ptp(y) <= 1e-9 * np.abs(y).max():
        return 0.0
    basis, _ = np.linalg.qr(np.vander((x - x.mean()) / x.std(), degree + 1, increasing=True))
    apart = y - y.mean()
    explained = float(((basis[:, 1:].T @ apart) ** 2).sum() / (apart @ apart))
    return max(0.0, 1 - (1 - explained) * (n - 1) / (n - degree - 1))
