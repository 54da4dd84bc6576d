"""At the door of the pages: who is there and the way out, and what one sees whose visit is over."""

import html

import streamlit as st
from starlette.datastructures import QueryParams

from ui import places
from ui.user import NOBODY, current_user
from ui.wording import clean

STYLE = """<style>
.zx-who { font-size: 0.85rem; color: var(--zx-muted); overflow-wrap: anywhere; }
.zx-who form { display: inline; } .zx-who b { font-weight: 600; color: var(--zx-ink); }
.zx-who :is(button, a) { font: inherit; color: var(--zx-house); background: none; border: 0; padding: 0.3rem 0; margin: 0; cursor: pointer;
  text-decoration: underline; }
.zx-who :is(button, a):focus-visible { outline: 2px solid var(--zx-red); }
.zx-over { max-width: 26rem; margin: 12vh auto 0; text-align: center; text-wrap: balance; color: var(--zx-ink); }
.zx-over h2 { font-size: 1.3rem; padding: 0; }
.zx-over a { display: inline-block; margin-top: 0.5rem; padding: 0.55rem 2rem; border-radius: 6px; color: #FFFFFF; background: #B3261E;
  font-weight: 600; text-decoration: none; }
</style>"""

# A page that nobody touches does not go on showing what its session no longer may. A constant script: it holds no data.
STILL = """<script>
if (!window.zxStill) {
  window.zxStill = setInterval(async () => {
    const answer = await fetch("/sign-in/still").catch(() => null);
    if (answer && answer.status === 401) location.reload();
  }, 60000);
}
</script>"""


def passed() -> bool:
    """Whether somebody is there who may be shown anything; for nobody the page says that the visit is over, and nothing else."""
    if current_user() is not NOBODY:
        return True
    pages = [st.Page(place.path, title="请重新登录", url_path=place.name, default=place is places.PLACES[0]) for place in places.PLACES]
    page = st.navigation(pages, position="hidden")
    query = str(QueryParams([(key, value) for key in st.query_params for value in st.query_params.get_all(key)]))
    back = QueryParams({"next": f"/{page.url_path}" + (f"?{query}" if query else "")})
    st.html(
        f'{STYLE}<div class="zx-over"><h2>请重新登录</h2><p>您已退出登录，或者很久没有操作；为稳妥起见，这里不再显示内容。</p>'
        f'<a href="/sign-in?{html.escape(str(back))}" target="_self">去登录</a></div>'
    )
    return False


def who() -> None:
    """Who is there, with the way out; of somebody at the machine itself, that nobody has signed in."""
    person = current_user()
    if person.local:
        st.html(f'{STYLE}<div class="zx-who"><b>本机模式</b>：没有设账号，只有这台机器能打开，拥有全部权限。</div>')
        return
    st.html(
        f'{STYLE}{STILL}<div class="zx-who"><b>{html.escape(clean(person.title))}</b>（{html.escape(person.name)}）<br>'
        '<form method="post" action="/sign-out" target="_self"><button type="submit">退出登录</button></form> · '
        '<a href="/password" target="_self">修改密码</a></div>',
        unsafe_allow_javascript=True,
    )
