"""`python -m bench` prints one table; `python -m bench score`, `duckdb`, `uncertainty` … only those lines.

Tables of their own, each by its name alone, since they take minutes: `large`, `mcda`, `stream`, `spark`, `million [STORE]`, `load`,
`soak [RERUNS]`, `wall`. `--write` puts a table, with the date and the machine, into docs/benchmarks.md.
"""

import os
import platform
import sys
from datetime import date
from importlib import import_module
from importlib.metadata import version

from bench import measure
from tools.live import ROOT

BENCHES = {  # name → module, whose `lines` share one table
    "score": "scoring_speed", "duckdb": "duckdb_speed", "uncertainty": "uncertainty_speed", "import": "import_speed",
    "publish": "publish_speed", "pages": "page_speed", "what-if": "what_if_speed", "exports": "exports_speed",
}  # fmt: skip
TABLES = {  # name → module, its head, its rows
    "large": ("large_speed", "HEAD", "rows"), "mcda": ("mcda_speed", "HEAD", "rows"), "stream": ("stream_speed", "HEAD", "rows"),
    "spark": ("spark_speed", "HEAD", "rows"), "million": ("million_speed", "HEAD", "rows"), "load": ("load", "HEAD", "rows"),
    "soak": ("load", "SOAK_HEAD", "soak"), "wall": ("wall", "HEAD", "rows"),
}  # fmt: skip
PAPER = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- written by python -m bench{} --write -->\n", "<!-- end -->\n"


def machine() -> str:
    """What the numbers depend on besides this code."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "streamlit", "plotly"))
    return f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def written(table: str, begin: str) -> None:
    """Puts a table between its marks in the paper."""
    before, rest = PAPER.read_text("utf-8").split(begin)
    seen = f"\n{date.today():%Y-%m-%d}, {machine()}:\n\n{table}\n\n"
    PAPER.write_text(before + begin + seen + END + rest.split(END, 1)[1], "utf-8")


def own_table(name: str, words: list[str]) -> str:
    """The rows of a bench that has its own columns."""
    print(f"{name} …", file=sys.stderr, flush=True)
    module, head, rows = TABLES[name]
    found = import_module(f"bench.{module}")
    return measure.markdown(getattr(found, head), getattr(found, rows)(*words))


def shared_table(names: list[str]) -> str:
    """The lines of these benches, by default of all."""
    lines = []
    for name in names or BENCHES:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            found = import_module(f"bench.{BENCHES[name]}")
        except ModuleNotFoundError as error:  # what only benches need is not installed for the others
            print(f"left out: {name} needs {error.name}, of requirements-bench.txt", file=sys.stderr)
            continue
        lines += found.lines()
    return measure.markdown(measure.HEAD, map(measure.row, lines))


def main(words: list[str]) -> None:
    """Run the benches that are asked for, print their table, and with `--write` put it into the paper."""
    wanted = [word for word in words if word != "--write"]
    own = bool(wanted) and wanted[0] in TABLES
    if not own and (unknown := [name for name in wanted if name not in BENCHES]):
        sys.exit(f"no bench named {', '.join(unknown)}; there are {', '.join(BENCHES)}, and each by itself {', '.join(TABLES)}")
    print(table := own_table(wanted[0], wanted[1:]) if own else shared_table(wanted))
    if "--write" in words:
        written(table, BEGIN.format(f" {wanted[0]}" if own else ""))


if __name__ == "__main__":
    main(sys.argv[1:])
