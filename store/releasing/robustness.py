"""How sure the releases are: measured outside any transaction, kept beside the release, read back as it was measured."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring import __version__
from scoring.case import Case

from ..connection import audit, now, reader, table_of, write_tx
from ..errors import ReleaseError, TooManyUnits
from .cases import release_case
from .frozen import plain
from .reading import release_policy, release_units, served_for
from .releases import Progress
from .scratch import room_for

if TYPE_CHECKING:
    from scoring.uncertainty import Uncertainty

AT_ONCE = 3000  # units of a release that is measured when it is published
_STEPS = 1000  # of the progress of one release, whatever it is made of
_UNITS = ("rank", "rank_median", "rank_p5", "rank_p95", "index_p5", "index_p95")
_INDICES = ("first", "first_low", "first_high", "total", "total_low", "total_high")
_SAME = "SELECT id FROM uncertainty WHERE release = ? AND draws = ? AND seed = ? AND code_version = ?"
# A hurried measurement never hides a thorough one.
_OF_UNITS = "SELECT * FROM uncertainty_unit WHERE uncertainty = ? ORDER BY unit"
_OF_SOME = "SELECT * FROM uncertainty_unit WHERE uncertainty = ? AND unit IN (SELECT value FROM json_each(?)) ORDER BY unit"
_TIERS = "SELECT unit, tier, share FROM uncertainty_tier WHERE uncertainty = ?"
_TIERS_OF_SOME = "SELECT unit, tier, share FROM uncertainty_tier WHERE uncertainty = ? AND unit IN (SELECT value FROM json_each(?))"
_BEST = "SELECT id FROM uncertainty WHERE release = ? ORDER BY draws DESC, id DESC LIMIT 1"
_INSERT = "INSERT INTO uncertainty (release, draws, seed, code_version, ahead, at, by) VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_UNIT = "INSERT INTO uncertainty_unit VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_TIER = "INSERT INTO uncertainty_tier VALUES (?, ?, ?, ?)"
_INSERT_SOBOL = "INSERT INTO uncertainty_sobol VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def measure_releases(
    periods: Iterable[str] | None,
    by: str,
    draws: int | None = None,
    seed: int | None = None,
    path: Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Measure the releases that are served for these periods (None: all) and keep what was found; their `robustness_table`s.

    Above scoring's MOST_PAIRED units no pairs are counted: `ahead` is empty.

    Without `draws` or `seed`, as each release's policy says. What this version of the program measured before is found and not
    doubled. Each release is kept as soon as it is measured. Raises ReleaseError where none is served, ScoringError, StoreError.
    """
    from scoring.uncertainty import measure

    with reader(path) as db:
        table = served_for(db, periods)
    wanted = list(zip(table["period"], table["release"].tolist(), strict=True))
    tables = []
    for done, (period, release) in enumerate(wanted):
        with reader(path) as db:
            policy = release_policy(db, release)
            number = policy.draws.number if draws is None else draws
            key = (release, number, policy.draws.seed if seed is None else seed, __version__)
            same = db.execute(_SAME, key).fetchone()
            found = _read(db, same[0]) if same else None
            case = None if same else _case(db, release, period)
        if found is None:
            with room_for(number * len(case.values.units), path) as room:
                found = measure(case, number, key[2], _part(progress, done, len(wanted), period), room)
            _keep(key, found, by, path)
        if progress:
            progress((done + 1) * _STEPS, len(wanted) * _STEPS, period)
        tables.append(robustness_table(found, period))
    return pd.concat(tables, ignore_index=True)


def measure_published(periods: Sequence[str], by: str, path: Path | None = None, progress: Progress | None = None) -> None:
    """Measure what was just published, as `measure_releases`. Raises TooManyUnits where that takes more than a moment."""
    with reader(path) as db:
        table = served_for(db, periods)
    many = table[table["units"] > AT_ONCE]
    if len(many):
        last = many.iloc[-1]
        why = f"{last['period']} 有 {last['units']} 个单位，随发布测算太久（不超过 {AT_ONCE} 个时才随发布测算）"
        raise TooManyUnits(f"{why}；请另行运行 python manage.py uncertainty --period {last['period']} --draws 100")
    measure_releases(periods, by, path=path, progress=progress)


def release_uncertainty(db: Database, release: int, units: Sequence[str] | None = None) -> Uncertainty | None:
    """What was measured of a release: with the most draws, and of those the last; None where nothing was. units: of these, without pairs."""
    row = db.execute(_BEST, [int(release)]).fetchone()
    return None if row is None else _read(db, row[0], units)


def robustness_table(found: Uncertainty, period: str) -> pd.DataFrame:
    """Columns unit, period, rank, rank_median, rank_p5, rank_p95, index_p5, index_p95, then `tier_columns`; by rank."""
    tiers = found.tiers.set_axis(tier_columns(found.tiers.columns), axis=1)
    table = found.units[list(_UNITS)].join(tiers).rename_axis("unit").reset_index()
    table.insert(1, "period", period)
    return table.sort_values("rank", kind="stable", na_position="last", ignore_index=True).astype({"rank": "Int64"})


def tier_columns(labels: Sequence[str]) -> list[str]:
    """Names for the shares of draws in each tier, from the best: of three as the words say, else p_tier_1, p_tier_2 …"""
    three = ["p_leading", "p_contending", "p_catching_up"]
    return three if len(labels) == len(three) else [f"p_tier_{n}" for n in range(1, len(labels) + 1)]


def _case(db: Database, release: int, period: str) -> Case:
    """The release's case. Raises ReleaseError where it no longer gives what was frozen: then it would be another's measurement."""
    case, frozen = release_case(db, release), release_units(db, release)["index"]
    if not np.allclose(case.standing["index"].reindex(frozen.index), frozen, rtol=0, atol=1e-9, equal_nan=True):
        why = "它所依据的其他考核期此后有改动，或由另一版本的程序计分"
        raise ReleaseError(f"第 {release} 号发布（{period}）重算的结果与发布不同：{why}；请重新发布全部考核期（publish --all）再测算")
    return case


def _part(progress: Progress | None, before: int, whole: int, period: str) -> Progress | None:
    """The progress of one release as a part of the whole run's."""
    if progress is None:
        return None
    return lambda done, total, what: progress(round((before + done / total) * _STEPS), whole * _STEPS, f"{period} {what}")


def _keep(key: tuple[int, int, int, str], found: Uncertainty, by: str, path: Path | None) -> None:
    """Append what was found, unless another process measured the same meanwhile."""
    ahead = zlib.compress(np.ascontiguousarray(found.ahead, "<f8").tobytes())
    tiers = found.tiers.rename_axis("unit").melt(var_name="tier", value_name="share", ignore_index=False)
    with write_tx(path) as db:
        if db.execute(_SAME, key).fetchone():
            return
        number = db.execute(_INSERT, (*key, ahead, now(), by)).lastrowid
        db.conn.executemany(_INSERT_UNIT, zip(repeat(number), *_columns(found.units[list(_UNITS)])))
        db.conn.executemany(_INSERT_TIER, zip(repeat(number), *_columns(tiers)))
        indices = zip(repeat(number), range(len(found.sobol)), *_columns(found.sobol[list(_INDICES)]))
        db.conn.executemany(_INSERT_SOBOL, indices)
        audit(db, by, "uncertainty", uncertainty=number, release=key[0], draws=key[1], seed=key[2])


def _columns(table: pd.DataFrame) -> list[list]:
    """The index and the columns of a table as plain values."""
    return [table.index.tolist(), *(plain(table[c]) for c in table)]


def _read(db: Database, number: int, some: Sequence[str] | None = None) -> Uncertainty:
    from scoring.uncertainty import Uncertainty

    release, draws, seed, ahead = db.execute(
        "SELECT release, draws, seed, ahead FROM uncertainty WHERE id = ?", [number]
    ).fetchone()
    labels = release_policy(db, release).tier_labels
    if some is None:
        units, tiers = (table_of(db.execute(sql, [number])) for sql in (_OF_UNITS, _TIERS))
    else:
        units, tiers = (table_of(db.execute(sql, [number, json.dumps(list(some))])) for sql in (_OF_SOME, _TIERS_OF_SOME))
    sobol = table_of(db.execute("SELECT * FROM uncertainty_sobol WHERE uncertainty = ? ORDER BY place", [number]))
    shares = np.frombuffer(zlib.decompress(ahead) if some is None else b"", "<f8")
    return Uncertainty(
        units=units.set_index("unit")[list(_UNITS)].astype(float),
        tiers=tiers.pivot(index="unit", columns="tier", values="share").reindex(columns=list(labels)).rename_axis(columns=None).astype(float),
        ahead=shares.reshape(len(units), len(units)) if shares.size else np.empty((0, 0)),
        sobol=sobol.set_index("assumption")[list(_INDICES)].astype(float),
        draws=draws,
        seed=seed,
    )
