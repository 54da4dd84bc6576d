"""The local engine: blocks of any size against the whole, to the last bit; what it holds; what it leaves behind."""

import tracemalloc
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines import local, score_file
from engines.runs import Doubles, Ranking
from scoring import ranking
from scoring.errors import ScoringError
from scoring.framework import Framework, Node
from scoring.policy import Policy
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE, Values
from tests.scoring.trees import flat

METHODS = ("goalposts", "min_max", "z_score", "mpi", "rank", "percentile_rank", "borda", "distance_to_max", "ampi")
MANY = 10**9
steady = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


class Table:
    """A source of blocks that are given; in blocks of so many rows they come in another order of periods than time's."""

    def __init__(self, by_period: dict[str, Values]):
        self.path, self.by_period = Path("table.csv"), by_period
        self.rows = sum(len(v.units) for v in by_period.values())

    def whole(self):
        return self.by_period

    def blocks(self, size):
        for period, values in reversed(self.by_period.items()):
            for start in range(0, len(values.units), size):
                yield period, values.take(slice(start, start + size))


@st.composite
def cases(draw) -> tuple[Framework, Policy, dict[str, Values]]:
    """Three indicators on two levels, the first over a denominator, two periods, cells in all four states."""
    methods = [draw(st.sampled_from(METHODS)) for _ in "ABC"]
    leaves = [
        Node(
            code, parent, code, weight=1.5, direction=draw(st.sampled_from((1, -1))), low=0.0, high=90.0, normalisation=method,
            denominator="D" if code == "A" and draw(st.booleans()) else "",
            transform=draw(st.sampled_from(("none", "log"))) if method != "ampi" and code == "C" else "none",
        )
        for code, parent, method in zip("ABC", ("P", "P", "N"), methods, strict=True)
    ]  # fmt: skip
    if leaves[2].transform == "log":
        leaves[2] = replace(leaves[2], low=1.0)
    policy = Policy(
        missing_rule=draw(st.sampled_from(("low", "reweight", "none"))),
        coverage=draw(st.sampled_from((0.0, 0.6667))),
        screening=draw(st.sampled_from((0.0, 0.6))),
        treatment=draw(st.sampled_from(("none", "none", "winsorise", "log", "winsorise_log"))),
        pool=draw(st.sampled_from(("period", "all", "base:2023"))),
        tier_rule="share",
    )
    if draw(st.booleans()):
        policy = replace(policy, tier_rule="thresholds", tier_cuts=(60.0, 20.0))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    return Framework((Node("N", "", "N"), Node("P", "N", "P"), *leaves)), policy, {p: random_values(rng) for p in ("2023", "2024")}


def random_values(rng: np.random.Generator, units: int = 23) -> Values:
    shape = (units, 4)
    matrix = np.where(rng.random(shape) < 0.1, 1000.0, rng.uniform(1, 99, shape).round(1))
    states = rng.choice([VALUE, MISSING, NOT_APPLICABLE, PENDING], shape, p=[0.8, 0.1, 0.05, 0.05]).astype(np.int8)
    return Values(tuple(f"u{k}" for k in range(units)), ("A", "B", "C", "D"), np.where(states == VALUE, matrix, np.nan), states)


def scored(folder: Path, case, name: str, **options) -> pd.DataFrame | str:
    framework, policy, by_period = case
    try:
        local.score(framework, policy, Table(by_period), folder / name, **options)
    except ScoringError as error:
        return str(error)
    return pd.read_parquet(folder / name).sort_values(["period", "unit"], ignore_index=True)


@steady
@given(case=cases(), size=st.integers(1, 30))
def test_blocks_equal_the_whole_to_the_last_bit(tmp_path_factory, case, size):
    folder = tmp_path_factory.mktemp("blocks")
    whole = scored(folder, case, "whole.parquet", whole=MANY)
    blocks = scored(folder, case, "blocks.parquet", whole=0, size=size)
    if isinstance(whole, str):
        assert blocks == whole
    else:
        pd.testing.assert_frame_equal(blocks, whole, check_exact=True)
    assert {p.suffix for p in folder.iterdir()} <= {".parquet"}  # no temporary file is left


def test_rows_run_by_period_and_rank_or_as_they_were_given(tmp_path):
    framework = flat(1.0)
    by_period = {p: Values(("a", "b", "c"), ("A",), np.array(x)[:, None]) for p, x in {"2023": [1.0, 3, 2], "2024": [3.0, 1, 2]}.items()}
    for whole, order in ((6, "bcaacb"), (5, "abcabc")):
        score_file(framework, Policy(), Table(by_period), tmp_path / "s.csv", whole)
        assert "".join(pd.read_csv(tmp_path / "s.csv")["unit"]) == order


@steady
@given(st.lists(st.sampled_from((0.0, -0.0, 1.0, 50.0, 50.0 + 1e-12, 50.001, np.nan)), min_size=1, max_size=25), st.integers(1, 6))
def test_ranks_over_many_runs_are_the_ranks(tmp_path_factory, index, length):
    index = np.array(index)
    found = Ranking(tmp_path_factory.mktemp("ranks") / "r", length)
    for part in np.array_split(index, 5):
        found.add(part)
    np.testing.assert_array_equal(found.ranks(index), ranking.rank(index))
    assert found.ranked == np.count_nonzero(~np.isnan(index))


def test_keys_that_occur_twice_are_found_within_and_across_runs(tmp_path):
    doubles = Doubles(tmp_path / "h", length=2)
    for units in (["a", "b"], ["c", "B"], ["d", "e"], ["f", "f"]):
        doubles.add("2024", units)
    doubles.add("2025", ["a"])
    assert len(doubles.found()) == 2
    doubles.add("2025", ["Ａ", "Ｄ"])  # wide letters, of which one was there
    assert len(doubles.found()) == 3


def test_a_unit_twice_in_different_blocks_is_refused_by_name(tmp_path):
    class Twice(Table):
        def blocks(self, size):
            yield from [*super().blocks(size), ("2024", self.by_period["2024"].take([1]))]

    table = Twice({"2024": Values(("甲", "乙", "丙"), ("A",), np.array([[1.0], [2], [3]]))})
    with pytest.raises(ScoringError, match="单位 乙（2024）重复；同一考核期每个单位只能有一行"):
        local.score(flat(1.0), Policy(), table, tmp_path / "s.csv", whole=0, size=2)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"aggregation": "copeland"}, "INDEX 的合成方法 copeland"),
        ({"weighting": "entropy"}, "INDEX 的权重方法 entropy"),
        ({"imputation": "mean"}, "A 的插补方法 mean"),
        ({"tier_rule": "natural_breaks"}, "梯队规则 natural_breaks"),
    ],
)
def test_what_must_see_all_units_is_refused_beyond_the_limit_and_done_below(tmp_path, change, words):
    values = Values(("a", "b", "c", "d"), ("A", "B"), np.array([[1.0, 2], [2, 1], [3, 5], [4, 9]]))
    job = flat(1.0, 1.0), replace(Policy(), **change), Table({"2024": values}), tmp_path / "s.csv"
    with pytest.raises(ScoringError, match=rf"{words}（.*不能分块计算；表有 4 行，超过整表计算的上限 3 行。.*--whole 4"):
        score_file(*job, whole=3)
    assert not list(tmp_path.iterdir())
    assert score_file(*job, whole=4) == 4


@pytest.mark.parametrize("name", ["s.csv", "s.parquet"])
def test_a_scoring_that_ends_early_leaves_the_older_file_and_nothing_else(tmp_path, monkeypatch, name):
    out = tmp_path / name
    out.write_bytes(b"older")
    values = Values(tuple("abcdef"), ("A",), np.arange(6.0)[:, None])
    real, calls = local.rows, []

    def failing(*job):
        calls.append(out.read_bytes())
        if len(calls) == 3:
            raise OSError("no space left")
        return real(*job)

    monkeypatch.setattr(local, "rows", failing)
    with pytest.raises(OSError, match="no space"):
        local.score(flat(1.0), Policy(), Table({"2024": values}), out, whole=0, size=2)
    assert calls == [b"older"] * 3 and [p.name for p in tmp_path.iterdir()] == [name] and out.read_bytes() == b"older"


def test_a_link_stays_a_link_and_a_folder_that_is_not_there_is_named(tmp_path):
    """/dev/stdout is a link, and a file put in its place would be everybody's."""
    values = Values(("a", "b"), ("A",), np.array([[1.0], [2.0]]))
    link, target = tmp_path / "link", tmp_path / "target.csv"
    link.symlink_to(target)
    score_file(flat(1.0), Policy(), Table({"2024": values}), link)
    assert link.is_symlink() and len(pd.read_csv(target)) == 2
    with pytest.raises(OSError) as said:
        score_file(flat(1.0), Policy(), Table({"2024": values}), tmp_path / "no" / "s.csv")
    assert said.value.filename == str(tmp_path / "no" / "s.csv")


def test_a_parquet_file_says_how_it_was_made(tmp_path):
    values = Values(("a", "b"), ("A",), np.array([[1.0], [2.0]]))

    def said(policy: Policy) -> dict[bytes, bytes]:
        score_file(flat(1.0), policy, Table({"2024": values}), tmp_path / "s.parquet")
        return pq.ParquetFile(tmp_path / "s.parquet").metadata.metadata

    first, second = said(Policy()), said(Policy(coverage=0.5))
    assert first[b"units"] == b"2" and first[b"engine"] == b"local" and first[b"quantiles"] == b"exact" and first[b"version"]
    assert first[b"framework_sha256"] == second[b"framework_sha256"] and first[b"policy_sha256"] != second[b"policy_sha256"]


def test_a_large_table_is_never_held(tmp_path):
    """100,000 units × 16 doubles are 12.8 MB; of the 50 blocks that are read no more than three are alive at any time."""
    alive, most = weakref.WeakSet(), []

    class Endless:
        path, rows = Path("v"), 100_000

        def blocks(self, size):
            rng = np.random.default_rng(1)
            for start in range(0, self.rows, size):
                block = Block(tuple(f"{start + k}" for k in range(size)), tuple("ABCDEFGHIJKLMNOP"), rng.uniform(0, 99, (size, 16)))
                alive.add(block)
                most.append(len(alive))
                yield "", block
                del block

    class Block(Values):
        __hash__ = object.__hash__

    tracemalloc.start()
    count = local.score(flat(*[1.0] * 16, normalisation="min_max"), Policy(), Endless(), tmp_path / "s.parquet", whole=0, size=2000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 100_000 and len(most) == 50 and max(most) <= 3 and peak < 10e6
