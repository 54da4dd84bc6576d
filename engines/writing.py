"""Tables of rows to a file, some rows at a time: the file stands under its name only when it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PARQUET = ".parquet"
_KINDS = {"rank": pa.int64()} | dict.fromkeys(("unit", "period", "tier", "marks"), pa.string())  # the rest are scores


def is_straight(out: Path) -> bool:
    """Whether it is written as it stands: a pipe, or a link (/dev/stdout is one), in whose place no other file may be put."""
    return out.is_symlink() or (out.exists() and not out.is_file())


@contextmanager
def written(out: Path, columns: Sequence[str], stamp: Mapping[str, str]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """A function that writes rows with these columns behind those that are there; `stamp` goes into a Parquet file's metadata.

    Numbers in a CSV are the shortest texts that read back to the same double, without a BOM, because programs read it. Raises
    OSError, which names `out`.
    """
    straight = is_straight(out)
    part = out if straight else out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with (_parquet if out.suffix.lower() == PARQUET else _csv)(part, columns, stamp) as write:
            yield write
        if not straight:
            os.replace(part, out)
    except OSError as error:
        if error.filename == str(part):
            error.filename = str(out)
        raise
    finally:
        if not straight:
            part.unlink(missing_ok=True)


@contextmanager
def _csv(part: Path, columns: Sequence[str], stamp: Mapping[str, str]) -> Iterator[Callable[[pd.DataFrame], None]]:
    with part.open("w", encoding="utf-8", newline="") as file:
        pd.DataFrame(columns=list(columns)).to_csv(file, index=False, lineterminator="\n")
        yield lambda rows: rows.to_csv(file, index=False, header=False, lineterminator="\n")


@contextmanager
def _parquet(part: Path, columns: Sequence[str], stamp: Mapping[str, str]) -> Iterator[Callable[[pd.DataFrame], None]]:
    schema = pa.schema({c: _KINDS.get(c, pa.float64()) for c in columns})
    count = 0

    def write(rows: pd.DataFrame) -> None:
        nonlocal count
        count += len(rows)
        writer.write_table(pa.Table.from_pandas(rows, schema, preserve_index=False))

    with pq.ParquetWriter(part, schema, use_dictionary=["period", "tier"]) as writer:  # hardly two scores are alike
        yield write
        writer.add_key_value_metadata({**stamp, "units": str(count)})
