"""What pages of a large store share: the way down to what is looked at, the search for a unit, and what stands where a page cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from store.size import LARGE
from ui import address, parts, scope_reads, viewer
from ui.places import Place, open_page
from ui.scope import KEY, UNIT, WHOLE, Part, Scoped, Single
from ui.user import current_user
from ui.wording import clean, period_title, tenth, text

if TYPE_CHECKING:
    import pandas as pd

    from ui.view import View

AFTER = "after"  # in the address: the unit at which the page of a list before ended
OF_UNITS = ("unit", "trace", "method")  # pages about one unit, and of the others what their groups come to
OF_GROUPS = ("overview", "cities")  # pages that show what groups of units come to, however many these are
_FOUND = 8  # matches that are listed: who sees none of theirs among them writes more
_LONGEST = 60  # characters that are looked for
_SEARCH = "_scope_search"
# What takes all units at once is done by the command line, which has the time and says how far it is.
ELSEWHERE = {
    "guidance": ("失分和增分要重新计分才算得出", "python manage.py export scores 得分.csv"),
    "what_if": (
        "试算要按新的权重和方法把全部单位重新计分",
        "python manage.py score --framework 指标体系.csv --policy 规则.toml --values 取值.csv --out 得分.csv",
    ),
    "audit": ("体检要用全部单位的取值重算相关、主成分和有效权重", "python manage.py audit"),
}
_STYLE = """<style>
.st-key-map, .st-key-quadrant { height: max(390px, 100vh - 512px) !important; }  /* one line less: the way down */
.st-key-scope_crumbs, .st-key-scope_found { gap: 0 0.5rem; }
.st-key-scope_crumbs button, .st-key-scope_found button { padding: 0; min-height: 1.7rem; }
</style>"""


def follow(page: str) -> None:
    """Takes over what a link says of the group, and on a page about one unit of the unit. Before a view is made."""
    said = address.given([KEY])
    if said is not None:
        path = next(iter(said[KEY]), WHOLE)
        st.session_state[KEY] = WHOLE if path == address.ALL else path
    st.session_state.pop(UNIT, None)
    if page in OF_UNITS:
        said = address.given(["unit"])
        st.session_state[UNIT] = next(iter(said["unit"]), "") if said else st.session_state.get("unit", "")
    if page == "method" and not st.session_state[UNIT]:  # its example is some unit's
        view = viewer.current()
        st.session_state[UNIT] = str(scope_reads.unit_page(*view.key, WHOLE, None, 1).index[0])


def settled(view: View) -> View:
    """The view, of a group that its release has: where it lacks the one that is asked for, of the nearest above it, and says so."""
    if isinstance(view, Single):
        return view
    known = next(path for path in reversed(parents(view.scope)) if path == WHOLE or view.group_at(path) is not None)
    if known != view.scope:
        st.warning(f"{period_title(view.period)}没有“{text(view.scope, 60)}”，现显示“{text(named(view, known), 60)}”。", icon=":material/warning:")
    st.session_state[KEY] = _parted(view, known)
    address.put({KEY: [st.session_state[KEY] or address.ALL]})
    return viewer.current()


def _parted(view: Scoped, path: str) -> str:
    """A group's path, or that of the first below it that has more than one group: a province alone is no choice."""
    found = scope_reads.children(*view.key, path)
    alone = len(found) == 1 and found["units"].iloc[0] == view.group_at(path)["units"]
    return _parted(view, str(found.index[0])) if alone else path


def parents(path: str) -> list[str]:
    """A group's path and those of all groups above it, the whole first."""
    names = path.split("/") if path else []
    return [WHOLE, *("/".join(names[: n + 1]) for n in range(len(names)))]


def named(view: Part, path: str) -> str:
    """What a group is called."""
    found = view.group_at(path)
    return clean(found["name"], 40) if path and found is not None else f"全部{clean(view.words['unit'], 20)}"


def way(view: Part, page: str, title: Any, finder: Any) -> None:
    """The way down under the page's title, and the search beside it; none for somebody who sees one unit."""
    if current_user().only_unit is None:
        _crumbs(view, title)
        _search(view, finder)
        _matches(view, page)


def _crumbs(view: Part, where: Any) -> None:
    """From the whole down to the group that is looked at, or to the one on which the unit hangs; each opens 云图 or this page there."""
    here = view.place if isinstance(view, Single) else view.scope
    steps = [path for path in parents(here or WHOLE) if path == (here or WHOLE) or _parted(view, path) == path]
    where.html(_STYLE)
    with where.container(horizontal=True, vertical_alignment="center", key="scope_crumbs"):
        for path in steps:
            if path != steps[0]:
                st.markdown(":gray[›]", width="content")
            if isinstance(view, Scoped) and path == here:
                st.markdown(f"**{text(named(view, path))}**　:gray[{int(view.group['units']):,} 个]", width="content")
            elif st.button(text(named(view, path)), key=f"scope {path}", type="tertiary"):
                go_to(view, path)


def go_to(view: Part, path: str) -> None:
    """Looks at another group: on this page, or from a page about one unit on 云图."""
    if isinstance(view, Single):
        open_page("overview", **{KEY: path or address.ALL}, period=view.period)
    else:
        address.turn(**{KEY: path or address.ALL, **({AFTER: ""} if AFTER in st.query_params else {})})


def _search(view: Part, where: Any) -> None:
    """The box in which a unit is looked up, in the header of every page."""
    turn = st.session_state.setdefault(_SEARCH, 0)  # a box that has done its work is followed by an empty one
    word = text(view.words["unit"])
    where.text_input(
        f"找{word}", key=f"{_SEARCH} {turn}", placeholder=f"找{word}：名称、代码、拼音首字母", label_visibility="collapsed",
        icon=":material/search:",
    )  # fmt: skip


def _matches(view: Part, page: str) -> None:
    """The units that were looked up, under the header; one that is chosen opens its portrait, or is looked at on the page that is open."""
    asked = st.session_state.get(f"{_SEARCH} {st.session_state[_SEARCH]}", "").strip()[:_LONGEST]
    if not asked:
        return
    table = scope_reads.found(*view.key, asked, _FOUND + 1)
    with st.container(border=True, key="scope_found"):
        for unit, row in table.head(_FOUND).iterrows():
            if st.button(_match(view, unit, row), key=f"found {unit}", type="tertiary"):
                st.session_state[_SEARCH] += 1
                _open(view, page, unit)
        if len(table) > _FOUND:
            st.caption("还有更多，请把名称写长些。")
        elif table.empty:
            st.caption(f"{period_title(view.period)}没有名称、代码或拼音像“{text(asked, 40)}”的{text(view.words['unit'])}。")


def _match(view: Part, unit: str, row: pd.Series) -> str:
    place = " › ".join(part for part in (*str(row["area"]).split("/"), row["sector"]) if part)
    rank = f"第 {row['rank']:.0f} 名　{text(row['tier'], 20)}" if row["rank"] == row["rank"] else "不排名"
    return f"**{text(row['name'], 40)}**　:gray[{text(unit, 30)}　{text(place, 60)}　{rank}]"


def _open(view: Part, page: str, unit: str) -> None:
    if isinstance(view, Single):
        address.turn(unit=unit)
    if page == "compare" and not view.wide and unit in view.units.index:
        address.turn(pick=[*dict.fromkeys([*st.query_params.get_all("pick"), unit])])
    open_page("unit", unit=unit, period=view.period)


def opens(view: View, place: Place) -> bool:
    """Whether a page has what it needs of a part of a store; where it has not, says so and what to do."""
    if not isinstance(view, Part) or place.keeps:
        return True
    if place.name in ELSEWHERE:
        why, command = ELSEWHERE[place.name]
        st.info(f"{why}。{int(view.row['units']):,} 个{text(view.words['unit'])}，页面上不做；在安装目录里运行下面的命令。", icon=":material/memory:")
        st.code(command, language="shell")
        return False
    if place.name in OF_UNITS:
        return place.name == "method" or _has_unit(view)
    if view.wide and place.name not in OF_GROUPS:
        choices(view)
        return False
    return True


def _has_unit(view: Single) -> bool:
    """Whether the unit of a page about one unit is known; says so where it is not."""
    word = text(view.words["unit"])
    if view.unit == "":
        st.info(f"请在页首写{word}的名称、代码或拼音首字母，选一个{word}；或在云图中逐级点进去。", icon=":material/search:")
        return False
    if view.history.empty:
        st.info(f"没有代码为“{text(view.unit, 60)}”的{word}。请在页首按名称查找。", icon=":material/search_off:")
        return False
    return True


def choices(view: Scoped) -> None:
    """The groups in a group that is too large for a page, to choose from; where it has none, what can be done."""
    unit, sector = text(view.words["unit"]), text(view.words["sector"])
    st.info(f"这一页至多看 {LARGE:,} 个{unit}，这里有 {int(view.group['units']):,} 个。请选下面的一组。", icon=":material/account_tree:")
    table = listing(view)
    if table.empty:
        st.caption(f"这个{sector}不再分组；请在页首查找{unit}，看它的画像。")
        return
    if told := outside(view):
        st.caption(f"{told}。")
    if path := parts.picked(table, "scope choices", 14):
        go_to(view, path)


def outside(view: Scoped) -> str:
    """That some units are in no group below, and how to get at them; "" where all are in one."""
    return f"另有 {view.outside:,} 个不在其中任何一组，可在页首按名称查找" if view.outside else ""


def listing(view: Scoped) -> pd.DataFrame:
    """The groups in a group, index path, under Chinese headings."""
    table = view.children.sort_values("mean", ascending=False, kind="stable")
    shown = table[["name", "units", "mean", *view.labels]].set_axis(["名称", view.words["unit"], "均值", *view.labels], axis=1)
    return shown.assign(均值=table["mean"].map(tenth))
