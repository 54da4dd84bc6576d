"""Numbers beyond memory: sorted runs in a file, the ranks of units among them, and keys that occur twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.names import text_key
from scoring.ranking import settled

LENGTH = 1 << 19  # numbers of a run: 4 MB


class Runs:
    """Numbers of one kind in a file of their own, in runs that are sorted each by itself and of a bounded length."""

    def __init__(self, path: Path, kind: type, length: int = LENGTH):
        self._path, self._kind, self._length = path, np.dtype(kind), length
        self._waiting: list[np.ndarray] = []
        self._lengths: list[int] = []

    def add(self, numbers: np.ndarray) -> None:
        """Put numbers (n,) in."""
        self._waiting.append(numbers.astype(self._kind))
        if sum(map(len, self._waiting)) >= self._length:
            self._write()

    def __iter__(self) -> Iterator[np.ndarray]:
        self._write()
        if self._lengths:
            with self._path.open("rb") as file:
                for length in self._lengths:
                    yield np.frombuffer(file.read(length * self._kind.itemsize), self._kind)

    def _write(self) -> None:
        if waiting := self._waiting:
            run = np.sort(np.concatenate(waiting))
            with self._path.open("ab") as file:
                file.write(run.tobytes())
            self._lengths.append(len(run))
            self._waiting = []


class Ranking:
    """Ranks as `scoring.ranking.rank` gives them, of blocks among all indices that were put in before."""

    def __init__(self, path: Path, length: int = LENGTH):
        self._falling = Runs(path, np.float64, length)
        self.ranked = 0

    def add(self, index: np.ndarray) -> None:
        """Put the indices of a block (n,) in, NaN for none."""
        fine = ~np.isnan(index)
        self.ranked += np.count_nonzero(fine)
        self._falling.add(-settled(index[fine]))

    def ranks(self, index: np.ndarray) -> np.ndarray:
        """Rank of each index (n,), 1 the best, NaN without one: one more than there are better ones, counted run by run."""
        falling = -settled(index)
        order = np.argsort(falling)  # in order the search walks through a run instead of leaping about in it
        better = np.zeros(len(index))
        for run in self._falling:
            better[order] += np.searchsorted(run, falling[order])
        return np.where(np.isnan(index), np.nan, better + 1)


class Doubles:
    """Keys that may have been put in twice."""

    def __init__(self, path: Path, length: int = LENGTH):
        self._hashes = Runs(path, np.uint64, length)

    def add(self, period: str, units: Sequence[str]) -> None:
        """Put the units of a period in."""
        self._hashes.add(hashes(period, units))

    def found(self) -> np.ndarray:
        """Hashes that occur more than once: those of doubled keys, and in theory of two keys that share one."""
        twice = [np.empty(0, np.uint64)]
        for k, run in enumerate(self._hashes):
            twice.append(run[1:][run[1:] == run[:-1]])
            twice += [run[np.isin(run, earlier)] for earlier in islice(self._hashes, k)]
        return np.unique(np.concatenate(twice))


def hashes(period: str, units: Sequence[str]) -> np.ndarray:
    """64 bits a unit of a period; of two codes that are one, as `scoring.names` has it, the same."""
    keys = np.array([f"{period}·{text_key(u)}" for u in units], object)
    return pd.util.hash_array(keys, categorize=False)
