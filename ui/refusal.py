"""What stands in the place of a page that does not open to a person, or not at what its link asks for."""

import html

import streamlit as st

from store.people.roles import RIGHTS
from ui import address, own_view
from ui.parts import no_permission
from ui.places import Place, opens
from ui.user import current_user, holders


def refused(place: Place) -> bool:
    """Whether the page does not open here to the person of this visit, who is told what it takes and whom to ask."""
    person = current_user()
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    if not opens(place.name, person):
        rights = "、".join(f"“{RIGHTS[right]}”" for right in place.rights)
        said = f"这一页不对你的账号开放：{place.title}", f"需要的权限：{rights}（{holders(place.rights)}有）。需要时请找系统管理员。"
    elif person.only_unit and own_view.foreign(query, person.only_unit, address.ALL):
        said = "这个链接不对你的账号开放。", "你的账号只看本单位；其他单位以中位数和区间出现在画像里。需要更多，请找数据管理员。"
    else:
        return False
    st.html(f'<div class="zx-title"><h1>{html.escape(place.title)}</h1></div>')
    no_permission(*said)
    return True
