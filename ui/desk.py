"""What stewards write: files brought in, batches undone, each on the press of a button and by the right `bring`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from store.importing import batches, bringing
from store.importing.bringing import Previewed
from store.people.roles import Person
from ui import acts, desk_reads, places, reads
from ui.wording import clean, period_title

RIGHT = "bring"


def bring(path: Path, seen: Previewed) -> list[int]:
    """Write what was looked at; the batches' numbers, none where it could not be done (which is told)."""
    numbers: list[int] = []

    def do(person: Person) -> str:
        numbers.extend(bringing.write(seen, person.name, path))
        return f"已写入：{'、'.join(f'批次 {n}（{clean(i.file, 60)}）' for n, i in zip(numbers, seen.intakes, strict=True))}。"

    acts.act(RIGHT, do, "正在写入")
    return numbers


def undo(path: Path, batch: int, reason: str) -> bool:
    """Revoke a batch, with a reason; whether it was done."""

    def do(person: Person) -> str:
        batches.revoke(batch, person.name, reason.strip(), path)
        return f"批次 {batch} 已撤销，记录仍在。已发布的内容不变。"

    return acts.act(RIGHT, do, "正在撤销")


def to_publish(path: Path) -> list[str]:
    """Periods whose release no longer says what the store holds, or that have data and no release, the newest first."""
    table = desk_reads.period_states(str(path), reads.stamp(path))
    return list(table.index[table["changed"] | (table["served"].isna() & table["draft"].isna() & table["current"].isna())])


def publish_again(path: Path) -> None:
    """Which periods should be published again, with the way there."""
    periods = to_publish(path)
    if not periods:
        st.caption("各期在用的发布与库中数据一致，不必重新发布。")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"应重新发布：**{'、'.join(period_title(p) for p in periods)}**", width="content")
        if places.opens("releases") and st.button("去发布", icon=":material/publish:", key="desk publish"):
            places.open_page("releases", tab="now")
