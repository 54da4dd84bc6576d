"""`python -m bench` prints one table; `python -m bench score`, `uncertainty`, `import`, `pages`, `what-if` or `exports` only those lines.

`python -m bench wall` and `stream` print tables of their own, and take ten minutes each. `--write` puts the table, with the date and
the machine, into docs/benchmarks.md.
"""

import os
import platform
import sys
from datetime import date
from importlib.metadata import version

from bench import (
    exports_speed,
    import_speed,
    measure,
    page_speed,
    scoring_speed,
    stream_speed,
    uncertainty_speed,
    wall,
    what_if_speed,
)
from tools.live import ROOT

BENCHES = {
    "score": scoring_speed, "uncertainty": uncertainty_speed, "import": import_speed, "pages": page_speed, "what-if": what_if_speed,
    "exports": exports_speed,
}  # fmt: skip
TABLES = {"wall": wall, "stream": stream_speed}  # each has a table of its own
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


def own_table(name: str) -> str:
    """The rows of a bench that has its own columns."""
    print(f"{name} …", file=sys.stderr, flush=True)
    rule = ["---:"] * len(TABLES[name].HEAD)
    return "\n".join(f"| {' | '.join(row)} |" for row in (TABLES[name].HEAD, rule, *TABLES[name].rows()))


def main(words: list[str]) -> None:
    """Run the benches that are asked for; by default all that share a table."""
    wanted = [word for word in words if word != "--write"]
    if len(wanted) == 1 and (name := wanted[0]) in TABLES:
        print(table := own_table(name))
        if "--write" in words:
            written(table, BEGIN.format(f" {name}"))
        return
    if unknown := [name for name in wanted if name not in BENCHES]:
        sys.exit(f"no bench named {', '.join(unknown)}; there are {', '.join(BENCHES)}, and by themselves {', '.join(TABLES)}")
    lines = []
    for name in wanted or BENCHES:
        print(f"{name} …", file=sys.stderr, flush=True)
        lines += BENCHES[name].lines()
    table = measure.markdown(lines)
    print(table)
    if "--write" in words:
        written(table, BEGIN.format(""))


if __name__ == "__main__":
    main(sys.argv[1:])
