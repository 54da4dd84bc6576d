"""One store out of the served releases of many, scored anew over all units by the framework that they have in common.

A unit's code there is its city's name, a middle dot, and its code in the city: 杭州市·A01. What a city had published of it itself is
kept beside. The cities' stores are only read; withdrawn releases and drafts are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from scoring.movement import period_key

from ..connection import reader, write_tx
from ..importing.batches import write_batch
from ..importing.intake import framework_intake
from ..keeping.placing import new_store
from ..releasing.releases import Published, publish
from .agreement import Version, agreed
from .copying import copy_release
from .sources import Source, named, sources

Progress = Callable[[int, int, str], None]  # done, of how many, what
_SINCE = "INSERT INTO framework_since (framework, since) SELECT id, ? FROM framework WHERE batch = ?"


class RolledUp(NamedTuple):
    """What came of it: a release a period, where the framework is from, and the periods that each city lacks."""

    published: list[Published]
    versions: list[Version]
    lacking: dict[str, list[str]]


def roll_up(
    given: Sequence[tuple[str, Path]], out: Path, by: str, framework: str | None = None, progress: Progress = lambda *what: None
) -> RolledUp:
    """Make the store `out` of (name, store) of each city; it appears when it is whole. `framework`: the city whose framework is taken.

    Raises RollupError: names that cannot be, a city that serves nothing; FrameworksDiffer; StoreOccupied: `out` is there; StoreError,
    ScoringError.
    """
    with new_store(Path(out)) as part:
        found = sources(named(given))
        versions = agreed(found, framework)
        periods = sorted({s.period for s in found}, key=period_key)
        steps = len(found) + len(periods)
        _write_versions(part, versions, by)
        _copy(part, found, versions, by, lambda done, what: progress(done, steps, what))
        published: list[Published] = []
        for period in periods:  # one at a time: what a period needs is held, not what all need
            published += publish([period], by, part)
            progress(len(found) + len(published), steps, f"计分 {period}")
    served = {name: {s.period for s in mine} for name, mine in groupby(found, lambda s: s.city.name)}
    lacking = {name: [p for p in periods if p not in mine] for name, mine in served.items()}
    return RolledUp(published, versions, {name: lost for name, lost in lacking.items() if lost})


def _write_versions(part: Path, versions: Sequence[Version], by: str) -> None:
    """The frameworks as batches. The same texts may hold again after others: a note tells them apart."""
    with write_tx(part) as db:
        for since, source in versions:
            csv_text, policy_toml = source.texts
            note = f"# 自 {since} 起用\n" if since else ""
            file = f"指标体系（{source.city.name} {source.period} 第 {source.release} 号发布）"
            batch = write_batch(db, framework_intake(file, csv_text, note + policy_toml), by)
            if since:
                db.execute(_SINCE, [since, batch])


def _copy(part: Path, found: Sequence[Source], versions: Sequence[Version], by: str, step: Callable[[int, str], None]) -> None:
    done = 0
    for city, mine in groupby(found, lambda source: source.city):
        with reader(city.path) as read, write_tx(part) as db:
            for source in mine:
                columns = _in_force(versions, source.period).method[0].columns
                copy_release(db, read, source, columns, by)
                done += 1
                step(done, f"{city.name} {source.period}")


def _in_force(versions: Sequence[Version], period: str) -> Source:
    return [v.source for v in versions if v.since is None or period_key(v.since) <= period_key(period)][-1]
