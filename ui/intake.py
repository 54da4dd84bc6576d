"""Files on their way in, for one visit: looked at once, looked at again when the store has changed, written once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from scoring.errors import ScoringError
from store import connection
from store.errors import StoreError
from store.importing import batches, bringing
from store.importing.bringing import Previewed
from store.importing.commented import commented
from store.importing.preview import UNCHANGED
from store.importing.reasons import reasons
from store.size import large
from store.template.workbook import template_bytes
from ui import desk, desk_reads, reads
from ui.wording import text

_SEEN, _ROUND, _DONE = "intake_seen", "intake_round", "intake_done"
Given = Sequence[tuple[str, bytes]]


def files_key() -> str:
    """The key of the upload box: another one after each import, so that it is empty again."""
    return f"intake_files_{st.session_state.get(_ROUND, 0)}"


def looked_at(path: Path, files: Given, mapping: str | None) -> Previewed | None:
    """What the files would change, or why they are refused; None where they cannot be looked at, which is said.

    Kept until other files are given, another mapping is chosen, or the store changes; then they are read again.
    """
    what = tuple((name, hashlib.sha256(data).hexdigest()) for name, data in files), mapping
    now = desk_reads.batch_state(str(path), reads.stamp(path))
    key, seen = st.session_state.get(_SEEN, (None, None))
    if key != (what, now):
        if key and key[0] == what:
            st.info("预览之后，库里有了别的导入或撤销；下面是按现在的库重新做的预览。", icon=":material/update:")
        seen = _look(path, files, mapping)
        st.session_state[_SEEN] = (what, seen.state if isinstance(seen, Previewed) else now), seen
    if isinstance(seen, Previewed):
        return seen
    st.error(text(seen, 600))
    return None


def _look(path: Path, files: Given, mapping: str | None) -> Previewed | str:
    """Reads the files, and says meanwhile how far it is."""
    place, found = st.empty(), ""
    with place.status("正在读取…") as progress:
        try:
            found = bringing.look(files, mapping, path, lambda what: progress.update(label=f"{text(what, 120)}…"))
        except (StoreError, ScoringError) as error:
            found = str(error)
    place.empty()
    return found


def write(path: Path) -> None:
    """Writes what was looked at last. A second press finds nothing to write any more."""
    _, seen = st.session_state.get(_SEEN, (None, None))
    if isinstance(seen, Previewed) and (numbers := desk.bring(path, seen)):
        st.session_state.pop(_SEEN)
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        st.session_state[_DONE] = numbers


def done() -> list[int]:
    """The batches that this visit wrote last."""
    return st.session_state.get(_DONE, [])


def template(path: Path) -> bytes:
    """The workbook to fill in, with the store's units and its framework in force, a sheet for each ledger too."""
    with connection.reader(path) as db:
        _, framework, policy = batches.current_framework(db) or (0, None, None)
        units = None if large(db) else batches.unit_table(db)  # a workbook holds no million of units
    return template_bytes(framework, units, policy, ledgers=True)


def fractions(path: Path, seen: Previewed) -> list[str]:
    """Cells where a per cent below 1 comes in: allowed, but often a share (0.95) that was meant as 95."""
    with connection.reader(path) as db:
        now = batches.current_framework(db)
    shares = {node.code for node in now[1].nodes if node.unit == "%"} if now else set()
    tables = [c.table for c in seen.changes if c.kind == "values"]
    odd = [t[t["indicator"].isin(shares) & t["value"].astype(float).between(0, 1, "neither") & (t["change"] != UNCHANGED)] for t in tables]
    return [" ".join(filter(None, (r.sheet, r.cell))) for t in odd for r in t.itertuples()]


def mended(seen: Previewed, file: str) -> bytes:
    """The refused file with its cells marked, to mend; only the list where the file is too large to be written again."""
    mine = [e for e in seen.refused if e.file == file]
    return commented(file, seen.files[file], mine) or reasons(mine)


def mended_name(file: str) -> str:
    """What the marked workbook is called."""
    return f"{file.removesuffix('.xlsx')}（批注）.xlsx"
