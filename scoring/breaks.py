"""Natural breaks of many rows at once: the classes with the least sum of squares within (Fisher 1958, *JASA* 53), exactly.

jenkspy answers for one row; over thousands of draws its calls would be a loop.
"""

from __future__ import annotations

import numpy as np

_CELLS = 250_000  # of a table of classes: small enough for the processor's cache


def fisher_jenks(rows: np.ndarray, n_classes: int) -> np.ndarray:
    """Place of each score in its row's classes, 0 for the class of the greatest, −1 for NaN: (n_rows, n) → (n_rows, n).

    Equal scores share a class; a row with no more distinct scores than classes has one a score.
    """
    n = rows.shape[1]
    places = np.full(rows.shape, -1)
    size = max(1, _CELLS // max(1, n * n))
    tables = np.empty((2, size, n, n))
    for start in range(0, len(rows) if n else 0, size):
        block = slice(start, start + size)
        places[block] = _places(rows[block], n_classes, tables)
    return places


def _places(rows: np.ndarray, n_classes: int, tables: np.ndarray) -> np.ndarray:
    ordered = np.sort(rows, axis=1)  # NaN last
    first = np.ones(ordered.shape, bool)
    first[:, 1:] = ordered[:, 1:] > ordered[:, :-1]
    better = np.count_nonzero(first & ~np.isnan(ordered), axis=1)[:, None] - np.cumsum(first, axis=1)  # distinct ones above
    few = np.flatnonzero(better[:, 0] < n_classes)
    places = sum((rows <= b[:, None]).astype(int) for b in _breaks(ordered, n_classes, tables))
    if len(few):
        order = np.argsort(rows[few], axis=1)
        own = np.empty(order.shape, int)
        np.put_along_axis(own, order, better[few], 1)
        places[few] = own
    return np.where(np.isnan(rows), -1, places)


def _breaks(ordered: np.ndarray, n_classes: int, tables: np.ndarray) -> list[np.ndarray]:
    """The greatest score of each class but the best, (n_rows,) each: dynamic programming over the end of a class."""
    gains, total = tables[:, : len(ordered)]
    _fill(gains, ordered)
    most = gains[:, :, 0]  # of the first l + 1 scores in one class
    starts = []
    for _ in range(1, n_classes):
        np.add(gains[:, :, 1:], most[:, None, :-1], out=total[:, :, 1:])  # the last class from i to l, the others before it
        total[:, :, 0] = -np.inf
        starts.append(total.argmax(axis=2))
        most = np.take_along_axis(total, starts[-1][:, :, None], 2)[:, :, 0]
    end = np.maximum(np.count_nonzero(~np.isnan(ordered), axis=1)[:, None] - 1, 0)
    found = []
    for start in reversed(starts):
        end = np.maximum(np.take_along_axis(start, end, 1) - 1, 0)
        found.append(np.take_along_axis(ordered, end, 1)[:, 0])
    return found


def _fill(gains: np.ndarray, ordered: np.ndarray) -> None:
    """Into (n_rows, l, i) the squared sum over the length of the class from score i to score l, −∞ for i > l.

    All squares less these gains are what is left within the classes, so that the most gained is the least within.
    """
    n = ordered.shape[1]
    gaps = np.isnan(ordered)
    mean = np.nansum(ordered, axis=1, keepdims=True) / np.maximum(np.sum(~gaps, axis=1, keepdims=True), 1)
    centred = np.where(gaps, 0.0, ordered - mean)  # squares of scores far from zero would swallow the differences
    sums = np.concatenate([np.zeros((len(centred), 1)), centred.cumsum(axis=1)], axis=1)
    length = np.arange(n)[:, None] - np.arange(n) + 1.0
    np.subtract(sums[:, 1:, None], sums[:, None, :-1], out=gains)
    gains *= gains
    gains /= np.where(length > 0, length, np.inf)
    gains += np.where(length > 0, 0.0, -np.inf)
