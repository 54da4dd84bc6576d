"""`python -m bench` prints one table; `python -m bench score`, `import` or `pages` only those lines."""

import sys

from bench import import_speed, measure, page_speed, scoring_speed

BENCHES = {"score": scoring_speed, "import": import_speed, "pages": page_speed}


def main(wanted: list[str]) -> None:
    """Run the benches that are asked for, all of them by default."""
    if unknown := [name for name in wanted if name not in BENCHES]:
        sys.exit(f"no bench named {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    lines = []
    for name in wanted or BENCHES:
        print(f"{name} …", file=sys.stderr, flush=True)
        lines += BENCHES[name].lines()
    print(measure.markdown(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
