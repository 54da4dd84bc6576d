"""The index under every combination of assumptions: a row of numbers in [0, 1) is a draw, and gives an index to each unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..aggregation import Tournament, generator
from ..case import Case
from ..errors import ScoringError
from ..framework import Framework, Node
from ..values import Values
from .alternatives import Setting, aggregations, centred, settings
from .steps import Step, climb_draws, steps

ASSUMPTIONS = {
    "weights": "权重",
    "normalisation": "标准化方法",
    "aggregation": "合成方法",
    "missing": "缺报处理",
    "leave_one_out": "指标取舍",
    "measurement_error": "测量误差",
}
_CELLS = 16_384  # draws × units at a time: 128 KB, which stay in the processor's cache
_ERRORS, _FEWEST, _MOST = 8_000_000, 64, 1024  # scores under measurement error that are kept in all; errors a value has
_MOST_ERRORS = 64_000_000  # of such scores: half a gigabyte


@dataclass(frozen=True)
class Ensemble:
    """All draws of a case under its policy's `draws`. `seed` is that of the measurement errors.

    Weights, methods and errors are drawn. What has a score and what has not is the base case's in every draw (who reports too
    little does so under any weights), and so are bounds and weights that rest on data. Raises ScoringError where the case cannot
    be scored, or compares units with those of other periods.
    """

    case: Case
    seed: int

    def __post_init__(self):
        texts = {n.code: n.aggregation or self.case.policy.aggregation for n in self.case.framework.inner}
        compared = [c for c, text in texts.items() if isinstance(generator(text), Tournament)]
        if compared and self.case.policy.pool != "period":
            pool = f"评分规则 bounds.pool 为 {self.case.policy.pool!r}"
            raise ScoringError(f"{compared[0]}：{texts[compared[0]]} 与总体逐一相比，{pool} 时无法测算稳健性；请改为 period")

    @cached_property
    def base(self) -> Case:
        """The case with its weights as they were resolved."""
        return centred(self.case)

    @property
    def framework(self) -> Framework:
        """The framework of every draw, its weights the middle of what is drawn."""
        return self.base.framework

    @cached_property
    def _settings(self) -> dict[tuple[int, int], Setting]:
        """(normalisation, missing) → how indicators are scored."""
        return settings(self.base, self.case.policy.draws)

    @cached_property
    def _aggregations(self) -> list[Mapping[str, str]]:
        """What each alternative of the aggregation changes."""
        return aggregations(self.base, self.case.policy.draws.aggregation)

    @cached_property
    def _weighted(self) -> list[int]:
        """Places of the nodes whose weight is drawn: those that have siblings."""
        if self.case.policy.draws.weights == 0:
            return []
        return [k for k, n in enumerate(self.framework.nodes) if n.parent and len(self.framework.children(n.parent)) > 1]

    @cached_property
    def _erring(self) -> list[int]:
        """Which indicators state a standard error."""
        asked = self.case.policy.draws.measurement_error
        return [k for k, n in enumerate(self.framework.indicators) if asked and n.error]

    @cached_property
    def _errors(self) -> dict[tuple[int, int], np.ndarray]:
        """Setting → scores of the erring indicators with errors, (n_erring, n_errors, n_units): a draw picks one of n_errors."""
        if not self._erring:
            return {way: np.empty((0, 1, 0)) for way in self._settings}
        shape = len(self.case.values.units), len(self._erring)
        if _FEWEST * shape[0] * shape[1] * len(self._settings) > _MOST_ERRORS:
            found = f"{shape[0]} 个单位、{shape[1]} 项带标准误的指标，要留 {_FEWEST} 份带误差的得分，放不进内存"
            raise ScoringError(f"{found}；请在评分规则 [uncertainty] 中写 measurement_error = false，或只对一部分单位测算")
        number = int(np.clip(_ERRORS // max(1, shape[0] * shape[1] * len(self._settings)), _FEWEST, _MOST))
        noise = np.random.default_rng([self.seed, number]).standard_normal((number, *shape))
        return {way: with_errors(setting, self._erring, noise) for way, setting in self._settings.items()}

    @cached_property
    def _levels(self) -> dict[str, int]:
        """Assumption → among how many alternatives a draw picks."""
        draws, indicators = self.case.policy.draws, len(self.framework.indicators)
        return {
            "normalisation": 1 + max(i for i, _ in self._settings),
            "aggregation": len(self._aggregations),
            "missing": 1 + max(k for _, k in self._settings),
            "leave_one_out": 1 + indicators if draws.leave_one_out and indicators > 1 else 1,
            "measurement_error": self._errors[0, 0].shape[1],
        }

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The assumption that each column of a row belongs to; one that cannot vary has no column."""
        return ("weights",) * len(self._weighted) + tuple(name for name, n in self._levels.items() if n > 1)

    @cached_property
    def _plans(self) -> dict[tuple[int, int, int], list[Step]]:
        """(normalisation, missing, aggregation) → the walk up the tree."""
        framework, place = self.framework, {c: k for k, c in enumerate(self.framework.codes)}
        leaves = [place[n.code] for n in framework.indicators]
        moved = {leaves[k] for k in self._erring}
        plans = {}
        for way, setting in self._settings.items():
            scores, gaps = dict(zip(leaves, setting.leaves, strict=True)), np.isnan(setting.case.scores.values.T)
            for j, changed in enumerate(self._aggregations):
                texts = {n.code: changed.get(n.code) or n.aggregation or self.case.policy.aggregation for n in framework.inner}
                plans[*way, j] = steps(framework, texts, scores, moved, gaps, self._levels["leave_one_out"] > 1)
        return plans

    def index(self, rows: np.ndarray) -> np.ndarray:
        """The index with adjustments of each draw, (n_draws, n_units), NaN without a score; `rows` (n_draws, n_columns)."""
        picks, weights = self._read(rows)
        ways = np.stack([picks["normalisation"], picks["missing"], picks["aggregation"]], axis=1)
        found = np.empty((len(rows), len(self.case.values.units)))
        size = max(16, _CELLS // max(1, found.shape[1]))
        leaves = [self.framework.codes.index(self.framework.indicators[k].code) for k in self._erring]
        kinds, kind = np.unique(ways, axis=0, return_inverse=True)
        for k, (*way, j) in enumerate(kinds.tolist()):
            members = np.flatnonzero(kind.ravel() == k)
            for start in range(0, len(members), size):
                some = members[start : start + size]
                moved = {leaf: e[picks["measurement_error"][some]] for leaf, e in zip(leaves, self._errors[*way], strict=True)}
                found[some] = climb_draws(self._plans[*way, j], weights[:, some], moved)
        return self._adjusted(found)

    def _read(self, rows: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """What each draw picks of every assumption, and its weights (n_nodes, n_draws), 0 for the indicator that it leaves out."""
        names = [*self.groups[len(self._weighted) :]]
        picks = dict.fromkeys(self._levels, np.zeros(len(rows), int))
        for name, column in zip(names, rows[:, len(self._weighted) :].T, strict=True):
            picks[name] = np.minimum((column * self._levels[name]).astype(int), self._levels[name] - 1)
        weights = np.repeat([[float(n.weight)] for n in self.framework.nodes], len(rows), axis=1)
        share = self.case.policy.draws.weights
        weights[self._weighted] *= 1 + share * (2 * rows[:, : len(self._weighted)].T - 1)
        leaves = np.array([self.framework.codes.index(n.code) for n in self.framework.indicators])
        out = np.flatnonzero(picks["leave_one_out"])
        weights[leaves[picks["leave_one_out"][out] - 1], out] = 0.0
        return picks, weights

    def _adjusted(self, index: np.ndarray) -> np.ndarray:
        """With bonus and penalty, held to the range as `adjustment.adjust` holds them."""
        units = self.case.standing
        points = (units["bonus"] - units["penalty"]).to_numpy(float)
        touched = np.flatnonzero((units["bonus"] != 0) | (units["penalty"] != 0))
        low, high = self.case.policy.range
        raw = index[:, touched]
        index[:, touched] = np.clip(raw + points[touched], np.minimum(raw, low), np.maximum(raw, high))
        return index


def with_errors(setting: Setting, erring: list[int], noise: np.ndarray) -> np.ndarray:
    """Scores of the erring indicators, (n_erring, n_errors, n_units), each value moved by its standard error times `noise`.

    `noise`: (n_errors, n_units, n_erring). Bounds stay those of the reported values. A value whose method takes positive ones
    only is not carried below the least that was reported. What was imputed has no error.
    """
    fitted, values = setting.fitted
    nodes = [setting.nodes[k] for k in erring]
    columns = [values.indicators.index(n.code) for n in nodes]
    reported = values.matrix[:, columns]
    block = reported + noise * np.array([n.error for n in nodes])
    positive = [k for k, n in enumerate(nodes) if n.transform == "log" or n.method == "fraction_of_max"]
    block[..., positive] = np.maximum(block[..., positive], np.nanmin(reported[:, positive], axis=0, initial=np.inf))
    times = len(noise)
    root = Node(fitted.framework.root.code, "", "", aggregation="arithmetic")
    tree = Framework((root, *(replace(n, parent=root.code) for n in nodes)))
    moved = Values(
        tuple(map(str, range(times * len(reported)))),
        tuple(n.code for n in nodes),
        block.reshape(-1, len(nodes)),
        np.tile(values.states[:, columns], (times, 1)),
        imputed=None if values.imputed is None else np.tile(values.imputed[:, columns], (times, 1)),
        prepared=True,
    )
    scores = replace(fitted, framework=tree).score(moved).values[:, 1:].T
    return setting.placed(scores, erring).reshape(len(nodes), times, len(reported))
