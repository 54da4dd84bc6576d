"""One line of the table, and how a thing is timed."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

HEAD = ("what", "time", "against", "time", "ratio", "aim", "met")


@dataclass(frozen=True)
class Line:
    """What was compared, in seconds. With `at_least` the aim is to be that many times faster, else as slow at most."""

    what: str
    ours: float
    against: str
    theirs: float
    aim: float
    at_least: bool = False

    @property
    def ratio(self) -> float:
        """Times faster where the aim is a least, else times as long."""
        return self.theirs / self.ours if self.at_least else self.ours / self.theirs

    @property
    def met(self) -> bool:
        """Whether this run reached the aim."""
        return self.ratio >= self.aim if self.at_least else self.ratio <= self.aim


def median_seconds(work: Callable[[], object], times: int) -> float:
    """Median duration of `times` runs, after one that warms up."""
    work()
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def row(line: Line) -> tuple[str, ...]:
    """A line as HEAD names it."""
    sign = "≥" if line.at_least else "≤"
    times = shown(line.ours), line.against, shown(line.theirs)
    return line.what, *times, f"{line.ratio:.2f}", f"{sign} {line.aim:g}", "yes" if line.met else "no"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what begins with a digit in its first row stands to the right."""
    rows = list(rows)
    rule = ["---:" if rows and text[:1].isdigit() else "---" for text in (rows[0] if rows else head)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def shown(seconds: float) -> str:
    """A duration in the unit that reads best."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
