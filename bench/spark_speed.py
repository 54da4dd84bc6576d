"""`manage.py score` of a million units × 30 indicators by Spark on two cores of this machine, beside the local engine."""

import shutil
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.stream_speed import made
from tools import live

UNITS = 1_000_000
ENGINES = {"local, in blocks": (), "Spark, local[2]": ("--engine", "spark", "--master", "local[2]")}
HEAD = ("engine", "units × indicators", "time", "of local")


def rows(units: str = str(UNITS)) -> Iterator[tuple[str, ...]]:
    """Whole commands, their start included, which for Spark is some ten seconds. Raises SystemExit where it is not there."""
    if lacking := [name for name, there in (("pyspark", find_spec("pyspark")), ("Java", shutil.which("java"))) if not there]:
        sys.exit(f"no {' and no '.join(lacking)}: requirements-spark.txt, Java 17")
    first = None
    with TemporaryDirectory() as name:
        folder = Path(name)
        made(folder / "values.parquet", int(units))
        for engine, options in ENGINES.items():
            begun = time.perf_counter()
            files = "--values", folder / "values.parquet", "--out", folder / "scores.parquet"
            live.manage(folder / "none.db", "score", "--framework", live.ROOT / "data" / "framework.csv", *files, *options)
            seconds = time.perf_counter() - begun
            first = first or seconds
            yield engine, f"{int(units):,} × 30", f"{seconds:.1f} s", f"{seconds / first:.1f}"
