"""Do the cities' frameworks agree, period by period, and what holds where one city's is taken for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from scoring.movement import period_key

from ..connection import reader
from ..errors import FrameworksDiffer, RollupError
from ..importing.preview import ADDED, REMOVED, UNCHANGED, Changes, version_changes
from ..readers.headers import FRAMEWORK_TITLES
from .sources import Source, reported

SHOWN = 12  # differences of one city that are told


class Version(NamedTuple):
    """A framework that holds from a period on (None: for all), and the release that it is taken from."""

    since: str | None
    source: Source


def agreed(found: Sequence[Source], chosen: str | None) -> list[Version]:
    """The versions by which all are scored, in time order. `chosen`: the city whose framework is taken for all.

    Raises FrameworksDiffer with every difference, city by city; RollupError for a chosen one that cannot be.
    """
    periods = sorted({s.period for s in found}, key=period_key)
    if chosen is None:
        held = {p: _held_by_most([s for s in found if s.period == p]) for p in periods}
        if differ := [s for s in found if s.method != held[s.period].method]:
            raise FrameworksDiffer(_told(found, held, differ))
    else:
        held = _of_one(found, chosen, periods)
        _refuse_unreported(found, held, chosen)
    versions: list[Version] = []
    for period in periods:
        if not versions or held[period].method != versions[-1].source.method:
            versions.append(Version(period if versions else None, held[period]))
    return versions


def _held_by_most(mine: Sequence[Source]) -> Source:
    """A release under the framework that most cities have in a period; of equally many the first that was given."""
    return max(mine, key=lambda s: sum(other.method == s.method for other in mine))


def _told(found: Sequence[Source], held: dict[str, Source], differ: Sequence[Source]) -> str:
    lines, told = ["各地的指标体系或评分规则不一致，没有汇总，什么也没有写入。"], {}
    for source in differ:
        what = tuple(differences(held[source.period], source))
        told.setdefault((source.city.name, held[source.period].city.name, what), []).append(source.period)
    for (name, other, what), periods in told.items():
        span = periods[0] if len(periods) == 1 else f"{periods[0]} 至 {periods[-1]} 的 {len(periods)} 期"
        lines.append(f"{name} {span}，与{other}比：")
        lines += [f"  {line}" for line in what[:SHOWN]]
        lines += [f"  ……另有 {len(what) - SHOWN} 处"] if len(what) > SHOWN else []
    names = "、".join(dict.fromkeys(s.city.name for s in found))
    lines.append(f"请改成一致，各自重新发布后再汇总；或加 --framework 名称（{names}），统一按那里的计分：它的每项指标各地都须报过")
    return "\n".join(lines)


def differences(one: Source, other: Source) -> list[str]:
    """What the second release's framework and policy say otherwise than the first's, a line a thing; none where they are read the same."""
    titles = FRAMEWORK_TITLES | dict(other.method[1].facets)
    lines = [line for changes in version_changes(one.method, other.method) for line in _lines(changes, titles)]
    return lines or (["指标体系各行的次序不同，其余都相同"] if one.method != other.method else [])


def _lines(changes: Changes, titles: Mapping[str, str]) -> Iterator[str]:
    table = changes.table[changes.table["change"] != UNCHANGED]
    framework = changes.kind == "framework"
    for row in table.to_dict("records"):
        key = row[changes.keys[0]]
        name = _text(row["old_name"] if row["change"] == REMOVED else row["name"]) if framework else ""
        thing = f"{key} {name}".rstrip() if framework else f"评分规则 {key}"
        if framework and row["change"] in (ADDED, REMOVED):
            yield f"{'多出' if row['change'] == ADDED else '缺少'} {thing}"
            continue
        facts = [f for f in changes.facts if _text(row[f]) != _text(row[f"old_{f}"])]
        heads = [f"{titles.get(f, f)} " if framework else "" for f in facts]
        sides = [(_text(row[f"old_{f}"]) or "无", _text(row[f]) or "无") for f in facts]
        yield f"{thing}：{'；'.join(f'{head}{old} → {new}' for head, (old, new) in zip(heads, sides, strict=True))}"


def _text(said: object) -> str:
    return "" if said is None or pd.isna(said) else str(said)


def _of_one(found: Sequence[Source], chosen: str, periods: Sequence[str]) -> dict[str, Source]:
    """For each period the chosen city's release of it, else of the last one before, else its first."""
    own = [s for s in found if s.city.name == chosen]
    if not own:
        names = "、".join(dict.fromkeys(s.city.name for s in found))
        raise RollupError(f"--framework {chosen}：没有这个名称；可选：{names}")
    return {p: next((s for s in reversed(own) if period_key(s.period) <= period_key(p)), own[0]) for p in periods}


def _refuse_unreported(found: Sequence[Source], held: dict[str, Source], chosen: str) -> None:
    """An indicator that a city has never reported would count as missing there, and one in other units as something else."""
    lines = []
    for source in found:
        framework, own = held[source.period].method[0], source.method[0]
        if framework == own:
            continue
        with reader(source.city.path) as db:
            lacking = sorted(set(framework.columns) - reported(db, source.release))
        lines += [f"{source.city.name} {source.period} 没有报过 {_named(framework, code)}" for code in lacking]
        for node in framework.indicators:
            if node.code in own and own.is_indicator(node.code) and (mine := own.node(node.code)).unit != node.unit:
                lines.append(f"{source.city.name} {source.period} 的 {node.code} {mine.name}计量单位是“{mine.unit}”，{chosen}的是“{node.unit}”")
    if lines:
        more = f"\n  ……另有 {len(lines) - SHOWN} 处" if len(lines) > SHOWN else ""
        listed = "".join(f"\n  {line}" for line in lines[:SHOWN])
        raise FrameworksDiffer(f"不能都按{chosen}的指标体系计分，没有汇总，什么也没有写入：{listed}{more}\n请补报后重新发布，或改用另一地的指标体系")


def _named(framework, code: str) -> str:
    return f"{code} {framework.node(code).name}" if code in framework else code
