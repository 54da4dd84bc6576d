"""The engine of one machine: a table that fits is scored whole, a larger one block by block, in memory that does not grow with it.

What is read first is kept in a temporary file beside the result. Then come one pass to fit, one for the indices that ranks are
counted among, and one that scores and writes; indicators whose scale no summary gives are read one column at a time. Blocks give
the bits that the whole gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.blockwise import whole_needed
from scoring.errors import ScoringError
from scoring.framework import Framework, Node
from scoring.index import Fitted, fit_panel, fit_summaries, pool_of, summarise
from scoring.movement import period_key
from scoring.names import text_key
from scoring.policy import Policy
from scoring.preparation import prepare
from scoring.ranking import rank
from scoring.scales import present
from scoring.summary import Summary
from scoring.values import Values, stacked

from .rows import columns, rows, stamp
from .runs import Doubles, Ranking, hashes
from .staging import Staged
from .writing import is_straight, written

if TYPE_CHECKING:
    from . import Source

ROWS = 1 << 15  # of a block


def score(framework: Framework, policy: Policy, source: Source, out: Path, whole: int, size: int = ROWS) -> int:
    """As `engines.score_file`; `size`: rows of a block."""
    count = 0
    with (
        written(out, columns(framework, policy), stamp(framework, policy, "local")) as write,
        TemporaryDirectory(prefix=f".{out.name}.", dir=None if is_straight(out) else out.parent) as folder,
    ):
        if source.rows <= whole:
            parts = _at_once(framework, policy, source.whole())
        else:
            _refuse(framework, policy, source.rows, whole)
            parts = Blocks(framework, policy, source, Path(folder), size).parts()
        for part in parts:
            write(part)
            count += len(part)
    return count


def _at_once(framework: Framework, policy: Policy, by_period: dict[str, Values]) -> Iterator[pd.DataFrame]:
    found = fit_panel(by_period, framework, policy)
    for period in sorted(found, key=period_key):
        fitted, values = found[period]
        scores = fitted.score(values).values
        ranks = rank(scores[:, framework.codes.index(framework.root.code)])
        table = rows(fitted, values, period, scores, ranks, np.count_nonzero(~np.isnan(ranks)))
        yield table.sort_values("rank", kind="stable", na_position="last")


def _refuse(framework: Framework, policy: Policy, count: int, whole: int) -> None:
    if needed := whole_needed(framework, policy):
        raise ScoringError(
            f"{needed[0]}，不能分块计算；表有 {count} 行，超过整表计算的上限 {whole} 行。"
            f"内存够用时可用 --whole {count} 整表计算，否则请改用别的方法，或把表分开"
        )


class Blocks:
    """One scoring of a table that goes by in blocks of `size` rows; `folder` takes its temporary files."""

    def __init__(self, framework: Framework, policy: Policy, source: Source, folder: Path, size: int):
        self.framework, self.policy, self.folder = framework, policy, folder
        self.staged, self.summaries = Staged(folder), {}
        doubles = Doubles(folder / "hashes")
        for period, values in source.blocks(size):
            self.staged.append(period, values)
            doubles.add(period, values.units)
            self._summarise(period, values)
        self.staged.close()
        self._refuse_doubles(doubles.found())

    def parts(self) -> Iterator[pd.DataFrame]:
        """The rows of the result, block by block: by period and then as they came in."""
        fitted: dict[str, Fitted] = {}
        for period in self.staged.periods:
            pool = self._pool(period)
            if pool not in fitted:
                fitted[pool] = self._fitted(pool)
            yield from self._scored(fitted[pool], period)

    def _pool(self, period: str) -> str:
        """The name of the pool on which a period's scales rest."""
        return period if self.policy.pool == "period" else self.policy.pool

    def _pooled(self, pool: str) -> list[str]:
        """The periods of a pool. Raises ScoringError where the base period is not there."""
        periods = self.staged.periods
        if self.policy.pool == "all":
            return periods
        base = pool.removeprefix("base:")
        if base not in periods:
            pool_of(dict.fromkeys(periods), self.policy, base)
        return [base]

    def _summarise(self, period: str, values: Values) -> None:
        pool = self._pool(period)
        if pool not in (period, "all", f"base:{period}"):
            return
        ready = self._prepared(period, values)
        named = stacked({period: ready}) if pool == "all" else ready  # a reference says of which period its unit is
        found = summarise(named, self.framework, self.policy)
        before = self.summaries.get(pool, {})
        self.summaries[pool] = {code: before.get(code, Summary()) + one for code, one in found.items()}

    def _fitted(self, pool: str) -> Fitted:
        periods = self._pooled(pool)
        return fit_summaries(self.framework, self.policy, self.summaries[pool], lambda node: self._column(node, periods))

    def _column(self, node: Node, periods: list[str]) -> np.ndarray:
        """All values of an indicator in some periods that its scale rests on, (n,)."""
        alone, only = self.framework, None
        if not self.policy.screening:  # which looks at the other indicators too
            alone = Framework(tuple(n for n in self.framework.nodes if n is node or not self.framework.is_indicator(n.code)))
            only = [node.code, node.denominator] if node.denominator else [node.code]
        blocks = (prepare({p: v}, alone, self.policy)[p] for p, v in self.staged.blocks(periods, only))
        return np.concatenate([present(node, v, v.indicators.index(node.code)) for v in blocks])

    def _scored(self, fitted: Fitted, period: str) -> Iterator[pd.DataFrame]:
        """The rows of a period: its indices first, so that every unit can be counted among them, then all scores."""
        ranking = Ranking(self.folder / f"ranks.{self.staged.periods.index(period)}")
        root = self.framework.codes.index(self.framework.root.code)
        for _, values in self.staged.blocks([period]):
            ranking.add(fitted.score(self._prepared(period, values)).values[:, root])
        for _, values in self.staged.blocks([period]):
            ready = self._prepared(period, values)
            scores = fitted.score(ready).values
            yield rows(fitted, ready, period, scores, ranking.ranks(scores[:, root]), ranking.ranked)

    def _prepared(self, period: str, values: Values) -> Values:
        return prepare({period: values}, self.framework, self.policy)[period]

    def _refuse_doubles(self, twice: np.ndarray) -> None:
        if not len(twice):
            return
        seen = set()
        for period, values in self.staged.blocks(self.staged.periods):
            for k in np.flatnonzero(np.isin(hashes(period, values.units), twice)):
                key = (period, text_key(values.units[k]))
                if key in seen:
                    where = f"（{period}）" if period else ""
                    raise ScoringError(f"单位 {values.units[k]}{where}重复；同一考核期每个单位只能有一行，请删去一行")
                seen.add(key)
