"""Frameworks and blocks of values for the tests: written out as text, or drawn by hypothesis."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scoring.aggregation import AGGREGATIONS, Generator, generator
from scoring.framework import DEFAULT_FACETS, Framework, Node
from scoring.framework_table import framework_from_table
from scoring.policy import Policy
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE, Values

ASEM = Path(__file__).parents[1] / "oracles" / "asem"
OPEN = Policy(missing_rule="reweight", coverage=0.0)  # as COINr aggregates: whatever is there counts
PARAMETERS = {"generalised": (":-3", ":-1", ":0.5", ":2"), "mazziotta_pareto": ("", ":+")}
AGGREGATION_TEXTS = tuple(name + p for name in AGGREGATIONS for p in PARAMETERS.get(name, ("",)))
MEAN_TEXTS = tuple(text for text in AGGREGATION_TEXTS if isinstance(generator(text), Generator))
ABSENT = {"missing": MISSING, "n/a": NOT_APPLICABLE, "pending": PENDING}


def table(text: str) -> pd.DataFrame:
    """A table of text cells from CSV text."""
    return pd.read_csv(StringIO(text.replace(" ", "")), dtype=str, keep_default_na=False)


def build(text: str, facets=DEFAULT_FACETS) -> Framework:
    """A framework from CSV text."""
    return framework_from_table(table(text), facets)


def flat(*weights: float, aggregation: str = "", **columns) -> Framework:
    """INDEX over A, B, C …, goalposts 0 to 100, so that a value is its own score."""
    leaf = {"low": 0.0, "high": 100.0} | columns
    leaves = [Node(chr(65 + k), "INDEX", chr(65 + k), weight=w, **leaf) for k, w in enumerate(weights)]
    return Framework((Node("INDEX", "", "INDEX", aggregation=aggregation), *leaves))


def block(framework: Framework, rows: dict[str, list]) -> Values:
    """Values of units; a cell is a number, "missing", "n/a" or "pending"."""
    cells = [[ABSENT.get(c, VALUE) if isinstance(c, str) else VALUE for c in row] for row in rows.values()]
    numbers = [[np.nan if isinstance(c, str) else float(c) for c in row] for row in rows.values()]
    codes = tuple(n.code for n in framework.indicators)
    return Values(tuple(rows), codes, np.array(numbers), np.array(cells, np.int8))


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal to the last bit, NaN in the same places."""
    return np.array_equal(a, b, equal_nan=True)


def read_asem(name: str, period: str | None = None) -> pd.DataFrame:
    """A table of the ASEM data set, index unit; of a panel one period."""
    read = pd.read_csv(ASEM / name, dtype={"unit": str, "period": str}, keep_default_na=False, na_values=["", "NA"])
    if period is not None:
        read = read[read["period"] == period]
    return read.set_index("unit")


def asem_framework(normalisation: str = "min_max") -> Framework:
    """The ASEM tree: 49 indicators, eight pillars, two sub-indexes."""
    rows = pd.read_csv(ASEM / "framework.csv", dtype=str, keep_default_na=False)
    rows.loc[rows["normalisation"] != "", "normalisation"] = normalisation
    return framework_from_table(rows)


def asem_values(framework: Framework, name: str = "values.csv", period: str | None = None) -> Values:
    """The ASEM values; an empty cell is missing."""
    read = read_asem(name, period)
    codes = [n.code for n in framework.indicators]
    return Values(tuple(read.index), tuple(codes), read[codes].to_numpy(float))


weights = st.floats(0.05, 50)


@st.composite
def trees(draw, aggregations=("", *MEAN_TEXTS), depth: int = 4, fan: int = 4, **leaf) -> Framework:
    """A framework of random depth and shape, its rows in any order; indicators on goalposts 0 to 100 unless told otherwise."""
    leaf = {"low": 0.0, "high": 100.0} | leaf
    nodes = [Node("N", "", "N", aggregation=draw(st.sampled_from(aggregations)))]
    open_nodes = [("N", 1)]
    while open_nodes:
        parent, level = open_nodes.pop()
        for k in range(draw(st.integers(1, fan if level < 3 else 2))):
            code = f"{parent}{chr(97 + k)}"
            inner = level < depth and len(nodes) < 12 and draw(st.booleans())
            if inner:
                node = Node(code, parent, code, weight=draw(weights), aggregation=draw(st.sampled_from(aggregations)))
                open_nodes.append((code, level + 1))
            else:
                node = Node(code, parent, code, weight=draw(weights), direction=draw(st.sampled_from((1, -1))), **leaf)
            nodes.append(node)
    return Framework(tuple(draw(st.permutations(nodes))))


numbers = st.sampled_from((0.0, 100.0, 50.0, -20.0, 130.0)) | st.floats(1e-3, 100)


@st.composite
def blocks(draw, framework: Framework, units: int = 4, gaps: bool = True) -> Values:
    """Values of some units, ends and ties among them; with `gaps`, cells in each of the four states."""
    shape = (units, len(framework.indicators))
    matrix = draw(hnp.arrays(float, shape, elements=numbers))
    states = np.zeros(shape, np.int8)
    if gaps:
        kinds = st.sampled_from((VALUE, VALUE, VALUE, VALUE, MISSING, NOT_APPLICABLE, PENDING))
        states = draw(hnp.arrays(np.int8, shape, elements=kinds))
    names = tuple(f"u{k}" for k in range(units))
    codes = tuple(n.code for n in framework.indicators)
    return Values(names, codes, np.where(states == VALUE, matrix, np.nan), states)


policies = st.builds(
    Policy,
    missing_rule=st.sampled_from(("low", "reweight", "none")),
    coverage=st.sampled_from((0.0, 0.5, 0.6667, 1.0)),
    aggregation=st.sampled_from(MEAN_TEXTS),
)
