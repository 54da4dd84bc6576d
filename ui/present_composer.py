"""Where a meeting is put together: open one, tick and order its slides, name it, keep it, send it, begin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st
from starlette.datastructures import QueryParams

from store import meetings
from store.connection import reader
from store.errors import StoreError
from store.meetings import LONGEST
from ui import exports, present_link
from ui.present_link import GROUNDS, PACES, SHOW, WALL, Showing, change, shown
from ui.user import LONGEST_BY, current_user, require, signer
from ui.wording import clean, text

if TYPE_CHECKING:
    from ui.view import View

_OWN = "own"
_SAID, _NAMED = "_meeting_said", "_meeting_named"


class Supply(NamedTuple):
    """What slides there are: kinds (code → title, and what each takes), what can be taken, titles, and meetings that are ready.

    `choices`: "node", "sector", "unit" or "pair" → code → name. `ready`: title → what it is of ("" or as `choices`), and its slides.
    """

    kinds: Mapping[str, tuple[str, str]]
    choices: Callable[[str], Mapping[str, str]]
    title: Callable[[str], str]
    ready: Mapping[str, tuple[str, Callable[[str], Sequence[str]]]]


def head(view: View, supply: Supply, files: Mapping[str, tuple[str, Callable[[], bytes]]]) -> None:
    """Which meeting, and what is done with it. files: title of a download → the file's name and what makes it."""
    now = shown()
    with st.container(horizontal=True, vertical_alignment="bottom", key="meeting_head"):
        _opener(view, supply)
        st.button("开始演示", type="primary", icon=":material/slideshow:", on_click=_begin, args=(SHOW,), disabled=not now.slides, key="meeting_show")
        st.button("大屏", icon=":material/monitor:", on_click=_begin, args=(WALL,), disabled=not now.slides, key="meeting_wall",
                  help="循环播放，随最新一期更新；按 Esc 退出")  # fmt: skip
        _keeper(view)
        with st.popover("下载", icon=":material/download:", disabled=not now.slides):
            for title, (name, make) in files.items():
                st.download_button(title, exports.recorded(make, name), exports.named(name), on_click="ignore", key=f"meeting {name}")


def options() -> None:
    """Ground, pace, and whether names are hidden."""
    now = shown()
    paces = sorted({*PACES, now.pace})
    st.session_state.update({"meeting_ground": now.ground, "meeting_pace": now.pace, "meeting_mask": now.mask})
    with st.container(horizontal=True, vertical_alignment="center", key="meeting_options"):
        st.segmented_control("底色", list(GROUNDS), key="meeting_ground", format_func=GROUNDS.get, required=True, label_visibility="collapsed",
                             on_change=_set, args=("ground",))  # fmt: skip
        st.selectbox("翻页", paces, key="meeting_pace", format_func=_pace, label_visibility="collapsed", width=150, on_change=_set, args=("pace",))
        st.toggle("隐去名称", key="meeting_mask", help="单位换成编号，下载的文件也是；链接里仍有代码", on_change=_set, args=("mask",))


def slides(supply: Supply) -> None:
    """The slides in order: look at one, move it, take it out; and others to add."""
    now = shown()
    last = len(now.slides) - 1
    _adder(supply)
    with st.container(key="meeting_slides"):
        for place, code in enumerate(now.slides):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                title, chosen = f"{place + 1}　{supply.title(code)}", place == now.at and not now.opened
                st.button(text(title, 60), key=f"meeting_slide_{place}", type="secondary" if chosen else "tertiary", width="stretch",
                          on_click=change, kwargs={"at": place, "opened": ""})  # fmt: skip
                for to, icon, does in ((place - 1, "arrow_upward", "上移"), (place + 1, "arrow_downward", "下移")):
                    st.button("", key=f"meeting_{does}_{place}", icon=f":material/{icon}:", help=f"{does}第 {place + 1} 页", type="tertiary",
                              disabled=not 0 <= to <= last, on_click=_move, args=(place, to))  # fmt: skip
                st.button("", key=f"meeting_out_{place}", icon=":material/close:", help=f"去掉第 {place + 1} 页", type="tertiary",
                          on_click=_take_out, args=(place,))  # fmt: skip
        if not now.slides:
            st.caption("还没有页。从上面选一个会议，或点“选页”。")


def _adder(supply: Supply) -> None:
    """Ticks for the slides that take nothing, and lists for those that are of something."""
    plain = {code: title for code, (title, takes) in supply.kinds.items() if not takes}
    others = {code: title for code, (title, takes) in supply.kinds.items() if takes}
    with st.popover("选页", icon=":material/playlist_add_check:", width="stretch"):
        st.session_state["meeting_ticks"] = [code for code in plain if code in shown().slides]
        st.pills("全局", list(plain), key="meeting_ticks", selection_mode="multi", format_func=lambda code: text(plain[code]), on_change=_tick,
                 args=(tuple(plain),))  # fmt: skip
        kind = st.selectbox("其他页", list(others), key="meeting_kind", format_func=others.get, persist_state="session")
        takes = supply.kinds[kind][1]
        names = supply.choices(takes)
        labels = ("哪一个", "与谁对比") if takes == "pair" else ("哪一个",)
        chosen = [st.selectbox(label, list(names), place if place < len(names) else None, names.get, key=f"meeting_{takes}_{place}",
                               placeholder="请选择", label_visibility="collapsed") for place, label in enumerate(labels)]  # fmt: skip
        ready = None not in chosen and len(set(chosen)) == len(chosen)
        code = f"{kind}:{','.join(chosen)}" if ready else ""
        st.button("加在后面", icon=":material/add:", key="meeting_add", disabled=not ready, on_click=_add, args=(code,))


def _opener(view: View, supply: Supply) -> None:
    """A list of the meetings that are ready and of those that are kept."""
    with reader(view.path) as db:
        kept = {f"kept {row.name}": (f"{clean(row.name, 40)}　{clean(row.by, 20)} · {row.at[:10]}", row.name, row.codes)
                for row in meetings.meetings(db).itertuples()}  # fmt: skip
    now = shown()
    names = {f"ready {title}": f"{title}（现成）" for title in supply.ready} | {code: caption for code, (caption, *_) in kept.items()}
    same = next((code for code, (_, name, codes) in kept.items() if (name, codes) == (now.name, now.slides)), None)
    if same is None and now.name in supply.ready and now.slides == _ready_slides(supply, now.name):
        same = f"ready {now.name}"
    if same is None:
        names = {_OWN: f"{now.name or '未命名'}（未保存）", **names}
    st.session_state["meeting_open"] = same or _OWN
    st.selectbox("会议", list(names), key="meeting_open", format_func=names.get, on_change=_open, args=(kept, supply), width="stretch")
    title = (same or "").removeprefix("ready ")
    if title in supply.ready and supply.ready[title][0]:
        choices = supply.choices(supply.ready[title][0])
        st.session_state["meeting_of"] = _of(supply, title)
        st.selectbox("对象", list(choices), key="meeting_of", format_func=choices.get, on_change=_turn_to, args=(supply, title), width=230)


def _of(supply: Supply, title: str) -> str:
    """What a meeting that is ready is of: what was chosen last, else the first that there is."""
    choices = supply.choices(supply.ready[title][0])
    last = st.session_state.get(f"_meeting_of {title}", "")
    return last if last in choices else next(iter(choices), "")


def _ready_slides(supply: Supply, title: str) -> tuple[str, ...]:
    takes, make = supply.ready[title]
    return tuple(make(_of(supply, title) if takes else ""))


def _turn_to(supply: Supply, title: str) -> None:
    st.session_state[f"_meeting_of {title}"] = st.session_state["meeting_of"]
    change(slides=_ready_slides(supply, title), name=title, at=0, opened="")


def _open(kept: Mapping[str, tuple[str, str, tuple[str, ...]]], supply: Supply) -> None:
    chosen = st.session_state["meeting_open"]
    if chosen in kept:
        change(slides=kept[chosen][2], name=kept[chosen][1], at=0, opened="")
    elif chosen != _OWN:
        title = chosen.removeprefix("ready ")
        change(slides=_ready_slides(supply, title), name=title, at=0, opened="")


def _keeper(view: View) -> None:
    """Behind a button: the link, and the name under which the meeting is kept."""
    now = shown()
    with st.popover("保存与分享", icon=":material/bookmark_add:", disabled=not now.slides, key="meeting_keeper"):
        st.caption("把链接发给别人，打开就是同样的页：")
        st.code(link(view, now), language=None, wrap_lines=True)
        if st.session_state.get(_NAMED) != now.name:  # another meeting was opened
            st.session_state.update({_NAMED: now.name, "meeting_name": now.name})
        st.text_input("会议名称", key="meeting_name", placeholder=f"不超过 {LONGEST} 个字")
        if current_user().local:  # else it is who has signed in
            st.text_input("保存人", key="meeting_by", placeholder="写给看到它的人", persist_state="session")
        keep, drop = st.columns(2)
        keep.button("保存", type="primary", key="meeting_keep", on_click=_keep, args=(view,))
        drop.button("移出列表", key="meeting_drop", help="以前发出的链接仍然有效", on_click=_drop, args=(view,))
        kind, words = st.session_state.pop(_SAID, ("", ""))
        if words:
            (st.success if kind == "good" else st.error)(text(words, 300))


def _typed(key: str) -> str:
    return " ".join(st.session_state.get(key, "").split())


def _keep(view: View) -> None:
    name, by = _typed("meeting_name"), signer("meeting_by")
    if not by:
        st.session_state[_SAID] = "bad", f"保存人有 {len(_typed('meeting_by'))} 个字；请写 1 到 {LONGEST_BY} 个字"
        return
    try:
        require("meet")
        meetings.save_meeting(name, shown().slides, by, view.path)
        change(name=name)
    except StoreError as error:
        st.session_state[_SAID] = "bad", str(error)
    else:
        st.session_state[_SAID] = "good", f"已保存“{name}”，共 {len(shown().slides)} 页；同名的以后一次为准。"


def _drop(view: View) -> None:
    name, by = _typed("meeting_name"), signer("meeting_by")
    try:
        require("meet")
        meetings.drop_meeting(name, by, view.path)
    except StoreError as error:
        st.session_state[_SAID] = "bad", str(error)
    else:
        st.session_state[_SAID] = "good", f"“{name}”已移出列表。"


def link(view: View, now: Showing) -> str:
    """The link that shows this meeting, at the period in view, to somebody else."""
    said = [(key, value) for key, values in present_link.written(now).items() for value in values]
    base = (st.context.url or "").rstrip("/").removesuffix("/present")
    return f"{base}/present?{QueryParams([('period', view.period), *said])}"


def _begin(stage: str) -> None:
    change(stage=stage, opened="")


def _set(part: str) -> None:
    change(**{part: st.session_state[f"meeting_{part}"]})


def _pace(seconds: int) -> str:
    return f"每 {seconds} 秒翻页" if seconds else "手动翻页"


def _tick(plain: tuple[str, ...]) -> None:
    """Ticked slides that are not there come last; those whose tick is gone go."""
    ticked, there = st.session_state["meeting_ticks"], shown().slides
    _reorder([code for code in there if code in ticked or code not in plain] + [code for code in ticked if code not in there])


def _add(code: str) -> None:
    there = shown().slides
    change(slides=(*there, code), at=len(there), opened="")


def _move(place: int, to: int) -> None:
    order = list(shown().slides)
    order.insert(to, order.pop(place))
    change(slides=tuple(order), at=to, opened="")


def _take_out(place: int) -> None:
    _reorder([code for k, code in enumerate(shown().slides) if k != place])


def _reorder(codes: list[str]) -> None:
    change(slides=tuple(codes), at=min(shown().at, max(len(codes) - 1, 0)), opened="")
