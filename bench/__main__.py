"""`python -m bench` prints one table; `python -m bench score`, `uncertainty`, `import`, `pages`, `what-if` or `exports` only those lines.

`python -m bench wall` prints a table of its own, and takes ten minutes. `--write` puts the table, with the date and the machine, into
docs/benchmarks.md.
"""

import os
import platform
import sys
from datetime import date
from importlib.metadata import version

from bench import exports_speed, import_speed, measure, page_speed, scoring_speed, uncertainty_speed, wall, what_if_speed
from tools.live import ROOT

BENCHES = {
    "score": scoring_speed, "uncertainty": uncertainty_speed, "import": import_speed, "pages": page_speed, "what-if": what_if_speed,
    "exports": exports_speed,
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


def wall_table() -> str:
    """What a wall holds after more and more turns."""
    print("wall …", file=sys.stderr, flush=True)
    rule = ["---:"] * len(wall.HEAD)
    return "\n".join(f"| {' | '.join(row)} |" for row in (wall.HEAD, rule, *wall.rows()))


def main(words: list[str]) -> None:
    """Run the benches that are asked for, all of them but the wall by default."""
    wanted = [word for word in words if word != "--write"]
    if wanted == ["wall"]:
        print(table := wall_table())
        if "--write" in words:
            written(table, BEGIN.format(" wall"))
        return
    if unknown := [name for name in wanted if name not in BENCHES]:
        sys.exit(f"no bench named {', '.join(unknown)}; there are {', '.join(BENCHES)}, and wall by itself")
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
