"""A Spark session for one scoring: opened where a master is named, given this tree's code, and closed again."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from scoring.errors import ScoringError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).parents[1]
SHIPPED = ("scoring", "engines", "store")  # the rooms that a worker needs
_NAME = f"score-{uuid4().hex}.zip"  # its own for each process, as a Connect server may have another one's code
_LOCAL = re.compile(r"local(\[(\d+|\*)\])?$")
_CONNECT = "sc://"
_CALLS = 5  # at a Connect server that does not answer: some 20 seconds, where the client's own rule is to wait ten minutes
_RETRIES = 4  # tries of a task: a local master has but one, and a worker that is killed would end the whole
_QUIET = {  # a session on this machine is nobody else's: no page on a port, no address but the loopback
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "16",
    "spark.sql.files.maxPartitionBytes": "32m",  # three pieces of 128 MB would leave one of two cores idle at the end of each pass
}
_CODE = "spark.executorEnv.PYTHONPATH"  # where workers on this machine find this tree, which they need not unpack and compile


def is_local(master: str) -> bool:
    """Whether Spark runs within this machine, where it sees the files that this process sees."""
    return master.startswith("local")


@contextmanager
def session(master: str, rows: int) -> Iterator[SparkSession]:
    """A session on a master (`local[N]`, `spark://…`, `yarn`, …) or a Connect server (`sc://host:port`), with our code shipped.

    `rows`: units that a worker is handed at a time. A session that runs already is used and left running. Raises ScoringError
    where pyspark or Java is not there, or the master does not answer.
    """
    builder = _spark(master)
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    try:
        spark = running or builder.getOrCreate()
        if is_local(master) and not running:
            spark.sparkContext.setLogLevel("OFF")  # what fails is told by the exception that comes up
        _settle(spark, master, rows)
    except (PySparkException, RuntimeError, OSError) as error:
        remedy = "请确认 Java 为 17 以上（java -version）" if is_local(master) else "请核对地址，确认 Spark 已启动"
        raise ScoringError(f"Spark 起不来或连不上（--master {master}）：{reason(error)}；{remedy}") from error
    try:
        if not (is_local(master) and spark.conf.get(_CODE, "") == str(ROOT)):
            spark.addArtifacts(os.path.join(_code().name, _NAME), pyfile=True)
        yield spark
    finally:
        if not running:
            spark.stop()


def _settle(spark: SparkSession, master: str, rows: int) -> None:
    """The session's own settings, which ask it for the first time."""
    if master.startswith(_CONNECT):
        from pyspark.sql.connect.client.retries import DefaultPolicy

        spark.client.set_retry_policies([DefaultPolicy(max_retries=_CALLS)])
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(rows))
    spark.conf.set("spark.sql.caseSensitive", "true")  # codes that differ in case are two indicators


def reason(error: Exception) -> str:
    """The line of what Spark says when it fails that tells the most: the last cause, else the first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = ("Caused by: ", "details = ")  # Java's way, and gRPC's
    causes = [line.removeprefix(start) for line in lines for start in told if line.startswith(start)]
    return (causes or lines[:1] or [type(error).__name__])[-1]


def _spark(master: str):
    """What builds the session. Raises ScoringError naming what has to be installed."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise ScoringError("没有安装 PySpark，不能用 --engine spark；请运行 pip install -r requirements-spark.txt") from None
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)  # what we call of it takes Arrow
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master.startswith(_CONNECT):
        return SparkSession.builder.remote(master)  # the server has the Java
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        remedy = "请安装 Java 17（Debian：apt-get install openjdk-17-jre-headless），或设 JAVA_HOME；连 Spark Connect（--master sc://…）则不需要"
        raise ScoringError(f"没有找到 Java，不能用 --engine spark；{remedy}")
    if found := _LOCAL.match(master):
        master = f"local[{found[2] or 1},{_RETRIES}]"
    builder = SparkSession.builder.appName("score").master(master)
    if not is_local(master):
        return builder
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return builder.config(map=_QUIET | {_CODE: str(ROOT)})


@cache
def _code() -> tempfile.TemporaryDirectory:
    """A folder with the code of this tree as a ZIP, kept as long as this process: workers fetch it when they begin."""
    folder = tempfile.TemporaryDirectory()
    with zipfile.ZipFile(os.path.join(folder.name, _NAME), "w") as bundle:
        for path in sorted(p for room in SHIPPED for p in (ROOT / room).rglob("*.py")):
            bundle.write(path, path.relative_to(ROOT))
    return folder
