"""A case: all that the scores of one period rest on. What-ifs, uncertainty, audits and change splits are cases with a part replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from .assess import Assessment, assess, standing
from .framework import Framework
from .index import Fitted, Scores, fit, pool_of
from .policy import Policy
from .preparation import prepare
from .values import Values


@dataclass(frozen=True)
class Case:
    """One period's values with the framework as stated, the policy and the period's adjustments [unit, kind, points].

    `by_period` holds the reported values of the period itself and of the others on which bounds or imputation rest. Raises
    ScoringError where `prepare`, `fit` or `score` do, when the scores are asked for.
    """

    by_period: Mapping[str, Values]
    period: str
    framework: Framework
    policy: Policy
    adjustments: pd.DataFrame

    @cached_property
    def prepared(self) -> Mapping[str, Values]:
        """The values by period as they are scored: screened, divided by their denominators, gaps filled in."""
        return prepare(self.by_period, self.framework, self.policy)

    @property
    def values(self) -> Values:
        """The period's own values, as they are scored; `by_period` holds them as they were reported."""
        return self.prepared[self.period]

    @cached_property
    def fitted(self) -> Fitted:
        """The population on which the period's scores rest, summarised."""
        return fit(pool_of(self.prepared, self.policy, self.period), self.framework, self.policy)

    @cached_property
    def scores(self) -> Scores:
        """Scores of the period's units."""
        return self.fitted.score(self.values)

    @cached_property
    def standing(self) -> pd.DataFrame:
        """How the units stand, as `assess.standing` has it: what of the assessment takes the least."""
        return standing(self.scores, self.adjustments, self.policy)

    @cached_property
    def assessment(self) -> Assessment:
        """What a release would freeze of it: adjusted index, ranks, tiers."""
        return assess(self.scores, self.adjustments, self.policy)

    def under(self, framework: Framework | None = None, policy: Policy | None = None) -> Case:
        """The same data under another framework or policy."""
        return replace(self, framework=framework or self.framework, policy=policy or self.policy)
