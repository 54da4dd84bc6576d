"""Spark gives the rows that one machine gives: the same bits, whatever the partitions, though workers are killed."""

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from engines import Spark, score_file, score_spread
from scoring.errors import ScoringError
from scoring.policy import Policy
from store.frameworks.batches import AddressedValues
from store.frameworks.blocks import open_values
from tests.scoring.trees import build

ROOT = Path(__file__).parents[2]
LOCAL = "local[2]"
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]  # of the Connect server that the session is too
MIXED = build("""
code,parent,name,unit,direction,weight,low,high,normalisation,aggregation,transform,denominator,treatment
INDEX,,INDEX,,1,1,,,,,,,
P,INDEX,P,,1,0.7,,,,geometric,,,
Q,INDEX,Q,,1,1.3,,,,harmonic,,,
R,INDEX,R,,1,0.9,,,,,,,
A,P,A,,1,1.7,0,100,,,,,
B,P,B,,-1,0.3,,,min_max,,,,
C,Q,C,,1,1,,,min_max,,log,,
D,Q,D,,1,2.9,,,percentile_rank,,,N,
E,R,E,,-1,0.9,,,z_score,,,,
F,R,F,,1,1.1,,,rank,,,,
G,R,G,,1,1,,,min_max,,,,winsorise
H,R,H,,-1,0.4,,,borda,,,,
""")
SUMMED = """
code,parent,name,unit,direction,weight,low,high,normalisation
INDEX,,INDEX,,1,1,,,
A,INDEX,A,,1,1,,,min_max
E,INDEX,E,,1,1,,,z_score
B,INDEX,B,,-1,1,0,100,
"""
PLAIN = build("""
code,parent,name,unit,direction,weight,low,high,normalisation
INDEX,,INDEX,,1,1,,,
A,INDEX,A,,1,2,0,10,
B,INDEX,B,,1,1,0,10,
""")
POLICY = Policy(screening=0.5)


@pytest.fixture(scope="module")
def on_spark():
    """One session for all, which is a Connect server beside; what the engine opens is this."""
    from engines.spark_session import session

    plugin = "--conf spark.plugins=org.apache.spark.sql.connect.SparkConnectPlugin"
    quick = "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'"  # a short run repays no long compiling
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{plugin} {quick} --conf spark.connect.grpc.binding.port={PORT} pyspark-shell"
    with session(LOCAL, 1000) as spark:
        spark.conf.set("spark.sql.shuffle.partitions", "2")
        yield spark
    del os.environ["PYSPARK_SUBMIT_ARGS"]


def mixed(count: int, periods: int = 1, seed: int = 7) -> pd.DataFrame:
    """Values for `MIXED`: gaps, ties, outliers in G."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.uniform(1, 100, (count, 9)), columns=list("ABCDEFGHN"))
    table["F"], table["H"] = rng.integers(1, 9, count), rng.integers(1, 9, count)
    table.loc[[0, 1], "G"] = 1e6
    table = table.mask(rng.random(table.shape) < 0.05)
    table.loc[count // 2, list("ABCDEF")] = np.nan  # screened out
    table.insert(0, "unit", [f"U{k // periods:05d}" for k in range(count)])
    table.insert(1, "period", [f"2024Q{1 + k % periods}" for k in range(count)])
    return table


def locally(table: pd.DataFrame, folder: Path, framework=MIXED, policy=POLICY) -> pd.DataFrame:
    table.to_parquet(folder / "whole.parquet", index=False)
    score_file(framework, policy, open_values(folder / "whole.parquet", framework), folder / "local.parquet")
    return pd.read_parquet(folder / "local.parquet")


def spread(values: Path, framework=MIXED, policy=POLICY, quantiles: str = "exact") -> pd.DataFrame:
    out = values.parent / "spread.parquet"
    count = score_spread(framework, policy, AddressedValues(str(values), framework), str(out), Spark(LOCAL, quantiles))
    found = pd.read_parquet(out)
    assert count == len(found)
    return found


def in_parts(table: pd.DataFrame, folder: Path, sizes: list[int]) -> Path:
    """The table as a folder of files of these lengths."""
    parts = folder / "parts"
    parts.mkdir()
    for k, (start, size) in enumerate(zip(np.cumsum([0, *sizes]), sizes, strict=False)):
        table.iloc[start : start + size].to_parquet(parts / f"{k}.parquet", index=False)
    return parts


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_every_kind_of_scale_gives_the_local_engines_bits(on_spark, tmp_path):
    table = mixed(1200, periods=2)
    parts = in_parts(table, tmp_path, [700, 0, 3, 497])  # skewed, one of them empty
    expected = locally(table, tmp_path)
    assert expected["marks"].str.contains("screened").any() and expected["marks"].str.contains("winsorised").any()
    same(spread(parts), expected)


def test_a_text_gives_them_too_with_bounds_of_a_base_period(on_spark, tmp_path):
    table, policy = mixed(300, periods=2), replace(POLICY, pool="base:2024Q2")
    table.to_csv(tmp_path / "values.csv", index=False)
    same(spread(tmp_path / "values.csv", policy=policy), locally(table, tmp_path, policy=policy))


@pytest.mark.parametrize("rule", [{}, {"tier_rule": "thresholds", "tier_cuts": (60, 30)}], ids=["share", "thresholds"])
def test_ties_share_their_rank_across_parts_and_groups(on_spark, tmp_path, monkeypatch, rule):
    monkeypatch.setattr("engines.spark_ranks._ROWS", 40)
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"unit": [f"U{k}" for k in range(600)], "A": rng.integers(0, 11, 600), "B": rng.integers(0, 3, 600)})
    table = table.astype({"A": float})
    table.loc[::50, "A"] = np.nan
    policy = Policy(missing_rule="none", **rule)
    found = spread(in_parts(table, tmp_path, [250, 250, 100]), PLAIN, policy)
    scored = found.dropna(subset="INDEX")
    better = [(scored["INDEX"].round(9) > x).sum() + 1 for x in scored["INDEX"].round(9)]
    assert scored["rank"].tolist() == better and scored["rank"].duplicated().sum() > 400
    same(found, locally(table, tmp_path, PLAIN, policy))


@dataclass(frozen=True)
class Dying:
    """A reader whose process is killed at some of its calls, counted over all processes by the length of a file."""

    reader: object
    calls: Path
    deaths: tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return self.reader.labels

    def __call__(self, batch, above):
        with self.calls.open("ab") as file:
            file.write(b".")
            call = file.tell()
        if call in self.deaths:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.reader(batch, above)


@dataclass(frozen=True)
class DyingSource:
    address: str
    framework: object
    calls: Path
    deaths: tuple[int, ...]

    def reader(self, labels) -> Dying:
        return Dying(AddressedValues(self.address, self.framework).reader(labels), self.calls, self.deaths)


def test_killed_workers_cost_nothing(on_spark, tmp_path):
    table, framework = mixed(1500, periods=2)[["unit", "period", "A", "B", "E"]], build(SUMMED)
    policy = replace(POLICY, pool="all")
    parts, expected = in_parts(table, tmp_path, [500, 500, 500]), locally(table, tmp_path, framework, policy)
    # Three batches are read to summarise and again to score; each death makes some work be done again.
    dying = DyingSource(str(parts), framework, tmp_path / "calls", (2, 6))
    score_spread(framework, policy, dying, str(tmp_path / "killed.parquet"), Spark(LOCAL))
    assert dying.calls.stat().st_size >= 3 + 3 + 2
    same(pd.read_parquet(tmp_path / "killed.parquet"), expected)


def test_approximate_quantiles_keep_to_their_stated_errors(on_spark, tmp_path):
    framework = build("""
        code,parent,name,unit,direction,weight,normalisation
        INDEX,,INDEX,,1,1,
        A,INDEX,A,,1,1,percentile_rank
        B,INDEX,B,,-1,1,percentile_rank
    """)
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"unit": [f"U{k}" for k in range(20_000)], "A": rng.normal(size=20_000), "B": rng.integers(0, 50, 20_000) * 1.0})
    table.to_parquet(tmp_path / "values.parquet")
    exact = spread(tmp_path / "values.parquet", framework)
    same(exact, locally(table, tmp_path, framework))
    said = metadata(tmp_path / "spread.parquet")
    assert said["quantiles"] == "exact"
    index = exact["INDEX"].round(9)
    assert json.loads(said["periods"]) == {"": {"units": 20_000, "scored": 20_000, "quartiles": np.quantile(index, [0.25, 0.5, 0.75]).tolist()}}

    loose = spread(tmp_path / "values.parquet", framework, quantiles="approximate").set_index("unit").loc[exact["unit"]]
    said = metadata(tmp_path / "spread.parquet")
    errors = json.loads(said["scale_errors"])
    assert said["quantiles"] == "approximate" and set(errors) == {"A", "B"}
    for code, error in errors.items():
        off = np.abs(loose[code].to_numpy() - exact[code].to_numpy()).max()
        assert 0 < off <= error + 1 / 20_000, code
    for share, quartile in zip((0.25, 0.5, 0.75), json.loads(said["periods"])[""]["quartiles"], strict=True):
        index, error = loose["INDEX"].round(9), float(said["quantile_error"]) + 1 / 20_000
        assert (index < quartile).mean() - error <= share <= (index <= quartile).mean() + error


def metadata(path: Path) -> dict[str, str]:
    return {k.decode(): v.decode() for k, v in pq.read_metadata(path).metadata.items()}


def test_what_is_refused_is_named(on_spark, tmp_path):
    table = mixed(200)
    twice = pd.concat([table, table.iloc[[5]].assign(unit="ｕ00005")])  # neither capitals nor width tell units apart
    with pytest.raises(ScoringError, match=r"U00005（2024Q1）重复"):
        spread(in_parts(twice, tmp_path, [150, 51]))
    with pytest.raises(ScoringError, match="2024Q9"):
        spread(tmp_path / "parts", policy=replace(POLICY, pool="base:2024Q9"))
    table.astype({"A": object}).assign(A=lambda t: t["A"].where(t.index != 7, "很多")).to_csv(tmp_path / "values.csv", index=False)
    with pytest.raises(ScoringError, match="很多"):
        spread(tmp_path / "values.csv")
    with pytest.raises(ScoringError, match="没有这项指标的列"):
        table.drop(columns="C").to_csv(tmp_path / "values.csv", index=False)
        spread(tmp_path / "values.csv")
    with pytest.raises(ScoringError, match=r"none\.parquet.*Spark 读不了"):
        spread(tmp_path / "none.parquet")


def test_a_connect_client_gives_a_folder_of_the_same_rows(on_spark, tmp_path):
    table = mixed(300)
    expected = locally(table, tmp_path)
    client = (
        "import sys; from tests.engines.test_spark import *;"
        "print(score_spread(MIXED, POLICY, AddressedValues(sys.argv[1], MIXED), sys.argv[2], Spark(sys.argv[3])))"
    )
    out = tmp_path / "out"
    words = [sys.executable, "-c", client, str(tmp_path / "whole.parquet"), str(out), f"sc://127.0.0.1:{PORT}"]
    environment = {k: v for k, v in os.environ.items() if k not in ("JAVA_HOME", "PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT")}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "300"
    same(pd.concat(map(pd.read_parquet, sorted(out.glob("part-*"))), ignore_index=True), expected)
    assert json.loads("".join(p.read_text("utf-8") for p in (out / "_about").glob("part-*")))["engine"] == "spark"
