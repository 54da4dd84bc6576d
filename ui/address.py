"""What is shown ↔ the link: selectors whose value is always in the address, by its stable code.

A link, the back button and a widget may each change a value. The address wins when it differs from what was last written there;
else the widget. A value that the link names and nobody knows is told and replaced, and nothing else is lost. The shell writes the
address once, at the end of a run: each writing is a step of the back button.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NoReturn

import streamlit as st

from ui.wording import text

ALL = "all"  # an empty choice of many is written so: without it a link could not say "all" to someone who has chosen some

_SHOWN, _WRITTEN = "_address_shown", "_address_written"

Titles = Mapping[str, str] | Callable[[str], str] | None


def select(label: str, options: Sequence[str], key: str, default: str, titles: Titles = None, where: Any = st, **how: Any) -> str:
    """A selectbox bound to the address key. options: codes; titles: code → text; how: further arguments of st.selectbox."""
    _adopt(label, options, key, default, titles)
    how = {"placeholder": "请选择", **how}
    value = where.selectbox(label, options, key=key, format_func=_namer(titles, options), persist_state="session", **how)
    _show(key, value)
    return value


def segments(label: str, options: Sequence[str], key: str, default: str, titles: Titles = None, where: Any = st, **how: Any) -> str:
    """A segmented control bound to the address key; arguments as `select`."""
    _adopt(label, options, key, default, titles)
    value = where.segmented_control(
        label, options, key=key, format_func=_namer(titles, options, escape=True), required=True, persist_state="session", **how
    )
    _show(key, value)
    return value


def multi(label: str, options: Sequence[str], key: str, titles: Titles = None, where: Any = st, **how: Any) -> list[str]:
    """A multiselect bound to the address key, one parameter a choice; nothing chosen means all. Arguments as `select`."""
    raw = st.query_params.get_all(key)
    if raw and raw != _written(key):
        wanted = [] if raw == [ALL] else raw
        _tell(label, [code for code in wanted if code not in options], "已忽略")
        st.session_state[key] = [code for code in dict.fromkeys(wanted) if code in options]
        _remember({key: raw})
    else:
        st.session_state[key] = [code for code in st.session_state.get(key, []) if code in options]
    how = {"placeholder": "全部", "select_all": False, **how}
    chosen = where.multiselect(label, options, key=key, format_func=_namer(titles, options), persist_state="session", **how)
    _show(key, chosen or [ALL])
    return chosen


def given(keys: Sequence[str]) -> dict[str, list[str]] | None:
    """What a new link, or back and forward, say under keys that belong together, a list each; None where they say nothing new.

    A change of page takes all of them away: that says nothing.
    """
    said = {key: st.query_params.get_all(key) for key in keys}
    new = any(said.values()) and any(values != (_written(key) or []) for key, values in said.items())
    return said if new else None


def put(values: Mapping[str, list[str]]) -> None:
    """Shows these values in the address; a key with an empty list stays out of it. For what `given` reads."""
    for key, found in values.items():
        _show(key, found)


def _adopt(label: str, options: Sequence[str], key: str, default: str, titles: Titles) -> None:
    """Takes the value from a new link or from back and forward; else keeps the widget's, or the default."""
    raw = st.query_params.get(key)
    news = raw is not None and raw != _written(key)
    if news and raw in options:
        st.session_state[key] = raw
        _remember({key: raw})
        return
    if st.session_state.get(key) not in options:
        st.session_state[key] = default
    if news:
        _tell(label, [raw], f"现显示“{text(_namer(titles, options)(st.session_state[key]))}”")


def _tell(label: str, unknown: Sequence[str], instead: str) -> None:
    if unknown:
        names = "、".join(f"“{text(code, 60)}”" for code in unknown[:5])
        st.warning(f"链接里的{text(label)}{names}不存在，{instead}。", icon=":material/warning:")


def _namer(titles: Titles, options: Sequence[str], escape: bool = False) -> Callable[[Hashable], str]:
    """Code → shown text; escaped for the widgets that read markdown.

    The code stands behind a text that two options share: Streamlit tells options apart by what is shown for them.
    """

    def title(code: Hashable) -> str:
        return str(titles(code) if callable(titles) else (titles or {}).get(code, code))

    shared = Counter(map(title, options))

    def name(code: Hashable) -> str:
        shown = f"{title(code)}　{code}" if shared[title(code)] > 1 else title(code)
        return text(shown) if escape else shown

    return name


def publish() -> None:
    """Writes what the selectors of this run show into the address, in one step."""
    shown = st.session_state.pop(_SHOWN, {})
    if any(_in_address(key, value) != value for key, value in shown.items()):
        st.query_params.update(shown)
    _remember(shown)


def _remember(values: Mapping[str, str | list[str]]) -> None:
    """What stands in the address. Taken from there, it counts at once: a run that the next click cuts short writes nothing."""
    st.session_state[_WRITTEN] = st.session_state.get(_WRITTEN, {}) | dict(values)


def stop() -> None:
    """Ends the run here, as st.stop does, after the address is written: a stopped run writes nothing any more."""
    publish()
    st.stop()


def leave() -> None:
    """Forgets what this run would have written: another page is about to open with an address of its own."""
    st.session_state.pop(_SHOWN, None)


def turn(**values: str | list[str]) -> NoReturn:
    """Shows other values on the same page, at once and as one step back: for a click on a figure."""
    leave()
    st.query_params.update(values)
    st.rerun()


def _in_address(key: str, value: str | list[str]) -> str | list[str] | None:
    return st.query_params.get_all(key) if isinstance(value, list) else st.query_params.get(key)


def _written(key: str) -> str | list[str] | None:
    return st.session_state.get(_WRITTEN, {}).get(key)


def _show(key: str, value: str | list[str] | None) -> None:
    if value is not None:
        st.session_state.setdefault(_SHOWN, {})[key] = value
