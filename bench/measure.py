"""One line of the table, and how a thing is timed."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


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


def markdown(lines: list[Line]) -> str:
    """The lines as one table."""
    rows = ["| what | time | against | time | ratio | aim | met |", "|---|---:|---|---:|---:|---:|---|"]
    for line in lines:
        sign = "≥" if line.at_least else "≤"
        rows.append(
            f"| {line.what} | {shown(line.ours)} | {line.against} | {shown(line.theirs)} "
            f"| {line.ratio:.2f} | {sign} {line.aim:g} | {'yes' if line.met else 'no'} |"
        )
    return "\n".join(rows)


def shown(seconds: float) -> str:
    """A duration in the unit that reads best."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
