"""What a check of the audit looks at, and what it says.

A check is `check(material) → verdicts`, registered with a title and a description in Chinese. It says `none` with the reason where
the data do not carry it; it never passes in silence. Unless a check says otherwise: **flag** is a figure beyond the threshold, which
wants a reason in writing; **fail** is a figure that contradicts what the index claims, so that it is wrong as it stands.

Source: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), steps 2 to 7; JRC, *Your 10-Step Pocket Guide* (2019).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..case import Case
from ..framework import Framework, Node
from ..index import Scores
from ..preparation import prepare
from ..registry import Method, registrar
from ..values import MISSING, VALUE, Values
from .statistics import correlations

STATUSES = {"fail": "✖ 不通过", "flag": "△ 留意", "pass": "✔ 通过", "none": "— 不适用"}  # the most pressing first
PATTERN_STATUSES = {"flag": "？ 请核实", "pass": "✔ 未见异常", "none": "— 不适用"}
GROUPS = {"structure": "检查单", "pattern": "异常形态"}
CHECKS: dict[str, Method] = {}
PATTERNS: dict[str, Method] = {}
check = registrar(CHECKS)
pattern = registrar(PATTERNS)
_NAMED = 3  # things that a sentence names before it says "and others"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a check says of one subject: a node's code, or "" for the whole.

    `figure` and `threshold` are numbers, NaN where there is none; `shown` and `limit` the same as text. `finding` is one Chinese
    sentence, `remedy` what to do about it ("" where nothing is). `nodes` and `units`: codes of those that are spoken of.
    """

    subject: str
    status: str
    finding: str
    remedy: str = ""
    figure: float = np.nan
    threshold: float = np.nan
    shown: str = "—"
    limit: str = "—"
    nodes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check(Verdict):
    """A verdict with the check that it comes from; `group` is "structure" (the checklist) or "pattern" (the screen)."""

    name: str
    title: str
    group: str

    @property
    def label(self) -> str:
        """Sign and word of the status; the screen asks and does not judge."""
        return (PATTERN_STATUSES if self.group == "pattern" else STATUSES)[self.status]


@dataclass(frozen=True)
class Material:
    """A case, what is known beside it, and what the checks share.

    `sizes`: index unit, or None. `earlier`: the case of the period before, or None.
    """

    case: Case
    sizes: pd.Series | None = None
    earlier: Case | None = None
    places: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "places", {code: k for k, code in enumerate(self.case.framework.codes)})

    @cached_property
    def tree(self) -> Framework:
        """The framework with the weights in force."""
        return self.case.fitted.framework

    @cached_property
    def matrix(self) -> np.ndarray:
        """Scores (n_units, n_nodes); NaN for an indicator where the unit has no value, whatever stands in for it in the index."""
        return self.bare(self.case.scores)

    @cached_property
    def before(self) -> np.ndarray | None:
        """Last period's scores on this period's scales, rows, columns and gaps as in `matrix`; None without a period before.

        Raises ScoringError where what was reported then cannot be scored so.
        """
        if self.past is None:
            return None
        blocks = {**self.case.by_period, self.earlier.period: self.past}  # a gap may be filled from other periods
        ready = prepare(blocks, self.case.framework, self.case.policy)
        return self.bare(self.case.fitted.score(ready[self.earlier.period]))

    @cached_property
    def past(self) -> Values | None:
        """The values of the period before as reported, under this period's units and columns; None without one."""
        if self.earlier is None:
            return None
        return _aligned(self.earlier.by_period[self.earlier.period], self.units, self.raw.indicators)

    @property
    def raw(self) -> Values:
        """The period's values as they were reported."""
        return self.case.by_period[self.case.period]

    def bare(self, scores: Scores) -> np.ndarray:
        """Scores without those that stand in for a value, (n_units, n_nodes)."""
        matrix = scores.values.copy()
        for node in self.tree.indicators:
            matrix[scores.states[:, scores.indicators.index(node.code)] != VALUE, self.places[node.code]] = np.nan
        return matrix

    @cached_property
    def index(self) -> np.ndarray:
        """The index without adjustments, (n_units,)."""
        return self.matrix[:, self.places[self.tree.root.code]]

    @cached_property
    def links(self) -> np.ndarray:
        """Correlations of all nodes with each other, (n_nodes, n_nodes)."""
        return correlations(self.matrix)

    @cached_property
    def used(self) -> np.ndarray:
        """Values on which the scores rest, (n_units, n_indicators): divided and winsorised; NaN where none was reported."""
        values = self.case.values
        columns = [values.indicators.index(n.code) for n in self.tree.indicators]
        return np.where(values.states[:, columns] == VALUE, self.case.fitted.used(values), np.nan)

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the units, the rows of `matrix`."""
        return self.case.scores.units

    @property
    def word(self) -> str:
        """What a unit is called here."""
        return self.case.policy.words["unit"]

    def column(self, code: str) -> np.ndarray:
        """Scores of one node, (n_units,)."""
        return self.matrix[:, self.places[code]]

    def columns(self, nodes: Iterable[Node]) -> np.ndarray:
        """Scores of some nodes, (n_units, k)."""
        return self.matrix[:, [self.places[n.code] for n in nodes]]

    def values(self, code: str) -> np.ndarray:
        """Values of an indicator on which the scores rest, (n_units,), as in `used`."""
        return self.used[:, [n.code for n in self.tree.indicators].index(code)]

    def reported(self, code: str) -> np.ndarray:
        """Values of an indicator as they were reported, (n_units,)."""
        return self.raw.matrix[:, self.raw.indicators.index(code)]

    def reported_before(self, code: str) -> np.ndarray:
        """The same of the period before, row by row; NaN for a unit or an indicator that it does not have."""
        return self.past.matrix[:, self.past.indicators.index(code)]

    def states(self, code: str) -> np.ndarray:
        """States of an indicator's cells as they were reported, (n_units,)."""
        return self.raw.states[:, self.raw.indicators.index(code)]

    def families(self) -> Iterator[tuple[Node, tuple[Node, ...]]]:
        """Every inner node with its children, the root first."""
        for node in self.tree.inner:
            yield node, self.tree.children(node.code)

    def name(self, code: str) -> str:
        """A node's name."""
        return self.tree.node(code).name

    def among(self, mask: np.ndarray) -> tuple[str, ...]:
        """Codes of the units where `mask` is true."""
        return tuple(self.units[i] for i in np.flatnonzero(mask))


def _aligned(values: Values, units: tuple[str, ...], indicators: tuple[str, ...]) -> Values:
    """The values under these units and columns; missing where they have none."""
    rows, columns = pd.Index(values.units).get_indexer(units), pd.Index(values.indicators).get_indexer(indicators)
    known = (rows[:, None] >= 0) & (columns >= 0)
    matrix = np.where(known, values.matrix[np.ix_(rows, columns)], np.nan)
    states = np.where(known, values.states[np.ix_(rows, columns)], np.int8(MISSING))
    groups = None if values.groups is None else tuple(values.groups[row] if row >= 0 else "" for row in rows)
    return Values(units, indicators, matrix, states, groups)


def unfit(subject: str, reason: str) -> Verdict:
    """The verdict that a check cannot be made, with the reason."""
    return Verdict(subject=subject, status="none", finding=reason)


def two(number: float) -> str:
    """Two decimals, with a true minus sign."""
    text = f"{number:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def beside(number: float, limit: float) -> str:
    """Two decimals, or as many as it takes to tell the number from the limit it is held against."""
    for places in (2, 3, 4):
        text = f"{number:.{places}f}"
        if number == limit or float(text) != round(limit, places):
            break
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share with one decimal where it needs one."""
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def listed(names: Iterable[str], counter: str) -> str:
    """The first few names, and how many there are in all: 甲、乙、丙等 5 项."""
    names = list(names)
    return "、".join(names[:_NAMED]) + (f"等 {len(names)} {counter}" if len(names) > _NAMED else "")
