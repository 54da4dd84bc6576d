"""Files to rows of a Spark table and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from scoring.errors import ScoringError

from .spark_blocks import PLACE
from .spark_session import reason
from .writing import PARQUET, written

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TEXTS = (".csv", ".txt")
_ROWS = 1 << 16  # of a part file that are read at a time
_PLAIN = {"compression": "none", "parquet.enable.dictionary": "false"}  # of part files that are read once and go
_ABOUT = "_about"  # in a folder of part files; readers of such a folder pass by what begins so


@contextmanager
def told() -> Iterator[None]:
    """Turns what Spark says when it fails into a ScoringError with the line that tells the most."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise ScoringError(f"Spark 没有算完：{reason(error)}；请查看 Spark 的日志") from error


def is_text(values: str) -> bool:
    """Whether an address is that of texts, by its ending; else it is taken for Parquet."""
    return values.lower().endswith(_TEXTS)


def opened(spark: SparkSession, values: str) -> DataFrame:
    """The columns of a file, or of a folder of files, as they are. Raises ScoringError."""
    from pyspark.errors import PySparkException

    try:
        return spark.read.csv(values, header=True, escape='"') if is_text(values) else spark.read.parquet(values)
    except PySparkException as error:
        remedy = "请给 Parquet 文件、存放它们的文件夹，或以 .csv 结尾、首行为表头的 UTF-8 文本"
        raise ScoringError(f"{values}：Spark 读不了（{reason(error)}）；{remedy}") from error


def placed(table: DataFrame, labels: Sequence[str], text: bool) -> DataFrame:
    """These columns of a table, and where each row stood: the rows of a text are not numbered from its beginning."""
    from pyspark.sql import functions as F

    stretch, row = F.lit(-1).cast("long"), F.col("_metadata.row_index")
    if text:
        stretch, row = F.col("_metadata.file_block_start"), F.monotonically_increasing_id()
    where = zip((F.col("_metadata.file_path"), stretch, row), PLACE, strict=True)
    return table.select(*(F.col(f"`{label}`") for label in labels), *(column.alias(name) for column, name in where))


def write_file(result: DataFrame, out: Path, about: Mapping[str, str]) -> int:
    """Write rows as one file, in their order, by way of part files beside it that this process sees; the number of rows.

    What the result says of itself is put into a Parquet file's metadata, and beside a CSV.
    """
    count = 0
    with TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder, written(out, result.columns, about) as write:
        result.write.mode("overwrite").options(**_PLAIN).parquet(folder)
        for part in sorted(Path(folder).glob("part-*.parquet")):
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(_ROWS):
                    count += len(batch)
                    write(batch.to_pandas().astype({"rank": "Int64"}))
    if out.suffix.lower() != PARQUET:
        beside = out.with_name(f"{out.name}.json")
        beside.write_text(json.dumps(about | {"units": str(count)}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return count


def write_folder(result: DataFrame, out: str, about: Mapping[str, str]) -> None:
    """Write rows as a folder of part files, wherever Spark reaches, with what the result says of itself in a text among them."""
    from pyspark.errors import AnalysisException

    try:
        if is_text(out):
            result.write.csv(out, header=True, escape='"')
        else:
            result.write.parquet(out)
    except AnalysisException as error:
        raise ScoringError(f"{out} 写不了（{reason(error)}）；结果是一个新的文件夹，已有的不覆盖，请换一个地址") from error
    text = result.sparkSession.createDataFrame([(json.dumps(about, ensure_ascii=False),)], "value string")
    text.coalesce(1).write.text(f"{out.rstrip('/')}/{_ABOUT}")
