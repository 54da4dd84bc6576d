"""Who is at the screen."""

from collections.abc import Iterable

import streamlit as st

from store.errors import NotAllowed
from store.people.roles import RIGHTS, ROLES, Person
from store.place import needs_sign_in

COOKIES = ("__Host-zx_session", "zx_session")  # over https, and without; the first can be set by this very server only
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LONGEST_BY = 20  # characters of who keeps something, where that is typed
LOCAL = Person("local", "本机用户", local=True)
NOBODY = Person("", "未登录")


def current_user() -> Person:
    """The person of this visit, as the store has it at this moment: NOBODY, who has no right, after a sign-out or a time-out."""
    if not needs_sign_in():
        return LOCAL if st.get_option("server.address") in LOOPBACK else NOBODY
    from store.people import sessions  # not with the server: it loads pandas, and the server answers before

    visit = sessions.visit(token())
    return NOBODY if visit is None or visit.must_change else visit.person


def require(right: str) -> Person:
    """The person of this visit, who has a right. Raises NotAllowed: it is asked where something is written, not only where it is shown."""
    person = current_user()
    if not person.may(right):
        raise NotAllowed(f"{person.title or '未登录的人'}没有“{RIGHTS[right]}”的权限；请由{holders([right])}来做，或请系统管理员调整角色")
    return person


def signer(key: str) -> str:
    """By whom something is kept: who has signed in, or at the machine itself who is typed under this key; "" for no fit name."""
    person = current_user()
    typed = " ".join(st.session_state.get(key, "").split())
    return person.name if not person.local else typed if len(typed) <= LONGEST_BY else ""


def holders(rights: Iterable[str]) -> str:
    """Titles of the roles that have any of some rights."""
    return "、".join(role.title for role in ROLES.values() if not role.rights.isdisjoint(rights))


def token() -> str:
    """The session's token that the browser brought when it opened the page; "" without one."""
    cookies = st.context.cookies
    return next((cookies[name] for name in COOKIES if name in cookies), "")
