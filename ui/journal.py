"""The journal as a table: filtered and paged in the store, with the state of its chain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from store.chain import Verdict
from store.connection import reader
from store.keeping import journal
from store.stamp import stamp
from ui import desk_reads

PAGE = 50  # rows of a page


@dataclass(frozen=True)
class Asked:
    """The filters: names, verbs, first and last day (`2026-11-24`, "": any), a text in the detail."""

    by: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    text: str = ""

    def given(self) -> dict:
        """As the store's functions take them."""
        return {"by": self.by, "verbs": self.verbs, "since": self.since, "until": self.until, "text": self.text}


def offered(path: Path) -> tuple[list[str], dict[str, str]]:
    """Everybody and every verb that stand in the journal, verbs with their words."""
    with reader(path) as db:
        return journal.journal_people(db), journal.journal_verbs(db)


def length(path: Path, asked: Asked) -> int:
    """How many rows pass the filters."""
    with reader(path) as db:
        return journal.journal_length(db, **asked.given())


def rows(path: Path, asked: Asked, page: int | None = None) -> pd.DataFrame:
    """The rows that pass the filters, the last first; of one page (from 1), or all of them."""
    part = {} if page is None else {"limit": PAGE, "offset": PAGE * (page - 1)}
    with reader(path) as db:
        return journal.journal(db, **asked.given(), **part).set_index("id", drop=False)


def verdict(path: Path) -> Verdict:
    """What the chain turns out to be."""
    return desk_reads.chain_verdict(str(path), stamp(path))


def sheet(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the journal under Chinese headings, index id."""
    return pd.DataFrame(
        {
            "行": table["id"], "时间": table["at"].str[:19].str.replace("T", " "), "谁": table["by"], "做了什么": table["what"],
            "内容": table["told"], "哈希": table["hash"],
        },
        index=table.index,
    )  # fmt: skip


def book(path: Path, asked: Asked) -> pd.DataFrame:
    """All rows that pass the filters, for a file: with the detail as it was written."""
    table = rows(path, asked)
    return sheet(table).assign(原文=table["detail"])
