"""The scores of a block of units, with what coverage they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .framework import Framework
from .policy import Policy
from .tree import coverages
from .values import VALUE


@dataclass(frozen=True)
class Scores:
    """Scores of a block: `values` (n_units, n_nodes) or (n_variants, n_units, n_nodes), columns as `codes`, NaN for no score.

    `states`, `indicators` and `screened` are those of the values that were scored.
    """

    framework: Framework
    policy: Policy
    units: tuple[str, ...]
    values: np.ndarray
    states: np.ndarray
    indicators: tuple[str, ...]
    screened: np.ndarray | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Node codes, in the framework's order: the columns of `values`."""
        return self.framework.codes

    @cached_property
    def coverage(self) -> np.ndarray:
        """Share of each node's weight that has a value, (n_units, n_nodes), 0 to 1."""
        order = [self.indicators.index(n.code) for n in self.framework.indicators]
        return coverages(self.framework, (self.states[:, order] == VALUE).T).T

    def frame(self) -> pd.DataFrame:
        """Scores as a table: index unit, one column a node."""
        return pd.DataFrame(self.values, index=pd.Index(self.units, name="unit"), columns=list(self.codes))
