"""The framework: a tree of any depth whose leaves are indicators, as data that is validated when it is built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from .errors import FrameworkError

DEFAULT_FACETS = ("requirement", "model", "dilemma", "path")


@dataclass(frozen=True)
class Node:
    """One row of the framework. Numbers that were left out are None, texts are ""; `facets` maps column → group.

    `weighting` (inner nodes) says where the children's weights come from; `imputation` and `treatment` (indicators) what happens
    to gaps and outliers; all three "" for the policy's. `denominator`: the column by which values are divided; goalposts, target,
    bands and error are then the quotient's, `unit` stays the reported value's. `error`: the standard error of a value, in its own
    units.
    """

    code: str
    parent: str
    name: str
    unit: str = ""
    direction: int = 1
    weight: float = 1.0
    low: float | None = None
    high: float | None = None
    normalisation: str = ""
    aggregation: str = ""
    transform: str = "none"
    source: str = ""
    target: float | None = None
    reference: str = ""
    bands: tuple[tuple[float, float], ...] = ()
    denominator: str = ""
    imputation: str = ""
    treatment: str = ""
    weighting: str = ""
    error: float | None = None
    facets: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The normalisation of an indicator: what the framework names, else its goalposts."""
        return self.normalisation or "goalposts"


@dataclass(frozen=True)
class Framework:
    """A validated tree. `nodes` are in file order; order of siblings is the order on every page.

    Raises FrameworkError when built from nodes with doubled codes, orphans, cycles, no or several roots, or a bad weight.
    """

    nodes: tuple[Node, ...]

    def __post_init__(self):
        _check_tree(self.nodes)

    @cached_property
    def _by_code(self) -> dict[str, Node]:
        return {n.code: n for n in self.nodes}

    @cached_property
    def _children(self) -> dict[str, tuple[Node, ...]]:
        found: dict[str, list[Node]] = {n.code: [] for n in self.nodes}
        for n in self.nodes:
            if n.parent:
                found[n.parent].append(n)
        return {code: tuple(children) for code, children in found.items()}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """All codes, in file order."""
        return tuple(n.code for n in self.nodes)

    @cached_property
    def root(self) -> Node:
        """The index itself."""
        return next(n for n in self.nodes if not n.parent)

    @cached_property
    def indicators(self) -> tuple[Node, ...]:
        """The leaves, in file order."""
        return tuple(n for n in self.nodes if not self._children[n.code])

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of values that the framework needs: its indicators, then the denominators that are none of them."""
        own = [n.code for n in self.indicators]
        return tuple(dict.fromkeys([*own, *(n.denominator for n in self.indicators if n.denominator)]))

    @cached_property
    def inner(self) -> tuple[Node, ...]:
        """Inner nodes, each before its children (the root first)."""
        found, queue = [], [self.root]
        while queue:
            node = queue.pop(0)
            if self._children[node.code]:
                found.append(node)
                queue.extend(self._children[node.code])
        return tuple(found)

    @cached_property
    def dimensions(self) -> tuple[Node, ...]:
        """The topmost nodes below the root that have an indicator as a child (or are one): they cover every indicator."""
        found = []

        def walk(node):
            for child in self._children[node.code]:
                grandchildren = self._children[child.code]
                if not grandchildren or any(not self._children[g.code] for g in grandchildren):
                    found.append(child)
                else:
                    walk(child)

        walk(self.root)
        return tuple(found)

    @cached_property
    def facets(self) -> tuple[str, ...]:
        """Facet columns in which at least one indicator has a group."""
        columns = dict.fromkeys(c for n in self.indicators for c in n.facets)
        return tuple(c for c in columns if any(n.facets.get(c) for n in self.indicators))

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def node(self, code: str) -> Node:
        """The node with this code. Raises FrameworkError for an unknown code."""
        try:
            return self._by_code[code]
        except KeyError:
            raise FrameworkError(f"指标体系中没有代码 {code!r}；已有：{'、'.join(self.codes[:8])}……") from None

    def children(self, code: str) -> tuple[Node, ...]:
        """Children of a node, in file order; empty for an indicator."""
        return self._children[self.node(code).code]

    def is_indicator(self, code: str) -> bool:
        """Whether the node is a leaf."""
        return not self.children(code)

    def leaves(self, code: str) -> tuple[Node, ...]:
        """Indicators under a node (the node itself for an indicator)."""
        if not self.children(code):
            return (self.node(code),)
        return tuple(leaf for child in self.children(code) for leaf in self.leaves(child.code))

    def path(self, code: str) -> tuple[Node, ...]:
        """The nodes from the root down to this one."""
        node, found = self.node(code), []
        while True:
            found.append(node)
            if not node.parent:
                return tuple(reversed(found))
            node = self._by_code[node.parent]

    def depth(self, code: str) -> int:
        """Number of steps below the root (root: 0)."""
        return len(self.path(code)) - 1

    def dimension_of(self, code: str) -> Node | None:
        """The dimension that a node lies in; None for a node above the dimensions."""
        own = {d.code for d in self.dimensions}
        return next((n for n in self.path(code) if n.code in own), None)

    def effective_weight(self, code: str) -> float:
        """Share of a node in the root when every cell has a value: the product of its path's normalised weights."""
        share = 1.0
        for node in self.path(code)[1:]:
            share *= node.weight / sum(s.weight for s in self._children[node.parent])
        return share

    def groups(self, facet: str) -> tuple[str, ...]:
        """Groups of a facet, in order of first appearance."""
        return tuple(dict.fromkeys(g for n in self.indicators if (g := n.facets.get(facet))))

    def facet_tree(self, facet: str) -> Framework:
        """The same indicators under the facet's groups, each with the weight it has in the index. Group codes: `facet:group`."""
        if facet not in self.facets:
            raise FrameworkError(f"指标体系没有分面列 {facet!r}；已有：{'、'.join(self.facets) or '无'}")
        mine = [n for n in self.indicators if n.facets.get(facet)]
        weight = {n.code: self.effective_weight(n.code) for n in mine}
        groups = [
            Node(f"{facet}:{g}", facet, g, weight=sum(weight[n.code] for n in mine if n.facets[facet] == g))
            for g in self.groups(facet)
        ]
        leaves = [replace(n, parent=f"{facet}:{n.facets[facet]}", weight=weight[n.code]) for n in mine]
        return Framework((Node(facet, "", facet), *groups, *leaves))


def _check_tree(nodes: Iterable[Node]) -> None:
    """Raise FrameworkError for anything that is not one tree with positive weights."""
    by_code: dict[str, Node] = {}
    for n in nodes:
        if n.code in by_code:
            raise FrameworkError(f"{n.code}：代码重复（{by_code[n.code].name}、{n.name}）；请给其中一个换代码")
        by_code[n.code] = n
    roots = [n.code for n in by_code.values() if not n.parent]
    for n in by_code.values():
        if n.parent and n.parent not in by_code:
            raise FrameworkError(f"{n.code}：上级 {n.parent!r} 不存在；请补上该行，或改正 parent 列")
        if not n.weight > 0 or n.weight == float("inf"):
            raise FrameworkError(f"{n.code}：权重为 {n.weight:g}；权重须为正数，不用的指标请删去该行")
        seen, at = [n.code], n
        while at.parent:
            if at.parent in seen:
                raise FrameworkError(f"{n.code}：上级关系成环（{' → '.join([*seen, at.parent])}）；请改正 parent 列")
            seen.append(at.parent)
            at = by_code.get(at.parent, Node("", "", ""))
    if len(roots) != 1:
        found = "、".join(roots) or "无"
        raise FrameworkError(f"指标体系须有且只有一个顶层节点（parent 为空），现有：{found}；请让其余各行指向上级")
    parents = {n.parent for n in by_code.values()}
    if roots[0] not in parents:
        raise FrameworkError(f"{roots[0]}：顶层节点下没有指标；请在其下添加指标行")
