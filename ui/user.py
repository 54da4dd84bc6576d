"""Who is at the screen."""

import streamlit as st

from store.people import Person
from store.place import needs_sign_in

COOKIES = ("__Host-zx_session", "zx_session")  # over https, and without; the first can be set by this very server only
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LOCAL = Person("local", "本机用户", local=True)
NOBODY = Person("", "未登录")


def current_user() -> Person:
    """The person of this visit, as the store has it at this moment: NOBODY, who has no right, after a sign-out or a time-out."""
    if not needs_sign_in():
        return LOCAL if st.get_option("server.address") in LOOPBACK else NOBODY
    from store import sessions  # not with the server: it loads pandas, and the server answers before

    visit = sessions.visit(token())
    return NOBODY if visit is None or visit.must_change else visit.person


def token() -> str:
    """The session's token that the browser brought when it opened the page; "" without one."""
    cookies = st.context.cookies
    return next((cookies[name] for name in COOKIES if name in cookies), "")
