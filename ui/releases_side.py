"""Two releases of a period side by side: which, what parts them, and the table of units."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from store.releasing.releases import STATES
from ui import address, parts, releases, releases_groups, viewer
from ui.releases_parts import WHICH
from ui.wording import period_title


def chosen(table: pd.DataFrame) -> tuple[pd.Series, pd.Series] | None:
    """The two releases that are chosen, the earlier one first by default; None where no period has two."""
    counts = table["period"].value_counts()
    periods = [p for p in table["period"].drop_duplicates() if counts[p] > 1]
    if not periods:
        st.info("还没有一期有两号发布或草稿，无从对照。", icon=":material/info:")
        return None
    left, middle, right = st.columns(3)
    titles = {p: period_title(p) for p in periods}
    period = address.select(viewer.words()["period"], periods, WHICH, periods[0], titles, left, label_visibility="collapsed")
    mine = table[table["period"] == period]
    names = {str(r.release): f"第 {r.release} 号　{STATES[r.state]}　{r.at[:10]}" for r in mine.itertuples()}
    served = mine.loc[mine["served"], "release"]
    first = str(served.iloc[0]) if len(served) else list(names)[1]
    second = next(code for code in names if code != first)
    first, second = sorted((first, second), key=int)  # changes are told as they came: from the earlier to the later
    a = address.select("甲", list(names), "a", first, names, middle, label_visibility="collapsed")
    b = address.select("乙", list(names), "b", second, names, right, label_visibility="collapsed")
    return mine.loc[int(a)], mine.loc[int(b)]


def ends(pair: tuple[pd.Series, pd.Series]) -> tuple[str, str]:
    """What the two are called."""
    a, b = (f"第 {row['release']} 号" for row in pair)
    return (a, b) if a != b else (a, f"{b}（同）")


def compared(path: Path, pair: tuple[pd.Series, pd.Series]) -> pd.DataFrame:
    """The units of the two, what differs most first; of releases of very many units those of the group that is chosen."""
    if max(row["units"] for row in pair) > viewer.LARGE:
        keys = tuple((str(path), str(row["digest"]), int(row["release"])) for row in pair)
        return releases.side(*releases_groups.units(keys, ends(pair)))
    return releases.side(*(releases.units_of(path, row) for row in pair))


def listing(table: pd.DataFrame, words: Mapping[str, str], names: tuple[str, str]) -> None:
    """What parts the two, in a sentence, and the table."""
    parts.heading(f"{names[0]}与{names[1]}", releases.differences(table, words))
    number, shown = st.column_config.NumberColumn, releases.side_sheet(table, words, names)
    config = {c: number(format="%.1f") for c in shown if c.startswith(words["index"])} | {"得分变动": number(format="%+.2f")}
    config |= {c: number(format="%d", width=76) for c in shown if c.startswith("名次 ")} | {"名次变动": number(format="%+d", width=76)}
    config |= {words["unit"]: st.column_config.TextColumn(pinned=True, width=200)}
    parts.grid(shown, hide_index=True, placeholder="—", height=540 if len(shown) > 14 else "content", column_config=config)


def notes(pair: tuple[pd.Series, pd.Series], table: pd.DataFrame, words: Mapping[str, str]) -> list[str]:
    """What a file of it says of itself."""
    lines = [f"第 {r['release']} 号（{STATES[r['state']]}，{r['period']}，{r['at'][:16]}，{r['by']}），摘要 {r['digest']}" for r in pair]
    return [*lines, releases.differences(table, words), "名次变动：升为正。"]
