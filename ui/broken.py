"""What a person sees when the program itself fails: a calm sentence, while the server's log keeps the whole story."""

import logging
import secrets

import streamlit as st


def tell(error: Exception) -> bool:
    """Shows a Chinese sentence with a number that is also in the log; True: Streamlit shows nothing of its own."""
    number = secrets.token_hex(3)
    logging.getLogger("zhixiao").error("page failed, number %s", number, exc_info=error)
    st.html('<span class="zx-broken"></span>')
    st.error(
        f"这一页没能显示完，数据没有改动。请刷新重试；若仍如此，请把错误号 {number} 告诉管理员，服务器日志里有详细记录。",
        icon=":material/warning:",
    )
    return True
