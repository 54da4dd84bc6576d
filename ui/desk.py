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


def remount(grid: str) -> None:
    """From the next run on a page's grid is a new one: it shows what is typed and what the store holds now."""
    st.session_state[f"{grid}_round"] = st.session_state.get(f"{grid}_round", 0) + 1
    st.session_state.pop(f"{grid}_mount", None)  # else what was typed there would be taken over once more


def to_publish(path: Path) -> dict[str, list[str]]:
    """Periods by what is to be done, the newest first: whose release no longer says what the store holds, and that serve none yet.

    Where what was published was withdrawn and nothing has changed since, nothing is to be done.
    """
    table = desk_reads.period_states(str(path), reads.stamp(path))
    found = {"应重新发布": table["changed"], "尚未发布": table["served"].isna() & (table["draft"].notna() | table["current"].isna())}
    return {said: list(table.index[which]) for said, which in found.items() if which.any()}


def publish_again(path: Path) -> None:
    """Which periods should be published again, or for the first time, with the way there."""
    found = to_publish(path)
    if not found:
        st.caption("各期在用的发布与库中数据一致，不必重新发布。")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        said = "；".join(f"{what}：**{'、'.join(period_title(p) for p in periods)}**" for what, periods in found.items())
        st.markdown(said, width="content")
        if places.opens("releases") and st.button("去发布", icon=":material/publish:", key="desk publish"):
            places.open_page("releases", tab="now")
