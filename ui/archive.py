"""All portraits in one archive: the part of the menu that starts it, and how far it is, on every page until it is put away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import IO, TYPE_CHECKING

import streamlit as st

from ui import exports
from ui.background import Job, Progress
from ui.user import current_user
from ui.wording import clean, text

if TYPE_CHECKING:
    from ui.view import View

FORMATS = {"docx": "Word", "pptx": "PPTX", "xlsx": "Excel"}
_JOB, _FORMAT, _SECTOR, _OF = "archive", "archive_format", "archive_sector", "archive_of"
_EVERY = 1.0  # seconds between two looks at how far it is
Write = Callable[[IO[bytes], "View", Sequence[str], str, Progress], str]


def offer(view: View, write: Write) -> None:
    """The form that starts an archive of portraits: the one way in, for whoever may have them all.

    write: (file, view, codes of units, ending of each file, progress) → what to tell besides.
    """
    job = st.session_state.get(_JOB)
    if job and job.running:
        st.caption("画像正在打包，进度和取消在侧栏；可以先看别的页。")
        return
    counts = view.units["sector"].value_counts().sort_index()
    scopes = {"": f"全部 {len(view.units)} 个{view.words['unit']}"} | {s: f"{clean(s, 30)}（{n} 个）" for s, n in counts.items() if s}
    with st.form("archive form", border=False):
        st.segmented_control("各单位画像 ZIP", list(FORMATS), default="docx", required=True, format_func=FORMATS.get, key=_FORMAT, width="stretch")
        st.selectbox(view.words["sector"], list(scopes), format_func=scopes.get, key=_SECTOR, label_visibility="collapsed")
        st.form_submit_button("开始打包", icon=":material/folder_zip:", width="stretch", on_click=_start, args=(view, write))


def _start(view: View, write: Write) -> None:
    """Starts the thread on a view of its own: it stays with these releases, whatever is published meanwhile."""
    ending, sector = st.session_state[_FORMAT], st.session_state[_SECTOR]
    units = sorted(view.units.index[view.units["sector"] == sector] if sector else view.units.index)
    bound = replace(view)
    name = exports.named(f"{clean(view.words['index'], 40)} {view.period} {clean(sector, 30)}画像 {FORMATS[ending]}.zip")
    st.session_state[_OF] = {"release": view.release, "period": view.period}
    st.session_state[_JOB] = Job(name, lambda file, progress: write(file, bound, units, ending, progress))


def progress() -> None:
    """How far the archive is, with its end: a download, or why there is none.

    Nothing where none was asked for, or whoever did may no longer take all portraits out.
    """
    job, person = st.session_state.get(_JOB), current_user()
    if job is None or not (person.may("see") and person.may("export")):
        return
    if job.running:
        st.fragment(_going, run_every=_EVERY)(job)
    else:
        _ended(job)


def _going(job: Job) -> None:
    job.seen()
    if not job.running:
        st.rerun()
    done, total, what = job.progress
    st.progress(done / total if total else 0.0, f"{done} / {total} · {text(what, 30)}" if what else "正在准备…")
    st.button("取消", key="archive stop", icon=":material/close:", width="stretch", on_click=job.stop)


def _ended(job: Job) -> None:
    done, total, _ = job.progress
    if job.error:
        st.error(f"画像没有打包完：{text(job.error, 300)}")
    elif job.stopped:
        st.caption(f"打包已停止（{done} / {total}），没有留下文件。")
    else:
        if job.said:
            st.warning(text(job.said, 600))
        st.caption(f"画像已打包：{total} 份。")
        data = exports.recorded(job.data, job.name, st.session_state[_OF])  # another period may be in view by now
        look = dict(key="archive file", type="primary", width="stretch")
        st.download_button("下载画像 ZIP", data, job.name, "application/zip", on_click="ignore", **look)
    st.button("收起", key="archive away", width="stretch", on_click=st.session_state.pop, args=(_JOB,))
