"""Memory and time of `manage.py score` on Parquet files of more and more units, 30 indicators each.

    python -m bench.stream_speed METHOD FILE      one scoring in this process: seconds and megabytes at its peak

Not among what `python -m bench` does unless it is named: the largest files take some minutes and some gigabytes beside the temporary folder.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.framework import Framework
from tools.live import ROOT

UNITS = (2, 100_000, 1_000_000, 5_000_000)
METHODS = {"min_max": UNITS, "z_score": UNITS[-1:], "rank": UNITS[2:3]}  # how many units are scored by each
HEAD = ("normalisation", "units × indicators", "file, MB", "time", "peak, MB", "above base, MB")
_BLOCK = 100_000


def framework(method: str) -> Framework:
    """The default framework, each indicator by one normalisation."""
    from store.frameworks.files import read_framework

    nodes = read_framework(ROOT / "data" / "framework.csv").nodes
    return Framework(tuple(replace(n, normalisation=method) if n.normalisation else n for n in nodes))


def made(path: Path, units: int, seed: int = 7) -> None:
    """A file of units with values around 50, one cell in fifty missing, written block by block."""
    codes = [n.code for n in framework("min_max").indicators]
    schema = pa.schema({"unit": pa.string()} | dict.fromkeys(codes, pa.float64()))
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, units, _BLOCK):
            rng = np.random.default_rng([seed, start])
            count = min(_BLOCK, units - start)
            matrix = rng.normal(50, 10, (len(codes), count)).clip(0.01, 99.99)
            if count > 2:
                matrix[rng.random(matrix.shape) < 0.02] = np.nan
            names = pa.array([f"U{k:08d}" for k in range(start, start + count)])
            writer.write_table(pa.table([names, *(pa.array(x, from_pandas=True) for x in matrix)], schema=schema))


def scored(method: str, path: Path) -> None:
    """Score a file in this process and print seconds and peak."""
    from engines import score_file
    from scoring.policy import Policy
    from store.frameworks.blocks import open_values

    tree, start = framework(method), time.perf_counter()
    score_file(tree, Policy(), open_values(path, tree), path.with_name("scores.parquet"), whole=0)
    print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def rows(sizes: tuple[int, ...] = UNITS) -> Iterator[tuple[str, ...]]:
    """A row a method and number of units, as HEAD names them; two units first, whose peak is the base."""
    base = None
    with TemporaryDirectory() as folder:
        for units in sizes:
            path = Path(folder) / f"{units}.parquet"
            made(path, units)
            for method in (m for m, some in METHODS.items() if units in some):
                command = [sys.executable, "-m", "bench.stream_speed", method, str(path)]
                done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True)
                seconds, peak = map(float, done.stdout.split())
                base = peak if base is None else base
                size = path.stat().st_size / 2**20
                yield method, f"{units:,} × 30", f"{size:,.0f}", f"{seconds:.1f} s", f"{peak:.0f}", f"{peak - base:.0f}"


if __name__ == "__main__":
    scored(sys.argv[1], Path(sys.argv[2]))
