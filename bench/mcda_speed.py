"""The same weighted sum of min–max values by this project, by pymcdm and by scikit-criteria: how far they are apart, and how long they take.

One level of 49 indicators with the weights that they have in the whole ASEM tree. Neither of the others takes a gap, so gaps are filled
with the column's median first.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import skcriteria
from pymcdm.methods import WSM
from pymcdm.normalizations import minmax_normalization
from skcriteria.agg.simple import WeightedSumModel
from skcriteria.preprocessing.invert_objectives import NegateMinimize
from skcriteria.preprocessing.scalers import MinMaxScaler

from bench.measure import median_seconds, shown
from bench.scoring_speed import asem, resampled
from scoring.framework import Framework
from scoring.index import fit
from scoring.policy import Policy
from scoring.values import Values

UNITS, TIMES = 100_000, 11
HEAD = ("units × indicators", "by", "time", "of ours", "greatest difference")


def flat(framework: Framework) -> Framework:
    """The indicators directly below the index, each with its share of it, 1 in all."""
    share = {framework.root.code: 1.0}
    for node in framework.inner:
        kids = framework.children(node.code)
        share |= {k.code: share[node.code] * k.weight / sum(kid.weight for kid in kids) for k in kids}
    leaves = (replace(n, parent=framework.root.code, weight=share[n.code]) for n in framework.indicators)
    return Framework((framework.root, *leaves))


def by_pymcdm(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Index of 0 to 1, (n_units,)."""
    return WSM(minmax_normalization)(matrix, weights, directions)


def by_scikit_criteria(matrix: np.ndarray, weights: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Index of 0 to 1, (n_units,). Its weighted sum takes no minimum: columns where less is better are negated before they are scaled."""
    table = skcriteria.mkdm(matrix, directions.tolist(), weights=weights)
    scaled = MinMaxScaler(target="matrix").transform(NegateMinimize().transform(table))
    return WeightedSumModel().evaluate(scaled).e_.score


def by_ours(values: Values, framework: Framework, policy: Policy) -> np.ndarray:
    """Index of 0 to 1, (n_units,), the scale fitted anew."""
    scores = fit(values, framework, policy).score(values)
    return scores.values[:, scores.codes.index(framework.root.code)] / 100


def rows() -> Iterator[tuple[str, ...]]:
    """Ours and both others at ASEM's size and at a hundred thousand units, as HEAD names them."""
    tree, policy, reported = asem()
    framework = flat(tree)
    weights = np.array([n.weight for n in framework.indicators])
    directions = np.array([n.direction for n in framework.indicators])
    for values in (reported, resampled(reported, UNITS)):
        matrix = np.where(np.isnan(values.matrix), np.nanmedian(values.matrix, axis=0), values.matrix)
        filled = Values(values.units, values.indicators, matrix)
        columns = np.ascontiguousarray(filled.matrix[:, [values.indicators.index(n.code) for n in framework.indicators]])
        first, what = by_ours(filled, framework, policy), f"{len(values.units):,} × {len(weights)}"
        ours = median_seconds(lambda filled=filled: by_ours(filled, framework, policy), TIMES)
        yield what, "ours", shown(ours), "1", ""
        for name, way in (("pymcdm", by_pymcdm), ("scikit-criteria", by_scikit_criteria)):
            apart = np.abs(way(columns, weights, directions) - first).max()
            theirs = median_seconds(lambda way=way, columns=columns: way(columns, weights, directions), TIMES)
            yield what, name, shown(theirs), f"{theirs / ours:.1f}", f"{apart:.0e}"
