"""Engines that score a table of values of any size. The one place that chooses between them; scoring/ knows of none.

An engine is given a framework, a policy and a source of values, and writes one row a unit and period. Sources come from
`store.frameworks.blocks.open_values`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the command line asks this module which engines there are, whatever its verb
    from scoring.framework import Framework
    from scoring.policy import Policy
    from scoring.values import Values

ENGINES = ("local", "spark")
QUANTILES = ("exact", "approximate")  # of Spark's: by choice, and recorded in the result
WHOLE = 200_000  # rows of a table that is held in memory as one


class Source(Protocol):
    """A table of values: at most `rows` of them, 0 where it can only be read whole."""

    path: Path
    rows: int

    def whole(self) -> dict[str, Values]:
        """Values by period, in time order."""

    def blocks(self, size: int) -> Iterator[tuple[str, Values]]:
        """Values of some rows of a period at a time, as they stand in the file."""


class Addressed(Protocol):
    """A table of values that Spark reads for itself, at a path or another address that it knows."""

    address: str

    def reader(self, labels: Sequence[str]) -> Callable:
        """What reads record batches with these columns."""


@dataclass(frozen=True)
class Spark:
    """Where Spark runs (`local[N]`, `spark://…`, `yarn`, a Connect server `sc://…`), and whether quantiles may be approximate."""

    master: str = "local[*]"
    quantiles: str = "exact"


def score_spread(framework: Framework, policy: Policy, source: Addressed, out: str, on: Spark) -> int:
    """Score a table of values by Spark, as `score_file` does; rows run by period and rank. Raises ScoringError.

    On a local master `out` is one file as `score_file` writes it, else the address of a new folder of part files.
    """
    from .spark import score

    return score(framework, policy, source, out, on.master, on.quantiles)


def score_file(framework: Framework, policy: Policy, source: Source, out: Path, whole: int = WHOLE) -> int:
    """Score a table of values and write unit, period, rank, tier and every node's score; the number of rows.

    A table of up to `whole` rows is held in memory and its rows run by period and rank; a larger one goes by in blocks, and its
    rows run by period, then as given. `out` ends in .parquet, or is a CSV. Raises ImportRefused, ScoringError, OSError.
    """
    from .local import score

    return score(framework, policy, source, out, whole)
