"""Whether the server may be opened beyond this machine."""

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
