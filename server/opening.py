"""Whether the server may start: beyond this machine, and with the options of Streamlit that it is given."""

from collections.abc import Callable
from typing import Any

from server.asking import ACCOUNT
from store.errors import StoreError
from store.place import needs_sign_in
from ui.user import LOOPBACK


def refusal(address: str | None, elsewhere: bool = False) -> str:
    """Why the server does not start at this address, and what to do; "" where it may. None: all addresses.

    elsewhere: people sign in by the house's identity provider. Anyone who reaches a server without accounts would have every right.
    """
    if address in LOOPBACK:
        return ""
    try:
        if elsewhere or needs_sign_in():
            return ""
    except StoreError as error:
        return f"没有启动：不能确认库里有没有账号。{error}"
    return (
        f"没有启动：地址 {address or '0.0.0.0'} 对外开放，而库里还没有账号，谁连上来都能看、能改。请任选一种：\n"
        "  一、建立账号后再启动：python manage.py user add 账号名 --title 姓名 --role admin\n"
        "  二、接入单位统一身份（OIDC），见 README 的“开放给内网”\n"
        "  三、只在本机使用：不加 --address（或 --server.address），默认只听 127.0.0.1"
    )


_CLOSED = {  # option of Streamlit → the value that the doors rest on, and what another one would do
    "server.baseUrlPath": ("", "登录、下载和接口的地址都从根开始；请让反向代理给它一个域名或端口，不要给子路径"),
    "server.enableCORS": (True, "别的网站会读到这里的内容"),
    "server.enableXsrfProtection": (True, "别的网站会替登录的人提交"),
    "server.enableAgentApi": (False, "程序会绕过页面的登录状态操作页面；请改用 /api/v1"),
    "global.developmentMode": (False, "谁打开页面都能让服务器停下"),
    "global.e2eTest": (False, "谁打开页面都能让服务器停下"),
}
_HEADERS = "server.trustedUserHeaders"


def misconfigured(option: Callable[[str], Any]) -> str:
    """Why the server does not start with such options, and what to do; "" where it may. option: the value of an option by its name."""
    wrong = [f"{name} = {option(name)!r}：{why}。请改回 {good!r}" for name, (good, why) in _CLOSED.items() if option(name) != good]
    if option(_HEADERS) != {ACCOUNT: "account"}:
        wrong.append(f'{_HEADERS}：别人会接着用已登录的人的页面。请改回 {{ "{ACCOUNT}" = "account" }}')
    where = "（在 .streamlit/config.toml、用户目录下的 .streamlit、环境变量 STREAMLIT_… 或命令行里）"
    return f"没有启动：下面的选项会把门打开{where}：\n" + "\n".join(f"  {line}" for line in wrong) if wrong else ""
