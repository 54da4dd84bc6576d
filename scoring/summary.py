"""What an indicator's population is summarised to: exact, so that blocks added up in any order give the bits of the whole.

Sums are whole numbers: a double is a whole multiple of 2^−1126, its square of 2^−2252, and Python's integers have no end. Only mean
and standard deviation are rounded, once, at the very end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isqrt

import numpy as np

_DIGITS, _LIMB = 53, 18  # bits of a double's mantissa, and of a third of it
_UNIT = 1073 + _DIGITS  # −log2 of the unit in which the sums are counted: a mantissa's last bit under the least exponent
_ROWS = 1 << 15  # so many products of two limbs stay below 2^53, up to which doubles count exactly


@dataclass(frozen=True)
class Summary:
    """Count, ends and exact sums of a population's values; `a + b` is that of both. Plain data, picklable.

    `low`, `high`: ∞ and −∞ of nobody. `total`, `squares`: Σ x and Σ x² in units of 2^−1126 and 2^−2252, None where no method asks
    for them. `named`: unit → value, of the units that the indicator names as its reference; NaN without one.
    """

    count: int = 0
    low: float = np.inf
    high: float = -np.inf
    total: int | None = 0
    squares: int | None = 0
    named: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, values: np.ndarray, moments: bool = True, named: Mapping[str, float] | None = None) -> Summary:
        """Of values (n,) without NaN; without `moments` the sums, which cost the most, are left out."""
        total, squares = _sums(values) if moments else (None, None)
        if not len(values):
            return cls(total=total, squares=squares, named=named or {})
        low, high = _ends(values)
        return cls(len(values), low, high, total, squares, named or {})

    def __add__(self, other: Summary) -> Summary:
        total, squares = (
            None if a is None or b is None else a + b
            for a, b in ((self.total, other.total), (self.squares, other.squares))
        )  # fmt: skip
        ends = min(self.low, other.low), max(self.high, other.high)
        return Summary(self.count + other.count, *ends, total, squares, {**self.named, **other.named})

    @property
    def mean(self) -> float:
        """Σ x / n, correctly rounded."""
        return self.total / (self.count << _UNIT)

    def deviation(self, ddof: int = 0) -> float:
        """Standard deviation with n − `ddof`, correctly rounded; 0 where all values are equal."""
        spread = self.count * self.squares - self.total**2
        return _root(spread, self.count * (self.count - ddof) << 2 * _UNIT)


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Least and greatest, without negative zeros, of which it would hang on the order whether they count as the least."""
    return float(values.min()) + 0.0, float(values.max()) + 0.0


def _sums(values: np.ndarray) -> tuple[int, int]:
    """Σ x and Σ x², in their units. A mantissa is cut into three limbs whose sums, one an exponent, doubles hold exactly."""
    total = squares = 0
    for start in range(0, len(values), _ROWS):
        mantissas, exponents = np.frexp(values[start : start + _ROWS])
        whole = np.ldexp(mantissas, _DIGITS).astype(np.int64)
        least = int(exponents.min())
        place = exponents - least
        high, middle, low = whole >> 2 * _LIMB, (whole >> _LIMB) % (1 << _LIMB), whole % (1 << _LIMB)
        once = (low, middle, high)
        twice = (low * low, 2 * low * middle, 2 * low * high + middle * middle, 2 * middle * high, high * high)
        shift = least - _DIGITS + _UNIT
        total += _counted(place, once, 1) << shift
        squares += _counted(place, twice, 2) << 2 * shift
    return total, squares


def _counted(place: np.ndarray, limbs: tuple[np.ndarray, ...], power: int) -> int:
    """Σ limb × 2^(18 × its number + power × place), the limbs from the last to the first."""
    sums = (np.bincount(place, limb).tolist() for limb in limbs)
    return sum(int(s) << (_LIMB * k + power * at) for k, row in enumerate(sums) for at, s in enumerate(row) if s)


def _root(above: int, below: int) -> float:
    """√(above / below), correctly rounded: 109 bits to odd, then one division. Source: CPython's statistics module."""
    if not above:
        return 0.0
    shift = (above.bit_length() - below.bit_length() - 109) // 2
    above, below = (above, below << 2 * shift) if shift >= 0 else (above << -2 * shift, below)
    root = isqrt(above // below)
    root |= root * root * below != above
    return float(root << shift) if shift >= 0 else root / (1 << -shift)
