"""What is typed and not saved yet, for one person: by period and cell, with what the cell held when it was typed.

The grid is only where it is typed. Another filter, another page, a refusal or a browser that is closed takes the grid away and leaves this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from scoring.framework import Node
from scoring.values import STATE_TITLES
from store.connection import reader
from store.importing import entry
from store.importing.entry import Cell, Draft, Fact, Sheet
from store.people.roles import Person
from store.readers.cells import BadCell
from ui import acts, desk, desk_reads, reads, viewer
from ui.intake_tables import number
from ui.user import current_user

TYPED = "本期"  # the column that is typed in
_DRAFTS, _MOUNT, _ROUND, _BLANK, _LEFT = "entry_drafts", "entry_mount", "entry_round", "entry_blank", "entry_left"
_KEPT: dict[tuple[str, str], dict[str, dict[Cell, Draft]]] = {}  # store and person → period → cells; as long as the server runs
BATCH = "entry_batch"  # the batch that this visit wrote last
_FAR = 0.5  # of the goalposts' width, or of the last value where there are none: a change beyond it is remarked


@dataclass(frozen=True)
class Grid:
    """A grid as it was put on the screen: its key, its table, and cell, fact and node of every row."""

    key: str
    period: str
    table: pd.DataFrame
    cells: tuple[Cell, ...]
    facts: tuple[Fact, ...]
    nodes: tuple[Node, ...]


def periods(path: Path) -> list[str]:
    """Periods that can be typed in, the newest first."""
    with reader(path) as db:
        return entry.entry_periods(db)


def newest(periods: list[str]) -> str:
    """The newest period that has values, of `periods`: the first is the one that comes next where there is one."""
    after = len(periods) > 1 and entry.following(periods[1]) == periods[0]
    return periods[1] if after else periods[0]


def drafts(period: str) -> dict[Cell, Draft]:
    """What this person has typed and not saved of a period."""
    return _mine().setdefault(period, {})


def elsewhere(period: str) -> dict[str, int]:
    """How many cells are typed and not saved of other periods."""
    return {p: len(cells) for p, cells in _mine().items() if cells and p != period}


def left_behind(period: str) -> int:
    """How many of the cells that are not saved were typed in an earlier visit, or in another window."""
    mine = drafts(period)
    return len(st.session_state[_LEFT].get(period, frozenset()) & mine.keys())


def _mine() -> dict[str, dict[Cell, Draft]]:
    """What this person has typed: whoever has begun this visit, a sign-out in the midst of it loses nothing."""
    if _DRAFTS not in st.session_state:
        found = st.session_state[_DRAFTS] = _KEPT.setdefault((str(viewer.store()), current_user().name), {})
        st.session_state[_LEFT] = {period: frozenset(cells) for period, cells in found.items()}
    return st.session_state[_DRAFTS]


def shown(fact: Fact) -> str:
    """What a cell holds, as it is written: a number, or the word of its state; nothing where it holds nothing."""
    return number(fact.value) if fact.value is not None else STATE_TITLES.get(fact.state, "")


def take() -> None:
    """Takes over what was typed into the grid that is on the screen. Before anything else of a run: a changed filter loses nothing."""
    grid = st.session_state.get(_MOUNT)
    if grid is None or grid.key not in st.session_state:
        return
    rows = {int(row): cells[TYPED] for row, cells in st.session_state[grid.key]["edited_rows"].items() if TYPED in cells}
    for row, text in rows.items():
        type_in(grid, row, text)
    if any(not str(text or "").strip() and shown(grid.facts[row]) for row, text in rows.items()):
        st.session_state[_BLANK] = True
        desk.remount("entry")


def blanked() -> bool:
    """Whether a cell was emptied that held something, which is told once: the grid shows again what it holds."""
    return st.session_state.pop(_BLANK, False)


def type_in(grid: Grid, row: int, text: object) -> None:
    """One cell as it was typed. What says the same as the store is no change; neither is an empty cell, which erases nothing."""
    mine, cell, fact = drafts(grid.period), grid.cells[row], grid.facts[row]
    said = str(text or "").strip()
    if not said or _says(said, grid.nodes[row]) == (fact.state, fact.value):
        mine.pop(cell, None)
    elif cell not in mine or mine[cell].text != said:
        mine[cell] = Draft(said, fact)


def _says(text: str, node: Node) -> tuple | None:
    try:
        found = entry.read(text, node)
    except BadCell:
        return None
    return found.state, found.value


def grid(key: str, known: Sheet, cells: list[Cell], path: Path, table: pd.DataFrame) -> Grid:
    """The grid of these cells: the one that is on the screen, or a new one with what is typed already.

    `table`: what stands beside the typed column, a row a cell. A store that has changed gives a new grid.
    """
    key = f"entry {known.period} {key} {desk_reads.batch_state(str(path), reads.stamp(path))} {st.session_state.get(_ROUND, 0)}"
    mounted = st.session_state.get(_MOUNT)
    if mounted and mounted.key == key and key in st.session_state:
        return mounted
    mine = drafts(known.period)
    facts = tuple(known.held.get(cell, Fact()) for cell in cells)
    texts = [mine[cell].text if cell in mine else shown(fact) for cell, fact in zip(cells, facts, strict=True)]
    table = table.assign(**{TYPED: pd.Series(texts, index=table.index, dtype=object)})
    nodes = tuple(known.nodes[indicator] for _, indicator in cells)
    st.session_state[_MOUNT] = Grid(key, known.period, table, tuple(cells), facts, nodes)
    return st.session_state[_MOUNT]


def problem(draft: Draft, node: Node | None) -> str:
    """Why a typed text cannot be saved; "" where it can."""
    if node is None:
        return "这项指标已不在指标体系里，不能填"
    try:
        entry.read(draft.text, node)
    except BadCell as why:
        return str(why)
    return ""


def remarks(fact: Fact, node: Node, before: Fact) -> list[str]:
    """What is unusual about a value, which may be right all the same."""
    value, found = fact.value, []
    if value is None:
        return found
    scored = node.low is not None and node.high is not None and not node.denominator
    if scored and not node.low <= value <= node.high:
        found.append(f"在目标区间 {number(node.low)}～{number(node.high)} 之外")
    width = node.high - node.low if scored else abs(before.value or 0)
    if before.value is not None and width and abs(value - before.value) > _FAR * width:
        found.append(f"与上期 {number(before.value)} 相差大")
    return found


def listed(path: Path, sheet: Sheet, moved: Mapping[Cell, Fact], words: Mapping[str, str]) -> pd.DataFrame:
    """What is typed of a period and not saved, old beside new; why it cannot be saved, and what is unusual about it."""
    mine = drafts(sheet.period)
    earlier = entry.facts_now(sheet.before, path, _units(mine)) if sheet.before else {}
    rows = []
    for (unit, code), draft in list(mine.items()):
        node, base = sheet.nodes.get(code), moved.get((unit, code), draft.base)
        bad = problem(draft, node)
        told = [] if bad else remarks(entry.read(draft.text, node), node, earlier.get((unit, code), Fact()))
        name = f"{code} {node.name}" if node else code
        rows.append((sheet.units["name"].get(unit, unit), name, shown(base), draft.text, bad, "；".join(told)))
    return pd.DataFrame(rows, columns=[words["unit"], "指标", "原来", "改为", "不能保存", "说明"], dtype=object)


def conflicts(period: str, path: Path) -> dict[Cell, Fact]:
    """Typed cells that hold something else by now than when they were typed: what they hold now."""
    mine = drafts(period)
    now = entry.facts_now(period, path, _units(mine)) if mine else {}
    return {cell: found for cell, draft in list(mine.items()) if not (found := now.get(cell, Fact())).same(draft.base)}


def _units(mine: Mapping[Cell, Draft]) -> set[str]:
    return {unit for unit, _ in list(mine)}


def settle(period: str, found: Mapping[Cell, Fact], theirs: list[Cell]) -> None:
    """Of cells that somebody else has changed: these as the store has them, the others as typed here."""
    take()  # what was typed just before the button may come with it
    mine = drafts(period)
    for cell, fact in found.items():
        if cell in theirs:
            mine.pop(cell, None)
        elif cell in mine:
            mine[cell] = Draft(mine[cell].text, fact)
    desk.remount("entry")


def discard(period: str) -> None:
    """Gives up what is typed and not saved of a period."""
    drafts(period).clear()
    desk.remount("entry")


def save(path: Path, period: str) -> None:
    """Writes what is typed of a period as one batch. What cannot be written stays as it was typed."""
    take()  # what was typed just before the button may come with it
    mine = drafts(period)
    if not mine:
        return  # the second press of a double one

    def do(person: Person) -> str:
        sent = dict(mine)
        batch = st.session_state[BATCH] = entry.write(period, sent, person.name, path)
        for cell in [c for c, draft in sent.items() if mine.get(c) is draft]:  # what another window has typed meanwhile stays
            del mine[cell]
        return f"已写入 {len(sent)} 处：批次 {batch}，可在“批次”里撤销。"

    acts.act(desk.RIGHT, do, "正在写入")
    desk.remount("entry")
