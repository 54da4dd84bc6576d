"""The pages at the door: plain HTML of the server's own, in the house's looks, light or dark as the switch in the pages was left."""

import html
from pathlib import Path

from starlette.responses import HTMLResponse

from store.people import passwords

_LOGO = (Path(__file__).resolve().parent.parent / "ui" / "logo.svg").read_text("utf-8")
_STYLE = """<style>
:root { --ground: #F7F5F1; --card: #FFFFFF; --ink: #23272E; --quiet: #5A616C; --line: #D9D5CC; --field: #8B8F97; --red: #B3261E; --gold: #D4A02F;
  --name: #8C1D18; color-scheme: light; }
:root[data-screen=dark] { --ground: #15181D; --card: #1E2229; --ink: #E8E6E1; --quiet: #A9AEB8; --line: #3A404A; --field: #7D848F;
  --red: #C8463D; --name: #E58E86; color-scheme: dark; }
* { box-sizing: border-box; } [hidden] { display: none !important; } html { background: var(--ground); }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 16px/1.6 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif; }
main { width: 100%; max-width: 25rem; background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--red);
  border-radius: 8px; padding: 1.75rem 1.75rem 1.5rem; }
svg { height: 40px; width: auto; display: block; } svg text { fill: var(--name); }
h1 { font-size: 1.25rem; margin: 1.25rem 0 0.25rem; }
p { margin: 0.25rem 0 0.75rem; color: var(--quiet); font-size: 0.93rem; overflow-wrap: anywhere; }
label { display: block; margin-top: 0.9rem; font-size: 0.93rem; }
input { display: block; width: 100%; margin-top: 0.25rem; padding: 0.6rem 0.75rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--field); border-radius: 6px; min-height: 44px; }
button, .go { display: block; width: 100%; margin-top: 1.25rem; padding: 0.6rem; font: inherit; font-weight: 600; color: #FFFFFF;
  background: #B3261E; border: 0; border-radius: 6px; min-height: 44px; text-align: center; text-decoration: none; cursor: pointer; }
.other { color: inherit; background: none; border: 1px solid var(--line); font-weight: 400; margin-top: 0.75rem; }
:is(input, button, a):focus-visible { outline: 3px solid var(--gold); outline-offset: 1px; }
.said { margin: 1rem 0 0; padding: 0.6rem 0.8rem; color: var(--ink); border: 1px solid var(--line); border-left: 4px solid var(--gold);
  border-radius: 6px; }
.wrong { border-left-color: var(--red); }
</style>"""
# What the switch in the pages keeps (ui/themes.py), else what the screen is. A constant script: without it the page is light.
SCREEN = """<script>
let kept = null;
try { kept = localStorage.getItem("zx-theme"); } catch { /* nothing is kept */ }
if (kept === "Dark" || (kept !== "Light" && matchMedia("(prefers-color-scheme: dark)").matches)) document.documentElement.dataset.screen = "dark";
</script>"""
_UNKEPT = {"Cache-Control": "no-store"}


def sheet(title: str, body: str, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    """One such page. body: HTML, in which every word that is not ours is escaped."""
    text = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{title} · 质效云图</title>{SCREEN}{_STYLE}</head>'
        f"<body><main>{_LOGO}<h1>{title}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(text, status, {**_UNKEPT, **(headers or {})})


def said(text: str, wrong: bool = True) -> str:
    """What came of the last try; nothing for no text."""
    return f'<p class="said{" wrong" if wrong else ""}" role="alert">{_plain(text)}</p>' if text else ""


def sign_in(where: str, name: str = "", problem: str = "", note: str = "", elsewhere: str = "", status: int = 200) -> HTMLResponse:
    """The way in. where: the path to go on to; elsewhere: the path that leads to the house's identity provider."""
    other = f'<a class="go other" href="{html.escape(elsewhere)}">用单位统一身份登录</a>' if elsewhere else ""
    focus = ("", " autofocus") if name else (" autofocus", "")
    body = (
        f'<p>请用管理员发给您的账号登录。</p>{said(problem)}{said(note, wrong=False)}<form method="post" action="/sign-in">'
        f'<input type="hidden" name="next" value="{html.escape(where)}">'
        f'<label>账号<input name="name" value="{_plain(name)}" autocomplete="username" autocapitalize="none"'
        f' spellcheck="false" maxlength="64" required{focus[0]}></label>'
        f'<label>密码<input name="password" type="password" autocomplete="current-password" maxlength="{passwords.LONGEST}" required{focus[1]}>'
        f"</label><button>登录</button></form>{other}"
    )
    return sheet("登录", body, status)


def password(name: str, where: str, forced: bool, problem: str = "", status: int = 200) -> HTMLResponse:
    """The change of a password. forced: the account has a first one, and nothing else is open to it."""
    why = "这是首次登录，请先把管理员给的密码换成自己的。" if forced else "修改后，在别处的登录会全部退出。"
    away = "" if forced else f'<a class="go other" href="{html.escape(where)}">返回</a>'
    new = f'type="password" autocomplete="new-password" minlength="{passwords.SHORTEST}" maxlength="{passwords.LONGEST}" required'
    body = (
        f'<p>{why}</p>{said(problem)}<form method="post" action="/password"><input type="hidden" name="next" value="{html.escape(where)}">'
        f'<input name="name" value="{html.escape(name)}" autocomplete="username" hidden>'
        f'<label>现在的密码<input name="old" type="password" autocomplete="current-password" maxlength="{passwords.LONGEST}" required autofocus>'
        "</label>"
        f"<label>新密码（至少 {passwords.SHORTEST} 个字符）<input name=\"new\" {new}></label>"
        f'<label>再输一次新密码<input name="again" {new}></label><button>修改密码</button></form>{away}'
        '<form method="post" action="/sign-out"><button class="other">退出登录</button></form>'
    )
    return sheet("修改密码", body, status)


def too_many(seconds: float) -> HTMLResponse:
    """Too many tries: come back later."""
    wait = max(1, round(seconds + 0.5))
    body = f'{said("尝试得太频繁了。")}<p>请过 {wait} 秒再试；忘了密码，请找系统管理员重设。</p><a class="go" href="/sign-in">返回登录</a>'
    return sheet("请稍候", body, 429, {"Retry-After": str(wait)})


def nobody(name: str) -> HTMLResponse:
    """The identity provider knows the person, the store does not."""
    body = (
        f'{said("身份已确认，但这里没有您的账号，或账号已停用。")}<p>请把下面的名字告诉系统管理员：</p><p><b>{_plain(name)}</b></p>'
        '<a class="go" href="/sign-in">返回登录</a>'
    )
    return sheet("无权限", body, 403)


def problem(text: str, status: int) -> HTMLResponse:
    """Anything else that went wrong, with the way back."""
    return sheet("没有完成", f'{said(text)}<a class="go" href="/sign-in">返回登录</a>', status)


def unknown(path: str) -> HTMLResponse:
    """There is no page at this address."""
    body = (
        f'{said(f"这个地址没有页面：{path}")}<p>链接可能少了字、多了字，或者页面已改名；原来的页面都在首页左侧的目录里。</p>'
        '<a class="go" href="/">打开首页</a>'
    )
    return sheet("没有这一页", body, 404)


def _plain(text: str) -> str:
    from ui.wording import clean  # not with the server: it loads pandas, and the server answers before

    return html.escape(clean(text, 300))
