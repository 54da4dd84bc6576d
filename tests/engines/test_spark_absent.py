"""Spark is there by choice: what is lacking is named with its remedy, and what it cannot do is refused before it starts."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from engines import Spark, score_spread
from scoring.errors import ScoringError
from scoring.policy import Policy
from store.frameworks.batches import AddressedValues
from tests.scoring.trees import flat


def spread(framework=None, policy=None) -> None:
    framework = framework or flat(1, 1)
    score_spread(framework, policy or Policy(), AddressedValues("values.parquet", framework), "out.parquet", Spark())


def test_without_pyspark_it_says_what_to_install(monkeypatch):
    for name in ("pyspark", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ScoringError, match=r"没有安装 PySpark.*pip install -r requirements-spark\.txt"):
        spread()


def test_without_java_it_says_what_to_install(monkeypatch):
    sql = ModuleType("pyspark.sql")
    sql.SparkSession = SimpleNamespace(builder=SimpleNamespace(appName=lambda name: None))
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ScoringError, match=r"没有找到 Java.*openjdk-17-jre-headless"):
        spread()


@pytest.mark.parametrize(
    ("framework", "policy", "said"),
    [
        (flat(1, 1, aggregation="copeland"), Policy(), r"INDEX 的合成方法 copeland.*不用 --engine spark"),
        (flat(1, 1), Policy(imputation="median"), r"A 的插补方法 median.*不用 --engine spark"),
        (flat(1, 1), Policy(weighting="entropy"), r"INDEX 的权重方法 entropy.*不用 --engine spark"),
        (flat(1, 1), Policy(tier_rule="natural_breaks"), r"梯队规则 natural_breaks.*不用 --engine spark"),
    ],
)
def test_what_must_see_all_units_at_once_is_refused(framework, policy, said):
    with pytest.raises(ScoringError, match=said):
        spread(framework, policy)
