"""Appeals as tables: what is open first, how long it has waited, what it asks about, and the replies that stand beside a score."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd

from store.people.roles import Person
from store.releasing.appeals import OPEN
from ui import desk_reads, reads, releases, scope_reads
from ui.wording import clean, tenth


def appeals(path: Path, person: Person, today: datetime) -> pd.DataFrame:
    """The appeals that a person may see, index appeal: the open ones first, the oldest first; then the others, the last first.

    Columns as the store's, and open, days (whole days until it was answered last, or until today), asked (the name of the node).
    """
    table = desk_reads.appeals(str(path), reads.stamp(path), person.only_unit).copy()
    table["open"] = table["state"].isin(OPEN)
    until = table["answered_at"].where(~table["open"], today.isoformat(timespec="seconds"))
    table["days"] = (pd.to_datetime(until, utc=True) - pd.to_datetime(table["at"], utc=True)).dt.days
    table["asked"] = [_node(path, r.release, r.node) for r in table.itertuples()]
    order = pd.concat([table[table["open"]].sort_values("appeal"), table[~table["open"]]])
    return order.set_index("appeal", drop=False)


def _node(path: Path, release: int, node: str) -> str:
    framework, _ = releases.method_of(path, releases.all_releases(path).loc[release])
    return framework.node(node).name if node in framework else node


def sheet(table: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Appeals under Chinese headings, index appeal."""
    return pd.DataFrame(
        {
            "号": table["appeal"], "状态": table["state"], "天数": table["days"], words["unit"]: table["name"], words["period"]: table["period"],
            "问的是": table["asked"], "内容": table["text"], "提出": table["at"].str[:10], "提出人": table["by"],
            "答复": table["answer"].fillna(""), "答复时间": table["answered_at"].fillna("").str[:10], "答复人": table["answered_by"].fillna(""),
            "更正批次": table["batch"], "重新发布": table["reissued"],
        },
        index=table.index,
    )  # fmt: skip


def then_and_now(path: Path, found: pd.Series) -> str:
    """What the figure was in the release that is asked about, and what it is in the one that is served."""
    table = releases.all_releases(path)
    asked = table.loc[found["release"]]
    said = f"第 {found['release']} 号发布里是 {_score(path, asked, found)}"
    served = table[(table["period"] == found["period"]) & table["served"]]
    if served.empty or served.index[0] == found["release"]:
        return said
    return f"{said}，在用的第 {served.index[0]} 号里是 {_score(path, served.iloc[0], found)}"


def _score(path: Path, row: pd.Series, found: pd.Series) -> str:
    """The unit's score of the node; the index with its adjustments."""
    key = str(path), str(row["digest"]), int(row["release"])
    units, nodes = (scope_reads.one_unit(*key, what, found["unit"]) for what in ("units", "nodes"))
    if found["unit"] not in units.index or found["node"] not in nodes:
        return "没有这一项"
    root = releases.method_of(path, row)[0].root.code
    return tenth(units.at[found["unit"], "index"] if found["node"] == root else nodes.at[found["unit"], found["node"]])


def shown_replies(path: Path, period: str, unit: str) -> list[tuple[str, str, str]]:
    """(what was asked about, reply, day) of the replies that may stand beside a unit's scores of a period."""
    table = desk_reads.appeals(str(path), reads.stamp(path), unit)
    table = table[table["shown"] & (table["period"] == period)]
    return [(_node(path, r.release, r.node), clean(r.answer, 300), str(r.answered_at)[:10]) for r in table.itertuples()]
