"""Batches as tables: the list, what one brought, and what its revocation would change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from store.connection import reader
from store.errors import StoreError
from store.importing.kept import kept_file, kept_size
from store.importing.preview import csv_rows
from store.importing.undoing import Effect
from ui import desk_reads, intake_tables, reads
from ui.wording import clean, from_to, period_title, signed, tenth

LIVE, REVOKED = "live", "revoked"
STATES = {LIVE: "有效", REVOKED: "已撤销"}
FIRST = 50  # rows of what a batch brought
FULL = 100_000
_LONG = 4_000_000  # bytes as they are kept


def all_batches(path: Path) -> pd.DataFrame:
    """All batches, index batch, the last first, with `state` and `kinds` (a list of titles)."""
    table = desk_reads.batches(str(path), reads.stamp(path)).set_index("batch", drop=False)
    kinds = [[intake_tables.KINDS.get(kind, kind) for kind in said.split()] for said in table["kind"]]
    return table.assign(state=table["revoked_at"].isna().map({True: LIVE, False: REVOKED}), kinds=kinds)


def filtered(table: pd.DataFrame, kinds: list[str], people: list[str], states: list[str], words: str) -> pd.DataFrame:
    """The batches of these kinds, people and states (empty: all) whose number, file, digest or reason has the words."""
    kept = pd.Series(True, index=table.index)
    if kinds:
        kept &= table["kinds"].map(lambda mine: bool(set(kinds) & set(mine)))
    for column, wanted in (("by", people), ("state", states)):
        if wanted:
            kept &= table[column].isin(wanted)
    said = table["batch"].astype(str) + "\n" + table["file"] + "\n" + table["sha256"] + "\n" + table["revoke_reason"].fillna("")
    return table[kept & said.str.contains(words.strip(), case=False, regex=False)]


def sheet(table: pd.DataFrame) -> pd.DataFrame:
    """The list as people read it."""
    undone = [_undone(row) for row in table.itertuples()]
    return pd.DataFrame(
        {
            "批次": table["batch"], "状态": table["state"].map(STATES), "文件": table["file"].map(clean), "内容": table["kinds"].map("、".join),
            "行数": table["rows"], "谁": table["by"].map(clean), "何时": table["at"].map(when),
            "撤销": undone, "摘要": table["sha256"],
        },
        index=table.index,
    )  # fmt: skip


def _undone(row) -> str:
    return f"{clean(row.revoked_by)} {when(row.revoked_at)} {clean(row.revoke_reason)}" if row.state == REVOKED else ""


def when(at: str) -> str:
    """A moment as people read it, to the minute."""
    return str(at)[:16].replace("T", " ")


def brought(path: Path, batch: int) -> pd.DataFrame:
    """What kinds of things a batch brought, index kind: rows, units, periods."""
    return desk_reads.batch_overview(str(path), batch)


def rows(path: Path, batch: int, kind: str, words: Mapping[str, str], most: int = FIRST) -> pd.DataFrame:
    """The first rows of a kind as people read them."""
    table = desk_reads.batch_rows(str(path), batch, kind, most)
    if kind in ("framework", "guidance"):
        return _version(table).rename(columns=partial(intake_tables.title, kind))
    table = table.copy()
    if "unit" in table:
        units = desk_reads.names_of(str(path), reads.stamp(path), tuple(table["unit"].unique()))
        table["unit"] = [f"{units.get(u, '')} {u}".strip() for u in table["unit"]]
    if "indicator" in table:
        nodes = desk_reads.node_names(str(path), reads.stamp(path))
        table["indicator"] = [f"{c} {nodes.get(c, '')}".strip() for c in table["indicator"]]
    if kind == "values":
        table["value"] = intake_tables.written(table["value"], table["state"])
        table = table.drop(columns="state")
    if "period" in table:
        table["period"] = table["period"].map(period_title)
    titles = {"unit": words["unit"], "period": words["period"], "indicator": "指标", "row": "行"} | intake_tables.PLACES
    return table.rename(columns={c: titles.get(c) or intake_tables.title(kind, c) for c in table})


def _version(table: pd.DataFrame) -> pd.DataFrame:
    """A framework's or guidance's own rows."""
    text = table["framework_csv" if "framework_csv" in table else "guidance_csv"].iloc[0]
    return csv_rows(text)


def is_long(path: Path, batch: int) -> bool:
    """Whether its file is unpacked and checked only when it is taken out."""
    with reader(path) as db:
        return kept_size(db, batch) > _LONG


def taken_out(path: Path, batch: int) -> bytes:
    """The file itself, or why it cannot be had, as bytes."""
    found = kept(path, batch)
    return found if isinstance(found, bytes) else (found or "").encode()


def kept(path: Path, batch: int) -> bytes | str | None:
    """The file itself; None where none was kept, or why it cannot be had."""
    try:
        with reader(path) as db:
            return kept_file(db, batch)
    except StoreError as error:
        return str(error)


def effect_sheet(effect: Effect, words: Mapping[str, str]) -> pd.DataFrame:
    """The units that would stand otherwise, before and after, those first that come, go or change most."""
    change = effect.units["index_after"] - effect.units["index_before"]
    table = effect.units.loc[change.abs().fillna(np.inf).sort_values(ascending=False, kind="stable").index]
    return pd.DataFrame(
        {
            words["period"]: table["period"].map(period_title), words["unit"]: table["name"].map(clean),
            "现在": table["index_before"].map(tenth), "撤销后": table["index_after"].map(tenth), "变化": change[table.index].map(signed),
            "名次": [f"{_rank(a)} → {_rank(b)}" for a, b in zip(table["rank_before"], table["rank_after"], strict=True)],
            "梯队": [from_to(a, b) for a, b in zip(table["tier_before"], table["tier_after"], strict=True)],
        },
        index=table.index,
    )  # fmt: skip


def _rank(rank: float) -> str:
    return f"{rank:.0f}" if rank == rank else "—"
