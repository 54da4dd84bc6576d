"""Passwords: how they are kept, which are refused, and first ones that are made up."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from typing import NamedTuple

from ..errors import AccountError

SHORTEST, LONGEST = 10, 200
_FEW = 5  # different characters that a password has at least
_READ_ALOUD = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for one another
_COMMON = """
0123456789 1234567890 12345678910 123456789a 123456789q 123456789abc 9876543210 0987654321 1234567891 1472583690 a123456789
aa123456789 abc123456789 q123456789 z123456789 qq123456789 woaini1314 woaini1314520 5201314520 1314520520 qwertyuiop
qwerty1234 qwerty12345 qwerty123456 qwer123456 qwer1234567 asdfghjkl1 asdfghjkl123 zxcvbnm123 zxcvbnm1234 1qaz2wsx3edc
1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 q1w2e3r4t5y6 1qazxsw23edc zaq12wsxcde3 !qaz2wsx3edc qazwsxedc123 abcd123456 abcd1234567
abcde12345 abcdefghij abc1234567 password12 password123 password1234 password12345 passw0rd123 p@ssw0rd123 p@ssword123
admin12345 admin123456 admin1234567 admin@1234 admin@12345 admin@123456 administrator root123456 test123456 user123456
welcome123 welcome1234 iloveyou123 iloveyou520 iloveyou1314 changeme123 letmein1234 woaizhongguo zhongguo123 zhongguo1949
beijing2008 jiguan123456
"""


class Cost(NamedTuple):
    """What one guess costs by scrypt: 2**log_n blocks of 128·r bytes in memory, p times over."""

    log_n: int
    r: int
    p: int


COST = Cost(15, 8, 3)  # 32 MB and about a fifth of a second: OWASP's cheat sheet on password storage names these


def hashed(password: str, cost: Cost = COST) -> str:
    """How a password is kept: the method, its cost, a random salt and the hash, so that the cost can be raised later."""
    salt = os.urandom(16)
    return "$".join(("scrypt", *map(str, cost), salt.hex(), _scrypt(password, salt, cost).hex()))


def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password that is kept so. None, for an account that there is none of, takes as long and is never right."""
    _, log_n, r, p, salt, right = (kept or _NOBODY).split("$")
    given = _scrypt(password, bytes.fromhex(salt), Cost(int(log_n), int(r), int(p)))
    return hmac.compare_digest(given, bytes.fromhex(right)) and kept is not None


def refuse_weak(password: str, name: str) -> None:
    """Raises AccountError for a password that is short, common, or made of the account's name."""
    plain = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(f"密码要有 {SHORTEST} 到 {LONGEST} 个字符，这个有 {len(password)} 个；请换一个")
    if plain in _COMMON.split() or len(set(plain)) < _FEW:
        raise AccountError("这个密码太常见，一猜就中；请换一个，例如几个不相干的词连在一起")
    if name and len(plain.replace(name.casefold(), "")) < SHORTEST // 2:
        raise AccountError("密码不能就是账号名，或只在账号名上加几个字符；请换一个")


def generated() -> str:
    """A first password to hand over: 20 characters in groups of five, about 99 bits."""
    return "-".join("".join(secrets.choice(_READ_ALOUD) for _ in range(5)) for _ in range(4))


def _scrypt(password: str, salt: bytes, cost: Cost) -> bytes:
    """NFKC: the same characters from another keyboard are the same password."""
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    room = 2 * 128 * cost.r * 2**cost.log_n
    return hashlib.scrypt(text, salt=salt, n=2**cost.log_n, r=cost.r, p=cost.p, maxmem=room, dklen=32)


_NOBODY = "$".join(("scrypt", *map(str, COST), "00" * 16, "00" * 32))
