"""How far ranks and tiers depend on assumptions: Monte Carlo over all of them at once, and Sobol indices of each.

Source: OECD/JRC handbook (2008), section 7; Saisana, Saltelli & Tarantola (2005), *JRSS A* 168(2), 307–323.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import ScoringError
from ..ranking import rank, settled
from ..tiers import TIER_RULES
from .ensemble import ASSUMPTIONS, Ensemble
from .sobol import nothing, sobol

__all__ = ["ASSUMPTIONS", "MOST_PAIRED", "Uncertainty", "measure", "verdict"]
MOST_PAIRED = 2000  # units beyond which pairs are not counted: the table grows with the square
_CHUNK = 100_000  # draws × units between two reports of progress
_PAIRS = 500_000  # comparisons in memory at a time
_SHARES = (0.05, 0.5, 0.95)
_BLOCK = 10_000_000  # drawn values that are put in order at a time
Progress = Callable[[int, int, str], None]
Room = Callable[[tuple[int, int], type], np.ndarray]  # an array of this shape and type, of whatever is in it


@dataclass(frozen=True)
class Uncertainty:
    """What the draws say. Units are in the case's order; all that a unit has is NaN where the case gives it no score.

    `units`: index unit; rank (the base case's), rank_median, rank_p5, rank_p95, index_p5, index_p95, each of them a drawn value.
    `tiers`: index unit, a column a tier label: share of draws in that tier, any veto applied. `ahead` (n_units, n_units): share of
    draws in which the row's unit is ahead of the column's, ties half; (0, 0) above MOST_PAIRED units. `sobol`: index assumption;
    first, first_low, first_high, total, total_low, total_high, on the mean absolute shift of ranks; no rows where nothing shifts.
    A draw in which a unit has no score does not count for it.
    """

    units: pd.DataFrame
    tiers: pd.DataFrame
    ahead: np.ndarray
    sobol: pd.DataFrame
    draws: int
    seed: int


def measure(
    case: Case, draws: int | None = None, seed: int | None = None, progress: Progress | None = None, room: Room = np.empty
) -> Uncertainty:
    """Draw the assumptions that the policy varies; number of draws and seed are the policy's where they are not given.

    `progress(done, total, what)` is told as it goes. `room` gives the arrays (n_draws, n_units) that keep what is drawn, 12 bytes
    a unit and draw in all: of memory, or of a file where that is too small. The same case, number and seed give the same bytes.
    Raises ScoringError.
    """
    draws = case.policy.draws.number if draws is None else draws
    seed = case.policy.draws.seed if seed is None else seed
    if draws < 1 or seed < 0:
        raise ScoringError(f"抽样次数为 {draws}、随机种子为 {seed}；次数须至少为 1，种子须为不小于 0 的整数")
    tell = progress or (lambda done, total, what: None)
    ensemble = Ensemble(case, seed)
    tally = _Tally(case, draws, room)
    total = draws + case.policy.draws.base * (len(set(ensemble.groups)) + 2)
    rng = np.random.default_rng(seed)
    for start in range(0, draws, tally.size):
        rows = rng.random((min(tally.size, draws - start), len(ensemble.groups)))
        tally.add(start, settled(ensemble.index(rows)[:, tally.ranked]))
        tell(start + len(rows), total, "抽样")
    matters = _matters(ensemble, tally, lambda done: tell(min(draws + done, total), total, "敏感性"))
    tell(total, total, "完成")
    return Uncertainty(tally.units(), tally.tiers(), tally.ahead(), matters, draws, seed)


def _matters(ensemble: Ensemble, tally: _Tally, tell: Callable[[int], None]) -> pd.DataFrame:
    """Sobol indices of the assumptions on the mean absolute shift of ranks; `tell` hears how many rows are done."""
    if not ensemble.groups or not len(tally.ranked):
        return nothing()

    def shift(rows: np.ndarray) -> np.ndarray:
        found = np.empty(len(rows))
        for start in range(0, len(rows), tally.size):
            block = slice(start, start + tally.size)
            shifts = np.abs(rank(ensemble.index(rows[block])[:, tally.ranked]) - tally.base)
            found[block] = np.nansum(shifts, axis=1) / np.maximum(np.count_nonzero(~np.isnan(shifts), axis=1), 1)
            tell(min(start + tally.size, len(rows)))
        return found

    return sobol(shift, ensemble.groups, ensemble.case.policy.draws.base, ensemble.seed)


def verdict(ahead: float, certainty: float) -> int:
    """1 where a share of draws is enough to call a unit ahead of another, −1 behind, 0 where the two cannot be told apart."""
    slack = 1e-12  # 1 − 0.9 is a hair below 0.1
    return 1 if ahead >= certainty - slack else -1 if 1 - ahead >= certainty - slack else 0


class _Tally:
    """What is kept of the draws of the ranked units, whose places in the case are `ranked`; `size`: draws to add at a time."""

    def __init__(self, case: Case, draws: int, room: Room):
        self.case, self.ranked = case, np.flatnonzero(case.standing["rank"].notna())
        self.size = max(1, _CHUNK // max(1, len(self.ranked)))
        stands = case.standing.iloc[self.ranked]
        self.base = stands["rank"].to_numpy(float)
        self.vetoed = stands["veto"].to_numpy(bool)
        n, labels = len(self.ranked), case.policy.tier_labels
        self.index = room((draws, n), float)
        self.ranks = room((draws, n), np.float32)
        self.held = np.zeros((n, len(labels)))
        self.wins = np.zeros((n, n) if len(case.values.units) <= MOST_PAIRED else (0, 0))
        self.met = np.zeros(self.wins.shape)

    def add(self, start: int, index: np.ndarray) -> None:
        """Count a block of draws, (n_draws, n_units), that begins with draw `start`."""
        ranks = rank(index).astype(np.float32)
        self.index[start : start + len(index)], self.ranks[start : start + len(index)] = index, ranks
        policy = self.case.policy
        places = TIER_RULES[policy.tier_rule](index, policy)
        ceiling = policy.tier_labels.index(policy.veto_ceiling)
        places = np.where(self.vetoed & (places >= 0), np.maximum(places, ceiling), places)
        self.held += np.stack([np.count_nonzero(places == k, axis=0) for k in range(len(policy.tier_labels))], axis=1)
        if self.wins.size:
            self._pair(ranks)

    def _pair(self, ranks: np.ndarray) -> None:
        n = ranks.shape[1]
        draws = int(np.clip(_PAIRS // (n * n), 32, 255))  # so many wins fit a byte
        units = int(np.clip(_PAIRS // (draws * n), 1, n))
        for start, first in product(range(0, len(ranks), draws), range(0, n, units)):
            some = ranks[start : start + draws]
            won = np.less(some[:, first : first + units, None], some[:, None, :])
            self.wins[first : first + units] += won.view(np.uint8).sum(axis=0, dtype=np.uint8)
        scored = ~np.isnan(ranks)
        self.met += len(ranks) if scored.all() else scored.T.astype(float) @ scored

    def units(self) -> pd.DataFrame:
        """The table `Uncertainty.units`."""
        ranks, index = _quantiles(self.ranks), _quantiles(self.index)
        columns = {"rank": self.base, "rank_median": ranks[1], "rank_p5": ranks[0], "rank_p95": ranks[2]}
        return self._table(columns | {"index_p5": index[0], "index_p95": index[2]})

    def tiers(self) -> pd.DataFrame:
        """The table `Uncertainty.tiers`."""
        counted = self.held.sum(axis=1, keepdims=True)
        shares = np.divide(self.held, counted, out=np.full(self.held.shape, np.nan), where=counted > 0)
        return self._table(dict(zip(self.case.policy.tier_labels, shares.T, strict=True)))

    def ahead(self) -> np.ndarray:
        """The matrix `Uncertainty.ahead`."""
        n = len(self.case.values.units)
        if n > MOST_PAIRED:
            return self.wins
        ties = self.met - self.wins - self.wins.T
        found = np.full((n, n), np.nan)
        shares = np.divide(self.wins + ties / 2, self.met, out=np.full(ties.shape, np.nan), where=self.met > 0)
        found[np.ix_(self.ranked, self.ranked)] = shares
        return found

    def _table(self, columns: dict[str, np.ndarray]) -> pd.DataFrame:
        """Columns of the ranked units as a table of all, NaN for the others."""
        units = pd.Index(self.case.values.units, name="unit")
        return pd.DataFrame(columns, index=units[self.ranked], dtype=float).reindex(units)


def _quantiles(draws: np.ndarray) -> np.ndarray:
    """Of each unit the least drawn value that _SHARES of its draws do not exceed, (n_draws, n_units) → (n_shares, n_units)."""
    found = np.empty((len(_SHARES), draws.shape[1]))
    for block in _blocks(draws.shape):
        ordered = np.sort(draws[:, block].T, axis=1)  # NaN last
        counted = np.count_nonzero(~np.isnan(ordered), axis=1)[:, None]
        for share, row in zip(_SHARES, found, strict=True):
            place = np.maximum(np.ceil(share * counted - 1e-9).astype(int) - 1, 0)
            row[block] = np.take_along_axis(ordered, place, 1)[:, 0]
    return found


def _blocks(shape: tuple[int, int]) -> Iterator[slice]:
    """Slices of units, of (n_draws, n_units), that hold _BLOCK values or little more."""
    size = max(1, _BLOCK // max(1, shape[0]))
    return (slice(start, start + size) for start in range(0, shape[1], size))
