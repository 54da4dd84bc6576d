"""A version of framework and policy in the making, for one visit: the rows of the grid and the text of the rules, right or wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import streamlit as st
import tomlkit
from tomlkit.exceptions import TOMLKitError

from scoring.errors import ScoringError
from scoring.framework import Framework
from scoring.framework_table import OPTIONAL, REQUIRED, framework_to_table
from scoring.movement import period_key
from scoring.policy import Policy
from store.connection import reader
from store.errors import StoreError, StoreMoved, TooManyUnits
from store.frameworks.files import facets_of, parse_policy
from store.importing import entry
from store.importing import framework_versions as store
from store.importing.framework_versions import Effect
from store.importing.preview import Changes, version_changes
from store.people.roles import Person
from store.readers.headers import FRAMEWORK_TITLES
from store.releasing.panel import data_periods
from ui import acts, desk, reads
from ui.wording import period_title

RIGHT = "framework"
ALWAYS = ""  # since no period: for all of them
_DRAFT, _MOUNT, _EFFECT, _ROUND = "framework_draft", "framework_mount", "framework_effect", "framework_round"
DONE = "framework_done"  # version and batch that this visit wrote last
_COLUMN = re.compile(r"(?:标准化方法 \w+ 需要 )?(\w+) 列")


@dataclass(frozen=True)
class Draft:
    """`base`: the version it began with; `last`: the newest one then; `rows`: texts under framework.csv's columns; `toml`: the rules."""

    base: int
    last: int
    rows: pd.DataFrame
    toml: str


class Untried(str):
    """Why a draft is not tried in a store of very many units: it may be adopted all the same."""


@dataclass(frozen=True)
class Judged:
    """What a draft comes to: framework and policy where they can be read, and what is wrong, with row and column."""

    framework: Framework | None
    policy: Policy | None
    problems: tuple[str, ...]


def versions(path: Path) -> pd.DataFrame:
    """All versions, index version, the newest first."""
    with reader(path) as db:
        return store.versions(db)


def version(path: Path, number: int) -> tuple[Framework, Policy, str]:
    """Framework, policy and the text of the rules of a version."""
    with reader(path) as db:
        csv_text, toml = store.version_texts(db, number)
    return *store.parsed(csv_text, toml), toml


def sinces(path: Path) -> list[str]:
    """Periods from which a version can hold: the next one first, then those with data, the newest first, then all of them."""
    with reader(path) as db:
        have = data_periods(db)
    after = entry.following(have[-1]) if have else None
    return [*([after] if after else []), *reversed(have), ALWAYS]


def in_force(table: pd.DataFrame, periods: list[str]) -> dict[int, list[str]]:
    """Which of some periods each version is in force for."""
    found: dict[int, list[str]] = {}
    live = table[~table["revoked"]]
    for period in periods:
        holds = [s is None or s != s or period_key(s) <= period_key(period) for s in live["since"]]
        if any(holds):
            found.setdefault(int(live.index[holds][0]), []).append(period)
    return found


def draft(path: Path, newest: int) -> Draft:
    """The draft of this visit; a copy of the newest version where there is none."""
    if _DRAFT not in st.session_state:
        begin(path, newest, newest)
    return st.session_state[_DRAFT]


def begin(path: Path, base: int, newest: int) -> None:
    """A new draft, as the version stands; what was changed before is given up."""
    framework, policy, toml = version(path, base)
    st.session_state[_DRAFT] = Draft(base, newest, _wide(framework_to_table(framework), policy), _without_note(toml))
    desk.remount("framework")


def rebase(newest: int) -> None:
    """The draft goes on after somebody else's version was looked at: it will take that one's place."""
    st.session_state[_DRAFT] = replace(st.session_state[_DRAFT], last=newest)


def mounted(found: Draft) -> tuple[str, pd.DataFrame]:
    """Key and rows of the grid that is on the screen, or of a new one with the draft's rows."""
    key = f"framework grid {st.session_state.get(_ROUND, 0)}"
    kept = st.session_state.get(_MOUNT)
    if kept is None or kept[0] != key or key not in st.session_state:
        st.session_state[_MOUNT] = key, found.rows
    return st.session_state[_MOUNT]


def take() -> None:
    """Takes over what was typed into the grid on the screen. Before anything else of a run."""
    kept, found = st.session_state.get(_MOUNT), st.session_state.get(_DRAFT)
    if kept and found and kept[0] in st.session_state:
        st.session_state[_DRAFT] = replace(found, rows=edited(kept[1], st.session_state[kept[0]]))


def edited(rows: pd.DataFrame, changes: Mapping) -> pd.DataFrame:
    """Rows with what was typed, added and deleted in a grid over them."""
    table = rows.copy()
    for row, cells in changes["edited_rows"].items():
        for column, said in cells.items():
            table.loc[table.index[int(row)], column] = _text(said)
    table = table.drop(index=[table.index[int(row)] for row in changes["deleted_rows"]])
    added = [{c: _text(cells.get(c)) for c in table} for cells in changes["added_rows"]]
    return pd.concat([table, pd.DataFrame(added, columns=table.columns, dtype=object)], ignore_index=True) if added else table.reset_index(drop=True)


def brought(path: Path, name: str, content: bytes) -> None:
    """A workbook's rows, or a policy.toml's text, in the place of the draft's. Raises ImportRefused."""
    found = st.session_state[_DRAFT]
    if name.lower().endswith(".toml"):
        st.session_state[_DRAFT] = replace(found, toml=_without_note(content.decode("utf-8-sig", "replace")))
    else:
        policy = judged(found).policy or version(path, found.base)[1]
        rows = store.rows_of_file(name, content, policy)
        st.session_state[_DRAFT] = replace(found, rows=_wide(rows, policy))
    desk.remount("framework")


def set_rules(text: str) -> None:
    """The text of the rules as it was typed."""
    st.session_state[_DRAFT] = replace(st.session_state[_DRAFT], toml=text)


def set_rule(section: str, key: str, value: object) -> None:
    """One rule; the rest of the text, comments and all, stays as it is."""
    found = st.session_state[_DRAFT]
    document = tomlkit.parse(found.toml)
    document.setdefault(section, tomlkit.table())[key] = value
    set_rules(tomlkit.dumps(document))


def judged(found: Draft) -> Judged:
    """Whether the draft could be scored by, and what is wrong with it by row and column."""
    problems: list[str] = []
    policy = framework = None
    try:
        policy = parse_policy(found.toml)
        tomlkit.parse(found.toml)
    except (ScoringError, TOMLKitError) as error:
        problems.append(str(error))
    try:
        framework = store.checked(slim(found.rows), policy or Policy())
    except ScoringError as error:
        problems.append(located(str(error), found.rows))
    return Judged(framework, policy, tuple(problems))


def located(problem: str, rows: pd.DataFrame) -> str:
    """A refusal with the row, and the column by its title, in front where it names them."""
    code, _, rest = problem.partition("：")
    places = [f"第 {at + 1} 行" for at in range(len(rows)) if str(rows["code"].iloc[at]) == code]
    column = _COLUMN.search(rest)
    if places and column and column[1] in FRAMEWORK_TITLES:
        places.append(f"{FRAMEWORK_TITLES[column[1]]}列")
    return f"{'、'.join(places)}　{problem}" if places else problem


def slim(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without the columns that need not be there and are empty."""
    rows = rows[(rows != "").any(axis=1)]
    return rows[[c for c in rows if c in REQUIRED or (rows[c] != "").any()]]


def differences(path: Path, found: Draft, said: Judged) -> list[Changes]:
    """What the draft says otherwise than the version that it began with."""
    framework, policy, _ = version(path, found.base)
    return version_changes((framework, policy), (said.framework, said.policy)) if said.framework and said.policy else []


def effect(path: Path, found: Draft, said: Judged, ask: bool) -> Effect | str | None:
    """What the draft would do to ranks and tiers, or why that cannot be said; None until it is asked for this very draft and store."""
    key = (slim(found.rows).to_csv(), found.toml, reads.stamp(path))
    if ask:
        try:
            made: Effect | str | None = store.effect(said.framework, said.policy, path)
        except TooManyUnits as error:
            made = Untried(error)
        except (StoreError, ScoringError) as error:
            made = f"算不出来：{error}"
        st.session_state[_EFFECT] = key, made or "库里还没有数据，没有可试算的考核期。"
    kept = st.session_state.get(_EFFECT)
    return kept[1] if kept and kept[0] == key else None


def adopt(path: Path, since: str) -> None:
    """Writes the draft as a new version. What cannot be written stays in the grid."""
    take()  # what was typed just before the button may come with it
    found = st.session_state.get(_DRAFT)
    if found is None:
        return  # the second press of a double one

    def do(person: Person) -> str:
        if not isinstance(effect(path, found, judged(found), ask=False), Effect | Untried):
            raise StoreMoved("改动或库里的数据刚有变化，什么也没有写入；请再看一次名次和梯队会怎样")
        made = store.adopt(slim(found.rows), found.toml, since or None, found.last, person.name, path)
        st.session_state[DONE] = made
        del st.session_state[_DRAFT]
        return f"已存为第 {made[0]} 版（批次 {made[1]}），{f'自{period_title(since)}起用' if since else '各期都用'}；撤销该批次即退回。"

    acts.act(RIGHT, do, "正在写入")
    desk.remount("framework")


def _wide(rows: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Rows with every column that a framework may have, empty where they have none."""
    columns = dict.fromkeys([*REQUIRED, *OPTIONAL, *facets_of(policy), *rows])
    return rows.reindex(columns=list(columns)).astype(object).fillna("").replace({"transform": {"none": ""}}).reset_index(drop=True)


def _without_note(toml: str) -> str:
    return re.sub(r"\A# 第 \d+ 版[^\n]*\n", "", toml)


def _text(said: object) -> str:
    return "" if said is None or said != said else str(said).strip()
